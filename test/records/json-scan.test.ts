import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ABSENT,
  compileLevel,
  createSlots,
  ESCAPED_KEY,
  ESCAPED_TEXT,
  INCOMPLETE,
  LITERAL,
  MALFORMED,
  MAX_JSON_DEPTH,
  NULL,
  OBJECT,
  scanObject,
  TEXT,
  TOO_DEEP,
} from '../../src/records/json-scan.ts';

const LEVEL = compileLevel({ a: 0, bb: [1, { a: 2, inner: [3, { x: 4 }] }], tlsDetails: 5 });
const NAMES = ['a', 'bb', 'inner', 'x', 'tlsDetails', 'other', 'aa'];

/** What JSON.parse says of a slot. */
function oracle(value: Record<string, unknown>): (unknown | undefined)[] {
  const bb = value.bb as Record<string, unknown> | undefined;
  const isObject = (v: unknown): v is Record<string, unknown> =>
    typeof v === 'object' && v !== null && !Array.isArray(v);
  const inner = isObject(bb) ? bb.inner : undefined;
  return [
    value.a,
    value.bb,
    isObject(bb) ? bb.a : undefined,
    inner,
    isObject(inner) ? inner.x : undefined,
    value.tlsDetails,
  ];
}

function scanned(text: string): { end: number; values: (unknown | undefined)[] } {
  const bytes = Buffer.from(text, 'utf8');
  const slots = createSlots(6);
  const end = scanObject(bytes, 0, bytes.length, LEVEL, slots);
  const values = [0, 1, 2, 3, 4, 5].map((slot) => {
    const kind = slots.kinds[slot];
    if (kind === ABSENT) return undefined;
    const quoted = kind === TEXT || kind === ESCAPED_TEXT ? 1 : 0;
    return JSON.parse(bytes.toString('utf8', slots.starts[slot]! - quoted, slots.ends[slot]! + quoted));
  });
  return { end, values };
}

const json = fc.letrec<{ value: unknown; object: Record<string, unknown> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('"', '\\', '{"a":1}', '","a":"x', 'tlsDetails":{', ''),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 5 }),
}));

describe('scanObject', () => {
  it('finds what JSON.parse finds, whatever stands in the values', () => {
    fc.assert(
      fc.property(json.object, fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        const { end, values } = scanned(text);
        expect(end).toBe(Buffer.byteLength(text));
        expect(values).toEqual(oracle(JSON.parse(text)));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['the last of equal keys wins', '{"a":1,"a":"two"}', ['two']],
    [
      'a later object replaces the inner fields of an earlier one',
      '{"bb":{"a":1},"bb":{}}',
      [undefined, {}, undefined],
    ],
    ['a later plain value removes them too', '{"bb":{"a":1},"bb":7}', [undefined, 7, undefined]],
    [
      'a nested namesake is no field',
      '{"other":{"a":1,"tlsDetails":{}},"bb":{"other":{"a":2}}}',
      [undefined, { other: { a: 2 } }, undefined],
    ],
    ['white space of all kinds', ' {"a" :\n\t1 , "bb"\r:{ }\n}'.trimStart(), [1, {}]],
  ])('%s', (_name, text, expected) => {
    expect(scanned(text).values.slice(0, expected.length)).toEqual(expected);
  });

  it.each([
    ['empty object', '{}', 2],
    ['escaped key', '{"\\u0061":1}', ESCAPED_KEY],
    ['no colon', '{"a" 1}', MALFORMED],
    ['no comma', '{"a":1 "bb":2}', MALFORMED],
    ['comma before the end', '{"a":1,}', MALFORMED],
    ['comma first', '{,"a":1}', MALFORMED],
    ['key without quotes', '{a:1}', MALFORMED],
    ['no value', '{"a":}', MALFORMED],
    ['cut in a key', '{"a', INCOMPLETE],
    ['cut in a string', '{"a":"b', INCOMPLETE],
    ['cut behind a backslash', '{"a":"b\\', INCOMPLETE],
    ['cut in an array', '{"a":[1,{"b":[', INCOMPLETE],
    ['cut in a number', '{"a":12', INCOMPLETE],
  ])('%s', (_name, text, expected) => {
    expect(scanned(text).end).toBe(expected);
  });

  it('says too deep instead of overflowing', () => {
    const deep = (levels: number): string => `{"a":${'['.repeat(levels)}${']'.repeat(levels)}}`;
    expect(scanned(deep(MAX_JSON_DEPTH)).end).toBe(deep(MAX_JSON_DEPTH).length);
    expect(scanned(deep(MAX_JSON_DEPTH + 1)).end).toBe(TOO_DEEP);
    expect(scanned(deep(100_000)).end).toBe(TOO_DEEP);
  });

  it('tells kinds apart', () => {
    const bytes = Buffer.from('{"a":null,"bb":{"a":true},"tlsDetails":"x\\n"}');
    const slots = createSlots(6);
    scanObject(bytes, 0, bytes.length, LEVEL, slots);
    expect([...slots.kinds]).toEqual([NULL, OBJECT, LITERAL, ABSENT, ABSENT, ESCAPED_TEXT]);
  });

  it('never throws or loops on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (raw) => {
        const bytes = Buffer.concat([Buffer.from('{'), raw]);
        const end = scanObject(bytes, 0, bytes.length, LEVEL, createSlots(6));
        expect(end).toBeLessThanOrEqual(bytes.length);
      }),
    );
  });
});

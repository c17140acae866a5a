import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createCloudTrailReader, createDecodeCaches } from '../../../src/records/cloudtrail-reader.ts';
import {
  ABSENT,
  ESCAPED_KEY,
  ESCAPED_TEXT,
  INCOMPLETE,
  type Level,
  MALFORMED,
  MAX_JSON_DEPTH,
  scanObject,
  TEXT,
  TOO_DEEP,
} from '../../../src/records/json-scan.ts';
import { objectFacts } from '../../../src/records/object-key.ts';
import type { RecordSink } from '../../../src/records/reader.ts';
import { createRecordSlots, forgetBytes, scanRecord } from '../../../src/records/scan-kernel/scan-record.ts';
import { F, FIELD_COUNT, RECORD_LEVEL } from '../../../src/records/trail-fields.ts';

const twin = vi.hoisted(() => ({ calls: 0 }));
vi.mock('../../../src/records/json-scan.ts', async (original) => {
  const actual = await original<typeof import('../../../src/records/json-scan.ts')>();
  return {
    ...actual,
    scanObject: (...args: Parameters<typeof actual.scanObject>) => {
      twin.calls++;
      return actual.scanObject(...args);
    },
  };
});

/** More than the kernel is spared for, so that what follows is scanned by it. */
const LEAD = Buffer.alloc(4096, ' ');
const WINDOW_BYTES = 65536;

interface Scan {
  readonly next: number;
  readonly slots: readonly (readonly [kind: number, start: number, end: number])[];
}

type Scanner = (b: Buffer, start: number, end: number) => Scan;

function scanner(scan: (...args: Parameters<typeof scanRecord>) => number): Scanner {
  const slots = createRecordSlots();
  return (b, start, end) => {
    const next = scan(b, start, end, slots);
    if (next < 0) return { next, slots: [] };
    const told = [...slots.kinds].map((kind, slot) =>
      kind === ABSENT ? ([ABSENT, 0, 0] as const) : ([kind, slots.starts[slot]!, slots.ends[slot]!] as const),
    );
    return { next, slots: told };
  };
}

const scan = scanner(scanRecord);
const scanInTwin = scanner((b, start, end, slots) => {
  slots.kinds.fill(ABSENT);
  return scanObject(b, start, end, RECORD_LEVEL, slots);
});

/** Scans by the kernel, and says that it was the kernel. */
function scanByKernel(b: Buffer, start: number, end: number): Scan {
  const before = twin.calls;
  const told = scan(b, start, end);
  if (twin.calls !== before) expect(twin.calls, 'it was the twin').toBe(before);
  return told;
}

/** A hundred times faster than expect, which is asked only to say what differs. */
function expectSame(one: Scan, other: Scan): void {
  if (!isDeepStrictEqual(one, other)) expect(one).toEqual(other);
}

/** What JSON.parse finds, by slot. */
function parsedSlots(value: unknown, level: Level, into: unknown[] = new Array(FIELD_COUNT)): unknown[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return into;
  for (const { bytes, slot, level: below } of level.byLength.flatMap((keys) => keys ?? [])) {
    const key = bytes.toString('utf8');
    if (slot < 0 || !Object.hasOwn(value, key)) continue;
    const found = (value as Record<string, unknown>)[key];
    into[slot] = found;
    if (below !== null) parsedSlots(found, below, into);
  }
  return into;
}

function scannedSlots(b: Buffer, { slots }: Scan): unknown[] {
  const values: unknown[] = new Array(FIELD_COUNT);
  for (const [slot, [kind, start, end]] of slots.entries()) {
    if (kind === ABSENT) continue;
    const quoted = kind === TEXT || kind === ESCAPED_TEXT ? 1 : 0;
    values[slot] = JSON.parse(b.toString('utf8', start - quoted, end + quoted));
  }
  return values;
}

const NAMES = [
  ...['eventVersion', 'eventTime', 'eventName', 'userAgent', 'eventID', 'eventId', 'Records', '@timestamp'],
  ...['requestParameters', 'clientProvidedHostHeader', 'type', 'arn', 'accountId', 'userName', 'reason'],
  ...['sessionContext', 'sessionIssuer', 'onBehalfOf', 'userId', 'tlsVersion', 'cipherSuite'],
  ...['tlsDetails', 'userIdentity', 'tlsDetails', 'userIdentity', 'addendum'],
  ...['', 'other', 'eventNam', 'eventName_', 'größe', 'exactly-15bytes', 'exactly-16-bytes', 'k'.repeat(100)],
];
const space = fc.constantFrom('', '', '', ' ', '\n', '\r\n\t', ' '.repeat(20));
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.string({ unit: fc.constantFrom('"', '\\', '{', '}', '[', ']', ',', ':', 'a', 'é'), maxLength: 80 }),
  fc.constantFrom('","eventName":"x', 'tlsDetails":{', 'x'.repeat(15), 'x'.repeat(16), '\\'.repeat(33)),
);

/** JSON text with equal keys, white space anywhere, and namesakes of fields at every depth. */
const jsonText = fc.letrec<{ value: string; object: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    text.map((value) => JSON.stringify(value)),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
    fc.constantFrom('true', 'false', 'null', '-1.5e+3', '{}', '[]'),
    fc
      .tuple(fc.array(tie('value'), { maxLength: 4 }), space)
      .map(([values, gap]) => `[${gap}${values.join(`${gap},`)}]`),
    tie('object'),
    tie('object'),
  ),
  object: fc
    .array(fc.tuple(fc.constantFrom(...NAMES), space, tie('value'), space), { maxLength: 9 })
    .map((members) => {
      const parts = members.map(([key, a, value, b]) => `${a}"${key}"${b}:${a}${value}${b}`);
      return `{${parts.join(',')}}`;
    }),
})).object;

/** Bytes that are mostly structure. */
const noise = fc.array(
  fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...Buffer.from('{}[]"\\,: \n1n"{}')) },
    { weight: 1, arbitrary: fc.nat(255) },
  ),
  { maxLength: 300 },
);

describe('the kernel', () => {
  it('finds what JSON.parse and the twin find', () => {
    fc.assert(
      fc.property(jsonText, fc.nat(70), space, (json, offset, behind) => {
        const b = Buffer.concat([LEAD, Buffer.alloc(offset, ' '), Buffer.from(json + behind)]);
        const start = LEAD.length + offset;
        const told = scanByKernel(b, start, b.length);
        expect(told.next).toBe(start + Buffer.byteLength(json));
        expect(scannedSlots(b, told)).toEqual(parsedSlots(JSON.parse(json), RECORD_LEVEL));
        expectSame(told, scanInTwin(b, start, b.length));
      }),
      { numRuns: 1000 },
    );
  });

  it('says what the twin says when the bytes end anywhere, whatever lies behind the end', () => {
    fc.assert(
      fc.property(jsonText, (json) => {
        const b = Buffer.concat([LEAD, Buffer.from(json)]);
        for (let end = LEAD.length + 1; end <= b.length; end++) {
          const told = scanByKernel(b, LEAD.length, end);
          expectSame(told, scanInTwin(b, LEAD.length, end));
          if (end < b.length && told.next !== INCOMPLETE) expect(told.next).toBe(INCOMPLETE);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('says what the twin says of any bytes', () => {
    const head = fc.constantFrom('{', '{"other":{', '{"userIdentity":{', '{"eventName":[', '{"a":"', '{"\\');
    const tail = fc.constantFrom('', '"}', '}]}', '"}]}}', ' '.repeat(64));
    fc.assert(
      fc.property(head, noise, tail, (before, bytes, behind) => {
        const b = Buffer.concat([LEAD, Buffer.from(before), Buffer.from(bytes), Buffer.from(behind)]);
        expectSame(scanByKernel(b, LEAD.length, b.length), scanInTwin(b, LEAD.length, b.length));
      }),
      { numRuns: 5000 },
    );
  });

  it('says what the twin says of a record with one byte changed', () => {
    fc.assert(
      fc.property(jsonText, fc.nat(), fc.constantFrom(...Buffer.from('{}[]"\\,: x')), (json, at, byte) => {
        const b = Buffer.concat([LEAD, Buffer.from(json)]);
        b[LEAD.length + 1 + (at % Math.max(1, json.length - 1))] = byte;
        expectSame(scanByKernel(b, LEAD.length, b.length), scanInTwin(b, LEAD.length, b.length));
      }),
      { numRuns: 3000 },
    );
  });

  it.each([
    ['levels up to the limit', MAX_JSON_DEPTH, (end: number) => end],
    ['one level more', MAX_JSON_DEPTH + 1, () => TOO_DEEP],
    ['7,000 levels', 7000, () => TOO_DEEP],
  ])('%s', (_name, levels, expected) => {
    for (const inside of ['', '"x"', '"\\\\"', `"${'y'.repeat(50)}"`, '{},[],{}']) {
      for (const open of ['[', '{"a":', ' ["]",']) {
        const close = open.includes('{') ? '}' : ']';
        // The brackets of what is inside count as a level of their own.
        const outer = inside.startsWith('{') ? levels - 1 : levels;
        const nest = open.repeat(outer) + (inside || '1') + close.repeat(outer);
        const b = Buffer.concat([LEAD, Buffer.from(`{"requestParameters":${nest}}`)]);
        const told = scanByKernel(b, LEAD.length, b.length);
        expect(told.next).toBe(expected(b.length));
        expect(told).toEqual(scanInTwin(b, LEAD.length, b.length));
      }
    }
  });

  it.each([
    ['an escape in a key', '{"event\\u004eame":1}', ESCAPED_KEY],
    ['no comma', '{"eventName":1 "eventTime":2}', MALFORMED],
    ['a comma before the end', '{"eventName":1,}', MALFORMED],
    ['a colon behind the end', '{"eventName"', INCOMPLETE],
  ])('%s', (_name, json, expected) => {
    const b = Buffer.concat([LEAD, Buffer.from(`${json}:1}`)]);
    expect(scanByKernel(b, LEAD.length, LEAD.length + json.length).next).toBe(expected);
  });

  it('knows its fields among any number of keys that nobody asked for, in a memory that does not grow', () => {
    const others = Array.from({ length: 3000 }, (_, n) => `"other${n}":${n}`);
    for (const at of [0, 1, 15, 16, 17, 2999]) {
      const keys = [...others.slice(0, at), '"eventName":"it"', ...others.slice(at)];
      const b = Buffer.concat([LEAD, Buffer.from(`{${keys.join(',')}}`)]);
      expect(scannedSlots(b, scanByKernel(b, LEAD.length, b.length))[F.eventName]).toBe('it');
    }
  });
});

describe('scanRecord', () => {
  it('reads records that the end of a window cuts, and those that are longer than one', () => {
    const record = (bytes: number): string => {
      const frame = '{"eventName":"","userIdentity":{"arn":"\\"}"},"eventID":"last"}';
      return frame.replace('""', `"${'n'.repeat(bytes - frame.length)}"`);
    };
    const sizes = fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 100, max: 9000 }) },
      { weight: 1, arbitrary: fc.integer({ min: WINDOW_BYTES - 2, max: WINDOW_BYTES + 2 }) },
      { weight: 1, arbitrary: fc.integer({ min: 65, max: 200_000 }) },
    );
    fc.assert(
      fc.property(fc.array(sizes, { minLength: 1, maxLength: 60 }), (list) => {
        const b = Buffer.from(list.map(record).join('\n'));
        let p = 0;
        for (const bytes of list) {
          const told = scan(b, p, b.length);
          expect(told.next).toBe(p + bytes);
          expect(told).toEqual(scanInTwin(b, p, b.length));
          expect(scannedSlots(b, told)[F.eventID]).toBe('last');
          p += bytes + 1;
        }
      }),
      { numRuns: 40 },
    );
  });

  it('says of 10,000 levels that they are too deep only when they are closed', () => {
    for (const open of ['[', '{"a":']) {
      for (const cut of [0, 3]) {
        const json = `{"a":${open.repeat(10_000)}1${(open === '[' ? ']' : '}').repeat(10_000)}}`;
        const b = Buffer.concat([LEAD, Buffer.from(json).subarray(0, -1 - cut)]);
        expect(scan(b, LEAD.length, b.length).next).toBe(cut === 0 ? TOO_DEEP : INCOMPLETE);
      }
    }
  });

  it('keeps buffers apart that are read in turns', () => {
    const buffers = ['one', 'two'].map((name) =>
      Buffer.concat([LEAD, Buffer.from(`{"eventName":"${name}"}{"eventName":"${name} again"}`)]),
    );
    const names = [LEAD.length, LEAD.length + 19].flatMap((start) =>
      buffers.map((b) => scannedSlots(b, scan(b, start, b.length))[F.eventName]),
    );
    expect(names).toEqual(['one', 'two', 'one again', 'two again']);
  });

  it('reads a buffer anew that was filled with other bytes', () => {
    const b = Buffer.concat([LEAD, Buffer.from('{"eventName":"a"}')]);
    expect(scannedSlots(b, scan(b, LEAD.length, b.length))[F.eventName]).toBe('a');
    b.write('{"eventTime":"b"}', LEAD.length);
    forgetBytes(b);
    expect(scannedSlots(b, scan(b, LEAD.length, b.length))[F.eventTime]).toBe('b');
  });

  it('is told by the reader when a buffer may hold other bytes', () => {
    const b = Buffer.concat([LEAD, LEAD]);
    const names: string[] = [];
    const sink: RecordSink = {
      record: (record) => names.push(record.kind === 'call' ? record.action : ''),
      skipped: () => names.push('skipped'),
      unreadable: () => names.push('unreadable'),
    };
    for (const name of ['GetItem', 'BatchGetItem']) {
      const json = `{"eventName":"${name}","eventSource":"dynamodb.amazonaws.com","eventTime":"2026-01-02T03:04:05Z"}`;
      b.write(json, LEAD.length);
      createCloudTrailReader(objectFacts('a.json', 'a.json', 0), sink, createDecodeCaches()).push(
        b,
        b.length,
        true,
      );
    }
    expect(names).toEqual(['GetItem', 'BatchGetItem']);
  });

  it('leaves slots alone that it has told before', () => {
    const b = Buffer.concat([LEAD, Buffer.from('{"eventName":"a"}{"eventTime":"b"}')]);
    const [first, second] = [createRecordSlots(), createRecordSlots()];
    const next = scanRecord(b, LEAD.length, b.length, first);
    scanRecord(b, next, b.length, second);
    expect([first.kinds[F.eventName], first.kinds[F.eventTime]]).toEqual([TEXT, ABSENT]);
    expect([second.kinds[F.eventName], second.kinds[F.eventTime]]).toEqual([ABSENT, TEXT]);
  });
});

describe('without WebAssembly', () => {
  beforeEach(() => vi.resetModules());
  afterEach(() => vi.unstubAllGlobals());

  it.each([
    ['missing', undefined],
    [
      'without SIMD',
      {
        Module: class {
          constructor() {
            throw new Error('invalid opcode');
          }
        },
      },
    ],
  ])('%s, the twin serves', async (_name, stub) => {
    vi.stubGlobal('WebAssembly', stub);
    const fresh = await import('../../../src/records/scan-kernel/scan-record.ts');
    const b = Buffer.concat([LEAD, Buffer.from('{"eventName":"a","tlsDetails":{"tlsVersion":"TLSv1.3"}}')]);
    const before = twin.calls;
    const told = scanner(fresh.scanRecord)(b, LEAD.length, b.length);
    expect(twin.calls).toBeGreaterThan(before);
    expect(told.next).toBe(b.length);
    expect(scannedSlots(b, told)[F.tlsVersion]).toBe('TLSv1.3');
  });
});

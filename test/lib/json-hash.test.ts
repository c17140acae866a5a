import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashJson } from '../../src/lib/json-hash.ts';

const SEED = 0x9e3779b9;
const NONE: ReadonlySet<string> = new Set();

function hash(json: string | Uint8Array, seed = SEED, ignored = NONE): string {
  const bytes = Buffer.from(json as string);
  // Neighbours that must not be read.
  const around = Buffer.concat([Buffer.from('7,"'), bytes, Buffer.from('5,"x"]}')]);
  const into = new Uint32Array(2);
  hashJson(around, 3, 3 + bytes.length, seed, ignored, into);
  return `${into[0]} ${into[1]}`;
}

/** The same value in another spelling: members turned around, white space, escapes. */
function respelled(value: unknown, choose: () => number): string {
  const space = (): string => ['', ' ', '\n\t', '\r\n  '][choose() % 4]!;
  if (typeof value === 'string') {
    const letters = Array.from({ length: value.length }, (_, at) => {
      const unit = value.charCodeAt(at);
      const escaped = `\\u${unit.toString(16).padStart(4, '0')}`;
      if (unit < 0x20 || unit === 0x22 || unit === 0x5c || (unit >= 0xd800 && unit < 0xe000)) return escaped;
      const spellings = [value[at]!, escaped, escaped.toUpperCase().replace('U', 'u')];
      if (unit === 0x2f) spellings.push('\\/');
      return spellings[choose() % spellings.length]!;
    });
    return `"${letters.join('')}"`;
  }
  if (Array.isArray(value)) {
    return `[${space()}${value.map((member) => respelled(member, choose)).join(`${space()},${space()}`)}${space()}]`;
  }
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).reverse();
    const texts = members.map(
      ([name, member]) =>
        `${respelled(name, choose)}${space()}:${space()}${respelled(member, choose)}${space()}`,
    );
    return `{${space()}${texts.join(`,${space()}`)}}`;
  }
  return JSON.stringify(value);
}

/** Member names in order: what two spellings of one value have in common. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort((a, b) => (a[0] < b[0] ? -1 : 1)))
      : inner,
  );
}

const values = fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' });

describe('equal values', () => {
  it.each([
    ['member order', '{"a":1,"b":{"c":2,"d":3}}', '{"b":{"d":3,"c":2},"a":1}'],
    ['white space', '{"a":[1,2]}', ' {\n"a"\t:\r\n[ 1 , 2 ] } '],
    ['an escaped slash', '{"path":"a/b"}', '{"path":"a\\/b"}'],
    ['an escaped letter', '"a"', '"\\u0061"'],
    ['an escaped letter in a name', '{"a":1}', '{"\\u0061":1}'],
    ['an escaped letter beyond ASCII', '"\u00e9\u{1f600}"', '"\\u00e9\\ud83d\\ude00"'],
  ])('%s', (_, one, other) => {
    expect(hash(one)).toBe(hash(other));
  });

  it('have equal hashes in any spelling', () => {
    fc.assert(
      fc.property(values, fc.infiniteStream(fc.nat(99)), (value, choices) => {
        const choose = (): number => choices.next().value as number;
        expect(hash(respelled(value, choose))).toBe(hash(JSON.stringify(value)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('different values', () => {
  it.each([
    ['a value', '{"a":1}', '{"a":2}'],
    ['a name', '{"a":1}', '{"b":1}'],
    ['the order of an array', '[1,2]', '[2,1]'],
    ['nesting', '{"a":{"b":1}}', '{"b":{"a":1}}'],
    ['a level more', '[[1]]', '[1]'],
    ['where a member stands', '{"a":{"c":1},"b":{}}', '{"a":{},"b":{"c":1}}'],
    ['values changed about', '{"a":1,"b":2}', '{"a":2,"b":1}'],
    ['a number and its text', '1', '"1"'],
    ['null and its text', 'null', '"null"'],
    ['null and nothing', '{"a":null}', '{}'],
    ['an empty object and an empty array', '{}', '[]'],
    ['an empty text and an empty array', '""', '[]'],
    ['twice the same', '[1]', '[1,1]'],
    ['where two arrays part', '[[1],[2]]', '[[1,2],[]]'],
    ['where two texts part', '["ab","c"]', '["a","bc"]'],
    ['names and values', '["a","b"]', '{"a":"b"}'],
    ['a trailing NUL', '"a"', '"a\\u0000"'],
    ['keys of a batch', '{"Keys":[{"id":"1"},{"id":"2"}]}', '{"Keys":[{"id":"2"},{"id":"1"}]}'],
  ])('%s', (_, one, other) => {
    expect(hash(one)).not.toBe(hash(other));
  });

  it('have different hashes', () => {
    fc.assert(
      fc.property(values, values, (one, other) => {
        fc.pre(canonical(one) !== canonical(other));
        expect(hash(JSON.stringify(one))).not.toBe(hash(JSON.stringify(other)));
      }),
      { numRuns: 1000 },
    );
  });

  it('do not collide among a hundred thousand like ones, in either lane more than chance allows', () => {
    const count = 100_000;
    const lanes: [Set<string>, Set<string>, Set<string>] = [new Set(), new Set(), new Set()];
    for (let n = 0; n < count; n++) {
      const whole = hash(`{"tableName":"Orders","key":{"id":"order-${n}"}}`);
      const [first, second] = whole.split(' ') as [string, string];
      lanes[0].add(whole);
      lanes[1].add(first);
      lanes[2].add(second);
    }
    expect(lanes[0].size).toBe(count);
    // Among 100,000 random numbers of 32 bits about 1.2 pairs are equal.
    expect(count - lanes[1].size).toBeLessThan(12);
    expect(count - lanes[2].size).toBeLessThan(12);
  });
});

describe('ignored members', () => {
  const ignored = new Set(['clienttoken', 'nexttoken', 'marker', 'exclusivestartkey']);
  it.each([
    ['at the top', '{"a":1,"nextToken":"x"}', '{"a":1}'],
    ['whatever the value', '{"a":1,"Marker":{"deep":[1,2]}}', '{"Marker":null,"a":1}'],
    ['inside', '{"a":{"b":[{"clientToken":"x","c":1}]}}', '{"a":{"b":[{"clientToken":"y","c":1}]}}'],
    ['in any case', '{"NEXTTOKEN":1}', '{"nexttoken":2}'],
  ])('%s', (_, one, other) => {
    expect(hash(one, SEED, ignored)).toBe(hash(other, SEED, ignored));
    expect(hash(one)).not.toBe(hash(other));
  });

  it.each([
    ['a name that only ends so', '{"mynexttoken":1}', '{"mynexttoken":2}'],
    ['a value that is spelled so', '{"a":"nextToken"}', '{"a":"marker"}'],
    ['an element that is spelled so', '["nextToken"]', '["marker"]'],
  ])('not %s', (_, one, other) => {
    expect(hash(one, SEED, ignored)).not.toBe(hash(other, SEED, ignored));
  });
});

describe('the seed', () => {
  it('gives every value another hash', () => {
    fc.assert(
      fc.property(values, fc.integer(), fc.integer(), (value, one, other) => {
        fc.pre(one >>> 0 !== other >>> 0);
        expect(hash(JSON.stringify(value), one)).not.toBe(hash(JSON.stringify(value), other));
      }),
    );
  });

  it('is all that the hash depends on besides the value', () => {
    const before = hash('{"a":1}');
    hash('{"broken');
    hash('[[[[');
    expect(hash('{"a":1}')).toBe(before);
  });
});

describe('what is no JSON', () => {
  it('comes to an end, and to the same one each time', () => {
    const jsonish = fc
      .array(
        fc.constantFrom('{', '}', '[', ']', ',', ':', '"', '\\', '\\u', '1', 'a', ' ', '{"a":', '\u0000'),
        {
          maxLength: 60,
        },
      )
      .map((parts) => Buffer.from(parts.join('')));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), jsonish), (bytes) => {
        expect(hash(bytes)).toBe(hash(bytes));
      }),
      { numRuns: 2000 },
    );
  });

  it('takes time in proportion to its length, however deep', () => {
    const deep = `${'['.repeat(200_000)}${'{"a":'.repeat(200_000)}`;
    const startedMs = performance.now();
    expect(hash(deep)).not.toBe(hash(`${deep}1`));
    expect(performance.now() - startedMs).toBeLessThan(2_000);
  });

  it('tells values below sixty-four levels apart as well', () => {
    const nested = (inner: string): string => `${'['.repeat(80)}${inner}${']'.repeat(80)}`;
    expect(hash(nested('1'))).not.toBe(hash(nested('2')));
  });
});

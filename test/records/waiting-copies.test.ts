import { describe, expect, it } from 'vitest';
import type { CallRecord } from '../../src/records/record.ts';
import { canonicalRank, createWaitingCopies } from '../../src/records/waiting-copies.ts';
import { NO_FACTS } from './trail-records.ts';

function call(text: string, timeMs = 0): CallRecord {
  const bytes = Buffer.from(`before${text}behind`);
  return { bytes, start: 6, end: bytes.length - 6, ordinal: 7, timeMs } as CallRecord;
}

describe('waiting copies', () => {
  it('keep the best of a name, whatever came first', () => {
    for (const order of [
      ['b', 'a', 'c'],
      ['c', 'b', 'a'],
      ['a', 'c', 'b'],
    ]) {
      const waiting = createWaitingCopies();
      for (const rank of order) waiting.hold('one', rank, call(rank), NO_FACTS);
      expect(waiting.takeBefore(1).map((copy) => copy.bytes.toString())).toEqual(['a']);
    }
  });

  it('say what became of each', () => {
    const waiting = createWaitingCopies();
    expect(['b', 'b', 'c', 'a'].map((rank) => waiting.hold('one', rank, call(rank), NO_FACTS))).toEqual([
      'first',
      'equal',
      'worse',
      'better',
    ]);
  });

  it('hold bytes of their own, and the place of the record', () => {
    const waiting = createWaitingCopies();
    const one = call('text');
    waiting.hold('one', 'a', one, NO_FACTS);
    one.bytes.fill(0);
    expect(waiting.takeBefore(1)[0]).toMatchObject({
      bytes: Buffer.from('text'),
      ordinal: 7,
      facts: NO_FACTS,
    });
  });

  it('are let go in order of time, and only those that are due', () => {
    const waiting = createWaitingCopies();
    for (const [name, timeMs] of [
      ['late', 30],
      ['second', 20],
      ['first', 10],
    ] as const) {
      waiting.hold(name, 'a', call(name, timeMs), NO_FACTS);
    }
    expect(waiting.takeBefore(30).map((copy) => copy.name)).toEqual(['first', 'second']);
    expect(waiting.takeBefore(31).map((copy) => copy.name)).toEqual(['late']);
  });

  it('say when they are too many, and up to when half of them is', () => {
    const waiting = createWaitingCopies(10);
    waiting.hold('one', 'a', call('12345', 1), NO_FACTS);
    waiting.hold('two', 'a', call('12345', 2), NO_FACTS);
    expect(waiting.overflowMs()).toBeNull();
    waiting.hold('three', 'a', call('12345', 3), NO_FACTS);
    expect(waiting.overflowMs()).toBe(3);
    waiting.takeBefore(3);
    expect(waiting.overflowMs()).toBeNull();
  });
});

describe('the canonical rank', () => {
  it('does not look at the order of keys or at white space', () => {
    expect(canonicalRank(call('{"a":1,"b":{"c":[2],"d":3}}'))).toBe(
      canonicalRank(call('{ "b": {"d":3, "c":[2]}, "a":1 }')),
    );
    expect(canonicalRank(call('{"a":1}'))).not.toBe(canonicalRank(call('{"a":2}')));
  });

  it('ranks what is no strict JSON by its bytes, and does not throw', () => {
    expect(canonicalRank(call('{"a":[1,,2]}'))).toMatch(/^[0-9a-f]{64}$/);
  });
});

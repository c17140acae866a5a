import { describe, expect, it } from 'vitest';
import { NumberMemo } from '../../src/lib/number-memo.ts';

describe('the memo of numbers', () => {
  it('gives back what was set for a number, and nothing for others', () => {
    const memo = new NumberMemo<string>();
    memo.set(7, 'seven');
    expect(memo.get(7)).toBe('seven');
    expect(memo.get(8)).toBeUndefined();
  });

  it('forgets a number when another comes to its slot, and gives neither the value of the other', () => {
    const memo = new NumberMemo<string>();
    memo.set(5, 'first');
    memo.set(5 + 16_384, 'second');
    expect(memo.get(5)).toBeUndefined();
    expect(memo.get(5 + 16_384)).toBe('second');
  });

  it('keeps nothing for 0', () => {
    const memo = new NumberMemo<string>();
    memo.set(0, 'nothing');
    expect(memo.get(0)).toBeUndefined();
  });
});

import { describe, expect, it } from 'vitest';
import { createOneString } from '../../src/lib/one-string.ts';

describe('one string for equal ones', () => {
  it('never gives another, and starts anew when it holds as many as it may', () => {
    const oneString = createOneString(3);
    for (const text of ['a', 'b', 'c', 'a', 'd', 'b', 'a']) expect(oneString(text)).toBe(text);
  });
});

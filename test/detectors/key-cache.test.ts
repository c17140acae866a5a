import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { joinKey } from '../../src/detectors/detector.ts';
import { createKeyCache } from '../../src/detectors/key-cache.ts';

describe('the cache of keys', () => {
  it('joins as joinKey does, whatever it was asked before', () => {
    const parts = fc.constantFrom('', 'a', 'b', 'ab', '__proto__', 'constructor', '111122223333');
    fc.assert(
      fc.property(fc.array(fc.tuple(parts, parts), { maxLength: 30 }), (pairs) => {
        const keyOf = createKeyCache();
        for (const [first, second] of [...pairs, ...pairs]) {
          expect(keyOf(first, second)).toBe(joinKey(first, second));
        }
      }),
    );
  });

  it('joins as joinKey does when more keys come by than it keeps', () => {
    const keyOf = createKeyCache();
    for (let round = 0; round < 2; round++) {
      for (let n = 0; n < 45_000; n++) {
        const key = keyOf('111122223333', `key-${n}`);
        if (key !== joinKey('111122223333', `key-${n}`)) expect(key).toBe(`the key of ${n}`);
      }
    }
    expect(keyOf('a', 'b')).toBe(joinKey('a', 'b'));
  });

  it('keeps two caches apart', () => {
    const [one, other] = [createKeyCache(), createKeyCache()];
    expect(one('a', 'b')).toBe(other('a', 'b'));
    expect(one('ab', '')).not.toBe(one('a', 'b'));
  });
});

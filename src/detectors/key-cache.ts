// Fold keys of two parts that come again with every record: the same string each time, so that a map finds it without hashing anew.

import { joinKey } from './detector.ts';

/** Keys remembered before the cache starts anew: sessions of a few hours. */
const MAX_KEYS = 20_000;

export function createKeyCache(): (first: string, second: string) => string {
  const known = new Map<string, Map<string, string>>();
  let count = 0;
  return (first, second) => {
    let seconds = known.get(first);
    if (seconds === undefined) {
      seconds = new Map();
      known.set(first, seconds);
    }
    let key = seconds.get(second);
    if (key === undefined) {
      if (++count > MAX_KEYS) {
        count = 0;
        known.clear();
        return joinKey(first, second);
      }
      key = joinKey(first, second);
      seconds.set(second, key);
    }
    return key;
  };
}

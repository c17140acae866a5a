// Steps over bytes that several parts take.

import { BACKSLASH, QUOTE } from './layout';

/** Position of the next quote or backslash from `p` on, or `end`. */
@inline export function nextMark(p: usize, end: usize): usize {
  for (; p < end; p += 16) {
    const block = v128.load(p);
    const found = v128.or(i8x16.eq(block, i8x16.splat(QUOTE)), i8x16.eq(block, i8x16.splat(BACKSLASH)));
    const bits = i8x16.bitmask(found);
    if (bits !== 0) return min(p + <usize>ctz(bits), end);
  }
  return end;
}

@inline export function skipSpace(p: usize, end: usize): usize {
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) break;
  }
  return p;
}

@inline export function isSpace(c: u8): bool {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

/** Finaliser of MurmurHash3, public domain: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32). */
@inline export function mix(h: i32): i32 {
  h = (h ^ <i32>(<u32>h >> 16)) * <i32>0x85ebca6b;
  h = (h ^ <i32>(<u32>h >> 13)) * <i32>0xc2b2ae35;
  return h ^ <i32>(<u32>h >> 16);
}

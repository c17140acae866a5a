// The hash of a JSON value: twin of hashJson in ../../../lib/json-hash.ts.

import { BACKSLASH, BRACE_BIT, CLOSE_BRACE, COLON, COMMA, OPEN_BRACE, QUOTE, allocate } from './layout';
import { isSpace, mix, nextMark, skipSpace } from './reading';

/** Deeper values hash by their raw bytes. */
const MAX_HASH_DEPTH: i32 = 64;
/** The two lanes of the hash. */
const HASH: usize = memory.data(2 * 4, 4);

@unmanaged class Ignored {
  length: usize;
  next: Ignored | null;
}

let ignored: Ignored | null = null;
let at: usize = 0;
let lane1: i32 = 0;
let lane2: i32 = 0;
let sawEscape: bool = false;

export function hashAt(): usize { return HASH; }

/** Members with this key (lower case, at `key`) are left out of hashes. */
export function ignoreKey(key: usize, length: usize): void {
  const entry = changetype<Ignored>(allocate(offsetof<Ignored>() + length));
  entry.length = length;
  entry.next = ignored;
  memory.copy(changetype<usize>(entry) + offsetof<Ignored>(), key, length);
  ignored = entry;
}

/** False when a string of it has an escape, which is for the twin. */
export function hashJson(start: usize, end: usize, seed: i32): bool {
  at = start;
  sawEscape = false;
  hashValue(end, seed, 0);
  store<i32>(HASH, lane1);
  store<i32>(HASH, lane2, 4);
  return !sawEscape;
}

function hashValue(end: usize, seed: i32, depth: i32): void {
  at = skipSpace(at, end);
  const c = at < end ? load<u8>(at) : 0;
  if (c === QUOTE) {
    const from = at + 1;
    const to = nextMark(from, end);
    if (to < end && load<u8>(to) === BACKSLASH) {
      sawEscape = true;
      at = end;
      return;
    }
    at = min(to + 1, end);
    hashBytes(from, to, seed ^ 0x51ed270b);
    return;
  }
  if ((c | BRACE_BIT) === OPEN_BRACE && depth < MAX_HASH_DEPTH) {
    hashNest(end, seed, depth, c === OPEN_BRACE);
    return;
  }
  const from = at;
  while (at < end && load<u8>(at) !== COMMA && (load<u8>(at) | BRACE_BIT) !== CLOSE_BRACE) at++;
  if (at === from && at < end) at++;
  let to = at;
  while (to > from && isSpace(load<u8>(to - 1))) to--;
  hashBytes(from, to, seed ^ 0x2545f491);
}

function hashNest(end: usize, seed: i32, depth: i32, isObject: bool): void {
  at++;
  let total1: i32 = isObject ? 0x0b : 0x0a;
  let total2: i32 = 0;
  let index: i32 = 0;
  while (!sawEscape) {
    at = skipSpace(at, end);
    if (at >= end) break;
    const c = load<u8>(at);
    if ((c | BRACE_BIT) === CLOSE_BRACE) {
      at++;
      break;
    }
    if (c === COMMA) {
      at++;
      continue;
    }
    if (!isObject) {
      hashValue(end, seed + ++index * <i32>0x9e3779b1, depth + 1);
      total1 += mix(lane1);
      total2 += mix(lane2);
      continue;
    }
    const keyStart = at + 1;
    hashValue(end, seed, MAX_HASH_DEPTH);
    const key1 = lane1;
    const skip = at - 1 > keyStart && isIgnored(keyStart, at - 1);
    at = skipSpace(at, end);
    if (at < end && load<u8>(at) === COLON) at++;
    hashValue(end, seed ^ key1, depth + 1);
    if (skip) continue;
    total1 += mix(lane1);
    total2 += mix(lane2);
  }
  lane1 = mix(total1 ^ seed);
  lane2 = mix(total2 + 0x7f4a7c15);
}

function hashBytes(start: usize, end: usize, seed: i32): void {
  let h1 = seed;
  let h2 = (seed ^ 0x6a09e667) * <i32>0x85ebca6b;
  for (let p = start; p < end; p += 4) {
    let word = load<i32>(p);
    if (end - p < 4) word &= (1 << (<i32>(end - p) << 3)) - 1;
    h1 = (h1 ^ word) * <i32>0x9e3779b1;
    h1 ^= <i32>(<u32>h1 >> 15);
    h2 = (h2 + word) * <i32>0x5bd1e995;
    h2 ^= <i32>(<u32>h2 >> 13);
  }
  lane1 = mix(h1 ^ <i32>(end - start));
  lane2 = mix(h2);
}

function isIgnored(start: usize, end: usize): bool {
  // Every ignored key ends in n, r, y or d (token, marker, key, id): most keys are told apart by one byte.
  const last = load<u8>(end - 1) | 0x20;
  if (last !== 0x6e && last !== 0x72 && last !== 0x79 && last !== 0x64) return false;
  const length = end - start;
  let next = ignored;
  while (next !== null) {
    const entry = changetype<Ignored>(changetype<usize>(next));
    next = entry.next;
    if (entry.length !== length) continue;
    const key = changetype<usize>(entry) + offsetof<Ignored>();
    let i: usize = 0;
    while (i < length) {
      let c = load<u8>(start + i);
      if (c >= 0x41 && c <= 0x5a) c |= 0x20;
      if (c !== load<u8>(key + i)) break;
      i++;
    }
    if (i === length) return true;
  }
  return false;
}

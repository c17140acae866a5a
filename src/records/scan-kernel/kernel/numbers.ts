// Numberings: records whose chosen fields are letter by letter the same have one number.

import { ENDS, KINDS, NUMBERS, STARTS } from './layout';

export const NUMBERINGS: usize = 4;
/** Open addressing; half full it starts anew, with new numbers. An entry: two hashes (u64) and the number, in half a cache line. */
const ENTRIES: usize = 16384;
const MAX_USED: i32 = 8192;
const ENTRY_BYTES: usize = 32;
const TABLES: usize = memory.data(5 * 16384 * 32, 64);

/** Bytes of all chosen fields that are hashed; a record with more has no number. */
const MAX_HASHED_BLOCKS: usize = 256;
/**
 * Random, new in every process, so that nobody can choose fields that collide: two times 64 + 32 x 8 bytes for the fields' forms,
 * then a block for each block of bytes and one more.
 */
export const SECRET_BYTES: usize = 64 * 16 + 257 * 16;
export const SECRET: usize = memory.data(64 * 16 + 257 * 16, 16);

/** Slots of each numbering, a bit each; entries in use; the last number that was given. */
const CHOSEN: usize = memory.data(4 * 8, 8);
const USED: usize = memory.data(5 * 4, 4);
const LAST_NUMBER: usize = memory.data(5 * 4, 4);

export function chooseSlot(numbering: usize, slot: i32): void {
  const at = CHOSEN + (numbering << 3);
  store<u64>(at, load<u64>(at) | (<u64>1 << slot));
}

/**
 * The number of the record's chosen fields; 0 when they are too long. They are told apart by two NH hashes of 64 bits (RFC 4418, section
 * 5.2: NH, with a shifted key for the second): two of them collide with a chance of 2^-64, whatever the bytes are, for who does not know
 * the secret.
 */
export function numberOf(numbering: usize, shift: i32): i32 {
  let sums1 = i64x2.splat(0);
  let sums2 = i64x2.splat(0);
  let forms1: u64 = 0;
  let forms2: u64 = 0;
  let secret = SECRET + 64 * 16;
  const secretEnd = secret + (MAX_HASHED_BLOCKS << 4);
  for (let slots = load<u64>(CHOSEN + (numbering << 3)); slots !== 0; slots &= slots - 1) {
    const slot = <usize>ctz(slots);
    const kind = load<u8>(KINDS + slot);
    let p: usize = 0;
    let end: usize = 0;
    if (kind !== 0) {
      p = <usize>(load<i32>(STARTS + (slot << 2)) - shift);
      end = <usize>(load<i32>(ENDS + (slot << 2)) - shift);
    }
    // Kind and length, each field with its own part of the secret.
    const form = (<u32>kind << 24) + <u32>(end - p);
    const own = SECRET + (slot << 4);
    forms1 += <u64>(form + load<u32>(own)) * <u64>load<u32>(own + 4);
    forms2 += <u64>(form + load<u32>(own + 8)) * <u64>load<u32>(own + 12);
    if (secret + ((end - p + 15) & ~15) > secretEnd) return 0;
    for (; p < end; p += 16) {
      let block = v128.load(p);
      if (end - p < 16) block = v128.and(block, i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(end - p))));
      const a = i32x4.add(block, v128.load(secret));
      sums1 = i64x2.add(sums1, i64x2.extmul_low_i32x4_u(a, v128.shuffle<i32>(a, a, 2, 3, 0, 1)));
      const b = i32x4.add(block, v128.load(secret, 16));
      sums2 = i64x2.add(sums2, i64x2.extmul_low_i32x4_u(b, v128.shuffle<i32>(b, b, 2, 3, 0, 1)));
      secret += 16;
    }
  }
  const hash1 = <u64>i64x2.extract_lane(sums1, 0) + <u64>i64x2.extract_lane(sums1, 1) + forms1;
  const hash2 = <u64>i64x2.extract_lane(sums2, 0) + <u64>i64x2.extract_lane(sums2, 1) + forms2;
  return numbered(numbering, hash1, hash1, hash2);
}

/** The number of the last three numberings together; 0 when one of them has none. No hash: the three numbers are the entry. */
export function combination(): i32 {
  const a = load<u32>(NUMBERS, 4);
  const b = load<u32>(NUMBERS, 8);
  const c = load<u32>(NUMBERS, 12);
  if (a === 0 || b === 0 || c === 0) return 0;
  const pair = (<u64>a << 32) | b;
  return numbered(NUMBERINGS, (pair ^ (<u64>c << 20)) * 0x9e3779b97f4a7c15, pair, c);
}

function numbered(numbering: usize, spread: u64, hash1: u64, hash2: u64): i32 {
  const table = TABLES + numbering * (ENTRIES * ENTRY_BYTES);
  const first = <usize>((spread ^ (spread >> 32)) & (ENTRIES - 1));
  let index = first;
  while (true) {
    const entry = table + index * ENTRY_BYTES;
    const number = load<i32>(entry, 16);
    if (number === 0) break;
    if (load<u64>(entry) === hash1 && load<u64>(entry, 8) === hash2) return number;
    index = (index + 1) & (ENTRIES - 1);
  }
  const used = USED + (numbering << 2);
  if (load<i32>(used) >= MAX_USED) {
    memory.fill(table, 0, ENTRIES * ENTRY_BYTES);
    store<i32>(used, 0);
    index = first;
  }
  store<i32>(used, load<i32>(used) + 1);
  const last = LAST_NUMBER + (numbering << 2);
  const number = load<i32>(last) + 1;
  store<i32>(last, number);
  const entry = table + index * ENTRY_BYTES;
  store<u64>(entry, hash1);
  store<u64>(entry, hash2, 8);
  store<i32>(entry, number, 16);
  return number;
}

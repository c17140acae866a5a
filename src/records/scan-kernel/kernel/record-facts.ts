// What every record is asked for: its GUID, its time, its checksum.

import { ENDS, GUID_LANES, KINDS, STARTS, TEXT } from './layout';
import { mix } from './reading';

/** Slots of the identity and of the time. */
let guidSlot: usize = 0;
let timeSlot: usize = 0;

export function chooseFacts(guid: usize, time: usize): void {
  guidSlot = guid;
  timeSlot = time;
}

/** The identity, 8-4-4-4-12 hex digits, as four lanes: 1 when all letters are lower case, 2 when some are not, 0 when it is no GUID. */
export function readGuid(shift: i32): i32 {
  if (load<u8>(KINDS + guidSlot) !== TEXT) return 0;
  const start = <usize>(load<i32>(STARTS + (guidSlot << 2)) - shift);
  if (<usize>(load<i32>(ENDS + (guidSlot << 2)) - shift) - start !== 36) return 0;
  if (load<u8>(start, 8) !== 0x2d || load<u8>(start, 13) !== 0x2d || load<u8>(start, 18) !== 0x2d || load<u8>(start, 23) !== 0x2d) return 0;
  const a = v128.load(start);
  const b = v128.load(start, 16);
  const c = v128.load(start, 20);
  const digits1 = v128.shuffle<u8>(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17);
  const digits2 = v128.shuffle<u8>(b, c, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 28, 29, 30, 31);
  const decimal1 = isDecimal(digits1);
  const decimal2 = isDecimal(digits2);
  const letter1 = isHexLetter(digits1);
  const letter2 = isHexLetter(digits2);
  if (!i8x16.all_true(v128.and(v128.or(decimal1, letter1), v128.or(decimal2, letter2)))) return 0;
  const bytes = i8x16.narrow_i16x8_u(pairs(digits1, decimal1), pairs(digits2, decimal2));
  v128.store(GUID_LANES, v128.shuffle<u8>(bytes, bytes, 3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12));
  const upper = v128.or(
    v128.and(letter1, i8x16.lt_u(digits1, i8x16.splat(0x61))),
    v128.and(letter2, i8x16.lt_u(digits2, i8x16.splat(0x61))),
  );
  return v128.any_true(upper) ? 2 : 1;
}

@inline function isDecimal(digits: v128): v128 {
  return i8x16.lt_u(i8x16.sub(digits, i8x16.splat(0x30)), i8x16.splat(10));
}

@inline function isHexLetter(digits: v128): v128 {
  return i8x16.lt_u(i8x16.sub(v128.or(digits, i8x16.splat(0x20)), i8x16.splat(0x61)), i8x16.splat(6));
}

/** Two digits each as one byte, in lanes of 16 bits. */
@inline function pairs(digits: v128, decimal: v128): v128 {
  const letters = i8x16.sub(v128.or(digits, i8x16.splat(0x20)), i8x16.splat(0x57));
  const values = v128.bitselect(i8x16.sub(digits, i8x16.splat(0x30)), letters, decimal);
  return v128.or(v128.and(i16x8.shl(values, 4), i16x8.splat(0xf0)), i16x8.shr_u(values, 8));
}

/** The hour of the last time, `2026-11-21T12`, and its milliseconds: records of an object have one or two hours. */
let knownHour: v128 = i64x2.splat(-1);
let knownHourMs: f64 = 0;

/** `2026-11-21T12:30:10Z` in milliseconds; NaN for any other form, which the caller reads itself. */
export function readTime(shift: i32): f64 {
  if (load<u8>(KINDS + timeSlot) !== TEXT) return NaN;
  const p = <usize>(load<i32>(STARTS + (timeSlot << 2)) - shift);
  if (<usize>(load<i32>(ENDS + (timeSlot << 2)) - shift) - p !== 20) return NaN;
  if (load<u8>(p, 13) !== 0x3a || load<u8>(p, 16) !== 0x3a || load<u8>(p, 19) !== 0x5a) return NaN;
  const minute = twoDigits(p + 14);
  const second = twoDigits(p + 17);
  if (minute > 59 || second > 59) return NaN;
  const hourText = v128.and(v128.load(p), i8x16(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, 0, 0, 0));
  if (v128.any_true(v128.xor(hourText, knownHour))) {
    const hourMs = readHour(p);
    if (isNaN(hourMs)) return NaN;
    knownHour = hourText;
    knownHourMs = hourMs;
  }
  return knownHourMs + <f64>((minute * 60 + second) * 1000);
}

/** `2026-11-21T12` */
function readHour(p: usize): f64 {
  if (load<u8>(p, 4) !== 0x2d || load<u8>(p, 7) !== 0x2d || load<u8>(p, 10) !== 0x54) return NaN;
  const year = twoDigits(p) * 100 + twoDigits(p + 2);
  const month = twoDigits(p + 5);
  const day = twoDigits(p + 8);
  const hour = twoDigits(p + 11);
  // Days that only some months have, and what is no digit, are for the caller.
  if (year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 28 || hour > 23) return NaN;
  // Days since 1970-03-01 less a month: years begin in March, so that the leap day is the last (Hinnant, chrono-compatible date algorithms,
  // https://howardhinnant.github.io/date_algorithms.html).
  const y = month <= 2 ? year - 1 : year;
  const era = y / 400;
  const yearOfEra = y - era * 400;
  const dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
  const dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
  const days = era * 146097 + dayOfEra - 719468;
  return (<f64>days * 24 + <f64>hour) * 3600000;
}

/** A number far above every bound when one is no digit. */
@inline function twoDigits(p: usize): i32 {
  const tens = <u32>load<u8>(p) - 0x30;
  const ones = <u32>load<u8>(p, 1) - 0x30;
  return tens > 9 || ones > 9 ? 1000000 : <i32>(tens * 10 + ones);
}

/** Twin: checksum32 of ../../lib/checksum.ts. */
export function checksum(start: usize, end: usize): i32 {
  let a = i32x4(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344);
  let b = i32x4(0xa4093822, 0x299f31d0, 0x082efa98, 0xec4e6c89);
  let c = i32x4(0x452821e6, 0x38d01377, 0xbe5466cf, 0x34e90c6c);
  let d = i32x4(0xc0ac29b7, 0xc97c50dd, 0x3f84d5b5, 0xb5470917);
  let p = start;
  for (; p + 64 <= end; p += 64) {
    a = stir(a, v128.load(p));
    b = stir(b, v128.load(p, 16));
    c = stir(c, v128.load(p, 32));
    d = stir(d, v128.load(p, 48));
  }
  for (; p < end; p += 16) {
    let block = v128.load(p);
    if (end - p < 16) block = v128.and(block, i8x16.lt_u(i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15), i8x16.splat(<i8>(end - p))));
    a = stir(a, block);
    const first = a;
    a = b;
    b = c;
    c = d;
    d = first;
  }
  let sum = <i32>(end - start);
  sum = gather(sum, a);
  sum = gather(sum, b);
  sum = gather(sum, c);
  sum = gather(sum, d);
  return sum === 0 ? 1 : sum;
}

@inline function stir(lanes: v128, block: v128): v128 {
  const product = i32x4.mul(v128.xor(lanes, block), i32x4.splat(<i32>0x9e3779b1));
  return v128.xor(product, i32x4.shr_u(product, 15));
}

@inline function gather(sum: i32, lanes: v128): i32 {
  sum = mix(sum ^ i32x4.extract_lane(lanes, 0));
  sum = mix(sum ^ i32x4.extract_lane(lanes, 1));
  sum = mix(sum ^ i32x4.extract_lane(lanes, 2));
  return mix(sum ^ i32x4.extract_lane(lanes, 3));
}

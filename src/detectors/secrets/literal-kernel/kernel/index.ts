// AssemblyScript, not TypeScript: where literals stand in a window of bytes, and runs of base64. Of each literal the caller names four letters
// that are likely to be rare (three of one that has no more). Sixteen positions at once are tested for whether the first three of them may begin
// there (as in Teddy: nibbles of each of the three bytes, looked up in masks of 32 buckets, half of them for literals of exact letters), the few
// that are left by a hash of the four, and what is then left letter by letter.
// `npm run kernel` compiles this file into ../kernel-wasm.ts. https://www.assemblyscript.org/concepts.html
// Teddy: https://github.com/BurntSushi/aho-corasick/blob/master/src/packed/teddy/README.md

const WINDOW_BYTES: usize = 65536;
const WINDOW: usize = memory.data(65536 + 64, 16);

/** Four sets of eight buckets, two for either case and two for exact letters; of each set low and high nibbles of the first, second and third byte: sixteen bytes, in which a bit is a bucket. */
const MASKS: usize = memory.data(384, 16);

/** A bit for each hash of four letters that stand in a literal, or that begin with the three of one. */
const BITS: usize = memory.data(8192);
/** By the lower bits of the hash: the first literal with such four letters, from 1. */
const HEADS: usize = memory.data(4096 * 2, 2);
const HEAD_MASK: u32 = 4095;
/** By the lower bits of the hash of three letters: the first literal of three. */
const SHORT_HEADS: usize = memory.data(256 * 2, 2);
const SHORT_MASK: u32 = 255;

/**
 * Of each literal sixteen bytes: the next one of its hash or its parent (u16), its length (u8), where its letters or its parent stand
 * in it (u8), whether it is exact (1) and is to be assigned (2) (u8), the first of those that hold it as a part (u16 at 6), its text (u32 at 8).
 */
const MAX_LITERALS: usize = 4096;
const LITERALS: usize = memory.data(4096 * 16, 4);
const TEXT_BYTES: usize = 65536;
const TEXTS: usize = memory.data(65536);
let literals: usize = 0;
let textEnd: usize = TEXTS;

/** What was found: the literal (u32) and where it begins (u32). One position tells as many as there are literals at most. */
const MAX_HITS: usize = 8192;
const HITS: usize = memory.data(8192 * 8, 4);
let hits: usize = 0;

/** 1 for each byte that may stand behind a name that is given a value; the caller writes it. */
const MAY_ASSIGN: usize = memory.data(256);

/** Upper case letters become lower case, some other bytes become others. */
const FOLD: u32 = 0x20202020;
const THREE: u32 = 0xffffff;

export function windowAt(): usize { return WINDOW; }
export function windowBytes(): usize { return WINDOW_BYTES; }
export function hitsAt(): usize { return HITS; }
export function hitCount(): usize { return hits; }
export function mayAssignAt(): usize { return MAY_ASSIGN; }

/** Of 16 bits. */
@inline function hashOf(letters: u32): u32 { return (letters * 0x9e3779b1) >>> 16; }

@inline function mark(set: usize, byte: usize, value: usize, bucket: u8): void {
  const masks = MASKS + set * 96 + byte * 32;
  store<u8>(masks + (value & 15), load<u8>(masks + (value & 15)) | bucket);
  store<u8>(masks + 16 + (value >> 4), load<u8>(masks + 16 + (value >> 4)) | bucket);
}

@inline function setBit(hash: u32): void {
  store<u8>(BITS + (hash >> 3), load<u8>(BITS + (hash >> 3)) | (<u8>1 << <u8>(hash & 7)));
}

/** A literal that stands at the window's beginning, in lower case unless it is exact (1 of `flags`); its letters to look for at `offset`. False: no room. */
export function addLiteral(length: usize, offset: usize, flags: u8, bucket: usize): bool {
  const letters = load<u32>(WINDOW + offset);
  const shown = bucket < 16 ? letters | FOLD : letters;
  for (let byte: usize = 0; byte < 3; byte++)
    mark(bucket >> 3, byte, (<usize>shown >> (byte << 3)) & 255, <u8>1 << <u8>(bucket & 7));
  if (offset + 4 <= length) {
    const hash = hashOf(letters | FOLD);
    setBit(hash);
    return append(length, offset, flags, HEADS + ((hash & HEAD_MASK) << 1));
  }
  const three = (letters & THREE) | (FOLD & THREE);
  for (let fourth: u32 = 0; fourth < 256; fourth++) setBit(hashOf(three | ((fourth | 0x20) << 24)));
  return append(length, offset, flags, SHORT_HEADS + ((hashOf(three) & SHORT_MASK) << 1));
}

/** A literal, as above, that holds an earlier one (from 0) at `offset`: looked for only where that one stands. */
export function addLonger(length: usize, offset: usize, flags: u8, part: usize): bool {
  return append(length, offset, flags, LITERALS + (part << 4) + 6);
}

function append(length: usize, offset: usize, flags: u8, head: usize): bool {
  if (literals === MAX_LITERALS || textEnd + length > TEXTS + TEXT_BYTES) return false;
  const literal = LITERALS + (literals << 4);
  store<u16>(literal, load<u16>(head));
  store<u8>(literal, <u8>length, 2);
  store<u8>(literal, <u8>offset, 3);
  store<u8>(literal, flags, 4);
  store<u32>(literal, <u32>textEnd, 8);
  memory.copy(textEnd, WINDOW, length);
  textEnd += length;
  literals++;
  store<u16>(head, <u16>literals);
  return true;
}

const EXACT: u8 = 1;
const ASSIGNED: u8 = 2;

@inline function toLower(byte: u8): u8 { return byte - 0x41 < 26 ? byte | 0x20 : byte; }

function standsAt(literal: usize, begin: usize, length: usize): bool {
  const text = <usize>load<u32>(literal, 8);
  if ((load<u8>(literal, 4) & EXACT) !== 0) {
    for (let at: usize = 0; at < length; at++) if (load<u8>(begin + at) !== load<u8>(text + at)) return false;
  } else {
    for (let at: usize = 0; at < length; at++) if (toLower(load<u8>(begin + at)) !== load<u8>(text + at)) return false;
  }
  return true;
}

/** Whether what stands behind a literal lets it be meant: at the window's end nothing is known of it. */
@inline function mayBeMeant(literal: usize, behind: usize, last: usize): bool {
  return (load<u8>(literal, 4) & ASSIGNED) === 0 || behind >= last || load<u8>(MAY_ASSIGN + load<u8>(behind)) !== 0;
}

/** Tells the literals whose letters, or whose part, are at `p`; with those that hold them. */
function tell(index: usize, p: usize, limit: usize, last: usize): void {
  while (index !== 0) {
    const literal = LITERALS + ((index - 1) << 4);
    const begin = p - <usize>load<u8>(literal, 3);
    const length = <usize>load<u8>(literal, 2);
    if (begin >= WINDOW && begin + length <= last && standsAt(literal, begin, length)) {
      if (begin < limit && mayBeMeant(literal, begin + length, last)) {
        const hit = HITS + (hits << 3);
        store<u32>(hit, <u32>(index - 1));
        store<u32>(hit, <u32>(begin - WINDOW), 4);
        hits++;
      }
      const longer = <usize>load<u16>(literal, 6);
      if (longer !== 0) tell(longer, begin, limit, last);
    }
    index = <usize>load<u16>(literal);
  }
}

@inline function look(p: usize, limit: usize, last: usize): void {
  const letters = load<u32>(p) | FOLD;
  const hash = hashOf(letters);
  if ((load<u8>(BITS + (hash >> 3)) & (<u8>1 << <u8>(hash & 7))) === 0) return;
  tell(<usize>load<u16>(HEADS + ((hash & HEAD_MASK) << 1)), p, limit, last);
  tell(<usize>load<u16>(SHORT_HEADS + ((hashOf(letters & THREE) & SHORT_MASK) << 1)), p, limit, last);
}

/** The buckets of a set that each position may belong to. */
@inline function inSet(set: usize, lowA: v128, highA: v128, lowB: v128, highB: v128, lowC: v128, highC: v128): v128 {
  const masks = MASKS + set;
  return v128.and(
    v128.and(
      v128.and(i8x16.relaxed_swizzle(v128.load(masks), lowA), i8x16.relaxed_swizzle(v128.load(masks, 16), highA)),
      v128.and(i8x16.relaxed_swizzle(v128.load(masks, 32), lowB), i8x16.relaxed_swizzle(v128.load(masks, 48), highB)),
    ),
    v128.and(i8x16.relaxed_swizzle(v128.load(masks, 64), lowC), i8x16.relaxed_swizzle(v128.load(masks, 80), highC)),
  );
}

/**
 * Literals that begin before `limit` and end before `end` in the window, told by their letters from `from` on. Where to go on when
 * there is no more room for hits, `end` when all is done.
 */
export function scan(from: usize, limit: usize, end: usize): usize {
  hits = 0;
  const last = WINDOW + end;
  const bound = WINDOW + limit;
  const low = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  for (let p = WINDOW + from; p + 2 < last; p += 16) {
    const a = v128.load(p);
    const b = v128.load(p, 1);
    const c = v128.load(p, 2);
    const lowA = v128.and(a, low);
    const lowB = v128.and(b, low);
    const lowC = v128.and(c, low);
    const highA = v128.and(i16x8.shr_u(a, 4), low);
    const highB = v128.and(i16x8.shr_u(b, 4), low);
    const highC = v128.and(i16x8.shr_u(c, 4), low);
    // The bit that tells upper case from lower case is in the upper half.
    const bit = i8x16.splat(2);
    const foldA = v128.or(highA, bit);
    const foldB = v128.or(highB, bit);
    const foldC = v128.or(highC, bit);
    const either = v128.or(
      inSet(0, lowA, foldA, lowB, foldB, lowC, foldC),
      inSet(96, lowA, foldA, lowB, foldB, lowC, foldC),
    );
    const exact = v128.or(
      inSet(192, lowA, highA, lowB, highB, lowC, highC),
      inSet(288, lowA, highA, lowB, highB, lowC, highC),
    );
    let found = <u32>i8x16.bitmask(i8x16.ne(v128.or(either, exact), none));
    if (p + 18 > last) found &= (<u32>1 << <u32>(last - 2 - p)) - 1;
    for (; found !== 0; found &= found - 1) {
      const at = p + <usize>ctz(found);
      look(at, bound, last);
      if (hits > MAX_HITS - MAX_LITERALS) return at + 1 - WINDOW;
    }
  }
  return end;
}

/** The standard and the URL-safe alphabet, RFC 4648: of each lower half of a byte the upper halves (a bit each) that make a letter of it. */
const ALPHABET_LOWS: usize = memory.data<u8>([
  0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf0, 0x54, 0x50, 0x54, 0x50, 0x74,
], 16);
const ALPHABET_HIGHS: usize = memory.data<u8>([0, 0, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const NOT_BASE64: u32 = 64;
const SHORTEST_RUN: usize = 24;
const MAX_BEGINNINGS: u32 = 8;

/** 64: of neither alphabet. */
function valueOf(byte: u32): u32 {
  const lower = (byte | 0x20) - 0x61;
  if (lower < 26) return (byte & 0x20) !== 0 ? lower + 26 : lower;
  if (byte - 0x30 < 10) return byte - 0x30 + 52;
  if (byte === 0x2b || byte === 0x2d) return 62;
  return byte === 0x2f || byte === 0x5f ? 63 : NOT_BASE64;
}

@inline function isText(byte: u32): bool {
  return byte - 0x20 < 0x5f || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Whether the 24 letters there decode to gzip (1f 8b 08), or to nothing but text. */
function isReadable(at: usize): bool {
  if (load<u32>(at) === 0x49733448) return true;
  for (let group = at; group < at + SHORTEST_RUN; group += 4) {
    const bits = (valueOf(load<u8>(group)) << 18) | (valueOf(load<u8>(group, 1)) << 12) | (valueOf(load<u8>(group, 2)) << 6) | valueOf(load<u8>(group, 3));
    if (!isText(bits >>> 16) || !isText((bits >>> 8) & 255) || !isText(bits & 255)) return false;
  }
  return true;
}

/** Whether one of the beginnings of a run is readable: it may begin in the middle of a path or of a name. */
function hidesText(first: usize, behind: usize): bool {
  let beginning = first;
  for (let tried: u32 = 0; tried < MAX_BEGINNINGS && beginning + SHORTEST_RUN <= behind; tried++) {
    if (isReadable(beginning)) return true;
    while (beginning < behind && valueOf(load<u8>(beginning)) < 62) beginning++;
    beginning++;
  }
  return false;
}

/**
 * Runs of base64 in `end` bytes of the window, told as hits by one letter in each: those that may decode to text or gzip, and those that the
 * window cuts. A run of 24 letters holds 16 that begin at a multiple of eight.
 */
export function findRuns(end: usize): void {
  hits = 0;
  const last = WINDOW + end;
  const low = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  const lows = v128.load(ALPHABET_LOWS);
  const highs = v128.load(ALPHABET_HIGHS);
  let known = WINDOW;
  let isOpen = false;
  for (let p = WINDOW; p < last; p += 16) {
    const bytes = v128.load(p);
    const letters = v128.and(
      i8x16.relaxed_swizzle(lows, v128.and(bytes, low)),
      i8x16.relaxed_swizzle(highs, v128.and(i16x8.shr_u(bytes, 4), low)),
    );
    const mask = <u32>i8x16.bitmask(i8x16.ne(letters, none));
    const isFirst = (mask & 0xff) === 0xff;
    const isSecond = mask >>> 8 === 0xff;
    if (isFirst && (isOpen || isSecond) && p >= known) {
      let first = p;
      while (first > WINDOW && valueOf(load<u8>(first - 1)) !== NOT_BASE64) first--;
      let behind = p;
      while (behind < last && valueOf(load<u8>(behind)) !== NOT_BASE64) behind++;
      if (first === WINDOW || behind === last || (behind - first >= SHORTEST_RUN && hidesText(first, behind))) {
        const hit = HITS + (hits << 3);
        store<u32>(hit, 0);
        store<u32>(hit, <u32>(p - WINDOW), 4);
        hits++;
      }
      known = behind;
    }
    isOpen = isSecond;
  }
}

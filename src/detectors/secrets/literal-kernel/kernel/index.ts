// AssemblyScript, not TypeScript: where literals stand in a window of bytes, and runs of base64. Of each literal the caller names four letters
// that are likely to be rare (three of one that has no more). Sixteen positions at once are tested for whether the first three of them may begin
// there (as in Teddy: nibbles of each of the three bytes, looked up in masks of 32 buckets, a quarter of them for literals of exact letters), the few
// that are left by a hash of the four, and what is then left letter by letter.
// `npm run kernel` compiles this file into ../kernel-wasm.ts. https://www.assemblyscript.org/concepts.html
// Teddy: https://github.com/BurntSushi/aho-corasick/blob/master/src/packed/teddy/README.md

const WINDOW_BYTES: usize = 65536;
const WINDOW: usize = memory.data(65536 + 64, 16);

/** Four sets of eight buckets, three for either case and one for exact letters; of each set low and high nibbles of the four bytes: sixteen bytes, in which a bit is a bucket. */
const MASKS: usize = memory.data(512, 16);

/** A bit for each hash of four letters that stand in a literal, or that begin with the three of one. */
const BITS: usize = memory.data(8192);
/** By the lower bits of the hash: the first literal with such four letters, from 1. */
const HEADS: usize = memory.data(4096 * 2, 2);
const HEAD_MASK: u32 = 4095;
/** By the lower bits of the hash of three letters: the first literal of three. */
const SHORT_HEADS: usize = memory.data(256 * 2, 2);
const SHORT_MASK: u32 = 255;

/**
 * Of each literal sixteen bytes: the next one of its list (u16 at 0), its length (u8), where its letters or its part stand in it (u8), its
 * flags (u8), its part, from 1, 0 of none (u16 at 6), its text (u32 at 8), the first that is the same in other letters (u16 at 12), the next
 * one with such a sum of letters (u16 at 14).
 */
const MAX_LITERALS: usize = 8192;
const LITERALS: usize = memory.data(8192 * 16, 4);
const EXACT: u8 = 1;
const ASSIGNED: u8 = 2;
/** It ends where its part ends and is to be assigned, and so are all that it is a part of: nothing of it is meant where the byte behind it says so. */
const SEALED: u8 = 4;

/** The first of those that hold a part, by its number, on which side more of them stands, and the byte there. */
const LONGER: usize = memory.data(4096 * 2, 2);
const BEHIND: u32 = 0;
const IN_FRONT: u32 = 1;
const IN_FRONT_SEALED: u32 = 2;

/** Literals one behind the other; the caller writes them. */
const TEXT_BYTES: usize = 131072;
const TEXTS: usize = memory.data(131072);
let literals: usize = 0;
let textEnd: usize = TEXTS;

/** By the upper bits of the hash of all its letters, in lower case: the last literal with it, from 1. */
const WHOLE: usize = memory.data(4096 * 2, 2);
const SHORTEST: usize = 3;
const BASE: u32 = 0x01000193;

/** What was found: the literal (u32) and where it begins (u32). One position tells as many as there are literals at most. */
const MAX_HITS: usize = 16384;
const HITS: usize = memory.data(16384 * 8, 4);
let hits: usize = 0;

/** 1 for each byte that may stand behind a name that is given a value; the caller writes it. */
const MAY_ASSIGN: usize = memory.data(256);

/** Upper case letters become lower case, some other bytes become others. */
const FOLD: u32 = 0x20202020;
const THREE: u32 = 0xffffff;

export function textsAt(): usize { return TEXTS; }
export function textBytes(): usize { return TEXT_BYTES; }
export function maxLiterals(): usize { return MAX_LITERALS; }
export function windowAt(): usize { return WINDOW; }
export function windowBytes(): usize { return WINDOW_BYTES; }
export function hitsAt(): usize { return HITS; }
export function hitCount(): usize { return hits; }
export function mayAssignAt(): usize { return MAY_ASSIGN; }
export function valuesAt(): usize { return VALUES; }

/** Of 16 bits. */
@inline function hashOf(letters: u32): u32 { return (letters * 0x9e3779b1) >>> 16; }

@inline function mark(set: usize, byte: usize, value: usize, bucket: u8): void {
  const masks = MASKS + set * 128 + byte * 32;
  store<u8>(masks + (value & 15), load<u8>(masks + (value & 15)) | bucket);
  store<u8>(masks + 16 + (value >> 4), load<u8>(masks + 16 + (value >> 4)) | bucket);
}

@inline function setBit(hash: u32): void {
  store<u8>(BITS + (hash >> 3), load<u8>(BITS + (hash >> 3)) | (<u8>1 << <u8>(hash & 7)));
}

@inline function toLower(byte: u8): u8 { return byte - 0x41 < 26 ? byte | 0x20 : byte; }

function isSame(one: usize, other: usize, length: usize, exact: bool): bool {
  if (exact) {
    for (let at: usize = 0; at < length; at++) if (load<u8>(one + at) !== load<u8>(other + at)) return false;
  } else {
    for (let at: usize = 0; at < length; at++) if (toLower(load<u8>(one + at)) !== load<u8>(other + at)) return false;
  }
  return true;
}

@inline function wholeAt(hash: u32): usize { return WHOLE + (<usize>((hash * 0x9e3779b1) >>> 20) << 1); }

/** The literal that those letters are, from 1: one of either case before one of exact letters. */
function literalAt(hash: u32, text: usize, length: usize, exact: bool): usize {
  let exactly: usize = 0;
  for (let index = <usize>load<u16>(wholeAt(hash)); index !== 0; ) {
    const literal = LITERALS + ((index - 1) << 4);
    if (<usize>load<u8>(literal, 2) === length) {
      const isExact = (load<u8>(literal, 4) & EXACT) !== 0;
      if ((exact || !isExact) && isSame(text, <usize>load<u32>(literal, 8), length, isExact)) {
        if (!isExact) return index;
        exactly = index;
      }
    }
    index = <usize>load<u16>(literal, 14);
  }
  return exactly;
}

/**
 * The next text is a literal, longer than none before it unless it is exact and that is not. Returns its part, from 1, and from bit 16 on where
 * that stands in it; 0 of none. The part is the longest literal before it that it begins or ends with, and that stands wherever it does.
 */
export function addText(length: usize, exact: bool): u32 {
  const text = textEnd;
  const literal = LITERALS + (literals << 4);
  store<u8>(literal, <u8>length, 2);
  store<u8>(literal, exact ? EXACT : 0, 4);
  store<u32>(literal, <u32>text, 8);
  textEnd += length;
  literals++;
  let part: usize = 0;
  let offset: usize = 0;
  let longest: usize = SHORTEST;
  let hash: u32 = 0;
  for (let end: usize = 1; end <= length; end++) {
    hash = hash * BASE + toLower(load<u8>(text + end - 1));
    const found = end < SHORTEST ? 0 : literalAt(hash, text, end, exact);
    if (found !== 0) {
      part = found;
      longest = end;
    }
  }
  let ending: u32 = 0;
  let power: u32 = 1;
  for (let from = length; from-- > 0; ) {
    ending += <u32>toLower(load<u8>(text + from)) * power;
    power *= BASE;
    const found = length - from < longest ? 0 : literalAt(ending, text + from, length - from, exact);
    if (found !== 0) {
      part = found;
      offset = from;
    }
  }
  // Of several that are the same the first is the part of all.
  const isKnown = part !== 0 && <usize>load<u8>(LITERALS + ((part - 1) << 4), 2) === length && (load<u8>(LITERALS + ((part - 1) << 4), 4) & EXACT) === <u8>exact;
  if (!isKnown) {
    const head = wholeAt(hash);
    store<u16>(literal, load<u16>(head), 14);
    store<u16>(head, <u16>literals);
  }
  return <u32>part | (<u32>offset << 16);
}

/** A literal, from 0, with its letters to look for at `offset`. */
export function lookFor(index: usize, offset: usize, flags: u8, bucket: usize): void {
  const literal = LITERALS + (index << 4);
  const length = <usize>load<u8>(literal, 2);
  const letters = load<u32>(<usize>load<u32>(literal, 8) + offset);
  const shown = bucket < 24 ? letters | FOLD : letters;
  const bit = <u8>1 << <u8>(bucket & 7);
  for (let byte: usize = 0; byte < 3; byte++) mark(bucket >> 3, byte, (<usize>shown >> (byte << 3)) & 255, bit);
  if (offset + 4 <= length) {
    mark(bucket >> 3, 3, <usize>shown >> 24, bit);
    const hash = hashOf(letters | FOLD);
    setBit(hash);
    return list(index, offset, flags, 0, HEADS + ((hash & HEAD_MASK) << 1));
  }
  const three = (letters & THREE) | (FOLD & THREE);
  for (let fourth: u32 = 0; fourth < 256; fourth += 17) mark(bucket >> 3, 3, fourth, bit);
  for (let fourth: u32 = 0; fourth < 256; fourth++) setBit(hashOf(three | ((fourth | 0x20) << 24)));
  list(index, offset, flags, 0, SHORT_HEADS + ((hashOf(three) & SHORT_MASK) << 1));
}

@inline function longerAt(part: usize, side: u32, byte: u32): usize {
  const hash = (((<u32>part << 7) | ((byte & 31) << 2) | side) * 0x9e3779b1) >>> 20;
  return LONGER + (<usize>hash << 1);
}

/** A literal, from 0, that holds another, from 0, at `offset`: looked for only where that one stands. */
export function lookBehind(index: usize, offset: usize, flags: u8, partIndex: usize): void {
  const part = partIndex + 1;
  const literal = LITERALS + (index << 4);
  const text = <usize>load<u32>(literal, 8);
  const partLength = <usize>load<u8>(LITERALS + (partIndex << 4), 2);
  let head: usize;
  if (offset !== 0) {
    head = longerAt(part, (flags & SEALED) !== 0 ? IN_FRONT_SEALED : IN_FRONT, load<u8>(text + offset - 1));
  } else if (partLength < <usize>load<u8>(literal, 2)) head = longerAt(part, BEHIND, load<u8>(text + partLength));
  else head = LITERALS + (partIndex << 4) + 12;
  list(index, offset, flags, part, head);
}

function list(index: usize, offset: usize, flags: u8, part: usize, head: usize): void {
  const literal = LITERALS + (index << 4);
  store<u16>(literal, load<u16>(head));
  store<u8>(literal, <u8>offset, 3);
  store<u8>(literal, flags, 4);
  store<u16>(literal, <u16>part, 6);
  store<u16>(head, <u16>(index + 1));
}

function standsAt(literal: usize, begin: usize, length: usize): bool {
  const text = <usize>load<u32>(literal, 8);
  // Of those that hold the same part most differ in the first or in the last letter.
  const fold: u8 = (load<u8>(literal, 4) & EXACT) !== 0 ? 0 : 0x20;
  if (((load<u8>(begin) ^ load<u8>(text)) | (load<u8>(begin + length - 1) ^ load<u8>(text + length - 1))) & ~fold) return false;
  if (fold === 0) {
    for (let at: usize = 0; at < length; at++) if (load<u8>(begin + at) !== load<u8>(text + at)) return false;
  } else {
    for (let at: usize = 0; at < length; at++) if (toLower(load<u8>(begin + at)) !== load<u8>(text + at)) return false;
  }
  return true;
}

/** Tells the literals of a list with that part (0: none) whose letters, or whose part, are at `p`; with those that hold them. */
function tell(first: usize, part: usize, p: usize, limit: usize, last: usize): void {
  for (let index = first; index !== 0; ) {
    const literal = LITERALS + ((index - 1) << 4);
    const begin = p - <usize>load<u8>(literal, 3);
    const behind = begin + <usize>load<u8>(literal, 2);
    if (
      <usize>load<u16>(literal, 6) === part &&
      begin >= WINDOW &&
      behind <= last &&
      standsAt(literal, begin, behind - begin)
    ) {
      // At the window's end nothing is known of what follows.
      const mayAssign = behind === last || load<u8>(MAY_ASSIGN + <usize>load<u8>(behind)) !== 0;
      if (begin < limit && (mayAssign || (load<u8>(literal, 4) & ASSIGNED) === 0)) {
        const hit = HITS + (hits << 3);
        store<u32>(hit, <u32>(index - 1));
        store<u32>(hit, <u32>(begin - WINDOW), 4);
        hits++;
      }
      tellLonger(literal, index, begin, behind, limit, last, mayAssign);
    }
    index = <usize>load<u16>(literal);
  }
}

function tellLonger(literal: usize, index: usize, begin: usize, behind: usize, limit: usize, last: usize, mayAssign: bool): void {
  const same = <usize>load<u16>(literal, 12);
  if (same !== 0) tell(same, index, begin, limit, last);
  const longer = <usize>load<u16>(longerAt(index, BEHIND, load<u8>(behind)));
  if (longer !== 0) tell(longer, index, begin, limit, last);
  const byte = <u32>load<u8>(begin - 1);
  const earlier = <usize>load<u16>(longerAt(index, IN_FRONT, byte));
  if (earlier !== 0) tell(earlier, index, begin, limit, last);
  if (!mayAssign) return;
  const sealed = <usize>load<u16>(longerAt(index, IN_FRONT_SEALED, byte));
  if (sealed !== 0) tell(sealed, index, begin, limit, last);
}

@inline function look(p: usize, limit: usize, last: usize): void {
  const letters = load<u32>(p) | FOLD;
  const hash = hashOf(letters);
  if ((load<u8>(BITS + (hash >> 3)) & (<u8>1 << <u8>(hash & 7))) === 0) return;
  tell(<usize>load<u16>(HEADS + ((hash & HEAD_MASK) << 1)), 0, p, limit, last);
  tell(<usize>load<u16>(SHORT_HEADS + ((hashOf(letters & THREE) & SHORT_MASK) << 1)), 0, p, limit, last);
}

/** The buckets of a set that each position may belong to. */
@inline function inSet(set: usize, lowA: v128, highA: v128, lowB: v128, highB: v128, lowC: v128, highC: v128, lowD: v128, highD: v128): v128 {
  const masks = MASKS + set;
  return v128.and(
    v128.and(
      v128.and(i8x16.relaxed_swizzle(v128.load(masks), lowA), i8x16.relaxed_swizzle(v128.load(masks, 16), highA)),
      v128.and(i8x16.relaxed_swizzle(v128.load(masks, 32), lowB), i8x16.relaxed_swizzle(v128.load(masks, 48), highB)),
    ),
    v128.and(
      v128.and(i8x16.relaxed_swizzle(v128.load(masks, 64), lowC), i8x16.relaxed_swizzle(v128.load(masks, 80), highC)),
      v128.and(i8x16.relaxed_swizzle(v128.load(masks, 96), lowD), i8x16.relaxed_swizzle(v128.load(masks, 112), highD)),
    ),
  );
}

/** The standard and the URL-safe alphabet, RFC 4648: of each lower half of a byte the upper halves (a bit each) that make a letter of it. */
const ALPHABET_LOWS: usize = memory.data<u8>([
  0xa8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf8, 0xf0, 0x54, 0x50, 0x54, 0x50, 0x74,
], 16);
const ALPHABET_HIGHS: usize = memory.data<u8>([0, 0, 4, 8, 16, 32, 64, 128, 0, 0, 0, 0, 0, 0, 0, 0], 16);
const SHORTEST_RUN: usize = 24;
const MAX_BEGINNINGS: u32 = 8;
/** Of each letter its value; the caller writes it. */
const VALUES: usize = memory.data(256);

@inline function isText(byte: u32): bool {
  return byte - 0x20 < 0x5f || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

@inline function valueAt(at: usize): u32 { return <u32>load<u8>(VALUES + <usize>load<u8>(at)); }

/** Whether the 24 letters there decode to gzip (1f 8b 08), or to nothing but text. */
function isReadable(at: usize): bool {
  if (load<u32>(at) === 0x49733448) return true;
  for (let group = at; group < at + SHORTEST_RUN; group += 4) {
    const bits = (valueAt(group) << 18) | (valueAt(group + 1) << 12) | (valueAt(group + 2) << 6) | valueAt(group + 3);
    if (!isText(bits >>> 16) || !isText((bits >>> 8) & 255) || !isText(bits & 255)) return false;
  }
  return true;
}

/** Behind the next letter that may stand between names: `+`, `-`, `/` or `_`. */
@inline function behindSign(from: usize, behind: usize): usize {
  for (let at = from; at < behind; at += 16) {
    const bytes = v128.load(at);
    const signs = <u32>i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(bytes, i8x16.splat(0x2d)), i8x16.eq(bytes, i8x16.splat(0x5f))),
        v128.or(i8x16.eq(bytes, i8x16.splat(0x2f)), i8x16.eq(bytes, i8x16.splat(0x2b))),
      ),
    );
    if (signs !== 0) return at + <usize>ctz(signs) + 1;
  }
  return behind;
}

/** Tells a run, if one of its beginnings is readable (it may begin in the middle of a path or of a name) or what was looked at cuts it. */
function tellRun(start: usize, first: usize, behind: usize, last: usize): void {
  let isTold = first === start || behind === last;
  let beginning = first;
  for (let tried: u32 = 0; !isTold && tried < MAX_BEGINNINGS && beginning + SHORTEST_RUN <= behind; tried++) {
    isTold = isReadable(beginning);
    beginning = behindSign(beginning, behind);
  }
  if (!isTold) return;
  const hit = HITS + (hits << 3);
  store<u32>(hit, RUN);
  store<u32>(hit, <u32>(first - WINDOW), 4);
  hits++;
}

/** In place of a literal: a run of base64. */
const RUN: u32 = 0xffffffff;

/**
 * Literals that begin before `limit` and end before `end` in the window, told by their letters from `from` on; where to go on when there is no
 * more room for hits, `end` when all is done. With `withRuns` runs of base64, too, told by their first letters: those that may decode to text
 * or gzip, and those that the window or the lack of room cuts. A run of 24 letters holds 16 that begin at a multiple of eight.
 */
export function scan(from: usize, limit: usize, end: usize, withRuns: bool): usize {
  hits = 0;
  const start = WINDOW + from;
  const last = WINDOW + end;
  const bound = WINDOW + limit;
  const low = i8x16.splat(0x0f);
  const none = i8x16.splat(0);
  // The bit that tells upper case from lower case is in the upper half.
  const bit = i8x16.splat(2);
  const lows = v128.load(ALPHABET_LOWS);
  const highs = v128.load(ALPHABET_HIGHS);
  /** Of the run that is open; 0: none is. */
  let first: usize = 0;
  let before: u32 = 0xffff;
  for (let p = start; p + 2 < last; p += 16) {
    const a = v128.load(p);
    const b = v128.load(p, 1);
    const c = v128.load(p, 2);
    const d = v128.load(p, 3);
    const lowA = v128.and(a, low);
    const lowB = v128.and(b, low);
    const lowC = v128.and(c, low);
    const lowD = v128.and(d, low);
    const highA = v128.and(i16x8.shr_u(a, 4), low);
    const highB = v128.and(i16x8.shr_u(b, 4), low);
    const highC = v128.and(i16x8.shr_u(c, 4), low);
    const highD = v128.and(i16x8.shr_u(d, 4), low);
    if (withRuns) {
      const letters = v128.and(i8x16.relaxed_swizzle(lows, lowA), i8x16.relaxed_swizzle(highs, highA));
      let others = <u32>i8x16.bitmask(i8x16.eq(letters, none));
      if (p + 16 > last) others |= (<u32>0xffff << <u32>(last - p)) & 0xffff;
      if (first === 0 && (others & 0xff) === 0 && (others >>> 8 === 0 || before >>> 8 === 0))
        first = p - <usize>(clz(before) - 16);
      if (first !== 0 && others !== 0) {
        tellRun(start, first, p + <usize>ctz(others), last);
        first = 0;
      }
      before = others;
    }
    const foldA = v128.or(highA, bit);
    const foldB = v128.or(highB, bit);
    const foldC = v128.or(highC, bit);
    const foldD = v128.or(highD, bit);
    const either = v128.or(
      v128.or(
        inSet(0, lowA, foldA, lowB, foldB, lowC, foldC, lowD, foldD),
        inSet(128, lowA, foldA, lowB, foldB, lowC, foldC, lowD, foldD),
      ),
      inSet(256, lowA, foldA, lowB, foldB, lowC, foldC, lowD, foldD),
    );
    const exact = inSet(384, lowA, highA, lowB, highB, lowC, highC, lowD, highD);
    let found = <u32>i8x16.bitmask(i8x16.ne(v128.or(either, exact), none));
    if (p + 18 > last) found &= (<u32>1 << <u32>(last - 2 - p)) - 1;
    for (; found !== 0; found &= found - 1) {
      const at = p + <usize>ctz(found);
      look(at, bound, last);
      if (hits > MAX_HITS - MAX_LITERALS) {
        if (first !== 0) tellRun(start, first, last, last);
        return at + 1 - WINDOW;
      }
    }
  }
  if (first !== 0) tellRun(start, first, last, last);
  return end;
}

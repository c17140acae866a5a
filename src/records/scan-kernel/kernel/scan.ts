// scanObject and skipNest of ../../json-scan.ts, which is their twin, over blocks of bytes. It knows no field names: the caller hands in the keys.

import { ARRAY, BACKSLASH, BRACE_BIT, CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, ENDS, ESCAPED_KEY, ESCAPED_TEXT, INCOMPLETE, KINDS, LITERAL, MALFORMED, NULL, OBJECT, OPEN_BRACE, QUOTE, STARTS, TEXT, TOO_DEEP, allocate } from './layout';
import { nextMark, skipSpace } from './reading';

const NO_SLOT: i32 = -1;
/** Keys that nobody asked for are remembered, so that the order can be foretold across them: at most so many a level, so long. */
const MAX_OTHER_KEYS: i32 = 16;
const MAX_OTHER_KEY_BYTES: usize = 64;

@unmanaged export class Level {
  /** The key that came first last time. */
  first: Key | null;
  keys: Key | null;
  others: i32;
  /** Slots at and below this level, a bit each. */
  slots: u64;
}

/** Its bytes and a quote lie behind it, padded to whole blocks. */
@unmanaged export class Key {
  length: usize;
  slot: i32;
  below: Level | null;
  /** The key that came behind this one last time. */
  foretold: Key | null;
  sibling: Key | null;
}

let maxDepth: i32 = 0;

export function boundDepth(levels: i32): void { maxDepth = levels; }

export function addLevel(): Level {
  return changetype<Level>(allocate(offsetof<Level>()));
}

/** The key's bytes lie at `at`. Levels below must have their keys already. */
export function addKey(level: Level, at: usize, length: usize, slot: i32, below: Level | null): Key {
  const key = changetype<Key>(allocate(offsetof<Key>() + length + 16));
  key.length = length;
  key.slot = slot;
  key.below = below;
  key.sibling = level.keys;
  level.keys = key;
  memory.copy(bytesOf(key), at, length);
  store<u8>(bytesOf(key) + length, QUOTE);
  if (slot !== NO_SLOT) level.slots |= <u64>1 << slot;
  if (below !== null) level.slots |= below.slots;
  return key;
}

@inline function bytesOf(key: Key): usize { return changetype<usize>(key) + offsetof<Key>(); }

export function scanObject(level: Level, start: usize, end: usize, shift: i32): i32 {
  let p = start + 1;
  let afterComma = false;
  let before: Key | null = null;
  while (true) {
    p = skipSpace(p, end);
    if (p >= end) return INCOMPLETE;
    let c = load<u8>(p);
    if (c === CLOSE_BRACE) return afterComma ? MALFORMED : <i32>(p + 1);
    if (c !== QUOTE) return MALFORMED;
    p++;
    let key: Key | null = before === null ? level.first : before.foretold;
    if (key !== null && isKeyAt(key, p, end)) {
      p += key.length;
    } else {
      const keyStart = p;
      p = nextMark(p, end);
      if (p >= end) return INCOMPLETE;
      if (load<u8>(p) === BACKSLASH) return ESCAPED_KEY;
      key = findKey(level, keyStart, p);
      if (before === null) level.first = key;
      else before.foretold = key;
    }
    before = key;
    p = skipSpace(p + 1, end);
    if (p >= end) return INCOMPLETE;
    if (load<u8>(p) !== COLON) return MALFORMED;
    p = skipSpace(p + 1, end);
    if (p >= end) return INCOMPLETE;
    c = load<u8>(p);
    const valueStart = p;
    let below: Level | null = null;
    if (key !== null) below = key.below;
    let kind: u8;
    let quoted: i32 = 0;
    if (c === QUOTE) {
      kind = TEXT;
      quoted = 1;
      p = nextMark(p + 1, end);
      while (p < end && load<u8>(p) === BACKSLASH) {
        kind = ESCAPED_TEXT;
        p = nextMark(p + 2, end);
      }
      if (p >= end) return INCOMPLETE;
      p++;
    } else {
      let next: i32;
      if ((c | BRACE_BIT) === OPEN_BRACE) {
        kind = c === OPEN_BRACE ? OBJECT : ARRAY;
        if (kind === OBJECT && below !== null) {
          clear(below.slots);
          next = scanObject(below, p, end, shift);
        } else {
          next = skipNest(p, end);
        }
      } else {
        kind = c === 0x6e ? NULL : LITERAL;
        next = skipLiteral(p, end);
      }
      if (next < 0) return next;
      p = <usize>next;
    }
    if (key !== null && key.slot !== NO_SLOT) {
      // A later duplicate that is no object takes the earlier one's inner fields with it.
      if (kind !== OBJECT && below !== null) clear(below.slots);
      const slot = <usize>key.slot;
      store<i32>(STARTS + (slot << 2), <i32>valueStart + quoted + shift);
      store<i32>(ENDS + (slot << 2), <i32>p - quoted + shift);
      store<u8>(KINDS + slot, kind);
    }
    p = skipSpace(p, end);
    if (p >= end) return INCOMPLETE;
    c = load<u8>(p);
    afterComma = c === COMMA;
    if (afterComma) p++;
    else if (c !== CLOSE_BRACE) return MALFORMED;
  }
}

function clear(slots: u64): void {
  for (; slots !== 0; slots &= slots - 1) store<u8>(KINDS + <usize>ctz(slots), 0);
}

/** The key with its closing quote stands at `p`. */
@inline function isKeyAt(key: Key, p: usize, end: usize): bool {
  const length = key.length;
  if (p + length >= end) return false;
  let i: usize = 0;
  while (true) {
    const differ = ~i8x16.bitmask(i8x16.eq(v128.load(p + i), v128.load(bytesOf(key) + i)));
    if (i + 16 > length) return (differ & ((2 << <i32>(length - i)) - 1)) === 0;
    if ((differ & 0xffff) !== 0) return false;
    i += 16;
  }
}

/** The key; one without a slot when nobody asked for it; null when there are too many of those. */
function findKey(level: Level, start: usize, end: usize): Key | null {
  const length = end - start;
  let key = level.keys;
  while (key !== null) {
    if (key.length === length && isKeyAt(key, start, end + 1)) return key;
    key = key.sibling;
  }
  if (level.others >= MAX_OTHER_KEYS || length > MAX_OTHER_KEY_BYTES) return null;
  level.others++;
  return addKey(level, start, length, NO_SLOT, null);
}

/**
 * Position behind the bracket that closes the one at `start`, by 64 bytes: a bit for each quote, and for each bracket outside of
 * strings, which are where the exclusive or of all quote bits up to there is set (Langdale and Lemire, Parsing Gigabytes of JSON
 * per Second, https://arxiv.org/abs/1902.08318, section 3.1). Blocks with a backslash are few and walked by bytes.
 */
function skipNest(start: usize, end: usize): i32 {
  let depth: i32 = 0;
  let deepest: i32 = 0;
  /** All ones inside of a string. */
  let inString: u64 = 0;
  let p = start;
  while (p < end) {
    const counted: u64 = end - p < 64 ? (<u64>1 << (end - p)) - 1 : u64.MAX_VALUE;
    if ((bitsOf(p, BACKSLASH, 0) & counted) !== 0) {
      const blockEnd = min(p + 64, end);
      while (p < blockEnd) {
        const c = load<u8>(p++);
        if (c === QUOTE) inString = ~inString;
        else if (inString !== 0) p += <usize>(c === BACKSLASH);
        else if ((c | BRACE_BIT) === OPEN_BRACE) deepest = max(deepest, ++depth);
        else if ((c | BRACE_BIT) === CLOSE_BRACE && --depth === 0) return deepest > maxDepth ? TOO_DEEP : <i32>p;
      }
      continue;
    }
    let strings = bitsOf(p, QUOTE, 0) & counted;
    strings ^= strings << 1;
    strings ^= strings << 2;
    strings ^= strings << 4;
    strings ^= strings << 8;
    strings ^= strings << 16;
    strings ^= strings << 32;
    strings ^= inString;
    inString = <u64>(<i64>strings >> 63);
    const opens = bitsOf(p, OPEN_BRACE, BRACE_BIT) & counted & ~strings;
    const closes = bitsOf(p, CLOSE_BRACE, BRACE_BIT) & counted & ~strings;
    const opened = <i32>popcnt(opens);
    const closed = <i32>popcnt(closes);
    if (closed < depth && depth + opened <= maxDepth) {
      // Neither the end nor too deep, in whatever order they stand.
      depth += opened - closed;
    } else {
      for (let both = opens | closes; both !== 0; both &= both - 1) {
        if ((opens & both & (~both + 1)) !== 0) deepest = max(deepest, ++depth);
        else if (--depth === 0) return deepest > maxDepth ? TOO_DEEP : <i32>(p + <usize>ctz(both) + 1);
      }
    }
    p += 64;
  }
  return INCOMPLETE;
}

/** A bit for each of 64 bytes at `p` that is `byte` once `bit` is set in it. */
@inline function bitsOf(p: usize, byte: u8, bit: u8): u64 {
  return bits16(p, byte, bit) | (bits16(p + 16, byte, bit) << 16) | (bits16(p + 32, byte, bit) << 32) | (bits16(p + 48, byte, bit) << 48);
}

@inline function bits16(p: usize, byte: u8, bit: u8): u64 {
  return <u64>i8x16.bitmask(i8x16.eq(v128.or(v128.load(p), i8x16.splat(bit)), i8x16.splat(byte)));
}

/** Number, true, false, null: whether it is one is for whoever decodes it. */
function skipLiteral(start: usize, end: usize): i32 {
  for (let p = start; p < end; p++) {
    const c = load<u8>(p);
    if (c === COMMA || c === CLOSE_BRACE || c === CLOSE_BRACKET || c <= 0x20) return p === start ? MALFORMED : <i32>p;
    if (c === QUOTE || c === OPEN_BRACE || c === COLON) return MALFORMED;
  }
  return INCOMPLETE;
}

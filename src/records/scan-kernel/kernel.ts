// AssemblyScript, not TypeScript: scanObject and skipNest of ../json-scan.ts, which is their twin, over blocks of bytes; then what every
// record is asked for (checksum, GUID, time, who sent it), and the hash of JSON values (twin: ../../lib/json-hash.ts).
// `npm run kernel` compiles it into kernel-wasm.ts. It knows no field names: the caller hands in the keys, then bytes.
// https://www.assemblyscript.org/concepts.html

// Results and kinds, as in the twin.
const INCOMPLETE: i32 = -1;
const MALFORMED: i32 = -2;
const ESCAPED_KEY: i32 = -3;
const TOO_DEEP: i32 = -4;
const TEXT: u8 = 1;
const ESCAPED_TEXT: u8 = 2;
const LITERAL: u8 = 3;
const NULL: u8 = 4;
const OBJECT: u8 = 5;
const ARRAY: u8 = 6;

const QUOTE: u8 = 0x22;
const BACKSLASH: u8 = 0x5c;
const COMMA: u8 = 0x2c;
const COLON: u8 = 0x3a;
const OPEN_BRACE: u8 = 0x7b;
const CLOSE_BRACE: u8 = 0x7d;
const CLOSE_BRACKET: u8 = 0x5d;
/** Brackets differ from braces by this bit, and no other byte becomes a brace by it. */
const BRACE_BIT: u8 = 0x20;

const NO_SLOT: i32 = -1;
/** Keys that nobody asked for are remembered, so that the order can be foretold across them: at most so many a level, so long. */
const MAX_OTHER_KEYS: i32 = 16;
const MAX_OTHER_KEY_BYTES: usize = 64;

/** Bytes to scan lie in the window. Blocks may be loaded across its end; what is behind `end` never counts. */
const WINDOW_BYTES: usize = 65536;
const WINDOW: usize = memory.data(65536 + 64);
const MAX_SLOTS: usize = 64;
/**
 * What scan tells, in one block that is copied at once: a start and an end (i32) of each slot, twelve numbers (i32), the time (f64),
 * and a kind (u8) of each slot.
 */
const TOLD: usize = memory.data(64 * 4 + 64 * 4 + 12 * 4 + 8 + 64, 16);
const STARTS: usize = TOLD;
const ENDS: usize = TOLD + 64 * 4;
const NUMBERS: usize = TOLD + 128 * 4;
const TIME: usize = TOLD + 140 * 4;
const KINDS: usize = TOLD + 142 * 4;

/**
 * Positions in NUMBERS: of the four numberings, of their combination, of the identity's form (0 no GUID, 1 in lower case, 2 not) and
 * lanes, of the checksum.
 */
const COMBINED: usize = NUMBERS + 4 * 4;
const GUID_FORM: usize = NUMBERS + 5 * 4;
const GUID_LANES: usize = NUMBERS + 6 * 4;
const CHECKSUM: usize = NUMBERS + 10 * 4;

@unmanaged class Level {
  /** The key that came first last time. */
  first: Key | null;
  keys: Key | null;
  others: i32;
  /** Slots at and below this level, a bit each. */
  slots: u64;
}

/** Its bytes and a quote lie behind it, padded to whole blocks. */
@unmanaged class Key {
  length: usize;
  slot: i32;
  below: Level | null;
  /** The key that came behind this one last time. */
  foretold: Key | null;
  sibling: Key | null;
}

let maxDepth: i32 = 0;
let free: usize = __heap_base;

/** Slots of the identity and of the time. */
let guidSlot: usize = 0;
let timeSlot: usize = 0;

export function windowAt(): usize { return WINDOW; }
export function windowBytes(): usize { return WINDOW_BYTES; }
export function toldAt(): usize { return TOLD; }
export function secretAt(): usize { return SECRET; }
export function secretBytes(): usize { return SECRET_BYTES; }
export function setUp(levels: i32, guid: usize, time: usize): void {
  maxDepth = levels;
  guidSlot = guid;
  timeSlot = time;
}

/** Memory is zero, is never given back, and holds the keys of the caller and MAX_OTHER_KEYS for each of its levels. */
function allocate(bytes: usize): usize {
  const at = free;
  free += (bytes + 15) & ~15;
  return at;
}

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

/** Scans the object whose `{` is at `start` in the window; `shift` is added to every position that is told. */
export function scan(level: Level, start: usize, end: usize, shift: i32): i32 {
  memory.fill(KINDS, 0, MAX_SLOTS);
  const p = scanObject(level, start, end, shift);
  if (p < 0) return p;
  for (let i: usize = 0; i < NUMBERINGS; i++) store<i32>(NUMBERS + (i << 2), numberOf(i, shift));
  store<i32>(COMBINED, combination());
  store<i32>(GUID_FORM, readGuid(shift));
  store<i32>(CHECKSUM, checksum(start, <usize>p));
  store<f64>(TIME, readTime(shift));
  return p + shift;
}

function scanObject(level: Level, start: usize, end: usize, shift: i32): i32 {
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

/** Position of the next quote or backslash from `p` on, or `end`. */
@inline function nextMark(p: usize, end: usize): usize {
  for (; p < end; p += 16) {
    const block = v128.load(p);
    const found = v128.or(i8x16.eq(block, i8x16.splat(QUOTE)), i8x16.eq(block, i8x16.splat(BACKSLASH)));
    const bits = i8x16.bitmask(found);
    if (bits !== 0) return min(p + <usize>ctz(bits), end);
  }
  return end;
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

@inline function skipSpace(p: usize, end: usize): usize {
  for (; p < end; p++) {
    const c = load<u8>(p);
    if (c > 0x20 || (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09)) break;
  }
  return p;
}

// --- numberings: records whose chosen fields are letter by letter the same have one number ------------------------

const NUMBERINGS: usize = 4;
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
const SECRET_BYTES: usize = 64 * 16 + 257 * 16;
const SECRET: usize = memory.data(64 * 16 + 257 * 16, 16);

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
function numberOf(numbering: usize, shift: i32): i32 {
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
function combination(): i32 {
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

// --- what every record is asked for --------------------------------------------------------------------------------

/** The identity, 8-4-4-4-12 hex digits, as four lanes: 1 when all letters are lower case, 2 when some are not, 0 when it is no GUID. */
function readGuid(shift: i32): i32 {
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
function readTime(shift: i32): f64 {
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
function checksum(start: usize, end: usize): i32 {
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

/** Finaliser of MurmurHash3, public domain: https://github.com/aappleby/smhasher/blob/master/src/MurmurHash3.cpp (fmix32). */
@inline function mix(h: i32): i32 {
  h = (h ^ <i32>(<u32>h >> 16)) * <i32>0x85ebca6b;
  h = (h ^ <i32>(<u32>h >> 13)) * <i32>0xc2b2ae35;
  return h ^ <i32>(<u32>h >> 16);
}

// --- the hash of a JSON value: twin of hashJson in ../../lib/json-hash.ts ------------------------------------------

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

@inline function isSpace(c: u8): bool {
  return c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;
}

// --- quads: four bytes that texts of interest hold -----------------------------------------------------------------

/** A bit for each value of 17 bits of a quad's hash, and the quads themselves by the same hash, open addressing. */
const QUAD_BITS: usize = memory.data(16384);
const QUAD_ENTRIES: usize = 1024;
const QUADS: usize = memory.data(1024 * 4, 4);
/** Upper case letters become lower case, some other bytes become others. */
const FOLD: u32 = 0x20202020;

@inline function quadHash(quad: u32): u32 { return (quad * 0x9e3779b1) >> 15; }

/** At most half as many as there are entries. */
export function watchQuad(word: u32): void {
  const quad = word | FOLD;
  const hash = quadHash(quad);
  const bits = QUAD_BITS + (hash >> 3);
  store<u8>(bits, load<u8>(bits) | (<u8>1 << <u8>(hash & 7)));
  let index = hash & <u32>(QUAD_ENTRIES - 1);
  while (true) {
    const entry = QUADS + (<usize>index << 2);
    const known = load<u32>(entry);
    if (known === quad) return;
    if (known === 0) {
      store<u32>(entry, quad);
      return;
    }
    index = (index + 1) & <u32>(QUAD_ENTRIES - 1);
  }
}

/** True when a watched quad stands between `start` and `end`, in either case. */
export function holdsQuad(start: usize, end: usize): bool {
  for (let p = start; p + 4 <= end; p++) {
    const quad = load<u32>(p) | FOLD;
    const hash = quadHash(quad);
    if ((load<u8>(QUAD_BITS + (hash >> 3)) & (<u8>1 << <u8>(hash & 7))) === 0) continue;
    let index = hash & <u32>(QUAD_ENTRIES - 1);
    while (true) {
      const known = load<u32>(QUADS + (<usize>index << 2));
      if (known === quad) return true;
      if (known === 0) break;
      index = (index + 1) & <u32>(QUAD_ENTRIES - 1);
    }
  }
  return false;
}

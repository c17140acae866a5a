// Walks one JSON object in a buffer and notes where the fields lie that somebody asked for, without building anything.
// Structure-aware: only keys of the named objects count, so text inside a value can never pass for a field.

/** What stands in a slot. */
export const ABSENT = 0;
export const TEXT = 1;
/** A string with a backslash in it: decoded with JSON.parse. */
export const ESCAPED_TEXT = 2;
/** Number, true, false. */
export const LITERAL = 3;
export const NULL = 4;
export const OBJECT = 5;
export const ARRAY = 6;

/** Results of scanObject below zero. */
export const INCOMPLETE = -1;
export const MALFORMED = -2;
/** Valid so far, but a key has an escape in it: normalise with JSON.parse and scan again. */
export const ESCAPED_KEY = -3;
export const TOO_DEEP = -4;

/**
 * Levels of nesting; deeper records are unreadable. CloudTrail's own limit is a record of 256 KB
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/WhatIsCloudTrail-Limits.html); real records stay below 20 levels.
 */
export const MAX_JSON_DEPTH = 200;

/** One key of one object: its slot, and the level below it where its own keys are wanted too. */
interface KeySpec {
  readonly bytes: Buffer;
  readonly slot: number;
  readonly level: Level | null;
  /** The key that came behind this one last time. */
  next: KeySpec | null;
}

/** The wanted keys of one object, by length. */
export interface Level {
  readonly byLength: (KeySpec[] | undefined)[];
  /** All slots at and below this level: cleared when a later duplicate of the object replaces an earlier one. */
  readonly slots: number[];
  /** The key that came first last time. */
  first: KeySpec | null;
  /** Keys that nobody asked for, remembered so that the order can be foretold across them. */
  readonly others: KeySpec[];
}

/** CloudTrail has about 30 keys at the top of a record, userIdentity about 10. */
const MAX_OTHER_KEYS = 16;
const MAX_OTHER_KEY_BYTES = 64;
const NO_SLOT = -1;

export type LevelSpec = { readonly [key: string]: number | readonly [number, LevelSpec] };

export function compileLevel(spec: LevelSpec): Level {
  const level: Level = { byLength: [], slots: [], first: null, others: [] };
  for (const [key, want] of Object.entries(spec)) {
    const slot = typeof want === 'number' ? want : want[0];
    const below = typeof want === 'number' ? null : compileLevel(want[1]);
    addKey(level, Buffer.from(key, 'latin1'), slot, below);
    level.slots.push(slot);
    if (below !== null) level.slots.push(...below.slots);
  }
  return level;
}

function addKey(level: Level, bytes: Buffer, slot: number, below: Level | null): KeySpec {
  let list = level.byLength[bytes.length];
  if (list === undefined) {
    list = [];
    level.byLength[bytes.length] = list;
  }
  const spec: KeySpec = { bytes, slot, level: below, next: null };
  list.push(spec);
  return spec;
}

export interface Slots {
  /** First byte of the value; for strings behind the quote. */
  readonly starts: Int32Array;
  /** Exclusive; for strings before the quote. */
  readonly ends: Int32Array;
  readonly kinds: Uint8Array;
}

export function createSlots(count: number): Slots {
  return { starts: new Int32Array(count), ends: new Int32Array(count), kinds: new Uint8Array(count) };
}

/**
 * Scans the object whose `{` is at `start`. Returns the position behind its `}`, or a negative result.
 * The last of equal keys wins, as in JSON.parse. Records of one producer have their keys in one order: the key that came next
 * last time is compared first, so most keys are read once.
 */
export function scanObject(b: Buffer, start: number, end: number, level: Level, slots: Slots): number {
  const { starts, ends, kinds } = slots;
  let p = start + 1;
  let afterComma = false;
  let before: KeySpec | null = null;
  for (;;) {
    if (p < end && b[p]! <= 0x20) p = skipSpace(b, p, end);
    if (p >= end) return INCOMPLETE;
    let c = b[p]!;
    if (c === 0x7d) return afterComma ? MALFORMED : p + 1;
    if (c !== 0x22) return MALFORMED;
    p++;
    const foretold: KeySpec | null = before === null ? level.first : before.next;
    let spec: KeySpec | null;
    if (foretold !== null && isKeyAt(foretold.bytes, b, p, end)) {
      spec = foretold;
      p += foretold.bytes.length;
    } else {
      const keyStart = p;
      while (p < end) {
        c = b[p]!;
        if (c === 0x22) break;
        if (c === 0x5c) return ESCAPED_KEY;
        p++;
      }
      if (p >= end) return INCOMPLETE;
      spec = findKey(level, b, keyStart, p);
      if (before === null) level.first = spec;
      else before.next = spec;
    }
    before = spec;
    p++;
    if (b[p] !== 0x3a) {
      p = skipSpace(b, p, end);
      if (p >= end) return INCOMPLETE;
      if (b[p] !== 0x3a) return MALFORMED;
    }
    p++;
    if (p < end && b[p]! <= 0x20) p = skipSpace(b, p, end);
    if (p >= end) return INCOMPLETE;
    c = b[p]!;
    const valueStart = p;
    let kind: number;
    if (c === 0x22) {
      kind = TEXT;
      p = nextMark(b, p + 1, end);
      while (p < end && b[p] === 0x5c) {
        kind = ESCAPED_TEXT;
        p = nextMark(b, p + 2, end);
      }
      if (p >= end) return INCOMPLETE;
      p++;
    } else if (c === 0x7b) {
      kind = OBJECT;
      if (spec !== null && spec.level !== null) {
        if (kinds[spec.slot] !== ABSENT) clear(spec.level, kinds);
        p = scanObject(b, p, end, spec.level, slots);
      } else {
        p = skipNest(b, p, end);
      }
      if (p < 0) return p;
    } else if (c === 0x5b) {
      kind = ARRAY;
      p = skipNest(b, p, end);
      if (p < 0) return p;
    } else {
      kind = c === 0x6e ? NULL : LITERAL;
      while (p < end) {
        c = b[p]!;
        if (c === 0x2c || c === 0x7d || c === 0x5d || c <= 0x20) break;
        if (c === 0x22 || c === 0x7b || c === 0x3a) return MALFORMED;
        p++;
      }
      if (p === valueStart) return MALFORMED;
      if (p >= end) return INCOMPLETE;
    }
    if (spec !== null && spec.slot !== NO_SLOT) {
      // A later duplicate that is no object takes the earlier one's inner fields with it.
      if (kind !== OBJECT && spec.level !== null) clear(spec.level, kinds);
      const quoted = kind === TEXT || kind === ESCAPED_TEXT ? 1 : 0;
      starts[spec.slot] = valueStart + quoted;
      ends[spec.slot] = p - quoted;
      kinds[spec.slot] = kind;
    }
    // Between members there is a comma or the end.
    if (p < end && b[p]! <= 0x20) p = skipSpace(b, p, end);
    if (p >= end) return INCOMPLETE;
    c = b[p]!;
    afterComma = c === 0x2c;
    if (afterComma) p++;
    else if (c !== 0x7d) return MALFORMED;
  }
}

function clear(level: Level, kinds: Uint8Array): void {
  for (const slot of level.slots) kinds[slot] = ABSENT;
}

/** The key with its closing quote stands at `at`. */
function isKeyAt(key: Buffer, b: Buffer, at: number, end: number): boolean {
  const length = key.length;
  if (at + length >= end || b[at + length] !== 0x22) return false;
  for (let i = 0; i < length; i++) if (key[i] !== b[at + i]) return false;
  return true;
}

// Strings are most of a record, and are walked four bytes at a time: the words of the buffer that is being scanned.
let current: Buffer | null = null;
let words: Int32Array = new Int32Array(0);
/** Bytes that the first word begins before the buffer does: words are aligned, buffers need not be. */
let lead = 0;

function lookAt(b: Buffer): void {
  current = b;
  lead = b.byteOffset & 3;
  words = new Int32Array(b.buffer, b.byteOffset - lead, (b.length + lead) >> 2);
}

const QUOTES = 0x22222222;
const BACKSLASHES = 0x5c5c5c5c;

/** Position of the next quote or backslash from `start` on, or `end`. */
function nextMark(b: Buffer, start: number, end: number): number {
  if (b !== current) lookAt(b);
  let p = start;
  while (p < end && ((p + lead) & 3) !== 0) {
    const c = b[p]!;
    if (c === 0x22 || c === 0x5c) return p;
    p++;
  }
  const last = (end + lead) >> 2;
  let at = (p + lead) >> 2;
  while (at < last) {
    const word = words[at]!;
    const quote = word ^ QUOTES;
    const backslash = word ^ BACKSLASHES;
    // A byte of zero (one that matches) borrows from its neighbour: the classic test for a zero byte in a word,
    // https://graphics.stanford.edu/~seander/bithacks.html#ZeroInWord. It may fire late in the word: the loop below looks byte by byte.
    if ((((quote - 0x01010101) & ~quote) | ((backslash - 0x01010101) & ~backslash)) & 0x80808080) break;
    at++;
  }
  p = Math.max(p, (at << 2) - lead);
  while (p < end) {
    const c = b[p]!;
    if (c === 0x22 || c === 0x5c) return p;
    p++;
  }
  return end;
}

/** Position behind the bracket that closes the one at `start`, or INCOMPLETE, or TOO_DEEP. */
export function skipNest(b: Buffer, start: number, end: number, maxDepth = MAX_JSON_DEPTH): number {
  let depth = 0;
  let deepest = 0;
  for (let p = start; p < end; p++) {
    const c = b[p]!;
    if (c === 0x22) {
      p = nextMark(b, p + 1, end);
      while (p < end && b[p] === 0x5c) p = nextMark(b, p + 2, end);
    } else if (c === 0x7b || c === 0x5b) {
      if (++depth > deepest) deepest = depth;
    } else if (c === 0x7d || c === 0x5d) {
      if (--depth === 0) return deepest > maxDepth ? TOO_DEEP : p + 1;
    }
  }
  return INCOMPLETE;
}

export function skipSpace(b: Buffer, start: number, end: number): number {
  let p = start;
  while (p < end) {
    const c = b[p]!;
    if (c !== 0x20 && c !== 0x0a && c !== 0x0d && c !== 0x09) break;
    p++;
  }
  return p;
}

/** The key's spec; one without a slot for a key that nobody asked for; null when there are too many of those. */
function findKey(level: Level, b: Buffer, start: number, end: number): KeySpec | null {
  const list = level.byLength[end - start];
  if (list !== undefined) {
    for (const spec of list) if (isKeyAt(spec.bytes, b, start, end + 1)) return spec;
  }
  if (level.others.length >= MAX_OTHER_KEYS || end - start > MAX_OTHER_KEY_BYTES) return null;
  const spec = addKey(level, Buffer.from(b.subarray(start, end)), NO_SLOT, null);
  level.others.push(spec);
  return spec;
}

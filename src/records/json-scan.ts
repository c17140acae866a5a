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
}

/** The wanted keys of one object, by length. */
export interface Level {
  readonly byLength: (KeySpec[] | undefined)[];
  /** All slots at and below this level: cleared when a later duplicate of the object replaces an earlier one. */
  readonly slots: number[];
}

export type LevelSpec = { readonly [key: string]: number | readonly [number, LevelSpec] };

export function compileLevel(spec: LevelSpec): Level {
  const level: Level = { byLength: [], slots: [] };
  for (const [key, want] of Object.entries(spec)) {
    const bytes = Buffer.from(key, 'latin1');
    const slot = typeof want === 'number' ? want : want[0];
    const below = typeof want === 'number' ? null : compileLevel(want[1]);
    let list = level.byLength[bytes.length];
    if (list === undefined) {
      list = [];
      level.byLength[bytes.length] = list;
    }
    list.push({ bytes, slot, level: below });
    level.slots.push(slot);
    if (below !== null) level.slots.push(...below.slots);
  }
  return level;
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
 * The last of equal keys wins, as in JSON.parse.
 */
export function scanObject(b: Buffer, start: number, end: number, level: Level, slots: Slots): number {
  let p = start + 1;
  let afterComma = false;
  for (;;) {
    p = skipSpace(b, p, end);
    if (p >= end) return INCOMPLETE;
    let c = b[p]!;
    if (c === 0x7d) return afterComma ? MALFORMED : p + 1;
    if (c !== 0x22) return MALFORMED;
    const keyStart = ++p;
    while (p < end) {
      c = b[p]!;
      if (c === 0x22) break;
      if (c === 0x5c) return ESCAPED_KEY;
      p++;
    }
    if (p >= end) return INCOMPLETE;
    const spec = findKey(level, b, keyStart, p);
    p = skipSpace(b, p + 1, end);
    if (p >= end) return INCOMPLETE;
    if (b[p] !== 0x3a) return MALFORMED;
    p = skipSpace(b, p + 1, end);
    if (p >= end) return INCOMPLETE;
    c = b[p]!;
    const valueStart = p;
    let kind: number;
    if (c === 0x22) {
      kind = TEXT;
      p++;
      while (p < end) {
        c = b[p]!;
        if (c === 0x22) break;
        if (c === 0x5c) {
          kind = ESCAPED_TEXT;
          p++;
        }
        p++;
      }
      if (p >= end) return INCOMPLETE;
      p++;
    } else if (c === 0x7b) {
      kind = OBJECT;
      if (spec !== null && spec.level !== null) {
        for (const slot of spec.level.slots) slots.kinds[slot] = ABSENT;
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
    if (spec !== null) {
      // A later duplicate that is no object takes the earlier one's inner fields with it.
      if (kind !== OBJECT && spec.level !== null)
        for (const slot of spec.level.slots) slots.kinds[slot] = ABSENT;
      const quoted = kind === TEXT || kind === ESCAPED_TEXT ? 1 : 0;
      slots.starts[spec.slot] = valueStart + quoted;
      slots.ends[spec.slot] = p - quoted;
      slots.kinds[spec.slot] = kind;
    }
    // Between members there is a comma or the end.
    p = skipSpace(b, p, end);
    if (p >= end) return INCOMPLETE;
    c = b[p]!;
    afterComma = c === 0x2c;
    if (afterComma) p++;
    else if (c !== 0x7d) return MALFORMED;
  }
}

/** Position behind the bracket that closes the one at `start`, or INCOMPLETE, or TOO_DEEP. */
export function skipNest(b: Buffer, start: number, end: number, maxDepth = MAX_JSON_DEPTH): number {
  let depth = 0;
  let deepest = 0;
  for (let p = start; p < end; p++) {
    const c = b[p]!;
    if (c === 0x22) {
      p++;
      while (p < end) {
        const inner = b[p]!;
        if (inner === 0x22) break;
        p += inner === 0x5c ? 2 : 1;
      }
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

function findKey(level: Level, b: Buffer, start: number, end: number): KeySpec | null {
  const list = level.byLength[end - start];
  if (list === undefined) return null;
  for (const spec of list) {
    const bytes = spec.bytes;
    let i = 0;
    while (i < bytes.length && bytes[i] === b[start + i]) i++;
    if (i === bytes.length) return spec;
  }
  return null;
}

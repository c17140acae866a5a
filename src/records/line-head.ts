// How lines of application logs begin: which of them start a record, and what time they give. Everything else continues the record before.

import { utcMs } from '../lib/time.ts';

export interface LineHead {
  /** The line begins as log lines do: with a time, a level, an address, or Lambda's own words. */
  starts: boolean;
  /** NaN when the head holds none. Times without a zone count as UTC. */
  timeMs: number;
  /** Where the message begins when the head is CloudWatch's own (`2026-10-05T00:00:00.000Z message`); -1 otherwise. */
  cloudWatchMessage: number;
}

/** Bytes of a line in which the bracketed time of an access log is looked for: address, identity and user come before it. */
const ACCESS_HEAD_BYTES = 120;

const LEVELS = ['TRACE', 'DEBUG', 'INFO', 'NOTICE', 'WARN', 'WARNING', 'ERROR', 'CRITICAL', 'FATAL'].map(
  (level) => Buffer.from(level, 'latin1'),
);
/** https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-view.html */
const LAMBDA_LINES = [
  'START RequestId:',
  'END RequestId:',
  'REPORT RequestId:',
  'INIT_START Runtime',
  'XRAY TraceId:',
].map((words) => Buffer.from(words, 'latin1'));

export function createLineHead(): LineHead {
  return { starts: false, timeMs: Number.NaN, cloudWatchMessage: -1 };
}

const scratch = createLineHead();

/** Whether the line `b[start..end)` begins as log lines do, one JSON object on a line included. */
export function startsLikeRecord(b: Buffer, start: number, end: number): boolean {
  readLineHead(b, start, end, scratch);
  return scratch.starts || b[start] === 0x7b;
}

export function readLineHead(b: Buffer, start: number, end: number, into: LineHead): void {
  into.starts = false;
  into.timeMs = Number.NaN;
  into.cloudWatchMessage = -1;
  if (end - start < 4) return;
  const c = b[start]!;
  let at = start;
  if (isDigit(c)) {
    into.timeMs = parseStamp(b, start, end);
    if (!Number.isNaN(into.timeMs)) {
      into.starts = true;
      // Exactly the form of exported and displayed CloudWatch events: milliseconds, Z, one space.
      if (
        end - start > 24 &&
        b[start + 10] === 0x54 &&
        b[start + 19] === 0x2e &&
        b[start + 23] === 0x5a &&
        b[start + 24] === 0x20
      ) {
        into.cloudWatchMessage = start + 25;
      }
      return;
    }
    if (beginsWithAddress(b, start, end)) {
      into.starts = true;
      into.timeMs = bracketedTime(b, start, end);
    }
    return;
  }
  if (c === 0x5b) {
    at = start + 1;
    into.timeMs = parseStamp(b, at, end);
    if (!Number.isNaN(into.timeMs)) {
      into.starts = true;
      return;
    }
  }
  const level = levelEnd(b, at, end);
  if (level > 0) {
    into.starts = true;
    at = level;
    // What formatters put between level and time or address.
    while (
      at < end &&
      at - level < 16 &&
      (b[at] === 0x20 || b[at] === 0x3a || b[at] === 0x5d || b[at] === 0x5b || b[at] === 0x09)
    )
      at++;
    into.timeMs = parseStamp(b, at, end);
    return;
  }
  for (const words of LAMBDA_LINES) {
    if (beginsWith(b, start, end, words)) {
      into.starts = true;
      return;
    }
  }
  // `::1 - - [05/Oct/2026:12:00:00 +0000]`, host names in front of it, or `- - - [`.
  const access = bracketedTime(b, start, end);
  if (!Number.isNaN(access)) {
    into.starts = true;
    into.timeMs = access;
  }
}

/**
 * The time that begins at `start`: ISO 8601 with `T` or a space, comma or point before the fraction, with or without zone
 * (`2026-10-05 12:00:00,123`, `2026-10-05T12:00:00+02:00`); with slashes (`2026/10/05 12:00:00`); or as access logs write it
 * (`05/Oct/2026:12:00:00 +0000`). NaN for anything else.
 */
export function parseStamp(b: Buffer, start: number, end: number): number {
  if (end - start < 19) return Number.NaN;
  const separator = b[start + 4]!;
  if ((separator === 0x2d || separator === 0x2f) && b[start + 7] === separator) {
    const between = b[start + 10];
    if (between !== 0x54 && between !== 0x20 && between !== 0x74) return Number.NaN;
    return withClock(
      b,
      number(b, start, 4),
      number(b, start + 5, 2),
      number(b, start + 8, 2),
      start + 11,
      end,
    );
  }
  if (b[start + 2] === 0x2f && b[start + 6] === 0x2f && end - start >= 20) {
    const between = b[start + 11];
    if (between !== 0x3a && between !== 0x20) return Number.NaN;
    return withClock(b, number(b, start + 7, 4), monthAt(b, start + 3), number(b, start, 2), start + 12, end);
  }
  return Number.NaN;
}

/** `at` is where `12:00:00` begins. */
function withClock(b: Buffer, year: number, month: number, day: number, at: number, end: number): number {
  if (end - at < 8 || b[at + 2] !== 0x3a || b[at + 5] !== 0x3a) return Number.NaN;
  let p = at + 8;
  let ms = 0;
  if (p < end && (b[p] === 0x2e || b[p] === 0x2c) && isDigit(b[p + 1] ?? 0)) {
    p++;
    for (let scale = 100; p < end && isDigit(b[p]!); p++) {
      ms += (b[p]! - 0x30) * Math.floor(scale);
      scale /= 10;
    }
  }
  const time = utcMs(year, month, day, number(b, at, 2), number(b, at + 3, 2), number(b, at + 6, 2), ms);
  return time - zoneMs(b, p, end);
}

/** Offset from UTC that is written at `p`, after a space or directly: `+0200`, `-05:30`; 0 for `Z`, none, and what is no zone. */
function zoneMs(b: Buffer, p: number, end: number): number {
  const at = b[p] === 0x20 ? p + 1 : p;
  const sign = b[at];
  if ((sign !== 0x2b && sign !== 0x2d) || end - at < 5) return 0;
  const hours = number(b, at + 1, 2);
  const minutes = number(b, b[at + 3] === 0x3a ? at + 4 : at + 3, 2);
  if (!(hours <= 14 && minutes <= 59)) return 0;
  return (sign === 0x2b ? 1 : -1) * (hours * 60 + minutes) * 60_000;
}

/** The three letters of each month as one number: a string for every line of an access log would cost more than all else of its time. */
const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'
  .split(' ')
  .map((name) => (name.charCodeAt(0) << 16) | (name.charCodeAt(1) << 8) | name.charCodeAt(2));

function monthAt(b: Buffer, at: number): number {
  const index = MONTHS.indexOf((b[at]! << 16) | (b[at + 1]! << 8) | b[at + 2]!);
  return index >= 0 ? index + 1 : Number.NaN;
}

/** The time in the first `[dd/Mon/` of the line's beginning. A quote ends the search: what follows is the request, written by a stranger. */
function bracketedTime(b: Buffer, start: number, end: number): number {
  const stop = Math.min(end, start + ACCESS_HEAD_BYTES);
  for (let p = start; p < stop; p++) {
    if (b[p] === 0x22) return Number.NaN;
    if (b[p] === 0x5b && b[p + 3] === 0x2f) return parseStamp(b, p + 1, end);
  }
  return Number.NaN;
}

/** Behind a level word at `at` that ends there (`INFO:`, `INFO `, `[INFO]`); -1 when there is none. */
function levelEnd(b: Buffer, at: number, end: number): number {
  for (const level of LEVELS) {
    if (!beginsWith(b, at, end, level)) continue;
    const next = b[at + level.length];
    if (at + level.length >= end || next === 0x3a || next === 0x20 || next === 0x5d || next === 0x09) {
      return at + level.length;
    }
  }
  return -1;
}

/** `10.0.0.1 ` or `10.0.0.1:5000 `: an access log without time (uvicorn). */
function beginsWithAddress(b: Buffer, start: number, end: number): boolean {
  let p = start;
  let dots = 0;
  while (p < end && p - start < 22 && (isDigit(b[p]!) || b[p] === 0x2e || b[p] === 0x3a)) {
    if (b[p] === 0x2e) dots++;
    p++;
  }
  return dots === 3 && b[p] === 0x20;
}

function beginsWith(b: Buffer, start: number, end: number, words: Buffer): boolean {
  if (end - start < words.length) return false;
  for (let i = 0; i < words.length; i++) if (b[start + i] !== words[i]) return false;
  return true;
}

/** NaN when one of the bytes is no digit. */
function number(b: Buffer, start: number, count: number): number {
  let value = 0;
  for (let i = 0; i < count; i++) {
    const c = b[start + i]!;
    if (!isDigit(c)) return Number.NaN;
    value = value * 10 + c - 0x30;
  }
  return value;
}

function isDigit(c: number): boolean {
  return c >= 0x30 && c <= 0x39;
}

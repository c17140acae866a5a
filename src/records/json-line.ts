// One JSON object on one line: the time it gives, and whether it is a CloudTrail record in its own right.

import {
  ABSENT,
  compileLevel,
  createSlots,
  ESCAPED_TEXT,
  LITERAL,
  OBJECT,
  scanObject,
  skipSpace,
  TEXT,
} from './json-scan.ts';
import { parseStamp } from './line-head.ts';

/** Names under which JSON formatters write the time, in the order in which they are believed. */
const TIME_SLOTS = { '@timestamp': 0, timestamp: 1, time: 2, ts: 3, asctime: 4, eventTime: 5 } as const;
const S = { eventVersion: 6, eventSource: 7, eventName: 8, detailType: 9, detail: 10 } as const;
/** Marks of a message that was cut (cut-message.ts). */
const PARTIAL = 11;
/** In which log drivers keep what a container said. */
const SAID = 12;
const SLOT_COUNT = 13;
const LINE_LEVEL = compileLevel({
  ...TIME_SLOTS,
  ...S,
  'detail-type': S.detailType,
  partial_message: PARTIAL,
  CONTAINER_PARTIAL_MESSAGE: PARTIAL,
  log: SAID,
  MESSAGE: SAID,
});

const slots = createSlots(SLOT_COUNT);

export interface JsonLine {
  /** The whole line is one JSON object. */
  isObject: boolean;
  isTrailRecord: boolean;
  /** It says that it is a piece of a message. */
  isPartial: boolean;
  /** What a container said, where the line is the object of a log driver: -1 where it is none. */
  saidFrom: number;
  saidTill: number;
  /** NaN when there is none. */
  timeMs: number;
}

export function createJsonLine(): JsonLine {
  return {
    isObject: false,
    isTrailRecord: false,
    isPartial: false,
    saidFrom: -1,
    saidTill: -1,
    timeMs: Number.NaN,
  };
}

/** Looks at `b[start..end)`, which begins with `{`. */
export function readJsonLine(b: Buffer, start: number, end: number, into: JsonLine): void {
  into.isTrailRecord = false;
  into.isPartial = false;
  into.saidFrom = -1;
  into.timeMs = Number.NaN;
  slots.kinds.fill(ABSENT);
  const close = scanObject(b, start, end, LINE_LEVEL, slots);
  into.isObject = close >= 0 && skipSpace(b, close, end) >= end;
  if (!into.isObject) return;
  into.isTrailRecord =
    (slots.kinds[S.eventVersion] !== ABSENT && slots.kinds[S.eventSource] === TEXT) ||
    (slots.kinds[S.eventSource] === TEXT && slots.kinds[S.eventName] === TEXT) ||
    (slots.kinds[S.detailType] === TEXT && slots.kinds[S.detail] === OBJECT);
  into.isPartial = slots.kinds[PARTIAL] !== ABSENT;
  if (slots.kinds[SAID] === TEXT || slots.kinds[SAID] === ESCAPED_TEXT) {
    into.saidFrom = slots.starts[SAID]!;
    into.saidTill = withoutLineFeed(b, into.saidFrom, slots.ends[SAID]!);
  }
  for (let slot = 0; slot < S.eventVersion && Number.isNaN(into.timeMs); slot++) {
    const from = slots.starts[slot]!;
    const to = slots.ends[slot]!;
    if (slots.kinds[slot] === TEXT) into.timeMs = parseStamp(b, from, to);
    else if (slots.kinds[slot] === LITERAL)
      into.timeMs = epochMs(Number(b.toString('latin1', from, Math.min(to, from + 24))));
  }
}

/** Where a JSON string ends without the line feed `\\n` that stands there. */
export function withoutLineFeed(b: Buffer, from: number, till: number): number {
  if (b[till - 1] !== 0x6e) return till;
  let slashes = 0;
  while (till - 2 - slashes >= from && b[till - 2 - slashes] === 0x5c) slashes++;
  return slashes % 2 === 1 ? till - 2 : till;
}

/** Seconds, milliseconds, microseconds or nanoseconds since the epoch, told apart by their size: each is read as a year from 1973 to 2286. */
function epochMs(value: number): number {
  for (const [unit, perMs] of EPOCH_UNITS) {
    if (value >= 1e8 / unit && value < 1e10 / unit) return Math.floor(value / perMs);
  }
  return Number.NaN;
}

/** [seconds in one unit, units in one millisecond] */
const EPOCH_UNITS: readonly (readonly [number, number])[] = [
  [1, 0.001],
  [1e-3, 1],
  [1e-6, 1e3],
  [1e-9, 1e6],
];

// One JSON object on one line: the time it gives, and whether it is a CloudTrail record in its own right.

import {
  ABSENT,
  compileLevel,
  createSlots,
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
const SLOT_COUNT = 12;
const LINE_LEVEL = compileLevel({
  ...TIME_SLOTS,
  ...S,
  'detail-type': S.detailType,
  partial_message: PARTIAL,
  CONTAINER_PARTIAL_MESSAGE: PARTIAL,
});

const slots = createSlots(SLOT_COUNT);

export interface JsonLine {
  /** The whole line is one JSON object. */
  isObject: boolean;
  isTrailRecord: boolean;
  /** It says that it is a piece of a message. */
  isPartial: boolean;
  /** NaN when there is none. */
  timeMs: number;
}

export function createJsonLine(): JsonLine {
  return { isObject: false, isTrailRecord: false, isPartial: false, timeMs: Number.NaN };
}

/** Looks at `b[start..end)`, which begins with `{`. */
export function readJsonLine(b: Buffer, start: number, end: number, into: JsonLine): void {
  into.isTrailRecord = false;
  into.isPartial = false;
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
  for (let slot = 0; slot < S.eventVersion && Number.isNaN(into.timeMs); slot++) {
    const from = slots.starts[slot]!;
    const to = slots.ends[slot]!;
    if (slots.kinds[slot] === TEXT) into.timeMs = parseStamp(b, from, to);
    else if (slots.kinds[slot] === LITERAL)
      into.timeMs = epochMs(Number(b.toString('latin1', from, Math.min(to, from + 24))));
  }
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

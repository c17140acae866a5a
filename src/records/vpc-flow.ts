// VPC flow logs in text form. One pass over the bytes finds the fields of a line; numbers are read straight from the bytes, and
// a string is made only when a detector asks for it.

import { createInterner } from '../lib/interner.ts';
import { FlowView } from './flow-view.ts';
import type { FormatReader, ObjectFacts, ReadOptions, RecordSink } from './reader.ts';
import {
  DEFAULT_FLOW_FIELDS,
  type FlowLayout,
  flowLayout,
  isFlowField,
  MAX_FLOW_COLUMNS,
  parseFlowHeader,
} from './vpc-flow-layout.ts';

/** Bytes of one line. All 38 fields with their longest values (ten ARNs and names of ECS) stay below 4 KB. */
export const MAX_FLOW_LINE_BYTES = 64 * 1024;

/** Seconds since the epoch: above this (year 9999) it is no time. */
const MAX_EPOCH_SECONDS = 253_402_300_799;
const NOTHING = -1;
const BAD = -2;

/** Strings of addresses, interfaces and accounts are shared by all flow readers of a run. */
const SHARED_STRINGS = createInterner();

/** Reads single lines: the body of the reader, and the way for flow lines that arrive as log messages. */
export interface FlowLines {
  /** Reads the line `bytes[start..end)` (without line feed): a record, a skip or something unreadable, told under `ordinal`. */
  read(bytes: Buffer, start: number, end: number, ordinal: number): void;
}

/** `locatorOf` makes the locator of a line from its ordinal. */
export function createFlowLines(
  facts: ObjectFacts,
  sink: RecordSink,
  fields: readonly string[],
  locatorOf: (ordinal: number) => string,
): FlowLines & { useFields(fields: readonly string[]): void } {
  const starts = new Int32Array(MAX_FLOW_COLUMNS + 1);
  const ends = new Int32Array(MAX_FLOW_COLUMNS + 1);
  const view = new FlowView(facts, SHARED_STRINGS, starts, ends, locatorOf);
  let layout: FlowLayout;
  let count = 0;
  let column = columnsOf(flowLayout(fields));
  useFields(fields);
  return { read, useFields };

  function useFields(names: readonly string[]): void {
    layout = flowLayout(names);
    count = names.length;
    column = columnsOf(layout);
    view.useLayout(layout);
  }

  function read(b: Buffer, start: number, end: number, ordinal: number): void {
    let found = 0;
    starts[0] = start;
    for (let p = start; p < end; p++) {
      if (b[p] === 0x20) {
        if (found < MAX_FLOW_COLUMNS) {
          ends[found] = p;
          starts[found + 1] = p + 1;
        }
        found++;
      }
    }
    if (found < MAX_FLOW_COLUMNS) ends[found] = end;
    found++;
    if (found !== count) {
      sink.unreadable('wrong-field-count', ordinal, `${found} fields where ${count} are due`);
      return;
    }
    if (column.status >= 0) {
      // OK, NODATA, SKIPDATA: told apart by their first letter and length; nothing else is defined.
      const from = starts[column.status]!;
      const length = ends[column.status]! - from;
      if (b[from] !== 0x4f || length !== 2) {
        if (b[from] === 0x4e && length === 6) return sink.skipped('nodata', ordinal);
        if (b[from] === 0x53 && length === 8) return sink.skipped('skipdata', ordinal);
        if (b[from] !== 0x2d || length !== 1)
          return sink.unreadable('unknown-format', ordinal, 'log-status is none that AWS writes');
      }
    }
    const startSeconds = numberAt(b, column.start);
    const endSeconds = numberAt(b, column.end);
    const sourcePort = numberAt(b, column.sourcePort);
    const destinationPort = numberAt(b, column.destinationPort);
    const protocol = numberAt(b, column.protocol);
    const packets = numberAt(b, column.packets);
    const bytes = numberAt(b, column.bytes);
    if (
      startSeconds === BAD ||
      endSeconds === BAD ||
      sourcePort === BAD ||
      destinationPort === BAD ||
      protocol === BAD ||
      packets === BAD ||
      bytes === BAD
    ) {
      return sink.unreadable('bad-number', ordinal, 'a field that holds a number does not');
    }
    if (sourcePort > 65_535 || destinationPort > 65_535 || protocol > 255) {
      return sink.unreadable('bad-number', ordinal, 'a port or protocol number is out of its range');
    }
    const seconds = startSeconds === NOTHING ? endSeconds : startSeconds;
    // Formats without log-status tell an empty window by its empty address.
    if (column.status < 0 && column.source >= 0 && isDash(b, column.source))
      return sink.skipped('nodata', ordinal);
    if (seconds > MAX_EPOCH_SECONDS || endSeconds > MAX_EPOCH_SECONDS) {
      return sink.unreadable('bad-time', ordinal, 'start or end is no time in seconds');
    }
    const timeMs = seconds === NOTHING ? fallbackMs() : seconds * 1000;
    if (Number.isNaN(timeMs))
      return sink.unreadable('bad-time', ordinal, 'the format has neither start nor end');
    view.buffer = b;
    view.ordinal = ordinal;
    view.timeMs = timeMs;
    view.startMs = timeMs;
    view.endMs = endSeconds === NOTHING ? timeMs : endSeconds * 1000;
    view.sourcePort = sourcePort < 0 ? 0 : sourcePort;
    view.destinationPort = destinationPort < 0 ? 0 : destinationPort;
    view.protocol = protocol;
    view.packets = packets < 0 ? 0 : packets;
    view.bytes = bytes < 0 ? 0 : bytes;
    sink.record(view);
  }

  function fallbackMs(): number {
    return Number.isNaN(facts.deliveredMs) ? facts.modifiedMs : facts.deliveredMs;
  }

  function isDash(b: Buffer, at: number): boolean {
    return ends[at]! - starts[at]! === 1 && b[starts[at]!] === 0x2d;
  }

  /** NOTHING for `-` and for a field that the format has not. */
  function numberAt(b: Buffer, at: number): number {
    if (at < 0) return NOTHING;
    let p = starts[at]!;
    const to = ends[at]!;
    const digits = to - p;
    if (digits === 1 && b[p] === 0x2d) return NOTHING;
    // 15 digits stay exact in a double; byte counters of a window stay far below.
    if (digits < 1 || digits > 15) return BAD;
    let value = 0;
    for (; p < to; p++) {
      const digit = b[p]! - 0x30;
      if (digit < 0 || digit > 9) return BAD;
      value = value * 10 + digit;
    }
    return value;
  }
}

/** Reads a text object of flow lines, with a header or without (`options.flowFields`, or the default fields). */
export function createFlowReader(facts: ObjectFacts, sink: RecordSink, options: ReadOptions): FormatReader {
  const lines = createFlowLines(
    facts,
    sink,
    options.flowFields ?? DEFAULT_FLOW_FIELDS,
    (ordinal) => `${facts.name}#${ordinal}`,
  );
  let ordinal = 0;
  /** Inside a line that is too long: nothing counts until it ends. */
  let skipping = false;
  let sawLine = false;
  return { push };

  function push(b: Buffer, end: number, final: boolean): number {
    let start = 0;
    if (ordinal === 0 && end >= 3 && b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf) start = 3;
    while (start < end) {
      const newline = b.indexOf(0x0a, start);
      const complete = newline >= 0 && newline < end;
      if (!complete && !final) {
        if (end - start <= MAX_FLOW_LINE_BYTES) return start;
        if (!skipping) tooLong();
        return end;
      }
      const lineEnd = complete ? newline : end;
      if (skipping) skipping = false;
      else if (lineEnd - start > MAX_FLOW_LINE_BYTES) {
        tooLong();
        skipping = false;
      } else readLine(b, start, lineEnd);
      start = lineEnd + 1;
    }
    return end;
  }

  function tooLong(): void {
    sink.unreadable('too-long', ++ordinal, `a line of more than ${MAX_FLOW_LINE_BYTES} bytes`);
    skipping = true;
  }

  function readLine(b: Buffer, start: number, lineEnd: number): void {
    ordinal++;
    let end = lineEnd;
    while (end > start && (b[end - 1] === 0x0d || b[end - 1] === 0x20)) end--;
    if (end === start) return;
    // A header begins with a name in small letters; a value in its place hardly ever does.
    const first = b[start]!;
    if (first >= 0x61 && first <= 0x7a && beginsWithFieldName(b, start, end)) {
      const fields = parseFlowHeader(b.toString('latin1', start, end));
      if (fields !== null) {
        lines.useFields(fields);
        if (sawLine) sink.skipped('repeated-header', ordinal);
        sawLine = true;
        return;
      }
    }
    sawLine = true;
    lines.read(b, start, end, ordinal);
  }
}

function beginsWithFieldName(b: Buffer, start: number, end: number): boolean {
  let p = start;
  while (p < end && b[p] !== 0x20 && b[p] !== 0x09) {
    const c = b[p]!;
    if ((c < 0x61 || c > 0x7a) && c !== 0x2d && c !== 0x5f) return false;
    p++;
  }
  return isFlowField(b.toString('latin1', start, p));
}

interface ReadColumns {
  readonly status: number;
  readonly source: number;
  readonly start: number;
  readonly end: number;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly packets: number;
  readonly bytes: number;
}

/** The columns that every line is read for; the others wait in the view. */
function columnsOf(layout: FlowLayout): ReadColumns {
  return {
    status: layout.column('log-status'),
    source: layout.column('srcaddr'),
    start: layout.column('start'),
    end: layout.column('end'),
    sourcePort: layout.column('srcport'),
    destinationPort: layout.column('dstport'),
    protocol: layout.column('protocol'),
    packets: layout.column('packets'),
    bytes: layout.column('bytes'),
  };
}

// Flow logs of VPCs and transit gateways in text form. One pass over the bytes finds the fields of a line; numbers are read straight from the bytes, and
// a string is made only when a detector asks for it.

import { createInterner } from '../lib/interner.ts';
import { FlowView } from './flow-view.ts';
import type { FormatReader, ObjectFacts, ReadOptions, RecordSink } from './reader.ts';
import {
  DEFAULT_FLOW_FIELDS,
  fieldsOfFlowLine,
  flowLayout,
  MAX_FLOW_COLUMNS,
  parseFlowHeader,
} from './vpc-flow-layout.ts';

/** Bytes of one line. All 38 fields with their longest values (ten ARNs and names of ECS) stay below 4 KB. */
export const MAX_FLOW_LINE_BYTES = 64 * 1024;

/** Seconds since the epoch: above this (year 9999) it is no time. */
const MAX_EPOCH_SECONDS = 253_402_300_799;
/** `-`, and a field that the format has not. */
const NOTHING = -1;

/** Strings of addresses, interfaces and accounts are shared by all flow readers of a run. */
const SHARED_STRINGS = createInterner();

/** Reads single lines: the body of the reader, and the way for flow lines that arrive as log messages. */
export interface FlowLines {
  /**
   * Reads the line that begins at `start` and ends with its line feed or with the buffer: a record, a skip or something unreadable,
   * told under `ordinal`. Returns the position of that end.
   */
  read(bytes: Buffer, start: number, ordinal: number): number;
  /** `version` where the log has more fields than are read here. */
  useFields(fields: readonly string[], version?: number): void;
}

/** The numbers that every line is read for, by their place in `numbers`; other fields wait in the view until somebody asks. */
export const NUMBER_FIELDS = ['start', 'end', 'srcport', 'dstport', 'protocol', 'packets', 'bytes'] as const;
const N = { start: 0, end: 1, sourcePort: 2, destinationPort: 3, protocol: 4, packets: 5, bytes: 6 } as const;
/** Numbers up to 15 digits are exact in a double; byte counters of a window stay far below. */
const MAX_DIGITS = 15;

/** `locatorOf` makes the locator of a line from its ordinal. */
export function createFlowLines(
  facts: ObjectFacts,
  sink: RecordSink,
  fields: readonly string[],
  locatorOf: (ordinal: number) => string,
): FlowLines {
  const starts = new Int32Array(MAX_FLOW_COLUMNS);
  const ends = new Int32Array(MAX_FLOW_COLUMNS);
  const numbers = new Float64Array(NUMBER_FIELDS.length);
  /** For each column the place of its number, -1 for text. */
  const numberOf = new Int8Array(MAX_FLOW_COLUMNS);
  const view = new FlowView(facts, SHARED_STRINGS, starts, ends, locatorOf);
  let count = 0;
  let statusColumn = -1;
  let sourceColumn = -1;
  useFields(fields);
  return { read, useFields };

  function useFields(names: readonly string[], version?: number): void {
    const layout = flowLayout(names);
    count = names.length;
    statusColumn = layout.column('log-status');
    sourceColumn = layout.column('srcaddr');
    numbers.fill(NOTHING);
    numberOf.fill(-1);
    for (const [place, field] of NUMBER_FIELDS.entries()) {
      if (layout.column(field) >= 0) numberOf[layout.column(field)] = place;
    }
    view.useLayout(layout, version ?? layout.version);
  }

  function read(b: Buffer, start: number, ordinal: number): number {
    let p = start;
    let column = 0;
    let isBad = false;
    // One pass finds the fields and reads the numbers. Past the buffer's end a byte is undefined, which is not above a space.
    for (;;) {
      const from = p;
      const place = column < MAX_FLOW_COLUMNS ? numberOf[column]! : -1;
      if (place < 0) {
        while (b[p]! > 0x20) p++;
      } else {
        let value = 0;
        let digit = b[p]! - 0x30;
        // Nine digits fit into 32 bits, in which counting is cheaper.
        const nine = p + 9;
        while (digit >= 0 && digit <= 9 && p < nine) {
          value = (Math.imul(value, 10) + digit) | 0;
          digit = b[++p]! - 0x30;
        }
        let long = value;
        while (digit >= 0 && digit <= 9) {
          long = long * 10 + digit;
          digit = b[++p]! - 0x30;
        }
        if (p === from && b[p] === 0x2d) {
          long = NOTHING;
          p++;
        }
        if (b[p]! > 0x20 || p === from || p - from > MAX_DIGITS) {
          isBad = true;
          while (b[p]! > 0x20) p++;
        }
        numbers[place] = long;
      }
      if (column < MAX_FLOW_COLUMNS) {
        starts[column] = from;
        ends[column] = p;
      }
      column++;
      if (b[p] !== 0x20) break;
      p++;
    }
    const end = lineEnd(b, p);
    // What is neither a space nor the end of the line has no place between fields.
    if (end - p > 1 || (end - p === 1 && b[p] !== 0x0d)) {
      sink.unreadable('unknown-format', ordinal, 'a control character between the fields');
    } else if (end - start > MAX_FLOW_LINE_BYTES) {
      sink.unreadable('too-long', ordinal, TOO_LONG);
    } else if (column !== count) {
      sink.unreadable('wrong-field-count', ordinal, `${column} fields where ${count} are due`);
    } else {
      judgeable(b, ordinal, isBad);
    }
    return end;
  }

  function judgeable(b: Buffer, ordinal: number, isBad: boolean): void {
    if (statusColumn >= 0) {
      // OK, NODATA, SKIPDATA: told apart by their first letter and length; nothing else is defined.
      const first = b[starts[statusColumn]!];
      const length = ends[statusColumn]! - starts[statusColumn]!;
      if (first === 0x4e && length === 6) return sink.skipped('nodata', ordinal);
      if (first === 0x53 && length === 8) return sink.skipped('skipdata', ordinal);
      if ((first !== 0x4f || length !== 2) && (first !== 0x2d || length !== 1)) {
        return sink.unreadable('unknown-format', ordinal, 'log-status is none that AWS writes');
      }
    } else if (sourceColumn >= 0 && b[starts[sourceColumn]!] === 0x2d) {
      // Formats without log-status tell an empty window by its empty address.
      return sink.skipped('nodata', ordinal);
    }
    if (isBad) return sink.unreadable('bad-number', ordinal, 'a field that holds a number does not');
    const sourcePort = numbers[N.sourcePort]!;
    const destinationPort = numbers[N.destinationPort]!;
    const protocol = numbers[N.protocol]!;
    if (sourcePort > 65_535 || destinationPort > 65_535 || protocol > 255) {
      return sink.unreadable('bad-number', ordinal, 'a port or protocol number is out of its range');
    }
    const endSeconds = numbers[N.end]!;
    const seconds = numbers[N.start] === NOTHING ? endSeconds : numbers[N.start]!;
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
    view.packets = Math.max(0, numbers[N.packets]!);
    view.bytes = Math.max(0, numbers[N.bytes]!);
    sink.record(view);
  }

  function fallbackMs(): number {
    return Number.isNaN(facts.deliveredMs) ? facts.modifiedMs : facts.deliveredMs;
  }
}

const TOO_LONG = `a line of more than ${MAX_FLOW_LINE_BYTES} bytes`;

/** The line feed at or behind `p`, or the end of the buffer. */
function lineEnd(b: Buffer, p: number): number {
  if (b[p] === 0x0a || p >= b.length) return p;
  if (b[p] === 0x0d && (b[p + 1] === 0x0a || p + 1 >= b.length)) return p + 1;
  const newline = b.indexOf(0x0a, p);
  return newline < 0 ? b.length : newline;
}

/** Reads a text object of flow lines, with a header or without (`options.flowFields`, or the default fields). */
export function createFlowReader(facts: ObjectFacts, sink: RecordSink, options: ReadOptions): FormatReader {
  const fields = options.flowFields ?? DEFAULT_FLOW_FIELDS;
  const lines = createFlowLines(facts, sink, fields, (ordinal) => `${facts.name}#${ordinal}`);
  let ordinal = 0;
  /** Inside a line that is too long: nothing counts until it ends. */
  let skipping = false;
  let sawLine = false;
  return { push };

  function push(bytes: Buffer, given: number, final: boolean): number {
    const b = given === bytes.length ? bytes : bytes.subarray(0, given);
    let p = 0;
    if (ordinal === 0 && b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf) p = 3;
    const complete = final ? b.length : b.lastIndexOf(0x0a) + 1;
    if (skipping && p < complete) {
      p = b.indexOf(0x0a) + 1 || b.length;
      skipping = false;
    }
    while (p < complete) p = readLine(b, p) + 1;
    if (p >= b.length) return given;
    if (b.length - p <= MAX_FLOW_LINE_BYTES) return p;
    if (!skipping) sink.unreadable('too-long', ++ordinal, TOO_LONG);
    skipping = true;
    return given;
  }

  /** Returns the position of the line's end. */
  function readLine(b: Buffer, start: number): number {
    ordinal++;
    const first = b[start]!;
    if (first === 0x0a) return start;
    if (first === 0x0d && (b[start + 1] === 0x0a || start + 1 >= b.length)) return start + 1;
    // A header begins with a name in small letters; a value in its place hardly ever does.
    if (first >= 0x61 && first <= 0x7a) {
      const newline = b.indexOf(0x0a, start);
      const end = newline < 0 ? b.length : newline;
      if (beginsWithSmallWord(b, start, end)) {
        const names = parseFlowHeader(b.toString('latin1', start, end));
        if (names !== null) {
          lines.useFields(names);
          if (sawLine) sink.skipped('repeated-header', ordinal);
          sawLine = true;
          return end;
        }
      }
    }
    // Without a header the first line tells whose default format it is.
    if (!sawLine && options.flowFields === null) {
      const newline = b.indexOf(0x0a, start);
      const line = b.toString('latin1', start, newline < 0 ? b.length : newline);
      const found = fieldsOfFlowLine(line.trimEnd(), null);
      if (found !== null) lines.useFields(found);
    }
    sawLine = true;
    return lines.read(b, start, ordinal);
  }
}

/** Letters, hyphens and underscores up to the first space: ids and addresses have digits in them. */
function beginsWithSmallWord(b: Buffer, start: number, end: number): boolean {
  let p = start;
  while (p < end && b[p] !== 0x20 && b[p] !== 0x09) {
    const c = b[p]!;
    if ((c < 0x61 || c > 0x7a) && c !== 0x2d && c !== 0x5f) return false;
    p++;
  }
  return p < end;
}

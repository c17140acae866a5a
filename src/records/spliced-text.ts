// A text in which the messages that container runtimes cut stand whole, for those who look at text and not at records: each in one line,
// where its first piece stood. Positions lead back to the text as it was.

import { createPiece, DOCKER_PIECE_BYTES, isCutEvent, readPiece } from './cut-message.ts';
import { type JoinedMessage, MessageJoiner } from './joined-messages.ts';
import { createLineHead, readLineHead } from './line-head.ts';

export interface SplicedText {
  readonly bytes: Buffer;
  readonly end: number;
  /** From here on nothing was moved. */
  readonly movedEnd: number;
  /** Where a byte stood. Of the end: the end. */
  originOf(at: number): number;
  /** Its line and column, from 1. */
  placeOf(at: number): { readonly line: number; readonly column: number };
}

export interface Splicing {
  /** Null where no message is in several pieces: nearly always. */
  readonly text: SplicedText | null;
  /** Where a line begins from which on a message may go on behind the end, and over which no other goes; the end when there is none. */
  readonly openFrom: number;
}

/** Every stretch of a spliced text, by where it begins. */
interface Stretch {
  readonly at: number;
  readonly origin: number;
  readonly line: number;
  /** Of its first line, in the text as it was. */
  readonly lineStart: number;
}

interface Segment {
  readonly from: number;
  readonly till: number;
  readonly line: number;
  message: JoinedMessage<number> | null;
}

const LINE_FEED = 0x0a;
const NEWLINE = Buffer.from('\n', 'latin1');
/** Texts up to this length are looked through for all marks; of longer ones lines tell what kind of text they are. */
const SHORT_TEXT_BYTES = 64 * 1024;
/** How far into a line the output of a container is looked for, and the members of an object. */
const SAMPLE_HEAD_BYTES = 80;
const SAMPLE_BYTES = 1024;
const CRI_OUTPUTS = asBytes(' stdout ', ' stderr ');
const CRI_MARKS = asBytes(' stdout P', ' stderr P');
const OBJECT_MEMBERS = asBytes('"log":', '"MESSAGE"');
const OBJECT_MARKS = asBytes('"partial_message"', '"CONTAINER_PARTIAL_MESSAGE"');

function asBytes(...words: readonly string[]): readonly Buffer[] {
  return words.map((word) => Buffer.from(word, 'latin1'));
}

/** The text `b[from..end)` begins with a line, and so does what stands in front of it. */
export function spliceMessages(b: Buffer, from: number, end: number): Splicing {
  const nothing = { text: null, openFrom: end };
  if (!mayHoldPieces(b.subarray(from, end))) return nothing;
  const head = createLineHead();
  const segments: Segment[] = [];
  let joined = false;
  const joiner = new MessageJoiner<number>((message) => {
    segments[message.mark]!.message = message;
    joined ||= message.ordinal !== message.parts.at(-1)!.ordinal;
  });
  let line = 0;
  let textFrom = from;
  let textLine = 0;
  const endText = (till: number): void => {
    if (till > textFrom) segments.push({ from: textFrom, till, line: textLine, message: null });
  };
  for (let start = from; start < end; line++) {
    const newline = b.indexOf(LINE_FEED, start);
    const behind = newline < 0 || newline >= end ? end : newline + 1;
    let lineEnd = behind > start && b[behind - 1] === LINE_FEED ? behind - 1 : behind;
    if (lineEnd > start && b[lineEnd - 1] === 0x0d) lineEnd--;
    readLineHead(b, start, lineEnd, head);
    const isEvent = head.cloudWatchMessage >= 0;
    const message = isEvent ? head.cloudWatchMessage : start;
    if (joiner.reads(b, message, lineEnd, true, isEvent)) {
      const place = { bytes: b, start, message, end: lineEnd, ordinal: line, timeMs: head.timeMs };
      const mark = segments.length + (start > textFrom ? 1 : 0);
      const taken = joiner.take({ ...place, mark });
      if (taken !== 'none') {
        endText(start);
        if (taken === 'first') segments.push({ from: start, till: behind, line, message: null });
        textFrom = behind;
        textLine = line + 1;
      }
    }
    start = behind;
  }
  endText(end);
  const waiting = Math.min(...joiner.openOrdinals());
  joiner.close();
  const openFrom = Number.isFinite(waiting) ? openFromOf(segments, waiting) : end;
  return { text: joined ? spliced(b, from, end, segments) : null, openFrom };
}

function openFromOf(segments: readonly Segment[], waiting: number): number {
  let line = waiting;
  let openFrom = 0;
  // From the last to the first: none that begins later goes over where an earlier one begins.
  for (const { message, from } of segments.toReversed()) {
    if (message === null) continue;
    if (message.ordinal === waiting || (message.ordinal < line && message.parts.at(-1)!.ordinal > line)) {
      line = message.ordinal;
      openFrom = from;
    }
  }
  return openFrom;
}

function spliced(b: Buffer, from: number, end: number, segments: readonly Segment[]): SplicedText {
  const pieces: Buffer[] = [b.subarray(0, from)];
  const stretches: Stretch[] = [];
  let at = from;
  let movedEnd = from;
  let before = 1;
  for (let p = b.indexOf(LINE_FEED); p >= 0 && p < from; p = b.indexOf(LINE_FEED, p + 1)) before++;
  if (from > 0) stretches.push({ at: 0, origin: 0, line: 1, lineStart: 0 });
  for (const { from: origin, till, line, message } of segments) {
    if (message === null) {
      stretches.push({ at, origin, line: before + line, lineStart: origin });
      pieces.push(b.subarray(origin, till));
      at += till - origin;
      continue;
    }
    for (const { at: inMessage, from: partFrom, lineStart, ordinal } of message.parts)
      stretches.push({ at: at + inMessage, origin: partFrom, line: before + ordinal, lineStart });
    pieces.push(message.bytes.subarray(0, message.end), NEWLINE);
    at += message.end + 1;
    movedEnd = at;
  }
  const bytes = Buffer.concat(pieces, at);
  let known = 0;
  const stretchAt = (position: number): Stretch => {
    // Asked for nearly in order.
    if (stretches[known]!.at > position) known = 0;
    let behind = stretches.length;
    while (behind - known > 1) {
      const middle = (known + behind) >> 1;
      if (stretches[middle]!.at <= position) known = middle;
      else behind = middle;
    }
    return stretches[known]!;
  };
  let counted = { stretch: null as Stretch | null, line: 0, lineStart: 0 };
  return {
    bytes,
    end: at,
    movedEnd,
    originOf(position) {
      if (position >= at) return end;
      const stretch = stretchAt(position);
      return Math.min(end, stretch.origin + position - stretch.at);
    },
    placeOf(position) {
      const stretch = stretchAt(position);
      if (counted.stretch !== stretch || counted.lineStart > position)
        counted = {
          stretch,
          line: stretch.line,
          lineStart: stretch.at - (stretch.origin - stretch.lineStart),
        };
      let newline = bytes.indexOf(LINE_FEED, Math.max(counted.lineStart, stretch.at));
      for (; newline >= 0 && newline < position; newline = bytes.indexOf(LINE_FEED, newline + 1)) {
        counted.line++;
        counted.lineStart = newline + 1;
      }
      return { line: counted.line, column: position - counted.lineStart + 1 };
    },
  };
}
/**
 * Whether the lines are worth looking at one by one. Docker's pieces are lines of 16 KB and more; those of CRI and Fluent Bit may be short,
 * and their marks are looked for where some lines are of that kind.
 */
function mayHoldPieces(text: Buffer): boolean {
  let isCri = text.length <= SHORT_TEXT_BYTES;
  let isObjects = isCri;
  for (let start = 0; start < text.length; ) {
    isCri ||= holdsOne(text.subarray(start, start + SAMPLE_HEAD_BYTES), CRI_OUTPUTS);
    isObjects ||=
      text[start] === 0x7b && holdsOne(text.subarray(start, start + SAMPLE_BYTES), OBJECT_MEMBERS);
    const last = text.lastIndexOf(LINE_FEED, start + DOCKER_PIECE_BYTES - 1);
    if (last >= start) {
      start = last + 1;
      continue;
    }
    const newline = text.indexOf(LINE_FEED, start);
    const end = newline < 0 ? text.length : newline;
    if (isCutLine(text, start, end)) return true;
    start = end + 1;
  }
  return (isCri && holdsOne(text, CRI_MARKS)) || (isObjects && holdsOne(text, OBJECT_MARKS));
}

function isCutLine(b: Buffer, start: number, lineEnd: number): boolean {
  const end = b[lineEnd - 1] === 0x0d ? lineEnd - 1 : lineEnd;
  const message = b[start] !== 0x7b && b[start + 23] === 0x5a && b[start + 24] === 0x20 ? start + 25 : start;
  const piece = createPiece();
  readPiece(b, message, end, piece);
  return piece.isCut || (message > start && isCutEvent(end - message));
}

function holdsOne(text: Buffer, words: readonly Buffer[]): boolean {
  return words.some((one) => text.includes(one));
}

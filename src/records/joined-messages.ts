// Puts the pieces of cut messages together again (docs/decisions/0012), as far as they stand in one object or batch.

import { createPiece, DOCKER_PIECE_BYTES, isCutEvent, type Piece, readPiece } from './cut-message.ts';
import { withoutLineFeed } from './json-line.ts';
import type { EpochMs } from './record.ts';

/** Bytes of a joined message: as much as is looked at of one record (MAX_WINDOWS of record-text.ts). The rest is another record. */
export const MAX_JOINED_BYTES = 768 * 1024;
/** Pieces of one message: 768 KB have 48 pieces of 16 KB. */
export const MAX_PIECES = 2000;
/** Messages that are put together at the same time: the outputs of a container, or of some containers of one host. */
export const MAX_OPEN_MESSAGES = 8;
/** Lines from one piece to the next: another output may say much while one waits. */
export const MAX_LINES_BETWEEN = 1000;

export interface PieceLine<T> {
  readonly bytes: Buffer;
  readonly start: number;
  /** Where its message begins: behind a time of CloudWatch Logs. */
  readonly message: number;
  readonly end: number;
  readonly ordinal: number;
  /** NaN where it has none. */
  readonly timeMs: EpochMs;
  /** Kept with the message of which this is the first piece. */
  readonly mark: T;
}

export interface JoinedMessage<T> {
  readonly bytes: Buffer;
  /** Where the message begins: all before it is the head of the first line. */
  readonly message: number;
  readonly end: number;
  /** Where in it stands what the application said. */
  readonly saidFrom: number;
  readonly saidTill: number;
  /** Of the first piece, as all of the following. */
  readonly ordinal: number;
  readonly timeMs: EpochMs;
  readonly mark: T;
  /** Where the bytes of the pieces begin. */
  readonly parts: readonly JoinedPart[];
}

export interface JoinedPart {
  /** In the joined message. */
  readonly at: number;
  /** In the bytes that its line came in, and where the line begins there. */
  readonly from: number;
  readonly lineStart: number;
  readonly ordinal: number;
}

interface OpenMessage<T> extends JoinedMessage<T> {
  readonly key: string;
  saidTill: number;
  bytes: Buffer;
  end: number;
  /** What stands behind the message in the line of its last piece: the rest of an object. */
  tail: Buffer;
  tailFrom: number;
  lineStart: number;
  part: number;
  lastOrdinal: number;
  parts: JoinedPart[];
}

/** The key of pieces that nothing marks. */
const UNMARKED = 'event';
const NOTHING = Buffer.alloc(0);

export class MessageJoiner<T> {
  private readonly piece = createPiece();
  private readonly open = new Map<string, OpenMessage<T>>();

  private readonly onMessage: (message: JoinedMessage<T>) => void;

  /** `onMessage` is told of each message once nothing more can come: of one with a single piece, too. */
  constructor(onMessage: (message: JoinedMessage<T>) => void) {
    this.onMessage = onMessage;
  }

  /**
   * Whether the message `b[message..end)` may be a piece, and `take` is worth while. A few bytes of most lines are looked at. `isPartial`:
   * of an object on a line, that it bears the mark of a piece; `isEvent`: it is an event of CloudWatch Logs.
   */
  reads(b: Buffer, message: number, end: number, isPartial: boolean, isEvent: boolean): boolean {
    const { piece } = this;
    const isOpen = this.open.size > 0;
    const bytes = end - message;
    piece.key = '';
    piece.from = -1;
    if (b[message] !== 0x7b || isPartial || isOpen || bytes >= DOCKER_PIECE_BYTES)
      readPiece(b, message, end, piece);
    if (piece.key === '' && isEvent && (isOpen || isCutEvent(bytes))) readUnmarked(message, end, piece);
    return piece.key !== '' && (piece.isCut || isOpen);
  }

  /** Where in the line of CRI that was read stands what the application said; -1 where it is none. */
  get criFrom(): number {
    return this.piece.key.startsWith('cri ') ? this.piece.from : -1;
  }

  /**
   * Takes the line whose message was read: 'first' piece of a message, or 'next' of one that is open. 'none' is a record of its own. Which
   * it is depends on nothing but the lines up to it.
   */
  take(line: PieceLine<T>): 'first' | 'next' | 'none' {
    const { ordinal } = line;
    const { piece } = this;
    if (this.open.size > 0) {
      for (const message of this.open.values())
        if (ordinal - message.lastOrdinal > MAX_LINES_BETWEEN) this.end(message);
      this.endUnmarkedBefore(line);
    }
    const message = this.open.get(piece.key);
    if (message !== undefined) {
      const follows = piece.part === 0 || message.part === 0 || piece.part === message.part + 1;
      const bytes = message.end + (piece.till - piece.from) + (line.end - piece.till);
      if (follows && bytes <= MAX_JOINED_BYTES && message.parts.length < MAX_PIECES) {
        append(message, line, piece);
        if (!piece.isCut) this.end(message);
        return 'next';
      }
      this.end(message);
    }
    if (!piece.isCut || line.end - line.start > MAX_JOINED_BYTES) return 'none';
    if (this.open.size >= MAX_OPEN_MESSAGES) this.end(this.open.values().next().value!);
    this.open.set(piece.key, begin(line, piece));
    return 'first';
  }

  /** The ordinals of the first pieces of messages that wait for more. */
  openOrdinals(): number[] {
    return [...this.open.values()].map(({ ordinal }) => ordinal);
  }

  /** Nothing more can come. */
  close(): void {
    for (const message of this.open.values()) this.end(message);
  }

  /** Without a mark the next line decides: it is the rest if it was written at the same time. */
  private endUnmarkedBefore({ ordinal, timeMs }: PieceLine<T>): void {
    const message = this.open.get(UNMARKED);
    if (message !== undefined && (ordinal !== message.lastOrdinal + 1 || timeMs !== message.timeMs))
      this.end(message);
  }

  private end(message: OpenMessage<T>): void {
    this.open.delete(message.key);
    grow(message, message.tail.length);
    const { end: at, tail, tailFrom: from, lineStart, lastOrdinal: ordinal } = message;
    message.saidTill = tail.length === 0 ? at : withoutLineFeed(message.bytes, message.saidFrom, at);
    if (tail.length > 0) message.parts.push({ at, from, lineStart, ordinal });
    message.end += tail.copy(message.bytes, at);
    this.onMessage(message);
  }
}

/** An event of CloudWatch Logs that bears no mark: it may be cut, and it may be the rest of one that is. */
function readUnmarked(from: number, till: number, into: Piece): void {
  into.key = UNMARKED;
  into.part = 0;
  into.from = from;
  into.till = till;
  into.isCut = isCutEvent(till - from);
}

function begin<T>(line: PieceLine<T>, piece: Piece): OpenMessage<T> {
  const { bytes, start, message, ordinal, timeMs, mark } = line;
  const length = piece.till - start;
  const joined = Buffer.allocUnsafe(2 * length);
  bytes.copy(joined, 0, start, piece.till);
  const tail = Buffer.from(bytes.subarray(piece.till, line.end));
  return {
    key: piece.key,
    bytes: joined,
    message: message - start,
    end: length,
    saidFrom: piece.from - start,
    saidTill: length,
    tail,
    tailFrom: piece.till,
    lineStart: start,
    part: piece.part,
    lastOrdinal: ordinal,
    ordinal,
    timeMs,
    mark,
    parts: [{ at: 0, from: start, lineStart: start, ordinal }],
  };
}

function append<T>(message: OpenMessage<T>, line: PieceLine<T>, piece: Piece): void {
  const { bytes, start, ordinal, end } = line;
  const length = piece.till - piece.from;
  grow(message, length);
  message.parts.push({ at: message.end, from: piece.from, lineStart: start, ordinal });
  message.end += bytes.copy(message.bytes, message.end, piece.from, piece.till);
  message.tail = end === piece.till ? NOTHING : Buffer.from(bytes.subarray(piece.till, end));
  message.tailFrom = piece.till;
  message.lineStart = start;
  message.part = piece.part;
  message.lastOrdinal = ordinal;
}

function grow<T>(message: OpenMessage<T>, more: number): void {
  if (message.end + more <= message.bytes.length) return;
  const larger = Buffer.allocUnsafe(2 * (message.end + more));
  message.bytes.copy(larger, 0, 0, message.end);
  message.bytes = larger;
}

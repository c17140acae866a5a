// Container runtimes cut long messages: which lines and events are pieces of one, and where in them the message stands.
//
// - Docker reads 16 KB at a time (https://github.com/moby/moby/blob/master/daemon/logger/copier.go). Its json-file driver ends `log` with a
//   line feed only in the last piece (https://docs.docker.com/engine/logging/drivers/json-file/).
// - The fluentd driver, and so Fluent Bit and FireLens, carry partial_message, partial_id, partial_ordinal and partial_last
//   (https://github.com/moby/moby/blob/master/daemon/logger/fluentd/fluentd.go); the journald driver CONTAINER_PARTIAL_MESSAGE in all pieces
//   but the last, newer ones _ID, _ORDINAL and _LAST besides (https://docs.docker.com/engine/logging/drivers/journald/).
// - CRI (containerd, CRI-O, podman) tags each line P or F: `2026-10-05T12:00:00.123456789Z stdout P text`
//   (https://github.com/kubernetes/design-proposals-archive/blob/main/node/kubelet-cri-logging.md).
// - The awslogs driver marks nothing. Its pieces are as long as an event of CloudWatch Logs may be for it, 256 KB less 26 bytes, or 16 KB
//   in non-blocking mode (https://github.com/moby/moby/issues/41794, https://github.com/aws/shim-loggers-for-containerd/issues/239),
//   and have the time of the first one.

import { withoutLineFeed } from './json-line.ts';
import {
  compileLevel,
  createSlots,
  ESCAPED_TEXT,
  LITERAL,
  scanObject,
  skipSpace,
  TEXT,
} from './json-scan.ts';

/** What Docker reads at once. */
export const DOCKER_PIECE_BYTES = 16 * 1024;
/** Bytes by which a piece may be longer: what is left of a character at either end became U+FFFD, of three bytes. */
const TORN_BYTES = 8;
/** Longest event of the awslogs driver; one that would end within a character is up to three bytes shorter. */
const AWSLOGS_EVENT_BYTES = 262_144 - 26;
/** An id or name that tells messages apart; what is longer tells none. */
const MAX_KEY_BYTES = 128;

export interface Piece {
  /** What the pieces of one message have in common; '' where the line is none of these formats. */
  key: string;
  /** More of the message follows. */
  isCut: boolean;
  /** Position among the pieces, from 1; 0 where the format does not say. */
  part: number;
  /** Where the message stands in the line; -1 where the line is none of these formats. */
  from: number;
  till: number;
}

export function createPiece(): Piece {
  return { key: '', isCut: false, part: 0, from: 0, till: 0 };
}

/** Reads the line or message `b[start..end)`. */
export function readPiece(b: Buffer, start: number, end: number, into: Piece): void {
  into.key = '';
  into.isCut = false;
  into.part = 0;
  into.from = -1;
  if (b[start] === 0x7b) readObject(b, start, end, into);
  else readCri(b, start, end, into);
}

/** Whether an event without any mark is as long as those that the awslogs driver cut. */
export function isCutEvent(bytes: number): boolean {
  return (
    (bytes >= DOCKER_PIECE_BYTES && bytes <= DOCKER_PIECE_BYTES + TORN_BYTES) ||
    (bytes > AWSLOGS_EVENT_BYTES - 4 && bytes <= AWSLOGS_EVENT_BYTES)
  );
}

/** Longest time of CRI: nanoseconds and an offset. */
const MAX_CRI_TIME = 35;

function readCri(b: Buffer, start: number, end: number, into: Piece): void {
  if (end - start < 29 || b[start + 10] !== 0x54 || b[start + 4] !== 0x2d) return;
  let p = start + 19;
  const stop = Math.min(end, start + MAX_CRI_TIME + 1);
  while (p < stop && b[p] !== 0x20) p++;
  const isOutput =
    b[p] === 0x20 && b[p + 1] === 0x73 && b[p + 2] === 0x74 && b[p + 3] === 0x64 && b[p + 7] === 0x20;
  // ` stdout P`, ` stderr F:more`
  if (!isOutput || p + 8 >= end) return;
  const output = b.toString('latin1', p + 1, p + 7);
  const tag = b[p + 8];
  const key = output === 'stdout' ? 'cri stdout' : output === 'stderr' ? 'cri stderr' : '';
  if (key === '' || (tag !== 0x50 && tag !== 0x46)) return;
  p += 9;
  if (b[p] === 0x3a) while (p < end && p - start < 128 && b[p] !== 0x20) p++;
  if (p < end && b[p] !== 0x20) return;
  into.key = key;
  into.isCut = tag === 0x50;
  into.from = Math.min(end, p + 1);
  into.till = end;
}

const S = {
  log: 0,
  stream: 1,
  time: 2,
  partial_message: 3,
  partial_id: 4,
  partial_ordinal: 5,
  partial_last: 6,
  container_id: 7,
  source: 8,
  MESSAGE: 9,
  PRIORITY: 10,
  CONTAINER_ID_FULL: 11,
  CONTAINER_PARTIAL_MESSAGE: 12,
  CONTAINER_PARTIAL_ID: 13,
  CONTAINER_PARTIAL_ORDINAL: 14,
  CONTAINER_PARTIAL_LAST: 15,
} as const;
const LEVEL = compileLevel(S);
const slots = createSlots(16);

function readObject(b: Buffer, start: number, end: number, into: Piece): void {
  slots.kinds.fill(0);
  const close = scanObject(b, start, end, LEVEL, slots);
  if (close < 0 || skipSpace(b, close, end) < end) return;
  if (isText(S.log)) {
    into.from = slots.starts[S.log]!;
    into.till = slots.ends[S.log]!;
    if (isTrue(b, S.partial_message)) readForwarded(b, into);
    else readDocker(b, into);
  } else if (isText(S.MESSAGE)) {
    into.from = slots.starts[S.MESSAGE]!;
    into.till = slots.ends[S.MESSAGE]!;
    readJournal(b, into);
  }
}

function readForwarded(b: Buffer, into: Piece): void {
  const id = textOf(b, S.partial_id);
  into.key = `partial ${id === '' ? `${textOf(b, S.container_id)} ${textOf(b, S.source)}` : id}`;
  into.part = Number(textOf(b, S.partial_ordinal)) || 0;
  into.isCut = !isTrue(b, S.partial_last);
}

function readDocker(b: Buffer, into: Piece): void {
  const stream = textOf(b, S.stream);
  if ((stream !== 'stdout' && stream !== 'stderr') || !isText(S.time)) return;
  into.key = `docker ${stream}`;
  // Collectors take the line feed off, too: what they hand on is as long as the message was.
  if (into.till - into.from < DOCKER_PIECE_BYTES || withoutLineFeed(b, into.from, into.till) < into.till)
    return;
  const bytes = decodedBytes(b, into.from, into.till);
  into.isCut = bytes >= DOCKER_PIECE_BYTES && bytes <= DOCKER_PIECE_BYTES + TORN_BYTES;
}

function readJournal(b: Buffer, into: Piece): void {
  const container = textOf(b, S.CONTAINER_ID_FULL);
  const id = textOf(b, S.CONTAINER_PARTIAL_ID);
  if (container === '' && id === '') return;
  into.key = `journal ${id === '' ? `${container} ${textOf(b, S.PRIORITY)}` : id}`;
  into.part = Number(textOf(b, S.CONTAINER_PARTIAL_ORDINAL)) || 0;
  into.isCut = isTrue(b, S.CONTAINER_PARTIAL_MESSAGE) && !isTrue(b, S.CONTAINER_PARTIAL_LAST);
}

function isText(slot: number): boolean {
  return slots.kinds[slot] === TEXT || slots.kinds[slot] === ESCAPED_TEXT;
}

/** '' where there is none, and where it is too long to tell anything. */
function textOf(b: Buffer, slot: number): string {
  const from = slots.starts[slot]!;
  const till = slots.ends[slot]!;
  if ((slots.kinds[slot] !== TEXT && slots.kinds[slot] !== LITERAL) || till - from > MAX_KEY_BYTES) return '';
  return b.toString('latin1', from, till);
}

function isTrue(b: Buffer, slot: number): boolean {
  return textOf(b, slot) === 'true';
}

/** Bytes of a JSON string without its escapes; `\ufffd` stands for one byte that was no UTF-8. */
function decodedBytes(b: Buffer, from: number, till: number): number {
  let bytes = till - from;
  for (let p = b.indexOf(0x5c, from); p >= 0 && p < till; p = b.indexOf(0x5c, p)) {
    if (b[p + 1] !== 0x75) {
      bytes -= 1;
      p += 2;
      continue;
    }
    const unit = Number.parseInt(b.toString('latin1', p + 2, p + 6), 16);
    // Half of a pair is half of four bytes.
    const size = unit === 0xfffd || unit < 0x80 ? 1 : unit < 0x800 ? 2 : (unit & 0xf800) === 0xd800 ? 2 : 3;
    bytes += size - 6;
    p += 6;
  }
  return bytes;
}

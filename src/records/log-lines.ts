// Application logs as text: plain lines, JSON lines, and lines exported from CloudWatch. A message that spans lines (a stack trace,
// a PEM block, what a signer prints) stays one record. Lines that are CloudTrail records or flow lines go to their own readers.

import { createAccessLine, readAccessLine } from './access-line.ts';
import { createCloudTrailReader } from './cloudtrail-reader.ts';
import { type JoinedMessage, MessageJoiner } from './joined-messages.ts';
import { createJsonLine, readJsonLine } from './json-line.ts';
import { createLineHead, readLineHead } from './line-head.ts';
import { LineView } from './line-view.ts';
import type { FormatReader, ObjectFacts, ReadOptions, RecordSink } from './reader.ts';
import type { AccessFormat, LineFormat } from './record.ts';
import { createFlowLines } from './vpc-flow.ts';
import { DEFAULT_FLOW_FIELDS, fieldsOfFlowLine } from './vpc-flow-layout.ts';

/** Bytes of one message: what CloudWatch Logs takes as one event (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutLogEvents.html). What is longer is read as several. */
export const MAX_MESSAGE_BYTES = 1024 * 1024;
/** Lines of one message: a deep Java stack trace with its causes has hundreds. */
export const MAX_MESSAGE_LINES = 2000;
/** Bytes of one line; a longer one is unreadable. The same bound as for one CloudTrail record. */
export const MAX_LINE_BYTES = 4 * 1024 * 1024;
/** Bytes of a text whose hash identifies it; from there on a line's own bytes are part of its identity. */
const HASHED_BYTES = 1024 * 1024;

/** What makes the lines below a line belong to it, beside indentation. */
type Block = 'none' | 'headed' | 'pem' | 'traceback' | 'signature';

const TRACEBACK = Buffer.from('Traceback (most recent call last)', 'latin1');
const CAUSED_BY = Buffer.from('Caused by: ', 'latin1');
/** What botocore prints in front of the blocks of a signature, each of which ends with a line of 64 hex digits. */
const SIGNATURE_BLOCKS = ['CanonicalRequest:', 'StringToSign:', 'Signature:'].map((words) =>
  Buffer.from(words, 'latin1'),
);

/**
 * `contentHash`: hex SHA-256 of the object's first MiB of content. `only`: AWS wrote the object and nothing else stands in it, so that
 * a line of another form is unreadable. Anywhere else, whoever can write one such line into a log could hide all others of it.
 */
export function createLogLinesReader(
  facts: ObjectFacts,
  contentHash: string,
  sink: RecordSink,
  options: ReadOptions,
  only: AccessFormat | null = null,
): FormatReader {
  const place = placeOf(facts);
  const view = new LineView(facts, lanesOf(contentHash), (line) => `${facts.name}#${line.ordinal}`);
  view.group = place.group;
  view.stream = place.stream;
  let flowFields = options.flowFields ?? DEFAULT_FLOW_FIELDS;
  const flowLines = createFlowLines(facts, sink, flowFields, (ordinal) => `${facts.name}#${ordinal}`);
  const head = createLineHead();
  const json = createJsonLine();
  const access = createAccessLine();
  /** The mark: whether the message itself is part of its identity. */
  const joiner = new MessageJoiner<boolean>(tellJoined);
  let lineNumber = 0;
  let skipping = false;
  /** Bytes of the object in front of the buffer that is being read. */
  let consumed = 0;
  /** Where reading goes on in a buffer that begins with the open record. */
  let scanned = 0;
  let lastTimeMs = Number.NaN;

  // The open record: bytes[openStart..openEnd), -1 when there is none.
  let openStart = -1;
  let openMessage = 0;
  let openEnd = 0;
  let openOrdinal = 0;
  let openLines = 0;
  let openTimeMs = Number.NaN;
  let openFormat: LineFormat = 'text';
  /** What a container said, where its driver wrapped the line. */
  let openSaidFrom = -1;
  let openSaidTill = -1;
  let block: Block = 'none';
  /** What the block is again when a PEM block in it ends. */
  let behindPem: Block = 'none';
  return { push };

  function push(b: Buffer, end: number, final: boolean): number {
    let p = scanned;
    if (openStart >= 0) {
      openMessage -= openStart;
      openEnd -= openStart;
      openSaidFrom -= openStart;
      openSaidTill -= openStart;
      openStart = 0;
    } else if (consumed === 0 && p === 0 && end >= 3 && b[0] === 0xef && b[1] === 0xbb && b[2] === 0xbf)
      p = 3;
    while (p < end) {
      const newline = b.indexOf(0x0a, p);
      const complete = newline >= 0 && newline < end;
      if (!complete && !final) {
        if (end - p <= MAX_LINE_BYTES) break;
        if (!skipping) tooLong(b);
        p = end;
        break;
      }
      const lineEnd = complete ? newline : end;
      if (skipping) skipping = false;
      else if (lineEnd - p > MAX_LINE_BYTES) {
        tooLong(b);
        skipping = false;
      } else readLine(b, p, lineEnd);
      p = complete ? newline + 1 : end;
    }
    if (final) {
      close(b);
      joiner.close();
      p = end;
    }
    const used = openStart >= 0 ? openStart : p;
    scanned = p - used;
    consumed += used;
    return used;
  }

  function tooLong(b: Buffer): void {
    close(b);
    block = 'none';
    sink.unreadable('too-long', ++lineNumber, `a line of more than ${MAX_LINE_BYTES} bytes`);
    skipping = true;
  }

  function readLine(b: Buffer, start: number, lineEnd: number): void {
    lineNumber++;
    let end = lineEnd;
    if (end > start && b[end - 1] === 0x0d) end--;
    if (end === start) {
      // A blank line ends nothing that announced more, and is no record.
      if (openStart >= 0 && block === 'none') close(b);
      return;
    }
    readAccessLine(b, start, end, access);
    if (access.format !== 'text' && (only === null || access.format === only)) {
      open(b, start, start, end, access.timeMs, access.format);
      block = 'none';
      return;
    }
    if (only !== null)
      return sink.unreadable('unknown-format', lineNumber, `no line of an access log (${only})`);
    const first = b[start]!;
    if (block === 'pem' && openStart >= 0) {
      extend(b, start, end);
      if (endsWithDashes(b, start, end)) block = behindPem;
      return;
    }
    const indented = first === 0x20 || first === 0x09;
    if (indented && openStart >= 0) return extend(b, start, end);
    if (first === 0x7b) {
      readJsonLine(b, start, end, json);
      if (json.isObject) {
        if (takePiece(b, start, start, end, json.timeMs)) return;
        return readMessage(b, start, start, end, json.timeMs, json.isTrailRecord);
      }
      head.starts = false;
    } else {
      readLineHead(b, start, end, head);
    }
    if (head.starts) {
      const message = head.cloudWatchMessage >= 0 ? head.cloudWatchMessage : start;
      let isTrailRecord = false;
      if (b[message] === 0x7b) {
        readJsonLine(b, message, end, json);
        isTrailRecord = json.isObject && json.isTrailRecord;
      } else if (isFlowMessage(b, message, end)) {
        close(b);
        flowLines.read(b, message, lineNumber);
        block = 'none';
        return;
      }
      if (!isTrailRecord && takePiece(b, start, message, end, head.timeMs)) return;
      return readMessage(b, start, message, end, head.timeMs, isTrailRecord);
    }
    if (openStart >= 0 && continues(b, start, end)) return extend(b, start, end);
    open(b, start, start, end, Number.NaN);
    block = blockOf(b, start, end);
    behindPem = 'none';
  }

  /** Whether the line is a piece of a message that somebody cut, and goes with the others of it. `json` is of this line, if it is an object. */
  function takePiece(b: Buffer, start: number, message: number, end: number, ownMs: number): boolean {
    if (!joiner.reads(b, message, end, json.isPartial, message > start)) return false;
    close(b);
    const timeMs = timeOf(ownMs);
    if (Number.isNaN(timeMs)) return false;
    const mark = consumed + start >= HASHED_BYTES;
    const taken = joiner.take({ bytes: b, start, message, end, ordinal: lineNumber, timeMs, mark });
    if (taken === 'none') return false;
    lastTimeMs = timeMs;
    block = 'none';
    if (taken === 'next') sink.skipped('joined', lineNumber);
    return true;
  }

  function tellJoined(joined: JoinedMessage<boolean>): void {
    view.hashesMessage = joined.mark;
    view.reset(joined.bytes, joined.message, joined.end, joined.ordinal, joined.timeMs);
    view.wraps(joined.saidFrom, joined.saidTill);
    view.format = 'text';
    sink.record(view);
  }

  /** When a line without a time was written: when the one before it was. NaN when nothing says so. */
  function timeOf(ownMs: number): number {
    if (!Number.isNaN(ownMs)) return ownMs;
    if (!Number.isNaN(lastTimeMs)) return lastTimeMs;
    return Number.isNaN(facts.deliveredMs) ? facts.modifiedMs : facts.deliveredMs;
  }

  /** A line that is a record of its own, whatever came before. */
  function readMessage(
    b: Buffer,
    start: number,
    message: number,
    end: number,
    timeMs: number,
    isTrail: boolean,
  ): void {
    if (isTrail) {
      close(b);
      block = 'none';
      createCloudTrailReader(facts, sink, undefined, lineNumber).push(
        b.subarray(message, end),
        end - message,
        true,
      );
      return;
    }
    // Behind CloudWatch's own time may stand a line of an access log: that time is the one that nobody else writes.
    if (message > start) readAccessLine(b, message, end, access);
    open(b, start, message, end, timeMs, access.format);
    if (access.format !== 'text') {
      block = 'none';
      return;
    }
    behindPem = 'headed';
    if (b[message] === 0x7b) {
      block = 'none';
      openSaidFrom = json.saidFrom;
      openSaidTill = json.saidTill;
      return;
    }
    openSaidFrom = joiner.criFrom;
    openSaidTill = end;
    block = isPemBegin(b, start, end) ? 'pem' : 'headed';
  }

  /** Whether an unindented line without a head belongs to the open record. */
  function continues(b: Buffer, start: number, end: number): boolean {
    if (beginsWith(b, start, end, CAUSED_BY)) return true;
    switch (block) {
      case 'headed':
        if (isPemBegin(b, start, end)) block = 'pem';
        return true;
      case 'traceback':
        // The exception itself, the one line of a traceback that is not indented.
        block = 'none';
        return true;
      case 'signature':
        if (isHexDigest(b, start, end)) block = 'none';
        return !SIGNATURE_BLOCKS.some((words) => beginsWith(b, start, end, words));
      default:
        return false;
    }
  }

  function open(
    b: Buffer,
    start: number,
    message: number,
    end: number,
    timeMs: number,
    format: LineFormat = 'text',
  ): void {
    close(b);
    openStart = start;
    openMessage = message;
    openEnd = end;
    openOrdinal = lineNumber;
    openLines = 1;
    openSaidFrom = -1;
    openTimeMs = timeMs;
    openFormat = format;
  }

  function extend(b: Buffer, start: number, end: number): void {
    if (openLines >= MAX_MESSAGE_LINES || end - openMessage > MAX_MESSAGE_BYTES) {
      // The rest is a record of the same moment.
      const time = openTimeMs;
      const kept = block;
      open(b, start, start, end, time);
      block = kept;
      return;
    }
    openEnd = end;
    openLines++;
  }

  function close(b: Buffer): void {
    if (openStart < 0) return;
    const start = openStart;
    openStart = -1;
    const timeMs = timeOf(openTimeMs);
    if (Number.isNaN(timeMs))
      return sink.unreadable('bad-time', openOrdinal, 'neither the line nor its object has a time');
    lastTimeMs = timeMs;
    view.hashesMessage = consumed + start >= HASHED_BYTES;
    view.reset(b, openMessage, openEnd, openOrdinal, timeMs);
    if (openLines === 1) view.wraps(openSaidFrom, openSaidTill);
    view.format = openFormat;
    sink.record(view);
  }

  function isFlowMessage(b: Buffer, start: number, end: number): boolean {
    // Default lines begin with a one-digit version and a space: nothing else is worth a closer look.
    const mayBe =
      options.flowFields !== null || (b[start + 1] === 0x20 && b[start]! >= 0x32 && b[start]! <= 0x39);
    if (!mayBe || end - start >= 4096) return false;
    const fields = fieldsOfFlowLine(b.toString('latin1', start, end), options.flowFields);
    if (fields === null) return false;
    if (fields !== flowFields) {
      flowFields = fields;
      flowLines.useFields(fields);
    }
    return true;
  }
}

function blockOf(b: Buffer, start: number, end: number): Block {
  if (isPemBegin(b, start, end)) return 'pem';
  if (beginsWith(b, start, end, TRACEBACK)) return 'traceback';
  return SIGNATURE_BLOCKS.some((words) => beginsWith(b, start, end, words)) ? 'signature' : 'none';
}

/**
 * Group and stream as far as the key says: exports of CloudWatch are filed as `prefix/<task id>/<stream>/000000.gz`
 * (https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/S3ExportTasks.html). Other files are a group of their own name.
 */
export function placeOf(facts: ObjectFacts): { readonly group: string; readonly stream: string } {
  const exported = /(?:^|\/)[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/([^/]+)\/\d{6}(?:\.gz)?$/.exec(
    facts.key,
  );
  if (exported !== null) return { group: '', stream: exported[1]! };
  return { group: facts.key.slice(facts.key.lastIndexOf('/') + 1), stream: '' };
}

function lanesOf(contentHash: string): Uint32Array {
  const bytes = Buffer.from(contentHash.padEnd(32, '0').slice(0, 32), 'hex');
  return Uint32Array.from([0, 4, 8, 12], (at) => bytes.readUInt32LE(at));
}

function endsWithDashes(b: Buffer, start: number, end: number): boolean {
  return (
    end - start >= 10 &&
    b[end - 1] === 0x2d &&
    b[end - 2] === 0x2d &&
    b[end - 3] === 0x2d &&
    b[end - 4] === 0x2d &&
    b[end - 5] === 0x2d
  );
}

/** The label line of RFC 7468 textual encoding, wherever in the line it begins. */
function isPemBegin(b: Buffer, start: number, end: number): boolean {
  return (
    endsWithDashes(b, start, end) &&
    b.toString('latin1', Math.max(start, end - 120), end).includes('-----BEGIN ')
  );
}

function isHexDigest(b: Buffer, start: number, end: number): boolean {
  return end - start === 64 && /^[0-9a-f]{64}$/.test(b.toString('latin1', start, end));
}

function beginsWith(b: Buffer, start: number, end: number, words: Buffer): boolean {
  if (end - start < words.length) return false;
  for (let i = 0; i < words.length; i++) if (b[start + i] !== words[i]) return false;
  return true;
}

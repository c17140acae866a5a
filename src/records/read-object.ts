// Reads one object from its stored bytes to records: inflates it if it is gzip (whatever its name says), finds its format, and
// hands it to the reader of that format. Every way in which it can be unreadable ends as an outcome, never as a throw.

import { createHash } from 'node:crypto';
import { WiretrailError } from '../lib/errors.ts';
import {
  type InflateLimits,
  type InflateProblem,
  inflateStream,
  inflateWhole,
  isGzip,
  releaseInflated,
} from '../lib/inflate.ts';
import { createAwslogsReader } from './awslogs.ts';
import { createCloudTrailReader } from './cloudtrail-reader.ts';
import { createLogLinesReader } from './log-lines.ts';
import {
  detectFormat,
  type FormatVerdict,
  HEAD_BYTES,
  isMostlyText,
  type ReadableFormat,
} from './object-format.ts';
import { isTrailOrFlow, type KeyFacts } from './object-key.ts';
import type { FormatReader, ReadOptions, RecordSink } from './reader.ts';
import type { AccessFormat, UnreadableReason } from './record.ts';
import { withoutUtf16 } from './utf16.ts';
import { createFlowReader } from './vpc-flow.ts';

export interface ObjectInput {
  readonly facts: KeyFacts;
  /** Named by the user rather than found in a folder or under a prefix. */
  readonly named: boolean;
  /** The bytes as stored. An error that it throws costs the rest of this object only. */
  readonly chunks: AsyncIterable<Buffer>;
}

export interface ObjectOutcome {
  /**
   * read: all of it. partly: something of it was unreadable, the rest was read. failed: nothing could be read.
   * skipped: it is no log, or none that is read.
   */
  readonly status: 'read' | 'partly' | 'failed' | 'skipped';
  /** One of the closed lists (UNREADABLE_REASONS, OBJECT_SKIP_REASONS), or the code of a source's error; '' when read. */
  readonly reason: string;
  /** In words, without content; also a note on an object that was read (`the object is empty`). */
  readonly detail: string;
  readonly hint: string;
  /** The object's own bytes are at fault, not single records of it. One of `unreadable` stands for that. */
  readonly damaged: boolean;
  readonly format: ReadableFormat | '';
  readonly storedBytes: number;
  /** Bytes after inflating: those of a plain object as they are. */
  readonly inflatedBytes: number;
  /** SHA-256 (hex) of the first MiB of an application log's inflated content, the same wherever a copy lies; '' for other formats. */
  readonly contentHash: string;
  readonly records: number;
  readonly skipped: number;
  readonly unreadable: number;
}

/**
 * Inflated bytes of one object. AWS's own objects hold at most 50 MB (CloudTrail) or 75 MB (flow logs); application logs of
 * a few GB exist, are read in a stream, and cost time, not memory. 4 GiB is where gzip's own length field (RFC 1952, ISIZE) wraps.
 */
export const MAX_INFLATED_BYTES = 4 * 1024 ** 3;
/**
 * Inflated to stored bytes, looked at from 64 MiB on. Gzip makes CloudTrail 10 to 25 times smaller, and the most monotonous logs about
 * 100 times; DEFLATE cannot exceed 1032. What is above 200 was made to be a bomb.
 */
export const MAX_INFLATE_RATIO = 200;
const RATIO_FROM_BYTES = 64 * 1024 * 1024;
const LIMITS: InflateLimits = {
  maxBytes: MAX_INFLATED_BYTES,
  maxRatio: MAX_INFLATE_RATIO,
  ratioFromBytes: RATIO_FROM_BYTES,
};

/** Stored bytes that are gathered before anything is done: almost every archive object is complete by then and read in one piece. */
const WHOLE_STORED_BYTES = 4 * 1024 * 1024;
/** Bytes a reader may leave unread while it asks for more. Above the 4 MiB that any reader allows one record. */
const MAX_PENDING_BYTES = 16 * 1024 * 1024;
/** A Parquet file is read from its end, and so it is held whole. AWS's own end at 75 MB. */
export const MAX_PARQUET_BYTES = 96 * 1024 * 1024;
/** Bytes whose hash identifies a text: all of most files, and enough of the large ones. */
export const HASHED_BYTES = 1024 * 1024;

export async function readObject(
  input: ObjectInput,
  sink: RecordSink,
  options: ReadOptions,
): Promise<ObjectOutcome> {
  const counts = { records: 0, skipped: 0, unreadable: 0, firstReason: '', firstDetail: '', lastReason: '' };
  const counting = countingSink(sink, counts);
  const stored = { bytes: 0, error: null as unknown, inflated: null as Buffer | null };
  const guarded = guard(input.chunks, stored);
  // Somebody may be writing it while it is read, and wants to know now.
  const flows = options.textReader !== undefined && input.facts.name === '-';
  const content = withoutUtf16(inflatedContent(guarded, stored, flows));
  let inflatedBytes = 0;
  let format: ReadableFormat | '' = '';
  let contentHash = '';

  const outcome = (
    status: ObjectOutcome['status'],
    reason: string,
    detail: string,
    hint: string,
    damaged = status === 'failed',
  ): ObjectOutcome => ({
    status,
    reason,
    detail,
    hint,
    damaged,
    format,
    storedBytes: stored.bytes,
    inflatedBytes,
    contentHash,
    records: counts.records,
    skipped: counts.skipped,
    unreadable: counts.unreadable,
  });
  const lost = (reason: UnreadableReason, detail: string): void => {
    counting.unreadable(reason, counts.records + counts.skipped + counts.unreadable + 1, detail);
  };

  const unreadableOutcome = (failure: Failure | null): ObjectOutcome => {
    const nothing = counts.records === 0 && counts.skipped === 0;
    return outcome(
      nothing ? 'failed' : 'partly',
      failure?.code ?? counts.firstReason,
      failure?.detail ?? counts.firstDetail,
      failure?.hint ?? 'look at the record that the problem names; the others were read',
      failure !== null,
    );
  };

  try {
    let problem: InflateProblem | null = null;
    let done = false;
    const first: Buffer[] = [];
    while (!done && inflatedBytes < (flows ? 1 : HASHED_BYTES)) {
      const next = await content.next();
      if (next.done) {
        problem = next.value;
        done = true;
      } else {
        first.push(next.value);
        inflatedBytes += next.value.length;
      }
    }
    const beginning = first.length === 1 ? first[0]! : Buffer.concat(first);

    if (beginning.length === 0) {
      const failure = failureOf(stored.error, problem) ?? emptyFailure(input);
      if (failure === null) return outcome('read', '', 'the object is empty', '');
      lost(failure.reason, failure.detail);
      return outcome('failed', failure.code, failure.detail, failure.hint);
    }
    const head = beginning.subarray(0, HEAD_BYTES);
    const seen = detectFormat(head, {
      facts: input.facts,
      named: input.named,
      flowFields: options.flowFields,
    });
    const verdict = options.textReader !== undefined && isOtherText(seen, head, input.facts) ? TEXT : seen;
    if (verdict.verdict !== 'read' && !done) {
      // What is not worth reading may still be a bomb, and that is worth saying.
      const limit = RATIO_FROM_BYTES + MAX_PENDING_BYTES;
      while (!done && inflatedBytes < limit && inflatedBytes > stored.bytes) {
        const next = await content.next();
        if (next.done) {
          problem = next.value;
          done = true;
        } else inflatedBytes += next.value.length;
      }
      if (problem?.reason === 'inflated-too-large') {
        const failure = failureOf(null, problem)!;
        lost(failure.reason, failure.detail);
        return outcome('failed', failure.code, failure.detail, failure.hint);
      }
    }
    if (verdict.verdict === 'skip') return outcome('skipped', verdict.reason, verdict.detail, '');
    if (verdict.verdict === 'fail') {
      // A damaged beginning explains better than its content why nothing is recognised.
      const failure = failureOf(stored.error, problem) ?? { ...verdict, code: verdict.reason };
      lost(failure.reason, failure.detail);
      return outcome('failed', failure.code, failure.detail, failure.hint);
    }

    format = verdict.format;
    if (verdict.container === 'parquet') {
      const pieces = [beginning];
      while (!done && inflatedBytes <= MAX_PARQUET_BYTES) {
        const next = await content.next();
        if (next.done) {
          problem = next.value;
          done = true;
        } else {
          pieces.push(next.value);
          inflatedBytes += next.value.length;
        }
      }
      const failure =
        failureOf(stored.error, problem) ??
        (inflatedBytes > MAX_PARQUET_BYTES ? TOO_LARGE_PARQUET : await readParquet(pieces, input, counting));
      if (failure === null && counts.unreadable === 0) return outcome('read', '', '', '');
      if (failure?.code === 'not-a-log') return outcome('skipped', 'not-a-log', failure.detail, '');
      if (failure !== null) lost(failure.reason, failure.detail);
      return unreadableOutcome(failure);
    }
    if (isTextFormat(format)) {
      contentHash = createHash('sha256').update(beginning.subarray(0, HASHED_BYTES)).digest('hex');
    }
    const feed = createFeed(createReader(format, input.facts, contentHash, counting, options), lost);
    // The line that a cut goes through could pass for a whole one with a shorter number in it: no flow is read from it.
    const cutTail = (): boolean => format === 'vpc-flow' && failureOf(stored.error, problem) !== null;
    feed.push(beginning, done, done && cutTail());
    while (!done && !feed.stopped()) {
      const next = await content.next();
      if (next.done) {
        problem = next.value;
        done = true;
        feed.push(Buffer.alloc(0), true, cutTail());
      } else {
        inflatedBytes += next.value.length;
        feed.push(next.value, false, false);
      }
    }
    const failure = failureOf(stored.error, problem);
    // A reader that sees its last record end too early has told the cut already.
    if (failure !== null && !(failure.reason === 'truncated' && counts.lastReason === 'truncated')) {
      lost(failure.reason, failure.detail);
    }
    if (counts.unreadable === 0) return outcome('read', '', '', '');
    return unreadableOutcome(failure);
  } finally {
    await content.return(null);
    // Records are views: nothing that was told of this object may be looked at after it.
    if (stored.inflated !== null) releaseInflated(stored.inflated);
  }
}

const TEXT: FormatVerdict = { verdict: 'read', format: 'log-lines' };

/** No log, and text all the same: whoever wants the text and not its records reads a document, too. */
function isOtherText(seen: FormatVerdict, head: Buffer, { kind }: KeyFacts): boolean {
  if (seen.verdict === 'read' || isTrailOrFlow(kind)) return false;
  return (seen.reason === 'not-a-log' || seen.reason === 'unknown-format') && isMostlyText(head);
}

/** Whether the key says what the content says: then AWS wrote all of it. */
function isOfKind({ kind }: KeyFacts, format: AccessFormat): boolean {
  return kind === (format === 's3-access' ? 's3-access' : 'load-balancer');
}

function isTextFormat(format: ReadableFormat): boolean {
  return format === 'log-lines' || format === 's3-access' || format === 'alb-access';
}

function createReader(
  format: ReadableFormat,
  facts: KeyFacts,
  contentHash: string,
  sink: RecordSink,
  options: ReadOptions,
): FormatReader {
  if (options.textReader !== undefined && isTextFormat(format)) return options.textReader(facts, sink);
  switch (format) {
    case 'cloudtrail':
      return createCloudTrailReader(facts, sink);
    case 'vpc-flow':
      return createFlowReader(facts, sink, options);
    case 'awslogs':
      return createAwslogsReader(facts, sink, options);
    case 'log-lines':
      return createLogLinesReader(facts, contentHash, sink, options);
    case 's3-access':
    case 'alb-access':
      return createLogLinesReader(facts, contentHash, sink, options, isOfKind(facts, format) ? format : null);
  }
}

/** The reader of Parquet comes when it is first needed: the functions that meet none do without it. */
async function readParquet(
  pieces: readonly Buffer[],
  input: ObjectInput,
  sink: RecordSink,
): Promise<Failure | null> {
  const { readParquetFlows } = await import('./parquet-flow.ts');
  const file = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  const failure = readParquetFlows(file, input.facts, sink, LIMITS);
  if (failure === null) return null;
  const { reason, message: detail } = failure.problem;
  const passedOver = failure.notFlows && !input.named && input.facts.kind === 'unknown';
  const hint = failure.notFlows
    ? 'wiretrail reads flow logs in Parquet form; leave this object out'
    : 'copy the object again from where it came from; the rows before the damage were read';
  return { code: passedOver ? 'not-a-log' : reason, reason, detail, hint };
}

interface Failure {
  readonly code: string;
  readonly reason: UnreadableReason;
  readonly detail: string;
  readonly hint: string;
}

/** Why the bytes ended early. An error of the source comes first: the gzip that it cut off is only its consequence. */
function failureOf(error: unknown, problem: InflateProblem | null): Failure | null {
  if (error instanceof WiretrailError) {
    return { code: error.code, reason: 'truncated', detail: error.message, hint: error.hint };
  }
  if (error !== null) {
    return {
      code: 'read-failed',
      reason: 'truncated',
      detail: 'reading ended with an error',
      hint: 'run again',
    };
  }
  if (problem === null) return null;
  const hint =
    problem.reason === 'inflated-too-large'
      ? 'if it is a real log, inflate it yourself (plain text has no such bound) and name the result'
      : 'copy the object again from where it came from; what stands before the damage was read';
  return { code: problem.reason, reason: problem.reason, detail: problem.detail, hint };
}

const TOO_LARGE_PARQUET: Failure = {
  code: 'inflated-too-large',
  reason: 'inflated-too-large',
  detail: `a Parquet file of more than ${MAX_PARQUET_BYTES} bytes`,
  hint: 'deliver or write it in smaller files',
};

/** AWS writes no empty objects and gzip has at least a header: where a log was due, an empty file is a copy that failed. */
function emptyFailure(input: ObjectInput): Failure | null {
  if (!isTrailOrFlow(input.facts.kind) && !/\.(json|gz)$/i.test(input.facts.key)) return null;
  const detail = 'the object is empty, and no log of this name ever is';
  return {
    code: 'truncated',
    reason: 'truncated',
    detail,
    hint: 'copy the object again from where it came from',
  };
}

interface Feed {
  /** `cutTail`: what follows the last line feed is left out. */
  push(chunk: Buffer, final: boolean, cutTail: boolean): void;
  /** The reader cannot go on: no more of this object is worth reading. */
  stopped(): boolean;
}

/** Hands a reader its bytes, and what it left over again with more behind it. */
function createFeed(reader: FormatReader, lost: (reason: UnreadableReason, detail: string) => void): Feed {
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  /** What is left over is handed in again when it has doubled: a long record costs no quadratic time. */
  let pushFrom = 0;
  let stopped = false;
  return {
    stopped: () => stopped,
    push(chunk, final, cutTail) {
      if (stopped) return;
      pending.push(chunk);
      pendingBytes += chunk.length;
      if (pendingBytes < pushFrom && !final) return;
      const bytes = pending.length === 1 ? chunk : Buffer.concat(pending, pendingBytes);
      const end = cutTail ? bytes.lastIndexOf(0x0a) + 1 : bytes.length;
      const used = reader.push(bytes, end, final);
      const left = end - used;
      pending = left === 0 ? [] : [bytes.subarray(used, end)];
      pendingBytes = left;
      pushFrom = used === 0 ? left * 2 : 0;
      if (left > MAX_PENDING_BYTES) {
        stopped = true;
        lost('too-long', `no end of a record within ${MAX_PENDING_BYTES} bytes`);
      }
    },
  };
}

interface Counts {
  records: number;
  skipped: number;
  unreadable: number;
  firstReason: string;
  firstDetail: string;
  lastReason: string;
}

function countingSink(sink: RecordSink, counts: Counts): RecordSink {
  return {
    record(record) {
      counts.records++;
      sink.record(record);
    },
    skipped(reason, ordinal) {
      counts.skipped++;
      sink.skipped(reason, ordinal);
    },
    correction(originalEventId, locator) {
      sink.correction?.(originalEventId, locator);
    },
    unreadable(reason, ordinal, detail) {
      if (counts.unreadable === 0) {
        counts.firstReason = reason;
        counts.firstDetail = detail;
      }
      counts.unreadable++;
      counts.lastReason = reason;
      sink.unreadable(reason, ordinal, detail);
    },
  };
}

/** Ends instead of throwing, and remembers why. */
async function* guard(
  chunks: AsyncIterable<Buffer>,
  state: { bytes: number; error: unknown },
): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of chunks) {
      if (chunk.length === 0) continue;
      state.bytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    state.error = error ?? new Error('reading failed');
  }
}

/** Inflated chunks of a gzip object, plain ones of any other. */
async function* inflatedContent(
  chunks: AsyncGenerator<Buffer>,
  kept: { inflated: Buffer | null },
  flows: boolean,
): AsyncGenerator<Buffer, InflateProblem | null> {
  const gathered: Buffer[] = [];
  let bytes = 0;
  let complete = false;
  while (!complete && bytes < WHOLE_STORED_BYTES) {
    const next = await chunks.next();
    if (next.done) complete = true;
    else {
      gathered.push(next.value);
      bytes += next.value.length;
      // A first line tells the format of a text.
      if (flows && !isGzip(gathered[0]!) && (bytes >= HEAD_BYTES || next.value.includes(0x0a))) break;
    }
  }
  const start = gathered.length === 1 ? gathered[0]! : Buffer.concat(gathered);
  const rest = concatenated(start, chunks);
  if (!isGzip(start)) {
    yield* rest;
    return null;
  }
  const whole = complete ? inflateWhole(start) : null;
  if (whole === null) return yield* inflateStream(rest, LIMITS);
  kept.inflated = whole;
  yield whole;
  return null;
}

async function* concatenated(start: Buffer, rest: AsyncGenerator<Buffer>): AsyncGenerator<Buffer> {
  if (start.length > 0) yield start;
  yield* rest;
}

// What an object holds, judged by its first bytes; the key only decides what to make of bytes that could be anything.

import { createAccessLine, readAccessLine } from './access-line.ts';
import { skipNest, skipSpace, TOO_DEEP } from './json-scan.ts';
import { startsLikeRecord } from './line-head.ts';
import { isTrailOrFlow, type KeyFacts } from './object-key.ts';
import type { AccessFormat } from './record.ts';
import { fieldsOfFlowLine, isFlowHeader } from './vpc-flow-layout.ts';

export type ReadableFormat = 'cloudtrail' | 'vpc-flow' | 'awslogs' | 'log-lines' | AccessFormat;

export type FormatVerdict =
  /** `container`: what the lines of that format are packed in; the rest of the file tells whether it holds them. */
  | { readonly verdict: 'read'; readonly format: ReadableFormat; readonly container?: 'parquet' }
  | {
      readonly verdict: 'skip';
      readonly reason: 'digest' | 'test-event' | 'not-a-log';
      readonly detail: string;
    }
  | {
      readonly verdict: 'fail';
      readonly reason: 'unknown-format' | 'too-deep';
      readonly detail: string;
      readonly hint: string;
    };

export interface FormatContext {
  readonly facts: KeyFacts;
  /** Named by the user rather than found in a folder or under a prefix. */
  readonly named: boolean;
  /** --flow-format; null where not given. */
  readonly flowFields: readonly string[] | null;
}

/** Bytes of an object that its format is judged by. The first CloudTrail record is complete in them, or at least its first keys are. */
export const HEAD_BYTES = 64 * 1024;

/** Two of these make a CloudTrail record; shippers rename or drop single fields. */
const TRAIL_KEYS = [
  'eventVersion',
  'eventSource',
  'eventName',
  'eventID',
  'eventTime',
  'userIdentity',
  'eventCategory',
  'awsRegion',
];
/** One of these makes a JSON object a log line: the names that common JSON formatters give time, level and message. */
const LINE_KEYS = [
  'message',
  'msg',
  'level',
  'levelname',
  'severity',
  'log',
  'time',
  'timestamp',
  '@timestamp',
  'ts',
  'asctime',
];
/** Files that AWS services write to see whether they may: CloudWatch Logs export, load balancers, VPC flow logs and Config. */
const TEST_FILES = new Set(['aws-logs-write-test', 'ELBAccessLogTestFile', 'ConfigWritabilityCheckFile']);
/** Most keys looked at in one object of the head. */
const MAX_HEAD_KEYS = 64;

/** Names of logs. JSON of another kind under such a name is nothing odd; bytes that are no text are a log that was damaged. */
const LOG_NAME = /\.(json|jsonl|ndjson|log)(\.gz)?$/i;

const DELIVERED = Buffer.from('{"Records":[{"eventVersion":"1.', 'latin1');

/** `head` is at most HEAD_BYTES of the inflated content, never empty. */
export function detectFormat(head: Buffer, context: FormatContext): FormatVerdict {
  if (context.facts.kind === 'cloudtrail-digest') return skip('digest', 'a CloudTrail digest');
  // The ten thousands of objects that CloudTrail itself wrote all begin alike.
  if (
    head.length > DELIVERED.length &&
    head.compare(DELIVERED, 0, DELIVERED.length, 0, DELIVERED.length) === 0
  ) {
    return read('cloudtrail');
  }
  if (TEST_FILES.has(fileName(context.facts)))
    return skip('test-event', 'a file that AWS writes to test its access');
  if (head.toString('latin1', 0, 4) === 'PAR1') {
    return { verdict: 'read', format: 'vpc-flow', container: 'parquet' };
  }
  const binary = binaryKind(head);
  if (binary !== null) return unknown(context, binary, LOG_NAME.test(fileName(context.facts)));
  const start = skipSpace(head, startsWithBom(head) ? 3 : 0, head.length);
  const first = head[start];
  if (first === 0x7b || first === 0x5b) {
    const verdict = detectJson(head, start, context);
    if (verdict !== null) return verdict;
  }
  return detectText(head, startsWithBom(head) ? 3 : 0, context);
}

/** Null: it begins like JSON and is text after all (`[2026-10-05 ...] started`). */
function detectJson(head: Buffer, start: number, context: FormatContext): FormatVerdict | null {
  const isArray = head[start] === 0x5b;
  const first = isArray ? skipSpace(head, start + 1, head.length) : start;
  if (isArray && (head[first] === 0x5d || first >= head.length)) return read('cloudtrail');
  if (head[first] !== 0x7b) return depthOf(head, start) === TOO_DEEP ? tooDeep() : null;
  const { keys, end } = keysAt(head, first);
  const records = keys.get('Records');
  if (!isArray && records !== undefined && head[records] === 0x5b) {
    const inner = skipSpace(head, records + 1, head.length);
    if (head[inner] !== 0x7b) return read('cloudtrail');
    const innerKeys = keysAt(head, inner).keys;
    if (isTrailRecord(head, innerKeys)) return read('cloudtrail');
    // A first record that is odd, or nested without end, is one unreadable record: the reader goes on behind it.
    const mayBeTrail = isTrailOrFlow(context.facts.kind) || depthOf(head, inner) === TOO_DEEP;
    if (mayBeTrail && !isNotification(head, innerKeys)) return read('cloudtrail');
    return unknown(context, 'Records that are no CloudTrail records');
  }
  if (isTrailRecord(head, keys) || isTrailEnvelope(head, keys)) return read('cloudtrail');
  if (textAt(head, keys.get('Event')) === 's3:TestEvent') return skip('test-event', 'the test message of S3');
  if (keys.has('digestS3Object') || keys.has('digestPublicKeyFingerprint'))
    return skip('digest', 'a CloudTrail digest');
  if (keys.has('messageType') && (keys.has('logEvents') || keys.has('logGroup'))) return read('awslogs');
  if (keys.has('awslogs')) return read('awslogs');
  if (depthOf(head, start) === TOO_DEEP) return tooDeep();
  if (isArray || !isLogLine(head, first, end, keys)) return unknown(context, 'JSON of another kind');
  return read('log-lines');
}

/** A JSON log line stands on one line; a document spread over lines, or alone without a log's keys, is something else. */
function isLogLine(head: Buffer, start: number, end: number, keys: ReadonlyMap<string, number>): boolean {
  const line = head.indexOf(0x0a, start);
  if (line >= 0 && (end < 0 || line < end)) return false;
  if (LINE_KEYS.some((key) => keys.has(key))) return true;
  return end > 0 && line >= 0 && head[skipSpace(head, line, head.length)] === 0x7b;
}

function detectText(head: Buffer, start: number, context: FormatContext): FormatVerdict {
  const line = firstLine(head, start);
  if (isFlowHeader(line)) return read('vpc-flow');
  if (fieldsOfFlowLine(line, context.flowFields) !== null) return read('vpc-flow');
  const access = accessFormat(head, start);
  if (access !== null) return read(access);
  const { kind } = context.facts;
  if (kind === 'vpcflow') {
    const hint = 'if the lines have no header, give the names of their fields with --flow-format';
    return {
      verdict: 'fail',
      reason: 'unknown-format',
      detail: 'no flow log: no header and no default fields',
      hint,
    };
  }
  if (isTrailOrFlow(kind)) {
    return {
      verdict: 'fail',
      reason: 'unknown-format',
      detail: 'no CloudTrail log: not JSON',
      hint: 'copy the object again, or take it out of the folder',
    };
  }
  const name = fileName(context.facts).replace(/\.gz$/i, '');
  if (/\.json$/i.test(name)) {
    if (head[skipSpace(head, start, head.length)] === 0x5b) return unknown(context, 'JSON of another kind');
    const hint = 'rename it to .log if it is an application log';
    return {
      verdict: 'fail',
      reason: 'unknown-format',
      detail: 'the name promises JSON, the content is not',
      hint,
    };
  }
  if (context.named || /\.(log|out|err|jsonl|ndjson)([.-][\d.-]+)?$/i.test(name)) return read('log-lines');
  const mayBeLog = !/\.[A-Za-z]\w*$/.test(name) || /\.txt$/i.test(name);
  if (mayBeLog && hasLogLine(head, start)) return read('log-lines');
  return skip('not-a-log', 'neither the name nor the content is that of a log');
}

const accessLine = createAccessLine();

function accessFormat(head: Buffer, start: number): AccessFormat | null {
  const from = skipSpace(head, start, head.length);
  const newline = head.indexOf(0x0a, from);
  readAccessLine(head, from, newline < 0 ? head.length : newline, accessLine);
  return accessLine.format === 'text' ? null : accessLine.format;
}

/** Names without a telling extension count as logs when one of the first lines begins as log lines do. */
function hasLogLine(head: Buffer, start: number): boolean {
  let from = start;
  for (let count = 0; count < 5 && from < head.length; count++) {
    const newline = head.indexOf(0x0a, from);
    const end = newline < 0 ? head.length : newline;
    if (startsLikeRecord(head, from, end)) return true;
    from = end + 1;
  }
  return false;
}

function unknown(context: FormatContext, detail: string, nameOfLog = false): FormatVerdict {
  const looksLikeLog = context.named || nameOfLog || context.facts.kind !== 'unknown';
  if (!looksLikeLog) return skip('not-a-log', detail);
  return { verdict: 'fail', reason: 'unknown-format', detail, hint: NOT_A_LOG_HINT };
}

function tooDeep(): FormatVerdict {
  return {
    verdict: 'fail',
    reason: 'too-deep',
    detail: 'JSON nested deeper than any log record',
    hint: NOT_A_LOG_HINT,
  };
}

const NOT_A_LOG_HINT =
  'wiretrail reads CloudTrail, VPC flow logs and application logs; leave this object out';

/** What the bytes are when they are no text; null for text. A few NULs or odd bytes do not make a log binary. */
function binaryKind(head: Buffer): string | null {
  const magic = head.toString('latin1', 0, 4);
  if (magic.startsWith('\u001f\u008b')) return 'gzip inside gzip';
  if (magic === '\u0028\u00b5\u002f\u00fd') return 'zstd, which is not read';
  if (magic.startsWith('BZh')) return 'bzip2, which is not read';
  if (magic.startsWith('PK\u0003\u0004')) return 'a zip archive, which is not read';
  // UTF-16 is decoded before it comes here.
  if (magic === '\u00ff\u00fe\u0000\u0000' || magic === '\u0000\u0000\u00fe\u00ff')
    return 'UTF-32 text, which is not read';
  const looked = Math.min(head.length, 4096);
  let control = 0;
  for (let p = 0; p < looked; p++) {
    const c = head[p]!;
    // ESC stays out of it: colour codes are common in application logs.
    if (c < 0x20 && c !== 0x09 && c !== 0x0a && c !== 0x0d && c !== 0x1b) control++;
  }
  return control * 10 > looked ? 'binary data' : null;
}

/**
 * Whether text stands in it, for whoever looks for text alone: of what is not zero (a rotated log begins with zeros) three of four bytes can
 * be printed. Without a zero, letters above ASCII count, too.
 */
export function isMostlyText(head: Buffer): boolean {
  let zeros = 0;
  let printable = 0;
  for (const c of head) {
    if (c === 0) zeros++;
    else if ((c >= 0x20 && c < 0x7f) || c === 0x09 || c === 0x0a || c === 0x0d || c === 0x1b) printable++;
  }
  return zeros === 0 || printable * 4 > (head.length - zeros) * 3;
}

interface HeadKeys {
  /** Key to the position of its value. The first of equal keys: enough to tell formats apart. */
  readonly keys: ReadonlyMap<string, number>;
  /** Behind the closing brace; -1 when the head ends before it, or at the first thing that is not JSON. */
  readonly end: number;
}

/** The keys of the object at `start`, as far as the head shows them. */
function keysAt(b: Buffer, start: number): HeadKeys {
  const keys = new Map<string, number>();
  let p = skipSpace(b, start + 1, b.length);
  while (keys.size < MAX_HEAD_KEYS && b[p] === 0x22) {
    const keyEnd = stringEnd(b, p);
    const colon = skipSpace(b, keyEnd, b.length);
    if (b[colon] !== 0x3a) return { keys, end: -1 };
    const value = skipSpace(b, colon + 1, b.length);
    const key = b.toString('utf8', p + 1, keyEnd - 1);
    if (!keys.has(key)) keys.set(key, value);
    p = valueEnd(b, value);
    if (p < 0) return { keys, end: -1 };
    p = skipSpace(b, p, b.length);
    if (b[p] === 0x7d) return { keys, end: p + 1 };
    if (b[p] !== 0x2c) return { keys, end: -1 };
    p = skipSpace(b, p + 1, b.length);
  }
  return { keys, end: b[p] === 0x7d ? p + 1 : -1 };
}

function stringEnd(b: Buffer, start: number): number {
  let p = start + 1;
  while (p < b.length && b[p] !== 0x22) p += b[p] === 0x5c ? 2 : 1;
  return p + 1;
}

function valueEnd(b: Buffer, start: number): number {
  const c = b[start];
  if (c === 0x22) return stringEnd(b, start);
  if (c === 0x7b || c === 0x5b) return skipNest(b, start, b.length, Number.MAX_SAFE_INTEGER);
  let p = start;
  while (p < b.length && b[p] !== 0x2c && b[p] !== 0x7d && b[p] !== 0x5d) p++;
  return p;
}

/** TOO_DEEP when the value at `start` nests deeper than a record may, be it closed in the head or not. */
function depthOf(b: Buffer, start: number): number {
  let depth = 0;
  for (let p = start; p < b.length; p++) {
    const c = b[p]!;
    if (c === 0x22) p = stringEnd(b, p) - 1;
    else if (c === 0x7b || c === 0x5b) {
      if (++depth > MAX_HEAD_DEPTH) return TOO_DEEP;
    } else if ((c === 0x7d || c === 0x5d) && --depth === 0) return p + 1;
  }
  return -1;
}

/** Deeper than this nothing is a log; CloudTrail records of fewer levels are the CloudTrail reader's to judge one by one. */
const MAX_HEAD_DEPTH = 1000;

function isTrailRecord(b: Buffer, keys: ReadonlyMap<string, number>): boolean {
  let known = 0;
  for (const key of TRAIL_KEYS) if (keys.has(key)) known++;
  return known >= 2 && !isNotification(b, keys);
}

/** Records of S3, SQS and SNS notifications share the shape and hold no log. */
function isNotification(b: Buffer, keys: ReadonlyMap<string, number>): boolean {
  const source = textAt(b, keys.get('eventSource')) || textAt(b, keys.get('EventSource'));
  return source.startsWith('aws:');
}

function textAt(b: Buffer, start: number | undefined): string {
  if (start === undefined || b[start] !== 0x22) return '';
  return b.toString('utf8', start + 1, Math.min(stringEnd(b, start) - 1, start + 101));
}

function firstLine(head: Buffer, start: number): string {
  const from = skipSpace(head, start, head.length);
  const newline = head.indexOf(0x0a, from);
  return head.toString('latin1', from, newline < 0 ? head.length : newline).trimEnd();
}

function startsWithBom(head: Buffer): boolean {
  return head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf;
}

function fileName(facts: KeyFacts): string {
  return facts.key.slice(facts.key.lastIndexOf('/') + 1);
}

function read(format: ReadableFormat): FormatVerdict {
  return { verdict: 'read', format };
}

function skip(reason: 'digest' | 'test-event' | 'not-a-log', detail: string): FormatVerdict {
  return { verdict: 'skip', reason, detail };
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html: all its detail types end alike. */
function isTrailEnvelope(b: Buffer, keys: ReadonlyMap<string, number>): boolean {
  return keys.has('detail') && textAt(b, keys.get('detail-type')).endsWith('via CloudTrail');
}

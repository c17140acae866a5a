// S3 server access logs: one request a line. Fields stand apart by single spaces and `-` is no value; request, referer and user agent
// stand in quotes, and a quote inside of them is not escaped. What is looked for is therefore read from both ends: what stands before
// the first of them and behind the last was written by S3. Lines were longer every few years, and may be longer tomorrow.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html

import { parseStamp } from './line-head.ts';
import type { EpochMs } from './record.ts';

export interface S3Access {
  readonly bucket: string;
  readonly remoteIp: string;
  /** ARN or canonical user id; '' for a request that S3 took for nobody's. */
  readonly requester: string;
  readonly bucketOwner: string;
  /** `REST.GET.OBJECT`, `WEBSITE.GET.OBJECT`, `S3.EXPIRE.OBJECT`, ... */
  readonly operation: string;
  /** URL-encoded as it stands there, often twice; '' when the operation has none. */
  readonly key: string;
  /** 0 when the line names none, or more than one. */
  readonly status: number;
  readonly errorCode: string;
  /** `SigV4`, `SigV2`; '' when the request was not signed, or the line is too old to say. */
  readonly signatureVersion: string;
  /** '' for HTTP; null when the line does not say, as lines from before 2019. */
  readonly cipherSuite: string | null;
  /** `AuthHeader`, `QueryString`; '' for none. */
  readonly authenticationType: string;
  readonly hostHeader: string;
  /** '' for HTTP; null when the line does not say. */
  readonly tlsVersion: string | null;
  readonly accessPointArn: string;
  /** Region that the request came from; '' when S3 does not know. */
  readonly sourceRegion: string;
}

/** What the last fields say of the connection of a signed request: enough to leave nearly every line alone. */
export const S3_TLS = { notSigned: 0, fine: 1, old: 2, none: 3 } as const;

const QUOTE = 0x22;
const SPACE = 0x20;
const DASH = 0x2d;
/** A canonical user id: https://docs.aws.amazon.com/AmazonS3/latest/userguide/finding-canonical-user-id.html */
const OWNER_LENGTH = 64;
/** Names of the oldest buckets had up to 255 characters, capitals and underscores among them. */
const MAX_BUCKET_LENGTH = 255;
/** `06/Feb/2019:00:00:38 +0000` */
const STAMP_LENGTH = 26;
/** Address, requester (an ARN of at most 2,048 characters) and request id stand before the operation, bytes. */
const MAX_BEFORE_OPERATION = 3_000;
/** Fields behind the last quote: ten are known, and more are passed over. */
const MAX_TAIL_FIELDS = 32;
/** Longest value that is given on, characters: a key has at most 1,024 bytes, which encoding twice makes five times longer. */
const MAX_VALUE_LENGTH = 5_120;

const OPERATIONS = ['REST.', 'WEBSITE.', 'BATCH.', 'S3.', 'SOAP.'].map((word) => Buffer.from(word, 'latin1'));

/** The time of the line `b[start..end)`; NaN when it is no line of such a log. Looks at no more than its beginning. */
export function s3AccessTimeMs(b: Buffer, start: number, end: number): EpochMs {
  const bucket = bucketStart(b, start, end);
  if (bucket < 0) return Number.NaN;
  const space = bucketEnd(b, bucket, end);
  if (space < 0) return Number.NaN;
  const stamp = space + 2;
  const close = stamp + STAMP_LENGTH;
  if (b[close] !== 0x5d || b[close + 1] !== SPACE || close + 2 >= end) return Number.NaN;
  const timeMs = parseStamp(b, stamp, close);
  return Number.isNaN(timeMs) || operationAt(b, close + 2, end) < 0 ? Number.NaN : timeMs;
}

/** Null when it is no such line. */
export function parseS3Access(b: Buffer, start: number, end: number): S3Access | null {
  const bucket = bucketStart(b, start, end);
  const space = bucket < 0 ? -1 : bucketEnd(b, bucket, end);
  if (space < 0) return null;
  const address = space + 2 + STAMP_LENGTH + 2;
  const operation = operationAt(b, address, end);
  if (operation < 0) return null;
  const requester = wordEnd(b, address, end) + 1;
  // The request id is the word before the operation: a requester may have spaces in it.
  let requestId = operation - 1;
  while (requestId > requester && b[requestId - 1] !== SPACE) requestId--;
  const operationEnd = wordEnd(b, operation, end);
  const keyEnd = wordEnd(b, operationEnd + 1, end);
  const tail = tailOf(b, keyEnd + 1, end);
  const at = signatureIn(tail);
  const { status, errorCode } = answerOf(b, keyEnd + 1, end);
  const field = (behindSignature: number): string | null =>
    at < 0 || at + behindSignature >= tail.length ? null : value(tail[at + behindSignature]!);
  return {
    bucket: text(b, bucket, space),
    bucketOwner: value(text(b, start, bucket - 1)),
    remoteIp: value(text(b, address, requester - 1)),
    requester: value(text(b, requester, Math.max(requester, requestId - 1))),
    operation: text(b, operation, operationEnd),
    key: value(text(b, operationEnd + 1, keyEnd)),
    status,
    errorCode,
    signatureVersion: field(0) ?? '',
    cipherSuite: field(1),
    authenticationType: field(2) ?? '',
    hostHeader: field(3) ?? '',
    tlsVersion: field(4),
    accessPointArn: field(5) ?? '',
    sourceRegion: field(7) ?? '',
  };
}

/** One of S3_TLS, for a line of such a log. Makes nothing. */
export function s3TlsOf(b: Buffer, start: number, end: number): number {
  let p = end;
  while (p > start && b[p - 1] !== QUOTE) p--;
  for (; p < end; p = wordEnd(b, p, end) + 1) {
    if (b[p] !== 0x53 || b[p + 1] !== 0x69 || b[p + 2] !== 0x67 || b[p + 3] !== 0x56) continue;
    const cipher = wordEnd(b, p, end) + 1;
    const kind = wordEnd(b, cipher, end) + 1;
    // A client may have asked for a version of this name: authentication is two fields behind the true one.
    if (b[kind] !== 0x41 && b[kind] !== 0x51 && b[kind] !== 0x48) continue;
    const plain = b[cipher] === DASH && b[cipher + 1] === SPACE;
    const tls = wordEnd(b, wordEnd(b, kind, end) + 1, end) + 1;
    const tlsEnd = wordEnd(b, tls, end);
    // Lines of a few months of 2019 have the cipher and not yet the version.
    if (tls >= end || (b[tls] === DASH && tlsEnd - tls === 1)) return plain ? S3_TLS.none : S3_TLS.fine;
    return isOldTls(b, tls, tlsEnd) ? S3_TLS.old : S3_TLS.fine;
  }
  return S3_TLS.notSigned;
}

/** `TLSv1`, `TLSv1.0`, `TLSV1.1`, `SSLv3`. */
function isOldTls(b: Buffer, start: number, end: number): boolean {
  const last = b[end - 1]!;
  if (b[start] === 0x53) return end - start === 5;
  return end - start === 5 || (end - start === 7 && (last === 0x30 || last === 0x31));
}

function bucketStart(b: Buffer, start: number, end: number): number {
  if (b[start] === DASH && b[start + 1] === SPACE) return start + 2;
  const space = start + OWNER_LENGTH;
  if (space >= end || b[space] !== SPACE) return -1;
  // Some of its digits: bucket, time and operation must fit as well, and every line of a large log is looked at.
  for (let p = start; p < space; p += 9) {
    const c = b[p]!;
    if (!(c >= 0x30 && c <= 0x39) && !(c >= 0x61 && c <= 0x66)) return -1;
  }
  return space + 1;
}

/** The space behind the bucket's name, behind which the time must begin; -1 when it does not. */
function bucketEnd(b: Buffer, start: number, end: number): number {
  const stop = Math.min(end, start + MAX_BUCKET_LENGTH + 1);
  let p = start;
  for (; p < stop && b[p] !== SPACE; p++) {
    const c = b[p]!;
    const letter = (c >= 0x61 && c <= 0x7a) || (c >= 0x41 && c <= 0x5a);
    if (!letter && !(c >= 0x30 && c <= 0x39) && c !== DASH && c !== 0x2e && c !== 0x5f) return -1;
  }
  return p - start >= 3 && p < stop && b[p + 1] === 0x5b ? p : -1;
}

/** Where the operation begins: the first word of its form behind address, requester and request id. */
function operationAt(b: Buffer, start: number, end: number): number {
  const stop = Math.min(end, start + MAX_BEFORE_OPERATION);
  let p = start;
  for (let word = 0; p < stop; word++) {
    if (word >= 3) for (const beginning of OPERATIONS) if (standsAt(b, p, end, beginning)) return p;
    if (b[p] === QUOTE) return -1;
    p = wordEnd(b, p, stop) + 1;
  }
  return -1;
}

/** The words behind the last quote; where nothing is quoted, all of them. */
function tailOf(b: Buffer, start: number, end: number): string[] {
  let p = end;
  while (p > start && b[p - 1] !== QUOTE) p--;
  const words: string[] = [];
  while (p < end && words.length < MAX_TAIL_FIELDS) {
    const stop = wordEnd(b, p, end);
    if (stop > p) words.push(text(b, p, stop));
    p = stop + 1;
  }
  return words;
}

/** The place of the signature version: only there the kind of authentication is two words behind. */
function signatureIn(words: readonly string[]): number {
  return words.findIndex(
    (word, at) =>
      /^SigV[0-9]A?$/.test(word) && /^(?:AuthHeader|QueryString|HtmlForm)$/.test(words[at + 2] ?? ''),
  );
}

/** Status and error: behind the one quote that two such words follow. A client can write such words too, and then nothing is known. */
function answerOf(b: Buffer, start: number, end: number): { status: number; errorCode: string } {
  let found = { status: 0, errorCode: '' };
  for (let p = start; p < end; p++) {
    if (b[p] !== QUOTE || b[p + 1] !== SPACE || b[p + 5] !== SPACE) continue;
    const status = Number(text(b, p + 2, p + 5));
    if (!(status >= 100 && status <= 599)) continue;
    const errorCode = text(b, p + 6, wordEnd(b, p + 6, end));
    if (!/^(?:-|[A-Za-z][A-Za-z0-9.]{0,63})$/.test(errorCode)) continue;
    if (found.status !== 0) return { status: 0, errorCode: '' };
    found = { status, errorCode: value(errorCode) };
  }
  return found;
}

function wordEnd(b: Buffer, start: number, end: number): number {
  let p = start;
  while (p < end && b[p] !== SPACE) p++;
  return p;
}

function text(b: Buffer, start: number, end: number): string {
  return b.toString('latin1', start, Math.min(end, start + MAX_VALUE_LENGTH));
}

function value(word: string): string {
  return word === '-' ? '' : word;
}

function standsAt(b: Buffer, start: number, end: number, words: Buffer): boolean {
  if (end - start < words.length) return false;
  for (let i = 0; i < words.length; i++) if (b[start + i] !== words[i]) return false;
  return true;
}

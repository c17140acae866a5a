// AWS signatures as they stand in texts: the Authorization header in any notation that logs use, presigned queries, and the blocks that
// botocore and error answers print. Pure: text in, what was found out. The signature itself is a secret: hand it to a fingerprint.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html

import type { EpochMs } from './record.ts';

export interface SignatureTrace {
  /** canonical-request and string-to-sign hold no signature, but all that it was made of but the secret key. */
  readonly kind: 'header' | 'presigned' | 'signature-block' | 'string-to-sign' | 'canonical-request';
  readonly scheme: 'SigV4' | 'SigV4A' | 'SigV2';
  /** '' where the text does not say. */
  readonly keyId: string;
  /** `YYYYMMDD` of the credential scope ('' when unknown). */
  readonly scopeDate: string;
  readonly region: string;
  readonly service: string;
  /** When it was signed (X-Amz-Date); NaN when the text does not say. */
  readonly signedMs: EpochMs;
  /** Until when it is good. Presigned: signing time and X-Amz-Expires; otherwise signing time and the service's window; NaN when unknown. */
  readonly validUntilMs: EpochMs;
  /** The signature; the whole block where there is none. Secret: never kept, never shown. */
  readonly secret: string;
  /** A session token stands beside it. */
  readonly hasSessionToken: boolean;
  /** What a presigned URL of S3 says besides: its object as `bucket/key`, and signing time and validity as written. */
  readonly url?: { readonly object: string; readonly signed: string; readonly expires: string };
  /** Where it stands in the text, UTF-16 units, end exclusive. */
  readonly start: number;
  readonly end: number;
}

const MINUTE_MS = 60_000;
/**
 * How long a signed request is accepted after its signing time: 5 minutes "in most cases"
 * (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html), 15 minutes by S3
 * (https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html).
 */
export function signatureWindowMs(service: string): number {
  return /^(?:s3|s3express|s3-outposts|s3-object-lambda)$/.test(service) ? 15 * MINUTE_MS : 5 * MINUTE_MS;
}

/** Longest presigned query: 7 days. https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html (X-Amz-Expires) */
export const MAX_PRESIGNED_SECONDS = 604_800;

/** Signatures looked for in one text: bounds the answer for hostile texts. */
export const MAX_TRACES = 64;
/** A header's other fields (date, token) are looked for this far before and behind it, characters. */
const NEIGHBOURHOOD = 2_500;
/** Longest Authorization header value: key id, scope and 60 signed headers; characters. */
const MAX_HEADER_LENGTH = 2_500;
/** Longest canonical request: headers with a session token; characters. */
const MAX_CANONICAL_LENGTH = 8 * 1024;

const NEW_LINE = '(?:\\r?\\n|\\\\n)';
const SLASH = '(?:\\\\?/|%2[Ff])';
const SCOPE = `(\\d{8})${SLASH}(?:([a-z0-9-]{2,32})${SLASH})?([a-z0-9._-]{2,64})${SLASH}aws4_request`;

const ALGORITHM = /AWS4-(HMAC-SHA256|ECDSA-P256-SHA256)/g;
const CREDENTIAL = new RegExp(`^(?:\\s|\\+|%20){1,4}Credential=([A-Za-z0-9_.-]{4,128})${SLASH}${SCOPE}`);
const HEADER_SIGNATURE = /[\s,+]Signature=([0-9a-f]{64,148})(?![0-9a-f])/;
const STRING_TO_SIGN = new RegExp(`^${NEW_LINE}(\\d{8}T\\d{6}Z)${NEW_LINE}${SCOPE}${NEW_LINE}([0-9a-f]{64})`);
/** Exported lines begin with their time, also those of one block. */
const SIGNATURE_BLOCK = new RegExp(
  `Signature:[ \\t]{0,4}${NEW_LINE}\\s{0,8}(?:\\d{4}-\\d\\d-\\d\\dT[0-9:.]{8,18}Z )?([0-9a-f]{64})(?![0-9a-f])`,
  'g',
);
/**
 * Headings of canonical requests: botocore's; in Java `AWS4 Canonical Request: '"GET`
 * (https://github.com/aws/aws-sdk-java-v2/pull/5153), in C++ `Canonical Request String: GET`
 * (https://github.com/aws/aws-sdk-cpp/issues/17), in Go `---[ CANONICAL STRING  ]---`
 * (https://github.com/versity/versitygw/issues/62), and the XML of a SignatureDoesNotMatch.
 */
const CANONICAL_REQUEST = new RegExp(
  `(?:Canonical ?Request(?: String)?:[ \\t]{0,4}['"\\\\]{0,4}|<CanonicalRequest>|CANONICAL STRING {1,2}\\]-{5,60})(?:${NEW_LINE})?(?=(?:GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS)${NEW_LINE})`,
  'g',
);
const CANONICAL_END = new RegExp(
  `${NEW_LINE}(?:[0-9a-f]{64}|UNSIGNED-PAYLOAD|STREAMING-[A-Z0-9-]{4,60})(?![0-9A-Za-z-])`,
);
const SIGNING_DATE = /x-amz-date["'\]\s:=,([b>\\]{1,12}(\d{8}T\d{6}Z)/gi;
const SESSION_TOKEN = /x-amz-security-token["'\]\s:=,([b>\\]{1,12}[A-Za-z0-9+/%_-]{40}/i;
const QUERY_SIGNATURE = /X-Amz-Signature["']?\s?(?:=|:|%3D)\s?["'[]{0,2}([0-9a-f]{64,148})(?![0-9a-f])/gi;
const OLD_QUERY = /[?&;"'\s]AWSAccessKeyId(?:=|%3D)([A-Z0-9]{16,128})(?![A-Za-z0-9])/g;
const OLD_HEADER = /(?:^|[\s"':])AWS ([A-Z0-9]{16,128}):([A-Za-z0-9+/]{27}=)/g;

/** All signatures in a text, in the order in which they stand; equal ones once. */
export function findSignatures(text: string): SignatureTrace[] {
  const traces: SignatureTrace[] = [];
  findByAlgorithm(text, traces);
  findPresigned(text, traces);
  findBlocks(text, traces);
  findOld(text, traces);
  const seen = new Set<string>();
  return traces
    .sort((a, b) => a.start - b.start)
    .filter((trace) => {
      const mark = `${trace.kind} ${trace.secret}`;
      if (seen.has(mark)) return false;
      seen.add(mark);
      return true;
    })
    .slice(0, MAX_TRACES);
}

/** `YYYYMMDDTHHMMSSZ` as milliseconds; NaN for anything else, also for a 31st of February. */
export function parseAmzDate(text: string): EpochMs {
  const parts = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text);
  if (parts === null) return Number.NaN;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  const back = new Date(time).toISOString().replace(/[-:]|\.000/g, '');
  return back === text ? time : Number.NaN;
}

function findByAlgorithm(text: string, traces: SignatureTrace[]): void {
  for (const match of bounded(text.matchAll(ALGORITHM))) {
    const scheme = match[1] === 'HMAC-SHA256' ? 'SigV4' : 'SigV4A';
    const start = match.index;
    const rest = text.slice(start + match[0].length, start + MAX_HEADER_LENGTH);
    const block = STRING_TO_SIGN.exec(rest);
    if (block !== null) {
      const [whole, date, scopeDate, region = '', service, hash] = block;
      traces.push({
        kind: 'string-to-sign',
        scheme,
        keyId: '',
        scopeDate: scopeDate!,
        region,
        service: service!,
        ...signedAt(parseAmzDate(date!), service!),
        secret: `${date} ${scopeDate} ${region} ${service} ${hash}`,
        hasSessionToken: false,
        start,
        end: start + match[0].length + whole.length,
      });
      continue;
    }
    const credential = CREDENTIAL.exec(rest);
    if (credential === null) continue;
    const [, keyId, scopeDate, region = '', service] = credential;
    // Another header behind this one must not lend its signature.
    const next = rest.indexOf('AWS4-');
    const signature = HEADER_SIGNATURE.exec(next === -1 ? rest : rest.slice(0, next));
    if (signature === null) continue;
    const end = start + match[0].length + signature.index + signature[0].length;
    const around = text.slice(Math.max(0, start - NEIGHBOURHOOD), end + NEIGHBOURHOOD);
    traces.push({
      kind: 'header',
      scheme,
      keyId: keyId!,
      scopeDate: scopeDate!,
      region,
      service: service!,
      ...signedAt(nearestDate(around, Math.min(start, NEIGHBOURHOOD), end - start, scopeDate!), service!),
      secret: signature[1]!,
      hasSessionToken: SESSION_TOKEN.test(around),
      start,
      end,
    });
  }
}

/** A date behind the end of a line is farther away than any on it: the line may be another request's. */
const LINE_DISTANCE = 10_000;

/** The signing date beside a header of `length` characters at `from`: of the scope's day, and the nearest where there are several. */
function nearestDate(around: string, from: number, length: number, scopeDate: string): EpochMs {
  let best = Number.NaN;
  let bestDistance = Infinity;
  for (const match of bounded(around.matchAll(SIGNING_DATE))) {
    const distance = distanceOf(around, match.index, from, from + length);
    if (!match[1]!.startsWith(scopeDate) || distance >= bestDistance) continue;
    const time = parseAmzDate(match[1]!);
    if (Number.isNaN(time)) continue;
    best = time;
    bestDistance = distance;
  }
  return best;
}

function distanceOf(text: string, at: number, from: number, till: number): number {
  const between = at < from ? text.slice(at, from) : text.slice(till, Math.max(at, till));
  return between.length + (between.split('\n').length - 1) * LINE_DISTANCE;
}

function findPresigned(text: string, traces: SignatureTrace[]): void {
  for (const match of bounded(text.matchAll(QUERY_SIGNATURE))) {
    const { start, end, query } = queryAround(text, match.index, match.index + match[0].length);
    const credential = decode(parameter(query, 'X-Amz-Credential'));
    const parts = credential.split('/');
    if (parts.length < 4 || parts.at(-1) !== 'aws4_request') continue;
    const signed = parameter(query, 'X-Amz-Date');
    const signedMs = parseAmzDate(signed);
    const expires = parameter(query, 'X-Amz-Expires');
    const object = objectOfUrl(query);
    const seconds = /^\d{1,7}$/.test(expires) ? Math.min(Number(expires), MAX_PRESIGNED_SECONDS) : Number.NaN;
    traces.push({
      kind: 'presigned',
      scheme: parameter(query, 'X-Amz-Algorithm').includes('ECDSA') ? 'SigV4A' : 'SigV4',
      keyId: parts[0]!,
      scopeDate: parts[1]!,
      region: parts.length === 5 ? parts[2]! : '',
      service: parts.at(-2)!,
      signedMs,
      validUntilMs: signedMs + seconds * 1000,
      secret: match[1]!,
      hasSessionToken: parameter(query, 'X-Amz-Security-Token') !== '',
      ...(object === '' || Number.isNaN(signedMs) ? {} : { url: { object, signed, expires } }),
      start,
      end,
    });
  }
}

const S3_HOST = /(?:^|\.)s3[.-]/i;

/** `bucket/key` of a URL in either style: https://docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html; '' for what is none. */
function objectOfUrl(url: string): string {
  const end = url.indexOf('?');
  const host = url.lastIndexOf('://', end) + 3;
  const path = url.indexOf('/', host) + 1;
  if (end === -1 || host === 2 || path === 0 || path > end) return '';
  const name = url.slice(host, path - 1);
  const place = S3_HOST.exec(name);
  if (place === null || !name.includes('.amazonaws.com', place.index)) return '';
  const object = decode(url.slice(path, end));
  return place.index === 0 ? object : `${name.slice(0, place.index)}/${object}`;
}

function findBlocks(text: string, traces: SignatureTrace[]): void {
  const unknown = { scheme: 'SigV4', keyId: '', scopeDate: '', region: '', service: '' } as const;
  for (const match of bounded(text.matchAll(SIGNATURE_BLOCK))) {
    traces.push({
      ...unknown,
      kind: 'signature-block',
      signedMs: Number.NaN,
      validUntilMs: Number.NaN,
      secret: match[1]!,
      hasSessionToken: false,
      start: match.index,
      end: match.index + match[0].length,
    });
  }
  for (const match of bounded(text.matchAll(CANONICAL_REQUEST))) {
    const start = match.index + match[0].length;
    const rest = text.slice(start, start + MAX_CANONICAL_LENGTH);
    const end = CANONICAL_END.exec(rest);
    if (end === null) continue;
    const block = rest.slice(0, end.index + end[0].length).replaceAll('\\n', '\n');
    const date = /\nx-amz-date:(\d{8}T\d{6}Z)/i.exec(block);
    const host = /\nhost:([a-z0-9.-]{3,255})/i.exec(block);
    const place = host === null ? { service: '', region: '' } : serviceOfHost(host[1]!);
    traces.push({
      ...unknown,
      ...place,
      kind: 'canonical-request',
      ...signedAt(date === null ? Number.NaN : parseAmzDate(date[1]!), place.service),
      secret: block,
      hasSessionToken: SESSION_TOKEN.test(block),
      start: match.index,
      end: start + end.index + end[0].length,
    });
  }
}

/** Signature version 2: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTAuthentication.html */
function findOld(text: string, traces: SignatureTrace[]): void {
  const shared = { scheme: 'SigV2', scopeDate: '', region: '', service: 's3', signedMs: Number.NaN } as const;
  for (const match of bounded(text.matchAll(OLD_QUERY))) {
    const { start, end, query } = queryAround(text, match.index + 1, match.index + match[0].length);
    const signature = decode(parameter(query, 'Signature'));
    if (!/^[A-Za-z0-9+/ ]{27}=$/.test(signature)) continue;
    const expires = parameter(query, 'Expires');
    traces.push({
      ...shared,
      kind: 'presigned',
      keyId: match[1]!,
      validUntilMs: /^\d{9,11}$/.test(expires) ? Number(expires) * 1000 : Number.NaN,
      secret: signature.replaceAll(' ', '+'),
      hasSessionToken: parameter(query, 'x-amz-security-token') !== '',
      start,
      end,
    });
  }
  for (const match of bounded(text.matchAll(OLD_HEADER))) {
    traces.push({
      ...shared,
      kind: 'header',
      keyId: match[1]!,
      validUntilMs: Number.NaN,
      secret: match[2]!,
      hasSessionToken: SESSION_TOKEN.test(
        text.slice(Math.max(0, match.index - NEIGHBOURHOOD), match.index + NEIGHBOURHOOD),
      ),
      start: match.index,
      end: match.index + match[0].length,
    });
  }
}

function signedAt(signedMs: EpochMs, service: string): { signedMs: EpochMs; validUntilMs: EpochMs } {
  return { signedMs, validUntilMs: signedMs + signatureWindowMs(service) };
}

/** The URL around a position: up to white space or a quote. Where parameters stand in a map, its neighbourhood. */
function queryAround(text: string, from: number, to: number): { start: number; end: number; query: string } {
  const limit = 4_000;
  const isMap = /["']\s?:|\\"/.test(text.slice(from, to));
  const stop = isMap ? /[{}]/ : /[\s"'<>`]/;
  let start = from;
  while (start > 0 && from - start < limit && !stop.test(text[start - 1]!)) start--;
  let end = to;
  while (end < text.length && end - to < limit && !stop.test(text[end]!)) end++;
  return { start, end, query: text.slice(start, end) };
}

/** Value of a query parameter (`&name=`, `&amp;name=`, `"name": "`), '' when absent. Names compare in any case. */
function parameter(query: string, name: string): string {
  const pattern = new RegExp(
    `(?:^|[?&;"'\\s{,])${name}["']?\\s?(?:=|:|%3D)\\s?["'[]{0,2}([^&"'\\s<>\\]{}]{1,4000})`,
    'i',
  );
  return pattern.exec(query)?.[1] ?? '';
}

function decode(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

/** `dynamodb.us-east-1.amazonaws.com` names service and region; other hosts give ''. */
function serviceOfHost(host: string): { service: string; region: string } {
  const match =
    /^(?:[a-z0-9.-]{1,200}\.)?([a-z0-9-]{2,40})\.([a-z]{2,3}(?:-[a-z]{2,10}){1,2}-\d)\.(?:amazonaws\.com|api\.aws)/.exec(
      host,
    );
  return match === null ? { service: '', region: '' } : { service: match[1]!, region: match[2]! };
}

function* bounded<T>(matches: Iterable<T>): Generator<T> {
  let count = 0;
  for (const match of matches) {
    if (count++ >= MAX_TRACES) return;
    yield match;
  }
}

// Where a text says that a client uses no TLS to AWS, checks no certificate, or found a bad one. Only endpoints of AWS and settings of
// its clients count: that something else speaks plain HTTP, or to a host without a good certificate, is no matter of this rule.

import { HINT } from '../secrets/prefilter.ts';
import { readHost } from './endpoint-host.ts';
import {
  ABOUT_AWS,
  HOST,
  NEAR,
  PATTERNS,
  type Pattern,
  type PlainKind,
  USER,
} from './plain-endpoint-patterns.ts';

export type { PlainKind } from './plain-endpoint-patterns.ts';

export interface PlainEndpoint {
  readonly kind: PlainKind;
  /** Which pattern: part of the finding's identity. */
  readonly pattern: string;
  /** '' where the words name none. */
  readonly host: string;
  readonly toAws: boolean;
}

export const PLAIN_HINTS = HINT.plainEndpoint | HINT.verificationOff | HINT.certificateFailure;
/** Of one pattern in one text. */
const MAX_FOUND = 16;
/** Places of one pattern that are looked at: most are of other hosts. */
const MAX_LOOKED_AT = 200;
/** The longest name before a port, with an address in between. */
const MAX_BEFORE = 320;

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.client.run-application.html */
const DAX_CLUSTER =
  /^[a-z0-9.-]{1,120}\.dax-clusters\.(?:[a-z0-9-]{2,40}\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/;
const ANY_AWS_HOST =
  /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn|amazonaws\.eu|c2s\.ic\.gov|sc2s\.sgov\.gov|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$/;
/** Interface endpoints are of any service. */
const OTHER_INTERFACE_ENDPOINT = /(?:^|\.)vpce-(?!.*\.dynamodb\.)/;

/** Endpoints of DynamoDB, Streams, accounts and DAX, in every partition. */
function isDynamoDbHost(host: string): boolean {
  if (DAX_CLUSTER.test(host)) return true;
  return readHost(host).kind === 'endpoint' && !OTHER_INTERFACE_ENDPOINT.test(host);
}

/** Emulators, this machine, and names that only examples have. One label alone is a container's name: AWS has no such host. */
const LOCAL_HOST =
  /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?|(?:host|gateway)\.docker\.internal|[^.]{1,63}|(?:[^.]{1,63}\.){1,6}(?:localhost|localdomain|test|example|invalid|local)|(?:.{1,200}\.)?example\.(?:com|org|net)|(?:.{1,200}\.)?localhost\.localstack\.cloud|(?:dynamodb-local|localstack|moto|dynalite)(?:[.-].{1,200})?)$/;

const BESIDE = new RegExp(
  `https?://${USER}${HOST}|(?<![A-Za-z0-9])host(?:name)?["']?\\s{0,3}[=:]\\s{0,3}["']${HOST}|Certificate for <${HOST}>|verify failed for ${HOST}|, host ${HOST}`,
  'gi',
);
/** Where error messages send their readers. */
const MANUAL =
  /(?:^|\.)(?:readthedocs\.io|nodejs\.org|github\.com|python\.org|stackoverflow\.com|curl\.se|curl\.haxx\.se|openssl\.org|oracle\.com|golang\.org|go\.dev|microsoft\.com|aka\.ms|docs\.aws\.amazon\.com)$/;

/** What a text says, each pattern and host once. `hints` are bits of HINT that the prefilter found. */
export function findPlainEndpoints(text: string, hints: number): PlainEndpoint[] {
  const found: PlainEndpoint[] = [];
  for (const pattern of PATTERNS) {
    if ((hints & pattern.hint) === 0) continue;
    let looked = 0;
    let count = 0;
    for (const match of text.matchAll(pattern.words)) {
      if (++looked > MAX_LOOKED_AT || count >= MAX_FOUND) break;
      const one = readMatch(text, pattern, match);
      if (one === null || found.some((known) => isSame(known, one))) continue;
      found.push(one);
      count++;
      // A certificate error is often told twice in one record (exception and its cause): it happened once.
      if (one.host === '') break;
    }
  }
  return found;
}

/** Plain HTTP to one host is one thing, however many patterns see it. */
function isSame(known: PlainEndpoint, one: PlainEndpoint): boolean {
  if (known.host !== one.host) return false;
  return known.pattern === one.pattern || (one.kind === 'plain-http' && known.kind === one.kind);
}

function readMatch(text: string, pattern: Pattern, match: RegExpExecArray): PlainEndpoint | null {
  const { name, kind, reach = NEAR, near, notNear } = pattern;
  const end = match.index + match[0].length;
  const before = text.slice(Math.max(0, match.index - reach), match.index);
  const after = text.slice(end, end + reach);
  const beside = before + after;
  const host = hostOf(text, pattern, match, beside);
  if (host === null || (host !== '' && LOCAL_HOST.test(host))) return null;
  if (pattern.onlyDynamoDb === true && !isDynamoDbHost(host)) return null;
  const toAws = ANY_AWS_HOST.test(host);
  if (!toAws) {
    if (near !== undefined && !near.test(beside)) return null;
    if (notNear?.test(beside) === true) return null;
  }
  if (kind === 'plain-http' || pattern.everywhere === true) return { kind, pattern: name, host, toAws };
  return isOfOthers(host, before + match[0] + after) ? null : { kind, pattern: name, host, toAws };
}

/** Null where the pattern wants a host and there is none. */
function hostOf(text: string, pattern: Pattern, match: RegExpExecArray, beside: string): string | null {
  const { hostBefore, hostNear } = pattern;
  if (hostBefore !== undefined) {
    const before = text.slice(Math.max(0, match.index - MAX_BEFORE), match.index);
    return plainName(hostBefore.exec(before)?.[1] ?? null);
  }
  if (hostNear === undefined) return plainName(match[1] ?? '');
  let found: string | null = null;
  for (const one of beside.matchAll(hostNear)) {
    const host = plainName(one[1]!);
    if (host !== null && isDynamoDbHost(host)) return host;
    found ??= host;
  }
  return found;
}

function plainName(host: string | null): string | null {
  return host === null ? null : host.replace(/\.$/, '').toLowerCase();
}

/** All hosts that are named are of emulators, of this machine, or of others, and no client of AWS is. */
function isOfOthers(host: string, beside: string): boolean {
  const hosts = host === '' ? [] : [host];
  for (const match of beside.matchAll(BESIDE)) {
    const name = plainName(match.slice(1).find((host) => host !== undefined)!)!;
    if (!MANUAL.test(name)) hosts.push(name);
  }
  if (hosts.length === 0 || hosts.some((name) => ANY_AWS_HOST.test(name))) return false;
  return hosts.every((name) => LOCAL_HOST.test(name)) || !ABOUT_AWS.test(beside);
}

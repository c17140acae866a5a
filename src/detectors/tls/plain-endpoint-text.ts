// The words in which clients say that they use no TLS, check no certificate, or found a bad one.

import { HINT } from '../secrets/prefilter.ts';

export type PlainKind = 'plain-http' | 'verification-off' | 'certificate-failure';

export interface PlainEndpoint {
  readonly kind: PlainKind;
  /** Which pattern: part of the finding's identity. */
  readonly pattern: string;
  /** '' where the words name none. */
  readonly host: string;
  readonly toAws: boolean;
}

export const PLAIN_HINTS = HINT.plainEndpoint | HINT.verificationOff | HINT.certificateFailure;
const MAX_MATCHES = 16;

/**
 * Hosts of DynamoDB, Streams, account endpoints and DAX.
 * https://docs.aws.amazon.com/general/latest/gr/ddb.html; DAX: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAX.client.run-application.html
 */
const AWS_HOST =
  /^(?:dynamodb(?:-fips)?|streams[.-]dynamodb(?:-fips)?|search-(?:ddb|dynamodb)(?:-fips)?|\d{12}\.(?:search-)?ddb|vpce-[a-z0-9-]{8,60}\.(?:streams\.)?dynamodb|[a-z0-9.-]{1,120}\.dax-clusters)\.(?:[a-z0-9.-]{2,80}\.)?(?:amazonaws\.com(?:\.cn)?|api\.aws)$/i;
const ANY_AWS_HOST = /\.(?:amazonaws\.com(?:\.cn)?|api\.aws|api\.amazonwebservices\.com\.cn)$/i;

/** Emulators and this machine. One label alone is a container's name: AWS has no such host. */
const LOCAL_HOST =
  /^(?:localhost|127(?:\.\d{1,3}){3}|0\.0\.0\.0|\[?::1\]?|host\.docker\.internal|[^.]{1,63}|(?:[^.]{1,63}\.){1,6}(?:localhost|test|example|invalid|local)|(?:.{1,200}\.)?example\.(?:com|org|net)|(?:.{1,200}\.)?localhost\.localstack\.cloud|(?:dynamodb-local|localstack)(?:[.-].{1,200})?)$/i;

interface Pattern {
  readonly name: string;
  readonly kind: PlainKind;
  readonly hint: number;
  /** Group 1 is the host, where the words name one. */
  readonly words: RegExp;
  /** Only where the host is one of DynamoDB's (other services have rules of their own). */
  readonly onlyDynamoDb?: boolean;
  /** Words that must stand near, because the pattern alone is said of other things too. */
  readonly near?: RegExp;
}

const HOST = '([A-Za-z0-9._\\-]{1,255}|\\[[0-9a-fA-F:]{2,45}\\])';
/** What is near `verify=False` when it is about certificates: other programs verify signatures, e-mail addresses and passwords. */
const ABOUT_TLS =
  /\b(?:requests|httpx|boto3|botocore|urllib3|aiohttp|https|ssl|tls|certs?|certificates?|endpoint_url|dynamodb|amazonaws)\b|(?:session|client|resource)\s?\(/i;
/** How far `near` looks to either side, characters. */
const NEAR = 200;

const PATTERNS: readonly Pattern[] = [
  {
    // An XML name space (http://dynamodb.amazonaws.com/doc/2012-08-10/) is a name, not an address.
    name: 'http-endpoint',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9])http://${HOST}(?!/doc/)(?![A-Za-z0-9._-])`, 'gi'),
    onlyDynamoDb: true,
  },
  {
    // urllib3 at level DEBUG: https://github.com/urllib3/urllib3/blob/main/src/urllib3/connectionpool.py (HTTPConnectionPool._new_conn)
    name: 'new-http-connection',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`Starting new HTTP connection \\(\\d{1,9}\\): ${HOST}`, 'gi'),
    onlyDynamoDb: true,
  },
  {
    // https://docs.aws.amazon.com/sdkref/latest/guide/feature-ss-endpoints.html
    name: 'endpoint-setting',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(
      `AWS_ENDPOINT_URL(?:_DYNAMODB(?:_STREAMS)?)?["']?\\s{0,3}[=:]\\s{0,3}["']?http://${HOST}`,
      'gi',
    ),
  },
  {
    name: 'endpoint-argument',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9_])endpoint_url["']?\\s{0,3}=\\s{0,3}["']http://${HOST}`, 'gi'),
  },
  {
    // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html
    name: 'dax-endpoint',
    kind: 'plain-http',
    hint: HINT.plainEndpoint,
    words: new RegExp(`(?<![A-Za-z0-9])dax://${HOST}`, 'gi'),
  },
  {
    name: 'use-ssl-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /(?<![A-Za-z0-9_])use_ssl\s?=\s?False\b/gi,
  },
  {
    name: 'verify-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /(?<![A-Za-z0-9_])verify\s?=\s?False\b/gi,
    near: ABOUT_TLS,
  },
  {
    // https://urllib3.readthedocs.io/en/stable/advanced-usage.html#tls-warnings
    name: 'unverified-request',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: new RegExp(`Unverified HTTPS request is being made(?: to host '${HOST})?`, 'gi'),
  },
  {
    // https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue
    name: 'node-tls-reject-unauthorized',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /NODE_TLS_REJECT_UNAUTHORIZED["']?(?:\s?[=:]\s?["']?0(?![0-9])| environment variable to ["']0)/gi,
  },
  {
    name: 'reject-unauthorized-false',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /rejectUnauthorized["']?\s{0,3}[=:]\s{0,3}["']?false\b/gi,
  },
  {
    // https://pkg.go.dev/crypto/tls#Config
    name: 'insecure-skip-verify',
    kind: 'verification-off',
    hint: HINT.verificationOff,
    words: /InsecureSkipVerify["']?\s{0,3}[=:]\s{0,3}["']?true\b/gi,
  },
  {
    // OpenSSL (Python, Ruby, curl), Node, Go and Java say it in their own words.
    name: 'certificate-verify-failed',
    kind: 'certificate-failure',
    hint: HINT.certificateFailure,
    words:
      /CERTIFICATE_VERIFY_FAILED|certificate verify failed|UNABLE_TO_VERIFY_LEAF_SIGNATURE|unable to verify the first certificate|(?:DEPTH_ZERO_)?SELF_SIGNED_CERT|x509: certificate signed by unknown authority|PKIX path building failed/gi,
  },
];

const BESIDE_URL = new RegExp(`https?://${HOST}`, 'gi');

/** What a text says, each pattern and host once. `hints` are bits of HINT that the prefilter found. */
export function findPlainEndpoints(text: string, hints: number): PlainEndpoint[] {
  const found: PlainEndpoint[] = [];
  for (const { name, kind, hint, words, onlyDynamoDb, near } of PATTERNS) {
    if ((hints & hint) === 0) continue;
    let count = 0;
    for (const match of text.matchAll(words)) {
      if (++count > MAX_MATCHES) break;
      const host = (match[1] ?? '').replace(/\.$/, '').toLowerCase();
      if (host !== '' && LOCAL_HOST.test(host)) continue;
      if (onlyDynamoDb === true && !AWS_HOST.test(host)) continue;
      const beside = around(text, match.index, match[0].length);
      if (near !== undefined && !near.test(beside)) continue;
      if (kind === 'verification-off' && isForEmulator(beside)) continue;
      if (found.some((known) => known.pattern === name && known.host === host)) continue;
      found.push({ kind, pattern: name, host, toAws: ANY_AWS_HOST.test(host) });
      // A certificate error is often told twice in one record (exception and its cause): it happened once.
      if (host === '') break;
    }
  }
  return found;
}

/** All addresses beside it are of emulators or of this machine. */
function isForEmulator(beside: string): boolean {
  const hosts = [...beside.matchAll(BESIDE_URL)].map((match) => match[1]!.toLowerCase());
  return hosts.length > 0 && hosts.every((host) => LOCAL_HOST.test(host));
}

function around(text: string, at: number, length: number): string {
  return text.slice(Math.max(0, at - NEAR), at) + text.slice(at + length, at + length + NEAR);
}

// What AWS's keys and signatures look like where no pattern can say it: pairs of key id and secret, signed requests, presigned URLs.
// SEC-01, SEC-05 and SEC-06 look for them themselves; here the engine learns where they stand.

import { findSignatures, type SignatureTrace, signatureWindowMs } from '../../../records/sigv4.ts';
import { accountOfKeyId, isIssuedKey, keyPairsIn } from '../aws-key-text.ts';
import { type FoundSecret, prefix, type SecretKind, within, word } from '../secret-kind.ts';
import { KEY_IDS } from './aws.ts';

const HOUR_MS = 3_600_000;
/** How far the halves of a pair stand apart in one object, and a URL with its session token reaches, characters. */
const PAIR_REACH = 2_500;
const URL_REACH = 4_100;
const BLOCK_REACH = 9_000;
/** How far the other headers (or members) of a request stand that is written as a line each: these are short. */
const HEADER_LINES = 1_200;

function findPairs(text: string): FoundSecret[] {
  return keyPairsIn(text).map(({ keyId, secret }) => ({
    secret: secret.secret,
    start: secret.start,
    end: secret.end,
    verdict: {
      confidence: secret.named ? 0.97 : 0.8,
      verified: secret.named,
      facts: { keyId: keyId.keyId, keyAccount: accountOfKeyId(keyId.keyId) },
    },
  }));
}

/** A canonical request that holds a session token ends in front of it: the token is told by itself. */
const TOKEN_HEADER = /x-amz-security-token/i;

/** A finder for signatures of some kinds. */
function findTraces(kinds: readonly SignatureTrace['kind'][]) {
  return (text: string, timeMs: number, timeAt?: (at: number) => number): FoundSecret[] =>
    findSignatures(text).flatMap((trace) => {
      if (!kinds.includes(trace.kind) || !isIssuedKey(trace.keyId)) return [];
      const inside = text.indexOf(trace.secret, trace.start);
      const exact = inside !== -1 && inside < trace.end;
      const token = trace.hasSessionToken ? TOKEN_HEADER.exec(text.slice(trace.start, trace.end)) : null;
      return {
        secret: trace.secret,
        start: exact ? inside : trace.start,
        end:
          trace.kind === 'canonical-request' && token !== null
            ? trace.start + token.index
            : exact
              ? inside + trace.secret.length
              : trace.end,
        verdict: {
          confidence: 0.95,
          verified: trace.kind === 'header' || trace.kind === 'presigned',
          severity: severityOf(trace, timeAt?.(trace.start) ?? timeMs),
          facts: factsOf(trace),
        },
      };
    });
}

function severityOf({ kind, validUntilMs }: SignatureTrace, timeMs: number): 'HIGH' | 'MEDIUM' {
  const leftMs = validUntilMs - timeMs;
  return leftMs > (kind === 'presigned' ? HOUR_MS : 0) ? 'HIGH' : 'MEDIUM';
}

function factsOf(trace: SignatureTrace): Readonly<Record<string, string>> {
  const { keyId, service, region, validUntilMs, signedMs } = trace;
  return {
    ...(keyId === '' ? {} : { keyId }),
    ...(service === '' ? {} : { service }),
    ...(region === '' ? {} : { region }),
    ...(Number.isNaN(validUntilMs)
      ? Number.isNaN(signedMs)
        ? {}
        : { validUntil: new Date(signedMs + signatureWindowMs(service)).toISOString() }
      : { validUntil: new Date(validUntilMs).toISOString() }),
  };
}

export const SIGNATURE_KINDS: readonly SecretKind[] = [
  {
    name: 'aws-key-pair',
    title: 'AWS secret access key with its key id',
    rule: 'SEC-01',
    severity: 'CRITICAL',
    literals: KEY_IDS,
    before: PAIR_REACH,
    behind: PAIR_REACH,
    overLines: true,
    find: findPairs,
    rank: 1,
    source:
      'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids',
  },
  {
    name: 'sigv4-authorization-header',
    title: 'Signature of an AWS request',
    rule: 'SEC-05',
    severity: 'HIGH',
    literals: [
      ...within(HEADER_LINES, prefix('AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256')),
      ...prefix(`AWS ${'AK'}IA`, `AWS ${'AS'}IA`),
    ],
    before: PAIR_REACH,
    behind: PAIR_REACH,
    overLines: true,
    find: findTraces(['header']),
    rank: 1,
    source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html',
  },
  {
    name: 'sigv4-canonical-request',
    title: 'What an AWS request is signed with',
    rule: 'SEC-05',
    severity: 'MEDIUM',
    literals: prefix(
      ...['CanonicalRequest', 'Canonical Request', 'CANONICAL STRING'],
      ...['StringToSign', 'String to Sign', 'String to sign', 'string to sign', 'STRING TO SIGN'],
      ...['string-to-sign', 'Signature:', 'Signature%3A'],
    ),
    before: 16,
    behind: BLOCK_REACH,
    overLines: true,
    find: findTraces(['canonical-request', 'string-to-sign', 'signature-block']),
    rank: 1,
    source: 'https://github.com/boto/botocore/blob/develop/botocore/auth.py',
  },
  {
    name: 'presigned-url',
    title: 'Signature of a presigned AWS URL',
    rule: 'SEC-06',
    severity: 'HIGH',
    literals: within(HEADER_LINES, word('x-amz-signature', 'awsaccesskeyid=')),
    before: URL_REACH,
    behind: URL_REACH,
    overLines: true,
    find: findTraces(['presigned']),
    rank: 1,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html',
  },
];

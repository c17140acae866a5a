// JSON Web Tokens: RFC 7519 in the compact form of RFC 7515; encrypted ones RFC 7516.

import type { Severity } from '../../../findings/finding.ts';
import { sha256Hex } from '../../../lib/digest.ts';
import type { HmacHash } from '../../../lib/hmac.ts';
import type { Candidate, Verdict } from '../secret-kind.ts';
import { publishedKeyOf } from './well-known-keys.ts';

type JsonObject = Readonly<Record<string, unknown>>;

const HMAC_HASHES: Readonly<Record<string, HmacHash>> = { HS256: 'sha256', HS384: 'sha384', HS512: 'sha512' };
/** Fewest bytes of a signature: RFC 7518 section 3, RFC 8037, RFC 8812. A shorter one was cut by whoever wrote the line. */
const SIGNATURE_BYTES: Readonly<Record<string, number>> = {
  ...{
    HS256: 32,
    HS384: 48,
    HS512: 64,
    ES256: 64,
    ES256K: 64,
    ES384: 96,
    ES512: 132,
    EdDSA: 64,
    Ed25519: 64,
  },
  ...{ RS256: 128, RS384: 128, RS512: 128, PS256: 128, PS384: 128, PS512: 128, Ed448: 114 },
};
/** RFC 7519 section 4.1. */
const REGISTERED_CLAIMS = ['iss', 'sub', 'aud', 'exp', 'nbf', 'iat', 'jti'];
/** Only identity tokens have them: OpenID Connect Core 1.0, sections 2 and 3.3.2.11. */
const IDENTITY_CLAIMS = ['at_hash', 'c_hash', 's_hash', 'nonce'];
/** Numbers above are milliseconds, which some programs write for seconds: this many seconds are the year 5138. */
const MOST_SECONDS = 1e11;
/** Verdicts of the last tokens, by their digests: one request's token stands in many lines, and each new one costs a hundred keys. */
const REMEMBERED_SIGNATURES = 512;

const signedWith = new Map<string, string | null>();

export function checkJwt({ secret, timeMs }: Candidate): Verdict {
  const [header64 = '', payload64 = '', signature64 = ''] = secret.split('.');
  const header = jsonOf(header64);
  const payload = jsonOf(payload64);
  const algorithm = header?.alg;
  if (header === null || payload === null || typeof algorithm !== 'string')
    return { refused: 'failed-decoding' };
  const unsigned = algorithm.toLowerCase() === 'none';
  if (!unsigned && SIGNATURE_BYTES[algorithm] === undefined) return { refused: 'failed-decoding' };
  if (isPublishedExample(payload)) return { refused: 'published-example' };
  const expiresMs = expiryOf(payload) ?? expiryOf(header);
  const facts = factsOf(algorithm, payload, expiresMs);
  const said = (severity: Severity, why?: string, verified = true): Verdict => ({
    confidence: verified ? 0.95 : 0.8,
    verified,
    severity,
    facts,
    ...(why === undefined ? {} : { why }),
  });

  if (unsigned)
    return said('HIGH', 'it is not signed (alg none): what accepts it accepts one that anybody writes');
  const signature = Buffer.from(signature64, 'base64url');
  const hashName = HMAC_HASHES[algorithm];
  if (hashName !== undefined) {
    const source = signerOf(hashName, secret, signature);
    if (source !== null)
      return said(
        'CRITICAL',
        `signed with a well-known key (${source}): anybody can sign such tokens, for any user`,
      );
  }
  if (signature.length < SIGNATURE_BYTES[algorithm]!) {
    if (signature.length === 0) return { refused: 'masked' };
    return said('LOW', 'its signature was cut: it opens nothing, but shows what it says', false);
  }
  if (expiresMs !== null && expiresMs <= timeMs) return said('LOW', 'it had expired when it was logged');
  if (payload.iss === 'supabase' && payload.role === 'anon')
    return said('LOW', 'a key of role anon, made to be public');
  if (String(header.typ).toLowerCase() === 'dpop+jwt')
    return said('LOW', 'the proof of one request (DPoP), of no use for another');
  if (isIdentityToken(header, payload))
    return said('MEDIUM', 'an identity token: it says who somebody is, and few interfaces take it as a key');
  if (!REGISTERED_CLAIMS.some((claim) => claim in payload))
    return hashName === undefined
      ? said('LOW', 'signed data without any claim of a token', false)
      : said('HIGH', 'it has no expiry', false);
  return said('HIGH', expiresMs === null ? 'it has no expiry' : undefined);
}

/** Names and words before a token that is sent as it is. */
const GIVEN_AS_KEY = /(?:bearer[ +]|(?:refresh|access|session|id|auth)[-_.]?token["']{0,2}\s?[:=]\s?["']?)$/i;

/**
 * Nobody but its issuer can read an encrypted token. It is worth what an opaque one is: a key where it is given as one (refresh tokens of
 * Cognito, sessions of NextAuth), and otherwise likely some encrypted data.
 */
export function checkJwe({ secret, text, start, timeMs }: Candidate): Verdict {
  const header = jsonOf(secret.slice(0, secret.indexOf('.')));
  if (header === null || typeof header.alg !== 'string' || typeof header.enc !== 'string')
    return { refused: 'failed-decoding' };
  const facts = { algorithm: shortWord(header.alg), encryption: shortWord(header.enc) };
  const expiresMs = expiryOf(header);
  if (expiresMs !== null && expiresMs <= timeMs)
    return {
      confidence: 0.7,
      verified: true,
      facts,
      severity: 'LOW',
      why: 'it had expired when it was logged',
    };
  if (!GIVEN_AS_KEY.test(text.slice(Math.max(0, start - 40), start)))
    return { confidence: 0.7, verified: true, facts };
  return {
    confidence: 0.9,
    verified: true,
    facts,
    severity: 'HIGH',
    why: 'given as a key: encrypted tokens are sent as they are',
  };
}

function jsonOf(base64: string): JsonObject | null {
  const bytes = Buffer.from(base64, 'base64url');
  // `{"`: what is no object is not parsed.
  if (bytes[0] !== 0x7b || bytes.length < 2) return null;
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as JsonObject)
      : null;
  } catch {
    return null;
  }
}

function expiryOf(claims: JsonObject): number | null {
  const { exp } = claims;
  if (typeof exp !== 'number' || !Number.isFinite(exp) || exp <= 0) return null;
  return exp > MOST_SECONDS ? exp : exp * 1000;
}

/** The samples of https://jwt.io/ and of RFC 7519 section 3.1, whatever they are signed with. */
function isPublishedExample(payload: JsonObject): boolean {
  return (
    (payload.sub === '1234567890' && payload.name === 'John Doe') ||
    (payload.iss === 'joe' && 'http://example.com/is_root' in payload)
  );
}

/** Cognito says it itself: https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-id-token.html */
function isIdentityToken(header: JsonObject, payload: JsonObject): boolean {
  if (payload.token_use !== undefined) return payload.token_use === 'id';
  if (String(payload.typ).toLowerCase() === 'id') return true;
  // x-amzn-oidc-data, which a load balancer gives to its targets alone:
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
  if (typeof header.signer === 'string' && header.signer.startsWith('arn:')) return true;
  return (
    IDENTITY_CLAIMS.some((claim) => claim in payload) &&
    !('scope' in payload || 'scp' in payload || 'azpacr' in payload)
  );
}

/** Nothing of the payload but the host of its issuer, and of what sort its subject is: the rest may be about people. */
function factsOf(
  algorithm: string,
  payload: JsonObject,
  expiresMs: number | null,
): Readonly<Record<string, string>> {
  const facts: Record<string, string> = { algorithm };
  const issuer = typeof payload.iss === 'string' ? hostOf(payload.iss) : '';
  if (issuer !== '') facts.issuer = issuer;
  const subject = subjectSort(payload);
  if (subject !== '') facts.subject = subject;
  if (expiresMs === null) facts.expires = 'never';
  else if (expiresMs < 8.64e15) facts.expires = new Date(expiresMs).toISOString();
  return facts;
}

const HOST = /^(?:https?:\/\/)?([a-z0-9](?:[a-z0-9-]{0,62}\.){1,8}[a-z]{2,24})(?::\d{1,5})?(?:\/|$)/i;

function hostOf(issuer: string): string {
  return HOST.exec(issuer.slice(0, 300))?.[1]?.toLowerCase() ?? '';
}

function subjectSort(payload: JsonObject): string {
  const { sub } = payload;
  if (typeof sub !== 'string') return '';
  if (sub.startsWith('system:serviceaccount:')) return 'service account of Kubernetes';
  if (sub.endsWith('@clients') || payload.gty === 'client-credentials') return 'program';
  if (/^repo:/.test(sub)) return 'workflow of GitHub Actions';
  return sub.includes('@') ? 'e-mail address' : 'user or program';
}

function shortWord(text: string): string {
  return /^[A-Za-z0-9+-]{1,32}$/.test(text) ? text : 'unknown';
}

function signerOf(hashName: HmacHash, token: string, signature: Uint8Array): string | null {
  const digest = sha256Hex(token);
  const before = signedWith.get(digest);
  if (before !== undefined) return before;
  const message = Buffer.from(token.slice(0, token.lastIndexOf('.')), 'latin1');
  const source = publishedKeyOf(hashName, message, signature);
  if (signedWith.size >= REMEMBERED_SIGNATURES) signedWith.clear();
  signedWith.set(digest, source);
  return source;
}

// Names with passwords: HTTP Basic (RFC 7617), URLs with a password. And what is sent instead of a password: NTLM, SPNEGO.

import { sha256Hex } from '../../../lib/digest.ts';
import { isDocumentationHost, isLocalHost } from '../local-hosts.ts';
import { isPlaceholder, isWellKnownPassword } from '../not-a-secret.ts';
import type { Candidate, Refusal, Verdict } from '../secret-kind.ts';

/** Longest pair that is decoded: tokens are sent as passwords. */
const MAX_PAIR = 8192;
/** First 64 bits of the SHA-256 of the pairs that RFC 7617 and RFC 6749 print. */
const EXAMPLES: ReadonlySet<string> = new Set(['e30592c37ff33ddb', '3e545ee08a590a6b', '0189a906c33080d3']);
const CONTROL = /[\x00-\x1f\x7f]/;

/** The pair in base64; null when it is none. */
export function decodeBasic(base64: string): { readonly user: string; readonly password: string } | null {
  const bytes = Buffer.from(base64, 'base64');
  if (bytes.length < 3 || bytes.length > MAX_PAIR) return null;
  if (bytes.toString('base64').replace(/={1,8}$/, '') !== base64.replace(/={1,8}$/, '')) return null;
  const text = bytes.toString('utf8');
  // U+FFFD: no UTF-8. Older programs send latin1.
  const pair = text.includes('\ufffd') ? bytes.toString('latin1') : text;
  if (CONTROL.test(pair) || (pair !== text && /[\x80-\x9f]/.test(pair))) return null;
  const colon = pair.indexOf(':');
  return colon < 0 ? null : { user: pair.slice(0, colon), password: pair.slice(colon + 1) };
}

export function checkBasic({ secret }: Candidate): Verdict {
  const pair = decodeBasic(secret);
  if (pair === null) return { refused: 'failed-decoding' };
  const refused = refusePassword(pair.user, pair.password);
  if (refused !== null) return { refused };
  return passwordVerdict(pair.user, pair.password, '', true);
}

/** `\0name\0password` in base64, with the name to act for before it. */
export function checkMailPlain({ secret }: Candidate): Verdict {
  const parts = Buffer.from(secret, 'base64').toString('utf8').split('\0');
  const [, user = '', password = ''] = parts;
  if (
    parts.length !== 3 ||
    user === '' ||
    CONTROL.test(user + password) ||
    (user + password).includes('\ufffd')
  )
    return { refused: 'failed-decoding' };
  const refused = refusePassword(user, password);
  return refused === null ? passwordVerdict(user, password, '', true) : { refused };
}

/** `https://name:password@host`: groups `user` and `host`. */
export function checkUrlPassword({ secret, groups }: Candidate): Verdict {
  const user = groups.user ?? '';
  const host = groups.host ?? '';
  const refused = refusePassword(user, secret);
  if (refused !== null) return { refused };
  if (!/[A-Za-z0-9]/.test(host)) return { refused: 'placeholder' };
  // A port: `http://host:8080@...` does not exist, `http://a:80,b:80@` does in no URL.
  if (/^\d{1,5}$/.test(secret) && (user.includes('.') || secret.length < 4))
    return { refused: 'not-a-value' };
  return passwordVerdict(user, secret, host, false);
}

function refusePassword(user: string, password: string): Refusal | null {
  if (password === '') return 'placeholder';
  if (/\*{2}|x{4}|X{4}|\u2022|\u2026|^\.{3}|\[(?:redacted|filtered|masked)/i.test(password)) return 'masked';
  if (isPlaceholder(password) || /\$[{(]|\{\{|^\$|%[({]|^<|>$/.test(password)) return 'placeholder';
  if (EXAMPLES.has(sha256Hex(`${user}:${password}`).slice(0, 16))) return 'published-example';
  if (
    isWellKnownPassword(user) &&
    isWellKnownPassword(password) &&
    /^(?:user|username|example|foo)/i.test(user)
  )
    return 'placeholder';
  return null;
}

function passwordVerdict(user: string, password: string, host: string, verified: boolean): Verdict {
  const confidence = verified ? 0.95 : 0.85;
  if (host !== '' && (isLocalHost(host) || isDocumentationHost(host)))
    return {
      confidence: 0.6,
      verified,
      severity: 'LOW',
      why: 'the host is this machine or a name of documentation',
    };
  if (isWellKnownPassword(password) || password === user)
    return { confidence: 0.6, verified, severity: 'MEDIUM', why: 'a default password that everybody knows' };
  return { confidence, verified };
}

/** Message 3 of NTLM, which answers a challenge with what only the password gives. [MS-NLMP] section 2.2.1.3. */
export function checkNtlm({ secret }: Candidate): Verdict {
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length < 64 || bytes.readUInt32LE(8) !== 3) return { refused: 'failed-decoding' };
  const length = bytes.readUInt16LE(20);
  const offset = bytes.readUInt32LE(24);
  // Nobody's: an anonymous logon.
  if (length === 0) return { refused: 'placeholder' };
  if (length < 24 || offset + length > bytes.length) return { refused: 'failed-decoding' };
  return { confidence: 0.95, verified: true, facts: { scheme: length > 24 ? 'NTLMv2' : 'NTLMv1' } };
}

/** SPNEGO 1.3.6.1.5.5.2 and Kerberos 5 1.2.840.113554.1.2.2, in DER. RFC 4178, RFC 4121. */
const MECHANISMS = ['06062b0601050502', '06092a864886f712010202'];

export function checkNegotiate({ secret }: Candidate): Verdict {
  const bytes = Buffer.from(secret, 'base64');
  const head = bytes.subarray(0, 16).toString('hex');
  // [APPLICATION 0], its length, then the mechanism.
  if (
    !head.startsWith('60') ||
    !MECHANISMS.some((mechanism) => head.slice(4, 12 + mechanism.length).includes(mechanism))
  )
    return { refused: 'failed-decoding' };
  return { confidence: 0.9, verified: true };
}

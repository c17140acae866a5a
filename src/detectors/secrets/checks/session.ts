// What stands for somebody who has logged in, or is about to: cookies of sessions, links of mails, codes of logins.

import type { Candidate, Refusal, Verdict } from '../secret-kind.ts';
import { refuseOpaque } from './opaque.ts';
import { publishedSessionKeyOf } from './well-known-keys.ts';

/** Characters before a cookie in which its header begins. */
const HEADER_BEFORE = 1_000;
/** Characters behind a cookie in which its attributes stand. */
const ATTRIBUTES_BEHIND = 200;
const COOKIE_BEFORE = /cookies?\b["'\]]{0,2}\s{0,3}(?:[:={(,>]|=>)/i;
/** A list of headers, as AWS WAF writes them: `"name": "Cookie"`, `"value": "..."`. */
const COOKIE_MEMBER = /cookie["'],?\s{0,4}["']value["']\s?:\s?["'][^"'\n]{0,900}$/i;
/** Django's: 32 letters and digits, some of which are no hexadecimal digits. https://docs.djangoproject.com/en/stable/topics/http/sessions/ */
const DJANGO_SESSION = /^(?=[a-z0-9]{32}$)[0-9a-f]{0,31}[g-z]/;
const COOKIE_ATTRIBUTE = /^[^\n]{0,80}?;\s?(?:path|expires|max-age|httponly|secure|samesite|domain)\b/i;
/** Browsers drop such cookies: RFC 6265 section 5.3. */
const DROPPED = /;\s?max-age=(?:0|-\d{1,9})(?!\d)|;\s?expires=[a-z]{3,9}, 01[ -]jan[ -](?:19)?70/i;

/** A cookie whose name no other thing has. */
export function checkSessionCookie(candidate: Candidate): Verdict {
  const refused = refuseCookie(candidate);
  return refused === null ? { confidence: 0.85, verified: false } : { refused };
}

/** A cookie whose name (`session`, `sid`) other things have, too: only among cookies. */
export function checkAmbiguousCookie(candidate: Candidate): Verdict {
  if (!isAmongCookies(candidate)) return { refused: 'identifier' };
  const refused = refuseCookie(candidate);
  return refused === null ? { confidence: 0.8, verified: false } : { refused };
}

function refuseCookie({ secret, text, end }: Candidate): Refusal | null {
  const behind = text.slice(end, end + ATTRIBUTES_BEHIND);
  const ofCookie = behind.slice(0, /\n|,\s?[\w.-]{1,40}=|set-cookie/i.exec(behind)?.index ?? behind.length);
  // The comma of a date looks like that of the next cookie.
  if (DROPPED.test(ofCookie) || DROPPED.test(behind.split('\n', 1)[0]!.split(/set-cookie/i, 1)[0]!))
    return 'placeholder';
  // express-session: `s:` id `.` signature, https://github.com/tj/node-cookie-signature
  const value = secret.replace(/^s(?::|%3a)/i, '');
  return refuseOpaque(value);
}

function isAmongCookies({ text, start, end }: Candidate): boolean {
  const before = text.slice(Math.max(0, start - HEADER_BEFORE), start);
  const line = before.slice(before.lastIndexOf('\n') + 1);
  if (
    /sessionid["'\]]{0,2}\s{0,3}(?:=>|[:=])\s{0,3}["']?$/.test(line) &&
    DJANGO_SESSION.test(text.slice(start, end))
  )
    return true;
  return (
    COOKIE_MEMBER.test(before) ||
    COOKIE_BEFORE.test(line) ||
    COOKIE_ATTRIBUTE.test(text.slice(end, end + ATTRIBUTES_BEHIND))
  );
}

/** `payload.time.signature`, in base64url: https://itsdangerous.palletsprojects.com/en/stable/timed/ */
export function checkFlaskSession({ secret }: Candidate): Verdict {
  const [payload = '', time = '', signature = ''] = secret.replace(/^\./, '').split('.');
  const mac = Buffer.from(signature, 'base64url');
  // Seconds since 1970 in four bytes, 20 of HMAC-SHA1 (32 or 64 where the digest was changed).
  if (Buffer.from(time, 'base64url').length !== 4 || ![20, 32, 64].includes(mac.length))
    return { refused: 'failed-decoding' };
  const bytes = Buffer.from(payload, 'base64url');
  // zlib, or an object in JSON.
  const compressed = secret.startsWith('.');
  if (compressed ? bytes[0] !== 0x78 : bytes[0] !== 0x7b) return { refused: 'failed-decoding' };
  if (!compressed && bytes.length <= 2) return { refused: 'placeholder' };
  const source = publishedSessionKeyOf(Buffer.from(secret.slice(0, secret.lastIndexOf('.')), 'latin1'), mac);
  if (source === null) return { confidence: 0.95, verified: true };
  return {
    confidence: 0.99,
    verified: true,
    severity: 'CRITICAL',
    why: `signed with a well-known key (${source}): anybody can make such sessions, for any user`,
  };
}

/** Of Rails: `data--signature` in hex, or `data--iv--tag` in base64. */
export function checkRailsSession(candidate: Candidate): Verdict {
  const refused = refuseCookie(candidate);
  return refused === null ? { confidence: 0.95, verified: candidate.secret.includes('--') } : { refused };
}

/** A link of a mail. Words, and what is the id of something, are no tokens. */
function checkMailLink({ secret }: Candidate): Verdict {
  const value = secret.replace(/[.,:]{1,8}$/, '');
  if (value.length < 16) return { refused: 'wrong-length' };
  const refused = refuseOpaque(value);
  return refused === null ? { confidence: 0.85, verified: false } : { refused };
}

/** What links of mails have in their path. */
const MAIL_PAGE =
  /(?:re)?set[-_]?password|password[-_/]?(?:reset|change|recover|forgot|setup)|forgot[-_]?password|verif(?:y|ication)[-_/]?e?mail|e?mail[-_/]?(?:verif|confirm)|confirm[-_]?e?mail|\/confirm|\/activat|\/verify|\/unlock|magic[-_]?(?:link|login)|\/magic|passwordless|\/invit(?:e|ation)|account[-_/]recovery/i;
/** Characters of a URL in front of its token. */
const MAIL_URL = 300;

/** The parameter of a link: what the link is for stands before it. */
export function checkMailParameter(candidate: Candidate): Verdict {
  const before = candidate.text.slice(Math.max(0, candidate.start - MAIL_URL), candidate.start);
  if (!MAIL_PAGE.test(before.slice(lastBreak(before)))) return { refused: 'name-says-no' };
  return checkMailLink(candidate);
}

/** Parts of a path in front of its token: `/accounts/reset/NDI/`. */
const MAIL_PARTS = 4;
const MAIL_PATH =
  /\/(?:re)?set[-_]?password\/|\/password[-_/]?(?:reset|change|recover)\/|\/reset\/|\/verify[-_]?e?mail\/|\/e?mail[-_/](?:verify|confirm)\/|\/confirm[-_]?e?mail\/|\/activate\/|\/magic\/|\/magic[-_]?link\//i;

/** A part of a path: what the link is for stands in the parts before it. */
export function checkMailPath(candidate: Candidate): Verdict {
  const before = candidate.text.slice(Math.max(0, candidate.start - MAIL_URL), candidate.start);
  const parts = before.slice(lastBreak(before)).split('/');
  if (!MAIL_PATH.test(`/${parts.slice(-1 - MAIL_PARTS).join('/')}`)) return { refused: 'name-says-no' };
  return checkMailLink(candidate);
}

/** `code` stands for a login only where the same URL or form says what the login is of: RFC 6749 section 4.1.2, OpenID Connect. */
const BESIDE_CODE =
  /(?:[?&;"'\s]|^)(?:state|session_state|redirect_uri|grant_type|code_verifier|authuser|iss)(?:=|["']?\s?:)/i;
const URL_CHARACTERS = 1_000;

export function checkOauthCode({ secret, text, start, end }: Candidate): Verdict {
  const before = text.slice(Math.max(0, start - URL_CHARACTERS), start);
  const after = text.slice(end, end + URL_CHARACTERS);
  const url = before.slice(lastBreak(before)) + after.slice(0, /[\s"'<>]/.exec(after)?.index ?? after.length);
  if (!BESIDE_CODE.test(url)) return { refused: 'name-says-no' };
  const refused = refuseOpaque(secret);
  return refused === null ? { confidence: 0.85, verified: false } : { refused };
}

function lastBreak(text: string): number {
  for (let at = text.length - 1; at >= 0; at--) if (/[\s"'<>]/.test(text[at]!)) return at + 1;
  return 0;
}

/** The answer of an identity provider: XML in base64, deflated in a URL. https://docs.oasis-open.org/security/saml/v2.0/saml-bindings-2.0-os.pdf */
export function checkSamlResponse({ secret }: Candidate): Verdict {
  const start = Buffer.from(secret.slice(0, 400), 'base64').toString('latin1');
  if (!/^(?:\ufeff|\s{0,4})<(?:\?xml|[A-Za-z0-9]{0,12}:?(?:Response|Assertion))/.test(start))
    return { refused: 'failed-decoding' };
  return { confidence: 0.9, verified: true };
}

// Why a value is no secret, whatever kind it looks like: asked before a kind's own check, in stages with a name each. Typed kinds are
// asked the first ones only: their own format says the rest. What a generic kind matched has nothing but the name before it, and every
// stage must let it pass.

import { isPublishedToken } from './checks/opaque.ts';
import { isMasked, isPlaceholder, isPublishedExample, isWeakPassword } from './not-a-secret.ts';
import type { Candidate, Refusal, SecretKind } from './secret-kind.ts';
import { isTooPlain } from './value-tests/entropy.ts';
import { type NameReading, readName } from './value-tests/secret-names.ts';
import { isSequence } from './value-tests/sequences.ts';
import {
  isCode,
  isIdentifier,
  isIdentifierByForm,
  isPlainValue,
  isResourceName,
  isUuid,
} from './value-tests/shapes.ts';
import { readWords } from './value-tests/words.ts';

/** Rules whose findings also tell of default passwords: a weak password is no reason to say nothing. */
const TELLS_WEAK: ReadonlySet<string> = new Set(['SEC-10', 'SEC-11', 'SEC-18', 'SEC-24']);
/** Rules whose checks have stages of their own: in a Bearer header a UUID is a key, and a published default is what SEC-13 looks for. */
const OWN_STAGES: ReadonlySet<string> = new Set(['SEC-08', 'SEC-09', 'SEC-12', 'SEC-13', 'SEC-19']);
/** Characters in front of a value in which a word says that it is an id. */
const CHARACTERS_BEFORE = 64;
/** Share of a machine-made value that words may be: random letters hold one of three letters now and then. */
const MOSTLY_WORDS = 0.5;
/** The same of a password, which may hold one beside its numbers. */
const PARTLY_WORDS = 0.4;
/** Names of kinds of other families: only these words say no to them. */
const SAYS_NO_TO_ALL =
  /(?:^|[._-])(?:ids?|arn|type|count|length|policy|enabled|expiry|expires)$|[a-z](?:Arn|Type|Count|Length|Policy|Enabled)$/i;

/** Why a candidate is no secret; null when nothing speaks against it. */
export function refusalOfValue(candidate: Candidate, kind: SecretKind): Refusal | null {
  const refusal = refusalOf(candidate, kind);
  if (refusal !== null || !PERCENT.test(candidate.secret)) return refusal;
  // The text as it stands is looked at, too: `password=%5BFILTERED%5D`, and once more in a URL inside a URL.
  const plain = withoutPercent(withoutPercent(candidate.secret));
  return refusalOf({ ...candidate, secret: plain }, kind);
}

const PERCENT = /%[2-7][0-9A-Fa-f]/;

function withoutPercent(text: string): string {
  return text.replace(/%([2-7][0-9A-Fa-f])/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

function refusalOf(candidate: Candidate, kind: SecretKind): Refusal | null {
  const value = candidate.secret;
  if (isPublishedExample(value)) return 'published-example';
  if (isMasked(value)) return ONE_CHARACTER.test(value) ? 'sequence' : 'masked';
  if (kind.rank === 0 && standsInArn(candidate)) return 'identifier';
  if (OWN_STAGES.has(kind.rule)) return null;
  const weak = TELLS_WEAK.has(kind.rule) && isWeakPassword(value) && !isSequenceForToken(candidate, kind);
  if (kind.rank === 1) return isSequence(value, true) && !weak ? 'sequence' : null;
  if (isPlaceholder(value)) return 'placeholder';
  if (weak) return nameRefusal(candidate, kind);
  if (isSequence(value)) return 'sequence';
  return nameRefusal(candidate, kind) ?? genericRefusal(candidate);
}

/** `aaaaaaaa` is typed, `xxxxxxxx` and `00000000` are written over something. */
const ONE_CHARACTER = /^([a-wyz1-9])\1+$/i;

/** People choose `12345678` for a password; no machine makes a token or a key of it. */
function isSequenceForToken(candidate: Candidate, kind: SecretKind): boolean {
  if (kind.rank === 1 || !isSequence(candidate.secret)) return false;
  const { nameClass } = nameOf(candidate);
  return nameClass !== null && nameClass !== 'password' && nameClass !== 'secret';
}

/** `arn:aws:secretsmanager:...:secret:orders/db-AbC1dE`: what reads as a name and its value is a part of one name. */
function standsInArn({ text, start }: Candidate): boolean {
  const before = text.slice(Math.max(0, start - 200), start);
  if (!before.includes('arn:aws')) return false;
  const run = /[^\s"'`<>,;()[\]{}]{1,200}$/.exec(before)?.[0] ?? '';
  return /(?:^|[^A-Za-z])arn:aws[a-z-]{0,12}:/.test(run);
}

/** The name that the kind's pattern read, or that stands before the value. */
export function nameOf(candidate: Candidate): NameReading {
  return readName(candidate.groups.name ?? candidate.key);
}

function nameRefusal(candidate: Candidate, kind: SecretKind): Refusal | null {
  const name = candidate.groups.name ?? candidate.key;
  if (kind.rule === 'SEC-11' || kind.rule === 'SEC-24') {
    const { saysNo, words } = nameOf(candidate);
    return saysNo || (words.length === 1 && words[0] === 'token' && isOtherToken(candidate))
      ? 'name-says-no'
      : null;
  }
  return SAYS_NO_TO_ALL.test(name) ? 'name-says-no' : null;
}

/** `upload token=`, `next page token: `, `cart token=`: the word in front says that it opens nothing. */
const OTHER_TOKEN =
  /(?:^|[^a-z])(?:upload|page|paging|pagination|continuation|cursor|resume|sync|lock|lease|fencing|cart|checkout|basket|idempotency|csrf|xsrf|unsubscribe|tracking|progress|form)(?:[ _+-]|%20)token["']?[ \t]{0,3}(?:=>|[:=])[ \t]{0,3}\[?["']?$/i;
/** What a server of names is shown to prove that a domain is one's own: https://www.rfc-editor.org/rfc/rfc8555#section-8.3 */
const CHALLENGE =
  /(?:^|[^a-z])(?:acme-v\d|acme-challenge|acme:|http-01|dns-01|tls-alpn-01|authz-v3)(?![a-z])/i;
const CHARACTERS_AROUND = 160;

function isOtherToken({ text, start, end, keyPath = '' }: Candidate): boolean {
  if (OTHER_TOKEN.test(text.slice(Math.max(0, start - CHARACTERS_BEFORE), start))) return true;
  if (OTHER_TOKEN.test(`${keyPath.replace(/([a-z])([A-Z])/g, '$1_$2').replaceAll('.', '_')}=`)) return true;
  return CHALLENGE.test(text.slice(Math.max(0, start - CHARACTERS_AROUND), end + CHARACTERS_AROUND));
}

/** `key=token:3f2a...`, `get session:token:3f2a...`: a key of a cache, in which the name is a part. */
function standsInCacheKey({ text, start, groups }: Candidate): boolean {
  const name = groups.name ?? '';
  const at = start - name.length - 1;
  return groups.given === ':' && text.startsWith(name, at) && /[=:/]/.test(text[at - 1] ?? '');
}

/** `HIGH:PSK:!aNULL:!MD5`: what a server offers. https://docs.openssl.org/3.0/man1/openssl-ciphers/#cipher-list-format */
function isCipherList({ groups, secret }: Candidate): boolean {
  return groups.given === ':' && /psk$/i.test(groups.name ?? '') && /^[!+-]|:[!+-]/.test(secret);
}

const CALLED = /^[A-Za-z_][\w.:]{2,80}$/;

function genericRefusal(candidate: Candidate): Refusal | null {
  const value = candidate.secret;
  const name = nameOf(candidate);
  // `password = HTTPPasswordMgr(`: what nothing encloses and is called.
  if (isCode(value) || (candidate.text[candidate.end] === '(' && CALLED.test(value))) return 'code';
  if (isPlainValue(value) || isCipherList(candidate)) return 'not-a-value';
  const before = candidate.text.slice(Math.max(0, candidate.start - CHARACTERS_BEFORE), candidate.start);
  if (isIdentifier(value, name.words, before)) return 'identifier';
  const isPassword = name.nameClass === 'password' || name.nameClass === null;
  const reading = readWords(value);
  if (isPassword) {
    // Words alone are a name or a sentence; four ordinary ones are a passphrase. A few digits make a password only of ordinary words.
    if (!reading.words || reading.covered < value.length * PARTLY_WORDS) return null;
    if (reading.count >= 4 && !reading.technical && reading.digits === 0) return null;
    if (/[^A-Za-z0-9_./:\- ]/.test(value) && reading.digits > 0) return null;
    return reading.digits < 2 || reading.technical ? 'dictionary-word' : null;
  }
  if (isIdentifierByForm(value) || standsInCacheKey(candidate)) return 'identifier';
  // What AWS tells repeated requests by: https://docs.aws.amazon.com/iot/latest/developerguide/device-shadow-document.html
  if (candidate.groups.name === 'clientToken' && /^[0-9a-f-]{32,36}$/.test(value)) return 'identifier';
  // Addresses of contracts and of memory.
  if (name.nameClass === 'token' && /^0x[0-9a-f]{6,40}$/i.test(value)) return 'identifier';
  // What machines make holds letters that read as nothing.
  if (reading.covered >= value.length * MOSTLY_WORDS) return 'dictionary-word';
  if (isResourceName(value)) return 'identifier';
  // Keys of KMS are called by UUIDs: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id
  if (isUuid(value))
    return name.nameClass === 'token' || name.nameClass === 'encryption-key' ? 'identifier' : null;
  if (value.length >= 12 && isTooPlain(value)) return 'low-entropy';
  return isPublishedToken(value) ? 'published-example' : null;
}

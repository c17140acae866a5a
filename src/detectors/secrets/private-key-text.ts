// Private keys as they stand in texts: PEM and its relatives, PuTTY files, JSON Web Keys.

import { isPlaceholder } from './not-a-secret.ts';

export interface PrivateKey {
  /** `RSA PRIVATE KEY`, `PuTTY key`, `JSON Web Key (RSA)`, ... */
  readonly kind: string;
  readonly encrypted: boolean;
  /** Key material without white space: secret, never kept, never shown. '' where the header stands at the end of the text, without a body. */
  readonly secret: string;
}

/** Base64 characters that make a header a key: an Ed25519 key in PKCS 8 has 64 (https://www.rfc-editor.org/rfc/rfc8410#section-10.3). */
export const MIN_BODY_CHARACTERS = 64;
/** Blocks looked at in one text. */
const MAX_BLOCKS = 16;
/** Longest block: RSA of 16,384 bits has 12,500 characters. */
const MAX_BLOCK_CHARACTERS = 13_000;

const DASHES = '-'.repeat(5);
/** Labels: https://www.rfc-editor.org/rfc/rfc7468 (PRIVATE KEY, ENCRYPTED PRIVATE KEY), OpenSSL and OpenSSH for the others, RFC 9580 for PGP. */
const BEGIN = new RegExp(
  `${DASHES}BEGIN ((?:RSA |EC |DSA |OPENSSH |ENCRYPTED |PGP |ANY )?PRIVATE KEY(?: BLOCK)?)${DASHES}`,
  'g',
);
const PUTTY = /PuTTY-User-Key-File-[1-3]: ?([a-z0-9@.-]{3,40})/g;
const BASE64_OF_BEGIN = new RegExp(`${base64Letters('-----BEGIN')}[A-Za-z0-9+/=]{80,17000}`, 'g');
const JSON_KEY_TYPE = /["']kty["']\s?:\s?["'](RSA|EC|OKP|oct)["']/g;
const JSON_PRIVATE = /["'](d|k)["']\s?:\s?["']([A-Za-z0-9_-]{20,1400})["']/g;
/** How far from `kty` the other members of a JSON Web Key stand: RSA of 4,096 bits with all its members has 3,300 characters. */
const JSON_KEY_CHARACTERS = 4_000;

/** `LS0tLS1CRUdJTi`: the letters of base64 that five dashes and BEGIN always give, at the beginning of a text. */
function base64Letters(text: string): string {
  return btoa(text)
    .replace(/={1,2}$/, '')
    .slice(0, Math.floor((text.length * 8) / 6));
}

export function findPrivateKeys(text: string): PrivateKey[] {
  const found: PrivateKey[] = [];
  findBlocks(text, found);
  findPutty(text, found);
  findJsonKeys(text, found);
  let count = 0;
  for (const match of text.matchAll(BASE64_OF_BEGIN)) {
    if (++count > MAX_BLOCKS) break;
    const decoded = decodeBase64(match[0]);
    if (decoded !== '') findBlocks(decoded, found);
  }
  return found;
}

function findBlocks(text: string, found: PrivateKey[]): void {
  let count = 0;
  for (const match of text.matchAll(BEGIN)) {
    if (++count > MAX_BLOCKS) return;
    const label = match[1]!;
    const rest = text.slice(match.index + match[0].length, match.index + MAX_BLOCK_CHARACTERS);
    const ended = rest.indexOf(DASHES);
    const between = (ended === -1 ? rest : rest.slice(0, ended)).replace(/\\[nr]/g, '\n');
    const inside = withoutMembers(between, text.slice(Math.max(0, match.index - 160), match.index));
    // The record ends behind the header, or the text that a log driver wrapped.
    if (ended === -1 && /^\s*(?:$|\\{0,8}["'])/.test(inside)) {
      found.push({ kind: label, encrypted: label.startsWith('ENCRYPTED'), secret: '' });
      continue;
    }
    const body = bodyOf(inside);
    if (body.length < MIN_BODY_CHARACTERS) continue;
    found.push({ kind: label, encrypted: isEncrypted(label, inside, body), secret: body });
  }
}

/** The member that a line stands in, where records of JSON were put apart (views/flatten-json.ts): `"log": "`. */
const MEMBER_OF_LINE = /(?:^|\n)("[\w@. -]{1,40}": ")[^"\n]{0,100}$/;

/** Of a block that was written as one object a line: the lines, which all stand in the member of the first one. */
function withoutMembers(inside: string, before: string): string {
  const member = MEMBER_OF_LINE.exec(before)?.[1];
  if (member === undefined || !inside.includes(`\n${member}`)) return inside;
  const lines = inside.split('\n').filter((line) => line.startsWith(member));
  return lines.map((line) => line.slice(member.length).replace(/"$/, '')).join('\n');
}

/** The member in which log drivers and loggers keep a line. */
const MEMBER = '"(?:log|message|msg|MESSAGE|@message|text|line|event|textPayload)"\\s?:\\s?"';
const WRAPPED = new RegExp(`${MEMBER}([^"\\\\]{0,200})`);
/** What may stand before the line's last word. */
const MEMBER_BEFORE = new RegExp(`${MEMBER}(?:[^"\\\\]{0,90}\\s)?$`);

/** RFC 1421 or armour headers, behind whatever stands before a line. */
const BODY_HEADER = /(?:^|\s)[A-Za-z-]{2,40}: /;
/** A line of a body behind other words: shorter words of that form are parts of the sentence. */
const BODY_WORD = /^[A-Za-z0-9+/]{58,80}={0,2}$/;
const LAST_BODY_WORD = /^[A-Za-z0-9+/]{1,80}={0,2}$/;
/** A word that could begin a body which stands on one line, with blanks for its line ends. */
const FIRST_WORD = /^[A-Za-z0-9+/]{40}/;

/**
 * The base64 at the beginning of a block, behind its headers and whatever a log driver or logger put before each line: a body's line is
 * then the last word, behind as many words as in the lines above it.
 */
function bodyOf(inside: string): string {
  let body = '';
  let wordsBefore = -1;
  for (const [at, line] of inside.split(/\r?\n/).entries()) {
    const trimmed = (line.startsWith('{') ? (WRAPPED.exec(line)?.[1] ?? '') : line).trim();
    // What stands behind a line in the object that a driver wrapped it into.
    if (trimmed === '' || /^"\s?[,}]/.test(trimmed)) continue;
    const words = trimmed.split(/\s+/);
    const word = words[words.length - 1]!;
    if (words.length > 1 && !FIRST_WORD.test(words[0]!)) {
      const fits = wordsBefore === words.length - 1 ? LAST_BODY_WORD : BODY_WORD;
      if ((wordsBefore === -1 || wordsBefore === words.length - 1) && fits.test(word)) {
        wordsBefore = words.length - 1;
        body += word;
        continue;
      }
      // The blank line behind the headers leaves what every line begins with.
      if (body === '' && (BODY_HEADER.test(trimmed) || (at > 0 && /[:|\]]$/.test(word)))) continue;
    }
    if (wordsBefore !== -1) break;
    // Some loggers write the whole block on one line with blanks in it.
    const compact = trimmed.replaceAll(' ', '');
    const base64 = /^[A-Za-z0-9+/]*={0,2}/.exec(compact)![0];
    body += base64;
    if (base64.length < compact.length) break;
  }
  return new Set(body).size < 16 ? '' : body;
}

function isEncrypted(label: string, inside: string, body: string): boolean {
  if (label.startsWith('ENCRYPTED') || /Proc-Type: ?4,ENCRYPTED/.test(inside)) return true;
  if (!label.startsWith('OPENSSH')) return false;
  // "openssh-key-v1", then the cipher's name with its length in four bytes: `none` where there is no passphrase.
  // https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.key
  const start = decodeBase64(body.slice(0, 60));
  return start.startsWith('openssh-key-v1\0') && start.slice(19, 23) !== 'none';
}

function findPutty(text: string, found: PrivateKey[]): void {
  let count = 0;
  for (const match of text.matchAll(PUTTY)) {
    if (++count > MAX_BLOCKS) return;
    const file = text.slice(match.index, match.index + MAX_BLOCK_CHARACTERS).replace(/\\[nr]/g, '\n');
    const lines = /Private-Lines: ?\d{1,4}\s+((?:[A-Za-z0-9+/=]{20,80}\s*){1,200})/.exec(file);
    const body = lines?.[1]?.replace(/\s/g, '') ?? '';
    if (body.length < 40) continue;
    found.push({ kind: 'PuTTY key', encrypted: !/Encryption: ?none/.test(file), secret: body });
  }
}

function findJsonKeys(text: string, found: PrivateKey[]): void {
  let count = 0;
  for (const match of text.matchAll(JSON_KEY_TYPE)) {
    if (++count > MAX_BLOCKS) return;
    const type = match[1]!;
    const object = objectAround(text, match.index);
    for (const member of object.matchAll(JSON_PRIVATE)) {
      const isPrivate = member[1] === (type === 'oct' ? 'k' : 'd');
      if (isPrivate && !isPlaceholder(member[2]!)) {
        found.push({ kind: `JSON Web Key (${type})`, encrypted: false, secret: member[2]! });
      }
    }
  }
}

/** The flat JSON object around a position: from its brace to the next one. */
function objectAround(text: string, at: number): string {
  const from = text.lastIndexOf('{', at);
  const to = text.indexOf('}', at);
  return text.slice(
    Math.max(from, at - JSON_KEY_CHARACTERS, 0),
    Math.min(to === -1 ? text.length : to, at + JSON_KEY_CHARACTERS),
  );
}

function decodeBase64(text: string): string {
  const clean = text.replace(/(?<!=)=+$/, '');
  try {
    return atob(clean.length % 4 === 1 ? clean.slice(0, -1) : clean);
  } catch {
    return '';
  }
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const CLOSING_BRACE = 0x7d;
/** Characters of a body's line: 64 (RFC 7468, OpenSSL), 70 (OpenSSH), 76 (MIME). */
const SHORTEST_LINE = 60;
const LONGEST_LINE = 80;
const MEMBER_CHARACTERS = 120;

/** Length of the line of a key's body that a record ends with, or that a log driver wrapped into it; 0 for nearly every record, after a few bytes. */
export function bodyLineLength(bytes: Uint8Array, start: number, end: number): number {
  let last = end;
  while (last > start && isLineEnd(bytes[last - 1]!)) last--;
  // `"log":"...","stream":"stdout"}` has its line somewhere; `... "sent":"..."}` at the end.
  if (bytes[start] === 0x7b) {
    const wrapped = wrappedLine(bytes, start, last);
    if (wrapped > 0) return wrapped;
    if (bytes[last - 1] !== CLOSING_BRACE || bytes[last - 2] !== QUOTE) return 0;
    last -= 2;
    if (bytes[last - 1] === 0x6e && bytes[last - 2] === BACKSLASH) last -= 2;
  }
  let from = last;
  while (from > start && last - from <= LONGEST_LINE && isBase64(bytes[from - 1]!)) from--;
  if (from > start && !isDelimiter(bytes[from - 1]!)) return 0;
  return lineLength(bytes, from, last);
}

/**
 * A run of base64 as long as a body's line covers one byte in every so many: between two looks most of an ordinary record is skipped, as
 * its words are short.
 */
function wrappedLine(bytes: Uint8Array, start: number, end: number): number {
  /** The last byte that is known to be none of base64. */
  let before = start;
  while (before + SHORTEST_LINE < end) {
    let till = before + SHORTEST_LINE;
    let from = till + 1;
    while (from - 1 > before && isBase64(bytes[from - 1]!)) from--;
    if (from - 1 > before) {
      before = from - 1;
      continue;
    }
    while (till < end && isBase64(bytes[till]!)) till++;
    const length = closesText(bytes, till) ? lineLength(bytes, from, till) : 0;
    if (length > 0 && MEMBER_BEFORE.test(latin1(bytes, Math.max(start, from - MEMBER_CHARACTERS), from)))
      return length;
    before = till;
  }
  return 0;
}

function closesText(bytes: Uint8Array, at: number): boolean {
  return (
    bytes[at] === QUOTE || (bytes[at] === BACKSLASH && (bytes[at + 1] === 0x6e || bytes[at + 1] === 0x72))
  );
}

function latin1(bytes: Uint8Array, from: number, till: number): string {
  return String.fromCharCode(...bytes.subarray(from, till));
}

/** Both cases: digests in hex have only one. */
function lineLength(bytes: Uint8Array, from: number, till: number): number {
  const length = till - from;
  if (length < SHORTEST_LINE || length > LONGEST_LINE) return 0;
  let upper = 0;
  let lower = 0;
  for (let at = from; at < till; at++) {
    const byte = bytes[at]!;
    if (byte >= 0x41 && byte <= 0x5a) upper++;
    else if (byte >= 0x61 && byte <= 0x7a) lower++;
  }
  return upper > 4 && lower > 4 ? length : 0;
}

function isLineEnd(byte: number): boolean {
  return byte === LINE_FEED || byte === CARRIAGE_RETURN;
}

/** A blank, tab, quote, bar, bracket or colon. */
function isDelimiter(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === QUOTE || byte === 0x7c || byte === 0x5d || byte === 0x3a;
}

const BASE64_BYTES = new Uint8Array(256);
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=')
  BASE64_BYTES[letter.charCodeAt(0)] = 1;

function isBase64(byte: number): boolean {
  return BASE64_BYTES[byte] === 1;
}

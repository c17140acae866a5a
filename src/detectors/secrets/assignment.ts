// Whether a name is given a value, told by the bytes behind it, in the notations that logs have: `name=`, `"name": `, `'name' => `,
// `\"name\":`, `name%3D`, `&quot;name&quot;:`, `[name]: `, `--name `, `<name>`, `'name', '`, `name |`, `name"]=>`, `name:protected] =>`, `name";s:12:"`. Looks at a few bytes, whatever they are.

const BACKSLASH = 0x5c;
const PERCENT = 0x25;
const ESCAPE = 0x1b;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const DOT = 0x2e;
const OPEN_PARENTHESIS = 0x28;
const CLOSE_PARENTHESIS = 0x29;
const SPACE = 0x20;
const DASH = 0x2d;
const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const HASH = 0x23;
const LESS = 0x3c;
const GREATER = 0x3e;
const COLON = 0x3a;
const SMALL_B = 0x62;
const SMALL_M = 0x6d;
const SMALL_S = 0x73;
const BAR = 0x7c;
const DOUBLE_QUOTE = 0x22;
const QUOTE = 0x27;

/** What may stand between a name and its equals sign. */
const CLOSES = 1;
/** What assigns. */
const ASSIGNS = 2;
/** What begins a longer sign for one of them. */
const BEGINS = 3;
const NAME = 4;
const SIGNS = new Uint8Array(256);
for (const closing of '"\'`] \t*') SIGNS[closing.charCodeAt(0)] = CLOSES;
for (const sign of '=:') SIGNS[sign.charCodeAt(0)] = ASSIGNS;
for (const beginning of '\\%&\x1b') SIGNS[beginning.charCodeAt(0)] = BEGINS;
for (const letter of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-')
  SIGNS[letter.charCodeAt(0)] = NAME;

/** 1 for each byte that may stand behind a name that is given a value (assignsAt): most words that could be one are followed by another. */
export const MAY_ASSIGN = SIGNS.map((sign, byte) =>
  (sign !== 0 && sign !== NAME) || '_->,0123456789'.includes(String.fromCharCode(byte)) ? 1 : 0,
);

/** Signs between a name and what assigns to it, a column of blanks counted as one. */
const MAX_SIGNS = 12;
/** Blanks of a column in front of an equals sign: Terraform and formatters of settings align them. */
const MAX_COLUMN = 64;
/** Bytes of a flag or tag in front of a literal that ends it: `--aws-secret-` of `--aws-secret-access-key`. */
const MAX_FLAG_BYTES = 48;
const MAX_COLOUR_BYTES = 12;
/** Longest value of a pair. */
const MAX_TUPLE_BYTES = 512;

/**
 * Whether the name that ends with `bytes[literal..behind)` is given a value. A count may stand behind it: `password1`, `api_key_2`.
 * Nothing outside of `start..end` is looked at.
 */
export function assignsAt(
  bytes: Uint8Array,
  start: number,
  literal: number,
  behind: number,
  end: number,
): boolean {
  let at = skipNumber(bytes, behind, end);
  const nameEnd = at;
  for (let signs = 0; at < end && signs < MAX_SIGNS; signs++) {
    const byte = bytes[at]!;
    const sign = SIGNS[byte];
    // A table of a database's client: https://www.postgresql.org/docs/current/app-psql.html
    if (sign === ASSIGNS || (byte === BAR && bytes[at - 1] === SPACE)) return true;
    if (byte === SPACE) {
      const behindColumn = skipColumn(bytes, at, end);
      if (behindColumn - at === MAX_COLUMN) return false;
      at = behindColumn;
    } else if (sign === CLOSES) at++;
    else if (sign === BEGINS) {
      const next = byte === ESCAPE ? skipColour(bytes, at + 1, end) : skipSign(bytes, at, end);
      if (next === FOUND) return true;
      if (next === NOTHING) return false;
      at = next;
    } else break;
  }
  if (nameEnd + 1 >= end) return false;
  const first = bytes[nameEnd]!;
  if (first === GREATER) return isTag(bytes, start, literal);
  if (isTuple(bytes, start, literal, nameEnd, end) || isSerialized(bytes, nameEnd, end)) return true;
  // `--password hunter2`, `"--password", "hunter2"`, `'--password' 'hunter2'`, `--password%20hunter2`
  return (
    (first === SPACE ||
      first === COMMA ||
      first === DOUBLE_QUOTE ||
      first === QUOTE ||
      first === BACKSLASH ||
      first === PERCENT) &&
    isFlag(bytes, start, literal)
  );
}

const FOUND = -1;
const NOTHING = -2;

function skipColumn(bytes: Uint8Array, at: number, end: number): number {
  let behind = at + 1;
  while (behind < end && behind - at < MAX_COLUMN && bytes[behind] === SPACE) behind++;
  return behind;
}

function skipNumber(bytes: Uint8Array, at: number, end: number): number {
  let digits = at;
  if (digits < end && (bytes[digits] === 0x5f || bytes[digits] === DASH)) digits++;
  const first = digits;
  while (digits < end && digits - first < 2 && bytes[digits]! >= 0x30 && bytes[digits]! <= 0x39) digits++;
  return digits === first ? at : digits;
}

/** Behind the sign that begins at `at` with a backslash, a percent sign or an ampersand; FOUND when it assigns, NOTHING when it is none. */
function skipSign(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at]!;
  if (byte === BACKSLASH) return skipEscape(bytes, at + 1, end);
  if (byte === PERCENT) return skipPercent(bytes, at + 1, end);
  // &quot; &apos; &#34; &#x27;
  for (let code = at + 1; code < Math.min(end, at + 7); code++) {
    if (bytes[code] === SEMICOLON) return code + 1;
    if (bytes[code] !== HASH && (SIGNS[bytes[code]!] !== NAME || bytes[code] === DASH)) return NOTHING;
  }
  return NOTHING;
}

/** `\"`, `\\"`, `\u0022`, `\u003d`, `\x1b[0m`, `\033[0m` */
function skipEscape(bytes: Uint8Array, at: number, end: number): number {
  const byte = bytes[at];
  if (byte === 0x75 && at + 5 <= end && bytes[at + 1] === 0x30 && bytes[at + 2] === 0x30)
    return skipHex(bytes, at + 3, at + 5, end);
  if (byte === 0x78 && at + 3 <= end) return skipHex(bytes, at + 1, at + 3, end);
  if (byte === 0x30 && bytes[at + 1] === 0x33 && bytes[at + 2] === 0x33)
    return skipColour(bytes, at + 3, end);
  if (byte === 0x65) return skipColour(bytes, at + 1, end);
  // A quote, or the next backslash of a quote that was escaped more often, comes next.
  return at < end && SIGNS[byte!]! !== NAME ? at : NOTHING;
}

/** `%22`, `%3D`, `%253D` */
function skipPercent(bytes: Uint8Array, at: number, end: number): number {
  let code = at;
  for (
    let depth = 0;
    depth < 3 && code + 2 <= end && bytes[code] === 0x32 && bytes[code + 1] === 0x35;
    depth++
  )
    code += 2;
  return code + 2 <= end ? skipHex(bytes, code, code + 2, end) : NOTHING;
}

function skipHex(bytes: Uint8Array, at: number, behind: number, end: number): number {
  const value = (hexDigit(bytes[at]!) << 4) | hexDigit(bytes[at + 1]!);
  if (value === ESCAPE) return skipColour(bytes, behind, end);
  if (value < 0 || value === BACKSLASH) return value < 0 ? NOTHING : behind;
  const sign = SIGNS[value];
  return sign === ASSIGNS ? FOUND : sign === CLOSES ? behind : NOTHING;
}

function hexDigit(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

/** Behind the `[0;32m` of a colour. */
function skipColour(bytes: Uint8Array, at: number, end: number): number {
  if (bytes[at] !== OPEN_BRACKET) return NOTHING;
  for (let digit = at + 1; digit < Math.min(end, at + MAX_COLOUR_BYTES); digit++)
    if (bytes[digit] === SMALL_M) return digit + 1;
  return NOTHING;
}

/** Whether the name around a literal begins with two dashes. */
function isFlag(bytes: Uint8Array, start: number, literal: number): boolean {
  let at = literal;
  const floor = Math.max(start, literal - MAX_FLAG_BYTES);
  while (at > floor && SIGNS[bytes[at - 1]!] === NAME) at--;
  // Of an encoded blank in front: `%20--password`.
  if (at > start && bytes[at - 1] === PERCENT) at += 2;
  return literal - at >= 2 && bytes[at] === DASH && bytes[at + 1] === DASH;
}

/** `'x-api-key', b'` in raw headers of ASGI, `('password', '...')` and `["password","..."]`: two texts in brackets, no list of names. */
function isTuple(bytes: Uint8Array, start: number, literal: number, name: number, end: number): boolean {
  const quote = bytes[name];
  if (quote !== QUOTE && quote !== DOUBLE_QUOTE) return false;
  let at = name + 1;
  if (bytes[at] !== COMMA) return false;
  if (bytes[++at] === SPACE) at++;
  const isBytes = bytes[at] === SMALL_B;
  if (isBytes) at++;
  if (at >= end || bytes[at] !== quote) return false;
  return isBytes || (isClosed(bytes, at + 1, quote, end) && isOpened(bytes, start, literal, quote));
}

/** Whether the text that ends with this quote is the last one in its brackets. */
function isClosed(bytes: Uint8Array, from: number, quote: number, end: number): boolean {
  const length = bytes.subarray(from, Math.min(end, from + MAX_TUPLE_BYTES)).indexOf(quote);
  if (length < 1) return false;
  let at = from + length + 1;
  if (at < end && bytes[at] === SPACE) at++;
  return at < end && (bytes[at] === CLOSE_BRACKET || bytes[at] === CLOSE_PARENTHESIS);
}

/** Whether the name around a literal is the first text in brackets. */
function isOpened(bytes: Uint8Array, start: number, literal: number, quote: number): boolean {
  let at = literal;
  const floor = Math.max(start, literal - MAX_FLAG_BYTES);
  while (at > floor && (SIGNS[bytes[at - 1]!] === NAME || bytes[at - 1] === DOT)) at--;
  if (at <= start || bytes[--at] !== quote) return false;
  if (at > start && bytes[at - 1] === SPACE) at--;
  return at > start && (bytes[at - 1] === OPEN_BRACKET || bytes[at - 1] === OPEN_PARENTHESIS);
}

/** `"password";s:12:"`: PHP's serialize(). */
function isSerialized(bytes: Uint8Array, name: number, end: number): boolean {
  return (
    name + 3 < end &&
    bytes[name] === DOUBLE_QUOTE &&
    bytes[name + 1] === SEMICOLON &&
    bytes[name + 2] === SMALL_S &&
    bytes[name + 3] === COLON
  );
}

/** Whether the name around a literal begins a tag: `<db-password>`, `<ns:password>`. */
function isTag(bytes: Uint8Array, start: number, literal: number): boolean {
  let at = literal;
  const floor = Math.max(start, literal - MAX_FLAG_BYTES);
  while (at > floor && (SIGNS[bytes[at - 1]!] === NAME || bytes[at - 1] === COLON)) at--;
  return at > start && bytes[at - 1] === LESS;
}

const AT = 0x40;
/** Longest user and password of a URL that are looked for, bytes. */
const MAX_LOGIN_BYTES = 400;

/** Whether `user:password@` stands at `bytes[at..end)`, percent-encoded or not: what has no password ends with its host, after a few bytes. */
export function loginAt(bytes: Uint8Array, at: number, end: number): boolean {
  let hasColon = false;
  const limit = Math.min(end, at + MAX_LOGIN_BYTES);
  for (let place = at; place < limit; place++) {
    const byte = bytes[place]!;
    if (byte === AT) return hasColon;
    if (byte === COLON) hasColon = true;
    else if (byte === PERCENT) {
      const value = (hexDigit(bytes[place + 1] ?? 0) << 4) | hexDigit(bytes[place + 2] ?? 0);
      if (value === AT) return hasColon;
      if (value === COLON) hasColon = true;
      else if (value === SLASH && !hasColon) return false;
    } else if (ENDS_LOGIN[byte] === 1) return false;
  }
  return false;
}

const SLASH = 0x2f;
const ENDS_LOGIN = new Uint8Array(256);
for (let byte = 0; byte <= SPACE; byte++) ENDS_LOGIN[byte] = 1;
for (const sign of '/?#"\'<>`\\(),;') ENDS_LOGIN[sign.charCodeAt(0)] = 1;

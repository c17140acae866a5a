// JSON objects in a text, each value on a line of its own behind its key: `"password": "..."`. Keyword patterns then read an object as they
// read a text, whatever its spacing and its escapes, and a secret has a key path. Cut objects (a log driver's limit) are read up to the cut.

import { textOfBytes } from './layout.ts';
import { createViewBuilder, type View, type ViewBuilder } from './view.ts';

/** Levels of objects in objects; deeper ones stay as they are. */
const MAX_DEPTH = 32;
/** Places in one text where an object was looked for and is none: each costs at most the text's length. What is one is passed over. */
const MAX_ATTEMPTS = 24;
/** Characters of a key path that are kept. */
const MAX_PATH_CHARACTERS = 160;

/** An object begins with a name, an array with an object, an array or a text; `config["password"]` is none, nor PHP's `["password"]=>`. */
const BEGIN = /\{\s{0,64}"|(?<!\w)\[\s{0,64}(?=["{[])(?!"[^"\n]{0,128}"\]\s?=)/g;

/** The same view where no object stands in it. */
export function flattenJson(source: View): View {
  const { text } = source;
  BEGIN.lastIndex = 0;
  let builder: ViewBuilder | null = null;
  let copied = 0;
  for (let attempts = 0; attempts < MAX_ATTEMPTS; ) {
    const begin = BEGIN.exec(text);
    if (begin === null) break;
    const leaves: Leaf[] = [];
    const end = readValue(text, begin.index, ownerBefore(text, begin.index), 0, leaves);
    if (end < 0 || leaves.length === 0 || isIndex(text, begin.index, end)) {
      attempts++;
      BEGIN.lastIndex = begin.index + 1;
      continue;
    }
    builder ??= createViewBuilder(source);
    builder.copy(copied, begin.index);
    writeLeaves(builder, text, leaves);
    copied = end;
    BEGIN.lastIndex = end;
  }
  if (builder === null) return source;
  builder.copy(copied, text.length);
  return builder.build('json');
}

/** `["password"]=>`: what PHP prints of an array. */
function isIndex(text: string, begin: number, end: number): boolean {
  return text[begin] === '[' && (text.startsWith('=>', end) || text.startsWith(' =>', end));
}

interface Leaf {
  readonly path: string;
  /** Of the key, and of the value without its quotes, end exclusive; keyFrom is -1 in arrays. */
  readonly keyFrom: number;
  readonly keyTill: number;
  readonly from: number;
  readonly till: number;
  readonly isText: boolean;
  /** What it says, where its bytes stand as numbers. */
  readonly bytes?: string;
}

function writeLeaves(builder: ViewBuilder, text: string, leaves: readonly Leaf[]): void {
  builder.inside(true);
  for (const whole of leaves) {
    const leaf = withoutQuotes(text, whole);
    // Every leaf on its own line: what stands before an object does not run into it.
    builder.put('\n', leaf.from, leaf.from);
    if (leaf.keyFrom >= 0) {
      builder.put('"', leaf.keyFrom, leaf.keyFrom);
      unescapeInto(builder, text, leaf.keyFrom, leaf.keyTill);
      builder.put('": ', leaf.keyTill, leaf.keyTill);
    }
    builder.key(leaf.path);
    if (leaf.isText) builder.put('"', leaf.from, leaf.from);
    if (leaf.bytes === undefined) unescapeInto(builder, text, leaf.from, leaf.till);
    else builder.put(leaf.bytes, leaf.from, leaf.till);
    if (leaf.isText) builder.put('"', leaf.till, leaf.till);
    builder.put('\n', leaf.till, leaf.till);
    builder.key('');
  }
  builder.inside(false);
}

/** `"'...'"`: reports of errors hold what Python prints of a variable. https://develop.sentry.dev/sdk/data-model/event-payloads/stacktrace/ */
function withoutQuotes(text: string, leaf: Leaf): Leaf {
  const { from, till } = leaf;
  if (text[from] !== "'" || text[till - 1] !== "'" || till - from < 4) return leaf;
  return text.indexOf("'", from + 1) === till - 1 ? { ...leaf, from: from + 1, till: till - 1 } : leaf;
}

/** Of JSON, and `\x5f` and `\'` of Python. */
const ESCAPE = /\\(?:u([0-9a-fA-F]{4})|x([2-6][0-9a-f]|7[0-9a-e])|(["'\\/bfnrt]))/g;
const PLAIN: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: ' ', f: ' ' };
/** So many bytes of `\x..` on end that are no text are a key, an image or the like: it stays as it was written. */
const SHORTEST_BINARY = 8;
const HEX_ESCAPE_CHARACTERS = 4;
const HEX_ESCAPE = /\\x[0-9a-fA-F]{2}/y;
/** What is no text: what is no UTF-8, and control characters other than tabs, ends of lines and the beginning of colours. */
const NO_TEXT = /[\ufffd\u0000-\u0008\u000b\u000c\u000e-\u001a\u001c-\u001f\u007f]/;

/** Writes `text[from..till)` without its JSON escapes. */
export function unescapeInto(builder: ViewBuilder, text: string, from: number, till: number): void {
  let at = from;
  let slash = backslashFrom(text, at);
  let runTill = from;
  while (slash >= 0 && slash < till) {
    ESCAPE.lastIndex = slash;
    const match = ESCAPE.exec(text);
    if (match === null || match.index >= till) break;
    if (match[2] !== undefined && match.index >= runTill) {
      const first = hexEscapesFrom(text, from, match.index);
      runTill = hexEscapesTill(text, match.index, till);
      if (isBinary(text, first, runTill)) {
        slash = backslashFrom(text, runTill);
        continue;
      }
    }
    const end = Math.min(match.index + match[0].length, till);
    builder.copy(at, match.index);
    builder.put(plainOf(match[1] ?? match[2], match[3]), match.index, end);
    at = end;
    slash = backslashFrom(text, at);
  }
  builder.copy(at, till);
}

function isHexEscape(text: string, at: number): boolean {
  HEX_ESCAPE.lastIndex = at;
  return HEX_ESCAPE.test(text);
}

/** Where the bytes begin that stand on end in front of the one at a place. */
function hexEscapesFrom(text: string, from: number, at: number): number {
  let first = at;
  while (first - HEX_ESCAPE_CHARACTERS >= from && isHexEscape(text, first - HEX_ESCAPE_CHARACTERS))
    first -= HEX_ESCAPE_CHARACTERS;
  return first;
}

function hexEscapesTill(text: string, at: number, till: number): number {
  let end = at;
  while (end + HEX_ESCAPE_CHARACTERS <= till && isHexEscape(text, end)) end += HEX_ESCAPE_CHARACTERS;
  return end;
}

function isBinary(text: string, first: number, till: number): boolean {
  if (till - first < SHORTEST_BINARY * HEX_ESCAPE_CHARACTERS) return false;
  const bytes = Buffer.from(text.slice(first, till).replaceAll('\\x', ''), 'hex');
  return NO_TEXT.test(bytes.toString('utf8'));
}

const lastBackslash = { text: '', from: 0, at: -1 };

/** -1 without one. Leaf after leaf asks for the same one: looking for it each time would take as long as the text, times its leaves. */
function backslashFrom(text: string, from: number): number {
  const last = lastBackslash;
  if (last.text !== text || from < last.from || (last.at >= 0 && last.at < from)) {
    last.text = text;
    last.from = from;
    last.at = text.indexOf('\\', from);
  }
  return last.at;
}

/** Characters above latin1 have no byte of their own in the text: a mark takes their place. */
function plainOf(hex: string | undefined, letter: string | undefined): string {
  if (hex === undefined) return PLAIN[letter!] ?? letter!;
  const code = Number.parseInt(hex, 16);
  return code < 256 ? String.fromCharCode(code) : '?';
}

const FAILED = -1;
const SPACE = /[ \t\r\n]/;

function skipSpace(text: string, at: number): number {
  let end = at;
  while (end < text.length && SPACE.test(text[end]!)) end++;
  return end;
}

/** What an object or array is the value of: the path to it, and where its key stands; -1 without one. */
interface Owner {
  readonly path: string;
  readonly keyFrom: number;
  readonly keyTill: number;
  /** An array stands between it and its members. */
  readonly isList?: true;
}

const NO_OWNER: Owner = { path: '', keyFrom: -1, keyTill: -1 };

/** `{"S": "..."}`: DynamoDB gives values by their type, and the name is one level above. https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html */
const ATTRIBUTE_TYPES: ReadonlySet<string> = new Set(['S', 'N', 'B', 'SS', 'NS', 'BS', 'M', 'L']);

/** End of the value at `start`; the text's length where it is cut; FAILED where it is none. */
function readValue(text: string, start: number, owner: Owner, depth: number, leaves: Leaf[]): number {
  if (depth > MAX_DEPTH) return FAILED;
  switch (text[start]) {
    case '{':
      return readObject(text, start, owner, depth, leaves);
    case '[':
      return readArray(text, start, owner, depth, leaves);
    default:
      return readScalar(text, start, { ...owner, keyFrom: -1, keyTill: -1 }, leaves);
  }
}

function readObject(text: string, start: number, owner: Owner, depth: number, leaves: Leaf[]): number {
  let at = skipSpace(text, start + 1);
  if (text[at] === '}') return at + 1;
  for (;;) {
    if (at >= text.length) return text.length;
    if (text[at] !== '"') return FAILED;
    const keyFrom = at + 1;
    const keyTill = endOfText(text, keyFrom);
    if (keyTill >= text.length) return text.length;
    at = skipSpace(text, keyTill + 1);
    if (at >= text.length) return text.length;
    if (text[at] !== ':') return FAILED;
    at = skipSpace(text, at + 1);
    if (at >= text.length) return text.length;
    const member = memberOf(text, start, keyFrom, keyTill, owner);
    const first = text[at];
    at =
      first === '{' || first === '['
        ? readValue(text, at, member, depth + 1, leaves)
        : readScalar(text, at, member, leaves);
    if (at === FAILED) return FAILED;
    at = skipSpace(text, at);
    if (at >= text.length) return text.length;
    if (text[at] === '}') return at + 1;
    if (text[at] !== ',') return FAILED;
    at = skipSpace(text, at + 1);
  }
}

/** `{"DB_PASSWORD":{"value":"..."}}`: as Spring's actuators and Terraform's state show settings. */
const NAME_OF_SECRET = /(?:password|passwd|passphrase|pwd|secret|token|api[_-]?key)$/i;
/** A name of its own stands in front. */
const OTHER_NAME = /"(?:name|key|id)"\s?:/i;
/** `{"type":"Buffer","data":[104,117]}`: https://nodejs.org/api/buffer.html#buftojson */
const BUFFER = /^\{\s{0,16}"type"\s{0,2}:\s{0,2}"Buffer"/;
const MAX_NAME = 64;

function memberOf(text: string, start: number, keyFrom: number, keyTill: number, owner: Owner): Owner {
  const own = text.slice(keyFrom, Math.min(keyTill, keyFrom + MAX_NAME));
  if (owner.keyFrom >= 0 && (ATTRIBUTE_TYPES.has(own) || isValueOf(text, start, keyFrom, own, owner)))
    return owner;
  const path = (owner.path === '' ? own : `${owner.path}.${own}`).slice(0, MAX_PATH_CHARACTERS);
  return { path, keyFrom, keyTill };
}

function isValueOf(text: string, start: number, keyFrom: number, own: string, owner: Owner): boolean {
  if (own === 'data') return BUFFER.test(text.slice(start, start + MAX_NAME));
  if ((own !== 'value' && own !== 'Value') || owner.isList === true) return false;
  const name = text.slice(Math.max(owner.keyFrom, owner.keyTill - MAX_NAME), owner.keyTill);
  return NAME_OF_SECRET.test(name) && !OTHER_NAME.test(text.slice(start, keyFrom).slice(0, 4 * MAX_NAME));
}

/** The key of the array stands before each of its texts. */
function readArray(text: string, start: number, owner: Owner, depth: number, leaves: Leaf[]): number {
  const first = leaves.length;
  const end = readElements(text, start, owner, depth, leaves);
  const count = leaves.length - first;
  if (count === 2) joinPair(text, first, leaves);
  else if (count >= SHORTEST_BYTES && count <= LONGEST_BYTES) joinBytes(text, first, leaves);
  return end;
}

function readElements(text: string, start: number, owner: Owner, depth: number, leaves: Leaf[]): number {
  let at = skipSpace(text, start + 1);
  if (text[at] === ']') return at + 1;
  for (;;) {
    if (at >= text.length) return text.length;
    const first = text[at];
    at =
      first === '{' || first === '['
        ? readValue(text, at, { ...owner, isList: true }, depth + 1, leaves)
        : readScalar(text, at, owner, leaves);
    if (at === FAILED) return FAILED;
    at = skipSpace(text, at);
    if (at >= text.length) return text.length;
    if (text[at] === ']') return at + 1;
    if (text[at] !== ',') return FAILED;
    at = skipSpace(text, at + 1);
  }
}

/** What is made up has a digit or a capital letter, and no list of columns has. */
const MADE_UP = /[0-9A-Z]/;

/** `["password", "..."]`: lists of names and values, as Rails and browsers print them. */
function joinPair(text: string, first: number, leaves: Leaf[]): void {
  const [name, value] = [leaves[first]!, leaves[first + 1]!];
  if (!name.isText || !value.isText || name.keyFrom !== value.keyFrom || name.till - name.from > MAX_NAME)
    return;
  const own = text.slice(name.from, name.till);
  if (!NAME_OF_SECRET.test(own) || !/^[\w.$-]+$/.test(own)) return;
  if (!MADE_UP.test(text.slice(value.from, value.till))) return;
  leaves.splice(first, 2, { ...value, path: own, keyFrom: name.from, keyTill: name.till });
}

/** A password has as many, and a key of RSA a few thousand. */
const SHORTEST_BYTES = 6;
const LONGEST_BYTES = 4096;

/** A list of bytes is the text that they say: passwords of Java (`char[]`) and Node (Buffer). */
function joinBytes(text: string, first: number, leaves: Leaf[]): void {
  const own = leaves.slice(first);
  const { path, keyFrom, keyTill, from } = own[0]!;
  if (keyFrom < 0 || own.some((leaf) => leaf.isText || leaf.keyFrom !== keyFrom || leaf.till - leaf.from > 3))
    return;
  const bytes = textOfBytes(
    own.map((leaf) => text.slice(leaf.from, leaf.till)),
    10,
  );
  if (bytes === null) return;
  const { till } = own.at(-1)!;
  leaves.splice(first, own.length, { path, keyFrom, keyTill, from, till, isText: true, bytes });
}

/** `"key": [` in a text that is no object: whose list it is. */
function ownerBefore(text: string, bracket: number): Owner {
  if (text[bracket] !== '[') return NO_OWNER;
  let at = bracket - 1;
  while (at >= 0 && SPACE.test(text[at]!)) at--;
  if (text[at] !== ':') return NO_OWNER;
  do at--;
  while (at >= 0 && SPACE.test(text[at]!));
  if (text[at] !== '"') return NO_OWNER;
  const begin = text.lastIndexOf('"', at - 1);
  if (begin < 0 || at - begin > 128) return NO_OWNER;
  return { path: text.slice(begin + 1, at), keyFrom: begin + 1, keyTill: at };
}

const SCALAR = /-?\d[\d.eE+-]{0,40}|true|false|null/y;

function readScalar(text: string, start: number, { path, keyFrom, keyTill }: Owner, leaves: Leaf[]): number {
  if (text[start] === '"') {
    const till = endOfText(text, start + 1);
    leaves.push({ path, keyFrom, keyTill, from: start + 1, till, isText: true });
    return Math.min(till + 1, text.length);
  }
  SCALAR.lastIndex = start;
  const match = SCALAR.exec(text);
  if (match === null) return FAILED;
  const till = start + match[0].length;
  leaves.push({ path, keyFrom, keyTill, from: start, till, isText: false });
  return till;
}

/** Where the text that begins at `from` has its closing quote; the end of all where it has none. */
function endOfText(text: string, from: number): number {
  for (let at = from; ; at++) {
    const quote = text.indexOf('"', at);
    if (quote < 0) return text.length;
    let slashes = 0;
    while (quote - 1 - slashes >= from && text[quote - 1 - slashes] === '\\') slashes++;
    if (slashes % 2 === 0) return quote;
    at = quote;
  }
}

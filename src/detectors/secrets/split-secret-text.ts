// Names that end a line without their value, and values that are a line of their own.

import { isPlaceholder, isWeakPassword } from './not-a-secret.ts';
import { bodyLineLength } from './private-key-text.ts';
import { entropyFloor, entropyOf } from './value-tests/entropy.ts';
import { type NameClass, readName } from './value-tests/secret-names.ts';
import { isSequence } from './value-tests/sequences.ts';
import { isCode, isPlainValue, isResourceName, isUuid } from './value-tests/shapes.ts';

const SPACE = 0x20;
const COLON = 0x3a;
const EQUALS = 0x3d;
/** Shorter values next to a name are words and counts. */
const SHORTEST = 8;
const LONGEST = 128;
/** Keys and tokens are longer than passwords. */
const SHORTEST_RANDOM = 16;
/** How much of a line's end is looked at for a name. */
const TAIL_CHARACTERS = 96;
/** Where the text of a record stands: without white space around it. */
function textBounds(bytes: Buffer, start: number, end: number): readonly [from: number, till: number] {
  let from = start;
  let till = end;
  while (from < till && bytes[from]! <= SPACE) from++;
  while (till > from && bytes[till - 1]! <= SPACE) till--;
  return [from, till];
}

export interface OpenName {
  readonly nameClass: NameClass;
  /** The record is nothing else, as a member of an object that is printed over lines: no prompt, and no end of a sentence. */
  readonly alone: boolean;
  /** Says of what it is a token, as `access_token` does and `token` does not. */
  readonly telling: boolean;
}

/** `password:`, `"api_key":`, `token =`, `password: |`, `"passwords": [` at the end of a record; null for nearly every record, after a few bytes. */
export function openName(bytes: Buffer, start: number, end: number): OpenName | null {
  const [from, till] = textBounds(bytes, start, end);
  let at = till;
  // What opens a block or a list: `|`, `>-`, `[`.
  while (at > from && till - at < 4 && isOpening(bytes[at - 1]!)) at--;
  const last = bytes[at - 1];
  if (at <= from || (last !== COLON && last !== EQUALS)) return null;
  return nameAtEnd(bytes.toString('latin1', Math.max(from, at - TAIL_CHARACTERS), at));
}

function isOpening(byte: number): boolean {
  return byte === SPACE || byte === 0x5b || byte === 0x7c || byte === 0x3e || byte === 0x2d;
}

const NAME_AT_END = /(?<![\w.-])([A-Za-z_][\w.-]{1,63})(\\?["']?)[ \t]{0,2}[:=]$/;

function nameAtEnd(text: string): OpenName | null {
  const match = NAME_AT_END.exec(text);
  if (match === null) return null;
  const name = match[1]!.replace(/s$/i, (last) => (/ss$/i.test(match[1]!) ? last : ''));
  const { nameClass, saysNo, words } = readName(name);
  if (saysNo || nameClass === null) return null;
  // A prompt is called `Password:`, a member of an object in quotes or in small letters.
  const alone = /^\\?["']?$/.test(text.slice(0, match.index)) && (match[2] !== '' || /^[a-z]/.test(name));
  return { nameClass, alone, telling: nameClass !== 'token' || words.length > 1 };
}

export interface LoneValue {
  /** Secret: never kept, never shown. */
  readonly value: string;
  /** It could be a key or a token, too: of these more is asked than of a password. */
  readonly random: boolean;
}

/** A record that is one word, with or without quotes, that could be a password or a token; null for nearly every record, after a few bytes. */
export function loneValue(bytes: Buffer, start: number, end: number): LoneValue | null {
  const [from, till] = textBounds(bytes, start, end);
  if (till - from < SHORTEST || till - from > LONGEST + 4) return null;
  for (let at = from; at < till; at++) if (!mayStandInValue(bytes[at]!)) return null;
  if (bodyLineLength(bytes, start, end) > 0) return null;
  const value = bytes
    .toString('latin1', from, till)
    .replace(/^\\?["']/, '')
    .replace(/\\?["'],?$|,$/, '');
  return /["',\\]/.test(value) ? null : asValue(value);
}

/** No white space, no bracket, no angle: most records have one among their first bytes. */
function mayStandInValue(byte: number): boolean {
  return (
    byte > SPACE &&
    byte < 0x7f &&
    !(
      byte === 0x28 ||
      byte === 0x29 ||
      byte === 0x5b ||
      byte === 0x7b ||
      byte === 0x7d ||
      byte === 0x3c ||
      byte === 0x3e
    )
  );
}

/**
 * Less than the engine asks beside a name, and quick: a file of one word a line comes by here with every line. A digit and a letter, and
 * random, or of three classes of characters.
 */
function asValue(value: string): LoneValue | null {
  if (value.length < SHORTEST || value.length > LONGEST) return null;
  if (!/[0-9]/.test(value) || !/[A-Za-z]/.test(value)) return null;
  const random = value.length >= SHORTEST_RANDOM && entropyOf(value) >= entropyFloor(value);
  if (!random && classesOf(value) < 3) return null;
  if (isPlaceholder(value) || isUuid(value)) return null;
  if (!random && (isWeakPassword(value) || isSequence(value))) return null;
  return isPlainValue(value) || isResourceName(value) || isCode(value) ? null : { value, random };
}

function classesOf(value: string): number {
  return [/[a-z]/, /[A-Z]/, /[0-9]/, /[^A-Za-z0-9]/].filter((kind) => kind.test(value)).length;
}

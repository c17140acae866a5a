// Environments and settings as they are printed: names in capitals, each given a value. What counts is how many there are together, and
// whether one of them is named as a credential and has a value that could be one.

import { isPlaceholder, isWellKnownPassword } from './not-a-secret.ts';

export interface EnvironmentDump {
  /** Different names. */
  readonly variables: number;
  /** Names of those that give away a credential, sorted. Never values. */
  readonly credentials: readonly string[];
}

/** Different names in one text that make it a dump. */
export const MIN_VARIABLES = 5;
/** Entries looked at in one text. */
const MAX_ENTRIES = 2_000;

/** A name in capitals that is given a value, roughly: counted before anything is decoded. */
const ROUGHLY = /(?<![A-Z0-9_])[A-Z][A-Z0-9_]{1,63}(?:\\{0,4}["'])?[ ]?[=:]/g;

export function mayHoldEnvironment(text: string): boolean {
  let count = 0;
  for (const _ of text.matchAll(ROUGHLY)) if (++count === MIN_VARIABLES) return true;
  return false;
}

/** `NAME=value`, `export NAME="value"`, `'NAME': 'value'`, `"NAME" => "value"`, `"Env": "NAME=value"`. */
const ENTRY =
  /(?<![A-Za-z0-9_.$%{<-])([A-Z_][A-Z0-9_]{1,63})["']?[ \t]{0,2}(?:=>|[:=])[ \t]{0,2}(?:"([^"\n]{0,512})"|'([^'\n]{0,512})'|([^\s"',;{}()[\]]{0,512}))/g;
/** Words that stand so in front of a message. */
const LEVELS: ReadonlySet<string> = new Set(
  'INFO DEBUG WARN WARNING ERROR FATAL CRITICAL NOTICE TRACE VERBOSE LOG NOTE TODO FIXME HINT DETAIL STATEMENT CONTEXT HTTP HTTPS GET POST PUT DELETE START END REPORT INIT_START'.split(
    ' ',
  ),
);

/** Null where too few names are given a value, or none of them is a credential. */
export function environmentIn(text: string): EnvironmentDump | null {
  const names = new Set<string>();
  const credentials = new Set<string>();
  let entries = 0;
  for (const match of text.matchAll(ENTRY)) {
    if (++entries > MAX_ENTRIES) break;
    const name = match[1]!;
    if (LEVELS.has(name)) continue;
    names.add(name);
    if (givesAway(name, match[2] ?? match[3] ?? match[4] ?? '')) credentials.add(name);
  }
  if (names.size < MIN_VARIABLES || credentials.size === 0) return null;
  return { variables: names.size, credentials: [...credentials].sort() };
}

export interface EnvironmentLine {
  readonly name: string;
  /** Secret where the name is a credential's: never kept, never shown. */
  readonly value: string;
}

const SPACE = 0x20;
const TAB = 0x09;
const EQUALS = 0x3d;
const COLON = 0x3a;
const QUOTE = 0x22;
const APOSTROPHE = 0x27;
const MAX_NAME = 64;
const MAX_LINE = 4_096;
/** What may stand before the name: of a logger that wraps each line, of a shell, of YAML. */
const LEADS: readonly string[] = ['{"message":"', 'export ', 'declare -x ', '- '];

/**
 * A record that is nothing but one variable: `NAME=value`, `export NAME="value"`, `"NAME": "value",`. Null for nearly every line, after a
 * few bytes. A bare name in front of a colon is none: that is how levels are written (`WARNING:root:...`).
 */
export function environmentLine(bytes: Buffer, start: number, end: number): EnvironmentLine | null {
  if (end - start > MAX_LINE) return null;
  let at = start;
  while (at < end && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  let wrapped = false;
  for (const lead of LEADS) {
    if (bytes[at] !== lead.charCodeAt(0) || !beginsWith(bytes, at, end, lead)) continue;
    at += lead.length;
    wrapped ||= lead.startsWith('{');
  }
  const quote = bytes[at] === QUOTE || bytes[at] === APOSTROPHE ? bytes[at]! : 0;
  if (quote !== 0) at++;
  const from = at;
  while (at < end && at - from <= MAX_NAME && isNameByte(bytes[at]!)) at++;
  const length = at - from;
  if (length < 2 || length > MAX_NAME || (bytes[from]! >= 0x30 && bytes[from]! <= 0x39)) return null;
  const till = at;
  if (quote !== 0) {
    if (bytes[at] !== quote) return null;
    at++;
    if (bytes[at] === SPACE) at++;
    if (bytes[at] !== COLON && bytes[at] !== EQUALS) return null;
  } else if (bytes[at] !== EQUALS) return null;
  const rest = bytes.toString('latin1', at + 1, end).replace(/^>?[ \t]{0,4}/, '');
  const value = wrapped
    ? rest.replace(/^\\?["']/, '').replace(/\\?["'][\s\S]*$|\\[nr][\s\S]*$/, '')
    : rest
        .trimEnd()
        .replace(/^\\?["']/, '')
        .replace(/(?:\\?["'])?,?$/, '');
  return { name: bytes.toString('latin1', from, till), value };
}

function beginsWith(bytes: Buffer, at: number, end: number, text: string): boolean {
  if (at + text.length > end) return false;
  for (let index = 0; index < text.length; index++)
    if (bytes[at + index] !== text.charCodeAt(index)) return false;
  return true;
}

function isNameByte(byte: number): boolean {
  return (byte >= 0x41 && byte <= 0x5a) || byte === 0x5f || (byte >= 0x30 && byte <= 0x39);
}

const CREDENTIAL =
  /(?:^|_)(?:PASS|PASSWD|PASSWORD|PASSPHRASE|PW|DB_PWD|SECRET|SECRETS|TOKEN|API_?KEY|APIKEY|ACCESS_KEY|PRIVATE_KEY|AUTH_KEY|MASTER_KEY|ENCRYPTION_KEY|SIGNING_KEY|SECRET_?KEY|FERNET_KEY|APP_KEY|CREDENTIALS?|AUTHORIZATION|COOKIE|CONNECTION_STRING|JWT)(?:_(?:KEY|BASE|VALUE|PROD|LIVE|DEV|STAGING|\d{1,2}))?$/;
/** Their values hold a password where they hold one at all: `scheme://user:password@host`. */
const ADDRESS = /(?:^|_)(?:URL|URI|DSN)$/;
const WITH_PASSWORD = /^[a-z][a-z0-9+.-]{1,24}:\/\/[^\s/:@]{0,128}:([^\s@]{1,256})@/i;
/** Public, or the name of where the secret is. */
const NO_CREDENTIAL = /PUBLIC|PUBLISHABLE|(?:^|_)(?:CSRF_COOKIE|GPG_KEY)$|^_$/;

/** Whether a variable says a credential: by its name, and by a value that is no mask, reference, place-holder or default. */
export function givesAway(name: string, value: string): boolean {
  if (NO_CREDENTIAL.test(name)) return false;
  if (ADDRESS.test(name)) {
    const password = WITH_PASSWORD.exec(value)?.[1];
    return password !== undefined && isReal(password);
  }
  return CREDENTIAL.test(name) && value.length >= 6 && isReal(value);
}

function isReal(value: string): boolean {
  return (
    !isPlaceholder(value) &&
    !isWellKnownPassword(value) &&
    // A path, an address, an ARN, the name of a secret (`prod/orders/db`), a flag, a time.
    !/^(?:\/|\.{1,2}\/|https?:\/\/|arn:|projects\/|file:|~\/)/.test(value) &&
    !/^[a-z][a-z0-9-]{0,40}(?:[/:.][a-z][a-z0-9-]{0,40}){1,6}$/.test(value) &&
    !/^(?:true|false|yes|no|on|off|enabled|disabled|\d{1,5})$/i.test(value)
  );
}

/** Names that may be shown: a few, of plain form, without what could be a value. */
export function shownNames(names: readonly string[]): string[] {
  return names.filter((name) => name.length <= 48 && !/\d{4}|[A-Z0-9]{24}/.test(name)).slice(0, 12);
}

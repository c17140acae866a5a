// Access key ids and secret access keys as they stand in texts.

import { isPublishedExample } from './not-a-secret.ts';
import { entropyOf, kindChanges } from './value-tests/entropy.ts';

export interface KeyIdMatch {
  readonly keyId: string;
  readonly start: number;
  readonly end: number;
  /** Named as a key id (`aws_access_key_id = ...`), not only standing there. */
  readonly named: boolean;
}

export interface SecretMatch {
  /** Secret: never kept, never shown. */
  readonly secret: string;
  readonly start: number;
  readonly end: number;
  /** Named as a secret key (`aws_secret_access_key = ...`). */
  readonly named: boolean;
}

/** Matches looked at in one text: bounds the pairing of a hostile one. */
const MAX_MATCHES = 64;
/** Bits a character. Random base64 of 40 characters has 4.9; below 4.25 it is text or a repeat (trufflehog's floor for this kind). */
export const SECRET_ENTROPY_FLOOR = 4.25;
/**
 * Changes between lower, upper, digit and sign from one character to the next. Of 39 steps in random base64 25 change (standard deviation 3);
 * paths and names in camel case have fewer than 12.
 */
export const SECRET_KIND_CHANGES_FLOOR = 15;
/** Where the name says it already: of a million random texts hardly one has so little, and paths and names still have less. */
const NAMED_ENTROPY_FLOOR = 3.75;
const NAMED_KIND_CHANGES_FLOOR = 10;

/** Behind two slashes it is the user of a URL: `s3n://AKIA...:...@bucket`, Celery's `sqs://`. */
const KEY_ID = /(?<![A-Za-z0-9+]|[^/]\/)A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}(?![A-Za-z0-9/+=])/g;
/** The scope of a signature (`AKIA.../20261101/...`) names a key id in every signed request: nothing about its secret. */
const IN_SCOPE = /^(?:\/|%2[Ff])\d{8}/;
const KEY_ID_NAME =
  /(?:access[_ -]?key(?:[_ -]?id)?|key[_ -]?id|aws_?access)["'\]\s:=>,\\]{1,10}(?:value["'\s:=\\]{1,10})?$/i;
const SECRET = /(?<![A-Za-z0-9/+=_-])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g;
/** After `=` a value may begin; elsewhere `=` ends a base64 run. */
const ASSIGNED_SECRET = /(?<=[=])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_-])/g;
const SECRET_NAME =
  /(?:secret[_ -]?(?:access)?[_ -]?key|aws[_-]?secret)["'\]\s:=>,b\\]{1,10}(?:value["'\s:=\\]{1,10})?$/i;
/**
 * Session tokens begin so, since their first bytes are the version of their form and `origin_ec` or the like. Seen in logs and public rule sets:
 * https://github.com/Yelp/detect-secrets/issues, https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html (examples)
 */
export const SESSION_TOKEN =
  /(?<![A-Za-z0-9/+])(?:IQoJ|Ago[GJ]|F[wQ]o[DG]|AQoD)[A-Za-z0-9/+_-]{96,4096}={0,2}/;
/** How far before a value its name is looked for, characters. */
const NAME_LENGTH = 48;

export function keyIdsIn(text: string): KeyIdMatch[] {
  const found: KeyIdMatch[] = [];
  for (const match of text.matchAll(KEY_ID)) {
    const start = match.index;
    const end = start + match[0].length;
    if (isPublishedExample(match[0]) || IN_SCOPE.test(text.slice(end, end + 12))) continue;
    found.push({
      keyId: match[0],
      start,
      end,
      named: KEY_ID_NAME.test(text.slice(Math.max(0, start - NAME_LENGTH), start)),
    });
    if (found.length === MAX_MATCHES) break;
  }
  return found;
}

export function secretKeysIn(text: string): SecretMatch[] {
  const found: SecretMatch[] = [];
  for (const pattern of [SECRET, ASSIGNED_SECRET]) {
    for (const match of text.matchAll(pattern)) {
      const start = match.index;
      if (!mayBeSecretKey(match[0])) continue;
      const named = SECRET_NAME.test(text.slice(Math.max(0, start - NAME_LENGTH), start));
      if (!named && !looksLikeSecretKey(match[0])) continue;
      found.push({ secret: match[0], start, end: start + 40, named });
      if (found.length === MAX_MATCHES) return found;
    }
  }
  return found.sort((a, b) => a.start - b.start);
}

/** Beside a name that says so. */
function mayBeSecretKey(value: string): boolean {
  return (
    /[A-Z]/.test(value) &&
    /[a-z]/.test(value) &&
    !isPublishedExample(value) &&
    entropyOf(value) >= NAMED_ENTROPY_FLOOR &&
    kindChanges(value) >= NAMED_KIND_CHANGES_FLOOR
  );
}

/** Upper and lower case, digits, and no order in them: of 40 characters of base64 that are no text. */
export function looksLikeSecretKey(value: string): boolean {
  return (
    /[A-Z]/.test(value) &&
    /[a-z]/.test(value) &&
    /[0-9]/.test(value) &&
    !isPublishedExample(value) &&
    entropyOf(value) >= SECRET_ENTROPY_FLOOR &&
    kindChanges(value) >= SECRET_KIND_CHANGES_FLOOR
  );
}

/** A key id and a secret this near belong together: one statement prints both, in a line or in a few. Chosen. */
export const PAIR_CHARACTERS = 400;
export const PAIR_LINES = 3;

export interface KeyPair {
  readonly keyId: KeyIdMatch;
  readonly secret: SecretMatch;
}

/** Each key id of the text that a secret stands near. */
export function keyPairsIn(text: string): KeyPair[] {
  const keyIds = keyIdsIn(text);
  if (keyIds.length === 0) return [];
  const secrets = secretKeysIn(text);
  return keyIds.flatMap((keyId) => {
    const secret = secretOf(text, keyId, secrets);
    return secret === null ? [] : [{ keyId, secret }];
  });
}

/** The named secret nearest to a key id, else the nearest of those that only look like one. */
function secretOf(text: string, keyId: KeyIdMatch, secrets: readonly SecretMatch[]): SecretMatch | null {
  let best: SecretMatch | null = null;
  let bestDistance = Infinity;
  for (const secret of secrets) {
    const from = Math.min(keyId.end, secret.end);
    const to = Math.max(keyId.start, secret.start);
    const between = text.slice(from, to);
    const near = between.length <= PAIR_CHARACTERS && countLines(between) <= PAIR_LINES;
    if (!near && !(secret.named && inSameObject(between))) continue;
    const distance = between.length + (secret.named ? 0 : PAIR_CHARACTERS);
    if (distance >= bestDistance) continue;
    best = secret;
    bestDistance = distance;
  }
  return best;
}

function countLines(text: string): number {
  return text.split('\n').length - 1;
}

/** No brace between two members of one JSON object closes more than it opens, and the last one ends on the same level. */
function inSameObject(between: string): boolean {
  let depth = 0;
  for (const character of between) {
    if (character === '{') depth++;
    else if (character === '}' && --depth < 0) return false;
  }
  return depth === 0 && between.includes(':');
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The account that an access key id belongs to: bits 1 to 40 of its base32 part. '' for ids of the older form (fifth character I or J),
 * which do not hold it. https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/aws/utils.go
 */
export function accountOfKeyId(keyId: string): string {
  if (keyId[4] === 'I' || keyId[4] === 'J') return '';
  let bits = 0n;
  for (const letter of keyId.slice(4, 14)) bits = (bits << 5n) | BigInt(BASE32.indexOf(letter));
  // Ten letters are 50 bits: the first six bytes are the upper 48 of them.
  const account = ((bits >> 2n) & 0x7fffffffff80n) >> 7n;
  // Forty bits hold more than twelve digits: then it is no id that AWS gave out.
  return account > 999_999_999_999n ? '' : account.toString().padStart(12, '0');
}

/** Key ids that AWS hands out; emulators are called with others (`dummy`, `local`), and their signatures open nothing. */
const REAL_KEY_ID = /^A(?:KIA|SIA|BIA|CCA)[A-Z2-7]{16}$/;

/** Not of a published example, nor a made-up one; '' where the text does not say. */
export function isIssuedKey(keyId: string): boolean {
  return keyId === '' || (REAL_KEY_ID.test(keyId) && !isPublishedExample(keyId));
}

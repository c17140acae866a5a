// What the keys of items say about people: DynamoDB's data events show key values in clear, and no other values.
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/best-practices-security-preventative.html

import { cardsIn, isTestCard, LEAST_CARD_DIGITS } from './checks/card-number.ts';

type PersonalKind = 'e-mail address' | 'payment card number' | 'JSON Web Token' | 'phone number';

export interface PersonalKey {
  readonly table: string;
  /** Name of the key attribute, '' where it has none that can be shown. */
  readonly attribute: string;
  /** A PersonalKind, or the title of a kind of secret. */
  readonly kind: string;
  /** Personal: never kept, never shown. */
  readonly value: string;
}

/** Key values looked at in one call: a batch has 100 items with two each. */
const MAX_VALUES = 256;
const MAX_DEPTH = 12;
/** Characters of one key value: a sort key has at most 1,024 bytes, a partition key 2,048. */
const MAX_VALUE_CHARACTERS = 2_048;
const MAX_STATEMENT_CHARACTERS = 8_192;

const PLUS = 0x2b;
const NOTHING = 0;
const DIGIT = 1;
const SIGN_AT = 2;
const UPPER_J = 3;
/** What a byte may begin: nearly all begin nothing. */
const BEGINS = new Uint8Array(256);
for (let digit = 0x30; digit <= 0x39; digit++) BEGINS[digit] = DIGIT;
BEGINS[0x40] = SIGN_AT;
BEGINS[0x4a] = UPPER_J;

/**
 * Whether parameters are worth parsing: an @, 13 digits (with single blanks or dashes between them) that a card could have, a plus sign in
 * front of ten, or `eyJ`. Asked of every item-level call: one loop, nothing made.
 */
export function mayHoldPersonal(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const begins = BEGINS[bytes[at]!]!;
    if (begins === NOTHING) continue;
    if (begins === SIGN_AT) return true;
    if (begins === UPPER_J) {
      if (bytes[at - 1] === 0x79 && bytes[at - 2] === 0x65) return true;
      continue;
    }
    const first = bytes[at]!;
    const international = bytes[at - 1] === PLUS;
    // Numbers of cards begin with 2 to 6; times in milliseconds and most ids do not.
    const asked = international ? 10 : first < 0x32 || first > 0x36 ? Infinity : LEAST_CARD_DIGITS;
    let digits = 1;
    for (;;) {
      const next = bytes[at + 1]!;
      if (BEGINS[next] === DIGIT) digits++;
      else if ((next !== 0x20 && next !== 0x2d) || asked === Infinity || BEGINS[bytes[at + 2]!] !== DIGIT)
        break;
      at++;
      if (at >= end || digits >= asked) break;
    }
    if (digits >= asked) return true;
  }
  return false;
}

interface KeyValue {
  readonly table: string;
  readonly attribute: string;
  readonly value: string;
}

/** One entry a table, attribute and kind. `secretIn` gives the secrets of a known form in a value. */
export function personalKeysIn(
  parameters: unknown,
  secretIn: (value: string) => Pick<PersonalKey, 'kind' | 'value'> | null = () => null,
): PersonalKey[] {
  const values: KeyValue[] = [];
  collectCall(parameters, '', values, 0);
  const found = new Map<string, PersonalKey>();
  for (const { table, attribute, value } of values) {
    const personal = personalIn(attribute, value) ?? secretIn(value);
    if (personal === null) continue;
    const shown = shownName(attribute);
    const id = `${table}\n${shown}\n${personal.kind}`;
    if (!found.has(id)) found.set(id, { table, attribute: shown, ...personal });
  }
  return [...found.values()];
}

/** `tableName` or `TableName`, and its key beside it: batches and transactions write both. A batch may also be a map of tables. */
function collectCall(node: unknown, outerTable: string, values: KeyValue[], depth: number): void {
  if (typeof node !== 'object' || node === null || depth > MAX_DEPTH || values.length >= MAX_VALUES) return;
  if (Array.isArray(node)) {
    for (const child of node) collectCall(child, outerTable, values, depth + 1);
    return;
  }
  const members = node as Readonly<Record<string, unknown>>;
  const table = tableOf(members.tableName ?? members.TableName, outerTable);
  for (const [name, child] of Object.entries(members)) {
    switch (name.toLowerCase()) {
      case 'key':
      case 'keys':
      case 'exclusivestartkey':
        for (const key of Array.isArray(child) ? child : [child]) collectKey(key, table, values);
        break;
      case 'statement':
        if (typeof child === 'string') collectStatement(child, values);
        break;
      case 'requestitems':
        if (Array.isArray(child)) collectCall(child, table, values, depth + 1);
        else if (typeof child === 'object' && child !== null)
          for (const [of, requests] of Object.entries(child))
            collectCall(requests, tableOf(of, table), values, depth + 1);
        break;
      default:
        collectCall(child, table, values, depth + 1);
    }
  }
}

function collectKey(key: unknown, table: string, values: KeyValue[]): void {
  if (typeof key !== 'object' || key === null) return;
  for (const [attribute, typed] of Object.entries(key)) {
    const value = plainValue(typed);
    if (value !== '' && values.length < MAX_VALUES) values.push({ table, attribute, value });
  }
}

/** `"x"`, `12`, or with its type: `{"S": "x"}`. */
function plainValue(typed: unknown): string {
  if (typeof typed === 'string') return typed.slice(0, MAX_VALUE_CHARACTERS);
  if (typeof typed === 'number') return String(typed);
  if (typeof typed !== 'object' || typed === null) return '';
  const { S, s, N, n } = typed as Readonly<Record<string, unknown>>;
  const inner = S ?? s ?? N ?? n;
  return typeof inner === 'string' ? inner.slice(0, MAX_VALUE_CHARACTERS) : '';
}

const STATEMENT_TABLE = /\b(?:from|update|into)\s{1,8}"?([A-Za-z0-9_.-]{3,255})/i;
const STATEMENT_KEY = /(?<![\w.-])([A-Za-z_][\w.-]{0,63})"?\s{0,4}=\s{0,4}'([^']{3,512})'/g;

/** PartiQL keeps the values of keys, and of nothing else: `WHERE "id" = 'x'`. */
function collectStatement(statement: string, values: KeyValue[]): void {
  const text = statement.slice(0, MAX_STATEMENT_CHARACTERS);
  const table = tableOf(STATEMENT_TABLE.exec(text)?.[1], '');
  for (const [, attribute, value] of text.matchAll(STATEMENT_KEY)) {
    if (values.length >= MAX_VALUES) return;
    values.push({ table, attribute: attribute!, value: value! });
  }
}

function tableOf(given: unknown, otherwise: string): string {
  if (typeof given !== 'string') return otherwise;
  const name = given.slice(given.lastIndexOf('/') + 1);
  return /^[A-Za-z0-9_.-]{3,255}$/.test(name) ? name : otherwise;
}

/** Names of attributes are chosen by whoever calls: one that is no plain name could itself be a value. */
function shownName(attribute: string): string {
  return /^[A-Za-z_][\w.:-]{0,63}$/.test(attribute) && !/\d{6}/.test(attribute) ? attribute : '';
}

const PHONE_NAME = /phone|mobile|msisdn|(?:^|[_-])tel(?:$|[_-])|cell(?:$|[_-])|whatsapp/i;
const PHONE = /(?<![0-9A-Za-z+])\+[1-9]\d{9,14}(?!\d)/;
/** Base64url of `{"` and of another object behind it: two parts of a token, and its signature. */
const TOKEN =
  /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{10,2000}\.eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{20,1400}/;

function personalIn(
  attribute: string,
  value: string,
): { readonly kind: PersonalKind; readonly value: string } | null {
  const address = addressIn(attribute, value);
  if (address !== '') return { kind: 'e-mail address', value: address };
  const token = TOKEN.exec(value);
  if (token !== null) return { kind: 'JSON Web Token', value: token[0] };
  const card = cardIn(attribute, value);
  if (card !== '') return { kind: 'payment card number', value: card };
  const phone = PHONE.exec(value);
  if (phone !== null && (PHONE_NAME.test(attribute) || PHONE_NAME.test(value.slice(0, phone.index))))
    return { kind: 'phone number', value: phone[0] };
  return null;
}

/**
 * Of random ids of 16 digits one in 50 is a valid card number, so something must say card: the attribute, or what stands before it
 * (`CARD#4...`). Test numbers belong to nobody.
 */
const CARD_NAME = /card|(?:^|[^a-z])pan(?![a-z])|(?:^|[^a-z])cc(?:$|[^a-z]|num)/i;
const ID_NAME = /(?:^|[_-])(?:id|ids|uuid)$|[a-z]I[dD]$/;

function cardIn(attribute: string, value: string): string {
  const parts = value.split(/[#|:]/);
  for (const [at, part] of parts.entries()) {
    const named = CARD_NAME.test(at === 0 ? attribute : parts[at - 1]!) || CARD_NAME.test(attribute);
    if (!named || ID_NAME.test(attribute)) continue;
    const [card] = cardsIn(part);
    if (card !== undefined && card.start === 0 && card.end === part.length && !isTestCard(card.digits))
      return card.digits;
  }
  return '';
}

const ADDRESS = /(?<![A-Za-z0-9._%+-])([A-Za-z0-9._%+-]{1,64})@([A-Za-z0-9.-]{4,190})(?![A-Za-z0-9@_])/g;
/** Domains of names that only look like addresses: files, hosts of one network, documentation (RFC 2606), machines and messages. */
const NO_PERSON =
  /(?:^|\.)(?:png|jpe?g|gif|svg|webp|ico|pdf|js|mjs|ts|css|html?|json|zip|gz|local|localhost|localdomain|internal|lan|intranet|corp|home|test|example|invalid|example\.(?:com|net|org)|gserviceaccount\.com|amazonses\.com|mail\.gmail\.com|prod\.outlook\.com|compute\.amazonaws\.com)$/i;
const NO_PERSON_NAME = /^(?:git|no-?reply|do-?not-?reply|mailer-daemon|postmaster|root)$/i;
const MESSAGE_NAME = /message.?id|msg.?id|in.?reply.?to/i;

function addressIn(attribute: string, value: string): string {
  if (MESSAGE_NAME.test(attribute) || (value.startsWith('<') && value.endsWith('>'))) return '';
  for (const [whole, user, domain] of value.matchAll(ADDRESS)) {
    const host = domain!.replace(/(?<![.-])[.-]{1,190}$/, '');
    const labels = host.split('.');
    const plain =
      labels.length > 1 &&
      labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label));
    if (!plain || !/^[A-Za-z]{2,24}$/.test(labels.at(-1)!)) continue;
    if (NO_PERSON.test(host) || NO_PERSON_NAME.test(user!)) continue;
    return whole!;
  }
  return '';
}

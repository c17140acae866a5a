// Numbers of payment cards: an issuer's first digits, random ones, and the check digit of ISO/IEC 7812-1.

import type { Random } from './prng.ts';

interface Issuer {
  readonly first: readonly string[];
  readonly length: number;
  /** As it is embossed. */
  readonly groups: readonly number[];
}

const FOURS = [4, 4, 4, 4] as const;
/** https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN) */
const ISSUERS: readonly Issuer[] = [
  { first: ['4024', '4485', '4539', '4916'], length: 16, groups: FOURS },
  { first: ['5112', '5290', '5478'], length: 16, groups: FOURS },
  { first: ['2229', '2508', '2717'], length: 16, groups: FOURS },
  { first: ['3437', '3725'], length: 15, groups: [4, 6, 5] },
  { first: ['6011', '6458', '6513'], length: 16, groups: FOURS },
  { first: ['3046', '3628', '3891'], length: 14, groups: [4, 6, 4] },
  { first: ['3531', '3587'], length: 16, groups: FOURS },
  { first: ['6217', '6258'], length: 19, groups: [...FOURS, 3] },
  { first: ['5018', '6763'], length: 16, groups: FOURS },
];

interface MadeCard {
  readonly digits: string;
  /** With blanks or dashes. */
  grouped(separator: ' ' | '-'): string;
}

export function cardNumber(random: Random): MadeCard {
  const issuer = random.pick(ISSUERS);
  for (;;) {
    const first = random.pick(issuer.first);
    const body = first + random.text('0123456789', issuer.length - first.length - 1);
    const digits = body + checkDigit(body);
    // Few different digits, or long runs, are what test numbers are made of.
    if (new Set(digits).size < 6 || /(\d)\1{4}/.test(digits)) continue;
    return {
      digits,
      grouped(separator) {
        let at = 0;
        return issuer.groups
          .map((size) => {
            at += size;
            return digits.slice(at - size, at);
          })
          .join(separator);
      },
    };
  }
}

/** Every second digit from the right counts double, the one beside the check digit first. */
function checkDigit(body: string): string {
  let sum = 0;
  for (let fromRight = 0; fromRight < body.length; fromRight++) {
    const digit = Number(body[body.length - 1 - fromRight]);
    const weighed = fromRight % 2 === 0 ? 2 * digit : digit;
    sum += Math.floor(weighed / 10) + (weighed % 10);
  }
  return String((10 - (sum % 10)) % 10);
}

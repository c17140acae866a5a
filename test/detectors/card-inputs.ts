// Numbers of payment cards for goldens and tests, made from an issuer's first digits, and a check digit worked out by the book.

/** First digits and length. https://en.wikipedia.org/wiki/Payment_card_number#Issuer_identification_number_(IIN) */
const ISSUERS: Readonly<Record<string, readonly [first: string, length: number]>> = {
  visa: ['4539', 16],
  visa19: ['4539', 19],
  mastercard: ['5412', 16],
  mastercard2: ['2345', 16],
  amex: ['3734', 15],
  discover: ['6011', 16],
  diners: ['3651', 14],
  jcb: ['3541', 16],
  unionpay: ['6221', 17],
  maestro: ['6759', 18],
};

const digitSum = (value: number): number => (value > 9 ? value - 9 : value);

/** `digits` with their check digit: from the right every second one is doubled, beginning with the one beside the check digit. */
export function withCheckDigit(digits: string): string {
  const sum = [...digits]
    .reverse()
    .reduce((total, digit, at) => total + (at % 2 === 0 ? digitSum(Number(digit) * 2) : Number(digit)), 0);
  return `${digits}${(10 - (sum % 10)) % 10}`;
}

/** `issuer.name`; `account` gives the digits of the account. */
export function cardNumber(name: string, account: (length: number) => string): string {
  const issuer = ISSUERS[name.split('.')[0]!];
  if (issuer === undefined) throw new Error(`no issuer of cards in ${name}`);
  const [first, length] = issuer;
  return withCheckDigit(`${first}${account(length - first.length - 1)}`);
}

/** In the groups that are embossed. */
export function groupedCard(digits: string, separator: string): string {
  const sizes = { 14: [4, 6, 4], 15: [4, 6, 5], 19: [4, 4, 4, 4, 3] }[digits.length] ?? [4, 4, 4, 4];
  let at = 0;
  return sizes
    .map((size) => {
      at += size;
      return digits.slice(at - size, at);
    })
    .join(separator);
}

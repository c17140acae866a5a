// SEC-17: the number of a payment card stands in a log.

import { secretRule } from './secret-rule.ts';

export const paymentCardInLog = secretRule({
  // A shop that logs its checkout logs every customer's card: one finding a log, not thousands.
  per: 'place',
  meta: {
    id: 'SEC-17',
    name: 'payment-card-in-log',
    version: 1,
    title: 'Payment card number in a log',
    what:
      'Numbers of 13 to 19 digits in the range and length of an issuer (Visa, Mastercard, American Express, Discover, Diners Club, JCB, UnionPay, ' +
      'Maestro) with the right check digit, beside a name or a word that says card; the data of magnetic stripes.',
    why:
      'A log with card numbers is cardholder data, with all that storing it demands, and nobody treats it so. With the verification code or the ' +
      'stripe beside it (CRITICAL), which nobody may keep, a reader can pay with it.',
    severities: ['CRITICAL', 'HIGH', 'LOW'],
    falsePositives: [
      'Test numbers of payment services that no list here knows (known ones, and those of few digits, are LOW).',
      'Other numbers with a check digit that are named as cards; gift, loyalty, SIM and id cards are left alone.',
    ],
    blindSpots: [
      'A number that nothing beside it calls a card: of 16 random digits one number in 50 would be one.',
      'Numbers in fields that are named as ids or tokens.',
      'Masked, cut or encrypted numbers, on purpose; a number split over records.',
    ],
    investigate: [
      'Open the record at the locator: a request that is logged whole, an error that quotes its input, a debug line of a payment client.',
      'How long has this line been written, and where is the log copied to? All of that holds cards.',
      'Tell those who answer for card payments: what must be told to whom is in their contracts.',
    ],
    thresholds: [
      {
        name: 'length',
        value: '13-19',
        unit: 'digits',
        reason: 'lengths that issuers use; each range has its own',
        source: 'https://en.wikipedia.org/wiki/Payment_card_number',
      },
      {
        name: 'date, code and words',
        value: 200,
        unit: 'characters',
        reason: 'one statement prints them together',
        source: 'chosen, not measured',
      },
    ],
    compliance: { cwe: ['CWE-312', 'CWE-532'], gdpr: ['32(1)(a)'] },
  },
});

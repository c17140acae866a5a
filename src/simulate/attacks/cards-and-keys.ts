// SEC-17 and SEC-25: payment cards and keys of ciphers in application logs.

import { cardNumber } from '../card-numbers.ts';
import type { Random } from '../prng.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

const keyBytes = (random: Random): Buffer => Buffer.from(Array.from({ length: 32 }, () => random.below(256)));
const base64Key = (random: Random): string => keyBytes(random).toString('base64');

export const CARDS: readonly SecretVariant[] = [
  {
    rule: 'SEC-17',
    name: 'checkout-in-json',
    severity: 'HIGH',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'a checkout that is logged whole',
    messages: ({ random }) => [
      JSON.stringify({
        level: 'debug',
        msg: 'checkout',
        body: { orderId: random.hex(12), cardNumber: cardNumber(random).digits, amount: 1299 },
      }),
    ],
  },
  {
    rule: 'SEC-17',
    name: 'with-code',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'a form with the verification code',
    messages: ({ random }) => [
      `INFO POST /pay card_number=${cardNumber(random).digits}&exp_month=11&exp_year=2031&cvv=${random.text('0123456789', 3)}`,
    ],
  },
  {
    rule: 'SEC-17',
    name: 'in-words',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a number in groups, in a sentence',
    messages: ({ random }) => [
      `WARNING declined: credit card ${cardNumber(random).grouped(random.pick([' ', '-'] as const))} for order ${random.hex(8)}`,
    ],
  },
];

export const CIPHER_KEYS: readonly SecretVariant[] = [
  {
    rule: 'SEC-25',
    name: 'answer-of-kms',
    severity: 'HIGH',
    kinds: ANY,
    description: 'an answer of GenerateDataKey that is printed whole',
    messages: ({ random, region, account }) => [
      `INFO ${JSON.stringify({
        CiphertextBlob: random.text('ABCDEFGHIJabcdefghij0123456789', 248),
        Plaintext: base64Key(random),
        KeyId: `arn:aws:kms:${region}:${account}:key/${random.uuid()}`,
      })}`,
    ],
  },
  {
    rule: 'SEC-25',
    name: 'node-bytes',
    severity: 'HIGH',
    kinds: ['node', 'lambda'],
    description: 'the bytes of a data key as Node prints them',
    messages: ({ random, region, account }) => [
      `{ KeyId: 'arn:aws:kms:${region}:${account}:key/${random.uuid()}', Plaintext: Uint8Array(32) [ ${[...keyBytes(random)].join(', ')} ] }`,
    ],
  },
  {
    rule: 'SEC-25',
    name: 'named-key',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a Fernet key in the settings of a worker',
    messages: ({ random }) => [
      `DEBUG settings FERNET_KEY=${base64Key(random).replaceAll('+', '-').replaceAll('/', '_')} workers=4`,
    ],
  },
  {
    rule: 'SEC-25',
    name: 'zero-vector',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'an initialization vector of zeros',
    messages: () => [`DEBUG encrypting document with aes-256-cbc iv=${'0'.repeat(32)}`],
  },
];

// Payment cards as shops, gateways and their clients write them.

import { cardNumber } from '../card-numbers.ts';
import type { Random } from '../prng.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

const MEMBERS = ['cardNumber', 'card_number', 'pan', 'ccnumber', 'creditCardNumber', 'card.number'];
const BRANDS = ['visa', 'MasterCard', 'amex', 'card', 'credit card'];

function payment(random: Random): MadeSecret {
  const card = cardNumber(random);
  const written = random.pick([card.digits, card.grouped(' '), card.grouped('-')]);
  const key = random.pick(MEMBERS);
  return {
    secrets: [written],
    text: random.pick([
      `${key}=${card.digits}`,
      `charging ${random.pick(BRANDS)} ${written} for 12.99 EUR`,
      `card declined: card number ${written}`,
      `${key}: ${written}, exp_month: 11, cvv: ${random.text('0123456789', 3)}`,
      `;${card.digits}=29121010000${random.text('0123456789', 6)}? track2 of reader 4`,
    ]),
    member: { key, value: written },
    lines: ['payment:', `  card_number: ${written}`, '  exp_year: 2031'],
  };
}

export const CARD_EXAMPLES: readonly SecretExample[] = [{ kind: 'payment-card-number', make: payment }];

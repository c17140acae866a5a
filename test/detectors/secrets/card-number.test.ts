import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cardBrand, cardsIn, isTestCard } from '../../../src/detectors/secrets/checks/card-number.ts';
import { cardNumber, groupedCard } from '../card-inputs.ts';

const account = (length: number) => '93046128573'.repeat(2).slice(0, length);
const ISSUERS = {
  visa: 'Visa',
  visa19: 'Visa',
  mastercard: 'Mastercard',
  mastercard2: 'Mastercard',
  amex: 'American Express',
  discover: 'Discover',
  diners: 'Diners Club',
  jcb: 'JCB',
  unionpay: 'UnionPay',
  maestro: 'Maestro',
};

describe('a card number', () => {
  it.each(Object.entries(ISSUERS))('of %s is one of %s', (issuer, brand) => {
    const number = cardNumber(issuer, account);
    expect(cardBrand(number)).toBe(brand);
    expect(isTestCard(number)).toBe(false);
    // One digit wrong: the check digit sees it.
    expect(cardBrand(number.replace(/.$/, (last) => String((Number(last) + 1) % 10)))).toBe('');
    expect(cardBrand(number.slice(1))).toBe('');
    expect(cardBrand(`${number}0`)).toBe('');
  });

  it('is found bare and in groups, with its place', () => {
    for (const issuer of ['visa', 'amex', 'diners', 'jcb', 'mastercard2', 'visa19']) {
      const number = cardNumber(issuer, account);
      for (const written of [number, groupedCard(number, ' '), groupedCard(number, '-')]) {
        const text = `card: ${written}, thanks`;
        const [card] = cardsIn(text);
        expect(card?.digits).toBe(number);
        expect(text.slice(card!.start, card!.end)).toBe(written);
      }
    }
  });

  it('may have its date or code behind it, and may be the data of a track', () => {
    const number = cardNumber('visa', account);
    expect(cardsIn(`${groupedCard(number, ' ')} 12/29 123`)).toHaveLength(1);
    expect(cardsIn(`;${number}=2912101${'0'.repeat(9)}?`)).toHaveLength(1);
  });

  it('is no piece of a longer number, a path, an id, a mask or a row of numbers', () => {
    const number = cardNumber('visa', account);
    const grouped = groupedCard(number, '-');
    for (const text of [
      `9${number}`,
      `${number}9`,
      `0.${number}`,
      `${number}.5`,
      `a${number}`,
      `${number}ab`,
      `x-${number}`,
      `/${number}`,
      `*${number}`,
      `a-${grouped}`,
      `${grouped}-a1`,
      `1234 5678 ${groupedCard(number, ' ')}`,
      groupedCard(number, '-').replace('-', ' '),
    ])
      expect(cardsIn(text), text).toEqual([]);
  });

  it('of a manual is known as such', () => {
    for (const parts of [
      ['4111', '111111111111'],
      ['4242', '424242424242'],
      ['5555', '555555554444'],
      ['3782', '82246310005'],
      ['4000', '000000000002'],
      ['6011', '000990139424'],
      ['2223', '003122003222'],
    ]) {
      expect(cardBrand(parts.join(''))).not.toBe('');
      expect(isTestCard(parts.join(''))).toBe(true);
    }
  });

  it('is what two of a hundred random numbers of 16 digits would be taken for: names must be asked', () => {
    let random = 1;
    const digit = () => {
      random = (random * 48_271) % 2_147_483_647;
      return String(random % 10);
    };
    let cards = 0;
    for (let at = 0; at < 20_000; at++) {
      if (cardBrand(Array.from({ length: 16 }, digit).join('')) !== '') cards++;
    }
    expect(cards / 20_000).toBeGreaterThan(0.01);
    expect(cards / 20_000).toBeLessThan(0.03);
  });

  it('is looked for in bounded time', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('4', '11', ' ', '-', '1234', 'x'), { maxLength: 400 }),
        (parts) => {
          for (const { digits } of cardsIn(parts.join(''))) expect(cardBrand(digits)).not.toBe('');
        },
      ),
      { numRuns: 200 },
    );
  });
});

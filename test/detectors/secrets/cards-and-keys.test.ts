import { describe, expect, it } from 'vitest';
import { CARD_KINDS } from '../../../src/detectors/secrets/kinds/cards.ts';
import { KMS_KINDS } from '../../../src/detectors/secrets/kinds/kms.ts';
import { createTextScanner } from '../../../src/detectors/secrets/scan-text.ts';
import { createRandom } from '../../../src/simulate/prng.ts';
import { CARD_EXAMPLES } from '../../../src/simulate/secret-examples/cards.ts';
import { KMS_EXAMPLES } from '../../../src/simulate/secret-examples/kms.ts';
import { expandPlaceholders } from '../golden-inputs.ts';

const { scan } = createTextScanner([...CARD_KINDS, ...KMS_KINDS]);
const found = (text: string) =>
  scan(expandPlaceholders(text), 0).matches.map(
    ({ kind, verdict }) => `${kind.name} ${verdict.severity ?? kind.severity}`,
  );

describe('every example', () => {
  it.each([...CARD_EXAMPLES, ...KMS_EXAMPLES])('of $kind is found however it is written', (example) => {
    for (let seed = 0; seed < 60; seed++) {
      const { text, member, lines, secrets } = example.make(createRandom(`${example.kind} ${seed}`), 0);
      const forms = [`INFO ${text} done`, JSON.stringify({ message: text })];
      if (member !== undefined) {
        const { key, value } = member;
        forms.push(
          JSON.stringify({ request: { [key]: value } }),
          JSON.stringify({ log: JSON.stringify({ [key]: value }) }),
          `{'${key}': '${value}'}`,
          `a=1&${key}=${encodeURIComponent(value)}&b=2`,
        );
      }
      if (lines !== undefined) forms.push(lines.join('\n'));
      for (const form of forms) {
        const matches = scan(form, 0).matches.filter(({ kind }) => kind.name === example.kind);
        expect(matches.length, form).toBeGreaterThan(0);
        expect(
          secrets.some((secret) =>
            matches.some((match) => match.secret.replace(/\D/g, '') === secret.replace(/\D/g, '')),
          ),
          form,
        ).toBe(true);
      }
    }
  });
});

describe('a card', () => {
  it.each([
    ['{"card":{"number":"{{card:visa.a}}","exp_month":4}}', 'HIGH'],
    ['{"payment":{"number":"{{card:visa.a}}","cvc":"123"}}', 'CRITICAL'],
    ['<cardNumber>{{card:visa.a}}</cardNumber>', 'HIGH'],
    ['<PAN>{{card:visa.a}}</PAN>', 'HIGH'],
    ['primary_account_number => {{card:diners.a}}', 'HIGH'],
    ['paid with mastercard {{card:mastercard2.a|dashed}}', 'HIGH'],
    ['clientPan={{card:unionpay.a}}', 'HIGH'],
    ['card_number={{test-card:visa}} cvv=123', 'LOW'],
  ])('%s is %s', (text, severity) => {
    expect(found(text)).toEqual([`payment-card-number ${severity}`]);
  });

  it('is one secret however it is grouped', () => {
    const [a] = scan(expandPlaceholders('card: {{card:visa.a|grouped}}'), 0).matches;
    const [b] = scan(expandPlaceholders('pan={{card:visa.a}}'), 0).matches;
    expect(a?.secret).toBe(b?.secret);
  });

  it.each([
    'card_id={{card:visa.a}}',
    'cardToken={{card:visa.a}} cvv=123',
    'visa span={{card:visa.a}}',
    'credit card order {{card:visa.a}}',
    'gift_card_number={{card:visa.a}}',
    'id_card: {{card:unionpay.a}}',
    'number={{card:visa.a}} visa ',
    'card=a{{card:visa.a}}',
  ])('is not seen in %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

describe('a key of a cipher', () => {
  it.each([
    "{'Plaintext': b'{{python-key-32:a}}', 'CiphertextBlob': b'x'}",
    'KeyId=k Plaintext={{key-32:a}}',
    'dataKey: { Plaintext: <Buffer {{buffer-key-32:a}}> }',
    '{"KeyId":"k","Plaintext":"{{key-32:a}}"}',
  ])('is seen in %s', (text) => {
    expect(found(text)).toEqual(['kms-plaintext-data-key HIGH']);
  });

  it.each([
    'Plaintext={{key-32:a}}',
    'KeyId=k Plaintext=aGVsbG8gd29ybGQsIHRoaXMgaXMgYSB0ZXh0IG9mMzI=',
    'data_key_id={{hex:a}}',
    'encryptedDataKey={{key-32:a}}',
    'data_key=user_profile_by_country_and_year',
    'public_encryption_key={{key-32:a}}',
    'fernet={{uuid:a}}',
    'archiv=0000000000000000000000000000000000',
    'RSA/ECB/PKCS1Padding',
  ])('is not seen in %s', (text) => {
    expect(found(text)).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';
import {
  accessKeyId,
  password,
  secretAccessKey,
  sessionToken,
  signature,
} from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';

describe('made-up credentials have the shape of real ones', () => {
  test('the owner can be read from an access key id', () => {
    const random = createRandom('keys');
    for (const account of ['000000000001', '123456789012', '999999999999']) {
      const id = accessKeyId('AKIA', account, random);
      expect(id).toMatch(/^AKIA[A-Z2-7]{16}$/);
      expect(ownerOf(id)).toBe(account);
    }
  });

  test('secrets, tokens and signatures', () => {
    const random = createRandom('secrets');
    for (let i = 0; i < 50; i++) {
      const secret = secretAccessKey(random);
      expect(secret).toMatch(/^[A-Za-z0-9+/]{40}$/);
      expect(secret).toMatch(/[A-Z]/);
      expect(secret).toMatch(/[a-z]/);
      expect(secret).toMatch(/\d/);
      expect(password(random)).toMatch(/^(?=.*[A-Z])(?=.*[a-z])(?=.*\d)[A-Za-z0-9]{18}$/);
    }
    expect(sessionToken(random)).toMatch(/^IQoJ[A-Za-z0-9+/]{352}$/);
    expect(signature(random)).toMatch(/^[0-9a-f]{64}$/);
  });
});

/** Base32 of the 16 characters after the prefix; bits 1 to 40 of the first 48 are the account. */
function ownerOf(id: string): string {
  let bits = 0n;
  for (const letter of id.slice(4))
    bits = (bits << 5n) | BigInt('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter));
  const first48 = bits >> 32n;
  return String((first48 & 0x7fffffffff80n) >> 7n).padStart(12, '0');
}

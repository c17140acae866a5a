// Identifiers and secrets of the right shape, made at run time from random numbers: none of them has ever worked anywhere.

import type { Random } from './prng.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const BASE64 = `${BASE62}+/`;

/**
 * Access key id of an account: after the four-letter prefix the first 48 bits hold a set bit, the account number (40 bits) and 7 more,
 * which is how a key's owner can be read from it (https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/aws/utils.go).
 */
export function accessKeyId(kind: 'AKIA' | 'ASIA', account: string, random: Random): string {
  let bits = (1n << 47n) | (BigInt(account) << 7n) | BigInt(random.below(128));
  let owner = '';
  // 48 bits are nine digits of five bits and three bits of a tenth
  bits <<= 2n;
  for (let i = 0; i < 10; i++) {
    owner = BASE32[Number(bits & 31n)]! + owner;
    bits >>= 5n;
  }
  return kind + owner + random.text(BASE32, 6);
}

/** `AROA...`, `AIDA...`: ids of roles and users, not credentials. */
export function principalId(kind: 'AROA' | 'AIDA', random: Random): string {
  return kind + random.text(BASE32, 17);
}

/** 40 characters with upper case, lower case and a digit, as every real one has. */
export function secretAccessKey(random: Random): string {
  for (;;) {
    const text = random.text(BASE64, 40);
    // A slash at an end or next to another looks like a path, which real keys may do and a reader may doubt.
    if (/[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text) && !/^\/|\/\/|\/$/.test(text))
      return text;
  }
}

/** Session token: base64 with the start that tokens of 2019 and later have. */
export function sessionToken(random: Random, length = 356): string {
  return `${['IQoJ', 'b3Jp', 'Z2lu', 'X2Vj'].join('')}${random.text(BASE64, length - 16)}`;
}

export function password(random: Random, length = 18): string {
  for (;;) {
    const text = random.text(BASE62, length);
    if (/[A-Z]/.test(text) && /[a-z]/.test(text) && /\d/.test(text)) return text;
  }
}

export function base64Text(random: Random, length: number): string {
  return random.text(BASE64, length);
}

/** SigV4 signature: 64 lower-case hexadecimal digits. */
export function signature(random: Random): string {
  return random.hex(64);
}

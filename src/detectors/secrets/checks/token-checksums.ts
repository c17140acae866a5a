// Checksums in tokens: one that is right leaves no doubt, one that is wrong was typed, cut or made up.

import { crc32Of } from '../../../lib/crc32.ts';
import type { Candidate, Verdict } from '../secret-kind.ts';
import { whyNotRandom } from './token-body.ts';

const VERIFIED: Verdict = { confidence: 1, verified: true };
const FAILED: Verdict = { refused: 'failed-checksum' };

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const BASE36 = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Digits of base 62 that 32 bits take. */
const BASE62_DIGITS = 6;
/** Digits of base 36 that 32 bits take. */
const BASE36_DIGITS = 7;
const HEX_DIGITS = 8;
/** Random characters of a token of GitLab that is not routable. */
const GITLAB_CHARACTERS = 20;

/**
 * The last six characters are the CRC-32 of what stands between prefix and them, in base 62: GitHub, npm, Vercel.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
export function base62Checksum(publicPrefix: number) {
  return ({ secret }: Candidate): Verdict => {
    const body = secret.slice(publicPrefix, -BASE62_DIGITS);
    return inDigits(crc32Of(body), BASE62, BASE62_DIGITS) === secret.slice(-BASE62_DIGITS)
      ? VERIFIED
      : FAILED;
  };
}

/** As above where the vendor is known to issue others, too: then a body that looks random is enough. */
export function perhapsBase62Checksum(publicPrefix: number) {
  const checksum = base62Checksum(publicPrefix);
  return (candidate: Candidate): Verdict => {
    const verdict = checksum(candidate);
    if (verdict === VERIFIED) return verdict;
    return whyNotRandom(candidate.secret.slice(publicPrefix)) === null
      ? { confidence: 0.7, verified: false }
      : FAILED;
  };
}

/**
 * The last eight characters are the CRC-32 of all before them from `from` on, in hexadecimal: Atlassian and Bitbucket with their prefix,
 * Cloudflare without. https://github.com/Samsung/CredSweeper/blob/main/credsweeper/filters/value_atlassian_token_check.py
 */
export function hexChecksum(from: number) {
  return ({ secret }: Candidate): Verdict => {
    const body = secret.slice(from, -HEX_DIGITS);
    const checksum = crc32Of(body).toString(16).padStart(HEX_DIGITS, '0');
    return checksum === secret.slice(-HEX_DIGITS).toLowerCase() ? VERIFIED : FAILED;
  };
}

/** Grafana: CRC-32 of all before the last underscore, as hexadecimal bytes, the lowest first. https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go */
export function grafanaChecksum({ secret }: Candidate): Verdict {
  const checksum = crc32Of(secret.slice(0, -HEX_DIGITS - 1));
  let bytes = '';
  for (let shift = 0; shift < 32; shift += 8)
    bytes += ((checksum >>> shift) & 255).toString(16).padStart(2, '0');
  return bytes === secret.slice(-HEX_DIGITS).toLowerCase() ? VERIFIED : FAILED;
}

/**
 * GitLab: twenty random characters, or a routable token whose last seven characters are the CRC-32 of all before them in base 36.
 * https://docs.gitlab.com/security/tokens/
 */
export function gitlabToken(publicPrefix: number) {
  return ({ secret }: Candidate): Verdict => {
    if (!secret.includes('.')) {
      const random = secret.slice(publicPrefix).replace(/^t[0-9]_/, '');
      if (random.length !== GITLAB_CHARACTERS) return { refused: 'wrong-length' };
      const refused = whyNotRandom(random);
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    }
    const body = secret.slice(0, -BASE36_DIGITS);
    return inDigits(crc32Of(body), BASE36, BASE36_DIGITS) === secret.slice(-BASE36_DIGITS)
      ? VERIFIED
      : FAILED;
  };
}

function inDigits(value: number, digits: string, width: number): string {
  let text = '';
  for (let rest = value; rest > 0; rest = Math.floor(rest / digits.length))
    text = digits[rest % digits.length]! + text;
  return text.padStart(width, digits[0]!);
}

const BECH32 = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
const BECH32_GENERATORS = [0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3];

/** Bech32: an age identity. https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki */
export function bech32Checksum({ secret }: Candidate): Verdict {
  const text = secret.toLowerCase();
  const separator = text.lastIndexOf('1');
  const prefix = [...text.slice(0, separator)].map((character) => character.charCodeAt(0));
  const values = [...text.slice(separator + 1)].map((character) => BECH32.indexOf(character));
  let sum = 1;
  for (const value of [
    ...prefix.map((code) => code >>> 5),
    0,
    ...prefix.map((code) => code & 31),
    ...values,
  ]) {
    const top = sum >>> 25;
    sum = ((sum & 0x1ffffff) << 5) ^ value;
    for (let bit = 0; bit < 5; bit++) if ((top >>> bit) & 1) sum ^= BECH32_GENERATORS[bit]!;
  }
  return sum === 1 ? VERIFIED : FAILED;
}

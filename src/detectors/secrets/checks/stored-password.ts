// How passwords are stored, and whether it keeps them: hashes by their cost, encodings by what they decode to.

import { isWeakPassword } from '../not-a-secret.ts';
import type { Accepted, Candidate, Refusal, Verdict } from '../secret-kind.ts';
import { readName } from '../value-tests/secret-names.ts';
import { decodeBase64 } from '../views/decode.ts';

/** https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html */
const LEAST_BCRYPT_COST = 10;
/** Django's own number passed 100,000 in version 2.0; OWASP asks for six times as many. */
const LEAST_PBKDF2_ITERATIONS = 100_000;
/** crypt(5): the default of sha256crypt and sha512crypt. */
const LEAST_CRYPT_ROUNDS = 5000;
const MIN_DECODED = 6;
const MAX_DECODED = 64;
/** Random bytes of this length are all printable once in 2,800 times; of six bytes once in 380. */
const SURE_DECODED = 8;

const refused = (reason: Refusal): Verdict => ({ refused: reason });

function weak(hash: string, why: string): Accepted {
  return { confidence: 0.95, verified: true, facts: { hash }, why };
}
/** Nobody guesses a good password in it; a bad one, somebody does. */
function strong(hash: string): Accepted {
  return {
    confidence: 0.95,
    verified: true,
    severity: 'LOW',
    facts: { hash },
    why: 'slow to guess: only weak passwords come out of it',
  };
}

export function checkBcrypt({ groups }: Candidate): Verdict {
  const cost = Number(groups.cost);
  if (cost < 4 || cost > 31) return refused('failed-decoding');
  return cost < LEAST_BCRYPT_COST
    ? weak(`bcrypt, cost ${cost}`, `fewer than 2^${LEAST_BCRYPT_COST} rounds`)
    : strong(`bcrypt, cost ${cost}`);
}

export function checkCrypt({ groups }: Candidate): Verdict {
  const { method = '', rounds, hash = '' } = groups;
  if (hash.length !== 22 && hash.length !== 43 && hash.length !== 86) return refused('wrong-length');
  if (method === '1' || method === 'apr1')
    return weak('MD5 crypt', 'MD5 is fast: millions of guesses a second');
  if (rounds !== undefined && Number(rounds) < LEAST_CRYPT_ROUNDS)
    return weak('SHA-2 crypt', `fewer than ${LEAST_CRYPT_ROUNDS} rounds`);
  return strong(method === 'y' ? 'yescrypt' : 'SHA-2 crypt');
}

export const checkStrong = (): Verdict => strong('Argon2 or scrypt');
export const checkFastDigest = (): Verdict =>
  weak('fast digest', 'one round of a fast digest: billions of guesses a second');

export function checkPbkdf2({ groups }: Candidate): Verdict {
  const iterations = Number(groups.iterations);
  return iterations < LEAST_PBKDF2_ITERATIONS
    ? weak(`PBKDF2, ${iterations} iterations`, `fewer than ${LEAST_PBKDF2_ITERATIONS / 1000},000 iterations`)
    : strong(`PBKDF2, ${iterations} iterations`);
}

export const checkNtHash = (): Verdict => ({
  confidence: 0.95,
  verified: true,
  severity: 'HIGH',
  facts: { hash: 'NT hash' },
  why: 'Windows takes the hash itself in place of the password',
});

/** Names under which a digest is stored; under others 32 digits of hex are a password that a machine made. */
const DIGEST_NAME =
  /^(?:user |old |new |stored |hashed |encoded |encrypted )*(?:password|passwd|pwd|pass|userpassword)(?: (?:hash|md|sha|digest|hex))*$/;

/** MD5 or SHA-1 without salt, under the name of a password. */
export function checkDigest({ groups }: Candidate): Verdict {
  const words = readName(groups.name ?? '').words.join(' ');
  if (!DIGEST_NAME.test(words)) return refused('name-says-no');
  const isMd5 = groups.secret!.length === 32;
  return {
    confidence: 0.7,
    verified: false,
    facts: { hash: isMd5 ? 'MD5' : 'SHA-1' },
    why: 'a digest without salt: tables of precomputed ones give the password',
  };
}

/** A password in base64 or hex, or in ROT13 where it is one of those that are tried first. */
export function checkEncoded(candidate: Candidate): Verdict {
  const value = candidate.secret;
  const name = readName(candidate.groups.name ?? '');
  if (name.nameClass !== 'password' || name.saysNo) return refused('name-says-no');
  const rot13 = value.replace(/[A-Za-z]/g, (letter) => {
    const base = letter <= 'Z' ? 65 : 97;
    return String.fromCharCode(((letter.charCodeAt(0) - base + 13) % 26) + base);
  });
  if (isWeakPassword(rot13) && !isWeakPassword(value)) return encoded('ROT13', true);
  if (/^(?:[0-9a-f]{2}){6,64}$|^(?:[0-9A-F]{2}){6,64}$/.test(value)) {
    const plain = value.replace(/../g, (byte) => String.fromCharCode(Number.parseInt(byte, 16)));
    return plain.length >= SURE_DECODED && readsAsPassword(plain)
      ? encoded('hex', true)
      : refused('failed-decoding');
  }
  if (!/^[A-Za-z0-9+/]{8,88}={0,2}$/.test(value) || (value.length % 4 !== 0 && !/^[^=]*$/.test(value)))
    return refused('failed-decoding');
  if (value.length % 4 === 1 || !/[A-Z]/.test(value) || !/[a-z]/.test(value))
    return refused('failed-decoding');
  const plain = decodeBase64(value);
  return readsAsPassword(plain)
    ? encoded('base64', plain.length >= SURE_DECODED)
    : refused('failed-decoding');
}

function readsAsPassword(plain: string): boolean {
  return (
    plain.length >= MIN_DECODED &&
    plain.length <= MAX_DECODED &&
    /^[\x21-\x7e]+$/.test(plain) &&
    /[A-Za-z]{2}/.test(plain)
  );
}

function encoded(encoding: string, verified: boolean): Accepted {
  return {
    confidence: verified ? 0.9 : 0.7,
    verified,
    facts: { encoding },
    why: `${encoding} is no encryption: anybody reads the password from it`,
  };
}

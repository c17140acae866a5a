// Values that nothing but their place tells to be secrets: tokens of a header, a cookie, a link.

import { sha256Hex } from '../../../lib/digest.ts';
import { isPlaceholder } from '../not-a-secret.ts';
import type { Candidate, Refusal, Verdict } from '../secret-kind.ts';
import { entropyOf, kindChanges } from '../value-tests/entropy.ts';
import { isSequence } from '../value-tests/sequences.ts';
import { isCode } from '../value-tests/shapes.ts';

/** Bits a character; 16 random hex digits have less than this once in 10,000. Made by simulation. */
const LEAST_ENTROPY = 2.4;
/** Of 50 characters of Django's alphabet, and what sentences do not have: none of 20,000 had less. */
const LEAST_LONG_ENTROPY = 4;
/** Of the steps from one character to the next, the share that goes up or down by at most one: 0.1 in random hex. */
const MOST_ORDERED = 0.6;
/** Words in camel case change their kind of letter at every fifth character; random letters at every second. */
const LEAST_CHANGES = 0.3;

/**
 * Of values printed in standards and manuals, the first 64 bits of their SHA-256: tokens and codes of RFC 6749, the token of RFC 6750, of
 * RFC 7009, those of RFC 5849 and https://oauth.net/core/1.0a/, and the one of https://core.telegram.org/bots/api
 */
const EXAMPLES: ReadonlySet<string> = new Set([
  ...['6c96130f130ab0d6', '00cf4c781dc37003', 'a35b81a7d7927b70', 'b8e148545b13c78b'],
  ...['ea9bdfd02c0c412c', '2ff8b0fb93aca981', '80f8b7c904d4a43f'],
  ...['9d03b692e941d5ac', '8d567eb88afff34f', '731fa294d036e54f'],
]);

export function isPublishedToken(value: string): boolean {
  return EXAMPLES.has(sha256Hex(value).slice(0, 16));
}

/** Where a value is kept: `ssm:/prod/key`, `sm://project/name`, `env:NAME`. */
const REFERENCE =
  /^(?:env|file|ref|ssm|sm|kms|vault|secrets?|secretsmanager|op|gcp|gcp-secret|aws|azure|keyvault|arn|https?|s3):/i;

/** Why an opaque value is no token; null for one that may be. */
export function refuseOpaque(given: string): Refusal | null {
  const value = given.includes('%') ? decodePercent(given) : given;
  if (/\*{2}|x{5}|X{5}|\.{3}|\u2022|\u2026|redacted|masked|hidden|filtered/i.test(value)) return 'masked';
  if (
    isPlaceholder(value) ||
    /^<|>$/.test(value) ||
    /\$[{(]|\{\{|%[({]|^(?:your|my|the|some)[-_]/i.test(value)
  )
    return 'placeholder';
  if (/EXAMPLE/.test(value) || isPublishedToken(value)) return 'published-example';
  if (REFERENCE.test(value)) return 'not-a-value';
  // Padding of base64 looks like a comparison.
  if (isCode(value.replace(/={1,8}$/, ''))) return 'code';
  if (isOrdered(value) || isSequence(value)) return 'sequence';
  if (isText(value)) return 'dictionary-word';
  if (entropyOf(value) < LEAST_ENTROPY) return 'low-entropy';
  return null;
}

/** `abcdef`, `000000`, `12345678`. */
function isOrdered(value: string): boolean {
  let ordered = 0;
  for (let at = 1; at < value.length; at++)
    if (Math.abs(value.charCodeAt(at) - value.charCodeAt(at - 1)) <= 1) ordered++;
  return ordered > (value.length - 1) * MOST_ORDERED;
}

/** Words have a vowel in three letters or more, random letters in five. */
const LEAST_VOWELS = 0.3;

/** Letters and separators that change as seldom as words do. */
function isText(value: string): boolean {
  const letters = value.replace(/[0-9]{1,4}$/, '');
  if (/[0-9]/.test(letters) || kindChanges(letters) >= value.length * LEAST_CHANGES) return false;
  return (
    /[-_.:/|~+]/.test(letters) || letters.replace(/[^aeiouy]/gi, '').length >= letters.length * LEAST_VOWELS
  );
}

/** Why a value of 50 or more random characters of any sort is none; its signs may look like those of templates. */
export function refuseRandom(value: string): Refusal | null {
  if (/\*{5}|x{5}|X{5}/.test(value)) return 'masked';
  if (isOrdered(value)) return 'sequence';
  return entropyOf(value) < LEAST_LONG_ENTROPY ? 'low-entropy' : null;
}

/** A check of nothing but the value. */
function checkOpaque(confidence: number): (candidate: Candidate) => Verdict {
  return ({ secret }) => {
    const refused = refuseOpaque(secret);
    return refused === null ? { confidence, verified: false } : { refused };
  };
}

export const checkHeaderKey = checkOpaque(0.85);

/** `Bearer` may stand before a JSON Web Token, which has a kind of its own, and before words of a sentence. */
export function checkBearer(candidate: Candidate): Verdict {
  if (/^ey[A-Za-z0-9_-]{8}/.test(candidate.secret)) return { refused: 'overlapped' };
  return checkHeaderKey(candidate);
}

/** The name of a scheme: what follows is its own, or nothing is sent. */
const SCHEME =
  /^(?:aws[34]?[-_]|bearer|basic|digest|negotiate|ntlm|hawk|hoba|dpop|gnap|mutual|oauth|scram-|vapid|signature)/i;

export function checkAuthorization(candidate: Candidate): Verdict {
  if (SCHEME.test(candidate.secret)) return { refused: 'overlapped' };
  return checkBearer(candidate);
}

/** Once. Not the one of record-text.ts, which looks at kinds by way of the prefilter. */
function decodePercent(text: string): string {
  return text.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
}

// Whether the body of a token was drawn at random, as every vendor draws it, or written by a person: a placeholder, a mask, a word.

import type { Candidate, Refusal, Verdict } from '../secret-kind.ts';

/** What people write where a token was or will be. A random body of 100 characters holds one of these once in 100,000 tokens. */
const PLACEHOLDER =
  /^(?:my|your|our|some|the|test)[-_]|your[-_]|example|sample|placeholder|replace|change_?me|insert|redacted|dummy|invalid/i;
const MASKED = /\*{3}|\.{3}|x{5}|X{5}|#{4}|-{6}|_{6}/;
/** Of the same character in a row. */
const RUN = /([^\s])\1{6}/;
/** Characters that follow each other in the alphabet: `abcdefg`, `1234567`, `fedcba9`. */
const MAX_STEPS = 6;
/** Longest part that is written again and again: `0123456789abcdef0123...`. */
const MAX_PERIOD = 16;
/** Words hold few consonants in a row, and few capitals: of random letters half the neighbours are of another case. */
const CONSONANTS_OF_NO_WORD = /[bcdfghjklmnpqrstvwxz]{5}/i;
const LEAST_CHANGES = 0.25;
/** Shorter ones may have neither digits nor vowels by chance. */
const LEAST_FOR_WORDS = 16;

/** Why a body is not random; null when it may be. Bodies of less than 12 characters tell too little. */
export function whyNotRandom(body: string): Refusal | null {
  if (MASKED.test(body)) return 'masked';
  if (PLACEHOLDER.test(body)) return 'placeholder';
  if (RUN.test(body) || hasSteps(body) || isPeriodic(body)) return 'sequence';
  if (body.length < 12) return null;
  const different = new Set(body).size;
  if (different < (body.length < 24 ? 6 : 8)) return 'low-entropy';
  return isWords(body) ? 'dictionary-word' : null;
}

/** Accepts what looks random behind the first `publicPrefix` characters. */
export function randomBehind(publicPrefix: number, confidence = 0.9) {
  return (candidate: Candidate): Verdict => {
    const refused = whyNotRandom(candidate.secret.slice(publicPrefix));
    return refused === null ? { confidence, verified: false } : { refused };
  };
}

/** The same of the first `length` characters, where the rest says what it is for. */
export function randomStart(length: number) {
  return ({ secret }: Candidate): Verdict => {
    const refused = whyNotRandom(secret.slice(0, length));
    return refused === null ? { confidence: 0.95, verified: false } : { refused };
  };
}

function hasSteps(body: string): boolean {
  let up = 0;
  let down = 0;
  for (let at = 1; at < body.length; at++) {
    const step = body.charCodeAt(at) - body.charCodeAt(at - 1);
    up = step === 1 ? up + 1 : 0;
    down = step === -1 ? down + 1 : 0;
    if (up >= MAX_STEPS || down >= MAX_STEPS) return true;
  }
  return false;
}

function isPeriodic(body: string): boolean {
  for (let period = 1; period <= MAX_PERIOD && period * 2 <= body.length; period++)
    if (body.startsWith(body.slice(period))) return true;
  return false;
}

function isWords(body: string): boolean {
  return (
    body.length >= LEAST_FOR_WORDS &&
    !/[0-9]/.test(body) &&
    !CONSONANTS_OF_NO_WORD.test(body) &&
    caseChanges(body) < body.length * LEAST_CHANGES
  );
}

function caseChanges(body: string): number {
  let changes = 0;
  let before = '';
  for (const character of body) {
    const kind =
      character >= 'a' && character <= 'z' ? 'a' : character >= 'A' && character <= 'Z' ? 'A' : '-';
    if (before !== '' && kind !== before) changes++;
    before = kind;
  }
  return changes;
}

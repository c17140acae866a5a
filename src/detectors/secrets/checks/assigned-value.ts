// Weighs what a name like `db_password` or `api_key` is given. What is no value at all has been refused by then (value-refusals.ts); here
// stands how sure what is left can be.

import { isWeakPassword } from '../not-a-secret.ts';
import type { Accepted, Candidate, Refusal, Verdict } from '../secret-kind.ts';
import { nameOf } from '../value-refusals.ts';
import { isTooPlain, kindChanges } from '../value-tests/entropy.ts';
import { isUuid } from '../value-tests/shapes.ts';
import { readWords } from '../value-tests/words.ts';

const MIN_PASSWORD = 6;
const MAX_PASSWORD = 256;
/** Shorter keys and tokens are ids, counters and abbreviations. */
const MIN_RANDOM = 16;
const MIN_PLAIN_TOKEN = 20;
const MIN_SECRET = 8;
const MAX_RANDOM = 512;
/** Letters alone, that read as nothing known: shorter ones are words that the lists do not hold. */
const MIN_LETTERS = 8;
/** A password that nobody guesses in a minute: NIST SP 800-63B asks for 8 characters. */
const STRONG_LENGTH = 8;

const refused = (reason: Refusal): Verdict => ({ refused: reason });
const MACHINE_MADE = /^[A-Za-z0-9._~+/=:%!@#$^&*-]+$/;

/** `checksum/secret:`, `hash.of/token=`: Helm writes digests of secrets so. https://helm.sh/docs/howto/charts_tips_and_tricks/#automatically-roll-deployments */
const DIGEST_OF = /(?:checksum|digest|hash|sha\d{0,3}|fingerprint)[/.]$/i;

export function checkAssigned(candidate: Candidate): Verdict {
  const { nameClass, words } = nameOf(candidate);
  const { text, start, groups } = candidate;
  const nameStart = text.lastIndexOf(groups.name ?? '', start);
  if (nameStart > 0 && DIGEST_OF.test(text.slice(Math.max(0, nameStart - 12), nameStart)))
    return refused('name-says-no');
  switch (nameClass) {
    case null:
      return refused('name-says-no');
    case 'password':
      return checkPassword(candidate, words);
    case 'secret':
      return candidate.secret.length < MIN_RANDOM
        ? checkShortSecret(candidate)
        : checkRandom(candidate, MIN_RANDOM);
    case 'token':
      return checkRandom(candidate, words.length === 1 ? MIN_PLAIN_TOKEN : MIN_RANDOM, words.length === 1);
    default:
      return checkRandom(candidate, MIN_RANDOM);
  }
}

/** The value of something that is only ever a password: `sshpass -p`, `IDENTIFIED BY`. */
export function checkPasswordValue(candidate: Candidate): Verdict {
  const verdict = checkPassword(candidate, ['password']);
  // Surer than a name, which then yields.
  return 'refused' in verdict ? verdict : { ...verdict, confidence: verdict.confidence + 0.05 };
}

/** The same, where a sentence may stand instead: it must look made up. */
export function checkStrongPassword(candidate: Candidate): Verdict {
  const verdict = checkPassword(candidate, ['password']);
  if ('refused' in verdict) return verdict;
  const classes = classesOf(candidate.secret);
  return (classes >= 3 || (classes === 2 && isInQuotes(candidate))) && /\d/.test(candidate.secret)
    ? { ...verdict, severity: 'MEDIUM', why: 'a sentence says that it is one', confidence: 0.6 }
    : refused('dictionary-word');
}

/** Beside a name with no sign between: a word may stand there by chance, but keys and tokens are told by their length. */
export function checkBesideName(candidate: Candidate): Verdict {
  if (nameOf(candidate).nameClass === null) return refused('name-says-no');
  const strong = checkStrongPassword(candidate);
  if (!('refused' in strong) || candidate.secret.length < 24) return strong;
  const verdict = checkAssigned(candidate);
  return 'refused' in verdict
    ? verdict
    : { ...verdict, severity: 'MEDIUM', why: 'it stands beside its name', confidence: 0.6 };
}

function checkPassword(candidate: Candidate, words: readonly string[]): Verdict {
  const value = candidate.secret;
  if (value.length < MIN_PASSWORD || value.length > MAX_PASSWORD) return refused('wrong-length');
  if (isWeakPassword(value)) return WEAK;
  const isQuoted = isInQuotes(candidate);
  if (/\s/.test(value) && (!isQuoted || isSentence(value))) return refused('dictionary-word');
  if (isOfConnection(candidate)) return refused('overlapped');
  const classes = classesOf(value);
  if (isProse(candidate) && !(classes >= 3 && /\d/.test(value))) return refused('dictionary-word');
  if (/^[A-Za-z]+$/.test(value)) return checkLetters(candidate, words);
  // PIN codes and telephone numbers: the shapes have refused counts, dates and times.
  if (/^\d+$/.test(value)) return refused('not-a-value');
  // `pwd` is a directory, `pass` a count more often than a password.
  const unsure = words.length === 1 && /^(?:pwd|pass|psw|mdp|pw)$/.test(words[0] ?? '');
  if (unsure && /^(?:~|[A-Za-z]:)?[/\\]/.test(value)) return refused('not-a-value');
  if (isUuid(value)) return medium(0.6, 'it has the form of a generated id');
  if (classes === 1) return medium(0.5, 'one class of characters');
  const strong = value.length >= STRONG_LENGTH && (classes >= 3 || value.length >= 10);
  if (unsure) return strong ? medium(0.6, 'the name says little') : refused('low-entropy');
  return strong
    ? { confidence: 0.85, verified: false }
    : medium(0.6, 'short, or of few classes of characters');
}

/** Letters alone are a word far more often than a password. */
function checkLetters(candidate: Candidate, words: readonly string[]): Verdict {
  const value = candidate.secret;
  if (value.length < MIN_LETTERS) return refused('dictionary-word');
  const given = candidate.groups.given ?? '=';
  if (given.includes(':') && !isInQuotes(candidate)) return refused('dictionary-word');
  if (words.length === 1 && /^(?:pwd|pass|psw|mdp|pw)$/.test(words[0] ?? ''))
    return refused('dictionary-word');
  const isMixed = kindChanges(value) >= value.length * 0.35;
  if (isMixed && value.length >= 12) return { confidence: 0.75, verified: false };
  return medium(0.5, 'letters only');
}

function checkShortSecret(candidate: Candidate): Verdict {
  const value = candidate.secret;
  if (isWeakPassword(value)) return WEAK;
  if (value.length < MIN_SECRET) return refused('wrong-length');
  if (classesOf(value) < 3 || !/\d/.test(value) || isProse(candidate) || /\s/.test(value))
    return refused('low-entropy');
  return medium(0.6, 'shorter than what machines make');
}

function checkRandom(candidate: Candidate, least: number, isPlainName = false): Verdict {
  const value = candidate.secret;
  if (isWeakPassword(value)) return WEAK;
  if (value.length < least || value.length > MAX_RANDOM) return refused('wrong-length');
  if (!MACHINE_MADE.test(value)) return refused('dictionary-word');
  // A token that says itself whose it is: SEC-08 reads it.
  if (/^eyJ[\w-]{8,}\.eyJ/.test(value)) return refused('overlapped');
  if (/^[\d.:/-]+$/.test(value)) return refused('not-a-value');
  if (!/\d/.test(value) && kindChanges(value) < value.length * 0.4) return refused('dictionary-word');
  if (isUuid(value)) return medium(0.6, 'it has the form of a generated id');
  const isHex = /^[0-9a-f]+$/i.test(value);
  if (isHex && value.length < 20) return refused('identifier');
  if (isTooPlain(value)) return refused('low-entropy');
  if (classesOf(value) < 2) return refused('low-entropy');
  if (isPlainName) return medium(0.6, 'the name says token and not of what');
  return value.length >= MIN_PLAIN_TOKEN ? { confidence: 0.8, verified: false } : medium(0.65, 'short');
}

const WEAK: Accepted = {
  confidence: 0.5,
  verified: false,
  severity: 'LOW',
  facts: { strength: 'well-known' },
  why: 'it is a default that everybody knows, or stands on the lists that are tried first',
};

function medium(confidence: number, why: string): Accepted {
  return { confidence, verified: false, severity: 'MEDIUM', why };
}

/** Kinds of characters: lower, upper, digit, other. */
function classesOf(text: string): number {
  return [/[a-z]/, /[A-Z]/, /\d/, /[^A-Za-z0-9]/].filter((kind) => kind.test(text)).length;
}

function isInQuotes({ text, start, end }: Candidate): boolean {
  return /["'`]/.test(text[start - 1] ?? '') && text[end] === text[start - 1];
}

/** A value that nothing encloses, with words behind it: `Password: must be at least 8 characters`. */
function isProse(candidate: Candidate): boolean {
  if (isInQuotes(candidate)) return false;
  const behind = candidate.text.slice(candidate.end, candidate.end + 24);
  return (candidate.groups.given ?? '').includes(':') && /^[.,;]?[ \t][a-z]{2,}(?:[ \t.,!?]|$)/.test(behind);
}

/** A member of a JDBC, ODBC or ADO string, or of libpq's: SEC-10 tells of those, with the host they open. */
function isOfConnection({ text, start, end }: Candidate): boolean {
  const before = text.slice(Math.max(text.lastIndexOf('\n', start) + 1, start - STRING_LENGTH), start);
  const scheme = before.toLowerCase().lastIndexOf('jdbc:');
  if (scheme >= 0 && !/[\s'"]/.test(before.slice(scheme))) return true;
  if (!/[;\s"'{(](?:password|pwd)\s?=\s?["'{]?$/i.test(before)) return false;
  const around = before + text.slice(end, end + STRING_LENGTH).split('\n', 1)[0]!;
  return HOST_MEMBER.test(around) && CONNECTION_MEMBER.test(around);
}
const STRING_LENGTH = 400;
const HOST_MEMBER =
  /(?:^|[;&?\s"'({,])(?:server|data source|host|addr(?:ess)?|network address|hostname)\s?=\s?["']?[\w[.]/i;
const CONNECTION_MEMBER =
  /(?:^|[;&?\s"'({,])(?:driver|data source|initial catalog|database|dbname|dsn|provider|port|sslmode|trustservercertificate|integrated security|server)\s?=/i;

/** Quoted text with spaces: passphrases have words, sentences have small words. */
function isSentence(value: string): boolean {
  const parts = value.trim().split(/\s+/);
  if (parts.some((part) => SMALL_WORDS.has(part.toLowerCase().replace(/[^a-z]/g, '')))) return true;
  return parts.length < 3 ? readWords(value).words : readWords(value).technical;
}
const SMALL_WORDS: ReadonlySet<string> = new Set(
  'the a an is are was were be been must should can cannot could will would may not no and or of for to in on at with by your you our we it this that has have had do does if as from please invalid wrong'.split(
    ' ',
  ),
);

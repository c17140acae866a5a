// Keys that sign sessions and tokens: Django, Flask, FastAPI, Rails, Laravel, Express and others.

import { sha256Hex } from '../../../lib/digest.ts';
import { isPlaceholder } from '../not-a-secret.ts';
import type { Candidate, Verdict } from '../secret-kind.ts';
import { refuseOpaque, refuseRandom } from './opaque.ts';
import { publishedAt } from './well-known-keys.ts';

/** SHA-256 of the key in https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/, which ten of ten public programs looked at had kept. */
const FASTAPI_TUTORIAL = '570dad43de1af4c925f92c16a68a50936da42b7dd6fdeb24850507a1199aac89';

export function checkFastapiTutorialKey({ secret }: Candidate): Verdict {
  if (sha256Hex(secret) !== FASTAPI_TUTORIAL) return { refused: 'failed-checksum' };
  return {
    confidence: 0.99,
    verified: true,
    why: 'the key of the FastAPI tutorial: anybody can sign tokens with it, for any user',
  };
}

/** The key that startproject writes into settings.py; `manage.py check --deploy` warns of it (security.W009). */
export function checkDjangoInsecureKey(candidate: Candidate): Verdict {
  const refused = refuseRandom(candidate.groups.random ?? '');
  return refused === null ? { confidence: 0.97, verified: true } : { refused };
}

/** 50 characters of Django's own alphabet; some of them are neither letters nor digits in all but one of 50,000. */
export function checkDjangoKey({ secret }: Candidate): Verdict {
  if (!/[!@#$%^&*(_=+)-]/.test(secret) || !/[a-z]/.test(secret) || !/[0-9]/.test(secret))
    return { refused: 'failed-checksum' };
  const refused = refuseRandom(secret);
  return refused === null ? { confidence: 0.95, verified: true } : { refused };
}

/** Words that people put together where they are asked for a secret. */
const CHOSEN_WORDS = /secret|jwt|key|token|pass|private|super|session|cookie|django|flask|express/i;

/** Names that end like a signing secret and are something else's. */
const OTHER_OWNERS =
  /(?:aws|s3|minio|spaces|r2|b2|oss|cos|bucket|storage|access|captcha|stripe|client|api|consumer|kms|vault|webhook|slack|github|google|facebook|twitter|paypal|razorpay|public)[-_.]?(?:app[-_.]?)?(?:secret[-_.]?key|secret|signing[-_.]?secret)$/i;
/** Words in such names that say that the value is about the key. */
const ABOUT = /(?:arn|name|path|file|id|ref|version|type|alg(?:orithm)?|length|ttl|expir\w{0,6})$/i;

export function checkSigningSecret({ secret, key, groups, text, start, end }: Candidate): Verdict {
  const name = groups.name ?? key;
  if (/oauth/i.test(name) || OTHER_OWNERS.test(name) || ABOUT.test(name)) return { refused: 'name-says-no' };
  // `secretKey=password`: of operators that copy secrets, the name of a member.
  if (/secret[-.]?key$/i.test(name) && /^[A-Za-z]{1,24}$/.test(secret)) return { refused: 'dictionary-word' };
  if (isPartOfText(text, start, end)) return { refused: 'dictionary-word' };
  // The name of a field, as references to secrets give it: `secretKey=password`.
  if (/^(?:password|passwd|username|token|key|value)$/i.test(secret)) return { refused: 'dictionary-word' };
  const source = publishedAt(secret);
  if (source !== null)
    return {
      confidence: 0.95,
      verified: true,
      severity: 'CRITICAL',
      why: `a well-known key (${source}): anybody can sign sessions and tokens with it`,
    };
  if (/^(?:~|\.{1,2})?\/[a-z._-]{1,60}\/[a-z0-9._/-]{1,200}$/.test(secret)) return { refused: 'not-a-value' };
  // Of a call: `getenv('SECRET_KEY', default=None)`.
  if (/, ["']?$/.test(text.slice(Math.max(0, start - 3), start))) return { refused: 'code' };
  // A blank behind a name assigns only to options: `--jwt-secret abc`.
  if (/[A-Za-z] ["']?$/.test(text.slice(Math.max(0, start - 3), start)) && !isOption(text.slice(0, start)))
    return { refused: 'dictionary-word' };
  if (isPlaceholder(secret) || /^%3C.{0,80}%3E$/i.test(secret) || secret.length < 8)
    return { refused: 'placeholder' };
  if (
    /[({[]|^(?:process|os|env|config|settings|secrets?)\./.test(secret) &&
    /^[A-Za-z_.]+[({[]|\.[a-z]+\./.test(secret)
  )
    return { refused: 'code' };
  if (/change|replace|your|insecure|default|example|^my[-_]/i.test(secret) && !/[0-9]{3}/.test(secret))
    return {
      confidence: 0.6,
      verified: false,
      severity: 'MEDIUM',
      why: 'it reads like a default that was never replaced',
    };
  if (/^[A-Za-z_]\w{0,40}(?:\.[A-Za-z_]\w{0,40}){2,8}$/.test(secret)) return { refused: 'code' };
  if (/^from[-_][a-z-_]+$/i.test(secret)) return { refused: 'dictionary-word' };
  const refused = refuseOpaque(secret);
  if (refused === 'dictionary-word' && secret.length >= 12 && CHOSEN_WORDS.test(secret))
    return {
      confidence: 0.6,
      verified: false,
      severity: 'MEDIUM',
      why: 'it is made of words: it can be guessed',
    };
  return refused === null ? { confidence: 0.9, verified: false } : { refused };
}

/** A word of a sentence: `secret key: secret not set`, `SECRET_KEY: [secret omitted]`. */
function isPartOfText(text: string, start: number, end: number): boolean {
  const value = text.slice(start, end);
  const before = text.slice(Math.max(0, start - 2), start);
  if (/^(?:null|none|undefined|default)$/i.test(value) || /[[(]$/.test(before)) return true;
  return (
    /: $/.test(before) && /^[a-z]{1,24}$/i.test(value) && /^[ ,][ ]?[a-z]/i.test(text.slice(end, end + 3))
  );
}

/** Whether the text ends with the name of an option. */
function isOption(text: string): boolean {
  return /--[a-z0-9_.-]{1,60} ["']?$/i.test(text.slice(-72));
}

/** `base64:` and 32 bytes (AES-256) or 16 (AES-128). https://laravel.com/docs/encryption#configuration */
export function checkLaravelKey({ secret }: Candidate): Verdict {
  const bytes = Buffer.from(secret, 'base64');
  if (bytes.length !== 16 && bytes.length !== 32) return { refused: 'wrong-length' };
  const refused = refuseOpaque(secret);
  return refused === null ? { confidence: 0.95, verified: true } : { refused };
}

/** Keys in hex: Rails, ASP.NET. */
export function checkHexKey({ secret }: Candidate): Verdict {
  const refused = refuseOpaque(secret);
  return refused === null ? { confidence: 0.95, verified: false } : { refused };
}

/** 64 characters of nearly any sort: https://developer.wordpress.org/reference/functions/wp_generate_password/ */
export function checkWordpressKey({ secret }: Candidate): Verdict {
  if (/put your unique phrase here/i.test(secret)) return { refused: 'placeholder' };
  const refused = refuseRandom(secret);
  return refused === null ? { confidence: 0.95, verified: false } : { refused };
}

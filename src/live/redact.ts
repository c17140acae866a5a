// The last net before the function's own log: what looks like a secret is masked, what would not show as itself is escaped.
// The first is that no log content gets there: lines are made of facts, and of an error that is none of ours only its kind is told.

import { printable } from '../findings/printable.ts';

/** UTF-16 units of one text in a log line. */
const MAX_LENGTH = 2_000;
const MASK = '[masked]';

/**
 * Each takes time linear in a text of MAX_LENGTH. Better one object key too many masked than one secret told: a reader still has the
 * other fields.
 */
const SHAPES: readonly (readonly [shape: RegExp, instead: string])[] = [
  // A private key, whole or cut off.
  [/-----BEGIN[\s\S]*/g, MASK],
  [/(authorization["']?\s{0,3}[:=]).*/gi, `$1 ${MASK}`],
  // Whatever is called a secret, but for the `secret:` of an ARN, behind which its name stands.
  [
    /((?<!:\d{12}:)(?:pass(?:word|wd|phrase)?|pwd|secret|token|signature|credential|api[_-]?key|access[_-]?key)["']?\s{0,3}(?:=|:|%3D)\s{0,3}["']?)[^\s"'&,;(){}[\]]+/gi,
    `$1${MASK}`,
  ],
  [/(:\/\/[^\s/:@]{0,128}:)[^\s/@]{1,256}(?=@)/g, `$1${MASK}`],
  [/(hooks\.slack(?:-gov)?\.com\/)[^\s"']+/gi, `$1${MASK}`],
  [/\bxox[a-z]-[\w-]{10,}/gi, MASK],
  [/\bgh[pousr]_\w{30,}/g, MASK],
  [/\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)?/g, MASK],
  // A signature is 64 hexadecimal digits, a secret access key 40 characters of base64, a session token hundreds.
  [/[0-9a-fA-F]{64,}/g, MASK],
  [
    /(?<![A-Za-z0-9/+=_.-])(?=[^A-Z]{0,39}[A-Z])(?=[^a-z]{0,39}[a-z])(?=[^0-9]{0,39}[0-9])[A-Za-z0-9/+]{40}(?![A-Za-z0-9/+=_.-])/g,
    MASK,
  ],
  [/[A-Za-z0-9+/=_-]{200,}/g, MASK],
];

export function redact(text: string): string {
  let masked = text.slice(0, MAX_LENGTH);
  for (const [shape, instead] of SHAPES) masked = masked.replace(shape, instead);
  return printable(masked, MAX_LENGTH);
}

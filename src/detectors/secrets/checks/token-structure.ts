// Tokens that carry something: JSON, an id, a location. What decodes to it is no accident.

import type { Candidate, Verdict } from '../secret-kind.ts';

const DECODED: Verdict = { confidence: 1, verified: true };
const NOT_DECODED: Verdict = { refused: 'failed-decoding' };

/** Base64 of either alphabet, with or without padding, as latin1; null for what is none. */
export function decodedBase64(text: string): string | null {
  const plain = text
    .replaceAll('-', '+')
    .replaceAll('_', '/')
    .replace(/={1,8}$/, '');
  if (plain.length % 4 === 1) return null;
  try {
    return atob(plain);
  } catch {
    return null;
  }
}

/** The part of the token that the group `payload` names is base64 of a JSON object with all of `keys`. */
export function jsonPayload(...keys: readonly string[]) {
  return ({ groups }: Candidate): Verdict => {
    const text = decodedBase64(groups.payload ?? '');
    if (text === null) return NOT_DECODED;
    try {
      const value: unknown = JSON.parse(text);
      const found =
        typeof value === 'object' && value !== null && keys.every((key) => Object.hasOwn(value, key));
      return found ? DECODED : NOT_DECODED;
    } catch {
      return NOT_DECODED;
    }
  };
}

/** The part that the group `payload` names, or all of it, is base64 of a text in which `part` matches. */
export function decodesTo(part: RegExp) {
  return ({ groups, secret }: Candidate): Verdict => {
    const text = decodedBase64(groups.payload ?? secret);
    return text !== null && part.test(text) ? DECODED : NOT_DECODED;
  };
}

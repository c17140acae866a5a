// Whether a value is as long as the key of a cipher, in the forms in which programs print bytes.

/** Bytes of AES-128, AES-192 and AES-256 keys, and of two of the last: https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html */
const KEY_BYTES: ReadonlySet<number> = new Set([16, 24, 32, 64]);
/** Different characters that random keys have at least: 16 bytes have fewer in hex once in 10,000 times, in base64 hardly ever. */
const LEAST_DIFFERENT = 7;

/** The number of bytes, where the text is hex or base64 (also url-safe, also without padding) of a key; 0 otherwise. */
export function keyBytesOf(text: string): number {
  const compact = text.replace(/={1,8}$/, '');
  if (new Set(compact).size < LEAST_DIFFERENT) return 0;
  if (/^[0-9a-fA-F]+$/.test(compact)) return lengthOfKey(compact.length / 2);
  if (!/^[A-Za-z0-9+/]+$|^[A-Za-z0-9_-]+$/.test(compact) || compact.length % 4 === 1) return 0;
  // Random base64 has letters of both cases; names and words with dashes hardly ever.
  return /[A-Z]/.test(compact) && /[a-z]/.test(compact)
    ? lengthOfKey(Math.floor((compact.length * 3) / 4))
    : 0;
}

function lengthOfKey(bytes: number): number {
  return KEY_BYTES.has(bytes) ? bytes : 0;
}

/** A base64 text of a key's length that hides words: `Plaintext` of a Decrypt call may be anything. */
export function decodesToText(text: string): boolean {
  try {
    const decoded = atob(
      text
        .replaceAll('-', '+')
        .replaceAll('_', '/')
        .replace(/={1,8}$/, ''),
    );
    return /^[\t\n\r -~]*$/.test(decoded);
  } catch {
    return false;
  }
}

/** Bytes in a Python literal (`\x8f+q'`, without its quotes). */
export function pythonBytes(literal: string): number {
  return literal.replace(/\\x[0-9a-fA-F]{2}|\\./gs, '.').length;
}

/** Numbers of a list (`85, 220, 202`, `"0":85,"1":220`), all of them bytes; 0 where they are not, or are too few kinds for a key. */
export function listedBytes(list: string): number {
  const numbers = list.replace(/"\d{1,3}":/g, '').match(/\d+/g) ?? [];
  const bytes = numbers.every((number) => Number(number) < 256) ? numbers.length : 0;
  return new Set(numbers).size >= LEAST_DIFFERENT ? bytes : 0;
}

export function isKeyLength(bytes: number): boolean {
  return KEY_BYTES.has(bytes);
}

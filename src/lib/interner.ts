// Turns byte ranges into strings, giving the same string for the same bytes: logs repeat themselves, and a string that
// exists already costs neither memory nor a new hash when it is used as a key.

/** Direct-mapped: a slot is overwritten on collision, so memory is bounded. 8,192 slots x at most 512 bytes. */
const SLOTS = 8192;
/** Longer strings are decoded each time: they hardly repeat. */
const MAX_INTERNED_BYTES = 512;

const HASHED_BYTES = 24;

export interface Interner {
  /** UTF-8 text of `bytes[start..end)`, end exclusive. */
  text(bytes: Buffer, start: number, end: number): string;
}

export function createInterner(): Interner {
  const strings: string[] = new Array(SLOTS).fill('');
  return {
    text(bytes, start, end) {
      const length = end - start;
      if (length <= 0) return '';
      if (length > MAX_INTERNED_BYTES) return bytes.toString('utf8', start, end);
      // The end tells strings apart better than the beginning (ARNs, user agents); the comparison below decides.
      let hash = length;
      for (let p = Math.max(start, end - HASHED_BYTES); p < end; p++)
        hash = (Math.imul(hash, 31) + bytes[p]!) | 0;
      const slot = (hash ^ (hash >>> 13)) & (SLOTS - 1);
      const known = strings[slot]!;
      // An interned string is ASCII (see below), so its units are its bytes.
      if (known.length === length && sameBytes(known, bytes, start)) return known;
      const fresh = bytes.toString('utf8', start, end);
      if (fresh.length === length) strings[slot] = fresh;
      return fresh;
    },
  };
}

function sameBytes(text: string, bytes: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
  return true;
}

// Shannon entropy of a value's characters, held against what random text of the same alphabet and length has.

/** Bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** How often the kind of character (lower, upper, digit, other) changes from one to the next. */
export function kindChanges(text: string): number {
  let changes = 0;
  let before = '';
  for (const character of text) {
    const kind = /[a-z]/.test(character)
      ? 'a'
      : /[A-Z]/.test(character)
        ? 'A'
        : /[0-9]/.test(character)
          ? '0'
          : '/';
    if (before !== '' && kind !== before) changes++;
    before = kind;
  }
  return changes;
}

/**
 * Bits a character that all but one in ten thousand random texts of the alphabet and length have, from scripts/entropy-floors.ts (200,000
 * texts each). A fixed floor refuses short secrets or accepts long words: of base64, 16 characters have at least 3.03 bits, 64 have 4.75.
 */
export const ENTROPY_FLOORS: Readonly<
  Record<Alphabet, readonly (readonly [length: number, bits: number])[]>
> = {
  hex: [
    [8, 1.29],
    [12, 1.89],
    [16, 2.29],
    [20, 2.5],
    [24, 2.75],
    [32, 2.96],
    [40, 3.17],
    [48, 3.29],
    [64, 3.48],
    [96, 3.65],
    [128, 3.74],
  ],
  base36: [
    [8, 1.75],
    [12, 2.35],
    [16, 2.78],
    [20, 3.04],
    [24, 3.3],
    [32, 3.65],
    [40, 3.87],
    [48, 4.03],
    [64, 4.28],
    [96, 4.57],
    [128, 4.72],
  ],
  base64: [
    [8, 2],
    [12, 2.58],
    [16, 3.03],
    [20, 3.34],
    [24, 3.62],
    [32, 3.96],
    [40, 4.25],
    [48, 4.43],
    [64, 4.75],
    [96, 5.11],
    [128, 5.31],
  ],
};

/** A beginning that all keys of a vendor have, and one alphabet behind it: `fc-3f9c...`, `napi_k2o20z...`. */
const BEGINNING = /^[A-Za-z]{2,12}[-_](?=[0-9A-Za-z]{16,256}$)/;

/** Whether a text has less entropy than random text of its alphabet and length; a beginning in letters is left aside. */
export function isTooPlain(text: string): boolean {
  const body = text.replace(BEGINNING, '');
  return entropyOf(body) < entropyFloor(body);
}

export type Alphabet = 'hex' | 'base36' | 'base64';

export function alphabetOf(text: string): Alphabet {
  if (/^(?:[0-9a-f]+|[0-9A-F]+)$/.test(text)) return 'hex';
  return /^(?:[0-9a-z]+|[0-9A-Z]+)$/.test(text) ? 'base36' : 'base64';
}

/** The floor of the nearest shorter length in the table: lower than the exact one. 0 for what is shorter than all. */
export function entropyFloor(text: string): number {
  let floor = 0;
  for (const [length, bits] of ENTROPY_FLOORS[alphabetOf(text)]) if (length <= text.length) floor = bits;
  return floor;
}

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
 * Bits a character that all but one in a thousand random texts of the alphabet and length have, from scripts/entropy-floors.ts (100,000
 * texts each). A fixed floor refuses short secrets or accepts long words: of base64, 16 characters have at least 3.2 bits, 64 have 4.83.
 */
export const ENTROPY_FLOORS: Readonly<
  Record<Alphabet, readonly (readonly [length: number, bits: number])[]>
> = {
  hex: [
    [8, 1.54],
    [12, 2.12],
    [16, 2.45],
    [20, 2.7],
    [24, 2.87],
    [32, 3.11],
    [40, 3.27],
    [48, 3.4],
    [64, 3.54],
    [96, 3.7],
    [128, 3.78],
  ],
  base36: [
    [8, 2],
    [12, 2.58],
    [16, 2.95],
    [20, 3.24],
    [24, 3.43],
    [32, 3.75],
    [40, 3.97],
    [48, 4.15],
    [64, 4.37],
    [96, 4.63],
    [128, 4.76],
  ],
  base64: [
    [8, 2.15],
    [12, 2.79],
    [16, 3.2],
    [20, 3.48],
    [24, 3.73],
    [32, 4.09],
    [40, 4.35],
    [48, 4.55],
    [64, 4.83],
    [96, 5.16],
    [128, 5.36],
  ],
};

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

// Random numbers of our own, so that one seed gives the same bytes on every machine and every Node.

import { createHash } from 'node:crypto';

export interface Random {
  /** 0 to 2^32 - 1. */
  uint32(): number;
  /** 0 inclusive to 1 exclusive. */
  float(): number;
  /** Integer, 0 inclusive to `count` exclusive. */
  below(count: number): number;
  /** Integer, both ends inclusive. */
  between(least: number, most: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** Lower-case hexadecimal digits. */
  hex(length: number): string;
  uuid(): string;
  /** `length` characters of `alphabet`. */
  text(alphabet: string, length: number): string;
  poisson(mean: number): number;
  /** Fisher-Yates, in place. */
  shuffle<T>(list: T[]): T[];
}

const BYTE_HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Counting this many uniform draws is still quick; above it a normal approximation is near enough for traffic. */
const EXACT_POISSON_MEAN = 40;

/**
 * sfc32: 128 bits of state, passes PractRand (Chris Doty-Humphrey, https://pracrand.sourceforge.net/RNG_engines.txt).
 * `seed` may be any text: streams of different names are independent.
 */
export function createRandom(seed: string): Random {
  const digest = createHash('sha256').update(seed).digest();
  let a = digest.readUInt32LE(0) | 0;
  let b = digest.readUInt32LE(4) | 0;
  let c = digest.readUInt32LE(8) | 0;
  let counter = digest.readUInt32LE(12) | 0;

  function int32(): number {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum;
    c |= 0;
    return sum;
  }
  function float(): number {
    return (int32() >>> 0) / 4294967296;
  }
  function below(count: number): number {
    return Math.floor(float() * count);
  }
  function word(): string {
    const value = int32();
    return (
      BYTE_HEX[value & 255]! +
      BYTE_HEX[(value >>> 8) & 255]! +
      BYTE_HEX[(value >>> 16) & 255]! +
      BYTE_HEX[value >>> 24]!
    );
  }

  return {
    uint32: () => int32() >>> 0,
    float,
    below,
    between: (least, most) => least + below(most - least + 1),
    chance: (probability) => float() < probability,
    pick: (list) => list[below(list.length)]!,
    hex(length) {
      let text = '';
      while (text.length < length) text += word();
      return text.length === length ? text : text.slice(0, length);
    },
    uuid() {
      const high = int32();
      const low = int32();
      // RFC 9562 section 5.4: version 4 in the third group, variant 10 in the fourth.
      return `${word()}-${BYTE_HEX[high & 255]!}${BYTE_HEX[(high >>> 8) & 255]!}-4${BYTE_HEX[(high >>> 16) & 15]![1]!}${BYTE_HEX[high >>> 24]!}-${BYTE_HEX[128 | (low & 63)]!}${BYTE_HEX[(low >>> 8) & 255]!}-${BYTE_HEX[(low >>> 16) & 255]!}${BYTE_HEX[low >>> 24]!}${word()}`;
    },
    text(alphabet, length) {
      let text = '';
      for (let i = 0; i < length; i++) text += alphabet[below(alphabet.length)]!;
      return text;
    },
    poisson(mean) {
      if (mean > EXACT_POISSON_MEAN) {
        const normal = Math.sqrt(-2 * Math.log(1 - float())) * Math.cos(2 * Math.PI * float());
        return Math.max(0, Math.round(mean + Math.sqrt(mean) * normal));
      }
      const limit = Math.exp(-mean);
      let count = 0;
      for (let product = float(); product > limit; product *= float()) count++;
      return count;
    },
    shuffle(list) {
      for (let i = list.length - 1; i > 0; i--) {
        const j = below(i + 1);
        const moved = list[i]!;
        list[i] = list[j]!;
        list[j] = moved;
      }
      return list;
    },
  };
}

/** A table of `size` entries in which each value stands in proportion to its weight: picking is one look-up. */
export function weightedTable<T>(entries: readonly (readonly [T, number])[], size = 1024): readonly T[] {
  const total = entries.reduce((sum, [, weight]) => sum + weight, 0);
  const table: T[] = [];
  let reached = 0;
  for (const [value, weight] of entries) {
    reached += weight;
    const end = Math.round((reached / total) * size);
    while (table.length < end) table.push(value);
  }
  return table;
}

// The table of src/detectors/secrets/value-tests/entropy.ts: the entropy that 9,999 of 10,000 random texts reach, by alphabet and length.
//
//   node scripts/entropy-floors.ts

import { entropyOf } from '../src/detectors/secrets/value-tests/entropy.ts';
import { createRandom } from '../src/simulate/prng.ts';

const ALPHABETS = {
  hex: '0123456789abcdef',
  base36: '0123456789abcdefghijklmnopqrstuvwxyz',
  base64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
} as const;
const LENGTHS = [8, 12, 16, 20, 24, 32, 40, 48, 64, 96, 128];
const TEXTS = 200_000;

for (const [name, alphabet] of Object.entries(ALPHABETS)) {
  const random = createRandom(`entropy floors ${name}`);
  const row = LENGTHS.map((length) => {
    const found = Float64Array.from({ length: TEXTS }, () => entropyOf(random.text(alphabet, length))).sort();
    return `[${length}, ${(Math.floor(found[TEXTS / 10_000]! * 100) / 100).toString()}]`;
  });
  console.log(`  ${name}: [${row.join(', ')}],`);
}

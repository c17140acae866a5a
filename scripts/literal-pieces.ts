// Chooses which four letters of each literal of the text detectors the literal kernel looks for, and puts them into buckets so that few bytes of ordinary logs
// pass that hold none: part of `npm run kernel`. What it chooses changes the speed, never what is found.

import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { literalsOf } from '../src/detectors/secrets/literal-forms.ts';
import { partsOf } from '../src/detectors/secrets/literal-kernel/parts.ts';
import { BUCKETS, FOLDED_BUCKETS, PIECE } from '../src/detectors/secrets/literal-kernel/pieces.ts';
import { LITERALS } from '../src/detectors/secrets/prefilter.ts';
import { createMessageMaker } from '../src/simulate/log-messages.ts';
import type { LogKind } from '../src/simulate/log-plan.ts';
import { createRandom } from '../src/simulate/prng.ts';

const PROGRAMS: readonly LogKind[] = ['uvicorn', 'gunicorn', 'lambda', 'boto', 'proxy', 'node'];
const SAMPLE_BYTES = 1.5e6;
const START_MS = Date.UTC(2026, 10, 2);
/** Sets this bit of each byte where either case matches. */
const FOLD = 0x20;
/** What a piece costs that stands nowhere, and one more literal with the same piece: occurrences in a million bytes, and a share. */
const FLOOR = 20;
const LITERAL_COST = 0.1;
const ROUNDS = 8;
/** What stands less often in the sample is left out: half of all, that say little. */
const LEAST_COUNT = 3;

/** Every four neighbouring bytes of the sample, and how often they stand there. */
interface Grams {
  readonly bytes: Uint8Array;
  readonly counts: Float64Array;
  readonly total: number;
}

function sample(): Buffer {
  const random = createRandom('literal pieces');
  const makers = PROGRAMS.map((program) => createMessageMaker(program, 'pieces', program));
  const lines: string[] = [];
  for (let bytes = 0, timeMs = START_MS; bytes < SAMPLE_BYTES; timeMs += 7) {
    for (const message of random.pick(makers)(timeMs)) {
      const line = `${new Date(timeMs).toISOString()} ${message}\n`;
      bytes += line.length;
      lines.push(line);
    }
  }
  return Buffer.from(lines.join(''), 'latin1');
}

function gramsOf(text: Buffer, exact: boolean): Grams {
  const fold = exact ? 0 : FOLD;
  const byGram = new Map<number, number>();
  let gram = 0;
  for (let at = 0; at < text.length; at++) {
    gram = ((gram << 8) | text[at]! | fold) >>> 0;
    if (at >= PIECE - 1) byGram.set(gram, (byGram.get(gram) ?? 0) + 1);
  }
  const often = [...byGram].filter(([, count]) => count >= LEAST_COUNT);
  const bytes = new Uint8Array(often.length * PIECE);
  const counts = new Float64Array(often.length);
  let index = 0;
  for (const [letters, count] of often) {
    for (let at = 0; at < PIECE; at++) bytes[index * PIECE + at] = letters >>> (8 * (PIECE - 1 - at));
    counts[index++] = count;
  }
  return { bytes, counts, total: text.length };
}

/** How often a piece stands in a million bytes. */
function frequency({ bytes, counts, total }: Grams, exact: boolean): (piece: string) => number {
  const fold = exact ? 0 : FOLD;
  const byText = new Map<string, number>();
  const keyOf = (letters: readonly number[]): string => letters.map((letter) => letter | fold).join(' ');
  counts.forEach((count, index) => {
    const letters = [...bytes.subarray(index * PIECE, (index + 1) * PIECE)];
    for (const length of [PIECE, PIECE - 1]) {
      const key = keyOf(letters.slice(0, length));
      byText.set(key, (byText.get(key) ?? 0) + count);
    }
  });
  return (piece) => ((byText.get(keyOf([...Buffer.from(piece, 'latin1')])) ?? 0) / total) * 1e6;
}

/** Of each text four neighbouring letters: few different ones in all, and rare ones. Greedy: what is cheapest for each text it serves. */
function choosePieces(texts: readonly string[], costOf: (piece: string) => number): string[] {
  const holders = new Map<string, Set<number>>();
  texts.forEach((text, index) => {
    for (let offset = 0; offset === 0 || offset + PIECE <= text.length; offset++) {
      const piece = text.slice(offset, offset + PIECE);
      holders.set(piece, (holders.get(piece) ?? new Set()).add(index));
    }
  });
  const costs = new Map([...holders.keys()].map((piece) => [piece, costOf(piece)]));
  const worth = (piece: string, size: number): number =>
    size / ((FLOOR + costs.get(piece)!) * (1 + LITERAL_COST * size));
  const chosen: string[] = [];
  const open = new Set(texts.keys());
  while (open.size > 0) {
    let best = '';
    let most = 0;
    for (const [piece, indexes] of holders) {
      const value = worth(piece, indexes.size);
      if (value <= most) continue;
      best = piece;
      most = value;
    }
    chosen.push(best);
    const served = [...holders.get(best)!];
    for (const indexes of holders.values()) for (const index of served) indexes.delete(index);
    for (const index of served) open.delete(index);
  }
  return chosen;
}

/** What a bucket lets through, out of all grams: the letters at each place by their halves, as the kernel knows them. */
function passes(pieces: Iterable<string>, { bytes, counts }: Grams, fold: number): number {
  const lows = new Uint16Array(PIECE);
  const highs = new Uint16Array(PIECE);
  for (const piece of pieces) {
    for (let at = 0; at < PIECE; at++) {
      const byte = piece.charCodeAt(at) | fold;
      lows[at]! |= at < piece.length ? 1 << (byte & 15) : 0xffff;
      highs[at]! |= at < piece.length ? 1 << (byte >> 4) : 0xffff;
    }
  }
  const may = Array.from({ length: PIECE }, (_, at) =>
    Uint8Array.from(
      { length: 256 },
      (_none, byte) => (lows[at]! >> (byte & 15)) & 1 & ((highs[at]! >> (byte >> 4)) & 1),
    ),
  );
  const [first, second, third, fourth] = may as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  let passed = 0;
  for (let index = 0, at = 0; index < counts.length; index++, at += PIECE) {
    if (first[bytes[at]!]! & second[bytes[at + 1]!]! & third[bytes[at + 2]!]! & fourth[bytes[at + 3]!]!)
      passed += counts[index]!;
  }
  return passed;
}

interface Piece {
  readonly letters: string;
  readonly exact: boolean;
}

/** Each piece goes where the fewest grams more pass; then each is tried elsewhere again. */
function fillBuckets(pieces: readonly Piece[], folded: Grams, exact: Grams): Set<Piece>[] {
  const buckets = Array.from({ length: BUCKETS }, () => new Set<Piece>());
  const passed = new Float64Array(BUCKETS);
  const passesOf = (bucket: Iterable<Piece>, index: number): number => {
    const letters = Array.from(bucket, (piece) => piece.letters);
    return index < FOLDED_BUCKETS ? passes(letters, folded, FOLD) : passes(letters, exact, 0);
  };
  const place = (piece: Piece): void => {
    let best = 0;
    let least = Number.POSITIVE_INFINITY;
    let after = 0;
    buckets.forEach((bucket, index) => {
      if (!piece.exact && index >= FOLDED_BUCKETS) return;
      const all = passesOf([...bucket, piece], index);
      if (all - passed[index]! >= least) return;
      best = index;
      least = all - passed[index]!;
      after = all;
    });
    buckets[best]!.add(piece);
    passed[best] = after;
  };
  for (const piece of pieces) place(piece);
  for (let round = 0; round < ROUNDS; round++) {
    for (const piece of pieces) {
      const index = buckets.findIndex((bucket) => bucket.has(piece));
      buckets[index]!.delete(piece);
      passed[index] = passesOf(buckets[index]!, index);
      place(piece);
    }
  }
  const share = passed.reduce((total, count) => total + count, 0) / exact.total;
  process.stderr.write(`${pieces.length} pieces: ${(share * 100).toFixed(1)} % of ordinary bytes pass\n`);
  return buckets;
}

/** The module with the table. */
export function pieceTable(): string {
  const text = sample();
  const literals: readonly { readonly text: string; readonly exact: boolean }[] = [
    ...KINDS.flatMap(literalsOf),
    ...LITERALS,
  ];
  const parts = partsOf(literals);
  const grams = [gramsOf(text, false), gramsOf(text, true)] as const;
  const pieces = [false, true].flatMap((exact) => {
    const roots = literals.filter((literal, index) => literal.exact === exact && parts[index] === null);
    const frequencyOf = frequency(grams[exact ? 1 : 0], exact);
    const chosen = choosePieces([...new Set(roots.map((literal) => literal.text))], frequencyOf);
    return chosen.map((letters): Piece => ({ letters, exact }));
  });
  const buckets = fillBuckets(pieces, ...grams);
  const table = [false, true].map((exact) =>
    buckets.map((bucket) =>
      [...bucket].flatMap((piece) => (piece.exact === exact ? [piece.letters] : [])).sort(),
    ),
  );
  return [
    '// Made by `npm run kernel` (scripts/literal-pieces.ts).',
    '',
    '/** For literals of either case and of exact letters: the pieces of each bucket. */',
    '// biome-ignore format: a line a bucket',
    'export const PIECE_TABLE: readonly (readonly (readonly string[])[])[] = [',
    ...table.flatMap((buckets) => [
      '  [',
      ...buckets.map((pieces) => `    ${JSON.stringify(pieces)},`),
      '  ],',
    ]),
    '];',
    '',
  ].join('\n');
}

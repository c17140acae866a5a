// Which four letters of a literal the kernel looks for, and which of these it looks for together (a bucket). Neither choice changes what is
// found, only how many bytes are looked at twice: `npm run kernel` chooses for the literals of all kinds, by what stands in ordinary logs.

import type { Part } from './parts.ts';
import { PIECE_TABLE } from './piece-table.ts';

/** Three of a literal that has no more. */
export const PIECE = 4;
/** The first ones do not tell upper from lower case; in the others only literals of exact letters are looked for. */
export const BUCKETS = 32;
export const FOLDED_BUCKETS = 24;

interface Text {
  readonly text: string;
  readonly exact: boolean;
}

export interface ChosenPiece {
  /** Where it stands in the literal. */
  readonly offset: number;
  readonly bucket: number;
}

/** From a piece to its bucket: of either case, and of exact letters. */
const BUCKET_OF: readonly ReadonlyMap<string, number>[] = PIECE_TABLE.map(
  (buckets) => new Map(buckets.flatMap((pieces, bucket) => pieces.map((piece) => [piece, bucket]))),
);

/** Of each literal that has no part, by its index. */
export function piecesOf(
  literals: readonly Text[],
  parts: readonly (Part | null)[],
): Map<number, ChosenPiece> {
  const chosen = new Map<number, ChosenPiece>();
  literals.forEach(({ text, exact }, index) => {
    if (parts[index] === null) chosen.set(index, pieceOf(text, exact));
  });
  return chosen;
}

function pieceOf(text: string, exact: boolean): ChosenPiece {
  const bucketOf = BUCKET_OF[exact ? 1 : 0]!;
  for (let offset = 0; offset === 0 || offset + PIECE <= text.length; offset++) {
    const bucket = bucketOf.get(text.slice(offset, offset + PIECE));
    if (bucket !== undefined) return { offset, bucket };
  }
  // Of a kind that is not in the table: looked for by its first letters, beside whatever is in that bucket.
  return { offset: 0, bucket: text.charCodeAt(0) % FOLDED_BUCKETS };
}

/** Whether the table has been made for a literal. */
export function isInTable(text: string, exact: boolean): boolean {
  const bucketOf = BUCKET_OF[exact ? 1 : 0]!;
  if (text.length <= PIECE) return bucketOf.has(text);
  return Array.from({ length: text.length - PIECE + 1 }, (_, offset) =>
    text.slice(offset, offset + PIECE),
  ).some((piece) => bucketOf.has(piece));
}

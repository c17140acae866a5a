// How a program's log carries a piece of text. Each format escapes and encodes as the program does that writes it.

import type { Random } from '../prng.ts';

/** What is to stand in a log: a planted secret in its notation, or text that tempts. ASCII. */
export interface LogPiece {
  readonly text: string;
  readonly member?: { readonly key: string; readonly value: string };
  readonly lines?: readonly string[];
}

export const NOTATIONS = ['text', 'member', 'lines'] as const;
/** Which of a piece's forms was written. */
export type Notation = (typeof NOTATIONS)[number];

export interface WrittenEntry {
  /** Whole lines, without the last line feed. */
  readonly text: string;
  /** What in them is the piece, as it stands there: encoded. In order, none inside another. */
  readonly parts: readonly string[];
  /** Of a member that was printed as text: how. */
  readonly way?: string;
}

export interface LogFormat {
  readonly name: string;
  /** Kebab-case name of the file, with the ending under which a log of it is kept. */
  readonly file: string;
  readonly takes: readonly Notation[];
  write(piece: LogPiece, notation: Notation, random: Random, timeMs: number): WrittenEntry;
  /** A line of every day. */
  ordinary(random: Random, timeMs: number): string;
}

/** An entry of a text with one part, which stands between two others. */
export function around(before: string, part: string, after = ''): WrittenEntry {
  return { text: before + part + after, parts: [part] };
}

/** Where each part stands in the text, from the beginning of the first to the end of the last. */
export function spanOfParts({ text, parts }: WrittenEntry): { readonly start: number; readonly end: number } {
  let start = -1;
  let end = 0;
  for (const part of parts) {
    const at = text.indexOf(part, end);
    if (at < 0) throw new Error('a format wrote something else than it says');
    if (start < 0) start = at;
    end = at + part.length;
  }
  return { start, end };
}

/** Words that programs put behind what they print, or nothing. */
export function tail(random: Random): string {
  return random.chance(0.5) ? '' : random.pick([' attempt=2', ' (retry in 3 s)', ' took 31 ms', ' -> 200']);
}

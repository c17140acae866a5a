// A labelled corpus of logs: every kind of secret in every format that can carry it, between text that tempts and ordinary lines. Made
// from a seed, with nothing of what looks for secrets.

import { createRandom, type Random } from '../prng.ts';
import type { SecretExample } from '../secret-examples/secret-example.ts';
import { BENIGN_KINDS } from './benign.ts';
import { ENCODED_FORMATS } from './encoded-formats.ts';
import { JSON_FORMATS } from './json-formats.ts';
import {
  type LogFormat,
  type LogPiece,
  type Notation,
  spanOfParts,
  type WrittenEntry,
} from './log-format.ts';
import { TEXT_FORMATS } from './text-formats.ts';

export const LOG_FORMATS: readonly LogFormat[] = [...TEXT_FORMATS, ...JSON_FORMATS, ...ENCODED_FORMATS];

export interface PlantedLabel {
  /** SecretKind.name. */
  readonly kind: string;
  /** Must leave the engine in no form. */
  readonly secrets: readonly string[];
  readonly notation: Notation;
  /** How a member was printed as text; '' where it was not. */
  readonly way: string;
  /** Characters of the file, end exclusive: the secret with its notation, encoded as it stands there. */
  readonly start: number;
  readonly end: number;
}

export interface CorpusEntry {
  /** Counted from 1, both inclusive. */
  readonly firstLine: number;
  readonly lastLine: number;
  /** Characters of the file; each is a byte. */
  readonly start: number;
  readonly end: number;
  readonly planted: PlantedLabel | null;
  /** BenignKind.name; `ordinary` for lines of every day, null where a secret is planted. */
  readonly benign: string | null;
}

export interface CorpusFile {
  readonly name: string;
  /** LogFormat.name */
  readonly format: string;
  /** ASCII. */
  readonly text: string;
  /** In order; every line belongs to one. */
  readonly entries: readonly CorpusEntry[];
}

export interface CorpusOptions {
  readonly seed: string;
  readonly examples: readonly SecretExample[];
  /** Examples of each kind of secret; spread over the formats. */
  readonly perKind: number;
  /** Pieces of each kind of tempting text; spread over the formats. */
  readonly perBenignKind: number;
}

const BEGINNING_MS = Date.UTC(2026, 10, 1, 12);
/** Lines of every day between two entries: what stands in neighbouring lines is read together. */
const FEWEST_BETWEEN = 4;

interface Written {
  readonly entry: WrittenEntry;
  readonly label: Omit<PlantedLabel, 'start' | 'end'> | null;
  readonly benign: string | null;
}

export function makeCorpus({ seed, examples, perKind, perBenignKind }: CorpusOptions): CorpusFile[] {
  const planted = new Map<LogFormat, Written[]>(LOG_FORMATS.map((format) => [format, []]));
  for (const example of examples) {
    const random = createRandom(`${seed}/secret/${example.kind}`);
    const spread = createSpread();
    for (let n = 0; n < perKind; n++) {
      const timeMs = timeOf(random);
      const made = example.make(random, timeMs);
      const [format, notation] = spread(made, random);
      const entry = format.write(made, notation, random, timeMs);
      const label = { kind: example.kind, secrets: made.secrets, notation, way: entry.way ?? '' };
      planted.get(format)!.push({ entry, label, benign: null });
    }
  }
  for (const kind of BENIGN_KINDS) {
    const random = createRandom(`${seed}/benign/${kind.name}`);
    const spread = createSpread();
    for (let n = 0; n < perBenignKind; n++) {
      const timeMs = timeOf(random);
      const piece = kind.make(random, timeMs);
      const [format, notation] = spread(piece, random);
      planted
        .get(format)!
        .push({ entry: format.write(piece, notation, random, timeMs), label: null, benign: kind.name });
    }
  }
  return LOG_FORMATS.map((format) => fileOf(format, planted.get(format)!, seed));
}

function timeOf(random: Random): number {
  return BEGINNING_MS + random.below(3_600_000);
}

/** Gives each piece the format and notation that the pieces before it used least. */
function createSpread(): (piece: LogPiece, random: Random) => readonly [LogFormat, Notation] {
  const used = new Map<LogFormat | Notation, number>();
  const times = (what: LogFormat | Notation): number => used.get(what) ?? 0;
  return (piece, random) => {
    const fits = (notation: Notation): boolean => notation === 'text' || piece[notation] !== undefined;
    const choices = LOG_FORMATS.flatMap((format) =>
      format.takes.filter(fits).map((notation) => [format, notation] as const),
    );
    const [least] = random
      .shuffle(choices)
      .sort((a, b) => times(a[0]) - times(b[0]) || times(a[1]) - times(b[1]));
    if (least === undefined) throw new Error('a piece that no format takes');
    for (const what of least) used.set(what, times(what) + 1);
    return least;
  };
}

function fileOf(format: LogFormat, written: Written[], seed: string): CorpusFile {
  const random = createRandom(`${seed}/file/${format.name}`);
  const entries: CorpusEntry[] = [];
  const texts: string[] = [];
  let offset = 0;
  let line = 1;
  const add = ({ entry, label, benign }: Written): void => {
    const { text } = entry;
    const span = spanOfParts(entry);
    const lines = text.split('\n').length;
    entries.push({
      firstLine: line,
      lastLine: line + lines - 1,
      start: offset,
      end: offset + text.length,
      planted: label === null ? null : { ...label, start: offset + span.start, end: offset + span.end },
      benign,
    });
    texts.push(text);
    offset += text.length + 1;
    line += lines;
  };
  const addOrdinary = (): void => {
    for (let n = random.between(FEWEST_BETWEEN, FEWEST_BETWEEN + 2); n > 0; n--) {
      const text = format.ordinary(random, timeOf(random));
      add({ entry: { text, parts: [text] }, label: null, benign: 'ordinary' });
    }
  };
  addOrdinary();
  for (const piece of random.shuffle(written)) {
    add(piece);
    addOrdinary();
  }
  const text = `${texts.join('\n')}\n`;
  // Positions are characters and bytes at once.
  if (/[^\t\n\x1b\x20-\x7e]/.test(text)) throw new Error(`${format.name}: text that is not ASCII`);
  return { name: format.file, format: format.name, text, entries };
}

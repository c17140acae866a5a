// Holds what was found in a corpus against its labels.

import type { CorpusEntry, CorpusFile } from './corpus.ts';

/** What somebody says to have found. */
export interface CorpusMatch {
  readonly kind: string;
  readonly rule: string;
  /** MEDIUM or higher. */
  readonly alarming: boolean;
  /** Characters of the file, end exclusive. Where they are not known: those of the record. */
  readonly start: number;
  readonly end: number;
}

export interface PlantedCounts {
  planted: number;
  rightKind: number;
  /** By the right kind or by another one of its rule. */
  found: number;
  /** By other rules only: said, but not as what it is. */
  otherwise: number;
  /** Matches that overlap nothing planted. */
  false: number;
}

export interface MissedSecret {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly notation: string;
  /** Kinds that were said in its place. */
  readonly said: readonly string[];
  readonly entry: CorpusEntry;
}

export interface FalseMatch {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly rule: string;
  /** Kind of the tempting text; `beside <kind>` on the lines of a planted secret. */
  readonly on: string;
  readonly match: CorpusMatch;
}

export interface CorpusScore {
  readonly kinds: Map<string, PlantedCounts>;
  readonly rules: Map<string, PlantedCounts>;
  readonly formats: Map<string, PlantedCounts>;
  /** Characters and false matches of each kind of tempting text. */
  readonly benign: Map<string, { bytes: number; false: number }>;
  readonly missed: MissedSecret[];
  readonly falseMatches: FalseMatch[];
}

export function emptyScore(): CorpusScore {
  return {
    kinds: new Map(),
    rules: new Map(),
    formats: new Map(),
    benign: new Map(),
    missed: [],
    falseMatches: [],
  };
}

/** Adds one file. `ruleOf`: the rule that a kind belongs to. */
export function scoreFile(
  score: CorpusScore,
  file: CorpusFile,
  matches: readonly CorpusMatch[],
  ruleOf: (kind: string) => string,
): void {
  const inOrder = [...matches].sort((a, b) => a.start - b.start);
  const right = new Set<CorpusMatch>();
  for (const entry of file.entries) {
    if (entry.benign !== null) {
      const tally = score.benign.get(entry.benign) ?? { bytes: 0, false: 0 };
      tally.bytes += entry.end - entry.start + 1;
      score.benign.set(entry.benign, tally);
    }
    const { planted } = entry;
    if (planted === null) continue;
    const rule = ruleOf(planted.kind);
    const counts = [
      countsOf(score.kinds, planted.kind),
      countsOf(score.rules, rule),
      countsOf(score.formats, file.format),
    ];
    const here = inOrder.filter((match) => match.start < planted.end && planted.start < match.end);
    for (const match of here) right.add(match);
    const rightKind = here.some((match) => match.kind === planted.kind);
    const found = rightKind || here.some((match) => match.rule === rule);
    for (const count of counts) {
      count.planted += 1;
      if (rightKind) count.rightKind += 1;
      if (found) count.found += 1;
      else if (here.length > 0) count.otherwise += 1;
    }
    if (!found) {
      score.missed.push({
        file: file.name,
        line: entry.firstLine,
        kind: planted.kind,
        notation: planted.way === '' ? planted.notation : `${planted.notation}, ${planted.way}`,
        said: here.map(({ kind }) => kind),
        entry,
      });
    }
  }
  for (const match of inOrder) {
    if (right.has(match) || !match.alarming) continue;
    const entry = file.entries.find(({ start, end }) => match.start < end + 1 && start < match.end);
    const on = entry?.benign ?? `beside ${entry?.planted?.kind}`;
    const tally = score.benign.get(on);
    if (tally !== undefined) tally.false += 1;
    countsOf(score.kinds, match.kind).false += 1;
    countsOf(score.rules, match.rule).false += 1;
    countsOf(score.formats, file.format).false += 1;
    score.falseMatches.push({
      file: file.name,
      line: entry?.firstLine ?? 0,
      kind: match.kind,
      rule: match.rule,
      on,
      match,
    });
  }
}

function countsOf(table: Map<string, PlantedCounts>, name: string): PlantedCounts {
  const known = table.get(name);
  if (known !== undefined) return known;
  const counts = { planted: 0, rightKind: 0, found: 0, otherwise: 0, false: 0 };
  table.set(name, counts);
  return counts;
}

export function recallOf({ planted, found }: PlantedCounts): number {
  return planted === 0 ? 1 : found / planted;
}

export function precisionOf({ found, false: wrong }: PlantedCounts): number {
  return found + wrong === 0 ? 1 : found / (found + wrong);
}

/** All kinds in one, and the mean over the kinds. */
export function overall(kinds: ReadonlyMap<string, PlantedCounts>) {
  const total = { planted: 0, rightKind: 0, found: 0, otherwise: 0, false: 0 };
  let recalls = 0;
  let precisions = 0;
  let planted = 0;
  for (const counts of kinds.values()) {
    total.planted += counts.planted;
    total.rightKind += counts.rightKind;
    total.found += counts.found;
    total.otherwise += counts.otherwise;
    total.false += counts.false;
    // A kind of which nothing was planted is only told falsely.
    if (counts.planted === 0) continue;
    planted += 1;
    recalls += recallOf(counts);
    precisions += precisionOf(counts);
  }
  return {
    total,
    recall: recallOf(total),
    precision: precisionOf(total),
    macroRecall: planted === 0 ? 1 : recalls / planted,
    macroPrecision: planted === 0 ? 1 : precisions / planted,
  };
}

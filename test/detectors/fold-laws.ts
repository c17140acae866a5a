// What every fold must obey (docs/decisions/0002): the same observations in any order and any split, spilled to JSON
// in between, give the same judgement.

import fc from 'fast-check';
import type { AnyFold, JudgeContext } from '../../src/detectors/detector.ts';
import { testSettings } from './plain-replay.ts';

export const judgeAlone: JudgeContext = { settings: testSettings, read: () => null };

/** Folds one after the other, in the order given. */
export function foldAll<O, S>(fold: AnyFold, observations: readonly O[]): S {
  return observations.reduce((summary, one) => fold.add(summary, structuredClone(one)), fold.empty());
}

/** Folds parts apart, sends each through JSON as a state file does, and merges them. */
export function foldInParts<O, S>(fold: AnyFold, parts: readonly (readonly O[])[]): S {
  const summaries = parts.map((part) => {
    const stored: unknown = JSON.parse(
      JSON.stringify(fold.toJson?.(foldAll(fold, part)) ?? foldAll(fold, part)),
    );
    return fold.fromJson?.(stored) ?? stored;
  });
  return summaries.reduce((sum, summary) => fold.merge(sum, summary), fold.empty()) as S;
}

/** Observations in order, and the same ones shuffled into one to four parts. */
export function splits<O>(
  one: fc.Arbitrary<O>,
  maxLength: number,
): fc.Arbitrary<{ readonly whole: readonly O[]; readonly parts: readonly (readonly O[])[] }> {
  return fc.array(fc.tuple(one, fc.nat(), fc.nat(3)), { maxLength }).map((entries) => {
    const shuffled = [...entries].sort((a, b) => a[1] - b[1]);
    const parts = [0, 1, 2, 3].map((part) =>
      shuffled.filter((entry) => entry[2] === part).map((entry) => entry[0]),
    );
    return { whole: entries.map((entry) => entry[0]), parts };
  });
}

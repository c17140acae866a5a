// Plain HTTP by class of traffic: what was planted and found, as flows (TLS-06, certain) and as calls (TLS-01, probable), and who was named.

import { addNames, type NameCounts, type NameScore, noNames } from './name-score.ts';
import type { Score } from './score.ts';
import { TRAFFIC_CLASSES, type TrafficClass } from './truth.ts';

interface Recall {
  planted: number;
  found: number;
}

export interface ClassScore {
  readonly flows: Recall;
  readonly calls: Recall;
  readonly names: NameCounts;
}

export function noClassScores(): ReadonlyMap<TrafficClass, ClassScore> {
  return new Map(
    TRAFFIC_CLASSES.map((name) => [
      name,
      { flows: { planted: 0, found: 0 }, calls: { planted: 0, found: 0 }, names: noNames() },
    ]),
  );
}

export function addClassScores(
  into: ReadonlyMap<TrafficClass, ClassScore>,
  score: Score,
  names: NameScore,
): void {
  const count = (attacks: Score['found'], what: keyof Recall): void => {
    for (const { rule, trafficClass } of attacks) {
      const sums = trafficClass === null ? undefined : into.get(trafficClass);
      if (sums === undefined) continue;
      const recall = rule === 'TLS-06' ? sums.flows : sums.calls;
      recall[what] += 1;
    }
  };
  count(score.found, 'found');
  count(score.found, 'planted');
  count(score.missed, 'planted');
  for (const [trafficClass, counts] of names.byClass) addNames(into.get(trafficClass)!.names, counts);
}

export function classTable(scores: ReadonlyMap<TrafficClass, ClassScore>): string[] {
  const recall = ({ planted, found }: Recall): string =>
    planted === 0
      ? '      -       -       -'
      : `${String(planted).padStart(7)} ${String(found).padStart(7)}   ${(found / planted).toFixed(3)}`;
  const out = [
    'class              flows planted, found, recall   calls planted, found, recall   named right, wrong, not',
  ];
  for (const [name, { flows, calls, names }] of scores) {
    const { right, wrong, notNamed } = names;
    const named = [right, wrong, notNamed].map((count) => String(count).padStart(6)).join('');
    out.push(`${name.padEnd(18)} ${recall(flows).padEnd(28)} ${recall(calls).padEnd(30)} ${named}`);
  }
  return out;
}

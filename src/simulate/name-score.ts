// Whom the findings name as the caller behind a plain flow, held against who it was.

import type { Finding } from '../findings/finding.ts';
import { proofIndex, provenBy } from './score.ts';
import type { Attack, TrafficClass, Truth } from './truth.ts';

export interface NameCounts {
  right: number;
  wrong: number;
  notNamed: number;
}

export interface NameScore {
  readonly withDataEvents: NameCounts;
  /** Nobody can know: whoever is named is a guess. */
  readonly withoutDataEvents: NameCounts;
  readonly byClass: ReadonlyMap<TrafficClass, NameCounts>;
  readonly wrongOnes: readonly { readonly attack: Attack; readonly named: string }[];
}

/** Attacks whose flows were found; one of several findings of an attack that names somebody else makes the attack wrongly named. */
export function scoreNames(truth: Truth, findings: readonly Finding[], archiveDir: string): NameScore {
  const attacks = truth.attacks.filter((attack) => attack.caller !== null);
  const index = proofIndex(attacks);
  const named = new Map<Attack, Set<string>>();
  for (const finding of findings) {
    if (finding.rule.id !== 'TLS-06' || finding.status === 'withdrawn') continue;
    for (const attack of new Set(provenBy(finding, index, archiveDir))) {
      const names = named.get(attack) ?? new Set();
      named.set(attack, names);
      if (finding.principal !== null) names.add(`${finding.principal.name}/${finding.principal.session}`);
    }
  }
  const withDataEvents = noNames();
  const withoutDataEvents = noNames();
  const byClass = new Map<TrafficClass, NameCounts>();
  const wrongOnes: { attack: Attack; named: string }[] = [];
  for (const [attack, names] of named) {
    const { caller, trafficClass } = attack;
    if (caller === null || trafficClass === null) continue;
    const wrong = [...names].find((name) => name !== `${caller.name}/${caller.session}`);
    const outcome = wrong !== undefined ? 'wrong' : names.size > 0 ? 'right' : 'notNamed';
    (caller.dataEvents ? withDataEvents : withoutDataEvents)[outcome] += 1;
    if (wrong !== undefined) wrongOnes.push({ attack, named: wrong });
    if (!caller.dataEvents) continue;
    const ofClass = byClass.get(trafficClass) ?? noNames();
    byClass.set(trafficClass, ofClass);
    ofClass[outcome] += 1;
  }
  return { withDataEvents, withoutDataEvents, byClass, wrongOnes };
}

export function noNames(): NameCounts {
  return { right: 0, wrong: 0, notNamed: 0 };
}

export function addNames(into: NameCounts, { right, wrong, notNamed }: NameCounts): void {
  into.right += right;
  into.wrong += wrong;
  into.notNamed += notNamed;
}

// Holds findings against the truth of a simulated archive: what was found, what was missed, what was found where nothing is.

import type { Finding, Severity } from '../findings/finding.ts';
import type { Attack, RuleId, Truth } from './truth.ts';

export interface RuleScore {
  planted: number;
  found: number;
  /** Findings of MEDIUM or higher that no attack proves. */
  falseFindings: number;
}

export interface Score {
  /** By rule, planted ones and those that found something. */
  readonly rules: ReadonlyMap<string, RuleScore>;
  readonly found: readonly Attack[];
  readonly missed: readonly Attack[];
  readonly falseFindings: readonly Finding[];
}

const ORDER: readonly Severity[] = ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'];

/**
 * An attack is found when a finding of its rule, at its severity or above, has one of its records as evidence. A finding of MEDIUM or
 * higher is false when none of its evidence belongs to an attack of its rule, or to one whose records its rule is also expected on.
 * `archiveDir` is where truth.json lies: findings name files as they were given to the replay, truth names them from there.
 */
export function scoreFindings(truth: Truth, findings: readonly Finding[], archiveDir: string): Score {
  const attacksOf = proofIndex(truth.attacks);
  const rules = new Map<string, RuleScore>();
  const foundIds = new Set<string>();
  const falseFindings: Finding[] = [];
  const scoreOf = (rule: string): RuleScore => {
    let score = rules.get(rule);
    if (score === undefined) {
      score = { planted: 0, found: 0, falseFindings: 0 };
      rules.set(rule, score);
    }
    return score;
  };
  for (const attack of truth.attacks) scoreOf(attack.rule).planted += 1;
  for (const finding of findings) {
    if (finding.status === 'withdrawn') continue;
    const proven = provenBy(finding, attacksOf, archiveDir);
    for (const attack of proven) {
      if (attack.rule === finding.rule.id && isAtLeast(finding.severity, attack.minimumSeverity))
        foundIds.add(attack.id);
    }
    const expected = proven.some(
      (attack) => attack.rule === finding.rule.id || attack.alsoExpected.includes(finding.rule.id as RuleId),
    );
    if (!expected && isAtLeast(finding.severity, 'MEDIUM')) {
      falseFindings.push(finding);
      scoreOf(finding.rule.id).falseFindings += 1;
    }
  }
  const found = truth.attacks.filter((attack) => foundIds.has(attack.id));
  for (const attack of found) scoreOf(attack.rule).found += 1;
  return { rules, found, missed: truth.attacks.filter((attack) => !foundIds.has(attack.id)), falseFindings };
}

function isAtLeast(severity: Severity, least: Severity): boolean {
  return ORDER.indexOf(severity) <= ORDER.indexOf(least);
}

export function proofIndex(attacks: readonly Attack[]): ReadonlyMap<string, readonly Attack[]> {
  const index = new Map<string, Attack[]>();
  for (const attack of attacks) {
    for (const proof of [...attack.eventIds, ...attack.locators]) {
      const known = index.get(proof);
      if (known === undefined) index.set(proof, [attack]);
      else known.push(attack);
    }
  }
  return index;
}

export function provenBy(
  finding: Finding,
  index: ReadonlyMap<string, readonly Attack[]>,
  archiveDir: string,
): readonly Attack[] {
  const prefix = archiveDir.endsWith('/') ? archiveDir : `${archiveDir}/`;
  return finding.evidence.flatMap(({ eventId, locator }) => [
    ...(index.get(eventId) ?? []),
    ...(index.get(locator.startsWith(prefix) ? locator.slice(prefix.length) : locator) ?? []),
  ]);
}

export function addScores(into: Map<string, RuleScore>, score: Score): void {
  for (const [rule, { planted, found, falseFindings }] of score.rules) {
    const sum = into.get(rule) ?? { planted: 0, found: 0, falseFindings: 0 };
    into.set(rule, {
      planted: sum.planted + planted,
      found: sum.found + found,
      falseFindings: sum.falseFindings + falseFindings,
    });
  }
}

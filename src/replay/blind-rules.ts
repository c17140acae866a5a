// Detectors that saw no record of a kind that they cannot do without: what a run knows by its counts alone. What else they cannot see is said
// by `wiretrail coverage`, which looks at the records themselves.

import type { Detector } from '../detectors/detector.ts';
import { type RecordKind, SIGHTS, sightsOf } from '../detectors/sights.ts';
import { FAMILIES } from '../findings/finding.ts';

const NAMES: Readonly<Record<RecordKind, string>> = {
  calls: 'CloudTrail calls',
  flows: 'VPC flow logs',
  lines: 'application logs',
  'access-logs': 'access logs',
};

/** `counts`: judged records of each kind. */
export function blindRules(
  detectors: readonly Pick<Detector, 'meta' | 'needs' | 'sights'>[],
  counts: { readonly calls: number; readonly flows: number; readonly lines: number },
): { rule: string; why: string }[] {
  const seen = new Set<RecordKind>();
  if (counts.calls > 0) seen.add('calls');
  if (counts.flows > 0) seen.add('flows');
  // Lines of access logs are counted with all others.
  if (counts.lines > 0) seen.add('lines').add('access-logs');
  const blind: { rule: string; why: string }[] = [];
  for (const detector of detectors) {
    const groups = sightsOf(detector).needs.map((group) => group.map((sight) => SIGHTS[sight]));
    const unseen = groups.find((kinds) => !kinds.some((kind) => seen.has(kind)));
    if (unseen === undefined) continue;
    const wanted = (Object.keys(NAMES) as RecordKind[]).filter((kind) => unseen.includes(kind));
    const names = wanted.map((kind) => NAMES[kind]);
    blind.push({ rule: detector.meta.id, why: `no ${names.join(' or ')} in this input` });
  }
  return blind.sort((a, b) => familyOrder(a.rule) - familyOrder(b.rule) || (a.rule < b.rule ? -1 : 1));
}

function familyOrder(rule: string): number {
  return FAMILIES.findIndex((family) => rule.startsWith(family));
}

// Detectors that saw no record of the kind they need. A blind detector is never shown as clean.

import type { Detector, Needs } from '../detectors/detector.ts';
import { FAMILIES } from '../findings/finding.ts';

/** `counts`: judged records of each kind. */
export function blindRules(
  detectors: readonly Detector[],
  counts: { readonly calls: number; readonly flows: number; readonly lines: number },
): { rule: string; why: string }[] {
  const blind: { rule: string; why: string }[] = [];
  for (const { meta, needs } of detectors) {
    const seen =
      (needsCalls(needs) && counts.calls > 0) ||
      (needs.flows === true && counts.flows > 0) ||
      (needs.lines === true && counts.lines > 0);
    if (seen) continue;
    const wanted = [
      needsCalls(needs) ? 'CloudTrail calls' : '',
      needs.flows === true ? 'VPC flow logs' : '',
      needs.lines === true ? 'application logs' : '',
    ].filter((text) => text !== '');
    blind.push({ rule: meta.id, why: `no ${wanted.join(' or ')} in this input` });
  }
  return blind.sort((a, b) => familyOrder(a.rule) - familyOrder(b.rule) || (a.rule < b.rule ? -1 : 1));
}

function needsCalls(needs: Needs): boolean {
  return needs.calls !== undefined || needs.operations !== undefined;
}

function familyOrder(rule: string): number {
  return FAMILIES.findIndex((family) => rule.startsWith(family));
}

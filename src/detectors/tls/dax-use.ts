// Whether an account uses DAX, by its calls to the DAX service: port 8111 alone may be anybody's.

import type { Evidence } from '../../findings/finding.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, type JudgeContext, type Output } from '../detector.ts';
import { evidenceOf, keepEarliest } from '../hits.ts';
import { clusterNameOf, isPlainCluster } from '../policy/dax-cluster.ts';

/** Calls to the DAX service this many days before a flow still say that the account uses DAX. */
export const DAX_MEMORY_DAYS = 30;
const MAX_CLUSTERS = 8;
const MAX_DAX_EVIDENCE = 2;

/** Calls to the DAX service in an account on a day. */
interface DaxUse {
  calls: number;
  /** Names of clusters that a call showed to be without TLS; the smallest 8. */
  plainClusters: string[];
  evidence: Evidence[];
}
interface DaxCall {
  readonly plainCluster: string | null;
  readonly evidence: Evidence;
}

/** A fold belongs to one rule: each that asks has one of its own name. */
export function daxUseFold(name: string): Fold<DaxCall, DaxUse> {
  return {
    name,
    version: 1,
    windowMs: DAY_MS,
    keepMs: (DAX_MEMORY_DAYS + 1) * DAY_MS,
    empty: () => ({ calls: 0, plainClusters: [], evidence: [] }),
    add: (use, call) => {
      use.calls += 1;
      if (call.plainCluster !== null) keepCluster(use, call.plainCluster);
      keepEarliest(use.evidence, call.evidence, MAX_DAX_EVIDENCE);
      return use;
    },
    merge: mergeUse,
  };
}

export function observeDaxUse(fold: Fold<DaxCall, DaxUse>, call: CallRecord, out: Output): void {
  if (call.service !== 'dax' || call.errorCode !== '') return;
  const plainCluster = isPlainCluster(call) === true ? clusterNameOf(call) : null;
  const evidence = evidenceOf(call, { action: call.action, cluster: clusterNameOf(call) });
  out.add(fold, call.recipientAccount || call.account, call, { plainCluster, evidence });
}

/** What the account did with DAX on this day and the days before; later days are not closed yet when this one is judged. */
export function recentDaxUse(
  fold: Fold<DaxCall, DaxUse>,
  account: string,
  window: number,
  context: JudgeContext,
): DaxUse | null {
  const found = fold.empty();
  for (let day = window - DAX_MEMORY_DAYS; day <= window; day++) {
    const use = context.read(fold, account, day);
    if (use !== null) fold.merge(found, use);
  }
  return found.calls === 0 ? null : found;
}

function mergeUse(a: DaxUse, b: DaxUse): DaxUse {
  a.calls += b.calls;
  for (const name of b.plainClusters) keepCluster(a, name);
  for (const piece of b.evidence) keepEarliest(a.evidence, piece, MAX_DAX_EVIDENCE);
  return a;
}

function keepCluster(use: DaxUse, name: string): void {
  if (name === '' || use.plainClusters.includes(name)) return;
  use.plainClusters.push(name);
  use.plainClusters.sort();
  if (use.plainClusters.length > MAX_CLUSTERS) use.plainClusters.pop();
}

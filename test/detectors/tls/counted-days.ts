// Days of calls with and without TLS details, as the folds of the calibration have them.

import { type AnyFold, DAY_MS, type JudgeContext, joinKey } from '../../../src/detectors/detector.ts';
import { CALL_CLASS, CALL_CLASSES } from '../../../src/detectors/tls/call-verdict.ts';
import { tlsOfPrincipals } from '../../../src/detectors/tls/tls-calibration.ts';
import type { PrincipalCounts, TlsCount } from '../../../src/detectors/tls/tls-counts.ts';
import { tlsByService } from '../../../src/detectors/tls/tls-details-lost.ts';
import { testSettings } from '../plain-replay.ts';

export const ACCOUNT = '111122223333';
export const ME = `role:${ACCOUNT}:me`;
export const OTHER = `role:${ACCOUNT}:other`;
export const DAY = Date.UTC(2026, 10, 1) / DAY_MS;

export type Counts = readonly (readonly [service: string, day: number, n: number, k: number])[];
export type PlainCounts = ReadonlyMap<string, { readonly n: number; readonly k: number }>;

function counts(n: number, k: number): number[] {
  const classes = Array.from({ length: CALL_CLASSES }, () => 0);
  classes[CALL_CLASS.strong] = k;
  classes[CALL_CLASS.absent] = n - k;
  return classes;
}

export function principals(all: PlainCounts): PrincipalCounts {
  return new Map(Array.from(all, ([name, { n, k }]) => [name, new Map([['us-east-1', counts(n, k)]])]));
}

export function context(all: Counts, mine: Counts = [], plain: PlainCounts = new Map()): JudgeContext {
  const summaries = new Map<string, TlsCount | PrincipalCounts>();
  for (const [service, day, n, k] of all) {
    const own = mine.find((entry) => entry[0] === service && entry[1] === day) ?? [service, day, 0, 0];
    summaries.set(`${tlsByService.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`, { n, k });
    summaries.set(
      `${tlsOfPrincipals.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`,
      principals(
        new Map([[ME, { n: own[2], k: own[3] }], [OTHER, { n: n - own[2], k: k - own[3] }], ...plain]),
      ),
    );
  }
  const read = (fold: AnyFold, key: string, window: number) =>
    summaries.get(`${fold.name} ${key} ${window}`) ?? null;
  return { settings: testSettings, read: read as JudgeContext['read'] };
}

// A replay in the plainest form of the contract: every record observed once, every window judged at the end.
// For tests of detectors; it forgets nothing, drops nothing late, and has no state.

import { createHash, createHmac } from 'node:crypto';
import type {
  AnyFold,
  Detector,
  DetectorSettings,
  Draft,
  JudgeContext,
  ObserveContext,
  Output,
} from '../../src/detectors/detector.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import type { AnyRecord } from '../../src/records/record.ts';

/** The key that goldens are made with. */
export const TEST_FINGERPRINT_KEY = Buffer.alloc(32, 7);

const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

export const testSettings: DetectorSettings = {
  ownResources: [],
  logChains: [],
  identityForwarders: [],
  minimumRetentionDays: 90,
  ownHosts: [],
  ownAccounts: [],
  dynamodbEndpoints: [],
};

export function observeContext(
  settings: DetectorSettings = testSettings,
  given: Partial<ObserveContext> = {},
): ObserveContext {
  return {
    settings,
    fingerprint: (secret) =>
      createHmac('sha256', TEST_FINGERPRINT_KEY).update(secret).digest('hex').slice(0, 32),
    hashSeed: 0x9e3779b9,
    awsRange: awsRanges.lookup,
    ...given,
  };
}

export interface PlainFinding extends Draft {
  readonly id: string;
}

export interface PlainReplay {
  readonly findings: readonly PlainFinding[];
  /** Fold name, key and window to what the fold kept: for tests of what stands in the state. */
  readonly summaries: ReadonlyMap<string, unknown>;
}

interface Entry {
  readonly fold: string;
  readonly key: string;
  readonly window: number;
  summary: unknown;
}

export function plainReplay(
  detectors: readonly Detector[],
  records: Iterable<AnyRecord>,
  settings: DetectorSettings = testSettings,
  context: ObserveContext = observeContext(settings),
): PlainReplay {
  return batchReplay(detectors, [records], settings, context);
}

/** The same with the records in batches that are folded apart, written as JSON, read back, and merged in the order given. */
export function batchReplay(
  detectors: readonly Detector[],
  batches: readonly Iterable<AnyRecord>[],
  settings: DetectorSettings = testSettings,
  context: ObserveContext = observeContext(settings),
): PlainReplay {
  const folds = new Map<string, AnyFold>();
  for (const detector of detectors) for (const fold of detector.folds) folds.set(fold.name, fold);
  const summaries = new Map<string, Entry>();
  const seen = new Set<string>();
  const counted = { ...context, recordNumber: 0 };
  for (const records of batches) {
    const batch = new Map<string, Entry>();
    const out: Output = {
      add(fold, key, record, observation, timeMs = record.timeMs) {
        const known = folds.get(fold.name);
        if (known === undefined) throw new Error(`fold ${fold.name} is not among the detector's folds`);
        const window = Math.floor(timeMs / fold.windowMs);
        const at = JSON.stringify([fold.name, key, window]);
        const entry = batch.get(at) ?? { fold: fold.name, key, window, summary: known.empty() };
        entry.summary = known.add(entry.summary, observation);
        batch.set(at, entry);
        return true;
      },
    };
    for (const record of records) {
      if (seen.has(record.eventId)) continue;
      seen.add(record.eventId);
      counted.recordNumber++;
      for (const detector of detectors) {
        if (record.kind === 'call') detector.observeCall?.(record, out, counted);
        else if (record.kind === 'flow') detector.observeFlow?.(record, out, counted);
        else detector.observeLine?.(record, out, counted);
      }
    }
    for (const [at, entry] of batch) {
      const fold = folds.get(entry.fold)!;
      const json = JSON.stringify(fold.toJson?.(entry.summary) ?? entry.summary);
      const summary = fold.fromJson?.(JSON.parse(json)) ?? JSON.parse(json);
      const known = summaries.get(at);
      summaries.set(at, {
        ...entry,
        summary: known === undefined ? summary : fold.merge(known.summary, summary),
      });
    }
  }
  const judging: JudgeContext = {
    settings,
    read: (fold, key, window) =>
      (summaries.get(JSON.stringify([fold.name, key, window]))?.summary as never) ?? null,
  };
  const findings: PlainFinding[] = [];
  for (const detector of detectors) {
    for (const fold of detector.folds as readonly AnyFold[]) {
      for (const entry of summaries.values()) {
        if (entry.fold !== fold.name || fold.judge === undefined) continue;
        for (const draft of fold.judge(entry.key, entry.window, entry.summary, judging)) {
          const window = Math.floor(draft.timeMs / detector.meta.identity.windowMs);
          const identity = [
            detector.meta.id,
            draft.account,
            draft.region,
            draft.entity,
            draft.evidenceKey,
            window,
          ];
          const id = createHash('sha256').update(JSON.stringify(identity)).digest('hex').slice(0, 16);
          findings.push({ ...draft, id });
        }
      }
    }
  }
  findings.sort((a, b) => a.firstMs - b.firstMs || (a.id < b.id ? -1 : 1));
  return { findings, summaries: new Map([...summaries].map(([at, entry]) => [at, entry.summary])) };
}

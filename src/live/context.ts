// What every part of the live engine works with: built once a cold start.

import type { AnyFold, Detector, DetectorSettings } from '../detectors/detector.ts';
import type { AwsRanges } from '../lib/aws-ranges.ts';
import { fingerprintKeyId } from '../lib/digest.ts';
import { keptMs, LATENESS_MS } from '../pipeline.ts';
import type { LiveState } from '../state/live-state.ts';
import type { Clock } from './clock.ts';
import { createItems } from './items.ts';
import type { UpdateContext } from './updates.ts';

/** What the engine counts; the telemetry makes metrics of it. */
export type LiveCount =
  /** Records that were read, of any outcome. */
  | 'records'
  /** Records that another batch had brought already. */
  | 'duplicates'
  | 'unreadable'
  /** Records that came too late for at least one window. */
  | 'late'
  /** Findings told for the first time or changed. */
  | 'findings'
  /** Findings that were not raised, because one log raised too many in an hour. */
  | 'findings-capped'
  /** Writes that came too late and were done again. */
  | 'state-conflicts'
  | 'alerts'
  | 'alerts-failed'
  /** Calls of the monitor itself that EventBridge brought. */
  | 'own-calls'
  /** What looked like a secret in a log and was none. */
  | 'secrets-refused'
  | 'windows-closed';

export interface LiveOptions {
  readonly state: LiveState;
  readonly detectors: readonly Detector[];
  readonly settings: DetectorSettings;
  readonly fingerprintKey: Uint8Array;
  readonly awsRanges: AwsRanges;
  /** Field names of flow lines without a header; null for the 14 default ones. */
  readonly flowFields: readonly string[] | null;
  readonly clock: Clock;
  readonly count: (what: LiveCount, by: number) => void;
  /** Days that findings, and what was told of them, are kept after their last change. */
  readonly findingDays: number;
  /** New findings that the lines of one log may raise in an hour, of each severity. */
  readonly findingsOfLogAnHour: number;
}

export interface LiveContext extends LiveOptions, UpdateContext {
  readonly folds: readonly AnyFold[];
  readonly foldByName: ReadonlyMap<string, AnyFold>;
  readonly ruleOf: ReadonlyMap<AnyFold, Detector['meta']>;
  readonly fingerprintKeyId: string;
}

export const DAY_MS = 86_400_000;
/** A notification may lie in the queue for 14 days, and in its dead-letter queue for 14 more, before it is delivered again. */
const REDELIVERY_MS = 30 * DAY_MS;

export function createLiveContext(options: LiveOptions): LiveContext {
  const folds = [...new Set(options.detectors.flatMap((detector) => detector.folds))];
  return {
    ...options,
    items: createItems(options.state),
    onConflict: () => options.count('state-conflicts', 1),
    folds,
    foldByName: new Map(folds.map((fold) => [fold.name, fold])),
    ruleOf: new Map(options.detectors.flatMap(({ folds: own, meta }) => own.map((fold) => [fold, meta]))),
    fingerprintKeyId: fingerprintKeyId(options.fingerprintKey),
  };
}

/** Claims outlive every delivery of their events: those that come after it are too late for their windows anyway. */
export function claimExpiry({ clock }: LiveContext): number {
  return clock.nowMs() + REDELIVERY_MS + LATENESS_MS;
}

/** Summaries outlive the judgement of all who read them, and every redelivery. */
export function summaryExpiry({ clock }: LiveContext, fold: AnyFold): number {
  return clock.nowMs() + REDELIVERY_MS + LATENESS_MS + keptMs(fold);
}

export function findingExpiry({ clock, findingDays }: LiveContext): number {
  return clock.nowMs() + findingDays * DAY_MS;
}

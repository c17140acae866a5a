// What became of records, in numbers that grow: of a run, and of one object of it.

import type { EpochMs } from './record.ts';

export interface RecordCounts {
  total: number;
  judged: number;
  duplicates: number;
  conflicts: number;
  late: number;
  calls: number;
  /** Of these, by sessions that are called like one of `settings.ownResources`: functions of a deployed monitor. */
  ownCalls: number;
  flows: number;
  lines: number;
  readonly skipped: Record<string, number>;
  readonly unreadable: Record<string, number>;
  firstMs: EpochMs;
  lastMs: EpochMs;
}

export interface ObjectCounts {
  total: number;
  judged: number;
  duplicates: number;
  /** Held until a better copy has come or cannot come any more; then counted for the run, no longer for the object. */
  waiting: number;
  readonly skipped: Record<string, number>;
  readonly unreadable: Record<string, number>;
}

export function newObjectCounts(): ObjectCounts {
  return { total: 0, judged: 0, duplicates: 0, waiting: 0, skipped: {}, unreadable: {} };
}

export function newRecordCounts(): RecordCounts {
  return {
    total: 0,
    judged: 0,
    duplicates: 0,
    skipped: {},
    unreadable: {},
    conflicts: 0,
    late: 0,
    calls: 0,
    ownCalls: 0,
    flows: 0,
    lines: 0,
    firstMs: Number.POSITIVE_INFINITY,
    lastMs: Number.NEGATIVE_INFINITY,
  };
}

export function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

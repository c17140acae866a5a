// What a run read, judged and found, as numbers that must add up. `--summary` writes this object.

import type { VerdictTotals } from '../findings/call-verdicts.ts';
import type { Severity } from '../findings/finding.ts';
import type { ReadObjects, ReadRecords } from '../findings/read-counts.ts';
import type { SuppressionUse } from '../findings/suppressions.ts';

export interface RunProblem {
  /** File, object or record (`file#17`). */
  readonly where: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string;
}

export interface RunSummary {
  readonly schemaVersion: '1.0';
  /** dry-run: objects were listed and not opened. */
  readonly mode: 'replay' | 'dry-run';
  readonly objects: ReadObjects;
  readonly records: ReadRecords & {
    /** Same event id with another body; counted among the duplicates. */
    readonly conflicts: number;
    readonly calls: number;
    readonly flows: number;
    readonly lines: number;
  };
  readonly findings: {
    readonly total: number;
    readonly written: number;
    readonly suppressed: number;
    /** Of those that were written, as is byRule. */
    readonly bySeverity: Readonly<Record<Severity, number>>;
    readonly byRule: Readonly<Record<string, number>>;
  };
  /**
   * Calls to DynamoDB, its streams and DAX by what they say of TLS: those of the days that this run judged. With a state, days that stay open
   * are counted as far as they are known, and again by the run that goes on with them.
   */
  readonly verdicts: VerdictTotals;
  /** Every entry of --suppressions, in the order of the file, with what it suppressed; of an expired one with what it would have. */
  readonly suppressions: readonly SuppressionUse[];
  /** What looked like a secret and was none, by rule and reason (`SEC-11 placeholder`): the stages of false-positive control. */
  readonly refusedSecrets: Readonly<Record<string, number>>;
  readonly bytes: { readonly stored: number; readonly inflated: number };
  /** Event time of the earliest and latest judged record, ISO; null when there was none. */
  readonly firstEvent: string | null;
  readonly lastEvent: string | null;
  readonly elapsedSeconds: number;
  /** The three sums that must hold (docs/command-line.md); a false one is exit code 2. */
  readonly identities: { readonly objects: boolean; readonly records: boolean; readonly findings: boolean };
  readonly awsRanges: { readonly date: string; readonly ageDays: number; readonly stale: boolean };
  readonly fingerprintKeyId: string;
  /** The first 100; `problemCount` counts them all. */
  readonly problems: readonly RunProblem[];
  readonly problemCount: number;
  /** Detectors that saw no record of the kind they need: a blind detector is never shown as clean. */
  readonly blind: readonly { readonly rule: string; readonly why: string }[];
}

/** What became of one object: a line of ledger.jsonl. */
export interface LedgerLine {
  readonly object: string;
  readonly version: string;
  readonly status: 'read' | 'partly' | 'skipped' | 'failed';
  /** Why it was skipped, failed or only partly read; '' when it was read. */
  readonly reason: string;
  readonly format: string;
  readonly storedBytes: number;
  readonly inflatedBytes: number;
  readonly records: {
    readonly total: number;
    readonly judged: number;
    readonly duplicates: number;
    /** Copies from another account's trail, held for the caller's own when this line was written; counted in the run's totals. */
    readonly waiting: number;
    readonly skipped: Readonly<Record<string, number>>;
    readonly unreadable: Readonly<Record<string, number>>;
  };
}

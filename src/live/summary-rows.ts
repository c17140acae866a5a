// What a pipeline folded, as rows: one of each fold, window and key.

import { createPipeline, type Pipeline, type PipelineOptions } from '../pipeline.ts';
import { createCloudTrailReader } from '../records/cloudtrail-reader.ts';
import type { ObjectFacts, RecordSink } from '../records/reader.ts';
import { type CallRecord, CLAIM_PAGE_MS, type EpochMs } from '../records/record.ts';
import { type EventClaims, hexOf } from '../state/event-claims.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { LiveContext } from './context.ts';
import type { EarlyMark } from './findings-store.ts';
import type { SummaryAddress } from './merge-summaries.ts';

export interface SummaryRow extends SummaryAddress {
  /** JSON of the fold's own form. */
  readonly json: string;
}

export function rowsOf({ folds }: LiveContext, { table }: Pipeline): SummaryRow[] {
  const rows: SummaryRow[] = [];
  for (const fold of folds) {
    for (const window of table.windows(fold)) {
      for (const [key, summary] of table.window(fold, window)) {
        rows.push({ fold, window, key, json: JSON.stringify(fold.toJson ? fold.toJson(summary) : summary) });
      }
    }
  }
  return rows;
}

/** A pipeline that only folds, and forgets. */
export function foldingPipeline(
  context: LiveContext,
  claims: EventClaims,
  special: Pick<PipelineOptions, 'foldCopies' | 'leaveOutOwnCalls' | 'observers'>,
): Pipeline {
  const { detectors, settings, fingerprintKey, awsRanges } = context;
  const state = createMemoryState();
  return createPipeline({ detectors, settings, fingerprintKey, awsRanges, state, claims, ...special });
}

export interface FoldedCall {
  readonly rows: readonly SummaryRow[];
  /** How a batch claims it; null where there is no call in it that is judged. */
  readonly mark: EarlyMark | null;
  readonly unreadable: boolean;
  readonly timeMs: EpochMs;
  readonly sessionName: string;
}

/** One CloudTrail record, folded by itself, whoever else has it. */
export function foldOneCall(
  context: LiveContext,
  facts: ObjectFacts,
  bytes: Buffer,
  ordinal: number,
): FoldedCall {
  const pipeline = foldingPipeline(context, NO_CLAIMS, { foldCopies: true });
  const { sink } = pipeline.openObject(facts);
  let seen: Pick<FoldedCall, 'mark' | 'timeMs' | 'sessionName'> = {
    mark: null,
    timeMs: Number.NaN,
    sessionName: '',
  };
  let unreadable = false;
  const watching: RecordSink = {
    skipped: sink.skipped,
    unreadable(reason, at, detail) {
      unreadable = true;
      sink.unreadable(reason, at, detail);
    },
    record(record) {
      if (record.kind === 'call') {
        const { timeMs, sessionName } = record;
        seen = { mark: markOfCall(record), timeMs, sessionName };
      }
      sink.record(record);
    },
  };
  createCloudTrailReader(facts, watching, undefined, ordinal).push(bytes, bytes.length, true);
  return { rows: rowsOf(context, pipeline), unreadable, ...seen };
}

function markOfCall(call: CallRecord): EarlyMark {
  const lanes = new Uint32Array(4);
  call.identityHash(lanes);
  return { kind: 'call', page: Math.floor(call.timeMs / CLAIM_PAGE_MS), identity: hexOf(lanes) };
}

const NO_CLAIMS: EventClaims = {
  claim: () => 'new',
  claimedInSeveralPages: () => new Set(),
  seesSeveralPages: true,
  save() {},
};

// What a pipeline folded, as rows: one of each fold, window and key.

import { createPipeline, type Pipeline } from '../pipeline.ts';
import { createCloudTrailReader } from '../records/cloudtrail-reader.ts';
import type { ObjectFacts, RecordSink } from '../records/reader.ts';
import type { EventClaims } from '../state/event-claims.ts';
import { createMemoryState } from '../state/memory-state.ts';
import type { LiveContext } from './context.ts';
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
export function foldingPipeline(context: LiveContext, claims: EventClaims, foldCopies: boolean): Pipeline {
  const { detectors, settings, fingerprintKey, awsRanges } = context;
  const state = createMemoryState();
  return createPipeline({ detectors, settings, fingerprintKey, awsRanges, state, claims, foldCopies });
}

/** One CloudTrail record, folded by itself whoever else has it; and how it is claimed. Null where it is no record that is judged. */
export function foldOneCall(
  context: LiveContext,
  facts: ObjectFacts,
  bytes: Buffer,
  ordinal: number,
): { readonly rows: SummaryRow[]; readonly reason: string } {
  const pipeline = foldingPipeline(context, NO_CLAIMS, true);
  const { sink } = pipeline.openObject(facts);
  let reason = '';
  const watching: RecordSink = {
    ...sink,
    skipped(why, at) {
      reason = why;
      sink.skipped(why, at);
    },
    unreadable(why, at, detail) {
      reason = why;
      sink.unreadable(why, at, detail);
    },
  };
  createCloudTrailReader(facts, watching, undefined, ordinal).push(bytes, bytes.length, true);
  return { rows: rowsOf(context, pipeline), reason };
}

const NO_CLAIMS: EventClaims = {
  claim: () => 'new',
  claimedInSeveralPages: () => new Set(),
  seesSeveralPages: true,
  save() {},
};

// Batches that were read join the live state: their rows are merged into the summaries, and what they touched is judged at once.
//
// Every step may be the last one before a crash. Windows are noted before anything is merged into them; every summary remembers its
// batches; judgements replace each other. So the whole of it can be done again, by the same invocation or the next.

import { judgedUntil } from '../pipeline.ts';
import type { EpochMs } from '../records/record.ts';
import type { BatchId } from './batch.ts';
import { type LiveContext, summaryExpiry } from './context.ts';
import { keepCorrections } from './corrections.ts';
import { judgeEarly } from './early.ts';
import { putVerdicts } from './findings-store.ts';
import { keepCopies, markOfShared } from './held-copies.ts';
import { judgeAll, type LoadSummaries, withWoken } from './judging.ts';
import {
  addressName,
  type Contribution,
  loadSummaries,
  mergeSummaries,
  type Share,
  type SummaryAddress,
} from './merge-summaries.ts';
import type { ReadBatch } from './read-batch.ts';
import { closedUntilMs, noteStamp, openWindows } from './windows.ts';

export interface Taken {
  /** Batches of which something could not be kept: they must come again. */
  readonly failed: ReadonlySet<BatchId>;
  /** Findings of which it is to be decided whether people are told. */
  readonly touched: ReadonlySet<string>;
}

/** Takes batches that are not the same among themselves. Throws what the state throws: then all of them must come again. */
export async function takeBatches(context: LiveContext, batches: readonly ReadBatch[]): Promise<Taken> {
  const failed = new Set<BatchId>();
  const touched = new Set<string>();
  if (batches.length === 0) return { failed, touched };
  for (const { id, corrections, copies } of batches) {
    if (!(await keepCorrections(context, corrections)) || !(await keepCopies(context, copies)))
      failed.add(id);
  }
  await mergeRows(context, batches, failed);
  const hasTrailObject = batches.some(({ line }) => line.ledger.format === 'cloudtrail');
  await noteStamp(context, newestStamp(batches), hasTrailObject);

  const { addresses, logs, confirmed } = touchedBy(batches);
  const closingMs = await closedUntilMs(context.items);
  const load: LoadSummaries = (wanted) => loadSummaries(context.items, wanted);
  const woken = await withWoken(addresses, load, context);
  const judged = await judgeAll(woken, load, context.settings);
  const put = await putVerdicts(
    context,
    judged.flatMap((judgement) => {
      const name = addressName(judgement);
      // Whoever claimed the events has not merged them yet, or they are forgotten: nothing is said of them here.
      if (judgement.basis === 0 && confirmed.has(name)) return [];
      const final = judgement.window < judgedUntil(judgement.fold, closingMs);
      // Nothing came for what was woken: it says more of what it said, or what a log may say.
      const log = logs.get(name);
      return [{ ...judgement, final, log: log === undefined ? '' : log }];
    }),
    new Set(batches.flatMap(({ claimed }) => [...claimed])),
  );
  for (const id of put.touched) touched.add(id);
  let complete = put.complete;
  for (const { copies, log } of batches) {
    if (copies.length === 0) continue;
    const early = await judgeEarly(context, {
      rows: copies.flatMap(({ rows }) => rows),
      marks: copies.map(({ sharedEventId, timeMs }) => markOfShared(sharedEventId, timeMs)),
      log,
    });
    for (const id of early.touched) touched.add(id);
    complete &&= early.complete;
  }
  if (!complete) for (const { id } of batches) failed.add(id);
  return { failed, touched };
}

async function mergeRows(
  context: LiveContext,
  batches: readonly ReadBatch[],
  failed: Set<BatchId>,
): Promise<void> {
  const shares = new Map<string, SummaryAddress & { shares: Share[] }>();
  for (const { id, rows } of batches) {
    for (const row of rows) {
      const name = addressName(row);
      const { fold, window, key } = row;
      const known = shares.get(name) ?? { fold, window, key, shares: [] };
      shares.set(name, known);
      known.shares.push({ batch: id, json: row.json });
    }
  }
  for (const id of await mergeAndOpen(context, [...shares.values()])) failed.add(id);
}

/** Merges with the windows noted before and after; the batches of which something could not be merged. */
export async function mergeAndOpen(
  context: LiveContext,
  contributions: readonly Contribution[],
): Promise<ReadonlySet<BatchId>> {
  const { items, folds } = context;
  const windows = [
    ...new Map(
      contributions.map(({ fold, window }) => [`${fold.name}|${window}`, { fold, window }]),
    ).values(),
  ];
  await openWindows(context, folds, windows, await closedUntilMs(items));
  const failed = await mergeSummaries(context, contributions, (fold) => summaryExpiry(context, fold));
  await openWindows(context, folds, windows, await closedUntilMs(items));
  return failed;
}

/** `logs`: null where AWS delivered something of it. `confirmed`: what no batch adds anything to. */
function touchedBy(batches: readonly ReadBatch[]): {
  addresses: SummaryAddress[];
  logs: ReadonlyMap<string, string | null>;
  confirmed: ReadonlySet<string>;
} {
  const addresses = new Map<string, SummaryAddress>();
  const logs = new Map<string, string | null>();
  for (const { rows, copies, log } of batches) {
    // What waits in copies joins when windows close: by then it must be known that a log brought it.
    const waiting = log === null ? [] : copies.flatMap((copy) => copy.rows);
    for (const row of [...rows, ...waiting]) {
      const name = addressName(row);
      addresses.set(name, row);
      if (log === null || !logs.has(name)) logs.set(name, log);
    }
  }
  const confirmed = new Set<string>();
  for (const address of batches.flatMap((batch) => batch.confirmed)) {
    const name = addressName(address);
    if (!addresses.has(name)) confirmed.add(name);
    addresses.set(name, address);
    logs.set(name, null);
  }
  return { addresses: [...addresses.values()], logs, confirmed };
}

function newestStamp(batches: readonly ReadBatch[]): EpochMs {
  const stamps = batches.map(({ deliveredMs }) => deliveredMs).filter((stamp) => !Number.isNaN(stamp));
  return stamps.length === 0 ? Number.NaN : Math.max(...stamps);
}

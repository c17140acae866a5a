// What was read in a day, as numbers that must add up: the digest tells them. Counted by the clock, once for each reading: an object that
// had to come again is listed, and read or failed, each time.

import type { ReadCounts } from '../findings/read-counts.ts';
import type { RecordCounts } from '../records/record-counts.ts';
import type { LedgerLine } from '../reports/run-summary.ts';
import type { ItemKey } from '../state/live-state.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import type { Items } from './items.ts';
import { updateAll } from './updates.ts';

/** What one reading adds. */
export interface Reading {
  readonly ledger: LedgerLine;
  /** Null where nothing of it counts yet. */
  readonly counts: RecordCounts | null;
}

/** Items of one day: invocations that end at the same time seldom meet. */
const SHARDS = 8;
/** The digest of a day is written on the next one, and may be late. */
const KEPT_MS = 14 * DAY_MS;

const NO_COUNTS: ReadCounts = {
  objects: { listed: 0, read: 0, partlyRead: 0, skipped: {}, failed: {} },
  records: { total: 0, judged: 0, duplicates: 0, late: 0, skipped: {}, unreadable: {} },
};

/** Adds to the counts of today. A lost race too many loses the counts, never the records. */
export async function addDailyCounts(context: LiveContext, readings: readonly Reading[]): Promise<void> {
  if (readings.length === 0) return;
  const nowMs = context.clock.nowMs();
  const sort = String(Math.floor(context.clock.random() * SHARDS));
  const added = readings.map(countsOf).reduce(addCounts);
  await updateAll(context, [added], {
    keyOf: (): ItemKey => ({ partition: partitionOf(nowMs), sort }),
    step: (more, item) => ({
      content: JSON.stringify(
        addCounts(
          item === null ? NO_COUNTS : (JSON.parse(item.content.toString('utf8')) as ReadCounts),
          more,
        ),
      ),
      expiresAtMs: nowMs + KEPT_MS,
    }),
  });
}

/** Counts of the UTC day that begins at `dayMs`. */
export async function dailyCounts(items: Items, dayMs: number): Promise<ReadCounts> {
  let sum = NO_COUNTS;
  for await (const item of items.list(partitionOf(dayMs))) {
    sum = addCounts(sum, JSON.parse(item.content.toString('utf8')) as ReadCounts);
  }
  return sum;
}

function countsOf({ ledger, counts }: Reading): ReadCounts {
  const { status, reason } = ledger;
  const objects = {
    listed: 1,
    read: status === 'read' ? 1 : 0,
    partlyRead: status === 'partly' && counts !== null ? 1 : 0,
    skipped: status === 'skipped' ? { [reason]: 1 } : {},
    failed: status === 'failed' || (status === 'partly' && counts === null) ? { [reason]: 1 } : {},
  };
  if (counts === null) return { ...NO_COUNTS, objects };
  const { total, judged, duplicates, late, skipped, unreadable } = counts;
  return {
    objects,
    records: { total, judged, duplicates, late, skipped, unreadable },
  };
}

function addCounts(a: ReadCounts, b: ReadCounts): ReadCounts {
  return {
    objects: {
      listed: a.objects.listed + b.objects.listed,
      read: a.objects.read + b.objects.read,
      partlyRead: a.objects.partlyRead + b.objects.partlyRead,
      skipped: addReasons(a.objects.skipped, b.objects.skipped),
      failed: addReasons(a.objects.failed, b.objects.failed),
    },
    records: {
      total: a.records.total + b.records.total,
      judged: a.records.judged + b.records.judged,
      duplicates: a.records.duplicates + b.records.duplicates,
      late: a.records.late + b.records.late,
      skipped: addReasons(a.records.skipped, b.records.skipped),
      unreadable: addReasons(a.records.unreadable, b.records.unreadable),
    },
  };
}

function addReasons(
  a: Readonly<Record<string, number>>,
  b: Readonly<Record<string, number>>,
): Record<string, number> {
  const sum: Record<string, number> = { ...a };
  for (const [reason, count] of Object.entries(b)) sum[reason] = (sum[reason] ?? 0) + count;
  return sum;
}

function partitionOf(timeMs: number): string {
  return `ledger|${new Date(timeMs).toISOString().slice(0, 10)}`;
}

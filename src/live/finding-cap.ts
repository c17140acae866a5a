// A bound on the findings that one log raises in an hour: whoever can write a log can write a thousand fake keys into it, or a thousand calls.
// Beyond the bound findings are counted for the digest instead of raised, and a metric says so. The hour is that of the clock: event times
// of log lines are whatever their writer says.

import type { Severity } from '../findings/finding.ts';
import type { ItemKey } from '../state/live-state.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import { type Items, sortOf } from './items.ts';
import { updateAll } from './updates.ts';

export interface CappedLog {
  readonly log: string;
  /** Start of the hour, milliseconds since the epoch. */
  readonly hourMs: number;
  readonly severity: Severity;
  /** Findings that were raised, and at least how many were not. */
  readonly raised: number;
  readonly capped: number;
}

interface StoredCap {
  readonly log: string;
  readonly hourMs: number;
  readonly severity: Severity;
  /** Ids, so that one that comes again is no new one. */
  readonly raised: readonly string[];
  readonly capped: number;
}

/** A finding that is not raised yet. */
export interface Candidate {
  readonly log: string;
  readonly id: string;
  readonly severity: Severity;
  /** It was held back before, and is not counted a second time. */
  readonly again?: boolean;
}

const HOUR_MS = 3_600_000;
/** The digest of a day is written on the next one, and may be late. */
const KEPT_MS = 14 * DAY_MS;

/**
 * Which of these are not to be raised, as `candidateName`. Those of one log, hour and severity are one task, so that a flood of one severity
 * hides no other.
 */
export async function capFindings(
  context: LiveContext,
  found: readonly Candidate[],
): Promise<ReadonlySet<string>> {
  const capped = new Set<string>();
  const again = new Set(found.filter((one) => one.again).map(candidateName));
  const hourMs = Math.floor(context.clock.nowMs() / HOUR_MS) * HOUR_MS;
  const groups = Map.groupBy(found, ({ log, severity }) => JSON.stringify([log, severity]));
  const failed = await updateAll(context, groups.values(), {
    keyOf: ([first]) => keyOf(first!.log, hourMs, first!.severity),
    step(group, item) {
      const { log, severity } = group[0]!;
      const known: StoredCap =
        item === null
          ? { log, hourMs, severity, raised: [], capped: 0 }
          : (JSON.parse(item.content.toString('utf8')) as StoredCap);
      const fresh = [...new Set(group.map(({ id }) => id))].filter((id) => !known.raised.includes(id));
      const room = Math.max(0, context.findingsOfLogAnHour - known.raised.length);
      for (const id of fresh) capped.delete(candidateName({ log, id }));
      const left = fresh.slice(room).map((id) => candidateName({ log, id }));
      for (const name of left) capped.add(name);
      const uncounted = left.filter((name) => !again.has(name)).length;
      const after: StoredCap = {
        ...known,
        raised: [...known.raised, ...fresh.slice(0, room)],
        capped: known.capped + uncounted,
      };
      const same = uncounted === 0 && after.raised.length === known.raised.length;
      return {
        content: same ? null : JSON.stringify(after),
        expiresAtMs: context.clock.nowMs() + KEPT_MS,
      };
    },
  });
  // Rather one too many than one lost, where the count is not to be had.
  for (const one of failed.flat()) capped.delete(candidateName(one));
  const news = [...capped].filter((name) => !again.has(name)).length;
  if (news > 0) context.count('findings-capped', news);
  return capped;
}

export function candidateName({ log, id }: Pick<Candidate, 'log' | 'id'>): string {
  return `${id} ${log}`;
}

/** Logs of which findings were left out on the UTC day that begins at `dayMs`. */
export async function cappedLogs(items: Items, dayMs: number): Promise<CappedLog[]> {
  const logs: CappedLog[] = [];
  for await (const item of items.list(partitionOf(dayMs))) {
    const stored = JSON.parse(item.content.toString('utf8')) as StoredCap;
    if (stored.capped > 0) logs.push({ ...stored, raised: stored.raised.length });
  }
  return logs;
}

function keyOf(log: string, hourMs: number, severity: Severity): ItemKey {
  return {
    partition: partitionOf(hourMs),
    sort: `${new Date(hourMs).toISOString().slice(11, 13)}|${severity}|${sortOf(log)}`,
  };
}

function partitionOf(timeMs: number): string {
  return `cap|${new Date(timeMs).toISOString().slice(0, 10)}`;
}

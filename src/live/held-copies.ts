// Calls in the trail of another account than the caller's, whose own copy may still come: they wait folded (never as text), and join the
// summaries when the caller's copy has not come until the windows of their time close. What they show is judged early, by itself.

import { identityOf } from '../records/event-guid.ts';
import { CLAIM_PAGE_MS, type EpochMs } from '../records/record.ts';
import { hexOf } from '../state/event-claims.ts';
import type { ItemKey } from '../state/live-state.ts';
import { batchOfCopy } from './batch.ts';
import { claimEvents } from './claims.ts';
import { claimExpiry, DAY_MS, type LiveContext } from './context.ts';
import type { EarlyMark } from './findings-store.ts';
import { inParallel } from './in-parallel.ts';
import { type Item, sortOf } from './items.ts';
import type { Contribution } from './merge-summaries.ts';
import type { SummaryRow } from './summary-rows.ts';
import { updateAll } from './updates.ts';

export interface HeldCopy {
  readonly sharedEventId: string;
  /** Of several copies the one with the smallest rank counts: the account in whose trail it is. */
  readonly rank: string;
  readonly timeMs: EpochMs;
  readonly rows: readonly SummaryRow[];
}

interface StoredCopy {
  readonly shared: string;
  readonly rank: string;
  readonly timeMs: EpochMs;
  readonly rows: readonly (readonly [fold: string, window: number, key: string, json: string])[];
}

const DAYS = 'held';
/** Copies that are let go together. */
const RELEASED_AT_ONCE = 200;

/** False when not all could be kept. */
export async function keepCopies(context: LiveContext, copies: readonly HeldCopy[]): Promise<boolean> {
  const days = new Set(copies.map(({ timeMs }) => dayOf(timeMs)));
  const expiresAtMs = claimExpiry(context);
  const unnoted = await updateAll(context, days, {
    keyOf: (day) => ({ partition: DAYS, sort: day }),
    step: (_day, item) => ({ content: item === null ? '{}' : null, expiresAtMs }),
  });
  const failed = await updateAll(context, copies, {
    keyOf: copyKey,
    step({ sharedEventId, rank, timeMs, rows }, item) {
      if (item !== null && readCopy(item).rank <= rank) return { content: null, expiresAtMs };
      const stored: StoredCopy = {
        shared: sharedEventId,
        rank,
        timeMs,
        rows: rows.map(({ fold, window, key, json }) => [fold.name, window, key, json]),
      };
      return { content: JSON.stringify(stored), expiresAtMs };
    },
  });
  return unnoted.length === 0 && failed.length === 0;
}

/** How the call that a copy tells of is claimed: as the pipeline claims it. */
export function markOfShared(sharedEventId: string, timeMs: EpochMs): EarlyMark {
  const lanes = new Uint32Array(4);
  identityOf(sharedEventId, lanes);
  return { kind: 'shared', page: Math.floor(timeMs / CLAIM_PAGE_MS), identity: hexOf(lanes) };
}

/**
 * Copies from before `beforeMs`, some at a time, as contributions to the summaries; none of those whose caller's own copy has come.
 * They are forgotten when the next ones are asked for: by then they must have been merged.
 */
export async function* releaseCopies(
  context: LiveContext,
  beforeMs: EpochMs,
): AsyncGenerator<readonly Contribution[]> {
  for await (const day of context.items.list(DAYS)) {
    if (Date.parse(day.key.sort) >= beforeMs) continue;
    let due: Item[] = [];
    for await (const item of context.items.list(partitionOf(day.key.sort))) {
      if (readCopy(item).timeMs < beforeMs) due.push(item);
      if (due.length < RELEASED_AT_ONCE) continue;
      yield* letGo(context, due);
      due = [];
    }
    yield* letGo(context, due);
  }
}

async function* letGo(context: LiveContext, due: readonly Item[]): AsyncGenerator<readonly Contribution[]> {
  if (due.length === 0) return;
  const own = await inParallel(due, async (item): Promise<Contribution[]> => {
    const { shared, rank, timeMs, rows } = readCopy(item);
    const batch = batchOfCopy(shared, rank);
    const { kind, page, identity } = markOfShared(shared, timeMs);
    const pages = [{ kind, page, identities: [identity] }];
    const { foreign, complete } = await claimEvents(context, batch, pages, claimExpiry(context));
    if (!complete || foreign.size > 0) return [];
    return rows.flatMap(([name, window, key, json]) => {
      const fold = context.foldByName.get(name);
      return fold === undefined ? [] : [{ fold, window, key, shares: [{ batch, json }] }];
    });
  });
  yield own.flat();
  await inParallel(due, (item) => context.items.remove(item));
}

function copyKey({ sharedEventId, timeMs }: HeldCopy): ItemKey {
  return { partition: partitionOf(dayOf(timeMs)), sort: sortOf(sharedEventId) };
}

function partitionOf(day: string): string {
  return `held|${day}`;
}

function dayOf(timeMs: EpochMs): string {
  return new Date(Math.floor(timeMs / DAY_MS) * DAY_MS).toISOString().slice(0, 10);
}

function readCopy(item: Item): StoredCopy {
  return JSON.parse(item.content.toString('utf8')) as StoredCopy;
}

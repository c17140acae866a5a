// Calls in the trail of another account than the caller's, whose own copy may still come: they wait folded (never as text), and join the
// summaries when the caller's copy has not come until the windows of their time close. What they show is judged early, by itself.

import { WiretrailError } from '../lib/errors.ts';
import { identityOf } from '../records/event-guid.ts';
import { CLAIM_PAGE_MS, type EpochMs } from '../records/record.ts';
import { hexOf } from '../state/event-claims.ts';
import { describeKey, type ItemKey } from '../state/live-state.ts';
import { batchOfCopy } from './batch.ts';
import { claimEvents } from './claims.ts';
import { claimExpiry, DAY_MS, type LiveContext } from './context.ts';
import type { EarlyMark } from './findings-store.ts';
import { inParallel } from './in-parallel.ts';
import { type Item, sortOf } from './items.ts';
import type { Contribution } from './merge-summaries.ts';
import type { SummaryRow } from './summary-rows.ts';
import { isStateWide, updateAll } from './updates.ts';

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

export interface Release {
  /** Copies from before it are let go. */
  readonly beforeMs: EpochMs;
  /** Takes what they add to the summaries: nothing of those whose caller's own copy has come. They are forgotten once it has. */
  readonly merge: (contributions: readonly Contribution[]) => Promise<void>;
  /** Told of copies that stay because something is wrong with them, or with what they join. */
  readonly onProblem: (error: unknown, where: string) => void;
}

interface DueCopy {
  readonly item: Item;
  readonly copy: StoredCopy;
}

/** Lets copies go, some at a time. Throws what `isStateWide`, E_STATE_BUSY where claims could not be written: what was not merged stays. */
export async function releaseCopies(context: LiveContext, release: Release): Promise<void> {
  for await (const { key } of context.items.list(DAYS)) {
    if (Date.parse(key.sort) >= release.beforeMs) continue;
    try {
      await releaseDay(context, key.sort, release);
    } catch (error) {
      if (isStateWide(error)) throw error;
      release.onProblem(error, `copies of ${key.sort}`);
    }
  }
}

async function releaseDay(context: LiveContext, day: string, release: Release): Promise<void> {
  let due: DueCopy[] = [];
  for await (const item of context.items.list(partitionOf(day))) {
    const copy = readCopy(item);
    if (copy.timeMs < release.beforeMs) due.push({ item, copy });
    if (due.length < RELEASED_AT_ONCE) continue;
    await letGo(context, due, release);
    due = [];
  }
  await letGo(context, due, release);
}

async function letGo(context: LiveContext, due: readonly DueCopy[], release: Release): Promise<void> {
  if (due.length === 0) return;
  try {
    const own = await inParallel(due, ({ copy }) => contributionsOf(context, copy));
    await release.merge(own.flat());
  } catch (error) {
    if (isStateWide(error)) throw error;
    // One by one: the others need not wait for the one that is at fault.
    if (due.length > 1) for (const one of due) await letGo(context, [one], release);
    else release.onProblem(error, describeKey(due[0]!.item.key));
    return;
  }
  await inParallel(due, ({ item }) => context.items.remove(item));
}

/** Nothing where the caller's own copy has come. Throws E_STATE_BUSY where nobody knows. */
async function contributionsOf(
  context: LiveContext,
  { shared, rank, timeMs, rows }: StoredCopy,
): Promise<Contribution[]> {
  const batch = batchOfCopy(shared, rank);
  const { kind, page, identity } = markOfShared(shared, timeMs);
  const pages = [{ kind, page, identities: [identity] }];
  const { foreign, complete } = await claimEvents(context, batch, pages, claimExpiry(context));
  if (!complete) {
    const hint = 'The copies stay, and the next run tries again.';
    throw new WiretrailError('E_STATE_BUSY', 'held copies', 'claims could not be written', hint);
  }
  if (foreign.size > 0) return [];
  return rows.flatMap(([name, window, key, json]) => {
    const fold = context.foldByName.get(name);
    return fold === undefined ? [] : [{ fold, window, key, shares: [{ batch, json }] }];
  });
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

// Changes of many items, each read, changed and written against its version, and done again from the reading when somebody else was first.

import { WiretrailError } from '../lib/errors.ts';
import type { ItemKey } from '../state/live-state.ts';
import type { Clock } from './clock.ts';
import { inParallel } from './in-parallel.ts';
import { type Item, type Items, itemName } from './items.ts';

export interface Step<Task> {
  /** What takes the place of the item; null leaves it as it is. */
  readonly content: Uint8Array | string | null;
  /** Milliseconds since the epoch; null: kept. */
  readonly expiresAtMs: number | null;
  /** What is left to do once it is written. */
  readonly next?: readonly Task[];
}

export interface Job<Task> {
  keyOf(task: Task): ItemKey;
  /** Pure: it runs again when the item was changed in between. `conflicts`: how often that happened to this task. */
  step(task: Task, item: Item | null, conflicts: number): Step<Task>;
}

export interface UpdateContext {
  readonly items: Items;
  readonly clock: Clock;
  /** A write that came too late; counted, because many of them mean that items are too hot. */
  readonly onConflict: () => void;
}

/** Tries of one change. With the waits below the last comes after 37 s at most, 18 as a rule: a key that is so hot is split long before. */
export const MAX_TRIES = 24;
/** The most that is waited after the first conflict, doubled with each further one, and the most that is ever waited. */
export const FIRST_WAIT_MS = 40;
export const MAX_WAIT_MS = 2_000;
/** Tasks whose items are held in memory at the same time. */
const TASKS_AT_ONCE = 500;

/**
 * Does all tasks and what follows from them; returns those that could not be done because others were always first, or the state was
 * not to be reached for writing. Throws what else goes wrong.
 */
export async function updateAll<Task>(
  { items, clock, onConflict }: UpdateContext,
  tasks: Iterable<Task>,
  job: Job<Task>,
): Promise<Task[]> {
  const failed: Task[] = [];
  let waiting = Array.from(tasks, (task) => ({ task, conflicts: 0 }));
  while (waiting.length > 0) {
    const now = waiting.splice(0, TASKS_AT_ONCE);
    const keys = now.map(({ task }) => job.keyOf(task));
    const found = await items.read(keys);
    const again: typeof now = [];
    const next: typeof now = [];
    await inParallel(now, async (entry) => {
      const key = job.keyOf(entry.task);
      const item = found.get(itemName(key)) ?? null;
      const { content, expiresAtMs, next: following = [] } = job.step(entry.task, item, entry.conflicts);
      if (content === null || (await written(items, key, content, item, expiresAtMs))) {
        for (const task of following) next.push({ task, conflicts: 0 });
        return;
      }
      onConflict();
      if (entry.conflicts + 1 >= MAX_TRIES) failed.push(entry.task);
      else again.push({ task: entry.task, conflicts: entry.conflicts + 1 });
    });
    if (again.length > 0) {
      // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
      const most = Math.max(...again.map(({ conflicts }) => conflicts));
      await clock.sleep(clock.random() * Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** (most - 1)));
    }
    waiting = [...again, ...next, ...waiting];
  }
  return failed;
}

/** What no single item is at fault for: going on with other items is of no use now. It passes, or somebody must look at the whole table. */
const STATE_WIDE = new Set(['E_STATE_UNAVAILABLE', 'E_STATE_BUSY', 'E_STATE_DENIED', 'E_STATE_NEWER']);

export function isStateWide(error: unknown): boolean {
  return error instanceof WiretrailError && STATE_WIDE.has(error.code);
}

/** False also when nobody knows whether it was: the next reading tells. */
async function written(
  items: Items,
  key: ItemKey,
  content: Uint8Array | string,
  item: Item | null,
  expiresAtMs: number | null,
): Promise<boolean> {
  try {
    const bytes = typeof content === 'string' ? Buffer.from(content) : content;
    return await items.write(key, bytes, item, expiresAtMs);
  } catch (error) {
    if (error instanceof WiretrailError && error.code === 'E_STATE_UNAVAILABLE') return false;
    throw error;
  }
}

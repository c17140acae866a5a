// Work that one process does at a time: whoever holds the lease, until it is over or given back. A holder that died keeps others away for
// no longer than it could have lived.

import type { ItemKey } from '../state/live-state.ts';
import type { LiveContext } from './context.ts';
import { updateAll } from './updates.ts';

export interface Lease {
  readonly by: string;
  /** Milliseconds since the epoch. */
  readonly untilMs: number;
}

/** A name for one holder. */
export function newHolder({ clock }: LiveContext): string {
  return Math.floor(clock.random() * 2 ** 48).toString(36);
}

export function isHeld(lease: Lease | null, holder: string, nowMs: number): boolean {
  return lease !== null && lease.by !== holder && lease.untilMs > nowMs;
}

/**
 * Does the work unless somebody else is at it, or the lease could not be written; null then. `forMs`: how long this process can live from
 * now on.
 */
export async function withLease<Result>(
  context: LiveContext,
  name: string,
  forMs: number,
  work: () => Promise<Result>,
): Promise<Result | null> {
  const key: ItemKey = { partition: 'lease', sort: name };
  const holder = newHolder(context);
  let got = false;
  const failed = await updateAll(context, [key], {
    keyOf: () => key,
    step(_key, item) {
      const nowMs = context.clock.nowMs();
      const known = item === null ? null : (JSON.parse(item.content.toString('utf8')) as Lease);
      got = !isHeld(known, holder, nowMs);
      const lease: Lease = { by: holder, untilMs: nowMs + forMs };
      return { content: got ? JSON.stringify(lease) : null, expiresAtMs: null };
    },
  });
  // Who could not write it does not have it: the next one would not see it.
  if (!got || failed.length > 0) return null;
  try {
    return await work();
  } finally {
    await giveBack(context, key, holder);
  }
}

async function giveBack(context: LiveContext, key: ItemKey, holder: string): Promise<void> {
  await updateAll(context, [key], {
    keyOf: () => key,
    step(_key, item) {
      const known = item === null ? null : (JSON.parse(item.content.toString('utf8')) as Lease);
      const over: Lease = { by: '', untilMs: 0 };
      return { content: known?.by === holder ? JSON.stringify(over) : null, expiresAtMs: null };
    },
  });
}

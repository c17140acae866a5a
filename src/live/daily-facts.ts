// What the logs of a day showed of themselves (src/coverage/log-facts.ts): the digest says from it which rules were blind. Counted by the clock, as
// the counts of a day are. Facts that are full change no more, so that most batches only read them.

import {
  type LogFacts,
  type LogFactsJson,
  logFactsFromJson,
  logFactsJson,
  mergeLogFacts,
  newLogFacts,
} from '../coverage/log-facts.ts';
import type { ItemKey } from '../state/live-state.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import type { Item, Items } from './items.ts';
import { updateAll } from './updates.ts';

/** Items of one day: invocations that end at the same time seldom meet. */
const SHARDS = 4;
/** The digest of a day is written on the next one, and may be late. */
const KEPT_MS = 14 * DAY_MS;

/** Adds to the facts of today. A lost race too many loses them, never the records. */
export async function addDailyFacts(context: LiveContext, some: readonly LogFacts[]): Promise<void> {
  if (some.length === 0) return;
  const nowMs = context.clock.nowMs();
  const sort = String(Math.floor(context.clock.random() * SHARDS));
  const added = some.reduce(mergeLogFacts, newLogFacts());
  await updateAll(context, [added], {
    keyOf: (): ItemKey => ({ partition: partitionOf(nowMs), sort }),
    step(more, item) {
      const before = item?.content.toString('utf8') ?? '';
      const known = item === null ? newLogFacts() : factsIn(item);
      const after = JSON.stringify(logFactsJson(mergeLogFacts(known, more)));
      return { content: after === before ? null : after, expiresAtMs: nowMs + KEPT_MS };
    },
  });
}

/** Facts of the UTC day that begins at `dayMs`. */
export async function dailyFacts(items: Items, dayMs: number): Promise<LogFacts> {
  const sum = newLogFacts();
  for await (const item of items.list(partitionOf(dayMs))) mergeLogFacts(sum, factsIn(item));
  return sum;
}

function factsIn(item: Item): LogFacts {
  return logFactsFromJson(JSON.parse(item.content.toString('utf8')) as LogFactsJson);
}

function partitionOf(timeMs: number): string {
  return `facts|${new Date(timeMs).toISOString().slice(0, 10)}`;
}

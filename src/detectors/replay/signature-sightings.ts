// What is remembered of one signature: where and when it was seen. Never the signature, which is only in the fold's key, as a fingerprint.

import { compareText } from '../../lib/text-order.ts';
import type { EpochMs } from '../../records/record.ts';
import type { Draft, Fold, JudgeContext } from '../detector.ts';
import type { Sighting } from './signature-verdict.ts';

/** Sightings kept of one signature: the earliest by (time, event id). */
const MAX_SIGHTINGS = 24;
/** Networks of which the earliest sighting is kept besides: the smallest names, so that a flood from one source hides no other. */
const MAX_NETWORKS = 16;

export interface Sightings {
  sightings: Sighting[];
  byNetwork: Record<string, Sighting>;
  /** All that were seen, kept or not. */
  count: number;
  truncated: boolean;
}

export interface Seen {
  /** Sorted by (time, event id). */
  readonly all: readonly Sighting[];
  readonly own: ReadonlySet<Sighting>;
  /** Sightings of the window itself, kept or not. */
  readonly count: number;
  readonly truncated: boolean;
}

/**
 * A fold of sightings. `judge` gets those of the window (`own`) and of the `windowsBefore` windows before it, all in order: what the window's
 * own sightings complete is said there, once.
 */
export function sightingFold(
  name: string,
  windowMs: number,
  windowsBefore: number,
  judge: (key: string, windowStartMs: EpochMs, seen: Seen, context: JudgeContext) => readonly Draft[],
): Fold<Sighting, Sightings> {
  const fold: Fold<Sighting, Sightings> = {
    name,
    version: 1,
    windowMs,
    keepMs: windowsBefore * windowMs,
    empty: () => ({ sightings: [], byNetwork: {}, count: 0, truncated: false }),
    add(summary, sighting) {
      summary.count++;
      keep(summary, sighting);
      return summary;
    },
    merge(a, b) {
      a.count += b.count;
      a.truncated ||= b.truncated;
      for (const sighting of kept(b)) keep(a, sighting);
      return a;
    },
    judge(key, window, summary, context) {
      const before: Sighting[] = [];
      for (let back = windowsBefore; back > 0; back--) {
        const earlier = context.read(fold as Fold<never, Sightings>, key, window - back);
        if (earlier !== null) before.push(...kept(earlier));
      }
      const own = new Set(kept(summary));
      const all = [...before, ...own].sort(compareSightings);
      const { count, truncated } = summary;
      return judge(key, window * windowMs, { all, own, count, truncated }, context);
    },
  };
  return fold;
}

function keep(summary: Sightings, sighting: Sighting): void {
  const { sightings, byNetwork } = summary;
  let at = sightings.length;
  while (at > 0 && compareSightings(sighting, sightings[at - 1]!) < 0) at--;
  if (at === 0 || compareSightings(sighting, sightings[at - 1]!) !== 0) sightings.splice(at, 0, sighting);
  if (sightings.length > MAX_SIGHTINGS) {
    sightings.pop();
    summary.truncated = true;
  }
  const known = byNetwork[sighting.network];
  if (known === undefined || compareSightings(sighting, known) < 0) byNetwork[sighting.network] = sighting;
  const networks = Object.keys(byNetwork);
  if (networks.length > MAX_NETWORKS) {
    delete byNetwork[networks.sort(compareText).at(-1)!];
    summary.truncated = true;
  }
}

/** All sightings that a summary still holds, each once. */
function kept(summary: Sightings): Sighting[] {
  const all = new Map<string, Sighting>();
  for (const sighting of [...summary.sightings, ...Object.values(summary.byNetwork)])
    all.set(`${sighting.eventId} ${sighting.kind}`, sighting);
  return [...all.values()];
}

function compareSightings(a: Sighting, b: Sighting): number {
  return a.timeMs - b.timeMs || compareText(a.eventId, b.eventId) || compareText(a.kind, b.kind);
}

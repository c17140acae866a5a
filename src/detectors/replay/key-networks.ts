// The networks that an access key was seen in, day by day.

import { DAY_MS, type Fold, type JudgeContext } from '../detector.ts';
import type { Sighting } from './request-sightings.ts';

const BASELINE_DAYS = 7;
/** Networks of a key kept a day: two are enough to call it roaming. */
const MAX_NETWORKS = 8;

/** Network to the time it was first seen that day. Key: account, access key id. */
export const keyNetworks: Fold<{ network: string; timeMs: number }, [network: string, firstMs: number][]> = {
  name: 'key-networks',
  version: 1,
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  keepMs: (BASELINE_DAYS + 3) * DAY_MS,
  empty: () => [],
  add: (summary, seen) => keepNetwork(summary, seen.network, seen.timeMs),
  merge(a, b) {
    for (const [network, firstMs] of b) keepNetwork(a, network, firstMs);
    return a;
  },
};

function keepNetwork(
  list: [network: string, firstMs: number][],
  network: string,
  timeMs: number,
): [network: string, firstMs: number][] {
  for (const known of list) {
    if (known[0] !== network) continue;
    if (timeMs < known[1]) known[1] = timeMs;
    return list;
  }
  list.push([network, timeMs]);
  if (list.length <= MAX_NETWORKS) return list;
  list.sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1));
  list.pop();
  return list;
}

/** Networks that the key was seen in during the week before its first sighting here, that one's own apart. */
export function networksBefore(key: string, first: Sighting, context: JudgeContext): number {
  const known = new Set<string>();
  const day = Math.floor(first.timeMs / DAY_MS);
  for (let d = day - BASELINE_DAYS; d <= day; d++) {
    const networks = context.read<[string, number][]>(keyNetworks, key, d) ?? [];
    for (const [network, firstMs] of networks) {
      if (firstMs < first.timeMs && firstMs >= first.timeMs - BASELINE_DAYS * DAY_MS) known.add(network);
    }
  }
  // Two, too, where the second network was home before.
  known.add(first.profile.network);
  return known.size;
}

// What the calls of a day say of TLS, for its digest: by event time, and as far as it is known when the digest is written. A replay of the day,
// with what came later, has the last word.

import { tlsOfPrincipals, verdictsOfDay } from '../detectors/tls/tls-calibration.ts';
import { createVerdictTally } from '../detectors/tls/verdict-tally.ts';
import type { VerdictTotals } from '../findings/call-verdicts.ts';
import { DAY_MS, type LiveContext } from './context.ts';
import { askAll } from './judging.ts';
import { keysOfWindow, loadSummaries, type SummaryAddress } from './merge-summaries.ts';

/** Accounts, services and categories of one day that are asked for: each may need the days before it. Chosen: some hundred accounts. */
const MAX_KEYS = 1_000;

export interface DailyVerdicts {
  readonly totals: VerdictTotals;
  /** There are more than MAX_KEYS. */
  readonly truncated: boolean;
}

/** Verdicts of the calls of the UTC day that begins at `dayMs`. */
export async function dailyVerdicts(context: LiveContext, dayMs: number): Promise<DailyVerdicts> {
  const { items, settings } = context;
  const day = Math.floor(dayMs / DAY_MS);
  const addresses: SummaryAddress[] = [];
  let truncated = false;
  for await (const { key } of keysOfWindow(items, tlsOfPrincipals, day, '')) {
    truncated = addresses.length >= MAX_KEYS;
    if (truncated) break;
    addresses.push({ fold: tlsOfPrincipals, window: day, key });
  }
  const load = (wanted: readonly SummaryAddress[]) => loadSummaries(items, wanted);
  const tally = createVerdictTally();
  for (const counts of await askAll(addresses, load, settings, verdictsOfDay)) tally.add(counts);
  return { totals: tally.verdicts().totals, truncated };
}

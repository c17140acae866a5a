// Judges summaries that lie in the live state. A judge asks for what it reads as if all were in memory: what is not there yet is noted,
// fetched together, and the judge runs again. Judges are pure and deterministic, so only the last run counts.

import type { AnyFold, DetectorSettings, Draft, Fold, JudgeContext } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';
import { addressName, type LoadedSummary, type SummaryAddress } from './merge-summaries.ts';

export interface Judgement extends SummaryAddress {
  /** Of the summary that was judged; 0 where there is none. */
  readonly basis: number;
  readonly drafts: readonly Draft[];
}

export type LoadSummaries = (
  addresses: readonly SummaryAddress[],
) => Promise<ReadonlyMap<string, LoadedSummary>>;

/** Summaries judged together: what they read in common is fetched once, and all of it is in memory. */
const JUDGED_AT_ONCE = 100;
/** Runs of one judge: each run but the last met something new to read. The longest chain of today has three. */
const MAX_RUNS = 50;

export async function judgeAll(
  addresses: readonly SummaryAddress[],
  load: LoadSummaries,
  settings: DetectorSettings,
): Promise<Judgement[]> {
  const judged: Judgement[] = [];
  const judgeable = addresses.filter(({ fold }) => fold.judge !== undefined);
  for (let at = 0; at < judgeable.length; at += JUDGED_AT_ONCE) {
    judged.push(...(await judgeSome(judgeable.slice(at, at + JUDGED_AT_ONCE), load, settings)));
  }
  return judged;
}

async function judgeSome(
  addresses: readonly SummaryAddress[],
  load: LoadSummaries,
  settings: DetectorSettings,
): Promise<Judgement[]> {
  const known = new Map<string, LoadedSummary | null>();
  const judged: Judgement[] = [];
  let missing = new Map(addresses.map((address) => [addressName(address), address]));
  let waiting = addresses;
  for (let run = 0; waiting.length > 0; run++) {
    if (run > MAX_RUNS) {
      const hint = 'Please report it: a judge must read the same summaries each time.';
      throw new WiretrailError('E_JUDGE_READS', addressName(waiting[0]!), 'asks for ever more', hint);
    }
    const found = await load([...missing.values()]);
    for (const name of missing.keys()) known.set(name, found.get(name) ?? null);
    missing = new Map();
    const again: SummaryAddress[] = [];
    for (const address of waiting) {
      const own = known.get(addressName(address)) ?? null;
      if (own === null) {
        judged.push({ ...address, basis: 0, drafts: [] });
        continue;
      }
      let complete = true;
      const context: JudgeContext = {
        settings,
        read<S>(fold: Fold<never, S>, key: string, window: number): S | null {
          const wanted = { fold: fold as AnyFold, window, key };
          const name = addressName(wanted);
          const summary = known.get(name);
          if (summary !== undefined) return (summary?.summary as S | undefined) ?? null;
          complete = false;
          missing.set(name, wanted);
          return null;
        },
      };
      const drafts = address.fold.judge!(address.key, address.window, own.summary, context);
      if (complete) judged.push({ ...address, basis: own.basis, drafts });
      else again.push(address);
    }
    waiting = again;
  }
  return judged;
}

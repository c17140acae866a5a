// Judges summaries that lie in the live state. A judge asks for what it reads as if all were in memory: what is not there yet is noted,
// fetched together, and the judge runs again. Judges are pure and deterministic, so only the last run counts.

import type { AnyFold, DetectorSettings, Draft, Fold, JudgeContext } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';
import type { LiveContext } from './context.ts';
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
/** Runs of one judge: each run but the last met something new to read. The longest chain of today has seven (TLS-04). */
const MAX_RUNS = 50;

/** `addresses` and, once each, those whose judges look one of them up by a way that its key does not show (`Fold.wakes`). */
export async function withWoken(
  addresses: readonly SummaryAddress[],
  load: LoadSummaries,
  { settings, foldByName }: Pick<LiveContext, 'settings' | 'foldByName'>,
): Promise<SummaryAddress[]> {
  const all = new Map(addresses.map((address) => [addressName(address), address]));
  const waking = addresses.filter(({ fold }) => fold.wakes !== undefined);
  for (let at = 0; at < waking.length; at += JUDGED_AT_ONCE) {
    const some = waking.slice(at, at + JUDGED_AT_ONCE);
    const woken = await runAll(some, [], load, settings, ({ fold, key, window }, _known, context) =>
      fold.wakes!(key, window, context),
    );
    for (const { fold: name, key, window } of woken.flat()) {
      const fold = foldByName.get(name);
      if (fold === undefined) continue;
      const address = { fold, key, window };
      if (!all.has(addressName(address))) all.set(addressName(address), address);
    }
  }
  return [...all.values()];
}

export async function judgeAll(
  addresses: readonly SummaryAddress[],
  load: LoadSummaries,
  settings: DetectorSettings,
): Promise<Judgement[]> {
  const judged: Judgement[] = [];
  const judgeable = addresses.filter(({ fold }) => fold.judge !== undefined);
  for (let at = 0; at < judgeable.length; at += JUDGED_AT_ONCE) {
    const some = judgeable.slice(at, at + JUDGED_AT_ONCE);
    judged.push(...(await runAll(some, some, load, settings, judgeOne)));
  }
  return judged;
}

/** What `ask` says of each key and window: it reads summaries as a judge does. */
export async function askAll<T>(
  addresses: readonly SummaryAddress[],
  load: LoadSummaries,
  settings: DetectorSettings,
  ask: (key: string, window: number, context: JudgeContext) => T,
): Promise<T[]> {
  const said: T[] = [];
  for (let at = 0; at < addresses.length; at += JUDGED_AT_ONCE) {
    const some = addresses.slice(at, at + JUDGED_AT_ONCE);
    said.push(
      ...(await runAll(some, some, load, settings, ({ key, window }, _known, context) =>
        ask(key, window, context),
      )),
    );
  }
  return said;
}

type Known = ReadonlyMap<string, LoadedSummary | null>;

function judgeOne(address: SummaryAddress, known: Known, context: JudgeContext): Judgement {
  const own = known.get(addressName(address)) ?? null;
  if (own === null) return { ...address, basis: 0, drafts: [] };
  const drafts = address.fold.judge!(address.key, address.window, own.summary, context);
  return { ...address, basis: own.basis, drafts };
}

/** Runs `ask` for each address, again and again until everything that it reads is loaded. `first`: what is loaded to begin with. */
async function runAll<T>(
  addresses: readonly SummaryAddress[],
  first: readonly SummaryAddress[],
  load: LoadSummaries,
  settings: DetectorSettings,
  ask: (address: SummaryAddress, known: Known, context: JudgeContext) => T,
): Promise<T[]> {
  const known = new Map<string, LoadedSummary | null>();
  const said: T[] = [];
  let missing = new Map(first.map((address) => [addressName(address), address]));
  let waiting = addresses;
  for (let run = 0; waiting.length > 0; run++) {
    if (run > MAX_RUNS) {
      const hint = 'Please report it: a judge must read the same summaries each time.';
      throw new WiretrailError('E_JUDGE_READS', addressName(waiting[0]!), 'asks for ever more', hint);
    }
    const found = missing.size === 0 ? NOTHING : await load([...missing.values()]);
    for (const name of missing.keys()) known.set(name, found.get(name) ?? null);
    missing = new Map();
    const again: SummaryAddress[] = [];
    for (const address of waiting) {
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
        isWaiting: () => !complete,
      };
      const answer = ask(address, known, context);
      if (complete) said.push(answer);
      else again.push(address);
    }
    waiting = again;
  }
  return said;
}

const NOTHING: ReadonlyMap<string, LoadedSummary> = new Map();

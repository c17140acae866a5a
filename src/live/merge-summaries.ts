// Summaries of folds in the live state: (fold, window, key) is one item, or several once it is hot.
//
// An item remembers which batches it has taken, in the very write that takes them: a batch that comes again changes nothing. An item that
// took many, grew large, or that writers fight over is split for good: further batches go to one of four items below it, by their id.
// Whoever reads a summary merges the item and those below it; merging does not care about grouping.

import type { AnyFold } from '../detectors/detector.ts';
import { WiretrailError } from '../lib/errors.ts';
import type { ItemKey } from '../state/live-state.ts';
import { type BatchId, digitOfBatch } from './batch.ts';
import { type Item, type Items, itemName, sortOf } from './items.ts';
import { type UpdateContext, updateAll } from './updates.ts';

export interface SummaryAddress {
  readonly fold: AnyFold;
  readonly window: number;
  readonly key: string;
}

/** What one batch adds. `json`: the text of the fold's own JSON, since merging may take a summary apart. */
export interface Share {
  readonly batch: BatchId;
  readonly json: string;
}

export interface Contribution extends SummaryAddress {
  readonly shares: readonly Share[];
}

export interface LoadedSummary {
  readonly summary: unknown;
  /** Grows with every change: of two readings the one with the larger number saw all that the other did. */
  readonly basis: number;
}

/** Batches that one item takes: 2 KB of their ids. */
const MAX_BATCHES = 256;
/** Bytes of JSON beyond which an item takes no further batch. Summaries that are capped stay below; rewriting more each time is dear. */
const MAX_JSON_BYTES = 3 * 1024 * 1024;
/** Lost races after which an item is split. */
const SPLIT_AFTER_CONFLICTS = 4;
const ITEMS_BELOW = 4;
/** 4^10 items of one key: a key so hot is several accounts' whole traffic. */
const MAX_DEPTH = 10;

/** As it lies in an item. */
interface StoredSummary {
  readonly key: string;
  /** Version of the fold that wrote it. */
  readonly fold: number;
  /** Ids of the batches that are in it. */
  readonly batches: string;
  readonly split: boolean;
  /** Null before the first batch. */
  readonly summary: unknown;
}

interface MergeTask {
  readonly contribution: Contribution;
  /** Digits that lead to the item. */
  readonly path: string;
  readonly shares: readonly Share[];
}

export function addressName({ fold, window, key }: SummaryAddress): string {
  return `${fold.name}|${window}|${key}`;
}

export function summaryPartition(foldName: string, window: number): string {
  return `summary|${foldName}|${window}`;
}

/** Merges each contribution into its summary; returns the batches of which something could not be merged. */
export async function mergeSummaries(
  context: UpdateContext,
  contributions: Iterable<Contribution>,
  expiresAtMs: (fold: AnyFold) => number,
): Promise<Set<BatchId>> {
  const tasks = Array.from(contributions, (contribution) => ({
    contribution,
    path: '',
    shares: contribution.shares,
  }));
  const failed = await updateAll<MergeTask>(context, tasks, {
    keyOf: (task) => itemKey(task.contribution, task.path),
    step(task, item, conflicts) {
      const { fold } = task.contribution;
      const stored = item === null ? null : readStored(fold, item);
      const taken = new Set(batchesOf(stored));
      const shares = task.shares.filter(({ batch }) => !taken.has(batch));
      const expiry = expiresAtMs(fold);
      if (shares.length === 0) return { content: null, expiresAtMs: expiry };
      if (stored?.split === true) return { content: null, expiresAtMs: expiry, next: below(task, shares) };
      const summary = mergeShares(fold, stored?.summary ?? null, shares);
      const content = JSON.stringify({
        key: task.contribution.key,
        fold: fold.version,
        batches: [...taken, ...shares.map(({ batch }) => batch)].join(''),
        split: false,
        summary,
      } satisfies StoredSummary);
      const full =
        taken.size + shares.length > MAX_BATCHES ||
        content.length > MAX_JSON_BYTES ||
        conflicts >= SPLIT_AFTER_CONFLICTS;
      if (!full || stored === null || task.path.length >= MAX_DEPTH) return { content, expiresAtMs: expiry };
      const split: StoredSummary = { ...stored, split: true };
      return { content: JSON.stringify(split), expiresAtMs: expiry, next: below(task, shares) };
    },
  });
  return new Set(failed.flatMap((task) => task.shares.map(({ batch }) => batch)));
}

/** By `addressName`; what is not there is left out. */
export async function loadSummaries(
  items: Items,
  addresses: readonly SummaryAddress[],
): Promise<Map<string, LoadedSummary>> {
  const loaded = new Map<string, LoadedSummary>();
  let wanted = addresses.map((address) => ({ address, path: '' }));
  while (wanted.length > 0) {
    const found = await items.read(wanted.map(({ address, path }) => itemKey(address, path)));
    const next: typeof wanted = [];
    for (const { address, path } of wanted) {
      const item = found.get(itemName(itemKey(address, path)));
      if (item === undefined) continue;
      const stored = readStored(address.fold, item);
      const name = addressName(address);
      const known = loaded.get(name);
      loaded.set(name, {
        summary: mergeStored(address.fold, known?.summary, stored.summary),
        basis: (known?.basis ?? 0) + item.version,
      });
      if (stored.split) {
        for (let digit = 0; digit < ITEMS_BELOW; digit++) next.push({ address, path: `${path}${digit}` });
      }
    }
    wanted = next;
  }
  return loaded;
}

/** Keys of a window that hold anything, with the sort key to go on behind. */
export async function* keysOfWindow(
  items: Items,
  fold: AnyFold,
  window: number,
  after: string,
): AsyncGenerator<{ readonly key: string; readonly sort: string }> {
  for await (const item of items.list(summaryPartition(fold.name, window), after)) {
    if (item.key.sort.includes('/')) continue;
    yield { key: readStored(fold, item).key, sort: item.key.sort };
  }
}

function itemKey({ fold, window, key }: SummaryAddress, path: string): ItemKey {
  const root = sortOf(key);
  return {
    partition: summaryPartition(fold.name, window),
    sort: path === '' ? root : `${root}/${path}`,
  };
}

function below(task: MergeTask, shares: readonly Share[]): MergeTask[] {
  const groups = Map.groupBy(shares, ({ batch }) => digitOfBatch(batch, task.path.length, ITEMS_BELOW));
  return [...groups].map(([digit, members]) => ({ ...task, path: `${task.path}${digit}`, shares: members }));
}

function batchesOf(stored: StoredSummary | null): string[] {
  return stored?.batches.match(/.{16}/g) ?? [];
}

/** JSON of the merged summary. */
function mergeShares(fold: AnyFold, stored: unknown, shares: readonly Share[]): unknown {
  let summary = mergeStored(fold, undefined, stored);
  for (const { json } of shares) summary = mergeStored(fold, summary, JSON.parse(json) as unknown);
  return fold.toJson ? fold.toJson(summary) : summary;
}

function mergeStored(fold: AnyFold, summary: unknown, json: unknown): unknown {
  if (json === null) return summary;
  const other = fold.fromJson ? fold.fromJson(json) : json;
  return summary === undefined ? other : fold.merge(summary, other);
}

function readStored(fold: AnyFold, item: Item): StoredSummary {
  const stored = JSON.parse(item.content.toString('utf8')) as StoredSummary;
  if (stored.fold > fold.version) {
    throw new WiretrailError(
      'E_STATE_NEWER',
      `state item ${JSON.stringify(itemName(item.key))}`,
      `holds ${fold.name} in version ${stored.fold}; this wiretrail knows ${fold.version}`,
      'Deploy the wiretrail that wrote it, or a newer one. Nothing was changed.',
    );
  }
  if (stored.fold === fold.version || stored.summary === null) return stored;
  return { ...stored, fold: fold.version, summary: fold.migrate!(stored.summary, stored.fold) };
}

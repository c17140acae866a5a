import { describe, expect, it } from 'vitest';
import type { AnyFold, Fold } from '../../src/detectors/detector.ts';
import { batchOfObject } from '../../src/live/batch.ts';
import {
  addressName,
  type Contribution,
  keysOfWindow,
  loadSummaries,
  mergeSummaries,
} from '../../src/live/merge-summaries.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { MAX_ITEM_BYTES } from '../../src/state/live-state.ts';
import { testContext } from './live-run.ts';

/** Counts how often each name was seen: a fold whose merging takes its arguments apart. */
const counting: Fold<string, Map<string, number>> = {
  name: 'counting',
  version: 2,
  windowMs: 3_600_000,
  empty: () => new Map(),
  add: (summary, name) => summary.set(name, (summary.get(name) ?? 0) + 1),
  merge(a, b) {
    for (const [name, count] of b) a.set(name, (a.get(name) ?? 0) + count);
    b.clear();
    return a;
  },
  toJson: (summary) => [...summary],
  fromJson: (value) => new Map(value as [string, number][]),
};
const fold = counting as AnyFold;
const ADDRESS = { fold, window: 7, key: 'an account and an entity' };
const expiry = (): number => 2_000_000_000_000;

const batch = (number: number): string => batchOfObject(`object ${number}`, 'v1');
const share = (number: number, ...names: string[]) => ({
  batch: batch(number),
  json: JSON.stringify([...names.map((name) => [name, 1])]),
});
const contribution = (...shares: Contribution['shares']): Contribution => ({ ...ADDRESS, shares });

async function totalIn(context: ReturnType<typeof testContext>): Promise<Map<string, number>> {
  const loaded = await loadSummaries(context.items, [ADDRESS]);
  return loaded.get(addressName(ADDRESS))!.summary as Map<string, number>;
}

async function itemsIn(context: ReturnType<typeof testContext>): Promise<number> {
  let count = 0;
  for await (const _item of context.items.list('summary|counting|7')) count++;
  return count;
}

describe('a summary in the live state', () => {
  it('takes each batch once, however it comes', async () => {
    const context = testContext();
    for (let time = 0; time < 3; time++) {
      await mergeSummaries(context, [contribution(share(1, 'a'), share(2, 'a', 'b'))], expiry);
      await mergeSummaries(context, [contribution(share(2, 'a', 'b'), share(3, 'b'))], expiry);
    }
    expect([...(await totalIn(context))]).toEqual([
      ['a', 2],
      ['b', 2],
    ]);
  });

  it('keeps what every racing writer brings, and is split when they fight over it', async () => {
    let conflicts = 0;
    const context = testContext({ count: (what) => (conflicts += what === 'state-conflicts' ? 1 : 0) });
    const failed = await Promise.all(
      Array.from({ length: 40 }, (_, at) =>
        mergeSummaries(context, [contribution(share(at, 'a', `only ${at}`))], expiry),
      ),
    );
    expect(failed.every((batches) => batches.size === 0)).toBe(true);
    const total = await totalIn(context);
    expect(total.get('a')).toBe(40);
    expect(total.size).toBe(41);
    expect(conflicts).toBeGreaterThan(0);
    expect(await itemsIn(context)).toBeGreaterThan(1);
  });

  it('knows its batches again behind every split', async () => {
    const context = testContext();
    const all = Array.from({ length: 700 }, (_, at) => share(at, 'a'));
    for (let from = 0; from < all.length; from += 50)
      await mergeSummaries(context, [contribution(...all.slice(from, from + 50))], expiry);
    expect(await itemsIn(context)).toBeGreaterThan(3);
    // All of them again, one by one and together.
    for (const one of all.slice(0, 40)) await mergeSummaries(context, [contribution(one)], expiry);
    await mergeSummaries(context, [contribution(...all)], expiry);
    expect((await totalIn(context)).get('a')).toBe(700);
  });

  it('of one batch that is split meanwhile counts once in both places that race', async () => {
    const context = testContext();
    const full = Array.from({ length: 256 }, (_, at) => share(at, 'a'));
    await mergeSummaries(context, [contribution(...full)], expiry);
    // The same new batch from two invocations, while another one makes the item full.
    await Promise.all([
      mergeSummaries(context, [contribution(share(900, 'new'))], expiry),
      mergeSummaries(context, [contribution(share(901, 'a'))], expiry),
      mergeSummaries(context, [contribution(share(900, 'new'))], expiry),
    ]);
    const total = await totalIn(context);
    expect([total.get('a'), total.get('new')]).toEqual([257, 1]);
  });

  it('of a megabyte is kept in items below the bound', async () => {
    const store = createLiveMemoryState();
    let largest = 0;
    const context = testContext({
      state: {
        ...store,
        write(key, body, version, expiresAtMs) {
          largest = Math.max(largest, body.byteLength);
          return store.write(key, body, version, expiresAtMs);
        },
      },
    });
    const names = Array.from(
      { length: 25_000 },
      (_, at) => `${Math.imul(at, 0x9e3779b1) >>> 0}-${Math.imul(at + 1, 0x85ebca6b) >>> 0}`,
    );
    await mergeSummaries(context, [contribution(share(1, ...names))], expiry);
    await mergeSummaries(context, [contribution(share(2, ...names.slice(0, 10)))], expiry);
    expect(largest).toBeLessThanOrEqual(MAX_ITEM_BYTES);
    expect((await totalIn(context)).size).toBe(names.length);
  });

  it('tells the batches that could not be merged, and keeps nothing of them', async () => {
    const store = createLiveMemoryState();
    const context = testContext({ state: { ...store, write: async () => false } });
    const failed = await mergeSummaries(context, [contribution(share(1, 'a'), share(2, 'b'))], expiry);
    expect(failed).toEqual(new Set([batch(1), batch(2)]));
  });

  it('has a basis that grows with every change', async () => {
    const context = testContext();
    const basisNow = async (): Promise<number> =>
      (await loadSummaries(context.items, [ADDRESS])).get(addressName(ADDRESS))!.basis;
    let before = 0;
    for (let at = 0; at < 400; at += 40) {
      const shares = Array.from({ length: 40 }, (_, one) => share(at + one, 'a'));
      await mergeSummaries(context, [contribution(...shares)], expiry);
      const now = await basisNow();
      expect(now).toBeGreaterThan(before);
      before = now;
    }
  });

  it('of a newer version of the fold is refused', async () => {
    const context = testContext();
    await mergeSummaries(context, [contribution(share(1, 'a'))], expiry);
    const older = { ...counting, version: 1 } as AnyFold;
    await expect(loadSummaries(context.items, [{ ...ADDRESS, fold: older }])).rejects.toMatchObject({
      code: 'E_STATE_NEWER',
    });
    const merging = mergeSummaries(context, [{ ...ADDRESS, fold: older, shares: [share(2, 'a')] }], expiry);
    await expect(merging).rejects.toMatchObject({ code: 'E_STATE_NEWER' });
  });

  it('is listed by its key, once, and from behind any other', async () => {
    const context = testContext();
    const keys = ['a', 'x'.repeat(5_000), '\ud800', 'ü', ''];
    for (const key of keys)
      await mergeSummaries(context, [{ ...ADDRESS, key, shares: [share(1, 'a')] }], expiry);
    const listed: { key: string; sort: string }[] = [];
    for await (const one of keysOfWindow(context.items, fold, 7, '')) listed.push(one);
    expect(listed.map(({ key }) => key).sort()).toEqual([...keys].sort());
    const behind: string[] = [];
    for await (const { key } of keysOfWindow(context.items, fold, 7, listed[1]!.sort)) behind.push(key);
    expect(behind).toEqual(listed.slice(2).map(({ key }) => key));
  });
});

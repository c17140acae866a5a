import { describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import type { AnyFold, Draft, Fold, JudgeContext } from '../../src/detectors/detector.ts';
import { judgeAll } from '../../src/live/judging.ts';
import { addressName, type LoadedSummary, type SummaryAddress } from '../../src/live/merge-summaries.ts';

type Judge = (key: string, window: number, summary: number, context: JudgeContext) => readonly Draft[];

function foldOf(judge: Judge | undefined): AnyFold {
  const fold: Fold<number, number> = {
    name: 'sums',
    version: 1,
    windowMs: 1_000,
    empty: () => 0,
    add: (sum, one) => sum + one,
    merge: (a, b) => a + b,
    ...(judge === undefined ? {} : { judge }),
  };
  return fold;
}

const draftOf = (title: string): Draft => ({ title }) as Draft;

/** Loads from a table, and remembers what was asked together. */
function loader(table: Readonly<Record<string, number>>) {
  const asked: string[][] = [];
  const load = async (addresses: readonly SummaryAddress[]) => {
    asked.push(addresses.map(({ key, window }) => `${key}@${window}`));
    const loaded = new Map<string, LoadedSummary>();
    for (const address of addresses) {
      const summary = table[`${address.key}@${address.window}`];
      if (summary !== undefined) loaded.set(addressName(address), { summary, basis: summary });
    }
    return loaded;
  };
  return { asked, load };
}

describe('judging through the state', () => {
  it('fetches together what a judge reads, and counts its last run only', async () => {
    const fold = foldOf((key, window, own, context) => {
      let sum = own;
      for (let back = 1; back <= 3; back++) sum += context.read<number>(fold, key, window - back) ?? 0;
      return [draftOf(`${key} ${sum}`)];
    });
    const { asked, load } = loader({ 'a@9': 1, 'a@8': 10, 'a@6': 100, 'b@9': 2 });
    const judged = await judgeAll(
      ['a', 'b'].map((key) => ({ fold, window: 9, key })),
      load,
      DEFAULT_SETTINGS,
    );
    expect(judged.map(({ key, basis, drafts }) => [key, basis, drafts[0]?.title])).toEqual([
      ['a', 1, 'a 111'],
      ['b', 2, 'b 2'],
    ]);
    expect(asked).toEqual([
      ['a@9', 'b@9'],
      ['a@8', 'a@7', 'a@6', 'b@8', 'b@7', 'b@6'],
    ]);
  });

  it('lets a judge stop that may not want the rest', async () => {
    const fold = foldOf((key, window, own, context) => {
      for (let back = 1; back <= 9; back++) {
        const before = context.read<number>(fold, key, window - back);
        if (before !== null) return [draftOf(`${key} ${own + before}`)];
        if (context.isWaiting?.() === true) return [];
      }
      return [];
    });
    const { asked, load } = loader({ 'a@9': 1, 'a@7': 10 });
    const judged = await judgeAll([{ fold, window: 9, key: 'a' }], load, DEFAULT_SETTINGS);
    expect(judged.map(({ drafts }) => drafts[0]?.title)).toEqual(['a 11']);
    expect(asked).toEqual([['a@9'], ['a@8'], ['a@7']]);
  });

  it('follows what one reading leads to', async () => {
    const fold = foldOf((_key, window, own, context) => {
      let at = own;
      const way: number[] = [at];
      for (;;) {
        const next = context.read<number>(fold, `step ${at}`, window);
        if (next === null) return [draftOf(way.join(' '))];
        way.push(next);
        at = next;
      }
    });
    const { load } = loader({ 'start@1': 5, 'step 5@1': 6, 'step 6@1': 7 });
    const judged = await judgeAll([{ fold, window: 1, key: 'start' }], load, DEFAULT_SETTINGS);
    expect(judged[0]?.drafts[0]?.title).toBe('5 6 7');
  });

  it('says nothing of what is not there, and does not judge folds that only serve others', async () => {
    const fold = foldOf(() => [draftOf('never')]);
    const { asked, load } = loader({});
    expect(await judgeAll([{ fold, window: 1, key: 'gone' }], load, DEFAULT_SETTINGS)).toMatchObject([
      { basis: 0, drafts: [] },
    ]);
    const silent = foldOf(undefined);
    expect(await judgeAll([{ fold: silent, window: 1, key: 'a' }], load, DEFAULT_SETTINGS)).toEqual([]);
    expect(asked).toHaveLength(1);
  });

  it('ends a judge that always asks for something else', async () => {
    let asks = 0;
    const fold = foldOf((_key, window, _own, context) => {
      context.read(fold, `key ${asks++}`, window);
      return [];
    });
    const { load } = loader({ 'a@1': 1 });
    const judging = judgeAll([{ fold, window: 1, key: 'a' }], load, DEFAULT_SETTINGS);
    await expect(judging).rejects.toMatchObject({ code: 'E_JUDGE_READS' });
  });
});

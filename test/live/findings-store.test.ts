import { beforeEach, describe, expect, it } from 'vitest';
import { type AnyFold, type Draft, HOUR_MS } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { bookById } from '../../src/findings/finding-book.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { keepCorrections } from '../../src/live/corrections.ts';
import { cappedLogs } from '../../src/live/finding-cap.ts';
import {
  dropEarly,
  type EarlyMark,
  factsOfRule,
  listFindings,
  markName,
  type PartVerdict,
  putEarly,
  putVerdicts,
  type StoredFinding,
} from '../../src/live/findings-store.ts';
import { addressName } from '../../src/live/merge-summaries.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { testContext } from './live-run.ts';

const rule = detectors.find(({ meta }) => meta.id === 'SEC-01')!;
const fold = rule.folds[0]! as AnyFold;
const TIME_MS = 100 * 24 * HOUR_MS;

function draft(over: Partial<Draft> = {}): Draft {
  return {
    account: '111122223333',
    region: 'us-east-1',
    entity: 'a key',
    evidenceKey: 'pair',
    timeMs: TIME_MS,
    severity: 'HIGH',
    confidence: 0.9,
    grade: 'certain',
    title: 'A key in a log',
    summary: 'A key stands in a log.',
    firstMs: TIME_MS,
    lastMs: TIME_MS,
    count: 1,
    evidence: [
      {
        source: 'application-log',
        locator: 'group/stream/1',
        eventId: 'e-1',
        time: new Date(TIME_MS).toISOString(),
        fields: {},
      },
    ],
    why: [],
    remediation: [],
    ...over,
  };
}

const verdict = (basis: number, drafts: readonly Draft[], over: Partial<PartVerdict> = {}): PartVerdict => ({
  fold,
  window: 100,
  key: 'key',
  basis,
  drafts,
  final: false,
  log: '/app/orders',
  ...over,
});

const NONE: ReadonlySet<string> = new Set();
let context: LiveContext;
beforeEach(() => {
  context = testContext({ findingsOfLogAnHour: 3 });
});

async function stored(): Promise<StoredFinding[]> {
  const all: StoredFinding[] = [];
  for await (const finding of listFindings(context.items)) all.push(finding);
  return all;
}
const brief = async (): Promise<string[]> =>
  (await stored())
    .flatMap(({ told }) =>
      told === null ? [] : [`${told.entity} ${told.status} ${told.revision} ${told.count}`],
    )
    .sort();
const put = (...verdicts: PartVerdict[]) => putVerdicts(context, verdicts, NONE);

describe('a finding', () => {
  it('changes with its parts: raised, revised, withdrawn, back again', async () => {
    await put(verdict(1, [draft()]));
    expect(await brief()).toEqual(['a key provisional 0 1']);
    await put(verdict(2, [draft({ count: 2 })]));
    expect(await brief()).toEqual(['a key provisional 1 2']);
    await put(verdict(2, [draft({ count: 2 })]));
    expect(await brief()).toEqual(['a key provisional 1 2']);
    await put(verdict(3, []));
    expect(await brief()).toEqual(['a key withdrawn 2 2']);
    await put(verdict(4, [draft({ count: 3 })], { final: true }));
    expect(await brief()).toEqual(['a key final 3 3']);
  });

  it('is put together from several parts', async () => {
    await put(verdict(1, [draft()]), verdict(1, [draft({ count: 4 })], { key: 'other' }));
    expect(await brief()).toEqual(['a key provisional 0 5']);
    await put(verdict(2, []));
    expect(await brief()).toEqual(['a key provisional 1 4']);
  });

  it('loses a part that says another finding now', async () => {
    await put(verdict(1, [draft()]));
    await put(verdict(2, [draft({ entity: 'another key' })]));
    expect(await brief()).toEqual(['a key withdrawn 1 1', 'another key provisional 0 1']);
  });

  it('is not changed by a judgement that saw less, or that is not for good any more', async () => {
    await put(verdict(5, [draft({ count: 5 })]));
    await put(verdict(4, [draft({ count: 4 })]));
    await put(verdict(4, []));
    expect(await brief()).toEqual(['a key provisional 0 5']);
    await put(verdict(5, [draft({ count: 5 })], { final: true }));
    await put(verdict(9, [draft({ count: 9 })]));
    expect(await brief()).toEqual(['a key final 1 5']);
    await put(verdict(9, [draft({ count: 9 })], { final: true }));
    expect(await brief()).toEqual(['a key final 2 9']);
  });

  it('comes right after a crash between noting the part and writing the finding', async () => {
    const store = createLiveMemoryState();
    let crashes = true;
    context = testContext({
      state: {
        ...store,
        write(key, body, version, expiry) {
          if (crashes && key.partition.startsWith('finding|')) throw new Error('the process died');
          return store.write(key, body, version, expiry);
        },
      },
    });
    await expect(put(verdict(1, [draft()]))).rejects.toThrow('died');
    crashes = false;
    // Nothing was said, and the next judgement says something else.
    await put(verdict(2, [draft({ entity: 'another key' })]));
    expect(await brief()).toEqual(['another key provisional 0 1']);
  });

  it('says when not all could be written', async () => {
    const store = createLiveMemoryState();
    context = testContext({ state: { ...store, write: async () => false } });
    expect((await put(verdict(1, [draft()]))).complete).toBe(false);
  });

  it('names the corrections of its evidence', async () => {
    const call = { ...draft().evidence[0]!, source: 'cloudtrail' as const, eventId: 'call-1' };
    await keepCorrections(context, new Map([['call-1', new Set(['b.json#1'])]]));
    await keepCorrections(context, new Map([['call-1', new Set(['a.json#2', 'b.json#1'])]]));
    await put(verdict(1, [draft({ evidence: [call] })]));
    expect((await stored())[0]?.told?.evidence[0]?.fields).toEqual({ correctedBy: 'a.json#2 b.json#1' });
  });

  it('knows the same thing in the windows beside it', async () => {
    await put(verdict(1, [draft()]));
    await put(verdict(1, [draft({ timeMs: TIME_MS + 24 * HOUR_MS })], { window: 101 }));
    const all = await stored();
    expect(all).toHaveLength(2);
    const [one, other] = all;
    expect(one!.beside).toContain(other!.told?.id);
    expect(other!.beside).toContain(one!.told?.id);
  });
});

describe('early news', () => {
  const mark: EarlyMark = { kind: 'call', page: 7, identity: 'f'.repeat(32) };
  const address = { fold, window: 100, key: 'key' };
  const early = (over: Partial<Draft> = {}) => {
    const booked = { rule: factsOfRule(rule.meta), draft: draft(over), provisional: true };
    return putEarly(
      context,
      [{ address, early: { part: addressName(address), marks: [mark], booked } }],
      null,
    );
  };
  const CLAIMED = new Set([markName(mark)]);

  it('stands until its batch has come, and then what that shows', async () => {
    await early();
    expect(await brief()).toEqual(['a key provisional 0 1']);
    // Another batch touches the same key: what was said early stays.
    await put(verdict(1, []));
    expect(await brief()).toEqual(['a key provisional 0 1']);
    await putVerdicts(context, [verdict(2, [draft()])], CLAIMED);
    expect(await brief()).toEqual(['a key provisional 0 1']);
    expect((await stored())[0]?.early).toEqual([]);
  });

  it('is withdrawn where its batch shows nothing', async () => {
    await early();
    await putVerdicts(context, [verdict(1, [])], CLAIMED);
    expect(await brief()).toEqual(['a key withdrawn 1 1']);
  });

  it('makes nothing of what batches brought smaller, and tells what is worse', async () => {
    await put(verdict(1, [draft({ count: 9 })]));
    await early();
    expect(await brief()).toEqual(['a key provisional 0 9']);
    await early({ severity: 'CRITICAL' });
    expect((await stored())[0]?.told?.severity).toBe('CRITICAL');
    await dropEarly(context, [(await stored())[0]!.told!.id], CLAIMED);
    expect((await stored())[0]?.told).toMatchObject({ severity: 'HIGH', count: 9 });
  });

  it('is one however often it comes', async () => {
    for (let time = 0; time < 20; time++) await early();
    expect((await stored())[0]?.early).toHaveLength(1);
    expect(await brief()).toEqual(['a key provisional 0 1']);
  });
});

describe('the bound on one log', () => {
  const flood = (count: number, over: Partial<Draft> = {}) =>
    Array.from({ length: count }, (_, at) =>
      verdict(1, [draft({ entity: `key ${at}`, ...over })], { key: `k${at}` }),
    );

  it('leaves out what is too much, and says how much that was', async () => {
    await put(...flood(10));
    expect(await brief()).toHaveLength(3);
    expect(
      await cappedLogs(context.items, Math.floor(context.clock.nowMs() / 86_400_000) * 86_400_000),
    ).toMatchObject([{ log: '/app/orders', severity: 'HIGH', raised: 3, capped: 7 }]);
  });

  it('holds when the same comes again, and when the windows close', async () => {
    await put(...flood(10));
    await put(...flood(10));
    await put(...flood(10).map((one) => ({ ...one, final: true, log: '' })));
    expect(await brief()).toHaveLength(3);
  });

  it('is for each severity and each log by itself, whatever kind of record its lines look like', async () => {
    await put(...flood(10));
    await put(...flood(1, { severity: 'CRITICAL', evidenceKey: 'x' }));
    await put(verdict(1, [draft({ evidenceKey: 'y' })], { log: '/app/other' }));
    const call = { ...draft().evidence[0]!, source: 'cloudtrail' as const };
    await put(...flood(5, { evidenceKey: 'z', evidence: [call] }));
    expect(await brief()).toHaveLength(3 + 1 + 1);
  });

  it('is not for what AWS delivers, which brings back what a log could not raise', async () => {
    await put(...flood(10));
    await put(...flood(10, { evidenceKey: 'x' }).map((one) => ({ ...one, log: null })));
    expect(await brief()).toHaveLength(3 + 10);
    await put(...flood(10).map((one) => ({ ...one, log: null })));
    expect(await brief()).toHaveLength(10 + 10);
  });

  it('counts once what is held back, and raises it when there is room', async () => {
    const dayMs = Math.floor(context.clock.nowMs() / 86_400_000) * 86_400_000;
    for (let time = 0; time < 3; time++) await put(...flood(4));
    expect(await cappedLogs(context.items, dayMs)).toMatchObject([{ raised: 3, capped: 1 }]);
    await put(...flood(4).map((one) => ({ ...one, log: '/app/other' })));
    expect(await brief()).toHaveLength(4);
  });

  it('holds for what is seen only when the window closes, unless AWS delivered some of it', async () => {
    const silent = (log: string | null) => flood(10).map((one) => ({ ...one, drafts: [], log }));
    const close = () => put(...flood(10).map((one) => ({ ...one, basis: 2, final: true, log: '' })));
    await put(...silent('/app/orders'));
    await close();
    expect(await brief()).toHaveLength(3);
    context = testContext({ findingsOfLogAnHour: 3 });
    await put(...silent('/app/orders'));
    await put(...silent(null));
    await close();
    expect(await brief()).toHaveLength(10);
  });

  it('begins anew with the next hour', async () => {
    let nowMs = 1_800_000_000_000;
    context = testContext({ findingsOfLogAnHour: 3, clock: { ...context.clock, nowMs: () => nowMs } });
    await put(...flood(3));
    nowMs += HOUR_MS;
    await put(...flood(3, { evidenceKey: 'x' }));
    expect(await brief()).toHaveLength(6);
  });
});

it('two drafts of one part and one identity are one finding, as in a replay', () => {
  const booked = [draft(), draft({ count: 2 })].map((one) => ({
    rule: factsOfRule(rule.meta),
    draft: one,
    provisional: true,
  }));
  expect([...bookById(booked).values()].map((one) => one.draft.count)).toEqual([3]);
});

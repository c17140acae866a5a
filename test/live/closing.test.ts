import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { AnyFold } from '../../src/detectors/detector.ts';
import { closeWindows } from '../../src/live/closing.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { sortOf } from '../../src/live/items.ts';
import { withLease } from '../../src/live/leases.ts';
import { summaryPartition } from '../../src/live/merge-summaries.ts';
import { closedUntilMs, noteStamp, QUIET_MS } from '../../src/live/windows.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { ItemKey } from '../../src/state/live-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import {
  closeAll,
  invoke,
  rethrow,
  sourceOfRecords,
  standingFindings,
  testClock,
  testContext,
} from './live-run.ts';
import { createRefusingState, type RefusingState, SPOILT } from './refusing-state.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const START_MS = Date.parse('2026-10-05T00:00:00Z');
const ALWAYS = { hasTime: () => true, onTouched: async () => {}, onProblem: rethrow };

let clock: ReturnType<typeof testClock>;
let context: LiveContext;
beforeEach(() => {
  clock = testClock(START_MS);
  context = testContext({ clock });
});

let number = 0;
/** Somebody stops a trail: a finding of its day by itself. */
function stopped(timeMs: number, deliveredMs: number, trail: string) {
  number++;
  const record = trailRecord({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: new Date(timeMs).toISOString().replace(/\.\d+/, ''),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    requestParameters: { name: trail },
  });
  return sourceOfRecords({ name: `object-${number}.json`, deliveredMs, records: [record] });
}

const statuses = async (): Promise<string[]> =>
  (await standingFindings(context)).map(({ entity, status, revision }) => `${entity} ${status} ${revision}`);

describe('a window', () => {
  it('is judged at once, and for good a day after its end by the stamps that come', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 300_000, 'a')]);
    expect(await statuses()).toEqual(['trail a provisional 0']);
    // The last stamp that does not close it yet.
    clock.advance(2 * DAY_MS);
    await noteStamp(context, START_MS + 2 * DAY_MS - 1, false);
    await closeWindows(context, ALWAYS);
    expect(await statuses()).toEqual(['trail a provisional 0']);
    clock.advance(QUIET_MS - 1);
    await noteStamp(context, START_MS + 2 * DAY_MS + 600_000, false);
    expect((await closeWindows(context, ALWAYS)).windows).toBeGreaterThan(0);
    expect(await statuses()).toEqual(['trail a final 1']);
  });

  it('of a quiet account is closed by the clock', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 300_000, 'a')]);
    clock.advance(2 * DAY_MS + QUIET_MS);
    expect((await closeWindows(context, ALWAYS)).closedUntilMs).toBe(START_MS + 2 * DAY_MS);
    expect(await statuses()).toEqual(['trail a final 1']);
  });

  it('is not closed by a stamp that lies days ahead: somebody gave an object a wrong name', async () => {
    await invoke(context, [
      stopped(START_MS + 1_000, START_MS + 30 * DAY_MS, 'a'),
      stopped(START_MS, START_MS, 'b'),
    ]);
    await closeWindows(context, ALWAYS);
    expect(await closedUntilMs(context.items)).toBeLessThanOrEqual(START_MS);
  });

  it('is closed by nothing before anything has come', async () => {
    expect(await closeWindows(context, ALWAYS)).toEqual({ closedUntilMs: -Infinity, windows: 0, left: 0 });
  });

  it('that is closed takes an object that was delivered in time and read late, and is judged anew', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 300_000, 'a')]);
    clock.advance(10 * DAY_MS);
    await closeAll(context);
    await invoke(context, [stopped(START_MS + 2_000, START_MS + 300_000, 'a')]);
    expect((await standingFindings(context)).map(({ count, status }) => [count, status])).toEqual([
      [2, 'final'],
    ]);
    expect((await closeWindows(context, ALWAYS)).windows).toBeGreaterThan(0);
    expect((await closeWindows(context, ALWAYS)).windows).toBe(0);
  });

  it('that reads another one is judged anew when that one changes', async () => {
    // The same signed request from two networks, on both sides of the hour.
    const sighting = (second: number, over: object) => {
      number++;
      const record = trailRecord({
        eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
        eventTime: new Date(START_MS + HOUR_MS + second * 1_000).toISOString().replace('.000', ''),
        userIdentity: {
          type: 'IAMUser',
          arn: 'arn:aws:iam::111122223333:user/report',
          accountId: '111122223333',
          accessKeyId: 'AKIDREPORT',
          userName: 'report',
        },
        ...over,
      });
      return sourceOfRecords({
        name: `object-${number}.json`,
        deliveredMs: START_MS + 2 * HOUR_MS,
        records: [record],
      });
    };
    await invoke(context, [sighting(20, { sourceIPAddress: '198.18.4.4', tlsDetails: undefined })]);
    clock.advance(40 * DAY_MS);
    await closeAll(context);
    expect(await statuses()).toEqual([]);
    // Delivered in time, and read a month later: it says nothing by itself.
    await invoke(context, [sighting(-20, { sourceIPAddress: '192.0.2.1' })]);
    expect(await statuses()).toEqual([]);
    await closeAll(context);
    expect((await standingFindings(context)).map(({ rule, status }) => [rule.id, status])).toEqual([
      ['REP-03', 'final'],
    ]);
  });

  it('that is closed while a batch is on its way into it is open again behind it', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 300_000, 'a')]);
    clock.advance(40 * DAY_MS);
    const { state } = context;
    let closes = true;
    const raced = testContext({
      clock,
      state: {
        ...state,
        async write(key, body, version, expiry) {
          if (closes && key.partition.startsWith('summary|')) {
            closes = false;
            expect(await closeAll(context)).toBeGreaterThan(0);
          }
          return state.write(key, body, version, expiry);
        },
      },
    });
    await invoke(raced, [stopped(START_MS + 2_000, START_MS + 300_000, 'b')]);
    expect(closes).toBe(false);
    expect((await closeWindows(context, ALWAYS)).windows).toBeGreaterThan(0);
  });

  it('takes nothing that was delivered too late', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 2 * DAY_MS, 'a')]);
    expect(await statuses()).toEqual([]);
  });
});

describe('a run of the closer', () => {
  it('ends when its time is over, and the next one goes on from there', async () => {
    const trails = Array.from({ length: 250 }, (_, at) => `trail-${at}`);
    await invoke(
      context,
      trails.map((trail, at) => stopped(START_MS + at * 1_000, START_MS + 600_000, trail)),
    );
    clock.advance(40 * DAY_MS);
    let judged = 0;
    let runs = 0;
    let left: number;
    do {
      runs++;
      let pieces = 0;
      const closed = await closeWindows(context, {
        ...ALWAYS,
        hasTime: () => pieces++ < 2,
        onTouched: async (ids) => {
          judged += ids.size;
        },
      });
      left = closed.left;
    } while (left > 0 && runs < 100);
    expect(left).toBe(0);
    expect(runs).toBeGreaterThan(3);
    // Each but for a few was judged once: a run does not begin again where the last one was.
    expect(judged).toBeGreaterThanOrEqual(trails.length);
    expect(judged).toBeLessThan(trails.length * 1.5);
    expect((await statuses()).every((status) => status.endsWith('final 1'))).toBe(true);
  });

  it('keeps a window open that changes under it', async () => {
    await invoke(context, [stopped(START_MS + 1_000, START_MS + 300_000, 'a')]);
    clock.advance(10 * DAY_MS);
    const late = stopped(START_MS + 2_000, START_MS + 300_000, 'b');
    let fed = false;
    const closed = await closeWindows(context, {
      ...ALWAYS,
      onTouched: async () => {
        if (fed) return;
        fed = true;
        await invoke(context, [late]);
      },
    });
    expect(closed.left + (await closeWindows(context, ALWAYS)).windows).toBeGreaterThan(0);
    expect(await statuses()).toEqual(expect.arrayContaining([expect.stringContaining('trail b final')]));
  });

  it('is the only one, until its lease is over', async () => {
    const inner = async (): Promise<string> => {
      expect(await withLease(context, 'closer', 60_000, async () => 'second')).toBeNull();
      return 'first';
    };
    expect(await withLease(context, 'closer', 60_000, inner)).toBe('first');
    expect(await withLease(context, 'closer', 60_000, async () => 'third')).toBe('third');
    // A holder that died.
    const dead = withLease(context, 'closer', 60_000, async () => {
      clock.advance(60_001);
      return withLease(context, 'closer', 60_000, async () => 'heir');
    });
    expect(await dead).toBe('heir');
  });
});

describe('what is wrong with one window', () => {
  const trailDays = 3;
  let problems: [where: string, error: unknown][];
  const passingOver = {
    ...ALWAYS,
    onProblem: (error: unknown, where: string) => void problems.push([where, error]),
  };
  let state: RefusingState;
  let closedWindows: number;
  beforeEach(async () => {
    problems = [];
    closedWindows = 0;
    state = createRefusingState(createLiveMemoryState());
    context = testContext({
      clock,
      state,
      count(what, by) {
        if (what === 'windows-closed') closedWindows += by;
      },
    });
    for (let day = 0; day < trailDays; day++) {
      const atMs = START_MS + day * DAY_MS;
      await invoke(context, [stopped(atMs + 1_000, atMs + 300_000, `trail-${day}`)]);
    }
    clock.advance(40 * DAY_MS);
  });

  /** The summary that tells of the first day's trail, the oldest that is judged. */
  async function oldestSummary(): Promise<{ key: ItemKey; body: Uint8Array; fold: AnyFold }> {
    for (const fold of context.folds) {
      const partition = summaryPartition(fold.name, Math.floor(START_MS / fold.windowMs));
      for await (const { content } of context.items.list(partition)) {
        const { key } = JSON.parse(content.toString()) as { key: string };
        if (fold.judge === undefined || !key.includes('trail-0')) continue;
        const [item] = await state.read([{ partition, sort: sortOf(key) }]);
        return { key: { partition, sort: sortOf(key) }, body: item!.body, fold };
      }
    }
    throw new Error('no summary tells of trail-0');
  }

  const CLOSED = ['trail trail-0 final 1', 'trail trail-1 final 1', 'trail trail-2 final 1'];
  const ALL_BUT_FIRST = ['trail trail-0 provisional 0', ...CLOSED.slice(1)];

  it('keeps no other one open, is told, and fails the run', async () => {
    const { key, body, fold } = await oldestSummary();
    const [item] = await state.read([key]);
    await state.write(key, SPOILT, item!.version, null);
    for (let run = 1; run <= 2; run++) {
      await expect(closeWindows(context, passingOver)).rejects.toMatchObject({
        code: 'E_WINDOWS_OPEN',
        message: expect.stringContaining('1 windows or copies could not be closed'),
      });
      expect(problems).toEqual([
        [
          `window ${Math.floor(START_MS / fold.windowMs)} of ${fold.name}`,
          expect.objectContaining({ code: 'E_STATE_FORMAT' }),
        ],
      ]);
      expect((await statuses()).sort()).toEqual(ALL_BUT_FIRST);
      problems = [];
    }
    expect(closedWindows).toBeGreaterThanOrEqual(trailDays - 1);
    // Mended: the next run closes it.
    await state.write(key, body, item!.version + 1, null);
    expect((await closeWindows(context, ALWAYS)).left).toBe(0);
    expect((await statuses()).sort()).toEqual(CLOSED);
  });

  it('may be its judge', async () => {
    const { fold } = await oldestSummary();
    const judge = fold.judge!;
    const failing = vi.spyOn(fold as { judge: typeof judge }, 'judge').mockImplementation((...given) => {
      if (given[0].includes('trail-0')) throw new RangeError('a judge failed');
      return judge(...given);
    });
    await expect(closeWindows(context, passingOver)).rejects.toMatchObject({ code: 'E_WINDOWS_OPEN' });
    expect(problems.map(([, error]) => error)).toEqual([expect.any(RangeError)]);
    expect((await statuses()).sort()).toEqual(ALL_BUT_FIRST);
    failing.mockRestore();
    expect((await closeWindows(context, ALWAYS)).left).toBe(0);
    expect((await statuses()).sort()).toEqual(CLOSED);
  });

  it('is not what is wrong with the state as a whole: that ends the run', async () => {
    for (const refused of ['finding', 'window|judged']) {
      state.refuses = ({ partition }) => partition.startsWith(refused);
      state.refused = 0;
      await expect(closeWindows(context, passingOver), refused).rejects.toMatchObject({
        code: 'E_STATE_BUSY',
      });
      expect(state.refused, refused).toBeGreaterThan(0);
      expect(problems).toEqual([]);
      expect(await statuses(), refused).toEqual(
        expect.arrayContaining(['trail trail-1 provisional 0', 'trail trail-2 provisional 0']),
      );
    }
    state.refuses = () => false;
    expect((await closeWindows(context, ALWAYS)).left).toBe(0);
    expect((await statuses()).sort()).toEqual(CLOSED);
  });
});

describe('a window that cannot be noted as open', () => {
  it('takes nothing: the batch comes again', async () => {
    const state = createRefusingState(createLiveMemoryState());
    context = testContext({ clock, state });
    const source = stopped(START_MS + 1_000, START_MS + 300_000, 'a');
    state.refuses = ({ partition }) => partition === 'window|open';
    await expect(invoke(context, [source])).rejects.toMatchObject({ code: 'E_STATE_BUSY' });
    for (const { name, windowMs } of context.folds) {
      const partition = summaryPartition(name, Math.floor(START_MS / windowMs));
      for await (const { sort } of state.list(partition)) expect.fail(`${name} has ${sort}`);
    }
    state.refuses = () => false;
    await invoke(context, [source]);
    clock.advance(40 * DAY_MS);
    await closeWindows(context, ALWAYS);
    expect(await statuses()).toEqual(['trail a final 1']);
  });
});

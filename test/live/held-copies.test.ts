import { beforeEach, describe, expect, it } from 'vitest';
import { closeWindows } from '../../src/live/closing.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { sortOf } from '../../src/live/items.ts';
import { summaryPartition } from '../../src/live/merge-summaries.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { ItemKey } from '../../src/state/live-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import { invoke, rethrow, sourceOfRecords, standingFindings, testClock, testContext } from './live-run.ts';
import { createRefusingState, type RefusingState, SPOILT } from './refusing-state.ts';

const START_MS = Date.parse('2026-10-05T00:00:00Z');
const DAY = '2026-10-05';
const DAY_MS = 86_400_000;
const ALWAYS = { hasTime: () => true, onTouched: async () => {}, onProblem: rethrow };

let state: RefusingState;
let clock: ReturnType<typeof testClock>;
let context: LiveContext;
let trails: number;
beforeEach(() => {
  trails = 0;
  state = createRefusingState(createLiveMemoryState());
  clock = testClock(START_MS);
  context = testContext({ state, clock });
});

/** Somebody of 111122223333 stops trails of 444455556666, in whose trail it stands. */
async function strangersCopies(count: number, fromMs = START_MS): Promise<void> {
  const records = Array.from({ length: count }, () => {
    const at = trails++;
    return trailRecord({
      eventID: `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`,
      sharedEventID: `00000000-1111-4000-8000-${String(at).padStart(12, '0')}`,
      recipientAccountId: '444455556666',
      eventTime: new Date(fromMs + at * 1_000).toISOString().replace('.000', ''),
      eventSource: 'cloudtrail.amazonaws.com',
      eventName: 'StopLogging',
      eventCategory: 'Management',
      readOnly: false,
      requestParameters: { name: `trail-${at}` },
    });
  });
  const name = `copies-${fromMs}.json`;
  await invoke(context, [sourceOfRecords({ name, deliveredMs: fromMs + 300_000, records })]);
  clock.advance(10 * DAY_MS);
}

async function held(day = DAY): Promise<string[]> {
  const sorts: string[] = [];
  for await (const { sort } of state.list(`held|${day}`)) sorts.push(sort);
  return sorts;
}

const statuses = async (): Promise<string[]> =>
  (await standingFindings(context)).map(({ entity, status }) => `${entity} ${status}`).sort();

describe('copies from other accounts', () => {
  it('stay while their claims cannot be written, and count in the run that can', async () => {
    await strangersCopies(3);
    const early = ['trail trail-0 provisional', 'trail trail-1 provisional', 'trail trail-2 provisional'];
    expect(await statuses()).toEqual(early);
    const before = await held();
    expect(before).toHaveLength(3);

    state.refuses = ({ partition }) => partition.startsWith('claims|shared');
    await expect(closeWindows(context, ALWAYS)).rejects.toMatchObject({ code: 'E_STATE_BUSY' });
    expect(state.refused).toBeGreaterThan(0);
    expect(await held()).toEqual(before);
    expect(await statuses()).toEqual(early);

    state.refuses = () => false;
    await closeWindows(context, ALWAYS);
    expect(await held()).toEqual([]);
    expect(await statuses()).toEqual(early.map((status) => status.replace('provisional', 'final')));
  });

  it('stay while what they add cannot be written', async () => {
    await strangersCopies(3);
    for (const refused of ['summary|', 'window|open']) {
      state.refuses = ({ partition }) => partition.startsWith(refused);
      await expect(closeWindows(context, ALWAYS), refused).rejects.toMatchObject({ code: 'E_STATE_BUSY' });
      expect(await held(), refused).toHaveLength(3);
    }
    state.refuses = () => false;
    await closeWindows(context, ALWAYS);
    expect(await held()).toEqual([]);
    expect(await statuses()).toHaveLength(3);
  });

  it('are not kept waiting by one whose summary cannot be read', async () => {
    await strangersCopies(3);
    const { partition, sort } = await summaryOf('trail-1');
    await state.write({ partition, sort }, SPOILT, 0, null);
    const problems: unknown[] = [];
    const onProblem = (error: unknown, where: string) => void problems.push([where, error]);
    await expect(closeWindows(context, { ...ALWAYS, onProblem })).rejects.toMatchObject({
      code: 'E_WINDOWS_OPEN',
    });
    expect(problems[0]).toEqual([
      expect.stringContaining(`held|${DAY}`),
      expect.objectContaining({ code: 'E_STATE_FORMAT', where: expect.stringContaining(sort) }),
    ]);
    expect(await held()).toHaveLength(1);

    await state.remove({ partition, sort }, 1);
    await closeWindows(context, ALWAYS);
    expect(await held()).toEqual([]);
    expect(await statuses()).toEqual(['trail trail-0 final', 'trail trail-1 final', 'trail trail-2 final']);
  });

  it('of one day are not kept waiting by one of another that cannot be read, nor is any window', async () => {
    await strangersCopies(1, START_MS);
    await strangersCopies(1, START_MS + DAY_MS);
    const [sort = ''] = await held();
    await state.remove({ partition: `held|${DAY}`, sort }, 1);
    await state.write({ partition: `held|${DAY}`, sort }, SPOILT, 0, null);
    const problems: string[] = [];
    const onProblem = (_error: unknown, where: string) => void problems.push(where);
    await expect(closeWindows(context, { ...ALWAYS, onProblem })).rejects.toMatchObject({
      code: 'E_WINDOWS_OPEN',
    });
    expect(problems).toEqual([`copies of ${DAY}`]);
    expect(await held('2026-10-06')).toEqual([]);
    expect(await statuses()).toContain('trail trail-1 final');
  });
});

/** Where what a held copy says of this trail will be kept. */
async function summaryOf(trail: string): Promise<ItemKey> {
  for await (const { content } of context.items.list(`held|${DAY}`)) {
    const { rows } = JSON.parse(content.toString()) as {
      rows: [fold: string, window: number, key: string][];
    };
    const row = rows.find((one) => JSON.stringify(one).includes(`"${trail}"`) || one[2].includes(trail));
    if (row !== undefined) return { partition: summaryPartition(row[0], row[1]), sort: sortOf(row[2]) };
  }
  throw new Error(`no copy tells of ${trail}`);
}

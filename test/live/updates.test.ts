import { describe, expect, it } from 'vitest';
import { createItems } from '../../src/live/items.ts';
import { FIRST_WAIT_MS, MAX_TRIES, MAX_WAIT_MS, updateAll } from '../../src/live/updates.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { seededRandom } from './fault-schedules.ts';
import { testClock } from './live-run.ts';
import { createRefusingState } from './refusing-state.ts';

interface Waited {
  readonly waits: readonly number[];
  /** What the clock's random gave, in order. */
  readonly chances: readonly number[];
  readonly failed: readonly string[];
  readonly conflicts: number;
}

/** `others`: writes of somebody else that come first, then none. */
async function contend(seed: number, others: number): Promise<Waited> {
  const state = createRefusingState(createLiveMemoryState());
  let refusals = others;
  state.refuses = () => refusals-- > 0;
  const random = seededRandom(seed);
  const waits: number[] = [];
  const chances: number[] = [];
  let conflicts = 0;
  const clock = {
    ...testClock(),
    random() {
      const chance = random();
      chances.push(chance);
      return chance;
    },
    sleep: async (milliseconds: number) => void waits.push(milliseconds),
  };
  const context = { items: createItems(state), clock, onConflict: () => void conflicts++ };
  const failed = await updateAll(context, ['hot'], {
    keyOf: (sort) => ({ partition: 'p', sort }),
    step: () => ({ content: 'x', expiresAtMs: null }),
  });
  return { waits, chances, failed, conflicts };
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

describe('a change that others are always first at', () => {
  it('waits any part of a time that doubles up to a bound', async () => {
    const { waits, chances } = await contend(1, Number.POSITIVE_INFINITY);
    // Nobody waits behind the last try.
    expect(waits).toHaveLength(MAX_TRIES - 1);
    expect(chances).toHaveLength(waits.length);
    const bounds = waits.map((_, at) => Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** at));
    expect(waits).toEqual(bounds.map((bound, at) => chances[at]! * bound));
    expect(bounds.slice(0, 4)).toEqual([40, 80, 160, 320]);
    expect(bounds.at(-1)).toBe(2_000);
  });

  it('waits each time another time, and no two of them the same', async () => {
    const runs = await Promise.all(
      Array.from({ length: 200 }, (_, seed) => contend(seed, Number.POSITIVE_INFINITY)),
    );
    for (let at = 0; at < MAX_TRIES - 1; at++) {
      const bound = Math.min(MAX_WAIT_MS, FIRST_WAIT_MS * 2 ** at);
      const waits = runs.map((run) => run.waits[at]!);
      expect(new Set(waits).size).toBe(runs.length);
      // Full jitter: from nearly nothing to nearly all of it. Of 200 even draws the chance that none is in a tenth is 0.9^200 = 7e-10.
      expect(Math.min(...waits)).toBeLessThan(bound / 10);
      expect(Math.max(...waits)).toBeGreaterThan(bound * 0.9);
      expect(Math.max(...waits)).toBeLessThan(bound);
    }
    // As the docstring of MAX_TRIES has it.
    const totals = runs.map(({ waits }) => sum(waits));
    expect(Math.max(...totals)).toBeLessThan(37_000);
    expect(sum(totals) / totals.length).toBeGreaterThan(16_000);
    expect(sum(totals) / totals.length).toBeLessThan(20_000);
  });

  it('is given up after its last try, and counted each time', async () => {
    expect(await contend(1, Number.POSITIVE_INFINITY)).toMatchObject({
      failed: ['hot'],
      conflicts: MAX_TRIES,
    });
    expect(await contend(1, MAX_TRIES)).toMatchObject({ failed: ['hot'] });
    expect(await contend(1, MAX_TRIES - 1)).toMatchObject({ failed: [], conflicts: MAX_TRIES - 1 });
  });

  it('waits for nothing where nobody else is', async () => {
    expect(await contend(1, 0)).toEqual({ waits: [], chances: [], failed: [], conflicts: 0 });
  });
});

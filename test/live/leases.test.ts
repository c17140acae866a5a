import { beforeEach, describe, expect, it } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { withLease } from '../../src/live/leases.ts';
import { MAX_TRIES } from '../../src/live/updates.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { testClock, testContext } from './live-run.ts';
import { createRefusingState, type RefusingState } from './refusing-state.ts';

const LIFE_MS = 60_000;

let state: RefusingState;
let clock: ReturnType<typeof testClock>;
let context: LiveContext;
beforeEach(() => {
  state = createRefusingState(createLiveMemoryState());
  clock = testClock();
  context = testContext({ state, clock });
});

describe('a lease', () => {
  it('that could not be written is nobody’s: no work is done', async () => {
    state.refuses = ({ partition }) => partition === 'lease';
    let ran = 0;
    const work = async () => ++ran;
    expect(await withLease(context, 'closer', LIFE_MS, work)).toBeNull();
    expect(state.refused).toBe(MAX_TRIES);
    expect(ran).toBe(0);
    state.refuses = () => false;
    expect(await withLease(context, 'closer', LIFE_MS, work)).toBe(1);
  });

  it('whose write was done without an answer is the one’s who wrote it', async () => {
    const { write } = state;
    let answers = 0;
    state.write = async (...given) => {
      const done = await write(...given);
      if (answers++ > 0) return done;
      throw new WiretrailError('E_STATE_UNAVAILABLE', 'state', 'does not answer', 'Try again.');
    };
    const inner = () => withLease(context, 'closer', LIFE_MS, async () => 'second');
    const outer = async () => [await inner(), 'first'];
    expect(await withLease(context, 'closer', LIFE_MS, outer)).toEqual([null, 'first']);
    expect(answers).toBeGreaterThan(1);
    expect(await withLease(context, 'closer', LIFE_MS, async () => 'third')).toBe('third');
  });

  it('that could not be given back ends by its time', async () => {
    const took = await withLease(context, 'closer', LIFE_MS, async () => {
      state.refuses = () => true;
      return 'first';
    });
    expect(took).toBe('first');
    state.refuses = () => false;
    expect(await withLease(context, 'closer', LIFE_MS, async () => 'second')).toBeNull();
    clock.advance(LIFE_MS);
    expect(await withLease(context, 'closer', LIFE_MS, async () => 'third')).toBe('third');
  });

  it('is given back when the work fails', async () => {
    const failing = withLease(context, 'closer', LIFE_MS, async () => {
      throw new Error('work failed');
    });
    await expect(failing).rejects.toThrow('work failed');
    expect(await withLease(context, 'closer', LIFE_MS, async () => 'next')).toBe('next');
  });
});

import { describe, expect, it } from 'vitest';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { ItemKey, LiveState } from '../../src/state/live-state.ts';
import { BAD_DAY, Crash, createFaultyLiveState, FAULTS, type FaultKind } from './faulty-live-state.ts';
import { liveStateContract, sortsOf } from './live-state-contract.ts';

const KEY: ItemKey = { partition: 'p', sort: 's' };
const UNAVAILABLE = { code: 'E_STATE_UNAVAILABLE' };

liveStateContract('a faulty state without faults', async () =>
  createFaultyLiveState(createLiveMemoryState(), { seed: '1', probabilities: {} }),
);

function always(inner: LiveState, kind: FaultKind): ReturnType<typeof createFaultyLiveState> {
  return createFaultyLiveState(inner, { seed: '1', probabilities: { [kind]: 1 } });
}

async function stored(inner: LiveState): Promise<readonly (number | null)[]> {
  const [item] = await inner.read([KEY]);
  return item === undefined ? [] : [item.version, item.body[0] ?? null];
}

describe('a faulty state', () => {
  it.each([
    ['throttled', UNAVAILABLE, [1, 1]],
    ['fails', UNAVAILABLE, [1, 1]],
    ['answer-lost', UNAVAILABLE, [2, 2]],
    ['crash-before', { name: 'Crash' }, [1, 1]],
    ['crash-after', { name: 'Crash' }, [2, 2]],
  ] as const)('%s: throws, and leaves what the fault leaves', async (kind, error, left) => {
    const inner = createLiveMemoryState();
    await inner.write(KEY, Uint8Array.of(1), 0, null);
    const faulty = always(inner, kind);
    await expect(faulty.write(KEY, Uint8Array.of(2), 1, null)).rejects.toMatchObject(error);
    expect(await stored(inner)).toEqual(left);
    await expect(always(inner, kind).read([KEY])).rejects.toMatchObject(error);
    await expect(sortsOf(always(inner, kind).list('p'))).rejects.toMatchObject(error);
    expect(faulty.struck[kind]).toBe(1);
  });

  it('overtaken: another writer was first', async () => {
    const inner = createLiveMemoryState();
    // Nobody can be first with what is not there.
    expect(await always(inner, 'overtaken').write(KEY, Uint8Array.of(1), 0, null)).toBe(true);
    expect(await always(inner, 'overtaken').write(KEY, Uint8Array.of(2), 1, null)).toBe(false);
    expect(await stored(inner)).toEqual([2, 1]);
    expect(await always(inner, 'overtaken').remove(KEY, 2)).toBe(false);
    expect(await stored(inner)).toEqual([3, 1]);
  });

  it('overtaken-after: the write is in it, under what another wrote on top', async () => {
    const inner = createLiveMemoryState();
    expect(await always(inner, 'overtaken-after').write(KEY, Uint8Array.of(1), 0, null)).toBe(false);
    expect(await stored(inner)).toEqual([2, 1]);
    // Where the write itself loses nothing was written, as ever.
    expect(await always(inner, 'overtaken-after').write(KEY, Uint8Array.of(9), 1, null)).toBe(false);
    expect(await stored(inner)).toEqual([2, 1]);
  });

  it('stays dead after a crash, also for calls that are under way', async () => {
    const inner = createLiveMemoryState();
    const faulty = createFaultyLiveState(inner, { seed: '3', probabilities: { 'crash-before': 0.2 } });
    const calls = Array.from({ length: 40 }, (_, at) =>
      faulty.write({ partition: 'p', sort: `${at}` }, Uint8Array.of(at), 0, null),
    );
    const results = await Promise.allSettled(calls);
    expect(results.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(20);
    faulty.heal();
    await expect(faulty.read([KEY])).rejects.toBeInstanceOf(Crash);
    expect(faulty.struck['crash-before']).toBeGreaterThan(0);
    expect(await always(inner, 'overtaken').read([KEY])).toEqual([]);
  });

  it('meets the same faults with the same seed, and none when it is healed', async () => {
    const run = async (seed: string): Promise<{ readonly said: unknown[]; readonly struck: object }> => {
      const faulty = createFaultyLiveState(createLiveMemoryState(), { seed, probabilities: BAD_DAY });
      const said: unknown[] = [];
      for (let at = 0; at < 300; at++) {
        const [item] = await faulty.read([KEY]).catch((error: Error) => {
          said.push(error.message);
          return [];
        });
        said.push(
          await faulty
            .write(KEY, Uint8Array.of(at), item?.version ?? 0, null)
            .catch((error: Error) => error.message),
        );
      }
      const struck = { ...faulty.struck };
      faulty.heal();
      for (let at = 0; at < 50; at++) expect(await faulty.read([KEY])).toHaveLength(1);
      return { said, struck };
    };
    const [first, again, other] = [await run('a'), await run('a'), await run('b')];
    expect(again).toEqual(first);
    expect(other.said).not.toEqual(first.said);
    for (const kind of FAULTS.filter((name) => name in BAD_DAY))
      expect(first.struck, kind).toHaveProperty(kind, expect.any(Number));
    expect(Object.values(first.struck).filter((count) => count > 0)).toHaveLength(5);
  });
});

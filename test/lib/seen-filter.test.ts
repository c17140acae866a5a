import { describe, expect, it } from 'vitest';
import { createSeenFilter } from '../../src/lib/seen-filter.ts';

/** Entries that the whole chain has room for. */
const CAPACITY = (1 << 16) + (1 << 20) + (1 << 22);

/** Random version 4 GUIDs, as CloudTrail's event ids are: six of their bits are always the same. */
function guids(seed: number): (into: Uint32Array) => Uint32Array {
  let state = seed >>> 0;
  const next = (): number => {
    // xorshift32: https://www.jstatsoft.org/article/view/v008i14
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return (into) => {
    for (let lane = 0; lane < 4; lane++) into[lane] = next();
    into[1] = ((into[1]! & 0xffff0fff) | 0x4000) >>> 0;
    into[2] = ((into[2]! & 0x3fffffff) | 0x80000000) >>> 0;
    return into;
  };
}

describe('the seen filter', () => {
  it('never misses what was added, and is wrong about new ids in fewer than 1 of 1,000 when it is full', () => {
    const filter = createSeenFilter();
    const fresh = guids(7);
    const lanes = new Uint32Array(4);
    let wrong = 0;
    let wrongLately = 0;
    const lately = 100_000;
    // What the filter takes for known takes no room.
    let added = 0;
    let asked = 0;
    while (added < CAPACITY - 1) {
      asked++;
      if (filter.add(fresh(lanes))) {
        wrong++;
        if (added >= CAPACITY - lately) wrongLately++;
      } else added++;
    }
    expect(filter.reliable).toBe(true);
    expect(wrong / asked).toBeLessThan(1 / 10_000);
    expect(wrongLately / lately).toBeLessThan(1 / 1_000);

    filter.add(fresh(lanes));
    expect(filter.reliable).toBe(false);

    const again = guids(7);
    let missed = 0;
    for (let n = 0; n < asked; n++) if (!filter.add(again(lanes))) missed++;
    expect(missed).toBe(0);
  });

  it('knows the second of any two equal ones, whatever else it holds', () => {
    const filter = createSeenFilter();
    const ids = [
      [0, 0, 0, 0],
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 0, 1],
    ].map((lanes) => Uint32Array.from(lanes));
    for (const id of ids) filter.add(id);
    expect(ids.map((id) => filter.add(id))).toEqual([true, true, true, true, true]);
  });
});

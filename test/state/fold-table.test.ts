import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFoldTable, type Foldable } from '../../src/state/fold-table.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openTemporaryState } from '../../src/state/sqlite-state.ts';

const sums: Foldable<number, { total: number; count: number }> = {
  name: 'sums',
  windowMs: 1,
  empty: () => ({ total: 0, count: 0 }),
  add: (s, o) => ({ total: s.total + o, count: s.count + 1 }),
  merge: (a, b) => ({ total: a.total + b.total, count: a.count + b.count }),
};
/** A summary that is no plain JSON. */
const sets: Foldable<string, Set<string>> = {
  name: 'sets',
  windowMs: 1,
  empty: () => new Set(),
  add: (s, o) => s.add(o),
  merge: (a, b) => new Set([...a, ...b]),
  toJson: (s) => [...s],
  fromJson: (value) => new Set(value as string[]),
};

const additions = fc.array(
  fc.record({
    window: fc.integer({ min: -1, max: 2 }),
    key: fc.constantFrom('a', 'b', 'c'),
    value: fc.nat(9),
  }),
  { maxLength: 60 },
);

function contents(table: ReturnType<typeof createFoldTable>): unknown {
  return [sums, sets].map((fold) =>
    table
      .windows(fold)
      .map((window) => [
        window,
        [...table.window(fold, window)]
          .map(([key, value]) => [key, value instanceof Set ? [...value].sort() : value])
          .sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      ]),
  );
}

describe('a fold table', () => {
  it('holds the same whether it spills or not, and however it is split', () => {
    fc.assert(
      fc.property(additions, fc.integer({ min: 1, max: 3000 }), fc.nat(3), (list, spillAfter, parts) => {
        const plain = createFoldTable(createMemoryState());
        const state = openTemporaryState();
        const spilling = createFoldTable(state, spillAfter);
        const pieces = Array.from({ length: parts + 1 }, () =>
          createFoldTable(createMemoryState(), spillAfter),
        );
        list.forEach(({ window, key, value }, index) => {
          for (const table of [plain, spilling, pieces[index % pieces.length]!]) {
            table.add(sums as never, key, window, value);
            table.add(sets as never, key, window, String(value));
            // Reading in between brings spilled rows back: they must not count twice.
            if (index % 7 === 0) table.window(sums, window);
          }
        });
        const merged = createFoldTable(createMemoryState());
        for (const piece of pieces) merged.mergeFrom(piece, [sums, sets]);
        expect(contents(spilling)).toEqual(contents(plain));
        expect(contents(merged)).toEqual(contents(plain));
        state.close();
      }),
      { numRuns: 60 },
    );
  });

  it('forgets a dropped window, spilled or not', () => {
    const table = createFoldTable(createMemoryState(), 2);
    for (const window of [1, 1, 2]) table.add(sums as never, 'k', window, 1);
    table.drop(sums, 1);
    table.drop(sums, 2);
    expect(table.windows(sums)).toEqual([]);
    expect(table.window(sums, 1).size).toBe(0);
  });
});

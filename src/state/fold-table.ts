// Summaries of folds by window and key: in memory, and beyond a budget in the state. Because merging is associative and
// commutative, spilling is nothing but writing down what is there: rows of one key are merged when the window is read.

import type { State } from './state.ts';

/** The part of a fold that storing it needs. */
export interface Foldable<O, S> {
  readonly name: string;
  readonly windowMs: number;
  empty(): S;
  add(summary: S, observation: O): S;
  merge(a: S, b: S): S;
  toJson?(summary: S): unknown;
  fromJson?(value: unknown): S;
  /** Estimate of what one observation adds to a summary that is there already: 0 for counters. */
  readonly bytesOfAddition?: number;
}

// biome-ignore lint/suspicious/noExplicitAny: a fold gets back only what it made itself
export type AnyFoldable = Foldable<any, any>;

/** Bytes of summaries in memory, by estimate, before they are spilled. */
export const SPILL_AFTER_BYTES = 48 * 1024 * 1024;
/** A key in a map, its string and an empty summary. */
const BYTES_OF_KEY = 300;
const DEFAULT_BYTES_OF_ADDITION = 64;

/** The rows of one fold: for those who add to it again and again. */
export interface FoldRows {
  add(key: string, window: number, observation: unknown): void;
}

export interface FoldTable {
  // biome-ignore lint/suspicious/noExplicitAny: who adds an observation need not know the summary
  add<O>(fold: Foldable<O, any>, key: string, window: number, observation: O): void;
  rows(fold: AnyFoldable): FoldRows;
  /** All summaries of a window, merged; changes to the map stay in the table. */
  window(fold: AnyFoldable, window: number): Map<string, unknown>;
  /** Windows that hold anything, ascending. */
  windows(fold: AnyFoldable): number[];
  drop(fold: AnyFoldable, window: number): void;
  /** Writes everything that is in memory to the state and forgets it. */
  spill(): void;
  /** Spills when reading has brought back more than may be held. */
  relieve(): void;
  /** Takes over all summaries of another table over the same folds. */
  mergeFrom(other: FoldTable, folds: readonly AnyFoldable[]): void;
}

export function createFoldTable(state: State, spillAfterBytes = SPILL_AFTER_BYTES): FoldTable {
  const tables = new Map<AnyFoldable, FoldWindows>();
  let heldBytes = 0;

  function windowsOf(fold: AnyFoldable): FoldWindows {
    let table = tables.get(fold);
    if (table === undefined) {
      const { empty, add } = fold;
      table = {
        // Folds are objects of many forms; these are of one.
        fold,
        empty,
        add,
        bytesOfAddition: fold.bytesOfAddition ?? DEFAULT_BYTES_OF_ADDITION,
        inMemory: new Map(),
        spilled: new Set(state.summaryWindows(fold.name)),
        lastWindow: Number.NaN,
        lastRows: { byKey: new Map(), bytes: 0 },
      };
      tables.set(fold, table);
    }
    return table;
  }

  function rowsIn(table: FoldWindows, window: number): Rows {
    if (table.lastWindow === window) return table.lastRows;
    let rows = table.inMemory.get(window);
    if (rows === undefined) {
      rows = { byKey: new Map(), bytes: 0 };
      table.inMemory.set(window, rows);
    }
    table.lastWindow = window;
    table.lastRows = rows;
    return rows;
  }

  function hold(rows: Rows, bytes: number): void {
    rows.bytes += bytes;
    heldBytes += bytes;
  }

  function spill(): void {
    heldBytes = 0;
    for (const [fold, table] of tables) {
      for (const [window, { byKey }] of table.inMemory) {
        if (byKey.size === 0) continue;
        state.appendSummaries(fold.name, window, storedRows(fold, byKey));
        table.spilled.add(window);
      }
      table.inMemory.clear();
      table.lastWindow = Number.NaN;
    }
  }

  function addRow(table: FoldWindows, key: string, window: number, observation: unknown): void {
    const rows = rowsIn(table, window);
    const summary = rows.byKey.get(key);
    if (summary === undefined) {
      rows.byKey.set(key, table.add.call(table.fold, table.empty.call(table.fold), observation));
      hold(rows, BYTES_OF_KEY);
    } else {
      const next = table.add.call(table.fold, summary, observation);
      if (next !== summary) rows.byKey.set(key, next);
      hold(rows, table.bytesOfAddition);
    }
    if (heldBytes >= spillAfterBytes) spill();
  }

  return {
    add(fold, key, window, observation) {
      addRow(windowsOf(fold as AnyFoldable), key, window, observation);
    },
    rows(fold) {
      const table = windowsOf(fold);
      return { add: (key, window, observation) => addRow(table, key, window, observation) };
    },
    window(fold, window) {
      const table = windowsOf(fold);
      const rows = rowsIn(table, window);
      if (table.spilled.has(window)) {
        for (const [key, json] of state.readSummaries(fold.name, window)) {
          hold(rows, BYTES_OF_KEY + json.length);
          mergeInto(
            fold,
            rows.byKey,
            key,
            fold.fromJson ? fold.fromJson(JSON.parse(json)) : JSON.parse(json),
          );
        }
        // They live in memory again: a second reading must not count them twice.
        state.dropSummaries(fold.name, window);
        table.spilled.delete(window);
      }
      return rows.byKey;
    },
    windows(fold) {
      const table = windowsOf(fold);
      const all = new Set(table.spilled);
      for (const [window, { byKey }] of table.inMemory) if (byKey.size > 0) all.add(window);
      return [...all].sort((a, b) => a - b);
    },
    drop(fold, window) {
      const table = windowsOf(fold);
      heldBytes -= table.inMemory.get(window)?.bytes ?? 0;
      table.inMemory.delete(window);
      if (table.lastWindow === window) table.lastWindow = Number.NaN;
      if (table.spilled.delete(window)) state.dropSummaries(fold.name, window);
    },
    spill,
    relieve() {
      if (heldBytes >= spillAfterBytes) spill();
    },
    mergeFrom(other, folds) {
      for (const fold of folds) {
        for (const window of other.windows(fold)) {
          const { byKey } = rowsIn(windowsOf(fold), window);
          for (const [key, summary] of other.window(fold, window)) mergeInto(fold, byKey, key, summary);
        }
      }
    },
  };
}

interface FoldWindows {
  readonly fold: AnyFoldable;
  readonly empty: AnyFoldable['empty'];
  readonly add: AnyFoldable['add'];
  readonly bytesOfAddition: number;
  readonly inMemory: Map<number, Rows>;
  readonly spilled: Set<number>;
  lastWindow: number;
  lastRows: Rows;
}

/** Of one window, and their bytes by estimate: those of a window that is dropped are free again. */
interface Rows {
  readonly byKey: Map<string, unknown>;
  bytes: number;
}

function mergeInto(fold: AnyFoldable, map: Map<string, unknown>, key: string, summary: unknown): void {
  const known = map.get(key);
  map.set(key, known === undefined ? summary : fold.merge(known, summary));
}

function* storedRows(
  fold: AnyFoldable,
  map: ReadonlyMap<string, unknown>,
): Iterable<readonly [string, string]> {
  for (const [key, summary] of map)
    yield [key, JSON.stringify(fold.toJson ? fold.toJson(summary) : summary)] as const;
}

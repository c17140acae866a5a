import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addFact,
  type ColumnOf,
  couldHold,
  type LogFacts,
  logFactsFromJson,
  logFactsJson,
  mergeLogFacts,
  newLogFacts,
  rowsOfTable,
  TABLES,
  type TableName,
} from '../../src/coverage/log-facts.ts';
import { joinKey } from '../../src/detectors/detector.ts';

interface Fact {
  readonly table: TableName;
  readonly name: string;
  readonly column: number;
}

const tables = Object.keys(TABLES) as TableName[];
const facts = fc.array(
  fc.record({
    table: fc.constantFrom(...tables),
    name: fc.oneof(
      fc.constantFrom('a', 'b', '__proto__', '7', '111122223333'),
      fc.integer({ min: 0, max: 300 }).map(String),
      fc.string({ maxLength: 12 }),
    ),
    column: fc.nat(7),
  }),
  { maxLength: 400 },
);

function factsOf(some: readonly Fact[]): LogFacts {
  const all = newLogFacts();
  for (const { table, name, column } of some) {
    const { columns } = TABLES[table];
    addFact(all, table, [name], columns[column % columns.length] as ColumnOf<TableName> as never);
  }
  return all;
}
const text = (some: LogFacts): string => JSON.stringify(logFactsJson(some));
const throughJson = (some: LogFacts): LogFacts =>
  logFactsFromJson(JSON.parse(text(some)) as ReturnType<typeof logFactsJson>);

describe('facts of logs', () => {
  it('are the same in any order and any split, through JSON or not', () => {
    fc.assert(
      fc.property(facts, fc.nat(), fc.infiniteStream(fc.nat()), (some, cut, order) => {
        const whole = text(factsOf(some));
        const keyed = some.map((fact) => [order.next().value as number, fact] as const);
        const shuffled = keyed.sort(([a], [b]) => a - b).map(([, fact]) => fact);
        expect(text(factsOf(shuffled))).toBe(whole);
        const at = cut % (some.length + 1);
        const a = factsOf(some.slice(0, at));
        const b = throughJson(factsOf(some.slice(at)));
        expect(text(mergeLogFacts(throughJson(a), b))).toBe(whole);
        expect(text(mergeLogFacts(b, a))).toBe(whole);
      }),
    );
  });

  it('change no more once their counts are full', () => {
    const once = newLogFacts();
    for (let n = 0; n < TABLES.hours.most; n++) addFact(once, 'hours', ['a', '1'], 'calls');
    const before = text(once);
    expect(text(mergeLogFacts(once, throughJson(once)))).toBe(before);
  });

  it('keep the smallest names of a full table, and say that it is full', () => {
    const names = Array.from({ length: TABLES.trails.maxRows + 20 }, (_, n) => String(1000 + n));
    for (const order of [
      names,
      names.toReversed(),
      names.toSorted((a, b) => (a.at(-1)! < b.at(-1)! ? -1 : 1)),
    ]) {
      const full = newLogFacts();
      for (const name of order) addFact(full, 'trails', [name], 'calls');
      expect(rowsOfTable(full, 'trails').map(({ parts }) => parts[0])).toEqual(
        names.slice(0, TABLES.trails.maxRows),
      );
      expect(full.trails.truncated).toBe(true);
      expect(couldHold(full, 'trails', joinKey('1050'))).toBe(true);
      expect(couldHold(full, 'trails', joinKey('0999'))).toBe(true);
      expect(couldHold(full, 'trails', joinKey('1110'))).toBe(false);
    }
  });

  it('stay small: a full table is a matter of kilobytes, and hostile names do not slow it down', () => {
    const full = newLogFacts();
    const startedMs = performance.now();
    for (let n = 60_000; n > 0; n--) addFact(full, 'groups', [String(n).padStart(9, '0')], 'lines');
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    expect(full.groups.rows.size).toBe(TABLES.groups.maxRows);
  });

  it('of an older version without a table can be read', () => {
    const { hours: _, ...older } = logFactsJson(newLogFacts());
    expect(text(logFactsFromJson(older as never))).toBe(text(newLogFacts()));
  });

  it('of an older version without a column can be read, and count it from there on', () => {
    const known = newLogFacts();
    addFact(known, 'calls', ['a', 'b'], 'management');
    const json = logFactsJson(known);
    const older = { ...json, calls: { rows: { [joinKey('a', 'b')]: [1] } } };
    const read = logFactsFromJson(older);
    addFact(read, 'calls', ['a', 'b'], 'itemReads');
    expect(rowsOfTable(read, 'calls')[0]!.of('itemReads')).toBe(1);
    expect(rowsOfTable(read, 'calls')[0]!.of('streamUse')).toBe(0);
  });
});

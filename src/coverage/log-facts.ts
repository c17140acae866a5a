// What logs can show, as tables of counts: put together in any order and any grouping, from one object or from a year of them.
//
// Counts stop at a bound. What is asked of them is whether there is any, or at least so many: a bounded count that is full changes no more, so
// that the deployed functions need not write it again. A table that is full keeps the smallest names (docs/decisions/0002, contract 5).

import { joinKey, splitKey } from '../detectors/detector.ts';

interface TableShape {
  /** Names of the columns. */
  readonly columns: readonly string[];
  /** Counts go up to it. */
  readonly most: number;
  readonly maxRows: number;
}

/** "Many": a share or an absence among so many says something. Chosen; the rules' own calibration asks for 200 calls. */
export const MANY = 1_000;
/** Flows among which a rejected one is due: networks that anybody can reach have them by the minute, quiet ones by the hour. Chosen. */
export const MANY_FLOWS = 10_000;
/** Direct calls of which the share with TLS details is known: from there on more would no more change it. Chosen. */
const MOST_TLS_CALLS = 10_000;
/** Calls in an hour that make it a busy one: before and after an hour without any, they say that the log stopped rather than the people. Chosen. */
export const BUSY_HOUR = 100;

/** Rows of a table: some hundred accounts, each with some regions. */
const MAX_ROWS = 1_000;
/** A year of hours of one account, or a day of some hundred. */
const MAX_HOURS = 10_000;

export const TABLES = {
  /** account, region */
  calls: {
    columns: [
      'management',
      'reads',
      'dynamodb',
      'dynamodbUse',
      'dynamodbData',
      'streamUse',
      'streamData',
      's3Data',
      'itemReads',
    ],
    most: MANY,
    maxRows: MAX_ROWS,
  },
  /** account, `dynamodb`, `other` or `unlisted`: direct calls to DynamoDB and DAX, to other services that report TLS, to the rest. */
  tls: { columns: ['full', 'absent', 'old'], most: MOST_TLS_CALLS, maxRows: MAX_ROWS },
  /** account, hour since the epoch */
  hours: { columns: ['calls'], most: BUSY_HOUR, maxRows: MAX_HOURS },
  /** account, region, address, VPC endpoint: direct DynamoDB calls from inside a VPC. */
  callers: { columns: ['calls'], most: 1, maxRows: MAX_ROWS },
  /** account, region, name: Lambda functions that call DynamoDB. */
  functions: { columns: ['calls'], most: 1, maxRows: MAX_ROWS },
  /** account, region, name or ARN, as calls to CloudTrail name them. */
  trails: { columns: ['calls'], most: 1, maxRows: 100 },
  /** account, region, fields that rules use (bits) */
  flows: { columns: ['accepted', 'rejected'], most: MANY_FLOWS, maxRows: MAX_ROWS },
  /** account, region: of transit gateways. */
  transit: { columns: ['flows'], most: 1, maxRows: MAX_ROWS },
  /** account, region, private network: an interface in it has a flow log. */
  networks: { columns: ['flows'], most: 1, maxRows: MAX_ROWS },
  /** log group */
  groups: { columns: ['lines'], most: 1, maxRows: MAX_ROWS },
  /** `lines`, `s3-access`, `alb-access`, `skipdata`, `unread-trail`, `unread-flows`, `unread-lines`, `unread-access-logs` */
  totals: { columns: ['count'], most: MANY, maxRows: 16 },
} as const satisfies Readonly<Record<string, TableShape>>;

export type TableName = keyof typeof TABLES;
export type ColumnOf<T extends TableName> = (typeof TABLES)[T]['columns'][number];

interface Table {
  readonly rows: Map<string, number[]>;
  /** Names of the rows in order, from the moment on at which the table is full; null before. */
  sorted: string[] | null;
  /** Rows were left out: those with names behind all that are kept. */
  truncated: boolean;
}

export type LogFacts = Readonly<Record<TableName, Table>>;

const NAMES = Object.keys(TABLES) as TableName[];

export function newLogFacts(): LogFacts {
  const table = (): Table => ({ rows: new Map(), sorted: null, truncated: false });
  return Object.fromEntries(NAMES.map((name) => [name, table()])) as unknown as LogFacts;
}

/** The counts of a row, to be added to with `bump`; null where the table is full of smaller names. */
export function rowOf(facts: LogFacts, name: TableName, key: string): number[] | null {
  const table = facts[name];
  const known = table.rows.get(key);
  if (known !== undefined) return known;
  const { columns, maxRows } = TABLES[name];
  if (table.rows.size >= maxRows && !makeRoom(table, key)) return null;
  const row: number[] = new Array(columns.length).fill(0);
  table.rows.set(key, row);
  return row;
}

/** Takes the row with the largest name out of a full table, unless the new name is larger: false. */
function makeRoom(table: Table, key: string): boolean {
  table.truncated = true;
  table.sorted ??= [...table.rows.keys()].sort();
  const { sorted, rows } = table;
  if (key > sorted.at(-1)!) return false;
  rows.delete(sorted.pop()!);
  let low = 0;
  for (let high = sorted.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < key) low = middle + 1;
    else high = middle;
  }
  sorted.splice(low, 0, key);
  return true;
}

export function bump<T extends TableName>(row: number[] | null, name: T, column: ColumnOf<T>): void {
  if (row === null) return;
  const { columns, most } = TABLES[name];
  const at = (columns as readonly string[]).indexOf(column);
  if (row[at]! < most) row[at]!++;
}

export function addFact<T extends TableName>(
  facts: LogFacts,
  name: T,
  parts: readonly string[],
  column: ColumnOf<T>,
): void {
  bump(rowOf(facts, name, joinKey(...parts)), name, column);
}

/** Changes and returns `a`. */
export function mergeLogFacts(a: LogFacts, b: LogFacts): LogFacts {
  for (const name of NAMES) {
    const { most } = TABLES[name];
    for (const [key, counts] of b[name].rows) {
      const row = rowOf(a, name, key);
      if (row !== null)
        for (const [at, count] of counts.entries()) row[at] = Math.min(most, row[at]! + count);
    }
    a[name].truncated ||= b[name].truncated;
  }
  return a;
}

/** Rows in the order of their names, with the parts of the name. */
export function rowsOfTable<T extends TableName>(
  facts: LogFacts,
  name: T,
): { readonly parts: readonly string[]; readonly of: (column: ColumnOf<T>) => number }[] {
  const { columns } = TABLES[name];
  return [...facts[name].rows]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, counts]) => ({
      parts: splitKey(key),
      of: (column) => counts[(columns as readonly string[]).indexOf(column)]!,
    }));
}

/** False for what a full table had no room for: nobody knows whether it was there. */
export function couldHold(facts: LogFacts, name: TableName, key: string): boolean {
  const { rows, truncated } = facts[name];
  if (!truncated || rows.has(key)) return true;
  for (const kept of rows.keys()) if (kept > key) return true;
  return false;
}

export type LogFactsJson = Readonly<
  Record<TableName, { readonly rows: Readonly<Record<string, readonly number[]>>; readonly truncated?: true }>
>;

/** Equal facts give equal JSON. */
export function logFactsJson(facts: LogFacts): LogFactsJson {
  return Object.fromEntries(
    NAMES.map((name) => {
      const { rows, truncated } = facts[name];
      const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
      return [name, { rows: Object.fromEntries(sorted), ...(truncated ? { truncated } : {}) }];
    }),
  ) as unknown as LogFactsJson;
}

/** A column that an older version did not know is the last one. */
function padded(counts: readonly number[], length: number): number[] {
  return Array.from({ length }, (_, at) => counts[at] ?? 0);
}

export function logFactsFromJson(json: LogFactsJson): LogFacts {
  const facts = newLogFacts();
  for (const name of NAMES) {
    // A table that an older version did not know.
    const stored = json[name] ?? { rows: {} };
    for (const [key, counts] of Object.entries(stored.rows))
      facts[name].rows.set(key, padded(counts, TABLES[name].columns.length));
    facts[name].truncated = stored.truncated === true;
  }
  return facts;
}

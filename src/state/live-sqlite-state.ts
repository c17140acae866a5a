// Live state in one SQLite file (node:sqlite): a monitor on one machine, and the second opinion of the tests. Several processes may share it.

import { closeSync, openSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { WiretrailError } from '../lib/errors.ts';
import {
  type Collected,
  checkBody,
  checkKey,
  checkPartition,
  expirySeconds,
  type LiveState,
  type StoredItem,
} from './live-state.ts';

/** Raised when the table changes: a newer file is refused, an older one migrated (docs/decisions/0002, contract 10). */
const LAYOUT_VERSION = 1;
/** Milliseconds that a call waits for another process to finish writing. */
const BUSY_TIMEOUT_MS = 5_000;
/** Items of a page of `list`: at most 4 MB of bodies. */
const PAGE_ITEMS = 64;

// Keys are blobs of UTF-8: SQLite compares those byte by byte, and a NUL in them ends nothing.
const SCHEMA = `
  CREATE TABLE live_item (
    partition BLOB NOT NULL, sort BLOB NOT NULL, version INTEGER NOT NULL, expiry INTEGER, body BLOB NOT NULL,
    PRIMARY KEY (partition, sort)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX live_item_expiry ON live_item (expiry) WHERE expiry IS NOT NULL;
`;

/** `expiry` in seconds since the epoch. */
interface Row {
  readonly sort: Uint8Array;
  readonly version: number;
  readonly expiry: number | null;
  readonly body: Uint8Array;
}

export interface LiveSqliteState extends LiveState, Collected {
  close(): void;
}

/** Opens or creates the file, readable by its owner alone. Rejects other files (E_STATE_FORMAT) and those of a newer version (E_STATE_NEWER). */
export function openLiveSqliteState(path: string): LiveSqliteState {
  const database = openFile(path);
  const select = database.prepare(
    'SELECT sort, version, expiry, body FROM live_item WHERE partition = ? AND sort = ?',
  );
  // coalesce: Node 22 gives SQLite NULL for no bytes.
  const insert = database.prepare(
    "INSERT INTO live_item (partition, sort, version, expiry, body) VALUES (?, ?, 1, ?, coalesce(?, x'')) ON CONFLICT DO NOTHING",
  );
  const update = database.prepare(
    "UPDATE live_item SET version = version + 1, expiry = ?, body = coalesce(?, x'') WHERE partition = ? AND sort = ? AND version = ?",
  );
  const page = database.prepare(
    "SELECT sort, version, expiry, body FROM live_item WHERE partition = ? AND sort > coalesce(?, x'') ORDER BY sort LIMIT ?",
  );
  const deleteOne = database.prepare(
    'DELETE FROM live_item WHERE partition = ? AND sort = ? AND version = ?',
  );
  const deleteExpired = database.prepare('DELETE FROM live_item WHERE expiry <= ?');

  /** node:sqlite does its work before it returns: every statement is one step, also for other processes. */
  function run<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      throw unavailable(path, cause);
    }
  }

  return {
    async read(keys) {
      for (const key of keys) checkKey(key);
      const found = new Map<string, StoredItem>();
      for (const { partition, sort } of keys) {
        const row = run(() => select.get(Buffer.from(partition), Buffer.from(sort))) as Row | undefined;
        if (row !== undefined) found.set(JSON.stringify([partition, sort]), itemOf(partition, row));
      }
      return [...found.values()];
    },
    async write(key, body, expectedVersion, expiresAtMs) {
      checkKey(key);
      checkBody(key, body);
      const [partition, sort] = [Buffer.from(key.partition), Buffer.from(key.sort)];
      const expiry = expirySeconds(expiresAtMs);
      const { changes } = run(() =>
        expectedVersion === 0
          ? insert.run(partition, sort, expiry, body)
          : update.run(expiry, body, partition, sort, expectedVersion),
      );
      return changes === 1;
    },
    async *list(partition, after) {
      checkPartition(partition);
      let behind: Uint8Array = Buffer.from(after ?? '');
      for (;;) {
        const rows = run(() =>
          page.all(Buffer.from(partition), behind, PAGE_ITEMS),
        ) as unknown as readonly Row[];
        for (const row of rows) yield itemOf(partition, row);
        if (rows.length < PAGE_ITEMS) return;
        behind = rows.at(-1)!.sort;
      }
    },
    async remove(key, expectedVersion) {
      checkKey(key);
      const { partition, sort } = key;
      return (
        run(() => deleteOne.run(Buffer.from(partition), Buffer.from(sort), expectedVersion)).changes === 1
      );
    },
    collectExpired: (nowMs) => Number(run(() => deleteExpired.run(Math.floor(nowMs / 1_000))).changes),
    close: () => database.close(),
  };
}

function itemOf(partition: string, { sort, version, expiry, body }: Row): StoredItem {
  const expiresAtMs = expiry === null ? null : expiry * 1_000;
  return { partition, sort: Buffer.from(sort).toString(), version, body, expiresAtMs };
}

function openFile(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  let stored: number;
  try {
    closeSync(openSync(path, 'a', 0o600));
    database = new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
    // Two processes may open a new file at the same time: the second finds the table that the first has made.
    database.exec('PRAGMA journal_mode = WAL; BEGIN IMMEDIATE');
    stored = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
    // A database of somebody else has tables and no version: CREATE would mix ours into it.
    const tables = database.prepare('SELECT count(*) AS count FROM sqlite_schema').get() as { count: number };
    if (stored === 0 && tables.count > 0) throw new Error('not empty');
    if (stored === 0) database.exec(`${SCHEMA}; PRAGMA user_version = ${LAYOUT_VERSION}`);
    database.exec('COMMIT');
  } catch (cause) {
    database?.close();
    throw new WiretrailError(
      'E_STATE_FORMAT',
      path,
      'cannot be opened as the state of a monitor',
      'Name a file that is new or that a monitor wrote, in a folder you may write to.',
      cause,
    );
  }
  if (stored > LAYOUT_VERSION) {
    database.close();
    throw new WiretrailError(
      'E_STATE_NEWER',
      path,
      `was written by a newer wiretrail (state version ${stored}, this one knows ${LAYOUT_VERSION})`,
      'Use that wiretrail, or begin a new state file.',
    );
  }
  return database;
}

function unavailable(path: string, cause: unknown): WiretrailError {
  const code = cause instanceof Error && 'errcode' in cause ? ` (SQLite ${String(cause.errcode)})` : '';
  return new WiretrailError(
    'E_STATE_UNAVAILABLE',
    path,
    `cannot be read or written now${code}`,
    'Free disk space, or wait for the other process; then run again.',
    cause,
  );
}

// State in one SQLite file (node:sqlite): `--state FILE`, and the place that a run without one spills to.

import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { WiretrailError } from '../lib/errors.ts';
import { STATE_VERSION, type State, type StoredPart } from './state.ts';

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS value_of (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS summary (fold TEXT NOT NULL, window INTEGER NOT NULL, key TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS summary_window ON summary (fold, window);
  CREATE TABLE IF NOT EXISTS page (name TEXT PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS part (part TEXT NOT NULL, finding_id TEXT NOT NULL, json TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS object (name TEXT PRIMARY KEY, version TEXT NOT NULL, ledger TEXT NOT NULL) STRICT, WITHOUT ROWID;
`;

/** Opens or creates a state file. Rejects files that are no state (E_STATE_FORMAT) and states of a newer version (E_STATE_NEWER). */
export function openSqliteState(path: string): State {
  return openDatabase(path, true, () => {});
}

/** A state in a folder of its own that is removed when it is closed. */
export function openTemporaryState(): State {
  const folder = mkdtempSync(join(tmpdir(), 'wiretrail-'));
  return openDatabase(join(folder, 'spill.sqlite'), false, () =>
    rmSync(folder, { recursive: true, force: true }),
  );
}

function openDatabase(path: string, durable: boolean, afterClose: () => void): State {
  let database: DatabaseSync;
  try {
    // Nobody else's to read: it names principals and addresses. A file that is there keeps its mode.
    closeSync(openSync(path, 'a', 0o600));
    // Only now: Node 22 warns when it is loaded, and a program that only wants `scanSecrets` would show that.
    const sqlite = process.getBuiltinModule('node:sqlite');
    database = new sqlite.DatabaseSync(path);
    // A durable state survives a crash between two checkpoints; a temporary one need not survive anything.
    database.exec(
      durable ? 'PRAGMA journal_mode = WAL' : 'PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF',
    );
    database.exec(SCHEMA);
  } catch (cause) {
    throw new WiretrailError(
      'E_STATE_FORMAT',
      path,
      'cannot be opened as a wiretrail state file',
      'Give --state a path that is new or that an earlier run wrote, in a folder you may write to.',
      cause,
    );
  }
  const readValueRow = database.prepare('SELECT value FROM value_of WHERE name = ?');
  const writeValueRow = database.prepare(
    'INSERT INTO value_of (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const stored = readValueRow.get('version') as { value: string } | undefined;
  if (stored === undefined) writeValueRow.run('version', String(STATE_VERSION));
  else if (Number(stored.value) > STATE_VERSION) {
    database.close();
    throw new WiretrailError(
      'E_STATE_NEWER',
      path,
      `was written by a newer wiretrail (state version ${stored.value}, this one knows ${STATE_VERSION})`,
      'Use that wiretrail, or begin a new state file.',
    );
  }
  const insertSummary = database.prepare('INSERT INTO summary (fold, window, key, json) VALUES (?, ?, ?, ?)');
  const selectSummaries = database.prepare('SELECT key, json FROM summary WHERE fold = ? AND window = ?');
  const selectWindows = database.prepare(
    'SELECT DISTINCT window FROM summary WHERE fold = ? ORDER BY window',
  );
  const deleteSummaries = database.prepare('DELETE FROM summary WHERE fold = ? AND window = ?');
  const selectPage = database.prepare('SELECT bytes FROM page WHERE name = ?');
  const upsertPage = database.prepare(
    'INSERT INTO page (name, bytes) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET bytes = excluded.bytes',
  );
  const selectParts = database.prepare(
    'SELECT part, finding_id AS findingId, json FROM part ORDER BY part, finding_id',
  );
  const insertPart = database.prepare('INSERT INTO part (part, finding_id, json) VALUES (?, ?, ?)');
  const selectObject = database.prepare('SELECT version FROM object WHERE name = ?');
  const upsertObject = database.prepare(
    'INSERT INTO object (name, version, ledger) VALUES (?, ?, ?) ON CONFLICT (name) DO UPDATE SET version = excluded.version, ledger = excluded.ledger',
  );
  database.exec('BEGIN');

  return {
    durable,
    appendSummaries(fold, window, rows) {
      for (const [key, json] of rows) insertSummary.run(fold, window, key, json);
    },
    *readSummaries(fold, window) {
      for (const row of selectSummaries.all(fold, window) as { key: string; json: string }[]) {
        yield [row.key, row.json] as const;
      }
    },
    summaryWindows: (fold) => (selectWindows.all(fold) as { window: number }[]).map((row) => row.window),
    dropSummaries(fold, window) {
      deleteSummaries.run(fold, window);
    },
    readPage: (name) => (selectPage.get(name) as { bytes: Uint8Array } | undefined)?.bytes ?? null,
    writePage(name, bytes) {
      upsertPage.run(name, bytes);
    },
    readParts: () => selectParts.all() as unknown as StoredPart[],
    replaceParts(parts) {
      const list = [...parts];
      database.exec('DELETE FROM part');
      for (const { part, findingId, json } of list) insertPart.run(part, findingId, json);
    },
    readObjectVersion: (name) => (selectObject.get(name) as { version: string } | undefined)?.version ?? null,
    writeObject(name, version, ledgerLine) {
      upsertObject.run(name, version, ledgerLine);
    },
    readValue: (name) => (readValueRow.get(name) as { value: string } | undefined)?.value ?? null,
    writeValue(name, value) {
      writeValueRow.run(name, value);
    },
    checkpoint() {
      database.exec('COMMIT; BEGIN');
    },
    close() {
      database.exec('ROLLBACK');
      database.close();
      afterClose();
    },
  };
}

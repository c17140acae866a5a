// One contract, every state.

import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openSqliteState, openTemporaryState } from '../../src/state/sqlite-state.ts';
import type { State } from '../../src/state/state.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const STATES: readonly [string, () => State][] = [
  ['memory', createMemoryState],
  ['temporary', openTemporaryState],
  ['sqlite', () => openSqliteState(join(folder, 'state.sqlite'))],
];

describe.each(STATES)('%s state', (_name, open) => {
  let state: State;
  beforeEach(() => {
    state = open();
  });
  afterEach(() => state.close());

  it('gives back every row of a window, equal keys too', () => {
    state.appendSummaries('f', 3, [
      ['k', '1'],
      ['l', '2'],
    ]);
    state.appendSummaries('f', 3, [['k', '3']]);
    state.appendSummaries('f', -1, [['k', '4']]);
    state.appendSummaries('g', 3, [['k', '5']]);
    expect([...state.readSummaries('f', 3)].sort()).toEqual([
      ['k', '1'],
      ['k', '3'],
      ['l', '2'],
    ]);
    expect(state.summaryWindows('f')).toEqual([-1, 3]);
    state.dropSummaries('f', 3);
    expect([...state.readSummaries('f', 3)]).toEqual([]);
    expect(state.summaryWindows('f')).toEqual([-1]);
    expect([...state.readSummaries('g', 3)]).toEqual([['k', '5']]);
  });

  it('keeps pages byte by byte, the last one written', () => {
    expect(state.readPage('p')).toBeNull();
    const bytes = Uint8Array.from([0, 255, 1, 128]);
    state.writePage('p', bytes);
    bytes[0] = 7;
    state.writePage('q', Uint8Array.from([9]));
    expect([...state.readPage('p')!]).toEqual([0, 255, 1, 128]);
    state.writePage('p', Uint8Array.from([5]));
    expect([...state.readPage('p')!]).toEqual([5]);
  });

  it('replaces the parts of findings as a whole', () => {
    state.replaceParts([
      { part: 'a', findingId: '1', json: '{}' },
      { part: 'a', findingId: '2', json: '{}' },
    ]);
    state.replaceParts([{ part: 'b', findingId: '3', json: '{"x":1}' }]);
    expect([...state.readParts()].map((row) => ({ ...row }))).toEqual([
      { part: 'b', findingId: '3', json: '{"x":1}' },
    ]);
  });

  it('remembers objects and values', () => {
    expect(state.readObjectVersion('o')).toBeNull();
    state.writeObject('o', 'v1', '{}');
    state.writeObject('o', 'v2', '{"line":2}');
    expect(state.readObjectVersion('o')).toBe('v2');
    expect(state.readValue('n')).toBeNull();
    state.writeValue('n', '1');
    state.writeValue('n', '2');
    expect(state.readValue('n')).toBe('2');
  });
});

describe('a state file', () => {
  const path = (): string => join(folder, 'state.sqlite');

  it('keeps what was there at the last checkpoint, and nothing later', () => {
    const first = openSqliteState(path());
    first.writeValue('kept', '1');
    first.checkpoint();
    first.writeValue('lost', '1');
    first.close();
    const second = openSqliteState(path());
    expect(second.readValue('kept')).toBe('1');
    expect(second.readValue('lost')).toBeNull();
    second.close();
  });

  it('is for its owner only', () => {
    openSqliteState(path()).close();
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('of a newer version is refused', () => {
    const database = new DatabaseSync(path());
    database.exec(
      "CREATE TABLE value_of (name TEXT PRIMARY KEY, value TEXT NOT NULL); INSERT INTO value_of VALUES ('version', '99')",
    );
    database.close();
    expect(() => openSqliteState(path())).toThrow(/newer wiretrail \(state version 99/);
  });

  it('that is another kind of file is refused, and not changed', () => {
    writeFileSync(path(), 'these are notes, and long enough to be no empty file');
    expect(() => openSqliteState(path())).toThrow(/cannot be opened as a wiretrail state file/);
  });

  it('in a folder that does not exist is refused with what to do', () => {
    expect(() => openSqliteState(join(folder, 'no', 'state.sqlite'))).toThrowError(
      expect.objectContaining({ code: 'E_STATE_FORMAT', hint: expect.stringContaining('--state') }),
    );
  });
});

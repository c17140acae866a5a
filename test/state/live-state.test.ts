import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { type LiveSqliteState, openLiveSqliteState } from '../../src/state/live-sqlite-state.ts';
import type { Collected, LiveState } from '../../src/state/live-state.ts';
import { liveStateContract } from './live-state-contract.ts';

let folder: string;
let opened: LiveSqliteState[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-test-'));
});
afterEach(() => {
  for (const state of opened) state.close();
  opened = [];
  rmSync(folder, { recursive: true, force: true });
});

const path = (): string => join(folder, 'live.sqlite');
function openFile(): LiveSqliteState {
  const state = openLiveSqliteState(path());
  opened.push(state);
  return state;
}

liveStateContract('memory', async () => createLiveMemoryState());
liveStateContract('node:sqlite', async () => openFile());
liveStateContract('node:sqlite, opened twice', async () => {
  const [first, second] = [openFile(), openFile()];
  return { read: second.read, list: second.list, write: first.write, remove: second.remove };
});

describe.each<[string, () => LiveState & Collected]>([
  ['memory', createLiveMemoryState],
  ['node:sqlite', openFile],
])('%s', (_name, open) => {
  it('gives an expired item as long as it is not collected, and collects nothing else', async () => {
    const state = open();
    const keys = ['a', 'b', 'c'].map((sort) => ({ partition: 'p', sort }));
    for (const [at, key] of keys.entries())
      await state.write(key, Uint8Array.of(at), 0, [1_000, 2_000, null][at]!);
    expect(state.collectExpired(999)).toBe(0);
    expect(await state.read(keys)).toHaveLength(3);
    expect(state.collectExpired(1_999)).toBe(1);
    expect((await state.read(keys)).map(({ sort }) => sort).sort()).toEqual(['b', 'c']);
    expect(state.collectExpired(Number.MAX_SAFE_INTEGER)).toBe(1);
    expect(await state.write(keys[0]!, Uint8Array.of(9), 0, null)).toBe(true);
  });
});

describe('the file of a live state', () => {
  it('outlives the process, and is for its owner only', async () => {
    const first = openLiveSqliteState(path());
    await first.write({ partition: 'p', sort: 's' }, Uint8Array.of(7), 0, 9_000);
    first.close();
    expect(await openFile().read([{ partition: 'p', sort: 's' }])).toEqual([
      { partition: 'p', sort: 's', version: 1, body: Uint8Array.of(7), expiresAtMs: 9_000 },
    ]);
    expect(statSync(path()).mode & 0o777).toBe(0o600);
  });

  it('of a newer version is refused, and not changed', () => {
    openLiveSqliteState(path()).close();
    const database = new DatabaseSync(path());
    database.exec('PRAGMA user_version = 99');
    database.close();
    expect(() => openLiveSqliteState(path())).toThrow(
      expect.objectContaining({
        code: 'E_STATE_NEWER',
        message: expect.stringContaining('state version 99'),
      }),
    );
  });

  it.each([
    ['no database', () => writeFileSync(path(), 'these are notes, and long enough to be no empty file')],
    [
      'a database of somebody else',
      () => {
        const database = new DatabaseSync(path());
        database.exec('CREATE TABLE other (x)');
        database.close();
      },
    ],
  ])('that is %s is refused', (_name, make) => {
    make();
    expect(() => openLiveSqliteState(path())).toThrow(expect.objectContaining({ code: 'E_STATE_FORMAT' }));
  });

  it('that cannot be written any more says so', async () => {
    const state = openLiveSqliteState(path());
    state.close();
    await expect(state.read([{ partition: 'p', sort: 's' }])).rejects.toMatchObject({
      code: 'E_STATE_UNAVAILABLE',
    });
  });
});

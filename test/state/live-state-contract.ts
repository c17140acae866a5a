// One contract, every live state.

import { describe, expect, it } from 'vitest';
import { type ItemKey, type LiveState, MAX_ITEM_BYTES, type StoredItem } from '../../src/state/live-state.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (item: StoredItem | undefined): string => new TextDecoder().decode(item?.body);
const KEY: ItemKey = { partition: 'p', sort: 's' };

async function readOne(state: LiveState, key: ItemKey): Promise<StoredItem | undefined> {
  const items = await state.read([key]);
  expect(items.length).toBeLessThanOrEqual(1);
  return items[0];
}

export async function sortsOf(items: AsyncIterable<StoredItem>): Promise<string[]> {
  const sorts: string[] = [];
  for await (const { sort } of items) sorts.push(sort);
  return sorts;
}

/** `open` gives a state that holds nothing; called for each test. */
export function liveStateContract(name: string, open: () => Promise<LiveState>): void {
  describe(`${name}: the contract of a live state`, () => {
    it('gives back what was written, and leaves out what is not there', async () => {
      const state = await open();
      expect(await state.read([])).toEqual([]);
      expect(await state.read([KEY])).toEqual([]);
      expect(await state.write(KEY, bytes('one'), 0, null)).toBe(true);
      const items = await state.read([{ partition: 'p', sort: 'other' }, KEY, { partition: 's', sort: 'p' }]);
      expect(items).toHaveLength(1);
      expect(items[0]).toMatchObject({ ...KEY, version: 1, expiresAtMs: null });
      expect(textOf(items[0])).toBe('one');
    });

    it('reads a key that is named twice once', async () => {
      const state = await open();
      await state.write(KEY, bytes('one'), 0, null);
      expect(await state.read([KEY, { ...KEY }, KEY])).toHaveLength(1);
    });

    it('does not mix up keys that look alike when put together', async () => {
      const state = await open();
      const keys = [
        { partition: 'a', sort: 'bc' },
        { partition: 'ab', sort: 'c' },
        { partition: 'a|b', sort: 'c' },
        { partition: 'a', sort: 'b|c' },
        { partition: 'a/b', sort: ' c' },
        { partition: 'a', sort: 'BC' },
      ];
      for (const [at, key] of keys.entries())
        expect(await state.write(key, bytes(String(at)), 0, null)).toBe(true);
      for (const [at, key] of keys.entries()) expect(textOf(await readOne(state, key))).toBe(String(at));
      expect(await state.read(keys)).toHaveLength(keys.length);
      expect(await sortsOf(state.list('a'))).toEqual(['BC', 'bc', 'b|c']);
    });

    it('writes against the version that was read, and nothing against another', async () => {
      const state = await open();
      expect(await state.write(KEY, bytes('early'), 1, null)).toBe(false);
      expect(await readOne(state, KEY)).toBeUndefined();
      expect(await state.write(KEY, bytes('first'), 0, 5_000)).toBe(true);
      expect(await state.write(KEY, bytes('again'), 0, null)).toBe(false);
      expect(await state.write(KEY, bytes('ahead'), 2, null)).toBe(false);
      expect(await readOne(state, KEY)).toMatchObject({ version: 1, expiresAtMs: 5_000 });
      expect(textOf(await readOne(state, KEY))).toBe('first');
      expect(await state.write(KEY, bytes('second'), 1, null)).toBe(true);
      expect(await state.write(KEY, bytes('late'), 1, null)).toBe(false);
      expect(await readOne(state, KEY)).toMatchObject({ version: 2, expiresAtMs: null });
      expect(textOf(await readOne(state, KEY))).toBe('second');
    });

    it('keeps every byte, none, and as many as are allowed', async () => {
      const state = await open();
      const all = Uint8Array.from({ length: 256 }, (_, at) => at);
      const most = new Uint8Array(MAX_ITEM_BYTES).fill(255);
      for (const [at, body] of [all, new Uint8Array(0), most].entries()) {
        expect(await state.write(KEY, body, at, null)).toBe(true);
        const stored = await readOne(state, KEY);
        expect(Buffer.from(stored!.body).equals(body)).toBe(true);
        expect(stored!.version).toBe(at + 1);
      }
    });

    it('refuses a body above the limit, and writes nothing', async () => {
      const state = await open();
      const error = { code: 'E_STATE_TOO_LARGE', message: expect.stringContaining('65537 bytes') };
      await expect(state.write(KEY, new Uint8Array(MAX_ITEM_BYTES + 1), 0, null)).rejects.toMatchObject(
        error,
      );
      expect(await state.read([KEY])).toEqual([]);
    });

    it('shares no bytes with its callers', async () => {
      const state = await open();
      const body = bytes('kept');
      await state.write(KEY, body, 0, null);
      body.fill(0);
      (await readOne(state, KEY))!.body.fill(1);
      for await (const item of state.list('p')) item.body.fill(2);
      expect(textOf(await readOne(state, KEY))).toBe('kept');
    });

    it('takes any well-formed text as a key, up to 2,048 and 1,024 bytes', async () => {
      const state = await open();
      const keys = [
        { partition: 'account äöü 世界 🔑', sort: '🔑 \u{10FFFF} \u0000 end' },
        { partition: 'account äöü 世界 🔑', sort: '🔑 \u{10FFFF} \u0000' },
        { partition: 'a'.repeat(2_048), sort: 'é'.repeat(512) },
        // Composed and decomposed are two texts.
        { partition: 'n', sort: '\u00e9' },
        { partition: 'n', sort: 'e\u0301' },
      ];
      for (const [at, key] of keys.entries())
        expect(await state.write(key, bytes(String(at)), 0, null)).toBe(true);
      for (const [at, key] of keys.entries()) {
        expect(textOf(await readOne(state, key))).toBe(String(at));
        expect(await readOne(state, key)).toMatchObject(key);
      }
    });

    it.each([
      ['an empty partition', { partition: '', sort: 's' }, 'empty'],
      ['an empty sort key', { partition: 'p', sort: '' }, 'empty'],
      ['a partition too long', { partition: 'ä'.repeat(1_025), sort: 's' }, '2050 bytes'],
      ['a sort key too long', { partition: 'p', sort: 'a'.repeat(1_025) }, '1025 bytes'],
      ['half a surrogate pair', { partition: 'p', sort: 'a\ud83d' }, 'not well-formed'],
    ])('refuses %s', async (_name, key, what) => {
      const state = await open();
      const error = { code: 'E_STATE_KEY', message: expect.stringContaining(what) };
      await expect(state.read([KEY, key])).rejects.toMatchObject(error);
      await expect(state.write(key, bytes(''), 0, null)).rejects.toMatchObject(error);
      await expect(state.remove(key, 1)).rejects.toMatchObject(error);
      if (key.sort === 's') await expect(sortsOf(state.list(key.partition))).rejects.toMatchObject(error);
    });

    it('lists a partition in the order of the bytes of UTF-8', async () => {
      const state = await open();
      // As UTF-16, which JavaScript compares, the emoji would come before U+FF5E.
      const sorts = [
        '',
        '\u0001',
        '0',
        '10',
        '9',
        'A',
        'B',
        'a',
        'a ',
        'a#1',
        'aa',
        'é',
        '世',
        '\uff5e',
        '🔑',
      ].filter((sort) => sort !== '');
      for (const sort of [...sorts].reverse())
        await state.write({ partition: 'p', sort }, bytes(sort), 0, null);
      await state.write({ partition: 'p2', sort: 'b' }, bytes(''), 0, null);
      expect(await sortsOf(state.list('p'))).toEqual(sorts);
      for (const [at, sort] of sorts.entries())
        expect(await sortsOf(state.list('p', sort))).toEqual(sorts.slice(at + 1));
      expect(await sortsOf(state.list('p', ''))).toEqual(sorts);
      // Behind a key that is not there.
      expect(await sortsOf(state.list('p', 'a!'))).toEqual(sorts.slice(sorts.indexOf('a#1')));
      expect(await sortsOf(state.list('p', '🔑🔑'))).toEqual([]);
      expect(await sortsOf(state.list('nothing'))).toEqual([]);
    });

    it('lists and reads more than any page holds', async () => {
      const state = await open();
      const keys = Array.from({ length: 513 }, (_, at) => ({
        partition: 'p',
        sort: `k${String(at).padStart(5, '0')}`,
      }));
      // Some large ones, so that pages end by their bytes too.
      const bodyOf = (at: number): Uint8Array => new Uint8Array(at % 20 === 0 ? MAX_ITEM_BYTES : 3).fill(at);
      const written = await Promise.all(keys.map((key, at) => state.write(key, bodyOf(at), 0, null)));
      expect(written.filter((done) => !done)).toEqual([]);
      expect(await sortsOf(state.list('p'))).toEqual(keys.map(({ sort }) => sort));
      expect(await sortsOf(state.list('p', 'k00499'))).toEqual(keys.slice(500).map(({ sort }) => sort));
      const missing = keys.map(({ sort }) => ({ partition: 'q', sort }));
      const read = await state.read([...missing, ...keys]);
      expect(read.map(({ sort }) => sort).sort()).toEqual(keys.map(({ sort }) => sort));
      for (const item of read) {
        const body = bodyOf(Number(item.sort.slice(1)));
        expect(Buffer.from(item.body).equals(body), item.sort).toBe(true);
      }
    });

    it('lists what is there while others write and remove', async () => {
      const state = await open();
      // More than two pages of a megabyte.
      const sorts = Array.from({ length: 48 }, (_, at) => String(at).padStart(3, '0'));
      for (const sort of sorts) await state.write({ partition: 'p', sort }, new Uint8Array(50_000), 0, null);
      const seen: string[] = [];
      for await (const { sort, version } of state.list('p')) {
        seen.push(sort);
        await state.remove({ partition: 'p', sort }, version);
        await state.write({ partition: 'p', sort: `${sort}x` }, bytes(''), 0, null);
      }
      // What stood there all the time is seen once; what comes meanwhile may be.
      expect(seen.filter((sort) => sort.length === 3)).toEqual(sorts);
      expect(seen).toEqual([...seen].sort());
    });

    it('keeps when an item expires, in whole seconds and never earlier', async () => {
      const state = await open();
      await state.write(KEY, bytes(''), 0, 1_790_000_000_001);
      expect((await readOne(state, KEY))!.expiresAtMs).toBe(1_790_000_001_000);
      await state.write(KEY, bytes(''), 1, 1_790_000_002_000);
      expect((await readOne(state, KEY))!.expiresAtMs).toBe(1_790_000_002_000);
      for await (const item of state.list('p')) expect(item.expiresAtMs).toBe(1_790_000_002_000);
      await state.write(KEY, bytes(''), 2, null);
      expect((await readOne(state, KEY))!.expiresAtMs).toBeNull();
    });

    it('removes the version that was read, and no other', async () => {
      const state = await open();
      expect(await state.remove(KEY, 0)).toBe(false);
      expect(await state.remove(KEY, 1)).toBe(false);
      await state.write(KEY, bytes('a'), 0, null);
      await state.write(KEY, bytes('b'), 1, null);
      expect(await state.remove(KEY, 1)).toBe(false);
      expect(await state.remove(KEY, 0)).toBe(false);
      expect(textOf(await readOne(state, KEY))).toBe('b');
      expect(await state.remove(KEY, 2)).toBe(true);
      expect(await state.read([KEY])).toEqual([]);
      expect(await state.remove(KEY, 2)).toBe(false);
      expect(await state.write(KEY, bytes('c'), 2, null)).toBe(false);
      expect(await state.write(KEY, bytes('c'), 0, null)).toBe(true);
      expect(await readOne(state, KEY)).toMatchObject({ version: 1 });
    });

    it('has one winner a round among fifty writers, and loses nothing', async () => {
      const state = await open();
      const writers = Array.from({ length: 50 }, (_, at) => at);
      const won: number[] = [];
      for (let round = 0; round < 5; round++) {
        const done = await Promise.all(
          writers.map((writer) => state.write(KEY, Uint8Array.of(round, writer), round, null)),
        );
        const winners = writers.filter((writer) => done[writer]);
        expect(winners).toHaveLength(1);
        expect([...(await readOne(state, KEY))!.body]).toEqual([round, winners[0]]);
        won.push(winners[0]!);
      }
      expect(won).toHaveLength(5);
      expect((await readOne(state, KEY))!.version).toBe(5);
      const removed = await Promise.all(writers.map(() => state.remove(KEY, 5)));
      expect(removed.filter(Boolean)).toHaveLength(1);
    });

    it('keeps what each of twenty writers adds when each tries again after it lost', async () => {
      const state = await open();
      const add = async (writer: number): Promise<void> => {
        for (;;) {
          const item = await readOne(state, KEY);
          const body = Uint8Array.of(...(item?.body ?? []), writer);
          if (await state.write(KEY, body, item?.version ?? 0, null)) return;
        }
      };
      await Promise.all(Array.from({ length: 20 }, (_, writer) => add(writer)));
      const item = await readOne(state, KEY);
      expect([...item!.body].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, at) => at));
      expect(item!.version).toBe(20);
    });
  });
}

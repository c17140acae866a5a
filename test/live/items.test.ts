import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createItems, itemName, sortOf } from '../../src/live/items.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { type LiveState, MAX_ITEM_BYTES } from '../../src/state/live-state.ts';

const KEY = { partition: 'summary|fold|1', sort: 'key' };

async function readOne(state: LiveState): Promise<Buffer | undefined> {
  return (await createItems(state).read([KEY])).get(itemName(KEY))?.content;
}

async function piecesIn(state: LiveState): Promise<number> {
  let count = 0;
  for await (const _piece of state.list(`piece|${KEY.partition}`)) count++;
  return count;
}

describe('content of any size', () => {
  it.each([0, 1, 699, 700, 61_439, 61_440, 61_441, 65_536, 500_000, 3_000_000])(
    'comes back as it was: %i random bytes',
    async (bytes) => {
      const state = createLiveMemoryState();
      const content = randomBytes(bytes);
      expect(await createItems(state).write(KEY, content, null, null)).toBe(true);
      expect((await readOne(state))?.equals(content)).toBe(true);
    },
  );

  it('is deflated where that pays: a megabyte of one letter is one small item', async () => {
    const state = createLiveMemoryState();
    await createItems(state).write(KEY, Buffer.alloc(1_000_000, 'a'), null, null);
    const [stored] = await state.read([KEY]);
    expect(stored!.body.byteLength).toBeLessThan(2_000);
    expect((await readOne(state))?.length).toBe(1_000_000);
  });

  it('leaves no item above the bound, and no piece of an older version', async () => {
    const state = createLiveMemoryState();
    const sizes: number[] = [];
    const measured: LiveState = {
      ...state,
      write(key, body, version, expiry) {
        sizes.push(body.byteLength);
        return state.write(key, body, version, expiry);
      },
    };
    const items = createItems(measured);
    await items.write(KEY, randomBytes(300_000), null, null);
    expect(await piecesIn(state)).toBe(5);
    const first = (await items.read([KEY])).get(itemName(KEY))!;
    await items.write(KEY, randomBytes(100_000), first, null);
    expect(await piecesIn(state)).toBe(2);
    const second = (await items.read([KEY])).get(itemName(KEY))!;
    await items.write(KEY, Buffer.from('short'), second, null);
    expect(await piecesIn(state)).toBe(0);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(MAX_ITEM_BYTES);
  });

  it('is refused beyond four megabytes', async () => {
    const write = createItems(createLiveMemoryState()).write(KEY, randomBytes(4_200_000), null, null);
    await expect(write).rejects.toMatchObject({ code: 'E_STATE_TOO_LARGE' });
  });

  it('is read whole while somebody rewrites it: pieces belong to one version', async () => {
    const state = createLiveMemoryState();
    const items = createItems(state);
    const contents = [randomBytes(200_000), randomBytes(250_000)];
    await items.write(KEY, contents[0]!, null, null);
    let rewritten = false;
    const raced: LiveState = {
      ...state,
      async read(keys) {
        const found = await state.read(keys);
        if (!rewritten && keys.some(({ sort }) => sort === KEY.sort)) {
          // Between the reading of the item and that of its pieces.
          rewritten = true;
          const before = (await items.read([KEY])).get(itemName(KEY))!;
          await items.write(KEY, contents[1]!, before, null);
        }
        return found;
      },
    };
    expect((await readOne(raced))?.equals(contents[1]!)).toBe(true);
  });

  it('of two writers of one version one wins, and its pieces stay', async () => {
    const state = createLiveMemoryState();
    const items = createItems(state);
    const contents = [randomBytes(200_000), randomBytes(200_000)];
    const won = await Promise.all(contents.map((content) => items.write(KEY, content, null, null)));
    expect(won.filter((one) => one)).toHaveLength(1);
    expect((await readOne(state))?.equals(contents[won.indexOf(true)]!)).toBe(true);
  });
});

describe('an item that cannot be taken', () => {
  it.each([
    ['of a newer format', Buffer.from([99, 0, 1]), 'E_STATE_NEWER'],
    ['without a format', Buffer.alloc(0), 'E_STATE_FORMAT'],
    ['packed in an unknown way', Buffer.from([1, 77, 1]), 'E_STATE_FORMAT'],
    ['deflated and damaged', Buffer.from([1, 1, 255, 255, 255]), 'E_STATE_FORMAT'],
    ['with names of pieces that are none', Buffer.from([1, 2, 0x7b]), 'E_STATE_FORMAT'],
    ['whose pieces are gone', Buffer.concat([Buffer.of(1, 2), Buffer.from('["a|1|b|0"]')]), 'E_STATE_FORMAT'],
  ])('%s', async (_name, body, code) => {
    const state = createLiveMemoryState();
    await state.write(KEY, body, 0, null);
    await expect(readOne(state)).rejects.toMatchObject({ code });
  });
});

describe('sort keys of texts', () => {
  it('fit whatever the text is, and differ where the texts do', () => {
    const texts = ['', 'a', 'a\u0000', 'x'.repeat(100_000), '\ud800', '\udfff', 'é', 'e\u0301'];
    const sorts = texts.map(sortOf);
    expect(new Set(sorts).size).toBe(texts.length);
    for (const sort of sorts) expect(sort).toMatch(/^[\w-]{24}$/);
  });
});

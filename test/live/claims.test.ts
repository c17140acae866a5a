import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { claimEvents, claimedEvents, pageName } from '../../src/live/claims.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { LiveState } from '../../src/state/live-state.ts';
import { testContext } from './live-run.ts';

const A = 'aaaaaaaaaaaaaaaa';
const B = 'bbbbbbbbbbbbbbbb';
const PAGE = 5_900_000;
const EXPIRY = 2_000_000_000_000;

function identities(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, at) =>
    createHash('sha256')
      .update(String(from + at))
      .digest('hex')
      .slice(0, 32),
  );
}

const page = (names: readonly string[], kind = 'call') => ({ kind, page: PAGE, identities: names });

describe('claims', () => {
  it('are those of the batch that came first, and of the same batch when it comes again', async () => {
    const context = testContext();
    expect((await claimEvents(context, A, [page(identities(0, 10))], EXPIRY)).foreign.size).toBe(0);
    const overlap = await claimEvents(context, B, [page(identities(5, 15))], EXPIRY);
    expect([...overlap.foreign.get(pageName('call', PAGE))!].sort()).toEqual(identities(5, 10).sort());
    expect((await claimEvents(context, A, [page(identities(0, 10))], EXPIRY)).foreign.size).toBe(0);
    expect((await claimEvents(context, B, [page(identities(10, 15))], EXPIRY)).foreign.size).toBe(0);
  });

  it('of one identity under two kinds, or in two pages, do not meet', async () => {
    const context = testContext();
    const [one] = identities(0, 1);
    await claimEvents(context, A, [page([one!])], EXPIRY);
    const others = [page([one!], 'shared'), { kind: 'call', page: PAGE + 1, identities: [one!] }];
    expect((await claimEvents(context, B, others, EXPIRY)).foreign.size).toBe(0);
  });

  it('of twenty thousand events of one page lie in items of a few KB', async () => {
    const store = createLiveMemoryState();
    const sizes = new Map<string, number>();
    const state: LiveState = {
      ...store,
      write(key, body, version, expiry) {
        sizes.set(key.sort, body.byteLength);
        return store.write(key, body, version, expiry);
      },
    };
    const context = testContext({ state });
    const all = identities(0, 20_000);
    for (let from = 0; from < all.length; from += 5_000) {
      const batch = String(from).padStart(16, '0');
      const outcome = await claimEvents(context, batch, [page(all.slice(from, from + 5_000))], EXPIRY);
      expect(outcome).toEqual({ foreign: new Map(), complete: true });
    }
    expect(Math.max(...sizes.values())).toBeLessThan(4_096);
    expect(sizes.size).toBeGreaterThan(100);
    const again = await claimEvents(context, B, [page(all)], EXPIRY);
    expect(again.foreign.get(pageName('call', PAGE))?.size).toBe(20_000);
  });

  it('of lines of one file, which differ in two lanes only, spread too', async () => {
    const context = testContext();
    const lines = Array.from({ length: 3_000 }, (_, at) => {
      const lanes = [0x12345678 ^ Math.imul(at, 0x9e3779b1), 7, 99 + at, 5 ^ Math.imul(at, 0x85ebca6b)];
      return lanes.map((lane) => (lane >>> 0).toString(16).padStart(8, '0')).join('');
    });
    await claimEvents(context, A, [page(lines, 'line')], EXPIRY);
    let items = 0;
    for await (const _item of context.items.list(`claims|line|${PAGE}`)) items++;
    expect(items).toBeGreaterThan(10);
    expect(items).toBeLessThan(100);
  });

  it('of batches that race are each of one batch only', async () => {
    const context = testContext();
    const all = identities(0, 600);
    const batches = Array.from({ length: 6 }, (_, at) => String(at).repeat(16));
    const outcomes = await Promise.all(
      batches.map((batch, at) => {
        const rotated = [...all.slice(at * 100), ...all.slice(0, at * 100)];
        return claimEvents(context, batch, [page(rotated)], EXPIRY);
      }),
    );
    const owned = outcomes.map(({ foreign }) => 600 - (foreign.get(pageName('call', PAGE))?.size ?? 0));
    expect(outcomes.every(({ complete }) => complete)).toBe(true);
    expect(owned.reduce((sum, count) => sum + count, 0)).toBe(600);
  });

  it('can be looked up without being made', async () => {
    const context = testContext();
    await claimEvents(context, A, [page(identities(0, 500))], EXPIRY);
    const found = await claimedEvents(context, [page(identities(400, 600))]);
    expect(found.get(pageName('call', PAGE))?.size).toBe(100);
    expect((await claimEvents(context, B, [page(identities(500, 600))], EXPIRY)).foreign.size).toBe(0);
  });

  it('are not complete where others always come first', async () => {
    const store = createLiveMemoryState();
    const context = testContext({ state: { ...store, write: async () => false } });
    expect((await claimEvents(context, A, [page(identities(0, 3))], EXPIRY)).complete).toBe(false);
  });
});

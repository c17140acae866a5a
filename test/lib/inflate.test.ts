import { gunzipSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type InflateLimits,
  type InflateProblem,
  inflateStream,
  inflateWhole,
} from '../../src/lib/inflate.ts';

const NO_LIMITS: InflateLimits = { maxBytes: 1e9, maxRatio: 2000, ratioFromBytes: 1e9 };

async function inflate(stored: Buffer, limits = NO_LIMITS, sizes: readonly number[] = [stored.length]) {
  const stream = inflateStream(pieces(stored, sizes), limits);
  const out: Buffer[] = [];
  let problem: InflateProblem | null = null;
  for (;;) {
    const next = await stream.next();
    if (next.done) {
      problem = next.value;
      break;
    }
    out.push(next.value);
  }
  return { bytes: Buffer.concat(out), problem };
}

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = Math.max(1, sizes[turn % sizes.length]!);
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const text = Buffer.from(
  Array.from({ length: 2000 }, (_, i) => `line ${i} of a log ${(i * 7919) % 1009}\n`).join(''),
);
const stored = gzipSync(text);

describe('inflateWhole', () => {
  it('inflates what keeps the word of its length field', () => {
    expect(inflateWhole(stored)).toEqual(text);
    expect(inflateWhole(gzipSync(''))).toEqual(Buffer.alloc(0));
  });

  const lie = Buffer.from(stored);
  lie.writeUInt32LE(text.length - 100, lie.length - 4);
  const boast = Buffer.from(stored);
  boast.writeUInt32LE(0x7fffffff, boast.length - 4);
  it.each([
    ['too small a length field', lie],
    ['a length field that no data of this size can reach', boast],
    ['two members', Buffer.concat([stored, stored])],
    ['a cut end', stored.subarray(0, stored.length - 3)],
    ['something behind the end', Buffer.concat([stored, Buffer.from('more')])],
    ['nothing but the magic bytes', stored.subarray(0, 2)],
  ])('leaves %s to the streaming way', (_name, bytes) => {
    expect(inflateWhole(bytes)).toBeNull();
  });
});

describe('inflateStream', () => {
  it('gives equal bytes whatever the chunks are', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 5 }),
        async (sizes) => {
          const { bytes, problem } = await inflate(stored, NO_LIMITS, sizes);
          expect(problem).toBeNull();
          expect(bytes.equals(text)).toBe(true);
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each([
    ['several members', Buffer.concat([stored, gzipSync('second'), gzipSync('third')]), 'secondthird'],
    ['zero padding behind the end', Buffer.concat([stored, Buffer.alloc(700)]), ''],
  ])('reads %s', async (_name, bytes, behind) => {
    for (const sizes of [[bytes.length], [100], [stored.length]]) {
      expect(await inflate(bytes, NO_LIMITS, sizes)).toEqual({
        bytes: Buffer.concat([text, Buffer.from(behind)]),
        problem: null,
      });
    }
  });

  it.each([
    ['other bytes behind the end', Buffer.concat([stored, Buffer.from('not gzip')])],
    [
      'a member behind zero padding, which zlib passes over in silence',
      Buffer.concat([stored, Buffer.alloc(3), stored]),
    ],
  ])('tells %s, after all that stands before', async (_name, bytes) => {
    for (const sizes of [[bytes.length], [64], [stored.length, 2]]) {
      const done = await inflate(bytes, NO_LIMITS, sizes);
      expect(done.problem?.reason).toBe('damaged-gzip');
      expect(done.bytes.equals(text)).toBe(true);
    }
  });

  it('hands out what stands before a cut', async () => {
    const cut = stored.subarray(0, stored.length >> 1);
    const { bytes, problem } = await inflate(cut);
    expect(problem?.reason).toBe('truncated');
    expect(bytes.length).toBeGreaterThan(text.length / 3);
    expect(text.subarray(0, bytes.length).equals(bytes)).toBe(true);
  });

  it('hands out everything when only the checksum or the length is wrong, and says so', async () => {
    for (const at of [8, 4]) {
      const wrong = Buffer.from(stored);
      wrong.writeUInt32LE((wrong.readUInt32LE(wrong.length - at) ^ 1) >>> 0, wrong.length - at);
      const { bytes, problem } = await inflate(wrong);
      expect(problem?.reason).toBe('damaged-gzip');
      expect(bytes.equals(text)).toBe(true);
    }
  });

  const isSound = (gzip: Buffer): boolean => {
    try {
      return gunzipSync(gzip).equals(text);
    } catch {
      return false;
    }
  };

  it('never throws for damage anywhere, and says so where gunzip does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 10, max: stored.length - 9 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, flip) => {
          const wrong = Buffer.from(stored);
          wrong[at] = wrong[at]! ^ flip;
          const { bytes, problem } = await inflate(wrong);
          // The bits that fill up the last byte mean nothing.
          if (isSound(wrong)) expect([problem, bytes.equals(text)]).toEqual([null, true]);
          else expect(problem?.reason).toMatch(/^(damaged-gzip|truncated)$/);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('stops at the cap of bytes and at the cap of the ratio', async () => {
    const zeros = gzipSync(Buffer.alloc(8_000_000));
    const byBytes = await inflate(zeros, { maxBytes: 1_000_000, maxRatio: 2000, ratioFromBytes: 1e9 });
    expect(byBytes.problem?.reason).toBe('inflated-too-large');
    expect(byBytes.bytes.length).toBeLessThan(4_000_000);
    const byRatio = await inflate(zeros, { maxBytes: 1e9, maxRatio: 200, ratioFromBytes: 1_000_000 });
    expect(byRatio.problem?.reason).toBe('inflated-too-large');
    expect(byRatio.bytes.length).toBeLessThan(4_000_000);
    expect((await inflate(zeros)).problem).toBeNull();
  });

  it('passes errors of the source on', async () => {
    async function* broken(): AsyncGenerator<Buffer> {
      yield stored.subarray(0, 100);
      throw new Error('connection lost');
    }
    const stream = inflateStream(broken(), NO_LIMITS);
    await expect(
      (async () => {
        while (!(await stream.next()).done);
      })(),
    ).rejects.toThrow('connection lost');
  });
});

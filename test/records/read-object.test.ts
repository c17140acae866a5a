import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { readObject } from '../../src/records/read-object.ts';
import { UNREADABLE_REASONS } from '../../src/records/record.ts';
import { collectingSink, readBytes } from './read-bytes.ts';
import { trailRecord } from './trail-records.ts';

const KEY =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T1205Z_a.json.gz';
const records = Array.from({ length: 200 }, (_, i) =>
  trailRecord({ eventID: `e-${i}`, requestID: String((i * 48271) % 65537) }),
);
const json = JSON.stringify({ Records: records });
const stored = gzipSync(json);
const ids = (told: { readonly records: readonly Record<string, unknown>[] }) =>
  told.records.map((record) => record.eventId);
const allIds = records.map((record) => record.eventID);

describe('readObject', () => {
  it.each([
    ['gzip', stored, KEY],
    ['gzip without the name of it', stored, KEY.replace('.gz', '')],
    ['plain JSON with the name of gzip', Buffer.from(json), KEY],
    ['gzip in two members', Buffer.concat([gzipSync(json.slice(0, 5000)), gzipSync(json.slice(5000))]), KEY],
    ['one record a line', gzipSync(records.map((record) => JSON.stringify(record)).join('\n')), KEY],
    [
      'CRLF and a byte order mark',
      gzipSync(`\ufeff${JSON.stringify({ Records: records }, null, 2).replaceAll('\n', '\r\n')}`),
      KEY,
    ],
    ['gzip with zero padding', Buffer.concat([stored, Buffer.alloc(100)]), KEY],
  ])('reads %s', async (_name, bytes, key) => {
    const told = await readBytes(bytes, { key });
    expect(told.outcome).toMatchObject({
      status: 'read',
      reason: '',
      format: 'cloudtrail',
      records: 200,
      storedBytes: bytes.length,
    });
    expect(ids(told)).toEqual(allIds);
    expect(told.records[0]).toMatchObject({ locator: `${key}#1`, account: '111122223333' });
  });

  it('reads the same from chunks of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 4 }),
        fc.boolean(),
        async (chunks, plain) => {
          const told = await readBytes(plain ? Buffer.from(json) : stored, {
            key: KEY,
            chunks: plain ? chunks.map((size) => size * 40) : chunks,
          });
          expect(told.outcome.status).toBe('read');
          expect(ids(told)).toEqual(allIds);
        },
      ),
      { numRuns: 20 },
    );
  });

  it('reads objects larger than what is read in one piece', async () => {
    const many = Array.from(
      { length: 40_000 },
      (_, i) =>
        `{"eventVersion":"1.08","eventTime":"2026-10-05T12:00:00Z","eventSource":"s3.amazonaws.com","eventName":"GetObject","eventID":"e-${i}","requestID":"${(i * 48271) % 2147483647}"}`,
    );
    const large = Buffer.from(`{"Records":[${many.join(',')}]}`);
    expect(large.length).toBeGreaterThan(6_000_000);
    for (const bytes of [
      large,
      gzipSync(large, { level: 1 }),
      Buffer.concat([
        gzipSync(large.subarray(0, 99), { level: 1 }),
        gzipSync(large.subarray(99), { level: 1 }),
      ]),
    ]) {
      const { sink, told } = collectingSink();
      let count = 0;
      const outcome = await readObject(
        { facts: objectFacts(KEY, KEY, 0), named: false, chunks: slices(bytes, 65_536) },
        { ...sink, record: () => count++ },
        { flowFields: null },
      );
      expect(outcome).toMatchObject({
        status: 'read',
        records: 40_000,
        storedBytes: bytes.length,
        inflatedBytes: large.length,
      });
      expect(count).toBe(40_000);
      expect(told.unreadable).toEqual([]);
    }
  });

  it('skips what is no log and reads no record of it', async () => {
    const told = await readBytes('# Words\n\nabout logs\n', { key: 'README.md' });
    expect(told.outcome).toMatchObject({ status: 'skipped', reason: 'not-a-log', records: 0, unreadable: 0 });
    expect(told.unreadable).toEqual([]);
  });
});

describe('bad input', () => {
  it.each([
    ['a cut gzip', () => stored.subarray(0, stored.length - 2000), 'partly', 'truncated', 30],
    ['a gzip cut in its last byte', () => stored.subarray(0, stored.length - 1), 'partly', 'truncated', 200],
    ['a gzip cut in its header', () => stored.subarray(0, 5), 'failed', 'truncated', 0],
    ['a length field that lies low', () => withTail(4, 17), 'partly', 'damaged-gzip', 200],
    ['a length field that lies high', () => withTail(4, 0xffffffff), 'partly', 'damaged-gzip', 200],
    ['a wrong checksum', () => withTail(8, 17), 'partly', 'damaged-gzip', 200],
    [
      'bytes behind the gzip',
      () => Buffer.concat([stored, Buffer.from('garbage')]),
      'partly',
      'damaged-gzip',
      200,
    ],
    ['a cut JSON', () => Buffer.from(json.slice(0, -700)), 'partly', 'truncated', 190],
    ['text where JSON is due', () => Buffer.from('this is no log\n'), 'failed', 'unknown-format', 0],
    ['nothing where a log is due', () => Buffer.alloc(0), 'failed', 'truncated', 0],
    [
      '10,000 levels in one of the records',
      () =>
        Buffer.from(
          json.replace(
            '"requestParameters":{',
            `"requestParameters":{"a":${'['.repeat(10_000)}${']'.repeat(10_000)},`,
          ),
        ),
      'partly',
      'too-deep',
      199,
    ],
    [
      '10,000 levels and nothing else',
      () => Buffer.from(`${'['.repeat(10_000)}${']'.repeat(10_000)}`),
      'failed',
      'too-deep',
      0,
    ],
  ] as const)('%s', async (_name, bytes, status, reason, atLeast) => {
    for (const chunks of [undefined, [777]]) {
      const told = await readBytes(bytes(), { key: KEY, ...(chunks === undefined ? {} : { chunks }) });
      expect(told.outcome).toMatchObject({ status, reason });
      expect(told.outcome.detail).not.toBe('');
      expect(told.outcome.hint).not.toBe('');
      expect(told.unreadable).toHaveLength(1);
      expect(told.records.length).toBeGreaterThanOrEqual(atLeast);
      expect(ids(told).every((id) => allIds.includes(id))).toBe(true);
    }
  });

  it('takes an empty application log for what it is', async () => {
    expect((await readBytes('', { key: 'app.log' })).outcome).toMatchObject({
      status: 'read',
      records: 0,
      detail: 'the object is empty',
    });
    expect((await readBytes(gzipSync(''), { key: 'app.log' })).outcome).toMatchObject({
      status: 'read',
      records: 0,
    });
  });

  it('counts what it tells: every outcome adds up', async () => {
    const lines = [
      JSON.stringify(records[0]),
      'not JSON',
      '17',
      JSON.stringify({ ...records[1], eventCategory: 'Insight' }),
      '{"eventVersion":"1.08","eventName":"x"}',
    ];
    const told = await readBytes(lines.join('\n'), { key: KEY });
    expect(told.outcome).toMatchObject({ status: 'partly', records: 1, skipped: 1, unreadable: 3 });
    expect([told.records.length, told.skipped.length, told.unreadable.length]).toEqual([1, 1, 3]);
  });

  it('keeps what it read when the source fails, and names the error of the source', async () => {
    async function* failing(): AsyncGenerator<Buffer> {
      yield Buffer.from(json.slice(0, 100_000));
      throw new WiretrailError('unreachable', 's3://b/k', 'the connection was lost', 'run again');
    }
    const { sink, told } = collectingSink();
    const outcome = await readObject(
      { facts: objectFacts(KEY, KEY, 0), named: false, chunks: failing() },
      sink,
      { flowFields: null },
    );
    expect(outcome).toMatchObject({ status: 'partly', reason: 'unreachable', hint: 'run again' });
    expect(told.records.length).toBeGreaterThan(50);
    // biome-ignore lint/correctness/useYield: it fails before the first chunk
    async function* closed(): AsyncGenerator<Buffer> {
      throw new WiretrailError('access-denied', 's3://b/k', 'access denied', 'ask');
    }
    const none = await readObject({ facts: objectFacts(KEY, KEY, 0), named: false, chunks: closed() }, sink, {
      flowFields: null,
    });
    expect(none).toMatchObject({ status: 'failed', reason: 'access-denied', storedBytes: 0 });
  });

  it('lets an error of the sink through: that is a mistake in the program, not in the log', async () => {
    const { sink } = collectingSink();
    const broken = {
      ...sink,
      record: () => {
        throw new RangeError('a detector is broken');
      },
    };
    await expect(
      readObject({ facts: objectFacts(KEY, KEY, 0), named: false, chunks: slices(stored, 1000) }, broken, {
        flowFields: null,
      }),
    ).rejects.toThrow('a detector is broken');
  });

  it('ends as an outcome with a reason from the closed list, whatever the bytes are', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 300 }).map((plain) => Buffer.from(plain)),
      fc.uint8Array({ maxLength: 300 }).map((plain) => gzipSync(plain)),
      fc.tuple(fc.nat(stored.length - 1), fc.nat(255)).map(([at, value]) => {
        const damaged = Buffer.from(stored);
        damaged[at] = value;
        return damaged;
      }),
      fc
        .tuple(fc.nat(json.length), fc.string({ unit: 'binary', maxLength: 4 }))
        .map(([at, text]) => Buffer.from(json.slice(0, at) + text + json.slice(at))),
    );
    await fc.assert(
      fc.asyncProperty(bytes, fc.constantFrom(KEY, 'app.log', 'x.json', '-'), async (input, key) => {
        const { outcome, ...told } = await readBytes(input, { key });
        expect([outcome.records, outcome.skipped, outcome.unreadable]).toEqual([
          told.records.length,
          told.skipped.length,
          told.unreadable.length,
        ]);
        if (outcome.status === 'read') expect(outcome.unreadable).toBe(0);
        else if (outcome.status !== 'skipped') expect(UNREADABLE_REASONS).toContain(outcome.reason);
      }),
      { numRuns: 150 },
    );
  });
});

describe('an inflate bomb', () => {
  const bombs: [string, string, Buffer][] = [];
  beforeAll(() => {
    const start = '{"Records":[{"eventVersion":"1.08","eventName":"';
    bombs.push(
      ['of zeros', 'bomb.json.gz', gzipSync(Buffer.alloc(100_000_000), { level: 1 })],
      [
        'of line feeds in an application log',
        'app.log.gz',
        gzipSync(Buffer.alloc(100_000_000, 10), { level: 1 }),
      ],
      [
        'in one record',
        KEY,
        gzipSync(Buffer.concat([Buffer.from(start), Buffer.alloc(100_000_000, 65)]), { level: 1 }),
      ],
    );
  });

  it('is told as such and stopped long before its end', async () => {
    for (const [_name, key, bytes] of bombs) {
      const before = process.memoryUsage.rss();
      const { outcome } = await readBytes(bytes, { key });
      expect(outcome).toMatchObject({ status: 'failed', reason: 'inflated-too-large' });
      expect(outcome.inflatedBytes).toBeLessThan(80_000_000);
      expect(process.memoryUsage.rss() - before).toBeLessThan(150_000_000);
    }
  });
});

function withTail(fromEnd: number, value: number): Buffer {
  const bytes = Buffer.from(stored);
  bytes.writeUInt32LE(value, bytes.length - fromEnd);
  return bytes;
}

async function* slices(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { flowParquet, type ParquetForm, parquetOf } from './flow-parquet.ts';
import { type ReadBytes, readBytes } from './read-bytes.ts';

const HEADER =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'vpc-id instance-id pkt-srcaddr pkt-dstaddr pkt-dst-aws-service flow-direction traffic-path tcp-flags ecs-cluster-arn';
const FOLDER =
  'AWSLogs/aws-account-id=444455556666/aws-service=vpcflowlogs/aws-region=eu-west-1/year=2026/month=11';
const KEY = `${FOLDER}/day=01/444455556666_vpcflowlogs_eu-west-1_fl-0abc_20261101T1205Z_5d1c9a.log.parquet`;

const rows = Array.from({ length: 1500 }, (_, n) => {
  const address = n % 40 === 7 ? '2600:1f18::7' : `10.0.${n % 3}.${n % 250}`;
  const instance = n % 5 === 0 ? '-' : `i-0${n % 11}`;
  const service = n % 3 === 0 ? '-' : 'DYNAMODB';
  return (
    `7 111122223333 eni-0aa${n % 13} ${address} 52.94.0.10 ${40_000 + n} 80 6 12 ${3456 + n * 1000} ${1793534400 + n} ` +
    `${1793534460 + n} ${n % 17 === 0 ? 'REJECT' : 'ACCEPT'} OK vpc-0a ${instance} ${address} 52.94.0.10 ${service} egress 8 ${n % 4} -`
  );
});
const LINES = [HEADER, ...rows];

/** What of a record does not depend on where it lies. */
const facts = ({ records }: ReadBytes) => records.map((record) => ({ ...record, locator: '' }));

let text: ReadBytes;
beforeAll(async () => {
  text = await readBytes(`${LINES.join('\n')}\n`, { key: KEY });
});

describe('flow logs in Parquet', () => {
  const forms: ParquetForm[] = (['UNCOMPRESSED', 'SNAPPY', 'GZIP', 'ZSTD', 'BROTLI'] as const).flatMap(
    (codec) => [
      { codec },
      { codec, encoding: 'PLAIN' },
      { codec, encoding: 'DELTA_BINARY_PACKED', rowGroupSize: 400 },
      { codec, pageSize: 700 },
    ],
  );

  it.each(forms)('are the same records as in text: %j', async (form) => {
    const parquet = await readBytes(flowParquet(LINES, form), { key: KEY });
    expect(parquet.outcome).toMatchObject({
      status: 'read',
      format: 'vpc-flow',
      records: 1500,
      unreadable: 0,
      detail: '',
    });
    expect(facts(parquet)).toEqual(facts(text));
  });

  it('name their row, and take account and region from Hive-style folders', async () => {
    const lines = ['srcaddr dstaddr start end', '10.0.0.1 52.94.0.10 1793534400 1793534460'];
    const { records } = await readBytes(flowParquet(lines), { key: KEY });
    expect(records[0]).toMatchObject({ account: '444455556666', region: 'eu-west-1', locator: `${KEY}#1` });
  });

  it('may come in pieces, and inside gzip', async () => {
    const parquet = flowParquet(LINES);
    expect(facts(await readBytes(parquet, { key: KEY, chunks: [1000, 7] }))).toEqual(facts(text));
    expect(facts(await readBytes(gzipSync(parquet), { key: KEY }))).toEqual(facts(text));
  });

  it('may have columns that must have values, others that nobody knows, and them in any order', async () => {
    const names = ['region', 'srcaddr', 'day', 'dstaddr', 'srcport', 'start', 'end', 'action'];
    const lines = [names.join(' '), 'us-east-1 10.0.0.1 01 10.0.0.2 50 1793534400 1793534460 ACCEPT'];
    const { records } = await readBytes(flowParquet(lines, { required: true }));
    expect(records[0]).toMatchObject({
      region: 'us-east-1',
      source: '10.0.0.1',
      sourcePort: 50,
      destinationPort: 0,
      action: 'ACCEPT',
      interfaceId: '',
      version: 4,
    });
  });

  it('know their version by all columns, also by those that nobody reads', async () => {
    const { records } = await readBytes(flowParquet(LINES), { key: KEY });
    expect(records[0]).toMatchObject({ version: 7 });
  });

  it('pass over windows without data, and rows with numbers that are none', async () => {
    const lines = (over: Record<string, string>) =>
      HEADER.split(' ')
        .map((name, column) => over[name] ?? rows[1]!.split(' ')[column]!)
        .join(' ');
    const { skipped, unreadable, records } = await readBytes(
      flowParquet([
        HEADER,
        lines({ 'log-status': 'NODATA', srcaddr: '-', srcport: '-', packets: '-' }),
        lines({ bytes: String(2n ** 62n) }),
        lines({ packets: '-3' }),
        lines({ srcaddr: '-' }),
        lines({}),
      ]),
      { key: KEY },
    );
    expect(skipped).toEqual(['nodata@1']);
    expect(unreadable).toEqual(['bad-number@2', 'bad-number@3']);
    expect(records).toHaveLength(2);
  });

  it('cannot bring fields or lines of their own into a row', async () => {
    const row = rows[1]!.replace('eni-0aa1', 'eni-0aa1\u0001x');
    const [record] = (await readBytes(flowParquet([HEADER, row]), { key: KEY })).records;
    expect(record).toMatchObject({ interfaceId: 'eni-0aa1?x', source: '10.0.1.1' });
  });

  it('may be empty', async () => {
    const { outcome } = await readBytes(flowParquet([HEADER]), { key: KEY });
    expect(outcome).toMatchObject({ status: 'read', records: 0, unreadable: 0 });
  });
});

describe('Parquet that is no flow log', () => {
  const other = parquetOf([
    { name: 'order_id', data: ['a'], type: 'STRING' },
    { name: 'amount', data: [1.5], type: 'DOUBLE' },
  ]);

  it('is passed over in a folder', async () => {
    const { outcome } = await readBytes(other, { key: 'tables/orders.parquet' });
    expect(outcome).toMatchObject({ status: 'skipped', reason: 'not-a-log', unreadable: 0 });
  });

  it.each([
    ['named', other, { key: 'orders.parquet', named: true }],
    ['lies where flow logs do', other, { key: KEY }],
    [
      'has columns of another type',
      parquetOf(
        ['srcaddr', 'dstaddr', 'start', 'end'].map((name) => ({
          name,
          data: [1.5],
          type: 'DOUBLE' as const,
        })),
      ),
      { key: KEY },
    ],
    ['is encrypted', Buffer.from('PAR1 and so on PARE'), { key: KEY }],
  ])('fails where it is %s', async (_name, bytes, given) => {
    const { outcome } = await readBytes(bytes, given);
    expect(outcome).toMatchObject({ status: 'failed', reason: 'unknown-format', damaged: true });
  });
});

describe('damaged Parquet', () => {
  const whole = flowParquet(LINES, { rowGroupSize: 300, codec: 'GZIP' });

  it.each([
    ['its first word alone', 'PAR1', 'truncated'],
    ['nothing between its words', 'PAR1\0\0\0\0PAR1', 'damaged-parquet'],
    ['a footer that is cut', whole.subarray(0, -20), 'truncated'],
    [
      'a footer longer than the file',
      Buffer.from('PAR1xxxx\xff\xff\xff\x00PAR1', 'latin1'),
      'damaged-parquet',
    ],
  ])('with %s fails', async (_name, bytes, reason) => {
    const { outcome } = await readBytes(bytes as Buffer, { key: KEY });
    expect(outcome).toMatchObject({ status: 'failed', reason, records: 0, unreadable: 1 });
  });

  it('gives the rows before the damage', async () => {
    const bytes = Buffer.from(whole);
    // The third row group of five.
    const half = Math.floor(bytes.length * 0.55);
    bytes.fill(0xa5, half, half + 400);
    const { outcome, records } = await readBytes(bytes, { key: KEY });
    expect(outcome).toMatchObject({ status: 'partly', damaged: true, reason: 'damaged-parquet' });
    expect(records.length % 300).toBe(0);
    expect(records.map((record) => ({ ...record, locator: '' }))).toEqual(
      facts(text).slice(0, records.length),
    );
  });

  it('never throws, and ends as an outcome, whatever byte is wrong', async () => {
    const small = flowParquet(LINES.slice(0, 40), { pageSize: 200, codec: 'SNAPPY' });
    await fc.assert(
      fc.asyncProperty(fc.nat(small.length - 1), fc.integer({ min: 1, max: 255 }), async (at, change) => {
        const bytes = Buffer.from(small);
        bytes[at] = bytes[at]! ^ change;
        const { outcome, unreadable } = await readBytes(bytes, { key: KEY });
        expect(['read', 'partly', 'failed']).toContain(outcome.status);
        expect(outcome.unreadable).toBe(unreadable.length);
      }),
      { numRuns: 300 },
    );
  });
});

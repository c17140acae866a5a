import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { objectFacts } from '../../src/records/object-key.ts';
import { albLine, s3Line } from './access-lines.ts';
import { readBytes } from './read-bytes.ts';

const NOON = Date.UTC(2026, 9, 5, 12);
const S3_KEY = 'logs/exports/2026-10-05-13-04-59-0A1B2C3D4E5F6071';
const S3_DAY_KEY = 'logs/111122223333/eu-west-1/exports/2026/10/05/2026-10-05-00-00-00-0A1B2C3D4E5F6071';
const ALB_KEY =
  'AWSLogs/111122223333/elasticloadbalancing/eu-west-1/2026/10/05/111122223333_elasticloadbalancing_eu-west-1_app.orders.50dc6c495c0c9188_20261005T1205Z_198.18.0.9_3axv6k1p.log.gz';

describe('keys of access logs', () => {
  it('says when S3 delivered', () => {
    expect(objectFacts(`s3://b/${S3_KEY}`, S3_KEY, 7)).toMatchObject({
      kind: 's3-access',
      account: '',
      deliveredMs: Date.UTC(2026, 9, 5, 13, 4, 59),
      dayMs: Date.UTC(2026, 9, 5),
    });
  });

  it('says whose bucket it was, and does not take a day for a delivery', () => {
    expect(objectFacts(`s3://b/${S3_DAY_KEY}`, S3_DAY_KEY, 7)).toMatchObject({
      kind: 's3-access',
      account: '111122223333',
      region: 'eu-west-1',
      deliveredMs: Number.NaN,
      dayMs: Date.UTC(2026, 9, 5),
    });
  });

  it('reads the key of a load balancer', () => {
    expect(objectFacts(`s3://b/${ALB_KEY}`, ALB_KEY, 7)).toMatchObject({
      kind: 'load-balancer',
      account: '111122223333',
      region: 'eu-west-1',
      deliveredMs: Date.UTC(2026, 9, 5, 12, 5),
    });
  });

  it.each([
    '2026-10-05-13-04-59',
    '2026-10-05-13-04-59-short',
    'a/2026-10-05-13-04-59-0A1B2C3D4E5F6071/b.txt',
  ])('takes %s for nothing', (key) => expect(objectFacts(key, key, 7).kind).toBe('unknown'));
});

describe('objects of access logs', () => {
  const s3 = [s3Line(), s3Line({ time: '05/Oct/2026:12:00:01 +0000', bucket: 'b'.repeat(63) })];
  const alb = [albLine(), albLine({ type: 'http', time: '2026-10-05T12:00:01.000000Z' })];

  it.each([
    ['S3, by its key', S3_KEY, s3.join('\n'), 's3-access', s3],
    ['S3, without a telling name', 'x/y.csv', `${s3.join('\n')}\n`, 's3-access', s3],
    ['S3, with ends of Windows', S3_KEY, `${s3.join('\r\n')}\r\n`, 's3-access', s3],
    ['a load balancer', ALB_KEY, gzipSync(`${alb.join('\n')}\n`), 'alb-access', alb],
    ['a load balancer, as a file', 'alb.log', `\ufeff${alb.join('\n')}\n`, 'alb-access', alb],
  ])('reads %s line by line, each at its own time', async (_name, key, bytes, format, lines) => {
    for (const chunks of [[100_000], [7, 61]]) {
      const { records, unreadable, outcome } = await readBytes(bytes, { key, chunks });
      expect(unreadable).toEqual([]);
      expect(outcome).toMatchObject({ status: 'read', format });
      expect(records.map((record) => record.message)).toEqual(lines);
      expect(records.map((record) => record.format)).toEqual([format, format]);
      expect(records.map((record) => Math.floor(Number(record.timeMs) / 1000))).toEqual([
        NOON / 1000,
        NOON / 1000 + 1,
      ]);
    }
  });

  it('gives account and region from the key, and the same identity whatever the key is', async () => {
    const here = await readBytes(gzipSync(alb.join('\n')), { key: ALB_KEY });
    const there = await readBytes(alb.join('\n'), { key: 'copy.log' });
    expect(here.records[0]).toMatchObject({ account: '111122223333', region: 'eu-west-1', ordinal: 1 });
    expect(there.records.map((record) => record.identity)).toEqual(
      here.records.map((record) => record.identity),
    );
  });

  it('tells what does not fit where AWS wrote all of it', async () => {
    const lines = [
      s3Line(),
      'not one of them',
      '',
      `  ${s3Line()}`,
      s3Line().slice(0, 90),
      albLine(),
      s3Line(),
    ];
    const { records, unreadable, outcome } = await readBytes(lines.join('\n'), { key: S3_KEY });
    expect(records.map((record) => record.ordinal)).toEqual([1, 7]);
    expect(unreadable).toEqual([2, 4, 5, 6].map((line) => `unknown-format@${line}`));
    expect(outcome.status).toBe('partly');
  });

  it('reads other lines as text where somebody else may have written them', async () => {
    const lines = [s3Line(), '2026-10-05T12:00:00.500Z a message', 'with a second line', s3Line(), albLine()];
    const { records, unreadable } = await readBytes(lines.join('\n'), { key: 'app.log' });
    expect(unreadable).toEqual([]);
    expect(records.map((record) => record.format ?? 'text')).toEqual([
      's3-access',
      'text',
      's3-access',
      'alb-access',
    ]);
    expect(records[1]!.message).toBe(lines.slice(1, 3).join('\n').slice(25));
  });

  it('sees them between the lines of an application, and behind the time of CloudWatch', async () => {
    const lines = [
      '2026-10-05T12:00:00.000Z started',
      `2026-10-05T12:00:07.000Z ${albLine()}`,
      s3Line(),
      'tail',
    ];
    const { records } = await readBytes(lines.join('\n'), { key: 'app.log' });
    expect(records.map((record) => record.format ?? 'text')).toEqual([
      'text',
      'alb-access',
      's3-access',
      'text',
    ]);
    expect(records[1]).toMatchObject({ timeMs: NOON + 7000, message: albLine() });
  });

  it('sees them in a payload of a log group, at the time that CloudWatch gives', async () => {
    const payload = {
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/access',
      logStream: 's',
      subscriptionFilters: [],
      logEvents: [s3Line(), albLine(), 'words'].map((message, index) => ({
        id: `e${index}`,
        timestamp: NOON + 60_000 + index,
        message,
      })),
    };
    const { records } = await readBytes(JSON.stringify(payload), { key: 'payload.json' });
    expect(records.map((record) => record.format ?? 'text')).toEqual(['s3-access', 'alb-access', 'text']);
    expect(records.map((record) => record.timeMs)).toEqual([0, 1, 2].map((more) => NOON + 60_000 + more));
  });

  it('reads other logs of load balancers as before', async () => {
    const nlb =
      'tls 2.0 2026-10-05T12:00:00 net/my-nlb/c6e77e28c25b2234 g3d4b5e8bb8464cd 1.2.3.4:5 6.7.8.9:10';
    const { records, outcome } = await readBytes(gzipSync(nlb), { key: ALB_KEY.replace('app.', 'net.') });
    expect(outcome).toMatchObject({ status: 'read', format: 'log-lines' });
    expect(records).toHaveLength(1);
  });

  it('passes over the file with which a load balancer tests its access', async () => {
    const key = 'AWSLogs/111122223333/ELBAccessLogTestFile';
    expect((await readBytes('Enable AccessLog for ELB: x', { key })).outcome.status).toBe('skipped');
  });
});

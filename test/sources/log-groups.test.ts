import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient } from '@aws-sdk/client-cloudwatch-logs';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../../src/replay/run.ts';
import { password, signature } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { listLogGroup, MAX_TRIES, makeLogsClient, parseLogsUrl } from '../../src/sources/log-groups.ts';
import { type Listed, type ListFilters, NO_FILTERS, type SourceObject } from '../../src/sources/source.ts';
import { LOCAL_CREDENTIALS } from '../handlers/local-s3.ts';
import {
  type LocalEvent,
  type LocalLogGroups,
  type LocalLogOptions,
  startLocalLogGroups,
} from './local-log-groups.ts';

/** Decoded once: that takes longer than most of these tests. */
const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

const START = Date.UTC(2026, 10, 20, 12);
const NOW = START + 86_400_000;

let home: string;
let server: LocalLogGroups | null = null;
beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'wiretrail-log-groups-'));
});
afterEach(async () => {
  await server?.close();
  server = null;
  rmSync(home, { recursive: true, force: true });
});

const numbered = (count: number, stream = 'web'): LocalEvent[] =>
  Array.from({ length: count }, (_, at) => ({ stream, timestamp: START + at, message: `request ${at}` }));

async function start(groups: Readonly<Record<string, readonly LocalEvent[]>>, options?: LocalLogOptions) {
  server = await startLocalLogGroups(groups, options);
  return new CloudWatchLogsClient({
    endpoint: server.endpointUrl,
    region: 'us-east-1',
    credentials: LOCAL_CREDENTIALS,
    maxAttempts: 1,
  });
}

interface Waits {
  readonly waited: number[];
  readonly options: { nowMs: number; wait(ms: number): Promise<void>; random(): number };
}
function countWaits(): Waits {
  const waited: number[] = [];
  const wait = async (ms: number) => void waited.push(ms);
  return { waited, options: { nowMs: NOW, wait, random: () => 1 } };
}

async function list(
  client: CloudWatchLogsClient,
  url: string,
  filters: Partial<ListFilters> = {},
  options = countWaits().options,
): Promise<Listed[]> {
  const all: Listed[] = [];
  for await (const listed of listLogGroup(client, url, { ...NO_FILTERS, ...filters }, options))
    all.push(listed);
  return all;
}

function onlyObject(listed: readonly Listed[]): SourceObject {
  expect(listed).toMatchObject([{ kind: 'object' }]);
  return (listed[0] as { object: SourceObject }).object;
}

interface Payload {
  readonly logGroup: string;
  readonly logStream: string;
  readonly owner: string;
  readonly logEvents: readonly {
    readonly id: string;
    readonly timestamp: number;
    readonly message: string;
  }[];
}
async function payloadsOf(object: SourceObject): Promise<Payload[]> {
  const chunks: Buffer[] = [];
  for await (const chunk of await object.open()) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Payload);
}
const messagesOf = (payloads: readonly Payload[]) =>
  payloads.flatMap(({ logEvents }) => logEvents.map(({ message }) => message));

describe('logs:/log/group', () => {
  it('is listed as one object, which says whose it is', async () => {
    const client = await start({ '/app/orders': numbered(1), '/app/orders-old': numbered(2) });
    const object = onlyObject(await list(client, 'logs:/app/orders'));
    expect(object).toMatchObject({
      name: 'logs:/app/orders',
      key: 'AWSLogs/111122223333/logs/us-east-1/%2Fapp%2Forders',
      sizeBytes: 4_711,
      version: '',
      named: true,
    });
    // Listing costs one request; no event is read before somebody opens the object.
    expect(server!.requests.map(({ operation }) => operation)).toEqual(['DescribeLogGroups']);
  });

  it('is read page by page to the end, whatever the pages are like', async () => {
    const events = [...numbered(50), ...numbered(7, 'worker')];
    const client = await start({ '/app/orders': events }, { pages: [3, 0, 1, 0, 0, 20] });
    const payloads = await payloadsOf(onlyObject(await list(client, 'logs:/app/orders')));
    expect(messagesOf(payloads.filter(({ logStream }) => logStream === 'web'))).toEqual(
      numbered(50).map(({ message }) => message),
    );
    expect(messagesOf(payloads.filter(({ logStream }) => logStream === 'worker'))).toHaveLength(7);
    expect(payloads[0]).toMatchObject({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/app/orders',
    });
    expect(payloads[0]!.logEvents[0]).toEqual({ id: '0'.repeat(56), timestamp: START, message: 'request 0' });
  });

  it('keeps equal messages of one millisecond in one payload, where a page ends between them', async () => {
    const same = { stream: 'web', timestamp: START, message: 'again' };
    const client = await start({ '/app/orders': [same, same, same, ...numbered(5)] }, { pages: [2] });
    const payloads = await payloadsOf(onlyObject(await list(client, 'logs:/app/orders')));
    const holding = payloads.filter((payload) => messagesOf([payload]).includes('again'));
    expect(holding).toHaveLength(1);
    expect(messagesOf(holding).filter((message) => message === 'again')).toHaveLength(3);
  });

  it('asks for the range of time alone, whose end does not belong to it, and never past now', async () => {
    const client = await start({ '/app/orders': numbered(10) });
    const filters = { fromMs: START + 2, toMs: START + 5 };
    const object = onlyObject(await list(client, 'logs:/app/orders', filters));
    expect(object.sizeBytes).toBeNull();
    expect(messagesOf(await payloadsOf(object))).toEqual(['request 2', 'request 3', 'request 4']);
    const whole = onlyObject(await list(client, 'logs:/app/orders'));
    await payloadsOf(whole);
    expect(server!.requests.at(-1)!.input).toMatchObject({ startTime: 0, endTime: NOW });
    const later = onlyObject(await list(client, 'logs:/app/orders', { fromMs: NOW + 1, toMs: Infinity }));
    const before = server!.requests.length;
    expect(await payloadsOf(later)).toEqual([]);
    expect(server!.requests).toHaveLength(before);
  });

  it('may be empty', async () => {
    const client = await start({ '/app/orders': [] });
    expect(await payloadsOf(onlyObject(await list(client, 'logs:/app/orders')))).toEqual([]);
  });

  it('waits longer and longer while it is throttled, and then goes on where it was', async () => {
    const client = await start({ '/app/orders': numbered(6) }, { pages: [2] });
    const { waited, options } = countWaits();
    const object = onlyObject(await list(client, 'logs:/app/orders', {}, options));
    const throttled = { status: 400, type: 'ThrottlingException' };
    server!.refuse(throttled, throttled, { status: 503, type: 'ServiceUnavailableException' });
    expect(messagesOf(await payloadsOf(object))).toEqual(numbered(6).map(({ message }) => message));
    expect(waited).toEqual([500, 1_000, 2_000]);
  });

  it('gives up after so many tries, waiting at most 20 seconds, and says why', async () => {
    const client = await start({ '/app/orders': numbered(1) });
    const { waited, options } = countWaits();
    const object = onlyObject(await list(client, 'logs:/app/orders', {}, options));
    server!.refuse(
      ...Array.from({ length: MAX_TRIES }, () => ({ status: 400, type: 'ThrottlingException' })),
    );
    await expect(payloadsOf(object)).rejects.toMatchObject({ code: 'throttled', where: 'logs:/app/orders' });
    expect(waited).toHaveLength(MAX_TRIES - 1);
    expect(Math.max(...waited)).toBe(20_000);
  });

  it('does not turn in a circle when a page is offered again', async () => {
    const client = await start({ '/app/orders': numbered(1) }, { stuck: true });
    const object = onlyObject(await list(client, 'logs:/app/orders'));
    await expect(payloadsOf(object)).rejects.toMatchObject({ code: 'read-failed' });
    expect(server!.requests.length).toBeLessThan(5);
  });
});

describe('what cannot be listed', () => {
  it.each(['logs:', 'logs:not a group', `logs:/${'x'.repeat(512)}`])(
    'is no name of a group: %s',
    async (url) => {
      const client = await start({});
      expect(await list(client, url)).toMatchObject([
        { kind: 'failed', failed: { name: url, code: 'bad-log-group' } },
      ]);
      expect(server!.requests).toEqual([]);
    },
  );

  it('is not there, though others begin with its name', async () => {
    const client = await start({ '/app/orders-old': [] });
    const [entry] = await list(client, 'logs:/app/orders');
    expect(entry).toMatchObject({ kind: 'failed', failed: { code: 'no-such-log-group' } });
    expect(JSON.stringify(entry)).toContain('AWS_REGION');
  });

  it.each([
    ['AccessDeniedException', 400, 'access-denied', 'logs:DescribeLogGroups'],
    ['UnrecognizedClientException', 400, 'access-denied', 'logs:DescribeLogGroups'],
    ['InvalidOperationException', 400, 'read-failed', 'Infrequent Access'],
  ])('is refused: %s', async (type, status, code, hint) => {
    const client = await start({ '/app/orders': [] });
    server!.refuse({ status, type });
    const [entry] = await list(client, 'logs:/app/orders');
    expect(entry).toMatchObject({ kind: 'failed', failed: { code } });
    expect(JSON.stringify(entry)).toContain(hint);
  });

  it('is not reached', async () => {
    const client = await start({});
    await server!.close();
    expect(await list(client, 'logs:/app/orders')).toMatchObject([
      { kind: 'failed', failed: { code: 'unreachable' } },
    ]);
  });

  it('fails the reading when it goes away between two pages', async () => {
    const client = await start({ '/app/orders': numbered(4) }, { pages: [2] });
    const chunks = await onlyObject(await list(client, 'logs:/app/orders')).open();
    const read = async () => {
      for await (const _ of chunks) server!.refuse({ status: 400, type: 'ResourceNotFoundException' });
    };
    await expect(read()).rejects.toMatchObject({ code: 'no-such-log-group', where: 'logs:/app/orders' });
  });
});

describe('names', () => {
  it('are taken as they are typed', () => {
    expect(parseLogsUrl('logs:/aws/lambda/orders')).toBe('/aws/lambda/orders');
    expect(parseLogsUrl('LOGS:plain_group.1#a')).toBe('plain_group.1#a');
    expect(parseLogsUrl('s3://bucket')).toBeNull();
  });
});

describe('replay', () => {
  const random = createRandom('log-groups');
  const host = 'db.internal.example.com';
  const secret = password(random);
  const request = (signed: string) =>
    `GET /orders Authorization: AWS4-HMAC-SHA256 Credential=${'AKIA'}${'IOSFODNN7'}ABCDEFG/20261120/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${signed}`;
  const signed = signature(random);
  const events: LocalEvent[] = [
    ...numbered(40),
    ...numbered(40, 'worker'),
    {
      stream: 'web',
      timestamp: START + 5,
      message: `connecting to postgres://orders:${secret}@${host}/orders`,
    },
    {
      stream: 'web',
      timestamp: START + 5,
      message: `connecting to postgres://orders:${secret}@${host}/orders`,
    },
    { stream: 'worker', timestamp: START + 9, message: 'POST http://dynamodb.us-east-1.amazonaws.com/ 200' },
    { stream: 'web', timestamp: START + 20, message: request(signed) },
    { stream: 'worker', timestamp: START + 7_200_000, message: request(signed) },
  ];

  const run = (inputs: readonly string[], options: Partial<ReplayOptions> = {}): Promise<ReplayResult> =>
    replay({
      inputs,
      fingerprintKey: Buffer.from('a key for tests, not a secret'),
      awsRanges,
      settings: DEFAULT_SETTINGS,
      now: () => NOW,
      ...options,
    });

  const local = (options: Partial<ReplayOptions> = {}): Promise<ReplayResult> => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', LOCAL_CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', LOCAL_CREDENTIALS.secretAccessKey);
    return run(['logs:/app/orders'], { endpointUrl: server!.endpointUrl, ...options });
  };

  /** The same events as Firehose or a function would have saved what a subscription delivers. */
  function delivered(): string {
    const folder = path.join(home, 'AWSLogs/111122223333/logs/us-east-1');
    mkdirSync(folder, { recursive: true });
    const payloads = ['web', 'worker'].map((stream) => ({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/app/orders',
      logStream: stream,
      subscriptionFilters: ['all'],
      logEvents: events
        .map((event, at) => ({ ...event, id: String(at).padStart(56, '0') }))
        .filter((event) => event.stream === stream)
        .map(({ id, timestamp, message }) => ({ id, timestamp, message })),
    }));
    const file = path.join(folder, 'payloads.gz');
    writeFileSync(file, gzipSync(payloads.map((payload) => JSON.stringify(payload)).join('')));
    return home;
  }

  it('finds what it finds in what a subscription delivered, however the pages are cut', async () => {
    const fromFile = await run([delivered()]);
    expect(new Set(fromFile.findings.map(({ rule }) => rule.family))).toEqual(new Set(['SEC', 'TLS']));
    for (const pages of [[10_000], [1], [7, 0, 3]]) {
      await server?.close();
      await start({ '/app/orders': events }, { pages });
      const direct = await local();
      expect(direct.findings).toEqual(fromFile.findings);
      expect(direct.summary.records).toEqual(fromFile.summary.records);
      expect(direct.summary.identities).toEqual({ objects: true, records: true, findings: true });
      expect(direct.summary.objects).toMatchObject({ listed: 1, read: 1 });
    }
  });

  it('finds the same in an export of a stream, which does not say what its group is called', async () => {
    const own = events.filter(({ stream }) => stream === 'web');
    const folder = path.join(home, 'exports/11111111-2222-4333-8444-555555555555/web');
    mkdirSync(folder, { recursive: true });
    const lines = own.map(({ timestamp, message }) => `${new Date(timestamp).toISOString()} ${message}\n`);
    writeFileSync(path.join(folder, '000000.gz'), gzipSync(lines.join('')));
    await start({ '/app/orders': own });
    const facts = ({ rule, severity, count, firstSeen, lastSeen }: Finding) =>
      [rule.id, severity, count, firstSeen, lastSeen].join(' ');
    const exported = await run([path.join(home, 'exports')]);
    const direct = await local();
    expect(direct.findings.length).toBeGreaterThan(1);
    expect(direct.findings.map(facts).sort()).toEqual(exported.findings.map(facts).sort());
    expect(direct.summary.records.lines).toBe(exported.summary.records.lines);
  });

  it('counts every event once, also when a state has read the group before', async () => {
    await start({ '/app/orders': events }, { pages: [9] });
    const statePath = path.join(home, 'state');
    const first = await local({ statePath });
    const second = await local({ statePath });
    expect(first.summary.records.judged).toBe(events.length);
    expect(second.summary.records).toMatchObject({ judged: 0, duplicates: events.length });
    expect(second.findings.map(({ id }) => id)).toEqual(first.findings.map(({ id }) => id));
  });

  it('leaves a group of another region or account unread', async () => {
    await start({ '/app/orders': events });
    const { summary } = await local({ regions: ['eu-west-1'] });
    expect(summary.objects).toMatchObject({ listed: 1, read: 0, skipped: { 'outside-region': 1 } });
    expect(server!.requests.map(({ operation }) => operation)).toEqual(['DescribeLogGroups']);
  });

  it('tells a group that is not there as a failure, and reads the others', async () => {
    await start({ '/app/orders': events });
    const { summary } = await local({ inputs: ['logs:/app/none', 'logs:/app/orders'] });
    expect(summary.objects).toMatchObject({ listed: 2, read: 1, failed: { 'no-such-log-group': 1 } });
    expect(summary.problems[0]).toMatchObject({ where: 'logs:/app/none', code: 'no-such-log-group' });
  });
});

describe('the client', () => {
  it('counts no tries of its own: the source does, and waits between them', async () => {
    expect(await makeLogsClient('http://127.0.0.1:1').config.maxAttempts()).toBe(1);
    expect(await makeLogsClient(null).config.maxAttempts()).toBe(1);
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { ListObjectsV2Command, type ListObjectsV2CommandOutput, S3Client } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { listSources } from '../../src/sources/list.ts';
import { listS3, makeS3Client, openS3Version, parseS3Url, restoreCommand } from '../../src/sources/s3.ts';
import { type Listed, type ListFilters, NO_FILTERS, type SourceObject } from '../../src/sources/source.ts';
import { LOCAL_CREDENTIALS, type LocalS3, startLocalS3 } from '../handlers/local-s3.ts';

const trail = (day: string, account = '111122223333', region = 'us-east-1') =>
  `AWSLogs/${account}/CloudTrail/${region}/${day}/${account}_CloudTrail_${region}_${day.replaceAll('/', '')}T1200Z_a.json.gz`;
const flows = (day: string) => {
  const [year, month, date] = day.split('/');
  return `AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=${year}/month=${month}/day=${date}/f.log.gz`;
};

const KEYS = [
  'AWSLogs/o-abcd1234/111122223333/CloudTrail/us-east-1/2026/11/02/org.json.gz',
  trail('2026/10/01'),
  trail('2026/11/01'),
  trail('2026/11/02'),
  trail('2026/11/09'),
  trail('2026/11/02', '111122223333', 'eu-west-1'),
  trail('2026/11/02', '999999999999'),
  flows('2026/11/02'),
  flows('2025/11/02'),
  'zone/a+b c.log',
];

let s3: LocalS3;
beforeAll(async () => {
  s3 = await startLocalS3('archive', 'many', 'vacant');
  for (const key of KEYS) await s3.put('archive', key, Buffer.from(`content of ${key}`));
});
afterAll(() => s3.close());

async function list(url: string, filters: Partial<ListFilters> = {}, client = s3.client): Promise<Listed[]> {
  const all: Listed[] = [];
  for await (const listed of listS3(client, url, { ...NO_FILTERS, ...filters })) all.push(listed);
  return all;
}

const objectsOf = (listed: readonly Listed[]): SourceObject[] =>
  listed.flatMap((entry) => (entry.kind === 'object' ? [entry.object] : []));
const keysOf = (listed: readonly Listed[]) => objectsOf(listed).map((object) => object.key);

async function contentOf(object: SourceObject): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await object.open()) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

describe('an object that stalls while it is read', () => {
  it('fails, instead of holding up the rest', async () => {
    const server = createServer((_request, response) => {
      response.writeHead(200, { 'content-length': '1000', etag: '"e"' });
      response.write('the first bytes');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AWS_ACCESS_KEY_ID', LOCAL_CREDENTIALS.accessKeyId);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', LOCAL_CREDENTIALS.secretAccessKey);
    const client = makeS3Client(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 50);
    try {
      const { body } = await openS3Version(client, 'archive', 'a.json.gz', null);
      const read: Buffer[] = [];
      const reading = (async () => {
        for await (const piece of body) read.push(piece);
      })();
      await expect(reading).rejects.toThrow();
      expect(Buffer.concat(read).toString()).toBe('the first bytes');
    } finally {
      vi.unstubAllEnvs();
      client.destroy();
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('s3:// listing', () => {
  it('lists everything under a prefix in key order, and streams what is opened', async () => {
    const listed = await list('s3://archive');
    expect(keysOf(listed)).toEqual([...KEYS].sort());
    const object = objectsOf(listed).find(({ key }) => key === 'zone/a+b c.log')!;
    expect(object).toMatchObject({ name: 's3://archive/zone/a+b c.log', sizeBytes: 25, named: false });
    expect(object.version).toMatch(/^[0-9a-f]{32}$/);
    expect(object.modifiedMs).toBeGreaterThan(Date.UTC(2020, 0));
    expect(await contentOf(object)).toBe('content of zone/a+b c.log');
    expect(keysOf(await list('s3://archive/zone/'))).toEqual(['zone/a+b c.log']);
    expect(keysOf(await list('s3://archive/AWSLogs/1'))).toHaveLength(5);
  });

  it('never lists what account, region and days rule out', async () => {
    const prefixes: string[] = [];
    const client = new S3Client({
      endpoint: s3.endpointUrl,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: LOCAL_CREDENTIALS,
    });
    client.middlewareStack.add(
      (next) => (given) => {
        prefixes.push((given.input as { Prefix?: string }).Prefix ?? '');
        return next(given);
      },
      { step: 'initialize' },
    );
    const filters = {
      fromMs: Date.UTC(2026, 10, 2),
      toMs: Date.UTC(2026, 10, 3),
      accounts: ['111122223333'],
      regions: ['us-east-1'],
    };
    const listed = await list('s3://archive', filters, client);
    // The day before is listed too: its files may hold the first records of the day that is wanted.
    expect(keysOf(listed)).toEqual(
      ['zone/a+b c.log', KEYS[0]!, trail('2026/11/01'), trail('2026/11/02'), flows('2026/11/02')].sort(),
    );
    expect(prefixes).toContain('AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/02/');
    for (const pruned of [
      'AWSLogs/999999999999/',
      'AWSLogs/111122223333/CloudTrail/eu-west-1/',
      'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/',
    ]) {
      expect(prefixes.filter((prefix) => prefix.startsWith(pruned))).toEqual([]);
    }
    expect(prefixes.filter((prefix) => prefix.includes('year=2025'))).toEqual([]);
    client.destroy();
  });

  it('finds the same with filters that rule nothing out', async () => {
    expect(keysOf(await list('s3://archive', { fromMs: Date.UTC(2000, 0) }))).toEqual([...KEYS].sort());
  });

  it('goes through every page', async () => {
    for (let i = 0; i < 25; i++)
      await s3.put(
        'many',
        `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/${String(i + 1).padStart(2, '0')}/a.json`,
        Buffer.from('{}'),
      );
    const client = withListing((_input, output) => output, 7);
    expect(keysOf(await list('s3://many', {}, client))).toHaveLength(25);
    expect(keysOf(await list('s3://many', { regions: ['us-east-1'] }, client))).toHaveLength(25);
    client.destroy();
  });

  it('skips archived objects with the command that restores them, unless they are restored', async () => {
    const classes: Record<string, object> = {
      [trail('2026/10/01')]: { StorageClass: 'GLACIER' },
      [trail('2026/11/01')]: { StorageClass: 'DEEP_ARCHIVE', RestoreStatus: { IsRestoreInProgress: true } },
      [trail('2026/11/02')]: {
        StorageClass: 'GLACIER',
        RestoreStatus: { IsRestoreInProgress: false, RestoreExpiryDate: new Date() },
      },
      [trail('2026/11/09')]: { StorageClass: 'GLACIER_IR' },
    };
    const client = withListing((_input, output) => ({
      ...output,
      Contents: (output.Contents ?? []).map((item) => ({ ...item, ...classes[item.Key ?? ''] })),
    }));
    const listed = await list('s3://archive/AWSLogs/111122223333/CloudTrail/us-east-1/', {}, client);
    const skipped = listed.flatMap((entry) => (entry.kind === 'skipped' ? [entry.skipped] : []));
    expect(skipped.map(({ key, reason }) => `${reason} ${key}`)).toEqual([
      `archived-storage-class ${trail('2026/10/01')}`,
      `archived-storage-class ${trail('2026/11/01')}`,
    ]);
    expect(skipped[0]!.hint).toContain(
      `aws s3api restore-object --bucket 'archive' --key '${trail('2026/10/01')}' --restore-request 'Days=7,GlacierJobParameters={Tier=Bulk}'`,
    );
    expect(keysOf(listed)).toEqual([trail('2026/11/02'), trail('2026/11/09')]);
    client.destroy();
  });

  it('skips the markers of empty folders', async () => {
    await s3.put('many', 'folder/', Buffer.alloc(0));
    const listed = await list('s3://many/folder/');
    expect(listed).toMatchObject([
      { kind: 'skipped', skipped: { reason: 'empty-folder-marker', key: 'folder/' } },
    ]);
  });

  it.each([
    ['a bucket that is missing', 's3://not-there-at-all', 'no-such-bucket'],
    ['a prefix that nothing has', 's3://vacant/logs', 'no-match'],
    ['what is no bucket name', 's3://A_B/x', 'bad-s3-url'],
    ['no bucket', 's3://', 'bad-s3-url'],
  ])('lists %s as failed, with what to do', async (_name, url, code) => {
    const listed = await list(url);
    expect(listed).toMatchObject([{ kind: 'failed', failed: { name: url, code } }]);
    expect(listed[0]!.kind === 'failed' && listed[0]!.failed.hint).not.toBe('');
  });

  it('is what listSources does with s3:// inputs', async () => {
    const deps = { stdin: Readable.from([]), nowMs: 0, endpointUrl: null, s3: s3.client };
    const all: Listed[] = [];
    for await (const listed of listSources(
      ['s3://archive/zone/', 's3://not-there-at-all', 's3://archive/zone/'],
      NO_FILTERS,
      deps,
    ))
      all.push(listed);
    expect(all.map((entry) => entry.kind)).toEqual(['object', 'failed', 'object']);
  });
});

describe('errors of S3', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function answering(
    answer: (url: string) => { status: number; code: string } | { body: string; length: number },
  ): Promise<S3Client> {
    server = createServer((request, response) => {
      const given = answer(request.url ?? '');
      if ('status' in given) {
        response.writeHead(given.status, { 'content-type': 'application/xml' });
        response.end(
          `<?xml version="1.0"?><Error><Code>${given.code}</Code><Message>words of the server</Message></Error>`,
        );
        return;
      }
      response.writeHead(200, { 'content-length': given.length });
      response.write(given.body);
      setImmediate(() => response.destroy());
    });
    await new Promise<void>((resolve) => server!.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    return new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    });
  }

  it.each([
    [403, 'AccessDenied', 'access-denied', 's3:ListBucket'],
    [404, 'NoSuchBucket', 'no-such-bucket', 'account'],
    [400, 'ExpiredToken', 'no-credentials', 'sign in'],
    [503, 'SlowDown', 'read-failed', 'again'],
  ])('tells %i %s when it lists', async (status, code, expected, hint) => {
    const client = await answering(() => ({ status, code }));
    const listed = await list('s3://archive/x', {}, client);
    expect(listed).toMatchObject([
      { kind: 'failed', failed: { code: expected, hint: expect.stringContaining(hint) } },
    ]);
    expect(JSON.stringify(listed)).not.toContain('words of the server');
  });

  it.each([
    [403, 'AccessDenied', 'access-denied', 's3:GetObject'],
    [404, 'NoSuchKey', 'not-found', 'run again'],
    [
      403,
      'InvalidObjectState',
      'archived-storage-class',
      "restore-object --bucket 'archive' --key 'zone/a+b c.log' --restore-request 'GlacierJobParameters={Tier=Bulk}'",
    ],
  ])('tells %i %s when it opens', async (status, code, expected, hint) => {
    const client = await answering((url) =>
      url.includes('list-type') ? { status: 500, code: 'unused' } : { status, code },
    );
    const object = { ...objectsOf(await list('s3://archive/zone/'))[0]! };
    const direct = objectsOf(await listedBy(client))[0]!;
    expect(direct.key).toBe(object.key);
    await expect(direct.open()).rejects.toMatchObject({
      code: expected,
      where: 's3://archive/zone/a+b c.log',
      hint: expect.stringContaining(hint),
    });
  });

  it('tells a connection that breaks in the middle of an object', async () => {
    const client = await answering(() => ({ body: 'the first bytes', length: 1000 }));
    const object = objectsOf(await listedBy(client))[0]!;
    await expect(contentOf(object)).rejects.toMatchObject({ code: 'unreachable', where: object.name });
  });

  it('tells a server that is not there', async () => {
    const client = new S3Client({
      endpoint: 'http://127.0.0.1:1',
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: LOCAL_CREDENTIALS,
      maxAttempts: 1,
    });
    expect(await list('s3://archive', {}, client)).toMatchObject([
      { kind: 'failed', failed: { code: 'unreachable' } },
    ]);
  });
});

describe('makeS3Client', () => {
  it.each([
    ['http://127.0.0.1:4566', true],
    ['http://[::1]:4566', true],
    ['http://localhost:9000', true],
    ['https://s3.example.com', false],
  ])('addresses buckets at %s as the host allows', (endpoint, pathStyle) => {
    expect(makeS3Client(endpoint).config.forcePathStyle).toBe(pathStyle);
  });

  it('refuses what is no URL', () => {
    expect(() => makeS3Client('not a url')).toThrow(expect.objectContaining({ code: 'bad-endpoint' }));
  });
});

describe('parseS3Url and restoreCommand', () => {
  it('splits bucket and prefix', () => {
    expect(parseS3Url('s3://my.bucket-1/a/b c')).toEqual({ bucket: 'my.bucket-1', prefix: 'a/b c' });
    expect(parseS3Url('S3://bucket')).toEqual({ bucket: 'bucket', prefix: '' });
    expect(parseS3Url('s3:/bucket')).toBeNull();
  });

  it('quotes a key that a shell would take apart', () => {
    expect(restoreCommand('b', "it's $(here)", 'GLACIER')).toContain(`--key 'it'\\''s $(here)'`);
  });
});

/** A client of the local S3 whose listings are changed on their way, in pages of `pageSize`. */
function withListing(
  change: (input: object, output: ListObjectsV2CommandOutput) => object,
  pageSize = 1000,
): S3Client {
  const client = new S3Client({
    endpoint: s3.endpointUrl,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: LOCAL_CREDENTIALS,
  });
  client.middlewareStack.add(
    (next, context) => async (given) => {
      if (context.commandName !== ListObjectsV2Command.name) return next(given);
      const result = await next({ ...given, input: { ...given.input, MaxKeys: pageSize } });
      return {
        ...result,
        output: {
          ...result.output,
          ...change(given.input, result.output as unknown as ListObjectsV2CommandOutput),
        },
      };
    },
    { step: 'initialize' },
  );
  return client;
}

/** Lists zone/ from the local S3, so that what is listed is opened through the other client. */
async function listedBy(client: S3Client): Promise<Listed[]> {
  const send = client.send.bind(client) as (command: unknown) => Promise<unknown>;
  const both = Object.assign(Object.create(client) as S3Client, {
    send: (command: unknown) =>
      command instanceof ListObjectsV2Command ? s3.client.send(command) : send(command),
  });
  return list('s3://archive/zone/', {}, both);
}

import { readdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import { redact } from '../../src/live/redact.ts';
import {
  COUNTED,
  type Counted,
  createTelemetry,
  type Invocation,
  LAG_METRIC,
  METRIC_NAMESPACE,
} from '../../src/live/telemetry.ts';
import { password, secretAccessKey, sessionToken, signature } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';

const INVOCATION: Invocation = {
  awsRequestId: 'request-1',
  functionName: 'wiretrail-live-log-events',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:111122223333:function:wiretrail-live-log-events',
  memoryLimitInMB: '512',
};

let written: string;
beforeEach(() => {
  written = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
  vi.spyOn(process.stderr, 'write').mockImplementation((chunk) => {
    written += String(chunk);
    return true;
  });
});

function lines(): Record<string, unknown>[] {
  return written
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const metrics = (): Record<string, unknown>[] => lines().filter((line) => '_aws' in line);

describe('what a function says of itself', () => {
  it('is JSON lines with the service, the request and the facts', async () => {
    const telemetry = createTelemetry('wiretrail-live');
    await telemetry.invocation(INVOCATION, async () => {
      telemetry.info('objects were read', { objects: 3, late: false, first: 'AWSLogs/a.json.gz' });
      telemetry.warn('a key is busy', { key: 'a\u001b[2Jb\u202e' });
    });
    expect(lines()).toMatchObject([
      {
        level: 'INFO',
        message: 'objects were read',
        service: 'wiretrail-live',
        function_request_id: 'request-1',
        function_name: 'wiretrail-live-log-events',
        objects: 3,
        late: false,
        first: 'AWSLogs/a.json.gz',
      },
      { level: 'WARN', message: 'a key is busy', key: 'a\\x1b[2Jb\\u{202e}' },
    ]);
  });

  it('is one metrics line an invocation, in the embedded metric format', async () => {
    const telemetry = createTelemetry('wiretrail-live');
    await telemetry.invocation(INVOCATION, async () => {
      telemetry.count('records', 10);
      telemetry.count('records', 5);
      telemetry.count('state-conflicts', 2);
      telemetry.lag(1_500);
      telemetry.lag(-20);
    });
    const [line] = metrics();
    expect(metrics()).toHaveLength(1);
    expect(line).toMatchObject({
      service: 'wiretrail-live',
      function_name: 'wiretrail-live-log-events',
      Records: 15,
      StateConflicts: 2,
      Lag: [1_500, 0],
      _aws: { Timestamp: expect.any(Number) },
    });
    const { CloudWatchMetrics } = line!._aws as { CloudWatchMetrics: unknown };
    expect(CloudWatchMetrics).toEqual([
      {
        Namespace: 'wiretrail',
        Dimensions: [['service']],
        Metrics: expect.arrayContaining([
          { Name: 'Records', Unit: 'Count' },
          { Name: 'StateConflicts', Unit: 'Count' },
          { Name: 'Lag', Unit: 'Milliseconds' },
        ]),
      },
    ]);
    written = '';
    await telemetry.invocation(INVOCATION, async () => telemetry.count('duplicates', 1));
    expect(metrics()).toMatchObject([{ Duplicates: 1 }]);
    expect(metrics()[0]).not.toHaveProperty('Records');
  });

  it('is nothing where there was nothing', async () => {
    expect(await createTelemetry('s').invocation(INVOCATION, async () => 7)).toBe(7);
    expect(written).toBe('');
  });

  it('keeps more lags than one metrics line takes', async () => {
    const telemetry = createTelemetry('s');
    await telemetry.invocation(INVOCATION, async () => {
      for (let at = 0; at < 250; at++) telemetry.lag(at);
    });
    const told = metrics().flatMap((line) => line[LAG_METRIC] as number[]);
    expect(told).toEqual(Array.from({ length: 250 }, (_, at) => at));
  });

  it('can count everything that the alarms are made of', async () => {
    const telemetry = createTelemetry('s');
    await telemetry.invocation(INVOCATION, async () => {
      for (const what of Object.keys(COUNTED) as Counted[]) telemetry.count(what, 1);
    });
    for (const name of Object.values(COUNTED)) expect(metrics()[0]).toHaveProperty(name, 1);
    expect(new Set(Object.values(COUNTED)).size).toBe(Object.keys(COUNTED).length);
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html and deploy/watch.cjs
    expect(METRIC_NAMESPACE).toBe('wiretrail');
    const watch = readFileSync(new URL('../../deploy/watch.cjs', import.meta.url), 'utf8');
    expect(watch).toContain(`const NAMESPACE = '${METRIC_NAMESPACE}'`);
    const named = [...watch.matchAll(/\bown\('(\w+)'|\bmetric: '(\w+)'/g)].map(
      ([, own, metric]) => own ?? metric,
    );
    expect([...Object.values(COUNTED), LAG_METRIC]).toEqual(expect.arrayContaining(named));
  });
});

describe('what went wrong', () => {
  it('is told with code, place and what to do, and counted', async () => {
    const telemetry = createTelemetry('s');
    const told = telemetry.problem(
      new WiretrailError('E_CONFIG', 'a/b', 'is wrong', 'Mend it.'),
      'elsewhere',
    );
    expect(told).toEqual({ where: 'a/b', code: 'E_CONFIG', message: 'a/b: is wrong', hint: 'Mend it.' });
    expect(lines()).toMatchObject([
      { level: 'ERROR', message: 'a/b: is wrong', code: 'E_CONFIG', where: 'a/b', hint: 'Mend it.' },
    ]);
    await telemetry.invocation(INVOCATION, async () => undefined);
    expect(metrics()).toMatchObject([{ Problems: 1 }]);
    expect(metrics()[0]).not.toHaveProperty('StateNewer');
  });

  it('counts state of a newer version by itself: somebody must look', async () => {
    const telemetry = createTelemetry('s');
    await telemetry.invocation(INVOCATION, async () => {
      telemetry.problem(new WiretrailError('E_STATE_NEWER', 'a', 'b', 'c'), '');
    });
    expect(metrics()).toMatchObject([{ Problems: 1, StateNewer: 1 }]);
  });

  it('is thrown on without what an error of somebody else says, and the metrics are still written', async () => {
    const telemetry = createTelemetry('s');
    const secret = `${password(createRandom('p'))} and a line of a log`;
    const cause = new TypeError(`${secret}\n    at ${secret} (file:///x.js:1:2)`);
    const error = await telemetry
      .invocation(INVOCATION, async () => {
        telemetry.count('records', 1);
        throw cause;
      })
      .catch((caught: unknown) => caught as Error);
    expect(error).toMatchObject({ name: 'E_UNEXPECTED', message: 'TypeError' });
    expect((error as Error).stack).not.toContain('line of a log');
    expect((error as Error).cause).toBeUndefined();
    expect(written).not.toContain('line of a log');
    expect(lines()[0]).toMatchObject({
      code: 'E_UNEXPECTED',
      where: 'wiretrail-live-log-events',
      hint: expect.stringMatching(/Please report it: {4}at .*telemetry\.test\.ts:\d+:\d+/),
    });
    expect(metrics()).toMatchObject([{ Records: 1, Problems: 1 }]);
  });

  it.each([
    ['a text', 'secret text'],
    ['nothing', undefined],
    ['an error whose name is a text', Object.assign(new Error('m'), { name: 'log line: x' })],
    [
      'an error whose message was changed',
      Object.assign(new Error('secret text\n    at a:1:2'), { message: 'm' }),
    ],
    ['an error without a message', new Error()],
  ])('is told of %s without its text', (_name, thrown) => {
    const told = createTelemetry('s').problem(thrown, 'here');
    expect(told).toMatchObject({ where: 'here', code: 'E_UNEXPECTED', message: 'Error' });
    expect(written).not.toMatch(/secret text|log line/);
  });
});

describe('the redactor', () => {
  const random = createRandom('redactor');
  const words = ['Pass', 'word'].join('');
  const jwt = ['eyJhbGciOiJIUzI1NiJ9', 'eyJzdWIiOiIxMjM0NTY3ODkwIn0', 'dBjftJeZ4CVPmB92K27uhbUJU1p1'].join(
    '.',
  );
  const secret = secretAccessKey(random);
  const token = sessionToken(random);
  const sign = signature(random);
  const word = password(random).replace(/[\s"'&,;(){}[\]@/:]/g, 'x');
  const hook = `T0001/B0001/${'x'.repeat(24)}`;

  it.each([
    ['a secret access key', secret, `key ${secret} end`],
    ['a signature', sign, `Signature=${sign}`],
    ['a bare signature', sign, `it was ${sign}.`],
    ['a session token', token, `X-Amz-Security-Token=${token}&x=1`],
    ['a bare session token', token, `it was "${token}"`],
    ['a password', word, `${words}=${word};Server=a`],
    ['a password in JSON', word, `{"${words.toLowerCase()}": "${word}"}`],
    ['a password in a URL', word, `postgres://app:${word}@db.example.com/x`],
    ['an authorization header', word, `authorization: Basic ${word}`],
    ['a bearer token', jwt, `it was ${jwt} here`],
    ['a webhook', hook, `https://hooks.slack.com/services/${hook}`],
    ['a Slack token', 'abcdefghij', `xox${'b'}-1234567890-abcdefghij`],
    ['a GitHub token', 'q7'.repeat(18), `gh${'p'}_${'q7'.repeat(18)}`],
    ['a private key', 'MIIEvQ', `-----BEGIN PRI${'VATE'} KEY-----\nMIIEvQ\nmore`],
  ])('masks %s', (_name, told, text) => {
    expect(text).toContain(told);
    expect(redact(text)).not.toContain(told);
    expect(redact(text)).toContain('[masked]');
  });

  it.each([
    's3://trail-logs/AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-central-1/2026/11/21/111122223333_CloudTrail_eu-central-1_20261121T1200Z_AbCdEfGhIjKlMnOp.json.gz: is truncated',
    'arn:aws:secretsmanager:eu-west-1:111122223333:secret:wiretrail-key-a1B2c3: does not exist',
    'table wiretrail-live-StateTable-1ABCDEFGH2IJK: is throttled: answered ThrottlingException 6 times',
    'state item "summary|signature-sightings|1790000000000 / 0123456789abcdef": has 70000 bytes',
    'message 059f36b4-87a3-44ab-83d2-661975830a7d: unknown input',
    'environment: WIRETRAIL_FINGERPRINT_SECRET is missing',
    '/var/task/dist/handlers/archive-objects.mjs:12:345',
  ])('leaves what is needed to find it: %s', (text) => {
    expect(redact(text)).toBe(text);
  });

  it('is quick whatever it is given, and bounds it', () => {
    const hostile = ['eyJ-', 'a://b:', '-----BEGIN', 'token:', 'authorization:', 'A1a/'].map((piece) =>
      piece.repeat(1_000_000 / piece.length),
    );
    const start = performance.now();
    for (const text of hostile) expect(redact(text).length).toBeLessThanOrEqual(2_000);
    expect(performance.now() - start).toBeLessThan(1_000);
  });
});

describe('what is counted', () => {
  it.each(Object.keys(COUNTED))('%s is, somewhere: an alarm on what nobody counts says nothing', (name) => {
    const folder = new URL('../../src/live/', import.meta.url);
    const code = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    expect(code.some((text) => new RegExp(`count\\(\\s*'${name}',`).test(text))).toBe(true);
  });
});

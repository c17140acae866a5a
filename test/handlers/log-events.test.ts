// Payloads of subscriptions as CloudWatch Logs sends them.

import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { logEventsHandler } from '../../src/live/log-events.ts';
import { accessKeyId, secretAccessKey } from '../../src/simulate/credentials.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { PLAIN_TAIL, s3Line } from '../records/access-lines.ts';
import { criLines, DOCKER_BYTES } from '../records/cut-lines.ts';
import { trailRecord } from '../records/trail-records.ts';
import { type LocalMonitor, metric, OWN_FUNCTION, problems, startLocalMonitor } from './local-monitor.ts';

const PLAIN_HTTP = 'Starting new HTTP connection (1): dynamodb.us-east-1.amazonaws.com:80';
const NOW_MS = Date.now();

let monitor: LocalMonitor;
let handler: ReturnType<typeof logEventsHandler>;

beforeEach(async () => {
  monitor = await startLocalMonitor();
  handler = logEventsHandler(monitor.environment);
});
afterEach(() => monitor.close());

const invoke = (event: unknown) => handler(event, monitor.lambda);
const packed = (content: string | Buffer) => ({ awslogs: { data: gzipSync(content).toString('base64') } });

function payload(messages: readonly string[], over: object = {}): object {
  return packed(
    JSON.stringify({
      messageType: 'DATA_MESSAGE',
      owner: '111122223333',
      logGroup: '/app/orders',
      logStream: 'i-0abc',
      subscriptionFilters: ['wiretrail'],
      logEvents: messages.map((message, at) => ({ id: `event-${at}`, timestamp: NOW_MS + at, message })),
      ...over,
    }),
  );
}

describe('log-events', () => {
  it('alerts on what a message says, with the group as its place', async () => {
    await invoke(payload(['started', PLAIN_HTTP]));
    const { findings } = await monitor.alerts();
    expect(findings).toMatchObject([
      {
        rule: { id: 'TLS-10' },
        account: '111122223333',
        region: 'us-east-1',
        entity: '/app/orders',
        evidence: [{ locator: '/app/orders/i-0abc/event-1' }],
      },
    ]);
    const lines = monitor.log();
    expect(metric(lines, 'Records')).toBe(2);
    expect(problems(lines)).toEqual([]);
  });

  it('counts a payload once, however often it comes', async () => {
    for (let time = 0; time < 3; time++) await invoke(payload([PLAIN_HTTP, PLAIN_HTTP]));
    // The same two messages in another payload, with one that is new.
    await invoke(payload([PLAIN_HTTP, PLAIN_HTTP, PLAIN_HTTP]));
    const { findings } = await monitor.alerts();
    expect(findings).toHaveLength(1);
    expect(findings[0]?.count).toBe(2);
  });

  it('reads CloudTrail and flow records that are delivered to a log group', async () => {
    const flow =
      '2 111122223333 eni-0123456789abcdef0 10.0.4.17 52.94.0.10 41022 80 6 9 4210 1793534700 1793534760 ACCEPT OK';
    await invoke(payload([flow], { logGroup: 'vpc-flow-logs' }));
    expect(metric(monitor.log(), 'Records')).toBe(1);
  });

  it('reads lines of access logs that somebody ships to a log group', async () => {
    await invoke(payload([s3Line({ key: 'prod/terraform.tfstate', tail: PLAIN_TAIL }), s3Line()]));
    const { findings } = await monitor.alerts();
    expect(findings).toMatchObject([
      { rule: { id: 'TLS-12' }, severity: 'HIGH', evidence: [{ locator: '/app/orders/i-0abc/event-0' }] },
    ]);
  });

  it('puts the pieces of a message together that a container runtime cut', async () => {
    const random = createRandom('cut');
    const [id, secret] = [accessKeyId('AKIA', '111122223333', random), secretAccessKey(random)];
    const text = JSON.stringify({
      note: 'x'.repeat(DOCKER_BYTES - 100),
      accessKeyId: id,
      secretAccessKey: secret,
    });
    await invoke(payload(['before', ...criLines([{ text }]).map(String)]));
    const { findings } = await monitor.alerts();
    expect(findings).toMatchObject([
      { rule: { id: 'SEC-01' }, evidence: [{ locator: '/app/orders/i-0abc/event-1' }] },
    ]);
    expect(metric(monitor.log(), 'Records')).toBe(3);
    expect(problems(monitor.log())).toEqual([]);
  });

  it('passes over the message that only asks whether it can be reached', async () => {
    const control = {
      messageType: 'CONTROL_MESSAGE',
      owner: 'CloudwatchLogs',
      logGroup: '',
      logStream: '',
      subscriptionFilters: [],
      logEvents: [
        { id: '', timestamp: NOW_MS, message: 'CWL CONTROL MESSAGE: Checking health of destination' },
      ],
    };
    await invoke(packed(JSON.stringify(control)));
    expect(monitor.log()).toEqual([]);
  });

  it('never judges its own log, and writes nothing about it', async () => {
    await invoke(payload([PLAIN_HTTP], { logGroup: `/aws/lambda/${OWN_FUNCTION}` }));
    expect(monitor.log()).toEqual([]);
    expect((await monitor.alerts()).findings).toEqual([]);
  });

  const ownCall = (eventID: string, over: object = {}): string =>
    JSON.stringify(
      trailRecord({
        eventID,
        eventName: 'GetItem',
        userIdentity: {
          type: 'AssumedRole',
          principalId: `AROAEXAMPLE:${OWN_FUNCTION}`,
          arn: `arn:aws:sts::111122223333:assumed-role/monitor/${OWN_FUNCTION}`,
          accountId: '111122223333',
          accessKeyId: 'ASIDEXAMPLE',
        },
        ...over,
      }),
    );

  it('makes no call about its own calls: each may be logged, and come here', async () => {
    await invoke(payload([PLAIN_HTTP]));
    monitor.log();
    const before = monitor.aws.calls.length;
    await invoke(payload([ownCall('a'), ownCall('b')], { logGroup: 'trail' }));
    expect(monitor.aws.calls.slice(before)).toEqual([]);
    expect(metric(monitor.log(), 'OwnCalls')).toBe(2);
  });

  it('judges what comes with its own calls, and leaves those to the archive', async () => {
    const unlike = { eventID: 'c', userIdentity: undefined, eventSource: 'sts.amazonaws.com' };
    await invoke(payload([ownCall('a'), ownCall('c', unlike)], { logGroup: 'trail' }));
    const lines = monitor.log();
    expect([metric(lines, 'OwnCalls'), metric(lines, 'Records')]).toEqual([1, 2]);
  });

  it.each([
    ['no subscription event', { Records: [] }],
    ['no gzip', { awslogs: { data: Buffer.from('plain').toString('base64') } }],
    [
      'a length field that lies',
      { awslogs: { data: `${gzipSync('{}').toString('base64').slice(0, -8)}AAAA` } },
    ],
    ['no JSON', packed('not JSON')],
    ['JSON of another kind', packed('{"messageType":"OTHER"}')],
    ['nothing', null],
  ])('counts what it does not know as unknown input, and is no success: %s', async (_name, event) => {
    await expect(invoke(event)).rejects.toThrow();
    const lines = monitor.log();
    expect(metric(lines, 'UnknownInput')).toBe(1);
    expect(problems(lines)).toEqual(['E_EVENT']);
  });

  it('bounds the findings that one log raises in an hour, and still raises those of another log', async () => {
    // The bound is one of an hour of the clock: the test must not go over the end of one.
    const hourMs = 3_600_000;
    vi.useFakeTimers({ toFake: ['Date'], now: (Math.floor(Date.now() / hourMs) + 0.5) * hourMs });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const random = createRandom('flood');
    const pairs = Array.from(
      { length: 30 },
      () =>
        `AWS_ACCESS_KEY_ID=${accessKeyId('AKIA', '111122223333', random)} AWS_SECRET_ACCESS_KEY=${secretAccessKey(random)}`,
    );
    await invoke(payload(pairs, { logGroup: '/app/flood' }));
    expect((await monitor.alerts()).findings).toHaveLength(25);
    expect(metric(monitor.log(), 'FindingsCapped')).toBe(5);
    await invoke(payload(pairs, { logGroup: '/app/flood' }));
    await invoke(payload([PLAIN_HTTP], { logGroup: '/app/orders' }));
    expect((await monitor.alerts()).findings.map(({ rule }) => rule.id)).toEqual(['TLS-10']);
    expect(metric(monitor.log(), 'FindingsCapped')).toBe(0);
  });
});

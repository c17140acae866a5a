// What the monitor calls is in CloudTrail, and CloudTrail is what the monitor reads. A hundred rounds of that: every call that the functions made
// is delivered to them, early by EventBridge and then in an object, and must neither start more and more invocations nor grow in number.

import { randomUUID } from 'node:crypto';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ACCOUNT, REGION, roleArn } from '../local-aws/arns.ts';
import type { Call } from '../local-aws/calls.ts';
import { LOG_GROUP, type Monitor, startMonitor, trailObject } from './monitor.ts';

const ROUNDS = 100;
/** CloudTrail delivers about every five minutes: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/how-cloudtrail-works.html */
const ROUND_MS = 5 * 60_000;
/** One object a round starts one invocation; EventBridge starts none for what the functions do in their own working. */
const MOST_INVOCATIONS_A_ROUND = 1;

/** Calls on what lies in tables, queues, topics and buckets are data events: EventBridge has them only where a trail logs them. */
const DATA_EVENTS = ['dynamodb', 's3', 'sqs', 'sns', 'logs'];

let monitor: Monitor;

beforeAll(async () => {
  monitor = await startMonitor();
}, 60_000);

afterAll(() => monitor?.close());

it('a hundred rounds of its own calls start no more invocations in the last than in the first', async () => {
  const { aws } = monitor;
  const startMs = Date.now() - ROUNDS * ROUND_MS;
  const first = trailObject(startMs, [], ACCOUNT);
  await monitor.put(first.key, first.body);
  await aws.settle();
  const rounds: { readonly invocations: number; readonly calls: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const since = rounds.reduce((sum, { calls }) => sum + calls, 0);
    const own = aws.calls.filter(({ role }) => role !== 'operator').slice(since);
    const before = aws.invocations.length;
    const calledMs = startMs + round * ROUND_MS;
    const records = own.map((call, at) => trailRecord(call, calledMs + at * 100));
    for (const record of records) {
      // As if a trail logged the data events of everything, too: then EventBridge has all of them.
      const source = `aws.${record.eventSource.split('.')[0]}`;
      aws.emit({ source, detailType: 'AWS API Call via CloudTrail', resources: [], detail: record });
      aws.emit({
        source,
        detailType: 'AWS API Call via CloudTrail',
        resources: [],
        detail: { ...record, eventCategory: 'Management', managementEvent: true },
      });
    }
    const { key, body } = trailObject(calledMs + ROUND_MS, records, ACCOUNT);
    await monitor.put(key, body);
    await aws.settle();
    rounds.push({ invocations: aws.invocations.length - before, calls: own.length });
  }
  expect(aws.invocations.filter(({ failed }) => failed)).toEqual([]);
  expect(Math.max(...rounds.map(({ invocations }) => invocations))).toBe(MOST_INVOCATIONS_A_ROUND);
  // The state of what the monitor does grows to its size and stays there.
  const inHalf = (from: number): number =>
    Math.max(...rounds.slice(from, from + ROUNDS / 2).map(({ calls }) => calls));
  expect(inHalf(ROUNDS / 2)).toBeLessThanOrEqual(inHalf(0));
}, 60_000);

it('a hundred rounds through a log group that the trail delivers to end after the first', async () => {
  const { aws } = monitor;
  const logs = new CloudWatchLogsClient(aws.settings);
  const stream = { logGroupName: LOG_GROUP, logStreamName: 'trail' };
  await logs.send(new CreateLogStreamCommand(stream));
  const deliver = async (messages: readonly string[]): Promise<void> => {
    const logEvents = messages.map((message) => ({ timestamp: Date.now(), message }));
    await logs.send(new PutLogEventsCommand({ ...stream, logEvents }));
    await aws.settle();
  };
  const rounds: { readonly invocations: number; readonly stateCalls: number }[] = [];
  let seen = aws.calls.length;
  await deliver(['Starting new HTTP connection (1): dynamodb.us-east-1.amazonaws.com:80']);
  for (let round = 0; round < ROUNDS; round++) {
    const own = aws.calls.slice(seen).filter(({ role }) => role !== 'operator');
    seen = aws.calls.length;
    const before = aws.invocations.length;
    const messages = own.map((call) => JSON.stringify(trailRecord(inSession(call), Date.now())));
    if (messages.length > 0) await deliver(messages);
    const stateCalls = own.filter(({ action }) => action.startsWith('dynamodb:')).length;
    rounds.push({ invocations: aws.invocations.length - before, stateCalls });
  }
  expect(rounds[0]!.stateCalls).toBeGreaterThan(0);
  expect(rounds.slice(1).every(({ stateCalls }) => stateCalls === 0)).toBe(true);
  expect(Math.max(...rounds.map(({ invocations }) => invocations))).toBe(MOST_INVOCATIONS_A_ROUND);
  expect(aws.invocations.filter(({ failed }) => failed)).toEqual([]);
}, 60_000);

it('a stolen role that does anything else is seen early', async () => {
  const before = monitor.aws.invocations.length;
  const call = monitor.aws.calls.find(({ role }) => role !== 'operator')!;
  const record = {
    ...trailRecord(call, Date.now()),
    eventSource: 'sns.amazonaws.com',
    eventName: 'DeleteTopic',
    eventCategory: 'Management',
    managementEvent: true,
    readOnly: false,
  };
  monitor.aws.emit({
    source: 'aws.sns',
    detailType: 'AWS API Call via CloudTrail',
    resources: [],
    detail: record,
  });
  await monitor.aws.settle();
  expect(monitor.aws.invocations.slice(before).map(({ functionName }) => functionName)).toEqual([
    'wiretrail-live-trail-events',
  ]);
});

/** What a service calls on behalf of a function (SNS its key) is logged under the function's session. */
function inSession(call: Call): Call {
  if (call.functionName !== '') return call;
  const [caller] = monitor.aws.calls.filter(
    ({ role, functionName }) => role === call.role && functionName !== '',
  );
  return { ...call, functionName: caller!.functionName };
}

/** As CloudTrail writes a call of a function. */
function trailRecord({ role, functionName, accessKeyId, action, operation, resource }: Call, atMs: number) {
  const [service = ''] = action.split(':');
  const data = DATA_EVENTS.includes(service);
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'AssumedRole',
      principalId: `AROALOCAL:${functionName}`,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/${role}/${functionName}`,
      accountId: ACCOUNT,
      accessKeyId,
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          principalId: 'AROALOCAL',
          arn: roleArn(role),
          accountId: ACCOUNT,
          userName: role,
        },
        attributes: { creationDate: '2026-11-01T00:00:00Z', mfaAuthenticated: 'false' },
      },
    },
    eventTime: new Date(atMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: `${service}.amazonaws.com`,
    eventName: operation,
    awsRegion: REGION,
    sourceIPAddress: '203.0.113.9',
    userAgent: 'aws-sdk-js/3.1169.0 exec-env/AWS_Lambda_nodejs24.x',
    requestParameters: { resource },
    responseElements: null,
    requestID: randomUUID(),
    eventID: randomUUID(),
    readOnly: /^(Get|BatchGet|Query|Receive|Head)/.test(operation),
    eventType: 'AwsApiCall',
    managementEvent: !data,
    recipientAccountId: ACCOUNT,
    eventCategory: data ? 'Data' : 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: `${service}.${REGION}.amazonaws.com`,
    },
  };
}

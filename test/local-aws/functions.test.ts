// Functions in processes of their own: what they answer, how they are retried, and what becomes of what they cannot do.

import { createServer, type Server } from 'node:http';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import {
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { closed, listen } from './front.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { deploySmall, functionOf, roleOf } from './small-stack.ts';
import type { Stack } from './stack.ts';

/** Does what its event says. The SDK is not in the package: a plain signed-looking request is what it sends. */
const HANDLER = `
  let calls = 0;
  async function send(queue, body) {
    const credential = process.env.AWS_ACCESS_KEY_ID + '/20261101/us-east-1/sqs/aws4_request';
    const response = await fetch(process.env.AWS_ENDPOINT_URL, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'AmazonSQS.SendMessage',
        authorization: 'AWS4-HMAC-SHA256 Credential=' + credential + ', SignedHeaders=host, Signature=none',
      },
      body: JSON.stringify({ QueueUrl: queue, MessageBody: body }),
    });
    if (!response.ok) throw new Error((await response.json()).message);
  }
  async function act(event) {
    calls++;
    console.log('call', calls);
    if (event.fail) throw new TypeError(event.fail);
    if (event.exit) process.exit(3);
    if (event.hang) await new Promise((resolve) => setTimeout(resolve, 60_000));
    if (event.send) await send(event.send, event.body);
    return { calls, given: process.env.GIVEN, id: process.env.AWS_LAMBDA_FUNCTION_NAME };
  }
  export async function handler(event, context) {
    if (event.clock) return { now: new Date().toISOString(), left: context.getRemainingTimeInMillis() };
    if (event.fetch) return fetch(event.fetch).then((response) => response.text(), (error) => error.message);
    if (event.Records === undefined) return act(event);
    const failed = [];
    for (const { messageId, body } of event.Records) {
      try { await act(JSON.parse(body)); } catch { failed.push({ itemIdentifier: messageId }); }
    }
    return { batchItemFailures: failed };
  }
`;

let aws: LocalAws;
let stack: Stack;
let lambda: LambdaClient;
let sqs: SQSClient;
let played: Server;

beforeAll(async () => {
  played = createServer((message, response) => response.end(`played ${message.url}`));
  aws = await startLocalAws({ hosts: { 'slack.com': `http://127.0.0.1:${await listen(played)}` } });
  lambda = new LambdaClient({ ...aws.settings, maxAttempts: 1 });
  sqs = new SQSClient(aws.settings);
  const arn = (logicalId: string) => ({ 'Fn::GetAtt': [logicalId, 'Arn'] });
  stack = await deploySmall(
    aws,
    {
      Role: roleOf(
        { Effect: 'Allow', Action: 'sqs:SendMessage', Resource: [arn('Results'), arn('Failed')] },
        {
          Effect: 'Allow',
          Action: ['sqs:ReceiveMessage', 'sqs:DeleteMessage', 'sqs:GetQueueAttributes'],
          Resource: [arn('Work'), arn('Ordered')],
        },
      ),
      Worker: functionOf('Worker', {
        Environment: { Variables: { GIVEN: { 'Fn::GetAtt': ['Results', 'QueueName'] } } },
        Timeout: 3,
      }),
      Broken: functionOf('Broken'),
      Results: { Type: 'AWS::SQS::Queue' },
      Failed: { Type: 'AWS::SQS::Queue' },
      Dead: { Type: 'AWS::SQS::Queue' },
      Ordered: {
        Type: 'AWS::SQS::Queue',
        Properties: { FifoQueue: true, ContentBasedDeduplication: true, VisibilityTimeout: 120 },
      },
      OrderedMapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Ordered', 'Arn'] },
          FunctionName: { Ref: 'Worker' },
          FunctionResponseTypes: ['ReportBatchItemFailures'],
        },
      },
      Work: {
        Type: 'AWS::SQS::Queue',
        Properties: {
          VisibilityTimeout: 120,
          RedrivePolicy: { deadLetterTargetArn: { 'Fn::GetAtt': ['Dead', 'Arn'] }, maxReceiveCount: 2 },
        },
      },
      Mapping: {
        Type: 'AWS::Lambda::EventSourceMapping',
        Properties: {
          EventSourceArn: { 'Fn::GetAtt': ['Work', 'Arn'] },
          FunctionName: { Ref: 'Worker' },
          BatchSize: 10,
          MaximumBatchingWindowInSeconds: 1,
          FunctionResponseTypes: ['ReportBatchItemFailures'],
          ScalingConfig: { MaximumConcurrency: 2 },
        },
      },
      Retries: {
        Type: 'AWS::Lambda::EventInvokeConfig',
        Properties: {
          FunctionName: { Ref: 'Worker' },
          Qualifier: '$LATEST',
          MaximumRetryAttempts: 2,
          DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': ['Failed', 'Arn'] } } },
        },
      },
    },
    { Worker: HANDLER, Broken: 'throw new Error("not loaded"); export const handler = 1;' },
  );
});

afterAll(async () => {
  lambda.destroy();
  sqs.destroy();
  await aws.close();
  await closed(played);
});

beforeEach(() => aws.faults.clear());

async function invoke(name: string, event: object, kind: 'RequestResponse' | 'Event' = 'RequestResponse') {
  const { Payload, FunctionError } = await lambda.send(
    new InvokeCommand({ FunctionName: name, InvocationType: kind, Payload: JSON.stringify(event) }),
  );
  return { error: FunctionError, payload: JSON.parse(Buffer.from(Payload ?? []).toString() || 'null') };
}

async function bodies(logicalId: string): Promise<string[]> {
  const QueueUrl = stack.ref(logicalId);
  const found: string[] = [];
  for (;;) {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
    );
    if (Messages.length === 0) return found;
    found.push(...Messages.map(({ Body }) => Body!));
  }
}

const lastOf = (event: string) => aws.invocations.filter((one) => one.event === event);

describe('a function', () => {
  it('answers from a process of its own that stays warm', async () => {
    await aws.cool();
    const first = await invoke('Worker', {});
    expect(first).toEqual({ error: undefined, payload: { calls: 1, given: 'small-Results', id: 'Worker' } });
    expect((await invoke('Worker', {})).payload.calls).toBe(2);
    const [cold, warm] = aws.invocations.slice(-2);
    expect(cold!.initMs).toBeGreaterThan(0);
    expect(warm!.initMs).toBe(0);
    expect(cold!.maxMemoryMb).toBeGreaterThan(20);
    await aws.idle();
    expect(aws.logLines('/aws/lambda/Worker').filter((line) => line.endsWith('call 2'))).toHaveLength(1);
  });

  it('shows its errors as Lambda does', async () => {
    const { error, payload } = await invoke('Worker', { fail: 'no' });
    expect(error).toBe('Unhandled');
    expect(payload).toMatchObject({ errorType: 'TypeError', errorMessage: 'no' });
    expect((await invoke('Broken', {})).payload).toMatchObject({
      errorType: 'Error',
      errorMessage: 'not loaded',
    });
    expect((await invoke('Worker', { exit: true })).payload).toMatchObject({
      errorType: 'Runtime.ExitError',
      errorMessage: expect.stringContaining('exit status 3'),
    });
    expect((await invoke('Worker', { hang: true })).payload).toMatchObject({
      errorType: 'Sandbox.Timedout',
      errorMessage: expect.stringContaining('Task timed out after 3.00 seconds'),
    });
    // A new process took the place of the dead ones.
    expect((await invoke('Worker', {})).payload.calls).toBe(1);
  });

  it('may call what its role lets it call, and every call is written down', async () => {
    const good = await invoke('Worker', { send: stack.ref('Results'), body: 'hello' });
    expect(good.error).toBeUndefined();
    expect(await bodies('Results')).toEqual(['hello']);
    const bad = await invoke('Worker', { send: stack.ref('Dead'), body: 'hello' });
    expect(bad.payload.errorMessage).toContain('small-Role is not authorized to perform: sqs:SendMessage');
    const called = aws.calls.filter(
      ({ functionName, operation }) => functionName === 'Worker' && operation === 'SendMessage',
    );
    expect(called.map(({ role, action, resource }) => [role, action, resource.split(':').at(-1)])).toEqual([
      ['small-Role', 'sqs:SendMessage', 'small-Results'],
      ['small-Role', 'sqs:SendMessage', 'small-Dead'],
    ]);
  });

  it('reaches the hosts that are played here, and no other', async () => {
    expect((await invoke('Worker', { fetch: 'https://slack.com/api/test?x=1' })).payload).toBe(
      'played /api/test?x=1',
    );
    expect((await invoke('Worker', { fetch: 'https://example.com/' })).payload).toBe(
      'example.com is not on this machine',
    );
  });

  it('lives in the time that the test says', async () => {
    await aws.advance(24 * 3_600_000);
    const { now, left } = (await invoke('Worker', { clock: true })).payload;
    expect(Date.parse(now) - Date.now()).toBeGreaterThan(23 * 3_600_000);
    expect(left).toBeGreaterThan(0);
    expect(left).toBeLessThanOrEqual(3_000);
  });

  it('that was invoked asynchronously is tried three times, and kept in its on-failure queue', async () => {
    await invoke('Worker', { fail: 'for good' }, 'Event');
    await aws.idle();
    expect(lastOf('{"fail":"for good"}')).toHaveLength(1);
    expect(aws.letTimePass()).toBe(1);
    await aws.settle();
    expect(lastOf('{"fail":"for good"}').map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const [record] = (await bodies('Failed')).map((body) => JSON.parse(body));
    expect(record).toMatchObject({
      requestContext: { condition: 'RetriesExhausted', approximateInvokeCount: 3 },
      requestPayload: { fail: 'for good' },
      responsePayload: { errorMessage: 'for good' },
    });
  });
});

describe('a queue that a function reads', () => {
  const message = (name: string, event: object) => ({ Id: name, MessageBody: JSON.stringify(event) });

  it('gets back what failed, and sets it aside after the last receive', async () => {
    await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: stack.ref('Work'),
        Entries: [
          message('a', { send: stack.ref('Results'), body: 'one' }),
          message('b', { fail: 'always' }),
        ],
      }),
    );
    await aws.idle();
    expect(await bodies('Dead')).toEqual([]);
    await aws.settle();
    expect(await bodies('Dead')).toEqual(['{"fail":"always"}']);
    expect(await bodies('Results')).toEqual(['one']);
    const tries = aws.invocations.filter(
      ({ event, trigger }) => trigger === 'queue' && event.includes('always'),
    );
    expect(tries.map(({ event }) => (JSON.parse(event) as { Records: unknown[] }).Records.length)).toEqual([
      2, 1,
    ]);
  });

  it('delivers the whole batch again when the process died, before or behind the call', async () => {
    for (const [effect, delivered] of [
      ['kill-before', ['once']],
      ['kill-after', ['once', 'once']],
      ['time-out-after', ['once', 'once']],
      ['lose-answer', ['once', 'once']],
      ['throttle', ['once']],
      ['fail', ['once']],
    ] as const) {
      aws.faults.add({ effect, action: 'sqs:SendMessage', functionName: 'Worker' });
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: stack.ref('Work'),
          MessageBody: JSON.stringify({ send: stack.ref('Results'), body: 'once' }),
        }),
      );
      await aws.settle();
      expect(aws.faults.unmet(), effect).toEqual([]);
      expect(await bodies('Results'), effect).toEqual(delivered);
    }
    expect(await bodies('Dead')).toEqual([]);
  });

  it('delivers again what was done, when the acknowledgement was lost', async () => {
    aws.faults.add({ effect: 'lose-answer', action: 'sqs:DeleteMessage' });
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: stack.ref('Work'),
        MessageBody: JSON.stringify({ send: stack.ref('Results'), body: 'twice' }),
      }),
    );
    await aws.settle();
    expect(await bodies('Results')).toEqual(['twice', 'twice']);
  });

  it('works on many messages with no more processes than it may', async () => {
    await aws.cool();
    const before = aws.calls.length;
    for (let i = 0; i < 6; i++) {
      await sqs.send(
        new SendMessageBatchCommand({
          QueueUrl: stack.ref('Work'),
          Entries: Array.from({ length: 10 }, (_, j) =>
            message(`m${j}`, { send: stack.ref('Results'), body: `${i}-${j}` }),
          ),
        }),
      );
    }
    await aws.settle();
    expect(new Set(await bodies('Results')).size).toBe(60);
    const processes = new Set(aws.calls.slice(before).map(({ accessKeyId }) => accessKeyId));
    processes.delete('');
    processes.delete(aws.settings.credentials.accessKeyId);
    expect(processes.size).toBeLessThanOrEqual(2);
    expect(processes.size).toBeGreaterThan(0);
  });

  it('with groups keeps the order of each group, and takes a message once', async () => {
    for (const [group, body] of [
      ['a', '1'],
      ['b', '1'],
      ['a', '2'],
      ['a', '2'],
      ['a', '3'],
    ] as const) {
      await sqs.send(
        new SendMessageCommand({
          QueueUrl: stack.ref('Ordered'),
          MessageGroupId: group,
          MessageBody: JSON.stringify({ send: stack.ref('Results'), body: `${group}${body}` }),
        }),
      );
    }
    await aws.settle();
    const done = await bodies('Results');
    expect(done.filter((body) => body.startsWith('a'))).toEqual(['a1', 'a2', 'a3']);
    expect(done).toContain('b1');
  });
});

// Buckets whose topics tell of new objects (parameters trailTopicArn and flowTopicArn): S3's own notification and CloudTrail's notice, from
// the topic to the alert. And a bucket of access logs beside them, of which EventBridge tells.

import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { CreateTopicCommand, PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { topicArn } from '../local-aws/arns.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import type { Stack } from '../local-aws/stack.ts';
import { PLAIN_TAIL, s3Line } from '../records/access-lines.ts';
import { plainFlow } from './flow-objects.ts';
import { emptyTrailObject, flowKey, SERVICE } from './monitor.ts';
import { packageOnce } from './package-once.ts';

const TRAIL = 'trail-logs';
const FLOWS = 'flow-logs';
const TOPICS = { [TRAIL]: topicArn('trail-news'), [FLOWS]: topicArn('flow-news') } as const;
const FLOW_PREFIX = 'team/AWSLogs/';
const ACCESS_LOGS = 'access-logs';
const ACCESS_LOG_PREFIX = 'of-exports/';

let aws: LocalAws;
let stack: Stack;
let s3: S3Client;
let sns: SNSClient;
let sqs: SQSClient;

beforeAll(async () => {
  const { templateFile, codeFolder } = await packageOnce([
    `trailBucket=${TRAIL}`,
    `trailTopicArn=${TOPICS[TRAIL]}`,
    `flowBucket=${FLOWS}`,
    `flowPrefix=${FLOW_PREFIX}`,
    `flowTopicArn=${TOPICS[FLOWS]}`,
    `accessLogBucket=${ACCESS_LOGS}`,
    `accessLogPrefix=${ACCESS_LOG_PREFIX}`,
  ]);
  aws = await startLocalAws();
  s3 = new S3Client(aws.settings);
  sns = new SNSClient(aws.settings);
  sqs = new SQSClient(aws.settings);
  for (const Bucket of [TRAIL, FLOWS, ACCESS_LOGS]) await s3.send(new CreateBucketCommand({ Bucket }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: ACCESS_LOGS,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  // They are there before the monitor is.
  for (const Name of ['trail-news', 'flow-news']) await sns.send(new CreateTopicCommand({ Name }));
  stack = await aws.deploy({ templateFile, codeFolder });
}, 180_000);

afterAll(async () => {
  for (const client of [s3, sns, sqs]) client?.destroy();
  await aws?.close();
});

async function put(Bucket: string, Key: string, Body: Uint8Array): Promise<void> {
  await s3.send(new PutObjectCommand({ Bucket, Key, Body }));
}

async function tell(bucket: keyof typeof TOPICS, message: object): Promise<void> {
  await sns.send(new PublishCommand({ TopicArn: TOPICS[bucket], Message: JSON.stringify(message) }));
}

/** What S3 publishes: the key encoded as in forms. */
const created = (bucket: string, key: string): object => ({
  Records: [
    {
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: { bucket: { name: bucket }, object: { key: encodeURIComponent(key), size: 1, eTag: 'e' } },
    },
  ],
});

const alerts = (): number =>
  aws.calls.filter(({ action, role }) => action === 'sns:Publish' && role === stack.ref('ArchiveObjectsRole'))
    .length;

it('judges what the topics tell of below the prefixes, and passes over the rest', async () => {
  const nowMs = Date.now();
  const trail = emptyTrailObject(nowMs);
  const flows = `${FLOW_PREFIX}${flowKey(nowMs).slice('AWSLogs/'.length)}`;
  await put(TRAIL, trail.key, trail.body);
  await put(FLOWS, flows, plainFlow('111122223333', nowMs));
  // The role may not read it: it would fail five times and be set aside.
  await put(FLOWS, 'uploads/cat.gif', Buffer.from('GIF89a'));
  // A trail tells by its own notice, a bucket of everything that is put into it.
  await tell(TRAIL, { s3Bucket: TRAIL, s3ObjectKey: [trail.key] });
  await tell(FLOWS, created(FLOWS, flows));
  await tell(FLOWS, created(FLOWS, 'uploads/cat.gif'));
  await aws.settle();

  const ran = aws.invocations.filter(({ functionName }) => functionName === `${SERVICE}-archive-objects`);
  expect(ran.length).toBeGreaterThan(0);
  for (const { payload } of ran) expect(payload).toBe('{"batchItemFailures":[]}');
  const read = aws.calls.filter(({ action }) => action === 's3:GetObject').map(({ resource }) => resource);
  expect([...new Set(read)].sort()).toEqual([
    `arn:aws:s3:::${FLOWS}/${flows}`,
    `arn:aws:s3:::${TRAIL}/${trail.key}`,
  ]);
  expect(alerts()).toBe(1);
  const lines = aws.logLines(`/aws/lambda/${SERVICE}-archive-objects`).join('\n');
  expect(lines).toContain('"outside-prefix"');
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: stack.ref('ObjectsDead') }));
  expect(Messages).toEqual([]);
});

it('judges access logs of a bucket of their own, below its prefix', async () => {
  const before = alerts();
  const now = new Date();
  const [date, time] = now.toISOString().slice(0, 19).split('T');
  // `21 Nov 2026`, with slashes.
  const day = now.toUTCString().slice(5, 16).replaceAll(' ', '/');
  const name = `${date}-${time!.replaceAll(':', '-')}-0A1B2C3D4E5F6071`;
  const line = s3Line({ time: `${day}:${time} +0000`, tail: PLAIN_TAIL });
  await put(ACCESS_LOGS, `${ACCESS_LOG_PREFIX}${name}`, Buffer.from(`${line}\n`));
  await put(ACCESS_LOGS, `of-others/${name}`, Buffer.from(`${line}\n`));
  await aws.settle();

  const read = aws.calls.filter(({ action }) => action === 's3:GetObject').map(({ resource }) => resource);
  expect(new Set(read.filter((arn) => arn.includes(`:${ACCESS_LOGS}/`)))).toEqual(
    new Set([`arn:aws:s3:::${ACCESS_LOGS}/${ACCESS_LOG_PREFIX}${name}`]),
  );
  expect(alerts()).toBe(before + 1);
});

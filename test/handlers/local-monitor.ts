// The handlers in this process, with the services of AWS on this machine behind them: what a deployed function meets, short of Lambda.

import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { vi } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { LambdaContext } from '../../src/live/monitor.ts';
import { LIVE_TABLE } from '../../src/state/dynamodb-state.ts';
import { queueArn } from '../local-aws/arns.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';

export const BUCKET = 'trail-logs';
export const OWN_FUNCTION = 'wiretrail-live-archive-objects';
const TABLE = 'state';
/** What the local S3 takes in one request. */
const PART_BYTES = 8 * 1024 * 1024;

export interface LocalMonitor {
  readonly aws: LocalAws;
  readonly environment: Readonly<Record<string, string>>;
  readonly lambda: LambdaContext;
  putObject(key: string, body: Uint8Array): Promise<void>;
  /** Findings in the alerts that came since the last call, and subjects of all that came. */
  alerts(): Promise<{ findings: Finding[]; subjects: string[] }>;
  /** Lines and metrics that the functions wrote since the last call. */
  log(): Record<string, unknown>[];
  close(): Promise<void>;
}

export async function startLocalMonitor(): Promise<LocalMonitor> {
  const aws = await startLocalAws();
  const { settings } = aws;
  const s3 = new S3Client({ ...settings, forcePathStyle: true });
  const sqs = new SQSClient(settings);
  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await new DynamoDBClient(settings).send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      KeySchema: [
        { AttributeName: LIVE_TABLE.partition, KeyType: 'HASH' },
        { AttributeName: LIVE_TABLE.sort, KeyType: 'RANGE' },
      ],
      AttributeDefinitions: [
        { AttributeName: LIVE_TABLE.partition, AttributeType: 'S' },
        { AttributeName: LIVE_TABLE.sort, AttributeType: 'S' },
      ],
    }),
  );
  const { ARN: secret = '' } = await new SecretsManagerClient(settings).send(
    new CreateSecretCommand({ Name: 'fingerprints', SecretString: 'k'.repeat(64) }),
  );
  const sns = new SNSClient(settings);
  const { TopicArn: topic = '' } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn('told'),
        Condition: { ArnEquals: { 'aws:SourceArn': topic } },
      },
    ],
  };
  const { QueueUrl: queue = '' } = await sqs.send(
    new CreateQueueCommand({ QueueName: 'told', Attributes: { Policy: JSON.stringify(policy) } }),
  );
  await sns.send(new SubscribeCommand({ TopicArn: topic, Protocol: 'sqs', Endpoint: queueArn('told') }));
  vi.stubEnv('AWS_REGION', settings.region);
  vi.stubEnv('AWS_ACCESS_KEY_ID', settings.credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', settings.credentials.secretAccessKey);
  let written = '';
  for (const stream of [process.stdout, process.stderr]) {
    vi.spyOn(stream, 'write').mockImplementation((chunk) => {
      written += String(chunk);
      return true;
    });
  }
  return {
    aws,
    environment: {
      AWS_REGION: settings.region,
      WIRETRAIL_STATE_TABLE: TABLE,
      WIRETRAIL_FINGERPRINT_SECRET: secret,
      WIRETRAIL_ALERT_TOPIC: topic,
      WIRETRAIL_ENDPOINT_URL: settings.endpoint,
      WIRETRAIL_OWN_RESOURCES: `${OWN_FUNCTION},/aws/lambda/${OWN_FUNCTION}`,
    },
    lambda: {
      awsRequestId: 'request',
      functionName: OWN_FUNCTION,
      functionVersion: '1',
      invokedFunctionArn: `arn:aws:lambda:${settings.region}:000000000000:function:${OWN_FUNCTION}`,
      memoryLimitInMB: '1024',
      getRemainingTimeInMillis: () => 100_000,
    },
    async putObject(key, body) {
      const object = { Bucket: BUCKET, Key: key };
      if (body.length <= PART_BYTES) {
        await s3.send(new PutObjectCommand({ ...object, Body: body }));
        return;
      }
      const { UploadId } = await s3.send(new CreateMultipartUploadCommand(object));
      const Parts: CompletedPart[] = [];
      for (let at = 0; at < body.length; at += PART_BYTES) {
        const PartNumber = Parts.length + 1;
        const Body = body.subarray(at, at + PART_BYTES);
        const { ETag } = await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body }));
        Parts.push({ PartNumber, ...(ETag === undefined ? {} : { ETag }) });
      }
      const whole = { ...object, UploadId, MultipartUpload: { Parts } };
      await s3.send(new CompleteMultipartUploadCommand(whole));
    },
    async alerts() {
      await aws.idle();
      const findings: Finding[] = [];
      const subjects: string[] = [];
      for (;;) {
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10, VisibilityTimeout: 3_600 }),
        );
        if (Messages.length === 0) return { findings, subjects };
        for (const { Body = '' } of Messages) {
          const { Message, Subject } = JSON.parse(Body) as { Message: string; Subject: string };
          subjects.push(Subject);
          findings.push(...findingIn(Message));
        }
      }
    },
    log() {
      const lines = written.split('\n').filter((line) => line.startsWith('{'));
      written = '';
      return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    async close() {
      await aws.close();
    },
  };
}

/** What a queue gets is the finding itself, or a digest. */
function findingIn(message: string): Finding[] {
  const value = JSON.parse(message) as { kind?: string; finding?: Finding } & Finding;
  if (value.kind === 'digest') return [];
  return [value.finding ?? value];
}

/** Sum of a metric in lines of a log. */
export function metric(lines: readonly Record<string, unknown>[], name: string): number {
  return lines
    .filter((line) => '_aws' in line && name in line)
    .flatMap((line) => line[name] as number | number[])
    .reduce((sum, value) => sum + value, 0);
}

/** Codes of the problems that lines of a log tell. */
export function problems(lines: readonly Record<string, unknown>[]): unknown[] {
  return lines.filter((line) => line.level === 'ERROR').map((line) => line.code);
}

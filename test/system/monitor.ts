// The monitor as a user deploys it, on this machine: packaged, loaded, with a bucket that tells EventBridge, somebody who reads the alerts'
// topic, and Slack. What happens in it is seen through SDK clients.

import { gzipSync } from 'node:zlib';
import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  CreateBucketCommand,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { PutParameterCommand, SSMClient } from '@aws-sdk/client-ssm';
import type { Finding } from '../../src/findings/finding.ts';
import { tellStories } from '../../src/findings/stories.ts';
import { listFindings } from '../../src/live/findings-store.ts';
import { createItems } from '../../src/live/items.ts';
import { OWN_RESOURCES } from '../../src/simulate/attacks/policy.ts';
import { createDynamoDbState } from '../../src/state/dynamodb-state.ts';
import { queueArn } from '../local-aws/arns.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import type { Stack } from '../local-aws/stack.ts';
import { packageOnce } from './package-once.ts';
import { type SlackServer, startSlack } from './slack-server.ts';

export const BUCKET = 'trail-logs';
/** What the monitor is called: functions, queues and rules begin with it. */
export const SERVICE = 'wiretrail-live';
/** Application logs that were exported to the bucket lie here. */
const EXPORTS = 'exports/';
const SLACK_PARAMETER = '/wiretrail/slack';

/** The log group that it subscribes to. */
export const LOG_GROUP = '/app/orders';
export const MAIL = 'you@example.com';

export interface MonitorOptions {
  /** Environment of the functions in place of what the template says. */
  readonly variables?: Readonly<Record<string, string>>;
  /** False: processes start as on Lambda, without code that was compiled before. */
  readonly compileCache?: boolean;
}

/** The same for all tests, so that a run packages once. What differs is a variable. */
const PARAMETERS: Readonly<Record<string, string>> = {
  trailBucket: BUCKET,
  flowPrefix: EXPORTS,
  logGroups: LOG_GROUP,
  alertEmail: MAIL,
  slackSecret: `ssm:${SLACK_PARAMETER}`,
  slackChannel: 'alerts',
  // Slack is told one message a second.
  slackMinimumSeverity: 'CRITICAL',
  // Two cores.
  archiveConcurrency: '2',
  // What simulated attacks are aimed at.
  ownResources: OWN_RESOURCES.join(','),
};

/** What arrived on the topic. */
export interface Alert {
  readonly subject: string;
  /** What programs get: the finding, or a digest, as JSON. */
  readonly message: unknown;
  readonly attributes: Readonly<Record<string, string>>;
}

export interface Monitor {
  readonly aws: LocalAws;
  readonly stack: Stack;
  readonly slack: SlackServer;
  /** The compiled template and the zips. */
  readonly packageFolder: string;
  readonly fingerprintKey: Uint8Array;
  /** Setting ownResources as the functions have it. */
  readonly ownResources: readonly string[];
  put(key: string, body: Uint8Array): Promise<void>;
  /** All that came to the topic since the last time. */
  alerts(): Promise<readonly Alert[]>;
  /** Findings of the table that are not withdrawn, by id. */
  findings(): Promise<readonly Finding[]>;
  /** Bodies in the queues of what failed for good: dead letters and on-failure queues. */
  deadLetters(): Promise<readonly string[]>;
  /** What the functions wrote to their logs. */
  logLines(): readonly string[];
  /** The schedule's time has come, and all that follows. */
  closeWindows(): Promise<void>;
  close(): Promise<void>;
}

export async function startMonitor(options: MonitorOptions = {}): Promise<Monitor> {
  // Made up here and now, in the form that Slack's have.
  const token = ['xoxb', String(Date.now()), 'localonly'].join('-');
  const slack = await startSlack(token);
  const packaged = await packageOnce(Object.entries(PARAMETERS).map(([name, value]) => `${name}=${value}`));
  const aws = await startLocalAws({
    hosts: { 'slack.com': slack.url },
    ...(options.compileCache === undefined ? {} : { compileCache: options.compileCache }),
  });
  const { settings } = aws;
  const s3 = new S3Client(settings);
  const sqs = new SQSClient(settings);
  const sns = new SNSClient(settings);
  const dynamodb = new DynamoDBClient(settings);
  const secrets = new SecretsManagerClient(settings);
  const ssm = new SSMClient(settings);
  const logs = new CloudWatchLogsClient(settings);

  await s3.send(new CreateBucketCommand({ Bucket: BUCKET }));
  await s3.send(
    new PutBucketNotificationConfigurationCommand({
      Bucket: BUCKET,
      NotificationConfiguration: { EventBridgeConfiguration: {} },
    }),
  );
  await ssm.send(new PutParameterCommand({ Name: SLACK_PARAMETER, Value: token, Type: 'SecureString' }));
  await logs.send(new CreateLogGroupCommand({ logGroupName: LOG_GROUP }));
  const stack = await aws.deploy({
    templateFile: packaged.templateFile,
    codeFolder: packaged.codeFolder,
    ...(options.variables === undefined ? {} : { variables: options.variables }),
  });
  const topicArn = stack.ref('Alerts');
  const inbox = await openInbox(sqs, sns, topicArn);
  await aws.idle();
  const { SecretString: key } = await secrets.send(
    new GetSecretValueCommand({ SecretId: stack.ref('FingerprintKey') }),
  );
  const items = createItems(createDynamoDbState({ client: dynamodb, table: stack.ref('StateTable') }));
  const groups = [...stack.ofType('AWS::Logs::LogGroup').values()];

  return {
    aws,
    stack,
    slack,
    packageFolder: packaged.folder,
    fingerprintKey: Buffer.from(key!),
    ownResources: (stack.variables(`${SERVICE}-archive-objects`).WIRETRAIL_OWN_RESOURCES ?? '').split(','),
    put: async (Key, Body) => void (await s3.send(new PutObjectCommand({ Bucket: BUCKET, Key, Body }))),
    alerts: inbox,
    async findings() {
      const standing: Finding[] = [];
      for await (const { told } of listFindings(items))
        if (told !== null && told.status !== 'withdrawn') standing.push(told);
      return tellStories(standing.sort((a, b) => (a.id < b.id ? -1 : 1)));
    },
    async deadLetters() {
      const bodies: string[] = [];
      for (const [logicalId, QueueUrl] of stack.ofType('AWS::SQS::Queue')) {
        if (!/(Dead|Failed|Undelivered)$/.test(logicalId)) continue;
        const { Messages = [] } = await sqs.send(
          new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
        );
        bodies.push(...Messages.map(({ Body }) => Body!));
      }
      return bodies;
    },
    logLines: () => groups.flatMap((group) => aws.logLines(group)),
    async closeWindows() {
      aws.runSchedule(`${SERVICE}-window-closer`);
      await aws.settle();
    },
    async close() {
      for (const client of [s3, sqs, sns, dynamodb, secrets, ssm, logs]) client.destroy();
      await aws.close();
      await slack.close();
    },
  };
}

/** A queue that subscribes to the topic. Returns what reads it empty. */
async function openInbox(
  sqs: SQSClient,
  sns: SNSClient,
  topicArn: string,
): Promise<() => Promise<readonly Alert[]>> {
  const Policy = JSON.stringify({
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: 'sns.amazonaws.com' },
        Action: 'sqs:SendMessage',
        Resource: queueArn('inbox'),
        Condition: { ArnEquals: { 'aws:SourceArn': topicArn } },
      },
    ],
  });
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: 'inbox', Attributes: { Policy } }));
  await sns.send(new SubscribeCommand({ TopicArn: topicArn, Protocol: 'sqs', Endpoint: queueArn('inbox') }));
  return async () => {
    const alerts: Alert[] = [];
    for (;;) {
      const { Messages = [] } = await sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }),
      );
      if (Messages.length === 0) return alerts;
      for (const { Body } of Messages) {
        const {
          Subject,
          Message,
          MessageAttributes = {},
        } = JSON.parse(Body!) as {
          Subject?: string;
          Message: string;
          MessageAttributes?: Record<string, { Value: string }>;
        };
        const attributes = Object.entries(MessageAttributes).map(([name, { Value }]) => [name, Value]);
        alerts.push({
          subject: Subject ?? '',
          message: JSON.parse(Message) as unknown,
          attributes: Object.fromEntries(attributes),
        });
      }
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
      await sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
  };
}

/** A CloudTrail object without records, delivered at this time: it only shows how far deliveries have come. */
export function emptyTrailObject(deliveredMs: number): { readonly key: string; readonly body: Uint8Array } {
  return trailObject(deliveredMs, []);
}

let objects = 0;

/** Key of a flow log object, as VPC flow logs name it. */
export function flowKey(deliveredMs: number, account = '111122223333'): string {
  const [date = '', time = ''] = new Date(deliveredMs).toISOString().split('T');
  const stamp = `${date.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
  const unique = String(objects++).padStart(8, '0');
  return `AWSLogs/${account}/vpcflowlogs/us-east-1/${date.replaceAll('-', '/')}/${account}_vpcflowlogs_us-east-1_fl-0a1b2c3d_${stamp}_${unique}.log.gz`;
}

/** A CloudTrail object with these records, named as CloudTrail names it. */
export function trailObject(
  deliveredMs: number,
  records: readonly unknown[],
  account = '111122223333',
): { readonly key: string; readonly body: Uint8Array } {
  const [date = '', time = ''] = new Date(deliveredMs).toISOString().split('T');
  const stamp = `${date.replaceAll('-', '')}T${time.slice(0, 5).replace(':', '')}Z`;
  const unique = `Local${String(objects++).padStart(11, '0')}`;
  return {
    key: `AWSLogs/${account}/CloudTrail/us-east-1/${date.replaceAll('-', '/')}/${account}_CloudTrail_us-east-1_${stamp}_${unique}.json.gz`,
    body: gzipSync(JSON.stringify({ Records: records })),
  };
}

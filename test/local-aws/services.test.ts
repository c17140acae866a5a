// The services one by one, through the SDK clients that the project uses.

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  CreateLogStreamCommand,
  DescribeLogGroupsCommand,
  FilterLogEventsCommand,
  GetLogEventsCommand,
  PutLogEventsCommand,
  PutSubscriptionFilterCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import {
  CreateTableCommand,
  DescribeTimeToLiveCommand,
  DynamoDBClient,
  PutItemCommand,
  TransactWriteItemsCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import {
  EventBridgeClient,
  ListReplaysCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { LambdaClient, ListFunctionsCommand } from '@aws-sdk/client-lambda';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetBucketAclCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutBucketNotificationConfigurationCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import {
  CreateSecretCommand,
  GetSecretValueCommand,
  ListSecretsCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  CheckIfPhoneNumberIsOptedOutCommand,
  CreateTopicCommand,
  PublishCommand,
  SNSClient,
  SubscribeCommand,
} from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import {
  GetParameterCommand,
  GetParametersByPathCommand,
  PutParameterCommand,
  SSMClient,
} from '@aws-sdk/client-ssm';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { queueArn, ruleArn, topicArn } from './arns.ts';
import { bodyOf } from './front.ts';
import { type LocalAws, startLocalAws } from './local-aws.ts';
import { deploySmall, functionOf, roleOf } from './small-stack.ts';

let aws: LocalAws;
let s3: S3Client;
let sqs: SQSClient;
let sns: SNSClient;
let logs: CloudWatchLogsClient;
let events: EventBridgeClient;

beforeAll(async () => {
  aws = await startLocalAws();
  const settings = { ...aws.settings, maxAttempts: 1 };
  s3 = new S3Client(settings);
  sqs = new SQSClient(settings);
  sns = new SNSClient(settings);
  logs = new CloudWatchLogsClient(settings);
  events = new EventBridgeClient(settings);
});

afterAll(async () => {
  for (const client of [s3, sqs, sns, logs, events]) client.destroy();
  await aws.close();
});

/** A queue that lets in whoever it names. */
async function queue(
  name: string,
  from?: { readonly service: string; readonly sourceArn: string },
): Promise<string> {
  const policy = {
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: from?.service },
        Action: 'sqs:SendMessage',
        Resource: queueArn(name),
        Condition: { ArnLike: { 'aws:SourceArn': from?.sourceArn } },
      },
    ],
  };
  const Attributes = {
    ...(name.endsWith('.fifo') ? { FifoQueue: 'true' } : {}),
    ...(from === undefined ? {} : { Policy: JSON.stringify(policy) }),
  };
  const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name, Attributes }));
  return QueueUrl!;
}

async function take(QueueUrl: string): Promise<string[]> {
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10 }));
  return Messages.map(({ Body }) => Body!);
}

describe('S3', () => {
  beforeAll(() => s3.send(new CreateBucketCommand({ Bucket: 'logs' })));
  const put = (Key: string, more: object = {}) =>
    s3.send(new PutObjectCommand({ Bucket: 'logs', Key, Body: 'x', ...more }));

  it('needs no option for its address, and gives back what was put', async () => {
    await put('a b/ü+1.gz', { Body: Buffer.from([1, 2, 3]) });
    const { Body, ContentLength } = await s3.send(
      new GetObjectCommand({ Bucket: 'logs', Key: 'a b/ü+1.gz' }),
    );
    expect(Buffer.from(await Body!.transformToByteArray())).toEqual(Buffer.from([1, 2, 3]));
    expect(ContentLength).toBe(3);
    const head = await s3.send(new HeadObjectCommand({ Bucket: 'logs', Key: 'a b/ü+1.gz' }));
    expect(head.ContentLength).toBe(3);
    const { Contents } = await s3.send(new ListObjectsV2Command({ Bucket: 'logs', Prefix: 'a ' }));
    expect(Contents!.map(({ Key }) => Key)).toEqual(['a b/ü+1.gz']);
    await expect(s3.send(new GetObjectCommand({ Bucket: 'logs', Key: 'gone' }))).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchKey' }),
    );
  });

  it('lets one of fifty conditional writes win', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 50 }, () => put('once', { IfNoneMatch: '*' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    const reasons = tries.flatMap((one) => (one.status === 'rejected' ? [(one.reason as Error).name] : []));
    expect(new Set(reasons)).toEqual(new Set(['PreconditionFailed']));
    const { ETag } = await put('once');
    await expect(put('once', { IfMatch: '"other"' })).rejects.toThrow(
      expect.objectContaining({ name: 'PreconditionFailed' }),
    );
    await put('once', { IfMatch: ETag });
    await expect(put('never', { IfMatch: ETag })).rejects.toThrow(
      expect.objectContaining({ name: 'NoSuchKey' }),
    );
  });

  it('tells a queue of objects that fit, with the key as forms write it, behind a test event', async () => {
    const url = await queue('objects', { service: 's3.amazonaws.com', sourceArn: 'arn:aws:s3:::logs' });
    const Filter = {
      Key: {
        FilterRules: [{ Name: 'prefix', Value: 'in/' } as const, { Name: 'suffix', Value: '.gz' } as const],
      },
    };
    const QueueConfigurations = [
      { QueueArn: queueArn('objects'), Events: ['s3:ObjectCreated:*' as const], Filter },
    ];
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'logs',
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    await put('in/a b+ü.gz');
    await put('in/other.txt');
    await put('out/a.gz');
    await s3.send(new DeleteObjectCommand({ Bucket: 'logs', Key: 'in/a b+ü.gz' }));
    await aws.idle();
    const [test, created, ...rest] = (await take(url)).map((body) => JSON.parse(body));
    expect(test).toMatchObject({ Event: 's3:TestEvent', Bucket: 'logs' });
    expect(created.Records[0]).toMatchObject({
      eventSource: 'aws:s3',
      eventName: 'ObjectCreated:Put',
      s3: {
        bucket: { name: 'logs' },
        object: { key: 'in/a+b%2B%C3%BC.gz', size: 1, eTag: '9dd4e461268c8034f5c8564e155c67a6' },
      },
    });
    expect(rest).toEqual([]);
  });

  it('tells EventBridge of all of them, with the key as it is', async () => {
    const url = await queue('bridge', { service: 'events.amazonaws.com', sourceArn: ruleArn('objects') });
    await events.send(
      new PutRuleCommand({
        Name: 'objects',
        EventPattern: JSON.stringify({ source: ['aws.s3'], detail: { object: { key: [{ prefix: 'b ' }] } } }),
      }),
    );
    await events.send(
      new PutTargetsCommand({ Rule: 'objects', Targets: [{ Id: 'q', Arn: queueArn('bridge') }] }),
    );
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'logs',
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    await put('b ü+.gz');
    await put('c');
    await aws.idle();
    const [event, ...rest] = (await take(url)).map((body) => JSON.parse(body));
    expect(event).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      detail: {
        bucket: { name: 'logs' },
        object: { key: 'b ü+.gz', size: 1, etag: '9dd4e461268c8034f5c8564e155c67a6' },
      },
    });
    expect(rest).toEqual([]);
  });

  it('is a fault of the set-up where the queue does not let it in: AWS would say nothing', async () => {
    await queue('closed');
    const QueueConfigurations = [{ QueueArn: queueArn('closed'), Events: ['s3:ObjectCreated:*' as const] }];
    await s3.send(
      new PutBucketNotificationConfigurationCommand({
        Bucket: 'logs',
        NotificationConfiguration: { QueueConfigurations },
      }),
    );
    await expect(aws.idle()).rejects.toThrow(/s3\.amazonaws\.com may not send/);
    await s3.send(
      new PutBucketNotificationConfigurationCommand({ Bucket: 'logs', NotificationConfiguration: {} }),
    );
  });
});

describe('SQS', () => {
  it('gives addresses that every resolver knows', async () => {
    const url = await queue('plain');
    expect(url.startsWith(aws.settings.endpoint)).toBe(true);
    expect((await sqs.send(new GetQueueUrlCommand({ QueueName: 'plain' }))).QueueUrl).toBe(url);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'one' }));
    expect(await take(url)).toEqual(['one']);
  });

  it('in order by group, once by deduplication id', async () => {
    const url = await queue('ordered.fifo');
    const send = (group: string, id: string, body: string) =>
      sqs.send(
        new SendMessageCommand({
          QueueUrl: url,
          MessageBody: body,
          MessageGroupId: group,
          MessageDeduplicationId: id,
        }),
      );
    const first = await send('a', '1', 'a1');
    const again = await send('a', '1', 'another body');
    expect(again.MessageId).toBe(first.MessageId);
    await send('a', '2', 'a2');
    await send('b', '3', 'b1');
    // A group waits for its first message.
    expect((await take(url)).sort()).toEqual(['a1', 'b1']);
    expect(await take(url)).toEqual([]);
    await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x' }))).rejects.toThrow(
      /MessageGroupId/,
    );
  });

  it('does not pretend to wait for a clock', async () => {
    const url = await queue('late');
    await expect(
      sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: 'x', DelaySeconds: 5 })),
    ).rejects.toThrow(/not emulated/);
  });
});

describe('SNS', () => {
  let posts: { type: string; body: string }[] = [];
  let failures = 0;
  let web: Server;

  beforeAll(async () => {
    web = createServer((message, response) => {
      void bodyOf(message).then((body) => {
        response.statusCode = failures-- > 0 ? 500 : 200;
        if (response.statusCode === 200)
          posts.push({ type: String(message.headers['x-amz-sns-message-type']), body: body.toString() });
        response.end();
      });
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => new Promise((resolve) => web.close(resolve)));
  afterEach(() => {
    posts = [];
    failures = 0;
  });

  it('sends each protocol its own piece of a message, and filters by attributes', async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'alerts' }));
    const url = await queue('high', { service: 'sns.amazonaws.com', sourceArn: topicArn('alerts') });
    const FilterPolicy = JSON.stringify({ severity: ['HIGH', { prefix: 'CRIT' }] });
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'sqs',
        Endpoint: queueArn('high'),
        Attributes: { FilterPolicy, RawMessageDelivery: 'true' },
      }),
    );
    await sns.send(
      new SubscribeCommand({
        TopicArn,
        Protocol: 'email',
        Endpoint: 'ops@example.com',
        Attributes: { FilterPolicy },
      }),
    );
    const Message = JSON.stringify({ default: 'for people', sqs: '{"for":"programs"}' });
    for (const StringValue of ['HIGH', 'LOW']) {
      await sns.send(
        new PublishCommand({
          TopicArn,
          Message,
          MessageStructure: 'json',
          Subject: `about ${StringValue}`,
          MessageAttributes: { severity: { DataType: 'String', StringValue } },
        }),
      );
    }
    await aws.idle();
    expect(await take(url)).toEqual(['{"for":"programs"}']);
    expect(aws.mails).toEqual([
      { to: 'ops@example.com', topicArn: TopicArn, subject: 'about HIGH', body: 'for people' },
    ]);
  });

  it('refuses what AWS refuses', async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'bounds' }));
    const publish = (more: object) => sns.send(new PublishCommand({ TopicArn, Message: 'm', ...more }));
    await expect(publish({ Subject: 'x'.repeat(101) })).rejects.toThrow(/Subject/);
    await expect(publish({ Subject: 'two\nlines' })).rejects.toThrow(/Subject/);
    await expect(publish({ Message: 'ü'.repeat(131_073) })).rejects.toThrow(/too long/);
    await expect(publish({ MessageStructure: 'json', Message: '{"email":"x"}' })).rejects.toThrow(
      /No default entry/,
    );
    await expect(publish({ MessageStructure: 'json' })).rejects.toThrow(/failed to parse/);
    await expect(publish({ Message: 'x'.repeat(262_144), Subject: 'x'.repeat(100) })).resolves.toBeDefined();
  });

  it('posts to an endpoint that has confirmed, and again when that failed', async () => {
    const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: 'web' }));
    const Endpoint = `http://127.0.0.1:${(web.address() as AddressInfo).port}/hook`;
    await sns.send(new SubscribeCommand({ TopicArn, Protocol: 'http', Endpoint }));
    await sns.send(new PublishCommand({ TopicArn, Message: 'too early' }));
    await aws.settle();
    expect(posts.map(({ type }) => type)).toEqual(['SubscriptionConfirmation']);
    const { SubscribeURL } = JSON.parse(posts.pop()!.body) as { SubscribeURL: string };
    expect((await fetch(SubscribeURL)).status).toBe(200);
    failures = 2;
    await sns.send(new PublishCommand({ TopicArn, Message: 'now', Subject: 'hello' }));
    await aws.settle();
    expect(posts.map(({ type, body }) => [type, JSON.parse(body)])).toEqual([
      ['Notification', expect.objectContaining({ Message: 'now', Subject: 'hello', TopicArn })],
    ]);
  });
});

describe('EventBridge', () => {
  const put = (entry: object) =>
    events.send(
      new PutEventsCommand({ Entries: [{ Source: 'own', DetailType: 'made', Detail: '{"a":1}', ...entry }] }),
    );

  it('hands an event to the targets of the rules that it fits, as they want it', async () => {
    const whole = await queue('whole', { service: 'events.amazonaws.com', sourceArn: ruleArn('own') });
    const short = await queue('short.fifo', { service: 'events.amazonaws.com', sourceArn: ruleArn('own') });
    await events.send(
      new PutRuleCommand({
        Name: 'own',
        EventPattern: '{"source":["own"],"detail":{"a":[{"exists":true}]}}',
      }),
    );
    await events.send(
      new PutTargetsCommand({
        Rule: 'own',
        Targets: [
          { Id: 'whole', Arn: queueArn('whole') },
          {
            Id: 'short',
            Arn: queueArn('short.fifo'),
            SqsParameters: { MessageGroupId: 'g' },
            InputTransformer: {
              InputPathsMap: { a: '$.detail.a', s: '$.source' },
              InputTemplate: '{"a":<a>,"s":"<s>"}',
            },
          },
        ],
      }),
    );
    await put({});
    await put({ Detail: '{"b":1}' });
    // A FIFO queue without deduplication by content refuses what has no id: that is said aloud here.
    await expect(aws.idle()).rejects.toThrow(/ContentBasedDeduplication/);
    expect((await take(whole)).map((body) => JSON.parse(body))).toMatchObject([
      { source: 'own', 'detail-type': 'made', detail: { a: 1 } },
    ]);
    expect(await take(short)).toEqual([]);
  });

  it('takes no event of AWS from a customer, and none that is malformed', async () => {
    expect((await put({ Source: 'aws.iam' })).Entries![0]!.ErrorCode).toBe('NotAuthorizedForSourceException');
    expect((await put({ Detail: '{' })).Entries![0]!.ErrorCode).toBe('MalformedDetail');
    expect((await put({ Source: '' })).Entries![0]!.ErrorCode).toBe('InvalidArgument');
    await expect(
      events.send(new PutRuleCommand({ Name: 'bad', EventPattern: '{"a":[{"cidr":"::/0"}]}' })),
    ).rejects.toThrow(/cidr/);
    await expect(
      events.send(new PutRuleCommand({ Name: 'bad', ScheduleExpression: 'every day' })),
    ).rejects.toThrow(/ScheduleExpression/);
  });

  it('shows read-only calls to rules that ask for all management events, and to no others', async () => {
    const pattern = JSON.stringify({ 'detail-type': ['AWS API Call via CloudTrail'] });
    const urls = [];
    for (const [name, State] of [
      ['writes', 'ENABLED'],
      ['all', 'ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS'],
    ] as const) {
      urls.push(await queue(name, { service: 'events.amazonaws.com', sourceArn: ruleArn(name) }));
      await events.send(new PutRuleCommand({ Name: name, EventPattern: pattern, State }));
      await events.send(new PutTargetsCommand({ Rule: name, Targets: [{ Id: 'q', Arn: queueArn(name) }] }));
    }
    for (const readOnly of [true, false]) {
      aws.emit({
        source: 'aws.iam',
        detailType: 'AWS API Call via CloudTrail',
        resources: [],
        detail: { readOnly },
      });
    }
    await aws.idle();
    expect((await take(urls[0]!)).map((body) => JSON.parse(body).detail)).toEqual([{ readOnly: false }]);
    expect(await take(urls[1]!)).toHaveLength(2);
  });
});

describe('CloudWatch Logs', () => {
  const group = 'app/orders';
  const now = Date.now();
  const put = (logEvents: { timestamp: number; message: string }[], logStreamName = 's') =>
    logs.send(new PutLogEventsCommand({ logGroupName: group, logStreamName, logEvents }));

  beforeAll(async () => {
    await logs.send(new CreateLogGroupCommand({ logGroupName: group }));
    for (const logStreamName of ['s', 't'])
      await logs.send(new CreateLogStreamCommand({ logGroupName: group, logStreamName }));
  });

  it('finds events by time and stream, a page at a time', async () => {
    await put([1, 2, 3, 4, 5].map((n) => ({ timestamp: now + n, message: `line ${n}` })));
    await put([{ timestamp: now + 3, message: 'other' }], 't');
    const found: string[] = [];
    let nextToken: string | undefined;
    let pages = 0;
    do {
      const page = await logs.send(
        new FilterLogEventsCommand({
          logGroupName: group,
          startTime: now + 2,
          endTime: now + 4,
          limit: 3,
          nextToken,
        }),
      );
      found.push(...page.events!.map(({ message }) => message!));
      nextToken = page.nextToken;
      pages++;
    } while (nextToken !== undefined);
    expect([pages, found.sort()]).toEqual([2, ['line 2', 'line 3', 'line 4', 'other']]);
    const inStream = await logs.send(
      new FilterLogEventsCommand({ logGroupName: group, logStreamNames: ['t'] }),
    );
    expect(inStream.events).toHaveLength(1);
    await expect(
      logs.send(new FilterLogEventsCommand({ logGroupName: group, filterPattern: 'ERROR' })),
    ).rejects.toThrow(/not emulated/);
    await expect(logs.send(new FilterLogEventsCommand({ logGroupName: 'gone' }))).rejects.toThrow(
      expect.objectContaining({ name: 'ResourceNotFoundException' }),
    );
    expect(
      (await logs.send(new DescribeLogGroupsCommand({ logGroupNamePrefix: 'app/' }))).logGroups![0]!
        .logGroupName,
    ).toBe(group);
  });

  it('refuses batches that AWS refuses, and leaves out what is too old', async () => {
    await expect(
      put([
        { timestamp: now, message: 'b' },
        { timestamp: now - 1, message: 'a' },
      ]),
    ).rejects.toThrow(/chronological/);
    await expect(put([{ timestamp: now, message: 'x'.repeat(1_048_576) }])).rejects.toThrow(/bytes/);
    await expect(put([{ timestamp: now, message: 'x' }], 'gone')).rejects.toThrow(/log stream/);
    const { rejectedLogEventsInfo } = await put([{ timestamp: now - 15 * 86_400_000, message: 'old' }]);
    expect(rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
  });

  it('hands what is put to a subscribed function, gzipped, behind a control message', async () => {
    const stack = await deploySmall(
      aws,
      {
        Role: roleOf(),
        Reader: functionOf('Reader'),
        Let: {
          Type: 'AWS::Lambda::Permission',
          Properties: {
            FunctionName: { Ref: 'Reader' },
            Action: 'lambda:InvokeFunction',
            Principal: 'logs.amazonaws.com',
            SourceArn: 'arn:aws:logs:us-east-1:000000000000:log-group:app/*',
          },
        },
      },
      { Reader: 'export const handler = async () => null;' },
    );
    const filter = {
      logGroupName: group,
      filterName: 'all',
      filterPattern: '',
      destinationArn: stack.attribute('Reader', 'Arn'),
    };
    await logs.send(new PutSubscriptionFilterCommand(filter));
    await put([{ timestamp: now + 9, message: 'subscribed' }]);
    await aws.idle();
    const payloads = aws.invocations.map(({ event }) => {
      const { awslogs } = JSON.parse(event) as { awslogs: { data: string } };
      return JSON.parse(gunzipSync(Buffer.from(awslogs.data, 'base64')).toString());
    });
    expect(payloads.map(({ messageType }) => messageType).sort()).toEqual([
      'CONTROL_MESSAGE',
      'DATA_MESSAGE',
    ]);
    expect(payloads.find(({ messageType }) => messageType === 'DATA_MESSAGE')).toMatchObject({
      logGroup: group,
      logStream: 's',
      subscriptionFilters: ['all'],
      logEvents: [{ message: 'subscribed', timestamp: now + 9 }],
    });
  });
});

describe('DynamoDB', () => {
  it('knows time to live', async () => {
    const dynamodb = new DynamoDBClient(aws.settings);
    await dynamodb.send(
      new CreateTableCommand({
        TableName: 'state',
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [{ AttributeName: 'p', AttributeType: 'S' }],
        KeySchema: [{ AttributeName: 'p', KeyType: 'HASH' }],
      }),
    );
    await dynamodb.send(
      new UpdateTimeToLiveCommand({
        TableName: 'state',
        TimeToLiveSpecification: { Enabled: true, AttributeName: 'expiresAt' },
      }),
    );
    const { TimeToLiveDescription } = await dynamodb.send(
      new DescribeTimeToLiveCommand({ TableName: 'state' }),
    );
    expect(TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'ENABLED', AttributeName: 'expiresAt' });
    const tries = await Promise.allSettled(
      Array.from({ length: 50 }, () =>
        dynamodb.send(
          new PutItemCommand({
            TableName: 'state',
            Item: { p: { S: 'one' } },
            ConditionExpression: 'attribute_not_exists(p)',
          }),
        ),
      ),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    dynamodb.destroy();
  });
});

describe('secrets', () => {
  it('are given by name and by ARN, sealed parameters only decrypted', async () => {
    const manager = new SecretsManagerClient(aws.settings);
    const { ARN } = await manager.send(new CreateSecretCommand({ Name: 'slack', SecretString: 'made up' }));
    for (const SecretId of ['slack', ARN!]) {
      expect((await manager.send(new GetSecretValueCommand({ SecretId }))).SecretString).toBe('made up');
    }
    const ssm = new SSMClient(aws.settings);
    await ssm.send(new PutParameterCommand({ Name: '/slack/hook', Value: 'made up', Type: 'SecureString' }));
    const get = async (WithDecryption: boolean) =>
      (await ssm.send(new GetParameterCommand({ Name: '/slack/hook', WithDecryption }))).Parameter!.Value;
    expect(await get(true)).toBe('made up');
    expect(await get(false)).not.toBe('made up');
    manager.destroy();
    ssm.destroy();
  });
});

describe('what is not emulated', () => {
  it('is an error in every service, never an empty success', async () => {
    const settings = { ...aws.settings, maxAttempts: 1 };
    const asked: readonly (() => Promise<unknown>)[] = [
      () => s3.send(new GetBucketAclCommand({ Bucket: 'logs' })),
      () =>
        sqs.send(
          new ListDeadLetterSourceQueuesCommand({ QueueUrl: `${aws.settings.endpoint}/000000000000/plain` }),
        ),
      () => sns.send(new CheckIfPhoneNumberIsOptedOutCommand({ phoneNumber: '+1' })),
      () => logs.send(new GetLogEventsCommand({ logGroupName: 'app/orders', logStreamName: 's' })),
      () => events.send(new ListReplaysCommand({})),
      () => new LambdaClient(settings).send(new ListFunctionsCommand({})),
      () => new SSMClient(settings).send(new GetParametersByPathCommand({ Path: '/' })),
      () => new SecretsManagerClient(settings).send(new ListSecretsCommand({})),
      () => new DynamoDBClient(settings).send(new TransactWriteItemsCommand({ TransactItems: [] })),
    ];
    const answers = await Promise.allSettled(asked.map((ask) => ask()));
    expect(
      answers.map((answer) => (answer.status === 'rejected' ? (answer.reason as Error).name : 'answered')),
    ).toEqual(
      answers.map(() =>
        expect.stringMatching(
          /^(UnknownOperationException|InvalidAction|UnsupportedOperation|InvalidParameterValue|ValidationException)$/,
        ),
      ),
    );
  });

  it('is a request without a signature, or with a key that nobody gave out', async () => {
    expect((await fetch(aws.settings.endpoint)).status).toBe(403);
    const stranger = new SQSClient({
      ...aws.settings,
      credentials: { accessKeyId: 'STRANGER', secretAccessKey: 'x' },
      maxAttempts: 1,
    });
    await expect(stranger.send(new GetQueueUrlCommand({ QueueName: 'plain' }))).rejects.toThrow(
      /not one that was given out/,
    );
    stranger.destroy();
  });

  it('is a resource type, or a property, that the loader does not know', async () => {
    await expect(deploySmall(aws, { Cell: { Type: 'AWS::IoT::Thing' } })).rejects.toThrow(
      'Cell: the type AWS::IoT::Thing is not emulated',
    );
    const odd = { Type: 'AWS::SQS::Queue', Properties: { DelaySeconds: 5 } };
    await expect(deploySmall(aws, { Odd: odd })).rejects.toThrow(
      'Odd (AWS::SQS::Queue): DelaySeconds is not emulated',
    );
    const ring = {
      A: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['B', 'QueueName'] } } },
      B: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['A', 'QueueName'] } } },
    };
    await expect(deploySmall(aws, ring)).rejects.toThrow('circular: A -> B -> A');
  });
});

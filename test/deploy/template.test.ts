// What `npm run package` makes: the compiled template and the zips, as they would be deployed. Works without an account and a network.

import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { LIVE_TABLE } from '../../src/state/dynamodb-state.ts';
import {
  EVERYTHING,
  LEAST,
  type Packaged,
  type Parameters,
  packaged,
  type Resource,
  TRIAL,
} from './packaged.ts';
import { referencesOf, resolveTemplate } from './resolved.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Topics tell of the trail and of the flows; nobody but EventBridge can tell of the access logs. */
const ACCESS_LOGS: Parameters = {
  trailBucket: 'trail-logs',
  trailTopicArn: 'arn:aws:sns:us-east-1:111122223333:logs',
  flowBucket: 'flow-logs',
  flowTopicArn: 'arn:aws:sns:us-east-1:111122223333:logs',
  accessLogBucket: 'access-logs',
  accessLogPrefix: 's3/',
};
/** Between them every condition is true once and false once; the test below holds them to it. */
const CHOICES: Readonly<Record<string, Parameters>> = {
  'a bucket and nothing else': LEAST,
  everything: EVERYTHING,
  'a trial': TRIAL,
  'a topic for the trail, EventBridge for the flows': {
    trailBucket: 'trail-logs',
    trailTopicArn: 'arn:aws:sns:eu-west-1:111122223333:trail',
    flowBucket: 'flow-logs',
  },
  'one topic for two buckets, EventBridge for access logs': ACCESS_LOGS,
};

const packages = new Map<string, Packaged>();
const resolved = new Map<string, Readonly<Record<string, Resource>>>();

beforeAll(async () => {
  for (const [name, parameters] of Object.entries(CHOICES)) packages.set(name, await packaged(parameters));
}, 240_000);

function resourcesOf(choice: string): Readonly<Record<string, Resource>> {
  const known = resolved.get(choice) ?? resolveTemplate(packages.get(choice)!.template);
  resolved.set(choice, known);
  return known;
}

function ofType(choice: string, type: string): [string, Resource][] {
  return Object.entries(resourcesOf(choice)).filter(([, { Type }]) => Type === type);
}

const everywhere = Object.keys(CHOICES);
const functionIdOf = (value: unknown): string => [...referencesOf(value)][0]!;

describe.each(everywhere)('%s', (choice) => {
  it('packages, refers only to what is made, and in no circle', () => {
    const resources = resourcesOf(choice);
    const done = new Set<string>();
    const walk = (id: string, above: readonly string[]): void => {
      expect(above, `${[...above, id].join(' -> ')}`).not.toContain(id);
      if (done.has(id)) return;
      for (const next of referencesOf(resources[id])) if (next in resources) walk(next, [...above, id]);
      done.add(id);
    };
    for (const id of Object.keys(resources)) walk(id, []);
    expect(done.size).toBeGreaterThan(50);
  });

  it('runs every function on Node 24 and arm64, each under a role of its own', () => {
    const functions = ofType(choice, 'AWS::Lambda::Function').map(([, { Properties }]) => Properties);
    expect(functions.length).toBeGreaterThanOrEqual(4);
    for (const { Runtime, Architectures, RecursiveLoop, Environment } of functions) {
      expect({ Runtime, Architectures, RecursiveLoop }).toEqual({
        Runtime: 'nodejs24.x',
        Architectures: ['arm64'],
        RecursiveLoop: 'Terminate',
      });
      expect(Environment.Variables.NODE_OPTIONS).toBe('--enable-source-maps');
    }
    // An invocation writes nothing by itself: a subscription of the function's own log would else feed on START and REPORT.
    for (const { LoggingConfig } of functions)
      expect(LoggingConfig).toEqual({ LogFormat: 'JSON', SystemLogLevel: 'WARN' });
    const roles = functions.map(({ Role }) => functionIdOf(Role));
    expect(new Set(roles).size).toBe(functions.length);
  });

  it('keeps the functions’ logs in groups that it made, for a time that was chosen', () => {
    const groups = ofType(choice, 'AWS::Logs::LogGroup').map(([, { Properties }]) => Properties);
    const names = ofType(choice, 'AWS::Lambda::Function').map(
      ([, { Properties }]) => `/aws/lambda/${Properties.FunctionName}`,
    );
    expect(groups.map(({ LogGroupName }) => LogGroupName).sort()).toEqual(names.sort());
    const days = Number(CHOICES[choice]!.logRetentionDays ?? 90);
    for (const { RetentionInDays } of groups) expect(RetentionInDays).toBe(days);
  });

  it('gives every queue encryption, transport by TLS alone, and dead letters as long a time as its own', () => {
    const queues = ofType(choice, 'AWS::SQS::Queue');
    const policies = ofType(choice, 'AWS::SQS::QueuePolicy').map(([, { Properties }]) => Properties);
    expect(queues.length).toBeGreaterThanOrEqual(6);
    for (const [id, { Properties }] of queues) {
      expect(Properties.SqsManagedSseEnabled, id).toBe(true);
      const policy = policies.filter(({ Queues }) => referencesOf(Queues).has(id));
      expect(policy, id).toHaveLength(1);
      expect(policy[0].PolicyDocument.Statement[0], id).toEqual({
        Sid: 'EncryptedTransportOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 'sqs:*',
        Resource: { 'Fn::GetAtt': [id, 'Arn'] },
        Condition: { Bool: { 'aws:SecureTransport': false } },
      });
      if (Properties.RedrivePolicy === undefined) {
        expect(Properties.MessageRetentionPeriod, id).toBe(1_209_600);
        continue;
      }
      const dead = resourcesOf(choice)[functionIdOf(Properties.RedrivePolicy.deadLetterTargetArn)]!;
      // Of this queue alone: no other may use it for its dead letters.
      expect(dead.Properties.RedriveAllowPolicy, id).toEqual({
        redrivePermission: 'byQueue',
        sourceQueueArns: [
          {
            'Fn::Sub': `arn:\${AWS::Partition}:sqs:\${AWS::Region}:\${AWS::AccountId}:${Properties.QueueName}`,
          },
        ],
      });
      expect(Properties.RedrivePolicy.maxReceiveCount).toBeGreaterThanOrEqual(5);
      expect(dead.Properties.MessageRetentionPeriod).toBeGreaterThanOrEqual(
        Properties.MessageRetentionPeriod,
      );
      expect(dead.Properties.FifoQueue).toBe(Properties.FifoQueue);
    }
  });

  it('lets nobody send to a queue but by a rule or a topic that is named', () => {
    for (const [id, { Properties }] of ofType(choice, 'AWS::SQS::QueuePolicy')) {
      const allowed = Properties.PolicyDocument.Statement.filter(
        ({ Effect }: { readonly Effect: string }) => Effect === 'Allow',
      );
      for (const { Principal, Action, Condition } of allowed) {
        expect(Action, id).toBe('sqs:SendMessage');
        expect(['events.amazonaws.com', 'sns.amazonaws.com'], id).toContain(Principal.Service);
        expect(Object.keys(Condition), id).toEqual(['ArnEquals']);
        expect(Object.keys(Condition.ArnEquals), id).toEqual(['aws:SourceArn']);
      }
    }
  });

  it('retries single messages, in bounds, and sees a message again only when its reader has given up', () => {
    const mappings = ofType(choice, 'AWS::Lambda::EventSourceMapping').map(
      ([, { Properties }]) => Properties,
    );
    expect(mappings).toHaveLength(CHOICES[choice]!.slackSecret === undefined ? 1 : 2);
    for (const mapping of mappings) {
      expect(mapping.FunctionResponseTypes).toEqual(['ReportBatchItemFailures']);
      const queue = resourcesOf(choice)[functionIdOf(mapping.EventSourceArn)]!.Properties;
      const lambda = resourcesOf(choice)[functionIdOf(mapping.FunctionName)]!.Properties;
      const window = mapping.MaximumBatchingWindowInSeconds ?? 0;
      // https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
      expect(queue.VisibilityTimeout).toBeGreaterThanOrEqual(6 * lambda.Timeout + window);
      if (queue.FifoQueue === true) continue;
      expect(mapping.ScalingConfig.MaximumConcurrency).toBe(Number(CHOICES[choice]!.archiveConcurrency ?? 5));
    }
  });

  it('loses nothing of what Lambda invokes asynchronously', () => {
    const permitted = new Set(
      ofType(choice, 'AWS::Lambda::Permission').map(([, { Properties }]) =>
        functionIdOf(Properties.FunctionName),
      ),
    );
    const always = ['TrailEventsLambdaFunction', 'WindowCloserLambdaFunction'];
    const ofGroups = 'LogEventsLambdaFunction';
    expect([...permitted].sort()).toEqual(
      CHOICES[choice]!.logGroups === undefined ? always : [ofGroups, ...always],
    );
    const invoked = [ofGroups, ...always];
    const configurations = ofType(choice, 'AWS::Lambda::EventInvokeConfig').map(
      ([, { Properties }]) => Properties,
    );
    const queues = new Set<string>();
    for (const id of invoked) {
      const [own] = configurations.filter(({ FunctionName }) => functionIdOf(FunctionName) === id);
      expect(own.MaximumRetryAttempts).toBe(2);
      const queue = functionIdOf(own.DestinationConfig.OnFailure.Destination);
      queues.add(queue);
      expect(resourcesOf(choice)[queue]!.Properties.SqsManagedSseEnabled).toBe(true);
      const role = resourcesOf(choice)[functionIdOf(resourcesOf(choice)[id]!.Properties.Role)]!;
      expect(JSON.stringify(role)).toContain(
        `"Action":"sqs:SendMessage","Resource":{"Fn::GetAtt":["${queue}","Arn"]}`,
      );
    }
    expect(queues.size).toBe(invoked.length);
  });

  it('gives every target of a rule a dead-letter queue that takes from that rule', () => {
    const rules = ofType(choice, 'AWS::Events::Rule');
    expect(rules.length).toBeGreaterThanOrEqual(3);
    for (const [id, { Properties }] of rules) {
      for (const { DeadLetterConfig } of Properties.Targets) {
        const queue = functionIdOf(DeadLetterConfig.Arn);
        const policies = ofType(choice, 'AWS::SQS::QueuePolicy').filter(([, policy]) =>
          referencesOf(policy.Properties.Queues).has(queue),
        );
        expect(referencesOf(policies), id).toContain(id);
      }
    }
  });

  it('lets Lambda be invoked only by a rule that is named, or by a log group that was chosen', () => {
    const groups: unknown[] = [];
    for (const [id, { Properties }] of ofType(choice, 'AWS::Lambda::Permission')) {
      expect(Properties.Action, id).toBe('lambda:InvokeFunction');
      if (Properties.Principal === 'events.amazonaws.com') {
        expect(resourcesOf(choice)[functionIdOf(Properties.SourceArn)]!.Type, id).toBe('AWS::Events::Rule');
      } else {
        expect(Properties.Principal, id).toBe('logs.amazonaws.com');
        expect(Properties.SourceAccount, id).toEqual({ Ref: 'AWS::AccountId' });
        groups.push(Properties.SourceArn);
      }
    }
    const chosen = CHOICES[choice]!.logGroups?.split(',') ?? [];
    expect(groups).toEqual(
      chosen.map((group) => ({
        'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:log-group:${group}:*`,
      })),
    );
  });

  it('keeps its state in one table: on demand, encrypted, with a way back and an end for each item', () => {
    const [[, { Properties }], ...others] = ofType(choice, 'AWS::DynamoDB::Table') as [[string, Resource]];
    expect(others).toEqual([]);
    expect(Properties).toEqual({
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: LIVE_TABLE.partition, AttributeType: 'S' },
        { AttributeName: LIVE_TABLE.sort, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: LIVE_TABLE.partition, KeyType: 'HASH' },
        { AttributeName: LIVE_TABLE.sort, KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: LIVE_TABLE.expiry, Enabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      SSESpecification: { SSEEnabled: true },
      DeletionProtectionEnabled: CHOICES[choice]!.deletionProtection !== 'false',
    });
  });

  it('says of everything that holds data what becomes of it when the stack goes', () => {
    const holders = Object.entries(resourcesOf(choice)).filter(
      ([id, { Type }]) =>
        ['AWS::DynamoDB::Table', 'AWS::SecretsManager::Secret', 'AWS::KMS::Key', 'AWS::S3::Bucket'].includes(
          Type,
        ) &&
        // Holds the zips, and osls empties it when it removes the stack.
        id !== 'ServerlessDeploymentBucket',
    );
    expect(holders.length).toBeGreaterThanOrEqual(3);
    const wanted = CHOICES[choice]!.keepData === 'true' ? 'Retain' : 'Delete';
    for (const [id, { DeletionPolicy, UpdateReplacePolicy }] of holders)
      expect([id, DeletionPolicy, UpdateReplacePolicy]).toEqual([id, wanted, 'Retain']);
  });

  it('encrypts the topic with a key that CloudWatch may use, for this account’s alarms alone', () => {
    const [[topicId, { Properties: topic }]] = ofType(choice, 'AWS::SNS::Topic') as [[string, Resource]];
    const key = resourcesOf(choice)[functionIdOf(topic.KmsMasterKeyId)]!.Properties;
    expect(key.EnableKeyRotation).toBe(true);
    expect(key.KeyPolicy.Statement).toContainEqual({
      Sid: 'Alarms',
      Effect: 'Allow',
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: ['kms:Decrypt', 'kms:GenerateDataKey'],
      Resource: '*',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
    const [[, { Properties: policy }]] = ofType(choice, 'AWS::SNS::TopicPolicy') as [[string, Resource]];
    expect(policy.Topics).toEqual([{ Ref: topicId }]);
    const [deny, allow, ...others] = policy.PolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(deny).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Action: 'sns:Publish',
      Condition: { Bool: { 'aws:SecureTransport': false } },
    });
    expect(allow).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Action: 'sns:Publish',
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  it('has buckets that are private, encrypted and spoken to by TLS alone', () => {
    const buckets = ofType(choice, 'AWS::S3::Bucket');
    expect(buckets.map(([id]) => id)).toEqual(
      choice === 'a trial' ? ['ServerlessDeploymentBucket', 'TrialBucket'] : ['ServerlessDeploymentBucket'],
    );
    for (const [id, { Properties }] of buckets) {
      expect(Properties.BucketEncryption, id).toBeDefined();
      const policy = ofType(choice, 'AWS::S3::BucketPolicy').find(
        ([
          ,
          {
            Properties: { Bucket },
          },
        ]) => referencesOf(Bucket).has(id),
      )!;
      expect(policy[1].Properties.PolicyDocument.Statement[0], id).toMatchObject({
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Condition: { Bool: { 'aws:SecureTransport': false } },
      });
    }
  });

  it('keeps secrets out of environment variables: names of where they lie, and nothing that resolves to one', () => {
    for (const [id, { Properties }] of ofType(choice, 'AWS::Lambda::Function')) {
      const variables = Properties.Environment.Variables as Record<string, unknown>;
      expect(JSON.stringify(variables), id).not.toContain('{{resolve:');
      for (const [name, value] of Object.entries(variables)) {
        if (/SECRET|TOKEN|KEY|PASSWORD|WEBHOOK/.test(name))
          expect(value, `${id} ${name}`).toEqual(
            name === 'WIRETRAIL_SLACK_SECRET' ? CHOICES[choice]!.slackSecret : { Ref: 'FingerprintKey' },
          );
      }
    }
  });

  it('knows the names of all that it is made of, so that weakening the monitor is a finding (POL-10)', () => {
    const known = new Set<string>();
    for (const [, { Properties }] of ofType(choice, 'AWS::Lambda::Function')) {
      const names = Properties.Environment.Variables.WIRETRAIL_OWN_RESOURCES.split(',') as string[];
      for (const name of names) known.add(name);
    }
    const named = {
      'AWS::Lambda::Function': 'FunctionName',
      'AWS::Events::Rule': 'Name',
      'AWS::SNS::Topic': 'TopicName',
      'AWS::Logs::LogGroup': 'LogGroupName',
      'AWS::CloudTrail::Trail': 'TrailName',
    };
    for (const [type, property] of Object.entries(named))
      for (const [id, { Properties }] of ofType(choice, type))
        expect(known, id).toContain(Properties[property]);
    if (CHOICES[choice]!.ownResources !== undefined) expect(known).toContain(CHOICES[choice]!.ownResources);
  });

  it('subscribes the queue to each topic once, in the topic’s region, and lets that topic in', () => {
    const { trailTopicArn, flowTopicArn } = CHOICES[choice]!;
    const topics = [...new Set([trailTopicArn, flowTopicArn])].filter((topic) => topic !== undefined);
    const subscriptions = ofType(choice, 'AWS::SNS::Subscription').filter(
      ([, { Properties }]) => Properties.Protocol === 'sqs',
    );
    expect(subscriptions.map(([, { Properties }]) => Properties.TopicArn)).toEqual(topics);
    for (const [id, { Properties }] of subscriptions) {
      expect(selected(Properties.Region), id).toBe(Properties.TopicArn.split(':')[3]);
      expect(Properties.Endpoint, id).toEqual({ 'Fn::GetAtt': ['Objects', 'Arn'] });
    }
    const allowed = resourcesOf(choice)
      .ObjectsPolicy!.Properties.PolicyDocument.Statement.filter(
        ({ Principal }: { Principal: { Service?: string } }) => Principal.Service === 'sns.amazonaws.com',
      )
      .map(({ Condition }: { Condition: { ArnEquals: Record<string, string> } }) => Condition.ArnEquals);
    expect(allowed).toEqual(topics.map((topic) => ({ 'aws:SourceArn': topic })));
  });

  it('tells the function which objects it may read, as its role has them', () => {
    const { Variables } = resourcesOf(choice).ArchiveObjectsLambdaFunction!.Properties.Environment;
    const named = [
      Variables.WIRETRAIL_TRAIL_OBJECTS,
      Variables.WIRETRAIL_FLOW_OBJECTS,
      Variables.WIRETRAIL_ACCESS_LOG_OBJECTS,
    ].map(({ 'Fn::Join': [, [, ...rest]] }: { 'Fn::Join': [string, unknown[]] }) =>
      JSON.stringify(rest.concat('*')),
    );
    const [{ Resource: granted }] = resourcesOf(choice).ArchiveObjectsRole!.Properties.Policies[0]
      .PolicyDocument.Statement as [{ Resource: { 'Fn::Join': [string, unknown[]] }[] }];
    const readable = granted.map(({ 'Fn::Join': [, [, , , bucket, prefix]] }) =>
      JSON.stringify([bucket, String(prefix).slice(0, -1), '*']),
    );
    expect(named).toEqual(readable);
    expect(Variables.WIRETRAIL_TRAIL_OBJECTS['Fn::Join'][1][0]).toBe('s3://');
    for (const other of ['TrailEvents', 'LogEvents', 'WindowCloser'])
      expect(
        resourcesOf(choice)[`${other}LambdaFunction`]!.Properties.Environment.Variables,
        other,
      ).not.toHaveProperty('WIRETRAIL_TRAIL_OBJECTS');
  });

  it('takes new objects from the monitor’s own bus as from the default one', () => {
    const { NewObjects, NewObjectsForwarded, ApiCalls, ApiCallsForwarded } = resourcesOf(choice);
    expect([NewObjects, ApiCalls].map((rule) => rule?.Properties.EventBusName)).toEqual([
      undefined,
      undefined,
    ]);
    for (const [here, forwarded] of [
      [NewObjects, NewObjectsForwarded],
      [ApiCalls, ApiCallsForwarded],
    ] as const) {
      expect(forwarded === undefined).toBe(here === undefined);
      if (here === undefined || forwarded === undefined) continue;
      expect(forwarded.Properties.EventBusName).toEqual({ Ref: 'Forwarded' });
      expect(forwarded.Properties.EventPattern).toEqual(here.Properties.EventPattern);
      expect(forwarded.Properties.Targets).toEqual(here.Properties.Targets);
    }
  });

  it('subscribes to the chosen log groups, once it may invoke the function', () => {
    const groups = ofType(choice, 'AWS::Logs::SubscriptionFilter');
    expect(groups.map(([, { Properties }]) => Properties.LogGroupName).join(',')).toBe(
      CHOICES[choice]!.logGroups ?? '',
    );
    for (const [id, { DependsOn, Properties }] of groups) {
      const { SourceArn } = resourcesOf(choice)[String(DependsOn)]!.Properties;
      expect(SourceArn['Fn::Sub'], id).toContain(`:log-group:${Properties.LogGroupName}:*`);
      expect(Properties.FilterPattern, id).toBe('');
    }
  });

  it('holds each bundle, its maps and the licences, and nothing else', () => {
    for (const [, { Properties }] of ofType(choice, 'AWS::Lambda::Function')) {
      const file = Properties.Handler.replace(/\.handler$/, '') as string;
      expect(existsSync(path.join(root, `${file.replace('dist/', '')}.ts`)), `${file} has its source`).toBe(
        true,
      );
      const zip = path.join(packages.get(choice)!.folder, path.basename(Properties.Code.S3Key));
      const names = namesInZip(readFileSync(zip));
      const chunk = new RegExp(`^${file}-later/[\\w-]+\\.mjs(\\.map)?$`);
      expect(names.filter((name) => !chunk.test(name))).toEqual([
        'LICENSE',
        'NOTICE',
        'THIRD_PARTY_NOTICES.md',
        `${file}.mjs`,
        `${file}.mjs.map`,
      ]);
      // Each with its map: stacks in the logs are told by the sources.
      const modules = names.filter((name) => name.endsWith('.mjs'));
      expect(modules.filter((name) => !names.includes(`${name}.map`))).toEqual([]);
      expect(modules.length, 'what is loaded later goes along').toBeGreaterThan(5);
    }
  });
});

it('decides every condition both ways', () => {
  const names = Object.keys(packages.get('everything')!.template.Conditions);
  expect(names.length).toBeGreaterThan(8);
  const madeBy = (choice: string) =>
    new Map(
      names.map((name) => [
        name,
        JSON.stringify(resolveTemplate(withMarks(packages.get(choice)!, names)).Marks!.Properties[name]),
      ]),
    );
  const all = everywhere.map(madeBy);
  for (const name of names)
    expect([...new Set(all.map((decided) => decided.get(name)))].sort(), name).toEqual(['false', 'true']);
});

/** The same template with one more resource, which shows what each condition comes to. */
function withMarks({ template }: Packaged, names: readonly string[]): Packaged['template'] {
  const Properties = Object.fromEntries(names.map((name) => [name, { 'Fn::If': [name, true, false] }]));
  return { ...template, Resources: { ...template.Resources, Marks: { Type: 'Custom::Marks', Properties } } };
}

it('tells of new objects by EventBridge, or by the topics that were given', () => {
  expect(ofType('a bucket and nothing else', 'AWS::SNS::Subscription')).toEqual([]);
  expect(resourcesOf('a bucket and nothing else').NewObjects!.Properties.EventPattern.detail.$or[0]).toEqual({
    bucket: { name: ['trail-logs'] },
    object: { key: [{ prefix: 'AWSLogs/' }] },
  });
  expect(resourcesOf('everything').NewObjects).toBeUndefined();
  expect(resourcesOf('everything').TrailTopicSubscription!.Properties).toMatchObject({
    Protocol: 'sqs',
    TopicArn: CHOICES.everything!.trailTopicArn,
    Endpoint: { 'Fn::GetAtt': ['Objects', 'Arn'] },
  });
  const mixed = resourcesOf('a topic for the trail, EventBridge for the flows');
  expect(mixed.TrailTopicSubscription).toBeDefined();
  expect(mixed.NewObjects!.Properties.EventPattern.detail.$or[1].bucket.name).toEqual(['flow-logs']);
  const accessLogs = resourcesOf('one topic for two buckets, EventBridge for access logs');
  expect(accessLogs.NewObjects!.Properties.EventPattern.detail.$or[2]).toEqual({
    bucket: { name: ['access-logs'] },
    object: { key: [{ prefix: 's3/' }] },
  });
  expect(resourcesOf('a trial').NewObjects!.Properties.EventPattern.detail.$or[0].bucket.name).toEqual([
    { Ref: 'TrialBucket' },
  ]);
});

describe('each parameter', () => {
  type Resources = Readonly<Record<string, Resource>>;
  const FUNCTIONS = ['ArchiveObjects', 'TrailEvents', 'LogEvents', 'WindowCloser', 'SlackNotifier'];
  const JUDGES = FUNCTIONS.slice(0, 4);
  /** The same for every function that is named; what differs would show as several. */
  const variable =
    (name: string, functions: readonly string[] = FUNCTIONS) =>
    (resources: Resources) => {
      const values = functions.map(
        (id) => resources[`${id}LambdaFunction`]?.Properties.Environment.Variables[name],
      );
      return new Set(values).size === 1 ? values[0] : values;
    };
  const property = (id: string, name: string) => (resources: Resources) => resources[id]?.Properties[name];
  const granted = (role: string, Sid: string) => (resources: Resources) =>
    JSON.stringify(
      resources[role]!.Properties.Policies[0].PolicyDocument.Statement.find(
        (statement: { Sid?: string }) => statement.Sid === Sid,
      )?.Resource ?? null,
    );
  const mapped = (id: string) => (resources: Resources) => resources[id]?.Properties.ScalingConfig;
  const containing = (text: string) => expect.stringContaining(text) as string;

  /** Choice that gives it, where it must arrive, and as what. */
  const REACHES: Readonly<
    Record<string, readonly [Parameters, ...(readonly [(resources: Resources) => unknown, unknown])[]]>
  > = {
    trailBucket: [EVERYTHING, [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('"org-logs"')]],
    trailPrefix: [
      EVERYTHING,
      [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('/org/AWSLogs/*')],
    ],
    trailTopicArn: [EVERYTHING, [property('TrailTopicSubscription', 'TopicArn'), EVERYTHING.trailTopicArn]],
    trailKeyArn: [EVERYTHING, [granted('ArchiveObjectsRole', 'DecryptTrail'), `"${EVERYTHING.trailKeyArn}"`]],
    flowBucket: [EVERYTHING, [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('"flow-logs"')]],
    flowPrefix: [EVERYTHING, [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('/flows/*')]],
    flowTopicArn: [EVERYTHING, [property('FlowTopicSubscription', 'TopicArn'), EVERYTHING.flowTopicArn]],
    flowKeyArn: [EVERYTHING, [granted('ArchiveObjectsRole', 'DecryptFlows'), `"${EVERYTHING.flowKeyArn}"`]],
    accessLogBucket: [
      ACCESS_LOGS,
      [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('"access-logs"')],
    ],
    accessLogPrefix: [ACCESS_LOGS, [granted('ArchiveObjectsRole', 'ReadLogObjects'), containing('"/s3/*"')]],
    trial: [TRIAL, [property('TrialTrail', 'S3BucketName'), { Ref: 'TrialBucket' }]],
    trialRetentionDays: [
      TRIAL,
      [(resources) => resources.TrialBucket?.Properties.LifecycleConfiguration.Rules[0].ExpirationInDays, 7],
    ],
    logGroups: [
      EVERYTHING,
      [property('LogGroup1Subscription', 'LogGroupName'), '/app/orders'],
      [property('LogGroup2Subscription', 'LogGroupName'), '/app/front'],
    ],
    alertEmail: [EVERYTHING, [property('AlertsByMail', 'Endpoint'), 'security@example.com']],
    minimumSeverity: [EVERYTHING, [variable('WIRETRAIL_MINIMUM_SEVERITY', JUDGES), 'LOW']],
    slackMinimumSeverity: [EVERYTHING, [variable('WIRETRAIL_SLACK_MINIMUM_SEVERITY', JUDGES), 'CRITICAL']],
    httpsAlerts: [EVERYTHING, [variable('WIRETRAIL_HTTPS_ALERTS', JUDGES), 'amazon-q']],
    slackSecret: [
      EVERYTHING,
      [variable('WIRETRAIL_SLACK_SECRET', ['SlackNotifier']), 'ssm:/wiretrail/slack'],
      [variable('WIRETRAIL_SLACK_QUEUE', JUDGES.slice(0, 1)), { Ref: 'SlackAlerts' }],
      [granted('SlackNotifierRole', 'ReadSlackSecret'), containing(':parameter/wiretrail/slack"')],
    ],
    slackKeyArn: [
      EVERYTHING,
      [granted('SlackNotifierRole', 'DecryptSlackSecret'), `"${EVERYTHING.slackKeyArn}"`],
    ],
    slackChannel: [EVERYTHING, [variable('WIRETRAIL_SLACK_CHANNEL', ['SlackNotifier']), 'C0123456789']],
    retentionDays: [EVERYTHING, [variable('WIRETRAIL_RETENTION_DAYS', JUDGES), '90']],
    logRetentionDays: [
      EVERYTHING,
      ...FUNCTIONS.map((id) => [property(`${id}LogGroup`, 'RetentionInDays'), 30] as const),
    ],
    archiveConcurrency: [
      EVERYTHING,
      [mapped('ArchiveObjectsEventSourceMappingSQSObjects'), { MaximumConcurrency: 2 }],
    ],
    reservedConcurrency: [
      EVERYTHING,
      [property('TrailEventsLambdaFunction', 'ReservedConcurrentExecutions'), 3],
      [property('LogEventsLambdaFunction', 'ReservedConcurrentExecutions'), 3],
    ],
    forwardingAccounts: [
      EVERYTHING,
      [
        (resources) => resources.ForwardedFromAccounts?.Properties.Statement.Principal.AWS,
        ['111122223333', '444455556666'],
      ],
    ],
    forwardingOrganization: [
      EVERYTHING,
      [
        (resources) => resources.ForwardedFromOrganization?.Properties.Statement.Condition.StringEquals,
        { 'aws:PrincipalOrgID': 'o-a1b2c3d4e5' },
      ],
    ],
    ownResources: [
      EVERYTHING,
      [variable('WIRETRAIL_OWN_RESOURCES', JUDGES), containing(',organization-trail')],
    ],
    dynamodbEndpoints: [
      EVERYTHING,
      [
        variable('WIRETRAIL_DYNAMODB_ENDPOINTS', JUDGES),
        'vpce-0a1b2c3d4e5f60718 us-east-1 10.0.4.17 10.0.5.17,vpce-0a1b2c3d eu-west-1 10.1.0.0/28',
      ],
    ],
    deletionProtection: [EVERYTHING, [property('StateTable', 'DeletionProtectionEnabled'), false]],
    keepData: [EVERYTHING, [(resources) => resources.StateTable!.DeletionPolicy, 'Retain']],
  };

  it('stands in the table', () => {
    const { PARAMETERS } = createRequire(import.meta.url)('../../deploy/parameters.cjs') as {
      PARAMETERS: readonly string[];
    };
    expect(Object.keys(REACHES)).toEqual(PARAMETERS);
  });

  it.each(Object.keys(REACHES))('reaches what it is for: %s', (name) => {
    const [parameters, ...places] = REACHES[name]!;
    expect(parameters[name], 'it is given').toBeDefined();
    const given = resourcesOf(everywhere.find((choice) => CHOICES[choice] === parameters)!);
    const byDefault = resourcesOf('a bucket and nothing else');
    expect(places.length).toBeGreaterThan(0);
    for (const [read, expected] of places) {
      expect(read(given)).toEqual(expected);
      expect(read(byDefault), 'another value by default').not.toEqual(expected);
    }
  });
});

it('protects the stack from being removed, until somebody says otherwise', () => {
  const protectedBy = (choice: string) => packages.get(choice)!.provider.deletionProtection;
  expect(protectedBy('a bucket and nothing else')).toBe(true);
  expect(protectedBy('a trial')).toBe(true);
  expect(protectedBy('everything')).toBe(false);
});

describe('the trial', () => {
  it('keeps its bucket from the public, and its objects for a time', () => {
    const { Properties } = resourcesOf('a trial').TrialBucket!;
    expect(Properties.PublicAccessBlockConfiguration).toEqual({
      BlockPublicAcls: true,
      BlockPublicPolicy: true,
      IgnorePublicAcls: true,
      RestrictPublicBuckets: true,
    });
    expect(Properties.OwnershipControls.Rules).toEqual([{ ObjectOwnership: 'BucketOwnerEnforced' }]);
    expect(Properties.NotificationConfiguration.EventBridgeConfiguration.EventBridgeEnabled).toBe(true);
    const [rule] = Properties.LifecycleConfiguration.Rules;
    expect(rule.Status).toBe('Enabled');
  });

  it('lets its own trail write, and flow logs of this account', () => {
    const [deny, ...allowed] = resourcesOf('a trial').TrialBucketPolicy!.Properties.PolicyDocument
      .Statement as Record<string, unknown>[];
    expect(deny!.Resource).toEqual([
      { 'Fn::GetAtt': ['TrialBucket', 'Arn'] },
      { 'Fn::Sub': `\${TrialBucket.Arn}/*` },
    ]);
    const trail = {
      'aws:SourceArn': {
        'Fn::Sub': `arn:\${AWS::Partition}:cloudtrail:\${AWS::Region}:\${AWS::AccountId}:trail/wiretrail-live-trial`,
      },
    };
    const account = {
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
      ArnLike: {
        'aws:SourceArn': { 'Fn::Sub': `arn:\${AWS::Partition}:logs:\${AWS::Region}:\${AWS::AccountId}:*` },
      },
    };
    const bucket = { 'Fn::GetAtt': ['TrialBucket', 'Arn'] };
    const objects = { 'Fn::Sub': `\${TrialBucket.Arn}/AWSLogs/\${AWS::AccountId}/*` };
    const allow = (Sid: string, service: string, Action: string, Resource: object, Condition: object) => ({
      Sid,
      Effect: 'Allow',
      Principal: { Service: service },
      Action,
      Resource,
      Condition,
    });
    expect(allowed).toEqual([
      allow('CloudTrailLooks', 'cloudtrail.amazonaws.com', 's3:GetBucketAcl', bucket, { ArnEquals: trail }),
      allow('CloudTrailWrites', 'cloudtrail.amazonaws.com', 's3:PutObject', objects, {
        StringEquals: { 's3:x-amz-acl': 'bucket-owner-full-control' },
        ArnEquals: trail,
      }),
      allow('FlowLogsLook', 'delivery.logs.amazonaws.com', 's3:GetBucketAcl', bucket, account),
      allow('FlowLogsWrite', 'delivery.logs.amazonaws.com', 's3:PutObject', objects, account),
    ]);
  });

  it('logs all regions, and all tables but the one that the monitor writes itself', () => {
    const { DependsOn, Properties } = resourcesOf('a trial').TrialTrail!;
    // CloudTrail looks whether it may write before there is a trail.
    expect(DependsOn).toEqual(['TrialBucketPolicy']);
    expect(Properties).toEqual({
      TrailName: 'wiretrail-live-trial',
      S3BucketName: { Ref: 'TrialBucket' },
      IsLogging: true,
      IsMultiRegionTrail: true,
      IncludeGlobalServiceEvents: true,
      EnableLogFileValidation: true,
      AdvancedEventSelectors: [
        { Name: 'management', FieldSelectors: [{ Field: 'eventCategory', Equals: ['Management'] }] },
        {
          Name: 'tables',
          FieldSelectors: [
            { Field: 'eventCategory', Equals: ['Data'] },
            { Field: 'resources.type', Equals: ['AWS::DynamoDB::Table'] },
            { Field: 'resources.ARN', NotEquals: [{ 'Fn::GetAtt': ['StateTable', 'Arn'] }] },
          ],
        },
      ],
    });
  });
});

/** Fn::Select of a Fn::Split of what is known already. */
function selected(value: { 'Fn::Select': [number, { 'Fn::Split': [string, string] }] }): string | undefined {
  const [at, { 'Fn::Split': split }] = value['Fn::Select'];
  return split[1].split(split[0])[at];
}

/** File names in the central directory. https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3.12 */
function namesInZip(zip: Buffer): string[] {
  const names: string[] = [];
  const signature = Buffer.from([0x50, 0x4b, 0x01, 0x02]);
  for (let at = zip.indexOf(signature); at >= 0; at = zip.indexOf(signature, at + 46)) {
    names.push(zip.toString('utf8', at + 46, at + 46 + zip.readUInt16LE(at + 28)));
  }
  return names.sort();
}

// Makes the resources of a compiled template in the local servers, each when the first other one asks for it. A type or a property that is
// not known here fails, unless it is listed with the reason why it changes nothing on this machine.

import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  CreateTableCommand,
  type CreateTableCommandInput,
  DynamoDBClient,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, S3Client } from '@aws-sdk/client-s3';
import { CreateTopicCommand, SNSClient, SubscribeCommand } from '@aws-sdk/client-sns';
import { CreateQueueCommand, SetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { unzipSync } from 'fflate';
import {
  ACCOUNT,
  bucketArn,
  busArn,
  functionArn,
  keyArn,
  logGroupArn,
  nameInArn,
  queueArn,
  REGION,
  roleArn,
  tableArn,
} from './arns.ts';
import type { NotificationTarget } from './buckets.ts';
import type { RuleTarget } from './event-bus.ts';
import type { LocalServices } from './local-aws.ts';
import { allows, checkedStatements, type Statement } from './policies.ts';
import { createResolver, type Made, type ResourceDefinition, type Template } from './template.ts';

export interface StackOptions {
  /** `cloudformation-template-update-stack.json` as `serverless package` wrote it; the zips lie beside it. */
  readonly templateFile: string;
  readonly stackName?: string;
  /** Where the zips are unzipped, and stay, for every stack of the same code; a folder of its own that goes with the stack otherwise. */
  readonly codeFolder?: string;
  /** In place of what the template says, of every function: another parameter without packaging anew. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly parameters?: Readonly<Record<string, string>>;
}

export interface Stack {
  /** Resources that were made. */
  readonly size: number;
  /** What Ref gives. Throws for what the template did not make. */
  ref(logicalId: string): string;
  attribute(logicalId: string, name: string): string;
  /** Environment of a function, by its name, as the template sets it. */
  variables(functionName: string): Readonly<Record<string, string>>;
  /** Physical names, by logical id, of all resources of a type. */
  ofType(type: string): ReadonlyMap<string, string>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Statements of each role, by name. */
  readonly roles: ReadonlyMap<string, readonly Statement[]>;
  /** Types that were passed over, with the reason. */
  readonly passedOver: ReadonlyMap<string, string>;
  remove(): void;
}

/** What is passed over, and why nothing on this machine depends on it. */
export const PASSED_OVER: Readonly<Record<string, string>> = {
  'AWS::CloudWatch::Alarm': 'nothing here keeps metrics; the template tests look at the alarms',
  'AWS::CloudWatch::Dashboard': 'shows metrics, which nothing here keeps',
  'AWS::Logs::MetricFilter': 'makes metrics, which nothing here keeps',
  'AWS::CloudTrail::Trail': 'the tests write what a trail would deliver',
  'AWS::S3::BucketPolicy': 'lets services of AWS write, which the tests do in their place',
  'AWS::Events::EventBusPolicy': 'lets other accounts in, of which there are none',
};

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes, read field by field
type Properties = any;

interface Kind {
  /** Properties that are looked at. */
  readonly reads: readonly string[];
  /** Properties that change nothing on this machine. */
  readonly ignores?: readonly string[];
  readonly make: (properties: Properties, logicalId: string) => Promise<Made>;
}

export async function loadStack(services: LocalServices, options: StackOptions): Promise<Stack> {
  const template = JSON.parse(readFileSync(options.templateFile, 'utf8')) as Template;
  const stackName = options.stackName ?? 'local';
  const packageFolder = path.dirname(options.templateFile);
  const codeFolder = options.codeFolder ?? mkdtempSync(path.join(tmpdir(), 'wiretrail-code-'));
  const { settings, secrets, keys, functions, logs, bus, buckets, topics } = services;
  const clients = {
    sqs: new SQSClient(settings),
    sns: new SNSClient(settings),
    s3: new S3Client({ ...settings, forcePathStyle: true }),
    dynamodb: new DynamoDBClient(settings),
  };
  const roles = new Map<string, Statement[]>();
  const making = new Map<string, Promise<Made>>();
  const made = new Map<string, Made>();
  const passedOver = new Map<string, string>();
  const variables = new Map<string, Readonly<Record<string, string>>>();
  /** What nobody may wait for, because it names what is made later. */
  const chain: string[] = [];

  const resolver = createResolver({
    template,
    stackName,
    parameters: options.parameters ?? {},
    made: make,
    dynamic(reference) {
      const [service, ...rest] = reference.split(':');
      if (service === 'ssm' || service === 'ssm-secure') return secrets.parameter(rest.join(':'));
      // secretsmanager:ID:SecretString[:json-key], where an ARN has colons of its own.
      const at = rest.indexOf('SecretString');
      if (service !== 'secretsmanager' || at < 1)
        throw new Error(`the dynamic reference ${reference} is not known`);
      const value = secrets.secret(rest.slice(0, at).join(':'));
      return rest[at + 1] === undefined
        ? value
        : String((JSON.parse(value) as Record<string, unknown>)[rest[at + 1]!]);
    },
  });

  function make(logicalId: string, where: string): Promise<Made> {
    const definition = template.Resources[logicalId];
    if (definition === undefined) throw new Error(`${where}: there is no resource ${logicalId}`);
    if (chain.includes(logicalId) && !made.has(logicalId))
      throw new Error(`circular: ${[...chain, logicalId].join(' -> ')}`);
    let job = making.get(logicalId);
    if (job === undefined) {
      job = makeNow(logicalId, definition);
      making.set(logicalId, job);
    }
    return job;
  }

  /** One after the other, so that the chain is the one of this resource. */
  async function makeNow(logicalId: string, definition: ResourceDefinition): Promise<Made> {
    const {
      Type: type,
      Condition: condition,
      DependsOn: dependsOn = [],
      Properties: properties = {},
    } = definition;
    if (condition !== undefined && !(await resolver.holds(condition))) {
      throw new Error(`${logicalId} is not made (${condition} does not hold), but another resource names it`);
    }
    chain.push(logicalId);
    try {
      for (const other of [dependsOn].flat()) {
        const needed = template.Resources[other]?.Condition;
        if (needed === undefined || (await resolver.holds(needed)))
          await make(other, `${logicalId}.DependsOn`);
      }
      const resolved = (await resolver.resolve(properties, logicalId)) as Properties;
      const kind = kinds[type];
      let result: Made;
      if (kind !== undefined) {
        const unknown = Object.keys(resolved).filter(
          (name) => ![...kind.reads, ...(kind.ignores ?? []), 'Tags'].includes(name),
        );
        if (unknown.length > 0)
          throw new Error(`${logicalId} (${type}): ${unknown.join(', ')} is not emulated`);
        result = await kind.make(resolved, logicalId);
      } else if (type in PASSED_OVER) {
        passedOver.set(logicalId, PASSED_OVER[type]!);
        result = { ref: logicalId, attributes: { Arn: `arn:aws:local:${REGION}:${ACCOUNT}:${logicalId}` } };
      } else throw new Error(`${logicalId}: the type ${type} is not emulated`);
      made.set(logicalId, result);
      return result;
    } finally {
      chain.pop();
    }
  }

  const named = (given: string | undefined, logicalId: string): string =>
    given ?? `${stackName}-${logicalId}`;

  function may(role: string) {
    return (action: string, resource: string, context: Readonly<Record<string, string>> = {}): boolean =>
      allows(roles.get(role) ?? [], { action, resource, context });
  }

  const kinds: Readonly<Record<string, Kind>> = {
    'AWS::SQS::Queue': {
      reads: [
        'QueueName',
        'FifoQueue',
        'ContentBasedDeduplication',
        'VisibilityTimeout',
        'MessageRetentionPeriod',
        'RedrivePolicy',
        'RedriveAllowPolicy',
        'SqsManagedSseEnabled',
        'KmsMasterKeyId',
        'KmsDataKeyReusePeriodSeconds',
        'ReceiveMessageWaitTimeSeconds',
        'MaximumMessageSize',
      ],
      async make({ QueueName, ...attributes }, logicalId) {
        const name = `${named(QueueName, logicalId)}${attributes.FifoQueue === true && QueueName === undefined ? '.fifo' : ''}`;
        if ((attributes.FifoQueue === true) !== name.endsWith('.fifo'))
          throw new Error(`${logicalId}: a FIFO queue, and no other, ends with .fifo`);
        const { QueueUrl } = await clients.sqs.send(
          new CreateQueueCommand({ QueueName: name, Attributes: asText(attributes) }),
        );
        return { ref: QueueUrl!, attributes: { Arn: queueArn(name), QueueName: name, QueueUrl: QueueUrl! } };
      },
    },
    'AWS::SQS::QueuePolicy': {
      reads: ['Queues', 'PolicyDocument'],
      async make({ Queues, PolicyDocument }, logicalId) {
        checkedStatements(PolicyDocument, logicalId);
        for (const QueueUrl of Queues) {
          await clients.sqs.send(
            new SetQueueAttributesCommand({
              QueueUrl,
              Attributes: { Policy: JSON.stringify(PolicyDocument) },
            }),
          );
        }
        return { ref: logicalId, attributes: {} };
      },
    },
    'AWS::SNS::Topic': {
      reads: ['TopicName', 'KmsMasterKeyId', 'DisplayName', 'Subscription'],
      ignores: ['TracingConfig', 'SignatureVersion'],
      async make({ TopicName, KmsMasterKeyId, DisplayName, Subscription = [] }, logicalId) {
        const name = named(TopicName, logicalId);
        const { TopicArn } = await clients.sns.send(
          new CreateTopicCommand({ Name: name, Attributes: asText({ KmsMasterKeyId, DisplayName }) }),
        );
        for (const { Protocol, Endpoint } of Subscription) {
          await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol, Endpoint }));
        }
        return { ref: TopicArn!, attributes: { TopicArn: TopicArn!, TopicName: name } };
      },
    },
    'AWS::SNS::TopicPolicy': {
      reads: ['Topics', 'PolicyDocument'],
      async make({ Topics, PolicyDocument }, logicalId) {
        for (const topic of Topics) topics.policy(topic, checkedStatements(PolicyDocument, logicalId));
        return { ref: logicalId, attributes: {} };
      },
    },
    'AWS::SNS::Subscription': {
      reads: [
        'TopicArn',
        'Protocol',
        'Endpoint',
        'FilterPolicy',
        'FilterPolicyScope',
        'RawMessageDelivery',
        'Region',
      ],
      async make(
        {
          TopicArn,
          Protocol,
          Endpoint,
          FilterPolicy,
          FilterPolicyScope,
          RawMessageDelivery,
          Region = REGION,
        },
        logicalId,
      ) {
        if (Region !== REGION) throw new Error(`${logicalId}: there is no region but ${REGION}`);
        const Attributes = asText({ FilterPolicy, FilterPolicyScope, RawMessageDelivery });
        const { SubscriptionArn } = await clients.sns.send(
          new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes }),
        );
        return { ref: SubscriptionArn!, attributes: { Arn: SubscriptionArn! } };
      },
    },
    'AWS::DynamoDB::Table': {
      reads: ['TableName', 'AttributeDefinitions', 'KeySchema', 'BillingMode', 'TimeToLiveSpecification'],
      ignores: [
        'PointInTimeRecoverySpecification',
        'SSESpecification',
        'DeletionProtectionEnabled',
        'TableClass',
      ],
      async make(
        { TableName, AttributeDefinitions, KeySchema, BillingMode, TimeToLiveSpecification },
        logicalId,
      ) {
        const name = named(TableName, logicalId);
        const input: CreateTableCommandInput = {
          TableName: name,
          AttributeDefinitions,
          KeySchema,
          BillingMode,
        };
        await clients.dynamodb.send(new CreateTableCommand(input));
        if (TimeToLiveSpecification !== undefined) {
          await clients.dynamodb.send(
            new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification }),
          );
        }
        return { ref: name, attributes: { Arn: tableArn(name) } };
      },
    },
    'AWS::S3::Bucket': {
      reads: ['BucketName', 'NotificationConfiguration'],
      ignores: [
        'BucketEncryption',
        'PublicAccessBlockConfiguration',
        'OwnershipControls',
        'LifecycleConfiguration',
        'VersioningConfiguration',
      ],
      async make({ BucketName, NotificationConfiguration = {} }, logicalId) {
        const name = named(BucketName, logicalId).toLowerCase();
        await clients.s3.send(new CreateBucketCommand({ Bucket: name }));
        const { EventBridgeConfiguration, ...direct } = NotificationConfiguration;
        buckets.notify(name, {
          eventBridge: EventBridgeConfiguration?.EventBridgeEnabled === true,
          targets: Object.entries(direct).flatMap(([kind, list]) =>
            (list as Properties[]).map((one) => notificationTarget(kind, one)),
          ),
        });
        return { ref: name, attributes: { Arn: bucketArn(name), DomainName: `${name}.s3.amazonaws.com` } };
      },
    },
    'AWS::KMS::Key': {
      reads: ['KeyPolicy'],
      ignores: [
        'Description',
        'EnableKeyRotation',
        'PendingWindowInDays',
        'Enabled',
        'KeySpec',
        'KeyUsage',
        'RotationPeriodInDays',
      ],
      async make({ KeyPolicy }, logicalId) {
        const id = `${stackName}-${logicalId}`;
        keys.create(id, checkedStatements(KeyPolicy, logicalId));
        return { ref: id, attributes: { Arn: keyArn(id), KeyId: id } };
      },
    },
    'AWS::KMS::Alias': {
      reads: ['AliasName', 'TargetKeyId'],
      async make({ AliasName, TargetKeyId }) {
        keys.alias(AliasName, TargetKeyId);
        return { ref: AliasName, attributes: {} };
      },
    },
    'AWS::SecretsManager::Secret': {
      reads: ['Name', 'SecretString', 'GenerateSecretString'],
      ignores: ['Description', 'KmsKeyId'],
      async make({ Name, SecretString, GenerateSecretString }, logicalId) {
        const length = GenerateSecretString?.PasswordLength ?? 32;
        const value = SecretString ?? randomBytes(length).toString('hex').slice(0, length);
        const arn = secrets.putSecret(named(Name, logicalId), value);
        return { ref: arn, attributes: { Id: arn } };
      },
    },
    'AWS::SSM::Parameter': {
      reads: ['Name', 'Type', 'Value'],
      ignores: ['Description', 'Tier'],
      async make({ Name, Type, Value }, logicalId) {
        secrets.putParameter(named(Name, logicalId), Value, Type);
        return { ref: named(Name, logicalId), attributes: { Type, Value } };
      },
    },
    'AWS::IAM::Role': {
      reads: ['RoleName', 'AssumeRolePolicyDocument', 'Policies'],
      ignores: ['Description', 'Path', 'MaxSessionDuration'],
      async make({ RoleName, AssumeRolePolicyDocument, Policies = [] }, logicalId) {
        const name = named(RoleName, logicalId);
        checkedStatements(AssumeRolePolicyDocument, `${logicalId}.AssumeRolePolicyDocument`);
        roles.set(
          name,
          Policies.flatMap(({ PolicyName, PolicyDocument }: Properties) =>
            checkedStatements(PolicyDocument, `${logicalId}.${PolicyName}`),
          ),
        );
        return {
          ref: name,
          attributes: { Arn: roleArn(name), RoleId: `AROALOCAL${logicalId.toUpperCase()}` },
        };
      },
    },
    'AWS::Logs::LogGroup': {
      reads: ['LogGroupName', 'RetentionInDays'],
      ignores: ['KmsKeyId', 'LogGroupClass', 'DataProtectionPolicy'],
      async make({ LogGroupName, RetentionInDays }, logicalId) {
        const name = named(LogGroupName, logicalId);
        logs.createGroup(name, RetentionInDays);
        return { ref: name, attributes: { Arn: `${logGroupArn(name)}:*` } };
      },
    },
    'AWS::Logs::SubscriptionFilter': {
      reads: ['LogGroupName', 'FilterPattern', 'DestinationArn', 'FilterName'],
      async make({ LogGroupName, FilterPattern, DestinationArn, FilterName }, logicalId) {
        const name = named(FilterName, logicalId);
        logs.putSubscription(LogGroupName, { name, pattern: FilterPattern, functionArn: DestinationArn });
        return { ref: name, attributes: {} };
      },
    },
    'AWS::Lambda::Function': {
      reads: [
        'FunctionName',
        'Handler',
        'Code',
        'Role',
        'Timeout',
        'MemorySize',
        'Environment',
        'ReservedConcurrentExecutions',
        'LoggingConfig',
        'Runtime',
      ],
      ignores: ['Architectures', 'Description', 'EphemeralStorage', 'RecursiveLoop', 'TracingConfig'],
      async make(
        {
          FunctionName,
          Handler,
          Code,
          Role,
          Timeout = 3,
          MemorySize = 128,
          Environment,
          ReservedConcurrentExecutions,
          LoggingConfig,
          Runtime,
        },
        logicalId,
      ) {
        if (Runtime !== 'nodejs24.x')
          throw new Error(`${logicalId}: the runtime ${Runtime} is not the one that is here`);
        const name = named(FunctionName, logicalId);
        const folder = path.join(codeFolder, name);
        unzip(path.join(packageFolder, path.basename(Code.S3Key)), folder);
        const role = nameInArn(Role);
        variables.set(name, { ...asText(Environment?.Variables ?? {}), ...options.variables });
        functions.create({
          name,
          folder,
          handler: Handler,
          role,
          may: may(role),
          timeoutSeconds: Timeout,
          memoryMb: MemorySize,
          variables: variables.get(name)!,
          reservedConcurrency: ReservedConcurrentExecutions ?? null,
          logGroup: LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
        });
        return { ref: name, attributes: { Arn: functionArn(name) } };
      },
    },
    'AWS::Lambda::EventInvokeConfig': {
      reads: ['FunctionName', 'Qualifier', 'MaximumRetryAttempts', 'DestinationConfig'],
      ignores: ['MaximumEventAgeInSeconds'],
      async make({ FunctionName, MaximumRetryAttempts = 2, DestinationConfig }, logicalId) {
        functions.configureAsync(FunctionName, {
          retries: MaximumRetryAttempts,
          onFailureQueueArn: DestinationConfig?.OnFailure?.Destination ?? '',
        });
        return { ref: logicalId, attributes: {} };
      },
    },
    'AWS::Lambda::Permission': {
      reads: ['FunctionName', 'Action', 'Principal', 'SourceArn', 'SourceAccount'],
      async make({ FunctionName, Action, Principal, SourceArn, SourceAccount }, logicalId) {
        functions.permit(FunctionName, {
          Effect: 'Allow',
          Action,
          Principal: { Service: Principal },
          Resource: '*',
          Condition: {
            ...(SourceArn === undefined ? {} : { ArnLike: { 'aws:SourceArn': SourceArn } }),
            ...(SourceAccount === undefined ? {} : { StringEquals: { 'aws:SourceAccount': SourceAccount } }),
          },
        });
        return { ref: logicalId, attributes: { Id: logicalId } };
      },
    },
    'AWS::Lambda::EventSourceMapping': {
      reads: [
        'EventSourceArn',
        'FunctionName',
        'BatchSize',
        'MaximumBatchingWindowInSeconds',
        'FunctionResponseTypes',
        'ScalingConfig',
        'Enabled',
      ],
      async make(
        {
          EventSourceArn,
          FunctionName,
          BatchSize = 10,
          MaximumBatchingWindowInSeconds = 0,
          FunctionResponseTypes = [],
          ScalingConfig,
          Enabled = true,
        },
        logicalId,
      ) {
        if (Enabled === true) {
          functions.map({
            queueArn: EventSourceArn,
            functionName: FunctionName,
            batchSize: BatchSize,
            batchingWindowSeconds: MaximumBatchingWindowInSeconds,
            reportsItemFailures: FunctionResponseTypes.includes('ReportBatchItemFailures'),
            maximumConcurrency: ScalingConfig?.MaximumConcurrency ?? null,
          });
        }
        return { ref: logicalId, attributes: { Id: logicalId } };
      },
    },
    'AWS::Events::EventBus': {
      reads: ['Name'],
      ignores: ['Description'],
      async make({ Name }) {
        bus.createBus(Name);
        return { ref: Name, attributes: { Arn: busArn(Name), Name } };
      },
    },
    'AWS::Events::Rule': {
      reads: ['Name', 'EventBusName', 'EventPattern', 'ScheduleExpression', 'State', 'Targets'],
      ignores: ['Description'],
      async make({ Name, EventBusName, EventPattern, ScheduleExpression, State, Targets = [] }, logicalId) {
        const rule = bus.putRule({
          name: named(Name, logicalId),
          ...(EventBusName === undefined ? {} : { bus: EventBusName }),
          ...(EventPattern === undefined ? {} : { pattern: JSON.stringify(EventPattern) }),
          ...(ScheduleExpression === undefined ? {} : { schedule: ScheduleExpression }),
          ...(State === undefined ? {} : { state: State }),
        });
        bus.putTargets(rule, Targets as RuleTarget[]);
        return { ref: rule.name, attributes: { Arn: rule.arn } };
      },
    },
  };

  // Functions stand before what starts them; a mapping made first would poll for a function that has no permissions yet.
  for (const [logicalId, { Condition: condition }] of Object.entries(template.Resources).sort(startersLast)) {
    if (condition === undefined || (await resolver.holds(condition))) await make(logicalId, 'template');
  }
  const outputs: Record<string, string> = {};
  for (const [name, { Condition: condition, Value }] of Object.entries(template.Outputs ?? {})) {
    if (condition === undefined || (await resolver.holds(condition)))
      outputs[name] = String(await resolver.resolve(Value, `Outputs.${name}`));
  }
  for (const client of Object.values(clients)) client.destroy();

  const one = (logicalId: string): Made => {
    const found = made.get(logicalId);
    if (found === undefined) throw new Error(`the stack has no ${logicalId}`);
    return found;
  };
  return {
    size: made.size - passedOver.size,
    ref: (logicalId) => one(logicalId).ref,
    attribute: (logicalId, name) => one(logicalId).attributes[name]!,
    variables: (functionName) => variables.get(functionName) ?? {},
    ofType: (type) =>
      new Map(
        [...made].filter(([id]) => template.Resources[id]!.Type === type).map(([id, { ref }]) => [id, ref]),
      ),
    outputs,
    roles,
    passedOver,
    remove() {
      if (options.codeFolder === undefined) rmSync(codeFolder, { recursive: true, force: true });
    },
  };
}

const STARTERS = ['AWS::Lambda::EventSourceMapping', 'AWS::Logs::SubscriptionFilter'];

function startersLast([, a]: [string, ResourceDefinition], [, b]: [string, ResourceDefinition]): number {
  return Number(STARTERS.includes(a.Type)) - Number(STARTERS.includes(b.Type));
}

const NOTIFICATION_KINDS: Readonly<Record<string, readonly [NotificationTarget['kind'], string]>> = {
  QueueConfigurations: ['queue', 'Queue'],
  TopicConfigurations: ['topic', 'Topic'],
  LambdaConfigurations: ['function', 'Function'],
};

function notificationTarget(configuration: string, one: Properties): NotificationTarget {
  const known = NOTIFICATION_KINDS[configuration];
  if (known === undefined) throw new Error(`NotificationConfiguration.${configuration} is not emulated`);
  const rules: readonly { readonly Name: string; readonly Value: string }[] = one.Filter?.S3Key?.Rules ?? [];
  const rule = (name: string): string => rules.find(({ Name }) => Name.toLowerCase() === name)?.Value ?? '';
  return {
    kind: known[0],
    arn: one[known[1]],
    events: [one.Event].flat(),
    prefix: rule('prefix'),
    suffix: rule('suffix'),
  };
}

/** Attributes travel as text: objects as JSON. */
function asText(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

/** Under another name first, so that who finds the folder finds all of it. */
function unzip(file: string, folder: string): void {
  if (existsSync(folder)) return;
  const draft = `${folder}.${process.pid}.draft`;
  for (const [name, bytes] of Object.entries(unzipSync(readFileSync(file)))) {
    const target = path.join(draft, name);
    if (!target.startsWith(draft)) throw new Error(`${file}: ${name} leads out of the package`);
    if (name.endsWith('/')) continue;
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, bytes);
  }
  try {
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
    rmSync(draft, { recursive: true, force: true });
  }
}

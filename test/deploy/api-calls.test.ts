// Which API calls come early: what the rule's pattern takes, held against what detectors look at, and against what the monitor does itself.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { detectors } from '../../src/detectors/index.ts';
import { type EventPattern, matchesPattern, readEventPattern } from '../local-aws/event-pattern.ts';
import { LEAST, packaged, type Resource, type Template } from './packaged.ts';
import { actionsOf, rolesOf } from './role-actions.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const forward = parse(readFileSync(path.join(root, 'deploy/forward-events.yml'), 'utf8')) as Template;

/**
 * Detectors that look at calls of every service, and what of that the rule takes. A new one must say here what it needs early: an
 * invocation for every call of an account would cost more than all the rest.
 */
const LOOK_AT_ALL: Readonly<Record<string, string>> = {
  'ANO-05': 'a sweep shows in many calls: the archive brings them minutes later',
  'ANO-08': 'every call of the root user',
  'REP-03': 'compares calls with each other, most of them data events: the archive',
  'REP-13': 'as SEC-01, and every call of a key that leaked',
  'SEC-01': 'secrets in parameters: of the services below early, of all others from the archive',
  'SEC-02': 'as SEC-01',
  'SEC-03': 'as SEC-01',
  'SEC-04': 'as SEC-01',
  'SEC-05': 'as SEC-01',
  'SEC-06': 'as SEC-01',
  'SEC-07': 'as SEC-01',
  'SEC-08': 'as SEC-01',
  'SEC-09': 'as SEC-01',
  'SEC-10': 'as SEC-01',
  'SEC-11': 'as SEC-01',
  'SEC-12': 'as SEC-01',
  'SEC-13': 'as SEC-01',
  'SEC-14': 'as SEC-01',
  'SEC-15': 'as SEC-01',
  'SEC-16': 'as SEC-01',
  'SEC-17': 'as SEC-01',
  'SEC-18': 'as SEC-01',
  'SEC-19': 'as SEC-01',
  'SEC-23': 'as SEC-01',
  'SEC-24': 'as SEC-01',
  'SEC-25': 'as SEC-01',
  'TLS-01': 'compares with what the service reports elsewhere, most of it data events: the archive',
};

/** Operations that detectors look at and the rule leaves to the archive. */
const NOT_EARLY: Readonly<Record<string, string>> = {
  'backup CreateBackupPlan': 'remembered only',
  'backup UpdateBackupPlan': 'remembered only',
  'cloudtrail CreateTrail': 'remembered only',
  'dynamodb DeleteTable': 'remembered only',
  'ec2 AllocateAddress': 'remembered only',
  'ec2 AssociateAddress': 'remembered only',
  'ec2 AssociateNatGatewayAddress': 'remembered only',
  'ec2 CreateNatGateway': 'remembered only',
  'ec2 DeleteVpc': 'remembered only',
  'ec2 CreateVpcEncryptionControl': 'remembered only',
  'iam CreatePolicy': 'remembered only',
  'iam DeleteGroup': 'remembered only',
  'iam DeleteRole': 'remembered only',
  'iam DeleteUser': 'remembered only',
  'organizations CreatePolicy': 'remembered only',
  'kms CreateGrant': 'one for every volume and table that is encrypted',
  'kms CreateKey': 'remembered only',
  'kms EnableKeyRotation': 'remembered, and INFO at most',
  'logs AssociateKmsKey': 'remembered only',
  'logs CreateLogGroup': 'remembered only',
  's3 DeleteBucket': 'remembered only',
  'sqs DeleteQueue': 'remembered only',
  'ssm PutParameter': 'the value is not in the call',
};

/** Services whose calls are judged one by one, but as data events. */
const DATA_EVENTS_ONLY = ['s3'];

let resources: Readonly<Record<string, Resource>>;

beforeAll(async () => {
  resources = (await packaged(LEAST)).template.Resources;
}, 60_000);

const arnOf = (id: string): string => `arn:aws:iam::111122223333:role/${id}`;

/** The pattern with ARNs for roles. */
function patternOf(rule: Resource): EventPattern {
  const text = JSON.stringify(rule.Properties.EventPattern, (_, value: unknown) =>
    typeof value === 'object' && value !== null && 'Fn::GetAtt' in value
      ? arnOf((value['Fn::GetAtt'] as string[])[0]!)
      : value,
  );
  return readEventPattern(text);
}

interface OfServices {
  readonly eventSource: readonly string[];
  readonly eventName?: readonly (string | { readonly prefix: string })[];
}
const plainNames = ({ eventSource }: OfServices): string[] =>
  eventSource.map((source) => source.replace(/\.amazonaws\.com$/, ''));

/** Services of which the pattern takes every call that changes something. */
function servicesOf(rule: Resource): string[] {
  const parts = rule.Properties.EventPattern.detail.$or as OfServices[];
  return plainNames(parts.at(-1)!);
}

/** Services of which the pattern takes calls by name only. */
function namedServicesOf(rule: Resource): string[] {
  const [, ...ofServices] = rule.Properties.EventPattern.detail.$or as OfServices[];
  return ofServices.filter(({ eventName }) => eventName !== undefined).flatMap(plainNames);
}

function namesOf(rule: Resource): string[] {
  const [, { eventName = [] }] = rule.Properties.EventPattern.detail.$or as [unknown, OfServices];
  return eventName.map((name) => (typeof name === 'string' ? name : name.prefix));
}

interface Call {
  readonly service: string;
  readonly action: string;
  readonly role?: string;
  readonly root?: true;
  readonly readOnly?: boolean;
  readonly category?: string;
  readonly detailType?: string;
  readonly source?: string;
}

function eventOf({
  service,
  action,
  role,
  readOnly = false,
  category = 'Management',
  ...call
}: Call): object {
  const ofRole = { type: 'AssumedRole', sessionContext: { sessionIssuer: { type: 'Role', arn: role } } };
  return {
    source: call.source ?? `aws.${service}`,
    'detail-type': call.detailType ?? 'AWS API Call via CloudTrail',
    detail: {
      eventSource: `${service}.amazonaws.com`,
      eventName: action,
      eventCategory: category,
      readOnly,
      userIdentity: call.root ? { type: 'Root' } : role === undefined ? { type: 'IAMUser' } : ofRole,
    },
  };
}

const rules = ['ApiCalls', 'ApiCallsForwarded'] as const;

describe('what detectors need', () => {
  it('is what the pattern takes, and sign-ins', () => {
    const services = detectors
      .flatMap(({ needs }) => needs.calls ?? [])
      .filter((service) => service !== '*' && !DATA_EVENTS_ONLY.includes(service));
    const operations = detectors
      .flatMap(({ needs }) => Object.entries(needs.operations ?? {}))
      .flatMap(([service, names]) => names.map((name) => `${service} ${name}`));
    const early = operations.filter((operation) => {
      const [service = ''] = operation.split(' ');
      return !services.includes(service) && !Object.hasOwn(NOT_EARLY, operation);
    });
    expect(Object.keys(NOT_EARLY).filter((operation) => !operations.includes(operation))).toEqual([]);
    for (const rule of rules) {
      expect(servicesOf(resources[rule]!).sort()).toEqual([...new Set([...services, 'signin'])].sort());
      expect(namedServicesOf(resources[rule]!).sort()).toEqual(
        [...new Set(early.map((operation) => operation.split(' ')[0]!))].sort(),
      );
      expect(namesOf(resources[rule]!).sort()).toEqual(
        [...new Set(early.map((operation) => operation.split(' ')[1]!))].sort(),
      );
      for (const operation of early) {
        const [service = '', action = ''] = operation.split(' ');
        expect(matchesPattern(patternOf(resources[rule]!), eventOf({ service, action })), operation).toBe(
          true,
        );
      }
    }
  });

  it('is decided for each detector that looks at all services', () => {
    const all = detectors.filter(({ needs }) => needs.calls?.includes('*')).map(({ meta }) => meta.id);
    expect(Object.keys(LOOK_AT_ALL).sort()).toEqual(all.sort());
  });
});

describe.each(rules)('%s', (id) => {
  const taken = (call: Call) => matchesPattern(patternOf(resources[id]!), eventOf(call));

  it('hears of reads too, where it asks for them', () => {
    expect(resources[id]!.Properties.State).toBe('ENABLED_WITH_ALL_CLOUDTRAIL_MANAGEMENT_EVENTS');
  });

  it.each<[string, boolean, Call]>([
    ['a user who stops a trail', true, { service: 'cloudtrail', action: 'StopLogging' }],
    [
      'a role that deletes flow logs',
      true,
      { service: 'ec2', action: 'DeleteFlowLogs', role: arnOf('Admin') },
    ],
    ['a key that is to be deleted', true, { service: 'kms', action: 'ScheduleKeyDeletion' }],
    ['a weaker password policy', true, { service: 'iam', action: 'UpdateAccountPasswordPolicy' }],
    ['other changes of users and roles', false, { service: 'iam', action: 'CreateUser' }],
    ['other changes of keys', false, { service: 'kms', action: 'CreateAlias' }],
    ['what keys are there for', false, { service: 'kms', action: 'Decrypt', readOnly: true }],
    [
      'a function whose name of the call has a date',
      true,
      { service: 'lambda', action: 'DeleteFunction20150331' },
    ],
    ['a bucket policy', true, { service: 's3', action: 'PutBucketPolicy' }],
    ['grants', false, { service: 'kms', action: 'CreateGrant' }],
    ['a DAX cluster without encryption', true, { service: 'dax', action: 'CreateCluster' }],
    ['the root user, reading', true, { service: 'iam', action: 'ListUsers', root: true, readOnly: true }],
    ['the root user, anywhere', true, { service: 'sts', action: 'GetCallerIdentity', root: true }],
    [
      'a sign-in as it is documented',
      true,
      { service: 'signin', action: 'ConsoleLogin', detailType: 'AWS Console Signin via CloudTrail' },
    ],
    [
      'a sign-in as it is often sent',
      true,
      { service: 'signin', action: 'ConsoleLogin', detailType: 'AWS Console Sign In via CloudTrail' },
    ],
    ['reads of others', false, { service: 'ec2', action: 'DescribeInstances', readOnly: true }],
    ['services that no detector names', false, { service: 'sqs', action: 'CreateQueue' }],
    ['data events', false, { service: 'dynamodb', action: 'PutItem', category: 'Data' }],
    [
      'what somebody else puts on the bus',
      false,
      { service: 'cloudtrail', action: 'StopLogging', source: 'me' },
    ],
    [
      'other kinds of events',
      false,
      { service: 'cloudtrail', action: 'StopLogging', detailType: 'AWS Insight via CloudTrail' },
    ],
  ])('%s: %s', (_, expected, call) => {
    expect(taken(call)).toBe(expected);
  });

  it('never takes what the monitor’s own functions do: no circle', () => {
    let asked = 0;
    for (const [role, statements] of rolesOf(resources)) {
      for (const action of actionsOf(statements)) {
        const [service, name] = action.split(':') as [string, string];
        for (const readOnly of [true, false])
          expect(taken({ service, action: name, role: arnOf(role), readOnly }), `${role} ${action}`).toBe(
            false,
          );
        asked++;
      }
    }
    expect(asked).toBeGreaterThan(20);
  });

  it('leaves out of the monitor’s own roles nothing else: who steals one and uses it is seen', () => {
    const own = new Set([...rolesOf(resources).values()].flatMap(actionsOf));
    const ofServices = resources[id]!.Properties.EventPattern.detail.$or.at(-1);
    const [, , { eventName }] = ofServices.$or;
    const services = servicesOf(resources[id]!);
    const names = [...own]
      .filter((action) => services.includes(action.split(':')[0]!))
      .map((action) => action.split(':')[1]!);
    expect([...eventName[0]['anything-but']].sort()).toEqual([...new Set(names)].sort());
    for (const role of rolesOf(resources).keys()) {
      expect(taken({ service: 'cloudtrail', action: 'StopLogging', role: arnOf(role) }), role).toBe(true);
      expect(taken({ service: 'logs', action: 'DeleteLogGroup', role: arnOf(role) }), role).toBe(true);
    }
  });

  it('is short enough for EventBridge: 4,096 characters with names of real length', () => {
    const pattern = patternOf(resources[id]!);
    const longest = 'arn:aws:iam::111122223333:role/wiretrail-live-ArchiveObjectsRole-ABCDEFGHIJKL';
    const text = JSON.stringify(pattern).replaceAll(/arn:aws:iam::\d+:role\/\w+/g, longest);
    expect(text.length).toBeLessThan(4_096);
  });
});

describe('deploy/forward-events.yml', () => {
  it('forwards what the monitor’s rule takes', () => {
    const there = structuredClone(forward.Resources.ApiCalls!.Properties);
    const here = structuredClone(resources.ApiCalls!.Properties);
    // The monitor leaves its own roles out itself.
    delete here.EventPattern.detail.$or.at(-1).$or;
    expect(there.EventPattern).toEqual(here.EventPattern);
    expect(there.State).toBe(here.State);
  });

  it('sends to the monitor’s bus and nowhere else, and keeps what cannot be sent', () => {
    for (const id of ['ApiCalls', 'NewObjects']) {
      expect(forward.Resources[id]!.Properties.Targets).toEqual([
        {
          Id: 'monitor',
          Arn: { Ref: 'MonitorBusArn' },
          RoleArn: { 'Fn::GetAtt': ['ForwardRole', 'Arn'] },
          DeadLetterConfig: { Arn: { 'Fn::GetAtt': ['Undelivered', 'Arn'] } },
        },
      ]);
    }
    expect(forward.Resources.ForwardRole!.Properties.Policies[0].PolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Action: 'events:PutEvents', Resource: { Ref: 'MonitorBusArn' } },
    ]);
    expect(forward.Resources.ForwardRole!.Properties.AssumeRolePolicyDocument.Statement).toEqual([
      { Effect: 'Allow', Principal: { Service: 'events.amazonaws.com' }, Action: 'sts:AssumeRole' },
    ]);
    expect(forward.Resources.Undelivered!.Properties).toEqual({
      MessageRetentionPeriod: 1_209_600,
      SqsManagedSseEnabled: true,
    });
    const [deny, allow, ...others] = forward.Resources.UndeliveredPolicy!.Properties.PolicyDocument.Statement;
    expect(others).toEqual([]);
    expect(deny).toMatchObject({
      Effect: 'Deny',
      Principal: '*',
      Condition: { Bool: { 'aws:SecureTransport': false } },
    });
    // What the queue does not let in is lost without a word.
    expect(allow).toMatchObject({
      Effect: 'Allow',
      Principal: { Service: 'events.amazonaws.com' },
      Action: 'sqs:SendMessage',
      Resource: { 'Fn::GetAtt': ['Undelivered', 'Arn'] },
      Condition: {
        ArnEquals: {
          'aws:SourceArn': [
            { 'Fn::GetAtt': ['ApiCalls', 'Arn'] },
            { 'Fn::If': ['HasLogBucket', { 'Fn::GetAtt': ['NewObjects', 'Arn'] }, { Ref: 'AWS::NoValue' }] },
          ],
        },
      },
    });
    expect(forward.Resources.UndeliveredPolicy!.Properties.Queues).toEqual([{ Ref: 'Undelivered' }]);
  });

  it('forwards new objects of the log bucket and of no other, where there is one', () => {
    const { Condition, Properties } = forward.Resources.NewObjects!;
    expect(Condition).toBe('HasLogBucket');
    expect(forward.Conditions.HasLogBucket).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'LogBucket' }, ''] }],
    });
    expect(Properties.EventPattern).toEqual({
      source: ['aws.s3'],
      'detail-type': ['Object Created'],
      detail: { bucket: { name: [{ Ref: 'LogBucket' }] } },
    });
  });

  it('raises an alarm for what could not be forwarded, and tells the topic that was given', () => {
    const { Properties } = forward.Resources.UndeliveredAlarm!;
    expect(Properties).toMatchObject({
      Namespace: 'AWS/SQS',
      MetricName: 'ApproximateNumberOfMessagesVisible',
      Dimensions: [{ Name: 'QueueName', Value: { 'Fn::GetAtt': ['Undelivered', 'QueueName'] } }],
      Statistic: 'Maximum',
      Period: 300,
      EvaluationPeriods: 1,
      Threshold: 0,
      ComparisonOperator: 'GreaterThanThreshold',
      TreatMissingData: 'notBreaching',
    });
    const told = { 'Fn::If': ['HasAlarmTopic', [{ Ref: 'AlarmTopicArn' }], { Ref: 'AWS::NoValue' }] };
    expect([Properties.AlarmActions, Properties.OKActions]).toEqual([told, told]);
    expect(forward.Conditions.HasAlarmTopic).toEqual({
      'Fn::Not': [{ 'Fn::Equals': [{ Ref: 'AlarmTopicArn' }, ''] }],
    });
    expect(Properties.AlarmDescription.length).toBeLessThanOrEqual(1_024);
  });

  it('describes its parameters', () => {
    const { Parameters } = forward as unknown as { Parameters: Record<string, { Description: string }> };
    expect(Object.keys(Parameters)).toEqual(['MonitorBusArn', 'LogBucket', 'AlarmTopicArn']);
    for (const { Description } of Object.values(Parameters)) expect(Description.length).toBeGreaterThan(20);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { transportGuardDropped } from '../../../src/detectors/policy/transport-guard-dropped.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { allowAll, denyHttp, policy, TABLE } from './policy-documents.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const told = (...calls: CallRecord[]) => toldOf(transportGuardDropped, calls);
const GUARDED = policy(denyHttp(), allowAll({ Action: 'dynamodb:GetItem' }));
const OPEN = policy(allowAll({ Action: 'dynamodb:GetItem' }));
const text = (document: object): string => JSON.stringify(document);

const put = (document: unknown, changes: object = {}): CallRecord =>
  trailCall('dynamodb', 'PutResourcePolicy', { resourceArn: TABLE, policy: document }, changes);
const drop = (changes: object = {}): CallRecord =>
  trailCall('dynamodb', 'DeleteResourcePolicy', { resourceArn: TABLE }, changes);

describe('a table', () => {
  test.each([
    ['its guard goes', () => [put(text(GUARDED)), put(text(OPEN))], [['HIGH', 0.95]]],
    ['its policy goes', () => [put(text(GUARDED)), drop()], [['HIGH', 0.95]]],
    [
      'its guard is narrowed',
      () => [put(text(GUARDED)), put(text(policy(denyHttp({ Action: 'dynamodb:Scan' }))))],
      [['MEDIUM', 0.95]],
    ],
    [
      'what was left of it goes',
      () => [put(text(policy(denyHttp({ Action: 'dynamodb:Scan' })))), put(text(OPEN))],
      [['MEDIUM', 0.95]],
    ],
    [
      'the same policy in other words',
      () => [put(text(GUARDED)), put(encodeURIComponent(text(GUARDED)))],
      [],
    ],
    [
      'the guard lives on in another statement',
      () => [put(text(GUARDED)), put(text(policy(denyHttp({ Sid: 'Other', Action: '*' }))))],
      [],
    ],
    [
      'everything is shut instead',
      () => [put(text(GUARDED)), put(text(policy(denyHttp({ Condition: {} }))))],
      [],
    ],
    ['what nobody can read says nothing', () => [put(text(GUARDED)), put('***')], []],
    [
      'and what was known lasts beyond it',
      () => [put(text(GUARDED)), put('***'), put(text(OPEN))],
      [['HIGH', 0.95]],
    ],
    [
      'deleted and written again within minutes',
      () => [
        put(text(GUARDED)),
        drop({ eventTime: '2026-11-03T02:01:00Z' }),
        put(text(policy(denyHttp())), { eventTime: '2026-11-03T02:03:00Z' }),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'written again an hour later, or without success',
      () => [
        put(text(GUARDED)),
        drop({ eventTime: '2026-11-03T02:01:00Z' }),
        put(text(GUARDED), { eventTime: '2026-11-03T02:03:00Z', errorCode: 'ThrottlingException' }),
        put(text(GUARDED), { eventTime: '2026-11-03T03:03:00Z' }),
      ],
      [['HIGH', 0.95]],
    ],
    ['a refused attempt', () => [put(text(GUARDED)), drop({ errorCode: 'AccessDenied' })], [['LOW', 0.95]]],
    ['a new policy without guard', () => [put(text(OPEN))], [['INFO', 0.9]]],
    ['a second one', () => [put(text(OPEN)), put(text(OPEN))], [['INFO', 0.9]]],
    ['a policy that nobody knew is deleted', () => [drop()], []],
    ['a refused new policy', () => [put(text(OPEN), { errorCode: 'AccessDenied' })], []],
    [
      'created with a guard',
      () => [
        trailCall('dynamodb', 'CreateTable', { tableName: 'Orders', resourcePolicy: text(GUARDED) }),
        put(text(OPEN)),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'created anew without a policy',
      () => [put(text(GUARDED)), trailCall('dynamodb', 'CreateTable', { tableName: 'Orders' }), drop()],
      [],
    ],
    [
      'only Allows asked for TLS, and they go',
      () => [put(text(policy(allowAll({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } })))), drop()],
      [['INFO', 0.9]],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls())).toEqual(expected);
  });

  const SHUT = policy(denyHttp({ Condition: undefined }));
  const at = (second: number) => ({ eventTime: `2026-11-03T02:00:${String(second).padStart(2, '0')}Z` });
  test.each([
    [
      'a shut policy in between hides nothing',
      () => [put(text(GUARDED), at(0)), put(text(SHUT), at(5)), put(text(OPEN), at(10))],
      [['HIGH', 0.95]],
    ],
    [
      'nor two of them',
      () => [
        put(text(GUARDED), at(0)),
        put(text(SHUT), at(5)),
        put(text(SHUT), at(7)),
        put(text(OPEN), at(10)),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'nor over days',
      () => [
        put(text(GUARDED)),
        put(text(SHUT), { eventTime: '2026-11-05T02:00:00Z' }),
        put(text(OPEN), { eventTime: '2026-11-08T02:00:00Z' }),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'shut for a while and guarded again',
      () => [put(text(GUARDED), at(0)), put(text(SHUT), at(5)), put(text(GUARDED), at(10))],
      [],
    ],
    [
      'never guarded, shut for a while',
      () => [put(text(OPEN), at(0)), put(text(SHUT), at(5)), put(text(OPEN), at(10))],
      [['INFO', 0.9]],
    ],
    [
      'shut, and then without a policy',
      () => [put(text(GUARDED), at(0)), put(text(SHUT), at(5)), drop(at(10))],
      [['HIGH', 0.95]],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls())).toEqual(expected);
  });

  test('the evidence names the call that set the guard, not the one in between', () => {
    const calls = [put(text(GUARDED), at(0)), put(text(SHUT), at(5)), put(text(OPEN), at(10))];
    const [finding] = plainReplay([transportGuardDropped], calls).findings;
    expect(finding?.evidence[0]?.fields.setBy).toBe(calls[0]?.eventId);
  });

  test('a stack’s call counts one step less', () => {
    const byStack = {
      userIdentity: { type: 'IAMUser', userName: 'dana', invokedBy: 'cloudformation.amazonaws.com' },
    };
    expect(told(put(text(GUARDED)), drop(byStack))).toEqual([['MEDIUM', 0.95]]);
  });

  test('the evidence holds fingerprints, flags and the statement, never the policy', () => {
    const secret = allowAll({ Principal: { AWS: 'arn:aws:iam::444455556666:role/private-name' } });
    const [finding] = plainReplay(
      [transportGuardDropped],
      [put(text(policy(denyHttp(), secret))), put(text(policy(secret)))],
    ).findings;
    expect(finding?.evidence[0]?.fields).toMatchObject({
      guardBefore: 'full',
      guardNow: 'none',
      statementBefore: 'DenyPlainHttp',
      policyBefore: expect.stringMatching(/^[0-9a-f]{16}$/),
      policyNow: expect.stringMatching(/^[0-9a-f]{16}$/),
    });
    expect(JSON.stringify(finding)).not.toContain('private-name');
  });

  test('days later', () => {
    const later = (day: string) => ({ eventTime: `2026-11-${day}T02:00:00Z` });
    expect(told(put(text(GUARDED)), drop(later('28')))).toEqual([['HIGH', 0.95]]);
  });
});

describe('versions of an IAM policy', () => {
  const policyArn = 'arn:aws:iam::111122223333:policy/team/only-tls';
  const at = (minute: number) => ({ eventTime: `2026-11-03T02:${String(minute).padStart(2, '0')}:00Z` });
  const created = (document: object, minute = 0) =>
    trailCall(
      'iam',
      'CreatePolicy',
      { policyName: 'only-tls', path: '/team/', policyDocument: text(document) },
      { ...at(minute), responseElements: { policy: { arn: policyArn, defaultVersionId: 'v1' } } },
    );
  const version = (versionId: string, document: object, setAsDefault: boolean, minute: number) =>
    trailCall(
      'iam',
      'CreatePolicyVersion',
      { policyArn, policyDocument: text(document), setAsDefault },
      { ...at(minute), responseElements: { policyVersion: { versionId, isDefaultVersion: setAsDefault } } },
    );
  const setDefault = (versionId: string, changes: object) =>
    trailCall('iam', 'SetDefaultPolicyVersion', { policyArn, versionId }, changes);
  const detached = (changes: object = {}) =>
    trailCall('iam', 'DetachRolePolicy', { policyArn, roleName: 'app' }, changes);
  const ONLY_TLS = policy(denyHttp({ Principal: undefined }));
  const ALLOW = policy(allowAll({ Principal: undefined }));

  test.each([
    [
      'a new default without guard',
      () => [created(ONLY_TLS), version('v2', ALLOW, true, 1)],
      [['MEDIUM', 0.95]],
    ],
    ['a version that is not the default', () => [created(ONLY_TLS), version('v2', ALLOW, false, 1)], []],
    [
      'and becomes it',
      () => [created(ONLY_TLS), version('v2', ALLOW, false, 1), setDefault('v2', at(2))],
      [['MEDIUM', 0.95]],
    ],
    [
      'and becomes it days later',
      () => [
        created(ONLY_TLS),
        version('v2', ALLOW, false, 1),
        setDefault('v2', { eventTime: '2026-11-08T02:00:00Z' }),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'and back before a detach',
      () => [
        created(ONLY_TLS),
        version('v2', ALLOW, true, 1),
        setDefault('v1', { eventTime: '2026-11-08T02:00:00Z' }),
        detached({ eventTime: '2026-11-12T02:00:00Z' }),
      ],
      [
        ['MEDIUM', 0.95],
        ['MEDIUM', 0.95],
      ],
    ],
    ['a version that nobody remembers', () => [created(ONLY_TLS), setDefault('v7', at(1))], []],
    ['detached', () => [created(ONLY_TLS), detached(at(1))], [['MEDIUM', 0.95]]],
    [
      'detached, and then deleted: one finding of one day',
      () => [created(ONLY_TLS), detached(at(1)), trailCall('iam', 'DeletePolicy', { policyArn }, at(2))],
      [['MEDIUM', 0.95]],
    ],
    ['one that never had a guard', () => [created(ALLOW), detached(at(1))], []],
    [
      'one of AWS',
      () => [trailCall('iam', 'DetachRolePolicy', { policyArn: 'arn:aws:iam::aws:policy/ReadOnlyAccess' })],
      [],
    ],
    [
      'an Allow that asked for TLS and asks no more',
      () => [
        created(
          policy(allowAll({ Principal: undefined, Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
        ),
        version('v2', ALLOW, true, 1),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'an Allow that asked for TLS is taken away',
      () => [
        created(
          policy(allowAll({ Principal: undefined, Condition: { Bool: { 'aws:SecureTransport': 'true' } } })),
        ),
        detached(at(1)),
      ],
      [],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls())).toEqual(expected);
  });
});

describe('elsewhere', () => {
  const of =
    (service: string, action: string, parameters: object, changes: object = {}) =>
    () =>
      trailCall(service, action, parameters, changes);
  const endpoint = 'vpce-0123456789abcdef0';
  const createEndpoint = (service: string, document?: object) =>
    of(
      'ec2',
      'CreateVpcEndpoint',
      {
        CreateVpcEndpointRequest: {
          ServiceName: `com.amazonaws.us-east-1.${service}`,
          ...(document === undefined ? {} : { PolicyDocument: text(document) }),
        },
      },
      { responseElements: { CreateVpcEndpointResponse: { vpcEndpoint: { vpcEndpointId: endpoint } } } },
    );
  const modify = (request: object) =>
    of('ec2', 'ModifyVpcEndpoint', { ModifyVpcEndpointRequest: { VpcEndpointId: endpoint, ...request } });
  const DEMANDED = policy(allowAll({ Condition: { Bool: { 'aws:SecureTransport': 'true' } } }));
  const inline = { roleName: 'app', policyName: 'tls' };
  const s3 = (statement: object) => denyHttp({ Action: 's3:*', ...statement });
  const bucket = (document: object) =>
    of('s3', 'PutBucketPolicy', { bucketName: 'logs', bucketPolicy: document });
  const later = (changes: object) => ({ eventTime: '2026-11-03T02:00:05Z', ...changes });
  const onlyTls = policy(denyHttp({ Principal: undefined }));
  const topicArn = 'arn:aws:sns:us-east-1:111122223333:alerts';
  const managed = of(
    'iam',
    'CreatePolicy',
    { policyName: 'tls', policyDocument: text(onlyTls) },
    { responseElements: { policy: { arn: 'arn:aws:iam::111122223333:policy/tls' } } },
  );
  const detach = of('iam', 'DetachUserPolicy', {
    userName: 'app',
    policyArn: 'arn:aws:iam::111122223333:policy/tls',
  });
  test.each([
    [
      'a table',
      [
        () => put(text(GUARDED)),
        () => drop(),
        of('dynamodb', 'DeleteTable', { tableName: 'Orders' }, later({})),
      ],
      [['INFO', 0.95]],
    ],
    [
      'another table',
      [
        () => put(text(GUARDED)),
        () => drop(),
        of('dynamodb', 'DeleteTable', { tableName: 'Other' }, later({})),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'a table, without success',
      [
        () => put(text(GUARDED)),
        () => drop(),
        of('dynamodb', 'DeleteTable', { tableName: 'Orders' }, later({ errorCode: 'AccessDenied' })),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'a table, an hour later',
      [
        () => put(text(GUARDED)),
        () => drop(),
        of('dynamodb', 'DeleteTable', { tableName: 'Orders' }, { eventTime: '2026-11-03T03:00:05Z' }),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'a bucket',
      [
        of('s3', 'PutBucketPolicy', {
          bucketName: 'logs',
          bucketPolicy: policy(denyHttp({ Action: 's3:*' })),
        }),
        of('s3', 'DeleteBucketPolicy', { bucketName: 'logs' }),
        of('s3', 'DeleteBucket', { bucketName: 'logs' }, later({})),
      ],
      [['INFO', 0.95]],
    ],
    [
      'a role with a policy of its own',
      [
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(onlyTls) }),
        of('iam', 'DeleteRolePolicy', inline),
        of('iam', 'DeleteRole', { roleName: 'app' }, later({})),
      ],
      [['INFO', 0.95]],
    ],
    [
      'a user with a managed policy',
      [managed, detach, of('iam', 'DeleteUser', { userName: 'app' }, later({}))],
      [['INFO', 0.95]],
    ],
    [
      'another user',
      [managed, detach, of('iam', 'DeleteUser', { userName: 'other' }, later({}))],
      [['MEDIUM', 0.95]],
    ],
    [
      'a topic',
      [
        of('sns', 'SetTopicAttributes', {
          topicArn,
          attributeName: 'Policy',
          attributeValue: text(policy(denyHttp({ Action: 'SNS:*' }))),
        }),
        of('sns', 'SetTopicAttributes', {
          topicArn,
          attributeName: 'Policy',
          attributeValue: text(policy(allowAll())),
        }),
        of('sns', 'DeleteTopic', { topicArn }, later({})),
      ],
      [['INFO', 0.95]],
    ],
  ])('taken down: %s', (_, calls, expected) => {
    expect(told(...calls.map((make) => make()))).toEqual(expected);
  });

  const minimum = (version: number) =>
    s3({ Sid: 'NewTls', Condition: { NumericLessThan: { 's3:TlsVersion': version } } });

  test.each([
    [
      'an endpoint of DynamoDB is reset',
      [createEndpoint('dynamodb', GUARDED), modify({ ResetPolicy: true })],
      [['HIGH', 0.95]],
    ],
    [
      'an endpoint whose every Allow asks for TLS, then lets only S3 through, then all',
      [
        createEndpoint('dynamodb', DEMANDED),
        modify({ PolicyDocument: text(policy(allowAll({ Action: 's3:*' }))) }),
        modify({ ResetPolicy: true }),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'an endpoint that never asked for TLS and lets only S3 through for a while',
      [
        createEndpoint('dynamodb'),
        modify({ PolicyDocument: text(policy(allowAll({ Action: 's3:*' }))) }),
        modify({ ResetPolicy: true }),
      ],
      [],
    ],
    [
      'an identity’s Allow that asked for TLS, deleted and written without it',
      [
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(DEMANDED) }),
        of('iam', 'DeleteRolePolicy', inline),
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(OPEN) }),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'an identity’s policy for S3 that gets DynamoDB as well',
      [
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(policy(allowAll({ Action: 's3:*' }))) }),
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(OPEN) }),
      ],
      [],
    ],
    [
      'an endpoint of another service is reset',
      [createEndpoint('s3', policy(denyHttp({ Action: '*' }))), modify({ PolicyDocument: text(OPEN) })],
      [],
    ],
    [
      'an endpoint that leads nobody knows where',
      [modify({ PolicyDocument: text(policy(denyHttp({ Action: '*' }))) }), modify({ ResetPolicy: true })],
      [['MEDIUM', 0.7]],
    ],
    [
      'an endpoint whose policy names one service',
      [modify({ PolicyDocument: text(GUARDED) }), modify({ ResetPolicy: true })],
      [['HIGH', 0.95]],
    ],
    [
      'the service that was named once lasts',
      [
        createEndpoint('dynamodb'),
        modify({ PolicyDocument: text(GUARDED) }),
        modify({ PolicyDocument: text(OPEN) }),
      ],
      [['HIGH', 0.95]],
    ],
    ['an endpoint without a guard', [createEndpoint('dynamodb'), modify({ PolicyDocument: text(OPEN) })], []],
    [
      'an organization’s policy',
      [
        of('organizations', 'UpdatePolicy', {
          policyId: 'p-example0001',
          content: text(policy(denyHttp({ Action: '*' }))),
        }),
        of('organizations', 'DetachPolicy', { policyId: 'p-example0001', targetId: 'ou-1' }),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'an organization’s policy is renamed',
      [
        of('organizations', 'UpdatePolicy', { policyId: 'p-example0001', content: text(policy(denyHttp())) }),
        of('organizations', 'UpdatePolicy', { policyId: 'p-example0001', name: 'other' }),
      ],
      [],
    ],
    [
      'a tag policy, which has no statements',
      [of('organizations', 'UpdatePolicy', { policyId: 'p-example0001', content: '{"tags":{}}' })],
      [],
    ],
    [
      'an identity’s own policy',
      [
        of('iam', 'PutRolePolicy', {
          ...inline,
          policyDocument: encodeURIComponent(text(policy(denyHttp({ Principal: undefined })))),
        }),
        of('iam', 'DeleteRolePolicy', inline),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'an identity’s guard for another service',
      [
        of('iam', 'PutRolePolicy', { ...inline, policyDocument: text(policy(s3({ Principal: undefined }))) }),
        of('iam', 'DeleteRolePolicy', inline),
      ],
      [],
    ],
    [
      'a bucket',
      [bucket([policy(s3({}))]), of('s3', 'DeleteBucketPolicy', { bucketName: 'logs' })],
      [['MEDIUM', 0.95]],
    ],
    [
      'a bucket whose objects are not guarded any more',
      [bucket(policy(s3({}))), bucket(policy(s3({ Resource: 'arn:aws:s3:::logs' })))],
      [['LOW', 0.95]],
    ],
    [
      'a bucket that allows older TLS',
      [bucket(policy(s3({}), minimum(1.2))), bucket(policy(s3({})))],
      [['LOW', 0.95]],
    ],
    ['another bucket', [bucket(policy(s3({}))), of('s3', 'DeleteBucketPolicy', { bucketName: 'other' })], []],
    [
      'a key',
      [
        of('kms', 'PutKeyPolicy', {
          keyId: 'k',
          policyName: 'default',
          policy: text(policy(denyHttp({ Action: 'kms:*' }))),
        }),
        of('kms', 'PutKeyPolicy', { keyId: 'k', policyName: 'default', policy: text(policy(allowAll())) }),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'a topic',
      [
        of('sns', 'SetTopicAttributes', {
          topicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
          attributeName: 'Policy',
          attributeValue: text(policy(denyHttp({ Action: 'SNS:*' }))),
        }),
        of('sns', 'SetTopicAttributes', {
          topicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
          attributeName: 'DisplayName',
          attributeValue: 'x',
        }),
        of('sns', 'SetTopicAttributes', {
          topicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
          attributeName: 'Policy',
          attributeValue: text(policy(allowAll())),
        }),
      ],
      [['MEDIUM', 0.95]],
    ],
    [
      'a queue',
      [
        of('sqs', 'SetQueueAttributes', {
          queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
          attributes: {
            Policy: text(
              policy(denyHttp({ Action: 'sqs:*', Resource: 'arn:aws:sqs:*:111122223333:orders' })),
            ),
          },
        }),
        of('sqs', 'SetQueueAttributes', {
          queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
          attributes: { VisibilityTimeout: '100' },
        }),
        of('sqs', 'SetQueueAttributes', {
          queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
          attributes: { Policy: '' },
        }),
      ],
      [['MEDIUM', 0.95]],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls.map((make) => make()))).toEqual(expected);
  });
});

test('any order and split, and parameters of any kind', () => {
  const document = fc.oneof(
    fc.constantFrom(GUARDED, OPEN, policy(denyHttp({ Action: 'dynamodb:Scan' }))).map(text),
    fc.jsonValue(),
  );
  const one = fc
    .record({
      action: fc.constantFrom(
        ['dynamodb', 'PutResourcePolicy'],
        ['dynamodb', 'DeleteResourcePolicy'],
        ['dynamodb', 'CreateTable'],
        ['dynamodb', 'DeleteTable'],
        ['iam', 'CreatePolicyVersion'],
        ['iam', 'SetDefaultPolicyVersion'],
        ['iam', 'DetachRolePolicy'],
        ['ec2', 'CreateVpcEndpoint'],
        ['ec2', 'ModifyVpcEndpoint'],
      ),
      document,
      versionId: fc.constantFrom('v1', 'v2'),
      setAsDefault: fc.boolean(),
      service: fc.constantFrom('dynamodb', 's3'),
      errorCode: someError,
      eventTime: someTime,
    })
    .map(({ action: [service = '', name = ''], ...given }) =>
      trailCall(
        service,
        name,
        {
          resourceArn: TABLE,
          tableName: 'Orders',
          policy: given.document,
          policyArn: 'arn:aws:iam::111122223333:policy/p',
          policyDocument: given.document,
          versionId: given.versionId,
          setAsDefault: given.setAsDefault,
          vpcEndpointId: 'vpce-0123456789abcdef0',
          serviceName: `com.amazonaws.us-east-1.${given.service}`,
        },
        {
          errorCode: given.errorCode,
          eventTime: given.eventTime,
          responseElements: {
            policyVersion: { versionId: given.versionId },
            vpcEndpoint: { vpcEndpointId: 'vpce-0123456789abcdef0' },
          },
        },
      ),
    );
  expectFoldLaws(transportGuardDropped, one);
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOpened } from '../../../src/detectors/policy/key-opened.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay, testSettings } from '../plain-replay.ts';
import { allowAll, policy } from './policy-documents.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ARN = `arn:aws:kms:us-east-1:111122223333:key/${KEY}`;
const OWN = 'arn:aws:iam::111122223333:root';
const OTHER = 'arn:aws:iam::444455556666:role/backup';

const told = (...calls: CallRecord[]) => toldOf(keyOpened, calls);
const text = (...statements: ReturnType<typeof allowAll>[]): string => JSON.stringify(policy(...statements));
const put = (document: unknown, changes: object = {}): CallRecord =>
  trailCall('kms', 'PutKeyPolicy', { keyId: KEY, policyName: 'default', policy: document }, changes);
const created = (document?: string): CallRecord =>
  trailCall('kms', 'CreateKey', document === undefined ? {} : { policy: document }, {
    responseElements: { keyMetadata: { keyId: KEY } },
  });
const own = allowAll({ Principal: { AWS: OWN }, Action: 'kms:*' });
const others = allowAll({ Principal: { AWS: [OTHER] }, Action: ['kms:Decrypt'] });
const third = allowAll({ Principal: { AWS: 'arn:aws:iam::777788889999:root' }, Action: ['kms:Decrypt'] });
const anybody = allowAll({ Action: 'kms:*' });
const ofService = allowAll({
  Principal: { AWS: '*' },
  Condition: {
    StringEquals: {
      'kms:CallerAccount': '111122223333',
      'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com',
    },
  },
});

const under = (Condition: object) => allowAll({ Action: ['kms:Decrypt'], Condition });
const ofOrganization = (id: string) => ({ StringEquals: { 'aws:PrincipalOrgID': id } });
const from = (network: string) => ({ IpAddress: { 'aws:SourceIp': network } });

describe('a condition with a value of somebody else', () => {
  test.each([
    [
      'a role of another account',
      () => [put(text(own)), put(text(own, under({ ArnLike: { 'aws:PrincipalArn': OTHER } })))],
      [['HIGH', 0.95]],
    ],
    [
      'another source account',
      () => [
        put(text(own)),
        put(text(own, under({ StringEquals: { 'aws:SourceAccount': '444455556666' } }))),
      ],
      [['HIGH', 0.95]],
    ],
    [
      'an organization',
      () => [put(text(own)), put(text(own, under(ofOrganization('o-other00000'))))],
      [['LOW', 0.6]],
    ],
    [
      'another organization than before',
      () => [
        put(text(own, under(ofOrganization('o-example000')))),
        put(text(own, under(ofOrganization('o-other00000')))),
      ],
      [['MEDIUM', 0.6]],
    ],
    [
      'a principal of another account in another organization',
      () => [
        put(text(own)),
        put(text(own, allowAll({ ...others, Condition: ofOrganization('o-other00000') }))),
      ],
      [['LOW', 0.6]],
    ],
    ['a network', () => [put(text(own)), put(text(own, under(from('192.0.2.0/24'))))], [['MEDIUM', 0.6]]],
    [
      'after a key was created closed',
      () => [created(), put(text(own, under(from('192.0.2.0/24'))))],
      [['MEDIUM', 0.6]],
    ],
    [
      'more values than are compared',
      () => [
        put(text(own, under(ofOrganization('o-example000')))),
        put(
          text(
            own,
            under(ofOrganization('o-example000')),
            under({ IpAddress: { 'aws:SourceIp': Array.from({ length: 99 }, (_, at) => `192.0.2.${at}`) } }),
          ),
        ),
      ],
      [['MEDIUM', 0.6]],
    ],
    ['nothing known from before', () => [put(text(own, under(ofOrganization('o-example000'))))], []],
    [
      'as before',
      () => [
        put(text(own, under(ofOrganization('o-example000')))),
        put(text(under(ofOrganization('o-example000')), own)),
      ],
      [],
    ],
    [
      'narrower than before',
      () => [
        put(text(own, under(from('192.0.2.0/24')))),
        put(text(own, under({ ...from('192.0.2.0/24'), ...ofOrganization('o-example000') }))),
      ],
      [],
    ],
    [
      'the same network and an endpoint',
      () => [
        put(text(own, under(from('192.0.2.0/24')))),
        put(
          text(
            own,
            under({ ...from('192.0.2.0/24'), StringEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } }),
          ),
        ),
      ],
      [],
    ],
    [
      'one of two conditions goes',
      () => [
        put(text(own, under({ ...from('192.0.2.0/24'), ...ofOrganization('o-example000') }))),
        put(text(own, under(from('192.0.2.0/24')))),
      ],
      [['MEDIUM', 0.6]],
    ],
    [
      'two statements become one',
      () => [
        put(text(own, under(from('192.0.2.0/24')), under(from('198.51.100.0/24')))),
        put(text(own, under({ IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.0/24'] } }))),
      ],
      [],
    ],
    [
      'open to anybody before',
      () => [put(text(own, anybody)), put(text(own, under(ofOrganization('o-example000'))))],
      [['HIGH', 0.8]],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls())).toEqual(expected);
  });
});

describe('a policy', () => {
  test.each([
    ['opened to anybody', () => [put(text(own)), put(text(own, anybody))], [['HIGH', 0.95]]],
    ['opened to another account', () => [put(text(own)), put(text(own, others))], [['HIGH', 0.95]]],
    [
      'opened to one more account',
      () => [put(text(own, others)), put(text(own, others, third))],
      [['HIGH', 0.95]],
    ],
    ['open to anybody, nothing known', () => [put(text(anybody))], [['HIGH', 0.8]]],
    ['open to another account, nothing known', () => [put(text(own, others))], [['MEDIUM', 0.6]]],
    ['as open as before', () => [put(text(own, others)), put(text(others, own))], [['MEDIUM', 0.6]]],
    ['opened after a key was created closed', () => [created(), put(text(own, others))], [['HIGH', 0.95]]],
    ['created for another account', () => [created(text(own, others))], [['LOW', 0.6]]],
    ['created for anybody', () => [created(text(anybody))], [['HIGH', 0.8]]],
    ['closed', () => [put(text(own))], []],
    ['for the own account through a service', () => [put(text(own, ofService))], []],
    ['that cannot be read', () => [put('{"Statement":')], []],
    ['a refused attempt', () => [put(text(anybody), { errorCode: 'AccessDenied' })], [['LOW', 0.8]]],
    [
      'opened after the attempt',
      () => [put(text(own)), put(text(own, anybody), { errorCode: 'AccessDenied' }), put(text(own, anybody))],
      [['HIGH', 0.95]],
    ],
  ])('%s', (_, calls, expected) => {
    expect(told(...calls())).toEqual(expected);
  });
});

describe('an account of the owner, by the settings', () => {
  const settings = { ...testSettings, ownAccounts: ['444455556666'] };
  const grantTo = (granteePrincipal: string): CallRecord =>
    trailCall(
      'kms',
      'CreateGrant',
      { keyId: KEY, granteePrincipal, operations: ['Decrypt'] },
      { resources: [{ ARN, accountId: '111122223333', type: 'AWS::KMS::Key' }] },
    );
  test.each([
    ['is let in', () => [put(text(own)), put(text(own, others))], ['LOW 0.95 (444455556666)']],
    [
      'is let in beside another one',
      () => [put(text(own)), put(text(own, others, third))],
      ['HIGH 0.95 (777788889999)'],
    ],
    [
      'is among those of before',
      () => [put(text(own, others)), put(text(own, others))],
      ['LOW 0.6 (444455556666)'],
    ],
    ['leaves the key open to anybody', () => [put(text(own, others, anybody))], ['HIGH 0.8 anybody']],
    ['gets a grant', () => [grantTo(OTHER)], ['LOW 0.95 444455556666']],
    ['does not make others own', () => [grantTo(OTHER.replaceAll('4', '8'))], ['HIGH 0.95 888855556666']],
  ])('%s', (_, calls, expected) => {
    const { findings } = plainReplay([keyOpened], calls(), settings);
    expect(
      findings.map(({ severity, confidence, title }) => {
        const whom = /\(\d{12}\)|anybody|\d{12}/.exec(title)?.[0];
        return `${severity} ${confidence} ${whom}`;
      }),
    ).toEqual(expected);
  });
});

describe('a grant', () => {
  const grant = (
    granteePrincipal: string,
    operations: unknown = ['Decrypt'],
    changes: object = {},
  ): CallRecord =>
    trailCall(
      'kms',
      'CreateGrant',
      { keyId: KEY, granteePrincipal, operations },
      { resources: [{ ARN, accountId: '111122223333', type: 'AWS::KMS::Key' }], ...changes },
    );
  const of = (service: string) => ({
    userIdentity: { type: 'IAMUser', userName: 'dana', invokedBy: service },
  });
  test.each([
    ['to a role of another account', () => grant(OTHER), [['HIGH', 0.95]]],
    ['to another account', () => grant('444455556666'), [['HIGH', 0.95]]],
    [
      'to another account’s service-linked role',
      () =>
        grant(
          'arn:aws:iam::444455556666:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
          ['Decrypt', 'CreateGrant'],
        ),
      [['MEDIUM', 0.95]],
    ],
    ['to describe the key', () => grant(OTHER, ['DescribeKey', 'RetireGrant']), [['LOW', 0.95]]],
    ['of no known operation', () => grant(OTHER, 'all'), [['LOW', 0.95]]],
    ['to the whole own account', () => grant(OWN), [['MEDIUM', 0.8]]],
    ['refused', () => grant(OTHER, ['Decrypt'], { errorCode: 'AccessDenied' }), [['LOW', 0.95]]],
    ['to a role of the own account', () => grant('arn:aws:iam::111122223333:role/app'), []],
    ['to a service', () => grant('dynamodb.us-east-1.amazonaws.com'), []],
    ['to what CloudTrail calls AWS Internal', () => grant('AWS Internal'), []],
    [
      'to an instance, as EBS makes them',
      () => grant('111122223333:aws:ec2-infrastructure:i-0123456789abcdef0'),
      [],
    ],
    [
      'to another account’s instance',
      () => grant('arn:aws:sts::444455556666:assumed-role/aws:ec2-infrastructure/i-0123456789abcdef0'),
      [],
    ],
    ['by a service', () => grant(OTHER, ['Decrypt'], of('rds.amazonaws.com')), []],
    [
      'as the account that gets it sees it',
      () => grant(OTHER, ['Decrypt'], { recipientAccountId: '444455556666' }),
      [['LOW', 0.95]],
    ],
    ['of a form that is none', () => grant('x'.repeat(5_000)), []],
  ])('%s', (_, call, expected) => {
    expect(told(call())).toEqual(expected);
  });
});

test('any order and split, and parameters of any kind', () => {
  const one = fc
    .record({
      name: fc.constantFrom('PutKeyPolicy', 'CreateKey', 'CreateGrant'),
      document: fc.oneof(
        fc.constantFrom(text(own), text(own, others), text(anybody), undefined),
        fc.jsonValue(),
      ),
      granteePrincipal: fc.oneof(fc.constantFrom(OTHER, OWN), fc.jsonValue()),
      operations: fc.oneof(fc.constant(['Decrypt']), fc.jsonValue()),
      errorCode: someError,
      eventTime: someTime,
    })
    .map(({ name, document, granteePrincipal, operations, errorCode, eventTime }) =>
      trailCall(
        'kms',
        name,
        { keyId: KEY, policy: document, granteePrincipal, operations },
        { errorCode, eventTime, responseElements: { grantId: 'abc' } },
      ),
    );
  expectFoldLaws(keyOpened, one);
});

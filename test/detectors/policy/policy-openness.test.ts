import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../../src/detectors/policy/policy-document.ts';
import { isOpenEndpoint, opennessOf } from '../../../src/detectors/policy/policy-openness.ts';
import { allowAll, type PlainStatement, policy, spellings } from './policy-documents.ts';

const OWN = '111122223333';
const OTHER = '444455556666';
const KEY = { service: 'kms', resources: [] };

const openness = (document: unknown) => opennessOf(readPolicy(document)!, OWN, ['kms:decrypt'], KEY);
const of = (...statements: PlainStatement[]) => {
  const { anyone, accounts } = openness(policy(...statements));
  return anyone ? 'anyone' : accounts.join(' ');
};
const under = (Condition: object): string => of(allowAll({ Condition }));
const denyOthers = (Condition: object, changes: object = {}): PlainStatement => ({
  Effect: 'Deny',
  Principal: '*',
  Action: 'kms:*',
  Resource: '*',
  Condition,
  ...changes,
});

describe('principals', () => {
  test.each([
    ['everybody', '*', 'anyone'],
    ['every account', { AWS: '*' }, 'anyone'],
    ['one of several', { AWS: ['arn:aws:iam::111122223333:root', '*'] }, 'anyone'],
    ['the own account', { AWS: 'arn:aws:iam::111122223333:root' }, ''],
    ['another account by its number', { AWS: OTHER }, OTHER],
    ['another account’s role', { AWS: [`arn:aws:iam::${OTHER}:role/app`] }, OTHER],
    ['another account’s session', { AWS: `arn:aws:sts::${OTHER}:assumed-role/app/s` }, OTHER],
    ['a service', { Service: 'dynamodb.amazonaws.com' }, ''],
    ['what a deleted user leaves behind', { AWS: 'AIDAEXAMPLEID' }, ''],
  ])('%s', (_, Principal, expected) => {
    expect(of(allowAll({ Principal }))).toBe(expected);
  });

  test('all but one', () => {
    expect(of(allowAll({ Principal: undefined, NotPrincipal: { AWS: OTHER } }))).toBe('anyone');
  });
  test('who may only describe the key is let in nowhere', () => {
    expect(of(allowAll({ Action: ['kms:DescribeKey', 'kms:List*'] }))).toBe('');
    expect(of(allowAll({ Action: undefined, NotAction: ['kms:Decrypt'] }))).toBe('');
    expect(of(allowAll({ Action: undefined, NotAction: ['kms:DescribeKey'] }))).toBe('anyone');
    expect(of(allowAll({ Action: 'kms:De*t' }))).toBe('anyone');
  });
  test('an unknown own account has no others', () => {
    expect(
      opennessOf(readPolicy(policy(allowAll({ Principal: { AWS: OTHER } })))!, '', ['kms:decrypt'], KEY)
        .accounts,
    ).toEqual([]);
  });
});

describe('conditions', () => {
  test.each([
    ['the organization', { StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } }, ''],
    ['a part of it', { 'ForAnyValue:StringLike': { 'aws:PrincipalOrgPaths': 'o-example0000/r-1/*' } }, ''],
    [
      'the organization, if there is one',
      { StringEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example0000' } },
      'anyone',
    ],
    [
      'a part of it, or none',
      { 'ForAllValues:StringLike': { 'aws:PrincipalOrgPaths': 'o-example0000/*' } },
      'anyone',
    ],
    ['any organization', { StringLike: { 'aws:PrincipalOrgID': '*' } }, 'anyone'],
    ['all but one', { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example0000' } }, 'anyone'],
    ['an endpoint', { StringEquals: { 'aws:SourceVpce': 'vpce-0123456789abcdef0' } }, ''],
    ['a network', { IpAddress: { 'aws:SourceIp': ['192.0.2.0/24', '198.51.100.7'] } }, ''],
    ['every network', { IpAddress: { 'aws:SourceIp': '0.0.0.0/0' } }, 'anyone'],
    ['half of them', { IpAddress: { 'aws:SourceIp': ['0.0.0.0/1', '192.0.2.0/24'] } }, 'anyone'],
    ['all of IPv6', { IpAddress: { 'aws:SourceIp': '::/0' } }, 'anyone'],
    ['a source account', { StringEquals: { 'AWS:SourceAccount': OWN } }, ''],
    ['a source', { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${OWN}:*` } }, ''],
    ['a source of any account', { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:us-east-1:*:alerts' } }, 'anyone'],
    [
      'the own account',
      { StringEquals: { 'kms:CallerAccount': OWN, 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
      '',
    ],
    ['another account', { StringEquals: { 'kms:CallerAccount': [OWN, OTHER] } }, OTHER],
    ['a role of another account', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${OTHER}:role/*` } }, OTHER],
    ['a role of the own account', { ArnLike: { 'aws:PrincipalArn': `arn:aws:iam::${OWN}:role/*` } }, ''],
    ['another source account', { StringEquals: { 'aws:SourceAccount': OTHER } }, OTHER],
    ['a source of another account', { ArnLike: { 'aws:SourceArn': `arn:aws:sns:*:${OTHER}:*` } }, OTHER],
    [
      'callers of the own account, from another source',
      { StringEquals: { 'kms:CallerAccount': OWN, 'aws:SourceAccount': OTHER } },
      '',
    ],
    [
      'only a service in between',
      { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
      'anyone',
    ],
    ['only the transport', { Bool: { 'aws:SecureTransport': 'true' } }, 'anyone'],
    ['only a tag', { StringEquals: { 'aws:PrincipalTag/team': 'a' } }, 'anyone'],
  ])('%s', (_, condition, expected) => {
    expect(under(condition)).toBe(expected);
  });

  test('another account in the own organization is none', () => {
    const Condition = { StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } };
    expect(of(allowAll({ Principal: { AWS: OTHER }, Condition }))).toBe('');
    const Ip = { IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } };
    expect(of(allowAll({ Principal: { AWS: OTHER }, Condition: Ip }))).toBe(OTHER);
  });
});

describe('a Deny for all others', () => {
  const outside = { StringNotEquals: { 'aws:PrincipalOrgID': 'o-example0000' } };
  test.each([
    ['closes', denyOthers(outside), ''],
    [
      'closes with IfExists',
      denyOthers({ StringNotEqualsIfExists: { 'aws:PrincipalOrgID': 'o-example0000' } }),
      '',
    ],
    [
      'closes and spares services',
      denyOthers({ ...outside, Bool: { 'aws:PrincipalIsAWSService': 'false' } }),
      '',
    ],
    [
      'does not close for plain HTTP only',
      denyOthers({ ...outside, Bool: { 'aws:SecureTransport': 'false' } }),
      'anyone',
    ],
    ['does not close for one action', denyOthers(outside, { Action: 'kms:Sign' }), 'anyone'],
    ['does not close for one principal', denyOthers(outside, { Principal: { AWS: OTHER } }), 'anyone'],
    ['does not close by a tag', denyOthers({ StringNotEquals: { 'aws:PrincipalTag/team': 'a' } }), 'anyone'],
    [
      'does not close when it denies those inside',
      denyOthers({ StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } }),
      'anyone',
    ],
  ])('%s', (_, statement, expected) => {
    expect(of(allowAll(), statement)).toBe(expected);
  });
});

describe('an endpoint', () => {
  const target = {
    service: 'dynamodb',
    resources: ['arn:aws:dynamodb:us-east-1:000000000000:table/any-table'],
  };
  const isOpen = (...statements: PlainStatement[]): boolean =>
    isOpenEndpoint(readPolicy(policy(...statements))!, target);
  test.each([
    ['everything', [allowAll()], true],
    ['reading anything', [allowAll({ Action: 'dynamodb:GetItem' })], true],
    ['another service', [allowAll({ Action: 's3:*' })], false],
    ['the own tables', [allowAll({ Resource: 'arn:aws:dynamodb:*:111122223333:table/*' })], false],
    ['tables of all accounts', [allowAll({ Resource: 'arn:aws:dynamodb:*:*:table/*' })], true],
    ['one role', [allowAll({ Principal: { AWS: 'arn:aws:iam::111122223333:role/app' } })], false],
    [
      'tables of the organization',
      [allowAll({ Condition: { StringEquals: { 'aws:ResourceOrgID': 'o-example0000' } } })],
      false,
    ],
    [
      'callers of the account',
      [allowAll({ Condition: { StringEquals: { 'aws:PrincipalAccount': OWN } } })],
      false,
    ],
    [
      'no tables of others, by a Deny',
      [allowAll(), denyOthers({ StringNotEquals: { 'aws:ResourceAccount': OWN } }, { Action: '*' })],
      false,
    ],
    ['nothing', [denyOthers({}, { Action: '*' })], false],
  ])('%s', (_, statements, expected) => {
    expect(isOpen(...statements)).toBe(expected);
  });
});

test('order, case, lists and encoding change nothing', () => {
  const statements = fc.constantFrom(
    allowAll(),
    allowAll({ Principal: { AWS: [OTHER, OWN] }, Action: ['kms:Decrypt'] }),
    allowAll({ Condition: { StringEquals: { 'kms:CallerAccount': OTHER } } }),
    denyOthers({ StringNotEquals: { 'aws:PrincipalOrgID': 'o-example0000' } }),
    denyOthers({ Bool: { 'aws:SecureTransport': 'false' } }),
  );
  fc.assert(
    fc.property(fc.array(statements, { minLength: 1, maxLength: 4 }), spellings, (list, spell) => {
      expect(openness(spell(structuredClone(policy(...list))))).toEqual(openness(policy(...list)));
    }),
    { numRuns: 200 },
  );
});

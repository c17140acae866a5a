import { describe, expect, it } from 'vitest';
import { type IdentityFields, principalOf } from '../../src/records/principal.ts';

const ACCOUNT = '111122223333';
const NOTHING: IdentityFields = {
  type: '',
  principalId: '',
  arn: '',
  account: '',
  userName: '',
  invokedBy: '',
  identityProvider: '',
  issuerArn: '',
  issuerAccount: '',
  issuerUserName: '',
  onBehalfOfUserId: '',
};
const of = (fields: Partial<IdentityFields>): ReturnType<typeof principalOf> =>
  principalOf({ ...NOTHING, ...fields });

const session: Partial<IdentityFields> = {
  type: 'AssumedRole',
  principalId: 'AROAEXAMPLE:i-0abc',
  arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/i-0abc`,
  account: ACCOUNT,
  issuerArn: `arn:aws:iam::${ACCOUNT}:role/service/orders-api`,
  issuerAccount: ACCOUNT,
  issuerUserName: 'orders-api',
};

describe('principalOf', () => {
  it.each<[string, Partial<IdentityFields>, string, string, string]>([
    ['a role session', session, `role:${ACCOUNT}:orders-api`, 'orders-api', 'i-0abc'],
    [
      'a role session without its issuer’s name',
      { ...session, issuerUserName: '' },
      `role:${ACCOUNT}:orders-api`,
      'orders-api',
      'i-0abc',
    ],
    [
      'a role session without its issuer',
      { ...session, issuerUserName: '', issuerArn: '', issuerAccount: '' },
      `role:${ACCOUNT}:orders-api`,
      'orders-api',
      'i-0abc',
    ],
    [
      'a session of another account’s role',
      { ...session, issuerAccount: '444455556666' },
      'role:444455556666:orders-api',
      'orders-api',
      'i-0abc',
    ],
    [
      'a session name with slashes',
      { ...session, arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/a/b` },
      `role:${ACCOUNT}:orders-api`,
      'orders-api',
      'a/b',
    ],
    [
      'a session of which only the id is known',
      { type: 'AssumedRole', principalId: 'AROAEXAMPLE:x', account: ACCOUNT },
      `role:${ACCOUNT}:AROAEXAMPLE:x`,
      'AROAEXAMPLE:x',
      '',
    ],
    [
      'a role itself',
      { type: 'Role', arn: `arn:aws:iam::${ACCOUNT}:role/a/b/deploy`, account: ACCOUNT },
      `role:${ACCOUNT}:deploy`,
      'deploy',
      '',
    ],
    ['a user', { type: 'IAMUser', userName: 'bob', account: ACCOUNT }, `user:${ACCOUNT}:bob`, 'bob', ''],
    [
      'a user by ARN',
      { type: 'IAMUser', arn: `arn:aws:iam::${ACCOUNT}:user/team/bob`, account: ACCOUNT },
      `user:${ACCOUNT}:bob`,
      'bob',
      '',
    ],
    ['root', { type: 'Root', account: ACCOUNT, userName: 'my-alias' }, `root:${ACCOUNT}`, 'root', ''],
    [
      'a federated user',
      { type: 'FederatedUser', arn: `arn:aws:sts::${ACCOUNT}:federated-user/bob`, account: ACCOUNT },
      `federated:${ACCOUNT}:bob`,
      'bob',
      '',
    ],
    [
      'a web identity',
      { type: 'WebIdentityUser', identityProvider: 'accounts.google.com', userName: '1234' },
      'federated:accounts.google.com:1234',
      '1234',
      '',
    ],
    [
      'an Identity Center user',
      { type: 'IdentityCenterUser', onBehalfOfUserId: 'u-1', account: ACCOUNT },
      `identity-center:${ACCOUNT}:u-1`,
      'u-1',
      '',
    ],
    [
      'another account',
      { type: 'AWSAccount', principalId: 'AIDAEXAMPLE', account: ACCOUNT },
      `account:${ACCOUNT}:AIDAEXAMPLE`,
      'AIDAEXAMPLE',
      '',
    ],
    [
      'a service',
      { type: 'AWSService', invokedBy: 'lambda.amazonaws.com', account: ACCOUNT },
      'service::lambda.amazonaws.com',
      'lambda.amazonaws.com',
      '',
    ],
    [
      'a type that is new',
      { type: 'Martian', principalId: 'M1', account: ACCOUNT },
      `unknown:${ACCOUNT}:M1`,
      'M1',
      '',
    ],
    ['nobody', {}, '', '', ''],
    ['a user without any name', { type: 'IAMUser', account: ACCOUNT }, '', '', ''],
  ])('%s', (_, fields, key, name, sessionName) => {
    expect(of(fields)).toEqual({ key, name, session: sessionName });
  });

  it('stays the same from session to session of a role', () => {
    const other = of({
      ...session,
      arn: `arn:aws:sts::${ACCOUNT}:assumed-role/orders-api/i-0def`,
      principalId: 'AROAEXAMPLE:i-0def',
    });
    expect(other.key).toBe(of(session).key);
    expect(other.session).not.toBe(of(session).session);
  });
});

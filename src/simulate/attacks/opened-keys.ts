// POL-05: KMS keys that are opened to others by their policy or by a grant, and the grants that services make.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { allow, text } from './policies.ts';
import { plantChanges } from './protections.ts';

const OTHER = 'arn:aws:iam::999988887777:role/copy';

export function plantOpenedKeys(context: AttackContext): void {
  const { random } = context;
  const anybody = allow({ Sid: 'Open', Principal: '*', Action: 'kms:*' });
  const [shared, open, unknown, closed] = [random.uuid(), random.uuid(), random.uuid(), random.uuid()];
  plantChanges(
    context,
    'POL-05',
    [
      {
        variant: 'policy-for-anybody',
        description: 'the policy of a key lets anybody in',
        severity: 'HIGH',
        before: policyOf(open, () => []),
        attack: policyOf(open, () => [anybody]),
      },
      {
        variant: 'policy-for-another-account',
        description: 'the policy of a key lets one more account in',
        severity: 'HIGH',
        before: policyOf(shared, () => []),
        attack: policyOf(shared, () => [allow({ Principal: { AWS: OTHER }, Action: ['kms:Decrypt'] })]),
      },
      {
        variant: 'policy-of-an-unknown-key',
        description: 'the policy of a key without a past asks only through which service one comes',
        severity: 'HIGH',
        attack: policyOf(unknown, () => [
          {
            ...anybody,
            Condition: { StringEquals: { 'kms:ViaService': 'dynamodb.us-east-1.amazonaws.com' } },
          },
        ]),
      },
      {
        variant: 'grant-to-another-account',
        description: 'a grant lets a role of another account decrypt',
        severity: 'HIGH',
        attack: grant(random.uuid(), () => OTHER),
      },
      {
        variant: 'grant-to-the-whole-account',
        description: 'a grant lets everybody of the account decrypt',
        severity: 'MEDIUM',
        attack: grant(random.uuid(), (account) => `arn:aws:iam::${account}:root`),
      },
    ],
    [
      ['a key policy for the own account', 'nobody else is let in', policyOf(closed, () => [])],
      [
        'a star with the own account as a condition',
        'the form of keys that AWS manages',
        policyOf(closed, (account) => [
          { ...anybody, Condition: { StringEquals: { 'kms:CallerAccount': account } } },
        ]),
      ],
      [
        'a star within the organization',
        'a condition closes it',
        policyOf(closed, () => [
          { ...anybody, Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-example0000' } } },
        ]),
      ],
      [
        'a grant to DynamoDB',
        'made by design',
        grant(random.uuid(), () => 'dynamodb.us-east-1.amazonaws.com'),
      ],
      [
        'a grant to an instance',
        'as EBS makes it',
        grant(random.uuid(), (account) => `${account}:aws:ec2-infrastructure:i-0123456789abcdef0`),
      ],
      [
        'a grant to a role of the account',
        'nobody else is let in',
        grant(random.uuid(), (account) => `arn:aws:iam::${account}:role/exports`),
      ],
      ['a refused policy', 'nothing changed: LOW', policyOf(closed, () => [anybody]), 'AccessDenied'],
    ],
  );
}

/** The default statement, and more. */
function policyOf(key: string, more: (account: string) => readonly object[]): ApiCall {
  return inAccount('PutKeyPolicy', (account) => {
    const root = allow({ Sid: 'Own', Principal: { AWS: `arn:aws:iam::${account}:root` }, Action: 'kms:*' });
    return `{"keyId":"${key}","policyName":"default","policy":${text(root, ...more(account))}}`;
  });
}

function grant(key: string, grantee: (account: string) => string): ApiCall {
  return inAccount(
    'CreateGrant',
    (account) =>
      `{"keyId":"${key}","granteePrincipal":"${grantee(account)}","operations":["Decrypt","GenerateDataKey"]}`,
  );
}

function inAccount(name: string, parameters: (account: string) => string): ApiCall {
  const call = apiCall('kms', name, '{}');
  return {
    ...call,
    shape: (facts, random) => ({ ...call.shape(facts, random), parameters: parameters(facts.place.account) }),
  };
}

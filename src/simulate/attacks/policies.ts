// POL-01: policies that refused plain HTTP and do so no more, and the same policies written anew.

import type { ApiCall } from '../api-calls.ts';
import { type AttackContext, apiCall } from './context.ts';
import { plantChanges } from './protections.ts';

const HTTP = { Bool: { 'aws:SecureTransport': 'false' } };
const denyHttp = (changes: object = {}): object => ({
  Sid: 'DenyPlainHttp',
  Effect: 'Deny',
  Principal: '*',
  Action: 'dynamodb:*',
  Resource: '*',
  Condition: HTTP,
  ...changes,
});
export const allow = (changes: object = {}): object => ({
  Sid: 'Readers',
  Effect: 'Allow',
  Principal: { AWS: 'arn:aws:iam::111122223333:role/readers' },
  Action: ['dynamodb:GetItem', 'dynamodb:Query'],
  Resource: '*',
  ...changes,
});
/** As CloudTrail holds it: JSON in a string of JSON. */
export const text = (...statements: readonly object[]): string =>
  JSON.stringify(JSON.stringify({ Version: '2012-10-17', Statement: statements }));

const tableArn = (name: string): string => `arn:aws:dynamodb:us-east-1:111122223333:table/${name}`;
const put = (name: string, policy: string): ApiCall =>
  apiCall('dynamodb', 'PutResourcePolicy', `{"resourceArn":"${tableArn(name)}","policy":${policy}}`);
const remove = (name: string): ApiCall =>
  apiCall('dynamodb', 'DeleteResourcePolicy', `{"resourceArn":"${tableArn(name)}"}`);
const inline = (action: string, name: string, policy = ''): ApiCall =>
  apiCall(
    'iam',
    action,
    `{"roleName":"${name}","policyName":"only-tls"${policy === '' ? '' : `,"policyDocument":${policy}`}}`,
  );
const modify = (endpoint: string, change: string): ApiCall =>
  apiCall(
    'ec2',
    'ModifyVpcEndpoint',
    `{"ModifyVpcEndpointRequest":{"VpcEndpointId":"${endpoint}",${change}}}`,
  );
const bucket = (action: string, name: string, policy = ''): ApiCall =>
  apiCall('s3', action, `{"bucketName":"${name}"${policy === '' ? '' : `,"bucketPolicy":${policy}`}}`);

export function plantDroppedTransportGuards(context: AttackContext): void {
  const { random } = context;
  const name = (): string => `ledger-${random.hex(6)}`;
  const [first, second, third, kept, role, logs, attempted] = [
    name(),
    name(),
    name(),
    name(),
    name(),
    name(),
    name(),
  ];
  const endpoint = `vpce-0${random.hex(16)}`;
  const managed = `arn:aws:iam::111122223333:policy/${name()}`;
  const everything = allow({ Sid: 'Everything', Principal: '*', Action: '*' });
  plantChanges(
    context,
    'POL-01',
    [
      {
        variant: 'table-policy-replaced',
        description: 'the policy of a table is replaced by one that lets plain HTTP in',
        severity: 'HIGH',
        before: put(first, text(denyHttp(), allow())),
        attack: put(first, text(allow())),
      },
      {
        variant: 'table-policy-deleted',
        description: 'the policy of a table that refused plain HTTP is deleted',
        severity: 'HIGH',
        before: put(second, text(denyHttp({ Action: undefined, NotAction: 'iam:*' }))),
        attack: remove(second),
      },
      {
        variant: 'guard-for-one-network-only',
        description: 'a further condition leaves the guard standing for one network only',
        severity: 'MEDIUM',
        before: put(third, text(denyHttp())),
        attack: put(
          third,
          text(denyHttp({ Condition: { ...HTTP, IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } } })),
        ),
      },
      {
        variant: 'endpoint-policy-reset',
        description: 'the policy of a VPC endpoint falls back to the default',
        severity: 'MEDIUM',
        before: modify(endpoint, `"PolicyDocument":${text(denyHttp(), everything)}`),
        attack: modify(endpoint, '"ResetPolicy":true'),
      },
      {
        variant: 'policy-version',
        description: 'a new default version of an IAM policy has no guard',
        severity: 'MEDIUM',
        before: apiCall(
          'iam',
          'CreatePolicy',
          `{"policyName":"p","policyDocument":${text(denyHttp({ Principal: undefined }))}}`,
          {
            response: `{"policy":{"arn":"${managed}","defaultVersionId":"v1"}}`,
          },
        ),
        attack: apiCall(
          'iam',
          'CreatePolicyVersion',
          `{"policyArn":"${managed}","setAsDefault":true,"policyDocument":${text(allow({ Principal: undefined }))}}`,
          { response: '{"policyVersion":{"versionId":"v2","isDefaultVersion":true}}' },
        ),
      },
      {
        variant: 'inline-policy-deleted',
        description: 'the policy of a role that refused plain HTTP is deleted',
        severity: 'MEDIUM',
        before: inline('PutRolePolicy', role, text(denyHttp({ Principal: undefined, Action: '*' }))),
        attack: inline('DeleteRolePolicy', role),
      },
      {
        variant: 'bucket-policy-deleted',
        description: 'the policy of a bucket that refused plain HTTP is deleted',
        severity: 'MEDIUM',
        before: bucket(
          'PutBucketPolicy',
          logs,
          JSON.stringify({ Version: '2012-10-17', Statement: [denyHttp({ Action: 's3:*' })] }),
        ),
        attack: bucket('DeleteBucketPolicy', logs),
      },
    ],
    [
      ['a table policy with a guard', 'it protects', put(kept, text(denyHttp(), allow()))],
      [
        'the same policy in another order',
        'nothing changed',
        put(kept, text(allow(), denyHttp({ Principal: { AWS: ['*'] }, Action: ['DynamoDB:*'] }))),
      ],
      ['a statement more', 'the guard stands', put(kept, text(allow(), allow({ Sid: 'Other' }), denyHttp()))],
      ['a table policy of which nobody knew is deleted', 'nothing is known to be lost', remove(name())],
      ['a new table policy without guard', 'nothing was taken away: INFO', put(name(), text(allow()))],
      ['an IAM policy that never had a guard', 'deleted without loss', inline('DeleteRolePolicy', name())],
      [
        'a bucket policy of which nobody knew is deleted',
        'nothing is known',
        bucket('DeleteBucketPolicy', name()),
      ],
      ['a policy to be deleted', 'it protects', put(attempted, text(denyHttp()))],
      ['a refused deletion', 'nothing changed: LOW', remove(attempted), 'AccessDenied'],
    ],
  );
}

import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import type { RemediationStep } from '../../src/findings/finding.ts';
import { remediateDataPath } from '../../src/findings/remediate-data-path.ts';
import { remediateConfiguredEndpoint } from '../../src/findings/remediate-endpoint.ts';
import { remediateOpenPort } from '../../src/findings/remediate-network.ts';
import { remediatePlainBucket, remediatePlainListener } from '../../src/findings/remediate-plain-storage.ts';
import {
  remediateEndpoint,
  remediateOpenKey,
  remediateTransportGuard,
} from '../../src/findings/remediate-policies.ts';
import { remediateKeyRotation } from '../../src/findings/remediate-rotation.ts';
import {
  remediateKmsKey,
  remediateLogging,
  remediateProtection,
  remediateTableEncryption,
} from '../../src/findings/remediate-settings.ts';
import { remediateVpcEncryption } from '../../src/findings/remediate-vpc-encryption.ts';
import {
  keyOwner,
  remediateCipher,
  remediateDax,
  remediateHost,
  remediateKey,
  remediatePlaintext,
  remediateSecret,
} from '../../src/findings/remediation.ts';

// Built from parts: no whole key id stands in this file.
const userKey = `AKIA${'Q7EXAMPLE'.padEnd(16, 'Z')}`;
const roleKey = `ASIA${'Q7EXAMPLE'.padEnd(16, 'Z')}`;

const good = {
  interfaceId: 'eni-0123456789abcdef0',
  tableArn: 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders',
  vpcEndpointId: 'vpce-0123456789abcdef0',
  clusterName: 'orders-cache',
  kmsKeyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
  region: 'us-east-1',
  tableName: 'Orders',
  keyId: userKey,
  userName: 'ci@deploy',
  roleName: 'orders-api',
  instanceId: 'i-0123456789abcdef0',
  trailName: 'arn:aws:cloudtrail:us-east-1:111122223333:trail/main',
  flowLogId: 'fl-0123456789abcdef0',
  logGroup: '/aws/lambda/orders#1',
  stream: '2026/11/01/[$LATEST]0123',
  host: 'dynamodb.us-east-1.amazonaws.com',
  dataBucket: 'orders-exports',
  streamArn: 'arn:aws:kinesis:us-east-1:111122223333:stream/changes',
  vaultArn: 'arn:aws:backup:us-east-1:111122223333:backup-vault:central',
  controlId: 'vpcec-0123456789abcdef0',
  vpcId: 'vpc-0123456789abcdef0',
  groupId: 'sg-0123456789abcdef0',
  networkAclId: 'acl-0123456789abcdef0',
  prefixListId: 'pl-0123456789abcdef0',
  policyArn: 'arn:aws:iam::111122223333:policy/team/only-tls',
  policyName: 'only-tls',
  policyId: 'p-example0001',
  bucket: 'orders-export',
  topicArn: 'arn:aws:sns:us-east-1:111122223333:alerts',
  grantId: '0123456789abcdef'.repeat(4),
  account: '111122223333',
  routeTableId: 'rtb-0123456789abcdef0',
  queueUrl: 'https://sqs.us-east-1.amazonaws.com/111122223333/orders',
  loadBalancerName: 'files-internal',
};

const blocks: Record<string, (values: typeof good) => readonly RemediationStep[]> = {
  plaintext: remediatePlaintext,
  dax: remediateDax,
  cipher: remediateCipher,
  host: remediateHost,
  'user key': (values) => remediateKey({ keyId: values.keyId, userName: values.userName }),
  'role session': (values) =>
    remediateKey({ keyId: values.keyId, roleName: values.roleName, instanceId: values.instanceId }),
  'key to be deleted': (values) => remediateKmsKey({ ...values, lost: 'scheduled' }),
  'key disabled': (values) => remediateKmsKey({ ...values, lost: 'disabled' }),
  'key material gone': (values) => remediateKmsKey({ ...values, lost: 'material' }),
  'key attempted': (values) => remediateKmsKey({ ...values, lost: 'nothing' }),
  'key store gone': (values) => remediateKmsKey({ region: values.region, lost: 'store' }),
  'table without protection': ({ region, tableName }) =>
    remediateProtection({ region, protectTable: tableName }),
  'table without recovery': ({ region, tableName }) =>
    remediateProtection({ region, recoverTable: tableName }),
  'instance without tokens': ({ region, instanceId }) => remediateProtection({ region, instanceId }),
  passwords: ({ region }) => remediateProtection({ region }),
  'table encryption': remediateTableEncryption,
  'port 80 of a group': ({ region, groupId, prefixListId }) =>
    remediateOpenPort({ region, port: 80, direction: 'egress', groupId, prefixListId }),
  'port 8111 of a network ACL': ({ region, networkAclId }) =>
    remediateOpenPort({ region, port: 8111, direction: 'ingress', networkAclId }),
  'key rotation': remediateKeyRotation,
  'VPC encryption': ({ region, controlId, vpcId }) =>
    remediateVpcEncryption({ region, of: 'vpc', controlId, vpcId }),
  'VPC encryption deleted': ({ region, controlId, vpcId }) =>
    remediateVpcEncryption({ region, of: 'vpc', controlId, vpcId, deleted: true }),
  'VPC encryption of the account': ({ region }) => remediateVpcEncryption({ region, of: 'account' }),
  'guard of a table': ({ region, tableArn }) =>
    remediateTransportGuard({ kind: 'table', entity: 'table Orders', resource: tableArn, region }),
  'guard of an endpoint': ({ region, vpcEndpointId }) =>
    remediateTransportGuard({ kind: 'endpoint', entity: 'endpoint', resource: vpcEndpointId, region }),
  'guard of a managed policy': ({ region, policyArn }) =>
    remediateTransportGuard({ kind: 'identity', entity: 'policy only-tls', resource: policyArn, region }),
  'guard of a role’s policy': ({ region, policyName, roleName }) =>
    remediateTransportGuard({
      kind: 'identity',
      entity: `policy ${policyName} of role ${roleName}`,
      resource: policyName,
      region,
    }),
  'guard of an organization': ({ region, policyId }) =>
    remediateTransportGuard({ kind: 'organization', entity: 'policy', resource: policyId, region }),
  'guard of a bucket': ({ region, bucket }) =>
    remediateTransportGuard({ kind: 'bucket', entity: 'bucket', resource: bucket, region }),
  'guard of a key': ({ region, kmsKeyId }) =>
    remediateTransportGuard({ kind: 'key', entity: 'key', resource: kmsKeyId, region }),
  'guard of a topic': ({ region, topicArn }) =>
    remediateTransportGuard({ kind: 'topic', entity: 'topic', resource: topicArn, region }),
  'guard of a queue': ({ region, queueUrl }) =>
    remediateTransportGuard({ kind: 'queue', entity: 'queue', resource: queueUrl, region }),
  'configured endpoint': ({ region, tableName }) =>
    remediateConfiguredEndpoint({ region, service: 'ecs', name: tableName, plainHttp: true }),
  'configured switch': ({ region, tableName }) =>
    remediateConfiguredEndpoint({ region, service: 'ssm', name: tableName, plainHttp: false }),
  'policy of an opened key': ({ region, kmsKeyId }) => remediateOpenKey({ region, kmsKeyId }),
  'grant of a key': ({ region, kmsKeyId, grantId }) => remediateOpenKey({ region, kmsKeyId, grantId }),
  'opened endpoint': ({ account, region, vpcEndpointId }) =>
    remediateEndpoint({ account, region, vpcEndpointId, routeTables: [], isDeleted: false, isOpen: true }),
  'endpoint without routes': ({ account, region, vpcEndpointId, routeTableId }) =>
    remediateEndpoint({
      account,
      region,
      vpcEndpointId,
      routeTables: [routeTableId],
      isDeleted: false,
      isOpen: false,
    }),
  'deleted endpoint': ({ account, region, vpcEndpointId }) =>
    remediateEndpoint({ account, region, vpcEndpointId, routeTables: [], isDeleted: true, isOpen: false }),
  'way of an export': ({ region, tableName, dataBucket }) =>
    remediateDataPath({ kind: 'export', region, tableName, bucket: dataBucket }),
  'way of a weaker export': ({ region, tableName, dataBucket }) =>
    remediateDataPath({ kind: 'weaker export', region, tableName, bucket: dataBucket }),
  'way of changes': ({ region, tableName, streamArn }) =>
    remediateDataPath({ kind: 'kinesis stream', region, tableName, streamArn }),
  'way of a stream': ({ region, tableName }) =>
    remediateDataPath({ kind: 'table stream', region, tableName }),
  'way of a backup': ({ region, vaultArn }) => remediateDataPath({ kind: 'backup copy', region, vaultArn }),
  'way of a restore': ({ region, tableName }) => remediateDataPath({ kind: 'restore', region, tableName }),
  'bucket over plain HTTP': ({ bucket, keyId, userName }) =>
    remediatePlainBucket({ bucket, keyId, userName }),
  'listener without TLS': remediatePlainListener,
  logging: remediateLogging,
  secret: remediateSecret,
  'secret without key': (values) => remediateSecret({ logGroup: values.logGroup, stream: values.stream }),
};

const hostileValues = [
  '$(touch pwned)',
  '`touch pwned`',
  "x'; touch pwned; '",
  'file:///etc/passwd',
  '--endpoint-url',
  'a\nb',
  '\u001b[2J',
  '',
  'x'.repeat(100_000),
];

/** What a shell makes of the commands: words, one a line; `aws` and `openssl` are functions that print them. */
function wordsOf(steps: readonly RemediationStep[]): { words: string[]; errors: string } {
  const commands = steps.flatMap(({ command }) => (command === null ? [] : [command]));
  const shell = spawnSync('/bin/sh', {
    input: ['aws() { printf "%s\\n" "$@"; }', 'openssl() { aws "$@"; }', ...commands].join('\n'),
    encoding: 'utf8',
    // Nothing can be run by name: a value that escapes its quotes is seen as an error.
    env: { PATH: '/nonexistent' },
  });
  return { words: shell.stdout.split('\n'), errors: shell.stderr };
}

describe.each(Object.entries(blocks))('%s', (name, block) => {
  it('says what each step risks and how to undo it', () => {
    const steps = block(good);
    expect(steps.length).toBeGreaterThan(1);
    for (const step of steps) {
      expect(step.step.length).toBeGreaterThan(10);
      expect(step.risk).toMatch(/[.;]/);
      expect(step.undo).not.toBe('');
      if (step.command !== null)
        expect(step.command).toMatch(/^(aws [a-z0-9]+ [a-z-]+ --|openssl s_client -)/);
    }
  });

  it.each(hostileValues)('does not use a value that has not the form of its kind: %#', (hostile) => {
    const values = Object.fromEntries(Object.keys(good).map((key) => [key, hostile])) as typeof good;
    const text = JSON.stringify(block(values));
    expect(text).toMatch(/<[A-Z-]+>/);
    if (hostile !== '') expect(text).not.toContain(JSON.stringify(hostile).slice(1, -1).slice(0, 64));
    const { words, errors } = wordsOf(block(values));
    // `date` is the one program that a command runs by itself (the time of revocation).
    expect(errors.replaceAll(/.*date: .*\n/g, '')).toBe('');
    expect(words.length).toBeGreaterThan(5);
  });

  it('puts the values into the commands as whole words', () => {
    const { words } = wordsOf(block(good));
    expect(words.join('\n')).not.toBe('');
    const expected: Record<string, string[]> = {
      plaintext: [good.interfaceId, good.tableArn, good.vpcEndpointId, good.keyId],
      dax: [good.clusterName],
      host: [`AttributeKey=AccessKeyId,AttributeValue=${good.keyId}`, good.region],
      cipher: [`AttributeKey=AccessKeyId,AttributeValue=${good.keyId}`, `${good.host}:443`],
      'user key': [good.userName, good.keyId],
      'role session': [good.roleName, good.instanceId],
      'key to be deleted': [good.kmsKeyId, good.region, 'cancel-key-deletion'],
      'key disabled': [good.kmsKeyId, good.region],
      'key material gone': [good.kmsKeyId, good.region],
      'key attempted': [good.kmsKeyId, good.region],
      'key store gone': [good.region],
      'table without protection': [good.tableName, good.region],
      'table without recovery': [good.tableName, good.region],
      'instance without tokens': [good.instanceId, good.region],
      passwords: [good.region],
      'table encryption': [good.tableName, good.region],
      'port 80 of a group': [good.region, good.groupId, good.prefixListId],
      'port 8111 of a network ACL': [good.region, good.networkAclId],
      'key rotation': [good.region, good.kmsKeyId],
      'VPC encryption': [good.region, good.controlId, good.vpcId],
      'VPC encryption deleted': [good.region, good.vpcId],
      'VPC encryption of the account': [good.region],
      'guard of a table': [good.tableArn, good.region],
      'guard of an endpoint': [good.vpcEndpointId, good.region],
      'guard of a managed policy': [good.policyArn, '<VERSION-WITH-GUARD>'],
      'guard of a role’s policy': [good.policyName, good.roleName, 'put-role-policy'],
      'guard of an organization': [good.policyId],
      'guard of a bucket': [good.bucket],
      'guard of a key': [good.kmsKeyId, good.region],
      'guard of a topic': [good.topicArn, good.region],
      'guard of a queue': [good.queueUrl, good.region],
      'configured endpoint': [good.region, good.tableName, 'describe-task-definition'],
      'configured switch': [good.region, good.tableName],
      'policy of an opened key': [good.kmsKeyId, good.region, 'put-key-policy'],
      'grant of a key': [good.kmsKeyId, good.region, good.grantId],
      'opened endpoint': [good.vpcEndpointId, good.region],
      'endpoint without routes': [good.vpcEndpointId, good.region, good.routeTableId],
      'deleted endpoint': [good.region, '<ROUTE-TABLE-ID>'],
      'way of an export': [good.region, good.dataBucket],
      'way of a weaker export': [good.region, good.dataBucket],
      'way of changes': [good.region, good.tableName, good.streamArn],
      'way of a stream': [good.region, good.tableName],
      'way of a backup': [good.region, good.vaultArn],
      'way of a restore': [good.region, good.tableName],
      'bucket over plain HTTP': [good.bucket, good.keyId, good.userName],
      'listener without TLS': [good.loadBalancerName, good.region],
      logging: [good.trailName, good.logGroup],
      secret: [good.keyId, good.logGroup, good.stream],
      'secret without key': [good.logGroup, good.stream],
    };
    expect(words).toEqual(expect.arrayContaining(expected[name]!));
  });
});

describe('policies', () => {
  it('are JSON that denies DynamoDB without TLS', () => {
    const { words } = wordsOf(remediatePlaintext(good));
    const policies = words.filter((word) => word.startsWith('{')).map((word) => JSON.parse(word));
    expect(policies).toHaveLength(2);
    for (const policy of policies) {
      expect(policy.Statement.at(-1)).toMatchObject({
        Effect: 'Deny',
        Principal: '*',
        Action: 'dynamodb:*',
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      });
    }
  });
});

describe('a key', () => {
  it('of a session cannot be switched off: its role’s sessions are refused', () => {
    const commands = remediateKey({ keyId: roleKey }).map(({ command }) => command ?? '');
    expect(commands.some((command) => command.includes('update-access-key'))).toBe(false);
    expect(commands[0]).toContain('put-role-policy');
  });

  it.each([
    ['IAMUser', 'bob', { userName: 'bob' }],
    ['AssumedRole', 'orders-api', { roleName: 'orders-api' }],
    ['Root', 'root', {}],
    ['FederatedUser', 'bob', {}],
    ['AWSAccount', 'AIDA', {}],
    ['IAMUser', '', {}],
  ])('of type %s, name %j belongs to %j', (type, name, owner) => {
    expect(keyOwner(type, name)).toEqual(owner);
  });

  it('that travelled in clear is named with its owner', () => {
    const commands = remediatePlaintext({ keyId: userKey, userName: 'bob' }).map(({ command }) => command);
    expect(commands).toContain(
      `aws iam update-access-key --user-name bob --access-key-id ${userKey} --status Inactive`,
    );
  });

  it('of a user is switched off first', () => {
    expect(remediateKey({ keyId: userKey, userName: 'bob' })[0]?.command).toBe(
      `aws iam update-access-key --user-name bob --access-key-id ${userKey} --status Inactive`,
    );
  });
});

describe('a flow log', () => {
  it('is made again with every field that the flow detectors read', () => {
    const { words } = wordsOf(remediateLogging(good));
    const format = words.find((word) => /^\$\{version\}/.test(word)) ?? '';
    for (const field of [
      'pkt-dst-aws-service',
      'pkt-src-aws-service',
      'tcp-flags',
      'traffic-path',
      'flow-direction',
      'region',
    ]) {
      expect(format).toContain(`\${${field}}`);
    }
  });
});

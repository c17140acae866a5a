// Commands that mend what was found, with the finding's own values. Nothing is run by wiretrail.
// Values come from logs, and who writes logs may choose them: one that has not the form of its kind is not used at all (a placeholder in
// capitals takes its place), and every word is quoted for a shell. The AWS CLI would also read a file for a value like `file://x`.
// Option names: https://docs.aws.amazon.com/cli/latest/reference/ ; every command was parsed by aws-cli 1.45.

import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';

/** Forms of values, and what stands in a command where the value is unknown or not of that form. */
const FORMS = {
  interfaceId: { form: /^eni-[0-9a-f]{8,17}$/, placeholder: 'NETWORK-INTERFACE-ID' },
  tableArn: {
    form: /^arn:aws[a-z-]{0,12}:dynamodb:[a-z0-9-]{1,32}:\d{12}:table\/[A-Za-z0-9_.-]{3,255}$/,
    placeholder: 'TABLE-ARN',
  },
  vpcEndpointId: { form: /^vpce-[0-9a-f]{8,17}$/, placeholder: 'VPC-ENDPOINT-ID' },
  groupId: { form: /^sg-[0-9a-f]{8,17}$/, placeholder: 'SECURITY-GROUP-ID' },
  instanceId: { form: /^i-[0-9a-f]{8,17}$/, placeholder: 'INSTANCE-ID' },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_AccessKey.html: 16 to 128 characters
  keyId: { form: /^A[A-Z]{3}[A-Z0-9]{12,124}$/, placeholder: 'ACCESS-KEY-ID' },
  // https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
  userName: { form: /^[A-Za-z0-9_+=.@][A-Za-z0-9_+=,.@-]{0,63}$/, placeholder: 'USER-NAME' },
  roleName: { form: /^[A-Za-z0-9_+=.@][A-Za-z0-9_+=,.@-]{0,63}$/, placeholder: 'ROLE-NAME' },
  // https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_CreateCluster.html: 1 to 20 letters, digits, hyphens
  clusterName: { form: /^[A-Za-z][A-Za-z0-9-]{0,19}$/, placeholder: 'CLUSTER-NAME' },
  // https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html: 3 to 128 characters, or the ARN
  trailName: {
    form: /^(arn:aws[a-z-]{0,12}:cloudtrail:[a-z0-9-]{1,32}:\d{12}:trail\/)?[A-Za-z0-9][A-Za-z0-9._-]{2,127}$/,
    placeholder: 'TRAIL-NAME',
  },
  // The client's own host header: only names of AWS.
  awsHost: {
    form: /^(?:[a-z0-9-]{1,63}\.){1,6}(?:amazonaws\.com|amazonaws\.com\.cn|api\.aws)$/,
    placeholder: 'DYNAMODB-HOST',
  },
  flowLogId: { form: /^fl-[0-9a-f]{8,17}$/, placeholder: 'FLOW-LOG-ID' },
  // https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
  logGroup: { form: /^[A-Za-z0-9_/.#][A-Za-z0-9_/.#-]{0,511}$/, placeholder: 'LOG-GROUP' },
  // https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#key-id-key-id: a UUID, `mrk-` for multi-Region keys
  kmsKeyId: {
    form: /^(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/,
    placeholder: 'KEY-ID',
  },
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
  tableName: { form: /^[A-Za-z0-9_.][A-Za-z0-9_.-]{2,254}$/, placeholder: 'TABLE-NAME' },
  region: { form: /^[a-z]{2}(?:-[a-z]{2,9}){1,3}-\d{1,2}$/, placeholder: 'REGION' },
  // Streams may hold anything but `:` and `*` (https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogStream.html);
  // these are the characters that AWS services and the usual agents write.
  stream: { form: /^[A-Za-z0-9_/.#[][A-Za-z0-9_/.#[\]$@+=, -]{0,511}$/, placeholder: 'LOG-STREAM' },
} as const satisfies Record<string, { form: RegExp; placeholder: string }>;

type Kind = keyof typeof FORMS;

/** The form of values that only one topic has. */
export interface ValueForm {
  readonly form: RegExp;
  readonly placeholder: string;
}

export const ONLY_READS = { risk: 'None: it only reads.', undo: 'Nothing to undo.' } as const;

const DENY_PLAIN_HTTP = { Effect: 'Deny', Principal: '*', Action: 'dynamodb:*' } as const;
const ONLY_PLAIN_HTTP = { Bool: { 'aws:SecureTransport': 'false' } } as const;

/** A flow log that shows everything that is looked for, in the order of https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html. */
export const FLOW_LOG_FIELDS: readonly string[] = (
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status ' +
  'vpc-id subnet-id instance-id tcp-flags pkt-srcaddr pkt-dstaddr region pkt-src-aws-service pkt-dst-aws-service ' +
  'flow-direction traffic-path'
).split(' ');
/** As `create-flow-logs --log-format` takes them. */
const FLOW_LOG_FORMAT = FLOW_LOG_FIELDS.map((field) => `\${${field}}`).join(' ');

/** A DynamoDB client that does not use TLS: find it, refuse plain HTTP, close the way, change what travelled in clear, mend the client. */
export function remediatePlaintext(values: {
  readonly interfaceId?: string;
  readonly tableArn?: string;
  readonly vpcEndpointId?: string;
  readonly keyId?: string;
  readonly userName?: string;
  readonly roleName?: string;
}): readonly RemediationStep[] {
  const steps: RemediationStep[] = [];
  if (values.interfaceId !== undefined) steps.push(findClient(values.interfaceId));
  steps.push({
    step: 'Mend the client: take http:// endpoints, use_ssl=False and verify=False out of its code, environment and AWS config; SDKs use HTTPS by themselves',
    command: null,
    risk: 'A client that cannot reach port 443 stops working: allow it first.',
    undo: 'Deploy the version before.',
  });
  steps.push(denyOnTable(values.tableArn));
  if (values.vpcEndpointId !== undefined) steps.push(denyOnEndpoint(values.vpcEndpointId));
  steps.push({
    step: 'Close port 80 to DynamoDB on the client’s security group',
    command:
      `aws ec2 revoke-security-group-egress --group-id ${word('groupId', undefined)} --ip-permissions ` +
      `${shellQuote('[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"PrefixListIds":[{"PrefixListId":"<DYNAMODB-PREFIX-LIST-ID>"}]}]')}`,
    risk: 'Only a rule with exactly this port and prefix list is removed; a wider rule keeps port 80 open.',
    undo: 'aws ec2 authorize-security-group-egress with the same --group-id and --ip-permissions.',
  });
  const { keyId, userName, roleName } = values;
  if (keyId !== undefined) {
    const owner = userName === undefined ? (roleName === undefined ? {} : { roleName }) : { userName };
    steps.push(...remediateKey({ keyId, ...owner }));
  }
  return steps;
}

function findClient(interfaceId: string): RemediationStep {
  return {
    step: 'Find the client behind the network interface',
    command: `aws ec2 describe-network-interfaces --network-interface-ids ${word('interfaceId', interfaceId)}`,
    ...ONLY_READS,
  };
}

export function denyOnTable(tableArn: string | undefined): RemediationStep {
  const arn = known('tableArn', tableArn);
  const resource = arn ?? '<TABLE-ARN>';
  const policy = {
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'DenyPlainHttp',
        ...DENY_PLAIN_HTTP,
        Resource: [resource, `${resource}/index/*`],
        Condition: ONLY_PLAIN_HTTP,
      },
    ],
  };
  return {
    step: 'Refuse plain HTTP on the table',
    command: `aws dynamodb put-resource-policy --resource-arn ${word('tableArn', tableArn)} --policy ${shellQuote(JSON.stringify(policy))}`,
    risk: 'Replaces the whole policy of the table: read it with get-resource-policy first and keep its statements. Clients on plain HTTP are refused from then on.',
    undo: `Put the earlier policy back, or where there was none: aws dynamodb delete-resource-policy --resource-arn ${word('tableArn', tableArn)}`,
  };
}

export function denyOnEndpoint(vpcEndpointId: string): RemediationStep {
  const policy = {
    Version: '2012-10-17',
    Statement: [
      { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
      { Sid: 'DenyPlainHttp', ...DENY_PLAIN_HTTP, Resource: '*', Condition: ONLY_PLAIN_HTTP },
    ],
  };
  const endpoint = word('vpcEndpointId', vpcEndpointId);
  return {
    step: 'Refuse plain HTTP at the VPC endpoint',
    command: `aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${endpoint} --policy-document ${shellQuote(JSON.stringify(policy))}`,
    risk: `Replaces the endpoint’s policy, and the first statement allows everything: keep the statements of the present one (aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${endpoint}).`,
    undo: `Put the earlier policy back, or the default one: aws ec2 modify-vpc-endpoint --vpc-endpoint-id ${endpoint} --reset-policy`,
  };
}

/** A client that agrees on a weak cipher: find it, see what its way to AWS lets through, mend it. */
export function remediateCipher(values: {
  readonly host?: string;
  readonly keyId?: string;
}): readonly RemediationStep[] {
  return [
    findCallerOfKey(values.keyId),
    {
      step: 'On the client’s machine: does the way to AWS let a good cipher through? If not, a proxy decides',
      command: `openssl s_client -connect ${word('awsHost', values.host)}:443 -tls1_2 -cipher 'ECDHE+AESGCM:ECDHE+CHACHA20' </dev/null`,
      risk: 'None: it opens one connection and sends no request.',
      undo: 'Nothing to undo.',
    },
    {
      step: 'Update the client’s runtime, and take lists of ciphers out of its code, its OpenSSL configuration and its JVM options; allow ECDHE with AES-GCM or ChaCha20, or TLS 1.3',
      command: null,
      risk: 'Other servers of the same client may still need the old cipher: test them.',
      undo: 'Deploy the version before.',
    },
  ];
}

/** A client that calls AWS by another name: find it, see the name that AWS gives, take the other one out. */
export function remediateHost(values: {
  readonly region?: string;
  readonly keyId?: string;
}): readonly RemediationStep[] {
  return [
    findCallerOfKey(values.keyId),
    {
      step: 'See the endpoint that AWS names for the region',
      command: `aws dynamodb describe-endpoints --region ${word('region', values.region)}`,
      ...ONLY_READS,
    },
    {
      step: 'Take the other name out of the client: AWS_ENDPOINT_URL and AWS_ENDPOINT_URL_DYNAMODB, endpoint_url in its AWS config and code, hosts files; certificates must be checked',
      command: null,
      risk: 'A client that reaches AWS only through the proxy stops working: give it a VPC endpoint first.',
      undo: 'Deploy the version before.',
    },
  ];
}

function findCallerOfKey(keyId: string | undefined): RemediationStep {
  return {
    step: 'Find the client by its access key (management events of 90 days; data events are in the trail’s bucket only)',
    command: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=${word('keyId', keyId)}`,
    ...ONLY_READS,
  };
}

/** A DAX cluster without encryption in transit: it cannot be switched on later, so a new cluster takes its place. */
export function remediateDax(values: {
  readonly clusterName?: string;
  readonly interfaceId?: string;
}): readonly RemediationStep[] {
  const cluster = word('clusterName', values.clusterName);
  return [
    ...(values.interfaceId === undefined ? [] : [findClient(values.interfaceId)]),
    {
      step: 'See how the cluster is built',
      command: `aws dax describe-clusters --cluster-names ${cluster}`,
      ...ONLY_READS,
    },
    {
      step: 'Create its successor with TLS; encryption in transit cannot be added to an existing cluster',
      command:
        "aws dax create-cluster --cluster-name '<NEW-CLUSTER-NAME>' --node-type '<NODE-TYPE>' --replication-factor 3 " +
        "--iam-role-arn '<ROLE-ARN>' --subnet-group-name '<SUBNET-GROUP>' --security-group-ids '<SECURITY-GROUP-ID>' " +
        '--cluster-endpoint-encryption-type TLS --sse-specification Enabled=true',
      risk: 'Costs run for both clusters until the old one is deleted; the new one starts with an empty cache.',
      undo: "aws dax delete-cluster --cluster-name '<NEW-CLUSTER-NAME>'",
    },
    {
      step: 'Move the clients to daxs://…:9111 and let port 9111 through their security groups',
      command: null,
      risk: 'Cache misses go to the table until the new cluster is warm: watch its read capacity.',
      undo: 'Point the clients back to the old cluster.',
    },
    {
      step: 'Delete the old cluster when flow logs show no more traffic on port 8111',
      command: `aws dax delete-cluster --cluster-name ${cluster}`,
      risk: 'Clients that still use it lose their cache.',
      undo: 'None: create it again.',
    },
  ];
}

/** Credentials that somebody else may hold: stop them, see what they did. */
export function remediateKey(values: {
  readonly keyId?: string;
  readonly userName?: string;
  readonly roleName?: string;
  readonly instanceId?: string;
}): readonly RemediationStep[] {
  const key = word('keyId', values.keyId);
  const temporary = values.keyId?.startsWith('ASIA') ?? false;
  const ofRole = values.roleName !== undefined || temporary;
  const ofUser = !ofRole || (values.userName !== undefined && !temporary);
  const steps: RemediationStep[] = [];
  if (ofUser) steps.push(stopUserKey(key, values.userName));
  if (ofRole) steps.push(revokeSessions(values.roleName));
  steps.push({
    step: 'See what the credentials did in the last 90 days (management events)',
    command: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=AccessKeyId,AttributeValue=${key}`,
    risk: 'None: it only reads. Data events are in the trail’s bucket only.',
    undo: 'Nothing to undo.',
  });
  if (values.userName === undefined && values.roleName === undefined) {
    steps.push({
      step: 'See which account the key belongs to',
      command: `aws sts get-access-key-info --access-key-id ${key}`,
      ...ONLY_READS,
    });
  }
  if (values.instanceId !== undefined) {
    const instance = word('instanceId', values.instanceId);
    steps.push({
      step: 'Let the instance give its credentials to IMDSv2 requests only',
      command: `aws ec2 modify-instance-metadata-options --instance-id ${instance} --http-tokens required --http-put-response-hop-limit 1`,
      risk: 'Software that knows IMDSv1 only, and containers one hop away, lose their credentials.',
      undo: `aws ec2 modify-instance-metadata-options --instance-id ${instance} --http-tokens optional --http-put-response-hop-limit 2`,
    });
  }
  return steps;
}

/** Whose key it is, as IAM's commands name it: nobody for root, federated users and other accounts, whom they cannot name. */
export function keyOwner(
  principalType: string,
  name: string,
): { readonly userName: string } | { readonly roleName: string } | Record<never, never> {
  if (name === '') return {};
  if (principalType === 'IAMUser') return { userName: name };
  return principalType === 'AssumedRole' || principalType === 'Role' ? { roleName: name } : {};
}

function stopUserKey(key: string, userName: string | undefined): RemediationStep {
  const update = `aws iam update-access-key --user-name ${word('userName', userName)} --access-key-id ${key} --status`;
  return {
    step: 'Switch the access key off, give its users a new one, then delete it',
    command: `${update} Inactive`,
    risk: 'What still uses this key stops working at once.',
    undo: `${update} Active`,
  };
}

function revokeSessions(roleName: string | undefined): RemediationStep {
  const role = word('roleName', roleName);
  // The shell fills in the time at which the command is run: sessions that are older are refused.
  const policy =
    '\'{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*",' +
    '"Condition":{"DateLessThan":{"aws:TokenIssueTime":"\'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"\'"}}}]}\'';
  return {
    step: 'Refuse every session of the role that was issued until now',
    command: `aws iam put-role-policy --role-name ${role} --policy-name AWSRevokeOlderSessions --policy-document ${policy}`,
    risk: 'All present sessions of the role are refused; instances and functions fetch new credentials by themselves, others must sign in again.',
    undo: `aws iam delete-role-policy --role-name ${role} --policy-name AWSRevokeOlderSessions`,
  };
}

/** Logging that was weakened: switch it on again, and see who did it. */
export function remediateLogging(values: {
  readonly trailName?: string;
  readonly flowLogId?: string;
  readonly logGroup?: string;
}): readonly RemediationStep[] {
  const steps: RemediationStep[] = [];
  const nothingKnown =
    values.trailName === undefined && values.flowLogId === undefined && values.logGroup === undefined;
  if (values.trailName !== undefined || nothingKnown) {
    const trail = word('trailName', values.trailName);
    steps.push({
      step: 'Start the trail again; a deleted trail must be created again, a changed one compared with its template',
      command: `aws cloudtrail start-logging --name ${trail}`,
      risk: 'None beyond the cost of the trail.',
      undo: `aws cloudtrail stop-logging --name ${trail}`,
    });
  }
  if (values.flowLogId !== undefined) {
    steps.push({
      step: `Create the flow log again (its id was ${known('flowLogId', values.flowLogId) ?? 'not told'}) with the fields that wiretrail uses`,
      command:
        "aws ec2 create-flow-logs --resource-type VPC --resource-ids '<VPC-ID>' --traffic-type ALL --max-aggregation-interval 60 " +
        `--log-destination-type s3 --log-destination '<BUCKET-ARN>' --log-format ${shellQuote(FLOW_LOG_FORMAT)}`,
      risk: 'Delivery and storage cost money.',
      undo: "aws ec2 delete-flow-logs --flow-log-ids '<NEW-FLOW-LOG-ID>'",
    });
  }
  if (values.logGroup !== undefined) {
    const group = word('logGroup', values.logGroup);
    steps.push({
      step: 'Keep the log group’s events for a year; a deleted group must be created first (aws logs create-log-group), its events are lost',
      command: `aws logs put-retention-policy --log-group-name ${group} --retention-in-days 365`,
      risk: 'Storage costs money.',
      undo: 'Put the earlier retention back with the same command.',
    });
  }
  const changed =
    known('trailName', values.trailName) ??
    known('flowLogId', values.flowLogId) ??
    known('logGroup', values.logGroup);
  steps.push({
    step: 'See who changed it, and what else they did',
    command: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=${changed === null ? "'<RESOURCE-NAME>'" : shellQuote(changed)}`,
    ...ONLY_READS,
  });
  return steps;
}

/** A KMS key that was switched off or set to be deleted: undo it first, ask afterwards. */
export function remediateKmsKey(values: {
  readonly kmsKeyId?: string;
  readonly region?: string;
  readonly lost: 'scheduled' | 'disabled' | 'material' | 'store' | 'nothing';
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const key = `--key-id ${word('kmsKeyId', values.kmsKeyId)} --region ${region}`;
  const steps: RemediationStep[] = [];
  if (values.lost === 'scheduled') {
    steps.push({
      step: 'Cancel the deletion before its waiting period ends; the key is then disabled',
      command: `aws kms cancel-key-deletion ${key}`,
      risk: 'None: the key stays, and costs what a key costs.',
      undo: `aws kms schedule-key-deletion ${key} --pending-window-in-days 30`,
    });
  }
  if (values.lost === 'scheduled' || values.lost === 'disabled') {
    steps.push({
      step: 'Enable the key again',
      command: `aws kms enable-key ${key}`,
      risk: 'Everybody whom its policy allows can use it again: read the policy first (aws kms get-key-policy).',
      undo: `aws kms disable-key ${key}`,
    });
  }
  if (values.lost === 'material') {
    steps.push({
      step: 'Import the same key material again, from where its copy is kept; only the same bytes work',
      command: `aws kms get-parameters-for-import ${key} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096`,
      risk: 'None by itself: it gives the key to wrap the material with, then aws kms import-key-material takes it.',
      undo: `aws kms delete-imported-key-material ${key}`,
    });
  }
  if (values.lost === 'store') {
    steps.push({
      step: 'See which key stores are left; a deleted one is connected anew from its CloudHSM cluster or external key manager',
      command: `aws kms describe-custom-key-stores --region ${region}`,
      ...ONLY_READS,
    });
  }
  if (values.lost === 'nothing' && values.kmsKeyId !== undefined) {
    steps.push({
      step: 'See that the key is as it should be',
      command: `aws kms describe-key ${key}`,
      ...ONLY_READS,
    });
  }
  const changed = known('kmsKeyId', values.kmsKeyId);
  steps.push(seeWho(changed, 'kms', region));
  return steps;
}

/** A protection that was switched off: on again. Without a table or instance it is the account's password policy. */
export function remediateProtection(values: {
  readonly region?: string;
  readonly protectTable?: string;
  readonly recoverTable?: string;
  readonly instanceId?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const { protectTable, recoverTable, instanceId } = values;
  const changed = known('tableName', protectTable ?? recoverTable) ?? known('instanceId', instanceId) ?? null;
  const steps: RemediationStep[] = [];
  if (protectTable !== undefined) {
    const table = `--table-name ${word('tableName', protectTable)}`;
    steps.push({
      step: 'Protect the table from deletion again',
      command: `aws dynamodb update-table ${table} --region ${region} --deletion-protection-enabled`,
      risk: 'Whoever is to delete the table must switch it off first.',
      undo: `aws dynamodb update-table ${table} --region ${region} --no-deletion-protection-enabled`,
    });
  } else if (recoverTable !== undefined) {
    const recovery = `aws dynamodb update-continuous-backups --table-name ${word('tableName', recoverTable)} --region ${region} --point-in-time-recovery-specification PointInTimeRecoveryEnabled`;
    steps.push({
      step: 'Switch point-in-time recovery on again; what it kept before is lost, so make a backup as well',
      command: `${recovery}=true`,
      risk: 'It costs by the size of the table.',
      undo: `${recovery}=false`,
    });
  } else if (instanceId !== undefined) {
    const options = `aws ec2 modify-instance-metadata-options --instance-id ${word('instanceId', instanceId)} --region ${region} --http-tokens`;
    steps.push({
      step: 'Ask for session tokens again',
      command: `${options} required`,
      risk: 'Software that fetches metadata without a token gets none: update it first.',
      undo: `${options} optional`,
    });
  } else {
    steps.push({
      step: 'Put the password policy back; these values are only an example, the call replaces all of it',
      command:
        'aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers ' +
        '--require-uppercase-characters --require-lowercase-characters --password-reuse-prevention 24 --allow-users-to-change-password',
      risk: 'Counts at the next change of a password; what is not named falls back to its default.',
      undo: 'The same command with the values of before (aws iam get-account-password-policy).',
    });
  }
  steps.push(seeWho(changed, 'iam', region));
  return steps;
}

/** A table that left its KMS key: back to one of one's own. */
export function remediateTableEncryption(values: {
  readonly region?: string;
  readonly tableName?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const table = `--table-name ${word('tableName', values.tableName)} --region ${region}`;
  const changed = known('tableName', values.tableName);
  return [
    {
      step: 'See what key the table has now: SSEDescription is absent for the AWS owned key',
      command: `aws dynamodb describe-table ${table}`,
      ...ONLY_READS,
    },
    {
      step: 'Give the table a customer managed key again',
      command: `aws dynamodb update-table ${table} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=${word('kmsKeyId', undefined)}`,
      risk: 'Readers without the right to use the key are shut out; a table takes four such changes a day.',
      undo: `aws dynamodb update-table ${table} --sse-specification Enabled=false`,
    },
    seeWho(changed, 'dynamodb', region),
  ];
}

export function seeWho(changed: string | null, service: string, region: string): RemediationStep {
  const what =
    changed === null
      ? `EventSource,AttributeValue=${service}.amazonaws.com`
      : `ResourceName,AttributeValue=${shellQuote(changed)}`;
  return {
    step: 'See who changed it, and what else they did',
    command: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=${what} --region ${region}`,
    ...ONLY_READS,
  };
}

/** A secret in a log: rotate first, then stop the logger, then shrink who can read it. */
export function remediateSecret(values: {
  readonly keyId?: string;
  readonly logGroup?: string;
  readonly stream?: string;
}): readonly RemediationStep[] {
  const group = word('logGroup', values.logGroup);
  const stream = word('stream', values.stream);
  const rotate: readonly RemediationStep[] =
    values.keyId === undefined
      ? [
          {
            step: 'Rotate the secret where it was issued; one that Secrets Manager rotates:',
            command: "aws secretsmanager rotate-secret --secret-id '<SECRET-ID>'",
            risk: 'What still uses the old value stops working.',
            undo: 'None: a secret that stood in a log is not to be used again.',
          },
        ]
      : remediateKey({ keyId: values.keyId });
  return [
    ...rotate,
    {
      step: 'Stop the logging: lower the log level, or filter the field before it is written',
      command: null,
      risk: 'Less to debug with.',
      undo: 'Deploy the version before.',
    },
    {
      step: 'Mask what may come later (credentials that CloudWatch Logs knows; events already stored stay as they are)',
      command: `aws logs put-data-protection-policy --log-group-identifier ${group} --policy-document file://data-protection-policy.json`,
      risk: 'Replaces the group’s present data protection policy; masked values can be read with logs:Unmask only.',
      undo: `aws logs delete-data-protection-policy --log-group-identifier ${group}`,
    },
    {
      step: 'Delete the log stream when its events are kept elsewhere or not needed (single events cannot be deleted)',
      command: `aws logs delete-log-stream --log-group-name ${group} --log-stream-name ${stream}`,
      risk: 'All events of the stream are lost, evidence included: export them to an encrypted place first.',
      undo: 'None.',
    },
  ];
}

/** One shell word: the value where it has the form of its kind, else `'<PLACEHOLDER>'`. */
export function word(kind: Kind, value: string | undefined): string {
  return wordOf(FORMS[kind], value);
}

export function wordOf({ form, placeholder }: ValueForm, value: string | undefined): string {
  return shellQuote(value !== undefined && form.test(value) ? value : `<${placeholder}>`);
}

export function known(kind: Kind, value: string | undefined): string | null {
  return value !== undefined && FORMS[kind].form.test(value) ? value : null;
}

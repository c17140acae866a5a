// Commands that mend what was found, with the finding's own values (command-values.ts). Nothing is run by wiretrail.
// Option names: https://docs.aws.amazon.com/cli/latest/reference/ ; every command was parsed by aws-cli 1.45.

import { known, word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';

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
export const FLOW_LOG_FORMAT = FLOW_LOG_FIELDS.map((field) => `\${${field}}`).join(' ');

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

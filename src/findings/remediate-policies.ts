// Commands for policies that let more in than before: read what holds now, put back what held, see who changed it.
// The rules for values and the forms that are shared stand in remediation.ts.

import { known, type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { denyOnEndpoint, denyOnTable, ONLY_READS, seeWho } from './remediation.ts';

/** Forms that only these commands use, and what stands in a command where the value has another. */
const POLICY_ARN: ValueForm = {
  form: /^arn:aws[a-z-]{0,12}:iam::\d{12}:policy\/[A-Za-z0-9_+=,.@/-]{1,512}$/,
  placeholder: 'POLICY-ARN',
};
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Policy.html
const POLICY_ID: ValueForm = { form: /^p-[0-9a-zA-Z_]{8,128}$/, placeholder: 'POLICY-ID' };
// https://docs.aws.amazon.com/IAM/latest/APIReference/API_PutRolePolicy.html
const IAM_NAME: ValueForm = { form: /^[A-Za-z0-9_+=.@][A-Za-z0-9_+=,.@-]{0,127}$/, placeholder: 'IAM-NAME' };
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET: ValueForm = { form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, placeholder: 'BUCKET' };
const TOPIC_ARN: ValueForm = {
  form: /^arn:aws[a-z-]{0,12}:sns:[a-z0-9-]{1,32}:\d{12}:[A-Za-z0-9_-]{1,256}(?:\.fifo)?$/,
  placeholder: 'TOPIC-ARN',
};
const QUEUE_URL: ValueForm = {
  form: /^https:\/\/(?:[a-z0-9-]{1,63}\.){1,6}amazonaws\.com(?:\.cn)?\/\d{12}\/[A-Za-z0-9_-]{1,80}(?:\.fifo)?$/,
  placeholder: 'QUEUE-URL',
};
// https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html
const GRANT_ID: ValueForm = { form: /^[0-9a-f]{64}$/, placeholder: 'GRANT-ID' };
const ACCOUNT: ValueForm = { form: /^\d{12}$/, placeholder: 'ACCOUNT-ID' };
const ROUTE_TABLE: ValueForm = { form: /^rtb-[0-9a-f]{8,32}$/, placeholder: 'ROUTE-TABLE-ID' };

type PolicyKind = 'table' | 'endpoint' | 'organization' | 'identity' | 'bucket' | 'key' | 'topic' | 'queue';

const PUT_BACK =
  'The call that set the guard is named in the evidence; its document is in the trail’s bucket. Save it as previous.json.';
const NARROWS = 'Clients on plain HTTP are refused from then on.';
const UNDO = 'Put the present policy back: keep what the first command printed.';

/** A policy that refused plain HTTP and does so no more. */
export function remediateTransportGuard(values: {
  readonly kind: PolicyKind;
  /** `policy P of role R` for policies that stand in an identity. */
  readonly entity: string;
  readonly resource: string;
  readonly region: string;
}): readonly RemediationStep[] {
  const { kind, resource } = values;
  const region = word('region', values.region);
  switch (kind) {
    case 'table':
      return [
        reads(
          'See what the policy of the table says now',
          `aws dynamodb get-resource-policy --resource-arn ${word('tableArn', resource)} --region ${region}`,
        ),
        denyOnTable(resource),
        seeWho(known('tableArn', resource), 'dynamodb', region),
      ];
    case 'endpoint':
      return [
        reads(
          'See what the endpoint allows now, and where it leads',
          `aws ec2 describe-vpc-endpoints --vpc-endpoint-ids ${word('vpcEndpointId', resource)} --region ${region}`,
        ),
        denyOnEndpoint(resource),
        seeWho(known('vpcEndpointId', resource), 'ec2', region),
      ];
    case 'identity':
      return [...ofIdentity(values.entity, resource), seeWho(null, 'iam', region)];
    case 'organization': {
      const id = wordOf(POLICY_ID, resource);
      return [
        reads(
          'See what the policy says now, and to whom it is attached',
          `aws organizations describe-policy --policy-id ${id}`,
        ),
        putsBack(`aws organizations update-policy --policy-id ${id} --content file://previous.json`),
        seeWho(null, 'organizations', region),
      ];
    }
    case 'bucket': {
      const bucket = wordOf(BUCKET, resource);
      return [
        reads('See what the policy of the bucket says now', `aws s3api get-bucket-policy --bucket ${bucket}`),
        putsBack(`aws s3api put-bucket-policy --bucket ${bucket} --policy file://previous.json`),
        seeWho(BUCKET.form.test(resource) ? resource : null, 's3', region),
      ];
    }
    case 'key':
      return [...ofKeyPolicy(resource, region), seeWho(known('kmsKeyId', resource), 'kms', region)];
    case 'topic': {
      const topic = `--topic-arn ${wordOf(TOPIC_ARN, resource)} --region ${region}`;
      return [
        reads('See what the policy of the topic says now', `aws sns get-topic-attributes ${topic}`),
        putsBack(
          `aws sns set-topic-attributes ${topic} --attribute-name Policy --attribute-value file://previous.json`,
        ),
        seeWho(null, 'sns', region),
      ];
    }
    case 'queue': {
      const queue = `--queue-url ${wordOf(QUEUE_URL, resource)} --region ${region}`;
      return [
        reads(
          'See what the policy of the queue says now',
          `aws sqs get-queue-attributes ${queue} --attribute-names Policy`,
        ),
        putsBack(`aws sqs set-queue-attributes ${queue} --attributes file://previous.json`),
        seeWho(null, 'sqs', region),
      ];
    }
  }
}

/** A key that lets others in: by its policy, or by a grant (with an id, '' where it is not known). */
export function remediateOpenKey(values: {
  readonly region: string;
  readonly kmsKeyId: string;
  readonly grantId?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const key = `--key-id ${word('kmsKeyId', values.kmsKeyId)} --region ${region}`;
  const who = seeWho(known('kmsKeyId', values.kmsKeyId), 'kms', region);
  if (values.grantId === undefined) return [...ofKeyPolicy(values.kmsKeyId, region), who];
  return [
    reads('See which grants there are, and for whom', `aws kms list-grants ${key}`),
    {
      step: 'Revoke the grant',
      command: `aws kms revoke-grant ${key} --grant-id ${wordOf(GRANT_ID, values.grantId)}`,
      risk: 'Who holds the grant cannot use the key any more, within minutes: what they encrypted with it stays encrypted.',
      undo: 'aws kms create-grant with the grantee, operations and constraints that list-grants printed.',
    },
    who,
  ];
}

/** A VPC endpoint that was opened, lost its route tables, or was deleted. */
export function remediateEndpoint(values: {
  readonly account: string;
  readonly region: string;
  readonly vpcEndpointId: string;
  readonly routeTables: readonly string[];
  readonly isDeleted: boolean;
  readonly isOpen: boolean;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const endpoint = `--vpc-endpoint-id ${word('vpcEndpointId', values.vpcEndpointId)} --region ${region}`;
  const steps: RemediationStep[] = [
    reads(
      'See which endpoints there are, where they lead, and what they allow',
      `aws ec2 describe-vpc-endpoints --region ${region}`,
    ),
  ];
  if (values.isOpen) {
    const account = ACCOUNT.form.test(values.account) ? values.account : `<${ACCOUNT.placeholder}>`;
    const own = { 'aws:PrincipalAccount': account, 'aws:ResourceAccount': account };
    const policy = {
      Version: '2012-10-17',
      Statement: [
        {
          Effect: 'Allow',
          Principal: '*',
          Action: 'dynamodb:*',
          Resource: '*',
          Condition: { StringEquals: own, Bool: { 'aws:SecureTransport': 'true' } },
        },
      ],
    };
    steps.push({
      step: 'Let only the own account’s callers through, to its own tables, over TLS; or put the policy back that held before',
      command: `aws ec2 modify-vpc-endpoint ${endpoint} --policy-document ${shellQuote(JSON.stringify(policy))}`,
      risk: 'It replaces the whole policy: what uses tables of other accounts through this endpoint is refused.',
      undo: `aws ec2 modify-vpc-endpoint ${endpoint} --reset-policy`,
    });
  }
  const tables = (values.routeTables.length === 0 ? [''] : values.routeTables.slice(0, 8))
    .map((id) => wordOf(ROUTE_TABLE, id))
    .join(' ');
  if (values.isDeleted) {
    steps.push({
      step: 'Create the endpoint again, with the policy and route tables that it had',
      command: `aws ec2 create-vpc-endpoint --vpc-id '<VPC-ID>' --service-name '<SERVICE-NAME>' --route-table-ids ${tables} --region ${region}`,
      risk: 'Connections to DynamoDB that are open are cut when the routes change; a new endpoint has another id, which policies may name.',
      undo: `aws ec2 delete-vpc-endpoints --vpc-endpoint-ids '<NEW-VPC-ENDPOINT-ID>' --region ${region}`,
    });
  } else if (values.routeTables.length > 0) {
    steps.push({
      step: 'Give the endpoint its route tables back',
      command: `aws ec2 modify-vpc-endpoint ${endpoint} --add-route-table-ids ${tables}`,
      risk: 'Connections to DynamoDB that are open are cut when the routes change.',
      undo: `aws ec2 modify-vpc-endpoint ${endpoint} --remove-route-table-ids ${tables}`,
    });
  }
  return [...steps, seeWho(known('vpcEndpointId', values.vpcEndpointId), 'ec2', region)];
}

function ofIdentity(entity: string, resource: string): RemediationStep[] {
  const inline = / of (user|role|group) ([^ ]+)$/.exec(entity);
  if (inline !== null) {
    const [, owner = '', name = ''] = inline;
    const names = `--${owner}-name ${wordOf(IAM_NAME, name)} --policy-name ${wordOf(IAM_NAME, resource)}`;
    return [
      reads('See what the policy says now', `aws iam get-${owner}-policy ${names}`),
      putsBack(`aws iam put-${owner}-policy ${names} --policy-document file://previous.json`),
    ];
  }
  const arn = wordOf(POLICY_ARN, resource);
  return [
    reads(
      'See which versions of the policy there are; a deleted one must be created again',
      `aws iam list-policy-versions --policy-arn ${arn}`,
    ),
    {
      step: 'Make the version with the guard the default one again',
      command: `aws iam set-default-policy-version --policy-arn ${arn} --version-id '<VERSION-WITH-GUARD>'`,
      risk: NARROWS,
      undo: 'The same command with the version that is the default now.',
    },
  ];
}

function ofKeyPolicy(resource: string, region: string): RemediationStep[] {
  const key = `--key-id ${word('kmsKeyId', resource)} --policy-name default --region ${region}`;
  return [
    reads('See what the policy of the key says now', `aws kms get-key-policy ${key} --output text`),
    putsBack(`aws kms put-key-policy ${key} --policy file://previous.json`),
  ];
}

function reads(step: string, command: string): RemediationStep {
  return { step, command, ...ONLY_READS };
}

function putsBack(command: string): RemediationStep {
  return {
    step: `Put the policy back that held before. ${PUT_BACK}`,
    command,
    risk: `It replaces the whole policy. ${NARROWS}`,
    undo: UNDO,
  };
}

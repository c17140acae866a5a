// What a call says about a policy: whose it is, and what the policy says from then on. One place for the forms of all services.
// Forms: https://docs.aws.amazon.com/kms/latest/developerguide/ct-put-key-policy.html and the API reference of each service, whose
// parameters CloudTrail writes with a small first letter (EC2's inside an object named after the request).

import type { CallRecord } from '../../records/record.ts';
import { endpointCallsOf } from './endpoint-calls.ts';
import { kmsKeyOf } from './kms-key.ts';
import { booleanField, field, hasField, objectField, type Parameters, textField } from './parameters.ts';
import { withoutPartition } from './policy-document.ts';
import type { PolicyTarget } from './policy-reach.ts';
import { accountOf } from './weakening.ts';

export type PolicyKind =
  | 'table'
  | 'endpoint'
  | 'organization'
  | 'identity'
  | 'bucket'
  | 'key'
  | 'topic'
  | 'queue';

export interface PolicyChange {
  readonly kind: PolicyKind;
  /** As people name it; part of the identity. */
  readonly entity: string;
  readonly resource: string;
  /** What is taken down with it, as removals.ts names it. */
  readonly owner?: string;
  /** What its guard is asked about. */
  readonly target: PolicyTarget;
  /** As the call holds it; null: there is none any more. */
  readonly document: unknown;
  /** False for what a new resource begins with. */
  readonly isChange: boolean;
  readonly version?: string;
  readonly recalls?: string;
  readonly role?: 'aside' | 'passing';
  /** Where the call tells the service that an endpoint leads to. */
  readonly service?: string;
}

type Read = (call: CallRecord) => readonly PolicyChange[];
type Body = Pick<PolicyChange, 'document' | 'isChange'> & Partial<PolicyChange>;

const READS: Readonly<Record<string, Readonly<Record<string, Read>>>> = {
  dynamodb: {
    CreateTable: readCreateTable,
    PutResourcePolicy: (call) =>
      ofTable(textField(call.requestParameters, 'resourceArn'), given(call, 'policy')),
    DeleteResourcePolicy: (call) => ofTable(textField(call.requestParameters, 'resourceArn'), REMOVED),
  },
  ec2: { CreateVpcEndpoint: readEndpoint, ModifyVpcEndpoint: readEndpoint },
  iam: {
    ...Object.fromEntries(
      ['User', 'Role', 'Group'].flatMap((owner): [string, Read][] => [
        [`Put${owner}Policy`, (call) => ofInline(call, owner, given(call, 'policyDocument'))],
        [`Delete${owner}Policy`, (call) => ofInline(call, owner, REMOVED)],
        [
          `Detach${owner}Policy`,
          (call) => ofManaged(call, { ...REMOVED, role: 'passing', ...ownerIn(call, owner) }),
        ],
      ]),
    ),
    CreatePolicy: (call) =>
      ofManaged(call, { ...given(call, 'policyDocument'), isChange: false, version: 'v1' }),
    CreatePolicyVersion: readPolicyVersion,
    SetDefaultPolicyVersion: (call) =>
      ofManaged(call, { ...REMOVED, recalls: textField(call.requestParameters, 'versionId') }),
    DeletePolicy: (call) => ofManaged(call, REMOVED),
  },
  organizations: {
    CreatePolicy: (call) => ofOrganization(call, { ...given(call, 'content'), isChange: false }),
    UpdatePolicy: (call) =>
      hasField(call.requestParameters, 'content') ? ofOrganization(call, given(call, 'content')) : [],
    DetachPolicy: (call) => ofOrganization(call, { ...REMOVED, role: 'passing' }),
    DeletePolicy: (call) => ofOrganization(call, REMOVED),
  },
  s3: {
    PutBucketPolicy: (call) => ofBucket(call, given(call, 'bucketPolicy')),
    DeleteBucketPolicy: (call) => ofBucket(call, REMOVED),
  },
  kms: {
    CreateKey: (call) =>
      hasField(call.requestParameters, 'policy')
        ? ofKey(call, { ...given(call, 'policy'), isChange: false })
        : [],
    PutKeyPolicy: (call) => ofKey(call, given(call, 'policy')),
  },
  sns: {
    SetTopicAttributes: (call) =>
      textField(call.requestParameters, 'attributeName').toLowerCase() === 'policy'
        ? ofTopic(call, orRemoved(given(call, 'attributeValue')))
        : [],
  },
  sqs: {
    SetQueueAttributes: (call) => {
      const attributes = objectField(call.requestParameters, 'attributes');
      return hasField(attributes, 'policy')
        ? ofQueue(call, orRemoved({ document: field(attributes, 'policy'), isChange: true }))
        : [];
    },
  },
};

export const POLICY_OPERATIONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(READS).map(([service, actions]) => [service, Object.keys(actions)]),
);

const REMOVED: Body = { document: null, isChange: true };

export function policyChangesOf(call: CallRecord, action: string): readonly PolicyChange[] {
  const actions = READS[call.service];
  return actions !== undefined && Object.hasOwn(actions, action) ? actions[action]!(call) : [];
}

function given(call: CallRecord, name: string): Body {
  return { document: field(call.requestParameters, name) ?? '', isChange: true };
}

function ownerIn(call: CallRecord, owner: string): Pick<PolicyChange, 'owner'> {
  const kind = owner.toLowerCase();
  return { owner: `${kind} ${textField(call.requestParameters, `${kind}Name`)}` };
}

/** SNS and SQS take a policy away when its text is empty. */
function orRemoved(body: Body): Body {
  return body.document === '' ? { ...body, document: null } : body;
}

function readCreateTable(call: CallRecord): PolicyChange[] {
  // A table that exists already is left as it is.
  if (call.errorCode !== '') return [];
  const name = textField(call.requestParameters, 'tableName');
  const arn = name.startsWith('arn:')
    ? name
    : `arn:aws:dynamodb:${call.region}:${accountOf(call)}:table/${name}`;
  const document = field(call.requestParameters, 'resourcePolicy') ?? null;
  return name === '' ? [] : ofTable(arn, { document, isChange: false });
}

/** `table/Orders`, `table/Orders/stream/2026-11-01T00:00:00.000`: streams have policies of their own. */
function ofTable(arn: string, body: Body): PolicyChange[] {
  const name = arn.slice(arn.indexOf(':table/') + ':table/'.length);
  if (!arn.includes(':table/') || name === '') return [];
  return [
    {
      kind: 'table',
      entity: `table ${name}`,
      owner: `table ${name.split('/', 1)[0]!}`,
      resource: arn,
      target: { service: 'dynamodb', resources: [withoutPartition(arn)] },
      ...body,
    },
  ];
}

/** The default policy of an endpoint allows everything. https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html */
export const DEFAULT_ENDPOINT_POLICY = {
  Statement: { Effect: 'Allow', Principal: '*', Action: '*', Resource: '*' },
};

function readEndpoint(call: CallRecord): PolicyChange[] {
  return endpointCallsOf(call).flatMap(({ endpoint, isNew, policy, service }) => {
    if (policy === undefined && service === '') return [];
    return [
      {
        kind: 'endpoint',
        entity: `endpoint ${endpoint}`,
        resource: endpoint,
        target: anyTable(call),
        document: policy === 'default' ? DEFAULT_ENDPOINT_POLICY : policy,
        isChange: !isNew,
        ...(service === '' ? {} : { service }),
      } satisfies PolicyChange,
    ];
  });
}

/** Policies that are not a table's own are asked about any table of the account. */
function anyTable(call: CallRecord): PolicyTarget {
  const region = call.service === 'ec2' ? call.region : 'any-region-1';
  return {
    service: 'dynamodb',
    resources: [`arn:aws:dynamodb:${region}:${accountOf(call)}:table/any-table`],
  };
}

function ofInline(call: CallRecord, owner: string, body: Body): PolicyChange[] {
  const name = textField(call.requestParameters, `${owner.toLowerCase()}Name`);
  const policy = textField(call.requestParameters, 'policyName');
  if (name === '' || policy === '') return [];
  const entity = `policy ${policy} of ${owner.toLowerCase()} ${name}`;
  const of = ownerIn(call, owner);
  return [{ kind: 'identity', entity, ...of, resource: policy, target: anyTable(call), ...body }];
}

function ofManaged(call: CallRecord, body: Body): PolicyChange[] {
  const arn =
    textField(call.requestParameters, 'policyArn') ||
    textField(objectField(call.responseElements, 'policy'), 'arn');
  const name = arn.slice(arn.indexOf(':policy/') + ':policy/'.length);
  // What policies of AWS say stands in no log.
  if (!arn.includes(':policy/') || name === '' || /^arn:[^:]*:iam::aws:/.test(arn)) return [];
  return [{ kind: 'identity', entity: `policy ${name}`, resource: arn, target: anyTable(call), ...body }];
}

function readPolicyVersion(call: CallRecord): PolicyChange[] {
  const version = textField(objectField(call.responseElements, 'policyVersion'), 'versionId');
  const isDefault = booleanField(call.requestParameters, 'setAsDefault') === true;
  return ofManaged(call, {
    ...given(call, 'policyDocument'),
    ...(version === '' ? {} : { version }),
    ...(isDefault ? {} : { role: 'aside' }),
  });
}

function ofOrganization(call: CallRecord, body: Body): PolicyChange[] {
  const answer = objectField(objectField(call.responseElements, 'policy'), 'policySummary');
  const id = textField(call.requestParameters, 'policyId') || textField(answer, 'id');
  if (id === '') return [];
  return [
    {
      kind: 'organization',
      entity: `organization policy ${id}`,
      resource: id,
      target: anyTable(call),
      ...body,
    },
  ];
}

function ofBucket(call: CallRecord, body: Body): PolicyChange[] {
  const bucket = textField(call.requestParameters, 'bucketName');
  if (bucket === '') return [];
  const target = { service: 's3', resources: [`arn:aws:s3:::${bucket}/any-object`] };
  const entity = `bucket ${bucket}`;
  return [{ kind: 'bucket', entity, owner: entity, resource: bucket, target, ...body }];
}

function ofKey(call: CallRecord, body: Body): PolicyChange[] {
  const key = kmsKeyOf(call) || textField(metadataOf(call), 'keyId');
  if (key === '') return [];
  const target = { service: 'kms', resources: [`arn:aws:kms:${call.region}:${accountOf(call)}:key/${key}`] };
  return [{ kind: 'key', entity: `key ${key}`, resource: key, target, ...body }];
}

function metadataOf(call: CallRecord): Parameters | null {
  return objectField(call.responseElements, 'keyMetadata');
}

function ofTopic(call: CallRecord, body: Body): PolicyChange[] {
  const arn = textField(call.requestParameters, 'topicArn');
  if (arn === '') return [];
  const target = { service: 'sns', resources: [withoutPartition(arn)] };
  const entity = `topic ${arn.split(':').pop() ?? ''}`;
  return [{ kind: 'topic', entity, owner: `topic ${arn}`, resource: arn, target, ...body }];
}

/** `https://sqs.us-east-1.amazonaws.com/111122223333/orders` */
function ofQueue(call: CallRecord, body: Body): PolicyChange[] {
  const url = textField(call.requestParameters, 'queueUrl');
  const [name = '', account = ''] = url.split('/').reverse();
  if (name === '') return [];
  const arn = `arn:aws:sqs:${call.region}:${/^\d{12}$/.test(account) ? account : accountOf(call)}:${name}`;
  return [
    {
      kind: 'queue',
      entity: `queue ${name}`,
      owner: `queue ${url}`,
      resource: url,
      target: { service: 'sqs', resources: [arn] },
      ...body,
    },
  ];
}

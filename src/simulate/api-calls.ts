// What programs and people ask AWS for, with parameters and answers in CloudTrail's form.
// Item-level DynamoDB events hold key values and attribute names, never other values:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/understanding-ddb-log-entries.html

import type { Place } from './actors.ts';
import type { CallShape, Operation } from './call-record.ts';
import { isoSeconds } from './clock.ts';
import { accessKeyId, base64Text, principalId, sessionToken } from './credentials.ts';
import type { Random } from './prng.ts';

/** What a call may refer to. */
export interface CallScope {
  readonly place: Place;
  readonly tables: readonly string[];
  readonly bucket: string;
  readonly kmsKeyId: string;
  readonly timeMs: number;
}

export interface ApiCall {
  readonly operation: Operation;
  shape(scope: CallScope, random: Random): CallShape;
}

/** Distinct items that a program asks for again and again. */
const HOT_ITEMS = 4000;
const NO_ANSWER = 'null';

function read(service: string, name: string, shape: ApiCall['shape'], data = false): ApiCall {
  return { operation: { service, name, readOnly: true, data }, shape };
}
function write(service: string, name: string, shape: ApiCall['shape'], data = false): ApiCall {
  return { operation: { service, name, readOnly: false, data }, shape };
}
function parameters(text: string, response = NO_ANSWER): CallShape {
  return { parameters: text, response, resources: '', additional: '' };
}

export function tableResource(scope: { readonly place: Place }, table: string): string {
  const { account, region } = scope.place;
  return `[{"accountId":"${account}","type":"AWS::DynamoDB::Table","ARN":"arn:aws:dynamodb:${region}:${account}:table/${table}"}]`;
}
function table(scope: CallScope, text: (table: string) => string, random: Random): CallShape {
  const name = random.pick(scope.tables);
  return {
    parameters: text(name),
    response: NO_ANSWER,
    resources: tableResource(scope, name),
    additional: '',
  };
}
export function itemKey(random: Random): string {
  return `{"pk":"item#${random.below(HOT_ITEMS)}","sk":"v${random.below(4)}"}`;
}

export const GET_ITEM = read(
  'dynamodb',
  'GetItem',
  (scope, random) =>
    table(
      scope,
      (name) => `{"tableName":"${name}","key":${itemKey(random)},"consistentRead":${random.chance(0.2)}}`,
      random,
    ),
  true,
);
export const PUT_ITEM = write(
  'dynamodb',
  'PutItem',
  (scope, random) =>
    table(
      scope,
      (name) =>
        `{"tableName":"${name}","key":${itemKey(random)},"items":["pk","sk","status","updatedAt","payload"]}`,
      random,
    ),
  true,
);
export const UPDATE_ITEM = write(
  'dynamodb',
  'UpdateItem',
  (scope, random) =>
    table(
      scope,
      (name) =>
        `{"tableName":"${name}","key":${itemKey(random)},"expressionAttributeNames":{"#s":"status"},"updateExpression":"SET #s = :s, updatedAt = :t","returnValues":"NONE"}`,
      random,
    ),
  true,
);
export const DELETE_ITEM = write(
  'dynamodb',
  'DeleteItem',
  (scope, random) => table(scope, (name) => `{"tableName":"${name}","key":${itemKey(random)}}`, random),
  true,
);
export const QUERY = read(
  'dynamodb',
  'Query',
  (scope, random) =>
    table(
      scope,
      (name) =>
        `{"tableName":"${name}","keyConditionExpression":"pk = :p AND begins_with(sk, :v)","limit":${random.between(1, 4) * 25},"scanIndexForward":${random.chance(0.5)}}`,
      random,
    ),
  true,
);
export const SCAN = read(
  'dynamodb',
  'Scan',
  (scope, random) =>
    table(scope, (name) => `{"tableName":"${name}","segment":${random.below(8)},"totalSegments":8}`, random),
  true,
);
const BATCH_GET = read(
  'dynamodb',
  'BatchGetItem',
  (scope, random) => {
    const name = random.pick(scope.tables);
    return {
      parameters: `{"requestItems":[{"tableName":"${name}","key":${itemKey(random)}},{"tableName":"${name}","key":${itemKey(random)}}],"returnConsumedCapacity":"NONE"}`,
      response: NO_ANSWER,
      resources: tableResource(scope, name),
      additional: '',
    };
  },
  true,
);
const TRANSACT_WRITE = write(
  'dynamodb',
  'TransactWriteItems',
  (scope, random) => {
    const name = random.pick(scope.tables);
    return {
      parameters: `{"requestItems":[{"operation":"PUT","TableName":"${name}","Key":${itemKey(random)},"items":["pk","sk","total"]},{"operation":"CHECK","TableName":"${name}","Key":${itemKey(random)}}]}`,
      response: NO_ANSWER,
      resources: tableResource(scope, name),
      additional: '',
    };
  },
  true,
);
const DESCRIBE_TABLE = read('dynamodb', 'DescribeTable', (scope, random) =>
  table(scope, (name) => `{"tableName":"${name}"}`, random),
);
const LIST_TABLES = read('dynamodb', 'ListTables', () => parameters('{"limit":100}'));
export const GET_RECORDS = read(
  'dynamodb',
  'GetRecords',
  (scope, random) =>
    table(
      scope,
      () =>
        `{"shardIterator":"arn:aws:dynamodb:${scope.place.region}:${scope.place.account}:table/${scope.tables[0]!}/stream/2026-03-01T09:12:44.518|1|AAAA${base64Text(random, 60)}","limit":1000}`,
      random,
    ),
  true,
);

function s3(name: string, readOnly: boolean, key: (random: Random) => string): ApiCall {
  return {
    operation: { service: 's3', name, readOnly, data: true },
    shape: (scope, random) => {
      const object = key(random);
      return {
        parameters: `{"bucketName":"${scope.bucket}","Host":"${scope.bucket}.s3.${scope.place.region}.amazonaws.com","key":"${object}"}`,
        response: readOnly ? NO_ANSWER : '{"x-amz-server-side-encryption":"AES256"}',
        resources: `[{"type":"AWS::S3::Object","ARN":"arn:aws:s3:::${scope.bucket}/${object}"},{"accountId":"${scope.place.account}","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::${scope.bucket}"}]`,
        additional: `{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"${base64Text(random, 64)}","bytesTransferredOut":${random.below(200_000)}}`,
      };
    },
  };
}
const GET_OBJECT = s3('GetObject', true, (random) => `public/asset-${random.below(9000)}.bin`);
export const PUT_OBJECT = s3('PutObject', false, (random) => `incoming/${random.uuid()}.json`);

function kms(name: string, context: (scope: CallScope) => string): ApiCall {
  return {
    operation: { service: 'kms', name, readOnly: true, data: false },
    shape: (scope) => ({
      parameters: `{"encryptionContext":${context(scope)},"keyId":"${scope.kmsKeyId}","encryptionAlgorithm":"SYMMETRIC_DEFAULT"}`,
      response: NO_ANSWER,
      resources: `[{"accountId":"${scope.place.account}","type":"AWS::KMS::Key","ARN":"arn:aws:kms:${scope.place.region}:${scope.place.account}:key/${scope.kmsKeyId}"}]`,
      additional: '',
    }),
  };
}
export const KMS_DECRYPT = kms(
  'Decrypt',
  (scope) =>
    `{"aws:dynamodb:tableName":"${scope.tables[0]!}","aws:dynamodb:subscriberId":"${scope.place.account}"}`,
);
export const KMS_DATA_KEY = kms(
  'GenerateDataKey',
  (scope) => `{"aws:s3:arn":"arn:aws:s3:::${scope.bucket}"}`,
);

export const CALLER_IDENTITY = read('sts', 'GetCallerIdentity', () => parameters('null'));
const SQS_RECEIVE = read('sqs', 'GetQueueAttributes', (scope) =>
  parameters(
    `{"queueUrl":"https://sqs.${scope.place.region}.amazonaws.com/${scope.place.account}/work","attributeNames":["ApproximateNumberOfMessages"]}`,
  ),
);
const LOG_STREAM = write('logs', 'CreateLogStream', (scope, random) =>
  parameters(
    `{"logGroupName":"/ecs/${scope.tables[0]!.toLowerCase()}","logStreamName":"web/app/${random.hex(32)}"}`,
  ),
);
const GET_PARAMETER = read('ssm', 'GetParameter', (_scope, random) =>
  parameters(`{"name":"/app/settings/${random.below(40)}","withDecryption":true}`),
);
const GET_SECRET = read('secretsmanager', 'GetSecretValue', (_scope, random) =>
  parameters(`{"secretId":"app/database-${random.below(6)}"}`),
);
const DESCRIBE_INSTANCES = read('ec2', 'DescribeInstances', () =>
  parameters('{"instancesSet":{},"filterSet":{}}'),
);
const DESCRIBE_GROUPS = read('ec2', 'DescribeSecurityGroups', () =>
  parameters('{"securityGroupSet":{},"securityGroupIdSet":{},"filterSet":{}}'),
);
const GET_ROLE = read('iam', 'GetRole', (scope) =>
  parameters(`{"roleName":"${scope.place.workloads[0]?.roleName ?? 'app'}"}`),
);
const LIST_ROLES = read('iam', 'ListRoles', () => parameters('null'));
const TAG_RESOURCE = write('dynamodb', 'TagResource', (scope, random) =>
  table(
    scope,
    (name) =>
      `{"resourceArn":"arn:aws:dynamodb:${scope.place.region}:${scope.place.account}:table/${name}","tags":[{"key":"release","value":"r${random.below(900)}"}]}`,
    random,
  ),
);
const DESCRIBE_TRAILS = read('cloudtrail', 'DescribeTrails', () =>
  parameters('{"trailNameList":[],"includeShadowTrails":false}'),
);
const GET_TRAIL_STATUS = read('cloudtrail', 'GetTrailStatus', () =>
  parameters('{"name":"organization-trail"}'),
);
const DESCRIBE_LOG_GROUPS = read('logs', 'DescribeLogGroups', () => parameters('{"limit":50}'));
const DESCRIBE_CLUSTERS = read('dax', 'DescribeClusters', () => parameters('null'));
const LIST_FUNCTIONS = read('lambda', 'ListFunctions20150331', () => parameters('{"maxItems":50}'));

/** Role credentials in the answer, session token in full, as STS events have them; the expiration is not ISO. */
export function issuedCredentials(account: string, timeMs: number, random: Random): string {
  const until = new Date(timeMs + 3_600_000);
  const month = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'][
    until.getUTCMonth()
  ]!;
  const hour = until.getUTCHours();
  const clock = `${hour % 12 === 0 ? 12 : hour % 12}${isoSeconds(until.getTime()).slice(13, 19)}`;
  return `{"accessKeyId":"${accessKeyId('ASIA', account, random)}","sessionToken":"${sessionToken(random)}","expiration":"${month} ${until.getUTCDate()}, ${until.getUTCFullYear()}, ${clock} ${hour < 12 ? 'AM' : 'PM'}"}`;
}

function assumeRole(roleName: string): ApiCall {
  return read('sts', 'AssumeRole', (scope, random) => {
    const { account } = scope.place;
    const session = `session-${random.hex(12)}`;
    return {
      parameters: `{"roleArn":"arn:aws:iam::${account}:role/${roleName}","roleSessionName":"${session}","durationSeconds":3600}`,
      response: `{"credentials":${issuedCredentials(account, scope.timeMs, random)},"assumedRoleUser":{"assumedRoleId":"${principalId('AROA', random)}:${session}","arn":"arn:aws:sts::${account}:assumed-role/${roleName}/${session}"}}`,
      resources: `[{"accountId":"${account}","type":"AWS::IAM::Role","ARN":"arn:aws:iam::${account}:role/${roleName}"}]`,
      additional: '',
    };
  });
}

/** Calls and how often: programs that live on DynamoDB. */
export const WORKLOAD_CALLS: readonly (readonly [ApiCall, number])[] = [
  [GET_ITEM, 26],
  [QUERY, 14],
  [PUT_ITEM, 11],
  [UPDATE_ITEM, 10],
  [DELETE_ITEM, 2],
  [BATCH_GET, 4],
  [TRANSACT_WRITE, 3],
  [SCAN, 0.6],
  [DESCRIBE_TABLE, 2],
  [LIST_TABLES, 0.3],
  [GET_OBJECT, 7],
  [PUT_OBJECT, 4],
  [KMS_DECRYPT, 5],
  [KMS_DATA_KEY, 2],
  [CALLER_IDENTITY, 0.6],
  [SQS_RECEIVE, 3],
  [LOG_STREAM, 1],
  [GET_PARAMETER, 2],
  [GET_SECRET, 1.2],
];
export const USER_CALLS: readonly (readonly [ApiCall, number])[] = [
  [GET_ITEM, 8],
  [QUERY, 7],
  [SCAN, 1],
  [DESCRIBE_TABLE, 4],
  [LIST_TABLES, 2],
  [PUT_ITEM, 1],
  [CALLER_IDENTITY, 3],
  [DESCRIBE_INSTANCES, 5],
  [DESCRIBE_GROUPS, 3],
  [GET_OBJECT, 6],
  [PUT_OBJECT, 2],
  [GET_ROLE, 2],
  [DESCRIBE_LOG_GROUPS, 3],
  [LIST_FUNCTIONS, 2],
  [GET_PARAMETER, 1],
  [assumeRole('support-reader'), 2],
];
/** No two alike: for people whose address changes from call to call. */
export const UNREPEATED_CALLS: readonly ApiCall[] = [
  PUT_OBJECT,
  read(
    'dynamodb',
    'GetItem',
    (scope, random) =>
      table(scope, (name) => `{"tableName":"${name}","key":{"pk":"request#${random.uuid()}"}}`, random),
    true,
  ),
  read('logs', 'GetQueryResults', (_scope, random) => parameters(`{"queryId":"${random.uuid()}"}`)),
];
export const CONSOLE_CALLS: readonly (readonly [ApiCall, number])[] = [
  [DESCRIBE_TABLE, 8],
  [LIST_TABLES, 6],
  [SCAN, 3],
  [QUERY, 3],
  [GET_ITEM, 2],
  [DESCRIBE_INSTANCES, 6],
  [DESCRIBE_GROUPS, 4],
  [DESCRIBE_LOG_GROUPS, 6],
  [LIST_ROLES, 2],
  [LIST_FUNCTIONS, 4],
  [DESCRIBE_TRAILS, 1],
];
export const PIPELINE_CALLS: readonly (readonly [ApiCall, number])[] = [
  [DESCRIBE_TABLE, 10],
  [GET_ROLE, 8],
  [DESCRIBE_GROUPS, 6],
  [DESCRIBE_INSTANCES, 6],
  [LIST_FUNCTIONS, 3],
  [TAG_RESOURCE, 2],
  [CALLER_IDENTITY, 3],
  [GET_OBJECT, 3],
  [DESCRIBE_LOG_GROUPS, 3],
];
export const AUDIT_CALLS: readonly (readonly [ApiCall, number])[] = [
  [DESCRIBE_TRAILS, 4],
  [GET_TRAIL_STATUS, 4],
  [LIST_ROLES, 4],
  [DESCRIBE_TABLE, 8],
  [DESCRIBE_CLUSTERS, 2],
  [DESCRIBE_GROUPS, 4],
  [DESCRIBE_LOG_GROUPS, 4],
  [GET_ROLE, 4],
];

/** Services that never report TLS (measured on real logs), called directly: 0.14 % of direct calls. */
export const CALLS_WITHOUT_TLS: readonly (readonly [ApiCall, 'absent' | 'host-only'])[] = [
  [read('account', 'GetRegionOptStatus', () => parameters('{"RegionName":"eu-west-1"}')), 'absent'],
  [read('guardduty', 'ListDetectors', () => parameters('null')), 'absent'],
  [read('securityhub', 'DescribeHub', () => parameters('null')), 'absent'],
  [read('ram', 'GetResourceShares', () => parameters('{"resourceOwner":"SELF"}')), 'absent'],
  [
    read('health', 'DescribeEventAggregates', () => parameters('{"aggregateField":"eventTypeCategory"}')),
    'host-only',
  ],
  [read('bedrock', 'ListFoundationModels', () => parameters('null')), 'host-only'],
];

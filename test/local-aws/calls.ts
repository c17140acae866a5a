// Every call that reached the local servers: who made it, which IAM action it is, on what. Faults are chosen by it, and the roles of the
// template are compared with it.

import type { IncomingHttpHeaders } from 'node:http';
import {
  ACCOUNT,
  bucketArn,
  busArn,
  functionArn,
  logGroupArn,
  parameterArn,
  queueArn,
  REGION,
  secretArn,
  tableArn,
} from './arns.ts';

export interface Call {
  /** Role name of a function; 'operator' for the test and the loader. */
  readonly role: string;
  /** Name of the function; '' for the operator. */
  readonly functionName: string;
  /** Access key id: each process of a function has its own. */
  readonly accessKeyId: string;
  /** As IAM writes it: `sqs:SendMessage`. */
  readonly action: string;
  /** As the API writes it: `SendMessageBatch`. */
  readonly operation: string;
  readonly resource: string;
  readonly atMs: number;
}

export interface ServiceRequest {
  readonly service: string;
  readonly operation: string;
  readonly method: string;
  /** With its query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Parameters of the JSON and query protocols; {} for S3. */
  readonly input: Readonly<Record<string, unknown>>;
}

/** Batches and the like are no actions of their own in IAM. https://docs.aws.amazon.com/service-authorization/latest/reference/ */
const IAM_ACTIONS: Readonly<Record<string, string>> = {
  'sqs:SendMessageBatch': 'sqs:SendMessage',
  'sqs:DeleteMessageBatch': 'sqs:DeleteMessage',
  'sqs:ChangeMessageVisibilityBatch': 'sqs:ChangeMessageVisibility',
  'sns:PublishBatch': 'sns:Publish',
  'lambda:Invoke': 'lambda:InvokeFunction',
  's3:HeadObject': 's3:GetObject',
  's3:HeadBucket': 's3:ListBucket',
  's3:ListObjects': 's3:ListBucket',
  's3:ListObjectsV2': 's3:ListBucket',
};

export function iamAction(service: string, operation: string): string {
  const action = `${service}:${operation}`;
  return IAM_ACTIONS[action] ?? action;
}

/** The ARN that a policy would name; `*` where the action has no resource. */
export function resourceOf({ service, url, input }: ServiceRequest): string {
  const text = (name: string): string => (typeof input[name] === 'string' ? (input[name] as string) : '');
  const named = (name: string, arn: (name: string) => string): string =>
    text(name) === '' ? '*' : text(name).startsWith('arn:') ? text(name) : arn(text(name));
  if (service === 's3') {
    const { bucket, key } = s3Path(url);
    return bucket === '' ? '*' : key === '' ? bucketArn(bucket) : `${bucketArn(bucket)}/${key}`;
  }
  if (service === 'sqs') {
    const url = text('QueueUrl');
    return url === '' ? named('QueueName', queueArn) : queueArn(url.slice(url.lastIndexOf('/') + 1));
  }
  if (service === 'sns') return text('TopicArn') || text('TargetArn') || text('ResourceArn') || '*';
  if (service === 'dynamodb') {
    // Batches name their tables as keys; of several the first will do, since there is one table.
    const [batched] = Object.keys((input.RequestItems ?? {}) as object);
    return batched === undefined ? named('TableName', tableArn) : tableArn(batched);
  }
  if (service === 'logs') {
    const group = text('logGroupName') || text('logGroupIdentifier');
    if (group === '') return '*';
    const arn = group.startsWith('arn:') ? group.replace(/:\*$/, '') : logGroupArn(group);
    return text('logStreamName') === '' ? `${arn}:*` : `${arn}:log-stream:${text('logStreamName')}`;
  }
  if (service === 'secretsmanager') return named(text('SecretId') === '' ? 'Name' : 'SecretId', secretArn);
  if (service === 'ssm') return named('Name', parameterArn);
  if (service === 'lambda') return named('FunctionName', functionArn);
  if (service === 'events') return named('EventBusName', busArn);
  return `arn:aws:${service}:${REGION}:${ACCOUNT}:*`;
}

/** Path style: `/bucket/key`. The key is decoded. */
export function s3Path(url: string): { readonly bucket: string; readonly key: string } {
  const [, bucket = '', ...rest] = (url.split('?')[0] ?? '').split('/');
  return { bucket: decodeURIComponent(bucket), key: decodeURIComponent(rest.join('/')) };
}

/** The operations of S3 that the project and its tests use, told apart as S3 does. '' for any other. */
export function s3Operation(method: string, url: string, headers: IncomingHttpHeaders): string {
  const query = new URLSearchParams(url.split('?')[1] ?? '');
  const { bucket, key } = s3Path(url);
  if (bucket === '') return method === 'GET' ? 'ListBuckets' : '';
  if (key === '') {
    if (query.has('notification')) return bucketSetting(method, 'BucketNotification');
    for (const name of BUCKET_SETTINGS) if (query.has(name)) return '';
    if (method === 'GET') return query.get('list-type') === '2' ? 'ListObjectsV2' : 'ListObjects';
    if (method === 'POST') return query.has('delete') ? 'DeleteObjects' : '';
    return { PUT: 'CreateBucket', HEAD: 'HeadBucket', DELETE: 'DeleteBucket' }[method] ?? '';
  }
  if (method === 'POST') {
    if (query.has('uploads')) return 'CreateMultipartUpload';
    return query.has('uploadId') ? 'CompleteMultipartUpload' : '';
  }
  if (method === 'PUT') {
    if (query.has('uploadId')) return 'UploadPart';
    return headers['x-amz-copy-source'] === undefined ? 'PutObject' : 'CopyObject';
  }
  if (method === 'DELETE') return query.has('uploadId') ? 'AbortMultipartUpload' : 'DeleteObject';
  return { GET: 'GetObject', HEAD: 'HeadObject' }[method] ?? '';
}

function bucketSetting(method: string, name: string): string {
  return method === 'PUT' ? `Put${name}Configuration` : method === 'GET' ? `Get${name}Configuration` : '';
}

const BUCKET_SETTINGS = [
  'versioning',
  'policy',
  'encryption',
  'publicAccessBlock',
  'lifecycle',
  'tagging',
  'acl',
];

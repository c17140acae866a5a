// What TLS-12 makes of one request to S3: whose it was, whether the customer made it, and what stood at stake.

import type { S3Access } from '../../records/s3-access.ts';
import { decodePercent } from '../secrets/percent.ts';

/** Longest key, path or name in a finding, characters. */
const SHOWN = 200;

/** Text of a log for a finding: without control characters, and without whatever a query may hold behind it. */
export function shown(text: string): string {
  const plain = text.slice(0, SHOWN * 4).replace(/[\u0000-\u001f\u007f-\u009f]/g, '');
  const query = plain.search(/\?|%(?:25){0,2}3[fF]|x-amz-|signature=/i);
  return (query < 0 ? plain : plain.slice(0, query)).slice(0, SHOWN);
}

/** Why what a bucket or key holds must not be read by others; '' where the names say nothing of the kind. */
export function sensitiveThing(bucket: string, key: string): string {
  // Keys stand encoded, often twice (https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html).
  const name = decodePercent(decodePercent(key.slice(0, 5_000)));
  // https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/S3DataExport.Output.html
  if (/(?:^|\/)AWSDynamoDB\//.test(name)) return 'an export of DynamoDB';
  if (/\.tfstate(?:\.backup|$)/i.test(name) || /tf-?state|terraform[.-]?state/i.test(bucket))
    return 'Terraform state';
  if (/(?:^|\/)AWSLogs\/(?:o-[a-z0-9]{4,32}\/)?\d{12}\/CloudTrail/.test(name) || /cloudtrail/i.test(bucket))
    return 'CloudTrail logs';
  if (/(?:^|[/._-])backups?(?:$|[/._-])/i.test(name) || /(?:^|[.-])backups?(?:$|[.-])/i.test(bucket))
    return 'a backup';
  return '';
}

export interface Requester {
  /** As CallRecord.principal writes it, for IAM's own; else the canonical user id, or what stands there. Without the name of a session. */
  readonly principal: string;
  readonly type: string;
  readonly name: string;
  readonly session: string;
  /** '' where the log does not say. */
  readonly account: string;
}

const ARN =
  /^arn:aws[a-z-]{0,12}:(?:iam|sts)::(\d{12}):(root|user|assumed-role|federated-user)(?:\/(.{1,1500}))?$/;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html (requester) */
export function requesterOf(requester: string): Requester {
  const parts = ARN.exec(requester);
  if (parts === null) {
    const principal = requester === '' ? 'nobody' : shown(requester);
    return { principal, type: 'Unknown', name: '', session: '', account: '' };
  }
  const [, account = '', kind = '', path = ''] = parts;
  const names = shown(path).split('/');
  if (kind === 'root')
    return { principal: `root:${account}`, type: 'Root', name: 'root', session: '', account };
  if (kind === 'assumed-role') {
    const [name = '', session = ''] = names;
    return { principal: `role:${account}:${name}`, type: 'AssumedRole', name, session, account };
  }
  const name = names.at(-1) ?? '';
  const type = kind === 'user' ? 'IAMUser' : 'FederatedUser';
  return {
    principal: `${kind === 'user' ? 'user' : 'federated'}:${account}:${name}`,
    type,
    name,
    session: '',
    account,
  };
}

/**
 * Requests that a client sent itself: REST, by an address. Passed over are the rules of a bucket and its batches (`S3.`, `BATCH.`), the
 * reading half of a copy, which S3 does itself (its writing half has a line of its own), website endpoints, which take no
 * signature, and services of AWS, which use credentials of their own on ways of their own.
 */
export function isOwnRequest({ operation, remoteIp, requester }: S3Access): boolean {
  if (!operation.startsWith('REST.') || operation.startsWith('REST.COPY.')) return false;
  return remoteIp !== '' && !requester.startsWith('svc:') && !requester.endsWith('.amazonaws.com');
}

/** Of the endpoint that the client named; '' for names without region. */
export function regionOfHost(host: string): string {
  return (
    /(?:^|\.)s3[a-z-]{0,24}[.-]([a-z]{2}(?:-[a-z]{2,9}){1,3}-\d)(?:\.vpce)?\.amazonaws\./.exec(host)?.[1] ??
    ''
  );
}

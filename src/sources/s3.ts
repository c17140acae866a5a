// Objects in S3: `s3://bucket/prefix`. Lists every page, leaves out what the prefix alone rules out, and streams what is opened.

import type { Readable } from 'node:stream';
import {
  GetObjectCommand,
  type _Object as ListedObject,
  ListObjectsV2Command,
  type ListObjectsV2CommandOutput,
  S3Client,
} from '@aws-sdk/client-s3';
import { WiretrailError } from '../lib/errors.ts';
import { errorName, httpStatus } from '../lib/service-error.ts';
import { type ClientFailure, clientFailure } from './client-failure.ts';
import { hasFilters, judgePrefix } from './logs-layout.ts';
import type { Listed, ListFilters, SourceObject } from './source.ts';

/** Tries of one request, the first included: throttling of a large listing passes within a few seconds. */
const MAX_ATTEMPTS = 5;
/** Storage classes from which GetObject fails until the object is restored: https://docs.aws.amazon.com/AmazonS3/latest/userguide/archived-objects.html */
const ARCHIVED_CLASSES: ReadonlySet<string> = new Set(['GLACIER', 'DEEP_ARCHIVE']);

/** Milliseconds without a byte after which a connection is given up: a body that stalls would hold up everything else. */
const IDLE_MS = 30_000;
const CONNECT_MS = 5_000;

/** `endpointUrl`: another S3 (--endpoint-url); null for AWS. Credentials and region come from the environment or the profile. */
export function makeS3Client(endpointUrl: string | null, idleMs = IDLE_MS): S3Client {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION;
  const requestHandler = { connectionTimeout: CONNECT_MS, socketTimeout: idleMs };
  const shared = { maxAttempts: MAX_ATTEMPTS, followRegionRedirects: true, requestHandler };
  if (endpointUrl === null) return new S3Client({ ...shared, ...(region === undefined ? {} : { region }) });
  let host: string;
  try {
    host = new URL(endpointUrl).hostname;
  } catch (error) {
    throw new WiretrailError(
      'bad-endpoint',
      '--endpoint-url',
      'not a URL',
      'write it as http://127.0.0.1:4566',
      error,
    );
  }
  // A bucket name in front of an address or of a local name does not resolve.
  const forcePathStyle = /^[\d.]+$|^\[|localhost$/.test(host);
  return new S3Client({ ...shared, endpoint: endpointUrl, region: region ?? 'us-east-1', forcePathStyle });
}

/** `s3://bucket/prefix` as bucket and prefix; null when it is no such URL. */
export function parseS3Url(url: string): { readonly bucket: string; readonly prefix: string } | null {
  const parts = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/is.exec(url);
  return parts === null ? null : { bucket: parts[1]!, prefix: parts[2] ?? '' };
}

/** Lists the objects under the URL in key order. What goes wrong is a failed entry; what was listed before stays listed. */
export async function* listS3(client: S3Client, url: string, filters: ListFilters): AsyncGenerator<Listed> {
  const place = parseS3Url(url);
  if (place === null) {
    const hint = 'write s3://bucket or s3://bucket/prefix';
    yield failedEntry(url, '', { code: 'bad-s3-url', what: 'not an S3 URL', hint });
    return;
  }
  const { bucket, prefix } = place;
  let count = 0;
  try {
    for await (const listed of listPrefix(client, bucket, prefix, filters)) {
      count++;
      yield listed;
    }
  } catch (error) {
    yield failedEntry(url, prefix, describe(error, bucket, prefix, 'list'));
    return;
  }
  if (count === 0 && !hasFilters(filters)) {
    const hint = 'check the prefix; keys are case-sensitive and begin without a slash';
    yield failedEntry(url, prefix, { code: 'no-match', what: 'no object has this prefix', hint });
  }
}

/**
 * With filters the tree is walked folder by folder, and only into folders that may hold something wanted;
 * below those, and without filters, pages of 1000 keys are the fewest requests.
 */
async function* listPrefix(
  client: S3Client,
  bucket: string,
  prefix: string,
  filters: ListFilters,
): AsyncGenerator<Listed> {
  const walk =
    hasFilters(filters) && judgePrefix(prefix.slice(0, prefix.lastIndexOf('/') + 1), filters) === 'descend';
  let token: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await client.send(
      new ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        OptionalObjectAttributes: ['RestoreStatus'],
        ...(walk ? { Delimiter: '/' } : {}),
        ...(token === undefined ? {} : { ContinuationToken: token }),
      }),
    );
    const objects = page.Contents ?? [];
    const folders = (page.CommonPrefixes ?? []).flatMap((folder) => folder.Prefix ?? []);
    // Objects and folders of a page are sorted each by itself: merged, the keys stay in order.
    let next = 0;
    for (const folder of folders) {
      while (next < objects.length && (objects[next]!.Key ?? '') < folder)
        yield* listed(client, bucket, objects[next++]!);
      if (judgePrefix(folder, filters) !== 'out') yield* listPrefix(client, bucket, folder, filters);
    }
    while (next < objects.length) yield* listed(client, bucket, objects[next++]!);
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token !== undefined);
}

function* listed(client: S3Client, bucket: string, item: ListedObject): Generator<Listed> {
  const key = item.Key ?? '';
  const name = `s3://${bucket}/${key}`;
  if (key.endsWith('/') && (item.Size ?? 0) === 0) {
    yield { kind: 'skipped', skipped: { name, key, reason: 'empty-folder-marker', hint: '' } };
    return;
  }
  const storageClass = item.StorageClass ?? '';
  if (ARCHIVED_CLASSES.has(storageClass) && !isRestored(item)) {
    const hint = `${storageClass}: restore it first: ${restoreCommand(bucket, key, storageClass)}`;
    yield { kind: 'skipped', skipped: { name, key, reason: 'archived-storage-class', hint } };
    return;
  }
  yield { kind: 'object', object: s3Object(client, bucket, item) };
}

export function s3Object(client: S3Client, bucket: string, item: ListedObject): SourceObject {
  const key = item.Key ?? '';
  return {
    name: `s3://${bucket}/${key}`,
    key,
    sizeBytes: item.Size ?? null,
    version: (item.ETag ?? '').replaceAll('"', ''),
    modifiedMs: item.LastModified?.getTime() ?? Number.NaN,
    named: false,
    open: () => openS3(client, bucket, key, item.StorageClass ?? ''),
  };
}

/** The object's bytes; errors while they come are WiretrailErrors too. */
async function openS3(
  client: S3Client,
  bucket: string,
  key: string,
  storageClass: string,
): Promise<AsyncIterable<Buffer>> {
  try {
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }));
    return bodyOf(answer.Body as Readable | undefined, bucket, key);
  } catch (error) {
    throw readError(error, bucket, key, storageClass);
  }
}

/** One version of an object, with what S3 says of it. */
export interface S3Version {
  /** ETag without quotes. */
  readonly version: string;
  readonly sizeBytes: number | null;
  /** Milliseconds since the epoch; NaN when S3 does not say. */
  readonly modifiedMs: number;
  /** Rejects with a WiretrailError. */
  readonly body: AsyncIterable<Buffer>;
}

/** Opens an object, or that version of it and no other. Rejects with a WiretrailError. */
export async function openS3Version(
  client: S3Client,
  bucket: string,
  key: string,
  version: string | null,
): Promise<S3Version> {
  try {
    const match = version === null || version === '' ? {} : { IfMatch: `"${version}"` };
    const answer = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key, ...match }));
    return {
      version: (answer.ETag ?? '').replaceAll('"', ''),
      sizeBytes: answer.ContentLength ?? null,
      modifiedMs: answer.LastModified?.getTime() ?? Number.NaN,
      body: bodyOf(answer.Body as Readable | undefined, bucket, key),
    };
  } catch (error) {
    throw readError(error, bucket, key, '');
  }
}

async function* bodyOf(body: Readable | undefined, bucket: string, key: string): AsyncGenerator<Buffer> {
  if (body === undefined) return;
  try {
    yield* body as AsyncIterable<Buffer>;
  } catch (error) {
    throw readError(error, bucket, key, '');
  } finally {
    // A reader that stops early leaves the connection to be closed, not drained.
    body.destroy();
  }
}

function isRestored(item: ListedObject): boolean {
  return (
    item.RestoreStatus?.IsRestoreInProgress === false && item.RestoreStatus.RestoreExpiryDate !== undefined
  );
}

/**
 * The command that brings an archived object back for a week by the cheapest tier. Intelligent-Tiering takes no number of days.
 * https://docs.aws.amazon.com/cli/latest/reference/s3api/restore-object.html
 */
export function restoreCommand(bucket: string, key: string, storageClass: string): string {
  const days = ARCHIVED_CLASSES.has(storageClass) ? 'Days=7,' : '';
  const request = `${days}GlacierJobParameters={Tier=Bulk}`;
  return `aws s3api restore-object --bucket ${shellQuote(bucket)} --key ${shellQuote(key)} --restore-request ${shellQuote(request)}`;
}

/** One word of a POSIX shell, whatever is in it. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function readError(error: unknown, bucket: string, key: string, storageClass: string): WiretrailError {
  const name = `s3://${bucket}/${key}`;
  if (errorName(error) === 'InvalidObjectState') {
    const hint = `restore it first: ${restoreCommand(bucket, key, storageClass)}`;
    return new WiretrailError('archived-storage-class', name, 'the object is archived', hint, error);
  }
  const { code, what, hint } = describe(error, bucket, key, 'read');
  return new WiretrailError(code, name, what, hint, error);
}

function describe(error: unknown, bucket: string, key: string, doing: 'list' | 'read'): ClientFailure {
  const name = errorName(error);
  const status = httpStatus(error);
  const action =
    doing === 'list'
      ? `s3:ListBucket on arn:aws:s3:::${bucket}`
      : `s3:GetObject on arn:aws:s3:::${bucket}/${key}`;
  if (name === 'NoSuchBucket')
    return {
      code: 'no-such-bucket',
      what: 'the bucket does not exist',
      hint: 'check its name and the account',
    };
  if (name === 'NoSuchKey')
    return {
      code: 'not-found',
      what: 'the object is gone',
      hint: 'it was deleted after it was listed; run again',
    };
  if (/^KMS\.|^KMS[A-Z]|kms/i.test(name)) {
    return {
      code: 'access-denied',
      what: `decrypting was refused (${name})`,
      hint: "the caller needs kms:Decrypt on the bucket's key",
    };
  }
  if (name === 'AccessDenied' || name === 'Forbidden' || status === 403) {
    return {
      code: 'access-denied',
      what: `access denied (${name})`,
      hint: `the caller needs ${action}, and kms:Decrypt where a key encrypts it`,
    };
  }
  const failure = clientFailure(error, 'S3', 'the bucket');
  if (failure !== null) return failure;
  return {
    code: 'read-failed',
    what: `S3 answered ${name || 'with an error'}${status === 0 ? '' : ` (${status})`}`,
    hint: 'run again',
  };
}

function failedEntry(name: string, key: string, description: ClientFailure): Listed {
  return {
    kind: 'failed',
    failed: { name, key, code: description.code, message: description.what, hint: description.hint },
  };
}

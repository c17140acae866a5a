// Which objects a queue message announces. Buckets tell of new objects in several ways, and all of them are read here by their content:
// S3 itself, S3 through SNS, S3 through EventBridge, and CloudTrail's own SNS notice; each also raw, without its envelope.

import * as z from 'zod/mini';
import { WiretrailError } from '../lib/errors.ts';

/** One object that a notification announces. `key` is the key itself, never url-encoded. */
export interface NotifiedObject {
  readonly bucket: string;
  readonly key: string;
  /** Stored bytes; null where the notification does not say. */
  readonly sizeBytes: number | null;
  /** Without quotes; '' where the notification does not say. */
  readonly etag: string;
}

/**
 * test-event: `s3:TestEvent`, sent once when notifications are switched on. not-created: another thing happened to the object.
 * digest: a CloudTrail digest, which proves logs and is none. empty-folder-marker: a key that the S3 console makes for a folder.
 */
export type NoticeSkipReason = 'test-event' | 'not-created' | 'digest' | 'empty-folder-marker';

export interface S3Notification {
  readonly objects: readonly NotifiedObject[];
  readonly skipped: readonly { readonly name: string; readonly reason: NoticeSkipReason }[];
}

/**
 * An SQS message is at most 1 MiB: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
 * What is larger did not come from a queue.
 */
export const MAX_NOTIFICATION_BYTES = 1_048_576;
/** UTF-8 bytes of a key: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html */
const MAX_KEY_BYTES = 1_024;

const bucketName = z.string().check(z.minLength(3), z.maxLength(255));
const key = z.string().check(z.minLength(1));
const size = z.optional(z.int().check(z.nonnegative()));
const eventWord = z.string().check(z.maxLength(128));
const etag = z.optional(z.string().check(z.maxLength(256)));

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html: keys are url-encoded as in forms. */
const s3Record = z.looseObject({
  eventSource: z.literal('aws:s3'),
  eventName: eventWord,
  s3: z.looseObject({
    bucket: z.looseObject({ name: bucketName }),
    object: z.looseObject({ key, size, eTag: etag }),
  }),
});
const s3Records = z.looseObject({ Records: z.array(s3Record).check(z.minLength(1)) });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-how-to-event-types-and-destinations.html */
const S3_EVENTS =
  /^(?:ObjectRemoved|ObjectRestore|ReducedRedundancyLostObject|Replication|LifecycleExpiration|LifecycleTransition|IntelligentTiering|ObjectTagging|ObjectAcl)(?::|$)/;

const s3TestEvent = z.looseObject({ Event: z.literal('s3:TestEvent'), Bucket: z.string() });

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/ev-events.html: keys as they are. */
const eventBridgeEvent = z.looseObject({
  source: z.literal('aws.s3'),
  'detail-type': eventWord,
  detail: z.looseObject({
    bucket: z.looseObject({ name: bucketName }),
    object: z.looseObject({ key, size, etag }),
  }),
});

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/EventBridge.html */
const EVENT_BRIDGE_KINDS: ReadonlySet<string> = new Set([
  'Object Deleted',
  'Object Restore Initiated',
  'Object Restore Completed',
  'Object Restore Expired',
  'Object Storage Class Changed',
  'Object Access Tier Changed',
  'Object ACL Updated',
  'Object Tags Added',
  'Object Tags Deleted',
]);

/** https://docs.aws.amazon.com/awscloudtrail/latest/userguide/configure-sns-notifications-for-cloudtrail.html: several keys, as they are. */
const trailNotice = z.looseObject({ s3Bucket: bucketName, s3ObjectKey: z.array(key).check(z.minLength(1)) });

/** https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html */
const snsEnvelope = z.looseObject({
  Type: z.literal('Notification'),
  TopicArn: z.string(),
  Message: z.string(),
});

/** Throws a WiretrailError (E_NOTIFICATION) for what is none of these; `where` names the message, never its content. */
export function readS3Notification(body: string, where: string): S3Notification {
  if (Buffer.byteLength(body) > MAX_NOTIFICATION_BYTES)
    throw unknown(where, `is larger than ${MAX_NOTIFICATION_BYTES} bytes`);
  const outer = parseJson(body, where);
  const envelope = snsEnvelope.safeParse(outer);
  return readUnwrapped(envelope.success ? parseJson(envelope.data.Message, where) : outer, where);
}

function readUnwrapped(value: unknown, where: string): S3Notification {
  const fromS3 = s3Records.safeParse(value);
  if (fromS3.success) {
    return sort(
      fromS3.data.Records.map(({ eventName, s3: { bucket, object } }) => ({
        created: isCreated(eventName.startsWith('ObjectCreated:'), S3_EVENTS.test(eventName), where),
        bucket: bucket.name,
        key: formDecoded(object.key, where),
        sizeBytes: object.size ?? null,
        etag: object.eTag ?? '',
      })),
      where,
    );
  }
  const fromEventBridge = eventBridgeEvent.safeParse(value);
  if (fromEventBridge.success) {
    const { bucket, object } = fromEventBridge.data.detail;
    const kind = fromEventBridge.data['detail-type'];
    const created = isCreated(kind === 'Object Created', EVENT_BRIDGE_KINDS.has(kind), where);
    return sort(
      [
        {
          created,
          bucket: bucket.name,
          key: object.key,
          sizeBytes: object.size ?? null,
          etag: object.etag ?? '',
        },
      ],
      where,
    );
  }
  const fromTrail = trailNotice.safeParse(value);
  if (fromTrail.success) {
    const { s3Bucket: bucket, s3ObjectKey } = fromTrail.data;
    return sort(
      s3ObjectKey.map((key) => ({ created: true, bucket, key, sizeBytes: null, etag: '' })),
      where,
    );
  }
  const test = s3TestEvent.safeParse(value);
  if (test.success)
    return { objects: [], skipped: [{ name: `s3://${test.data.Bucket}`, reason: 'test-event' }] };
  throw unknown(where, 'announces no S3 object');
}

/** A kind of event that nobody knows may be a new way to make an object: passed over in silence, its log would be lost. */
function isCreated(created: boolean, known: boolean, where: string): boolean {
  if (created || known) return created;
  throw unknown(where, 'tells of a kind of event that is not known');
}

function sort(
  found: readonly (NotifiedObject & { readonly created: boolean })[],
  where: string,
): S3Notification {
  const objects: NotifiedObject[] = [];
  const skipped: { name: string; reason: NoticeSkipReason }[] = [];
  const seen = new Set<string>();
  for (const { created, ...object } of found) {
    if (Buffer.byteLength(object.key) > MAX_KEY_BYTES)
      throw unknown(where, `holds a key of more than ${MAX_KEY_BYTES} bytes`);
    const name = `s3://${object.bucket}/${object.key}`;
    if (!created) skipped.push({ name, reason: 'not-created' });
    else if (object.key.split('/').includes('CloudTrail-Digest')) skipped.push({ name, reason: 'digest' });
    else if (object.key.endsWith('/')) skipped.push({ name, reason: 'empty-folder-marker' });
    else if (!seen.has(name)) objects.push(object);
    seen.add(name);
  }
  return { objects, skipped };
}

/** As forms encode: `+` is a space, `%2B` a plus. */
function formDecoded(key: string, where: string): string {
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch (error) {
    throw unknown(where, 'holds a key that is not url-encoded', error);
  }
}

function parseJson(text: string, where: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // The cause would quote the message.
    throw unknown(where, 'is not JSON');
  }
}

function unknown(where: string, what: string, cause?: unknown): WiretrailError {
  const hint =
    'The queue takes notifications of S3 (direct, by SNS or by EventBridge) and of CloudTrail, and nothing else.';
  return new WiretrailError('E_NOTIFICATION', where, what, hint, cause);
}

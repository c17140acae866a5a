// Objects as they are delivered: the messages that announce them, the objects read from S3 and judged.

import type { S3Client } from '@aws-sdk/client-s3';
import { WiretrailError } from '../lib/errors.ts';
import { objectFacts } from '../records/object-key.ts';
import { makeS3Client, openS3Version } from '../sources/s3.ts';
import { type NotifiedObject, readS3Notification } from '../sources/s3-notification.ts';
import {
  failedMessages,
  type PartialBatchResponse,
  type QueueMessage,
  readSqsBatch,
} from '../sources/sqs-batch.ts';
import { batchOfObject } from './batch.ts';
import { judgeBatches } from './judge-batches.ts';
import { type LambdaContext, liveHandler, type Monitor } from './monitor.ts';
import type { BatchSource } from './read-batch.ts';
import type { Environment } from './settings.ts';

/** Stored bytes up to which an object is held in memory for a second reading; a larger one is read from S3 again. */
const HELD_BYTES = 16 * 1024 * 1024;

export function archiveObjectsHandler(
  environment: Environment,
): (event: unknown, lambda: LambdaContext) => Promise<PartialBatchResponse> {
  let client: S3Client | null = null;
  return liveHandler(environment, (monitor, event, lambda) => {
    client ??= makeS3Client(monitor.settings.endpointUrl);
    return judgeArchiveEvent(monitor, client, event, lambda);
  });
}

/**
 * A batch of the queue, or one notification as S3 or EventBridge hands it to a function itself. Of a batch each message that failed is named
 * in the answer, so that SQS delivers it again, and sets it aside after the last try; the others are done. Where there is no queue it throws.
 */
export async function judgeArchiveEvent(
  monitor: Monitor,
  client: S3Client,
  event: unknown,
  lambda: LambdaContext,
): Promise<PartialBatchResponse> {
  const { messages, queued } = messagesOf(monitor, event);
  const failed = new Set<string>();
  const wanted = new Map<string, { readonly object: NotifiedObject; readonly messages: Set<string> }>();
  for (const message of messages) {
    for (const object of notified(monitor, message, failed)) {
      const name = `s3://${object.bucket}/${object.key}`;
      const known = wanted.get(name) ?? { object, messages: new Set() };
      wanted.set(name, known);
      known.messages.add(message.id);
    }
  }
  const inputs = [...wanted].map(([name, { object }]) => ({ name, open: () => openObject(client, object) }));
  for (const name of await judgeBatches(monitor, inputs, lambda)) {
    for (const id of wanted.get(name)?.messages ?? []) failed.add(id);
  }
  if (queued || failed.size === 0)
    return failedMessages(messages.map(({ id }) => id).filter((id) => failed.has(id)));
  const hint = 'Look into the log of the function, and send the notification to its queue instead.';
  throw new WiretrailError('E_OBJECTS', 'invocation event', 'an object of it could not be judged', hint);
}

/** What is no batch of the queue is taken as the one message that it may be. */
function messagesOf(
  { telemetry }: Monitor,
  event: unknown,
): { messages: readonly QueueMessage[]; queued: boolean } {
  const { Records: records } = (event ?? {}) as { Records?: { eventSource?: unknown }[] };
  const queued = Array.isArray(records) && records[0]?.eventSource === 'aws:sqs';
  if (!queued) return { messages: [{ id: 'invocation', body: JSON.stringify(event) ?? '' }], queued };
  try {
    return { messages: readSqsBatch(event), queued };
  } catch (error) {
    telemetry.count('unknown-input', 1);
    throw error;
  }
}

/** Objects that a message announces; none, and the message failed, where it is none that we know. */
function notified(
  { telemetry, settings }: Monitor,
  message: QueueMessage,
  failed: Set<string>,
): readonly NotifiedObject[] {
  try {
    const { objects, skipped } = readS3Notification(message.body, `message ${message.id}`);
    for (const { name, reason } of skipped) telemetry.info('object passed over', { object: name, reason });
    const outside = objects.filter((object) => !isBelow(settings.objectsBelow, object));
    for (const { bucket, key } of outside)
      telemetry.info('object passed over', { object: `s3://${bucket}/${key}`, reason: 'outside-prefix' });
    if (outside.length > 0) telemetry.count('outside-prefix', outside.length);
    return objects.filter((object) => !outside.includes(object));
  } catch (error) {
    telemetry.problem(error, `message ${message.id}`);
    telemetry.count('unknown-input', 1);
    failed.add(message.id);
    return [];
  }
}

/** A topic tells of every object of its bucket. The role may read those below the prefixes: any other would fail, and be set aside. */
function isBelow(beginnings: readonly string[], { bucket, key }: NotifiedObject): boolean {
  const name = `s3://${bucket}/${key}`;
  return beginnings.length === 0 || beginnings.some((beginning) => name.startsWith(beginning));
}

/** Asks for the object, so that its version is known; what is small is read here and now. */
async function openObject(client: S3Client, { bucket, key }: NotifiedObject): Promise<BatchSource> {
  const name = `s3://${bucket}/${key}`;
  const first = await openS3Version(client, bucket, key, null);
  const held = first.sizeBytes !== null && first.sizeBytes <= HELD_BYTES ? await gather(first.body) : null;
  let unread: AsyncIterable<Buffer> | null = held === null ? first.body : null;
  const open = async (): Promise<AsyncIterable<Buffer>> => {
    if (held !== null) return inPieces(held);
    const body = unread ?? (await openS3Version(client, bucket, key, first.version)).body;
    unread = null;
    return body;
  };
  return {
    id: batchOfObject(name, first.version),
    log: logOfObject(bucket, key),
    planned: {
      object: {
        name,
        key,
        sizeBytes: first.sizeBytes,
        version: first.version,
        modifiedMs: first.modifiedMs,
        named: false,
        open,
      },
      facts: objectFacts(name, key, first.modifiedMs),
    },
  };
}

/** The first folder: exporters put streams, days and hours in folders below it, and whoever writes a log may name its streams. */
function logOfObject(bucket: string, key: string): string {
  const end = key.indexOf('/');
  return end < 0 ? `s3://${bucket}` : `s3://${bucket}/${key.slice(0, end)}`;
}

async function gather(body: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces;
}

async function* inPieces(pieces: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* pieces;
}

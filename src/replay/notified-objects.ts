// Judges the objects that queue messages announce, each by itself: what only several objects show together is not seen here yet.

import type { S3Client } from '@aws-sdk/client-s3';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { DetectorSettings } from '../detectors/detector.ts';
import { detectors } from '../detectors/index.ts';
import type { Finding } from '../findings/finding.ts';
import { tellStories } from '../findings/stories.ts';
import { type AwsRanges, createAwsRanges } from '../lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../lib/aws-ranges-table.ts';
import { WiretrailError } from '../lib/errors.ts';
import { createPipeline } from '../pipeline.ts';
import { objectFacts } from '../records/object-key.ts';
import type { LedgerLine, RunProblem } from '../reports/run-summary.ts';
import { makeS3Client, s3Object } from '../sources/s3.ts';
import {
  type NoticeSkipReason,
  type NotifiedObject,
  readS3Notification,
} from '../sources/s3-notification.ts';
import type { SourceObject } from '../sources/source.ts';
import {
  failedMessages,
  type PartialBatchResponse,
  type QueueMessage,
  readSqsBatch,
} from '../sources/sqs-batch.ts';
import { createMemoryState } from '../state/memory-state.ts';
import { readPlanned } from './read-planned.ts';
import { createTurns } from './turns.ts';

export interface NotifiedOptions {
  readonly s3: S3Client;
  readonly fingerprintKey: Uint8Array;
  readonly awsRanges: AwsRanges;
  readonly settings: DetectorSettings;
  /** Field names of flow lines without a header; null for the 14 default ones. */
  readonly flowFields: readonly string[] | null;
  readonly report: (line: NotifiedLine) => void;
}

/** What is told of a message: every finding, every object, everything left out, everything that went wrong. */
export type NotifiedLine =
  | { readonly kind: 'finding'; readonly finding: Finding }
  | { readonly kind: 'object'; readonly ledger: LedgerLine }
  | { readonly kind: 'skipped'; readonly object: string; readonly reason: NoticeSkipReason }
  | ({ readonly kind: 'problem' } & RunProblem);

/**
 * Judges one batch of the queue. Each message that cannot be read, or one of whose objects cannot, is named in the answer, so that SQS
 * delivers it again and sets it aside after the last try; the others are done. Throws only when the event is no batch at all.
 */
export async function judgeNotifiedObjects(
  event: unknown,
  options: NotifiedOptions,
): Promise<PartialBatchResponse> {
  const failed: string[] = [];
  for (const message of readSqsBatch(event)) {
    if (!(await judgeMessage(message, options))) failed.push(message.id);
  }
  return failedMessages(failed);
}

/** False when anything of the message failed. All of its objects are tried. */
async function judgeMessage(message: QueueMessage, options: NotifiedOptions): Promise<boolean> {
  const where = `message ${message.id}`;
  try {
    const { objects, skipped } = readS3Notification(message.body, where);
    for (const { name, reason } of skipped) options.report({ kind: 'skipped', object: name, reason });
    let good = true;
    for (const object of objects) {
      good = (await judgeObject(sourceObject(options.s3, object), options)) && good;
    }
    return good;
  } catch (error) {
    options.report({ kind: 'problem', ...problemOf(error, where) });
    return false;
  }
}

/** Of an error that is none of ours only the kind and the place are told: its message may quote a log. */
function problemOf(error: unknown, where: string): RunProblem {
  if (error instanceof WiretrailError)
    return { where, code: error.code, message: error.message, hint: error.hint };
  const { name, stack = '' } = error instanceof Error ? error : new Error();
  const frames = stack.split('\n').filter((line) => /^\s+at /.test(line));
  return {
    where,
    code: 'E_UNEXPECTED',
    message: name,
    hint: `Please report it:${frames.slice(0, 5).join(';')}`,
  };
}

function sourceObject(client: S3Client, { bucket, key, sizeBytes, etag }: NotifiedObject): SourceObject {
  return s3Object(client, bucket, {
    Key: key,
    ETag: etag,
    ...(sizeBytes === null ? {} : { Size: sizeBytes }),
  });
}

async function judgeObject(object: SourceObject, options: NotifiedOptions): Promise<boolean> {
  const state = createMemoryState();
  const pipeline = createPipeline({ ...options, detectors, state });
  const facts = objectFacts(object.name, object.key, object.modifiedMs);
  const { ledger, problem } = await readPlanned({ object, facts }, pipeline, options, createTurns());
  pipeline.finish();
  for (const finding of tellStories(pipeline.book.standing())) options.report({ kind: 'finding', finding });
  options.report({ kind: 'object', ledger });
  if (problem !== null) options.report({ kind: 'problem', ...problem });
  return problem === null;
}

/** RFC 2104, section 3: a key shorter than the hash (32 bytes for SHA-256) weakens it. */
const MIN_KEY_CHARACTERS = 32;

/**
 * The Lambda handler: its settings come from environment variables (serverless.yml sets them), its lines go to standard output, which
 * is the function's log. WIRETRAIL_FINGERPRINT_KEY is required; WIRETRAIL_OWN_RESOURCES and WIRETRAIL_ENDPOINT_URL may be given.
 */
export function handlerFromEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
): (event: unknown) => Promise<PartialBatchResponse> {
  const key = environment.WIRETRAIL_FINGERPRINT_KEY ?? '';
  if (key.length < MIN_KEY_CHARACTERS) {
    throw new WiretrailError(
      'E_FINGERPRINT_KEY',
      'WIRETRAIL_FINGERPRINT_KEY',
      `holds ${key.length} characters`,
      `Set it to a random text of at least ${MIN_KEY_CHARACTERS}; serverless.yml makes one.`,
    );
  }
  const ownResources = (environment.WIRETRAIL_OWN_RESOURCES ?? '').split(',').filter((name) => name !== '');
  const options: NotifiedOptions = {
    s3: makeS3Client(environment.WIRETRAIL_ENDPOINT_URL ?? null),
    fingerprintKey: Buffer.from(key),
    awsRanges: createAwsRanges(AWS_RANGES_TABLE),
    settings: { ...DEFAULT_SETTINGS, ownResources },
    flowFields: null,
    report: (line) => void process.stdout.write(`${JSON.stringify(line)}\n`),
  };
  return (event) => judgeNotifiedObjects(event, options);
}

// A batch is what is read in one go and counts in one go: one object, or one payload of a subscription. A second delivery of it is the
// same batch, and everything that a batch changes remembers that it did.

import { createHash } from 'node:crypto';

/** 16 hex digits: 64 bits of a SHA-256. Items remember thousands of them. */
export type BatchId = string;

/** `locator`: `s3://bucket/key`; `version`: its ETag. Another content under the same key is another batch. */
export function batchOfObject(locator: string, version: string): BatchId {
  return batchId('object', [locator, version]);
}

/** CloudWatch Logs delivers a payload again as it was: the same events of the same stream. */
export function batchOfPayload(group: string, stream: string, eventIds: readonly string[]): BatchId {
  return batchId('payload', [group, stream, ...eventIds]);
}

/** A copy of a call that waited for the caller's own one, and is folded by itself; `rank`: the account in whose trail it is. */
export function batchOfCopy(sharedEventId: string, rank: string): BatchId {
  return batchId('copy', [sharedEventId, rank]);
}

function batchId(kind: string, parts: readonly string[]): BatchId {
  const text = JSON.stringify([kind, ...parts]);
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** A digit below `base` of a batch, for each depth another: which of several items it goes to. */
export function digitOfBatch(batch: BatchId, depth: number, base: number): number {
  // Depths beyond the 16 digits begin again: an item that is split so often does not exist.
  return Number.parseInt(batch[depth % batch.length]!, 16) % base;
}

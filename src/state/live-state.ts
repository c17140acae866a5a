// What the deployed monitor remembers between invocations: items of bytes under a two-part key, each with a version to write against.
// What the bytes mean is no matter of the store: claims, summaries, findings and their format versions are src/live.

import { WiretrailError } from '../lib/errors.ts';

/** Bytes of an item's body. DynamoDB takes 400 KB an item, but bills a write by the KB: what grows past this is split by its owner. */
export const MAX_ITEM_BYTES = 65_536;
/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html, partition and sort keys. */
const MAX_PARTITION_BYTES = 2_048;
const MAX_SORT_BYTES = 1_024;

/** Both parts are well-formed text, not empty; at most 2,048 and 1,024 bytes of UTF-8. Anything else: WiretrailError E_STATE_KEY. */
export interface ItemKey {
  readonly partition: string;
  readonly sort: string;
}

export interface StoredItem extends ItemKey {
  /** 1 when it was first written. An item that was removed or collected begins again at 1: remove only what nobody writes any more. */
  readonly version: number;
  /** The reader's own copy. */
  readonly body: Uint8Array;
  /** Milliseconds since the epoch, a whole second; null: kept. From then on the item may be collected, and is given as long as it is not. */
  readonly expiresAtMs: number | null;
}

/**
 * Every call may fail with a WiretrailError: E_STATE_UNAVAILABLE (try later; a write may or may not have happened), E_STATE_DENIED
 * (no access, no table), E_STATE_FORMAT (an item that none of ours wrote), E_STATE_NEWER (one that a newer wiretrail wrote), E_STATE_KEY, and E_STATE_TOO_LARGE for a body above MAX_ITEM_BYTES.
 */
export interface LiveState {
  /** Consistent read. Items that are not there are left out; a key that is named twice is read once. In no particular order. */
  read(keys: readonly ItemKey[]): Promise<StoredItem[]>;
  /**
   * Writes when the stored version is still `expectedVersion` (0: must not be there); the item then has expectedVersion + 1.
   * False: somebody else was first, nothing was written. One exception: an answer was lost, and before it was asked for again somebody
   * wrote on top; so who is told false reads again, and looks whether its own part is in what it reads. `expiresAtMs` is rounded up to a
   * whole second.
   */
  write(
    key: ItemKey,
    body: Uint8Array,
    expectedVersion: number,
    expiresAtMs: number | null,
  ): Promise<boolean>;
  /** Items of a partition in order of `sort` (bytes of UTF-8), from behind `after`, a page at a time. Items written meanwhile may be in it or not. */
  list(partition: string, after?: string): AsyncIterable<StoredItem>;
  /** Deletes when the version is still `expectedVersion`. False: it is another, or the item is not there (any more, maybe by this very call). */
  remove(key: ItemKey, expectedVersion: number): Promise<boolean>;
}

/** For the stores that have no collector of their own: what expired up to `nowMs` goes. */
export interface Collected {
  /** How many items went. */
  collectExpired(nowMs: number): number;
}

/** Throws E_STATE_KEY. A lone surrogate has no UTF-8 of its own: two such keys would become one. */
export function checkKey({ partition, sort }: ItemKey): void {
  checkKeyPart(partition, MAX_PARTITION_BYTES, 'partition');
  checkKeyPart(sort, MAX_SORT_BYTES, 'sort key');
}

export function checkPartition(partition: string): void {
  checkKeyPart(partition, MAX_PARTITION_BYTES, 'partition');
}

function checkKeyPart(text: string, maxBytes: number, part: string): void {
  const bytes = Buffer.byteLength(text);
  if (bytes > 0 && bytes <= maxBytes && text.isWellFormed()) return;
  const what = bytes === 0 ? 'is empty' : bytes > maxBytes ? `has ${bytes} bytes` : 'is not well-formed';
  throw new WiretrailError(
    'E_STATE_KEY',
    `state item ${JSON.stringify(text.slice(0, 100))}`,
    `the ${part} ${what}`,
    `It must be well-formed text of 1 to ${maxBytes} bytes.`,
  );
}

/** Throws E_STATE_TOO_LARGE. */
export function checkBody(key: ItemKey, body: Uint8Array): void {
  if (body.byteLength <= MAX_ITEM_BYTES) return;
  throw new WiretrailError(
    'E_STATE_TOO_LARGE',
    describeKey(key),
    `has ${body.byteLength} bytes`,
    `An item holds at most ${MAX_ITEM_BYTES}; split it.`,
  );
}

/** Seconds since the epoch, never before the millisecond that was asked for; null: kept. */
export function expirySeconds(expiresAtMs: number | null): number | null {
  return expiresAtMs === null ? null : Math.ceil(expiresAtMs / 1_000);
}

export function describeKey({ partition, sort }: ItemKey): string {
  return `state item ${JSON.stringify(`${partition} / ${sort}`)}`;
}

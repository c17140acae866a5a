// The key of the fingerprints of a deployed monitor: by name, so that neither the template nor the environment of a function holds it.

import { WiretrailError } from '../lib/errors.ts';
import { nameOf, readNamedSecret, type SecretName } from './named-secret.ts';

/** RFC 2104, section 3: a key shorter than the hash (32 bytes for SHA-256) weakens it. */
export const MIN_KEY_CHARACTERS = 32;
/** More than any key has; a whole file that was stored by mistake is refused. */
const MAX_KEY_BYTES = 4_096;

/**
 * Gives the key, asked for with the first call and not again: once a cold start. What fails is asked for again with the next call.
 * The key is the bytes of the secret's text, without white space around it; of a binary secret, its bytes.
 */
export function fingerprintKeyOf(name: SecretName, endpointUrl: string | null): () => Promise<Uint8Array> {
  let asked: Promise<Uint8Array> | null = null;
  return () => {
    asked ??= readKey(name, endpointUrl).catch((error: unknown) => {
      asked = null;
      throw error;
    });
    return asked;
  };
}

async function readKey(name: SecretName, endpointUrl: string | null): Promise<Uint8Array> {
  const key = trimmed(await readNamedSecret(name, endpointUrl));
  if (key.length >= MIN_KEY_CHARACTERS && key.length <= MAX_KEY_BYTES) return key;
  throw new WiretrailError(
    'E_FINGERPRINT_KEY',
    nameOf(name),
    `holds ${key.length} characters`,
    `It must be a random text of ${MIN_KEY_CHARACTERS} to ${MAX_KEY_BYTES}; deploying makes one.`,
  );
}

/** A line feed at the end comes from the editor or the shell, and is not seen where the same key is given elsewhere. */
function trimmed(bytes: Uint8Array): Uint8Array {
  const isSpace = (byte: number | undefined): boolean =>
    byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
  let [start, end] = [0, bytes.length];
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

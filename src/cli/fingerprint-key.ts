// The key of the fingerprints: made once on this machine, readable by its owner alone. Whoever has it can test guesses against findings.

import { randomBytes } from 'node:crypto';
import { closeSync, openSync, readFileSync, statSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fingerprintKeyId } from '../lib/digest.ts';
import { WiretrailError } from '../lib/errors.ts';
import { makeFolder } from '../reports/make-folder.ts';

/** 256 bits, as many as HMAC-SHA256 has use for (https://www.rfc-editor.org/rfc/rfc2104#section-3). */
const NEW_KEY_BYTES = 32;
/** 128 bits: fingerprints have no more. */
const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 64;

export interface LoadedKey {
  readonly bytes: Buffer;
  /** What the user should know: made anew, readable by others. */
  readonly remarks: readonly string[];
}

/** https://specifications.freedesktop.org/basedir-spec/latest/: a relative XDG_CONFIG_HOME is to be ignored. */
export function defaultKeyPath(env: Readonly<Record<string, string | undefined>>): string {
  const configHome = env.XDG_CONFIG_HOME ?? '';
  return join(
    configHome.startsWith('/') ? configHome : join(env.HOME ?? homedir(), '.config'),
    'wiretrail',
    'fingerprint.key',
  );
}

/**
 * Reads the key, or makes one (mode 0600) where there is none. Where none can be made in the usual place the run gets one of its own,
 * unless `mustLast` (a state is kept, which holds fingerprints). Throws a WiretrailError for a file that holds no key.
 */
export function loadFingerprintKey(
  path: string | null,
  env: Readonly<Record<string, string | undefined>>,
  mustLast: boolean,
): LoadedKey {
  const file = path ?? defaultKeyPath(env);
  const present = readKey(file);
  if (present !== null) return present;
  const bytes = randomBytes(NEW_KEY_BYTES);
  try {
    makeFolder(dirname(file), 0o700);
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, `${bytes.toString('hex')}\n`);
    } finally {
      closeSync(descriptor);
    }
  } catch (error) {
    const code = codeOf(error);
    // Another run was quicker: its key is the key.
    const theirs = code === 'EEXIST' ? readKey(file) : null;
    if (theirs !== null) return theirs;
    if (path !== null || mustLast) {
      throw new WiretrailError(
        'E_FINGERPRINT_KEY',
        file,
        `no key can be written there (${code})`,
        'Name a file that can be written with --fingerprint-key.',
        error,
      );
    }
    return {
      bytes,
      remarks: [
        `${file} cannot be written (${code}): the fingerprints of this run cannot be compared with those of others`,
      ],
    };
  }
  return {
    bytes,
    remarks: [
      `made a new fingerprint key, ${file} (id ${fingerprintKeyId(bytes)}); keep it: other keys give other fingerprints`,
    ],
  };
}

function readKey(file: string): LoadedKey | null {
  let text: string;
  let mode: number;
  try {
    const stats = statSync(file);
    if (stats.size > 4_096) throw notAKey(file);
    text = readFileSync(file, 'utf8').trim();
    mode = stats.mode;
  } catch (error) {
    if (error instanceof WiretrailError) throw error;
    const code = codeOf(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return null;
    throw new WiretrailError(
      'E_FINGERPRINT_KEY',
      file,
      `cannot be read (${code})`,
      'Name a key that can be read with --fingerprint-key.',
      error,
    );
  }
  if (!/^([0-9a-f]{2})+$/i.test(text)) throw notAKey(file);
  const bytes = Buffer.from(text, 'hex');
  if (bytes.length < MIN_KEY_BYTES || bytes.length > MAX_KEY_BYTES) throw notAKey(file);
  const open = process.platform !== 'win32' && (mode & 0o077) !== 0;
  return { bytes, remarks: open ? [`${file} can be read by others: chmod 600 ${file}`] : [] };
}

/** Says nothing of what the file holds. */
function notAKey(file: string): WiretrailError {
  return new WiretrailError(
    'E_FINGERPRINT_KEY',
    file,
    `does not hold a key: ${MIN_KEY_BYTES} to ${MAX_KEY_BYTES} bytes as hexadecimal digits`,
    'Make one with `openssl rand -hex 32`, or name another file.',
  );
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}

// Files, folders and globs of this machine. Whatever cannot be read becomes a failed entry: a run goes on with the rest.

import {
  type BigIntStats,
  closeSync,
  createReadStream,
  fstatSync,
  globSync,
  openSync,
  readdirSync,
  readSync,
  type Stats,
  statSync,
} from 'node:fs';
import { WiretrailError } from '../lib/errors.ts';
import { compareText } from '../lib/text-order.ts';
import type { Listed, SourceObject } from './source.ts';

/**
 * Bytes up to which a file is read in one piece. Archive objects are far smaller (a CloudTrail file holds at most 50 MB before gzip,
 * and typically tens of kilobytes after it), and one read costs a tenth of a stream.
 */
export const WHOLE_FILE_BYTES = 4 * 1024 * 1024;
/** Bytes of one chunk of a larger file. */
const CHUNK_BYTES = 256 * 1024;

/** A path exactly as typed comes first, so that a name with `*` or `[` in it can be read; only then is it a pattern. */
export function* listLocal(input: string): Generator<Listed> {
  const path = input.length > 1 ? input.replace(/\/+$/, '') || '/' : input;
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' && /[*?[{]/.test(path)) yield* listGlob(path);
    else yield failed(path, path, error);
    return;
  }
  yield* listNamed(path, stats);
}

function* listNamed(path: string, stats: Stats): Generator<Listed> {
  if (stats.isDirectory()) yield* listFolder(path, '', new Set());
  else yield { kind: 'object', object: fileObject(path, path.replace(/^(\.\/)+/, ''), stats, true) };
}

function* listGlob(pattern: string): Generator<Listed> {
  let matches: string[];
  try {
    matches = globSync(pattern).map((match) => match.replaceAll('\\', '/'));
  } catch (error) {
    yield failed(pattern, pattern, error);
    return;
  }
  if (matches.length === 0) {
    const message = 'no file or folder of that name, and none that the pattern matches';
    const hint = 'check the pattern; ** matches folders at any depth';
    yield { kind: 'failed', failed: { name: pattern, key: pattern, code: 'no-match', message, hint } };
    return;
  }
  const folders: string[] = [];
  for (const match of matches.sort(compareText)) {
    // `**` matches a folder and all that is in it: what is below a folder that was walked is not read again.
    if (folders.some((folder) => match.startsWith(folder))) continue;
    try {
      const stats = statSync(match);
      if (stats.isDirectory()) folders.push(`${match}/`);
      yield* listNamed(match, stats);
    } catch (error) {
      yield failed(match, match, error);
    }
  }
}

/** `seen` holds the folders (device and inode) already walked: a link back to one of them ends there. */
function* listFolder(root: string, below: string, seen: Set<string>): Generator<Listed> {
  const path = join(root, below);
  let names: string[];
  try {
    const identity = statSync(path, { bigint: true });
    const folder = folderIdentity(identity);
    if (seen.has(folder)) return;
    seen.add(folder);
    names = readdirSync(path, { withFileTypes: true }).map((entry) =>
      entry.isDirectory() ? `${entry.name}/` : entry.name,
    );
  } catch (error) {
    yield failed(path, below, error);
    return;
  }
  // S3 lists keys in the order of their bytes, in which a folder's slash takes part: `a-1` comes before `a/1`.
  for (const listedName of names.sort(compareText)) {
    const name = listedName.endsWith('/') ? listedName.slice(0, -1) : listedName;
    const key = below === '' ? name : `${below}/${name}`;
    const child = join(root, key);
    let stats: Stats;
    try {
      stats = statSync(child);
    } catch (error) {
      yield failed(child, key, error);
      continue;
    }
    if (stats.isDirectory()) yield* listFolder(root, key, seen);
    else if (stats.isFile()) yield { kind: 'object', object: fileObject(child, key, stats, false) };
    else {
      const hint = 'a pipe, socket or device can be named, but is not read from a folder';
      yield { kind: 'skipped', skipped: { name: child, key, reason: 'not-a-log', hint } };
    }
  }
}

function fileObject(path: string, key: string, stats: Stats, named: boolean): SourceObject {
  // Files that say 0 may still hold something (/proc): they are streamed until they end.
  const whole = stats.isFile() && stats.size > 0 && stats.size <= WHOLE_FILE_BYTES;
  return {
    name: path,
    key,
    sizeBytes: stats.isFile() ? stats.size : null,
    version: stats.isFile() ? `${stats.size}-${Math.round(stats.mtimeMs)}` : '',
    modifiedMs: Math.round(stats.mtimeMs),
    named,
    open: async () => (whole ? oneChunk(readWhole(path)) : streamed(path)),
  };
}

function readWhole(path: string): Buffer {
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch (error) {
    throw readError(path, error);
  }
  try {
    // What is appended after this look is left for the next run.
    const bytes = Buffer.allocUnsafe(fstatSync(file).size);
    let length = 0;
    while (length < bytes.length) {
      const count = readSync(file, bytes, length, bytes.length - length, null);
      if (count === 0) break;
      length += count;
    }
    return bytes.subarray(0, length);
  } catch (error) {
    throw readError(path, error);
  } finally {
    closeSync(file);
  }
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

async function* streamed(path: string): AsyncGenerator<Buffer> {
  try {
    yield* createReadStream(path, { highWaterMark: CHUNK_BYTES }) as AsyncIterable<Buffer>;
  } catch (error) {
    throw readError(path, error);
  }
}

function failed(name: string, key: string, error: unknown): Listed {
  const { code, what, hint } = describe(error);
  return { kind: 'failed', failed: { name, key, code, message: what, hint } };
}

function readError(path: string, error: unknown): WiretrailError {
  const { code, what, hint } = describe(error);
  return new WiretrailError(code, path, what, hint, error);
}

function describe(error: unknown): { code: string; what: string; hint: string } {
  switch (codeOf(error)) {
    case 'ENOENT':
      return {
        code: 'not-found',
        what: 'no such file or folder',
        hint: 'check the path; a link may point to nothing',
      };
    case 'EACCES':
    case 'EPERM':
      return {
        code: 'access-denied',
        what: 'no permission to read it',
        hint: 'run as a user who may read it, or change its mode',
      };
    case 'ENOTDIR':
      return {
        code: 'not-found',
        what: 'a part of the path is a file, not a folder',
        hint: 'check the path',
      };
    case 'ELOOP':
      return {
        code: 'link-loop',
        what: 'symbolic links lead in a circle',
        hint: 'remove the link, or name the real path',
      };
    default:
      return {
        code: 'read-failed',
        what: `reading failed (${codeOf(error) || 'unknown error'})`,
        hint: 'check the disk or the mount, then run again',
      };
  }
}

function codeOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
}

function folderIdentity(stats: BigIntStats): string {
  return `${stats.dev}:${stats.ino}`;
}

function join(root: string, below: string): string {
  return below === '' ? root : root.endsWith('/') ? root + below : `${root}/${below}`;
}

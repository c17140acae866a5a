// The deployment package as `serverless package` makes it, once for all test files of a run: the compiled template and the zips.

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const CACHE = path.join(root, 'node_modules/.cache/wiretrail-package');
/** What the package is made of: a change of any of these makes another package. */
const SOURCES = [
  'src',
  'handlers',
  'deploy',
  'scripts',
  'serverless.yml',
  'package-lock.json',
  'THIRD_PARTY_NOTICES.md',
];
/** What `serverless package` reads, besides the bundles. */
const SERVICE = ['serverless.yml', 'deploy', 'LICENSE', 'NOTICE', 'THIRD_PARTY_NOTICES.md'];
const TEMPLATE = 'cloudformation-template-update-stack.json';
/** Longer than any run: what is older belongs to earlier sources. */
const KEPT_MS = 3_600_000;
/** Nobody packages for longer. */
const LOCKED_MS = 60_000;
const LOOK_MS = 100;

export interface PackagedService {
  /** Holds the compiled template and one zip a function. */
  readonly folder: string;
  readonly templateFile: string;
  /** Where the zips are unzipped: the parameters are no part of the code. */
  readonly codeFolder: string;
}

/**
 * Packages with these parameters (`name=value`). Works in a copy of the service, so that test files beside each other, and whoever packages by
 * hand, do not meet; what was packaged already from the same sources is taken as it is. Throws with the words of `serverless`.
 */
export async function packageOnce(parameters: readonly string[]): Promise<PackagedService> {
  const sources = fingerprint(SOURCES);
  const bundles = path.join(CACHE, `bundles-${sources}`);
  const given = createHash('sha256')
    .update(JSON.stringify([...parameters].sort()))
    .digest('hex')
    .slice(0, 32);
  const name = `package-${sources}-${given}`;
  const folder = path.join(CACHE, name);
  mkdirSync(CACHE, { recursive: true });
  // Without the files of whoever runs the tests, which may lie in the checkout.
  const files = { suppressions: null, settings: null };
  await once(bundles, async (draft) => void (await bundleHandlers(draft, files)));
  await once(folder, (draft) => packageInto(draft, bundles, parameters));
  forgetOthers(sources);
  return {
    folder,
    templateFile: path.join(folder, TEMPLATE),
    codeFolder: path.join(CACHE, `code-${sources}`),
  };
}

/**
 * Makes a folder under another name first: who finds it finds all of it. Test files beside each other wait for who began first, but not for
 * one that was killed; of two that make it at the same time all the same, both are right.
 */
async function once(folder: string, make: (draft: string) => Promise<void>): Promise<void> {
  const lock = `${folder}.lock`;
  const giveUpMs = Date.now() + LOCKED_MS;
  while (!existsSync(folder) && !taken(lock) && Date.now() < giveUpMs) await sleep(LOOK_MS);
  if (existsSync(folder)) return rmSync(lock, { recursive: true, force: true });
  const draft = `${folder}.${process.pid}.draft`;
  try {
    await make(draft);
    renameSync(draft, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  } finally {
    rmSync(draft, { recursive: true, force: true });
    rmSync(lock, { recursive: true, force: true });
  }
}

/** True for the one who makes it. */
function taken(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    return false;
  }
}

async function packageInto(folder: string, bundles: string, parameters: readonly string[]): Promise<void> {
  const service = `${folder}.service`;
  try {
    for (const file of SERVICE) cpSync(path.join(root, file), path.join(service, file), { recursive: true });
    cpSync(bundles, path.join(service, 'dist/handlers'), { recursive: true });
    const serverless = path.join(root, 'node_modules/serverless/bin/serverless.js');
    const argv = [serverless, 'package', '--package', folder];
    argv.push(...parameters.map((parameter) => `--param=${parameter}`));
    const env = {
      // No account, no settings of whoever runs the tests, no word to anybody.
      PATH: process.env.PATH,
      HOME: service,
      SLS_TRACKING_DISABLED: '1',
      // What it compiles of its schema lies in HOME otherwise, and goes with it: half of the time of each package.
      SLS_SCHEMA_CACHE_BASE_DIR: path.join(CACHE, 'schema'),
    };
    await new Promise<void>((resolve, reject) => {
      execFile(process.execPath, argv, { cwd: service, env }, (error, stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Error(`serverless package failed:\n${stdout}${stderr}`));
      });
    });
  } finally {
    rmSync(service, { recursive: true, force: true });
  }
}

function fingerprint(sources: readonly string[]): string {
  const hash = createHash('sha256');
  for (const source of sources) {
    const at = path.join(root, source);
    const files = statSync(at).isDirectory()
      ? readdirSync(at, { recursive: true, encoding: 'utf8' }).map((file) => path.join(at, file))
      : [at];
    for (const file of files.sort()) {
      if (statSync(file).isFile()) hash.update(`\0${path.relative(root, file)}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 32);
}

function forgetOthers(sources: string): void {
  for (const other of readdirSync(CACHE)) {
    const at = path.join(CACHE, other);
    const changedMs = statSync(at, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (!other.includes(sources) && Date.now() - changedMs > KEPT_MS)
      rmSync(at, { recursive: true, force: true });
  }
}

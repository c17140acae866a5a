// `serverless package` as a user runs it, offline, in a folder of its own: what would be deployed, for any choice of parameters.
// A run takes about two seconds; each choice is packaged once a test file, however many tests look at it.

import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const osls = path.join(root, 'node_modules/serverless/bin/serverless.js');

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's own shapes, looked at field by field
  readonly Properties: any;
}

export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Conditions: Readonly<Record<string, unknown>>;
  readonly Outputs: Readonly<Record<string, { readonly Condition?: string; readonly Value: unknown }>>;
}

/** `trailBucket`, `trial`, ...: what a user gives as --param="name=value". */
export type Parameters = Readonly<Record<string, string>>;

export interface Packaged {
  /** Holds the compiled template and one zip a function. */
  readonly folder: string;
  readonly template: Template;
}

/** What is needed at least: a bucket that exists. */
export const BASIC: Parameters = { trailBucket: 'trail-logs' };

/**
 * Bundles the handlers into a folder of its own, and packages from there: nothing in the checkout is written, so that several test files
 * can do it at the same time. Call `remove` when done.
 */
export async function openPackager(): Promise<{
  package(parameters: Parameters): Promise<Packaged>;
  remove(): void;
}> {
  const service = mkdtempSync(path.join(tmpdir(), 'wiretrail-package-'));
  await bundleHandlers(path.join(service, 'dist/handlers'));
  for (const name of ['serverless.yml', 'deploy', 'LICENSE', 'NOTICE', 'THIRD_PARTY_NOTICES.md'])
    cpSync(path.join(root, name), path.join(service, name), { recursive: true });
  const runs = new Map<string, Promise<Packaged>>();
  // Two runs in one folder would write into each other's .serverless.
  let last: Promise<unknown> = Promise.resolve();
  return {
    package(parameters) {
      const key = JSON.stringify(Object.entries(parameters).sort());
      const run = runs.get(key) ?? last.then(() => packageOnce(service, `out-${runs.size}`, parameters));
      runs.set(key, run);
      last = run.catch(() => undefined);
      return run;
    },
    remove: () => rmSync(service, { recursive: true, force: true }),
  };
}

async function packageOnce(service: string, out: string, parameters: Parameters): Promise<Packaged> {
  const folder = path.join(service, out);
  mkdirSync(folder);
  const params = Object.entries(parameters).map(([name, value]) => `--param=${name}=${value}`);
  const env = { PATH: process.env.PATH, HOME: service, SLS_TRACKING_DISABLED: '1' };
  await new Promise<void>((resolve, reject) => {
    execFile(
      process.execPath,
      [osls, 'package', '--package', folder, ...params],
      { cwd: service, env },
      (error, stdout, stderr) => {
        if (error === null) resolve();
        else reject(new Error(`serverless package failed:\n${stdout}${stderr}`));
      },
    );
  });
  const text = readFileSync(path.join(folder, 'cloudformation-template-update-stack.json'), 'utf8');
  return { folder, template: JSON.parse(text) as Template };
}

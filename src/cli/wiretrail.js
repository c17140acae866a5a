#!/usr/bin/env node
// Starts the command line on a Node that can run it. This file alone is written for old Nodes too: on one that cannot strip types
// it hands over to the Node that `npm ci` brought (docs/decisions/0001-node-from-npm.md), or says what is needed.
// In an installed package there are no types to strip: it starts what scripts/build-package.ts built.

import { spawn } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { constants } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** First long-term release that runs TypeScript files without a flag: https://nodejs.org/en/blog/release/v22.18.0 */
const NEEDED = '22.18';
const USAGE_ERROR = 2;

if (!existsSync(new URL('./main.ts', import.meta.url))) {
  if (isNewEnough()) await runHere(() => import('../../dist/package/cli.js'));
  else handOver(null);
} else if (process.features.typescript) await runHere(() => import('./main.ts'));
else handOver(nodeOfCheckout());

async function runHere(loadCommandLine) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  silenceSqliteWarning();
  const { main } = await loadCommandLine();
  process.exitCode = await main(process.argv.slice(2));
}

/** node:sqlite is still marked experimental in Node 22 and 24; a user can do nothing about that. Every other warning is shown. */
function silenceSqliteWarning() {
  const emitWarning = process.emitWarning;
  process.emitWarning = (warning, ...rest) => {
    if (String(warning).startsWith('SQLite is an experimental feature')) return;
    emitWarning.call(process, warning, ...rest);
  };
}

function isNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const [neededMajor, neededMinor] = NEEDED.split('.').map(Number);
  return major > neededMajor || (major === neededMajor && minor >= neededMinor);
}

function handOver(node) {
  if (node === null) {
    process.stderr.write(
      `wiretrail: Node ${process.versions.node} does not run it: ${NEEDED} or newer is needed.\n` +
        'Install a newer Node (https://nodejs.org), or run `npm ci` in the checkout: it brings one along on Linux x64 and arm64.\n',
    );
    process.exitCode = USAGE_ERROR;
    return;
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(
      `wiretrail: ${node} does not start: ${error.message}\nRun \`npm ci\` again, or use Node ${NEEDED} or newer.\n`,
    );
    process.exitCode = USAGE_ERROR;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? USAGE_ERROR) : 128 + constants.signals[signal];
  });
}

/** The Node in the nearest node_modules above this file; null where there is none, or where it is this one (handing over would not end). */
function nodeOfCheckout() {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');
    if (existsSync(node)) return realpathSync(node) === realpathSync(process.execPath) ? null : node;
    if (folder === dirname(folder)) return null;
  }
}

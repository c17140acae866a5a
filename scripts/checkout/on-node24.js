#!/usr/bin/env node
// on-node24 COMMAND ARGUMENT...: runs a command of a checkout on a Node that runs TypeScript: this one, or the one that `npm ci` brought.
// npm links that Node as node_modules/.bin/node only sometimes: npm 10 takes the link away again with the package of the other
// processor, which it does not install. So every npm script starts with this (docs/decisions/0001-node-from-npm.md).

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter } from 'node:path';
import { fileURLToPath } from 'node:url';

const [command, ...rest] = process.argv.slice(2);
const folder = fileURLToPath(
  new URL(`../../node_modules/node-${process.platform}-${process.arch}/bin`, import.meta.url),
);
const here = process.features.typescript ? null : folder;

if (command === undefined || (here !== null && !existsSync(here))) {
  process.stderr.write(
    command === undefined
      ? 'usage: on-node24 COMMAND ARGUMENT...\n'
      : `Node 22.18 or newer is needed; this is ${process.versions.node}, and \`npm ci\` brings one along only on Linux (x64 and arm64, optional dependencies on).\n`,
  );
  process.exitCode = 2;
} else {
  const path = here === null ? process.env.PATH : [here, process.env.PATH].join(delimiter);
  const child = spawn(command, rest, {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
    shell: process.platform === 'win32',
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`on-node24: ${command} does not start: ${error.message}\n`);
    process.exitCode = 2;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + constants.signals[signal];
  });
}

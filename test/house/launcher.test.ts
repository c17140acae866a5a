// The launcher and on-node24 are started as a shell starts them, with made-up Nodes beside them.

import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Makes this Node behave like one that does not know TypeScript. */
const OLD = ['--no-experimental-strip-types'];
const bundledNode = path.join('node_modules', `node-${process.platform}-${process.arch}`, 'bin', 'node');

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-launcher-'));
  mkdirSync(path.join(folder, 'src/cli'), { recursive: true });
  mkdirSync(path.join(folder, 'scripts/checkout'), { recursive: true });
  writeFileSync(path.join(folder, 'package.json'), '{"type":"module"}');
  copyFileSync(path.join(root, 'src/cli/wiretrail.js'), path.join(folder, 'src/cli/wiretrail.js'));
  copyFileSync(
    path.join(root, 'scripts/checkout/on-node24.js'),
    path.join(folder, 'scripts/checkout/on-node24.js'),
  );
  writeFileSync(
    path.join(folder, 'src/cli/main.ts'),
    `export async function main(argv: readonly string[]): Promise<number> {
       if (argv[0] === 'sqlite') { await import('node:sqlite'); process.emitWarning('something else'); }
       console.log(JSON.stringify(argv));
       return argv[0] === 'seven' ? 7 : 0;
     }`,
  );
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A Node in the made-up checkout that starts this one, after the lines given. */
function bringNode(...lines: string[]): void {
  const node = path.join(folder, bundledNode);
  mkdirSync(path.dirname(node), { recursive: true });
  writeFileSync(node, ['#!/bin/sh', ...lines, `exec '${process.execPath}' "$@"`, ''].join('\n'));
  chmodSync(node, 0o755);
}

function start(file: string, flags: readonly string[], ...args: string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, NODE_OPTIONS: '', NODE_NO_WARNINGS: '' };
  return spawnSync(process.execPath, [...flags, path.join(folder, file), ...args], { encoding: 'utf8', env });
}

describe('the launcher', () => {
  it('runs the command line and passes its exit code on', () => {
    const run = start('src/cli/wiretrail.js', [], 'seven', 'a b');
    expect([run.status, run.stdout, run.stderr]).toEqual([7, '["seven","a b"]\n', '']);
  });

  it('hides the warning about node:sqlite, and no other', () => {
    const run = start('src/cli/wiretrail.js', [], 'sqlite');
    expect(run.stderr).toContain('something else');
    expect(run.stderr).not.toContain('SQLite');
  });

  it('hands over to the Node of the checkout when its own does not run TypeScript', () => {
    bringNode('echo handed over >&2');
    const run = start('src/cli/wiretrail.js', OLD, 'seven', "it's");
    expect([run.status, run.stdout, run.stderr]).toEqual([7, `["seven","it's"]\n`, 'handed over\n']);
  });

  it('says what is needed and exits 2 when there is no such Node', () => {
    const run = start('src/cli/wiretrail.js', OLD, 'seven');
    expect(run.status).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toContain('22.18 or newer is needed');
  });

  it('does not hand over to itself for ever', () => {
    const node = path.join(folder, bundledNode);
    mkdirSync(path.dirname(node), { recursive: true });
    spawnSync('ln', ['-s', process.execPath, node]);
    const run = start('src/cli/wiretrail.js', OLD, 'seven');
    expect([run.status, run.stdout]).toEqual([2, '']);
  });

  it('tells a Node that does not start', () => {
    bringNode();
    chmodSync(path.join(folder, bundledNode), 0o644);
    const run = start('src/cli/wiretrail.js', OLD, 'seven');
    expect(run.status).toBe(2);
    expect(run.stderr).toContain('does not start');
  });

  it('reports a signal that ended the other Node as a shell does', () => {
    bringNode('kill -TERM $$');
    expect(start('src/cli/wiretrail.js', OLD, 'seven').status).toBe(128 + 15);
  });
});

describe('on-node24', () => {
  it('runs a command as it is when this Node will do', () => {
    bringNode('echo not wanted');
    const run = start('scripts/checkout/on-node24.js', [], process.execPath, '-p', '6 * 7');
    expect([run.status, run.stdout]).toEqual([0, '42\n']);
  });

  it('puts the Node of the checkout first on the path otherwise', () => {
    bringNode('echo on the other');
    const run = start('scripts/checkout/on-node24.js', OLD, 'node', '-e', 'process.exitCode = 5');
    expect([run.status, run.stdout]).toEqual([5, 'on the other\n']);
  });

  it('says what is needed and exits 2 when there is none, or no command', () => {
    const without = start('scripts/checkout/on-node24.js', OLD, 'node', '-v');
    expect([without.status, without.stdout]).toEqual([2, '']);
    expect(without.stderr).toContain('22.18 or newer is needed');
    expect(start('scripts/checkout/on-node24.js', []).status).toBe(2);
    expect(start('scripts/checkout/on-node24.js', [], 'no-such-command-anywhere').status).toBe(2);
  });
});

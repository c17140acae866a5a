// What a run of the command line lets out.

import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { runHere, runWiretrail } from '../cli/run-wiretrail.ts';
import { temporaryFolder } from './simulated-archive.ts';

/** A folder to run in, with a fixed key of fingerprints. The test removes it. */
export function homeWithKey(): string {
  const home = temporaryFolder();
  writeFileSync(join(home, 'key'), '5e'.repeat(32), { mode: 0o600 });
  return home;
}

/** Everything that a run lets out, by name. */
export async function outputsOf(home: string, folder: string): Promise<Map<string, string>> {
  const outputs = new Map<string, string>();
  const common = ['replay', folder, '--fingerprint-key', 'key', '--no-progress'];
  for (const format of ['pretty', 'jsonl']) {
    const out = `out-${format}`;
    rmSync(join(home, out), { recursive: true, force: true });
    const state = `${format}.db`;
    for (const name of readdirSync(home)) if (name.startsWith(state)) rmSync(join(home, name));
    const argv = [
      ...common,
      '--format',
      format,
      '--out',
      out,
      '--state',
      state,
      '--summary',
      `${format}.json`,
    ];
    // One of them in a process of its own, with what Node itself may write.
    const ran = await (format === 'pretty' ? runWiretrail : runHere)(argv, home);
    expect(ran.code, ran.stderr).toBeLessThan(2);
    outputs.set(`${format} stdout`, ran.stdout);
    outputs.set(`${format} stderr`, ran.stderr);
    for (const name of readdirSync(join(home, out))) {
      outputs.set(`${format} ${name}`, readFileSync(join(home, out, name), 'latin1'));
    }
    for (const name of readdirSync(home).filter(
      (name) => name.startsWith(state) || name === `${format}.json`,
    )) {
      outputs.set(name, readFileSync(join(home, name), 'latin1'));
    }
  }
  return outputs;
}

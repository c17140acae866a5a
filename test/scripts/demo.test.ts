import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { RunSummary } from '../../src/reports/run-summary.ts';
import { runWiretrail } from '../cli/run-wiretrail.ts';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-demo-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const demo = (...argv: string[]): Promise<{ code: number; stdout: string; stderr: string }> =>
  new Promise((resolve) => {
    const script = fileURLToPath(new URL('../../scripts/demo.ts', import.meta.url));
    execFile(process.execPath, [script, ...argv], { cwd: home }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

const findingsIn = (folder: string) =>
  readFileSync(join(home, folder, 'findings.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Finding)
    .map(({ rule, severity, title, count }) => [rule.id, severity, title, count].join(' '))
    .sort();
const summaryIn = (folder: string) =>
  JSON.parse(readFileSync(join(home, folder, 'summary.json'), 'utf8')) as RunSummary;

it('finds what it planted, and the command that it names finds the same and reads no other file', async () => {
  const ran = await demo('--records', '4000');
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.code, ran.stdout.slice(-2_000)).toBe(0);
  expect(readdirSync(join(home, 'wiretrail-demo')).sort()).toEqual(['archive', 'config.yml', 'report']);
  const command = /again {5}npx wiretrail (.+)/.exec(ran.stdout)![1]!;
  const again = await runWiretrail([...command.split(' '), '--out', 'again'], home);
  expect(again.code).toBe(1);
  expect(findingsIn('again')).toEqual(findingsIn('wiretrail-demo/report'));
  const { objects, records } = summaryIn('wiretrail-demo/report');
  expect(summaryIn('again')).toMatchObject({ objects, records });
  // truth.json, which is all that lies there besides logs.
  expect(objects).toMatchObject({ partlyRead: 0, failed: {}, skipped: { 'not-a-log': 1 } });
});

it('replaces nothing but an earlier demo', async () => {
  mkdirSync(join(home, 'mine'));
  writeFileSync(join(home, 'mine', 'truth.json'), 'mine');
  const ran = await demo('--out', 'mine');
  expect(ran.code).toBe(2);
  expect(ran.stderr).toContain('mine: is no folder of an earlier demo');
  expect(existsSync(join(home, 'mine', 'truth.json'))).toBe(true);
});

// `npm run test:properties -- [ROUNDS] [FIRST SEED]`: the files with property tests, each round under a seed of its own; 10 rounds unless told
// otherwise. Prints the seeds that fail, and how to run one again; exit code 1 then.

import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

const [wanted = '10', first = String(Date.now() % 1_000_000_000)] = process.argv.slice(2);
const [rounds, firstSeed] = [Number(wanted), Number(first)];
if (!(Number.isInteger(rounds) && rounds > 0 && Number.isInteger(firstSeed))) {
  process.stderr.write('usage: npm run test:properties -- [ROUNDS] [FIRST SEED]\n');
  process.exit(2);
}
const root = path.join(import.meta.dirname, '..');
const files = readdirSync(path.join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => path.join('test', file))
  .filter((file) => /\bfc\s*\.\s*(?:assert|check)\b/.test(readFileSync(path.join(root, file), 'utf8')))
  .sort();
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
const failed: number[] = [];
for (let seed = firstSeed; seed < firstSeed + rounds; seed++) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, 'run', ...files], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, PROPERTY_SEED: String(seed), NO_COLOR: '1' },
    maxBuffer: 1 << 28,
  });
  const passed = status === 0;
  process.stdout.write(`seed ${seed}: ${stdout.trim().split('\n').at(-1)}\n`);
  if (passed) continue;
  failed.push(seed);
  process.stdout.write(`${stdout}${stderr}\nagain: PROPERTY_SEED=${seed} npm test -- FILE\n`);
}
process.stdout.write(`${rounds} rounds over ${files.length} files, ${failed.length} failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

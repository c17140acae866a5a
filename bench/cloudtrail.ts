// CloudTrail replay beside gunzip + JSON.parse: whole processes in turn, CPU seconds, medians and the ratio of each pair.
//   npm run bench -- [--records 500000] [--pairs 5] [--archive DIR] [--save NAME]
// A run that is claimed anywhere is saved under bench/runs/.

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { simulate } from '../src/simulate/simulate.ts';

interface Measured {
  readonly records: number;
  readonly bytes: number;
  readonly findings?: number;
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '500000' },
    pairs: { type: 'string', default: '5' },
    archive: { type: 'string' },
    save: { type: 'string' },
  },
});
const here = import.meta.dirname;
const archive = values.archive ?? mkdtempSync(join(tmpdir(), 'wiretrail-bench-'));
if (values.archive === undefined || !existsSync(archive)) {
  mkdirSync(archive, { recursive: true });
  await simulate({
    outDir: archive,
    seed: 'bench',
    days: 3,
    records: Number(values.records),
    onlyKinds: ['cloudtrail'],
  });
}

function measure(script: string): Measured {
  const output = execFileSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', join(here, 'start.js'), join(here, script), archive],
    {
      encoding: 'utf8',
      maxBuffer: 1 << 24,
    },
  );
  return JSON.parse(output) as Measured;
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

// One pair is thrown away: it fills the file cache and the compile cache.
measure('gunzip-and-parse.ts');
measure('replay-all.ts');
const pairs: { yardstick: Measured; replay: Measured }[] = [];
for (let pair = 0; pair < Number(values.pairs); pair++) {
  pairs.push({ yardstick: measure('gunzip-and-parse.ts'), replay: measure('replay-all.ts') });
}
const ratios = pairs.map(({ yardstick, replay }) => yardstick.cpuSeconds / replay.cpuSeconds);
const range = (numbers: readonly number[], digits: number): string =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)})`;
const { yardstick, replay } = pairs[0]!;
if (replay.records !== yardstick.records) {
  throw new Error(`the replay saw ${replay.records} records, the yardstick ${yardstick.records}`);
}
const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
const report = `# CloudTrail replay beside gunzip + JSON.parse

Commit ${commit}, Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'} (${cpus().length} cores), ${pairs.length} pairs in turn, CPU seconds of whole processes: median (least to most).

| | gunzip + JSON.parse | replay, all detectors |
|---|---|---|
| records | ${yardstick.records} | ${replay.records} |
| bytes inflated | ${yardstick.bytes} | ${replay.bytes} |
| findings | | ${replay.findings} |
| CPU seconds | ${range(
  pairs.map((pair) => pair.yardstick.cpuSeconds),
  2,
)} | ${range(
  pairs.map((pair) => pair.replay.cpuSeconds),
  2,
)} |
| resident peak, MB | ${range(
  pairs.map((pair) => pair.yardstick.peakMegabytes),
  0,
)} | ${range(
  pairs.map((pair) => pair.replay.peakMegabytes),
  0,
)} |

Ratio (1.00 is the yardstick's speed, more is faster): **${range(ratios, 2)}**

Command: \`npm run bench -- --records ${values.records} --pairs ${values.pairs}\`
`;
process.stdout.write(report);
if (values.save !== undefined) writeFileSync(join(here, 'runs', `${values.save}.md`), report);
if (values.archive === undefined) rmSync(archive, { recursive: true, force: true });

// `npm run test:faults -- [SCHEDULES] [FIRST SEED]`: seeded schedules of faults over the small archives of test/live, 1,000 unless told otherwise.
// Each must end with the findings of a fault-free replay and with every alert sent. Prints the seeds that do not; exit code 1 then.

import { deepStrictEqual } from 'node:assert';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testArchives } from '../test/live/archives.ts';
import { MANY_FAULTS, NO_FAULTS, runSchedule } from '../test/live/fault-schedules.ts';
import { comparable } from '../test/live/live-run.ts';

/** Every so many schedules one without faults: then no alert may be sent twice at all. */
const FAULTLESS_EVERY = 5;
const SCHEDULES_BETWEEN_LINES = 100;

const [wanted = '1000', first = '1'] = process.argv.slice(2);
const [schedules, firstSeed] = [Number(wanted), Number(first)];
if (!(Number.isInteger(schedules) && schedules > 0 && Number.isInteger(firstSeed))) {
  process.stderr.write('usage: npm run test:faults -- [SCHEDULES] [FIRST SEED]\n');
  process.exit(2);
}
const folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-faults-'));
const startedMs = performance.now();
const totals = { schedules: 0, invocations: 0, killed: 0, conflicts: 0, alerts: 0, failed: 0 };
try {
  const archives = [...(await testArchives(folder))];
  for (let seed = firstSeed; seed < firstSeed + schedules; seed++) {
    const [name, archive] = archives[seed % archives.length]!;
    const faults = seed % FAULTLESS_EVERY === 0 ? NO_FAULTS : MANY_FAULTS;
    const problems: string[] = [];
    try {
      const result = await runSchedule(archive, seed, faults);
      totals.invocations += result.invocations;
      totals.killed += result.killed;
      totals.conflicts += result.conflicts;
      totals.alerts += result.alerts;
      problems.push(...result.alertProblems);
      deepStrictEqual(comparable(result.findings), comparable(archive.expected));
    } catch (error) {
      problems.push(error instanceof Error ? (error.stack ?? error.message) : 'failed');
    }
    totals.schedules++;
    if (problems.length > 0) {
      totals.failed++;
      process.stdout.write(`seed ${seed}, ${name}:\n  ${problems.join('\n  ').slice(0, 4_000)}\n`);
    }
    if (totals.schedules % SCHEDULES_BETWEEN_LINES === 0) process.stdout.write(`${summary()}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.stdout.write(`${summary()}\n`);
process.exitCode = totals.failed === 0 ? 0 : 1;

function summary(): string {
  const seconds = Math.round((performance.now() - startedMs) / 1_000);
  return (
    `${totals.schedules} schedules, ${totals.failed} failed: ${totals.invocations} invocations, ${totals.killed} of them cut off, ` +
    `${totals.conflicts} lost races, ${totals.alerts} alerts, ${seconds} s`
  );
}

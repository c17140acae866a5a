// The verdicts of the days of an archive, once all of it is there, are those of its replay.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { VERDICTS } from '../../src/findings/call-verdicts.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { dailyVerdicts } from '../../src/live/daily-verdicts.ts';
import { coverLogs } from '../../src/replay/coverage.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { seededRandom } from './fault-schedules.ts';
import { archiveSources, closeAll, invoke, testClock, testContext } from './live-run.ts';

const DAY_MS = 86_400_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-live-verdicts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('are the same, in whatever order and grouping its objects come', async () => {
  const outDir = path.join(folder, 'archive');
  await simulate({
    outDir,
    seed: 'verdicts',
    records: 1_500,
    days: 2,
    accounts: 3,
    principals: 20,
    regions: ['us-east-1'],
    onlyKinds: ['cloudtrail'],
    scenarios: ['TLS'],
  });
  const { verdicts, summary } = await coverLogs({
    inputs: [outDir],
    awsRanges: createAwsRanges(AWS_RANGES_TABLE),
  });
  const firstDay = Math.floor(Date.parse(summary.firstEvent!) / DAY_MS);
  const lastDay = Math.floor(Date.parse(summary.lastEvent!) / DAY_MS);
  const random = seededRandom(7);
  const clock = testClock(Date.parse(summary.firstEvent!));
  const context = testContext({ clock });
  const sources = [...(await archiveSources(outDir))].sort(() => random() - 0.5);
  while (sources.length > 0)
    expect((await invoke(context, sources.splice(0, 1 + Math.floor(random() * 20)))).again).toEqual([]);
  // Copies of calls in another account's trail wait until their time closes.
  clock.advance(10 * DAY_MS);
  await closeAll(context);
  const sums = Object.fromEntries(VERDICTS.map((verdict) => [verdict, 0]));
  for (let day = firstDay; day <= lastDay; day++) {
    const { totals, truncated } = await dailyVerdicts(context, day * DAY_MS);
    expect(truncated).toBe(false);
    for (const verdict of VERDICTS) sums[verdict] = sums[verdict]! + totals[verdict];
  }
  expect(sums).toEqual(verdicts.totals);
  expect(verdicts.totals.suspicious).toBeGreaterThan(0);
  expect(verdicts.totals.ok).toBeGreaterThan(500);
});

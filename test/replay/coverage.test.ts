// What simulated archives show: everything, unless a kind of log is left out.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { coverLogs } from '../../src/replay/coverage.ts';
import { simulate } from '../../src/simulate/simulate.ts';

const awsRanges = createAwsRanges(AWS_RANGES_TABLE);
const cover = (...inputs: string[]) => coverLogs({ inputs, awsRanges });
const blindIn = async (...inputs: string[]) =>
  (await cover(...inputs)).coverage.detectors
    .filter(({ state }) => state === 'blind')
    .map(({ rule }) => rule);

let folder: string;
let whole: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-covered-'));
  whole = join(folder, 'whole');
  await simulate({ outDir: whole, seed: 'coverage', records: 20_000, days: 1 });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('nobody is blind in an archive of all kinds of logs', async () => {
  expect(await blindIn(whole)).toEqual([]);
});

it('a second delivery of everything changes nothing', async () => {
  const once = await cover(whole);
  const twice = await cover(whole, whole);
  expect(twice.coverage).toEqual(once.coverage);
  expect(twice.summary.records.duplicates).toBeGreaterThan(once.summary.records.judged / 2);
});

it('without flow logs those are blind that look at flows, and no others', async () => {
  const outDir = join(folder, 'no-flows');
  await simulate({ outDir, seed: 'coverage', records: 10_000, days: 1, onlyKinds: ['cloudtrail', 'logs'] });
  const blind = await blindIn(outDir);
  expect(blind).toEqual(expect.arrayContaining(['TLS-06', 'TLS-07', 'TLS-08', 'TLS-11']));
  for (const rule of blind) expect(rule).toMatch(/^TLS-/);
});

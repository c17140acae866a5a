// Every call to DynamoDB and DAX that is judged has one verdict: in an archive of all kinds, and in one of several months.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Observer } from '../../src/detectors/detector.ts';
import { callsOf } from '../../src/findings/call-verdicts.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { LATENESS_MS } from '../../src/pipeline.ts';
import { coverLogs } from '../../src/replay/coverage.ts';
import { replay } from '../../src/replay/run.ts';
import { simulate } from '../../src/simulate/simulate.ts';
import { writeKey } from '../acceptance/simulated-archive.ts';
import { quietCall, trailObject } from '../cli/run-wiretrail.ts';
import { testSettings } from '../detectors/plain-replay.ts';

const DAY_MS = 86_400_000;
const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-verdicts-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('their sum is the number of calls, but for those that came too late for their day; coverage says the same', async () => {
  const outDir = join(folder, 'simulated');
  await simulate({ outDir, seed: 'verdicts', records: 12_000, days: 2 });
  let calls = 0;
  const counting: Observer = {
    needs: { calls: ['dynamodb', 'dax'] },
    observeCall(call) {
      const closesMs = (Math.floor(call.timeMs / DAY_MS) + 1) * DAY_MS + LATENESS_MS;
      if (call.deliveredMs < closesMs) calls++;
    },
  };
  const { summary, verdicts } = await replay({
    inputs: [outDir],
    awsRanges,
    settings: testSettings,
    fingerprintKey: Buffer.alloc(32, 7),
    observers: () => [counting],
  });
  expect(calls).toBeGreaterThan(1_000);
  expect(callsOf(summary.verdicts)).toBe(calls);
  for (const verdict of ['ok', 'explained', 'suspicious'] as const)
    expect(summary.verdicts[verdict]).toBeGreaterThan(0);
  const covered = await coverLogs({ inputs: [outDir], awsRanges });
  expect(covered.verdicts).toEqual(verdicts);
  const twice = await coverLogs({ inputs: [outDir, outDir], awsRanges });
  expect(twice.verdicts).toEqual(verdicts);
});

it('days are counted before their summaries are dropped', async () => {
  const outDir = join(folder, 'long');
  const days = 100;
  for (let day = 0; day < days; day++) {
    const date = new Date(Date.UTC(2026, 0, 1) + day * DAY_MS).toISOString().slice(0, 10);
    const stamp = `${date.replaceAll('-', '')}T1205Z`;
    const key = `AWSLogs/111122223333/CloudTrail/us-east-1/${date.replaceAll('-', '/')}/111122223333_CloudTrail_us-east-1_${stamp}_${String(day).padStart(16, 'A')}.json.gz`;
    const calls = [0, 1, 2].map((n) => ({
      ...quietCall(3 * day + n),
      eventTime: `${date}T12:00:0${n}Z`,
      eventSource: 'dynamodb.amazonaws.com',
      eventName: 'DescribeTable',
    }));
    // One of them is a service's call, without TLS.
    const service = { ...calls[2]!, tlsDetails: undefined, sourceIPAddress: 'lambda.amazonaws.com' };
    writeKey(outDir, key, trailObject([calls[0]!, calls[1]!, service]));
  }
  const { verdicts } = await coverLogs({ inputs: [outDir], awsRanges });
  expect(verdicts.totals).toEqual({ suspicious: 0, weak: 0, unknown: 0, explained: days, ok: 2 * days });
  expect(verdicts.rows).toHaveLength(1);
});

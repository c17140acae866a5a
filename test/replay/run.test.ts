import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { type ReplayOptions, type ReplayProgress, replay } from '../../src/replay/run.ts';
import { WORK_MS_BETWEEN_TURNS } from '../../src/replay/turns.ts';
import type { LedgerLine } from '../../src/reports/run-summary.ts';
import { quietCall, rootCall, trailObject } from '../cli/run-wiretrail.ts';
import { startLocalS3 } from '../handlers/local-s3.ts';

/** Decoded once: that takes longer than most of these tests. */
const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-replay-'));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

const run = (inputs: readonly string[], options: Partial<ReplayOptions> = {}) =>
  replay({
    inputs,
    fingerprintKey: Buffer.from('a key for tests, not a secret'),
    awsRanges,
    settings: DEFAULT_SETTINGS,
    ...options,
  });

function folder(files: Readonly<Record<string, Buffer | string>>): string {
  const path = join(home, 'logs');
  mkdirSync(path);
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(path, name), bytes);
  return path;
}

describe('a dry run', () => {
  it('tells how much would be read, opens nothing, and makes no state', async () => {
    const logs = folder({
      'a.json.gz': trailObject([rootCall(1)]),
      'b.json.gz': 'no log at all, which only opening it could tell',
    });
    const lines: LedgerLine[] = [];
    const statePath = join(home, 'state');
    const { findings, summary } = await run([logs], {
      dryRun: true,
      statePath,
      onObject: (line) => lines.push(line),
    });
    const sizes = [trailObject([rootCall(1)]).length, 47];
    expect(findings).toEqual([]);
    expect(summary).toMatchObject({
      mode: 'dry-run',
      objects: { listed: 2, skipped: { 'dry-run': 2 } },
      bytes: { stored: sizes[0]! + sizes[1]!, inflated: 0 },
      identities: { objects: true },
      problemCount: 0,
    });
    expect(lines.map((line) => line.storedBytes)).toEqual(sizes);
    expect(existsSync(statePath)).toBe(false);
  });

  it('leaves out what the state has read', async () => {
    const logs = folder({ 'a.json.gz': trailObject([quietCall(1)]) });
    const statePath = join(home, 'state');
    await run([logs], { statePath });
    writeFileSync(join(logs, 'b.json.gz'), trailObject([quietCall(2)]));
    const { summary } = await run([logs], { statePath, dryRun: true });
    expect(summary.objects).toMatchObject({ listed: 2, skipped: { 'already-read': 1, 'dry-run': 1 } });
    expect((await run([logs], { statePath })).summary.objects).toMatchObject({
      read: 1,
      skipped: { 'already-read': 1 },
    });
  });
});

describe('the problems of a run', () => {
  it('are one for each bad record, and none again for the object that they stand in', async () => {
    const calls = [
      quietCall(1),
      { ...quietCall(2), eventTime: 'no time' },
      { ...quietCall(3), eventTime: 7 },
    ];
    const { summary } = await run([folder({ 'a.json.gz': trailObject(calls) })]);
    expect(summary.objects).toMatchObject({ listed: 1, read: 0, partlyRead: 1 });
    expect(summary.problems.map(({ where }) => where.slice(home.length))).toEqual([
      '/logs/a.json.gz#2',
      '/logs/a.json.gz#3',
    ]);
    expect(summary.problemCount).toBe(2);
  });

  it('are one for a damaged object, beside those of its records', async () => {
    const calls = [
      { ...quietCall(0), eventTime: 'no time' },
      ...Array.from({ length: 400 }, (_, n) => quietCall(n)),
    ];
    const whole = trailObject(calls);
    const { summary } = await run([folder({ 'a.json.gz': whole.subarray(0, whole.length - 200) })]);
    expect(summary.objects).toMatchObject({ listed: 1, partlyRead: 1 });
    expect(summary.problems.map(({ where, code }) => [where.slice(home.length), code])).toEqual([
      ['/logs/a.json.gz', 'truncated'],
      ['/logs/a.json.gz#1', expect.not.stringMatching('truncated')],
    ]);
    expect(summary.problemCount).toBe(2);
    expect(Object.values(summary.records.unreadable).reduce((sum, count) => sum + count, 0)).toBe(2);
  });

  it('name what only opening shows to be archived, with the command that restores it, and skip it', async () => {
    const s3 = await startLocalS3('archive');
    try {
      await s3.put('archive', 'a.json.gz', trailObject([quietCall(1)]));
      await s3.put('archive', 'b.json.gz', trailObject([quietCall(2)]));
      s3.client.middlewareStack.add(
        (next) => (given) => {
          // What S3 says of an object of Intelligent-Tiering that sank into the archive tier.
          if ((given.input as { Key?: string }).Key !== 'a.json.gz') return next(given);
          throw Object.assign(new Error('not for the report'), { name: 'InvalidObjectState' });
        },
        { step: 'initialize' },
      );
      const { summary } = await run(['s3://archive'], { s3: s3.client });
      expect(summary.objects).toEqual({
        listed: 2,
        read: 1,
        partlyRead: 0,
        skipped: { 'archived-storage-class': 1 },
        failed: {},
      });
      expect(summary.records.unreadable).toEqual({});
      expect(summary.identities).toEqual({ objects: true, records: true, findings: true });
      expect(summary.problems).toMatchObject([
        {
          where: 's3://archive/a.json.gz',
          code: 'archived-storage-class',
          message: 'is in an archive storage class',
          hint: expect.stringContaining("aws s3api restore-object --bucket 'archive' --key 'a.json.gz'"),
        },
      ]);
      expect(summary.problemCount).toBe(1);
    } finally {
      await s3.close();
    }
  });
});

describe('the event loop', () => {
  it('gets its turns while one large object is read, and progress is told with them', async () => {
    const line = Buffer.from(`${'2026-10-05T12:00:00Z INFO nothing to see here\n'.repeat(40)}`);
    const chunks = 12;
    async function* busy(): AsyncGenerator<Buffer> {
      for (let chunk = 0; chunk < chunks; chunk++) {
        const until = performance.now() + WORK_MS_BETWEEN_TURNS / 2;
        while (performance.now() < until);
        yield line;
      }
    }
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const told: ReplayProgress[] = [];
    try {
      await run(['-'], { stdin: busy(), onProgress: (progress) => told.push(progress) });
    } finally {
      clearInterval(timer);
    }
    expect(ticks).toBeGreaterThan(2);
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toMatchObject({ objectsDone: 1, objectsListed: 1, records: 40 * chunks });
  });

  it('is asked between the parts of a listing whether to go on', async () => {
    const logs = folder({ 'a.json.gz': trailObject([rootCall(1)]), 'b.json.gz': trailObject([rootCall(2)]) });
    const { findings, summary } = await run([logs], { shouldStop: () => true });
    expect(findings).toEqual([]);
    expect(summary.objects).toMatchObject({ read: 0, partlyRead: 0 });
    expect(summary.identities).toMatchObject({ objects: true, records: true });
  });
});

// Order does not matter, nor how often an object comes, nor in how many parts an archive is read: over a whole simulated archive.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tellStories } from '../../src/findings/stories.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import type { ReplayResult } from '../../src/replay/run.ts';
import { TRAFFIC_CLASSES } from '../../src/simulate/truth.ts';
import { createEventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { quietCall, trailObject } from '../cli/run-wiretrail.ts';
import {
  type ArchiveOnDisk,
  archivePipeline,
  copyArchive,
  isTrailObject,
  keysBelow,
  readKey,
  reordered,
  replayFolders,
  sameRun,
  shuffler,
  simulatedArchive,
  temporaryFolder,
  writeKey,
} from './simulated-archive.ts';

/** Delivered weeks after the rest: every window of the archive is closed by then, so that a run over a durable state can be compared. */
const LATE_KEY =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/20/111122223333_CloudTrail_us-east-1_20261120T0000Z_LastOneOfAll0000.json.gz';

let home: string;
let archive: ArchiveOnDisk;
let asIs: ReplayResult;
let expected: Map<string, unknown>;

beforeAll(async () => {
  home = temporaryFolder();
  const written = await simulatedArchive(home, { seed: 'invariance', records: 15_000 });
  writeKey(written.dir, LATE_KEY, trailObject([{ ...quietCall(1), eventTime: '2026-11-19T23:50:00Z' }]));
  archive = { ...written, keys: keysBelow(written.dir) };
  asIs = await replayFolders([archive.dir], archive.settings);
  expected = sameRun(asIs.findings);
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

const replayed = async (...inputs: string[]) => replayFolders(inputs, archive.settings);

describe('the archive', () => {
  it('has all kinds of records, and findings of every family that can be planted', () => {
    const { records, identities, findings } = asIs.summary;
    expect(records.judged).toBeGreaterThan(12_000);
    for (const kind of ['calls', 'flows', 'lines'] as const) expect(records[kind]).toBeGreaterThan(1_000);
    expect(records.duplicates).toBeGreaterThan(50);
    expect(identities).toEqual({ objects: true, records: true, findings: true });
    const planted = [...new Set(archive.truth.attacks.map((attack) => attack.rule))].sort();
    expect(Object.keys(findings.byRule)).toEqual(expect.arrayContaining(planted));
  });

  it('has plain HTTP in every class of traffic, late and twice among them, and accounts that are poorly logged', () => {
    const { attacks, accounts, counts } = archive.truth;
    const plain = attacks.filter((attack) => attack.rule === 'TLS-06');
    const classes = new Set(plain.map((attack) => attack.trafficClass));
    expect([...classes].sort()).toEqual([...TRAFFIC_CLASSES].sort());
    expect(plain.filter(({ caller }) => caller !== null).length).toBeGreaterThan(5);
    // Who was named is part of what must be the same.
    const named = asIs.findings.filter(({ rule, principal }) => rule.id === 'TLS-06' && principal !== null);
    expect(named.length).toBeGreaterThan(3);
    expect(new Set(accounts.map(({ logging }) => logging)).size).toBe(5);
    expect(counts.duplicateCalls / counts.calls).toBeGreaterThan(0.04);
    expect(counts.lateCalls).toBeGreaterThan(20);
  });
});

describe('equal runs', () => {
  it('from other folders, named in another order', async () => {
    const shuffle = shuffler(1);
    const parts = [0, 1, 2, 3].map((n) => join(home, `elsewhere-${9 - n}`));
    const partOf = new Map(shuffle(archive.keys).map((key, at) => [key, at % parts.length]));
    for (const [n, part] of parts.entries()) {
      copyArchive(archive, part, (key) => (partOf.get(key) === n ? 'as it is' : null));
    }
    const { findings, summary } = await replayed(...shuffle(parts));
    expect(sameRun(findings)).toEqual(expected);
    expect(summary.records).toEqual(asIs.summary.records);
    expect(summary.verdicts).toEqual(asIs.summary.verdicts);
  });

  it('with the records of every CloudTrail object in another order', async () => {
    const shuffle = shuffler(2);
    const shuffled = join(home, 'shuffled');
    copyArchive(archive, shuffled, (key, bytes) =>
      isTrailObject(key) ? reordered(bytes(), shuffle) : 'as it is',
    );
    const { findings, summary } = await replayed(shuffled);
    expect(sameRun(findings)).toEqual(expected);
    expect(summary.records).toEqual(asIs.summary.records);
    expect(summary.verdicts).toEqual(asIs.summary.verdicts);
  });

  it('with every object twice', async () => {
    const copy = join(home, 'second-copy');
    copyArchive(archive, copy);
    const { findings, summary } = await replayed(archive.dir, copy);
    const { records } = asIs.summary;
    expect(sameRun(findings)).toEqual(expected);
    expect(summary.records.judged).toBe(records.judged);
    expect(summary.records.duplicates).toBe(2 * records.duplicates + records.judged);
    expect(summary.verdicts).toEqual(asIs.summary.verdicts);
    expect(summary.identities.records).toBe(true);
  });

  it('with objects in any order, and windows closed at the end alone', async () => {
    const pipeline = archivePipeline(archive.settings);
    for (const key of shuffler(3)(archive.keys)) await readKey(pipeline, archive.dir, key);
    pipeline.finish();
    expect(sameRun(tellStories(pipeline.book.standing()))).toEqual(expected);
  });

  it('split among seven that share their claims, with objects delivered twice, and merged', async () => {
    const claims = createEventClaims(createMemoryState());
    const workers = Array.from({ length: 7 }, () => archivePipeline(archive.settings, claims));
    const keys = shuffler(4)(archive.keys);
    for (const [at, key] of keys.entries()) {
      await readKey(workers[at % 7]!, archive.dir, key);
      if (at % 3 === 0) await readKey(workers[(at * 5 + 1) % 7]!, archive.dir, key);
    }
    const merged = archivePipeline(archive.settings, claims);
    for (const worker of workers) {
      worker.settle();
      merged.mergeFrom(worker);
    }
    merged.finish();
    expect(sameRun(tellStories(merged.book.standing()))).toEqual(expected);
  });

  it('in three runs over one state', async () => {
    const statePath = join(home, 'state.db');
    const stamps = new Map(archive.keys.map((key) => [key, objectFacts(key, key, Number.NaN).deliveredMs]));
    const delivered = [...stamps.values()].filter((stamp) => !Number.isNaN(stamp)).sort((a, b) => a - b);
    const half = delivered[delivered.length >> 1]!;
    // What has no stamp of its own is read first, as it is in one run.
    const runOf = (key: string): number => (key === LATE_KEY ? 2 : stamps.get(key)! > half ? 1 : 0);
    const judged: number[] = [];
    let last: ReplayResult | null = null;
    for (const run of [0, 1, 2]) {
      const folder = join(home, `delivery-${run}`);
      copyArchive(archive, folder, (key) => (runOf(key) === run ? 'as it is' : null));
      last = await replayFolders([folder], archive.settings, { statePath });
      judged.push(last.summary.records.judged);
      expect(last.summary.identities).toEqual({ objects: true, records: true, findings: true });
    }
    expect(Math.min(judged[0]!, judged[1]!)).toBeGreaterThan(2_000);
    expect(judged.reduce((sum, count) => sum + count, 0)).toBe(asIs.summary.records.judged);
    expect(sameRun(last!.findings)).toEqual(expected);
  });

  it('over a state that has seen every object', async () => {
    const statePath = join(home, 'again.db');
    const first = await replayFolders([archive.dir], archive.settings, { statePath });
    const again = await replayFolders([archive.dir], archive.settings, { statePath });
    expect(again.summary.records.total).toBe(0);
    expect(again.summary.objects.read).toBe(0);
    expect(again.summary.objects.skipped['already-read']).toBe(first.summary.objects.read);
    expect(sameRun(again.findings)).toEqual(expected);
  });

  it('over a state that saw damaged objects: they are said again, not taken as read', async () => {
    const statePath = join(home, 'repaired.db');
    const folder = join(home, 'repaired');
    const hurt = new Set(archive.keys.filter((key, at) => isTrailObject(key) && at % 7 === 0));
    copyArchive(archive, folder, (key, bytes) => (hurt.has(key) ? firstHalf(bytes()) : 'as it is'));
    const first = await replayFolders([folder], archive.settings, { statePath });
    expect(first.summary.objects.partlyRead + sum(first.summary.objects.failed)).toBe(hurt.size);
    expect(first.summary.problemCount).toBe(hurt.size);
    const second = await replayFolders([folder], archive.settings, { statePath });
    expect(second.summary.problemCount).toBe(hurt.size);
    expect(second.summary.records.judged).toBe(0);
  });
});

function firstHalf(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

// One simulated archive of all kinds and all attacks on disk, ways to write it anew, and two ways to read it: by `replay`, and by pipelines.

import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { archiveSettings } from '../../scripts/simulated-replay.ts';
import type { DetectorSettings } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { createPipeline, type Pipeline } from '../../src/pipeline.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { readObject } from '../../src/records/read-object.ts';
import { type ReplayOptions, type ReplayResult, replay } from '../../src/replay/run.ts';
import { type SimulateOptions, simulate } from '../../src/simulate/simulate.ts';
import type { Truth } from '../../src/simulate/truth.ts';
import type { EventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { comparable, TEST_KEY } from '../pipeline/small-archive.ts';

export interface ArchiveOnDisk {
  readonly dir: string;
  readonly truth: Truth;
  /** Paths of the log objects below `dir`, sorted, without truth.json. */
  readonly keys: readonly string[];
  readonly settings: DetectorSettings;
}

/** All attacks, in a third of the objects: for what is done with each object, or with each finding. */
export const ONE_DAY: Omit<SimulateOptions, 'outDir' | 'seed'> = {
  records: 800,
  days: 1,
  accounts: 1,
  principals: 6,
  regions: ['us-east-1'],
};

export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'wiretrail-acceptance-'));
}

/** `below` is a folder that the test removes. */
export async function simulatedArchive(
  below: string,
  options: Omit<SimulateOptions, 'outDir'>,
): Promise<ArchiveOnDisk> {
  const dir = join(below, 'archive');
  const { truth, truthFile } = await simulate({ ...options, outDir: dir });
  rmSync(truthFile);
  return {
    dir,
    truth,
    keys: keysBelow(dir),
    settings: archiveSettings(truth),
  };
}

export function keysBelow(dir: string): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(dir.length + 1))
    .sort();
}

/** Writes `bytes` to `dir/key` with the folders above it. */
export function writeKey(dir: string, key: string, bytes: Buffer | string): void {
  mkdirSync(dirname(join(dir, key)), { recursive: true });
  writeFileSync(join(dir, key), bytes);
}

/** The objects of one archive in another folder; `change` may write them anew, or leave them out (null). What stays as it is is linked. */
export function copyArchive(
  { dir, keys }: ArchiveOnDisk,
  to: string,
  change: (key: string, bytes: () => Buffer) => Buffer | 'as it is' | null = () => 'as it is',
): void {
  for (const key of keys) {
    const changed = change(key, () => readFileSync(join(dir, key)));
    if (changed === null) continue;
    if (changed !== 'as it is') writeKey(to, key, changed);
    else {
      mkdirSync(dirname(join(to, key)), { recursive: true });
      linkSync(join(dir, key), join(to, key));
    }
  }
}

export function isTrailObject(key: string): boolean {
  return key.includes('/CloudTrail/');
}

/** The records of a CloudTrail object in another order. */
export function reordered(bytes: Buffer, order: <T>(list: readonly T[]) => T[]): Buffer {
  const { Records } = JSON.parse(gunzipSync(bytes).toString()) as { Records: unknown[] };
  return gzipSync(JSON.stringify({ Records: order(Records) }), { level: 1 });
}

/** Deterministic: mulberry32 over Fisher and Yates. */
export function shuffler(seed: number): <T>(list: readonly T[]) => T[] {
  let state = seed;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
  return (list) => {
    const shuffled = [...list];
    for (let at = shuffled.length - 1; at > 0; at--) {
      const other = Math.floor(next() * (at + 1));
      [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
    }
    return shuffled;
  };
}

export const awsRanges = createAwsRanges(AWS_RANGES_TABLE);

export function replayFolders(
  inputs: readonly string[],
  settings: DetectorSettings,
  options: Partial<ReplayOptions> = {},
): Promise<ReplayResult> {
  return replay({ inputs, settings, awsRanges, fingerprintKey: TEST_KEY, ...options });
}

export function archivePipeline(settings: DetectorSettings, claims?: EventClaims): Pipeline {
  return createPipeline({
    detectors,
    settings,
    awsRanges,
    fingerprintKey: TEST_KEY,
    state: createMemoryState(),
    ...(claims === undefined ? {} : { claims }),
  });
}

export async function readKey(pipeline: Pipeline, dir: string, key: string): Promise<void> {
  const path = join(dir, key);
  const facts = objectFacts(path, key, statSync(path).mtimeMs);
  const { sink } = pipeline.openObject(facts);
  const chunks = [readFileSync(path)];
  await readObject(
    {
      facts,
      named: false,
      chunks: (async function* () {
        yield* chunks;
      })(),
    },
    sink,
    { flowFields: null },
  );
}

/** Findings as runs are compared by them, by id. */
export function sameRun(findings: readonly Finding[]): Map<string, unknown> {
  const sorted = [...findings].sort((a, b) => (a.id < b.id ? -1 : 1));
  const bare = comparable(sorted);
  return new Map(sorted.map((finding, at) => [finding.id, bare[at]]));
}

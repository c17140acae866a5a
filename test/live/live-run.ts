// The live engine over a memory state, fed by hand: what the handlers do, without AWS.

import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { tellStories } from '../../src/findings/stories.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { batchOfObject } from '../../src/live/batch.ts';
import type { Clock } from '../../src/live/clock.ts';
import { closeWindows } from '../../src/live/closing.ts';
import { createLiveContext, type LiveContext, type LiveOptions } from '../../src/live/context.ts';
import { judgeEarly } from '../../src/live/early.ts';
import { listFindings, type PutResult } from '../../src/live/findings-store.ts';
import { type BatchSource, readBatch } from '../../src/live/read-batch.ts';
import { foldOneCall } from '../../src/live/summary-rows.ts';
import { takeBatches } from '../../src/live/take-batches.ts';
import { createPipeline } from '../../src/pipeline.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { planObjects } from '../../src/replay/plan.ts';
import { replay } from '../../src/replay/run.ts';
import { type SimulateOptions, simulate } from '../../src/simulate/simulate.ts';
import { listSources } from '../../src/sources/list.ts';
import { NO_FILTERS } from '../../src/sources/source.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { readSmall, type SmallObject } from '../pipeline/small-archive.ts';

export const TEST_KEY = Buffer.from('a key for tests, not a secret');
const RANGES = createAwsRanges(AWS_RANGES_TABLE);

/** Stands still unless told, waits for nothing. */
export function testClock(
  startMs = Date.parse('2026-11-20T12:00:00Z'),
): Clock & { advance(ms: number): void } {
  let nowMs = startMs;
  let state = 1;
  return {
    nowMs: () => nowMs,
    random() {
      state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
      return state / 2 ** 32;
    },
    sleep: async () => {},
    advance(ms) {
      nowMs += ms;
    },
  };
}

export function testContext(over: Partial<LiveOptions> = {}): LiveContext {
  return createLiveContext({
    state: createLiveMemoryState(),
    detectors,
    settings: DEFAULT_SETTINGS,
    fingerprintKey: TEST_KEY,
    awsRanges: RANGES,
    flowFields: null,
    clock: testClock(),
    count: () => {},
    findingDays: 400,
    findingsOfLogAnHour: 1_000_000,
    ...over,
  });
}

export interface TestArchive {
  readonly sources: readonly BatchSource[];
  readonly settings: LiveOptions['settings'];
  /** Its CloudTrail records, as EventBridge would bring them early. */
  readonly calls: readonly unknown[];
  /** What a replay of it finds. */
  readonly expected: readonly Finding[];
  /**
   * Windows may close while objects of their time are still to come. Not where accounts are told of each other's calls: which copy counts
   * is decided when their time closes (docs/decisions/0005).
   */
  readonly closesOnTheWay: boolean;
}

/** A simulated archive, read into memory, and the findings of its replay. `change` may write it anew before it is read. */
export async function simulatedArchive(
  options: SimulateOptions,
  change: (folder: string) => void = () => undefined,
): Promise<TestArchive> {
  const { truth } = await simulate(options);
  change(options.outDir);
  const settings = { ...DEFAULT_SETTINGS, ownResources: truth.ownResources };
  const { findings } = await replay({
    inputs: [options.outDir],
    fingerprintKey: TEST_KEY,
    awsRanges: RANGES,
    settings,
  });
  const sources = await archiveSources(options.outDir);
  const calls = sources
    .filter(({ planned }) => planned.facts.kind === 'cloudtrail')
    .flatMap(({ planned }) => recordsOf(gunzipSync(readFileSync(planned.object.name))));
  return { sources, settings, calls, expected: findings, closesOnTheWay: true };
}

/** The objects of an archive on disk, in the order of a replay. */
export async function archiveSources(dir: string): Promise<readonly BatchSource[]> {
  const listing = listSources([dir], NO_FILTERS, {
    stdin: process.stdin,
    nowMs: 0,
    endpointUrl: null,
  });
  const { objects } = await planObjects(listing, NO_FILTERS);
  return objects.map(({ object, facts }): BatchSource => {
    const bytes = readFileSync(object.name);
    const open = async (): Promise<AsyncIterable<Buffer>> => inOnePiece(bytes);
    return {
      id: batchOfObject(object.name, object.version),
      log: 'archive',
      planned: { object: { ...object, open }, facts },
    };
  });
}

/** Objects of CloudTrail records in memory, with what a pipeline finds in them. */
export function recordArchive(objects: readonly SmallObject[], closesOnTheWay: boolean): TestArchive {
  const pipeline = createPipeline({
    detectors,
    settings: DEFAULT_SETTINGS,
    fingerprintKey: TEST_KEY,
    awsRanges: RANGES,
    state: createMemoryState(),
  });
  for (const object of [...objects].sort((a, b) => a.deliveredMs - b.deliveredMs)) {
    readSmall(pipeline, object);
    pipeline.advance(object.deliveredMs);
  }
  pipeline.finish();
  const expected = tellStories(pipeline.book.standing());
  const calls = objects.flatMap(({ records }) => records);
  return {
    sources: objects.map(sourceOfRecords),
    settings: DEFAULT_SETTINGS,
    calls,
    expected,
    closesOnTheWay,
  };
}

export function sourceOfRecords({ name, deliveredMs, records }: SmallObject): BatchSource {
  const { planned, ...source } = sourceOfText(name, JSON.stringify({ Records: records }));
  return { ...source, planned: { ...planned, facts: { ...planned.facts, deliveredMs } } };
}

/** An object in memory, under a key of the archive. */
export function sourceOfText(key: string, text: string, modifiedMs = Number.NaN): BatchSource {
  const bytes = Buffer.from(text);
  const object = {
    name: key,
    key,
    sizeBytes: bytes.length,
    version: 'v1',
    modifiedMs,
    named: true,
    open: async () => inOnePiece(bytes),
  };
  return {
    id: batchOfObject(key, 'v1'),
    log: 'archive',
    planned: { object, facts: objectFacts(key, key, modifiedMs) },
  };
}

export function recordsOf(content: Buffer): unknown[] {
  return (JSON.parse(content.toString('utf8')) as { Records: unknown[] }).Records;
}

/** One call as EventBridge brings it. Returns the findings to decide about. */
export async function invokeEarly(context: LiveContext, call: unknown): Promise<ReadonlySet<string>> {
  return (await judgeCall(context, call)).touched;
}

/** The same; not `complete`: the call must come again. */
export async function judgeCall(context: LiveContext, call: unknown): Promise<PutResult> {
  const deliveredMs = Date.parse((call as { eventTime: string }).eventTime) + 60_000;
  const facts = { name: 'early', key: '', account: '', region: '', deliveredMs, modifiedMs: Number.NaN };
  const { rows, mark } = foldOneCall(context, facts, Buffer.from(JSON.stringify(call)), 1);
  if (mark === null) return { touched: new Set(), complete: true };
  return judgeEarly(context, { rows, marks: [mark], log: null });
}

async function* inOnePiece(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** One invocation: reads the batches, takes them. Returns those that must come again, and the findings to decide about. */
export async function invoke(
  context: LiveContext,
  sources: readonly BatchSource[],
): Promise<{ again: BatchSource[]; touched: ReadonlySet<string> }> {
  const again: BatchSource[] = [];
  const batches = new Map<string, { source: BatchSource; reading: Awaited<ReturnType<typeof readBatch>> }>();
  for (const source of sources) {
    const reading = await readBatch(context, source);
    if (reading.outcome === 'again') again.push(source);
    else batches.set(source.id, { source, reading });
  }
  const { failed, touched } = await takeBatches(
    context,
    [...batches.values()].flatMap(({ reading }) => (reading.outcome === 'read' ? [reading.batch] : [])),
  );
  for (const { source } of batches.values()) if (failed.has(source.id)) again.push(source);
  return { again, touched };
}

/** Where nothing may be passed over. */
export function rethrow(error: unknown): never {
  throw error;
}

/** Moves the clock far past everything, and closes until nothing is left. */
export async function closeAll(
  context: LiveContext,
  onTouched: (ids: ReadonlySet<string>) => Promise<void> = async () => {},
): Promise<number> {
  let windows = 0;
  for (;;) {
    const closed = await closeWindows(context, { hasTime: () => true, onTouched, onProblem: rethrow });
    windows += closed.windows;
    if (closed.windows === 0) return windows;
  }
}

export async function standingFindings(context: LiveContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for await (const { told } of listFindings(context.items)) {
    if (told !== null && told.status !== 'withdrawn') findings.push(told);
  }
  return tellStories(findings.sort((a, b) => (a.id < b.id ? -1 : 1)));
}

/** What two equal runs have in common (docs/decisions/0002, contract 3). */
export function comparable(findings: readonly Finding[]): unknown[] {
  return findings.map((finding) => ({
    ...finding,
    revision: 0,
    evidence: finding.evidence.map(({ locator: _locator, ...rest }) => rest),
  }));
}

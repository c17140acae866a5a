// A replay: lists what is there, reads it in the order of delivery, judges it, and accounts for all of it.

import { existsSync } from 'node:fs';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Detector, DetectorSettings, Observer } from '../detectors/detector.ts';
import { tlsOfPrincipals, verdictsOfDay } from '../detectors/tls/tls-calibration.ts';
import { createVerdictTally } from '../detectors/tls/verdict-tally.ts';
import type { CallVerdicts } from '../findings/call-verdicts.ts';
import type { Finding } from '../findings/finding.ts';
import { tellStories } from '../findings/stories.ts';
import {
  applySuppressions,
  createSuppressedBy,
  NO_SUPPRESSIONS,
  type Suppressions,
} from '../findings/suppressions.ts';
import type { AwsRanges } from '../lib/aws-ranges.ts';
import { createPipeline, type Pipeline } from '../pipeline.ts';
import type { ReadOptions } from '../records/reader.ts';
import type { LedgerLine, RunSummary } from '../reports/run-summary.ts';
import { listSources } from '../sources/list.ts';
import type { Listed, ListFilters, SourceObject } from '../sources/source.ts';
import { openSqliteState, openTemporaryState } from '../state/sqlite-state.ts';
import type { State } from '../state/state.ts';
import { type Plan, type PlannedObject, planObjects } from './plan.ts';
import { type ReadLine, readPlanned, unreadLine } from './read-planned.ts';
import { account, newRun, type Run } from './run-tally.ts';
import { summarize } from './summarize-run.ts';
import { createTurns, type Turns, withTurns } from './turns.ts';

export interface ReplayOptions {
  /** Paths, globs, `-`, `s3://bucket/prefix`, `logs:/log/group`. */
  readonly inputs: readonly string[];
  /** Event time, milliseconds since the epoch, half-open. */
  readonly fromMs?: number;
  readonly toMs?: number;
  readonly accounts?: readonly string[];
  readonly regions?: readonly string[];
  /** SQLite file that keeps folds, claims and findings between runs; a temporary one otherwise. */
  readonly statePath?: string;
  readonly fingerprintKey: Uint8Array;
  /** Field names of flow lines without a header; null for the 14 default ones. */
  readonly flowFields?: readonly string[] | null;
  readonly awsRanges: AwsRanges;
  readonly settings: DetectorSettings;
  /** Findings that are computed and counted, and not told. */
  readonly suppressions?: Suppressions;
  readonly endpointUrl?: string;
  readonly s3?: S3Client;
  readonly stdin?: AsyncIterable<Buffer | string>;
  /** Lists and prunes, opens nothing. */
  readonly dryRun?: boolean;
  readonly detectors?: readonly Detector[];
  /** Shown the same records as the detectors. Asked for at the beginning, and once more where everything is read again. */
  readonly observers?: () => readonly Observer[];
  /** In place of the reader of application and access logs: for who wants the text and not its records. */
  readonly textReader?: NonNullable<ReadOptions['textReader']>;
  /** Clock for the age of the range table and the elapsed time. */
  readonly now?: () => number;
  /** Called as windows close, and once more with a higher revision when late data change a finding. */
  readonly onFinding?: (finding: Finding) => void;
  readonly onProgress?: (progress: ReplayProgress) => void;
  /** Called for every object that was listed: what is not opened first, the others in reading order. */
  readonly onObject?: (line: LedgerLine) => void;
  /** One event id had different bodies, and everything is read again: the lines that `onObject` had so far do not count. */
  readonly onReadAgain?: () => void;
  /** Asked between objects; true ends the run early, with what was read so far. */
  readonly shouldStop?: () => boolean;
}

export interface ReplayProgress {
  readonly objectsDone: number;
  readonly objectsListed: number;
  readonly records: number;
  readonly storedBytes: number;
}

export interface ReplayResult {
  /** What stands at the end, stories told. */
  readonly findings: readonly Finding[];
  readonly summary: RunSummary;
  /** Calls to DynamoDB and DAX of the days that this run judged. */
  readonly verdicts: CallVerdicts;
}

/** Records between two checkpoints of a durable state: a crash costs at most this much reading. */
const RECORDS_PER_CHECKPOINT = 500_000;
export async function replay(wanted: ReplayOptions): Promise<ReplayResult> {
  const now = wanted.now ?? Date.now;
  const startedMs = now();
  const options = { ...withoutSuppressed(wanted, startedMs), detectors: await detectorsOf(wanted) };
  const run = newRun(await planAll(options));
  const state = openState(options);
  try {
    let { pipeline, verdicts } = await readAll(options, run, state, undefined, options.onFinding);
    const contested = state.durable ? new Set<string>() : pipeline.contested();
    const rereadable = run.planned.every(({ object }) => object.name !== '-');
    if (contested.size > 0 && rereadable && options.shouldStop?.() !== true) {
      ({ pipeline, verdicts } = await readContested(options, run, pipeline, contested));
    }
    const suppressions = options.suppressions ?? NO_SUPPRESSIONS;
    const { told, uses } = applySuppressions(suppressions, pipeline.book.standing(), startedMs);
    return {
      findings: tellStories(told),
      summary: summarize(options, run, pipeline, { told, uses, verdicts, startedMs, endedMs: now() }),
      verdicts,
    };
  } finally {
    state.close();
  }
}

interface JudgingOptions extends ReplayOptions {
  readonly detectors: readonly Detector[];
}

/** All of them are most of what there is to load: whoever brings his own does not wait for them. */
async function detectorsOf({ detectors }: ReplayOptions): Promise<readonly Detector[]> {
  return detectors ?? (await import('../detectors/index.ts')).detectors;
}

/** What is suppressed is not heard of while the run goes on, either. */
function withoutSuppressed(options: ReplayOptions, nowMs: number): ReplayOptions {
  const { suppressions, onFinding } = options;
  if (suppressions === undefined || onFinding === undefined) return options;
  const suppressedBy = createSuppressedBy(suppressions, () => nowMs);
  return {
    ...options,
    onFinding: (finding) => {
      if (suppressedBy(finding) === null) onFinding(finding);
    },
  };
}

/** A dry run looks into a state that is there, and makes none. */
function openState({ statePath, dryRun }: ReplayOptions): State {
  if (statePath === undefined || (dryRun === true && !existsSync(statePath))) return openTemporaryState();
  return openSqliteState(statePath);
}

async function planAll(options: ReplayOptions): Promise<Plan> {
  const filters: ListFilters = {
    fromMs: options.fromMs ?? -Infinity,
    toMs: options.toMs ?? Infinity,
    accounts: options.accounts ?? [],
    regions: options.regions ?? [],
  };
  const deps = {
    stdin: options.stdin ?? process.stdin,
    nowMs: (options.now ?? Date.now)(),
    endpointUrl: options.endpointUrl ?? null,
    ...(options.s3 === undefined ? {} : { s3: options.s3 }),
  };
  return planObjects(untilStopped(listSources(options.inputs, filters, deps), options), filters);
}

/** A prefix of a million keys is listed for minutes: that can be stopped too. */
async function* untilStopped(listing: AsyncIterable<Listed>, options: ReplayOptions): AsyncGenerator<Listed> {
  for await (const listed of withTurns(listing, createTurns())) {
    if (options.shouldStop?.() === true) return;
    yield listed;
  }
}

/** Of everything once. */
interface Reading {
  readonly pipeline: Pipeline;
  readonly verdicts: CallVerdicts;
}

async function readAll(
  options: JudgingOptions,
  run: Run,
  state: State,
  contested: ReadonlySet<string> | undefined,
  onFinding: ((finding: Finding) => void) | undefined,
): Promise<Reading> {
  const tally = createVerdictTally();
  const pipeline = createPipeline({
    detectors: options.detectors,
    ...(options.observers === undefined ? {} : { observers: options.observers() }),
    settings: options.settings,
    fingerprintKey: options.fingerprintKey,
    awsRanges: options.awsRanges,
    state,
    ...(options.fromMs === undefined ? {} : { fromMs: options.fromMs }),
    ...(options.toMs === undefined ? {} : { toMs: options.toMs }),
    ...(options.accounts === undefined ? {} : { accounts: options.accounts }),
    ...(options.regions === undefined ? {} : { regions: options.regions }),
    ...(contested === undefined ? {} : { contested }),
    ...(onFinding === undefined ? {} : { onFinding }),
    onJudged(fold, key, day, context) {
      if (fold === tlsOfPrincipals) tally.add(verdictsOfDay(key, day, context));
    },
  });
  const second = contested !== undefined;
  const lasting = state.durable && options.dryRun !== true;
  let newestStampMs = Number.NaN;
  let done = 0;
  let checkpointAt = RECORDS_PER_CHECKPOINT;
  const tellProgress = () => {
    if (second) return;
    options.onProgress?.({
      objectsDone: done,
      objectsListed: run.planned.length,
      records: pipeline.counts.total,
      storedBytes: run.storedBytes,
    });
  };
  // Within a large object too: the only sign of life there is.
  const turns = createTurns(tellProgress);
  const { failed, skipped } = run.unopened;
  for (const { name, code } of failed) options.onObject?.(unreadLine({ name, version: '' }, 'failed', code));
  for (const { name, reason } of skipped)
    options.onObject?.(unreadLine({ name, version: '' }, 'skipped', reason));
  for (const planned of run.planned) {
    await turns.take();
    if (options.shouldStop?.() === true) break;
    const { object, facts } = planned;
    const line = await readOne(planned, options, pipeline, state, turns);
    if (!Number.isNaN(facts.deliveredMs)) {
      newestStampMs = facts.deliveredMs;
      pipeline.advance(facts.deliveredMs);
    }
    done++;
    options.onObject?.(line.ledger);
    if (second) continue;
    account(run, line);
    // What could not be read, or not wholly, is tried again by the next run: its records are known by then, and count once.
    if (lasting && line.ledger.status === 'read') {
      state.writeObject(object.name, object.version, JSON.stringify(line.ledger));
    }
    tellProgress();
    if (lasting && pipeline.counts.total >= checkpointAt) {
      pipeline.checkpoint();
      checkpointAt = pipeline.counts.total + RECORDS_PER_CHECKPOINT;
    }
  }
  // Asked to stop: what was not reached is counted too.
  if (!second && done < run.planned.length) run.skipped['not-reached'] = run.planned.length - done;
  pipeline.advance(newestStampMs);
  pipeline.finish();
  if (lasting) pipeline.checkpoint();
  return { pipeline, verdicts: tally.verdicts() };
}

/**
 * Second reading, for archives in which one event id has different bodies: which of them counts must not depend on which was read
 * first, so all copies of such an id wait for each other. What the first reading told is revised, not told twice.
 */
async function readContested(
  options: JudgingOptions,
  run: Run,
  first: Pipeline,
  contested: ReadonlySet<string>,
): Promise<Reading> {
  const told = new Map(first.book.standing().map((finding) => [finding.id, finding]));
  options.onReadAgain?.();
  const state = openTemporaryState();
  try {
    const second = await readAll(options, run, state, contested, (finding) => {
      const before = told.get(finding.id);
      if (before === undefined) return options.onFinding?.(finding);
      if (JSON.stringify({ ...before, revision: 0 }) === JSON.stringify({ ...finding, revision: 0 })) return;
      options.onFinding?.({ ...finding, revision: before.revision + 1 + finding.revision });
    });
    const standing = new Set(second.pipeline.book.standing().map((finding) => finding.id));
    for (const finding of told.values()) {
      if (!standing.has(finding.id)) {
        options.onFinding?.({ ...finding, status: 'withdrawn', revision: finding.revision + 1 });
      }
    }
    return second;
  } finally {
    state.close();
  }
}

async function readOne(
  planned: PlannedObject,
  options: ReplayOptions,
  pipeline: Pipeline,
  state: State,
  turns: Turns,
): Promise<ReadLine> {
  const { object } = planned;
  if (state.durable && object.version !== '' && state.readObjectVersion(object.name) === object.version) {
    return notRead(object, 'already-read', 0);
  }
  if (options.dryRun === true) return notRead(object, 'dry-run', object.sizeBytes ?? 0);
  return readPlanned(
    planned,
    pipeline,
    {
      flowFields: options.flowFields ?? null,
      ...(options.textReader === undefined ? {} : { textReader: options.textReader }),
    },
    turns,
  );
}

function notRead(object: SourceObject, reason: string, storedBytes: number): ReadLine {
  const ledger = { ...unreadLine(object, 'skipped', reason), storedBytes };
  return { ledger, problem: null, damaged: false };
}

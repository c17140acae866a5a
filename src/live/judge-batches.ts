// From sources of batches to findings that are told: what the functions for objects and for log groups have in common.

import { WiretrailError } from '../lib/errors.ts';
import { type ReadLine, unreadLine } from '../replay/read-planned.ts';
import type { BatchId } from './batch.ts';
import { addDailyCounts, type Reading } from './daily-counts.ts';
import { addDailyFacts } from './daily-facts.ts';
import type { LambdaContext, Monitor } from './monitor.ts';
import { tellingOf } from './monitor.ts';
import { type BatchSource, type ReadBatch, readBatch } from './read-batch.ts';
import { type Taken, takeBatches } from './take-batches.ts';
import { tellFindings } from './tell-findings.ts';

/** Time in which no further object is begun: a large one takes seconds to read, and as long to merge and judge. */
const LEAST_REMAINING_MS = 45_000;

/** Time that is kept to merge, judge and tell what was read. An object that is not read by then is one for a replay. */
const RESERVED_MS = 25_000;

/** Something that becomes a batch once it is opened: only then its version is known. */
export interface BatchInput {
  readonly name: string;
  /** Rejects with a WiretrailError. */
  open(): Promise<BatchSource>;
}

/** Reads, takes and tells; returns the names of the inputs that must come again. Each is read even when another one fails. */
export async function judgeBatches(
  monitor: Monitor,
  inputs: readonly BatchInput[],
  lambda: LambdaContext,
): Promise<ReadonlySet<string>> {
  const { context, telemetry } = monitor;
  const again = new Set<string>();
  const batches = new Map<BatchId, ReadBatch>();
  const readings: Reading[] = [];
  for (const { name, open } of inputs) {
    // What was read must still be merged and told: the others come again, rather than all of them after a time-out.
    if (readings.length > 0 && lambda.getRemainingTimeInMillis() < LEAST_REMAINING_MS) {
      again.add(name);
      continue;
    }
    try {
      const reading = await readBatch(context, inTime(await open(), lambda));
      if (reading.outcome === 'read' && holdsOwnCallsOnly(reading.batch)) {
        telemetry.count('records', reading.batch.counts.total);
        telemetry.count('own-calls', reading.batch.counts.total);
        continue;
      }
      const line = reading.outcome === 'read' ? reading.batch.line : reading.line;
      readings.push({
        ledger: line.ledger,
        counts: reading.outcome === 'read' ? reading.batch.counts : null,
      });
      tellProblem(monitor, line);
      if (reading.outcome === 'read') batches.set(reading.batch.id, reading.batch);
      // Records of a damaged object count, and its message stays: it leads to the object when somebody asks for it.
      if (reading.outcome === 'again' || line.damaged) again.add(name);
    } catch (error) {
      telemetry.problem(error, name);
      telemetry.count('unreadable', 1);
      readings.push({ ledger: unreadLine({ name, version: '' }, 'failed', codeOf(error)), counts: null });
      again.add(name);
    }
  }
  // Nothing goes into the table then, not even a count: each call of ours may be logged, and come here.
  if (readings.length === 0) return again;
  const all = [...batches.values()];
  const { failed, touched } = await takeEachOrAll(monitor, all);
  for (const { id, line } of all) if (failed.has(id)) again.add(line.ledger.object);
  countAll(monitor, all);
  await addDailyCounts(context, readings);
  await addDailyFacts(
    context,
    all.map(({ facts }) => facts),
  );
  await tellFindings(context, tellingOf(monitor, lambda), touched);
  return again;
}

function holdsOwnCallsOnly({ counts }: ReadBatch): boolean {
  return counts.total > 0 && counts.skipped['own-call'] === counts.total;
}

/** Its bytes, until time runs out: then it fails by itself, instead of all that the invocation has read with it. */
function inTime(source: BatchSource, lambda: LambdaContext): BatchSource {
  const { object } = source.planned;
  const open = async () => untilLate(await object.open(), object.name, lambda);
  return { ...source, planned: { ...source.planned, object: { ...object, open } } };
}

async function* untilLate(
  chunks: AsyncIterable<Buffer>,
  name: string,
  lambda: LambdaContext,
): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) {
    if (lambda.getRemainingTimeInMillis() < RESERVED_MS) {
      const hint =
        'It is too large for one invocation, or S3 was slow: where it does not come again by itself, replay it.';
      throw new WiretrailError('out-of-time', name, 'was not read in the time of an invocation', hint);
    }
    yield chunk;
  }
}

function tellProblem({ telemetry }: Monitor, { problem, damaged, ledger }: ReadLine): void {
  if (problem === null) return;
  const { code, where, message, hint } = problem;
  telemetry.problem(new WiretrailError(code, where, message, hint), where);
  // Single records are counted as such.
  if (damaged || ledger.status === 'failed') telemetry.count('unreadable', 1);
}

function codeOf(error: unknown): string {
  return error instanceof WiretrailError ? error.code : 'E_UNEXPECTED';
}

/** All in one go; where that fails, one by one, so that a batch that cannot be taken holds up no other. */
async function takeEachOrAll(monitor: Monitor, batches: readonly ReadBatch[]): Promise<Taken> {
  const { context, telemetry } = monitor;
  try {
    return await takeBatches(context, batches);
  } catch (error) {
    const [only] = batches;
    if (batches.length === 1 && only !== undefined) {
      telemetry.problem(error, only.line.ledger.object);
      return { failed: new Set([only.id]), touched: new Set() };
    }
    const taken: Taken[] = [];
    for (const batch of batches) taken.push(await takeEachOrAll(monitor, [batch]));
    return {
      failed: new Set(taken.flatMap((one) => [...one.failed])),
      touched: new Set(taken.flatMap((one) => [...one.touched])),
    };
  }
}

function countAll({ context, telemetry }: Monitor, batches: readonly ReadBatch[]): void {
  const refused: Record<string, number> = {};
  for (const { counts, line, refusedSecrets } of batches) {
    for (const [name, count] of refusedSecrets) refused[name] = (refused[name] ?? 0) + count;
    if (line.ledger.format === 'cloudtrail') telemetry.count('trail-objects', 1);
    telemetry.count('own-calls', counts.ownCalls + (counts.skipped['own-call'] ?? 0));
    telemetry.count('records', counts.total);
    telemetry.count('duplicates', counts.duplicates);
    telemetry.count('late', counts.late);
    telemetry.count(
      'unreadable',
      Object.values(counts.unreadable).reduce((sum, count) => sum + count, 0),
    );
    if (counts.judged > 0) telemetry.lag(context.clock.nowMs() - counts.firstMs);
  }
  const total = Object.values(refused).reduce((sum, count) => sum + count, 0);
  if (total === 0) return;
  telemetry.count('secrets-refused', total);
  telemetry.info('looked like secrets and were none', refused);
}

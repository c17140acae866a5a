// One object from its source through a pipeline, with what became of it.

import { WiretrailError } from '../lib/errors.ts';
import type { Pipeline } from '../pipeline.ts';
import { type ObjectOutcome, readObject } from '../records/read-object.ts';
import type { ReadOptions } from '../records/reader.ts';
import type { LedgerLine, RunProblem } from '../reports/run-summary.ts';
import type { SourceObject } from '../sources/source.ts';
import type { PlannedObject } from './plan.ts';
import { type Turns, withTurns } from './turns.ts';

export interface ReadLine {
  readonly ledger: LedgerLine;
  /** Null where the object was read, and where it was skipped without anything to do about it. */
  readonly problem: RunProblem | null;
  /** The object's own bytes are at fault: the pipeline counts one unreadable record for that. Otherwise it is a record of it, told by itself. */
  readonly damaged: boolean;
}

/** Reads one object to its end. Whatever goes wrong with it is in the line; nothing is thrown for it. */
export async function readPlanned(
  { object, facts }: PlannedObject,
  pipeline: Pipeline,
  options: ReadOptions,
  turns: Turns,
): Promise<ReadLine> {
  const opened = await open(object);
  if (opened instanceof WiretrailError && opened.code === 'archived-storage-class') {
    const ledger = unreadLine(object, 'skipped', opened.code);
    return { ledger, problem: archivedProblem(object.name, opened.hint), damaged: false };
  }
  const chunks = opened instanceof Error ? failing(opened) : withTurns(opened, turns);
  const { sink, done } = pipeline.openObject(facts);
  const outcome = await readObject({ facts, named: object.named, chunks }, sink, options);
  const ledger: LedgerLine = {
    ...unreadLine(object, outcome.status, outcome.reason),
    format: outcome.format,
    storedBytes: outcome.storedBytes,
    inflatedBytes: outcome.inflatedBytes,
    records: done(),
  };
  return { ledger, problem: problemOf(object, outcome), damaged: outcome.damaged };
}

/** A log that nobody judged, and that can be had: seen in a listing, or only when it is opened (Intelligent-Tiering). */
export function archivedProblem(name: string, hint: string): RunProblem {
  return { where: name, code: 'archived-storage-class', message: 'is in an archive storage class', hint };
}

/** The line of an object that was not opened. */
export function unreadLine(
  object: Pick<SourceObject, 'name' | 'version'>,
  status: LedgerLine['status'],
  reason: string,
): LedgerLine {
  return {
    object: object.name,
    version: object.version,
    status,
    reason,
    format: '',
    storedBytes: 0,
    inflatedBytes: 0,
    records: { total: 0, judged: 0, duplicates: 0, waiting: 0, skipped: {}, unreadable: {} },
  };
}

function problemOf(object: SourceObject, { status, reason, detail, hint }: ObjectOutcome): RunProblem | null {
  if (status === 'read' || status === 'skipped') return null;
  return { where: object.name, code: reason, message: detail, hint };
}

/** Opening is part of reading: an object that cannot be opened is an outcome like any other. */
async function open(object: SourceObject): Promise<AsyncIterable<Buffer> | Error> {
  try {
    return await object.open();
  } catch (error) {
    return error instanceof Error ? error : new Error('opening failed');
  }
}

// biome-ignore lint/correctness/useYield: a sequence that fails before its first part
async function* failing(error: Error): AsyncGenerator<Buffer> {
  throw error;
}

// What became of the objects of a run: each is counted once, and what went wrong with it is kept for the summary.

import type { RunProblem } from '../reports/run-summary.ts';
import type { Plan, PlannedObject } from './plan.ts';
import { archivedProblem, type ReadLine } from './read-planned.ts';

/** Problems of a run that are told one by one. */
export const MAX_PROBLEMS = 100;

export interface Run {
  readonly planned: readonly PlannedObject[];
  /** What is not opened: not there, or skipped by its name. */
  readonly unopened: Pick<Plan, 'failed' | 'skipped'>;
  readonly listed: number;
  readonly skipped: Record<string, number>;
  readonly failed: Record<string, number>;
  read: number;
  partlyRead: number;
  storedBytes: number;
  inflatedBytes: number;
  readonly problems: RunProblem[];
  problemCount: number;
  /** Objects among the problems whose damage the pipeline counts too, as an unreadable record. */
  damaged: number;
}

export function newRun(plan: Plan): Run {
  const run: Run = {
    planned: plan.objects,
    unopened: plan,
    listed: plan.listed,
    skipped: {},
    failed: {},
    read: 0,
    partlyRead: 0,
    storedBytes: 0,
    inflatedBytes: 0,
    problems: [],
    problemCount: 0,
    damaged: 0,
  };
  for (const { name, code, message, hint } of plan.failed) {
    increment(run.failed, code);
    addProblem(run, { where: name, code, message, hint });
  }
  for (const { name, reason, hint } of plan.skipped) {
    increment(run.skipped, reason);
    // Archived objects are logs that nobody judged: worth a line of its own. The rest is in the counts.
    if (reason === 'archived-storage-class') {
      addProblem(run, archivedProblem(name, hint));
    }
  }
  return run;
}

export function account(run: Run, { ledger, problem, damaged }: ReadLine): void {
  if (ledger.status === 'read') run.read++;
  else if (ledger.status === 'partly') run.partlyRead++;
  else increment(ledger.status === 'skipped' ? run.skipped : run.failed, ledger.reason);
  run.storedBytes += ledger.storedBytes;
  run.inflatedBytes += ledger.inflatedBytes;
  if (damaged) run.damaged++;
  // What a record of it says by itself is not said again for the object.
  if (problem !== null && (damaged || ledger.status === 'skipped')) addProblem(run, problem);
}

function addProblem(run: Run, problem: RunProblem): void {
  run.problemCount++;
  if (run.problems.length < MAX_PROBLEMS) run.problems.push(problem);
}

export function increment(counts: Record<string, number>, name: string): void {
  counts[name] = (counts[name] ?? 0) + 1;
}

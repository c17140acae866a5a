// The summary of a run: what it read, said and could not read, and whether all of it adds up.

import type { Detector } from '../detectors/detector.ts';
import type { CallVerdicts } from '../findings/call-verdicts.ts';
import { type Finding, SEVERITIES, type Severity } from '../findings/finding.ts';
import type { SuppressionUse } from '../findings/suppressions.ts';
import { type AwsRanges, ageOfAwsRanges } from '../lib/aws-ranges.ts';
import { fingerprintKeyId } from '../lib/digest.ts';
import type { Pipeline, Problem } from '../pipeline.ts';
import type { RunProblem, RunSummary } from '../reports/run-summary.ts';
import { blindRules } from './blind-rules.ts';
import { increment, MAX_PROBLEMS, type Run } from './run-tally.ts';

interface SummaryOptions {
  readonly dryRun?: boolean;
  readonly detectors: readonly Detector[];
  readonly awsRanges: AwsRanges;
  readonly fingerprintKey: Uint8Array;
}

export function summarize(
  options: SummaryOptions,
  run: Run,
  pipeline: Pipeline,
  {
    told,
    uses,
    verdicts,
    startedMs,
    endedMs,
  }: {
    readonly told: readonly Finding[];
    readonly uses: readonly SuppressionUse[];
    readonly verdicts: CallVerdicts;
    readonly startedMs: number;
    readonly endedMs: number;
  },
): RunSummary {
  const { counts } = pipeline;
  const total = pipeline.book.standing().length;
  const suppressed = uses.reduce((count, use) => count + (use.expired ? 0 : use.count), 0);
  const bySeverity = Object.fromEntries(SEVERITIES.map((severity) => [severity, 0])) as Record<
    Severity,
    number
  >;
  const byRule: Record<string, number> = {};
  for (const finding of told) {
    bySeverity[finding.severity]++;
    increment(byRule, finding.rule.id);
  }
  const age = ageOfAwsRanges(options.awsRanges.date, endedMs);
  const damage = new Map(run.problems.map(({ where, message }) => [where, message]));
  const ofRecords = pipeline.problems.filter(({ where, reason, detail }) => {
    // Told once, as the damage of the object that it is.
    const ofObject = damage.get(where.replace(/#\d+$/, ''));
    return ofObject === undefined || (ofObject !== detail && reason !== 'truncated');
  });
  const problems = [...run.problems, ...ofRecords.map(problemOfRecord)];
  return {
    schemaVersion: '1.0',
    mode: options.dryRun === true ? 'dry-run' : 'replay',
    objects: {
      listed: run.listed,
      read: run.read,
      partlyRead: run.partlyRead,
      skipped: run.skipped,
      failed: run.failed,
    },
    records: {
      total: counts.total,
      judged: counts.judged,
      duplicates: counts.duplicates,
      conflicts: counts.conflicts,
      late: counts.late,
      skipped: counts.skipped,
      unreadable: counts.unreadable,
      calls: counts.calls,
      flows: counts.flows,
      lines: counts.lines,
    },
    findings: { total, written: told.length, suppressed, bySeverity, byRule },
    verdicts: verdicts.totals,
    suppressions: uses,
    refusedSecrets: Object.fromEntries([...pipeline.refusedSecrets].sort(([a], [b]) => (a < b ? -1 : 1))),
    bytes: { stored: run.storedBytes, inflated: run.inflatedBytes },
    firstEvent: isoOrNull(counts.firstMs),
    lastEvent: isoOrNull(counts.lastMs),
    elapsedSeconds: Math.round(endedMs - startedMs) / 1000,
    identities: {
      objects: run.listed === run.read + run.partlyRead + sum(run.skipped) + sum(run.failed),
      records:
        counts.total === counts.judged + counts.duplicates + sum(counts.skipped) + sum(counts.unreadable),
      findings: total === sum(byRule) + suppressed,
    },
    awsRanges: { date: options.awsRanges.date, ...age },
    fingerprintKeyId: fingerprintKeyId(options.fingerprintKey),
    problems: problems.slice(0, MAX_PROBLEMS),
    problemCount: run.problemCount + pipeline.problemCount - run.damaged,
    blind: blindRules(options.detectors, counts),
  };
}

function problemOfRecord({ where, reason, detail }: Problem): RunProblem {
  const hint =
    reason === 'truncated'
      ? 'copy the object again from where it came from; what stands before its end was read'
      : 'look at the record; the others of the object were read';
  return { where, code: reason, message: detail, hint };
}

function isoOrNull(timeMs: number): string | null {
  return Number.isFinite(timeMs) ? new Date(timeMs).toISOString() : null;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

// One place decides what a run ends with; docs/command-line.md says it to users.

import { SEVERITIES, type Severity } from '../findings/finding.ts';
import type { RunSummary } from '../reports/run-summary.ts';

export const EXIT_CODES = {
  /** Nothing at or above --fail-on. */
  quiet: 0,
  /** A finding at or above --fail-on. */
  found: 1,
  /** Wrong usage, something could not be read, or the counts do not add up. Wins over 1. */
  trouble: 2,
  /** 128 + SIGINT, as shells have it. */
  interrupted: 130,
} as const;

/** `none` never ends with 1. */
export type FailOn = Severity | 'none';

/** `counts`, by severity: of a run that tells something else than its summary's findings. */
export function exitCodeOf(
  summary: RunSummary,
  failOn: FailOn,
  counts: Readonly<Record<Severity, number>> = summary.findings.bySeverity,
): number {
  if (isTrouble(summary)) return EXIT_CODES.trouble;
  if (failOn === 'none') return EXIT_CODES.quiet;
  const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(failOn) + 1);
  return failing.some((severity) => counts[severity] > 0) ? EXIT_CODES.found : EXIT_CODES.quiet;
}

/** Something could not be read, or the counts do not add up. */
export function isTrouble(summary: RunSummary): boolean {
  return !everythingRead(summary) || Object.values(summary.identities).includes(false);
}

/** A run that looked at nothing is no clean bill either: an empty folder or prefix is most often a wrong one. */
function everythingRead({ objects, records }: RunSummary): boolean {
  return (
    objects.listed > 0 &&
    objects.partlyRead === 0 &&
    sum(objects.failed) === 0 &&
    sum(records.unreadable) === 0
  );
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

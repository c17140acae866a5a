// The end of a report: what was read, what was not, and what nobody could have seen.

import { callsOf, VERDICTS } from '../findings/call-verdicts.ts';
import { SEVERITIES } from '../findings/finding.ts';
import { printable } from '../findings/printable.ts';
import type { SuppressionUse } from '../findings/suppressions.ts';
import type { RunProblem, RunSummary } from './run-summary.ts';
import {
  displayWidth,
  formatBytes,
  formatCount,
  formatSeconds,
  type Paint,
  padTo,
  plural,
  SEVERITY_STYLES,
  wrap,
  wrapParts,
} from './terminal-text.ts';

const LABEL_WIDTH = 10;
/** Problems that are shown; summary.json has the first 100. */
const MAX_PROBLEMS = 10;
/** Places of one problem. */
const MAX_PLACES = 3;

export function renderTotals(summary: RunSummary, paint: Paint, width: number): string[] {
  const lines: string[] = [paint('dim', '─'.repeat(width))];
  const row: Row = (label, text, style = null) => {
    const texts =
      typeof text === 'string'
        ? wrap(text, width - LABEL_WIDTH - 1)
        : wrapParts(text, width - LABEL_WIDTH - 1);
    for (const [at, line] of texts.entries()) {
      const name = paint('dim', padTo(at === 0 ? ` ${label}` : '', LABEL_WIDTH));
      lines.push(`${name} ${style === null ? line : paint(style, line)}`);
    }
  };
  if (summary.mode === 'dry-run') {
    const { 'dry-run': unopened = 0, ...skipped } = summary.objects.skipped;
    const size = summary.bytes.stored > 0 ? `, ${formatBytes(summary.bytes.stored)}` : '';
    row(
      'dry run',
      `${plural(unopened, 'object')} of ${formatCount(summary.objects.listed)} listed would be read${size}; none was opened`,
    );
    if (sum(skipped) > 0) row('skipped', reasons(skipped));
    if (sum(summary.objects.failed) > 0) row('failed', reasons(summary.objects.failed), 'red');
  } else {
    renderReplayTotals(summary, row, paint);
    renderWarnings(summary, row, width);
  }
  const problems = renderProblems(summary, paint, width);
  return problems.length === 0 ? lines : [...lines, '', ...problems];
}

/** A list is broken between its parts. */
type Row = (label: string, text: string | readonly string[], style?: Parameters<Paint>[0] | null) => void;

function renderReplayTotals(summary: RunSummary, row: Row, paint: Paint): void {
  const { objects, records, findings, bytes, elapsedSeconds } = summary;
  const counts = SEVERITIES.map((severity) => {
    const count = findings.bySeverity[severity];
    return paint(
      count === 0 ? 'dim' : SEVERITY_STYLES[severity],
      `${formatCount(count)} ${severity.toLowerCase()}`,
    );
  });
  row('findings', [
    ...counts,
    ...(findings.suppressed > 0 ? [`${formatCount(findings.suppressed)} suppressed`] : []),
  ]);
  row(
    'records',
    parts([
      `${formatCount(records.judged)} judged (${plural(records.calls, 'call')}, ${plural(records.flows, 'flow')}, ${plural(records.lines, 'log line')})`,
      some(
        records.duplicates,
        `${plural(records.duplicates, 'duplicate')}${records.conflicts > 0 ? `, ${formatCount(records.conflicts)} with another body` : ''}`,
      ),
      some(sum(records.skipped), `${formatCount(sum(records.skipped))} skipped: ${reasons(records.skipped)}`),
      some(
        sum(records.unreadable),
        `${formatCount(sum(records.unreadable))} unreadable: ${reasons(records.unreadable)}`,
      ),
      some(records.late, `${formatCount(records.late)} too late for a window`),
    ]),
  );
  row(
    'objects',
    parts([
      `${formatCount(objects.read)} read`,
      some(objects.partlyRead, `${formatCount(objects.partlyRead)} partly read`),
      some(sum(objects.skipped), `${formatCount(sum(objects.skipped))} skipped: ${reasons(objects.skipped)}`),
      some(sum(objects.failed), `${formatCount(sum(objects.failed))} failed: ${reasons(objects.failed)}`),
    ]),
  );
  const judgedCalls = callsOf(summary.verdicts);
  if (judgedCalls > 0) {
    const verdicts = VERDICTS.map((verdict) => `${formatCount(summary.verdicts[verdict])} ${verdict}`);
    verdicts[0] = `TLS of ${plural(judgedCalls, 'call')} to DynamoDB and DAX: ${verdicts[0]}`;
    row('verdicts', verdicts);
  }
  const refused = sum(summary.refusedSecrets);
  if (refused > 0) row('no secret', `${formatCount(refused)} looked like one: ${reasons(byReason(summary))}`);
  if (summary.firstEvent !== null && summary.lastEvent !== null) {
    row('events', `${minute(summary.firstEvent)} to ${minute(summary.lastEvent)} UTC`);
  }
  const rate =
    elapsedSeconds > 0 && records.total > 0
      ? ` · ${formatCount(Math.round(records.total / elapsedSeconds))} records a second`
      : '';
  row(
    'took',
    `${formatSeconds(elapsedSeconds)} · ${formatBytes(bytes.stored)} stored, ${formatBytes(bytes.inflated)} inflated${rate}`,
  );
}

function renderWarnings(summary: RunSummary, row: Row, width: number): void {
  const { awsRanges, identities, suppressions } = summary;
  for (const use of suppressions) {
    if (use.count > 0 && !use.expired) row('silenced', describeUse(use, 'suppressed', 'until'));
  }
  for (const use of suppressions) {
    if (use.expired)
      row('expired', describeUse(use, 'told again: no longer suppressed', 'expired'), 'yellow');
  }
  const blindByReason = Map.groupBy(summary.blind, (entry) => entry.why);
  for (const [why, entries] of blindByReason) {
    row('blind', `${printable(why, width * 2)}: ${entries.map((entry) => entry.rule).join(', ')}`, 'yellow');
  }
  // What a run knows by its counts is the least of it.
  if (summary.records.judged > 0)
    row(
      'coverage',
      '`wiretrail coverage` with the same inputs tells what each rule cannot see, and what to switch on',
      'dim',
    );
  if (awsRanges.stale) {
    row(
      'ranges',
      `AWS’s address ranges are of ${awsRanges.date}, ${plural(awsRanges.ageDays, 'day')} old: give newer ones with --ip-ranges`,
      'yellow',
    );
  }
  for (const [name, holds] of Object.entries(identities)) {
    if (!holds) {
      row('WRONG', `the counts of ${name} do not add up: this run is not to be trusted; please report it`, [
        'bold',
        'red',
      ]);
    }
  }
}

/** What could not be read; no line when there was nothing of the kind. */
export function renderProblems(summary: RunSummary, paint: Paint, width: number): string[] {
  if (summary.problemCount === 0) return [];
  const lines = [paint(['bold', 'red'], ` ${plural(summary.problemCount, 'problem')}`)];
  const kinds = [...Map.groupBy(summary.problems, describeProblem).values()];
  let shown = 0;
  for (const same of kinds.slice(0, MAX_PROBLEMS)) {
    const [first] = same;
    shown += same.length;
    const more = same.length > MAX_PLACES ? `and ${formatCount(same.length - MAX_PLACES)} more` : '';
    const places = same.slice(0, MAX_PLACES).map((problem) => printable(problem.where, 5_120));
    const message = describeProblem(first!);
    const inOneLine = `  ${[...places, more].filter((text) => text !== '').join(', ')}: ${message}`;
    if (displayWidth(inOneLine) <= width) lines.push(inOneLine);
    else {
      // Places are not wrapped: they are there to be copied.
      lines.push(...places.map((place) => `  ${place}`));
      const words = more === '' ? message : `${more}: ${message}`;
      lines.push(...wrap(words, width - 4).map((line) => `    ${line}`));
    }
    for (const [at, line] of wrap(printable(first!.hint, 512), width - 6).entries()) {
      if (line !== '') lines.push(paint('dim', `    ${at === 0 ? '→' : ' '} ${line}`));
    }
  }
  if (summary.problemCount > shown) {
    const rest = `+${formatCount(summary.problemCount - shown)} more: --summary has the first 100, --out’s ledger.jsonl one line an object`;
    lines.push(...wrap(rest, width - 2).map((line) => `  ${line}`));
  }
  return lines;
}

/** `3 suppressed by 00aa11bb (rule TLS-06): old host, OPS-17; data-platform, until 2026-12-31` */
function describeUse(use: SuppressionUse, what: string, when: string): string {
  const { count, id, match, reason, owner, expires } = use;
  return printable(
    `${formatCount(count)} ${what} by ${id} (${match}): ${reason}; ${owner}, ${when} ${expires}`,
    512,
  );
}

/** Most messages begin with their place, which is told once for all that have the same. */
function describeProblem(problem: RunProblem): string {
  const message = printable(problem.message, 512);
  const place = `${printable(problem.where, 5_120)}: `;
  return message.startsWith(place) ? message.slice(place.length) : message;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

/** `digest 8, not-a-log 2`: the commonest first. */
function reasons(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .map(([reason, count]) => `${printable(reason, 64)} ${formatCount(count)}`)
    .join(', ');
}

/** `SEC-11 placeholder` and `SEC-14 placeholder` under one reason. */
function byReason({ refusedSecrets }: RunSummary): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const [name, count] of Object.entries(refusedSecrets)) {
    const reason = name.slice(name.indexOf(' ') + 1);
    counts[reason] = (counts[reason] ?? 0) + count;
  }
  return counts;
}

function some(count: number, text: string): string {
  return count > 0 ? text : '';
}

function parts(texts: readonly string[]): string[] {
  return texts.filter((text) => text !== '');
}

function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

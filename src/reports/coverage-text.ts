// What `wiretrail coverage` prints: every detector with what it sees, worst first, and under that each reason with the commands that mend it,
// and what the calls to DynamoDB say of TLS.

import type { CallVerdicts } from '../findings/call-verdicts.ts';
import {
  type Coverage,
  type CoverageReason,
  countStates,
  type DetectorCoverage,
  type ReasonEffect,
  reasonText,
  rulesOfReason,
  type SightState,
} from '../findings/coverage.ts';
import { printable, printableJson } from '../findings/printable.ts';
import type { RunSummary } from './run-summary.ts';
import {
  createPaint,
  formatCount,
  type Paint,
  padTo,
  plural,
  type Style,
  wrap,
  wrapCommand,
} from './terminal-text.ts';
import { renderProblems } from './totals.ts';
import { verdictLines } from './verdicts-text.ts';

const MAX_WIDTH = 110;
const MIN_WIDTH = 40;
const LABEL_WIDTH = 8;
const ID_WIDTH = 7;
/** Places of one reason; `--format jsonl` has more. */
const MAX_PLACES = 5;

const LABELS: Readonly<Record<SightState, { readonly label: string; readonly style: Style }>> = {
  blind: { label: 'BLIND', style: ['bold', 'redBright'] },
  partly: { label: 'PARTLY', style: ['bold', 'yellow'] },
  seeing: { label: 'SEES', style: 'green' },
};

/** Ends with a line end. */
export function renderCoverage(
  coverage: Coverage,
  verdicts: CallVerdicts,
  summary: RunSummary,
  options: { readonly color: boolean; readonly width: number },
): string {
  const paint = createPaint(options.color);
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, options.width));
  const numbers = new Map(coverage.reasons.map(({ code }, at) => [code, at + 1] as const));
  const lines = [...tableLines(coverage, numbers, paint, width)];
  for (const reason of coverage.reasons)
    lines.push('', ...reasonLines(coverage, reason, numbers, paint, width));
  const table = verdictLines(verdicts, paint, width);
  if (table.length > 0) lines.push('', ...table);
  lines.push('', ...footLines(coverage, summary, paint, width));
  const problems = renderProblems(summary, paint, width);
  if (problems.length > 0) lines.push('', ...problems);
  return `${lines.join('\n')}\n`;
}

function tableLines(
  { detectors }: Coverage,
  numbers: ReadonlyMap<string, number>,
  paint: Paint,
  width: number,
): string[] {
  const lines: string[] = [];
  const nameWidth = Math.max(0, ...detectors.map(({ name }) => name.length));
  for (const { state, rule, name, reasons } of detectors.filter((one) => one.state !== 'seeing')) {
    const { label, style } = LABELS[state];
    const because = reasons
      .filter(({ effect }) => effect !== 'note')
      .map(({ code }) => `[${numbers.get(code)}]`)
      .join(' ');
    const badge = paint(style, padTo(` ${label}`, LABEL_WIDTH));
    lines.push(`${badge}${paint('bold', padTo(rule, ID_WIDTH))} ${padTo(name, nameWidth)}  ${because}`);
  }
  const seeing = detectors.filter((one) => one.state === 'seeing');
  if (seeing.length === 0) return lines;
  const { label, style } = LABELS.seeing;
  const names = wrap(seeing.map(({ rule }) => rule).join(', '), width - LABEL_WIDTH);
  for (const [at, text] of names.entries())
    lines.push(`${paint(style, padTo(at === 0 ? ` ${label}` : '', LABEL_WIDTH))}${text}`);
  return lines;
}

function reasonLines(
  coverage: Coverage,
  reason: CoverageReason,
  numbers: ReadonlyMap<string, number>,
  paint: Paint,
  width: number,
): string[] {
  const head = padTo(`[${numbers.get(reason.code)}]`, 5);
  const column = width - head.length;
  const text = printable(reasonText(reason, MAX_PLACES), 1_000);
  const lines = wrap(text, column).map(
    (line, at) => `${at === 0 ? head : ' '.repeat(head.length)}${paint('bold', line)}`,
  );
  const more = (texts: readonly string[], style?: Style) => {
    for (const line of texts) lines.push(`${' '.repeat(head.length)}${style ? paint(style, line) : line}`);
  };
  const effects: readonly (readonly [ReasonEffect, string])[] = [
    ['blind', 'blind'],
    ['partly', 'partly blind'],
    ['note', 'sees, and says less or not for sure'],
  ];
  let isNote = true;
  for (const [effect, words] of effects) {
    const rules = rulesOfReason(coverage, reason.code, effect);
    if (rules.length === 0) continue;
    if (effect !== 'note') isNote = false;
    more(wrap(`${words}: ${rules.join(', ')}`, column), 'dim');
  }
  // What blinds nobody asks for nothing: its commands are in the JSON.
  if (isNote) return lines;
  for (const { step, command, risk } of reason.steps) {
    more(wrap(`→ ${step}`, column));
    if (command === null) continue;
    more(wrapCommand(command, column - 2).map((line) => `  ${line}`));
    if (!risk.startsWith('None'))
      more(
        wrap(`(${risk})`, column - 2).map((line) => `  ${line}`),
        'dim',
      );
  }
  return lines;
}

function footLines(coverage: Coverage, summary: RunSummary, paint: Paint, width: number): string[] {
  const { records, objects, firstEvent, lastEvent } = summary;
  const counts = countStates(coverage);
  const read = `${plural(records.calls, 'call')}, ${plural(records.flows, 'flow')} and ${plural(records.lines, 'log line')} in ${plural(objects.read + objects.partlyRead, 'object')}`;
  const span =
    firstEvent === null || lastEvent === null ? '' : `, ${minute(firstEvent)} to ${minute(lastEvent)} UTC`;
  const foot = [
    `${plural(coverage.detectors.length, 'detector')}: ${formatCount(counts.blind)} blind, ${formatCount(counts.partly)} partly blind, ${formatCount(counts.seeing)} seeing in ${read}${span}.`,
    ...(coverage.truncated
      ? [
          'There are more accounts, networks, functions or log groups than are kept: nothing is said of those left out.',
        ]
      : []),
  ];
  return foot.flatMap((text) => wrap(text, width)).map((line) => paint('dim', line));
}

function minute(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 16)}`;
}

/** One detector as one line of JSON, with its reasons in full. */
export function coverageLine(detector: DetectorCoverage, { reasons }: Coverage): string {
  const own = detector.reasons.flatMap(({ code, effect }) => {
    const found = reasons.find((reason) => reason.code === code);
    return found === undefined ? [] : [{ effect, ...found }];
  });
  return `${printableJson({ schemaVersion: '1.0', ...detector, reasons: own })}\n`;
}

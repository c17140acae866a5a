// What calls to DynamoDB and DAX say of TLS, as a table: a row for each account, region and service, worst first.

import {
  type CallVerdicts,
  callsOf,
  VERDICTS,
  type Verdict,
  type VerdictRow,
} from '../findings/call-verdicts.ts';
import { printable, printableJson } from '../findings/printable.ts';
import {
  displayWidth,
  formatCount,
  type Paint,
  padTo,
  plural,
  type Style,
  wrapParts,
} from './terminal-text.ts';

/** Rows that are shown; `--format jsonl` has all that are kept. */
const MAX_SHOWN = 20;
/** Narrower, and what was seen stands below the name. */
const MIN_COLUMN = 40;

const STYLES: Partial<Readonly<Record<Verdict, Style>>> = {
  suspicious: ['bold', 'redBright'],
  weak: ['bold', 'yellow'],
};
/** These have no why that a person would ask for. */
const PLAIN: readonly Verdict[] = ['ok'];

/** Empty where there is no such call. */
export function verdictLines({ rows, totals }: CallVerdicts, paint: Paint, width: number): string[] {
  if (rows.length === 0) return [];
  const shown = rows.slice(0, MAX_SHOWN);
  const names = shown.map(nameOf);
  const nameWidth = Math.max(...names.map(displayWidth)) + 3;
  const isBeside = width - nameWidth >= MIN_COLUMN;
  const all = VERDICTS.map((verdict) => `${formatCount(totals[verdict])} ${verdict}`);
  all[0] = `TLS of ${plural(callsOf(totals), 'call')} to DynamoDB and DAX: ${all[0]}`;
  const lines = wrapParts(all, width).map((line) => paint('bold', line));
  for (const [at, row] of shown.entries()) {
    const indent = isBeside ? nameWidth : 4;
    const texts = wrapParts(partsOf(row), width - indent).map((text) => coloured(text, paint));
    const name = ` ${names[at]!}`;
    if (!isBeside) lines.push(name, ...texts.map((text) => `    ${text}`));
    else lines.push(...texts.map((text, line) => `${padTo(line === 0 ? name : '', indent)}${text}`));
  }
  const more = rows.length - shown.length;
  if (more > 0) lines.push(...wrapParts([` and ${plural(more, 'more row')}: --format jsonl`], width));
  return lines;
}

function nameOf({ account, region, service }: VerdictRow): string {
  const name = [account, region, service].filter((part) => part !== '').join(' ');
  return name === '' ? 'all others' : printable(name, 80);
}

/** `12 suspicious (absent 10, host-only 2)`, without those that there are none of. */
function partsOf({ whys }: VerdictRow): string[] {
  return VERDICTS.flatMap((verdict) => {
    const entries = Object.entries(whys[verdict]);
    if (entries.length === 0) return [];
    const calls = entries.reduce((sum, [, count]) => sum + count, 0);
    const [first] = entries;
    const because =
      entries.length === 1
        ? first![0]
        : entries.map(([why, count]) => `${why} ${formatCount(count)}`).join(', ');
    return [`${formatCount(calls)} ${verdict}${PLAIN.includes(verdict) ? '' : ` (${because})`}`];
  });
}

function coloured(text: string, paint: Paint): string {
  return VERDICTS.reduce((line, verdict) => {
    const style = STYLES[verdict];
    return style === undefined
      ? line
      : line.replace(new RegExp(`[\\d,]+ ${verdict}\\b`), (found) => paint(style, found));
  }, text);
}

/** One row as one line of JSON. */
export function verdictsLine({ account, region, service, calls, whys }: VerdictRow): string {
  const row = {
    schemaVersion: '1.0',
    kind: 'call-verdicts',
    account,
    region,
    service,
    calls,
    verdicts: whys,
  };
  return `${printableJson(row)}\n`;
}

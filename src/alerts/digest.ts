// The daily digest, which is the heartbeat too: what was too small for an alert, what was suppressed, what nobody could have seen, and what was
// read. It is told even when there is nothing to say, so that silence means that the monitor is dead.

import { callsOf, VERDICTS, type VerdictTotals } from '../findings/call-verdicts.ts';
import type { BlindReason } from '../findings/coverage.ts';
import { type Finding, SEVERITIES } from '../findings/finding.ts';
import { printableJson } from '../findings/printable.ts';
import type { ReadCounts } from '../findings/read-counts.ts';
import { worstFirst } from '../findings/stories.ts';
import type { SuppressionUse } from '../findings/suppressions.ts';
import { asciiLine, countText, inert, minuteUtc, pluralText } from './inert-text.ts';

/**
 * Findings that came or changed in the time, each counted once: `outcomeOf` in notice.ts. Their total is the sum: nothing else counts
 * findings a day, so there is nothing to check it against.
 */
export interface FindingCounts {
  readonly alerted: number;
  readonly digested: number;
  readonly belowMinimum: number;
  readonly suppressed: number;
  /** Could not be told, and will be tried again. */
  readonly failed: number;
}

export interface DigestInput {
  /** Half-open, milliseconds since the epoch: when the monitor did it, not event time. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly findings: FindingCounts;
  /** Those that go into this digest: below the minimum of an alert, or withdrawn after a digest had told them. In any order. */
  readonly digested: readonly Finding[];
  /** Every entry of the suppressions, with its use. */
  readonly suppressions: readonly SuppressionUse[];
  readonly suppressed: readonly Finding[];
  /** Why rules were blind or partly blind, what blinds most first. */
  readonly blind: readonly BlindReason[];
  /** Logs whose new findings of an hour were more than are raised (src/live/finding-cap.ts): `capped` of them were counted only. */
  readonly capped: readonly { readonly log: string; readonly severity: string; readonly capped: number }[];
  readonly read: ReadCounts;
  /**
   * Calls to DynamoDB and DAX of this day of event time, as far as known; null: could not be counted. `truncated`: there are more accounts than
   * were counted.
   */
  readonly verdicts: { readonly totals: VerdictTotals; readonly truncated: boolean } | null;
  /** When the last CloudTrail object came; null: none ever. */
  readonly lastTrailObjectMs: number | null;
}

export interface Digest {
  /** The UTC day that it tells of, `2026-11-01`. */
  readonly day: string;
  /** ASCII, at most `MAX_SUBJECT` characters: the subject of an e-mail. */
  readonly subject: string;
  /** Lines for people. */
  readonly text: string;
  /** One line for machines. */
  readonly json: string;
}

const MAX_SUBJECT = 99;
/** Lines of findings, of each kind; the counts have all. */
const MAX_LISTED = 50;
/** Entries, reasons and rules of a list. */
const MAX_ENTRIES = 100;
/** Reasons for blindness. */
const MAX_BLIND = 16;
/** Commands below them, and characters of one: that for flow logs has some 900. */
const MAX_COMMANDS = 3;
const MAX_COMMAND = 1_800;
/** UTF-8 bytes of the text, and of the JSON: both fit into one message of SNS (src/alerts/sns-message.ts) several times over. */
const MAX_BYTES = 20_480;

export function renderDigest(input: DigestInput): Digest {
  const { read, findings } = input;
  const total = totalOf(findings);
  const unreadable = sum(read.records.unreadable) + sum(read.objects.failed) + read.objects.partlyRead;
  const day = new Date(input.toMs).toISOString().slice(0, 10);
  const subject = asciiLine(
    `wiretrail digest ${day}: ${countText(findings.alerted)} alerted, ${countText(findings.digested)} below, ` +
      `${countText(findings.suppressed)} suppressed, ${countText(unreadable)} unreadable`,
    MAX_SUBJECT,
  );
  const lines = [
    `wiretrail, ${minuteUtc(iso(input.fromMs))} to ${minuteUtc(iso(input.toMs))}`,
    '',
    headline(input),
    '',
    'FINDINGS',
    `${countText(total)} = ${countText(findings.alerted)} alerted + ${countText(findings.digested)} in digests + ` +
      `${countText(findings.belowMinimum)} below the minimum + ${countText(findings.suppressed)} suppressed + ${countText(findings.failed)} failed`,
    '',
    `TOO SMALL FOR AN ALERT (${countText(input.digested.length)})`,
    ...findingLines(input.digested),
    '',
    `SUPPRESSED (${countText(input.suppressed.length)})`,
    ...suppressionLines(input.suppressions),
    ...findingLines(input.suppressed),
    ...expiredLines(input.suppressions),
    '',
    'BLIND',
    ...blindLines(input.blind),
    ...cappedLines(input.capped),
    '',
    'READ',
    ...readLines(input),
    verdictLine(input.verdicts),
  ];
  return { day: iso(input.fromMs).slice(0, 10), subject, text: withinBytes(lines), json: digestJson(input) };
}

function headline({ read, findings, lastTrailObjectMs, toMs }: DigestInput): string {
  const last =
    lastTrailObjectMs === null
      ? 'No CloudTrail object has ever come.'
      : `The last CloudTrail object came at ${minuteUtc(iso(lastTrailObjectMs))}${before(toMs - lastTrailObjectMs)}.`;
  if (read.records.judged === 0)
    return `The monitor runs, but judged no record in this time: this says nothing about the account. ${last}`;
  const records = pluralText(read.records.judged, 'record');
  const total = totalOf(findings);
  const found = total === 0 ? 'Nothing was found' : `${pluralText(total, 'finding')} came or changed`;
  return `The monitor runs. ${found} in ${records} that were judged. ${last}`;
}

/** Of the end of the day. The digest of a day that was missed knows of later ones: nothing is said of those. */
function before(milliseconds: number): string {
  if (milliseconds < 0) return '';
  const minutes = Math.round(milliseconds / 60_000);
  return `, ${minutes < 120 ? pluralText(minutes, 'minute') : pluralText(Math.round(minutes / 60), 'hour')} before`;
}

function totalOf({ alerted, digested, belowMinimum, suppressed, failed }: FindingCounts): number {
  return alerted + digested + belowMinimum + suppressed + failed;
}

/** Worst first. What has the same words is one line: of a name that is noisy in a log, sixty findings are. */
function findingLines(findings: readonly Finding[]): string[] {
  const alike = [...Map.groupBy([...findings].sort(worstFirst), sameWords).values()];
  const shown = alike.slice(0, MAX_LISTED);
  const lines = shown.map((same) => {
    const { severity, rule, title, account, region, id, status } = same[0]!;
    const gone = status === 'withdrawn' ? ' WITHDRAWN' : '';
    const times = `${countText(same.reduce((total, { count }) => total + count, 0))}x`;
    const which =
      same.length === 1
        ? `${times}, id ${id}`
        : `${countText(same.length)} findings, ${times}, the first id ${id}`;
    return inert(`- ${severity} ${rule.id}${gone} ${title} (${account} ${region}, ${which})`, 400);
  });
  const told = shown.reduce((total, same) => total + same.length, 0);
  return findings.length > told ? [...lines, `and ${countText(findings.length - told)} more`] : lines;
}

function sameWords({ severity, rule, title, account, region, status }: Finding): string {
  return JSON.stringify([severity, rule.id, title, account, region, status === 'withdrawn']);
}

function suppressionLines(uses: readonly SuppressionUse[]): string[] {
  const used = uses.filter(({ count, expired }) => count > 0 && !expired);
  return used.slice(0, MAX_ENTRIES).map((use) => inert(`${describeUse(use)} until ${use.expires}`, 700));
}

/** An entry that has expired is named until somebody takes it out, or renews it. */
function expiredLines(uses: readonly SuppressionUse[]): string[] {
  return uses
    .filter(({ expired }) => expired)
    .slice(0, MAX_ENTRIES)
    .map((use) =>
      inert(
        `EXPIRED on ${use.expires}, suppresses no more: ${describeUse(use)}; renew it or take it out of the file`,
        700,
      ),
    );
}

function describeUse({ id, match, reason, owner, count }: SuppressionUse): string {
  return `${countText(count)} by ${id} (${match}): ${reason}; ${owner}`;
}

function blindLines(blind: DigestInput['blind']): string[] {
  if (blind.length === 0) return ['No rule: each saw what it needs.'];
  const shown = blind.slice(0, MAX_BLIND);
  const lines = shown.flatMap(({ effect, why, rules, command }, at) => {
    const line = inert(`- ${BLIND_WORDS[effect]}: ${why}: ${rules.join(', ')}`, 700);
    // Of what blinds wholly, and most: a command that is cut would be another one.
    const isTold =
      effect === 'blind' && at < MAX_COMMANDS && command !== null && command.length <= MAX_COMMAND;
    return isTold ? [line, `  ${inert(command, MAX_COMMAND)}`] : [line];
  });
  const more = blind.length - shown.length;
  return [
    ...lines,
    ...(more > 0 ? [`and ${pluralText(more, 'more reason')}`] : []),
    '`wiretrail coverage` with the logs of this day prints all commands, and what each would change.',
  ];
}

const BLIND_WORDS = { blind: 'blind', partly: 'partly blind' } as const;

/** A section of its own, which is hardly ever there. */
function cappedLines(capped: DigestInput['capped']): string[] {
  if (capped.length === 0) return [];
  const lines = capped.slice(0, MAX_ENTRIES).map((entry) => {
    const found = pluralText(entry.capped, `new ${entry.severity} finding`);
    return inert(`- ${entry.log}: ${found} of one hour counted, and not raised`, 700);
  });
  return ['', 'NOT RAISED', ...lines];
}

function readLines({ read: { objects, records } }: DigestInput): string[] {
  const { skipped, failed } = objects;
  return [
    `objects: ${countText(objects.listed)} = ${countText(objects.read)} read + ${countText(objects.partlyRead)} partly read + ` +
      `${countText(sum(skipped))} skipped${reasons(skipped)} + ${countText(sum(failed))} failed${reasons(failed)}`,
    ...sumWarning(objects.listed, objects.read + objects.partlyRead + sum(skipped) + sum(failed), 'objects'),
    `records: ${countText(records.total)} = ${countText(records.judged)} judged + ${countText(records.duplicates)} duplicates + ` +
      `${countText(sum(records.skipped))} skipped${reasons(records.skipped)} + ${countText(sum(records.unreadable))} unreadable${reasons(records.unreadable)}`,
    ...sumWarning(
      records.total,
      records.judged + records.duplicates + sum(records.skipped) + sum(records.unreadable),
      'records',
    ),
    `late for a window: ${countText(records.late)}`,
  ];
}

function verdictLine(verdicts: DigestInput['verdicts']): string {
  if (verdicts === null) return 'TLS of calls to DynamoDB and DAX: could not be counted';
  const { totals, truncated } = verdicts;
  const parts = VERDICTS.map((verdict) => `${countText(totals[verdict])} ${verdict}`).join(' + ');
  const some = truncated ? ', of some accounts only' : '';
  return `TLS of calls to DynamoDB and DAX: ${countText(callsOf(totals))} = ${parts}${some}`;
}

function sumWarning(total: number, parts: number, what: string): string[] {
  return total === parts
    ? []
    : [`WRONG: the counts of ${what} do not add up (${countText(parts)}): please report it`];
}

/** ` (digest 8, not-a-log 2)` */
function reasons(counts: Readonly<Record<string, number>>): string {
  const named = Object.entries(counts)
    .filter(([, count]) => count > 0)
    .sort(([a, countA], [b, countB]) => countB - countA || (a < b ? -1 : 1))
    .slice(0, 12)
    .map(([reason, count]) => `${inert(reason, 64)} ${countText(count)}`);
  return named.length === 0 ? '' : ` (${named.join(', ')})`;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, count) => total + count, 0);
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

/** Whole lines from the start, as many as fit, and last that there are more. */
function withinBytes(lines: readonly string[]): string {
  let text = '';
  for (const [at, line] of lines.entries()) {
    if (Buffer.byteLength(text) + Buffer.byteLength(line) > MAX_BYTES - 100)
      return `${text}... and ${countText(lines.length - at)} more lines\n`;
    text += `${line}\n`;
  }
  return text;
}

function digestJson(input: DigestInput): string {
  const brief = (finding: Finding) => ({
    id: finding.id,
    rule: finding.rule.id,
    severity: finding.severity,
    status: finding.status,
    account: finding.account,
    region: finding.region,
  });
  const listed = (findings: readonly Finding[]) =>
    [...findings].sort(worstFirst).slice(0, MAX_LISTED).map(brief);
  const { findings, read, blind } = input;
  const bySeverity = Object.fromEntries(
    SEVERITIES.map((severity) => [
      severity,
      input.digested.filter((finding) => finding.severity === severity).length,
    ]),
  );
  const whole = {
    schemaVersion: '1.0',
    kind: 'digest',
    from: iso(input.fromMs),
    to: iso(input.toMs),
    lastTrailObject: input.lastTrailObjectMs === null ? null : iso(input.lastTrailObjectMs),
    findings: { total: totalOf(findings), ...findings },
    bySeverity,
    objects: read.objects,
    records: read.records,
    verdicts: input.verdicts,
    blind: blind.slice(0, MAX_ENTRIES).map(({ effect, code, why, rules }) => ({ effect, code, why, rules })),
    capped: input.capped.slice(0, MAX_ENTRIES),
    suppressions: input.suppressions
      .slice(0, MAX_ENTRIES)
      .map(({ id, owner, expires, expired, count }) => ({ id, owner, expires, expired, count })),
    digested: listed(input.digested),
    suppressed: listed(input.suppressed),
  };
  const json = printableJson(whole);
  if (Buffer.byteLength(json) <= MAX_BYTES) return json;
  return printableJson({
    ...whole,
    blind: [],
    capped: [],
    suppressions: [],
    digested: [],
    suppressed: [],
    trimmed: true,
  });
}

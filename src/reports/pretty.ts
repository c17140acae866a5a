// What a person sees at the end of a run: stories, worst first, then what was read and what was not.

import type { Finding, RemediationStep } from '../findings/finding.ts';
import { SEVERITIES } from '../findings/finding.ts';
import { printable } from '../findings/printable.ts';
import { groupStories, type Story } from '../findings/stories.ts';
import type { RunSummary } from './run-summary.ts';
import {
  clip,
  createPaint,
  displayWidth,
  formatCount,
  type Paint,
  padTo,
  plural,
  SEVERITY_STYLES,
  wrap,
  wrapCommand,
  wrapParts,
} from './terminal-text.ts';
import { renderTotals } from './totals.ts';

/** Stories that are told in full: what fits somebody's attention; `--out` and `--format jsonl` have all. */
const MAX_FULL_STORIES = 12;
/** Further stories of MEDIUM or higher, told in a line each. */
const MAX_BRIEF_STORIES = 100;
/** Stories of LOW and INFO, told in a line each. */
const MAX_MINOR_STORIES = 20;
const MAX_LOCATORS = 3;
const MAX_MEMBERS = 5;

/** A line longer than this is hard to read, however wide the terminal is. */
const MAX_WIDTH = 110;
const MIN_WIDTH = 40;

const LABEL_WIDTH = 10;
const MIN_TITLE_WIDTH = 30;

export interface PrettyOptions {
  readonly color: boolean;
  /** Columns of the terminal. */
  readonly width: number;
}

/** Ends with a line end. Every text of a log is escaped. */
export function renderPretty(
  findings: readonly Finding[],
  summary: RunSummary,
  options: PrettyOptions,
): string {
  const paint = createPaint(options.color);
  const width = Math.max(MIN_WIDTH, Math.min(MAX_WIDTH, options.width));
  const stories = groupStories(findings);
  const major = stories.filter((story) => SEVERITIES.indexOf(story.severity) <= SEVERITIES.indexOf('MEDIUM'));
  const minor = stories.slice(major.length);
  const blocks: string[][] = [];
  for (const story of major.slice(0, MAX_FULL_STORIES)) blocks.push(renderStory(story, paint, width));
  const brief = [
    ...renderBriefStories(major.slice(MAX_FULL_STORIES), MAX_BRIEF_STORIES, paint, width),
    ...renderBriefStories(minor, MAX_MINOR_STORIES, paint, width),
  ];
  if (brief.length > 0) blocks.push(brief);
  if (summary.mode === 'replay' && stories.length === 0) blocks.push([renderNothingFound(summary, paint)]);
  blocks.push(renderTotals(summary, paint, width));
  return `${blocks.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

function renderStory(story: Story, paint: Paint, width: number): string[] {
  const [worst] = story.findings;
  const finding = worst!;
  const badge = paint(SEVERITY_STYLES[story.severity], padTo(` ${story.severity} `, LABEL_WIDTH));
  const score = String(story.score);
  const title = wrap(printable(finding.title, 240), width - LABEL_WIDTH - 1 - score.length - 2);
  const lines = title.map((line, at) =>
    at === 0
      ? `${badge} ${paint('bold', padTo(line, width - LABEL_WIDTH - 1 - score.length - 1))} ${paint('dim', score)}`
      : `${' '.repeat(LABEL_WIDTH)} ${paint('bold', line)}`,
  );
  const row = (label: string, texts: readonly string[], style?: Parameters<Paint>[0]) => {
    for (const [at, text] of texts.entries()) {
      const name = paint('dim', padTo(at === 0 ? ` ${label}` : '', LABEL_WIDTH));
      lines.push(`${name} ${style === undefined ? text : paint(style, text)}`);
    }
  };
  const column = width - LABEL_WIDTH - 1;
  row('', wrapParts(whoWhereWhen(story, finding), column));
  row('what', wrap(printable(finding.summary, 1_000), column));
  row('why', bullets(finding.why, column));
  row('evidence', evidenceLines(finding, column));
  row('fix', fixLines(finding.remediation, column));
  row('story', memberLines(story, column));
  row('', wrapParts(idParts(finding), column), 'dim');
  return lines;
}

/** An entity that tells a person nothing. */
const FINGERPRINT = /^[0-9a-f]{32}$/;

/** `role orders-api · 203.0.113.7 · orders → 111122223333 us-east-1 · 10-05 12:01 to 12:09 UTC · 14 times` */
function whoWhereWhen(story: Story, finding: Finding): string[] {
  const { principal, actor, target } = finding;
  const parts = [
    principal === null
      ? FINGERPRINT.test(finding.entity)
        ? ''
        : finding.entity
      : [principal.name, principal.session].filter((text) => text !== '').join('/'),
    actor === null ? '' : actor.ip,
    target === null ? '' : [target.service, target.resource].filter((text) => text !== '').join(' '),
    [finding.account, finding.region].filter((text) => text !== '').join(' '),
    formatSpan(story.firstSeen, story.lastSeen),
    finding.count === 1
      ? 'once'
      : `${formatCount(finding.count)}${finding.truncated ? ' or more' : ''} times`,
  ];
  return parts.filter((part) => part !== '').map((part) => printable(part, 200));
}

/** `2026-10-05 12:01` , `2026-10-05 12:01–12:09`, `2026-10-05 23:50 – 2026-10-06 00:10`, all UTC. */
function formatSpan(first: string, last: string): string {
  const from = `${first.slice(0, 10)} ${first.slice(11, 16)}`;
  const to = `${last.slice(0, 10)} ${last.slice(11, 16)}`;
  if (from === to) return `${from} UTC`;
  return first.slice(0, 10) === last.slice(0, 10)
    ? `${from}–${last.slice(11, 16)} UTC`
    : `${from} – ${to} UTC`;
}

function bullets(texts: readonly string[], width: number): string[] {
  return texts.flatMap((text) =>
    wrap(printable(text, 512), width - 2).map((line, at) => `${at === 0 ? '•' : ' '} ${line}`),
  );
}

/** Objects are not wrapped: they are there to be copied. */
function evidenceLines(finding: Finding, width: number): string[] {
  const shown = finding.evidence.slice(0, MAX_LOCATORS);
  const lines = [...Map.groupBy(shown, (piece) => splitLocator(piece.locator).object)].flatMap(
    ([object, pieces]) => {
      const places = pieces.map((piece) => {
        const { ordinal } = splitLocator(piece.locator);
        return `${ordinal === '' ? '' : `${ordinal} at `}${piece.time.slice(0, 19).replace('T', ' ')}`;
      });
      const name = printable(object, 5_120);
      const line = `${name} ${places.join(' · ')}`;
      return displayWidth(line) <= width
        ? [line]
        : [name, ...wrapParts(places, width - 2).map((text) => `  ${text}`)];
    },
  );
  const more = Math.max(finding.count, finding.evidence.length) - shown.length;
  if (more > 0) lines.push(`and ${formatCount(more)} more`);
  return lines;
}

/** `file#17` into file and `#17`; a locator of another form is an object without ordinal. */
function splitLocator(locator: string): { object: string; ordinal: string } {
  const [ordinal = ''] = /#\d+$/.exec(locator) ?? [];
  return { object: locator.slice(0, locator.length - ordinal.length), ordinal };
}

/** The first step; where that is no command also the first command that can be run as it is. */
function fixLines(steps: readonly RemediationStep[], width: number): string[] {
  const firstIsWords = steps[0]?.command === null;
  const commandAt = firstIsWords
    ? steps.findIndex(({ command }) => command !== null && !/<[A-Z-]+>/.test(command))
    : -1;
  const shown = [...new Set([0, commandAt])].filter((at) => at >= 0 && at < steps.length);
  return shown.flatMap((at) => {
    const { step, command } = steps[at]!;
    const place = steps.length > 1 ? `${at + 1} of ${steps.length}: ` : '';
    const words = wrap(`${place}${step}`, width);
    return command === null ? words : [...words, ...wrapCommand(command, width)];
  });
}

/** The other findings of the story, those of one rule and severity in one line. */
function memberLines(story: Story, width: number): string[] {
  const others = story.findings.slice(1);
  const kinds = [...Map.groupBy(others, (finding) => `${finding.severity} ${finding.rule.id}`).values()];
  const lines = kinds.slice(0, MAX_MEMBERS).map((same) => {
    const [first] = same;
    const times = same.length === 1 ? '' : ` (${formatCount(same.length)}×)`;
    return clip(`${first!.rule.id} ${first!.severity}${times}  ${printable(first!.title, 240)}`, width);
  });
  if (kinds.length > MAX_MEMBERS)
    lines.push(`+${formatCount(kinds.length - MAX_MEMBERS)} more kinds of finding`);
  return lines;
}

function idParts(finding: Finding): string[] {
  const parts = [
    `${finding.rule.id} ${finding.rule.name}`,
    `id ${finding.id}`,
    `${finding.grade}, confidence ${finding.confidence}`,
  ];
  return finding.status === 'final' ? parts : [...parts, finding.status];
}

function renderBriefStories(stories: readonly Story[], most: number, paint: Paint, width: number): string[] {
  const lines = stories.slice(0, most).map((story) => {
    const finding = story.findings[0]!;
    const badge = paint(SEVERITY_STYLES[story.severity], padTo(` ${story.severity}`, LABEL_WIDTH));
    const rule = padTo(finding.rule.id, 7);
    const where = printable(`${finding.account} ${finding.region}`.trim(), 60);
    const column = width - LABEL_WIDTH - 1 - displayWidth(rule) - 1;
    const room = column - 2 - displayWidth(where);
    const title = printable(finding.title, 240);
    // On a narrow terminal what happened says more than where.
    return room < MIN_TITLE_WIDTH || where === ''
      ? `${badge} ${rule} ${clip(title, column)}`
      : `${badge} ${rule} ${clip(title, room)}  ${paint('dim', where)}`;
  });
  const rest = stories.slice(most);
  if (rest.length > 0) {
    const severities = [...new Set([rest[0]!.severity, rest.at(-1)!.severity])].join(' to ');
    lines.push(
      `${' '.repeat(LABEL_WIDTH)} ${plural(rest.length, 'more story', 'more stories')} of ${severities}: --out or --format jsonl`,
    );
  }
  return lines;
}

/** Nothing found is only said of what was looked at. */
function renderNothingFound(summary: RunSummary, paint: Paint): string {
  if (summary.records.judged === 0)
    return paint('bold', 'No record was judged: this says nothing about the account.');
  const records = plural(summary.records.judged, 'record');
  if (summary.findings.suppressed > 0)
    return paint('bold', `Nothing found in ${records} but what is suppressed.`);
  return paint(['bold', 'green'], `Nothing found in ${records}.`);
}

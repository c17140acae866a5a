// What an alert says, in parts that mail and chat lay out each in its own way. Every text is inert; commands are exact.

import { createHash } from 'node:crypto';
import type { Finding, Severity } from '../findings/finding.ts';
import { printable } from '../findings/printable.ts';
import { countText, inert, minuteUtc, pluralText } from './inert-text.ts';
import type { Notice, NoticeReason } from './notice.ts';

/** What the alert side wants to know of a rule; a detector's `meta` fits. */
export interface RuleFacts {
  readonly blindSpots: readonly string[];
}

/** Null for a rule that is not known (any more). */
export type RuleLookup = (ruleId: string) => RuleFacts | null;

export interface AlertStep {
  readonly step: string;
  readonly command: string | null;
  readonly risk: string;
  readonly undo: string;
}

export interface AlertPlace {
  readonly locator: string;
  readonly time: string;
  /** `name=value` of the record; empty where they were trimmed. */
  readonly fields: string;
}

export interface AlertText {
  /** It does not stand any more: nothing is to be done, and what was done may be undone. */
  readonly withdrawn: boolean;
  readonly severity: Severity;
  readonly title: string;
  /** Why this message is sent. */
  readonly reason: string;
  readonly summary: string;
  /** Who, from, where, since, how often. */
  readonly facts: readonly { readonly label: string; readonly text: string }[];
  /** `certain, confidence 0.95, score 84` */
  readonly strength: string;
  readonly why: readonly string[];
  readonly unknown: readonly string[];
  readonly steps: readonly AlertStep[];
  readonly evidence: readonly AlertPlace[];
  /** Records beyond the evidence. */
  readonly moreRecords: number;
  /** Rule, id, revision, status. */
  readonly identity: string;
}

/** Steps in one message; the finding has them all. */
const MAX_STEPS = 12;
/** What a rule cannot see, in one message; `wiretrail detections RULE` tells all. */
const MAX_BLIND_SPOTS = 5;
/** UTF-16 units of a command; the longest of ours, with a whole policy in it, has about 1,500. */
const MAX_COMMAND_LENGTH = 8_192;
/** UTF-16 units of the fields of one piece of evidence. */
const MAX_FIELDS_LENGTH = 600;
/** Locators are whole: the bound of src/findings/score.ts. */
const MAX_LOCATOR_LENGTH = 5_120;

/**
 * Findings that people read as one: those of one rule about one entity (src/findings/stories.ts). 16 hex digits.
 */
export function storyKeyOf({ rule, account, region, entity }: Finding): string {
  return createHash('sha256')
    .update(JSON.stringify([rule.id, account, region, entity]))
    .digest('hex')
    .slice(0, 16);
}

export function tellAlert(
  finding: Finding,
  notice: Pick<Notice, 'why' | 'detail'>,
  rules: RuleLookup,
): AlertText {
  const { rule, evidence } = finding;
  return {
    withdrawn: finding.status === 'withdrawn',
    severity: finding.severity,
    title: inert(finding.title, 240),
    reason: reasonText(notice.why, inert(notice.detail, 200), finding.severity),
    summary: inert(finding.summary, 2_000),
    facts: factsOf(finding),
    strength: `${finding.grade}, confidence ${finding.confidence}, score ${finding.score}`,
    why: finding.why.map((line) => inert(line)),
    unknown: unknownsOf(finding, rules(rule.id)),
    steps: finding.remediation.slice(0, MAX_STEPS).map(({ step, command, risk, undo }) => ({
      // Words of our own: `http://` in them is no link.
      step: printable(step, 512),
      command: command === null ? null : printable(command, MAX_COMMAND_LENGTH),
      risk: printable(risk, 512),
      undo: printable(undo, 1_024),
    })),
    evidence: evidence.map(({ locator, time, fields }) => ({
      locator: inert(locator, MAX_LOCATOR_LENGTH),
      time: `${time.slice(0, 10)} ${time.slice(11, 19)} UTC`,
      fields: inert(
        Object.entries(fields)
          .filter(([, value]) => value !== '' && value !== null)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
        MAX_FIELDS_LENGTH,
      ),
    })),
    moreRecords: Math.max(0, finding.count - evidence.length),
    identity: inert(
      `${rule.id} ${rule.name} version ${rule.version}, id ${finding.id}, revision ${finding.revision}, ${finding.status}`,
    ),
  };
}

/** A sentence without its full stop. */
export function reasonText(why: NoticeReason, detail: string, severity: Severity): string {
  switch (why) {
    case 'first':
      return 'Seen for the first time';
    case 'more-severe':
      return `Now ${severity}, ${detail} before`;
    case 'ten-times':
      return `More than ten times as often as the ${detail} told before`;
    case 'new-network':
      return `Now also from a new network: ${detail}`;
    case 'new-target':
      return `Now also against a new target: ${detail}`;
    case 'named':
      return `Now it is known who it was: ${detail}`;
    case 'stands-again':
      return 'Told, withdrawn, and standing again';
    case 'withdrawn':
      return 'WITHDRAWN: later records took it back, nothing needs to be done';
    case 'told':
    case 'not-told':
    case 'below-minimum':
    case 'suppressed':
      return 'For information';
  }
}

function factsOf(finding: Finding): AlertText['facts'] {
  const { principal, actor, target, account, region, entity, count, truncated } = finding;
  const { firstSeen, lastSeen } = finding;
  const who =
    principal === null
      ? 'the logs do not say'
      : joined([
          `${principal.type} ${principal.name}`.trim(),
          named('session', principal.session),
          named('key', principal.keyId),
        ]);
  const from =
    actor === null
      ? 'the logs do not say'
      : joined([
          actor.class === '' ? actor.ip : `${actor.ip} (${actor.class})`,
          named('VPC endpoint', actor.vpcEndpoint),
          named('user agent', actor.userAgent),
        ]);
  const where = joined([
    named('account', account),
    region,
    target === null ? '' : `${target.service} ${target.resource}`.trim(),
    named('about', entity),
  ]);
  const since =
    firstSeen === lastSeen ? minuteUtc(firstSeen) : `${minuteUtc(firstSeen)}, last ${minuteUtc(lastSeen)}`;
  const often =
    count === 1 && !truncated ? 'once' : `${countText(count)} times${truncated ? ' or more' : ''}`;
  return [
    { label: 'Who', text: who },
    { label: 'From', text: from },
    { label: 'Where', text: where },
    { label: 'Since', text: since },
    { label: 'How often', text: often },
  ].map(({ label, text }) => ({ label, text: inert(text, 1_024) }));
}

/** What this finding leaves open, then what its rule cannot see. */
function unknownsOf(finding: Finding, facts: RuleFacts | null): string[] {
  const { principal, actor, grade, truncated, status, evidence, count, rule } = finding;
  const open: string[] = [];
  if (principal === null) open.push('Who it was: the records name no principal.');
  if (actor === null) open.push('Where it came from: the records name no address.');
  if (grade !== 'certain')
    open.push(
      `Whether it is what it looks like: the evidence is ${grade}; "wiretrail detections ${rule.id}" says what else it may be.`,
    );
  if (truncated)
    open.push(
      'How often exactly: there was more than is kept, so the count is a lower bound or an estimate.',
    );
  if (status === 'provisional')
    open.push('Whether it stays so: its window is still open, and late records may change it.');
  if (count > evidence.length)
    open.push(
      `${pluralText(count - evidence.length, 'further record')}: only the earliest are listed below.`,
    );
  const blind = facts?.blindSpots ?? [];
  return [...open, ...blind.slice(0, MAX_BLIND_SPOTS).map((text) => `Not seen by this rule: ${text}`)].map(
    (text) => inert(text),
  );
}

function named(name: string, value: string): string {
  return value === '' ? '' : `${name} ${value}`;
}

function joined(texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(', ');
}

/** Columns of the labels. */
const LABEL_COLUMNS = 11;

/** As an e-mail reads it: lines of text, no markup. */
export function renderMail(alert: AlertText): string {
  const lines = [
    `${alert.severity}: ${alert.title}`,
    '',
    `${alert.reason}.`,
    '',
    'WHAT HAPPENED',
    alert.summary,
    '',
    ...alert.facts.map(({ label, text }) => `${label.padEnd(LABEL_COLUMNS)}${text}`),
    '',
    `WHY WE BELIEVE IT (${alert.strength})`,
    ...bullets(alert.why),
    '',
    'WHAT CANNOT BE KNOWN',
    ...bullets(alert.unknown),
    '',
    'WHAT TO DO NOW',
    ...whatToDo(alert),
    '',
    'WHERE THE EVIDENCE LIES',
    ...alert.evidence.flatMap(({ locator, time, fields }) =>
      fields === '' ? [locator, `  ${time}`] : [locator, `  ${time}  ${fields}`],
    ),
    ...(alert.moreRecords > 0 ? [`and ${pluralText(alert.moreRecords, 'more record')}`] : []),
    '',
    '--',
    alert.identity,
    'Nothing was run by wiretrail. Commands hold this finding’s own values; words in <CAPITALS> are for you to fill in.',
  ];
  return `${lines.join('\n')}\n`;
}

function bullets(texts: readonly string[]): string[] {
  return texts.length === 0 ? ['- nothing is known of that'] : texts.map((text) => `- ${text}`);
}

function whatToDo({ withdrawn, steps }: AlertText): string[] {
  if (withdrawn) return [NOTHING_TO_DO, ...steps.map(undoLine)];
  if (steps.length === 0) return ['Nothing is prescribed for this rule: look at the evidence.'];
  return steps.flatMap(stepLines);
}

/** For a finding that was withdrawn. */
export const NOTHING_TO_DO = 'Nothing. Where something was done because of the earlier message:';

export function undoLine({ step, undo }: AlertStep): string {
  return `- ${step}: ${undo}`;
}

/** A command stands alone in its line, so that it is copied whole. */
function stepLines({ step, command, risk, undo }: AlertStep, at: number): string[] {
  return [
    `${at + 1}. ${step}`,
    ...(command === null ? [] : ['', command, '']),
    `   Risk: ${risk}`,
    `   Undo: ${undo}`,
  ];
}

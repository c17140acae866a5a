// Findings as messages of Slack, in Block Kit: https://docs.slack.dev/block-kit/. Everything from logs is escaped, and nothing becomes a link.

import type { ContextBlock, HeaderBlock, MrkdwnElement, SectionBlock } from '@slack/types';
import type { Severity } from '../findings/finding.ts';
import { type AlertStep, type AlertText, NOTHING_TO_DO, undoLine } from './alert-text.ts';
import type { Digest } from './digest.ts';
import { countText, pluralText } from './inert-text.ts';
import { escapeCode, escapeMrkdwn } from './slack-text.ts';

/** Blocks of a message: https://docs.slack.dev/reference/block-kit/blocks/ */
export const MAX_BLOCKS = 50;
/** Characters of a text object, so of a section: https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
export const MAX_SECTION_LENGTH = 3_000;
/** Characters of a header: https://docs.slack.dev/reference/block-kit/blocks/header-block */
export const MAX_HEADER_LENGTH = 150;
/** Of our own: notifications show the beginning. Slack cuts at 40,000 (https://docs.slack.dev/changelog/2018-04-truncating-really-long-messages). */
const MAX_FALLBACK_LENGTH = 300;
/** Steps in a chat; the e-mail has them all. */
const MAX_STEPS = 5;
/** Lines of what came after the first message of a story. */
export const MAX_NEWS = 10;
/** Stories that a roll-up names one by one. */
export const MAX_ROLLED_UP = 20;

export type SlackBlock = HeaderBlock | SectionBlock | ContextBlock;

export interface SlackMessage {
  /** For notifications, and for those who read aloud. */
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** What a message says of the story around its finding. */
export interface StoryLine {
  readonly severity: Severity;
  /** Findings told so far. */
  readonly findings: number;
  /** Their counts together. */
  readonly occurrences: number;
  /** All of them were withdrawn. */
  readonly withdrawn: boolean;
  /** Escaped lines of what came later, the latest last. */
  readonly news: readonly string[];
}

/** The first message of a story, or the same message with what came later. `body` is of the story's worst finding. */
export function storyMessage(title: string, body: readonly SlackBlock[], story: StoryLine): SlackMessage {
  const { severity, findings, occurrences, withdrawn, news } = story;
  const head = `${withdrawn ? 'WITHDRAWN ' : ''}${severity}: ${title}`;
  const count =
    findings > 1
      ? [context(`*${pluralText(findings, 'finding')}* in this story, ${countText(occurrences)} occurrences`)]
      : [];
  const later =
    news.length === 0 ? [] : sections(['*Since then*', ...news.slice(-MAX_NEWS).map((line) => `• ${line}`)]);
  return {
    text: escapeMrkdwn(head, MAX_FALLBACK_LENGTH),
    blocks: bounded([header(head), ...count, ...later, ...body]),
  };
}

/** Everything of an alert but its header. */
export function alertBody(alert: AlertText): SlackBlock[] {
  const { withdrawn, steps, evidence, moreRecords } = alert;
  return [
    context(escapeMrkdwn(alert.reason, 500)),
    ...sections([escapeMrkdwn(alert.summary, MAX_SECTION_LENGTH)]),
    ...sections(alert.facts.map(({ label, text }) => `*${label}*  ${escapeMrkdwn(text, 1_500)}`)),
    ...sections([
      `*Why we believe it* (${escapeMrkdwn(alert.strength, 200)})`,
      ...alert.why.map((text) => `• ${escapeMrkdwn(text, 800)}`),
    ]),
    ...sections(['*What cannot be known*', ...alert.unknown.map((text) => `• ${escapeMrkdwn(text, 800)}`)]),
    ...sections(['*What to do now*']),
    ...(withdrawn
      ? sections([
          NOTHING_TO_DO,
          ...steps.slice(0, MAX_STEPS).map((step) => escapeMrkdwn(undoLine(step), 800)),
        ])
      : steps.slice(0, MAX_STEPS).flatMap(stepSections)),
    ...(!withdrawn && steps.length > MAX_STEPS
      ? sections([`${pluralText(steps.length - MAX_STEPS, 'more step')} in the e-mail`])
      : []),
    ...sections([
      '*Where the evidence lies*',
      ...evidence.map(({ locator, time }) => `• ${escapeMrkdwn(locator, 2_500)}  ${time}`),
      ...(moreRecords > 0 ? [`and ${pluralText(moreRecords, 'more record')}`] : []),
    ]),
    context(escapeMrkdwn(alert.identity, 500)),
  ];
}

/** A command in a block of its own, whole: one that was cut would be another one. */
function stepSections({ step, command, risk, undo }: AlertStep, at: number): SlackBlock[] {
  const words = `${at + 1}. ${escapeMrkdwn(step, 800)}`;
  const code = command === null ? null : escapeCode(command, MAX_SECTION_LENGTH - 6);
  const after = [`Risk: ${escapeMrkdwn(risk, 800)}`, `Undo: ${escapeMrkdwn(undo, 1_200)}`];
  if (command === null) return sections([words, ...after]);
  if (code === null) return sections([words, 'The command does not fit here: the e-mail has it.', ...after]);
  return sections([words, `\`\`\`${code}\`\`\``, ...after]);
}

export interface RolledUpStory {
  readonly severity: Severity;
  /** Escaped. */
  readonly line: string;
}

export interface RollUp {
  /** All stories that are in it, also those without a line. */
  readonly count: number;
  readonly bySeverity: Readonly<Record<Severity, number>>;
  /** Worst first, at most MAX_ROLLED_UP. */
  readonly stories: readonly RolledUpStory[];
}

/** One message in place of many. */
export function rollUpMessage({ count, bySeverity, stories }: RollUp): SlackMessage {
  const counts = Object.entries(bySeverity)
    .filter(([, number]) => number > 0)
    .map(([severity, number]) => `${countText(number)} ${severity}`)
    .join(', ');
  const head = `${pluralText(count, 'more story', 'more stories')} at once: ${counts}`;
  const more = count > stories.length ? [`and ${countText(count - stories.length)} more`] : [];
  return {
    text: escapeMrkdwn(head, MAX_FALLBACK_LENGTH),
    blocks: bounded([
      header(head),
      context(
        'Too many for a message each. Every one of them is on the alert topic (e-mail), with its evidence.',
      ),
      ...sections([...stories.map(({ severity, line }) => `• *${severity}* ${line}`), ...more]),
    ]),
  };
}

/** A story in a line of a roll-up, or of what came later; escaped. */
export function storyLine(alert: Pick<AlertText, 'title' | 'reason'>, about: string): string {
  return escapeMrkdwn(`${alert.title} (${about}): ${alert.reason}`, 400);
}

export function digestMessage({ subject, text }: Pick<Digest, 'subject' | 'text'>): SlackMessage {
  return {
    text: escapeMrkdwn(subject, MAX_FALLBACK_LENGTH),
    blocks: bounded([
      header(subject),
      ...sections(text.split('\n').map((line) => escapeMrkdwn(line, MAX_SECTION_LENGTH))),
    ]),
  };
}

/** Plain text: a header knows no markup, and `emoji: false` no emoji either. */
function header(text: string): HeaderBlock {
  return {
    type: 'header',
    text: { type: 'plain_text', text: escapeMrkdwn(text, MAX_HEADER_LENGTH), emoji: false },
  };
}

function context(mrkdwnText: string): ContextBlock {
  return { type: 'context', elements: [mrkdwn(mrkdwnText)] };
}

/** `verbatim`: plain text becomes no link, no channel and no mention. https://docs.slack.dev/reference/block-kit/composition-objects/text-object */
function mrkdwn(text: string): MrkdwnElement {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Lines in as few sections as they fit in; a line of its own is never longer than a section. */
function sections(lines: readonly string[]): SectionBlock[] {
  const texts: string[] = [];
  for (const line of lines) {
    if (line === '') continue;
    const last = texts.at(-1);
    if (last !== undefined && last.length + 1 + line.length <= MAX_SECTION_LENGTH)
      texts[texts.length - 1] = `${last}\n${line}`;
    else texts.push(line);
  }
  return texts.map((text) => ({ type: 'section', text: mrkdwn(text) }));
}

function bounded(blocks: readonly SlackBlock[]): SlackBlock[] {
  if (blocks.length <= MAX_BLOCKS) return [...blocks];
  return [...blocks.slice(0, MAX_BLOCKS - 1), context('More is in the e-mail.')];
}

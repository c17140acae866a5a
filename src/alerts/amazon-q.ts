// A finding in the schema of custom notifications of Amazon Q Developer in chat applications (once AWS Chatbot), which shows it in Slack
// or Microsoft Teams: https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html

import type { Finding } from '../findings/finding.ts';
import { type AlertText, storyKeyOf } from './alert-text.ts';
import type { Digest } from './digest.ts';
import type { Notice } from './notice.ts';
import { escapeMrkdwn } from './slack-text.ts';

/**
 * Lengths of our own, UTF-16 units: a notification becomes a message of the chat, and these keep to what Slack takes in a header and a
 * section (src/alerts/slack-blocks.ts). Five next steps are what people read in a chat.
 */
const MAX_TITLE = 150;
const MAX_DESCRIPTION = 2_900;
const MAX_STEP = 500;
const MAX_STEPS = 5;

export interface AmazonQNotification {
  readonly version: '1.0';
  readonly source: 'custom';
  readonly id: string;
  readonly content: {
    /** The only kind there is: Markdown as the chat at the other end reads it. */
    readonly textType: 'client-markdown';
    readonly title: string;
    readonly description: string;
    readonly nextSteps: readonly string[];
    readonly keywords: readonly string[];
  };
  readonly metadata: {
    /** Messages of one story stand in one thread. */
    readonly threadId: string;
    readonly summary: string;
    readonly eventType: string;
    readonly relatedResources: readonly string[];
    readonly additionalContext: Readonly<Record<string, string>>;
  };
}

export function amazonQNotification(finding: Finding, alert: AlertText, notice: Notice): AmazonQNotification {
  const { id, revision, severity, rule, account, region, target, entity } = finding;
  const title = `${alert.withdrawn ? 'WITHDRAWN ' : ''}${severity}: ${alert.title}`;
  const lines = [
    alert.reason,
    alert.summary,
    ...alert.facts.map(({ label, text }) => `${label}: ${text}`),
    `Why we believe it (${alert.strength}): ${alert.why.join('; ')}`,
    `What cannot be known: ${alert.unknown.join(' ')}`,
    `Evidence: ${alert.evidence.map(({ locator }) => locator).join(' ')}`,
    alert.identity,
  ];
  return {
    version: '1.0',
    source: 'custom',
    id: `${id}-${revision}`,
    content: {
      textType: 'client-markdown',
      title: escapeMrkdwn(title, MAX_TITLE),
      description: lines
        .reduce((text, line) => {
          const room = MAX_DESCRIPTION - text.length - 1;
          return room > 20 ? `${text}\n${escapeMrkdwn(line, room)}` : text;
        }, '')
        .trimStart(),
      nextSteps: nextSteps(alert),
      keywords: [severity, rule.id, rule.family, account].filter((word) => word !== ''),
    },
    metadata: {
      threadId: storyKeyOf(finding),
      summary: escapeMrkdwn(title, MAX_TITLE),
      eventType: rule.name,
      relatedResources: [target?.resource ?? '', entity]
        .filter((text) => text !== '')
        .map((text) => escapeMrkdwn(text, MAX_STEP)),
      additionalContext: { severity, rule: rule.id, account, region, why: notice.why },
    },
  };
}

export function amazonQDigest({ subject, text }: Digest): AmazonQNotification {
  return {
    version: '1.0',
    source: 'custom',
    id: subject,
    content: {
      textType: 'client-markdown',
      title: escapeMrkdwn(subject, MAX_TITLE),
      description: escapeMrkdwn(text, MAX_DESCRIPTION),
      nextSteps: [],
      keywords: ['digest'],
    },
    metadata: {
      threadId: 'digest',
      summary: escapeMrkdwn(subject, MAX_TITLE),
      eventType: 'digest',
      relatedResources: [],
      additionalContext: {},
    },
  };
}

function nextSteps({ withdrawn, steps }: AlertText): string[] {
  if (withdrawn) return steps.slice(0, MAX_STEPS).map(({ undo }) => escapeMrkdwn(undo, MAX_STEP));
  return steps.slice(0, MAX_STEPS).map(({ step, command, risk }) => {
    // A command that is cut would be another one: the e-mail has it whole.
    const words = `${step}. Risk: ${risk}`;
    const whole = command === null ? words : `${words} Command: ${command}`;
    return escapeMrkdwn(
      whole.length <= MAX_STEP - 50 ? whole : `${words} The command is in the e-mail.`,
      MAX_STEP,
    );
  });
}

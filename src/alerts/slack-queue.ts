// Alerts on their way to Slack: into a FIFO queue with one group, so that one reader at a time sends them, in order. A standard topic cannot
// deliver to a FIFO queue (https://docs.aws.amazon.com/sns/latest/dg/sns-fifo-topics.html), so the alert is sent to both.

import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { Finding, Severity } from '../findings/finding.ts';
import { WiretrailError } from '../lib/errors.ts';
import { errorName } from '../lib/service-error.ts';
import { type AlertText, type RuleLookup, storyKeyOf, tellAlert } from './alert-text.ts';
import { type Alerts, REQUEST_TIMES } from './alerts.ts';
import { type Notice, reaches } from './notice.ts';
import { trimSteps } from './sns-message.ts';

/** Raised when a reader of before would misread it. */
export const SLACK_QUEUE_VERSION = 1;
/** Bytes of a message: what every SQS takes (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html has 1 MiB). */
const MAX_QUEUE_BYTES = 262_144;
/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/FIFO-key-terms.html: messages of one group are taken one batch after the other. */
const MESSAGE_GROUP = 'slack';
/** UTF-16 units of a rule's id, of which the reader takes no more (src/live/tell-slack.ts). */
const MAX_RULE_LENGTH = 64;

export interface QueuedFinding {
  readonly formatVersion: typeof SLACK_QUEUE_VERSION;
  readonly kind: 'finding';
  readonly findingId: string;
  readonly revision: number;
  readonly storyKey: string;
  readonly ruleId: string;
  readonly severity: Severity;
  readonly count: number;
  /** ISO. */
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Taken back, and less severe now than what Slack is told: said only where Slack heard of it when it was more. */
  readonly onlyIfTold: boolean;
  readonly alert: AlertText;
}

export interface QueuedDigest {
  readonly formatVersion: typeof SLACK_QUEUE_VERSION;
  readonly kind: 'digest';
  /** `2026-11-01`: told once. What a version of before sent has none. */
  readonly day?: string | undefined;
  readonly subject: string;
  readonly text: string;
}

export type SlackQueueMessage = QueuedFinding | QueuedDigest;

export interface SlackQueueOptions {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly rules: RuleLookup;
  /** What is less severe is on the topic alone. */
  readonly from: Severity;
}

/** Throws a WiretrailError (E_SLACK_QUEUE) that names the queue and the error's kind. */
export function createSlackQueue({ client, queueUrl, rules, from }: SlackQueueOptions): Alerts {
  const put = async (body: string, deduplicationId: string): Promise<void> => {
    try {
      await client.send(
        new SendMessageCommand({
          QueueUrl: queueUrl,
          MessageBody: body,
          MessageGroupId: MESSAGE_GROUP,
          MessageDeduplicationId: deduplicationId,
        }),
      );
    } catch (error) {
      throw new WiretrailError(
        'E_SLACK_QUEUE',
        queueUrl,
        `could not be sent to (${errorName(error) || 'no answer'})`,
        'Check the queue and the function’s role; the alert is on the topic, and is tried again here.',
        error,
      );
    }
  };
  return {
    async send(finding, notice) {
      const onlyIfTold = !reaches(finding.severity, from);
      if (onlyIfTold && finding.status !== 'withdrawn') return;
      await put(queuedFinding(finding, notice, rules, onlyIfTold), `${finding.id}-${finding.revision}`);
    },
    async sendDigest({ day, subject, text }) {
      const message: QueuedDigest = {
        formatVersion: SLACK_QUEUE_VERSION,
        kind: 'digest',
        day,
        subject,
        text,
      };
      await put(JSON.stringify(message), `digest-${day}`);
    },
  };
}

/** At most MAX_QUEUE_BYTES: what SQS refuses for its size it refuses each time. */
function queuedFinding(finding: Finding, notice: Notice, rules: RuleLookup, onlyIfTold: boolean): string {
  const { id, revision, rule, severity, count, firstSeen, lastSeen } = finding;
  const bodyOf = (alert: AlertText): string => {
    const message: QueuedFinding = {
      formatVersion: SLACK_QUEUE_VERSION,
      kind: 'finding',
      findingId: id,
      revision,
      storyKey: storyKeyOf(finding),
      ruleId: rule.id.slice(0, MAX_RULE_LENGTH),
      severity,
      count,
      firstSeen,
      lastSeen,
      onlyIfTold,
      alert,
    };
    return JSON.stringify(message);
  };
  for (const trimmed of trimSteps(finding)) {
    const body = bodyOf(tellAlert(trimmed, notice, rules));
    if (Buffer.byteLength(body) <= MAX_QUEUE_BYTES) return body;
  }
  const bare = { summary: '', facts: [], why: [], unknown: [], steps: [], evidence: [] };
  return bodyOf({ ...tellAlert(finding, notice, rules), ...bare });
}

/** `endpointUrl`: another SQS; null for AWS. Credentials and region come from the environment. */
export function makeSqsClient(endpointUrl: string | null): SQSClient {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  return new SQSClient({
    region,
    requestHandler: REQUEST_TIMES,
    ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
  });
}

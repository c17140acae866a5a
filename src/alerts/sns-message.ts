// One finding as one message of Amazon SNS: attributes to filter on, a text for people, JSON for machines. Pure.

import type { Finding } from '../findings/finding.ts';
import { printableJson } from '../findings/printable.ts';
import { WiretrailError } from '../lib/errors.ts';
import { type AlertText, type RuleLookup, renderMail, tellAlert } from './alert-text.ts';
import { amazonQDigest, amazonQNotification } from './amazon-q.ts';
import type { Digest } from './digest.ts';
import type { HttpsPayload } from './https-payload.ts';
import { asciiLine } from './inert-text.ts';
import type { Notice } from './notice.ts';

/**
 * Bytes of a message with its attributes: https://docs.aws.amazon.com/sns/latest/api/API_Publish.html (Message) and
 * https://docs.aws.amazon.com/sns/latest/dg/large-message-payloads.html (the default of a topic; body and attributes count together).
 */
export const MAX_SNS_BYTES = 262_144;
/** Characters of a subject: "less than 100", no line breaks or control characters (same page, Subject). ASCII shows as it is everywhere. */
export const MAX_SUBJECT_LENGTH = 99;
/**
 * Protocols whose subscribers are programs: https://docs.aws.amazon.com/sns/latest/api/API_Subscribe.html (Protocol). What is not named
 * here, e-mail first of all, gets the text (https://docs.aws.amazon.com/sns/latest/dg/sns-send-custom-platform-specific-payloads-mobile-devices.html, default).
 */
const MACHINE_PROTOCOLS = ['sqs', 'lambda', 'http', 'https', 'firehose'] as const;

export interface SnsMessage {
  readonly Subject: string;
  readonly Message: string;
  readonly MessageStructure: 'json';
  readonly MessageAttributes: Readonly<
    Record<string, { readonly DataType: 'String'; readonly StringValue: string }>
  >;
}

export interface SnsMessageOptions {
  readonly rules: RuleLookup;
  readonly https: HttpsPayload;
}

/** A finding as machines get it; `trimmed` where evidence or more was left out to fit. */
export type TrimmedFinding = Finding & { readonly trimmed?: true };

/**
 * At most MAX_SNS_BYTES (else a WiretrailError, E_ALERT_TOO_LARGE): first the fields of the evidence go, then what only explains, and behind that the last of the locators, which takes
 * locators longer than S3 or CloudWatch Logs allow. `trimmed` says so in the JSON.
 */
export function snsMessage(finding: Finding, notice: Notice, options: SnsMessageOptions): SnsMessage {
  const attributes = attributesOf(finding, notice);
  for (const trimmed of trimSteps(finding)) {
    const message = assemble(trimmed, tellAlert(trimmed, notice, options.rules), notice, options.https);
    const whole: SnsMessage = {
      Subject: subjectOf(finding, notice),
      Message: message,
      MessageStructure: 'json',
      MessageAttributes: attributes,
    };
    if (snsBytes(whole) <= MAX_SNS_BYTES) return whole;
  }
  throw new WiretrailError(
    'E_ALERT_TOO_LARGE',
    `finding ${finding.id}`,
    `has more than ${MAX_SNS_BYTES} bytes without any evidence`,
    'Please report it: no rule should say that much.',
  );
}

/** UTF-8 bytes as SNS counts them, and the subject's too. */
export function snsBytes({ Subject, Message, MessageAttributes }: SnsMessage): number {
  const attributes = Object.entries(MessageAttributes).reduce(
    (sum, [name, { DataType, StringValue }]) =>
      sum + Buffer.byteLength(name) + Buffer.byteLength(DataType) + Buffer.byteLength(StringValue),
    0,
  );
  return Buffer.byteLength(Subject) + Buffer.byteLength(Message) + attributes;
}

/** The finding whole, then with less and less; each ends with what it says of itself. */
export function* trimSteps(finding: Finding): Generator<TrimmedFinding> {
  yield finding;
  const places = finding.evidence.map((piece) => ({ ...piece, fields: {} }));
  yield { ...finding, evidence: places, trimmed: true };
  const lean: TrimmedFinding = {
    ...finding,
    evidence: places,
    why: finding.why.slice(0, 4),
    remediation: finding.remediation.slice(0, 4),
    related: [],
    trimmed: true,
  };
  for (let kept = places.length; kept >= 0; kept--) yield { ...lean, evidence: places.slice(0, kept) };
  yield { ...lean, evidence: [], why: [], remediation: [] };
}

function assemble(finding: TrimmedFinding, alert: AlertText, notice: Notice, https: HttpsPayload): string {
  const json = printableJson(finding);
  const bodies: Record<string, string> = { default: renderMail(alert) };
  for (const protocol of MACHINE_PROTOCOLS) bodies[protocol] = json;
  if (https === 'amazon-q') bodies.https = JSON.stringify(amazonQNotification(finding, alert, notice));
  return JSON.stringify(bodies);
}

function subjectOf({ severity, rule, account, title, status }: Finding, notice: Notice): string {
  const what = status === 'withdrawn' ? 'WITHDRAWN' : severity;
  const again = notice.why === 'first' || notice.why === 'withdrawn' ? '' : ' (again)';
  return asciiLine(`${what}${again} ${rule.id} ${account}: ${title}`, MAX_SUBJECT_LENGTH);
}

/**
 * For filter policies of subscriptions. An attribute has a value (https://docs.aws.amazon.com/sns/latest/api/API_MessageAttributeValue.html),
 * and with raw delivery to SQS there are at most ten. Subscribers may not see them beside a JSON structure
 * (https://docs.aws.amazon.com/sns/latest/dg/sns-message-attributes.html): everything that they hold is in the JSON too.
 */
function attributesOf(
  { severity, rule, account, region, status }: Finding,
  { why }: Notice,
): SnsMessage['MessageAttributes'] {
  const values = {
    kind: 'finding',
    severity,
    rule: rule.id,
    family: rule.family,
    account,
    region,
    status,
    why,
  };
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      { DataType: 'String', StringValue: asciiLine(value, 256) || 'unknown' },
    ]),
  );
}

/** The daily digest: filtered by `kind`. Amazon Q shows it too, so that its channels have the heartbeat. */
export function digestSnsMessage(digest: Digest, https: HttpsPayload): SnsMessage {
  const bodies: Record<string, string> = { default: digest.text };
  for (const protocol of MACHINE_PROTOCOLS) bodies[protocol] = digest.json;
  if (https === 'amazon-q') bodies.https = JSON.stringify(amazonQDigest(digest));
  return {
    Subject: digest.subject,
    Message: JSON.stringify(bodies),
    MessageStructure: 'json',
    MessageAttributes: { kind: { DataType: 'String', StringValue: 'digest' } },
  };
}

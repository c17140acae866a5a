import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tellAlert } from '../../src/alerts/alert-text.ts';
import { renderDigest } from '../../src/alerts/digest.ts';
import {
  alertBody,
  digestMessage,
  MAX_BLOCKS,
  rollUpMessage,
  type SlackMessage,
  storyMessage,
} from '../../src/alerts/slack-blocks.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { completeFinding } from '../../src/findings/score.ts';
import { aDraft, aRule } from '../findings/sample-finding.ts';
import { anAlertFinding, DANGEROUS, FIRST, HOSTILE, hostileFinding, rules } from './sample-alert.ts';
import { aDigest } from './sample-digest.ts';
import { formErrors, type SlackBody, shown } from './slack-server.ts';

const one = { severity: 'HIGH', findings: 1, occurrences: 212, withdrawn: false, news: [] } as const;
const messageOf = (finding: Finding, notice = FIRST) => {
  const alert = tellAlert(finding, notice, rules);
  return storyMessage(alert.title, alertBody(alert), one);
};
const asBody = (message: SlackMessage) => message as SlackBody;

describe('an alert in Slack', () => {
  it('says the same as the e-mail', () => {
    const message = messageOf(anAlertFinding());
    expect(formErrors(asBody(message))).toEqual([]);
    expect(message.text).toMatch(/^HIGH: DynamoDB called over plain HTTP/);
    expect(shown(asBody(message))).toMatchInlineSnapshot(`
      "HIGH: DynamoDB called over plain HTTP: eni-0123456789abcdef0, 212 requests
      Seen for the first time
      Interface eni-0123456789abcdef0 sent about 212 requests to DynamoDB in us-east-1 on port 80, and got answers.
      *Who*  AssumedRole orders-api, session i-0abc12345678def01
      *From*  10.0.1.20 (private), user agent boto3
      *Where*  account 111122223333, us-east-1, dynamodb arn:aws:dynamodb:us-east-1:111122223333:table/Orders, about eni-0123456789abcdef0
      *Since*  2026-11-01 12:00 UTC, last 2026-11-01 13:00 UTC
      *How often*  212 times
      *Why we believe it* (certain, confidence 0.9, score 82)
      • destination is DYNAMODB by pkt-dst-aws-service (0.9)
      • answered: the server sent 48,220 bytes (+0.05)
      *What cannot be known*
      • 211 further records: only the earliest are listed below.
      • Not seen by this rule: Interface VPC endpoints (PrivateLink).
      • Not seen by this rule: Networks without flow logs.
      *What to do now*
      1. Find the client behind the network interface
      \`\`\`aws ec2 describe-network-interfaces --network-interface-ids eni-0123456789abcdef0\`\`\`
      Risk: None: it only reads.
      Undo: Nothing to undo.
      2. Mend the client: take http:// endpoints, use_ssl=False and verify=False out of its code, environment and AWS config; SDKs use HTTPS by themselves
      Risk: A client that cannot reach port 443 stops working: allow it first.
      Undo: Deploy the version before.
      3. Refuse plain HTTP on the table
      \`\`\`aws dynamodb put-resource-policy --resource-arn arn:aws:dynamodb:us-east-1:111122223333:table/Orders --policy '{"Version":"2012-10-17","Statement":[{"Sid":"DenyPlainHttp","Effect":"Deny","Principal":"*","Action":"dynamodb:*","Resource":["arn:aws:dynamodb:us-east-1:111122223333:table/Orders","arn:aws:dynamodb:us-east-1:111122223333:table/Orders/index/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}'\`\`\`
      Risk: Replaces the whole policy of the table: read it with get-resource-policy first and keep its statements. Clients on plain HTTP are refused from then on.
      Undo: Put the earlier policy back, or where there was none: aws dynamodb delete-resource-policy --resource-arn arn:aws:dynamodb:us-east-1:111122223333:table/Orders
      4. Close port 80 to DynamoDB on the client’s security group
      \`\`\`aws ec2 revoke-security-group-egress --group-id '&lt;SECURITY-GROUP-ID&gt;' --ip-permissions '[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"PrefixListIds":[{"PrefixListId":"&lt;DYNAMODB-PREFIX-LIST-ID&gt;"}]}]'\`\`\`
      Risk: Only a rule with exactly this port and prefix list is removed; a wider rule keeps port 80 open.
      Undo: aws ec2 authorize-security-group-egress with the same --group-id and --ip-permissions.
      *Where the evidence lies*
      • s3://org-logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/a.log.gz#88  2026-11-01 12:01:00 UTC
      and 211 more records
      TLS-06 plaintext-dynamodb-flow version 1, id 613ab208615ceac6, revision 0, final"
    `);
  });

  it('is harmless where its log is not', () => {
    const alert = tellAlert(hostileFinding(), { why: 'new-target', detail: HOSTILE }, rules);
    const message = storyMessage(alert.title, alertBody(alert), { ...one, news: [] });
    expect(formErrors(asBody(message))).toEqual([]);
    const text = shown(asBody(message));
    expect(text).toContain('&lt;!channel&gt;');
    expect(text.search(DANGEROUS)).toBe(-1);
    // No code of theirs: every pair of three backticks is around a command of ours.
    const commands = text.match(/```[^`]*```/g) ?? [];
    expect(commands.length).toBeGreaterThan(2);
    for (const command of commands) expect(command).toMatch(/^```aws /);
    expect(text.replaceAll(/```[^`]*```/g, '')).not.toContain('`');
  });

  it('that was withdrawn has no command to run', () => {
    const text = shown(
      asBody(messageOf(anAlertFinding({ status: 'withdrawn' }), { ...FIRST, why: 'withdrawn' })),
    );
    expect(text).not.toContain('```');
    expect(text).toContain('Nothing. Where something was done because of the earlier message:');
  });

  it('tells of its story', () => {
    const message = storyMessage('Title', [], {
      severity: 'CRITICAL',
      findings: 14,
      occurrences: 1_212,
      withdrawn: false,
      news: Array.from({ length: 12 }, (_, n) => `news ${n}`),
    });
    const text = shown(asBody(message));
    expect(text).toContain('CRITICAL: Title');
    expect(text).toContain('*14 findings* in this story, 1,212 occurrences');
    expect(text).not.toContain('news 1\n');
    expect(text).toContain('• news 11');
    expect(storyMessage('Title', [], { ...one, withdrawn: true }).text).toBe('WITHDRAWN HIGH: Title');
  });

  it('leaves a command that does not fit to the e-mail', () => {
    const step = { step: 'Do', risk: 'None.', undo: 'None.' };
    const fits = `aws ${'x'.repeat(2_990)}`;
    const alert = tellAlert(
      anAlertFinding({
        remediation: [
          { ...step, command: fits },
          { ...step, command: `${fits}x` },
        ],
      }),
      FIRST,
      rules,
    );
    const message = storyMessage('T', alertBody(alert), one);
    expect(formErrors(asBody(message))).toEqual([]);
    const text = shown(asBody(message));
    expect(text).toContain(`\`\`\`${fits}\`\`\``);
    expect(text).toContain('The command does not fit here: the e-mail has it.');
    expect(text).not.toContain(`${fits}x`);
  });

  it('keeps Slack’s bounds, whatever it is', () => {
    const text = (maxLength: number) =>
      fc.string({ unit: fc.constantFrom('<', '&', '`', '*', 'a', '😀', ' ', '\n', '@'), maxLength });
    fc.assert(
      fc.property(
        text(3_000),
        fc.array(text(700), { maxLength: 20 }),
        fc.array(text(5_200), { maxLength: 12 }),
        fc.array(fc.record({ step: text(900), command: text(3_500), risk: text(900), undo: text(1_500) }), {
          maxLength: 20,
        }),
        (long, why, locators, remediation) => {
          const finding = completeFinding(
            aRule,
            {
              ...aDraft,
              title: long,
              summary: long,
              entity: long,
              why,
              remediation,
              evidence: locators.map((locator) => ({
                source: 'cloudtrail' as const,
                locator,
                eventId: long,
                time: '2026-11-01T12:00:00.000Z',
                fields: { long },
              })),
            },
            { status: 'provisional', revision: 0, fingerprintKeyId: 'x' },
          );
          const alert = tellAlert(finding, { ...FIRST, why: 'new-network', detail: long }, rules);
          const message = storyMessage(alert.title, alertBody(alert), { ...one, findings: 3 });
          expect(formErrors(asBody(message))).toEqual([]);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe('a roll-up', () => {
  it('counts all, and names the first', () => {
    const bySeverity = { CRITICAL: 1, HIGH: 30, MEDIUM: 0, LOW: 0, INFO: 0 };
    const message = rollUpMessage({
      count: 31,
      bySeverity,
      stories: [
        { severity: 'CRITICAL', line: 'the worst' },
        { severity: 'HIGH', line: 'another' },
      ],
    });
    expect(formErrors(asBody(message))).toEqual([]);
    expect(message.text).toBe('31 more stories at once: 1 CRITICAL, 30 HIGH');
    expect(shown(asBody(message))).toContain('• *CRITICAL* the worst\n• *HIGH* another\nand 29 more');
  });
});

describe('a digest in Slack', () => {
  it('keeps Slack’s bounds', () => {
    const digest = renderDigest(aDigest());
    const message = digestMessage(digest);
    expect(formErrors(asBody(message))).toEqual([]);
    expect(shown(asBody(message))).toContain('7 = 2 alerted + 2 in digests');
    const long = digestMessage({ ...digest, text: `${'<x'.repeat(1_400)}\n`.repeat(70) });
    expect(formErrors(asBody(long))).toEqual([]);
    expect(long.blocks).toHaveLength(MAX_BLOCKS);
    expect(shown(asBody(long))).toContain('More is in the e-mail.');
  });
});

import { describe, expect, it } from 'vitest';
import { reasonText, renderMail, storyKeyOf, tellAlert } from '../../src/alerts/alert-text.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { anAlertFinding, DANGEROUS, FIRST, HOSTILE, hostileFinding, rules } from './sample-alert.ts';

const mailOf = (finding: Finding, notice = FIRST) => renderMail(tellAlert(finding, notice, rules));

describe('an alert, as an e-mail', () => {
  const mail = mailOf(anAlertFinding());

  it('says everything that somebody needs who was woken by it', () => {
    expect(mail).toMatchInlineSnapshot(`
      "HIGH: DynamoDB called over plain HTTP: eni-0123456789abcdef0, 212 requests

      Seen for the first time.

      WHAT HAPPENED
      Interface eni-0123456789abcdef0 sent about 212 requests to DynamoDB in us-east-1 on port 80, and got answers.

      Who        AssumedRole orders-api, session i-0abc12345678def01
      From       10.0.1.20 (private), user agent boto3
      Where      account 111122223333, us-east-1, dynamodb arn:aws:dynamodb:us-east-1:111122223333:table/Orders, about eni-0123456789abcdef0
      Since      2026-11-01 12:00 UTC, last 2026-11-01 13:00 UTC
      How often  212 times

      WHY WE BELIEVE IT (certain, confidence 0.9, score 82)
      - destination is DYNAMODB by pkt-dst-aws-service (0.9)
      - answered: the server sent 48,220 bytes (+0.05)

      WHAT CANNOT BE KNOWN
      - 211 further records: only the earliest are listed below.
      - Not seen by this rule: Interface VPC endpoints (PrivateLink).
      - Not seen by this rule: Networks without flow logs.

      WHAT TO DO NOW
      1. Find the client behind the network interface

      aws ec2 describe-network-interfaces --network-interface-ids eni-0123456789abcdef0

         Risk: None: it only reads.
         Undo: Nothing to undo.
      2. Mend the client: take http:// endpoints, use_ssl=False and verify=False out of its code, environment and AWS config; SDKs use HTTPS by themselves
         Risk: A client that cannot reach port 443 stops working: allow it first.
         Undo: Deploy the version before.
      3. Refuse plain HTTP on the table

      aws dynamodb put-resource-policy --resource-arn arn:aws:dynamodb:us-east-1:111122223333:table/Orders --policy '{"Version":"2012-10-17","Statement":[{"Sid":"DenyPlainHttp","Effect":"Deny","Principal":"*","Action":"dynamodb:*","Resource":["arn:aws:dynamodb:us-east-1:111122223333:table/Orders","arn:aws:dynamodb:us-east-1:111122223333:table/Orders/index/*"],"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}'

         Risk: Replaces the whole policy of the table: read it with get-resource-policy first and keep its statements. Clients on plain HTTP are refused from then on.
         Undo: Put the earlier policy back, or where there was none: aws dynamodb delete-resource-policy --resource-arn arn:aws:dynamodb:us-east-1:111122223333:table/Orders
      4. Close port 80 to DynamoDB on the client’s security group

      aws ec2 revoke-security-group-egress --group-id '<SECURITY-GROUP-ID>' --ip-permissions '[{"IpProtocol":"tcp","FromPort":80,"ToPort":80,"PrefixListIds":[{"PrefixListId":"<DYNAMODB-PREFIX-LIST-ID>"}]}]'

         Risk: Only a rule with exactly this port and prefix list is removed; a wider rule keeps port 80 open.
         Undo: aws ec2 authorize-security-group-egress with the same --group-id and --ip-permissions.

      WHERE THE EVIDENCE LIES
      s3://org-logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/a.log.gz#88
        2026-11-01 12:01:00 UTC  server=52.94.0.5 serverPort=80 payload=1796
      and 211 more records

      --
      TLS-06 plaintext-dynamodb-flow version 1, id 613ab208615ceac6, revision 0, final
      Nothing was run by wiretrail. Commands hold this finding’s own values; words in <CAPITALS> are for you to fill in.
      "
    `);
  });

  it('holds every command whole and in a line of its own', () => {
    const finding = anAlertFinding();
    for (const { command } of finding.remediation) {
      if (command !== null) expect(mail.split('\n')).toContain(command);
    }
    expect(finding.remediation.filter(({ command }) => command !== null).length).toBeGreaterThan(2);
  });

  it('says what the finding leaves open', () => {
    const open = mailOf(
      anAlertFinding({
        principal: null,
        actor: null,
        grade: 'weak',
        truncated: true,
        status: 'provisional',
      }),
    );
    expect(open).toContain('Who        the logs do not say');
    expect(open).toContain('- Who it was: the records name no principal.');
    expect(open).toContain('- Where it came from: the records name no address.');
    expect(open).toContain('the evidence is weak; "wiretrail detections TLS-06" says what else it may be.');
    expect(open).toContain('- How often exactly:');
    expect(open).toContain('212 times or more');
    expect(open).toContain('- Whether it stays so: its window is still open');
  });

  it('of a finding of one record, without steps, of a rule that nobody knows, has no empty part', () => {
    const finding = anAlertFinding({
      count: 1,
      remediation: [],
      why: [],
      lastSeen: anAlertFinding().firstSeen,
      rule: { id: 'XXX-99', name: 'gone', family: 'TLS', version: 1 },
    });
    const bare = mailOf(finding);
    expect(bare).toContain('How often  once');
    expect(bare).toContain('Since      2026-11-01 12:00 UTC\n');
    expect(bare).toContain('WHAT TO DO NOW\nNothing is prescribed');
    expect(bare).toMatch(/WHY WE BELIEVE IT .*\n- nothing is known of that/);
    expect(bare).not.toContain('more record');
  });

  it('of a finding that was withdrawn asks nobody to do anything', () => {
    const finding = anAlertFinding({ status: 'withdrawn', revision: 3 });
    const withdrawn = mailOf(finding, { send: 'alert', why: 'withdrawn', detail: '' });
    expect(withdrawn).toContain('WITHDRAWN: later records took it back, nothing needs to be done.');
    expect(withdrawn).toContain(
      'WHAT TO DO NOW\nNothing. Where something was done because of the earlier message:\n- ',
    );
    for (const { command } of finding.remediation) {
      if (command !== null) expect(withdrawn.split('\n')).not.toContain(command);
    }
    expect(withdrawn).toContain('delete-resource-policy');
  });
});

describe('why it is sent', () => {
  it.each([
    ['first', '', 'Seen for the first time'],
    ['more-severe', 'MEDIUM', 'Now HIGH, MEDIUM before'],
    ['ten-times', '12', 'More than ten times as often as the 12 told before'],
    ['new-network', '203.0.113.0/24', 'Now also from a new network: 203.0.113.0/24'],
    ['new-target', 'Payments', 'Now also against a new target: Payments'],
    ['named', 'orders-api', 'Now it is known who it was: orders-api'],
    ['stands-again', '', 'Told, withdrawn, and standing again'],
  ] as const)('%s', (why, detail, expected) => {
    expect(reasonText(why, detail, 'HIGH')).toBe(expected);
  });
});

describe('a hostile log', () => {
  const mail = mailOf(hostileFinding(), { send: 'alert', why: 'new-target', detail: HOSTILE });

  it('adds no line, hides nothing, and links to nowhere', () => {
    const clean = mailOf(anAlertFinding());
    expect(mail.split('\n')).toHaveLength(clean.split('\n').length);
    expect(mail.search(DANGEROUS)).toBe(-1);
    expect(mail).not.toMatch(/https?:\/\/evil|mailto:a|www\.evil/i);
    expect(mail).toContain('https[:]//evil.example/x');
    expect(mail).not.toMatch(/^Bcc:/m);
  });

  it('leaves a place in a bucket as it is, to be copied', () => {
    expect(mailOf(anAlertFinding())).toContain('\ns3://org-logs/AWSLogs/111122223333/vpcflowlogs/');
  });
});

describe('the story of a finding', () => {
  it('is that of its rule and entity, whatever its window', () => {
    const finding = anAlertFinding();
    const key = storyKeyOf(finding);
    expect(key).toMatch(/^[0-9a-f]{16}$/);
    expect(storyKeyOf({ ...finding, id: 'other', count: 7, severity: 'LOW' })).toBe(key);
    expect(storyKeyOf({ ...finding, entity: 'eni-2' })).not.toBe(key);
    expect(storyKeyOf({ ...finding, account: '444455556666' })).not.toBe(key);
  });
});

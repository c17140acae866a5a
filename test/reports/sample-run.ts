// A run as a person may get it: several families, one story of two rules, hostile texts, things that could not be read.

import type { Finding } from '../../src/findings/finding.ts';
import { remediateKey, remediatePlaintext, remediateSecret } from '../../src/findings/remediation.ts';
import type { RunSummary } from '../../src/reports/run-summary.ts';
import { aFinding, HOUR_MS, START_MS } from '../findings/sample-finding.ts';

const roleKey = `ASIA${'SAMPLE'.padEnd(16, 'Q')}`;
const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders';

function evidence(
  locator: string,
  minutes: number,
  source: 'cloudtrail' | 'vpc-flow' | 'application-log' = 'cloudtrail',
) {
  const time = new Date(START_MS + minutes * 60_000).toISOString();
  return { source, locator, eventId: `event-${minutes}`, time, fields: {} };
}

const trail = 's3://org-trail/AWSLogs/o-1a2b3c4d5e/111122223333/CloudTrail/us-east-1/2026/11/01';

export const sampleFindings: readonly Finding[] = [
  aFinding(
    {
      entity: 'role:111122223333:orders-api',
      severity: 'CRITICAL',
      confidence: 0.97,
      grade: 'probable',
      title: 'Request sent again from a second network: role orders-api, DeleteItem on Orders',
      summary:
        'The same DeleteItem request of role orders-api arrived from 10.0.14.7 and, 41 seconds later, from 198.51.100.23, with another TLS client.',
      principal: { type: 'AssumedRole', name: 'orders-api', session: 'i-0abc12345678def01', keyId: roleKey },
      actor: { ip: '198.51.100.23', class: 'public', vpcEndpoint: '', userAgent: 'boto3' },
      target: { service: 'dynamodb', resource: 'Orders' },
      count: 14,
      lastMs: START_MS + 9 * 60_000,
      evidence: Array.from({ length: 6 }, (_, n) =>
        evidence(
          `${trail}/111122223333_CloudTrail_us-east-1_20261101T1205Z_a1B2c3D4e5F6.json.gz#${17 + n}`,
          n,
        ),
      ),
      why: [
        'a second network within 300 seconds (0.7)',
        'same user agent family, another TLS client (+0.2)',
        'a write (+0.1)',
      ],
      remediation: remediateKey({
        keyId: roleKey,
        roleName: 'orders-api',
        instanceId: 'i-0abc12345678def01',
      }),
    },
    { id: 'REP-03', name: 'request-from-second-network', family: 'REP' },
  ),
  aFinding({
    entity: 'eni-0123456789abcdef0',
    title: 'DynamoDB called over plain HTTP: eni-0123456789abcdef0 (i-0abc12345678def01), 212 requests',
    summary:
      'Interface eni-0123456789abcdef0 sent about 212 requests to DynamoDB in us-east-1 on port 80, and got answers.',
    target: { service: 'dynamodb', resource: 'us-east-1' },
    count: 212,
    lastMs: START_MS + 26 * HOUR_MS,
    evidence: [
      evidence('flows/vpcflowlogs_us-east-1_fl-0123456789abcdef0_20261101T1200Z.log.gz#88', 1, 'vpc-flow'),
    ],
    why: [
      'destination is DYNAMODB by pkt-dst-aws-service (0.9)',
      'answered: the server sent 48,220 bytes (+0.05)',
    ],
    remediation: remediatePlaintext({ interfaceId: 'eni-0123456789abcdef0', tableArn: TABLE }),
  }),
  aFinding(
    {
      entity: 'role:111122223333:orders-api',
      evidenceKey: 'no-tls',
      severity: 'MEDIUM',
      confidence: 0.7,
      grade: 'probable',
      title: 'DynamoDB calls without TLS details: role orders-api',
      principal: { type: 'AssumedRole', name: 'orders-api', session: 'i-0abc12345678def01', keyId: roleKey },
      count: 31,
      evidence: [evidence(`${trail}/x.json.gz#2`, 3)],
    },
    { id: 'TLS-01', name: 'call-without-tls' },
  ),
  aFinding(
    {
      entity: '/aws/lambda/checkout',
      region: 'eu-west-1',
      severity: 'HIGH',
      confidence: 1,
      title: 'AWS secret key in a log: <!channel> \u001b[31m=cmd|calc\u202e 🙂 /aws/lambda/checkout',
      summary: 'A secret access key stands in log group /aws/lambda/checkout.\u0007 Its fingerprint is 5f0c…',
      target: { service: 'logs', resource: '/aws/lambda/checkout' },
      count: 1,
      lastMs: START_MS,
      evidence: [evidence('logs/checkout\u001b[2J.log#120', 0, 'application-log')],
      why: ['a key id stands beside it', 'forty characters of base64 with the entropy of a key'],
      remediation: remediateSecret({ logGroup: '/aws/lambda/checkout', stream: '2026/11/01/[$LATEST]abcd' }),
    },
    { id: 'SEC-01', name: 'aws-secret-key', family: 'SEC' },
  ),
  aFinding(
    {
      entity: 'user:111122223333:ci',
      severity: 'LOW',
      confidence: 0.4,
      title: 'Certificate not verified in a log of 世界 deployment',
      count: 3,
    },
    { id: 'TLS-10', name: 'verification-off' },
  ),
  aFinding(
    {
      entity: 'account',
      severity: 'INFO',
      confidence: 0.4,
      title: 'tlsDetails are not usable here (old archive?)',
    },
    { id: 'TLS-01', name: 'call-without-tls' },
  ),
];

export const sampleSummary: RunSummary = {
  schemaVersion: '1.0',
  mode: 'replay',
  objects: {
    listed: 1_217,
    read: 1_204,
    partlyRead: 1,
    skipped: { digest: 8, 'not-a-log': 2 },
    failed: { E_GZIP: 2 },
  },
  records: {
    total: 64_021,
    judged: 62_790,
    duplicates: 1_204,
    conflicts: 1,
    late: 3,
    skipped: { 'insight-event': 4, nodata: 21 },
    unreadable: { truncated: 1, 'missing-field': 1 },
    calls: 60_000,
    flows: 2_269,
    lines: 521,
  },
  findings: {
    total: 6,
    written: 6,
    suppressed: 0,
    bySeverity: { CRITICAL: 1, HIGH: 2, MEDIUM: 1, LOW: 1, INFO: 1 },
    byRule: {},
  },
  verdicts: { suspicious: 31, weak: 2, unknown: 4, explained: 1_210, ok: 41_007 },
  suppressions: [],
  refusedSecrets: {},
  bytes: { stored: 12_412_003, inflated: 190_020_112 },
  firstEvent: '2026-11-01T00:00:04.000Z',
  lastEvent: '2026-11-03T23:59:58.000Z',
  elapsedSeconds: 3.2,
  identities: { objects: true, records: true, findings: true },
  awsRanges: { date: '2026-08-22', ageDays: 71, stale: true },
  fingerprintKeyId: '0011aabb',
  problems: [
    {
      where: 'trail/2026/11/01/a.json.gz',
      code: 'E_GZIP',
      message: 'trail/2026/11/01/a.json.gz: is not gzip: a text with a name that ends in .gz',
      hint: 'Rename it, or fetch it again.',
    },
    {
      where: 'trail/2026/11/01/b.json.gz',
      code: 'truncated',
      message: 'ends in the middle of a gzip member after 53 records',
      hint: 'Fetch it again; its records up to there were judged.',
    },
  ],
  problemCount: 4,
  blind: [
    { rule: 'TLS-10', why: 'no application log was read' },
    { rule: 'SEC-05', why: 'no application log was read' },
    { rule: 'TLS-07', why: 'the flow logs lack the field flow-direction' },
  ],
};

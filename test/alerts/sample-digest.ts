// A day of the monitor.

import type { DigestInput } from '../../src/alerts/digest.ts';
import { aFinding } from '../findings/sample-finding.ts';

export const DAY_END_MS = Date.UTC(2026, 10, 2);

export function aDigest(changes: Partial<DigestInput> = {}): DigestInput {
  return {
    fromMs: DAY_END_MS - 86_400_000,
    toMs: DAY_END_MS,
    findings: { alerted: 2, digested: 2, belowMinimum: 0, suppressed: 3, failed: 0 },
    digested: [
      aFinding({
        severity: 'INFO',
        title: 'tlsDetails are not usable here (old archive?)',
        entity: 'account',
      }),
      aFinding({
        severity: 'LOW',
        title: 'Certificate not verified in a log',
        count: 3,
        entity: '/app/orders',
      }),
    ],
    suppressions: [
      {
        id: '00aa11bb',
        match: 'rule TLS-06, target 52.94.*',
        reason: 'The old batch host speaks HTTP until it is replaced (OPS-17)',
        owner: 'data-platform@example.com',
        expires: '2026-12-31',
        expired: false,
        count: 3,
        findings: [],
      },
      {
        id: '22cc33dd',
        match: 'rule ANO-08',
        reason: 'the break-glass drill',
        owner: 'ann@example.com',
        expires: '2026-10-31',
        expired: true,
        count: 1,
        findings: [],
      },
      {
        id: '44ee55ff',
        match: 'rule SEC-10',
        reason: 'nothing yet',
        owner: 'ann@example.com',
        expires: '2026-12-31',
        expired: false,
        count: 0,
        findings: [],
      },
    ],
    suppressed: ['a', 'b', 'c'].map((entity) => aFinding({ entity, title: `Plain HTTP from ${entity}` })),
    blind: [
      {
        effect: 'blind',
        code: 'no-flows',
        why: 'no VPC flow log (111122223333 us-east-1)',
        rules: ['TLS-07'],
        command: "aws ec2 create-flow-logs --region us-east-1 --log-destination '<BUCKET-ARN>'",
      },
      {
        effect: 'partly',
        code: 'no-log-lines',
        why: 'no line of an application log',
        rules: ['SEC-05', 'SEC-06'],
        command: "aws logs put-subscription-filter --log-group-name '<LOG-GROUP>'",
      },
    ],
    capped: [],
    read: {
      objects: { listed: 290, read: 286, partlyRead: 1, skipped: { digest: 2 }, failed: { 'not-found': 1 } },
      records: {
        total: 64_021,
        judged: 62_790,
        duplicates: 1_204,
        late: 3,
        skipped: { 'insight-event': 4, nodata: 21 },
        unreadable: { truncated: 2 },
      },
    },
    verdicts: {
      totals: { suspicious: 12, weak: 3, unknown: 300, explained: 1_210, ok: 41_007 },
      truncated: false,
    },
    lastTrailObjectMs: DAY_END_MS - 4 * 60_000,
    ...changes,
  };
}

// A rule and a draft that tests vary.

import type { Finding } from '../../src/findings/finding.ts';
import { completeFinding, type FindingDraft } from '../../src/findings/score.ts';

export const HOUR_MS = 3_600_000;
export const START_MS = Date.UTC(2026, 10, 1, 12);

export const aRule = {
  id: 'TLS-06',
  name: 'plaintext-dynamodb-flow',
  family: 'TLS',
  version: 1,
  identity: { windowMs: 24 * HOUR_MS },
  compliance: { cwe: ['CWE-319'] },
} as const;

export const aDraft: FindingDraft = {
  account: '111122223333',
  region: 'us-east-1',
  entity: 'eni-0123456789abcdef0',
  evidenceKey: 'dynamodb:us-east-1',
  timeMs: START_MS,
  severity: 'HIGH',
  confidence: 0.9,
  grade: 'certain',
  title: 'DynamoDB called over plain HTTP',
  summary: 'eni-0123456789abcdef0 sent 12 requests.',
  firstMs: START_MS,
  lastMs: START_MS + HOUR_MS,
  count: 12,
  evidence: [],
  why: ['port 80'],
  remediation: [],
};

export function aFinding(
  changes: Partial<FindingDraft> = {},
  rule: Partial<typeof aRule> | object = {},
): Finding {
  return completeFinding(
    { ...aRule, ...rule },
    { ...aDraft, ...changes },
    { status: 'final', revision: 0, fingerprintKeyId: '0011aabb' },
  );
}

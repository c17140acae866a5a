import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SEVERITIES } from '../../src/findings/finding.ts';
import {
  completeFinding,
  findingId,
  MAX_FINDING_EVIDENCE,
  MAX_TITLE_LENGTH,
  SEVERITY_BANDS,
  scoreOf,
} from '../../src/findings/score.ts';
import { aDraft, aRule, HOUR_MS } from './sample-finding.ts';

const aRun = { status: 'final', revision: 0, fingerprintKeyId: '0011aabb' } as const;

describe('the identity of a finding', () => {
  it('is stable: the digest of the seven parts in their order', () => {
    expect(findingId('TLS-06', 24 * HOUR_MS, aDraft)).toBe('613ab208615ceac6');
  });

  it('is the same anywhere in a window and another in the next one', () => {
    const day = 24 * HOUR_MS;
    const midnight = Date.UTC(2026, 10, 1);
    const at = (timeMs: number) => findingId('TLS-06', day, { ...aDraft, timeMs });
    expect(at(midnight)).toBe(at(midnight + day - 1));
    expect(at(midnight + day)).not.toBe(at(midnight));
    expect(at(midnight - 1)).not.toBe(at(midnight));
  });

  it('changes with every part, also where parts would join to the same text', () => {
    const variants = [
      aDraft,
      { ...aDraft, account: '' },
      { ...aDraft, region: 'eu-west-1' },
      { ...aDraft, entity: 'x' },
      { ...aDraft, evidenceKey: 'y' },
      { ...aDraft, entity: 'a', evidenceKey: 'bc' },
      { ...aDraft, entity: 'ab', evidenceKey: 'c' },
    ];
    const ids = [
      ...variants.map((draft) => findingId('TLS-06', HOUR_MS, draft)),
      findingId('TLS-07', HOUR_MS, aDraft),
    ];
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('does not depend on what later data may change', () => {
    const changed = {
      ...aDraft,
      severity: 'LOW',
      confidence: 0.1,
      count: 99,
      title: 'other',
      summary: 'other',
    } as const;
    expect(completeFinding(aRule, changed, aRun).id).toBe(completeFinding(aRule, aDraft, aRun).id);
  });
});

describe('the score', () => {
  it('never leaves the band of its severity', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SEVERITIES), fc.double(), (severity, confidence) => {
        const score = scoreOf(severity, confidence);
        expect(score).toBeGreaterThanOrEqual(SEVERITY_BANDS[severity].lowest);
        expect(score).toBeLessThanOrEqual(SEVERITY_BANDS[severity].highest);
        expect(Number.isInteger(score)).toBe(true);
      }),
    );
  });

  it.each([
    ['CRITICAL', 1, 100],
    ['CRITICAL', 0, 85],
    ['HIGH', 0.9, 82],
    ['MEDIUM', 0.5, 52],
    ['LOW', 1, 39],
    ['INFO', 0, 0],
  ] as const)('%s at confidence %d is %d', (severity, confidence, score) => {
    expect(scoreOf(severity, confidence)).toBe(score);
  });
});

describe('completing a draft', () => {
  it('gives ISO times, the rule and every compliance list', () => {
    const finding = completeFinding(aRule, aDraft, aRun);
    expect(finding).toMatchObject({
      schemaVersion: '1.0',
      rule: { id: 'TLS-06', name: 'plaintext-dynamodb-flow', family: 'TLS', version: 1 },
      status: 'final',
      revision: 0,
      score: 82,
      firstSeen: '2026-11-01T12:00:00.000Z',
      lastSeen: '2026-11-01T13:00:00.000Z',
      truncated: false,
      compliance: { cwe: ['CWE-319'], owasp: [], pci: [], nist: [], gdpr: [] },
      principal: null,
      related: [],
      fingerprintKeyId: '0011aabb',
    });
  });

  it('keeps ten pieces of evidence and a title of one line', () => {
    const piece = {
      source: 'vpc-flow',
      locator: 'a#1',
      eventId: 'e',
      time: '2026-11-01T12:00:00.000Z',
      fields: {},
    } as const;
    const finding = completeFinding(
      aRule,
      { ...aDraft, title: 'x'.repeat(500), evidence: Array.from({ length: 30 }, () => piece) },
      aRun,
    );
    expect(finding.evidence).toHaveLength(MAX_FINDING_EVIDENCE);
    expect(finding.title).toHaveLength(MAX_TITLE_LENGTH);
  });

  it('shows no control character of a log, wherever it stands', () => {
    const hostile = 'a\u001b[2Jb\u202ec\u0007d\ne';
    const finding = completeFinding(
      aRule,
      {
        ...aDraft,
        title: hostile,
        summary: hostile,
        account: hostile,
        region: hostile,
        entity: hostile,
        why: [hostile],
        principal: { type: hostile, name: hostile, session: hostile, keyId: hostile },
        actor: { ip: hostile, class: hostile, vpcEndpoint: hostile, userAgent: hostile },
        target: { service: hostile, resource: hostile },
        evidence: [
          {
            source: 'cloudtrail',
            locator: hostile,
            eventId: hostile,
            time: '2026-11-01T12:00:00.000Z',
            fields: { [hostile]: hostile },
          },
        ],
      },
      aRun,
    );
    expect(JSON.stringify(finding)).not.toMatch(/\\u00|\\n|\u202e/);
    expect(finding.title).toBe('a\\x1b[2Jb\\u{202e}c\\x07d\\x0ae');
  });
});

import { describe, expect, test } from 'vitest';
import type { Evidence, Finding, Severity } from '../../src/findings/finding.ts';
import { scoreFindings } from '../../src/simulate/score.ts';
import type { Attack, Truth } from '../../src/simulate/truth.ts';

const attack: Attack = {
  id: 'TLS-06/v5/0',
  rule: 'TLS-06',
  minimumSeverity: 'HIGH',
  variant: 'v5',
  description: '',
  principal: '',
  account: '',
  region: '',
  from: '',
  to: '',
  eventIds: ['id-1'],
  locators: ['AWSLogs/flows.log.gz#7'],
  alsoExpected: ['TLS-01'],
  trafficClass: null,
  caller: null,
  needsSetting: null,
};
const truth = { attacks: [attack] } as unknown as Truth;

function finding(rule: string, severity: Severity, evidence: Partial<Evidence>, status = 'final'): Finding {
  return {
    rule: { id: rule },
    severity,
    status,
    evidence: [{ locator: '', eventId: '', ...evidence }],
  } as unknown as Finding;
}
function score(...findings: readonly Finding[]) {
  const { found, falseFindings } = scoreFindings(truth, findings, '/tmp/archive');
  return [found.length, falseFindings.length];
}

describe('a finding proves an attack', () => {
  test('by an event id, or by a locator below the archive', () => {
    expect(score(finding('TLS-06', 'HIGH', { eventId: 'id-1' }))).toEqual([1, 0]);
    expect(score(finding('TLS-06', 'CRITICAL', { locator: '/tmp/archive/AWSLogs/flows.log.gz#7' }))).toEqual([
      1, 0,
    ]);
  });
  test.each([
    ['another rule', finding('TLS-07', 'HIGH', { eventId: 'id-1' }), [0, 1]],
    ['too low a severity', finding('TLS-06', 'MEDIUM', { eventId: 'id-1' }), [0, 0]],
    ['another record', finding('TLS-06', 'HIGH', { locator: '/tmp/archive/AWSLogs/flows.log.gz#8' }), [0, 1]],
    [
      'another archive',
      finding('TLS-06', 'HIGH', { locator: '/tmp/archive2/AWSLogs/flows.log.gz#7' }),
      [0, 1],
    ],
    ['withdrawn', finding('TLS-06', 'HIGH', { eventId: 'id-1' }, 'withdrawn'), [0, 0]],
  ])('but not with %s', (_what, wrong, expected) => {
    expect(score(wrong)).toEqual(expected);
  });
});

describe('a finding is false', () => {
  test('not where the rule is expected on the records of another attack', () => {
    expect(score(finding('TLS-01', 'MEDIUM', { eventId: 'id-1' }))).toEqual([0, 0]);
  });
  test('only from MEDIUM on', () => {
    expect(score(finding('SEC-10', 'LOW', { eventId: 'other' }))).toEqual([0, 0]);
    expect(score(finding('SEC-10', 'MEDIUM', { eventId: 'other' }))).toEqual([0, 1]);
  });
  test('once, however many there are of its rule', () => {
    const { rules } = scoreFindings(
      truth,
      [finding('SEC-10', 'HIGH', {}), finding('SEC-10', 'HIGH', {})],
      '/tmp/archive',
    );
    expect(rules.get('SEC-10')).toEqual({ planted: 0, found: 0, falseFindings: 2 });
    expect(rules.get('TLS-06')).toEqual({ planted: 1, found: 0, falseFindings: 0 });
  });
});

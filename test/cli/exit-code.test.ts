import { describe, expect, it } from 'vitest';
import { exitCodeOf } from '../../src/cli/exit-code.ts';
import { SEVERITIES } from '../../src/findings/finding.ts';
import type { RunSummary } from '../../src/reports/run-summary.ts';
import { sampleSummary } from '../reports/sample-run.ts';

const NOTHING = { CRITICAL: 0, HIGH: 0, MEDIUM: 0, LOW: 0, INFO: 0 };
const clean: RunSummary = {
  ...sampleSummary,
  objects: { listed: 3, read: 2, partlyRead: 0, skipped: { digest: 1 }, failed: {} },
  records: { ...sampleSummary.records, unreadable: {} },
  findings: { ...sampleSummary.findings, bySeverity: NOTHING },
};
const found = (severity: keyof typeof NOTHING): RunSummary => ({
  ...clean,
  findings: { ...clean.findings, bySeverity: { ...NOTHING, [severity]: 1 } },
});

describe('a run that read everything', () => {
  it('ends with 0 when nothing was found', () => {
    for (const failOn of [...SEVERITIES, 'none'] as const) expect(exitCodeOf(clean, failOn)).toBe(0);
  });

  it('ends with 1 from the wanted severity on, never with none', () => {
    for (const [at, severity] of SEVERITIES.entries()) {
      for (const [threshold, failOn] of SEVERITIES.entries()) {
        expect(exitCodeOf(found(severity), failOn), `${severity} with --fail-on ${failOn}`).toBe(
          at <= threshold ? 1 : 0,
        );
      }
      expect(exitCodeOf(found(severity), 'none')).toBe(0);
    }
  });
});

describe('a run ends with 2, whatever was found and wanted, when', () => {
  const { objects, records } = clean;
  it.each<[string, Partial<RunSummary>]>([
    ['an object failed', { objects: { ...objects, failed: { 'not-found': 1 } } }],
    ['an object was read in part', { objects: { ...objects, partlyRead: 1 } }],
    ['a record was unreadable', { records: { ...records, unreadable: { truncated: 1 } } }],
    ['nothing was there', { objects: { listed: 0, read: 0, partlyRead: 0, skipped: {}, failed: {} } }],
    ['objects do not add up', { identities: { objects: false, records: true, findings: true } }],
    ['records do not add up', { identities: { objects: true, records: false, findings: true } }],
    ['findings do not add up', { identities: { objects: true, records: true, findings: false } }],
  ])('%s', (_, change) => {
    for (const failOn of ['INFO', 'CRITICAL', 'none'] as const) {
      expect(exitCodeOf({ ...clean, ...change }, failOn)).toBe(2);
      expect(exitCodeOf({ ...found('CRITICAL'), ...change }, failOn)).toBe(2);
    }
  });
});

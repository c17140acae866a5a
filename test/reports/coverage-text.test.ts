import { describe, expect, it } from 'vitest';
import { judgeCoverage } from '../../src/coverage/coverage.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Coverage } from '../../src/findings/coverage.ts';
import { coverageLine, renderCoverage } from '../../src/reports/coverage-text.ts';
import { displayWidth } from '../../src/reports/terminal-text.ts';
import { factsOf, flow, managementCall, PLAIN_FIELDS } from '../coverage/sample-logs.ts';
import { sampleSummary } from './sample-run.ts';

/** Some of all: the text is what is tested, not which rules there are. */
const RULES = ['TLS-01', 'TLS-06', 'TLS-07', 'TLS-10', 'POL-10', 'SEC-01'];
const some = detectors.filter(({ meta }) => RULES.includes(meta.id));
const coverage = judgeCoverage(some, factsOf([managementCall(), flow(PLAIN_FIELDS)]));
const plain = (of: Coverage, width = 100) => renderCoverage(of, sampleSummary, { color: false, width });

describe('the report of coverage', () => {
  it('is what its golden shows', async () => {
    await expect(plain(coverage)).toMatchFileSnapshot('goldens/coverage-100-columns.txt');
  });

  it('is no wider than the terminal, but for what is to be copied', () => {
    for (const width of [40, 60, 80, 110, 300]) {
      for (const line of plain(coverage, width).split('\n')) {
        const isCopied = /^\s+(aws |--|AWS_REGION|\S+#\d+)/.test(line) || line.includes('.gz');
        if (!isCopied)
          expect(displayWidth(line), line).toBeLessThanOrEqual(Math.min(110, Math.max(60, width)));
      }
    }
  });

  it('shows no control character of a log, in text or JSON', () => {
    const hostile = '\u001b[2J\u202egroup\n[1] SEES';
    const [reason] = coverage.reasons;
    const bad: Coverage = { ...coverage, reasons: [{ ...reason!, places: [hostile], placeCount: 1 }] };
    const detector = {
      ...coverage.detectors[0]!,
      reasons: [{ code: reason!.code, effect: 'blind' as const }],
    };
    for (const text of [plain(bad), coverageLine(detector, bad)]) {
      expect(text).not.toContain('\u001b');
      expect(text).not.toContain('\u202e');
      expect(text).not.toContain(hostile.slice(-9));
    }
  });

  it('says that somebody was left out, and only then', () => {
    expect(plain({ ...coverage, truncated: true })).toContain('than are kept');
    expect(plain(coverage)).not.toContain('than are kept');
  });
});

import { describe, expect, it } from 'vitest';
import { judgeCoverage } from '../../src/coverage/coverage.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { CallVerdicts } from '../../src/findings/call-verdicts.ts';
import type { Coverage } from '../../src/findings/coverage.ts';
import { coverageLine, renderCoverage } from '../../src/reports/coverage-text.ts';
import { displayWidth } from '../../src/reports/terminal-text.ts';
import { verdictsLine } from '../../src/reports/verdicts-text.ts';
import { factsOf, flow, managementCall, PLAIN_FIELDS } from '../coverage/sample-logs.ts';
import { sampleSummary } from './sample-run.ts';

/** Some of all: the text is what is tested, not which rules there are. */
const RULES = ['TLS-01', 'TLS-06', 'TLS-07', 'TLS-10', 'POL-10', 'SEC-01'];
const some = detectors.filter(({ meta }) => RULES.includes(meta.id));
const coverage = judgeCoverage(some, factsOf([managementCall(), flow(PLAIN_FIELDS)]));
const plain = (of: Coverage, width = 100, verdicts = someVerdicts) =>
  renderCoverage(of, verdicts, sampleSummary, { color: false, width });

const NO_WHYS = { suspicious: {}, weak: {}, unknown: {}, explained: {}, ok: {} };
const someVerdicts: CallVerdicts = {
  totals: { suspicious: 12, weak: 7, unknown: 300, explained: 1_211, ok: 61_030 },
  rows: [
    {
      account: '111122223333',
      region: 'us-east-1',
      service: 'dynamodb',
      calls: 32_223,
      whys: {
        suspicious: { absent: 10, 'host-only': 2 },
        weak: { 'old-version-or-cipher': 7 },
        unknown: {},
        explained: { 'service-caller': 1_200, 'console-proxy': 11 },
        ok: { tls: 31_000, 'tls-not-direct': 3 },
      },
    },
    {
      account: '444455556666',
      region: 'eu-west-1',
      service: 'dax',
      calls: 300,
      whys: { ...NO_WHYS, unknown: { uncalibrated: 300 } },
    },
    { account: '', region: '', service: '', calls: 30_027, whys: { ...NO_WHYS, ok: { tls: 30_027 } } },
  ],
};

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

  it('shows the worst rows of calls, and says how many more there are; a JSON line has one in full', () => {
    const [first] = someVerdicts.rows;
    const rows = Array.from({ length: 25 }, (_, at) => ({ ...first!, region: `r${at}\u001b[2J` }));
    const text = plain(coverage, 100, { ...someVerdicts, rows });
    expect(text.match(/12 suspicious \(absent 10, host-only 2\)/g)).toHaveLength(20);
    expect(text).toContain('and 5 more rows: --format jsonl');
    const line = verdictsLine(rows[0]!);
    for (const said of [text, line]) expect(said).not.toContain('\u001b');
    expect(JSON.parse(line)).toMatchObject({
      schemaVersion: '1.0',
      kind: 'call-verdicts',
      account: '111122223333',
      calls: 32_223,
      verdicts: { suspicious: { absent: 10, 'host-only': 2 }, unknown: {} },
    });
  });

  it('has no table of calls where there was none', () => {
    const none = { rows: [], totals: { suspicious: 0, weak: 0, unknown: 0, explained: 0, ok: 0 } };
    expect(plain(coverage, 100, none)).not.toContain('calls to DynamoDB and DAX');
  });

  it('says that somebody was left out, and only then', () => {
    expect(plain({ ...coverage, truncated: true })).toContain('than are kept');
    expect(plain(coverage)).not.toContain('than are kept');
  });
});

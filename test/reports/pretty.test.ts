import { spawnSync } from 'node:child_process';
import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderPretty } from '../../src/reports/pretty.ts';
import { displayWidth, wrap, wrapCommand } from '../../src/reports/terminal-text.ts';
import { aFinding } from '../findings/sample-finding.ts';
import { sampleFindings, sampleSummary } from './sample-run.ts';

const plain = (width = 100) => renderPretty(sampleFindings, sampleSummary, { color: false, width });

describe('the report', () => {
  it('is what its golden shows', async () => {
    await expect(plain()).toMatchFileSnapshot('goldens/report-100-columns.txt');
  });

  it('tells stories worst first, the rules of one story together', () => {
    const text = plain();
    const places = ['CRITICAL', 'AWS secret key', 'over plain HTTP', 'LOW', 'INFO'].map((word) =>
      text.indexOf(word),
    );
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places[0]).toBeGreaterThan(-1);
    expect(text).toMatch(/story +TLS-01 MEDIUM/);
    expect(text.match(/TLS-01 MEDIUM/g)).toHaveLength(1);
  });

  it('shows three pieces of evidence and how many there are besides', () => {
    expect(plain()).toContain('#17 at 2026-11-01 12:00:00 · #18 at 2026-11-01 12:01:00 · #19');
    expect(plain()).not.toContain('#20');
    expect(plain()).toContain('and 11 more');
  });

  it('is no wider than the terminal, but for what is to be copied', () => {
    for (const width of [40, 60, 80, 110, 300]) {
      for (const line of plain(width).split('\n')) {
        const isCopied = /^ (evidence|fix)?\s{2,}(s3:|flows\/|aws |--)|^\s+--/.test(line);
        if (!isCopied) expect(displayWidth(line), line).toBeLessThanOrEqual(Math.min(110, width));
      }
    }
  });

  it('has colours only where they are wanted, and the same words', () => {
    const colored = renderPretty(sampleFindings, sampleSummary, { color: true, width: 100 });
    expect(plain()).not.toContain('\u001b');
    expect(colored).toContain('\u001b[');
    expect(stripVTControlCharacters(colored)).toBe(plain());
  });

  it('lets nothing that a log says move the cursor or reorder text', () => {
    const text = plain();
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
    expect(text).toContain('\\x1b[31m=cmd|calc\\u{202e}');
  });

  it('escapes findings that were not made by this run too', () => {
    const raw = {
      ...aFinding(),
      title: 'a\u001b[2Jb',
      summary: 'c\u0007',
      why: ['\u202e'],
      entity: '\u009b',
    };
    expect(renderPretty([raw], sampleSummary, { color: false, width: 80 })).not.toMatch(
      /[\u001b\u0007\u202e\u009b]/,
    );
  });

  it('says of no run without records that nothing was found', () => {
    const none = { ...sampleSummary, records: { ...sampleSummary.records, judged: 0 } };
    expect(renderPretty([], none, { color: false, width: 80 })).toContain('No record was judged');
    expect(renderPretty([], sampleSummary, { color: false, width: 80 })).toContain(
      'Nothing found in 62,790 records.',
    );
  });

  it('says when the counts do not add up', () => {
    const wrong = { ...sampleSummary, identities: { objects: true, records: false, findings: true } };
    expect(renderPretty([], wrong, { color: false, width: 200 })).toContain(
      'the counts of records do not add up',
    );
    expect(plain()).not.toContain('do not add up');
  });

  it('never breaks the place of a problem: it is there to be copied', () => {
    const places = [1, 2, 3, 4].map((n) => `${'AWSLogs/111122223333/CloudTrail/'.repeat(4)}${n}.json.gz`);
    const problems = places.map((where) => ({
      where,
      code: 'truncated',
      message: 'ends early',
      hint: 'again',
    }));
    const text = renderPretty(
      [],
      { ...sampleSummary, problems, problemCount: 4 },
      { color: false, width: 80 },
    );
    expect(text.split('\n').slice(-6, -1)).toEqual([
      ...places.slice(0, 3).map((place) => `  ${place}`),
      '    and 1 more: ends early',
      '    → again',
    ]);
  });

  it('tells the same problem of many places once', () => {
    const problems = Array.from({ length: 9 }, (_, n) => ({
      where: `a.json#${n}`,
      code: 'bad-time',
      message: 'no time',
      hint: 'look at it',
    }));
    const text = renderPretty(
      [],
      { ...sampleSummary, problems, problemCount: 12 },
      { color: false, width: 100 },
    );
    expect(text).toContain(
      '12 problems\n  a.json#0, a.json#1, a.json#2, and 6 more: no time\n    → look at it\n  +3 more',
    );
  });

  it('shows a step without a command and the first command after it', () => {
    const step = (name: string, command: string | null) => ({ step: name, command, risk: 'r', undo: 'u' });
    const finding = aFinding({
      remediation: [
        step('Think', null),
        step('Guard', "aws a b --c '<TABLE-ARN>'"),
        step('Look', 'aws x y --z'),
        step('Act', 'aws a b'),
      ],
    });
    const text = renderPretty([finding], sampleSummary, { color: false, width: 100 });
    expect(text).toMatch(/fix +1 of 4: Think\n +3 of 4: Look\n +aws x y --z\n/);
    expect(text).not.toMatch(/Act|Guard/);
  });

  it('of a dry run tells counts only', () => {
    const objects = {
      ...sampleSummary.objects,
      read: 0,
      partlyRead: 0,
      skipped: { 'dry-run': 1_205, digest: 8 },
    };
    const text = renderPretty(
      [],
      { ...sampleSummary, mode: 'dry-run', objects },
      { color: false, width: 80 },
    );
    expect(text).toContain('1,205 objects of 1,217 listed would be read');
    expect(text).toContain('digest 8');
    expect(text).not.toContain('Nothing found');
    expect(text).not.toMatch(/judged \(|findings/);
  });

  it('stays readable with thousands of stories', () => {
    const many = Array.from({ length: 3_000 }, (_, n) =>
      aFinding({ entity: `eni-${n}`, severity: n % 2 === 0 ? 'HIGH' : 'INFO' }),
    );
    const text = renderPretty(many, sampleSummary, { color: false, width: 100 });
    expect(text.split('\n').length).toBeLessThan(350);
    expect(text).toContain('1,388 more stories of HIGH');
    expect(text).toContain('1,480 more stories of INFO');
  });
});

describe('wrapping', () => {
  it('keeps every character but blanks, and the width', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('a', 'bc', ' ', '世', '🙂'), maxLength: 80 }),
        fc.integer({ min: 2, max: 20 }),
        (text, width) => {
          const lines = wrap(text, width);
          expect(lines.join('').replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
          for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('gives a command that a shell reads as the same words', () => {
    const command = `printf '%s\\n' --one 'a --b '\\''c' --two "d --e" --three`;
    const words = (text: string) => spawnSync('/bin/sh', { input: text, encoding: 'utf8' }).stdout;
    const wrapped = wrapCommand(command, 20);
    expect(wrapped.length).toBeGreaterThan(3);
    expect(words(wrapped.join('\n'))).toBe(words(command));
    expect(words(command)).toBe("--one\na --b 'c\n--two\nd --e\n--three\n");
  });
});

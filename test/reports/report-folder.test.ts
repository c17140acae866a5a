import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openReportFolder, writeSummaryFile } from '../../src/reports/report-folder.ts';
import type { LedgerLine } from '../../src/reports/run-summary.ts';
import { sampleFindings, sampleSummary } from './sample-run.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-out-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const line = (object: string): LedgerLine => ({
  object,
  version: '',
  status: 'read',
  reason: '',
  format: 'cloudtrail',
  storedBytes: 1,
  inflatedBytes: 2,
  records: { total: 0, judged: 0, duplicates: 0, waiting: 0, skipped: {}, unreadable: {} },
});

describe('the folder of --out', () => {
  it('holds findings, summary, ledger and report, whole', () => {
    const out = openReportFolder(join(folder, 'deep', 'out'));
    for (let n = 0; n < 2_000; n++) out.writeLedger(line(`object-${n}`));
    out.write(sampleFindings, sampleSummary);
    out.discard();
    expect(readdirSync(out.path).sort()).toEqual([
      'findings.jsonl',
      'ledger.jsonl',
      'report.txt',
      'summary.json',
    ]);
    const read = (name: string) => readFileSync(join(out.path, name), 'utf8');
    const findings = read('findings.jsonl')
      .trimEnd()
      .split('\n')
      .map((text) => JSON.parse(text));
    expect(findings.map(({ severity }) => severity)).toEqual([
      'CRITICAL',
      'HIGH',
      'HIGH',
      'MEDIUM',
      'LOW',
      'INFO',
    ]);
    expect(findings).toEqual(expect.arrayContaining([...sampleFindings]));
    expect(JSON.parse(read('summary.json'))).toEqual(sampleSummary);
    const ledger = read('ledger.jsonl').trimEnd().split('\n');
    expect(ledger).toHaveLength(2_000);
    expect(JSON.parse(ledger[1_999]!)).toEqual(line('object-1999'));
    expect(read('report.txt')).toContain('CRITICAL');
    expect(read('report.txt')).not.toContain('\u001b');
  });

  it('keeps what was there when a run does not end', () => {
    writeFileSync(join(folder, 'ledger.jsonl'), 'before');
    const out = openReportFolder(folder);
    out.writeLedger(line('x'));
    out.discard();
    expect(readdirSync(folder)).toEqual(['ledger.jsonl']);
    expect(readFileSync(join(folder, 'ledger.jsonl'), 'utf8')).toBe('before');
  });

  it('is refused where a file is, or lies above', () => {
    const file = join(folder, 'file');
    writeFileSync(file, 'mine');
    expect(() => openReportFolder(file)).toThrow(`${file}: is a file`);
    expect(() => openReportFolder(join(file, 'below'))).toThrow('is a file, or lies below one');
    expect(readFileSync(file, 'utf8')).toBe('mine');
  });

  it('that cannot be written is an error before anything is read', () => {
    // A name that no file system takes, so that root is refused too.
    expect(() => openReportFolder(join(folder, 'x'.repeat(1_000)))).toThrow(
      'cannot be written (ENAMETOOLONG)',
    );
  });
});

describe('the file of --summary', () => {
  it('is JSON', () => {
    writeSummaryFile(join(folder, 's.json'), sampleSummary);
    expect(JSON.parse(readFileSync(join(folder, 's.json'), 'utf8'))).toEqual(sampleSummary);
  });

  it('that cannot be written is an error that names it', () => {
    const path = join(folder, 'none', 's.json');
    expect(() => writeSummaryFile(path, sampleSummary)).toThrow(`${path}: cannot be written (ENOENT)`);
  });
});

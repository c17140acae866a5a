// `replay --suppressions`, by the real command line.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import type { RunSummary } from '../../src/reports/run-summary.ts';
import { quietCall, rootCall, runHere, trailObject } from './run-wiretrail.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-suppressions-'));
  // Two root users in two accounts, and a call that nobody minds.
  const other = {
    userIdentity: { type: 'Root', accountId: '444455556666' },
    recipientAccountId: '444455556666',
  };
  writeFileSync(join(home, 'trail.json.gz'), trailObject([rootCall(1), rootCall(2, other), quietCall(3)]));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);

function entry(match: string, expires: string): string {
  return `  - match: {${match}}\n    reason: the break-glass drill\n    owner: ann@example.com\n    expires: ${expires}\n`;
}

async function run(entries: string, ...argv: readonly string[]) {
  writeFileSync(join(home, 'suppressions.yml'), `suppressions:\n${entries}`);
  const ran = await runHere(
    [
      'replay',
      'trail.json.gz',
      '--suppressions',
      'suppressions.yml',
      '--summary',
      'summary.json',
      '--out',
      'out',
      ...argv,
    ],
    home,
  );
  const summary = () => JSON.parse(readFileSync(join(home, 'summary.json'), 'utf8')) as RunSummary;
  const written = () =>
    readFileSync(join(home, 'out/findings.jsonl'), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Finding);
  return { ...ran, summary, written };
}

describe('suppressions', () => {
  it('leave a finding out of every output, and count it by entry', async () => {
    const ran = await run(entry('rule: ANO-08, account: 444455556666', inDays(30)), '--format', 'jsonl');
    expect(ran.code, ran.stderr).toBe(1);
    expect(ran.written().map(({ account }) => account)).toEqual(['111122223333']);
    expect(ran.stdout.trimEnd().split('\n')).toHaveLength(1);
    expect(ran.stdout).not.toContain('444455556666');
    expect(ran.stderr).toMatch(/1 suppressed by [0-9a-f]{8} \(rule ANO-08, account 444455556666\)/);
    const { findings, suppressions, identities } = ran.summary();
    expect(findings).toMatchObject({ total: 2, written: 1, suppressed: 1, byRule: { 'ANO-08': 1 } });
    expect(identities.findings).toBe(true);
    expect(suppressions).toEqual([
      {
        id: expect.stringMatching(/^[0-9a-f]{8}$/),
        match: 'rule ANO-08, account 444455556666',
        reason: 'the break-glass drill',
        owner: 'ann@example.com',
        expires: inDays(30),
        expired: false,
        count: 1,
        findings: [expect.stringMatching(/^[0-9a-f]{16}$/)],
      },
    ]);
  });

  it('of everything end with 0, and say that it is not nothing', async () => {
    const ran = await run(entry('rule: ANO-*', inDays(180)));
    expect(ran.code, ran.stderr).toBe(0);
    expect(ran.stdout).toContain('Nothing found in 3 records but what is suppressed.');
    expect(ran.stdout).toContain('2 suppressed');
    expect(ran.summary().findings).toMatchObject({ total: 2, written: 0, suppressed: 2 });
  });

  it('that have expired hide nothing, and say so', async () => {
    const ran = await run(entry('rule: ANO-08', inDays(-1)));
    expect(ran.code).toBe(1);
    expect(ran.written()).toHaveLength(2);
    expect(ran.stdout.replaceAll(/\s+/g, ' ')).toMatch(
      new RegExp(`expired 2 told again: no longer suppressed by [0-9a-f]{8} .*, expired ${inDays(-1)}`),
    );
    expect(ran.summary()).toMatchObject({
      findings: { total: 2, written: 2, suppressed: 0 },
      suppressions: [{ expired: true, count: 2 }],
    });
  });

  it('that are wrong end with 2 before anything is read', async () => {
    const ran = await run(entry('rule: ANO-08, userAgent: x', inDays(181)));
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toContain(
      'suppressions.yml: entry 1 (rule ANO-08): match: unknown setting "userAgent"',
    );
    expect(ran.stderr).toContain('docs/suppressions.md');
  });

  it('that are not there end with 2', async () => {
    const ran = await runHere(['replay', 'trail.json.gz', '--suppressions', 'gone.yml'], home);
    expect(ran.code).toBe(2);
    expect(ran.stderr).toContain('gone.yml: cannot be read (ENOENT)');
  });
});

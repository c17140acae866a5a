import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../../src/cli/arguments.ts';
import { exitCodeOfCoverage } from '../../src/cli/coverage.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Coverage } from '../../src/findings/coverage.ts';
import { FLOW_LOG_FIELDS } from '../../src/findings/remediation.ts';
import { sampleSummary } from '../reports/sample-run.ts';
import { quietCall, runHere, trailObject } from './run-wiretrail.ts';

let home: string;
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-coverage-'));
  mkdirSync(join(home, 'logs'));
  writeFileSync(join(home, 'logs/trail.json.gz'), trailObject([quietCall(1), quietCall(2), quietCall(2)]));
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const parse = (...argv: string[]) => parseArguments(['coverage', ...argv], '0');

describe('the arguments of wiretrail coverage', () => {
  it('are those of a replay, as far as they say what is read', () => {
    const fields = FLOW_LOG_FIELDS.join(' ');
    const argv = ['a', 'b', '--from', '2026-11-01', '--account', '111122223333', '--flow-format', fields];
    expect(parse(...argv)).toEqual({
      command: 'coverage',
      options: {
        inputs: ['a', 'b'],
        from: Date.UTC(2026, 10, 1),
        account: ['111122223333'],
        flowFormat: FLOW_LOG_FIELDS,
        format: 'pretty',
        failOn: 'blind',
        progress: true,
        color: 'auto',
      },
    });
  });

  it.each([
    [[]],
    [['a', '--fail-on', 'high']],
    [['a', '--format', 'json']],
    [['a', '--from', '2026-11-02', '--to', '2026-11-01']],
    [['a', '--state', 'x']],
  ])('%j is refused', (argv) => {
    expect(parse(...argv).command).toBe('usage-error');
  });

  it('are explained with the exit codes of this command', () => {
    const help = parse('--help');
    expect(help).toMatchObject({ command: 'print' });
    expect((help as { text: string }).text).toContain('no detector is blind');
  });
});

describe('the exit code', () => {
  const coverage = (...states: ('blind' | 'partly' | 'seeing')[]): Coverage => ({
    detectors: states.map((state) => ({ rule: 'R', name: 'r', title: 'R', state, reasons: [] })),
    reasons: [],
    truncated: false,
  });
  const clean = {
    ...sampleSummary,
    objects: { listed: 1, read: 1, partlyRead: 0, skipped: {}, failed: {} },
    records: { ...sampleSummary.records, unreadable: {} },
  };

  it.each([
    [coverage('seeing'), 'partly', 0],
    [coverage('partly', 'seeing'), 'blind', 0],
    [coverage('partly', 'seeing'), 'partly', 1],
    [coverage('blind'), 'blind', 1],
    [coverage('blind'), 'partly', 1],
    [coverage('blind'), 'none', 0],
  ] as const)('%#: is 1 when somebody is as blind as asked for', (some, failOn, code) => {
    expect(exitCodeOfCoverage(some, clean, failOn)).toBe(code);
  });

  it('is 2 when something could not be read, whoever is blind', () => {
    expect(exitCodeOfCoverage(coverage('blind'), sampleSummary, 'blind')).toBe(2);
    expect(exitCodeOfCoverage(coverage('seeing'), sampleSummary, 'none')).toBe(2);
  });
});

describe('wiretrail coverage', () => {
  it('prints who is blind and what to do', async () => {
    const { code, stdout, stderr } = await runHere(['coverage', 'logs', '--no-progress'], home);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^ BLIND +TLS-06 +plaintext-dynamodb-flow +\[\d\]$/m);
    expect(stdout).toMatch(/^ SEES .*POL-10/m);
    expect(stdout).toContain('no VPC flow log');
    expect(stdout).toContain('put-event-selectors --region us-east-1');
    expect(stdout).toContain('2 calls, 0 flows and 0 log lines in 1 object');
  });

  it('writes a JSON line for each detector', async () => {
    const argv = ['coverage', '-', '--format', 'jsonl', '-q', '--fail-on', 'none'];
    const ran = await runHere(argv, home, { stdin: trailObject([quietCall(1)]) });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    const lines = ran.stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { rule: string; state: string; reasons: { code: string }[] });
    expect(lines.map(({ rule }) => rule).toSorted()).toEqual(detectors.map(({ meta }) => meta.id).toSorted());
    expect(lines.find(({ rule }) => rule === 'TLS-07')).toMatchObject({
      schemaVersion: '1.0',
      state: 'blind',
      reasons: [
        { effect: 'blind', code: 'no-flows', steps: [{ command: expect.stringContaining('aws ec2') }] },
      ],
    });
    for (const { state, reasons } of lines) if (state !== 'seeing') expect(reasons.length).toBeGreaterThan(0);
  });

  it('ends with 2 where nothing is to be read', async () => {
    const ran = await runHere(['coverage', 'missing', '--no-progress'], home);
    expect(ran.code).toBe(2);
    expect(ran.stdout).toContain('missing');
  });
});

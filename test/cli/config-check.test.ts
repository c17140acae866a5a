import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/io.ts';
import { main } from '../../src/cli/main.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const NOW = Date.parse('2026-11-21T12:00:00Z');

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function check(files: { readonly config?: string; readonly suppressions?: string }): Promise<Ran> {
  const argv = ['config', 'check'];
  for (const [option, text] of Object.entries(files)) {
    const path = join(folder, `${option}.yml`);
    writeFileSync(path, text);
    argv.push(`--${option}`, path);
  }
  let [stdout, stderr] = ['', ''];
  const into = (add: (text: string) => void): Writable =>
    new Writable({
      write(chunk, _encoding, done) {
        add(String(chunk));
        done();
      },
    });
  const io: Io = {
    stdin: (async function* () {})(),
    stdout: into((text) => (stdout += text)),
    stderr: into((text) => (stderr += text)),
    env: {},
    now: () => NOW,
    onInterrupt: () => () => undefined,
    exit: () => undefined,
  };
  const code = await main(argv, io);
  return { code, stdout: stdout.replaceAll(`${folder}/`, ''), stderr: stderr.replaceAll(`${folder}/`, '') };
}

const entry = (match: string, expires: string): string =>
  `  - match: { ${match} }\n    reason: The old batch host\n    owner: data-platform@example.com\n    expires: ${expires}\n`;

describe('wiretrail config check', () => {
  it('says what holds where nothing is given', async () => {
    const { code, stdout, stderr } = await check({});
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('No configuration given. These settings hold:\n  ownResources: none.');
    expect(stdout).toContain('less than 90 days counts as lost evidence (POL-10); this is the default.');
    expect(stdout).toContain('No suppressions given: every finding is told.\n');
  });

  it('says in words what every setting does', async () => {
    const { code, stdout } = await check({
      config:
        'ownResources: [trail, monitor]\nlogChains: [[/aws/alb/front, /app/orders], [a, b]]\nidentityForwarders: [203.0.113.0/24, "2001:db8:1::/48"]\nminimumRetentionDays: 180\nownHosts: [ddb.corp.internal]\n',
    });
    expect(code).toBe(0);
    expect(stdout.split('\n').slice(0, 7)).toEqual([
      'config.yml can be used.',
      '  ownResources: weakening "trail", "monitor" is CRITICAL (POL-10).',
      '  logChains: one request is logged in each of "/aws/alb/front", "/app/orders" (REP-01).',
      '  logChains: one request is logged in each of "a", "b" (REP-01).',
      '  identityForwarders: "203.0.113.0/24", "2001:db8:1::/48" may forward a signed sts:GetCallerIdentity (REP-01).',
      '  minimumRetentionDays: keeping a log for less than 180 days counts as lost evidence (POL-10).',
      '  ownHosts: DynamoDB may be called by "ddb.corp.internal" (TLS-05).',
    ]);
  });

  it.each([
    ['198.51.100.7', ', here 198.51.100.0/24'],
    ['198.51.0.0/16', ', here 198.51.0.0/24'],
    ['2001:db8:1:2::/64', ', here 2001:db8:1::/48'],
    ['office', ''],
  ])('points out a network that can match nothing: %s', async (network, hint) => {
    const { code, stdout } = await check({ config: `identityForwarders: ["${network}"]` });
    expect(code).toBe(0);
    expect(stdout).toContain(
      `    ! "${network}" matches nothing: write the /24 of an IPv4 address, or the /48 of an IPv6 one${hint}\n`,
    );
  });

  it('shows the first of many names, escaped', async () => {
    const names = ['"bad\\e[2J"', ...Array.from({ length: 14 }, (_, at) => `name-${at}`)];
    const { stdout } = await check({ config: `ownResources: [${names.join(', ')}]` });
    expect(stdout).toContain('"bad\\x1b[2J", "name-0"');
    expect(stdout).toContain('"name-8" and 5 more is CRITICAL');
    expect(stdout).not.toContain('\u001b');
  });

  it('says of each suppression what it matches, why, whose it is and until when', async () => {
    const { code, stdout } = await check({
      suppressions: `suppressions:\n${entry('rule: TLS-06, account: "111122223333"', '2027-03-31')}`,
    });
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /suppressions\.yml can be used\.\n {2}[0-9a-f]{8} rule TLS-06, account 111122223333: until the end of 2027-03-31, UTC\.\n {4}The old batch host \(data-platform@example\.com\)\n$/,
    );
  });

  it.each([
    ['rule: TLS-06', '2026-11-20', 'it suppresses nothing any more: take it out, or decide again.'],
    ['rule: TLS-06', '2026-11-21', 'it ends in 1 day: decide again before.'],
    ['rule: TLS-06', '2026-12-04', 'it ends in 14 days: decide again before.'],
    ['rule: tls-6', '2027-03-31', 'there is no rule "tls-6": did you mean TLS-06'],
    ['rule: [TLS-06, XYZ-1]', '2027-03-31', 'there is no rule "XYZ-1"\n'],
    ['family: tls', '2027-03-31', 'there is no family "tls": TLS, '],
  ])('points out a suppression that will hardly be meant: %s, %s', async (match, expires, what) => {
    const { code, stdout } = await check({ suppressions: `suppressions:\n${entry(match, expires)}` });
    expect(code).toBe(0);
    expect(stdout).toContain(`    ! ${what}`);
  });

  it.each([
    ['rule: TLS-06', '2026-12-05'],
    ['rule: "TLS-*"', '2027-03-31'],
    ['rule: "XYZ-*"', '2027-03-31'],
    ['family: TLS', '2027-03-31'],
  ])('has no remark on %s, %s', async (match, expires) => {
    expect((await check({ suppressions: `suppressions:\n${entry(match, expires)}` })).stdout).not.toContain(
      '!',
    );
  });

  it('says so where the file of suppressions has none', async () => {
    expect(await check({ suppressions: '# none yet\n' })).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('It has no entries: every finding is told.'),
    });
  });

  it('tells every wrong file, and checks the other all the same', async () => {
    const both = await check({ config: 'ownResource: [a]', suppressions: `suppressions:\n  - match: {}\n` });
    expect(both).toMatchObject({ code: 2, stdout: '' });
    expect(both.stderr).toContain(
      'wiretrail: config.yml: unknown setting "ownResource"\n  → Known settings: ',
    );
    expect(both.stderr).toContain('wiretrail: suppressions.yml: entry 1');
    const one = await check({ config: 'ownResources: [a', suppressions: 'suppressions: []' });
    expect(one.code).toBe(2);
    expect(one.stderr).toMatch(/^wiretrail: config\.yml: is not YAML: \S+ at line 1/);
    expect(one.stdout).toBe('suppressions.yml can be used.\n  It has no entries: every finding is told.\n');
  });
});

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../scripts/evaluate.ts', import.meta.url));

function evaluate(...flags: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    // Node 22 warns of types that are stripped, and every Node of node:sqlite.
    [
      '--disable-warning=ExperimentalWarning',
      SCRIPT,
      '--seed',
      'test',
      '--seeds',
      '1',
      '--disguised-seeds',
      '0',
      ...flags,
    ],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('npm run evaluate', () => {
  test('passes when every attack is found and nothing else', () => {
    const { status, stdout, stderr } = evaluate('--events', '24000');
    expect(stderr).toBe('');
    expect(stdout).toMatch(/, 0 attacks missed, 0 false findings of MEDIUM or higher/);
    expect(stdout).toMatch(/^TLS-06 +\d+ +\d+ +1\.000 +0 +0\.00 \(0\.00 to \d+\.\d\d\)$/m);
    expect(status).toBe(0);
  });

  test('fails when nothing looks', () => {
    const { status, stdout } = evaluate('--events', '3000', '--without-detectors');
    expect(status).toBe(1);
    expect(stdout).toMatch(/^FAILED$/m);
    expect(stdout).toMatch(/^missed: seed [0-9a-f]{16}: TLS-06\/.*AWSLogs\/\d{12}\/vpcflowlogs\/\S+#\d+/m);
    expect(stdout).not.toContain('1.000');
  });

  test('says how it is used, and takes no nonsense', () => {
    expect(evaluate('--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('--without-detectors'),
    });
    expect(evaluate('--events', 'many')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('usage:'),
    });
  });
});

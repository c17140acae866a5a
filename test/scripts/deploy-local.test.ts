import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

it('deploys to local servers, shows what arrived, and ends by itself', async () => {
  const script = fileURLToPath(new URL('../../scripts/deploy-local.ts', import.meta.url));
  const argv = [script, '--records', '20', '--scenario', 'ANO-08'];
  const ran = await new Promise<{ code: number; stdout: string; stderr: string }>((resolve) => {
    execFile(process.execPath, argv, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
  expect(ran.stderr).not.toMatch(/^\s+at /m);
  expect(ran.code, ran.stdout).toBe(0);
  expect(ran.stdout).toMatch(/deployed to local servers: 5 functions/);
  expect(ran.stdout).toMatch(/SNS: \d+ messages on the topic \(1 CRITICAL, 2 HIGH\)/);
  expect(ran.stdout).toMatch(/e-mail to you@example\.com: \d+ messages/);
  expect(ran.stdout).toMatch(/Slack: [1-9]\d* messages/);
  expect(ran.stdout).toMatch(/0 failed invocations, 0 dead letters\n$/);
}, 60_000);

// No alert, digest, message to Slack or line of the notifier's memory holds a secret that the logs hold, nor a piece of one.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { alertOutputs, expectNoLeak } from './alert-outputs.ts';
import { createLeakSearch, secretsOf } from './planted-secrets.ts';
import {
  type ArchiveOnDisk,
  ONE_DAY,
  replayFolders,
  simulatedArchive,
  temporaryFolder,
} from './simulated-archive.ts';

let home: string;
let archive: ArchiveOnDisk;
let findings: readonly Finding[];
beforeAll(async () => {
  home = temporaryFolder();
  archive = await simulatedArchive(home, { seed: 'leaks', ...ONE_DAY });
  findings = (await replayFolders([archive.dir], archive.settings)).findings;
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

describe('an archive with every secret that can be planted', () => {
  it('is told without one of them', async () => {
    const texts = archive.keys.map((key) => {
      const bytes = readFileSync(join(archive.dir, key));
      return (key.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
    });
    const secrets = secretsOf(texts.join('\n'));
    expect(secrets.length).toBeGreaterThan(30);
    const families = new Set(findings.map(({ rule }) => rule.family));
    expect([...families].sort()).toEqual(['ANO', 'POL', 'REP', 'SEC', 'TLS']);

    const outputs = await alertOutputs(findings);
    expect(outputs.size).toBeGreaterThan(findings.length * 8);
    const searched = expectNoLeak(outputs, createLeakSearch(secrets));
    expect(searched).toBeGreaterThan(findings.length * 10);
  }, 120_000);
});

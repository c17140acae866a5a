// Suppressions and settings of detectors are compiled into the functions when they are packaged.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';
import { parseConfig } from '../../src/config.ts';
import { bundledSuppressions, NO_SUPPRESSIONS } from '../../src/findings/suppressions.ts';
import type { readLiveSettings } from '../../src/live/settings.ts';
import { parseSuppressions } from '../../src/replay/suppressions-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-bundled-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const file = (expires: string) =>
  `suppressions:\n  - match: {rule: TLS-06, account: 011122223333}\n    reason: the drill of "Tuesday"\n    owner: ann\n    expires: ${expires}\n`;

/** One module of src, bundled with these texts in the place of names, and loaded. */
async function importBundled<T>(source: string, define: Record<string, string>): Promise<T> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    minify: true,
    define,
  });
  const path = join(folder, `${basename(source, '.ts')}.mjs`);
  writeFileSync(path, outputFiles[0]!.text);
  return (await import(path)) as T;
}

describe('suppressions', () => {
  it('stand in every function that judges, as they were read, without the reader of YAML', async () => {
    const text = file(inDays(90));
    const path = join(folder, 'good.yml');
    writeFileSync(path, text);
    const out = join(folder, 'handlers');
    const sizes = await bundleHandlers(out, { suppressions: path, settings: null });
    const expected = JSON.stringify(parseSuppressions(text, path, Date.now()).entries[0]!.id);
    for (const name of sizes.keys()) {
      const bundle = readFileSync(join(out, `${name}.mjs`), 'utf8');
      expect(bundle.includes(expected), name).toBe(name !== 'slack-notifier');
      const { sources } = JSON.parse(readFileSync(join(out, `${name}.mjs.map`), 'utf8')) as {
        sources: string[];
      };
      expect(sources.filter((source) => source.includes('node_modules/yaml/'))).toEqual([]);
    }
    expect(sizes.size).toBeGreaterThanOrEqual(5);
  });

  it('are what a function finds there', async () => {
    const compiled = parseSuppressions(file(inDays(90)), 'x', Date.now());
    const bundled = await importBundled<{ bundledSuppressions: typeof bundledSuppressions }>(
      'src/findings/suppressions.ts',
      { 'globalThis.WIRETRAIL_SUPPRESSIONS': JSON.stringify(compiled) },
    );
    expect(bundled.bundledSuppressions()).toEqual(compiled);
    expect(bundledSuppressions()).toBe(NO_SUPPRESSIONS);
  });

  it('that are wrong make no bundle', async () => {
    const path = join(folder, 'wrong.yml');
    writeFileSync(path, file(inDays(200)));
    await expect(
      bundleHandlers(join(folder, 'none'), { suppressions: path, settings: null }),
    ).rejects.toMatchObject({
      code: 'E_SUPPRESSIONS',
    });
  });
});

describe('settings of detectors', () => {
  const SETTINGS = 'ownResources: [central-trail]\nlogChains: [[/aws/alb/front, /app/orders]]\n';

  it('stand in every function that judges, as a replay reads them, without the reader of YAML', async () => {
    const path = join(folder, 'wiretrail.yml');
    writeFileSync(path, SETTINGS);
    const out = join(folder, 'with-settings');
    const sizes = await bundleHandlers(out, { suppressions: null, settings: path });
    for (const name of sizes.keys()) {
      const bundle = readFileSync(join(out, `${name}.mjs`), 'utf8');
      expect(bundle.includes('central-trail'), name).toBe(name !== 'slack-notifier');
      expect(bundle, name).not.toContain('YAMLParseError');
    }
    expect(sizes.size).toBeGreaterThanOrEqual(5);
  });

  it('are what a function finds there', async () => {
    const compiled = parseConfig(SETTINGS, 'x');
    const bundled = await importBundled<{ readLiveSettings: typeof readLiveSettings }>(
      'src/live/settings.ts',
      { 'globalThis.WIRETRAIL_SETTINGS': JSON.stringify(compiled) },
    );
    const settings = bundled.readLiveSettings({
      WIRETRAIL_STATE_TABLE: 'wiretrail-live-StateTable-ABC',
      WIRETRAIL_FINGERPRINT_SECRET: 'ssm:/wiretrail/key',
      WIRETRAIL_ALERT_TOPIC: 'arn:aws:sns:eu-west-1:111122223333:wiretrail-live-alerts',
    });
    expect(settings.detectorSettings).toEqual(compiled);
  });

  it('that are wrong make no bundle', async () => {
    const path = join(folder, 'wrong-settings.yml');
    writeFileSync(path, 'ownResource: [central-trail]\n');
    await expect(
      bundleHandlers(join(folder, 'none'), { suppressions: null, settings: path }),
    ).rejects.toMatchObject({ code: 'E_CONFIG', message: expect.stringContaining('ownResource') });
  });
});

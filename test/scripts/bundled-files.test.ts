// The functions as they are packaged: what is compiled into them, and what they import at the start.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';
import { parseConfig } from '../../src/config.ts';
import { detectors } from '../../src/detectors/index.ts';
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

const SETTINGS = 'ownResources: [central-trail]\nlogChains: [[/aws/alb/front, /app/orders]]\n';

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

describe('the bundles', () => {
  const suppressions = file(inDays(90));
  let out: string;
  let sizes: Awaited<ReturnType<typeof bundleHandlers>>;
  beforeAll(async () => {
    const paths = { suppressions: join(folder, 'good.yml'), settings: join(folder, 'wiretrail.yml') };
    writeFileSync(paths.suppressions, suppressions);
    writeFileSync(paths.settings, SETTINGS);
    out = join(folder, 'handlers');
    sizes = await bundleHandlers(out, paths);
  }, 60_000);
  const modulesOf = (name: string): string[] => [
    join(out, `${name}.mjs`),
    ...readdirSync(join(out, `${name}-later`))
      .filter((one) => one.endsWith('.mjs'))
      .map((one) => join(out, `${name}-later`, one)),
  ];

  it('hold both files in every function that judges, as they were read, without the reader of YAML', () => {
    const { id } = parseSuppressions(suppressions, 'x', Date.now()).entries[0]!;
    for (const name of sizes.keys()) {
      const modules = modulesOf(name);
      const text = modules.map((module) => readFileSync(module, 'utf8')).join('');
      expect(text.includes(JSON.stringify(id)), name).toBe(name !== 'slack-notifier');
      expect(text.includes('central-trail'), name).toBe(name !== 'slack-notifier');
      for (const module of modules) {
        const { sources } = JSON.parse(readFileSync(`${module}.map`, 'utf8')) as { sources: string[] };
        expect(sources.filter((source) => source.includes('node_modules/yaml/'))).toEqual([]);
      }
    }
    expect(sizes.size).toBeGreaterThanOrEqual(5);
  });

  it('have no words of a detector at the start, and those that alerts quote when they are needed', () => {
    const start = readFileSync(join(out, 'archive-objects.mjs'), 'utf8');
    const later = modulesOf('archive-objects')
      .slice(1)
      .map((module) => readFileSync(module, 'utf8'))
      .join('');
    for (const { meta } of detectors) {
      const printed = [
        meta.what,
        meta.why,
        ...meta.falsePositives,
        ...meta.investigate,
        ...meta.thresholds.map(({ reason }) => reason),
      ];
      for (const words of printed) expect((start + later).includes(inCode(words)), words).toBe(false);
      for (const words of meta.blindSpots) {
        expect(start.includes(inCode(words)), words).toBe(false);
        expect(later.includes(inCode(words)), words).toBe(true);
      }
    }
  });
  /** The longest piece that a minifier writes as it is, between whatever quotes. */
  const inCode = (words: string): string =>
    words
      .slice(0, 200)
      .split(/["'`\\\n]|[^\x20-\x7e]/)
      .reduce((longest, piece) => (piece.length > longest.length ? piece : longest));

  it('import little at the start: what is rarely needed lies in files of its own', () => {
    // docs/decisions/0006: what reads S3 is half of it. The catalogue comes later, and may grow.
    const MAX_START_BYTES = new Map([
      ['archive-objects', 560_000],
      ['slack-notifier', 340_000],
    ]);
    for (const [name, { start, later }] of sizes) {
      expect(start, name).toBeLessThan(MAX_START_BYTES.get(name) ?? 280_000);
      expect(later, name).toBeGreaterThan(200_000);
      const first = readFileSync(join(out, `${name}.mjs`), 'utf8');
      for (const client of ['SecretsManager', 'AmazonSSM', 'PublishCommand'])
        expect(first.includes(client), `${name} loads ${client} at the start`).toBe(false);
    }
  });

  it('leave out what of S3 nobody asks for', () => {
    const text = modulesOf('archive-objects')
      .map((module) => readFileSync(module, 'utf8'))
      .join('');
    expect(text).toContain('GetObject');
    // Else a client of another version is written in another way: see literalTraits.
    expect(text).not.toContain('PutBucketPolicyRequest');
  });
});

describe('suppressions', () => {
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

// Suppressions are compiled into the functions when they are packaged.

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleHandlers } from '../../scripts/bundle-handlers.ts';
import { bundledSuppressions, NO_SUPPRESSIONS } from '../../src/findings/suppressions.ts';
import { parseSuppressions } from '../../src/replay/suppressions-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-bundled-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
const file = (expires: string) =>
  `suppressions:\n  - match: {rule: TLS-06, account: 011122223333}\n    reason: the drill of "Tuesday"\n    owner: ann\n    expires: ${expires}\n`;

describe('suppressions', () => {
  it('stand in every function that judges, as they were read, without the reader of YAML', async () => {
    const text = file(inDays(90));
    const path = join(folder, 'good.yml');
    writeFileSync(path, text);
    const out = join(folder, 'handlers');
    const sizes = await bundleHandlers(out, path);
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
    const { outputFiles } = await build({
      entryPoints: ['src/findings/suppressions.ts'],
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      minify: true,
      define: { 'globalThis.WIRETRAIL_SUPPRESSIONS': JSON.stringify(compiled) },
    });
    const path = join(folder, 'suppressions.mjs');
    writeFileSync(path, outputFiles[0]!.text);
    const bundled = (await import(path)) as { bundledSuppressions: typeof bundledSuppressions };
    expect(bundled.bundledSuppressions()).toEqual(compiled);
    expect(bundledSuppressions()).toBe(NO_SUPPRESSIONS);
  });

  it('that are wrong make no bundle', async () => {
    const path = join(folder, 'wrong.yml');
    writeFileSync(path, file(inDays(200)));
    await expect(bundleHandlers(join(folder, 'none'), path)).rejects.toMatchObject({
      code: 'E_SUPPRESSIONS',
    });
  });
});

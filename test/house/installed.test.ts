// The package as its users have it: what npm packs, laid out below node_modules, where Node strips no types.

import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import manifest from '../../package.json' with { type: 'json' };
import { buildPackage } from '../../scripts/build-package.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const KIND = 'sse-customer-key';

let home: string;
let packed: string[];
let installed: string;

beforeAll(async () => {
  home = mkdtempSync(path.join(tmpdir(), 'wiretrail-installed-'));
  const checkout = path.join(home, 'checkout');
  for (const name of ['package.json', '.gitignore', 'README.md', 'LICENSE', 'src/cli', 'src/index.ts'])
    cpSync(path.join(root, name), path.join(checkout, name), { recursive: true });
  await buildPackage(path.join(checkout, 'dist/package'));
  packed = filesOfPack(checkout);

  installed = path.join(home, 'app/node_modules/wiretrail');
  for (const file of packed) cpSync(path.join(checkout, file), path.join(installed, file));
  for (const name of Object.keys(manifest.dependencies)) {
    const link = path.join(home, 'app/node_modules', name);
    mkdirSync(path.dirname(link), { recursive: true });
    symlinkSync(path.join(root, 'node_modules', name), link);
  }
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

/** Without what `npm test` sets: it names this checkout. */
const env = () => ({ PATH: process.env.PATH, HOME: home });

function filesOfPack(folder: string): string[] {
  const json = execFileSync('npm', ['pack', folder, '--dry-run', '--json', '--ignore-scripts'], {
    cwd: home,
    env: env(),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const packs = JSON.parse(json) as readonly { readonly files: readonly { readonly path: string }[] }[];
  return packs[0]!.files.map((file) => file.path).sort();
}

function run(args: readonly string[], input = ''): SpawnSyncReturns<string> {
  const cwd = path.join(home, 'app');
  return spawnSync(process.execPath, args, { cwd, env: env(), input, encoding: 'utf8' });
}

describe('the installed package', () => {
  const made = SECRET_EXAMPLES.find(({ kind }) => kind === KIND)!.make(
    createRandom('installed'),
    Date.UTC(2026, 10, 1),
  );
  const log = `2026-11-01T12:00:00.000Z INFO start\n2026-11-01T12:00:01.000Z INFO ${made.text}\n`;

  it('holds the built JavaScript and the launcher, and no source', () => {
    const built = readdirSync(path.join(installed, 'dist/package')).map((file) => `dist/package/${file}`);
    expect(built).toEqual(expect.arrayContaining(['dist/package/cli.js', 'dist/package/index.js']));
    expect(packed).toEqual(['LICENSE', 'README.md', 'package.json', 'src/cli/wiretrail.js', ...built].sort());
  });

  it('is a library', () => {
    const program = `
      import { scanSecrets } from 'wiretrail';
      import { text } from 'node:stream/consumers';
      for (const { kind, line } of scanSecrets(await text(process.stdin))) console.log(kind, line);`;
    const { stdout, stderr, status } = run(['--input-type=module', '--eval', program], log);
    expect([status, stdout, stderr]).toEqual([0, `${KIND} 2\n`, '']);
  });

  it('is a command, also where Node is told to run no TypeScript', () => {
    const command = path.join(installed, manifest.bin.wiretrail);
    const { stdout, status } = run([command, 'secrets', '-', '--format', 'jsonl', '--no-progress'], log);
    expect(stdout).toContain(`"kind":"${KIND}"`);
    for (const secret of made.secrets) expect(stdout).not.toContain(secret);
    expect(status).toBe(1);
    const version = run(['--no-experimental-strip-types', command, '--version']);
    expect([version.stdout, version.stderr]).toEqual([`${manifest.version}\n`, '']);
  });
});

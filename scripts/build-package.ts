// Builds what the npm package holds instead of src/: Node strips no types below node_modules. In the checkout nothing needs it.

import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes the library (index.js) and the command line (cli.js) into `outdir`, with what they share and load later beside them. */
export async function buildPackage(outdir: string): Promise<void> {
  rmSync(outdir, { recursive: true, force: true });
  const { warnings } = await build({
    absWorkingDir: root,
    entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
    outdir,
    // No folders: cli.js reads ../../package.json, as src/cli/main.ts does.
    chunkNames: '[name]-[hash]',
    bundle: true,
    splitting: true,
    packages: 'external',
    platform: 'node',
    // `engines` in package.json.
    target: 'node22',
    format: 'esm',
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
}

/** The library's types (index.d.ts and what it names) into `outdir`. */
function writeTypes(outdir: string): void {
  const tsc = fileURLToPath(import.meta.resolve('typescript/bin/tsc'));
  execFileSync(process.execPath, [tsc, '-p', path.join(root, 'tsconfig.package.json'), '--outDir', outdir], {
    stdio: 'inherit',
  });
}

if (import.meta.main) {
  const outdir = path.join(root, 'dist/package');
  await buildPackage(outdir);
  writeTypes(path.join(outdir, 'types'));
}

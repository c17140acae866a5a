// Bundles each Lambda function of handlers/ into one file with its source map: dist/handlers/NAME.mjs.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { suppressionEndMs } from '../src/findings/suppressions.ts';
import { readSuppressions } from '../src/replay/suppressions-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Of whoever deploys: compiled into the functions where it is there (docs/suppressions.md). */
const SUPPRESSIONS = path.join(root, 'suppressions.yml');

/**
 * Returns the bundled bytes by function. Throws when a bundle does not build, a warning is given, or the suppressions are wrong
 * (a WiretrailError, E_SUPPRESSIONS).
 */
export async function bundleHandlers(
  outdir: string,
  suppressionsFile: string | null = existsSync(SUPPRESSIONS) ? SUPPRESSIONS : null,
): Promise<ReadonlyMap<string, number>> {
  const suppressions = suppressionsFile === null ? null : readSuppressions(suppressionsFile, Date.now());
  const names = readdirSync(path.join(root, 'handlers')).filter((name) => name.endsWith('.ts'));
  rmSync(outdir, { recursive: true, force: true });
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: names.map((name) => path.join('handlers', name)),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    // Of a package's two forms the one of ES modules: esbuild leaves out of it what nobody uses, a fifth of the whole.
    mainFields: ['module', 'main'],
    // The runtime in serverless.yml.
    target: 'node24',
    format: 'esm',
    minify: true,
    keepNames: true,
    sourcemap: 'linked',
    sourcesContent: true,
    legalComments: 'none', // THIRD_PARTY_NOTICES.md goes along
    metafile: true,
    // What src/findings/suppressions.ts asks for: YAML and its checks stay behind.
    define:
      suppressions === null ? {} : { 'globalThis.WIRETRAIL_SUPPRESSIONS': JSON.stringify(suppressions) },
    // Some packages of the AWS SDK are CommonJS inside and call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
  const sizes = new Map<string, number>();
  for (const [file, { bytes, entryPoint }] of Object.entries(metafile.outputs)) {
    if (entryPoint !== undefined) sizes.set(path.basename(file, '.mjs'), bytes);
  }
  return sizes;
}

if (import.meta.main) {
  if (existsSync(SUPPRESSIONS)) {
    const { entries } = readSuppressions(SUPPRESSIONS, Date.now());
    const expired = entries.filter((entry) => suppressionEndMs(entry) <= Date.now());
    process.stdout.write(`suppressions.yml: ${entries.length} entries, ${expired.length} of them expired\n`);
  }
  for (const [name, bytes] of await bundleHandlers(path.join(root, 'dist/handlers'))) {
    process.stdout.write(`dist/handlers/${name}.mjs ${Math.round(bytes / 1024)} KB\n`);
  }
}

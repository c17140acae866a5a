// Bundles each Lambda function of handlers/ into one file with its source map: dist/handlers/NAME.mjs.

import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Returns the bundled bytes by function. Throws when a bundle does not build or a warning is given. */
export async function bundleHandlers(outdir: string): Promise<ReadonlyMap<string, number>> {
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
  for (const [name, bytes] of await bundleHandlers(path.join(root, 'dist/handlers'))) {
    process.stdout.write(`dist/handlers/${name}.mjs ${Math.round(bytes / 1024)} KB\n`);
  }
}

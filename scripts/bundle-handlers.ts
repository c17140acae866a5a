// Bundles each Lambda function of handlers/ into one file with its source map: dist/handlers/NAME.mjs.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readConfig } from '../src/cli/config-file.ts';
import type { DetectorSettings } from '../src/detectors/detector.ts';
import { type Suppressions, suppressionEndMs } from '../src/findings/suppressions.ts';
import { readSuppressions } from '../src/replay/suppressions-file.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Files of whoever deploys, compiled into the functions; null: there is none. */
export interface DeployersFiles {
  /** docs/suppressions.md */
  readonly suppressions: string | null;
  /** What `--config` of a replay takes: docs/command-line.md, Settings. */
  readonly settings: string | null;
}

/** Those of the checkout, where they are there. */
export function filesOfCheckout(): DeployersFiles {
  const inRoot = (name: string): string | null => {
    const file = path.join(root, name);
    return existsSync(file) ? file : null;
  };
  return { suppressions: inRoot('suppressions.yml'), settings: inRoot('wiretrail.yml') };
}

/**
 * Returns the bundled bytes by function. Throws when a bundle does not build, a warning is given, or one of the deployer's files is wrong
 * (a WiretrailError, E_SUPPRESSIONS or E_CONFIG).
 */
export async function bundleHandlers(
  outdir: string,
  files: DeployersFiles,
): Promise<ReadonlyMap<string, number>> {
  const { suppressions, settings } = readFiles(files);
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
    // What src/findings/suppressions.ts and src/live/settings.ts ask for: YAML and its checks stay behind.
    define: {
      ...(suppressions === null ? {} : { 'globalThis.WIRETRAIL_SUPPRESSIONS': JSON.stringify(suppressions) }),
      ...(settings === null ? {} : { 'globalThis.WIRETRAIL_SETTINGS': JSON.stringify(settings) }),
    },
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

function readFiles(files: DeployersFiles): {
  readonly suppressions: Suppressions | null;
  readonly settings: DetectorSettings | null;
} {
  return {
    suppressions: files.suppressions === null ? null : readSuppressions(files.suppressions, Date.now()),
    settings: files.settings === null ? null : readConfig(files.settings),
  };
}

function sayFiles(files: DeployersFiles): void {
  const { suppressions, settings } = readFiles(files);
  if (suppressions !== null) {
    const { entries } = suppressions;
    const expired = entries.filter((entry) => suppressionEndMs(entry) <= Date.now());
    process.stdout.write(`suppressions.yml: ${entries.length} entries, ${expired.length} of them expired\n`);
  }
  if (settings !== null) {
    const { ownResources, logChains, identityForwarders, minimumRetentionDays } = settings;
    process.stdout.write(
      `wiretrail.yml: ownResources ${ownResources.length}, logChains ${logChains.length}, ` +
        `identityForwarders ${identityForwarders.length}, minimumRetentionDays ${minimumRetentionDays}\n`,
    );
  }
}

if (import.meta.main) {
  const files = filesOfCheckout();
  sayFiles(files);
  for (const [name, bytes] of await bundleHandlers(path.join(root, 'dist/handlers'), files)) {
    process.stdout.write(`dist/handlers/${name}.mjs ${Math.round(bytes / 1024)} KB\n`);
  }
}

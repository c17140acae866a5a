// Bundles each Lambda function of handlers/: dist/handlers/NAME.mjs, and beside it in NAME-later/ what it loads when it is first needed.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile, type Plugin } from 'esbuild';
import { readConfig } from '../src/cli/config-file.ts';
import type { DetectorSettings } from '../src/detectors/detector.ts';
import { RULE_WORDS } from '../src/detectors/rule-words.ts';
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

/** Bytes of a function's modules, without their source maps. */
export interface BundleSize {
  /** Imported at the start: the function's own file and what it always needs. */
  readonly start: number;
  /** Imported when it is first needed. */
  readonly later: number;
}

/**
 * Writes `NAME.mjs` of each function into `outdir`, and what it loads later into `NAME-later/`; each with its source map. Returns the sizes by
 * function. Throws when a bundle does not build, a warning is given, or one of the deployer's files is wrong (a WiretrailError,
 * E_SUPPRESSIONS or E_CONFIG).
 */
export async function bundleHandlers(
  outdir: string,
  files: DeployersFiles,
): Promise<ReadonlyMap<string, BundleSize>> {
  const define = definitions(files);
  const names = readdirSync(path.join(root, 'handlers'))
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.basename(name, '.ts'));
  rmSync(outdir, { recursive: true, force: true });
  // One build each: what functions share would otherwise be cut into many small files, and each zip would hold those of the others.
  const sizes = await Promise.all(names.map((name) => bundleOne(name, outdir, define)));
  return new Map(names.map((name, at) => [name, sizes[at]!]));
}

async function bundleOne(
  name: string,
  outdir: string,
  define: Readonly<Record<string, string>>,
): Promise<BundleSize> {
  const { metafile, warnings } = await build({
    absWorkingDir: root,
    entryPoints: [path.join('handlers', `${name}.ts`)],
    outdir,
    outExtension: { '.js': '.mjs' },
    // No folder may have the name of a handler: the runtime of Lambda imports the name without its ending first.
    chunkNames: `${name}-later/[name]-[hash]`,
    bundle: true,
    // What is imported by import() becomes a file of its own: docs/decisions/0006-bundles.md.
    splitting: true,
    platform: 'node',
    // Of a package's two forms the one of ES modules: esbuild leaves out of it what nobody uses, a fifth of the whole.
    mainFields: ['module', 'main'],
    // The runtime in serverless.yml.
    target: 'node24',
    format: 'esm',
    // Names too: source maps give them back in stacks, and nothing asks a class of ours for its name.
    minify: true,
    sourcemap: 'linked',
    // Node reads every map when its module is imported (--enable-source-maps): without the sources they are a fifth as large, and say the same place.
    sourcesContent: false,
    legalComments: 'none', // THIRD_PARTY_NOTICES.md goes along
    metafile: true,
    define,
    plugins: [literalTraits, withoutWords],
    // Some packages of the AWS SDK are CommonJS inside and call require for Node's own modules.
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
  if (warnings.length > 0) throw new Error(warnings.map((warning) => warning.text).join('\n'));
  return sizeOf(metafile, `handlers/${name}.ts`);
}

/**
 * The AWS SDK describes each operation by constants whose property names are constants too: `{ [_hH]: _xar }`. esbuild must take a computed
 * name for code that does something, and keeps the descriptions of all hundred operations of S3 for the one that is used. Written as
 * literals, those that nobody uses are left out.
 */
const literalTraits: Plugin = {
  name: 'literal-traits',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]dist-es[\\/]schemas[\\/]schemas_0\.js$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const constants = new Map(
        [...text.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, value]) => [name!, value!]),
      );
      const contents = text.replace(/\[(_\w+)\]:/g, (computed, name: string) => {
        const value = constants.get(name);
        return value === undefined ? computed : `${value}:`;
      });
      return { contents, loader: 'js' };
    });
  },
};

/** From `meta: {` to its end, by the indent. */
const META = /^( *)(?:(?:export )?const meta: DetectorMeta =|meta:) \{\n[\s\S]*?^\1\}[;,]/gm;
/** In it, what is only printed: texts and lists of texts, on one line or several. */
const WORDS =
  /^( +)(title|what|why|falsePositives|blindSpots|investigate|thresholds):(?:\n[\s\S]*?,| \[\n[\s\S]*?^\1\],| .*,)$/gm;

/** Lists of thresholds that several detectors share. */
const THRESHOLDS = /^((?:export )?const \w+: readonly Threshold\[\] =) \[\n[\s\S]*?^\];$/gm;

/** Where the format of a kind of secret is told: for people who read the table. A call, `kingfisher('x.yml')`, or a text. */
const KIND_SOURCES =
  /^( +source:)(?: [\w.]+(?:\([^()\n]*\))?| '[^'\n]*'|\n +'[^'\n]*'|\n +[\w.]+\([^()\n]*\)),$/gm;

/** The same, empty, with as many lines. */
function emptied(list: string, beginning: string): string {
  return `${beginning} [];${list.replace(/[^\n]/g, '')}`;
}

/**
 * The words of a detector are more than half of it, and no judge needs them. What alerts quote of them is loaded with the first alert
 * (src/detectors/rule-words.ts); the rest is for `wiretrail detections` and docs/detections alone. The lines stay, so that places in
 * source maps do.
 */
const withoutWords: Plugin = {
  name: 'without-words',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]src[\\/]detectors[\\/]rule-words\.ts$/ }, () => ({
      contents: `export const RULE_WORDS = new Map(${JSON.stringify([...RULE_WORDS])});`,
      loader: 'js',
    }));
    onLoad({ filter: /[\\/]detectors[\\/]secrets[\\/]kinds[\\/].*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text.replace(
        KIND_SOURCES,
        (source: string, beginning: string) => `${beginning} '',${source.replace(/[^\n]/g, '')}`,
      );
      return { contents, loader: 'ts' };
    });
    onLoad({ filter: /[\\/]src[\\/]detectors[\\/].*\.ts$/ }, async ({ path: file }) => {
      const text = await readFile(file, 'utf8');
      const contents = text.replace(THRESHOLDS, emptied).replace(META, (meta) =>
        meta.replace(WORDS, (words: string, indent: string, name: string) => {
          const nothing = ['title', 'what', 'why'].includes(name) ? "''" : '[]';
          return `${indent}${name}: ${nothing},${words.replace(/[^\n]/g, '')}`;
        }),
      );
      return { contents, loader: 'ts' };
    });
  },
};

function sizeOf({ outputs }: Metafile, entryPoint: string): BundleSize {
  const modules = Object.entries(outputs).filter(([file]) => file.endsWith('.mjs'));
  const [entry] = modules.find(([, output]) => output.entryPoint === entryPoint)!;
  const atStart = new Set<string>();
  const visit = (file: string): void => {
    if (atStart.has(file)) return;
    atStart.add(file);
    for (const { kind, path: imported, external } of outputs[file]!.imports) {
      if (kind === 'import-statement' && external !== true) visit(imported);
    }
  };
  visit(entry);
  const bytes = (isAtStart: boolean): number =>
    modules
      .filter(([file]) => atStart.has(file) === isAtStart)
      .reduce((sum, [, output]) => sum + output.bytes, 0);
  return { start: bytes(true), later: bytes(false) };
}

/** What src/findings/suppressions.ts and src/live/settings.ts ask for: YAML and its checks stay behind. */
function definitions(files: DeployersFiles): Readonly<Record<string, string>> {
  const { suppressions, settings } = readFiles(files);
  return {
    ...(suppressions === null ? {} : { 'globalThis.WIRETRAIL_SUPPRESSIONS': JSON.stringify(suppressions) }),
    ...(settings === null ? {} : { 'globalThis.WIRETRAIL_SETTINGS': JSON.stringify(settings) }),
  };
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
    const { ownHosts, ownAccounts, dynamodbEndpoints } = settings;
    process.stdout.write(
      `wiretrail.yml: ownResources ${ownResources.length}, logChains ${logChains.length}, ` +
        `identityForwarders ${identityForwarders.length}, minimumRetentionDays ${minimumRetentionDays}, ` +
        `ownHosts ${ownHosts.length}, ownAccounts ${ownAccounts.length}, dynamodbEndpoints ${dynamodbEndpoints.length}\n`,
    );
  }
}

if (import.meta.main) {
  const files = filesOfCheckout();
  sayFiles(files);
  for (const [name, { start, later }] of await bundleHandlers(path.join(root, 'dist/handlers'), files)) {
    const [startKb, laterKb] = [start, later].map((bytes) => Math.round(bytes / 1024));
    process.stdout.write(`dist/handlers/${name}.mjs ${startKb} KB at the start, ${laterKb} KB when needed\n`);
  }
}

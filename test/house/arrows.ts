// The arrows of the house: one folder a stage, imports one way, and which packages a stage may know.

import path from 'node:path';
import { cyclesOf, importsOf, type Sources } from './import-graph.ts';

interface Stage {
  /** Stages that it may import from, besides itself. */
  readonly sees: readonly string[];
  /** npm packages, by name or as `@scope/`. */
  readonly packages?: readonly string[];
  readonly files?: true;
}

const BELOW_PIPELINE = ['sources', 'records', 'detectors', 'findings', 'state', 'alerts', 'reports', 'lib'];

export const STAGES: Readonly<Record<string, Stage>> = {
  handlers: { sees: ['live', 'pipeline', 'replay', 'config', 'lib'] },
  cli: {
    // `simulate`, `detections` and the words of the options come from the stages themselves.
    sees: ['pipeline', 'replay', 'config', 'simulate', 'detectors', 'reports', 'findings', 'lib'],
    packages: ['commander', 'yaml', 'zod'],
    files: true,
  },
  index: { sees: ['live', 'pipeline', 'replay', 'config', ...BELOW_PIPELINE] },
  live: {
    sees: ['replay', 'pipeline', 'config', 'coverage', ...BELOW_PIPELINE],
    packages: ['@aws-sdk/', '@aws-lambda-powertools/', 'zod/mini'],
    files: true,
  },
  replay: {
    sees: ['pipeline', 'config', 'coverage', ...BELOW_PIPELINE],
    packages: ['@aws-sdk/', 'zod', 'yaml'],
    files: true,
  },
  pipeline: { sees: BELOW_PIPELINE },
  config: { sees: ['detectors', 'findings', 'lib'], packages: ['zod', 'yaml'] },
  coverage: { sees: ['detectors', 'records', 'findings', 'lib'] },
  detectors: { sees: ['records', 'findings', 'lib'] },
  // @slack/types is types alone.
  alerts: { sees: ['findings', 'lib'], packages: ['@aws-sdk/', '@slack/types'] },
  reports: { sees: ['findings', 'lib'], files: true },
  findings: { sees: ['records', 'lib'] },
  records: { sees: ['lib'], packages: ['hyparquet/'] },
  sources: { sees: ['lib'], packages: ['@aws-sdk/', 'zod/mini'], files: true },
  state: { sees: ['lib'], packages: ['@aws-sdk/'], files: true },
  simulate: { sees: ['records', 'findings', 'detectors', 'lib'], files: true },
  lib: { sees: [] },
};

/** Detectors run wherever JavaScript does: of Node they may know the type of a Buffer, and nothing else. */
const NODE_MODULES_OF_DETECTORS = ['node:buffer'];
const ROOT_FILES = ['pipeline.ts', 'config.ts', 'index.ts'];

/** '' where the file lies in no known stage. */
export function stageOf(name: string): string {
  const parts = name.split('/');
  if (parts[0] === 'handlers') return 'handlers';
  if (parts.length === 2) return ROOT_FILES.includes(parts[1]!) ? parts[1]!.slice(0, -'.ts'.length) : '';
  return parts[1]! in STAGES && !ROOT_FILES.includes(`${parts[1]}.ts`) ? parts[1]! : '';
}

/** In an installed package it starts what scripts/build-package.ts made of src/cli/main.ts: the same arrow. */
const LAUNCHER = 'src/cli/wiretrail.js';
const BUILT_COMMAND_LINE = 'dist/package/cli.js';

/** What breaks the design, one line each; empty when nothing does. */
export function brokenArrows(sources: Sources): string[] {
  const broken: string[] = [];
  const graph = new Map<string, string[]>();
  for (const [name, text] of sources) {
    const stageName = stageOf(name);
    const stage = STAGES[stageName];
    if (stage === undefined) {
      broken.push(`${name}: lies in no stage of the design`);
      continue;
    }
    const targets: string[] = [];
    graph.set(name, targets);
    for (const { specifier, line, typeOnly, names } of importsOf(name, text)) {
      const where = `${name}:${line}`;
      if (specifier.startsWith('.')) {
        const target = path.posix.join(path.posix.dirname(name), specifier);
        if (name === LAUNCHER && target === BUILT_COMMAND_LINE) continue;
        targets.push(target);
        const targetStage = stageOf(target);
        if (!sources.has(target)) broken.push(`${where}: ${specifier} is no file of src or handlers`);
        else if (targetStage !== stageName && !stage.sees.includes(targetStage))
          broken.push(`${where}: ${stageName} must not see ${targetStage} (${specifier})`);
        else if (stageName === 'simulate' && targetStage !== stageName && targetStage !== 'lib' && !typeOnly)
          broken.push(`${where}: simulate takes only types from ${targetStage} (${specifier})`);
      } else if (specifier.startsWith('node:')) {
        if (/^node:fs(\/|$)/.test(specifier) && stage.files !== true)
          broken.push(`${where}: ${stageName} must not open files (${specifier})`);
        if (stageName === 'detectors' && !(typeOnly && NODE_MODULES_OF_DETECTORS.includes(specifier)))
          broken.push(`${where}: detectors must not know ${specifier}`);
      } else if (
        !stage.packages?.some((known) =>
          known.endsWith('/') ? specifier.startsWith(known) : specifier === known,
        )
      ) {
        broken.push(`${where}: ${stageName} must not use the package ${specifier}`);
      } else if (/^zod\b/.test(specifier) && !typeOnly && (names.length !== 1 || names[0] !== '*')) {
        // `import { z }` puts all of it into a bundle, locales too.
        broken.push(`${where}: write \`import * as z from '${specifier}'\``);
      }
    }
  }
  for (const cycle of cyclesOf(graph)) broken.push(`cycle: ${cycle.join(' -> ')}`);
  return broken;
}

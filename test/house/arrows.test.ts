import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { brokenArrows, STAGES } from './arrows.ts';
import { importsOf, loadedWith, readSources } from './import-graph.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function broken(files: Record<string, string>): string[] {
  return brokenArrows(new Map(Object.entries(files)));
}

describe('the house', () => {
  const sources = readSources(root);

  it('is seen whole', () => {
    expect(sources.size).toBeGreaterThan(30);
    const imports = [...sources].flatMap(([name, text]) => importsOf(name, text));
    expect(imports.filter(({ specifier }) => specifier.startsWith('.')).length).toBeGreaterThan(sources.size);
  });

  it('keeps every arrow of the design', () => {
    expect(brokenArrows(sources)).toEqual([]);
  });

  it('has a design without circles', () => {
    const graph = Object.entries(STAGES).flatMap(([name, { sees }]) =>
      sees.map((seen) => [name, seen] as const),
    );
    let left = graph;
    for (;;) {
      const sources = new Set(left.map(([from]) => from));
      const next = left.filter(([, to]) => sources.has(to));
      if (next.length === left.length) break;
      left = next;
    }
    expect(left).toEqual([]);
  });
});

describe('the start of the command line', () => {
  const sources = readSources(root);
  const CATALOGUE = 'src/detectors/index.ts';

  it('reads its arguments before it loads what they ask for', () => {
    const loaded = loadedWith('src/cli/main.ts', sources);
    expect(loaded).toContain('src/cli/secrets.ts');
    expect([...loaded].filter((name) => name === CATALOGUE || name === 'src/replay/run.ts')).toEqual([]);
    expect(loaded.size).toBeLessThan(60);
  });

  it('loads no catalogue of detectors to look for secrets alone', () => {
    const loaded = loadedWith('src/replay/find-secrets.ts', sources);
    expect(loaded).toContain('src/replay/run.ts');
    expect(loaded).not.toContain(CATALOGUE);
  });
});

describe('the reading of imports', () => {
  it('sees every form of import', () => {
    const text = [
      "import { a, type B, c as d } from './one.ts';",
      "import type { E } from './two.ts';",
      "import './three.ts';",
      "export { f } from './four.ts';",
      "export type { G } from './five.ts';",
      "export * from './six.ts';",
      "const h = await import('./seven.ts');",
      "type I = import('./eight.ts').I;",
      "import * as j from './nine.ts';",
      "import k from './ten.ts';",
      'const l = await import(computed);',
      "// import './comment.ts'",
      'const m = "import \'./text.ts\'";',
    ].join('\n');
    expect(
      importsOf('src/lib/a.ts', text).map((found) => [found.specifier, found.typeOnly, found.names]),
    ).toEqual([
      ['./one.ts', false, ['a', 'B', 'c']],
      ['./two.ts', true, ['E']],
      ['./three.ts', false, []],
      ['./four.ts', false, ['*']],
      ['./five.ts', true, ['*']],
      ['./six.ts', false, ['*']],
      ['./seven.ts', false, ['*']],
      ['./eight.ts', true, ['*']],
      ['./nine.ts', false, ['*']],
      ['./ten.ts', false, ['default']],
      ['(not a literal)', false, ['*']],
    ]);
  });
});

describe('what breaks the design', () => {
  const lib = { 'src/lib/a.ts': 'export const a = 1;' };
  const cases: readonly (readonly [string, Record<string, string>, string])[] = [
    [
      'an arrow the wrong way',
      { ...lib, 'src/records/b.ts': "import '../findings/c.ts';", 'src/findings/c.ts': '' },
      'src/records/b.ts:1: records must not see findings (../findings/c.ts)',
    ],
    [
      'an arrow the wrong way, for types only',
      { 'src/lib/a.ts': "\nimport type { B } from '../records/b.ts';", 'src/records/b.ts': '' },
      'src/lib/a.ts:2: lib must not see records (../records/b.ts)',
    ],
    [
      'a detector that reaches for the state',
      { 'src/detectors/tls/d.ts': "import '../../state/s.ts';", 'src/state/s.ts': '' },
      'src/detectors/tls/d.ts:1: detectors must not see state (../../state/s.ts)',
    ],
    ['an unknown folder', { ...lib, 'src/utils/b.ts': '' }, 'src/utils/b.ts: lies in no stage of the design'],
    [
      'an unknown file at the top',
      { ...lib, 'src/helpers.ts': '' },
      'src/helpers.ts: lies in no stage of the design',
    ],
    [
      'a folder named like a top file',
      { 'src/config/b.ts': '' },
      'src/config/b.ts: lies in no stage of the design',
    ],
    [
      'a missing file',
      { 'src/lib/a.ts': "import './gone.ts';" },
      'src/lib/a.ts:1: ./gone.ts is no file of src or handlers',
    ],
    [
      'a circle',
      { 'src/lib/a.ts': "import './b.ts';", 'src/lib/b.ts': "import type { A } from './a.ts';" },
      'cycle: src/lib/a.ts -> src/lib/b.ts -> src/lib/a.ts',
    ],
    [
      'a package in a detector',
      { 'src/detectors/tls/d.ts': "import * as z from 'zod';" },
      'src/detectors/tls/d.ts:1: detectors must not use the package zod',
    ],
    [
      'a Node module in a detector',
      { 'src/detectors/tls/d.ts': "import { createHash } from 'node:crypto';" },
      'src/detectors/tls/d.ts:1: detectors must not know node:crypto',
    ],
    [
      'the AWS SDK outside of sources, state, alerts and replay',
      { 'src/cli/c.ts': "import { S3Client } from '@aws-sdk/client-s3';" },
      'src/cli/c.ts:1: cli must not use the package @aws-sdk/client-s3',
    ],
    [
      'files opened by a reader of records',
      { 'src/records/b.ts': "import { open } from 'node:fs/promises';" },
      'src/records/b.ts:1: records must not open files (node:fs/promises)',
    ],
    [
      'a simulation that shares code with the detectors',
      { 'src/simulate/a.ts': "import { b } from '../records/b.ts';", 'src/records/b.ts': '' },
      'src/simulate/a.ts:1: simulate takes only types from records (../records/b.ts)',
    ],
    [
      'a handler that reaches past the replay',
      { 'handlers/h.ts': "import '../src/sources/s.ts';", 'src/sources/s.ts': '' },
      'handlers/h.ts:1: handlers must not see sources (../src/sources/s.ts)',
    ],
    [
      'a replay that knows the deployed monitor',
      { 'src/replay/r.ts': "import '../live/l.ts';", 'src/live/l.ts': '' },
      'src/replay/r.ts:1: replay must not see live (../live/l.ts)',
    ],
    [
      'all of zod in a bundle',
      { 'src/config.ts': "import { z } from 'zod';" },
      "src/config.ts:1: write `import * as z from 'zod'`",
    ],
    [
      'all of zod/mini in a bundle',
      { 'src/sources/s.ts': "import { z } from 'zod/mini';" },
      "src/sources/s.ts:1: write `import * as z from 'zod/mini'`",
    ],
    [
      'the large zod in a function',
      { 'src/live/l.ts': "import * as z from 'zod';" },
      'src/live/l.ts:1: live must not use the package zod',
    ],
    [
      'an import that cannot be read',
      { 'src/lib/a.ts': 'await import(name);' },
      'src/lib/a.ts:1: lib must not use the package (not a literal)',
    ],
  ];
  it.each(cases)('%s', (_name, files, expected) => {
    expect(broken(files)).toEqual([expected]);
  });

  it('and what does not', () => {
    expect(
      broken({
        ...lib,
        'src/records/record.ts': '',
        'src/detectors/tls/d.ts':
          "import type { Buffer } from 'node:buffer';\nimport '../../records/record.ts';",
        'src/simulate/a.ts':
          "import type { R } from '../records/record.ts';\nimport { a } from '../lib/a.ts';",
        'src/sources/s.ts': "import * as z from 'zod/mini';\nimport { S3Client } from '@aws-sdk/client-s3';",
        'src/pipeline.ts': "import './detectors/tls/d.ts';\nimport './sources/s.ts';",
        'src/live/l.ts': "import '../pipeline.ts';\nimport { Logger } from '@aws-lambda-powertools/logger';",
        'handlers/h.ts': "import '../src/pipeline.ts';\nimport '../src/live/l.ts';",
      }),
    ).toEqual([]);
  });
});

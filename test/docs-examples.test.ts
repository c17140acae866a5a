// What documents show is what the programs do now: commands that can be given, output that is printed, code that runs.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseArguments } from '../src/cli/arguments.ts';
import { detectors } from '../src/detectors/index.ts';
import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { BEYOND_BOUNDS } from '../src/detectors/secrets/scan-text.ts';
import { REFUSALS } from '../src/detectors/secrets/secret-kind.ts';
import { createRandom } from '../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../src/simulate/secret-examples/index.ts';
import { runHere } from './cli/run-wiretrail.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const written = readdirSync(join(root, 'docs')).filter((name) => name.endsWith('.md'));
const documents = ['README.md', 'CONTRIBUTING.md', 'SECURITY.md', ...written.map((name) => `docs/${name}`)];

/** What stands in blocks of code, and between back-ticks in a line. */
function codeOf(text: string): string[] {
  const blocks = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].flatMap(([, block]) => block!.split('\n'));
  const rest = text.replaceAll(/^```.*?^```/gms, '');
  const indented = rest.split('\n').filter((line) => line.startsWith('    '));
  const inline = rest
    .split('\n')
    .filter((line) => !line.startsWith('    '))
    .flatMap((line) => [...line.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
  return [...blocks, ...indented, ...inline];
}

/** The words of the first `wiretrail` command in a shell line; null where there is none, or one with what stands for something else in it. */
function wiretrailWords(line: string): string[] | null {
  const [, command] =
    /(?:^|\||\s)(?:\$ )?(?:npx )?wiretrail ((?:[^|;&>#'"]|'[^']*'|"[^"]*")*)/.exec(line.trim()) ?? [];
  if (command === undefined || /\.{3}|[[<…]|\bRULE\b/.test(command)) return null;
  // Behind a gap stands what the command is for.
  const words = command.replace(/ {3,}.*/, '').match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2'));
}

describe('commands in documents', () => {
  const commands = documents.flatMap((file) =>
    codeOf(read(file)).flatMap((line) => {
      const words = wiretrailWords(line);
      return words === null || words.length < 2 ? [] : [{ file, line: line.trim(), words }];
    }),
  );

  it('are those of wiretrail as it is', () => {
    expect(commands.length).toBeGreaterThan(20);
    const wrong = commands.flatMap(({ file, line, words }) => {
      const parsed = parseArguments(words, '0');
      // In a sentence the input may be left out.
      const isFine =
        parsed.command !== 'usage-error' || parsed.message.includes("missing required argument 'input'");
      return isFine ? [] : [`${file}: ${line}`];
    });
    expect(wrong).toEqual([]);
  });

  it('name scripts that package.json has', () => {
    const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
    const named = documents.flatMap((file) =>
      [...read(file).matchAll(/\bnpm run ([\w:]+)/g)].map(([, name]) => `${file}: ${name}`),
    );
    expect(named.length).toBeGreaterThan(20);
    const wrong = named.filter((one) => scripts[one.slice(one.indexOf(': ') + 2)] === undefined);
    expect(wrong).toEqual([]);
  });
});

describe('counts in documents', () => {
  it('of rules: README.md lists each once, CHANGELOG.md says how many', () => {
    const listed = [...read('README.md').matchAll(/^\| ([A-Z]{3}-\d{2}) \|/gm)].map(([, id]) => id);
    expect(listed).toEqual(detectors.map(({ meta }) => meta.id));
    expect(read('CHANGELOG.md')).toContain(`- ${detectors.length} detectors:`);
  });

  it('of kinds', () => {
    // What was measured is a record of its day.
    const said = ['README.md', 'CHANGELOG.md', 'docs/secrets.md'].flatMap((file) =>
      [
        ...read(file)
          .split('## Measured')[0]!
          .matchAll(/\b(\d+) kinds\b/g),
      ].map(([, count]) => Number(count)),
    );
    expect(said.length).toBeGreaterThan(1);
    expect(new Set(said)).toEqual(new Set([KINDS.length]));
  });
});

describe('docs/secrets.md', () => {
  const text = read('docs/secrets.md');
  let home: string;

  beforeAll(() => {
    home = mkdtempSync(join(tmpdir(), 'wiretrail-docs-'));
    writeFileSync(join(home, 'app.log'), exampleLog());
  });
  afterAll(() => rmSync(home, { recursive: true, force: true }));

  it('shows what `wiretrail secrets` prints', async () => {
    const { stdout, stderr, code } = await runHere(['secrets', 'app.log', '--no-progress'], home);
    const [, shown] = /## What it prints\n\n```\n(.*?)```/s.exec(text) ?? [];
    const told = stderr.replace(/^wiretrail: made a new fingerprint key.*\n/, '');
    expect(`${stdout}${told}`.replaceAll(/fingerprint [0-9a-f]{32}/g, 'fingerprint …')).toBe(shown);
    expect(code).toBe(1);
  });

  it('names every field of its JSON lines, and every reason of a refusal', async () => {
    const { stdout } = await runHere(['secrets', 'app.log', '--format', 'jsonl', '-q'], home);
    for (const field of Object.keys(JSON.parse(stdout.split('\n')[0]!)))
      expect(text, field).toMatch(new RegExp(`^\\| [^|]*\`${field}\``, 'm'));
    const missing = [...REFUSALS, BEYOND_BOUNDS.replace(/^.* /, '')].filter(
      (reason) => !text.includes(`| \`${reason}\` |`),
    );
    expect(missing).toEqual([]);
  });

  it('shows code that runs', async () => {
    const [, code = ''] = /```ts\n(.*?)```/s.exec(text) ?? [];
    const program = join(home, 'program.ts');
    const library = JSON.stringify(join(root, 'src/index.ts'));
    const lines: string[] = [];
    const print = (...words: unknown[]) => lines.push(words.join(' '));
    writeFileSync(
      program,
      `export default (console: { log: (...words: unknown[]) => void }) => {\n${code
        .replaceAll(/^import .*$/gm, '')
        .replace("'app.log'", JSON.stringify(join(home, 'app.log')))}};\n`.replace(
        /^/,
        `${(code.match(/^import .*$/gm) ?? []).join('\n').replace("'wiretrail'", library)}\n`,
      ),
    );
    const { default: run } = (await import(/* @vite-ignore */ program)) as {
      default: (console: { log: typeof print }) => void;
    };
    run({ log: print });
    expect(lines).toEqual([
      expect.stringMatching(/^HIGH github-personal-token line 2, column \d+ ghp_ 40$/),
      expect.stringMatching(/^HIGH connection-string line 3, column \d+ {2}18$/),
      'GitHub personal access token 64',
    ]);
  });
});

/** The log of the example: made here, so that no document holds a secret. */
function exampleLog(): string {
  const random = createRandom('picture');
  const example = SECRET_EXAMPLES.find(({ kind }) => kind === 'github-personal-token')!;
  const [token = ''] = example.make(random, Date.UTC(2026, 10, 20)).secrets;
  const password = `Tr0ub${random.text('abcdefghjkmnp23456789', 13)}`;
  return [
    'INFO start',
    `DEBUG config {"cfg":"{\\"GITHUB_TOKEN\\":\\"${token}\\",\\"password\\":\\"********\\"}"}`,
    `ERROR cannot connect: postgres://app:${password}@db.internal:5432/orders`,
    'INFO done',
  ]
    .map((message, second) => `2026-11-20T10:00:0${second}Z ${message}\n`)
    .join('');
}

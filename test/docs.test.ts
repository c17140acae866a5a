import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { PAGES_FOLDER, renderPages } from '../scripts/detection-pages.ts';
import { parseArguments } from '../src/cli/arguments.ts';
import { REASON_CODES } from '../src/coverage/sight-verdict.ts';
import { detectors } from '../src/detectors/index.ts';
import { SIGHTS } from '../src/detectors/sights.ts';
import { KNOWN_CLAUSES } from '../src/findings/compliance.ts';
import type { Compliance } from '../src/findings/finding.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(join(root, path), 'utf8');

describe('the pages of the detectors', () => {
  const pages = renderPages();

  it.each([...pages])('%s says what the code says (`npm run docs` writes it)', (path, text) => {
    expect(read(path)).toBe(text);
  });

  it('are there for every detector, and for none that is gone', () => {
    expect(detectors.length).toBeGreaterThan(0);
    const names = detectors.map(({ meta }) => `${meta.id}.md`);
    expect(readdirSync(join(root, PAGES_FOLDER)).sort()).toEqual([...names, 'README.md'].sort());
  });
});

describe('the clauses that detectors name', () => {
  const named = detectors.flatMap(({ meta }) =>
    Object.entries(meta.compliance).flatMap(([standard, ids]) =>
      ids.map((id) => ({ rule: meta.id, standard: standard as keyof Compliance, id })),
    ),
  );

  it.each(named)('$rule: $standard $id is one whose wording was compared', ({ standard, id }) => {
    expect(KNOWN_CLAUSES[standard].map((clause) => clause.id)).toContain(id);
  });

  it('each have a title and a source, and stand in the table once', () => {
    for (const clauses of Object.values(KNOWN_CLAUSES)) {
      expect(new Set(clauses.map(({ id }) => id)).size).toBe(clauses.length);
      for (const { title, source } of clauses) {
        expect(title.length).toBeGreaterThan(8);
        expect(source).toMatch(/^https:\/\//);
      }
    }
  });
});

describe('docs/command-line.md', () => {
  const text = read('docs/command-line.md');
  const helpOf = (...argv: string[]) => {
    const parsed = parseArguments([...argv, '--help'], '0');
    if (parsed.command !== 'print') throw new Error('no help');
    return parsed.text;
  };
  const optionsOf = (help: string) =>
    [...help.matchAll(/^ {2}(?:-\w, )?(--[a-z-]+)/gm)].map(([, option]) => option!);

  const commands = ['replay', 'coverage', 'secrets', 'simulate', 'detections', 'config check', 'ip-ranges'];

  it.each(commands)('describes every option of %s', (command) => {
    expect(text).toContain(`## wiretrail ${command}`);
    for (const option of optionsOf(helpOf(...command.split(' '))))
      expect(text, option).toContain(`\`${option}`);
  });

  it('describes no option that does not exist', () => {
    const known = new Set(commands.flatMap((command) => optionsOf(helpOf(...command.split(' ')))));
    for (const option of [...optionsOf(helpOf()), '--version']) known.add(option);
    const ours = text.replaceAll(/^ *aws .*$/gm, '');
    for (const [option] of ours.matchAll(/(?<=[`\s[])--[a-z-]+/g)) expect(known, option).toContain(option);
  });
});

describe('docs/coverage.md', () => {
  const text = read('docs/coverage.md');
  it('explains every reason, and every sight that detectors declare', () => {
    for (const code of REASON_CODES) expect(text, code).toContain(`| \`${code}\` |`);
    for (const sight of Object.keys(SIGHTS)) expect(text, sight).toContain(`\`${sight}\``);
  });
});

describe('what files say of other files', () => {
  const files = ['src', 'handlers', 'scripts', 'test', 'bench', 'docs', '.']
    .filter((folder) => existsSync(join(root, folder)))
    .flatMap((folder) =>
      readdirSync(join(root, folder), { recursive: folder !== '.', encoding: 'utf8' }).map((name) =>
        join(folder, name),
      ),
    )
    .filter((name) => /\.(ts|md)$/.test(name) && !/CHANGELOG|NOTICES/.test(name));
  const exists = (name: string, from: string) =>
    ['.', dirname(from), 'docs', 'test/detectors'].some((folder) => existsSync(join(root, folder, name)));

  it('is true of every document and decision that they name', () => {
    expect(files.length).toBeGreaterThan(200);
    const wrong: string[] = [];
    for (const file of files) {
      // Addresses of other places, and what tests make up.
      const text = read(file).replaceAll(/https?:\/\/\S+/g, '');
      for (const [name] of text.matchAll(/(?<![\w<>{}`'/.-])(?:\.{1,2}\/|[\w-]+\/)*[\w-]+\.md(?!\w)/g)) {
        if (!exists(name, file)) wrong.push(`${file}: ${name}`);
      }
      for (const [, number] of text.matchAll(/docs\/decisions\/(\d{4})/g)) {
        const known = readdirSync(join(root, 'docs/decisions')).some((name) => name.startsWith(`${number}-`));
        if (!known) wrong.push(`${file}: decision ${number}`);
      }
    }
    expect(wrong).toEqual([]);
  });

  it('is true of every clause of the contract that they name', () => {
    const clauses = [...read('docs/decisions/0002-detectors-are-folds.md').matchAll(/^(\d+)\. \*\*/gm)].map(
      ([, number]) => number,
    );
    expect(clauses).toEqual([...'12345678910'.match(/10|\d/g)!, ...'12345']);
    for (const file of files.filter((name) => name.endsWith('.ts'))) {
      for (const [, before, number] of read(file).matchAll(/(.{0,26})\bcontracts? (\d+)/gi)) {
        expect(before, `${file}: contract ${number}`).toContain('docs/decisions/0002');
        expect(clauses).toContain(number);
      }
    }
  });
});

// npm run evaluate:secrets: corpora of logs with planted secrets through the engine: what is found, what is missed, what is false, by kind, by
// rule, by format. Exit 1 below the bar. docs/simulate.md explains the figures.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { type CorpusFile, makeCorpus } from '../src/simulate/secret-corpus/corpus.ts';
import {
  type CorpusMatch,
  type CorpusScore,
  emptyScore,
  overall,
  type PlantedCounts,
  precisionOf,
  recallOf,
  scoreFile,
} from '../src/simulate/secret-corpus/corpus-score.ts';
import { SECRET_EXAMPLES } from '../src/simulate/secret-examples/index.ts';
import { judgeEntries, scanFile } from './scanned-corpus.ts';

const LEAST = 0.97;
const SEEDS = 5;
const PER_KIND = 20;
const PER_BENIGN_KIND = 120;
/** Seeds of this name are for the record: nobody looks at what was missed in them while building. */
const UNSEEN = 'unseen';
const MOST_LISTED = 200;

const USAGE = `usage: npm run evaluate:secrets -- [--set TEXT] [--seeds N] [--per-kind N] [--per-benign-kind N] [--kind NAME...] [--rules] [--list] [--save FILE]
  --set              seeds are TEXT/0, TEXT/1, ... (default: building). "${UNSEEN}" is the set for the record: do not look into what it misses
  --seeds            corpora (default ${SEEDS})
  --per-kind         secrets of each kind in each corpus (default ${PER_KIND})
  --per-benign-kind  pieces of each kind of tempting text in each corpus (default ${PER_BENIGN_KIND})
  --kind             plants these kinds alone
  --rules            asks the rules as a replay does, not the engine: the same verdicts, slower
  --list             prints what was missed and what was false, with its text
  --save             writes the tables into FILE as Markdown
`;

function main(): Promise<number> | number {
  const { values } = parseArgs({
    options: {
      set: { type: 'string' },
      seeds: { type: 'string' },
      'per-kind': { type: 'string' },
      'per-benign-kind': { type: 'string' },
      kind: { type: 'string', multiple: true },
      rules: { type: 'boolean' },
      list: { type: 'boolean' },
      save: { type: 'string' },
      help: { type: 'boolean' },
    },
  });
  const seeds = Number(values.seeds ?? SEEDS);
  const perKind = Number(values['per-kind'] ?? PER_KIND);
  const perBenignKind = Number(values['per-benign-kind'] ?? PER_BENIGN_KIND);
  if (values.help === true || !(seeds >= 1) || !(perKind >= 0) || !(perBenignKind >= 0)) {
    process.stdout.write(USAGE);
    return values.help === true ? 0 : 2;
  }
  const wanted = values.kind;
  return evaluate({
    set: values.set ?? 'building',
    seeds,
    perKind,
    perBenignKind,
    examples: SECRET_EXAMPLES.filter(({ kind }) => wanted === undefined || wanted.includes(kind)),
    look: values.rules === true ? judgeEntries : scanFile,
    list: values.list === true,
    save: values.save ?? null,
    command: process.argv.slice(2).join(' '),
  });
}

interface Options {
  readonly set: string;
  readonly seeds: number;
  readonly perKind: number;
  readonly perBenignKind: number;
  readonly examples: typeof SECRET_EXAMPLES;
  readonly look: (file: CorpusFile) => CorpusMatch[] | Promise<CorpusMatch[]>;
  readonly list: boolean;
  readonly save: string | null;
  readonly command: string;
}

async function evaluate(options: Options): Promise<number> {
  const { set, seeds, examples, perKind, perBenignKind } = options;
  const score = emptyScore();
  const started = performance.now();
  let bytes = 0;
  const texts = new Map<string, string>();
  for (let n = 0; n < seeds; n++) {
    for (const file of makeCorpus({ seed: `${set}/${n}`, examples, perKind, perBenignKind })) {
      const named = { ...file, name: `${n}/${file.name}` };
      bytes += file.text.length;
      texts.set(named.name, file.text);
      scoreFile(score, named, await options.look(file), ruleOf);
    }
  }
  const head = [
    `corpora ${set}/0 to ${set}/${seeds - 1}: ${(bytes / 1e6).toFixed(1)} MB, ${perKind} of each of ${examples.length} kinds of secrets, ${perBenignKind} pieces of each kind of tempting text; ${((performance.now() - started) / 1000).toFixed(1)} s`,
  ];
  const sections = sectionsOf(score);
  process.stdout.write(
    `${[...head, ...sections.flatMap(({ title, table }) => ['', title, ...plain(table)])].join('\n')}\n`,
  );
  if (options.list) process.stdout.write(`${listOf(score, texts).join('\n')}\n`);
  const { recall, precision, macroRecall, macroPrecision, total } = overall(score.kinds);
  // A yardstick that measures nothing has failed.
  const passed = total.planted > 0 && recall >= LEAST && precision >= LEAST;
  const below = belowTheBar(score);
  const last = [
    '',
    `recall ${recall.toFixed(4)} (mean of the kinds ${macroRecall.toFixed(4)}), precision ${precision.toFixed(4)} (mean ${macroPrecision.toFixed(4)}): ${total.found} of ${total.planted} found, ${total.rightKind} as the very kind, ${total.otherwise} said by other rules, ${total.false} false`,
    `kinds below ${LEAST}: ${below.length === 0 ? 'none' : below.join(', ')}`,
    passed ? 'passed' : 'FAILED',
  ];
  process.stdout.write(`${last.join('\n')}\n`);
  if (options.save !== null) {
    const text = [
      '# Secrets in a labelled corpus of logs',
      '',
      `\`npm run evaluate:secrets -- ${options.command}\``,
      '',
      ...head,
      ...last,
      ...sections.flatMap(({ title, table }) => ['', `## ${title}`, '', ...markdown(table)]),
    ];
    writeFileSync(options.save, `${text.join('\n')}\n`);
  }
  return passed ? 0 : 1;
}

const RULE_OF = new Map<string, string>(KINDS.map(({ name, rule }) => [name, rule]));

function ruleOf(kind: string): string {
  return RULE_OF.get(kind) ?? 'no rule';
}

function belowTheBar({ kinds }: CorpusScore): string[] {
  return [...kinds]
    .filter(([, counts]) => recallOf(counts) < LEAST || precisionOf(counts) < LEAST)
    .map(([kind]) => kind)
    .sort();
}

type Table = readonly (readonly string[])[];

function sectionsOf(score: CorpusScore): { readonly title: string; readonly table: Table }[] {
  return [
    { title: 'By kind', table: countTable('kind', score.kinds) },
    { title: 'By rule', table: countTable('rule', score.rules) },
    { title: 'By format', table: countTable('format', score.formats) },
    {
      title: 'Tempting text',
      table: [
        ['kind', 'KB', 'false', 'per MB'],
        ...[...score.benign].map(([kind, { bytes, false: wrong }]) => [
          kind,
          (bytes / 1e3).toFixed(0),
          String(wrong),
          ((wrong / bytes) * 1e6).toFixed(1),
        ]),
      ],
    },
  ];
}

function countTable(what: string, counts: ReadonlyMap<string, PlantedCounts>): Table {
  return [
    [what, 'planted', 'right kind', 'right rule', 'other rules', 'missed', 'false', 'recall', 'precision'],
    ...[...counts]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, count]) => [
        name,
        String(count.planted),
        String(count.rightKind),
        String(count.found),
        String(count.otherwise),
        String(count.planted - count.found - count.otherwise),
        String(count.false),
        count.planted === 0 ? '-' : recallOf(count).toFixed(3),
        precisionOf(count).toFixed(3),
      ]),
  ];
}

function plain(table: Table): string[] {
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  return table.map((row) =>
    row.map((cell, at) => (at === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[at]!))).join('  '),
  );
}

function markdown(table: Table): string[] {
  const [head = [], ...rows] = table;
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, at) => (at === 0 ? '---' : '--:'))), ...rows.map(line)];
}

/** With their text: they are made up. */
function listOf(score: CorpusScore, texts: ReadonlyMap<string, string>): string[] {
  const cut = (file: string, start: number, end: number): string =>
    JSON.stringify(texts.get(file)!.slice(start, Math.min(end, start + 400)));
  return [
    ...score.missed
      .slice(0, MOST_LISTED)
      .map(
        ({ file, line, kind, notation, said, entry: { planted } }) =>
          `missed ${kind} (${notation}) ${file}#${line}${said.length === 0 ? '' : ` said ${said.join(', ')}`}: ${cut(file, planted!.start, planted!.end)}`,
      ),
    ...score.falseMatches
      .slice(0, MOST_LISTED)
      .map(
        ({ file, line, kind, rule, on, match }) =>
          `false ${kind} (${rule}) on ${on} ${file}#${line}: ${cut(file, Math.max(0, match.start - 60), match.end + 10)}`,
      ),
  ];
}

process.exitCode = await main();

// The secret engine beside secretlint, ripgrep with one combined pattern, and reading and splitting the bytes: whole processes in turn,
// CPU seconds, medians and the ratio of each round.
//   npm run bench:secrets -- [--megabytes 90] [--rounds 4] [--logs ordinary,dirty,rare] [--folder DIR] [--save NAME]
// ripgrep has to be there (apt-get install ripgrep); secretlint is installed into the folder, 22 MB that nobody else needs.
// A run that is claimed anywhere is saved under bench/runs/.

import { execFileSync, spawnSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { KINDS } from '../src/detectors/secrets/kinds/index.ts';
import { combinedPattern, withoutLookAround } from './combined-pattern.ts';
import { EQUAL, equalKinds } from './equal-kinds.ts';
import { LOGS, type LogName, type MadeLog, makeLog } from './secret-logs.ts';

const SECRETLINT = '13.0.6';

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '90' },
    rounds: { type: 'string', default: '4' },
    logs: { type: 'string', default: LOGS.join(',') },
    folder: { type: 'string' },
    save: { type: 'string' },
  },
});
const here = import.meta.dirname;
const folder = values.folder ?? mkdtempSync(join(tmpdir(), 'wiretrail-bench-'));
mkdirSync(folder, { recursive: true });

function installSecretlint(): string {
  const place = join(folder, 'secretlint');
  mkdirSync(place, { recursive: true });
  const packages = ['core', 'secretlint-rule-preset-recommend'].map(
    (name) => `@secretlint/${name}@${SECRETLINT}`,
  );
  if (!existsSync(join(place, 'node_modules'))) {
    writeFileSync(join(place, 'package.json'), '{"private": true, "type": "module"}\n');
    execFileSync('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], {
      cwd: place,
      stdio: 'ignore',
    });
  }
  const script = join(place, 'secretlint.js');
  copyFileSync(join(here, 'secretlint.js'), script);
  return script;
}

interface Tool {
  readonly name: string;
  readonly command: (file: string) => readonly string[];
  /** ripgrep prints numbers of matches, the others JSON. */
  readonly found: (output: string) => number;
  /** Too slow for all of it: gets the beginning. */
  readonly onSample?: true;
}

const node = (...script: readonly string[]): readonly string[] => [
  process.execPath,
  '--disable-warning=ExperimentalWarning',
  ...script,
];
const ours =
  (script: string, ...more: string[]) =>
  (file: string): readonly string[] =>
    node(join(here, 'start.js'), join(here, script), file, ...more);
const json = (output: string): number => (JSON.parse(output) as { found: number }).found;
const count = (output: string): number => Number(output.trim() || 0);

function patternFile(name: string, pattern: string): string {
  const file = join(folder, `${name}.pattern`);
  writeFileSync(file, `${pattern}\n`);
  return file;
}
const RIPGREP = [
  '--no-config',
  '--text',
  '--no-unicode',
  '--count-matches',
  '--no-filename',
  '--threads',
  '1',
];
const ripgrep =
  (...options: string[]) =>
  (file: string): readonly string[] => ['rg', ...RIPGREP, ...options, file];
/** PCRE2 compiles 64 KB of one pattern: all of them are more. */
const PARTS = 3;
const SAMPLE_BYTES = 5e6;

function toolsOf(): Tool[] {
  const script = installSecretlint();
  const equal = combinedPattern(equalKinds());
  const all = combinedPattern(KINDS);
  const parts = Array.from({ length: PARTS }, (_, part) =>
    patternFile(`part-${part}`, combinedPattern(KINDS.filter((_kind, index) => index % PARTS === part))),
  );
  const pcre = ['--pcre2', '--no-pcre2-unicode', '--file'];
  const rust = ['--regex-size-limit', '500M', '--dfa-size-limit', '500M', '--file'];
  return [
    {
      name: 'read and split into lines (readline)',
      command: ours('split-lines.ts', 'readline'),
      found: json,
    },
    { name: 'read pieces of 4 MB, split each', command: ours('split-lines.ts', 'split'), found: json },
    { name: 'read, look for line feeds alone', command: ours('split-lines.ts', 'ends'), found: json },
    { name: 'wiretrail, 15 kinds', command: ours('scan-secrets.ts', 'equal'), found: json },
    { name: `wiretrail, all ${KINDS.length} kinds`, command: ours('scan-secrets.ts', 'all'), found: json },
    { name: 'ripgrep -P, 15 patterns', command: ripgrep(...pcre, patternFile('equal', equal)), found: count },
    {
      name: `ripgrep -P, all patterns, in ${PARTS} parts, on the first 5 MB`,
      onSample: true,
      command: (file) => [
        ...[
          'bash',
          '-c',
          `for part in "\${@:2}"; do rg ${RIPGREP.join(' ')} ${pcre.join(' ')} "$part" "$1"; done; true`,
        ],
        ...['bash', file, ...parts],
      ],
      found: (output) => output.split('\n').reduce((total, line) => total + count(line), 0),
    },
    {
      name: 'ripgrep, 15 patterns without look-around',
      command: ripgrep(...rust, patternFile('equal-plain', withoutLookAround(equal))),
      found: count,
    },
    {
      name: 'ripgrep, all patterns without look-around',
      command: ripgrep(...rust, patternFile('all-plain', withoutLookAround(all))),
      found: count,
    },
    {
      name: 'secretlint, 15 rules',
      command: (file) => node(script, file, Object.values(EQUAL).join(',')),
      found: json,
    },
    { name: 'secretlint, recommended preset', command: (file) => node(script, file, 'preset'), found: json },
  ];
}

interface Measured {
  readonly cpuSeconds: number;
  readonly found: number;
}

/** CPU seconds of a process and its children, as the shell counts them. */
function measure(tool: Tool, file: string): Measured | string {
  const { stdout, stderr, status } = spawnSync(
    'bash',
    ['-c', 'TIMEFORMAT="cpu %U %S"; time "$@"', 'bash', ...tool.command(file)],
    { encoding: 'utf8', maxBuffer: 1 << 24, env: { ...process.env, LC_ALL: 'C' } },
  );
  const times = /cpu ([\d.]+) ([\d.]+)\s*$/.exec(stderr);
  // ripgrep ends with 1 where it found nothing.
  if (times === null || (status !== 0 && !(status === 1 && stderr.startsWith('cpu'))))
    return lastWords(stderr);
  return { cpuSeconds: Number(times[1]) + Number(times[2]), found: tool.found(stdout) };
}

function lastWords(stderr: string): string {
  const lines = stderr.split('\n').filter((line) => line !== '' && !line.startsWith('cpu '));
  return (lines.at(-1) ?? '').slice(0, 100).replaceAll('|', '/');
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
const range = (numbers: readonly number[], digits: number): string =>
  `${median(numbers).toFixed(digits)} (${Math.min(...numbers).toFixed(digits)} to ${Math.max(...numbers).toFixed(digits)})`;

function compare(name: LogName, log: MadeLog, tools: readonly Tool[], rounds: number): string {
  const sample = join(folder, `${name}.sample`);
  const beginning = readFileSync(log.file).subarray(0, SAMPLE_BYTES);
  writeFileSync(sample, beginning);
  /** How much more there is in all. */
  const times = (tool: Tool): number => (tool.onSample === true ? log.bytes / beginning.length : 1);
  const runs = new Map<Tool, Measured[]>();
  const refused = new Map<Tool, string>();
  for (let round = 0; round <= rounds; round++) {
    for (const tool of tools) {
      if (refused.has(tool)) continue;
      const measured = measure(tool, tool.onSample === true ? sample : log.file);
      if (typeof measured === 'string') refused.set(tool, measured);
      // The first round is thrown away: it fills the file cache and the compile cache.
      else if (round > 0) runs.set(tool, [...(runs.get(tool) ?? []), measured]);
    }
  }
  const seconds = (tool: Tool): number[] => (runs.get(tool) ?? []).map((run) => run.cpuSeconds * times(tool));
  const split = seconds(tools[0]!);
  const rows = tools.map((tool) => {
    const own = seconds(tool);
    if (own.length === 0) return `| ${tool.name} | ${refused.get(tool) ?? ''} | | | |`;
    const speeds = own.map((cpu) => log.bytes / 1e6 / cpu);
    const ratios = own.map((cpu, round) => split[round]! / cpu);
    return `| ${tool.name} | ${range(own, 2)} | ${range(speeds, 0)} | ${range(ratios, 3)} | ${runs.get(tool)![0]!.found} |`;
  });
  const ratio = (ours: string, theirs: string): string => {
    const one = tools.find((tool) => tool.name.startsWith(ours))!;
    const other = tools.find((tool) => tool.name.startsWith(theirs))!;
    const others = seconds(other);
    return others.length === 0
      ? `- ${ours} beside ${theirs}: it did not run`
      : `- ${ours} beside ${theirs}: **${range(
          seconds(one).map((cpu, round) => others[round]! / cpu),
          1,
        )}**`;
  };
  return `## ${name}: ${(log.bytes / 1e6).toFixed(0)} MB, ${log.lines} messages${log.planted > 0 ? `, ${log.planted} of them with a planted secret` : ''}

| | CPU seconds | MB per CPU-second | of reading and splitting | found |
|---|---|---|---|---|
${rows.join('\n')}

${[
  ratio('wiretrail, all', 'ripgrep -P, all'),
  ratio('wiretrail, 15', 'ripgrep -P, 15'),
  ratio('wiretrail, all', 'secretlint, recommended'),
  ratio('wiretrail, 15', 'secretlint, 15'),
].join('\n')}
`;
}

const version = (command: string, ...options: string[]): string =>
  execFileSync(command, options, { encoding: 'utf8' }).split('\n')[0]!.trim();
const tools = toolsOf();
const rounds = Number(values.rounds);
const parts = values.logs.split(',').map((name) => {
  if (!LOGS.includes(name as LogName)) throw new Error(`no log is called ${name}`);
  return compare(name as LogName, makeLog(folder, name as LogName, Number(values.megabytes)), tools, rounds);
});
const report = `# Secrets in application logs, beside other tools

Commit ${version('git', 'rev-parse', '--short', 'HEAD')}, Node ${process.versions.node}, ${version('rg', '--version')} (PCRE2, one thread), secretlint ${SECRETLINT}, ${cpus()[0]?.model ?? 'unknown processor'} (${cpus().length} cores), ${rounds} rounds in turn,
CPU seconds of whole processes with their start: median (least to most); of what got a sample, as many times more. The 15 kinds: ${Object.keys(EQUAL).join(', ')}.
What the tools count differs: ripgrep every match of a pattern, without any check and in the bytes as they stand; wiretrail what its checks believe, under every encoding, with places, fingerprints and masked context.

${parts.join('\n')}
Command: \`npm run bench:secrets -- --megabytes ${values.megabytes} --rounds ${values.rounds} --logs ${values.logs}\`
`;
process.stdout.write(report);
if (values.save !== undefined) {
  const day = new Date().toISOString().slice(0, 10);
  writeFileSync(join(here, 'runs', `${day}-${values.save}.md`), report);
}
if (values.folder === undefined) rmSync(folder, { recursive: true, force: true });

// npm run demo: a labelled archive of three days, replayed, and every planted attack with what became of it.

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { printable } from '../src/findings/printable.ts';
import { renderPretty } from '../src/reports/pretty.ts';
import { simulate } from '../src/simulate/simulate.ts';
import type { Attack } from '../src/simulate/truth.ts';
import { type JudgedArchive, judgeArchive } from './simulated-replay.ts';

const FOLDER = 'wiretrail-demo';
const RECORDS = 200_000;
const MOST_COLUMNS = 110;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, seed: { type: 'string' }, records: { type: 'string' } },
  });
  const outDir = values.out ?? FOLDER;
  if (existsSync(outDir) && !existsSync(join(outDir, 'truth.json'))) {
    process.stderr.write(
      `${outDir}: is not a simulated archive, so it is not replaced. Move it away, or name another folder with --out.\n`,
    );
    return 2;
  }
  await rm(outDir, { recursive: true, force: true });

  const startedMs = Date.now();
  note(`simulating about ${RECORDS.toLocaleString('en')} records of three days into ${outDir}/ ...`);
  const { truth } = await simulate({
    outDir,
    seed: values.seed ?? 'demo',
    records: Number(values.records ?? RECORDS),
  });
  const { counts } = truth;
  note(
    `${counts.calls.toLocaleString('en')} API calls (${counts.duplicateCalls.toLocaleString('en')} of them delivered twice), ${counts.flows.toLocaleString('en')} flow lines, ` +
      `${counts.messages.toLocaleString('en')} log messages in ${counts.objects.toLocaleString('en')} objects, ${truth.attacks.length} attacks among them; ${seconds(startedMs)}`,
  );

  const replayedMs = Date.now();
  note('replaying ...');
  const judged = await judgeArchive(outDir, truth);
  const findingsFile = join(outDir, 'findings.jsonl');
  await writeFile(findingsFile, judged.findings.map((finding) => `${JSON.stringify(finding)}\n`).join(''));
  await writeFile(join(outDir, 'summary.json'), `${JSON.stringify(judged.summary, null, 2)}\n`);
  note(`replayed in ${seconds(replayedMs)}\n`);

  process.stdout.write(
    renderPretty(judged.findings, judged.summary, {
      color: process.stdout.hasColors?.() === true,
      width: Math.min(process.stdout.columns ?? MOST_COLUMNS, MOST_COLUMNS),
    }),
  );
  process.stdout.write(scoreTable(truth.attacks, judged));
  process.stdout.write(
    `\nfindings  ${relative('.', findingsFile)}\ntruth     ${relative('.', join(outDir, 'truth.json'))}\narchive   ${relative('.', outDir)}/AWSLogs, ${relative('.', outDir)}/exports\n` +
      `again     npx wiretrail replay ${relative('.', outDir)}\n`,
  );
  return judged.score.missed.length + judged.score.falseFindings.length === 0 ? 0 : 1;
}

/** By rule: how many were planted, how many of them found; then the ones that were missed, and what was found and is not there. */
function scoreTable(attacks: readonly Attack[], { score }: JudgedArchive): string {
  const out = ['', 'planted attacks', 'rule     planted  found  variants'];
  for (const [rule, { planted, found }] of [...score.rules].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (planted === 0) continue;
    const variants = [
      ...new Set(attacks.filter((attack) => attack.rule === rule).map((attack) => attack.variant)),
    ];
    const start = `${rule.padEnd(8)} ${String(planted).padStart(7)} ${String(found).padStart(6)}  `;
    out.push(
      ...wrapped(variants.join(', '), MOST_COLUMNS - start.length).map(
        (line, i) => (i === 0 ? start : ' '.repeat(start.length)) + line,
      ),
    );
  }
  const planted = attacks.length;
  out.push(
    `${'all'.padEnd(8)} ${String(planted).padStart(7)} ${String(score.found.length).padStart(6)}  ${score.falseFindings.length} false findings of MEDIUM or higher`,
  );
  for (const attack of score.missed)
    out.push(
      `missed: ${attack.id}: ${attack.description} (${[...attack.eventIds, ...attack.locators][0] ?? ''})`,
    );
  for (const finding of score.falseFindings)
    out.push(
      `false: ${finding.rule.id} ${finding.severity} ${printable(finding.title)} (${finding.evidence[0]?.locator ?? ''})`,
    );
  return `${out.join('\n')}\n`;
}

function wrapped(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

function seconds(sinceMs: number): string {
  return `${((Date.now() - sinceMs) / 1000).toFixed(1)} s`;
}

process.exitCode = await main();

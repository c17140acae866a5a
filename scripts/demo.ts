// npm run demo: a labelled archive of three days, replayed, and every planted attack with what became of it.

import { existsSync } from 'node:fs';
import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { stringify } from 'yaml';
import { DEFAULT_SETTINGS } from '../src/config.ts';
import { printable } from '../src/findings/printable.ts';
import { renderPretty } from '../src/reports/pretty.ts';
import { openReportFolder } from '../src/reports/report-folder.ts';
import { simulate, TRUTH_FILE } from '../src/simulate/simulate.ts';
import type { Attack, Truth } from '../src/simulate/truth.ts';
import { archiveSettings, type JudgedArchive, judgeArchive } from './simulated-replay.ts';

const FOLDER = 'wiretrail-demo';
const RECORDS = 200_000;
const MOST_COLUMNS = 110;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { out: { type: 'string' }, seed: { type: 'string' }, records: { type: 'string' } },
  });
  const outDir = values.out ?? FOLDER;
  const archiveDir = join(outDir, 'archive');
  const reportDir = join(outDir, 'report');
  const configFile = join(outDir, 'config.yml');
  if (existsSync(outDir) && !existsSync(join(archiveDir, TRUTH_FILE))) {
    process.stderr.write(
      `${outDir}: is no folder of an earlier demo, so it is not replaced. Move it away, or name another folder with --out.\n`,
    );
    return 2;
  }
  await rm(outDir, { recursive: true, force: true });

  const startedMs = Date.now();
  const records = Number(values.records ?? RECORDS);
  note(`simulating about ${records.toLocaleString('en')} records of three days into ${archiveDir}/ ...`);
  const { truth, truthFile } = await simulate({ outDir: archiveDir, seed: values.seed ?? 'demo', records });
  const { counts } = truth;
  note(
    `${counts.calls.toLocaleString('en')} API calls (${counts.duplicateCalls.toLocaleString('en')} of them delivered twice), ${counts.flows.toLocaleString('en')} flow lines, ` +
      `${counts.messages.toLocaleString('en')} log messages in ${counts.objects.toLocaleString('en')} objects, ${truth.attacks.length} attacks among them; ${seconds(startedMs)}`,
  );
  await writeFile(configFile, stringify(ownerSettings(truth)));

  const replayedMs = Date.now();
  note('replaying ...');
  const report = openReportFolder(reportDir);
  const judged = await judgeArchive(archiveDir, truth, {
    onObject: report.writeLedger,
    onReadAgain: report.restartLedger,
  });
  report.write(judged.findings, judged.summary);
  note(`replayed in ${seconds(replayedMs)}\n`);

  process.stdout.write(
    renderPretty(judged.findings, judged.summary, {
      color: process.stdout.hasColors?.() === true,
      width: Math.min(process.stdout.columns ?? MOST_COLUMNS, MOST_COLUMNS),
    }),
  );
  process.stdout.write(scoreTable([...judged.score.found, ...judged.score.missed], judged));
  const here = (path: string) => relative('.', path);
  process.stdout.write(
    [
      '',
      `archive   ${here(archiveDir)}`,
      `truth     ${here(truthFile)}`,
      `report    ${here(reportDir)}`,
      `again     npx wiretrail replay ${here(archiveDir)} --config ${here(configFile)}`,
      '',
    ].join('\n'),
  );
  return judged.score.missed.length + judged.score.falseFindings.length === 0 ? 0 : 1;
}

/** What differs from the defaults: the owner of this archive would set it. */
function ownerSettings(truth: Truth): Record<string, unknown> {
  const defaults = new Map<string, unknown>(Object.entries(DEFAULT_SETTINGS));
  const own = Object.entries(archiveSettings(truth)).filter(([name, value]) => value !== defaults.get(name));
  return Object.fromEntries(own);
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

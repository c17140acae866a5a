// wiretrail replay: arguments, what they resolve to, the run, and what comes out of it.

import { type Command, Option } from 'commander';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { DetectorSettings } from '../detectors/detector.ts';
import type { Finding } from '../findings/finding.ts';
import { SEVERITIES } from '../findings/finding.ts';
import type { Suppressions } from '../findings/suppressions.ts';
import { type AwsRanges, createAwsRanges } from '../lib/aws-ranges.ts';
import { readAwsRanges } from '../replay/aws-ranges-file.ts';
import type { ReplayProgress } from '../replay/run.ts';
import { findingLine } from '../reports/jsonl.ts';
import { renderPretty } from '../reports/pretty.ts';
import {
  checkSummaryFile,
  openReportFolder,
  type ReportFolder,
  writeSummaryFile,
} from '../reports/report-folder.ts';
import { formatCount, plural } from '../reports/terminal-text.ts';
import { renderProblems, renderTotals } from '../reports/totals.ts';
import { EXIT_CODES, exitCodeOf, type FailOn } from './exit-code.ts';
import { loadFingerprintKey } from './fingerprint-key.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { flowFormat, severityOrNone } from './option-values.ts';
import { NOTHING_FOUND, type Reading, type ReadingArguments, readingCommand, runReading } from './reading.ts';

export interface ReplayArguments extends ReadingArguments {
  readonly out?: string;
  readonly format: 'pretty' | 'jsonl';
  readonly failOn: FailOn;
  readonly config?: string;
  readonly suppressions?: string;
  readonly state?: string;
  readonly fingerprintKey?: string;
  readonly summary?: string;
  readonly flowFormat?: readonly string[];
  readonly ipRanges?: string;
  readonly dryRun?: boolean;
}

export function replayCommand(done: (options: ReplayArguments) => void): Command {
  return readingCommand(
    {
      name: 'replay',
      description: 'read an archive of logs and tell what is wrong in it',
      own: (command) =>
        command
          .option(
            '--out <dir>',
            'write findings.jsonl, summary.json, ledger.jsonl and report.txt into this folder',
          )
          .addOption(
            new Option('--format <format>', 'what goes to standard output')
              .choices(['pretty', 'jsonl'])
              .default('pretty'),
          )
          .addOption(
            new Option(
              '--fail-on <severity>',
              `exit 1 from this severity on: ${SEVERITIES.join(', ').toLowerCase()}, none`,
            )
              .argParser(severityOrNone)
              .default('HIGH', 'high'),
          )
          .option('--config <file>', 'settings of detectors, YAML')
          .option('--suppressions <file>', 'findings to compute and count, but not tell, YAML')
          .option('--state <file>', 'remember what was read, in this file; a later run goes on from there')
          .option('--fingerprint-key <file>', 'key of the fingerprints of secrets; made when missing')
          .option('--summary <file>', 'write the counts of the run as JSON')
          .option(
            '--flow-format <fields>',
            'fields of flow lines without header, as in the flow log’s format',
            flowFormat,
          )
          .option(
            '--ip-ranges <file>',
            'AWS’s ip-ranges.json, newer than the table that comes with wiretrail',
          )
          .option('--dry-run', 'list what would be read, open nothing'),
      coloured: 'the report',
      examples: EXAMPLES,
    },
    done,
  );
}

const EXAMPLES = `
Examples:
  wiretrail replay ./logs
  wiretrail replay s3://trail-bucket/AWSLogs/111122223333 --from 2026-11-01 --to 2026-11-08 --out week-45
  wiretrail replay logs:/app/orders --from 2026-11-20
  aws logs tail app --since 1d --format short | wiretrail replay - --format jsonl`;

export async function runReplay(given: ReplayArguments, io: Io): Promise<number> {
  let folder: ReportFolder | null = null;
  return runReading(given, io, read, () => folder?.discard());

  async function read({ options, progress, interrupted, note, tellBeside }: Reading): Promise<number> {
    // Everything that can be wrong in the arguments is found before the first object is opened.
    const settings = given.config === undefined ? DEFAULT_SETTINGS : await loadConfig(given.config);
    const suppressions =
      given.suppressions === undefined ? undefined : await loadSuppressions(given.suppressions, io.now());
    const awsRanges = await openAwsRanges(given.ipRanges);
    const key = loadFingerprintKey(given.fingerprintKey ?? null, io.env, given.state !== undefined);
    for (const remark of key.remarks) note(remark);
    folder = given.out === undefined ? null : openReportFolder(given.out);
    if (given.summary !== undefined) checkSummaryFile(given.summary);
    // What replays is most of what there is to load: help, and a wrong argument, come without it.
    const { replay } = await import('../replay/run.ts');
    const toldIds = new Set<string>();
    let last: ReplayProgress = { objectsDone: 0, objectsListed: 0, records: 0, storedBytes: 0 };
    const { findings, summary } = await replay({
      ...options,
      ...(given.state === undefined ? {} : { statePath: given.state }),
      fingerprintKey: key.bytes,
      flowFields: given.flowFormat ?? null,
      awsRanges,
      settings,
      ...(suppressions === undefined ? {} : { suppressions }),
      dryRun: given.dryRun ?? false,
      onFinding: (finding) => {
        toldIds.add(finding.id);
        if (given.format === 'jsonl') {
          progress.clear();
          io.stdout.write(findingLine(finding));
        }
      },
      onObject: (line) => folder?.writeLedger(line),
      onReadAgain: () => folder?.restartLedger(),
      onProgress: (now) => {
        last = now;
        progress.update(now, toldIds.size);
      },
    });
    progress.clear();
    if (given.format === 'pretty') {
      const color = wantsColor(given.color, io.stdout, io.env);
      io.stdout.write(renderPretty(findings, summary, { color, width: columnsOf(io.stdout) }));
    } else {
      // Standard output holds findings alone; what became of the run is told beside it.
      tellBeside(given.quiet === true ? renderProblems : renderTotals, summary);
    }
    if (interrupted()) {
      io.stderr.write(
        `wiretrail: interrupted: ${whatWasRead(last, findings)}${folder === null ? '' : `; ${folder.path} was left as it was`}\n`,
      );
      return EXIT_CODES.interrupted;
    }
    folder?.write(findings, summary);
    if (given.summary !== undefined) writeSummaryFile(given.summary, summary);
    if (summary.objects.listed === 0) note(NOTHING_FOUND);
    return exitCodeOf(summary, given.failOn);
  }
}

function whatWasRead(progress: ReplayProgress, findings: readonly Finding[]): string {
  const { objectsDone, objectsListed, records } = progress;
  return `${formatCount(objectsDone)} of ${plural(objectsListed, 'object')} read, ${plural(records, 'record')}, ${plural(findings.length, 'finding')}`;
}

async function openAwsRanges(path: string | undefined): Promise<AwsRanges> {
  if (path !== undefined) return createAwsRanges(readAwsRanges(path));
  const { AWS_RANGES_TABLE } = await import('../lib/aws-ranges-table.ts');
  return createAwsRanges(AWS_RANGES_TABLE);
}

async function loadConfig(path: string): Promise<DetectorSettings> {
  const { readConfig } = await import('./config-file.ts');
  return readConfig(path);
}

async function loadSuppressions(path: string, nowMs: number): Promise<Suppressions> {
  const { readSuppressions } = await import('../replay/suppressions-file.ts');
  return readSuppressions(path, nowMs);
}

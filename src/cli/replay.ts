// wiretrail replay: arguments, what they resolve to, the run, and what comes out of it.

import { Command, InvalidArgumentError, Option } from 'commander';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import type { DetectorSettings } from '../detectors/detector.ts';
import type { Finding } from '../findings/finding.ts';
import { SEVERITIES } from '../findings/finding.ts';
import type { Suppressions } from '../findings/suppressions.ts';
import { type AwsRanges, createAwsRanges } from '../lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../lib/aws-ranges-table.ts';
import { readAwsRanges } from '../replay/aws-ranges-file.ts';
import { type ReplayProgress, replay } from '../replay/run.ts';
import { findingLine } from '../reports/jsonl.ts';
import { renderPretty } from '../reports/pretty.ts';
import {
  checkSummaryFile,
  openReportFolder,
  type ReportFolder,
  writeSummaryFile,
} from '../reports/report-folder.ts';
import { createPaint, formatCount, plural } from '../reports/terminal-text.ts';
import { renderProblems, renderTotals } from '../reports/totals.ts';
import { EXIT_CODES, exitCodeOf, type FailOn } from './exit-code.ts';
import { loadFingerprintKey } from './fingerprint-key.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { collectAccount, collectRegion, endpointUrl, eventTime, flowFormat } from './option-values.ts';
import { createProgress } from './progress.ts';

export interface ReplayArguments {
  readonly inputs: readonly string[];
  /** Milliseconds since the epoch, event time, half-open. */
  readonly from?: number;
  readonly to?: number;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
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
  readonly endpointUrl?: string;
  readonly dryRun?: boolean;
  readonly quiet?: boolean;
  readonly progress: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

export function replayCommand(done: (options: ReplayArguments) => void): Command {
  return new Command('replay')
    .description('read an archive of logs and tell what is wrong in it')
    .argument(
      '<input...>',
      'files, folders, globs, - for standard input, s3://bucket/prefix, logs:/log/group',
    )
    .option('--from <time>', 'first event time, UTC: 2026-11-01 or 2026-11-01T12:30:00Z', eventTime)
    .option('--to <time>', 'end of event time, UTC, itself left out', eventTime)
    .option('--account <id>', 'only this account; may be repeated', collectAccount)
    .option('--region <name>', 'only this region; may be repeated', collectRegion)
    .option('--out <dir>', 'write findings.jsonl, summary.json, ledger.jsonl and report.txt into this folder')
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
        .argParser(failOn)
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
    .option('--ip-ranges <file>', 'AWS’s ip-ranges.json, newer than the table that comes with wiretrail')
    .option('--endpoint-url <url>', 'endpoint of S3 and CloudWatch Logs other than AWS’s', endpointUrl)
    .option('--dry-run', 'list what would be read, open nothing')
    .option('-q, --quiet', 'say nothing on standard error but errors')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--color <when>', 'colours in the report')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', EXAMPLES)
    .action((inputs: string[], options: Omit<ReplayArguments, 'inputs'>, command: Command) => {
      if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
        command.error('error: --from must lie before --to');
      }
      done({ inputs, ...options });
    });
}

const EXAMPLES = `
Examples:
  wiretrail replay ./logs
  wiretrail replay s3://trail-bucket/AWSLogs/111122223333 --from 2026-11-01 --to 2026-11-08 --out week-45
  wiretrail replay logs:/app/orders --from 2026-11-20
  aws logs tail app --since 1d --format short | wiretrail replay - --format jsonl`;

export async function runReplay(options: ReplayArguments, io: Io): Promise<number> {
  const note = (text: string) => {
    if (options.quiet !== true) io.stderr.write(`wiretrail: ${text}\n`);
  };
  const progress = createProgress(io.stderr, io.now, options.progress && options.quiet !== true);
  let folder: ReportFolder | null = null;
  let interrupted = false;
  const stopListening = io.onInterrupt(() => {
    progress.clear();
    if (interrupted) {
      // Asked twice: do not wait for the object that is being read.
      folder?.discard();
      io.exit(EXIT_CODES.interrupted);
    }
    interrupted = true;
    io.stderr.write('wiretrail: stopping after the present object; once more stops at once\n');
  });

  try {
    // Everything that can be wrong in the arguments is found before the first object is opened.
    const settings = options.config === undefined ? DEFAULT_SETTINGS : await loadConfig(options.config);
    const suppressions =
      options.suppressions === undefined ? undefined : await loadSuppressions(options.suppressions, io.now());
    const awsRanges = openAwsRanges(options.ipRanges);
    const key = loadFingerprintKey(options.fingerprintKey ?? null, io.env, options.state !== undefined);
    for (const remark of key.remarks) note(remark);
    folder = options.out === undefined ? null : openReportFolder(options.out);
    if (options.summary !== undefined) checkSummaryFile(options.summary);
    const toldIds = new Set<string>();
    let last: ReplayProgress = { objectsDone: 0, objectsListed: 0, records: 0, storedBytes: 0 };
    const { findings, summary } = await replay({
      inputs: options.inputs,
      ...(options.from === undefined ? {} : { fromMs: options.from }),
      ...(options.to === undefined ? {} : { toMs: options.to }),
      ...(options.account === undefined ? {} : { accounts: options.account }),
      ...(options.region === undefined ? {} : { regions: options.region }),
      ...(options.state === undefined ? {} : { statePath: options.state }),
      ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
      fingerprintKey: key.bytes,
      flowFields: options.flowFormat ?? null,
      awsRanges,
      settings,
      ...(suppressions === undefined ? {} : { suppressions }),
      dryRun: options.dryRun ?? false,
      stdin: io.stdin,
      now: io.now,
      onFinding: (finding) => {
        toldIds.add(finding.id);
        if (options.format === 'jsonl') {
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
      shouldStop: () => interrupted,
    });
    progress.clear();
    if (options.format === 'pretty') {
      const color = wantsColor(options.color, io.stdout, io.env);
      io.stdout.write(renderPretty(findings, summary, { color, width: columnsOf(io.stdout) }));
    } else {
      // Standard output holds findings alone; what became of the run is told beside it.
      const color = wantsColor(options.color, io.stderr, io.env);
      const lines = options.quiet === true ? renderProblems : renderTotals;
      const text = lines(summary, createPaint(color), Math.min(110, columnsOf(io.stderr))).join('\n');
      if (text !== '') io.stderr.write(`${text}\n`);
    }
    if (interrupted) {
      io.stderr.write(
        `wiretrail: interrupted: ${whatWasRead(last, findings)}${folder === null ? '' : `; ${folder.path} was left as it was`}\n`,
      );
      return EXIT_CODES.interrupted;
    }
    folder?.write(findings, summary);
    if (options.summary !== undefined) writeSummaryFile(options.summary, summary);
    if (summary.objects.listed === 0)
      note('nothing was found to read there: is the path, or the time range, right?');
    return exitCodeOf(summary, options.failOn);
  } finally {
    stopListening();
    progress.clear();
    folder?.discard();
  }
}

function whatWasRead(progress: ReplayProgress, findings: readonly Finding[]): string {
  const { objectsDone, objectsListed, records } = progress;
  return `${formatCount(objectsDone)} of ${plural(objectsListed, 'object')} read, ${plural(records, 'record')}, ${plural(findings.length, 'finding')}`;
}

function openAwsRanges(path: string | undefined): AwsRanges {
  return createAwsRanges(path === undefined ? AWS_RANGES_TABLE : readAwsRanges(path));
}

async function loadConfig(path: string): Promise<DetectorSettings> {
  const { readConfig } = await import('./config-file.ts');
  return readConfig(path);
}

async function loadSuppressions(path: string, nowMs: number): Promise<Suppressions> {
  const { readSuppressions } = await import('../replay/suppressions-file.ts');
  return readSuppressions(path, nowMs);
}

function failOn(text: string): FailOn {
  const severity = SEVERITIES.find((candidate) => candidate === text.toUpperCase());
  if (severity !== undefined) return severity;
  if (text.toLowerCase() === 'none') return 'none';
  throw new InvalidArgumentError(`Give one of ${SEVERITIES.join(', ').toLowerCase()}, none.`);
}

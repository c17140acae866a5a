// wiretrail coverage: which detectors these logs leave blind, and what to switch on.

import { Command, Option } from 'commander';
import { type Coverage, countStates } from '../findings/coverage.ts';
import { createAwsRanges } from '../lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../lib/aws-ranges-table.ts';
import { coverLogs } from '../replay/coverage.ts';
import { coverageLine, renderCoverage } from '../reports/coverage-text.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import { createPaint } from '../reports/terminal-text.ts';
import { renderProblems } from '../reports/totals.ts';
import { verdictsLine } from '../reports/verdicts-text.ts';
import { EXIT_CODES, everythingRead } from './exit-code.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { collectAccount, collectRegion, endpointUrl, eventTime, flowFormat } from './option-values.ts';
import { createProgress } from './progress.ts';

/** `partly` counts blind ones too. */
export type BlindFrom = 'blind' | 'partly' | 'none';

export interface CoverageArguments {
  readonly inputs: readonly string[];
  /** Milliseconds since the epoch, event time, half-open. */
  readonly from?: number;
  readonly to?: number;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly format: 'pretty' | 'jsonl';
  readonly failOn: BlindFrom;
  readonly flowFormat?: readonly string[];
  readonly endpointUrl?: string;
  readonly quiet?: boolean;
  readonly progress: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

export function coverageCommand(done: (options: CoverageArguments) => void): Command {
  return new Command('coverage')
    .description('which detectors these logs leave blind, why, and the commands that open their eyes')
    .argument(
      '<input...>',
      'files, folders, globs, - for standard input, s3://bucket/prefix, logs:/log/group',
    )
    .option('--from <time>', 'first event time, UTC: 2026-11-01 or 2026-11-01T12:30:00Z', eventTime)
    .option('--to <time>', 'end of event time, UTC, itself left out', eventTime)
    .option('--account <id>', 'only this account; may be repeated', collectAccount)
    .option('--region <name>', 'only this region; may be repeated', collectRegion)
    .addOption(
      new Option(
        '--format <format>',
        'what goes to standard output: a report, or a JSON line for each detector, and account, region and service called',
      )
        .choices(['pretty', 'jsonl'])
        .default('pretty'),
    )
    .addOption(
      new Option('--fail-on <state>', 'exit 1 when a detector is blind, is partly blind or blind, or never')
        .choices(['blind', 'partly', 'none'])
        .default('blind'),
    )
    .option(
      '--flow-format <fields>',
      'fields of flow lines without header, as in the flow log’s format',
      flowFormat,
    )
    .option('--endpoint-url <url>', 'endpoint of S3 and CloudWatch Logs other than AWS’s', endpointUrl)
    .option('-q, --quiet', 'say nothing on standard error but errors')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--color <when>', 'colours in the report')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', EXAMPLES)
    .action((inputs: string[], options: Omit<CoverageArguments, 'inputs'>, command: Command) => {
      if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
        command.error('error: --from must lie before --to');
      }
      done({ inputs, ...options });
    });
}

const EXAMPLES = `
Exit codes of this command:
  0    no detector is blind (with --fail-on partly: none partly, either)
  1    one is
  2    wrong usage, or something could not be read; wins over 1

Examples:
  wiretrail coverage ./logs
  wiretrail coverage s3://trail-bucket/AWSLogs --from 2026-11-20 --to 2026-11-21
  wiretrail coverage ./logs --format jsonl | jq 'select(.state == "blind") | .rule'`;

export async function runCoverage(options: CoverageArguments, io: Io): Promise<number> {
  const isQuiet = options.quiet === true;
  const progress = createProgress(io.stderr, io.now, options.progress && !isQuiet);
  let interrupted = false;
  const stopListening = io.onInterrupt(() => {
    progress.clear();
    if (interrupted) io.exit(EXIT_CODES.interrupted);
    interrupted = true;
    io.stderr.write('wiretrail: stopping after the present object; once more stops at once\n');
  });
  try {
    const { coverage, verdicts, summary } = await coverLogs({
      inputs: options.inputs,
      ...(options.from === undefined ? {} : { fromMs: options.from }),
      ...(options.to === undefined ? {} : { toMs: options.to }),
      ...(options.account === undefined ? {} : { accounts: options.account }),
      ...(options.region === undefined ? {} : { regions: options.region }),
      ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
      flowFields: options.flowFormat ?? null,
      awsRanges: createAwsRanges(AWS_RANGES_TABLE),
      stdin: io.stdin,
      now: io.now,
      onProgress: (now) => progress.update(now, 0),
      shouldStop: () => interrupted,
    });
    progress.clear();
    if (options.format === 'pretty') {
      const color = wantsColor(options.color, io.stdout, io.env);
      io.stdout.write(renderCoverage(coverage, verdicts, summary, { color, width: columnsOf(io.stdout) }));
    } else {
      for (const detector of coverage.detectors) io.stdout.write(coverageLine(detector, coverage));
      for (const row of verdicts.rows) io.stdout.write(verdictsLine(row));
      const color = wantsColor(options.color, io.stderr, io.env);
      const text = renderProblems(summary, createPaint(color), Math.min(110, columnsOf(io.stderr))).join(
        '\n',
      );
      if (text !== '') io.stderr.write(`${text}\n`);
    }
    if (interrupted) {
      io.stderr.write('wiretrail: interrupted: what was not read is not in this report\n');
      return EXIT_CODES.interrupted;
    }
    if (summary.objects.listed === 0 && !isQuiet)
      io.stderr.write('wiretrail: nothing was found to read there: is the path, or the time range, right?\n');
    return exitCodeOfCoverage(coverage, summary, options.failOn);
  } finally {
    stopListening();
    progress.clear();
  }
}

export function exitCodeOfCoverage(coverage: Coverage, summary: RunSummary, failOn: BlindFrom): number {
  if (!everythingRead(summary) || Object.values(summary.identities).includes(false))
    return EXIT_CODES.trouble;
  const { blind, partly } = countStates(coverage);
  const counted = failOn === 'none' ? 0 : failOn === 'blind' ? blind : blind + partly;
  return counted > 0 ? EXIT_CODES.found : EXIT_CODES.quiet;
}

// wiretrail coverage: which detectors these logs leave blind, and what to switch on.

import { type Command, Option } from 'commander';
import { type Coverage, countStates } from '../findings/coverage.ts';
import { createAwsRanges } from '../lib/aws-ranges.ts';
import { coverageLine, renderCoverage } from '../reports/coverage-text.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import { renderProblems } from '../reports/totals.ts';
import { verdictsLine } from '../reports/verdicts-text.ts';
import { EXIT_CODES, isTrouble } from './exit-code.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { flowFormat } from './option-values.ts';
import { NOTHING_FOUND, type ReadingArguments, readingCommand, runReading } from './reading.ts';

/** `partly` counts blind ones too. */
export type BlindFrom = 'blind' | 'partly' | 'none';

export interface CoverageArguments extends ReadingArguments {
  readonly format: 'pretty' | 'jsonl';
  readonly failOn: BlindFrom;
  readonly flowFormat?: readonly string[];
}

export function coverageCommand(done: (options: CoverageArguments) => void): Command {
  return readingCommand(
    {
      name: 'coverage',
      description: 'which detectors these logs leave blind, why, and the commands that open their eyes',
      own: (command) =>
        command
          .addOption(
            new Option(
              '--format <format>',
              'what goes to standard output: a report, or a JSON line for each detector, and account, region and service called',
            )
              .choices(['pretty', 'jsonl'])
              .default('pretty'),
          )
          .addOption(
            new Option(
              '--fail-on <state>',
              'exit 1 when a detector is blind, is partly blind or blind, or never',
            )
              .choices(['blind', 'partly', 'none'])
              .default('blind'),
          )
          .option(
            '--flow-format <fields>',
            'fields of flow lines without header, as in the flow log’s format',
            flowFormat,
          ),
      coloured: 'the report',
      examples: EXAMPLES,
    },
    done,
  );
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

export async function runCoverage(given: CoverageArguments, io: Io): Promise<number> {
  const [{ AWS_RANGES_TABLE }, { coverLogs }] = await Promise.all([
    import('../lib/aws-ranges-table.ts'),
    import('../replay/coverage.ts'),
  ]);
  return runReading(given, io, async ({ options, progress, interrupted, note, tellBeside }) => {
    const { coverage, verdicts, summary } = await coverLogs({
      ...options,
      flowFields: given.flowFormat ?? null,
      awsRanges: createAwsRanges(AWS_RANGES_TABLE),
      onProgress: (now) => progress.update(now, 0),
    });
    progress.clear();
    if (given.format === 'pretty') {
      const color = wantsColor(given.color, io.stdout, io.env);
      io.stdout.write(renderCoverage(coverage, verdicts, summary, { color, width: columnsOf(io.stdout) }));
    } else {
      for (const detector of coverage.detectors) io.stdout.write(coverageLine(detector, coverage));
      for (const row of verdicts.rows) io.stdout.write(verdictsLine(row));
      tellBeside(renderProblems, summary);
    }
    if (interrupted()) {
      io.stderr.write('wiretrail: interrupted: what was not read is not in this report\n');
      return EXIT_CODES.interrupted;
    }
    if (summary.objects.listed === 0) note(NOTHING_FOUND);
    return exitCodeOfCoverage(coverage, summary, given.failOn);
  });
}

export function exitCodeOfCoverage(coverage: Coverage, summary: RunSummary, failOn: BlindFrom): number {
  if (isTrouble(summary)) return EXIT_CODES.trouble;
  const { blind, partly } = countStates(coverage);
  const counted = failOn === 'none' ? 0 : failOn === 'blind' ? blind : blind + partly;
  return counted > 0 ? EXIT_CODES.found : EXIT_CODES.quiet;
}

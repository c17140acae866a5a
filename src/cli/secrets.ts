// wiretrail secrets: the secret engine alone, for people who want only this.

import { type Command, Option } from 'commander';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { createAwsRanges } from '../lib/aws-ranges.ts';
import { renderSecret, secretJsonLine } from '../reports/secret-lines.ts';
import { createPaint, formatCount, plural } from '../reports/terminal-text.ts';
import { renderProblems } from '../reports/totals.ts';
import { EXIT_CODES, exitCodeOf, type FailOn } from './exit-code.ts';
import { loadFingerprintKey } from './fingerprint-key.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { severity, severityOrNone } from './option-values.ts';
import { NOTHING_FOUND, type ReadingArguments, readingCommand, runReading } from './reading.ts';

export interface SecretsArguments extends ReadingArguments {
  readonly format: 'pretty' | 'jsonl';
  readonly least: Severity;
  readonly failOn: FailOn;
  readonly every?: boolean;
  readonly fingerprintKey?: string;
}

export function secretsCommand(done: (options: SecretsArguments) => void): Command {
  return readingCommand(
    {
      name: 'secrets',
      description: 'tell where secrets stand in logs: the secret engine alone',
      own: (command) =>
        command
          .addOption(
            new Option('--format <format>', 'what goes to standard output')
              .choices(['pretty', 'jsonl'])
              .default('pretty'),
          )
          .addOption(
            new Option('--least <severity>', 'tell none below this severity')
              .argParser(severity)
              .default('INFO', 'info'),
          )
          .addOption(
            new Option('--fail-on <severity>', 'exit 1 from this severity on; none: never')
              .argParser(severityOrNone)
              .default('HIGH', 'high'),
          )
          .option('--every', 'tell every place of a secret, not only the first in each object')
          .option('--fingerprint-key <file>', 'key of the fingerprints of secrets; made when missing'),
      coloured: 'the output',
      examples: EXAMPLES,
    },
    done,
  );
}

const EXAMPLES = `
No secret is printed: only its kind, its place, its length, the beginning that all of its kind have, and a
keyed fingerprint. app.log#11 is line 11 of app.log. --least says what is printed, --fail-on alone decides
the exit code.
Of CloudTrail only the fields that callers fill are looked at, of flow logs none. Lines that follow each
other are looked at together (a key id and its secret, a key in lines). Whether a secret was used later is
for wiretrail replay.

Exit codes of this command:
  0    no secret at or above --fail-on (default: high)
  1    at least one
  2    wrong usage, something could not be read, or nothing was there to read; wins over 1
  130  interrupted

Examples:
  wiretrail secrets ./logs
  wiretrail secrets build.log --fail-on medium --quiet
  kubectl logs deploy/orders | wiretrail secrets - --least medium
  wiretrail secrets s3://app-logs/2026/11 --format jsonl | jq -r .where`;

export async function runSecrets(given: SecretsArguments, io: Io): Promise<number> {
  const [{ AWS_RANGES_TABLE }, { findSecrets }] = await Promise.all([
    import('../lib/aws-ranges-table.ts'),
    import('../replay/find-secrets.ts'),
  ]);
  return runReading(given, io, async ({ options, progress, interrupted, note, tellBeside }) => {
    const key = loadFingerprintKey(given.fingerprintKey ?? null, io.env, false);
    for (const remark of key.remarks) note(remark);
    const paint = createPaint(wantsColor(given.color, io.stdout, io.env));
    // In a pipe a line stays a line, for grep.
    const width = io.stdout.isTTY === true ? columnsOf(io.stdout) : Number.POSITIVE_INFINITY;
    const least = SEVERITIES.indexOf(given.least);
    let told = 0;
    const { summary, lines, counts, repeats, refused, beyondBounds } = await findSecrets({
      ...options,
      awsRanges: createAwsRanges(AWS_RANGES_TABLE),
      fingerprintKey: key.bytes,
      everyTime: given.every === true,
      onSecret(line) {
        if (SEVERITIES.indexOf(line.severity) > least) return;
        told++;
        progress.clear();
        io.stdout.write(given.format === 'jsonl' ? secretJsonLine(line) : renderSecret(line, paint, width));
      },
      onProgress: (now) => progress.update(now, told),
    });
    progress.clear();
    tellBeside(renderProblems, summary);
    const bySeverity = SEVERITIES.map((one) => `${formatCount(counts[one])} ${one.toLowerCase()}`).join(', ');
    note(
      `${bySeverity} in ${whatWasRead(lines, summary.records.judged)} of ${plural(summary.objects.listed, 'object')}; ` +
        `${plural(repeats, 'repeat')}${given.every === true ? '' : ' left out'}, ${formatCount(refused)} looked like secrets and were none`,
    );
    if (beyondBounds > 0) {
      const what = plural(beyondBounds, 'stretch', 'stretches');
      note(`${what} of text beyond what one record may cost: not looked at, or only the beginning`);
    }
    if (summary.objects.listed === 0) note(NOTHING_FOUND);
    return interrupted() ? EXIT_CODES.interrupted : exitCodeOf(summary, given.failOn, counts);
  });
}

/** `50 lines`, `50 lines and 1,200 records`: texts count by lines; CloudTrail, flow logs and payloads of CloudWatch Logs by records. */
function whatWasRead(lines: number, records: number): string {
  const parts = [
    ...(lines > 0 || records === 0 ? [plural(lines, 'line')] : []),
    ...(records > 0 ? [plural(records, 'record')] : []),
  ];
  return parts.join(' and ');
}

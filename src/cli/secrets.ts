// wiretrail secrets: the secret engine alone, for people who want only this.

import { Command, InvalidArgumentError, Option } from 'commander';
import { SEVERITIES, type Severity } from '../findings/finding.ts';
import { createAwsRanges } from '../lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../lib/aws-ranges-table.ts';
import { findSecrets } from '../replay/find-secrets.ts';
import { renderSecret, secretJsonLine } from '../reports/secret-lines.ts';
import { createPaint, formatCount, plural } from '../reports/terminal-text.ts';
import { renderProblems } from '../reports/totals.ts';
import { EXIT_CODES, everythingRead, type FailOn } from './exit-code.ts';
import { loadFingerprintKey } from './fingerprint-key.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { collectAccount, collectRegion, endpointUrl, eventTime } from './option-values.ts';
import { createProgress } from './progress.ts';

export interface SecretsArguments {
  readonly inputs: readonly string[];
  /** Milliseconds since the epoch, event time, half-open. */
  readonly from?: number;
  readonly to?: number;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly format: 'pretty' | 'jsonl';
  readonly least: Severity;
  readonly failOn: FailOn;
  readonly every?: boolean;
  readonly fingerprintKey?: string;
  readonly endpointUrl?: string;
  readonly quiet?: boolean;
  readonly progress: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

export function secretsCommand(done: (options: SecretsArguments) => void): Command {
  return new Command('secrets')
    .description('tell where secrets stand in logs: the secret engine alone')
    .argument(
      '<input...>',
      'files, folders, globs, - for standard input, s3://bucket/prefix, logs:/log/group',
    )
    .option('--from <time>', 'first event time, UTC: 2026-11-01 or 2026-11-01T12:30:00Z', eventTime)
    .option('--to <time>', 'end of event time, UTC, itself left out', eventTime)
    .option('--account <id>', 'only this account; may be repeated', collectAccount)
    .option('--region <name>', 'only this region; may be repeated', collectRegion)
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
    .option('--fingerprint-key <file>', 'key of the fingerprints of secrets; made when missing')
    .option('--endpoint-url <url>', 'endpoint of S3 and CloudWatch Logs other than AWS’s', endpointUrl)
    .option('-q, --quiet', 'say nothing on standard error but errors')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--color <when>', 'colours in the output')
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', EXAMPLES)
    .action((inputs: string[], options: Omit<SecretsArguments, 'inputs'>, command: Command) => {
      if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
        command.error('error: --from must lie before --to');
      }
      done({ inputs, ...options });
    });
}

const EXAMPLES = `
No secret is printed: its kind, its place, the beginning that all of its kind have, its length and a keyed fingerprint.
Of CloudTrail only the fields that callers fill are looked at, of flow logs none. What only several records together show
(a key id in one and its secret in the next, a key split into lines, a secret that is used later) is for wiretrail replay.

Examples:
  wiretrail secrets ./logs
  kubectl logs deploy/orders | wiretrail secrets - --least medium
  wiretrail secrets s3://app-logs/2026/11 --format jsonl | jq -r .where`;

export async function runSecrets(options: SecretsArguments, io: Io): Promise<number> {
  const isQuiet = options.quiet === true;
  const note = (text: string): void => {
    if (!isQuiet) io.stderr.write(`wiretrail: ${text}\n`);
  };
  const progress = createProgress(io.stderr, io.now, options.progress && !isQuiet);
  let interrupted = false;
  const stopListening = io.onInterrupt(() => {
    progress.clear();
    if (interrupted) io.exit(EXIT_CODES.interrupted);
    interrupted = true;
    io.stderr.write('wiretrail: stopping after the present object; once more stops at once\n');
  });
  try {
    const key = loadFingerprintKey(options.fingerprintKey ?? null, io.env, false);
    for (const remark of key.remarks) note(remark);
    const paint = createPaint(wantsColor(options.color, io.stdout, io.env));
    const least = SEVERITIES.indexOf(options.least);
    let told = 0;
    const { summary, lines, counts, repeats, refused } = await findSecrets({
      inputs: options.inputs,
      ...(options.from === undefined ? {} : { fromMs: options.from }),
      ...(options.to === undefined ? {} : { toMs: options.to }),
      ...(options.account === undefined ? {} : { accounts: options.account }),
      ...(options.region === undefined ? {} : { regions: options.region }),
      ...(options.endpointUrl === undefined ? {} : { endpointUrl: options.endpointUrl }),
      awsRanges: createAwsRanges(AWS_RANGES_TABLE),
      fingerprintKey: key.bytes,
      stdin: io.stdin,
      now: io.now,
      everyTime: options.every === true,
      onSecret(line) {
        if (SEVERITIES.indexOf(line.severity) > least) return;
        told++;
        progress.clear();
        io.stdout.write(options.format === 'jsonl' ? secretJsonLine(line) : renderSecret(line, paint));
      },
      onProgress: (now) => progress.update(now, told),
      shouldStop: () => interrupted,
    });
    progress.clear();
    const problems = renderProblems(
      summary,
      createPaint(wantsColor(options.color, io.stderr, io.env)),
      Math.min(110, columnsOf(io.stderr)),
    ).join('\n');
    if (problems !== '') io.stderr.write(`${problems}\n`);
    const bySeverity = SEVERITIES.map((one) => `${formatCount(counts[one])} ${one.toLowerCase()}`).join(', ');
    note(
      `${bySeverity} in ${plural(lines, 'line')} and ${plural(summary.records.judged, 'record')} of ${plural(summary.objects.listed, 'object')}; ` +
        `${plural(repeats, 'repeat')}${options.every === true ? '' : ' left out'}, ${formatCount(refused)} looked like secrets and were none`,
    );
    if (interrupted) return EXIT_CODES.interrupted;
    if (!everythingRead(summary) || Object.values(summary.identities).includes(false))
      return EXIT_CODES.trouble;
    if (options.failOn === 'none') return EXIT_CODES.quiet;
    const failing = SEVERITIES.slice(0, SEVERITIES.indexOf(options.failOn) + 1);
    return failing.some((one) => counts[one] > 0) ? EXIT_CODES.found : EXIT_CODES.quiet;
  } finally {
    stopListening();
    progress.clear();
  }
}

function severity(text: string): Severity {
  const found = SEVERITIES.find((candidate) => candidate === text.toUpperCase());
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`Give one of ${SEVERITIES.join(', ').toLowerCase()}.`);
}

function severityOrNone(text: string): FailOn {
  return text.toLowerCase() === 'none' ? 'none' : severity(text);
}

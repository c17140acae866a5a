// What the commands that read logs share: options that say which logs, and the frame of a run: how far it is, Ctrl-C, what is told beside it.

import { Command, Option } from 'commander';
import type { ReplayOptions } from '../replay/run.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import { createPaint, type Paint } from '../reports/terminal-text.ts';
import { EXIT_CODES } from './exit-code.ts';
import { columnsOf, type Io, wantsColor } from './io.ts';
import { collectAccount, collectRegion, endpointUrl, eventTime } from './option-values.ts';
import { createProgress, type Progress } from './progress.ts';

/** Columns of what is told beside the output, at most. */
const MAX_COLUMNS = 110;

export const NOTHING_FOUND = 'nothing was found to read there: is the path, or the time range, right?';

export interface ReadingArguments {
  readonly inputs: readonly string[];
  /** Milliseconds since the epoch, event time, half-open. */
  readonly from?: number;
  readonly to?: number;
  readonly account?: readonly string[];
  readonly region?: readonly string[];
  readonly endpointUrl?: string;
  readonly quiet?: boolean;
  readonly progress: boolean;
  readonly color: 'auto' | 'always' | 'never';
}

export interface ReadingCommand {
  readonly name: string;
  readonly description: string;
  /** Adds what this command alone takes. */
  readonly own: (command: Command) => Command;
  /** Where colours are: 'the report'. */
  readonly coloured: string;
  readonly examples: string;
}

export function readingCommand<Options extends ReadingArguments>(
  { name, description, own, coloured, examples }: ReadingCommand,
  done: (options: Options) => void,
): Command {
  const command = new Command(name)
    .description(description)
    .argument(
      '<input...>',
      'files, folders, globs, - for standard input, s3://bucket/prefix, logs:/log/group',
    )
    .option('--from <time>', 'first event time, UTC: 2026-11-01 or 2026-11-01T12:30:00Z', eventTime)
    .option('--to <time>', 'end of event time, UTC, itself left out', eventTime)
    .option('--account <id>', 'only this account; may be repeated', collectAccount)
    .option('--region <name>', 'only this region; may be repeated', collectRegion);
  return own(command)
    .option('--endpoint-url <url>', 'endpoint of S3 and CloudWatch Logs other than AWS’s', endpointUrl)
    .option('-q, --quiet', 'say nothing on standard error but errors')
    .option('--no-progress', 'show no progress')
    .addOption(
      new Option('--color <when>', `colours in ${coloured}`)
        .choices(['auto', 'always', 'never'])
        .default('auto'),
    )
    .addHelpText('after', examples)
    .action((inputs: string[], options: Options) => {
      if (options.from !== undefined && options.to !== undefined && options.from >= options.to) {
        command.error('error: --from must lie before --to');
      }
      done({ ...options, inputs });
    });
}

/** A run under way. */
export interface Reading {
  readonly progress: Progress;
  /** What the arguments come to, for those who read. */
  readonly options: Pick<
    ReplayOptions,
    'inputs' | 'fromMs' | 'toMs' | 'accounts' | 'regions' | 'endpointUrl' | 'stdin' | 'now' | 'shouldStop'
  >;
  readonly interrupted: () => boolean;
  /** A line on standard error, unless --quiet. */
  note(text: string): void;
  /** On standard error, what is said of a run beside its output; nothing where there is nothing to say. */
  tellBeside(
    render: (summary: RunSummary, paint: Paint, width: number) => string[],
    summary: RunSummary,
  ): void;
}

/** Runs `read` to its exit code. The first Ctrl-C lets the present object end; the second ends at once. `discard` takes away what is half made. */
export async function runReading(
  given: ReadingArguments,
  io: Io,
  read: (reading: Reading) => Promise<number>,
  discard: () => void = () => undefined,
): Promise<number> {
  const isQuiet = given.quiet === true;
  const progress = createProgress(io.stderr, io.now, given.progress && !isQuiet);
  let interrupted = false;
  const stopListening = io.onInterrupt(() => {
    progress.clear();
    if (interrupted) {
      discard();
      io.exit(EXIT_CODES.interrupted);
    }
    interrupted = true;
    io.stderr.write('wiretrail: stopping after the present object; once more stops at once\n');
  });
  try {
    return await read({
      progress,
      options: {
        inputs: given.inputs,
        ...(given.from === undefined ? {} : { fromMs: given.from }),
        ...(given.to === undefined ? {} : { toMs: given.to }),
        ...(given.account === undefined ? {} : { accounts: given.account }),
        ...(given.region === undefined ? {} : { regions: given.region }),
        ...(given.endpointUrl === undefined ? {} : { endpointUrl: given.endpointUrl }),
        stdin: io.stdin,
        now: io.now,
        shouldStop: () => interrupted,
      },
      interrupted: () => interrupted,
      note: (text) => {
        if (!isQuiet) io.stderr.write(`wiretrail: ${text}\n`);
      },
      tellBeside(render, summary) {
        const paint = createPaint(wantsColor(given.color, io.stderr, io.env));
        const text = render(summary, paint, Math.min(MAX_COLUMNS, columnsOf(io.stderr))).join('\n');
        if (text !== '') io.stderr.write(`${text}\n`);
      },
    });
  } finally {
    stopListening();
    progress.clear();
    discard();
  }
}

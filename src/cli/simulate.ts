// wiretrail simulate: a labelled archive, to try wiretrail on and to measure it with.

import { Command, InvalidArgumentError } from 'commander';
import { FAMILIES } from '../findings/finding.ts';
import { makeFolder } from '../reports/make-folder.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { Io } from './io.ts';

export interface SimulateArguments {
  readonly out: string;
  readonly seed: string;
  readonly days?: number;
  readonly principals?: number;
  readonly records?: number;
  readonly scenario?: readonly string[];
}

export function simulateCommand(done: (options: SimulateArguments) => void): Command {
  return new Command('simulate')
    .description(
      'write a labelled archive: logs as AWS delivers them, and truth.json that names every planted attack',
    )
    .requiredOption('--out <dir>', 'folder to write to; made when missing')
    .option('--seed <text>', 'same seed and options, same bytes', '1')
    .option('--days <n>', 'days of logs (default: 3)', wholeNumber)
    .option('--principals <n>', 'users and roles (default: 60)', wholeNumber)
    .option(
      '--records <n>',
      'calls, flow lines and log messages in all, about (default: 200000)',
      wholeNumber,
    )
    .option(
      '--scenario <name...>',
      'plant only the attacks of these rules or families (TLS-06, SEC, ...); none plants none',
      collectScenario,
    )
    .action((options: SimulateArguments) => done(options));
}

export async function runSimulate(options: SimulateArguments, io: Io): Promise<number> {
  const { simulate } = await import('../simulate/simulate.ts');
  const { out, scenario, ...rest } = options;
  makeFolder(out);
  const startedMs = io.now();
  const { truthFile, truth } = await simulate({
    outDir: out,
    ...rest,
    ...(scenario === undefined ? {} : { scenarios: scenario.filter((name) => name !== 'none') }),
  });
  const seconds = ((io.now() - startedMs) / 1000).toFixed(1);
  io.stdout.write(
    `${out}: written in ${seconds} s; ${truth.attacks.length} planted attacks are named in ${truthFile}\n`,
  );
  io.stdout.write(`Try: wiretrail replay ${out}\n`);
  return EXIT_CODES.quiet;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,12}$/.test(text)) throw new InvalidArgumentError('Give a whole number.');
  return Number(text);
}

function collectScenario(name: string, names: readonly string[] = []): readonly string[] {
  const known = /^[A-Z]{3}(-\d{2})?$/.test(name) && FAMILIES.some((family) => name.startsWith(family));
  if (!known && name !== 'none')
    throw new InvalidArgumentError(`Give a rule id or one of ${FAMILIES.join(', ')}, none.`);
  return [...names, name];
}

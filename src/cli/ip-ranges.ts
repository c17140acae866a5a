// wiretrail ip-ranges: makes the table of AWS's ranges that comes with the project from what AWS publishes.

import { Command } from 'commander';
import { writeAwsRangesTable } from '../replay/aws-ranges-file.ts';
import { EXIT_CODES } from './exit-code.ts';
import type { Io } from './io.ts';

export interface IpRangesArguments {
  readonly input: string;
  readonly out: string;
}

export function ipRangesCommand(done: (options: IpRangesArguments) => void): Command {
  return new Command('ip-ranges')
    .description('write the table of AWS address ranges that comes with wiretrail')
    .argument('<file>', 'ip-ranges.json as AWS publishes it: https://ip-ranges.amazonaws.com/ip-ranges.json')
    .requiredOption('--out <file>', 'TypeScript module to write, src/lib/aws-ranges-table.ts')
    .addHelpText('after', '\nFor one run, `wiretrail replay --ip-ranges FILE` reads ip-ranges.json itself.')
    .action((input: string, options: { out: string }) => done({ input, out: options.out }));
}

export function runIpRanges(options: IpRangesArguments, io: Io): number {
  const table = writeAwsRangesTable(options.input, options.out);
  io.stdout.write(`${options.out}: AWS’s ranges of ${table.date}\n`);
  return EXIT_CODES.quiet;
}

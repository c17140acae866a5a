// argv -> arguments -> command -> exit code. Every error ends here, once, with what was wrong and what to do.

import { readFileSync } from 'node:fs';
import { printable } from '../findings/printable.ts';
import { WiretrailError } from '../lib/errors.ts';
import { keepYoungGenerationSmall } from '../replay/young-generation.ts';
import { parseArguments } from './arguments.ts';
import { runCoverage } from './coverage.ts';
import { runDetections } from './detections.ts';
import { EXIT_CODES } from './exit-code.ts';
import { type Io, processIo } from './io.ts';
import { runIpRanges } from './ip-ranges.ts';
import { runReplay } from './replay.ts';
import { runSecrets } from './secrets.ts';
import { runSimulate } from './simulate.ts';

/** `argv` without node and script. Resolves to the exit code; rejects never. */
export async function main(argv: readonly string[], io: Io = processIo): Promise<number> {
  let writesFiles = false;
  // Who reads our output may stop reading (`| head`): that is no failure, and files that were asked for are still written.
  io.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') {
      if (!writesFiles) io.exit(EXIT_CODES.quiet);
    } else {
      io.stderr.write(`wiretrail: the output cannot be written: ${error.message}\n`);
      io.exit(EXIT_CODES.trouble);
    }
  });
  io.stderr.on('error', () => undefined);
  try {
    const parsed = parseArguments(argv, packageVersion());
    switch (parsed.command) {
      case 'print':
        io.stdout.write(parsed.text);
        return EXIT_CODES.quiet;
      case 'usage-error':
        io.stderr.write(parsed.message);
        return EXIT_CODES.trouble;
      case 'replay':
        keepYoungGenerationSmall();
        writesFiles = [parsed.options.out, parsed.options.summary, parsed.options.state].some(
          (path) => path !== undefined,
        );
        return await runReplay(parsed.options, io);
      case 'coverage':
        keepYoungGenerationSmall();
        return await runCoverage(parsed.options, io);
      case 'secrets':
        keepYoungGenerationSmall();
        return await runSecrets(parsed.options, io);
      case 'simulate':
        return await runSimulate(parsed.options, io);
      case 'detections':
        return await runDetections(parsed.options, io);
      case 'config-check': {
        // What parses files of settings is two thirds of all modules.
        const { runConfigCheck } = await import('./config-check.ts');
        return runConfigCheck(parsed.options, io);
      }
      case 'ip-ranges':
        return runIpRanges(parsed.options, io);
    }
  } catch (error) {
    io.stderr.write(`wiretrail: ${describeError(error)}\n`);
    return EXIT_CODES.trouble;
  }
}

function describeError(error: unknown): string {
  if (error instanceof WiretrailError) {
    return error.hint === ''
      ? printable(error.message, 2_000)
      : `${printable(error.message, 2_000)}\n  → ${printable(error.hint, 500)}`;
  }
  if (error instanceof Error && 'code' in error && typeof error.code === 'string')
    return printable(error.message, 2_000);
  // A defect of ours: the stack says where.
  return `unexpected error, please report it\n${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
}

function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

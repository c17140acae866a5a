// argv to a plain object. No file is opened and nothing is printed here: what it means is resolved by each command.

import { Command, CommanderError } from 'commander';
import { type ConfigCheckArguments, configCommand } from './config-command.ts';
import { type CoverageArguments, coverageCommand } from './coverage.ts';
import { type DetectionsArguments, detectionsCommand } from './detections.ts';
import { type IpRangesArguments, ipRangesCommand } from './ip-ranges.ts';
import { type ReplayArguments, replayCommand } from './replay.ts';
import { type SecretsArguments, secretsCommand } from './secrets.ts';
import { type SimulateArguments, simulateCommand } from './simulate.ts';

export type Arguments =
  | { readonly command: 'replay'; readonly options: ReplayArguments }
  | { readonly command: 'coverage'; readonly options: CoverageArguments }
  | { readonly command: 'secrets'; readonly options: SecretsArguments }
  | { readonly command: 'simulate'; readonly options: SimulateArguments }
  | { readonly command: 'detections'; readonly options: DetectionsArguments }
  | { readonly command: 'config-check'; readonly options: ConfigCheckArguments }
  | { readonly command: 'ip-ranges'; readonly options: IpRangesArguments }
  /** Help or version, asked for. */
  | { readonly command: 'print'; readonly text: string }
  | { readonly command: 'usage-error'; readonly message: string };

const EXIT_CODES_HELP = `
Exit codes:
  0    nothing at or above --fail-on (default: high)
  1    a finding at or above it
  2    wrong usage, something unreadable, nothing to read, or counts that do not add up; wins over 1
  130  interrupted

Times are event times in UTC, [from, to). Nothing is sent anywhere, and no command of a finding is run.`;

export function parseArguments(argv: readonly string[], version: string): Arguments {
  let parsed: Arguments | null = null;
  let printed = '';
  let complained = '';
  const program = new Command('wiretrail')
    .description(
      'Finds unencrypted DynamoDB traffic, replayed signatures, odd principals and plain-text secrets\nin CloudTrail, VPC flow logs and application logs.',
    )
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help; also after a command')
    .helpCommand(false)
    .addHelpText('after', EXIT_CODES_HELP)
    .addCommand(replayCommand((options) => (parsed = { command: 'replay', options })))
    .addCommand(coverageCommand((options) => (parsed = { command: 'coverage', options })))
    .addCommand(secretsCommand((options) => (parsed = { command: 'secrets', options })))
    .addCommand(simulateCommand((options) => (parsed = { command: 'simulate', options })))
    .addCommand(detectionsCommand((options) => (parsed = { command: 'detections', options })))
    .addCommand(configCommand((options) => (parsed = { command: 'config-check', options })))
    .addCommand(ipRangesCommand((options) => (parsed = { command: 'ip-ranges', options })));
  for (const command of [program, ...program.commands.flatMap((one) => [one, ...one.commands])]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: (text) => (complained += text),
      getOutHelpWidth: () => 100,
      getErrHelpWidth: () => 100,
    });
  }
  try {
    program.parse(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return { command: 'print', text: printed };
    return { command: 'usage-error', message: complaint(complained, error, commandOf(program, argv)) };
  }
  return parsed ?? { command: 'usage-error', message: program.helpInformation() };
}

/** `wiretrail config check`: the command that the arguments name, as far as they name one. */
function commandOf(program: Command, argv: readonly string[]): string {
  let command = program;
  let path = program.name();
  for (const word of argv) {
    const next = command.commands.find((one) => one.name() === word);
    if (next === undefined) break;
    command = next;
    path = `${path} ${word}`;
  }
  return path;
}

/** Commander says what is wrong; what to do about it is added. */
function complaint(complained: string, error: CommanderError, command: string): string {
  // Without any command commander prints the whole help: that is hint enough.
  if (error.code === 'commander.help') return complained;
  const text = complained.trim().replace(/^error: /, '');
  return `wiretrail: ${text}\n  → ${command} --help shows what there is.\n`;
}

// The arguments of `wiretrail config check`; what it does is in config-check.ts, which is loaded when it is asked for.

import { Command } from 'commander';

export interface ConfigCheckArguments {
  readonly config?: string;
  readonly suppressions?: string;
}

export function configCommand(done: (options: ConfigCheckArguments) => void): Command {
  return new Command('config')
    .description('whether the files that you give can be used')
    .helpCommand(false)
    .addCommand(
      new Command('check')
        .description('check a configuration and suppressions, and say what they set')
        .option('--config <file>', 'settings of detectors, YAML or JSON')
        .option('--suppressions <file>', 'findings to compute and count, but not tell, YAML')
        .action(done),
    );
}

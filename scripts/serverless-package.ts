// What `npm run package` does once the functions are bundled: `serverless package` with the parameters that were given to it.

import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** So that whoever only wants to see that it packages needs no bucket. */
const EXAMPLE = '--param=trailBucket=example-log-bucket';

/** Arguments of `serverless`. The example stands only where no parameter is given: who gives one says what is read (a trial reads no bucket). */
export function packageArguments(given: readonly string[]): readonly string[] {
  const chosen = given.some((argument) => /^--param(=|$)/.test(argument));
  return ['package', ...given, ...(chosen ? [] : [EXAMPLE])];
}

if (import.meta.main) {
  const serverless = fileURLToPath(new URL('../node_modules/serverless/bin/serverless.js', import.meta.url));
  const child = spawn(process.execPath, [serverless, ...packageArguments(process.argv.slice(2))], {
    cwd: path.join(import.meta.dirname, '..'),
    stdio: 'inherit',
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
  });
}

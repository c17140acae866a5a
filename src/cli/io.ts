// What a command may touch of the outside, so that tests can hand in their own.

import type { Writable } from 'node:stream';

export interface Io {
  readonly stdin: AsyncIterable<Buffer | string>;
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Calls `handler` on Ctrl-C; returns what takes the handler away. */
  readonly onInterrupt: (handler: () => void) => () => void;
  /** Ends the process at once. */
  readonly exit: (code: number) => void;
}

export const processIo: Io = {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  now: Date.now,
  onInterrupt: (handler) => {
    process.on('SIGINT', handler);
    return () => process.off('SIGINT', handler);
  },
  exit: (code) => process.exit(code),
};

/** Columns where the output is no terminal. */
const DEFAULT_COLUMNS = 100;

export function columnsOf(stream: Io['stdout']): number {
  return stream.isTTY === true ? (stream.columns ?? DEFAULT_COLUMNS) : DEFAULT_COLUMNS;
}

/** https://no-color.org: NO_COLOR, when not empty, wins over the terminal, and `--color` over both. */
export function wantsColor(when: 'auto' | 'always' | 'never', stream: Io['stdout'], env: Io['env']): boolean {
  if (when !== 'auto') return when === 'always';
  return stream.isTTY === true && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}

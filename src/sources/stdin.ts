// Standard input as one object, named `-`.

import { WiretrailError } from '../lib/errors.ts';
import type { Listed } from './source.ts';

/** `nowMs` becomes the time of lines that hold none: what is piped in is being written now. */
export function listStdin(input: AsyncIterable<Buffer | string>, nowMs: number): Listed {
  return {
    kind: 'object',
    object: {
      name: '-',
      key: '-',
      sizeBytes: null,
      version: '',
      modifiedMs: nowMs,
      named: true,
      open: async () => chunksOf(input),
    },
  };
}

async function* chunksOf(input: AsyncIterable<Buffer | string>): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of input) yield typeof chunk === 'string' ? Buffer.from(chunk, 'utf8') : chunk;
  } catch (error) {
    throw new WiretrailError(
      'read-failed',
      '-',
      'standard input ended with an error',
      'check the command that writes to the pipe',
      error,
    );
  }
}

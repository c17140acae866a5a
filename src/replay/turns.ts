// Reading files and judging records never waits for anything: signals, timers and connections get their turn only when it is given them.

import { setImmediate as nextTurn } from 'node:timers/promises';

/**
 * Milliseconds of work between two turns. An answer to Ctrl-C within a tenth of a second is felt to be immediate
 * (https://www.nngroup.com/articles/response-times-3-important-limits/), and a turn costs microseconds.
 */
export const WORK_MS_BETWEEN_TURNS = 100;

export interface Turns {
  /** Gives the event loop a turn when it has waited long enough; to be called wherever work can pause. */
  take(): Promise<void>;
}

/** `onTurn` is called before each turn that is given. */
export function createTurns(onTurn: () => void = () => undefined): Turns {
  let lastMs = performance.now();
  return {
    async take() {
      if (performance.now() - lastMs < WORK_MS_BETWEEN_TURNS) return;
      onTurn();
      await nextTurn();
      lastMs = performance.now();
    },
  };
}

/** Hands a sequence on, with turns between its parts. */
export async function* withTurns<Part>(
  parts: AsyncIterable<Part> | Iterable<Part>,
  turns: Turns,
): AsyncGenerator<Part> {
  for await (const part of parts) {
    yield part;
    await turns.take();
  }
}

// A thread that writes one simulated archive: evaluate replays the one before meanwhile.

import { parentPort, workerData } from 'node:worker_threads';
import { type SimulateOptions, simulate } from '../src/simulate/simulate.ts';
import type { Truth } from '../src/simulate/truth.ts';

export interface SimulatedAside {
  readonly truth: Truth;
  readonly seconds: number;
}

const startedMs = Date.now();
const { truth } = await simulate(workerData as SimulateOptions);
const result: SimulatedAside = { truth, seconds: (Date.now() - startedMs) / 1000 };
parentPort?.postMessage(result);

// What logs show, without judging what is in them: everything is read as a replay reads it, and no detector runs.

import { randomBytes } from 'node:crypto';
import { judgeCoverage } from '../coverage/coverage.ts';
import { createLogWatcher, type LogWatcher, noteObject } from '../coverage/watch-logs.ts';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import { detectors } from '../detectors/index.ts';
import type { Coverage } from '../findings/coverage.ts';
import type { RunSummary } from '../reports/run-summary.ts';
import { type ReplayOptions, replay } from './run.ts';

export type CoverageOptions = Pick<
  ReplayOptions,
  | 'inputs'
  | 'fromMs'
  | 'toMs'
  | 'accounts'
  | 'regions'
  | 'flowFields'
  | 'awsRanges'
  | 'endpointUrl'
  | 's3'
  | 'stdin'
  | 'now'
  | 'onProgress'
  | 'shouldStop'
>;

/** `summary` counts what was read; it knows of no findings. */
export async function coverLogs(
  options: CoverageOptions,
): Promise<{ readonly coverage: Coverage; readonly summary: RunSummary }> {
  let watcher: LogWatcher = createLogWatcher();
  const { summary } = await replay({
    ...options,
    detectors: [],
    observers() {
      // Where everything is read again, only the last reading counts.
      watcher = createLogWatcher();
      return [watcher.observer];
    },
    settings: DEFAULT_SETTINGS,
    // Nothing is fingerprinted.
    fingerprintKey: randomBytes(32),
    onObject: (line) => noteObject(watcher.facts, line),
  });
  return { coverage: judgeCoverage(detectors, watcher.facts), summary };
}

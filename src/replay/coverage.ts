// What logs show, without judging what is in them: everything is read as a replay reads it, and no detector runs. Of the calls to DynamoDB and DAX is
// counted what they say of TLS, as TLS-01 counts it.

import { randomBytes } from 'node:crypto';
import { judgeCoverage } from '../coverage/coverage.ts';
import { createLogWatcher, type LogWatcher, noteObject } from '../coverage/watch-logs.ts';
import { DEFAULT_SETTINGS } from '../detectors/default-settings.ts';
import { detectors } from '../detectors/index.ts';
import { countingOfCalls } from '../detectors/tls/verdict-tally.ts';
import type { CallVerdicts } from '../findings/call-verdicts.ts';
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

export interface CoveredLogs {
  readonly coverage: Coverage;
  readonly verdicts: CallVerdicts;
  /** Counts what was read; what the counting alone finds is told to nobody. */
  readonly summary: RunSummary;
}

export async function coverLogs(options: CoverageOptions): Promise<CoveredLogs> {
  let watcher: LogWatcher = createLogWatcher();
  const { summary, verdicts } = await replay({
    ...options,
    detectors: [countingOfCalls],
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
  return { coverage: judgeCoverage(detectors, watcher.facts), verdicts, summary };
}

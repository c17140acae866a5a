// Replays a simulated archive through the same code as `wiretrail replay`, and holds its findings against the truth.

import { createHash } from 'node:crypto';
import { DEFAULT_SETTINGS } from '../src/config.ts';
import type { DetectorSettings } from '../src/detectors/detector.ts';
import { detectors } from '../src/detectors/index.ts';
import type { Finding } from '../src/findings/finding.ts';
import { createAwsRanges } from '../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../src/lib/aws-ranges-table.ts';
import { type ReplayOptions, replay } from '../src/replay/run.ts';
import type { RunSummary } from '../src/reports/run-summary.ts';
import { type NameScore, scoreNames } from '../src/simulate/name-score.ts';
import { type Score, scoreFindings } from '../src/simulate/score.ts';
import type { Truth } from '../src/simulate/truth.ts';

export interface JudgedArchive {
  readonly findings: readonly Finding[];
  readonly summary: RunSummary;
  readonly score: Score;
  readonly names: NameScore;
}

/** What this archive's owner would set. */
export function archiveSettings(truth: Truth): DetectorSettings {
  const { ownResources, dynamodbEndpoints } = truth;
  return { ...DEFAULT_SETTINGS, ownResources, dynamodbEndpoints };
}

/** `withoutDetectors`: nothing looks, so that nothing may be found. */
export async function judgeArchive(
  archiveDir: string,
  truth: Truth,
  options: Pick<ReplayOptions, 'onObject' | 'onReadAgain'> & { readonly withoutDetectors?: boolean } = {},
): Promise<JudgedArchive> {
  const { findings, summary } = await replay({
    inputs: [archiveDir],
    detectors: options.withoutDetectors === true ? [] : detectors,
    // A key that is no secret: the archive holds none either.
    fingerprintKey: createHash('sha256').update(`simulated archive ${truth.seed}`).digest(),
    awsRanges: createAwsRanges(AWS_RANGES_TABLE),
    settings: archiveSettings(truth),
    onObject: (line) => options.onObject?.(line),
    onReadAgain: () => options.onReadAgain?.(),
  });
  return {
    findings,
    summary,
    score: scoreFindings(truth, findings, archiveDir),
    names: scoreNames(truth, findings, archiveDir),
  };
}

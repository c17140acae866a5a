// The library: replay an archive from a program of your own. docs/command-line.md describes what each option means.

export { DEFAULT_SETTINGS, parseConfig } from './config.ts';
export type {
  Detector,
  DetectorMeta,
  DetectorSettings,
  Draft,
  Fold,
  Needs,
  ObserveContext,
  Output,
  Threshold,
} from './detectors/detector.ts';
export { detectors } from './detectors/index.ts';
export { KINDS as SECRET_KINDS } from './detectors/secrets/kinds/index.ts';
export { type FoundInText, type ScanOptions, scanSecrets } from './detectors/secrets/scan-secrets.ts';
export type { SecretKind } from './detectors/secrets/secret-kind.ts';
export {
  type Compliance,
  type Evidence,
  FAMILIES,
  type Family,
  type Finding,
  type Grade,
  type RemediationStep,
  SEVERITIES,
  type Severity,
  type Status,
} from './findings/finding.ts';
export { groupStories, type Story } from './findings/stories.ts';
export type { Suppression, Suppressions, SuppressionUse } from './findings/suppressions.ts';
export { type AwsRanges, createAwsRanges } from './lib/aws-ranges.ts';
export { AWS_RANGES_TABLE } from './lib/aws-ranges-table.ts';
export { WiretrailError } from './lib/errors.ts';
export type { AnyRecord, CallRecord, FlowRecord, LineRecord } from './records/record.ts';
export { readAwsRanges } from './replay/aws-ranges-file.ts';
export { type ReplayOptions, type ReplayProgress, type ReplayResult, replay } from './replay/run.ts';
export { parseSuppressions, readSuppressions } from './replay/suppressions-file.ts';
export { renderPretty } from './reports/pretty.ts';
export type { LedgerLine, RunProblem, RunSummary } from './reports/run-summary.ts';

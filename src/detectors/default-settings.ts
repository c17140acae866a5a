// What detectors go by where the user sets nothing. By itself, so that the Lambda functions do without the reader of configurations.

import type { DetectorSettings } from './detector.ts';

/**
 * Log retention set below this many days counts as lost evidence: CloudTrail's own event history reaches back so far
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/view-cloudtrail-events.html), a log should not keep less.
 */
const DEFAULT_MINIMUM_RETENTION_DAYS = 90;

export const DEFAULT_SETTINGS: DetectorSettings = {
  ownResources: [],
  logChains: [],
  identityForwarders: [],
  minimumRetentionDays: DEFAULT_MINIMUM_RETENTION_DAYS,
  ownHosts: [],
  ownAccounts: [],
  dynamodbEndpoints: [],
};

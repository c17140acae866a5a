// What facts of logs say of one sight: there, there in part, or missing, and why.

import type { RemediationStep } from '../findings/finding.ts';

/** docs/coverage.md says of each what it means. */
export const REASON_CODES = [
  'no-cloudtrail',
  'no-management-events',
  'no-calls-where-flows',
  'hours-without-calls',
  'unread-trail',
  'no-read-events',
  'no-dynamodb-data-events',
  'no-item-reads',
  'no-stream-data-events',
  'streams-not-seen',
  'no-s3-data-events',
  'old-event-versions',
  'no-tls-details',
  'no-tls-details-of-dynamodb',
  'few-tls-details',
  'no-flows',
  'only-transit-flows',
  'no-flows-where-called',
  'no-flows-of-network',
  'skipdata',
  'unread-flows',
  'only-accepted-flows',
  'only-rejected-flows',
  'flow-fields',
  'no-log-lines',
  'functions-without-lines',
  'unread-lines',
  'no-s3-access-logs',
  'no-alb-access-logs',
  'unread-access-logs',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export interface SightVerdict {
  readonly state: 'there' | 'in-part' | 'missing';
  /** Why it is not wholly there; of one that is there what could not be known. */
  readonly reasons: readonly SightReason[];
}
export interface SightReason {
  readonly code: ReasonCode;
  readonly text: string;
  /** What is missing, where several sights miss something of one kind: joined to the text. */
  readonly missing: readonly string[];
  /** All of them. */
  readonly places: readonly string[];
  readonly steps: readonly RemediationStep[];
  /** It makes nobody blind. */
  readonly isNote: boolean;
}

export const THERE: SightVerdict = { state: 'there', reasons: [] };

export function reason(
  code: ReasonCode,
  text: string,
  places: readonly string[],
  steps: readonly RemediationStep[],
): SightReason {
  return { code, text, missing: [], places, steps, isNote: false };
}

export function missing(...reasons: readonly SightReason[]): SightVerdict {
  return { state: 'missing', reasons };
}

/** Missing in part where there are reasons that blind, else there. */
export function inPart(reasons: readonly (SightReason | null)[]): SightVerdict {
  const some = reasons.filter((one) => one !== null);
  return { state: some.some(({ isNote }) => !isNote) ? 'in-part' : 'there', reasons: some };
}

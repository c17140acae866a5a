// Where alerts go.

import type { Finding } from '../findings/finding.ts';
import type { Digest } from './digest.ts';
import type { Notice } from './notice.ts';

/** One way out to people. Every call may be made again after a crash: what was sent twice says the same. Both throw a WiretrailError. */
export interface Alerts {
  send(finding: Finding, notice: Notice): Promise<void>;
  sendDigest(digest: Digest): Promise<void>;
}

/** What the topic has is told. What Slack's queue does not take is tried again there alone (src/live/slack-outbox.ts). */
export interface AlertWays {
  readonly topic: Alerts;
  /** Null: nothing goes to Slack. */
  readonly slack: Alerts | null;
}

/**
 * Of the clients that send alerts, milliseconds. SNS and SQS answer within tens of them; a connection that says nothing for this long is
 * dead, and the SDK by itself waits for ever. With its three tries a dead service takes half a minute of an invocation.
 */
export const REQUEST_TIMES = {
  connectionTimeout: 5_000,
  requestTimeout: 10_000,
  throwOnRequestTimeout: true,
};

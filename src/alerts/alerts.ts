// Where alerts go.

import type { Finding } from '../findings/finding.ts';
import type { Digest } from './digest.ts';
import type { Notice } from './notice.ts';

/** One way out to people. Every call may be made again after a crash: what was sent twice says the same. Both throw a WiretrailError. */
export interface Alerts {
  send(finding: Finding, notice: Notice): Promise<void>;
  sendDigest(digest: Digest): Promise<void>;
}

/** Each in its turn: what fails later has been told on those before it, so the surest way goes first. */
export function alertsByAll(...ways: readonly Alerts[]): Alerts {
  return {
    async send(finding, notice) {
      for (const way of ways) await way.send(finding, notice);
    },
    async sendDigest(digest) {
      for (const way of ways) await way.sendDigest(digest);
    },
  };
}

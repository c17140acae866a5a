// A small archive in memory, for properties of the pipeline: objects of CloudTrail records with delivery stamps.

import { DEFAULT_SETTINGS } from '../../src/config.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createPipeline, type Pipeline } from '../../src/pipeline.ts';
import { createCloudTrailReader } from '../../src/records/cloudtrail-reader.ts';
import type { EventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import type { State } from '../../src/state/state.ts';
import { trailRecord } from '../records/trail-records.ts';

export const TEST_KEY = Buffer.from('a key for tests, not a secret');

export interface SmallObject {
  readonly name: string;
  /** NaN for a file without a stamp in its name. */
  readonly deliveredMs: number;
  readonly records: readonly Record<string, unknown>[];
}

export function testPipeline(
  options: {
    readonly state?: State;
    readonly claims?: EventClaims;
    readonly detectors?: readonly Detector[];
    readonly contested?: ReadonlySet<string>;
    readonly onFinding?: (finding: Finding) => void;
  } = {},
): Pipeline {
  return createPipeline({
    settings: DEFAULT_SETTINGS,
    fingerprintKey: TEST_KEY,
    awsRanges: { date: '2026-08-22', lookup: () => null },
    ...options,
    state: options.state ?? createMemoryState(),
    detectors: options.detectors ?? detectors,
  });
}

export function readSmall(pipeline: Pipeline, object: SmallObject): void {
  const facts = {
    name: object.name,
    key: object.name,
    deliveredMs: object.deliveredMs,
    account: '',
    region: '',
    modifiedMs: Number.NaN,
  };
  const bytes = Buffer.from(JSON.stringify({ Records: object.records }));
  createCloudTrailReader(facts, pipeline.openObject(facts).sink).push(bytes, bytes.length, true);
}

/** What two equal runs have in common: everything but revisions, and where the evidence lies (docs/decisions/0002, contract 3). */
export function comparable(findings: readonly Finding[]): unknown[] {
  return findings.map((finding) => ({
    ...finding,
    revision: 0,
    evidence: finding.evidence.map(({ locator: _locator, ...rest }) => rest),
  }));
}

const START_MS = Date.parse('2026-10-05T00:00:00Z');

/**
 * Three days: many ordinary calls with TLS, one client without, one signed request sent twice, calls of another account.
 * Deterministic; delivered in objects of 40 records, each record some minutes after it happened.
 */
export function smallArchive(): SmallObject[] {
  const records: { record: Record<string, unknown>; deliveredMs: number }[] = [];
  let number = 0;
  const put = (timeMs: number, over: Record<string, unknown>, lateMs = 300_000): void => {
    number++;
    const eventID = `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`;
    const eventTime = new Date(timeMs).toISOString().replace('.000Z', 'Z');
    records.push({ record: trailRecord({ eventID, eventTime, ...over }), deliveredMs: timeMs + lateMs });
  };
  const identity = (name: string, keyId: string): Record<string, unknown> => ({
    type: 'IAMUser',
    principalId: `AIDA${name}`,
    arn: `arn:aws:iam::111122223333:user/${name}`,
    accountId: '111122223333',
    accessKeyId: keyId,
    userName: name,
  });
  for (let minute = 0; minute < 3 * 1440; minute += 6) {
    const timeMs = START_MS + minute * 60_000;
    put(timeMs, { requestParameters: { tableName: 'Orders', key: { id: String(minute) } } });
    put(timeMs + 7_000, {
      userIdentity: identity('batch', 'AKIDBATCH'),
      sourceIPAddress: '203.0.113.9',
      eventName: 'Query',
    });
    if (minute % 60 < 12 && minute > 1500 && minute < 2000) {
      put(timeMs + 9_000, {
        userIdentity: identity('legacy', 'AKIDLEGACY'),
        tlsDetails: { clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com' },
      });
      put(
        timeMs + 11_000,
        {
          userIdentity: identity('legacy', 'AKIDLEGACY'),
          tlsDetails: { clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com' },
        },
        6 * 3_600_000,
      );
    }
  }
  const stolen = {
    userIdentity: identity('deploy', 'AKIDDEPLOY'),
    eventName: 'GetItem',
    requestParameters: { tableName: 'Cards', key: { pan: '7' } },
  };
  put(START_MS + 100_000_000, { ...stolen, sourceIPAddress: '192.0.2.1' });
  put(START_MS + 100_090_000, { ...stolen, sourceIPAddress: '198.18.4.4', tlsDetails: undefined });
  // Across the border of an hour.
  const other = { ...stolen, userIdentity: identity('report', 'AKIDREPORT') };
  put(START_MS + 107_990_000, { ...other, sourceIPAddress: '192.0.2.1' });
  put(START_MS + 108_020_000, { ...other, sourceIPAddress: '198.18.4.4' });
  for (const recipientAccountId of ['444455556666', '111122223333']) {
    put(START_MS + 120_000_000, {
      sharedEventID: 'shared-1',
      recipientAccountId,
      eventName: 'DescribeTable',
    });
  }
  records.sort((a, b) => a.deliveredMs - b.deliveredMs);
  const objects: SmallObject[] = [];
  for (let from = 0; from < records.length; from += 40) {
    const slice = records.slice(from, from + 40);
    const stampMs = Math.floor(slice.at(-1)!.deliveredMs / 60_000) * 60_000;
    objects.push({
      name: `object-${objects.length}.json`,
      deliveredMs: stampMs,
      records: slice.map((entry) => entry.record),
    });
  }
  return objects;
}

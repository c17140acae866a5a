import { expect, test } from 'vitest';
import { plaintextDaxFlow } from '../../../src/detectors/tls/plaintext-dax-flow.ts';
import { callRecord, flowRecord } from '../plain-records.ts';
import { plainReplay } from '../plain-replay.ts';

const flow = flowRecord({
  version: '2',
  'account-id': '111122223333',
  'interface-id': 'eni-0abc1234def567890',
  srcaddr: '10.0.1.20',
  dstaddr: '10.0.7.30',
  srcport: '49152',
  dstport: '8111',
  protocol: '6',
  packets: '9',
  bytes: '2264',
  start: '1793700000',
  end: '1793700058',
  action: 'ACCEPT',
});

function daxCall(eventTime: string, changes: Record<string, unknown> = {}) {
  return callRecord({
    eventID: `event of ${eventTime}`,
    eventTime,
    eventSource: 'dax.amazonaws.com',
    eventName: 'DescribeClusters',
    eventType: 'AwsApiCall',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'dana' },
    sourceIPAddress: '198.51.100.23',
    ...changes,
  });
}
const confidence = (...calls: ReturnType<typeof daxCall>[]): number | undefined =>
  plainReplay([plaintextDaxFlow], [flow, ...calls]).findings[0]?.confidence;

// The flow is of 2026-11-03.
test.each([
  ['on the same day', '2026-11-03T23:00:00Z', 0.9],
  ['thirty days before', '2026-10-04T01:00:00Z', 0.9],
  ['longer ago', '2026-10-03T23:00:00Z', 0.6],
  ['on a later day, which is judged later', '2026-11-04T01:00:00Z', 0.6],
])('a call to DAX %s', (_, time, expected) => {
  expect(confidence(daxCall(time))).toBe(expected);
});

test('a failed call and the call of another account say nothing', () => {
  expect(confidence(daxCall('2026-11-03T01:00:00Z', { errorCode: 'AccessDenied' }))).toBe(0.6);
  const stranger = {
    recipientAccountId: '999999999999',
    userIdentity: { type: 'IAMUser', accountId: '999999999999', userName: 'eve' },
  };
  expect(confidence(daxCall('2026-11-03T01:00:00Z', stranger))).toBe(0.6);
});

test('a cluster that a call shows to be without TLS is named', () => {
  const grown = daxCall('2026-11-01T01:00:00Z', {
    eventName: 'IncreaseReplicationFactor',
    requestParameters: { clusterName: 'orders-cache' },
    responseElements: { cluster: { clusterName: 'orders-cache', clusterDiscoveryEndpoint: { port: 8111 } } },
  });
  const [finding] = plainReplay([plaintextDaxFlow], [flow, grown]).findings;
  expect(finding).toMatchObject({
    confidence: 0.95,
    grade: 'certain',
    target: { service: 'dax', resource: 'orders-cache' },
  });
});

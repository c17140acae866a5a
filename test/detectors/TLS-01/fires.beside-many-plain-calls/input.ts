// A user scans over plain HTTP, and makes more plain calls to EC2 than all others make to anything: four services keep TLS in every call,
// so that nothing on the way drops the field.
import { callList, management, NO_TLS, ordinaryWeeks, role, user } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls, 400);
for (const [service, action] of [
  ['sts', 'GetCallerIdentity'],
  ['kms', 'ListKeys'],
  ['s3', 'ListBuckets'],
  ['lambda', 'ListFunctions20150331'],
] as const) {
  calls.spread(
    100,
    '2026-11-01T01:00:00Z',
    '2026-11-01T11:00:00Z',
    role('orders-api'),
    management(service, action, null),
  );
}
const scan = { eventName: 'Scan', requestParameters: { tableName: 'Orders' } };
const mallory = user('mallory');
calls.spread(6, '2026-11-01T12:00:00Z', '2026-11-01T12:06:00Z', mallory, scan, NO_TLS);
calls.spread(
  700,
  '2026-11-01T12:10:00Z',
  '2026-11-01T14:10:00Z',
  mallory,
  management('ec2', 'DescribeRegions', null),
  NO_TLS,
);

export const { records } = calls;

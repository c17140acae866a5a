// Forty DynamoDB calls without TLS details where four hundred before carried them, but on that day the calls to STS and S3 lost them too:
// something between CloudTrail and here drops the field. Told once, and of no single call.
import { callList, management, NO_TLS, ordinaryWeeks, role } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls, 400);
calls.spread(40, '2026-11-01T12:00:10Z', '2026-11-01T14:00:00Z', role('carts-api', '10.0.1.21'), NO_TLS);
const object = { bucketName: 'orders-exports', key: 'day.csv' };
const identity = management('sts', 'GetCallerIdentity', null);
calls.spread(
  15,
  '2026-11-01T12:00:20Z',
  '2026-11-01T14:00:00Z',
  role('carts-api', '10.0.1.21'),
  identity,
  NO_TLS,
);
const read = {
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  requestParameters: object,
  resources: undefined,
};
calls.spread(
  15,
  '2026-11-01T12:00:30Z',
  '2026-11-01T14:00:00Z',
  role('carts-api', '10.0.1.21'),
  read,
  NO_TLS,
);

export const { records } = calls;

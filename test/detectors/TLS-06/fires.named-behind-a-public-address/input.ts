// CloudTrail has the public address, which flow records do not: the only caller of the region without TLS in these minutes is named, and
// not the user who calls from elsewhere over TLS, nor the instance that calls through the endpoint.
import { callList, HOST_ONLY, NO_TLS, ordinaryWeeks, role, user } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.spread(5, '2026-11-01T12:00:00Z', '2026-11-01T12:05:00Z', user('importer', '203.0.113.9'), NO_TLS);
calls.spread(5, '2026-11-01T12:00:00Z', '2026-11-01T12:05:00Z', user('analyst', '198.51.100.7'));
calls.spread(
  5,
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:05:00Z',
  role('batch', '10.0.9.9', { session: 'i-0fff1234def567890' }),
  HOST_ONLY,
);

export const { records } = calls;
export const flows = flowLog(plainRequests({ ...ORDERS, path: 8 }, '2026-11-01T12:00:00Z', 5));

// An instance speaks plain HTTP through a gateway endpoint. Its role's calls of these minutes have a host and no TLS; another role calls
// from the same address over TLS.
import { callList, HOST_ONLY, ordinaryWeeks, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const endpoint = { vpcEndpointId: 'vpce-0abc1234def567890' };
const calls = callList();
ordinaryWeeks(calls);
calls.spread(10, '2026-11-01T12:00:00Z', '2026-11-01T12:10:00Z', role('batch'), HOST_ONLY, endpoint);
calls.spread(
  10,
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:10:00Z',
  role('reports', '10.0.1.20', { session: 'nightly' }),
  endpoint,
);

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 10));

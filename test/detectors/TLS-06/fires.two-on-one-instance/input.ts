// Two roles called from one address without TLS in these minutes: either may be it, or both.
import { callList, HOST_ONLY, ordinaryWeeks, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const endpoint = { vpcEndpointId: 'vpce-0abc1234def567890' };
const calls = callList();
ordinaryWeeks(calls);
for (const name of ['batch', 'reports'])
  calls.spread(
    5,
    '2026-11-01T12:00:00Z',
    '2026-11-01T12:05:00Z',
    role(name, '10.0.1.20', { session: name }),
    HOST_ONLY,
    endpoint,
  );

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 5));

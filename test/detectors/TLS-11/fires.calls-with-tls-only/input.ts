// All calls from the address carry TLS details: their principal is doubtful, and named to nobody as the one.
import { callList, ordinaryWeeks, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const endpoint = { vpcEndpointId: 'vpce-0abc1234def567890' };
const calls = callList();
ordinaryWeeks(calls);
calls.spread(
  5,
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:05:00Z',
  role('batch', '10.0.1.20', { session: 'nightly' }),
  endpoint,
);

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 5));

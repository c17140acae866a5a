// Data events are off: of the minutes of the flows CloudTrail has management calls only, by the instance's own role over TLS. It is not
// the one that spoke plain HTTP, though instance, address and minutes are its.
import { callList, ordinaryWeeks, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.spread(
  5,
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:05:00Z',
  role('app-host', ORDERS.ip, { session: ORDERS.instance }),
  { vpcEndpointId: 'vpce-0abc1234def567890', eventName: 'DescribeTable', eventCategory: 'Management' },
);

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 5));

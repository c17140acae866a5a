import { callList, HOST_ONLY, ordinaryWeeks, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.at('2026-11-01T12:00:30Z', role('batch'), HOST_ONLY);

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 3, 40));

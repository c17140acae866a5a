// An archive of 2021, before CloudTrail wrote the field everywhere: said once, on the day that a thousand direct calls are full, and of no single call.
import { callList, NO_TLS, role } from '../../generated-calls.ts';

const calls = callList();
calls.spread(5, '2021-07-10T00:00:00Z', '2021-07-10T01:00:00Z', role('orders-api'));
calls.spread(1100, '2021-07-10T00:00:30Z', '2021-07-15T00:00:30Z', role('orders-api'), NO_TLS);

export const { records } = calls;

// A recorded burst is sent again as a whole: one finding for each operation, with its count and the earliest evidence.
import { callList, role } from '../../generated-calls.ts';

const calls = callList();
for (let n = 10; n < 26; n++) {
  const read = { requestParameters: { tableName: 'Orders', key: { id: `o-${n}` } } };
  calls.at(`2026-11-01T12:00:${n}Z`, role('orders-api', '198.51.100.7'), read);
  calls.at(`2026-11-01T12:02:${n}Z`, role('orders-api', '203.0.113.66'), read);
}

export const { records } = calls;

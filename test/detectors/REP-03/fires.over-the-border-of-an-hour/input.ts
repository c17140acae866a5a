// The first sending ends one hour, and one day; the repeat begins the next.
import { callList, role } from '../../generated-calls.ts';

const calls = callList();
const read = { requestParameters: { tableName: 'Orders', key: { id: 'o-17' } } };
calls.at('2026-10-31T23:59:30Z', role('orders-api', '198.51.100.7'), read);
calls.at('2026-11-01T00:00:45Z', role('orders-api', '203.0.113.66'), read);

export const { records } = calls;

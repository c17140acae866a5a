// The first sending ends one hour, and one day; the repeat begins the next. Two pairs in two hours are two findings of one each.
import { callList, role, tls } from '../../generated-calls.ts';

const calls = callList();
const read = { requestParameters: { tableName: 'Orders', key: { id: 'o-17' } } };
calls.at('2026-10-31T23:59:30Z', role('orders-api', '198.51.100.7'), read);
calls.at('2026-11-01T00:00:45Z', role('orders-api', '203.0.113.66'), read);

const other = (id: string) => ({ requestParameters: { tableName: 'Orders', key: { id } } });
calls.at('2026-11-01T10:50:00Z', role('twice', '198.51.100.7'), other('a'));
calls.at('2026-11-01T10:51:00Z', role('twice', '203.0.113.66'), other('a'));
calls.at('2026-11-01T11:02:00Z', role('twice', '198.51.100.7'), other('b'));
calls.at('2026-11-01T11:03:00Z', role('twice', '203.0.113.66'), other('b'), tls('TLSv1.2', 'AES128-SHA'));

export const { records } = calls;

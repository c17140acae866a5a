// The same read 90 s later from elsewhere: the replay keeps the headers, and its TLS client is another one. A second user's request comes
// again without TLS. Member order and white space of the parameters do not matter.
import { callList, NO_TLS, role, tls, user } from '../../generated-calls.ts';

const modern = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const older = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
const read = { requestParameters: { tableName: 'Orders', key: { id: 'o-17', part: 'a' } } };
const reordered = { requestParameters: { key: { part: 'a', id: 'o-17' }, tableName: 'Orders' } };
calls.at('2026-11-01T12:00:00Z', role('orders-api', '198.51.100.7'), read, modern);
calls.at('2026-11-01T12:01:30Z', role('orders-api', '203.0.113.66'), reordered, older);
const query = { eventName: 'Query', requestParameters: { tableName: 'Cards' } };
calls.at('2026-11-01T12:10:00Z', user('reports', '198.51.100.8'), query, modern);
calls.at('2026-11-01T12:10:04Z', user('reports', '2001:db8:bad::1'), query, NO_TLS);

export const { records } = calls;

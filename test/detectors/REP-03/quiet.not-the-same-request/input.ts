import { callList, management, role, tls, user } from '../../generated-calls.ts';

const calls = callList();
const away = '203.0.113.66';
const modern = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const older = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const read = (key: object) => ({ requestParameters: { tableName: 'Orders', key } });
calls.at('2026-11-01T12:00:00Z', role('late', '198.51.100.7'), read({ id: 'a' }), modern);
calls.at('2026-11-01T12:20:00Z', role('late', away), read({ id: 'a' }), older);
calls.at('2026-11-01T12:00:00Z', role('other-item', '198.51.100.7'), read({ id: 'a' }), modern);
calls.at('2026-11-01T12:01:00Z', role('other-item', away), read({ id: 'b' }), older);
calls.at('2026-11-01T12:01:01Z', role('other-item', away), read({ id: ['a'] }), older);
calls.at('2026-11-01T12:01:02Z', role('other-item', away), read({ id: 1 }), older);
calls.at('2026-11-01T12:01:03Z', role('other-item', away), read({ idem: 'a' }), older);
const batch = (...keys: string[]) => ({
  eventName: 'BatchGetItem',
  requestParameters: { requestItems: { Orders: { keys: keys.map((id) => ({ id })) } } },
});
calls.at('2026-11-01T12:02:00Z', role('other-item', '198.51.100.7'), batch('a', 'b'), modern);
calls.at('2026-11-01T12:02:30Z', role('other-item', away), batch('b', 'a'), older);
calls.at('2026-11-01T12:03:00Z', user('one', '198.51.100.7'), read({ id: 'c' }), modern);
calls.at('2026-11-01T12:03:30Z', user('two', away), read({ id: 'c' }), older);
calls.at('2026-11-01T12:04:00Z', user('region', '198.51.100.7'), read({ id: 'd' }), modern);
calls.at('2026-11-01T12:04:30Z', user('region', away), read({ id: 'd' }), older, { awsRegion: 'eu-west-1' });
calls.at('2026-11-01T12:05:00Z', user('action', '198.51.100.7'), read({ id: 'e' }), modern);
calls.at('2026-11-01T12:05:30Z', user('action', away), read({ id: 'e' }), older, { eventName: 'Query' });
// Without parameters every call is like every other.
const list = management('dynamodb', 'ListTables', null);
calls.at('2026-11-01T12:06:00Z', user('lists', '198.51.100.7'), list, modern);
calls.at('2026-11-01T12:06:30Z', user('lists', away), list, modern);

export const { records } = calls;

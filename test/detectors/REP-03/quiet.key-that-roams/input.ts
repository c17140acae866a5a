import { callList, role, tls, user } from '../../generated-calls.ts';

const calls = callList();
const read = (id: string) => ({ requestParameters: { tableName: 'Orders', key: { id } } });
// Office and home in the week before, a third network today.
calls.at('2026-10-26T09:00:00Z', user('laptop', '198.51.100.7'));
calls.at('2026-10-30T20:00:00Z', user('laptop', '192.0.2.30'));
calls.at('2026-11-01T12:00:00Z', user('laptop', '198.51.100.7'), read('a'));
calls.at('2026-11-01T12:00:40Z', user('laptop', '203.0.113.66'), read('a'));
// Back in a network that it came from the day before.
calls.at('2026-10-31T12:00:00Z', user('tunnel', '203.0.113.70'));
calls.at('2026-11-01T12:00:00Z', user('tunnel', '198.51.100.7'), read('b'));
calls.at('2026-11-01T12:00:40Z', user('tunnel', '203.0.113.71'), read('b'));
// One host with two addresses.
calls.at('2026-11-01T12:00:00Z', role('dual', '198.51.100.7'), read('c'));
calls.at('2026-11-01T12:00:40Z', role('dual', '2001:db8:7::7'), read('c'));
// More than five minutes between, and nothing else that speaks for a replay.
const same = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
calls.at('2026-11-01T12:00:00Z', role('slow', '198.51.100.7'), read('d'), same);
calls.at('2026-11-01T12:05:01Z', role('slow', '203.0.113.66'), read('d'), same);

export const { records } = calls;

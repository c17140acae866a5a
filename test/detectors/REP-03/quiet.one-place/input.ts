import { callList, role, user } from '../../generated-calls.ts';

const calls = callList();
const read = (id: string) => ({ requestParameters: { tableName: 'Orders', key: { id } } });
// Retries and polls from neighbours in one /24, one /48, one endpoint.
for (const [at, host] of [7, 7, 9, 250].entries()) {
  calls.at(`2026-11-01T12:00:${10 + at}Z`, role('retries', `198.51.100.${host}`), read('a'));
  calls.at(`2026-11-01T12:00:${20 + at}Z`, role('retries-6', `2001:db8:1:${at}::${host}`), read('b'));
  const endpoint = { vpcEndpointId: 'vpce-0abc1234def567890' };
  calls.at(`2026-11-01T12:00:${30 + at}Z`, role('endpoint', `10.0.${at}.${host}`), read('c'), endpoint);
}
// The same key elsewhere, for something else.
calls.at('2026-11-01T12:00:50Z', role('retries', '203.0.113.66'), read('z'));
// One interface, seen with and without its endpoint.
calls.at('2026-11-01T12:01:00Z', role('interface', '10.0.1.20'), read('d'), {
  vpcEndpointId: 'vpce-0abc1234def567890',
});
calls.at('2026-11-01T12:01:20Z', role('interface', '10.0.1.20'), read('d'));
// AWS itself, on behalf of a session.
const forwarded = { identity: { invokedBy: 'states.amazonaws.com' } };
calls.at('2026-11-01T12:02:00Z', role('states', '198.51.100.7', forwarded), read('e'));
calls.at('2026-11-01T12:02:20Z', role('states', '203.0.113.66', forwarded), read('e'));
calls.at('2026-11-01T12:03:00Z', user('console', '198.51.100.7'), read('f'));
calls.at('2026-11-01T12:03:20Z', user('console', '203.0.113.66'), read('f'), {
  sessionCredentialFromConsole: 'true',
});
calls.at('2026-11-01T12:03:40Z', user('console', 'AWS Internal'), read('f'));

export const { records } = calls;

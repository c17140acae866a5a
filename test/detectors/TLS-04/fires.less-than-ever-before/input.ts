// Five days of TLS 1.3, then TLS 1.2: three times from the same network. On the next day the same again: told once.
// A user does it once, from a network that is new for this key.
import { callList, role, tls, user } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const TLS_12 = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_13);
calls.spread(3, '2026-11-01T13:00:00Z', '2026-11-01T13:05:00Z', role('orders-api', '10.0.1.99'), TLS_12);
calls.spread(3, '2026-11-02T13:00:00Z', '2026-11-02T13:05:00Z', role('orders-api', '10.0.1.99'), TLS_12);
calls.spread(60, '2026-10-27T00:00:30Z', '2026-11-01T12:00:30Z', user('billing'), TLS_13);
calls.at('2026-11-01T14:00:00Z', user('billing', '203.0.113.50'), TLS_12);

export const { records } = calls;

// The name of the client is new and says nothing: held against all that the principal called before. No forward secrecy, from its own network.
import { BROWSER, callList, role, tls } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const TLS_12 = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_12);
const STATIC_KEY = tls('TLSv1.2', 'AES128-GCM-SHA256');
calls.spread(3, '2026-11-01T13:00:00Z', '2026-11-01T13:05:00Z', role('orders-api'), BROWSER, STATIC_KEY);
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('carts-api'), TLS_13);
// Another tool of the same role: its name is new as well, and so is its network.
const TOOL = { userAgent: 'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/linux#6.5.0' };
calls.at('2026-11-01T14:00:00Z', role('carts-api', '203.0.113.50'), TOOL, TLS_12);

export const { records } = calls;

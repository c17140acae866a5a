import { callList, role, tls, user } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const TLS_12 = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
calls.spread(90, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_13);
calls.spread(4, '2026-10-27T00:30:00Z', '2026-11-01T00:30:00Z', role('orders-api'), TLS_12);
calls.spread(6, '2026-11-01T13:00:00Z', '2026-11-01T14:00:00Z', role('orders-api', '10.0.9.9'), TLS_12);
// One odd connection, from where it always calls; and a client that nobody knows yet.
calls.spread(90, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('carts-api'), TLS_13);
calls.spread(2, '2026-11-01T13:00:00Z', '2026-11-01T14:00:00Z', role('carts-api'), TLS_12);
calls.spread(45, '2026-10-27T00:00:00Z', '2026-10-31T12:00:00Z', user('billing'), TLS_13);
calls.spread(9, '2026-11-01T13:00:00Z', '2026-11-01T14:00:00Z', user('billing', '203.0.113.50'), TLS_12);
// Another tool on the machine of a known client.
const TOOL = { userAgent: 'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/linux#6.5.0' };
calls.spread(9, '2026-11-01T13:00:00Z', '2026-11-01T14:00:00Z', role('carts-api'), TOOL, TLS_12);

export const { records } = calls;

// HIGH: TLS 1.1 after 1.2, and a host header alone where the calls of others carry TLS details.
import { callList, HOST_ONLY, role, tls, user } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const TLS_12 = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
calls.spread(400, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_12);
calls.spread(60, '2026-10-27T00:00:10Z', '2026-11-01T12:00:10Z', role('carts-api'), TLS_12);
const TLS_11 = tls('TLSv1.1', 'ECDHE-RSA-AES128-SHA');
calls.spread(4, '2026-11-01T13:00:00Z', '2026-11-01T13:05:00Z', role('carts-api'), TLS_11);
calls.spread(60, '2026-10-27T00:00:20Z', '2026-11-01T12:00:20Z', user('billing'), TLS_13);
calls.spread(3, '2026-11-01T13:00:00Z', '2026-11-01T13:05:00Z', user('billing'), HOST_ONLY);

export const { records } = calls;

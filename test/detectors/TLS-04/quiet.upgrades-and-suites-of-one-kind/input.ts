import { callList, role, tls } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const TLS_12 = tls('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256');
const calls = callList();
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_12);
calls.spread(20, '2026-11-01T13:00:00Z', '2026-11-01T14:00:00Z', role('orders-api', '10.0.9.9'), TLS_13);
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('carts-api'), TLS_13);
for (const cipher of ['TLS_AES_256_GCM_SHA384', 'TLS_CHACHA20_POLY1305_SHA256']) {
  calls.spread(
    5,
    '2026-11-01T13:00:00Z',
    '2026-11-01T14:00:00Z',
    role('carts-api', '203.0.113.9'),
    tls('TLSv1.3', cipher),
  );
}
calls.spread(
  5,
  '2026-11-01T13:00:00Z',
  '2026-11-01T14:00:00Z',
  role('orders-api'),
  tls('TLSv1.2', 'ECDHE-RSA-AES256-GCM-SHA384'),
);

export const { records } = calls;

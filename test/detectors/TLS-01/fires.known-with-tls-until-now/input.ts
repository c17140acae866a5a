// Sixty calls over TLS in the weeks before, then three without: +0.10. Another user does the same to port 80: as sure as this rule gets.
import { callList, HOST_ONLY, PORT_80, role, user } from '../../generated-calls.ts';

const calls = callList();
calls.spread(400, '2026-10-30T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
calls.spread(60, '2026-10-08T09:00:00Z', '2026-10-29T09:00:00Z', user('billing', '198.51.100.60'));
calls.spread(3, '2026-11-01T12:00:00Z', '2026-11-01T12:03:00Z', user('billing', '198.51.100.60'), HOST_ONLY);
calls.spread(50, '2026-10-08T09:00:30Z', '2026-10-29T09:00:30Z', user('mailer', '203.0.113.61'));
calls.at('2026-11-01T12:05:00Z', user('mailer', '203.0.113.61'), PORT_80);

export const { records } = calls;

import { callList, HOST_ONLY, management, NO_TLS, PORT_80, role, tls, user } from '../../generated-calls.ts';

const calls = callList();
// So many that one exemption gone wrong would not hide another.
calls.spread(3000, '2026-10-30T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
calls.at('2026-11-01T12:00:00Z', user('once'), NO_TLS);
calls.spread(2, '2026-11-01T12:00:00Z', '2026-11-01T12:10:00Z', user('twice', '198.51.100.71'), HOST_ONLY);
// Two in one hour, two in the next.
calls.spread(4, '2026-11-01T10:20:00Z', '2026-11-01T12:20:00Z', user('hourly', '198.51.100.72'), NO_TLS);
calls.spread(5, '2026-11-01T12:00:10Z', '2026-11-01T12:10:10Z', user('old', '198.51.100.73'), PORT_80, {
  eventVersion: '1.07',
});
calls.spread(5, '2026-11-01T12:00:20Z', '2026-11-01T12:10:20Z', user('old', '198.51.100.73'), NO_TLS, {
  eventVersion: '1.05',
});
calls.spread(
  5,
  '2026-11-01T12:00:30Z',
  '2026-11-01T12:10:30Z',
  user('cipher', '198.51.100.74'),
  tls('', 'ECDHE-RSA-AES128-GCM-SHA256'),
);
calls.spread(
  5,
  '2026-11-01T12:00:40Z',
  '2026-11-01T12:10:40Z',
  user('version', '198.51.100.75'),
  tls('TLSv1.2', ''),
);
// A service that reports no TLS at all.
const models = management('bedrock', 'ListFoundationModels', null);
calls.spread(9, '2026-11-01T12:00:50Z', '2026-11-01T12:10:50Z', role('chat', '10.0.1.78'), HOST_ONLY, models);

export const { records } = calls;

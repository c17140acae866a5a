// Past the five minutes that most services allow, within the fifteen of S3: reported where the TLS client is another one, too.
import { callList, role, tls } from '../../generated-calls.ts';

const calls = callList();
const read = {
  eventSource: 's3.amazonaws.com',
  eventName: 'GetObject',
  requestParameters: { bucketName: 'orders-exports', key: 'day.csv' },
  resources: undefined,
};
calls.at(
  '2026-11-01T12:10:00Z',
  role('exports', '198.51.100.7'),
  read,
  tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256'),
);
calls.at(
  '2026-11-01T12:20:00Z',
  role('exports', '203.0.113.66'),
  read,
  tls('TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'),
);
// Exactly at the end of each window.
const second = { requestParameters: { tableName: 'Orders', key: { id: 'edge' } } };
calls.at('2026-11-01T13:00:00Z', role('edge', '198.51.100.7'), second);
calls.at('2026-11-01T13:05:00Z', role('edge', '203.0.113.66'), second);
const third = { requestParameters: { tableName: 'Orders', key: { id: 'far' } } };
calls.at('2026-11-01T14:00:00Z', role('far', '198.51.100.7'), third);
calls.at('2026-11-01T14:15:00Z', role('far', '203.0.113.66'), third, tls('TLSv1.2', 'AES128-SHA'));

export const { records } = calls;

import { callList, role, tls } from '../../generated-calls.ts';

const TLS_13 = tls('TLSv1.3', 'TLS_AES_128_GCM_SHA256');
const calls = callList();
const otherHost = (clientProvidedHostHeader: string) => ({
  tlsDetails: { tlsVersion: 'TLSv1.2', cipherSuite: 'ECDHE-RSA-AES128-GCM-SHA256', clientProvidedHostHeader },
});
calls.spread(80, '2026-10-27T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'), TLS_13);
for (const host of [
  'dynamodb-fips.us-east-1.amazonaws.com',
  'vpce-0abc1234def567890-a1b2c3d4.dynamodb.us-east-1.vpce.amazonaws.com',
  '111122223333.ddb.us-east-1.amazonaws.com',
]) {
  calls.spread(
    10,
    '2026-11-01T13:00:00Z',
    '2026-11-01T14:00:00Z',
    role('orders-api', '10.7.7.7'),
    otherHost(host),
  );
}

export const { records } = calls;

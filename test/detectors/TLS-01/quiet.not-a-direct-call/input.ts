import { BROWSER, callList, NO_TLS, role } from '../../generated-calls.ts';

const calls = callList();
// So many that one exemption gone wrong would not hide another.
calls.spread(3000, '2026-10-30T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
const thrice = (second: number, ...fields: readonly Record<string, unknown>[]) =>
  calls.spread(3, `2026-11-01T12:00:${second}Z`, `2026-11-01T12:03:${second}Z`, ...fields);

thrice(10, role('admin', '198.51.100.50'), NO_TLS, BROWSER, { sessionCredentialFromConsole: 'true' });
const byService = { identity: { invokedBy: 'backup.amazonaws.com' } };
thrice(12, role('backup', 'backup.amazonaws.com', byService), NO_TLS);
thrice(13, role('states', '10.0.1.77', { identity: { invokedBy: 'states.amazonaws.com' } }), NO_TLS);
thrice(14, role('pipeline', 'AWS Internal'), NO_TLS);
thrice(15, role('edge', 'AWS Internal/3'), NO_TLS);
const linked = { path: 'aws-service-role/replication.dynamodb.amazonaws.com/' };
thrice(16, role('AWSServiceRoleForDynamoDBReplication', '198.51.100.53', linked), NO_TLS);
const service = { userIdentity: { type: 'AWSService', invokedBy: 'dynamodb.amazonaws.com' } };
thrice(17, role('x'), NO_TLS, service, { sourceIPAddress: '198.51.100.54' });
thrice(18, role('y', '198.51.100.55'), NO_TLS, { eventType: 'AwsServiceEvent' });

export const { records } = calls;

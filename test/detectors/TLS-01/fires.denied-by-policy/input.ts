// A policy that demands aws:SecureTransport shut the door each time: LOW. Denied for want of a permission, and once not denied: no less than before.
import { callList, HOST_ONLY, PORT_80, role } from '../../generated-calls.ts';

const denied = (because: string) => ({
  errorCode: 'AccessDenied',
  errorMessage: `User is not authorized to perform: dynamodb:GetItem on resource: Orders ${because}`,
});
const explicitly = denied('with an explicit deny in a resource-based policy');
const calls = callList();
calls.spread(600, '2026-10-30T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
calls.spread(
  4,
  '2026-11-01T12:00:00Z',
  '2026-11-01T12:04:00Z',
  role('knocks', '10.0.1.30'),
  PORT_80,
  explicitly,
);
calls.spread(
  3,
  '2026-11-01T12:00:10Z',
  '2026-11-01T12:03:10Z',
  role('lets-in', '10.0.1.31'),
  HOST_ONLY,
  explicitly,
);
calls.at('2026-11-01T12:03:10Z', role('lets-in', '10.0.1.31'), HOST_ONLY);
const lacking = denied('because no identity-based policy allows the dynamodb:GetItem action');
calls.spread(
  3,
  '2026-11-01T12:00:20Z',
  '2026-11-01T12:03:20Z',
  role('lacks', '10.0.1.32'),
  HOST_ONLY,
  lacking,
);

export const { records } = calls;

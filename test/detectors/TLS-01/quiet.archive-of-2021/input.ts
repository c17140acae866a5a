import { callList, HOST_ONLY, NO_TLS, role, user } from '../../generated-calls.ts';

const calls = callList();
calls.spread(1, '2021-07-01T00:00:00Z', '2021-07-02T00:00:00Z', role('orders-api'));
calls.spread(300, '2021-07-01T00:10:00Z', '2021-07-20T00:00:00Z', role('orders-api'), NO_TLS);
calls.spread(40, '2021-07-05T00:00:20Z', '2021-07-05T06:00:00Z', role('carts-api', '10.0.1.21'), HOST_ONLY);
// Nobody else in this account, and too early for the list of AWS to count.
const elsewhere = user('legacy');
const account = {
  userIdentity: { ...(elsewhere.userIdentity as object), accountId: '444455556666' },
  recipientAccountId: '444455556666',
};
calls.spread(9, '2021-07-05T00:00:30Z', '2021-07-05T00:30:30Z', elsewhere, account, HOST_ONLY);

export const { records } = calls;

// Nothing beside the signature version is lost, or all of it; calls of a service; tlsDetails without a cipher in the other field; two only.
import { callList, role, user } from '../../generated-calls.ts';
import { NO_CIPHER, NOTHING_MORE, s3Event, TLS_DETAILS } from '../../s3-events.ts';

const calls = callList();
calls.spread(
  230,
  '2026-10-05T00:00:00Z',
  '2026-11-01T12:00:00Z',
  role('orders-api'),
  s3Event('assets', 'a.png'),
);
calls.spread(
  9,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  role('shipper'),
  s3Event('assets', 'b.png'),
  NOTHING_MORE,
);
calls.spread(
  9,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  role('web'),
  s3Event('assets', 'c.png'),
  NO_CIPHER,
  TLS_DETAILS,
);
calls.spread(
  9,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  role('query'),
  s3Event('lake', 'd'),
  NO_CIPHER,
  {
    sourceIPAddress: 'athena.amazonaws.com',
    userAgent: 'athena.amazonaws.com',
  },
);
calls.spread(
  2,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  user('ann'),
  s3Event('assets', 'e.png'),
  NO_CIPHER,
);
calls.spread(
  9,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  user('eve'),
  s3Event('assets', 'f'),
  NO_CIPHER,
  {
    eventName: 'GetBucketPolicy',
    eventCategory: 'Management',
  },
);
// Another account, in which one of ten lacks it.
const other = { recipientAccountId: '444455556666' };
const there = (name: string) => {
  const identity = (role(name).userIdentity ?? {}) as Record<string, unknown>;
  return { userIdentity: { ...identity, accountId: '444455556666' }, ...other };
};
calls.spread(270, '2026-10-05T00:00:00Z', '2026-11-01T12:00:00Z', there('app'), s3Event('assets', 'a'));
calls.spread(
  30,
  '2026-10-05T00:00:00Z',
  '2026-11-01T12:00:00Z',
  there('app'),
  s3Event('assets', 'b'),
  NO_CIPHER,
);
calls.spread(
  9,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  there('job'),
  s3Event('assets', 'c'),
  NO_CIPHER,
);

export const { records } = calls;

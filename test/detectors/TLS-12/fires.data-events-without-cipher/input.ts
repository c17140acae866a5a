// Four weeks of others with a cipher; a role and a user without, the user on Terraform state; two plain speakers do not hide each other.
import { callList, role, user } from '../../generated-calls.ts';
import { NO_CIPHER, s3Event, TLS_DETAILS } from '../../s3-events.ts';

const calls = callList();
calls.spread(
  190,
  '2026-10-05T00:00:00Z',
  '2026-11-01T12:00:00Z',
  role('orders-api'),
  s3Event('assets', 'a.png'),
);
calls.spread(
  30,
  '2026-10-05T00:00:00Z',
  '2026-11-01T12:00:00Z',
  role('web'),
  s3Event('assets', 'b.png'),
  NO_CIPHER,
  TLS_DETAILS,
);
calls.spread(
  5,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  role('batch'),
  s3Event('assets', 'c.png'),
  NO_CIPHER,
);
calls.spread(
  3,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  user('ann'),
  s3Event('infra', 'prod/terraform.tfstate'),
  NO_CIPHER,
);
calls.spread(
  3,
  '2026-11-01T12:00:00Z',
  '2026-11-01T18:00:00Z',
  user('bob'),
  s3Event('assets', 'd.png'),
  NO_CIPHER,
  {
    errorCode: 'AccessDenied',
    errorMessage: 'Access Denied',
  },
);

export const { records } = calls;

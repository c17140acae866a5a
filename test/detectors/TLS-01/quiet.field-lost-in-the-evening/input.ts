import { callList, management, NO_TLS, ordinaryWeeks, role } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls, 1500);
const identity = management('sts', 'GetCallerIdentity', null);
for (const [name, address] of [
  ['orders-api', '10.0.1.20'],
  ['carts-api', '10.0.1.21'],
  ['prices-api', '10.0.1.22'],
] as const) {
  const caller = role(name, address);
  calls.spread(40, '2026-11-01T12:00:00Z', '2026-11-01T23:00:00Z', caller);
  calls.spread(40, '2026-11-01T12:00:00Z', '2026-11-01T23:00:00Z', caller, identity);
  calls.spread(4, '2026-11-01T23:00:00Z', '2026-11-02T00:00:00Z', caller, NO_TLS);
  calls.spread(4, '2026-11-01T23:00:00Z', '2026-11-02T00:00:00Z', caller, identity, NO_TLS);
}

export const { records } = calls;

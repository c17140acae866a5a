// One principal of three goes over to plain HTTP at 23:00, for DynamoDB and for other services: the others still have TLS, so that nothing on
// the way drops the field.
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
  const later = name === 'prices-api' ? NO_TLS : {};
  calls.spread(40, '2026-11-01T12:00:00Z', '2026-11-01T23:00:00Z', caller);
  calls.spread(40, '2026-11-01T12:00:00Z', '2026-11-01T23:00:00Z', caller, identity);
  calls.spread(4, '2026-11-01T23:00:00Z', '2026-11-02T00:00:00Z', caller, later);
  calls.spread(4, '2026-11-01T23:00:00Z', '2026-11-02T00:00:00Z', caller, identity, later);
}

export const { records } = calls;

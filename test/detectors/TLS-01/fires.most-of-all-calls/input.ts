// Three principals, of which one makes six of every ten calls in plain HTTP: it does not teach the calibration that this is normal.
import { callList, HOST_ONLY, role } from '../../generated-calls.ts';

const calls = callList();
calls.spread(110, '2026-10-30T00:00:00Z', '2026-11-01T12:00:00Z', role('orders-api'));
calls.spread(110, '2026-10-30T00:00:10Z', '2026-11-01T12:00:10Z', role('carts-api', '10.0.1.21'));
calls.spread(330, '2026-11-01T10:00:00Z', '2026-11-01T12:00:00Z', role('ingest', '10.0.1.22'), HOST_ONLY);

export const { records } = calls;

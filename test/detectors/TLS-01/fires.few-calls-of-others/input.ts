// Ten calls of others do not make a calibration; since 2024 the list of AWS stands in, and the grade says weak. Nobody else calls DAX at all.
import { callList, HOST_ONLY, management, NO_TLS, ordinaryWeeks, role, user } from '../../generated-calls.ts';

const dax = management('dax', 'DescribeClusters', { clusterNames: ['orders-cache'] });
const calls = callList();
ordinaryWeeks(calls, 10);
calls.spread(3, '2026-11-01T12:00:00Z', '2026-11-01T12:03:00Z', user('legacy'), HOST_ONLY);
calls.spread(3, '2026-11-01T12:00:10Z', '2026-11-01T12:03:10Z', role('ops', '198.51.100.90'), NO_TLS, dax);

export const { records } = calls;

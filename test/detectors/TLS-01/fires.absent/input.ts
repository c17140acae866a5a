// No tlsDetails at all, three calls through a VPC endpoint; an empty object and empty or `-` values are no details either.
import { callList, NO_TLS, ordinaryWeeks, role } from '../../generated-calls.ts';

const endpoint = { vpcEndpointId: 'vpce-0abc1234def567890' };
const emptyValues = { tlsVersion: '', cipherSuite: '-', clientProvidedHostHeader: '' };
const calls = callList();
ordinaryWeeks(calls);
calls.at('2026-11-01T12:00:00Z', role('batch'), NO_TLS, endpoint);
calls.at('2026-11-01T12:10:00Z', role('batch'), { tlsDetails: {} }, endpoint);
calls.at('2026-11-01T12:59:59Z', role('batch'), { tlsDetails: emptyValues }, endpoint);

export const { records } = calls;

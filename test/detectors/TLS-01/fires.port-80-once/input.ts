// The host header of a plain-HTTP client ends in :80: one call is enough.
import { callList, ordinaryWeeks, PORT_80, role } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.at('2026-11-01T12:00:00Z', role('reports', '203.0.113.40'), PORT_80);

export const { records } = calls;

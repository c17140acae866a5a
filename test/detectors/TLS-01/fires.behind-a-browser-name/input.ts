// A client that calls itself a browser is no console: who writes the user agent chooses it.
import { BROWSER, callList, HOST_ONLY, ordinaryWeeks, user } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.spread(3, '2026-11-01T12:00:00Z', '2026-11-01T12:03:00Z', user('legacy'), HOST_ONLY, BROWSER);

export const { records } = calls;

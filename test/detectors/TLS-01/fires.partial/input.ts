// A user's key without TLS details but a host header, below the confidence at which one call would do: four in two minutes, one of them a write.
import { callList, HOST_ONLY, ordinaryWeeks, user } from '../../generated-calls.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.spread(3, '2026-11-01T12:00:00Z', '2026-11-01T12:01:30Z', user('legacy'), HOST_ONLY);
calls.at('2026-11-01T12:01:40Z', user('legacy'), HOST_ONLY, { eventName: 'PutItem', readOnly: false });

export const { records } = calls;

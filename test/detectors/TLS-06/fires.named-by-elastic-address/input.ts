// Two users called without TLS in the same minutes, one from the elastic address that the client's interface got a week before.
import { callList, management, NO_TLS, ordinaryWeeks, role, user } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const calls = callList();
ordinaryWeeks(calls);
calls.at('2026-10-24T09:00:00Z', role('deployer', '198.51.100.7', { session: 'pipeline' }), {
  ...management('ec2', 'AllocateAddress', { domain: 'vpc' }),
  responseElements: { publicIp: '203.0.113.9', domain: 'vpc', allocationId: 'eipalloc-0abc1234def567890' },
});
calls.at('2026-10-24T09:01:00Z', role('deployer', '198.51.100.7', { session: 'pipeline' }), {
  ...management('ec2', 'AssociateAddress', {
    allocationId: 'eipalloc-0abc1234def567890',
    networkInterfaceId: ORDERS.eni,
  }),
  responseElements: { _return: true, associationId: 'eipassoc-0abc1234def567890' },
});
calls.spread(5, '2026-11-01T12:00:00Z', '2026-11-01T12:05:00Z', user('importer', '203.0.113.9'), NO_TLS);
calls.spread(5, '2026-11-01T12:00:00Z', '2026-11-01T12:05:00Z', user('analyst', '192.0.2.30'), NO_TLS);

export const { records } = calls;
export const flows = flowLog(plainRequests({ ...ORDERS, path: 8 }, '2026-11-01T12:00:00Z', 5));

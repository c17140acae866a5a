// Management events only: the trail cannot say who read and wrote items.
import { callList, management, role } from '../../generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../../generated-flows.ts';

const calls = callList();
calls.at(
  '2026-11-01T12:01:00Z',
  role('deployer', '198.51.100.7', { session: 'pipeline' }),
  management('ec2', 'DescribeInstances', null),
);

export const { records } = calls;
export const flows = flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 3));

// A write counts more: deleted twice is HIGH. Put and Update show keys only, so that two different items may look alike: MEDIUM.
import { callList, role, user } from '../../generated-calls.ts';

const calls = callList();
const write = { readOnly: false };
const remove = { eventName: 'DeleteItem', requestParameters: { tableName: 'Orders', key: { id: 'o-17' } } };
calls.at('2026-11-01T12:00:00Z', role('orders-api', '198.51.100.7'), remove, write);
calls.at('2026-11-01T12:01:00Z', role('orders-api', '203.0.113.66'), remove, write);
const put = {
  eventName: 'PutItem',
  requestParameters: { tableName: 'Orders', key: { id: 'o-18' }, items: ['id', 'total'] },
};
calls.at('2026-11-01T12:10:00Z', user('importer', '198.51.100.8'), put, write);
calls.at('2026-11-01T12:10:20Z', user('importer', '203.0.113.66'), put, write);

export const { records } = calls;

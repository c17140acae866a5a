// The parameters differ in tokens only: a page token, or the token that makes a request idempotent, is no part of what was asked.
import { callList, management, role } from '../../generated-calls.ts';

const calls = callList();
const page = (token: string) =>
  management('dynamodb', 'ListContributorInsights', {
    tableName: 'Orders',
    maxResults: 100,
    nextToken: token,
  });
calls.at('2026-11-01T12:00:00Z', role('auditor', '198.51.100.7'), page('AAA'));
calls.at('2026-11-01T12:00:50Z', role('auditor', '203.0.113.66'), page('BBB'));
const transaction = (token: string) => ({
  eventName: 'TransactWriteItems',
  readOnly: false,
  requestParameters: {
    requestItems: [{ operation: 'Delete', tableName: 'Orders', key: { id: 'o-17' } }],
    clientRequestToken: token,
  },
});
calls.at('2026-11-01T12:20:00Z', role('payments', '198.51.100.7'), transaction('one'));
calls.at('2026-11-01T12:20:50Z', role('payments', '203.0.113.66'), transaction('two'));

export const { records } = calls;

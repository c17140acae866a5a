// Two objects of one account. The first was read by the wiretrail that wrote tls-of-principals-1.json, the second is read by this one:
// only together they hold three calls without TLS of a principal well known with it, and enough calls of others.

import type { SmallObject } from '../../pipeline/small-archive.ts';
import { trailRecord } from '../../records/trail-records.ts';

const START_MS = Date.parse('2026-11-01T10:00:00Z');

function call(number: number, minute: number, userName: string, over: Record<string, unknown> = {}) {
  const role = `arn:aws:iam::111122223333:role/${userName}`;
  return trailRecord({
    eventVersion: '1.11',
    eventID: `5eed0000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: new Date(START_MS + minute * 60_000 + (number % 60) * 1000).toISOString().replace('.000', ''),
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:i-0abc',
      arn: `arn:aws:sts::111122223333:assumed-role/${userName}/i-0abc`,
      accountId: '111122223333',
      accessKeyId: 'ASIAEXAMPLE',
      sessionContext: {
        sessionIssuer: { type: 'Role', arn: role, accountId: '111122223333', userName },
      },
    },
    requestParameters: { tableName: 'Orders', key: { id: `${number}` } },
    ...over,
  });
}

const calls = (count: number, from: number, userName: string) =>
  Array.from({ length: count }, (_, at) => call(from + at, 0, userName));
const plain = (number: number) => call(number, 20, 'carts-api', { tlsDetails: undefined });

export const READ_BEFORE: SmallObject = {
  name: 'before.json',
  deliveredMs: START_MS + 30 * 60_000,
  records: [...calls(190, 0, 'orders-api'), ...calls(30, 200, 'carts-api'), plain(300), plain(301)],
};
export const READ_NOW: SmallObject = {
  name: 'now.json',
  deliveredMs: START_MS + 40 * 60_000,
  records: [...calls(12, 400, 'orders-api'), ...calls(25, 500, 'carts-api'), plain(600)],
};

// Calls of one client to DynamoDB, of which only the TLS is told.

import type { CallRecord } from '../../../src/records/record.ts';
import { callRecord } from '../plain-records.ts';

let events = 0;

export function kioskCall(
  tlsDetails: Readonly<Record<string, string>>,
  changes: Readonly<Record<string, unknown>> = {},
): CallRecord {
  return callRecord({
    eventVersion: '1.11',
    eventID: `event-${++events}`,
    eventTime: '2026-11-03T03:00:00Z',
    eventSource: 'dynamodb.amazonaws.com',
    eventName: 'GetItem',
    eventType: 'AwsApiCall',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      userName: 'kiosk',
      arn: 'arn:aws:iam::111122223333:user/kiosk',
    },
    sourceIPAddress: '198.51.100.23',
    userAgent: 'Boto3/1.34.0',
    tlsDetails,
    ...changes,
  });
}

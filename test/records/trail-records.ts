// CloudTrail records for tests: a plain one to vary, and what a reader makes of some bytes.

import { createCloudTrailReader } from '../../src/records/cloudtrail-reader.ts';
import type { ObjectFacts } from '../../src/records/reader.ts';
import type { CallRecord } from '../../src/records/record.ts';

export const NO_FACTS: ObjectFacts = {
  name: 'trail.json',
  key: 'trail.json',
  deliveredMs: Number.NaN,
  account: '',
  region: '',
  modifiedMs: Number.NaN,
};

export function trailRecord(over: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    eventVersion: '1.08',
    userIdentity: {
      type: 'AssumedRole',
      principalId: 'AROAEXAMPLE:i-0abc',
      arn: 'arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc',
      accountId: '111122223333',
      accessKeyId: 'ASIAEXAMPLE',
      sessionContext: {
        sessionIssuer: {
          type: 'Role',
          arn: 'arn:aws:iam::111122223333:role/service/orders-api',
          accountId: '111122223333',
          userName: 'orders-api',
        },
      },
    },
    eventTime: '2026-10-05T12:00:00Z',
    eventSource: 'dynamodb.amazonaws.com',
    eventName: 'GetItem',
    awsRegion: 'us-east-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'Boto3/1.34 md/Botocore#1.34 ua/2.0 os/linux#6.1 lang/python#3.12',
    requestParameters: { tableName: 'Orders', key: { id: '1' } },
    responseElements: null,
    requestID: 'R1',
    eventID: '11111111-2222-3333-4444-555555555555',
    readOnly: true,
    eventType: 'AwsApiCall',
    recipientAccountId: '111122223333',
    eventCategory: 'Data',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com',
    },
    ...over,
  };
}

export interface Told {
  readonly records: Record<string, unknown>[];
  readonly skipped: string[];
  readonly unreadable: string[];
  readonly corrections: string[];
}

const FIELDS = [
  'eventId',
  'timeMs',
  'service',
  'action',
  'account',
  'recipientAccount',
  'region',
  'category',
  'readOnly',
  'principalType',
  'principal',
  'principalName',
  'sessionName',
  'keyId',
  'viaConsole',
  'ip',
  'networkClass',
  'network',
  'vpcEndpoint',
  'userAgent',
  'userAgentFamily',
  'tlsState',
  'tlsVersion',
  'tlsHost',
  'errorCode',
  'direct',
  'requestParameters',
  'responseElements',
  'locator',
  'ordinal',
] as const satisfies readonly (keyof CallRecord)[];

/** Reads `bytes` in pieces that end at `cuts` (positions), as a stream would bring them. */
export function readTrail(bytes: Buffer, cuts: readonly number[] = [], facts: ObjectFacts = NO_FACTS): Told {
  const told: Told = { records: [], skipped: [], unreadable: [], corrections: [] };
  const reader = createCloudTrailReader(facts, {
    record(record) {
      const call = record as CallRecord;
      told.records.push(Object.fromEntries(FIELDS.map((name) => [name, call[name]])));
    },
    skipped: (reason, ordinal) => told.skipped.push(`${reason}#${ordinal}`),
    unreadable: (reason, ordinal) => told.unreadable.push(`${reason}#${ordinal}`),
    correction: (eventId, locator) => told.corrections.push(`${eventId} ${locator}`),
  });
  let pending = Buffer.alloc(0);
  let from = 0;
  for (const cut of [...cuts].sort((a, b) => a - b)) {
    pending = Buffer.concat([pending, bytes.subarray(from, cut)]);
    pending = pending.subarray(reader.push(pending, pending.length, false));
    from = Math.max(from, cut);
  }
  pending = Buffer.concat([pending, bytes.subarray(from)]);
  const used = reader.push(pending, pending.length, true);
  if (used !== pending.length) throw new Error(`the last push used ${used} of ${pending.length} bytes`);
  return told;
}

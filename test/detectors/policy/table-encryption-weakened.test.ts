import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tableEncryptionWeakened } from '../../../src/detectors/policy/table-encryption-weakened.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { callRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = '9999abcd-12ab-34cd-56ef-1234567890ab';
let events = 0;
function call(eventName: string, requestParameters: unknown, changes: object = {}): CallRecord {
  return callRecord(
    {
      eventID: `event-${String(++events).padStart(6, '0')}`,
      eventTime: '2026-11-03T02:00:00Z',
      eventSource: 'dynamodb.amazonaws.com',
      eventName,
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'dana' },
      sourceIPAddress: '198.51.100.23',
      requestParameters,
      ...changes,
    },
    { locator: `trail.json#${events}` },
  );
}
const update = (sSESpecification: unknown, changes: object = {}): CallRecord =>
  call('UpdateTable', { tableName: 'Orders', sSESpecification }, changes);
const told = (...calls: CallRecord[]) =>
  plainReplay([tableEncryptionWeakened], calls).findings.map(({ severity, confidence }) => [
    severity,
    confidence,
  ]);
const ofCustomer = (key = KEY) => update({ enabled: true, sSEType: 'KMS', kMSMasterKeyId: key });
const ofAws = () => update({ enabled: true });
const off = (changes: object = {}) => update({ enabled: false }, changes);

test.each([
  ['a customer’s key left', () => [ofCustomer(), off()], [['MEDIUM', 0.95]]],
  ['a customer’s key for the one that AWS manages', () => [ofCustomer(), ofAws()], [['MEDIUM', 0.95]]],
  ['the alias of that one', () => [ofCustomer(), ofCustomer('alias/aws/dynamodb')], [['MEDIUM', 0.95]]],
  ['the key that AWS manages left', () => [ofAws(), off()], [['LOW', 0.95]]],
  ['another key of the customer', () => [ofCustomer(), ofCustomer(OTHER)], [['LOW', 0.95]]],
  [
    'the same by its ARN',
    () => [ofCustomer(), ofCustomer(`arn:aws:kms:us-east-1:111122223333:key/${KEY}`)],
    [],
  ],
  ['nothing known', () => [off()], [['MEDIUM', 0.8]]],
  ['off where it was off', () => [call('CreateTable', { tableName: 'Orders' }), off()], []],
  ['a better key', () => [off({ errorCode: 'LimitExceededException' }), ofCustomer()], [['LOW', 0.8]]],
  ['a refused call', () => [ofCustomer(), off({ errorCode: 'AccessDenied' })], [['LOW', 0.95]]],
  [
    'a restored table begins with its own key',
    () => [
      call('RestoreTableFromBackup', {
        targetTableName: 'Orders',
        sSESpecificationOverride: { enabled: true, kMSMasterKeyId: KEY },
      }),
      off(),
    ],
    [['MEDIUM', 0.95]],
  ],
])('%s', (_, calls, expected) => {
  expect(told(...calls())).toEqual(expected);
});

test('any order and split, and parameters of any kind', () => {
  const one = fc
    .record({
      name: fc.constantFrom('UpdateTable', 'CreateTable', 'RestoreTableToPointInTime', 'GetItem'),
      enabled: fc.oneof(fc.boolean(), fc.jsonValue()),
      key: fc.oneof(fc.constantFrom(KEY, OTHER), fc.jsonValue()),
      errorCode: fc.constantFrom('', '', 'AccessDenied'),
      day: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ name, enabled, key, errorCode, day }) => {
      const specification = { enabled, kMSMasterKeyId: key };
      return call(
        name,
        {
          tableName: 'Orders',
          targetTableName: 'Orders',
          [name.startsWith('Restore') ? 'sSESpecificationOverride' : 'sSESpecification']: specification,
        },
        { errorCode, eventTime: `2026-11-0${day}T02:00:00Z` },
      );
    });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.nat(12), (calls, turn) => {
      const turned = [...calls.slice(turn), ...calls.slice(0, turn)];
      const whole = plainReplay([tableEncryptionWeakened], calls).findings;
      const parts = batchReplay([tableEncryptionWeakened], [turned.slice(0, 5), turned.slice(5)]).findings;
      const sorted = (findings: typeof whole): string[] =>
        findings.map((each) => JSON.stringify(each)).sort();
      expect(sorted(parts)).toEqual(sorted(whole));
    }),
    { numRuns: 40 },
  );
});

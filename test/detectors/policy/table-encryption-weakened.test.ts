import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tableEncryptionWeakened } from '../../../src/detectors/policy/table-encryption-weakened.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, trailCall } from './trail-calls.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const OTHER = '9999abcd-12ab-34cd-56ef-1234567890ab';
const call = (eventName: string, requestParameters: unknown, changes: object = {}): CallRecord =>
  trailCall('dynamodb', eventName, requestParameters, changes);
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
  expectFoldLaws(tableEncryptionWeakened, one);
});

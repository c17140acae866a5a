import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyRotationOff } from '../../../src/detectors/policy/key-rotation-off.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const ARN = `arn:aws:kms:us-east-1:111122223333:key/${KEY}`;
const off = (changes: object = {}) => trailCall('kms', 'DisableKeyRotation', { keyId: KEY }, changes);
const on = (rotationPeriodInDays?: number, changes: object = {}) =>
  trailCall('kms', 'EnableKeyRotation', { keyId: KEY, rotationPeriodInDays }, changes);
const before = { eventTime: '2026-10-20T02:00:00Z' };
const table = (kMSMasterKeyId: string, changes: object = before) =>
  trailCall(
    'dynamodb',
    'UpdateTable',
    { tableName: 'Orders', sSESpecification: { kMSMasterKeyId } },
    changes,
  );

test.each<[string, CallRecord[], (readonly [string, number])[]]>([
  ['a key of unknown use', [off()], [['LOW', 0.8]]],
  ['a key that was rotated', [on(undefined, before), off()], [['LOW', 0.95]]],
  ['the key of a table', [table(KEY), off()], [['MEDIUM', 0.8]]],
  ['by its ARN', [table(ARN), off()], [['MEDIUM', 0.8]]],
  ['by an alias that the answer does not resolve', [table('alias/orders'), off()], [['LOW', 0.8]]],
  ['of a table long ago', [table(KEY, { eventTime: '2026-09-01T02:00:00Z' }), off()], [['LOW', 0.8]]],
  [
    'of a table that did not take it',
    [table(KEY, { ...before, errorCode: 'AccessDenied' }), off()],
    [['LOW', 0.8]],
  ],
  [
    'of a trail in another account',
    [
      trailCall(
        'cloudtrail',
        'CreateTrail',
        { name: 'main', kmsKeyId: ARN },
        { ...before, recipientAccountId: '444455556666' },
      ),
      off(),
    ],
    [['MEDIUM', 0.8]],
  ],
  [
    'of a log group',
    [trailCall('logs', 'CreateLogGroup', { logGroupName: '/a', kmsKeyId: ARN }), off()],
    [['MEDIUM', 0.8]],
  ],
  ['a refused call', [table(KEY), off({ errorCode: 'AccessDenied' })], [['LOW', 0.8]]],
  ['a long period', [on(2560)], [['INFO', 0.95]]],
  ['a long period, told twice', [on(2560, before), on(2560)], [['INFO', 0.95]]],
  ['a short period', [on(90)], []],
  ['switched off twice', [off(before), off()], [['LOW', 0.8]]],
])('%s', (_, calls, expected) => {
  expect(toldOf(keyRotationOff, calls)).toEqual(expected);
});

test('says what the key serves, with the call that says so', () => {
  const [finding] = plainReplay([keyRotationOff], [table(KEY), off()]).findings;
  expect(finding!.summary).toContain('With it are encrypted: table Orders.');
  expect(finding!.evidence.map(({ fields }) => fields.action)).toEqual(['UpdateTable', 'DisableKeyRotation']);
});

test('any order and split, and parameters of any kind', () => {
  const key = fc.oneof(fc.constantFrom(KEY, ARN), fc.jsonValue());
  const operation = fc.constantFrom(
    ['kms', 'DisableKeyRotation'],
    ['kms', 'EnableKeyRotation'],
    ['kms', 'CreateGrant'],
    ['dynamodb', 'UpdateTable'],
    ['logs', 'AssociateKmsKey'],
  );
  expectFoldLaws(
    keyRotationOff,
    fc
      .record({ operation, key, other: fc.jsonValue(), errorCode: someError, eventTime: someTime })
      .map(({ operation: [service, name], key: keyId, other, errorCode, eventTime }) =>
        trailCall(
          service!,
          name!,
          {
            keyId,
            kmsKeyId: keyId,
            tableName: 'Orders',
            logGroupName: '/a',
            rotationPeriodInDays: other,
            granteePrincipal: 'dynamodb.us-east-1.amazonaws.com',
            constraints: { encryptionContextSubset: other },
            sSESpecification: { kMSMasterKeyId: keyId, enabled: other },
          },
          { errorCode, eventTime },
        ),
      ),
  );
});

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dataLeaves } from '../../../src/detectors/policy/data-leaves.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { expectFoldLaws, someError, someTime, toldOf, trailCall } from './trail-calls.ts';

const FOREIGN = '444455556666';
const ORDERS = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders';
const on = (day: number, changes: object = {}) => ({
  eventTime: `2026-11-${String(day).padStart(2, '0')}T03:00:00Z`,
  ...changes,
});
const inEurope = (day: number) => on(day, { awsRegion: 'eu-west-1' });
const by = (userName: string, more: object = {}) => ({
  userIdentity: { type: 'IAMUser', accountId: '111122223333', userName, ...more },
});
const exported = (s3Bucket: string, more: object = {}, changes: object = on(10)) =>
  trailCall('dynamodb', 'ExportTableToPointInTime', { tableArn: ORDERS, s3Bucket, ...more }, changes);
const away = { s3BucketOwner: FOREIGN };
const copied = (account: string, recoveryPointArn: string, changes: object = on(10)) =>
  trailCall(
    'backup',
    'StartCopyJob',
    { recoveryPointArn, destinationBackupVaultArn: `arn:aws:backup:us-east-1:${account}:backup-vault:v` },
    changes,
  );
const sent = (account: string) =>
  trailCall('dynamodb', 'EnableKinesisStreamingDestination', {
    tableName: 'Orders',
    streamArn: `arn:aws:kinesis:us-east-1:${account}:stream/s`,
  });
const update = (parts: object, changes: object = on(10)) =>
  trailCall('dynamodb', 'UpdateTable', { tableName: 'Orders', ...parts }, changes);
const stream = (streamViewType: string) =>
  update({ streamSpecification: { streamEnabled: true, streamViewType } });
const customerKey = update({ sSESpecification: { enabled: true, kMSMasterKeyId: 'k' } }, on(1));

test.each<[string, CallRecord[], (readonly [string, number])[]]>([
  ['to its own account', [exported('a')], [['INFO', 0.5]]],
  ['to its own account, by its number', [exported('a', { s3BucketOwner: '111122223333' })], [['INFO', 0.5]]],
  ['to another account', [exported('a', away)], [['MEDIUM', 0.9]]],
  ['every night', [1, 2, 3, 4].map((day) => exported('a', away, on(day))), [['MEDIUM', 0.9]]],
  [
    'every month',
    [exported('a', away, { eventTime: '2026-10-01T03:00:00Z' }), exported('a', away, on(1))],
    [['MEDIUM', 0.9]],
  ],
  [
    'after nights elsewhere',
    [exported('own', {}, on(8)), exported('a', away)],
    [
      ['INFO', 0.5],
      ['HIGH', 0.9],
    ],
  ],
  [
    'to a new bucket after nights elsewhere',
    [exported('own', {}, on(8)), exported('other')],
    [
      ['INFO', 0.5],
      ['LOW', 0.7],
    ],
  ],
  [
    'by somebody else',
    [exported('a', away, on(8, by('job'))), exported('a', away, on(9, by('eve')))],
    [
      ['MEDIUM', 0.9],
      ['LOW', 0.7],
    ],
  ],
  [
    'the job goes on in a second region',
    [8, 9].flatMap((day) => [
      exported('a', away, on(day)),
      ...(day === 8 ? [] : [exported('a', away, inEurope(day))]),
    ]),
    [
      ['MEDIUM', 0.9],
      ['LOW', 0.7],
    ],
  ],
  [
    'in a second region every night: once',
    [exported('a', away, on(7)), ...[8, 9, 10].map((day) => exported('a', away, inEurope(day)))],
    [
      ['MEDIUM', 0.9],
      ['LOW', 0.7],
    ],
  ],
  [
    'to its own bucket from a second region',
    [exported('a', {}, on(8)), exported('a', {}, inEurope(9))],
    [['INFO', 0.5]],
  ],
  [
    'backups to the same vault from a second region',
    [
      copied(FOREIGN, 'arn:aws:backup:us-east-1:111122223333:recovery-point:x', on(8)),
      copied(FOREIGN, 'arn:aws:backup:eu-west-1:111122223333:recovery-point:y', inEurope(9)),
    ],
    [
      ['MEDIUM', 0.6],
      ['LOW', 0.7],
    ],
  ],
  [
    'to another bucket of an account that had some before',
    [exported('a', away, on(8)), exported('b', away, inEurope(9))],
    [
      ['MEDIUM', 0.9],
      ['MEDIUM', 0.9],
    ],
  ],
  [
    'to a third account, from a second region',
    [exported('a', away, on(8)), exported('b', { s3BucketOwner: '777788889999' }, inEurope(9))],
    [
      ['MEDIUM', 0.9],
      ['HIGH', 0.9],
    ],
  ],
  [
    'an attempt from one region teaches nothing about another',
    [exported('a', away, on(8, { errorCode: 'AccessDenied' })), exported('a', away, inEurope(9))],
    [
      ['LOW', 0.9],
      ['MEDIUM', 0.9],
    ],
  ],
  [
    'streams of one name are others in every region',
    [stream('NEW_IMAGE'), update({ streamSpecification: { streamEnabled: true } }, inEurope(11))],
    [
      ['LOW', 0.5],
      ['LOW', 0.7],
    ],
  ],
  ['refused', [exported('a', away, on(10, { errorCode: 'AccessDenied' }))], [['LOW', 0.9]]],
  ['refused, to its own account', [exported('a', {}, on(10, { errorCode: 'AccessDenied' }))], []],
  [
    'refused, then done: an attempt teaches nothing',
    [exported('a', away, on(8, { errorCode: 'AccessDenied' })), exported('a', away)],
    [
      ['LOW', 0.9],
      ['MEDIUM', 0.9],
    ],
  ],
  [
    'a known job that fails',
    [exported('a', away, on(8)), exported('a', away, on(9, { errorCode: 'LimitExceededException' }))],
    [['MEDIUM', 0.9]],
  ],
  [
    'by a pipeline',
    [exported('a', away, on(10, by('dana', { invokedBy: 'cloudformation.amazonaws.com' })))],
    [['LOW', 0.9]],
  ],
  ['changes to another account', [sent(FOREIGN)], [['MEDIUM', 0.9]]],
  ['changes to its own', [sent('111122223333')], [['LOW', 0.5]]],
  ['a stream of items', [stream('NEW_IMAGE')], [['LOW', 0.5]]],
  ['a stream of keys', [stream('KEYS_ONLY')], [['INFO', 0.5]]],
  ['a stream that is off', [update({ streamSpecification: { streamEnabled: false } })], []],
  ['a backup to another account', [copied(FOREIGN, `${ORDERS}/backup/0154-c8b6`)], [['MEDIUM', 0.9]]],
  [
    'a backup of the backup service',
    [copied(FOREIGN, 'arn:aws:backup:us-east-1:111122223333:recovery-point:x')],
    [['MEDIUM', 0.6]],
  ],
  ['a snapshot', [copied(FOREIGN, 'arn:aws:ec2:us-east-1::snapshot/snap-1')], []],
  ['a backup within the account', [copied('111122223333', `${ORDERS}/backup/0154-c8b6`)], []],
  [
    'a plan that copies',
    [
      trailCall('backup', 'CreateBackupPlan', {
        backupPlan: {
          rules: [
            {
              copyActions: [
                { destinationBackupVaultArn: `arn:aws:backup:us-east-1:${FOREIGN}:backup-vault:v` },
              ],
            },
          ],
        },
      }),
    ],
    [['MEDIUM', 0.6]],
  ],
  [
    'a restore from another region',
    [
      trailCall('dynamodb', 'RestoreTableToPointInTime', {
        sourceTableArn: ORDERS.replace('us-east-1', 'eu-west-1'),
        targetTableName: 'Copy',
      }),
    ],
    [['LOW', 0.5]],
  ],
  [
    'a restore',
    [trailCall('dynamodb', 'RestoreTableToPointInTime', { sourceTableArn: ORDERS, targetTableName: 'Copy' })],
    [],
  ],
])('%s', (_, calls, expected) => {
  expect(toldOf(dataLeaves, calls)).toEqual(expected);
});

const belowKey = (calls: readonly CallRecord[]) =>
  plainReplay([dataLeaves], calls)
    .findings.filter(({ evidenceKey }) => evidenceKey === 'weaker export')
    .map(({ severity, timeMs }) => [severity, new Date(timeMs).getUTCDate()]);
const withKeysOfS3 = (day: number) => exported('own', { s3SseAlgorithm: 'AES256' }, on(day));

test('an export below the key of its table is told once', () => {
  expect(belowKey([customerKey, withKeysOfS3(10), withKeysOfS3(11), withKeysOfS3(12)])).toEqual([
    ['MEDIUM', 10],
  ]);
  expect(belowKey([withKeysOfS3(10)])).toEqual([]);
  expect(belowKey([customerKey, exported('own')])).toEqual([]);
  expect(
    belowKey([customerKey, update({ sSESpecification: { enabled: false } }, on(5)), withKeysOfS3(10)]),
  ).toEqual([]);
});

test('names the table and the account', () => {
  const [finding] = plainReplay([dataLeaves], [exported('drop', away)]).findings;
  expect(finding!.title).toBe(`bucket drop of account ${FOREIGN}: table data exported to it in us-east-1`);
  expect(finding!.summary).toContain('Of table Orders.');
});

test('any order and split, and parameters of any kind', () => {
  const account = fc.constantFrom(FOREIGN, '111122223333', '');
  expectFoldLaws(
    dataLeaves,
    fc
      .record({
        name: fc.constantFrom(
          'ExportTableToPointInTime',
          'EnableKinesisStreamingDestination',
          'UpdateTable',
          'RestoreTableToPointInTime',
        ),
        account,
        any: fc.jsonValue(),
        user: fc.constantFrom('dana', 'eve'),
        errorCode: someError,
        eventTime: someTime,
        awsRegion: fc.constantFrom('us-east-1', 'eu-west-1'),
      })
      .map(({ name, account, any, user, errorCode, eventTime, awsRegion }) =>
        trailCall(
          'dynamodb',
          name,
          {
            tableArn: ORDERS,
            tableName: 'Orders',
            targetTableName: 'Copy',
            sourceTableArn: any,
            s3Bucket: 'a',
            s3BucketOwner: account,
            s3SseAlgorithm: 'AES256',
            streamArn: `arn:aws:kinesis:us-east-1:${account}:stream/s`,
            streamSpecification: { streamEnabled: true, streamViewType: any },
            sSESpecification: { enabled: any, kMSMasterKeyId: 'k' },
          },
          { errorCode, eventTime, awsRegion, ...by(user) },
        ),
      ),
  );
});

import { expect, test } from 'vitest';
import { rootUsed } from '../../../src/detectors/anomaly/root-used.ts';
import { callRecord } from '../plain-records.ts';
import { plainReplay } from '../plain-replay.ts';

let events = 0;
function root(
  changes: object = {},
  identity: object = {},
  networkClass: 'public' | 'aws-internal' | 'aws-service' = 'public',
) {
  const event = {
    eventID: `event-${++events}`,
    eventTime: '2026-11-03T03:00:00Z',
    eventSource: 'iam.amazonaws.com',
    eventName: 'CreateUser',
    eventType: 'AwsApiCall',
    awsRegion: 'us-east-1',
    recipientAccountId: '111122223333',
    userIdentity: {
      type: 'Root',
      accountId: '111122223333',
      arn: 'arn:aws:iam::111122223333:root',
      ...identity,
    },
    sourceIPAddress: '198.51.100.23',
    ...changes,
  };
  return callRecord(event, { networkClass });
}
const find = (...calls: ReturnType<typeof root>[]) => plainReplay([rootUsed], calls).findings;
const LONG_TERM = `${'AK'}IAEXAMPLEROOT`;
const SESSION = `${'AS'}IAEXAMPLEROOT`;

test.each([
  ['a session', root({}, { accessKeyId: SESSION }), ['HIGH']],
  ['a long-term key', root({}, { accessKeyId: LONG_TERM }), ['CRITICAL']],
  ['the console', root({ sessionCredentialFromConsole: 'true' }), ['HIGH']],
  ['the console of earlier years', root({}, { invokedBy: 'signin.amazonaws.com' }), ['HIGH']],
  ['a denied call', root({ errorCode: 'AccessDenied' }), ['HIGH']],
  ['an old record without eventType', root({ eventType: undefined }), ['HIGH']],
  ['AWS Internal with a long-term key', root({}, { accessKeyId: LONG_TERM }, 'aws-internal'), ['CRITICAL']],
  ['AWS Internal', root({}, { accessKeyId: SESSION }, 'aws-internal'), []],
  ['a service by its name', root({}, {}, 'aws-service'), []],
  ['a service for root', root({}, { invokedBy: 'support.amazonaws.com' }), []],
  ['a sign-in', root({ eventType: 'AwsConsoleSignIn', eventName: 'ConsoleLogin' }), []],
  ['a service event', root({ eventType: 'AwsServiceEvent' }), []],
  ['a user of that name', root({}, { type: 'IAMUser', userName: 'root' }), []],
])('%s', (_, call, severities) => {
  expect(find(call).map((finding) => finding.severity)).toEqual(severities);
});

test('one finding an account and hour, with its actions', () => {
  const found = find(
    root(),
    root({ eventName: 'CreateAccessKey' }, { accessKeyId: LONG_TERM }),
    root({ eventTime: '2026-11-03T04:00:00Z' }),
    root({ recipientAccountId: '999999999999' }, { accountId: '999999999999' }),
  );
  expect(found.map((finding) => [finding.account, finding.severity, finding.count]).sort()).toEqual([
    ['111122223333', 'CRITICAL', 2],
    ['111122223333', 'HIGH', 1],
    ['999999999999', 'HIGH', 1],
  ]);
  expect(found.find((finding) => finding.count === 2)!.summary).toContain(
    'iam:CreateAccessKey, iam:CreateUser',
  );
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deniedSweep } from '../../../src/detectors/anomaly/denied-sweep.ts';
import type { Draft, JudgeContext } from '../../../src/detectors/detector.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { foldAll, foldInParts, judgeAlone, splits } from '../fold-laws.ts';
import { callRecord } from '../plain-records.ts';
import { plainReplay, testSettings } from '../plain-replay.ts';

const NINE = Date.UTC(2026, 10, 3, 9);
const ACTIONS = [
  'ListBuckets',
  'ListUsers',
  'DescribeInstances',
  'ListKeys',
  'ListSecrets',
  'ListTables',
  'ListTopics',
  'ListQueues',
  'ListRoles',
];

let events = 0;
function call(second: number, given: { action?: string; error?: string; ip?: string } = {}): CallRecord {
  return callRecord(
    {
      eventID: `event-${++events}`,
      eventTime: new Date(NINE + second * 1000).toISOString(),
      eventSource: 'iam.amazonaws.com',
      eventName: given.action ?? 'GetUser',
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'ci' },
      sourceIPAddress: given.ip ?? '203.0.113.77',
      ...(given.error === undefined ? {} : { errorCode: given.error }),
    },
    { locator: `trail.json#${events}` },
  );
}
/** `count` denials of `kinds` actions, evenly from `from` to `to` (seconds after nine). */
function denials(
  count: number,
  kinds: number,
  from: number,
  to: number,
  ip?: string,
  error = 'AccessDenied',
): CallRecord[] {
  return Array.from({ length: count }, (_, index) =>
    call(from + Math.floor((index * (to - from)) / count), {
      action: ACTIONS[index % kinds]!,
      error,
      ...(ip === undefined ? {} : { ip }),
    }),
  );
}
const find = (calls: readonly CallRecord[]) => plainReplay([deniedSweep], calls).findings;

describe('the thresholds', () => {
  test.each([
    ['20 denials of 8 actions in 10 minutes', denials(20, 8, 0, 600), 1],
    ['19 denials', denials(19, 8, 0, 600), 0],
    ['7 actions', denials(40, 7, 0, 600), 0],
    ['20 denials in 12 minutes', denials(20, 8, 0, 720), 0],
    [
      'as many allowed calls',
      [...denials(20, 8, 0, 600), ...Array.from({ length: 20 }, (_, i) => call(i * 30))],
      1,
    ],
    [
      'one allowed call more',
      [...denials(20, 8, 0, 600), ...Array.from({ length: 21 }, (_, i) => call(i * 28))],
      0,
    ],
  ])('%s', (_, calls, expected) => {
    expect(find(calls)).toHaveLength(expected);
  });

  test.each([
    'AccessDenied',
    'AccessDeniedException',
    'UnauthorizedOperation',
    'Client.UnauthorizedOperation',
    'AuthorizationError',
  ])('%s is a denial', (error) => {
    expect(find(denials(20, 8, 0, 300, undefined, error))).toHaveLength(1);
  });
  test.each([
    'ThrottlingException',
    'ResourceNotFoundException',
    'ExpiredToken',
    'InvalidClientTokenId',
    'DryRunOperation',
  ])('%s is none', (error) => {
    expect(find(denials(20, 8, 0, 300, undefined, error))).toEqual([]);
  });
});

describe('across the hour', () => {
  test.each([
    ['half before, half after', 3300, 3900],
    ['mostly before', 3010, 3610],
    ['mostly after', 3590, 4190],
  ])('a sweep %s is found exactly once, with all its calls', (_, from, to) => {
    const found = find(denials(24, 9, from, to));
    expect(found.map((finding) => finding.count)).toEqual([24]);
  });

  test('one that the hour before found, and that runs out in this one, is not found again', () => {
    const found = find([...denials(30, 9, 3300, 3599), ...denials(6, 6, 3600, 3660)]);
    expect(found.map((finding) => finding.count)).toEqual([30]);
  });

  test('two sweeps with quiet between them are two', () => {
    expect(find([...denials(24, 9, 600, 900), ...denials(24, 9, 3300, 3900)])).toHaveLength(2);
  });
});

describe('a new network', () => {
  const sweep = denials(24, 9, 1200, 1500, '203.0.113.77');
  test('is one where the principal had not been, while it worked elsewhere', () => {
    expect(find([call(0, { ip: '198.51.100.2' }), ...sweep])[0]).toMatchObject({
      severity: 'HIGH',
      confidence: 0.9,
    });
    expect(find([call(-3000, { ip: '198.51.100.2' }), ...sweep])[0]).toMatchObject({ severity: 'HIGH' });
  });
  test('is none where it had been, or where nothing is known of before', () => {
    expect(
      find([call(0, { ip: '198.51.100.2' }), call(60, { ip: '203.0.113.9' }), ...sweep])[0],
    ).toMatchObject({ severity: 'MEDIUM' });
    expect(find(sweep)[0]).toMatchObject({ severity: 'MEDIUM', confidence: 0.75 });
    expect(find([...sweep, call(1800, { ip: '198.51.100.2' })])[0]).toMatchObject({ severity: 'MEDIUM' });
  });
});

test('order and split of calls change no judgement, and a sweep is found in the hour in which it ends', () => {
  const fold = deniedSweep.folds[0]!;
  const observation = fc
    .record({
      second: fc.nat(899),
      kind: fc.nat(ACTIONS.length - 1),
      denied: fc.nat(4),
      network: fc.constantFrom('198.51.100.0/24', '203.0.113.0/24'),
    })
    .map(({ second, kind, denied, network }) => ({
      timeMs: NINE + second * 1000,
      network,
      denied:
        denied === 0
          ? null
          : {
              action: ACTIONS[kind]!,
              evidence: {
                source: 'cloudtrail' as const,
                locator: `trail.json#${second}`,
                eventId: `event-${second}-${kind}-${denied}-${network}`,
                time: new Date(NINE + second * 1000).toISOString(),
                fields: { account: '111122223333', action: ACTIONS[kind]! },
              },
            },
    }));
  fc.assert(
    fc.property(splits(observation, 80), splits(observation, 20), ({ whole, parts }, earlier) => {
      const judge = (hour: unknown, before: unknown): readonly Draft[] => {
        const context: JudgeContext = { settings: testSettings, read: () => before as never };
        return fold.judge!('user:111122223333:ci', 1, hour, context);
      };
      const before = foldAll(fold, earlier.whole);
      expect(judge(foldInParts(fold, parts), foldInParts(fold, earlier.parts))).toEqual(
        judge(foldAll(fold, whole), before),
      );
      expect(fold.judge!('user:111122223333:ci', 1, foldInParts(fold, parts), judgeAlone)).toEqual(
        judge(foldAll(fold, whole), null),
      );
    }),
    { numRuns: 60 },
  );
});

test('the summary of a busy principal stays small', () => {
  const fold = deniedSweep.folds[0]!;
  const hour = foldAll(
    fold,
    Array.from({ length: 20_000 }, (_, index) => ({
      timeMs: NINE + index * 150,
      network: `198.51.${index % 200}.0/24`,
      denied: null,
    })),
  );
  expect(JSON.stringify(hour).length).toBeLessThan(6_000);
});

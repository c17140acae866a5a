import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { DetectorSettings } from '../../../src/detectors/detector.ts';
import { plainActionName } from '../../../src/detectors/plain-action.ts';
import { coverageOf } from '../../../src/detectors/policy/event-selectors.ts';
import { monitoringWeakened } from '../../../src/detectors/policy/monitoring-weakened.ts';
import { settingOf } from '../../../src/detectors/policy/selector-history.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { foldAll, foldInParts, judgeAlone, splits } from '../fold-laws.ts';
import { plainReplay, testSettings } from '../plain-replay.ts';
import { trailCall as call } from './trail-calls.ts';

const own = (...ownResources: string[]): DetectorSettings => ({ ...testSettings, ownResources });
const find = (settings: DetectorSettings, ...calls: CallRecord[]) =>
  plainReplay([monitoringWeakened], calls, settings).findings;
const severities = (settings: DetectorSettings, ...calls: CallRecord[]) =>
  find(settings, ...calls).map((finding) => finding.severity);

test.each([
  ['DeleteFunction20150331', 'DeleteFunction'],
  ['UpdateFunctionConfiguration20150331v2', 'UpdateFunctionConfiguration'],
  ['PutFunctionConcurrency20171031', 'PutFunctionConcurrency'],
  ['DeleteTrail', 'DeleteTrail'],
  ['ListObjectsV2', 'ListObjectsV2'],
  ['Describe20150331x', 'Describe20150331x'],
  ['', ''],
])('%s is %s', (action, name) => {
  expect(plainActionName(action)).toBe(name);
});

describe('severity', () => {
  const stop = (changes: object = {}): CallRecord =>
    call('cloudtrail', 'StopLogging', { name: 'org-trail' }, changes);
  const byStack = {
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      userName: 'dana',
      invokedBy: 'cloudformation.amazonaws.com',
    },
  };

  test('HIGH; CRITICAL on what is ours; LOW when it failed, even on ours', () => {
    expect(severities(testSettings, stop())).toEqual(['HIGH']);
    expect(severities(own('org-trail'), stop())).toEqual(['CRITICAL']);
    expect(severities(own('org-trail'), stop({ errorCode: 'AccessDenied' }))).toEqual(['LOW']);
  });
  test('one step lower through a service, and said', () => {
    const [finding] = find(testSettings, stop(byStack));
    expect(finding).toMatchObject({ severity: 'MEDIUM' });
    expect(finding!.why.join()).toContain('cloudformation.amazonaws.com');
    expect(severities(own('org-trail'), stop(byStack))).toEqual(['HIGH']);
  });
  test('a failed and a successful call of one day are one finding, as severe as the successful one', () => {
    const found = find(testSettings, stop({ errorCode: 'ThrottlingException' }), stop());
    expect(found.map((finding) => [finding.severity, finding.count])).toEqual([['HIGH', 2]]);
  });
  test('the floor is the configured one', () => {
    const put = call('logs', 'PutRetentionPolicy', {
      logGroupName: '/aws/vpc-flow-logs',
      retentionInDays: 30,
    });
    expect(severities({ ...testSettings, minimumRetentionDays: 30 }, put)).toEqual([]);
    expect(severities({ ...testSettings, minimumRetentionDays: 31 }, put)).toEqual(['HIGH']);
  });
});

test('parameters of any kind are read without a word', () => {
  const odd = fc.oneof(fc.jsonValue(), fc.constant(null));
  const actions = [
    'StopLogging',
    'UpdateTrail',
    'PutEventSelectors',
    'PutInsightSelectors',
    'DeleteFlowLogs',
    'CreateFlowLogs',
    'PutRetentionPolicy',
    'PutBucketNotification',
    'DisableRule',
  ];
  const name = fc.constantFrom(
    'name',
    'trailName',
    'eventSelectors',
    'advancedEventSelectors',
    'CreateFlowLogsRequest',
    'NotificationConfiguration',
    'retentionInDays',
    'logGroupName',
  );
  fc.assert(
    fc.property(
      fc.constantFrom('cloudtrail', 'ec2', 'logs', 's3', 'events'),
      fc.constantFrom(...actions),
      fc.dictionary(name, odd),
      (service, action, parameters) => {
        expect(() => find(own('x'), call(service, action, parameters))).not.toThrow();
      },
    ),
    { numRuns: 300 },
  );
});

describe('event selectors', () => {
  const FULL = [
    { fieldSelectors: [{ field: 'eventCategory', equals: ['Management'] }] },
    {
      fieldSelectors: [
        { field: 'eventCategory', equals: ['Data'] },
        { field: 'resources.type', equals: ['AWS::DynamoDB::Table'] },
      ],
    },
  ];
  const put = (eventTime: string, selectors: object[], changes: object = {}): CallRecord =>
    call(
      'cloudtrail',
      'PutEventSelectors',
      { trailName: 'org-trail', advancedEventSelectors: selectors },
      { eventTime, ...changes },
    );
  const MANAGEMENT_ONLY = FULL.slice(0, 1);

  test('what a trail kept within thirty days decides between HIGH and MEDIUM', () => {
    const drop = put('2026-11-03T02:00:00Z', MANAGEMENT_ONLY);
    expect(severities(testSettings, put('2026-10-04T02:00:00Z', FULL), drop)).toEqual(['HIGH']);
    expect(severities(testSettings, put('2026-10-03T02:00:00Z', FULL), drop)).toEqual(['MEDIUM']);
    expect(severities(testSettings, put('2026-11-03T01:00:00Z', FULL), drop)).toEqual(['HIGH']);
    expect(severities(testSettings, put('2026-11-03T03:00:00Z', FULL), drop)).toEqual(['MEDIUM']);
  });
  test('a trail that never kept them loses nothing when that is said again', () => {
    const twice = [
      put('2026-11-03T02:00:00Z', MANAGEMENT_ONLY),
      put('2026-11-04T02:00:00Z', MANAGEMENT_ONLY),
    ];
    expect(severities(testSettings, ...twice)).toEqual(['MEDIUM']);
  });
  test('a failed call is an attempt and no history', () => {
    const failed = put('2026-11-03T01:00:00Z', FULL, { errorCode: 'AccessDenied' });
    expect(severities(testSettings, failed, put('2026-11-03T02:00:00Z', MANAGEMENT_ONLY))).toEqual([
      'MEDIUM',
    ]);
    expect(
      severities(testSettings, put('2026-11-03T01:00:00Z', MANAGEMENT_ONLY, { errorCode: 'AccessDenied' })),
    ).toEqual(['LOW']);
  });
  test('order and split of calls change no judgement', () => {
    const fold = monitoringWeakened.folds[1]!;
    const setting = fc
      .tuple(fc.constantFrom(FULL, MANAGEMENT_ONLY, []), fc.nat(1439), fc.boolean())
      .map(([selectors, minute, own]) => {
        const record = put(new Date(Date.UTC(2026, 10, 3) + minute * 60_000).toISOString(), selectors);
        return settingOf(record, coverageOf(record)!, true, own);
      });
    fc.assert(
      fc.property(splits(setting, 80), ({ whole, parts }) => {
        const judge = (day: unknown): unknown =>
          fold.judge!('111122223333\u001fus-east-1\u001forg-trail', 20_760, day, judgeAlone);
        expect(judge(foldInParts(fold, parts))).toEqual(judge(foldAll(fold, whole)));
      }),
      { numRuns: 60 },
    );
  });
});

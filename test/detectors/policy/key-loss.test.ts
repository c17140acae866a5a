import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyLoss } from '../../../src/detectors/policy/key-loss.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';
import { trailCall } from './trail-calls.ts';

const KEY = '1234abcd-12ab-34cd-56ef-1234567890ab';
const call = (eventName: string, requestParameters: unknown, changes: object = {}): CallRecord =>
  trailCall('kms', eventName, requestParameters, changes);
const find = (...calls: CallRecord[]) => plainReplay([keyLoss], calls).findings;
const schedule = (days: unknown, changes: object = {}): CallRecord =>
  call('ScheduleKeyDeletion', { keyId: KEY, pendingWindowInDays: days }, changes);

describe('the waiting period', () => {
  test.each([
    [7, 'CRITICAL', '2026-11-10 02:00'],
    [8, 'HIGH', '2026-11-11 02:00'],
    [30, 'HIGH', '2026-12-03 02:00'],
    ['7', 'CRITICAL', '2026-11-10 02:00'],
    [undefined, 'HIGH', '2026-12-03 02:00'],
    [1e99, 'HIGH', '2026-12-03 02:00'],
    [-1, 'HIGH', '2026-12-03 02:00'],
  ])('of %s days is %s, to be cancelled by %s', (days, severity, cancelBy) => {
    const [finding] = find(schedule(days));
    expect(finding).toMatchObject({ severity });
    expect(finding!.title).toContain(`cancel by ${cancelBy} UTC`);
    expect(finding!.summary).toContain(cancelBy);
    expect(finding!.remediation[0]!.command).toBe(
      `aws kms cancel-key-deletion --key-id ${KEY} --region us-east-1`,
    );
  });

  test('is the answer’s where the request names none', () => {
    const answer = { responseElements: { keyId: KEY, pendingWindowInDays: 7 } };
    expect(find(call('ScheduleKeyDeletion', { keyId: KEY }, answer))[0]!.severity).toBe('CRITICAL');
  });

  test('of a refused call is no date to keep', () => {
    const refused = schedule(7, { errorCode: 'AccessDenied' });
    const [attempt] = find(refused);
    expect(attempt).toMatchObject({ severity: 'LOW' });
    expect(attempt!.title).not.toContain('cancel by');
    const [both] = find(refused, schedule(20));
    expect(both).toMatchObject({ severity: 'HIGH', count: 2 });
    expect(both!.title).toContain('cancel by 2026-11-23 02:00 UTC');
  });
});

test('the same key by id and by ARN is one finding; one step lower through a service', () => {
  const through = {
    userIdentity: {
      type: 'IAMUser',
      accountId: '111122223333',
      userName: 'dana',
      invokedBy: 'cloudformation.amazonaws.com',
    },
  };
  const byArn = call('DisableKey', { keyId: `arn:aws:kms:us-east-1:111122223333:key/${KEY}` }, through);
  expect(find(byArn).map(({ severity }) => severity)).toEqual(['MEDIUM']);
  const [finding, ...others] = find(byArn, call('DisableKey', { keyId: KEY }));
  expect(others).toEqual([]);
  expect(finding).toMatchObject({ severity: 'HIGH', entity: `key ${KEY}`, count: 2 });
});

test('any order and split, and parameters of any kind', () => {
  const one = fc
    .record({
      name: fc.constantFrom('ScheduleKeyDeletion', 'DisableKey', 'DeleteCustomKeyStore', 'Decrypt'),
      keyId: fc.oneof(fc.constantFrom(KEY, `mrk-${'a'.repeat(32)}`), fc.jsonValue()),
      days: fc.oneof(fc.nat(40), fc.jsonValue()),
      errorCode: fc.constantFrom('', 'AccessDenied'),
      minute: fc.nat(59),
    })
    .map(({ name, keyId, days, errorCode, minute }) =>
      call(
        name,
        { keyId, customKeyStoreId: keyId, pendingWindowInDays: days },
        { errorCode, eventTime: `2026-11-03T02:${String(minute).padStart(2, '0')}:00Z` },
      ),
    );
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.nat(12), (calls, at) => {
      const turned = [...calls.slice(at), ...calls.slice(0, at)];
      const whole = plainReplay([keyLoss], calls).findings;
      const parts = batchReplay([keyLoss], [turned.slice(0, 5), turned.slice(5)]).findings;
      const sorted = (findings: typeof whole): string[] =>
        findings.map((each) => JSON.stringify(each)).sort();
      expect(sorted(parts)).toEqual(sorted(whole));
    }),
    { numRuns: 40 },
  );
});

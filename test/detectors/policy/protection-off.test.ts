import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { protectionOff } from '../../../src/detectors/policy/protection-off.ts';
import { SETTING_MEMORY_DAYS } from '../../../src/detectors/policy/setting-history.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { plainReplay } from '../plain-replay.ts';
import { trailCall as call, expectFoldLaws } from './trail-calls.ts';

const find = (...calls: CallRecord[]) => plainReplay([protectionOff], calls).findings;
const told = (...calls: CallRecord[]) =>
  find(...calls).map(({ severity, confidence }) => [severity, confidence]);

const protect = (on: boolean, changes: object = {}) =>
  call('dynamodb', 'UpdateTable', { tableName: 'Orders', deletionProtectionEnabled: on }, changes);
const at = (eventTime: string): object => ({ eventTime });

describe('what held before', () => {
  test('makes a change certain, or none', () => {
    expect(told(protect(false))).toEqual([['MEDIUM', 0.6]]);
    expect(told(protect(true), protect(false))).toEqual([['MEDIUM', 0.95]]);
    expect(told(call('dynamodb', 'CreateTable', { tableName: 'Orders' }), protect(false))).toEqual([]);
  });
  test('is remembered for some days', () => {
    const day = (days: number): object =>
      at(new Date(Date.parse('2026-11-03T02:00:00Z') - days * 86_400_000).toISOString());
    expect(told(protect(true, day(SETTING_MEMORY_DAYS)), protect(false))).toEqual([['MEDIUM', 0.95]]);
    expect(told(protect(true, day(SETTING_MEMORY_DAYS + 1)), protect(false))).toEqual([['MEDIUM', 0.6]]);
  });
  test('is not what a refused call asked for', () => {
    const refused = { errorCode: 'AccessDenied' };
    expect(told(protect(true, refused), protect(false))).toEqual([['MEDIUM', 0.6]]);
    expect(told(protect(false, refused))).toEqual([['LOW', 0.6]]);
    const both = find(protect(true), protect(false, refused), protect(false));
    expect(both.map(({ severity, count }) => [severity, count])).toEqual([['MEDIUM', 2]]);
  });
});

describe('the password policy', () => {
  const policy = (parts: object) => call('iam', 'UpdateAccountPasswordPolicy', parts);
  const strong = { minimumPasswordLength: 14, requireSymbols: true, passwordReusePrevention: 24 };
  test.each([
    [
      'what is not named falls back',
      { requireSymbols: true, passwordReusePrevention: 24 },
      '14 before, 6 now',
    ],
    ['symbols', { ...strong, requireSymbols: false }, 'no symbols needed'],
    ['reuse', { ...strong, passwordReusePrevention: 1 }, 'remembers 1 passwords, 24 before'],
  ])('is weaker: %s', (_, parts, words) => {
    const [finding] = find(policy(strong), policy(parts));
    expect(finding).toMatchObject({ severity: 'MEDIUM', entity: 'account password policy' });
    expect(finding!.title).toContain(words);
  });
  test('is not judged alone, nor when it is stronger', () => {
    expect(told(policy({ minimumPasswordLength: 6 }))).toEqual([]);
    expect(told(policy(strong), policy({ ...strong, minimumPasswordLength: 20 }))).toEqual([]);
  });
  test('that is deleted was there', () => {
    const remove = () => call('iam', 'DeleteAccountPasswordPolicy', null);
    expect(told(remove())).toEqual([['MEDIUM', 0.6]]);
    expect(told(policy(strong), remove())).toEqual([['MEDIUM', 0.95]]);
  });
});

test('one step lower through a service', () => {
  const userIdentity = {
    type: 'IAMUser',
    accountId: '111122223333',
    userName: 'dana',
    invokedBy: 'cloudformation.amazonaws.com',
  };
  expect(told(protect(true), protect(false, { userIdentity }))).toEqual([['LOW', 0.95]]);
});

test('any order and split, and parameters of any kind', () => {
  const value = fc.oneof(fc.boolean(), fc.jsonValue());
  const one = fc
    .record({
      name: fc.constantFrom(
        ['dynamodb', 'UpdateTable'],
        ['dynamodb', 'CreateTable'],
        ['dynamodb', 'UpdateContinuousBackups'],
        ['iam', 'UpdateAccountPasswordPolicy'],
        ['iam', 'DeleteAccountPasswordPolicy'],
        ['ec2', 'ModifyInstanceMetadataOptions'],
      ),
      on: value,
      length: fc.oneof(fc.nat(30), fc.jsonValue()),
      tokens: fc.constantFrom<unknown>('optional', 'required', 1, null),
      errorCode: fc.constantFrom('', '', 'AccessDenied'),
      day: fc.integer({ min: 1, max: 4 }),
    })
    .map(({ name: [service, name], on, length, tokens, errorCode, day }) =>
      call(
        service!,
        name!,
        {
          tableName: 'Orders',
          deletionProtectionEnabled: on,
          pointInTimeRecoverySpecification: { pointInTimeRecoveryEnabled: on },
          minimumPasswordLength: length,
          instanceId: 'i-00000000000000001',
          httpTokens: tokens,
        },
        { errorCode, eventTime: `2026-11-0${day}T02:00:00Z` },
      ),
    );
  expectFoldLaws(protectionOff, one);
});

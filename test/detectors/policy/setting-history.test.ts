// What many calls on one day must not push out, and the laws of folds beyond the caps.

import fc from 'fast-check';
import { expect, test } from 'vitest';
import { keyOpened } from '../../../src/detectors/policy/key-opened.ts';
import { protectionOff } from '../../../src/detectors/policy/protection-off.ts';
import { type Setting, settingFold } from '../../../src/detectors/policy/setting-history.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { plainReplay } from '../plain-replay.ts';
import { allowAll, policy } from './policy-documents.ts';
import { toldOf, trailCall } from './trail-calls.ts';

const at = (second: number): object => ({
  eventTime: new Date(Date.parse('2026-11-03T02:00:00Z') + second * 1_000).toISOString(),
});
const refused = { errorCode: 'AccessDenied' };
const many = (count: number, call: (second: number) => CallRecord): CallRecord[] =>
  Array.from({ length: count }, (_, second) => call(second));
const putKey = (open: boolean, second: number, changes: object = {}): CallRecord =>
  trailCall(
    'kms',
    'PutKeyPolicy',
    {
      keyId: '1234abcd-12ab-34cd-56ef-1234567890ab',
      policy: JSON.stringify(
        policy(open ? allowAll() : allowAll({ Principal: { AWS: 'arn:aws:iam::111122223333:root' } })),
      ),
    },
    { ...at(second), ...changes },
  );
const protect = (on: boolean, second: number, changes: object = {}): CallRecord =>
  trailCall(
    'dynamodb',
    'UpdateTable',
    { tableName: 'Orders', deletionProtectionEnabled: on },
    { ...at(second), ...changes },
  );

test.each([
  [
    'a key that is opened after 64 refused calls',
    keyOpened,
    () => [...many(64, (second) => putKey(false, second, refused)), putKey(true, 100)],
    [['HIGH', 0.8]],
  ],
  [
    'a protection that goes after 64 refused calls',
    protectionOff,
    () => [...many(64, (second) => protect(true, second, refused)), protect(false, 100)],
    [['MEDIUM', 0.6]],
  ],
  [
    'what was set on the day is known beyond refused calls',
    protectionOff,
    () => [
      protect(true, 0),
      ...many(99, (second) => protect(true, second + 1, refused)),
      protect(false, 200),
    ],
    [['MEDIUM', 0.95]],
  ],
  [
    'a key that is opened after 200 calls that change nothing',
    keyOpened,
    () => [...many(200, (second) => putKey(false, second)), putKey(true, 300)],
    [['HIGH', 0.95]],
  ],
  [
    'the day before ended with it on, whatever came first',
    protectionOff,
    () => [protect(false, -200_000), ...many(99, (second) => protect(true, second)), protect(false, 86_400)],
    [
      ['MEDIUM', 0.6],
      ['MEDIUM', 0.5],
      ['MEDIUM', 0.95],
    ],
  ],
  [
    'opened and closed again among many: that it was set so often is told',
    keyOpened,
    () => [
      ...many(70, (second) => putKey(false, second)),
      putKey(true, 70),
      ...many(70, (second) => putKey(false, second + 71)),
    ],
    [['MEDIUM', 0.5]],
  ],
  [
    'refused calls alone stay attempts',
    keyOpened,
    () => many(99, (second) => putKey(true, second, refused)),
    [['LOW', 0.8]],
  ],
  ['as many settings as are kept', protectionOff, () => many(64, (second) => protect(true, second)), []],
])('%s', (_, detector, calls, expected) => {
  const made = calls();
  expect(toldOf(detector, made)).toEqual(expected);
  expect(toldOf(detector, made.toReversed())).toEqual(expected);
});

test('a finding says that there was more', () => {
  const calls = many(200, (second) => putKey(second % 2 === 1, second));
  const [finding] = plainReplay([keyOpened], calls).findings;
  expect(finding?.truncated).toBe(true);
});

const fold = settingFold(
  'settings-of-a-test',
  () => null,
  () => {
    throw new Error('nothing is told here');
  },
);

test('order and split change nothing, beyond the caps too', () => {
  const one = fc.record({ second: fc.nat(40), failed: fc.boolean(), id: fc.nat(9) }).map(
    ({ second, failed, id }): Setting => ({
      state: { of: `${id} of ${second}${failed ? ', refused' : ''}` },
      isChange: true,
      hit: {
        evidence: {
          source: 'cloudtrail',
          locator: failed ? 'refused' : 'made',
          eventId: `event-${id}`,
          time: new Date(second * 1_000).toISOString(),
          fields: {},
        },
        timeMs: second * 1_000,
        severity: 'INFO',
        facts: failed ? { error: 'AccessDenied' } : {},
      },
    }),
  );
  fc.assert(
    fc.property(splits(one, 200), ({ whole, parts }) => {
      expect(foldInParts(fold, parts)).toEqual(foldAll(fold, whole));
    }),
    { numRuns: 40 },
  );
});

test('days that were kept in one list are read', () => {
  const hit = { evidence: { time: '', eventId: '', locator: '' }, facts: { error: 'x' } };
  const old = {
    settings: [
      { state: {}, hit },
      { state: {}, hit: { ...hit, facts: {} } },
    ],
    truncated: true,
  };
  expect(fold.fromJson!(old)).toMatchObject({
    settings: [{ hit: { facts: {} } }],
    failures: [{ hit: { facts: { error: 'x' } } }],
    truncated: true,
  });
});

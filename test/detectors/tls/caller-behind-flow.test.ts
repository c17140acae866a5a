import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AnyFold } from '../../../src/detectors/detector.ts';
import {
  type Callers,
  dynamodbCallers,
  MAX_CALLERS,
  plainPlaces,
  tokenOf,
} from '../../../src/detectors/tls/dynamodb-callers.ts';
import {
  addMinute,
  hasMinute,
  listMinutes,
  type Minutes,
  mergeMinutes,
} from '../../../src/detectors/tls/minutes.ts';
import { keepSmallest } from '../../../src/detectors/tls/places.ts';
import { plainSpans } from '../../../src/detectors/tls/plain-spans.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';

const EVIDENCE = { source: 'cloudtrail', locator: 'l', eventId: 'e', time: 't', fields: {} };
const minuteOfDay = fc.integer({ min: 0, max: 1456 });

describe('minutes', () => {
  it('are those that were added, each once, ascending', () => {
    fc.assert(
      fc.property(fc.array(minuteOfDay), fc.array(minuteOfDay), (first, second) => {
        const a: Minutes = [];
        const b: Minutes = [];
        for (const minute of first) addMinute(a, minute);
        for (const minute of second) addMinute(b, minute);
        mergeMinutes(a, b);
        const expected = [...new Set([...first, ...second])].sort((x, y) => x - y);
        expect(listMinutes(a)).toEqual(expected);
        for (const minute of [...first, -1, 2000])
          expect(hasMinute(a, minute)).toBe(expected.includes(minute));
      }),
    );
  });
});

describe('a full list', () => {
  it('keeps the smallest, sorted, each once', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 3 })), (values) => {
        const list: string[] = [];
        for (const value of values) keepSmallest(list, value, 5);
        expect(list).toEqual([...new Set(values)].sort().slice(0, 5));
      }),
    );
  });
});

const place = fc.constantFrom('10.0.1.20', '10.0.1.21', 'i-0abc1234def567890');
const span = fc.record({
  minutes: fc.array(minuteOfDay, { maxLength: 5 }),
  addresses: fc.array(place, { maxLength: 2 }),
  egress: fc.array(place, { maxLength: 2 }),
  tokens: fc.array(place, { maxLength: 2 }),
  paths: fc.array(fc.constantFrom('', '7', '8'), { maxLength: 2 }),
});
const seenPlace = fc.record({
  minutes: fc.array(fc.integer({ min: 0, max: 59 }), { maxLength: 5 }),
  address: fc.integer({ min: 0, max: 60 }).map((n) => `10.0.1.${n}`),
  client: fc.integer({ min: 0, max: 60 }).map((n) => `client ${n}`),
});
const piece = fc.integer({ min: 0, max: 9 }).map((n) => ({
  source: 'cloudtrail' as const,
  locator: `trail.json#${n}`,
  eventId: `event ${n}`,
  time: `2026-11-01T12:0${n}:00.000Z`,
  fields: {},
}));
/** 80 callers, so that lists are full; a caller's hash is the same each time. */
const call = fc
  .record({
    caller: fc.integer({ min: 0, max: 79 }),
    keyId: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
    minute: fc.integer({ min: 0, max: 59 }),
    partial: fc.boolean(),
    missing: fc.constantFrom('x', 'y', 'z'),
    evidence: piece,
  })
  .map(({ caller, minute, ...rest }) => ({ ...seenCall(caller, minute), ...rest }));

function seenCall(caller: number, minute: number) {
  const ip = `10.0.1.${caller}`;
  const facts = {
    principal: `role:111122223333:${caller}`,
    type: 'AssumedRole',
    name: String(caller),
    session: '',
    ip,
    ipClass: 'private',
    vpcEndpoint: '',
    userAgent: 'boto3',
    hash: Math.imul(caller + 1, 0x9e3779b9) >>> 0,
  };
  return {
    id: `caller ${caller}`,
    facts,
    keyId: 'a',
    minute,
    partial: true,
    reporting: true,
    missing: 'key',
    evidence: EVIDENCE,
  };
}

describe.each<[AnyFold, fc.Arbitrary<unknown>]>([
  [plainSpans, span],
  [plainPlaces, seenPlace],
  [dynamodbCallers, call],
])('the fold $name', (fold, observation) => {
  it('is the same in any order and split', () => {
    fc.assert(
      fc.property(splits(observation, 150), ({ whole, parts }) => {
        expect(foldInParts(fold, parts)).toEqual(foldAll(fold, whole));
      }),
    );
  });
});

describe('callers of a place and hour', () => {
  it('are those with the smallest hashes when there are too many', () => {
    const seen = Array.from({ length: MAX_CALLERS + 20 }, (_, caller) => seenCall(caller, 5));
    const kept = Object.values(foldAll<(typeof seen)[number], Callers>(dynamodbCallers, seen));
    const smallest = seen.map(({ facts }) => facts.hash).sort((a, b) => a - b);
    expect(kept.map(({ hash }) => hash).sort((a, b) => a - b)).toEqual(smallest.slice(0, MAX_CALLERS));
  });

  it('count their calls by minute', () => {
    const calls = [1, 1, 1, 2].map((minute) => seenCall(1, minute));
    const [caller] = Object.values(foldAll<unknown, Callers>(dynamodbCallers, calls));
    expect(caller).toMatchObject({ minutes: { 1: 3, 2: 1 }, partial: 4, missing: ['key'], keyIds: ['a'] });
  });
});

describe('a session is called like an instance or a task', () => {
  it.each([
    ['i-0abc1234def567890', true],
    ['i-0abc1234', true],
    ['0123456789abcdef0123456789abcdef', true],
    ['i-0abc1234def567890x', false],
    ['I-0ABC1234DEF567890', false],
    ['orders-api', false],
    ['', false],
  ])('%s: %s', (session, expected) => {
    expect(tokenOf(session)).toBe(expected ? session : '');
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AnyFold,
  DAY_MS,
  HOUR_MS,
  type JudgeContext,
  joinKey,
} from '../../../src/detectors/detector.ts';
import { callWithoutTls } from '../../../src/detectors/tls/call-without-tls.ts';
import type { Evidence } from '../../../src/findings/finding.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { testSettings } from '../plain-replay.ts';

const START_MS = Date.UTC(2026, 10, 1, 12);
const WINDOW = START_MS / HOUR_MS;
const KEY = joinKey(
  '111122223333',
  'us-east-1',
  'user:111122223333:legacy',
  'dynamodb',
  'Data',
  '198.51.100.0/24',
  'boto3',
);

const [byPrincipal, , missing] = callWithoutTls.folds as readonly [AnyFold, AnyFold, AnyFold];

/** Others: 500 calls over TLS on that day; the principal itself `own` of them on the day `ownDaysAgo`. */
function context(own = 0, ownDaysAgo = 1): JudgeContext {
  const day = Math.floor(START_MS / DAY_MS);
  const read = (fold: AnyFold, _key: string, window: number) => {
    if (fold !== byPrincipal) return null;
    return byPrincipal.fromJson!({
      ...(window === day - ownDaysAgo ? { 'user:111122223333:legacy': { 'us-east-1': [own] } } : {}),
      ...(window === day ? { 'role:111122223333:others': { 'us-east-1': [500] } } : {}),
    });
  };
  return { settings: testSettings, read: read as JudgeContext['read'] };
}

interface Facts {
  readonly id: string;
  readonly second: number;
  readonly partial: boolean;
  readonly port80: boolean;
  readonly denied: boolean;
  readonly write: boolean;
  readonly table: string;
  readonly action: string;
  readonly ip: string;
  readonly keyId: string;
  readonly ipClass: string;
}

const PLAIN: Facts = {
  id: 'a',
  second: 0,
  partial: false,
  port80: false,
  denied: false,
  write: false,
  table: 'Orders',
  action: 'GetItem',
  ip: '10.0.1.20',
  keyId: 'ASIAEXAMPLE',
  ipClass: 'private',
};

function observed(facts: Facts): unknown {
  const timeMs = START_MS + facts.second * 1000;
  const evidence: Evidence = {
    source: 'cloudtrail',
    locator: `o.json#${facts.second}`,
    eventId: facts.id,
    time: new Date(timeMs).toISOString(),
    fields: { action: facts.action },
  };
  const { id: _id, second: _second, ...rest } = facts;
  return {
    ...rest,
    timeMs,
    vpcEndpoint: '',
    principalType: 'IAMUser',
    principalName: 'legacy',
    session: '',
    tableArn: '',
    host: facts.port80 ? 'dynamodb.us-east-1.amazonaws.com:80' : '',
    evidence,
  };
}

const judge = (summary: unknown, own?: number, ownDaysAgo?: number) =>
  missing.judge!(KEY, WINDOW, summary, context(own, ownDaysAgo));

describe('calls without TLS', () => {
  it('are judged alike in any order and any split', () => {
    const facts = fc.record({
      id: fc.uuid(),
      second: fc.nat(3599),
      partial: fc.boolean(),
      port80: fc.boolean(),
      denied: fc.boolean(),
      write: fc.boolean(),
      table: fc.constantFrom('', ...Array.from({ length: 20 }, (_, n) => `Table${n}`)),
      action: fc.constantFrom('GetItem', 'Query', 'Scan'),
      ip: fc.ipV4(),
      keyId: fc.constantFrom('AKIAEXAMPLE', 'ASIAEXAMPLE'),
      ipClass: fc.constantFrom('public', 'private'),
    });
    fc.assert(
      fc.property(splits(facts.map(observed), 50), fc.nat(80), ({ whole, parts }, own) => {
        const expected = judge(foldAll(missing, whole), own);
        expect(judge(foldInParts(missing, parts), own)).toEqual(expected);
        expect(expected).toHaveLength(whole.length >= 3 ? 1 : expected.length);
      }),
    );
  });
});

describe('the ladder of TLS-01', () => {
  const times = (count: number, facts: Partial<Facts>) =>
    Array.from({ length: count }, (_, n) => ({ ...PLAIN, ...facts, id: `${n}`, second: n }));
  const said = (calls: readonly Facts[], own?: number, ownDaysAgo?: number): string => {
    const [draft] = judge(foldAll(missing, calls.map(observed)), own, ownDaysAgo);
    return draft === undefined ? 'quiet' : `${draft.severity} ${draft.confidence}`;
  };

  it.each<[string, string, readonly Facts[], number?, number?]>([
    ['two absent', 'quiet', times(2, {})],
    ['three absent', 'MEDIUM 0.6', times(3, {})],
    ['two partial', 'quiet', times(2, { partial: true })],
    ['three partial', 'MEDIUM 0.7', times(3, { partial: true })],
    ['two partial and one absent', 'MEDIUM 0.6', [...times(2, { partial: true }), { ...PLAIN, id: 'x' }]],
    ['one to port 80', 'HIGH 0.85', times(1, { partial: true, port80: true })],
    ['one, well known with TLS', 'HIGH 0.8', times(1, { partial: true }), 50],
    ['one, known with TLS not well enough', 'quiet', times(1, { partial: true }), 49],
    ['one, well known thirty days ago', 'HIGH 0.8', times(1, { partial: true }), 50, 30],
    ['one, well known longer ago', 'quiet', times(1, { partial: true }), 50, 31],
    ['absent, well known with TLS: still three', 'quiet', times(2, {}), 50],
    ['three absent, well known with TLS', 'MEDIUM 0.7', times(3, {}), 50],
    [
      'port 80, well known: sure, but not exposed',
      'HIGH 0.95',
      times(1, { partial: true, port80: true }),
      50,
    ],
    [
      'port 80, well known, a write',
      'CRITICAL 0.95',
      times(1, { partial: true, port80: true, write: true }),
      50,
    ],
    [
      'port 80, well known, a long-term key',
      'CRITICAL 0.95',
      times(1, { partial: true, port80: true, keyId: 'AKIAEXAMPLE' }),
      50,
    ],
    [
      'port 80, well known, over the internet',
      'CRITICAL 0.95',
      times(1, { partial: true, port80: true, ipClass: 'public' }),
      50,
    ],
    ['all denied by a policy', 'LOW 0.7', times(3, { partial: true, denied: true })],
    [
      'all but one denied',
      'MEDIUM 0.7',
      [...times(3, { partial: true, denied: true }), { ...PLAIN, id: 'x', partial: true }],
    ],
  ])('%s: %s', (_, expected, calls, own, ownDaysAgo) => {
    expect(said(calls, own, ownDaysAgo)).toBe(expected);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyFold, DAY_MS, type JudgeContext, joinKey } from '../../../src/detectors/detector.ts';
import { downgradedClient } from '../../../src/detectors/tls/downgraded-client.ts';
import { type ClientsOfDay, RANK, type RankedCall, rankOf } from '../../../src/detectors/tls/tls-ranks.ts';
import { trailRecord } from '../../records/trail-records.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { callRecord } from '../plain-records.ts';
import { testSettings } from '../plain-replay.ts';

const DAY = Date.UTC(2026, 10, 1) / DAY_MS;
const HOST = 'dynamodb.us-east-1.amazonaws.com';
const KEY = joinKey('111122223333', 'us-east-1', 'role:111122223333:orders-api');
const [fold] = downgradedClient.folds as readonly [AnyFold];

interface Calls {
  readonly count?: number;
  readonly rank?: number;
  readonly family?: string;
  readonly host?: string;
  readonly network?: string;
}

const SUITE = ['', 'TLSv1.1 x', 'TLSv1.2 AES128-SHA', 'TLSv1.2 ECDHE-RSA-AES128-SHA256', 'TLSv1.3 y'];

function calls({ count = 1, rank = 4, family = 'boto3+linux', host = HOST, network = '10.0.1.0/24' }: Calls) {
  return Array.from({ length: count }, (_, at) => ({
    rank,
    client: joinKey(family, host),
    call: plain(`${rank} ${family} ${at}`, at, network, SUITE[rank]!.split(' ')),
  }));
}

function plain(
  eventId: string,
  second: number,
  network: string,
  [version = '', cipher = '']: string[],
): RankedCall {
  return {
    timeMs: DAY * DAY_MS + second * 1000,
    eventId,
    locator: `o.json#${eventId}`,
    service: 'dynamodb',
    category: 'Data',
    action: 'GetItem',
    ip: '10.0.1.20',
    networkClass: 'private',
    network,
    vpcEndpoint: '',
    keyId: 'ASIAEXAMPLE',
    principalType: 'AssumedRole',
    principalName: 'orders-api',
    sessionName: 'i-0abc',
    userAgentFamily: 'boto3+linux',
    tlsVersion: version,
    tlsCipher: cipher,
    tlsHost: HOST,
  };
}

/** `before`: days ago to calls. Others call with TLS, so that its lack would be suspicious. */
function judged(today: readonly Calls[], before: Readonly<Record<number, readonly Calls[]>>) {
  const summary = foldAll<unknown, ClientsOfDay>(fold, today.flatMap(calls));
  return judgedSummary(summary, before);
}

function judgedSummary(summary: ClientsOfDay, before: Readonly<Record<number, readonly Calls[]>>) {
  const days = new Map(
    Object.entries(before).map(([ago, list]) => [DAY - Number(ago), foldAll(fold, list.flatMap(calls))]),
  );
  const read = (asked: AnyFold, _key: string, window: number) => {
    if (asked === fold) return days.get(window) ?? null;
    if (asked.name !== 'tls-of-principals' || window !== DAY) return null;
    return asked.fromJson!({ 'role:111122223333:others': { 'us-east-1': [500] } });
  };
  return fold.judge!(KEY, DAY, summary, { settings: testSettings, read: read as JudgeContext['read'] });
}

const said = (today: readonly Calls[], before: Readonly<Record<number, readonly Calls[]>>) =>
  judged(today, before).map(({ severity, confidence, count }) => `${severity} ${confidence} ${count}`);

const OTHER = '198.51.100.0/24';
/** A new network each day, the first day among them. */
const moving = (days: number): Record<number, Calls[]> =>
  Object.fromEntries(
    Array.from({ length: days }, (_, at) => [at + 1, [{ count: 60, network: `203.0.${at}.0/24` }]]),
  );
const GOOD = { 1: [{ count: 60 }] };

describe('a downgrade', () => {
  it.each<[string, string[], readonly Calls[], Readonly<Record<number, readonly Calls[]>>]>([
    ['TLS 1.2 after 1.3, three times', ['MEDIUM 0.8 3'], [{ count: 3, rank: 3 }], GOOD],
    ['twice is not enough', [], [{ count: 2, rank: 3 }], GOOD],
    ['once from a new network is', ['MEDIUM 0.8 1'], [{ rank: 3, network: OTHER }], GOOD],
    ['three times from a new network', ['MEDIUM 0.9 3'], [{ count: 3, rank: 3, network: OTHER }], GOOD],
    ['no forward secrecy', ['MEDIUM 0.8 3'], [{ count: 3, rank: 2 }], { 1: [{ count: 60, rank: 3 }] }],
    ['TLS 1.1', ['HIGH 0.8 3'], [{ count: 3, rank: 1 }], GOOD],
    ['none, with a host header', ['HIGH 0.8 3'], [{ count: 3, rank: 0 }], GOOD],
    ['none at all: no host either', ['HIGH 0.8 3'], [{ count: 3, rank: 0, host: '' }], GOOD],
    ['all in one, by the worst', ['HIGH 0.8 4'], [{ count: 3, rank: 3 }, { rank: 1 }], GOOD],
    ['up', [], [{ count: 30, rank: 4 }], { 1: [{ count: 60, rank: 3 }] }],
    ['as ever', [], [{ count: 30, rank: 3 }], { 1: [{ count: 60, rank: 3 }] }],
    ['49 calls before', [], [{ count: 9, rank: 3 }], { 1: [{ count: 49 }] }],
    ['50 calls before', ['MEDIUM 0.8 9'], [{ count: 9, rank: 3 }], { 1: [{ count: 50 }] }],
    ['thirty days ago', ['MEDIUM 0.8 9'], [{ count: 9, rank: 3 }], { 30: [{ count: 50 }] }],
    ['longer ago', [], [{ count: 9, rank: 3 }], { 31: [{ count: 50 }] }],
    [
      '98 % above',
      ['MEDIUM 0.8 3'],
      [{ count: 3, rank: 3, network: OTHER }],
      { 2: [{ count: 98 }, { count: 2, rank: 3 }] },
    ],
    [
      'less than 98 % above',
      [],
      [{ count: 3, rank: 3, network: OTHER }],
      { 2: [{ count: 97 }, { count: 2, rank: 3 }] },
    ],
    [
      'told yesterday, from the same network',
      [],
      [{ count: 3, rank: 3 }],
      { 1: [{ count: 3, rank: 3 }], 2: [{ count: 600 }] },
    ],
    [
      'worse than what was told yesterday',
      ['HIGH 0.8 3'],
      [{ count: 3, rank: 1 }],
      { 1: [{ count: 3, rank: 3 }], 2: [{ count: 600 }] },
    ],
    [
      'now and then, from anywhere',
      [],
      [{ count: 3, rank: 3, network: OTHER }],
      {
        1: [{ rank: 3 }],
        2: [{ rank: 3, network: '10.0.2.0/24' }],
        3: [{ count: 600 }, { rank: 3, network: '10.0.3.0/24' }],
      },
    ],
    [
      'another endpoint, say FIPS',
      [],
      [{ count: 30, rank: 3, host: 'dynamodb-fips.us-east-1.amazonaws.com' }],
      GOOD,
    ],
    ['another tool on the same machine', [], [{ count: 30, rank: 3, family: 'aws-cli+linux' }], GOOD],
    [
      'another tool from a new network',
      ['MEDIUM 0.9 30'],
      [{ count: 30, rank: 3, family: 'aws-cli+linux', network: OTHER }],
      GOOD,
    ],
    ['a name that says nothing', ['MEDIUM 0.8 3'], [{ count: 3, rank: 3, family: 'browser+windows' }], GOOD],
    ['once, from a new network every day', [], [{ rank: 3, network: OTHER }], moving(4)],
    ['three times', ['MEDIUM 0.8 3'], [{ count: 3, rank: 3, network: OTHER }], moving(4)],
    [
      'another tool from there',
      [],
      [{ count: 30, rank: 3, family: 'aws-cli+linux', network: OTHER }],
      moving(4),
    ],
    ['once, with new networks on two days', ['MEDIUM 0.8 1'], [{ rank: 3, network: OTHER }], moving(3)],
    [
      'once, with two networks that came again and again',
      ['MEDIUM 0.8 1'],
      [{ rank: 3, network: OTHER }],
      Object.fromEntries(
        [1, 2, 3, 4, 5, 6].map((ago) => [ago, [{ count: 20, network: `10.0.${ago % 2}.0/24` }]]),
      ),
    ],
    [
      'a client that moves about: which network is new is not known',
      [],
      [{ count: 2, rank: 3, network: OTHER }],
      { 1: Array.from({ length: 9 }, (_, at) => ({ count: 10, network: `10.0.${at}.0/24` })) },
    ],
  ])('%s', (_name, expected, today, before) => {
    // Another endpoint from a known network is no client by another name: its family is known.
    expect(said(today, before)).toEqual(expected);
  });

  it('from TLS to none is nothing where the log says nothing of TLS', () => {
    const summary = foldAll<unknown, ClientsOfDay>(fold, calls({ count: 9, rank: 0 }));
    const days = foldAll(fold, calls({ count: 90 }));
    const read = (asked: AnyFold, _key: string, window: number) =>
      asked === fold
        ? window === DAY - 1
          ? days
          : null
        : asked.name === 'tls-of-principals' && window === DAY
          ? asked.fromJson!({ 'role:111122223333:others': { 'us-east-1': [10, 0, 0, 500] } })
          : null;
    const context: JudgeContext = { settings: testSettings, read: read as JudgeContext['read'] };
    expect(fold.judge!(KEY, DAY, summary, context)).toEqual([]);
  });

  it('is judged alike in any order and any split', () => {
    const one = fc
      .record({
        rank: fc.integer({ min: 0, max: 4 }),
        family: fc.constantFrom(
          'boto3+linux',
          'browser',
          ...Array.from({ length: 9 }, (_, n) => `tool-${n}`),
        ),
        host: fc.constantFrom(HOST, ''),
        second: fc.nat(5),
        network: fc.integer({ min: 0, max: 12 }).map((n) => `10.0.${n}.0/24`),
        id: fc.uuid(),
      })
      .map(({ rank, family, host, second, network, id }) => ({
        rank,
        client: joinKey(family, host),
        call: plain(id, second, network, SUITE[rank]!.split(' ')),
      }));
    fc.assert(
      fc.property(splits(one, 60), ({ whole, parts }) => {
        const merged = foldInParts<unknown, ClientsOfDay>(fold, parts);
        const expected = foldAll<unknown, ClientsOfDay>(fold, whole);
        expect(merged).toEqual(expected);
        expect(merged.size).toBeLessThanOrEqual(8);
        expect(judgedSummary(merged, GOOD)).toEqual(judgedSummary(expected, GOOD));
      }),
    );
  });
});

describe('the rank of a call', () => {
  const full = (tlsVersion: string, cipherSuite: string) => ({
    tlsDetails: { tlsVersion, cipherSuite, clientProvidedHostHeader: HOST },
  });
  it.each<[string, Record<string, unknown>, number | null]>([
    ['1.3', full('TLSv1.3', 'TLS_AES_128_GCM_SHA256'), RANK.tls13],
    ['1.3 with ChaCha20', full('TLSv1.3', 'TLS_CHACHA20_POLY1305_SHA256'), RANK.tls13],
    ['1.2', full('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'), RANK.tls12],
    ['1.2 with CBC', full('TLSv1.2', 'ECDHE-RSA-AES128-SHA'), RANK.tls12],
    ['1.2 without forward secrecy', full('TLSv1.2', 'AES256-GCM-SHA384'), RANK.noForwardSecrecy],
    ['a broken cipher', full('TLSv1.2', 'DES-CBC3-SHA'), RANK.broken],
    ['1.1', full('TLSv1.1', 'ECDHE-RSA-AES128-SHA'), RANK.broken],
    ['nothing', { tlsDetails: undefined }, RANK.none],
    ['a later version', full('TLSv1.4', 'TLS_AES_128_GCM_SHA256'), RANK.tls13],
    ['a cipher alone', full('-', 'TLS_AES_128_GCM_SHA256'), null],
    ['a service', { tlsDetails: undefined, userIdentity: { type: 'AWSService', invokedBy: 'x' } }, null],
    ['an old record', { tlsDetails: undefined, eventVersion: '1.05' }, null],
  ])('%s', (_name, fields, rank) => {
    expect(rankOf(callRecord(trailRecord(fields)))).toBe(rank);
  });
});

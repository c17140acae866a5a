import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repeatFromSecondNetwork } from '../../../src/detectors/replay/repeat-from-second-network.ts';
import {
  addSighting,
  emptySightings,
  hashesOfSeveralNetworks,
  isTruncated,
  MAX_SIGHTINGS,
  mergeSightings,
  readSightings,
  type Sightings,
  sightingsFromJson,
  sightingsToJson,
} from '../../../src/detectors/replay/request-sightings.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { trailRecord } from '../../records/trail-records.ts';
import { foldAll, foldInParts, judgeAlone, splits } from '../fold-laws.ts';
import { callRecord } from '../plain-records.ts';

const HOUR_MS = 3_600_000;
const WINDOW = Math.floor(Date.UTC(2026, 9, 5, 12) / HOUR_MS);
const SEED = 0x2545f491;

const [networks, requests] = repeatFromSecondNetwork.folds as [
  (typeof repeatFromSecondNetwork.folds)[number],
  (typeof repeatFromSecondNetwork.folds)[number],
];

interface Sent {
  readonly id: string;
  readonly second: number;
  readonly from: string;
  readonly item: number;
  readonly tls: string;
  readonly object: number;
}

function call({ id, second, from, item, tls, object }: Sent): CallRecord {
  const event = trailRecord({
    eventID: id,
    eventTime: new Date(WINDOW * HOUR_MS + second * 1000).toISOString(),
    sourceIPAddress: from,
    requestParameters: { tableName: 'Orders', key: { id: String(item) } },
    tlsDetails: tls === '' ? undefined : { tlsVersion: tls, cipherSuite: 'TLS_AES_128_GCM_SHA256' },
  });
  return callRecord(event, { objectName: `object-${object}.json`, ordinal: second + 1 });
}

/** The fold over what was sent: a record is a view, and no observation that could be cloned or kept. */
const sentRequests = {
  ...requests,
  add: (summary: Sightings, sent: Sent) => addSighting(summary, { call: call(sent), seed: SEED }),
};

const hexadecimal = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const eventIds = fc.oneof(
  { weight: 3, arbitrary: fc.uuid() },
  fc.uuid().map((id) => id.toUpperCase()),
  // Its first lane is the mark of an id that is no GUID.
  hexadecimal(12).map((tail) => `ffffffff-0000-4000-8000-${tail}`),
  fc.constant('ffffffff-ffff-ffff-ffff-ffffffffffff'),
  hexadecimal(8).map((text) => `event ${text} "\u00e9\u{1f600}`),
);

const sendings = fc.record({
  id: eventIds,
  second: fc.nat(1200),
  from: fc.constantFrom('198.51.100.7', '198.51.100.8', '203.0.113.9', '192.0.2.1', '2001:db8::1'),
  item: fc.nat(1),
  tls: fc.constantFrom('', 'TLSv1.2', 'TLSv1.3'),
  object: fc.nat(3),
});

const key = ['111122223333', 'ASIAEXAMPLE'].join('\u001f');

describe('requests of a key', () => {
  it('are judged alike in any order and any split', () => {
    let told = 0;
    fc.assert(
      fc.property(splits(sendings, 40), ({ whole, parts }) => {
        // The engine folds each event id once.
        const once = new Set(new Map(whole.map((sent) => [sent.id, sent])).values());
        const judge = (summary: Sightings) => sentRequests.judge!(key, WINDOW, summary, judgeAlone);
        const expected = judge(foldAll(sentRequests, [...once]));
        const apart = parts.map((part) => part.filter((sent) => once.has(sent)));
        expect(judge(foldInParts(sentRequests, apart))).toEqual(expected);
        told += expected.length;
      }),
      { numRuns: 60 },
    );
    expect(told).toBeGreaterThan(10);
  });

  it('come back from JSON as they went in', () => {
    fc.assert(
      fc.property(fc.array(sendings, { maxLength: 20 }), (sent) => {
        const summary = foldAll<Sent, Sightings>(sentRequests, sent);
        const back = sightingsFromJson(JSON.parse(JSON.stringify(sightingsToJson(summary))));
        const plain = (sightings: Sightings) =>
          readSightings(sightings).map(({ eventId, ...rest }) => ({ ...rest, eventId: eventId() }));
        expect(plain(back)).toEqual(plain(summary));
        expect(plain(back)).toMatchObject(
          sent.map(({ id, second, from, object }) => ({
            eventId: id,
            timeMs: WINDOW * HOUR_MS + second * 1000,
            profile: { ip: from },
            objectName: `object-${object}.json`,
            ordinal: second + 1,
          })),
        );
      }),
      { numRuns: 40 },
    );
  });
});

describe('requests that come when others were stored', () => {
  it('lie behind them, as if all had come at once', () => {
    fc.assert(
      fc.property(fc.array(sendings, { maxLength: 20 }), fc.array(sendings, { maxLength: 20 }), (a, b) => {
        const all = foldAll<Sent, Sightings>(sentRequests, [...a, ...b]);
        const first = foldAll<Sent, Sightings>(sentRequests, a);
        const stored = sightingsFromJson(JSON.parse(JSON.stringify(sightingsToJson(first))));
        const both = b.reduce((summary, sent) => sentRequests.add(summary, sent), stored);
        const plain = (sightings: Sightings) =>
          readSightings(sightings).map(({ eventId, ...rest }) => ({ ...rest, eventId: eventId() }));
        expect(plain(both)).toEqual(plain(all));
      }),
      { numRuns: 40 },
    );
  });
});

describe('hashes that stand with several networks', () => {
  it('are found across hours, and read with them is every sighting that may be a repeat', () => {
    let found = 0;
    fc.assert(
      fc.property(fc.array(sendings, { maxLength: 12 }), fc.array(sendings, { maxLength: 12 }), (a, b) => {
        const hours = [foldAll<Sent, Sightings>(sentRequests, a), foldAll<Sent, Sightings>(sentRequests, b)];
        const all = hours.flatMap((hour) => readSightings(hour));
        const elsewhere = all.filter((one) =>
          all.some(({ hash1, profile }) => hash1 === one.hash1 && profile.network !== one.profile.network),
        );
        const hashes = hashesOfSeveralNetworks(hours);
        expect(hashes).toEqual(new Set(elsewhere.map(({ hash1 }) => hash1)));
        expect(hours.flatMap((hour) => readSightings(hour, hashes)).map(({ hash1 }) => hash1)).toEqual(
          elsewhere.map(({ hash1 }) => hash1),
        );
        found += hashes.size;
      }),
      { numRuns: 40 },
    );
    expect(found).toBeGreaterThan(10);
  });
});

describe('networks of a key', () => {
  it('are the same in any order and any split, the earliest when there are too many', () => {
    const seen = fc.record({
      network: fc.nat(14).map((n) => `198.51.${n}.0/24`),
      timeMs: fc.nat(1000),
    });
    fc.assert(
      fc.property(splits(seen, 60), ({ whole, parts }) => {
        const kept = foldAll<{ network: string; timeMs: number }, [string, number][]>(networks, whole);
        expect(foldInParts<unknown, unknown[]>(networks, parts).sort()).toEqual([...kept].sort());
        const firsts = new Map<string, number>();
        for (const { network, timeMs } of whole) {
          firsts.set(network, Math.min(timeMs, firsts.get(network) ?? Infinity));
        }
        const earliest = [...firsts].sort((a, b) => a[1] - b[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 8);
        expect([...kept].sort()).toEqual(earliest.sort());
      }),
    );
  });
});

describe('more requests than are kept', () => {
  /** What a sighting needs of a call: reading tens of thousands of records would take the test's time. */
  function pretended(n: number, item: number): CallRecord {
    const lanes = [0x10000000 + n, 2, 3, 4];
    return {
      timeMs: WINDOW * HOUR_MS + (n % 3600) * 1000,
      network: '198.51.100.0/24',
      ip: '198.51.100.7',
      userAgentFamily: 'boto3',
      tlsState: 'absent',
      tlsSuite: '',
      sessionName: '',
      principalType: 'IAMUser',
      principalName: 'batch',
      networkClass: 'public',
      vpcEndpoint: '',
      service: 'dynamodb',
      action: 'GetItem',
      region: 'us-east-1',
      readOnly: true,
      senderRoom: null,
      identityRoom: null,
      operationNumber: 0,
      withoutParameters: false,
      objectName: 'o.json',
      ordinal: n,
      rawField: () => null,
      eventGuid(into: Uint32Array) {
        into.set(lanes);
        return true;
      },
      hashRequestParameters(seed: number, into: Uint32Array) {
        into[0] = (Math.imul(item + 1, 0x9e3779b1) ^ seed) >>> 0;
        into[1] = item;
      },
    } as unknown as CallRecord;
  }
  const fold = (
    numbers: readonly number[],
    into: Sightings = emptySightings(),
    itemOf: (n: number) => number = (n) => n,
  ) => numbers.reduce((sum, n) => addSighting(sum, { call: pretended(n, itemOf(n)), seed: SEED }), into);
  const stored = (summary: Sightings) =>
    sightingsFromJson(JSON.parse(JSON.stringify(sightingsToJson(summary))));
  const kept = (summary: Sightings) =>
    readSightings(summary)
      .map((sighting) => sighting.ordinal)
      .sort((a, b) => a - b);
  const upTo = (count: number) => Array.from({ length: count }, (_, n) => n);

  const many = upTo(50_000);
  const smallest = many
    .map((n) => ({ n, hash: (Math.imul(n + 1, 0x9e3779b1) ^ SEED) >>> 0 }))
    .sort((a, b) => a.hash - b.hash)
    .slice(0, MAX_SIGHTINGS)
    .map((entry) => entry.n)
    .sort((a, b) => a - b);

  it.each<[string, () => Sightings]>([
    ['in order', () => fold(many)],
    ['in reverse', () => fold([...many].reverse())],
    ['as one part that was stored', () => mergeSightings(emptySightings(), stored(fold(many)))],
    [
      'in unequal parts',
      () =>
        [many.slice(0, 100), many.slice(100, 30_100), many.slice(30_100)]
          .map((part) => stored(fold(part)))
          .reduce(mergeSightings, emptySightings()),
    ],
    [
      'the small part into the large one',
      () => mergeSightings(stored(fold(many.slice(100))), stored(fold(many.slice(0, 100)))),
    ],
    [
      'interleaved parts, and more after them',
      () => {
        const early = many.slice(0, 45_000);
        const halves = [0, 1].map((half) => fold(early.filter((n) => n % 2 === half)));
        return fold(many.slice(45_000), mergeSightings(halves[1]!, halves[0]!));
      },
    ],
  ])('%s: those with the smallest hashes are kept, and the loss is told', (_, made) => {
    const summary = made();
    expect(kept(summary)).toEqual(smallest);
    expect(isTruncated(summary)).toBe(true);
  });

  it('tells no loss where there is none', () => {
    const all = upTo(MAX_SIGHTINGS);
    const summary = mergeSightings(fold(all.slice(7)), stored(fold(all.slice(0, 7))));
    expect(kept(summary)).toEqual(all);
    expect(isTruncated(summary)).toBe(false);
  });

  it('tells the loss of a part that is small enough when it is merged', () => {
    const summary = mergeSightings(emptySightings(), fold(upTo(MAX_SIGHTINGS + 1)));
    expect(kept(summary)).toHaveLength(MAX_SIGHTINGS);
    expect(isTruncated(summary)).toBe(true);
  });

  it('leaves a request out whole: no half of a pair is kept', () => {
    const numbers = upTo(MAX_SIGHTINGS + 101);
    const pairOf = (n: number): number => n >> 1;
    const ordinals = kept(fold(numbers, emptySightings(), pairOf));
    const halves = new Map<number, number>();
    for (const n of ordinals) halves.set(pairOf(n), (halves.get(pairOf(n)) ?? 0) + 1);
    expect(ordinals.length).toBeGreaterThan(MAX_SIGHTINGS - 3);
    // The last number has no partner.
    halves.delete(pairOf(numbers.length - 1));
    expect(new Set(halves.values())).toEqual(new Set([2]));
  });
});

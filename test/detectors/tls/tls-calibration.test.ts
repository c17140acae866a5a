import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyFold, DAY_MS, type JudgeContext, joinKey } from '../../../src/detectors/detector.ts';
import {
  calibrate,
  LIST_COUNTS_FROM_MS,
  type PrincipalCounts,
  type TlsCount,
  tlsByService,
  tlsOfPrincipals,
} from '../../../src/detectors/tls/tls-calibration.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { testSettings } from '../plain-replay.ts';

const ACCOUNT = '111122223333';
const ME = `role:${ACCOUNT}:me`;
const OTHER = `role:${ACCOUNT}:other`;
const DAY = Date.UTC(2026, 10, 1) / DAY_MS;

type Counts = readonly (readonly [service: string, day: number, n: number, k: number])[];

function context(all: Counts, mine: Counts = [], plain: PrincipalCounts = new Map()): JudgeContext {
  const counts = new Map<string, TlsCount | PrincipalCounts>();
  for (const [service, day, n, k] of all) {
    const own = mine.find((entry) => entry[0] === service && entry[1] === day) ?? [service, day, 0, 0];
    counts.set(`${tlsByService.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`, { n, k });
    counts.set(
      `${tlsOfPrincipals.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`,
      new Map([[ME, { n: own[2], k: own[3] }], [OTHER, { n: n - own[2], k: k - own[3] }], ...plain]),
    );
  }
  const read = (fold: AnyFold, key: string, window: number) =>
    counts.get(`${fold.name} ${key} ${window}`) ?? null;
  return { settings: testSettings, read: read as JudgeContext['read'] };
}

const verdict = (all: Counts, mine: Counts = [], day = DAY, service = 'dynamodb'): string => {
  const calibration = calibrate(ACCOUNT, service, 'Data', ME, day, context(all, mine));
  return calibration.verdict === 'calibrated' ? calibration.grade : calibration.verdict;
};

const FIRST_LISTED_DAY = LIST_COUNTS_FROM_MS / DAY_MS;

describe('calibration', () => {
  it.each<[string, string, Counts, Counts?, number?, string?]>([
    ['200 calls of others, all with TLS', 'probable', [['dynamodb', DAY, 200, 200]]],
    ['199: the list stands in', 'weak', [['dynamodb', DAY, 199, 199]]],
    ['199, some without', 'uncalibrated', [['dynamodb', DAY, 199, 195]]],
    ['nobody else', 'weak', []],
    ['nobody else, a service off the list', 'uncalibrated', [], [], DAY, 'bedrock'],
    ['nobody else, the day before the list counts', 'uncalibrated', [], [], FIRST_LISTED_DAY - 1],
    ['nobody else, the day from which it counts', 'weak', [], [], FIRST_LISTED_DAY],
    ['a share of 98 % and a bit', 'probable', [['dynamodb', DAY, 1000, 981]]],
    ['a share below', 'uncalibrated', [['dynamodb', DAY, 1000, 980]]],
    [
      'my own calls say nothing about me, however many',
      'probable',
      [['dynamodb', DAY, 1200, 200]],
      [['dynamodb', DAY, 1000, 0]],
    ],
    [
      'my own calls over TLS neither, and those of others without it leave the list standing',
      'weak',
      [['dynamodb', DAY, 2200, 1990]],
      [['dynamodb', DAY, 2000, 1990]],
    ],
    ['28 days before', 'probable', [['dynamodb', DAY - 28, 200, 200]]],
    ['29 days before is too long ago', 'weak', [['dynamodb', DAY - 29, 200, 200]]],
    ['the day after', 'probable', [['dynamodb', DAY + 1, 200, 200]]],
    ['two days after is too late', 'weak', [['dynamodb', DAY + 2, 200, 200]]],
    [
      'a gap of four weeks ago weighs little',
      'probable',
      [
        ['dynamodb', DAY - 28, 100, 0],
        ['dynamodb', DAY, 1000, 1000],
      ],
    ],
    [
      'a gap of today weighs in full',
      'uncalibrated',
      [
        ['dynamodb', DAY, 100, 0],
        ['dynamodb', DAY - 28, 1000, 1000],
      ],
    ],
    [
      'other services lose it on the same day',
      'pipeline-drops-it',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ['s3', DAY, 12, 5],
        ['sts', DAY, 8, 4],
      ],
    ],
    [
      'half of their calls still have it',
      'probable',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ['s3', DAY, 20, 10],
      ],
    ],
    [
      'too few of their calls to say so',
      'probable',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ['s3', DAY, 19, 0],
      ],
    ],
    [
      'they lost it on the day before only',
      'probable',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ['s3', DAY - 1, 100, 0],
      ],
    ],
    [
      'services that never report it say nothing of the pipeline',
      'probable',
      [
        ['dynamodb', DAY, 900, 900],
        ['bedrock', DAY, 5000, 0],
      ],
    ],
  ])('%s: %s', (_, expected, all, mine, day, service) => {
    expect(verdict(all, mine, day, service)).toBe(expected);
  });
});

describe('a field of no use', () => {
  const judged = (before: number, today: TlsCount, service = 'dynamodb') =>
    tlsByService.judge!(
      joinKey(ACCOUNT, service, 'Data'),
      DAY,
      today,
      context([
        [service, DAY - 3, before, 0],
        [service, DAY, today.n, today.k],
      ]),
    );

  it.each([
    ['the day that crosses a thousand', 990, { n: 20, k: 0 }, 1],
    ['before', 900, { n: 99, k: 0 }, 0],
    ['after', 1000, { n: 20, k: 0 }, 0],
    ['all in one day', 0, { n: 1000, k: 979 }, 1],
    ['a field of use', 0, { n: 1000, k: 981 }, 0],
  ])('%s', (_, before, today, findings) => {
    expect(judged(before, today)).toHaveLength(findings);
  });

  it('is said of DynamoDB and DAX only', () => {
    expect(judged(990, { n: 20, k: 0 }, 'dax')).toMatchObject([
      { severity: 'INFO', entity: 'dax', count: 1010 },
    ]);
    expect(judged(990, { n: 20, k: 0 }, 's3')).toEqual([]);
  });
});

describe('principals who speak plain HTTP', () => {
  const plain = (n: number, k = 0): PrincipalCounts => new Map([[`user:${ACCOUNT}:plain`, { n, k }]]);
  const judgedBeside = (all: Counts, others: PrincipalCounts): string => {
    const calibration = calibrate(ACCOUNT, 'dynamodb', 'Data', ME, DAY, context(all, [], others));
    return calibration.verdict === 'calibrated' ? calibration.grade : calibration.verdict;
  };

  it.each<[string, string, Counts, PrincipalCounts]>([
    [
      'do not hide another one, however many their calls',
      'probable',
      [['dynamodb', DAY, 300, 300]],
      plain(5000),
    ],
    ['do not, where they use TLS now and then', 'probable', [['dynamodb', DAY, 300, 300]], plain(5000, 40)],
    [
      'make AWS’s list doubtful when they use TLS now and then',
      'uncalibrated',
      [['dynamodb', DAY, 10, 10]],
      plain(50, 2),
    ],
    ['leave AWS’s list standing when they never do', 'weak', [['dynamodb', DAY, 10, 10]], plain(50)],
    [
      'are a log without the field when there is nobody else in a thousand calls',
      'uncalibrated',
      [['dynamodb', DAY, 0, 0]],
      plain(1000),
    ],
  ])('%s', (_name, expected, all, others) => {
    expect(judgedBeside(all, others)).toBe(expected);
  });
});

describe('the counts', () => {
  it('of services are sums, in any order and any split', () => {
    fc.assert(
      fc.property(splits(fc.boolean(), 60), ({ whole, parts }) => {
        expect(foldAll(tlsByService, whole)).toEqual({ n: whole.length, k: whole.filter(Boolean).length });
        expect(foldInParts(tlsByService, parts)).toEqual(foldAll(tlsByService, whole));
      }),
    );
  });

  it('of principals are too', () => {
    const seen = fc.record({ principal: fc.constantFrom('a', 'b', 'c'), full: fc.boolean() });
    fc.assert(
      fc.property(splits(seen, 60), ({ whole, parts }) => {
        expect(foldInParts(tlsOfPrincipals, parts)).toEqual(foldAll(tlsOfPrincipals, whole));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnyFold, DAY_MS, type JudgeContext, joinKey } from '../../../src/detectors/detector.ts';
import { CALL_CLASS, CALL_CLASSES, type CallClass } from '../../../src/detectors/tls/call-verdict.ts';
import {
  calibrate,
  callsWithTls,
  LIST_COUNTS_FROM_MS,
  type PrincipalCounts,
  THE_REST,
  type TlsCount,
  tlsByService,
  tlsOfPrincipals,
  verdictsOfDay,
} from '../../../src/detectors/tls/tls-calibration.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { testSettings } from '../plain-replay.ts';

const ACCOUNT = '111122223333';
const ME = `role:${ACCOUNT}:me`;
const OTHER = `role:${ACCOUNT}:other`;
const DAY = Date.UTC(2026, 10, 1) / DAY_MS;

type Counts = readonly (readonly [service: string, day: number, n: number, k: number])[];
type PlainCounts = ReadonlyMap<string, { readonly n: number; readonly k: number }>;

function counts(n: number, k: number): number[] {
  const classes = Array.from({ length: CALL_CLASSES }, () => 0);
  classes[CALL_CLASS.strong] = k;
  classes[CALL_CLASS.absent] = n - k;
  return classes;
}

function principals(all: PlainCounts): PrincipalCounts {
  return new Map(Array.from(all, ([name, { n, k }]) => [name, new Map([['us-east-1', counts(n, k)]])]));
}

function context(all: Counts, mine: Counts = [], plain: PlainCounts = new Map()): JudgeContext {
  const summaries = new Map<string, TlsCount | PrincipalCounts>();
  for (const [service, day, n, k] of all) {
    const own = mine.find((entry) => entry[0] === service && entry[1] === day) ?? [service, day, 0, 0];
    summaries.set(`${tlsByService.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`, { n, k });
    summaries.set(
      `${tlsOfPrincipals.name} ${joinKey(ACCOUNT, service, 'Data')} ${day}`,
      principals(
        new Map([[ME, { n: own[2], k: own[3] }], [OTHER, { n: n - own[2], k: k - own[3] }], ...plain]),
      ),
    );
  }
  const read = (fold: AnyFold, key: string, window: number) =>
    summaries.get(`${fold.name} ${key} ${window}`) ?? null;
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
      'one service with very many plain calls, while four others keep it',
      'probable',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ['ec2', DAY, 700, 0],
        ...['sts', 'kms', 's3', 'lambda'].map((service) => [service, DAY, 100, 100] as const),
      ],
    ],
    [
      'seven services that one plain client alone calls, while four others keep it',
      'probable',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ...['ec2', 'sns', 'sqs', 'ssm', 'logs', 'iam', 'secretsmanager'].map(
          (service) => [service, DAY, 100, 0] as const,
        ),
        ...['sts', 'kms', 's3', 'lambda'].map((service) => [service, DAY, 100, 100] as const),
      ],
    ],
    [
      'all other services lose it, but the other principals of DynamoDB keep it on that very day',
      'probable',
      [
        ['dynamodb', DAY, 900, 900],
        ['s3', DAY, 100, 0],
        ['sts', DAY, 100, 0],
      ],
    ],
    [
      'services of a few calls each, all without it',
      'pipeline-drops-it',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ...['ec2', 'sns', 'sqs', 'ssm', 'logs'].map((service) => [service, DAY, 4, 0] as const),
      ],
    ],
    [
      'one service in four keeps it, of a trail of its own',
      'pipeline-drops-it',
      [
        ['dynamodb', DAY - 1, 900, 900],
        ...['ec2', 'sns', 'sqs'].map((service) => [service, DAY, 40, 0] as const),
        ['s3', DAY, 40, 40],
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
    tlsOfPrincipals.judge!(
      joinKey(ACCOUNT, service, 'Data'),
      DAY,
      principals(new Map([[OTHER, today]])),
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

  it('is said of DAX too', () => {
    expect(judged(990, { n: 20, k: 0 }, 'dax')).toMatchObject([
      { severity: 'INFO', entity: 'dax', count: 1010 },
    ]);
  });
});

describe('a pipeline that drops the field', () => {
  const told = (all: Counts, day = DAY): string[] =>
    all.flatMap(([service, at, n, k]) =>
      at === day
        ? tlsByService.judge!(joinKey(ACCOUNT, service, 'Data'), at, { n, k }, context(all)).map(
            ({ severity, title }) => `${severity} by ${service}: ${title}`,
          )
        : [],
    );

  it.each<[string, number, Counts]>([
    [
      'is told once, on the day it begins, by one of the services that lost it',
      1,
      [
        ['s3', DAY - 1, 50, 50],
        ['s3', DAY, 40, 0],
        ['sts', DAY, 40, 0],
      ],
    ],
    [
      'not on the next day again',
      0,
      [
        ['s3', DAY - 1, 50, 0],
        ['s3', DAY, 40, 0],
      ],
    ],
    [
      'not behind a quiet weekend either',
      0,
      [
        ['s3', DAY - 3, 50, 0],
        ['s3', DAY - 1, 3, 0],
        ['s3', DAY, 40, 0],
      ],
    ],
    [
      'but when it was well in between',
      1,
      [
        ['s3', DAY - 2, 50, 0],
        ['s3', DAY - 1, 50, 50],
        ['s3', DAY, 40, 0],
      ],
    ],
    ['not where only a few calls are there to say so', 0, [['s3', DAY, 19, 0]]],
    [
      'not where one service of several loses it',
      0,
      [
        ['s3', DAY, 40, 0],
        ['sts', DAY, 40, 40],
      ],
    ],
    [
      'not where one plain client calls one service more often than all others call theirs',
      0,
      [
        ['ec2', DAY, 700, 0],
        ['sts', DAY, 100, 100],
        ['kms', DAY, 100, 100],
        ['s3', DAY, 100, 100],
      ],
    ],
    ['not of services off the list', 0, [['bedrock', DAY, 40, 0]]],
    ['not by DynamoDB alone: that is what is judged', 0, [['dynamodb', DAY, 40, 0]]],
    ['also where it was never there', 1, [['s3', DAY, 40, 0]]],
  ])('%s', (_name, findings, all) => {
    expect(told(all)).toHaveLength(findings);
  });

  it('is no loss in the years when services began to write it', () => {
    const day = LIST_COUNTS_FROM_MS / DAY_MS - 1;
    expect(told([['s3', day, 40, 0]], day)).toEqual([]);
    expect(
      told(
        [
          ['s3', day - 1, 40, 40],
          ['s3', day, 40, 0],
        ],
        day,
      ),
    ).toHaveLength(1);
  });
});

describe('two services that are judged', () => {
  it('do not vouch for each other: a plain client of DAX does not hide one of DynamoDB', () => {
    expect(
      verdict([
        ['dynamodb', DAY, 300, 300],
        ['dax', DAY, 100, 0],
      ]),
    ).toBe('probable');
  });
});

describe('principals who speak plain HTTP', () => {
  const plain = (n: number, k = 0): PlainCounts => new Map([[`user:${ACCOUNT}:plain`, { n, k }]]);
  const judgedBeside = (all: Counts, others: PlainCounts): string => {
    const calibration = calibrate(ACCOUNT, 'dynamodb', 'Data', ME, DAY, context(all, [], others));
    return calibration.verdict === 'calibrated' ? calibration.grade : calibration.verdict;
  };

  it.each<[string, string, Counts, PlainCounts]>([
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

  const seen = fc.record({
    principal: fc.constantFrom('a', 'b', 'c', '', '__proto__'),
    region: fc.constantFrom('us-east-1', 'eu-west-1', ''),
    callClass: fc.integer({ min: 0, max: CALL_CLASSES - 1 }),
  });

  it('of principals are too', () => {
    fc.assert(
      fc.property(splits(seen, 60), ({ whole, parts }) => {
        expect(foldInParts(tlsOfPrincipals, parts)).toEqual(foldAll(tlsOfPrincipals, whole));
      }),
    );
  });

  it('lose no call beyond their caps, and keep the smallest names whatever the order', () => {
    const number = fc.integer({ min: 0, max: 700 });
    const many = fc.record({
      principal: number.map((at) => `p${String(at).padStart(3, '0')}`),
      region: fc.integer({ min: 0, max: 80 }).map((at) => `r${String(at).padStart(2, '0')}`),
      callClass: fc.constantFrom(0, 3),
    });
    const everybody = Array.from({ length: 560 }, (_, at) => ({
      principal: `p${String(at).padStart(3, '0')}`,
      region: `r${String(at % 70).padStart(2, '0')}`,
      callClass: 3 as const,
    }));
    const oneEverywhere = Array.from({ length: 60 }, (_, at) => ({
      ...everybody[at]!,
      principal: 'p599',
    }));
    fc.assert(
      fc.property(splits(many, 30), fc.boolean(), ({ whole, parts }, back) => {
        const crowd = [...everybody, ...oneEverywhere];
        const summary = foldAll<unknown, PrincipalCounts>(tlsOfPrincipals, [...whole, ...crowd]);
        const merged = foldInParts<unknown, PrincipalCounts>(tlsOfPrincipals, [
          ...parts,
          back ? crowd.toReversed() : crowd,
        ]);
        expect(merged).toEqual(summary);
        const calls = [...summary.values()].flatMap((regions) => [...regions.values()].flat());
        expect(calls.reduce((sum, count) => sum + count, 0)).toBe(whole.length + crowd.length);
        expect(summary.size).toBe(501);
        expect(summary.get(THE_REST)!.size).toBe(51);
      }),
      { numRuns: 20 },
    );
  });

  it('of the first version are taken over', () => {
    const old = { [ME]: { n: 30, k: 10 }, [OTHER]: { n: 5, k: 5 } };
    const migrated = tlsOfPrincipals.fromJson!(tlsOfPrincipals.migrate!(old, 1));
    expect(callsWithTls(migrated, ME)).toBe(10);
    expect(callsWithTls(migrated, OTHER)).toBe(5);
    expect(migrated.get(ME)!.get('')![CALL_CLASS.absent]).toBe(20);
  });
});

describe('the verdicts of a day', () => {
  it('are those of the rule: each principal judged by the others, regions apart', () => {
    const day = (entries: readonly (readonly [string, string, CallClass, number])[]): PrincipalCounts =>
      foldAll(
        tlsOfPrincipals,
        entries.flatMap(([principal, region, callClass, calls]) =>
          Array.from({ length: calls }, () => ({ principal, region, callClass })),
        ),
      );
    const today = day([
      ['role:a', 'us-east-1', CALL_CLASS.strong, 300],
      ['role:b', 'us-east-1', CALL_CLASS.strong, 40],
      // Six of ten calls of this one are plain HTTP.
      ['role:b', 'us-east-1', CALL_CLASS.absent, 60],
      ['role:b', 'eu-west-1', CALL_CLASS.hostOnly, 2],
      ['role:c', 'us-east-1', CALL_CLASS.weak, 7],
      ['service:x', 'us-east-1', CALL_CLASS.serviceCaller, 9],
      ['role:d', 'us-east-1', CALL_CLASS.weakElsewhere, 1],
    ]);
    const key = joinKey(ACCOUNT, 'dynamodb', 'Data');
    const read = (fold: AnyFold, asked: string, window: number) =>
      fold === tlsOfPrincipals && asked === key && window === DAY ? today : null;
    const said = verdictsOfDay(key, DAY, { settings: testSettings, read: read as JudgeContext['read'] });
    expect(said.map(({ region, verdict, why, calls }) => [region, verdict, why, calls])).toEqual([
      ['eu-west-1', 'absent-suspicious', 'host-only', 2],
      ['us-east-1', 'absent-explained', 'service-caller', 9],
      ['us-east-1', 'absent-suspicious', 'absent', 60],
      ['us-east-1', 'ok', 'tls', 340],
      ['us-east-1', 'weak', 'old-version-or-cipher', 7],
      ['us-east-1', 'weak', 'old-version-or-cipher-not-direct', 1],
    ]);
    expect(said[0]).toMatchObject({ account: ACCOUNT, service: 'dynamodb', category: 'Data', day: DAY });
    expect(verdictsOfDay(key, DAY + 1, context([]))).toEqual([]);
  });
});

describe('DAX, whose control plane has few callers', () => {
  /** DynamoDB's callers of the day, each with so many of ten calls with TLS. */
  const verdictOfDax = (k: number): string => {
    const summaries = new Map<string, unknown>([
      [`${tlsByService.name} ${joinKey(ACCOUNT, 'sts', 'Data')} ${DAY}`, { n: 100, k: 95 }],
      [
        `${tlsOfPrincipals.name} ${joinKey(ACCOUNT, 'dynamodb', 'Data')} ${DAY}`,
        principals(
          new Map([
            ['one', { n: 10, k }],
            ['two', { n: 10, k }],
          ]),
        ),
      ],
      [
        `${tlsOfPrincipals.name} ${joinKey(ACCOUNT, 'dax', 'Management')} ${DAY - 1}`,
        principals(new Map([[OTHER, { n: 300, k: 300 }]])),
      ],
    ]);
    const read = (fold: AnyFold, key: string, window: number) =>
      summaries.get(`${fold.name} ${key} ${window}`) ?? null;
    const given: JudgeContext = { settings: testSettings, read: read as JudgeContext['read'] };
    return calibrate(ACCOUNT, 'dax', 'Management', ME, DAY, given).verdict;
  };

  it('loses the field where the callers of DynamoDB do', () => {
    expect(verdictOfDax(8)).toBe('pipeline-drops-it');
    expect(verdictOfDax(10)).toBe('calibrated');
  });
});

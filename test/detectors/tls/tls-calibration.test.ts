import { describe, expect, it } from 'vitest';
import { type AnyFold, DAY_MS, type JudgeContext, joinKey } from '../../../src/detectors/detector.ts';
import { CALL_CLASS, type CallClass } from '../../../src/detectors/tls/call-verdict.ts';
import { calibrate, tlsOfPrincipals, verdictsOfDay } from '../../../src/detectors/tls/tls-calibration.ts';
import type { PrincipalCounts, TlsCount } from '../../../src/detectors/tls/tls-counts.ts';
import { tlsByService } from '../../../src/detectors/tls/tls-details-lost.ts';
import { LIST_COUNTS_FROM_MS } from '../../../src/detectors/tls/tls-services.ts';
import { foldAll } from '../fold-laws.ts';
import { testSettings } from '../plain-replay.ts';
import {
  ACCOUNT,
  type Counts,
  context,
  DAY,
  ME,
  OTHER,
  type PlainCounts,
  principals,
} from './counted-days.ts';

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

import { describe, expect, it } from 'vitest';
import { DAY_MS, joinKey } from '../../../src/detectors/detector.ts';
import { tlsByService } from '../../../src/detectors/tls/tls-details-lost.ts';
import { LIST_COUNTS_FROM_MS } from '../../../src/detectors/tls/tls-services.ts';
import { ACCOUNT, type Counts, context, DAY } from './counted-days.ts';

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

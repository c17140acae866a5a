import { describe, expect, it } from 'vitest';
import { objectFacts } from '../../src/records/object-key.ts';

const DAY = Date.UTC(2026, 10, 1);
const STAMP = Date.UTC(2026, 10, 1, 12, 5);
const nothing = { kind: 'unknown', account: '', region: '', deliveredMs: Number.NaN, dayMs: Number.NaN };
const file = (service: string) => `111122223333_${service}_us-east-1_20261101T1205Z_Ab3dE5.json.gz`;

describe('objectFacts', () => {
  it.each([
    [
      'CloudTrail',
      `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/${file('CloudTrail')}`,
      'cloudtrail',
    ],
    [
      'a trail with its own prefix',
      `trails/prod/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/${file('CloudTrail')}`,
      'cloudtrail',
    ],
    [
      'an organization',
      `AWSLogs/o-abcd1234/111122223333/CloudTrail/us-east-1/2026/11/01/${file('CloudTrail')}`,
      'cloudtrail',
    ],
    [
      'Insight',
      `AWSLogs/111122223333/CloudTrail-Insight/us-east-1/2026/11/01/${file('CloudTrail-Insight')}`,
      'cloudtrail-insight',
    ],
    [
      'NetworkActivity',
      `AWSLogs/111122223333/CloudTrail-NetworkActivity/us-east-1/2026/11/01/${file('CloudTrail-NetworkActivity')}`,
      'cloudtrail-network',
    ],
    [
      'Aggregated',
      `AWSLogs/111122223333/CloudTrail-Aggregated/us-east-1/2026/11/01/${file('CloudTrail-Aggregated')}`,
      'cloudtrail-aggregated',
    ],
    [
      'flow logs',
      'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/111122223333_vpcflowlogs_us-east-1_fl-0abc_20261101T1205Z_5d1c9a.log.gz',
      'vpcflow',
    ],
    [
      'flow logs in Hive folders',
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=01/hour=12/111122223333_vpcflowlogs_us-east-1_fl-0abc_20261101T1205Z_5d1c9a.log.gz',
      'vpcflow',
    ],
    ['a file taken out of its folders', file('CloudTrail'), 'cloudtrail'],
  ])('reads the key of %s', (_name, key, kind) => {
    expect(objectFacts(`s3://b/${key}`, key, 7)).toEqual({
      name: `s3://b/${key}`,
      key,
      kind,
      account: '111122223333',
      region: 'us-east-1',
      deliveredMs: STAMP,
      dayMs: DAY,
      modifiedMs: 7,
    });
  });

  it('reads a digest, whose stamp has seconds', () => {
    const key =
      'AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/11/01/111122223333_CloudTrail-Digest_eu-west-1_main_us-east-1_20261101T120530Z.json.gz';
    expect(objectFacts(key, key, Number.NaN)).toMatchObject({
      kind: 'cloudtrail-digest',
      region: 'eu-west-1',
      deliveredMs: STAMP + 30_000,
    });
  });

  it('takes the layout from the name when a folder below AWSLogs was named', () => {
    const name = '/archive/AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/renamed.json.gz';
    expect(objectFacts(name, '2026/11/01/renamed.json.gz', Number.NaN)).toMatchObject({
      kind: 'cloudtrail',
      account: '111122223333',
      region: 'us-east-1',
      dayMs: DAY,
    });
  });

  it.each([
    ['a stamp without Z', '111122223333_CloudTrail_us-east-1-20261101T1205.json'],
    ['a stamp that is no date', '111122223333_CloudTrail_us-east-1_20261399T9999Z_a.json.gz'],
  ])('is not sure of %s', (_name, fileName) => {
    const facts = objectFacts(fileName, fileName, Number.NaN);
    expect(facts).toMatchObject({ kind: 'cloudtrail', account: '111122223333', region: 'us-east-1' });
    expect(facts.deliveredMs).toBeNaN();
  });

  it.each([
    ['an application log', 'logs/app.log'],
    ['a stamp in a file of another kind', 'backup_20261101T1205Z_x.log'],
    ['a folder that only looks like an account', 'AWSLogs/readme/CloudTrail-like/a.txt'],
    ['nothing', ''],
  ])('knows nothing of %s', (_name, key) => {
    expect(objectFacts(key, key, Number.NaN)).toMatchObject(nothing);
  });
});

import { describe, expect, it } from 'vitest';
import { hasFilters, judgePrefix } from '../../src/sources/logs-layout.ts';
import { NO_FILTERS } from '../../src/sources/source.ts';

const filters = {
  fromMs: Date.UTC(2026, 10, 1, 6),
  toMs: Date.UTC(2026, 10, 2),
  accounts: ['111122223333'],
  regions: ['us-east-1'],
};
const trail = 'AWSLogs/111122223333/CloudTrail/';

describe('judgePrefix', () => {
  it.each([
    ['', 'descend'],
    ['prefix/', 'descend'],
    ['a/b/c/d/e/', 'all'],
    ['AWSLogs/', 'descend'],
    ['AWSLogs/o-abcd1234/', 'descend'],
    ['AWSLogs/o-abcd1234/999999999999/', 'out'],
    ['AWSLogs/o-abcd1234/111122223333/', 'descend'],
    ['AWSLogs/999999999999/', 'out'],
    ['AWSLogs/something/', 'all'],
    [trail, 'descend'],
    [`${trail}eu-west-1/`, 'out'],
    [`${trail}us-east-1/`, 'descend'],
    [`${trail}us-east-1/2025/`, 'out'],
    [`${trail}us-east-1/2026/`, 'descend'],
    [`${trail}us-east-1/2026/09/`, 'out'],
    [`${trail}us-east-1/2026/10/`, 'descend'],
    [`${trail}us-east-1/2026/10/30/`, 'out'],
    [`${trail}us-east-1/2026/10/31/`, 'all'],
    [`${trail}us-east-1/2026/11/01/`, 'all'],
    [`${trail}us-east-1/2026/11/02/`, 'all'],
    [`${trail}us-east-1/2026/11/03/`, 'out'],
    [`${trail}us-east-1/2026/13/`, 'all'],
    ['x/AWSLogs/aws-account-id=999999999999/', 'out'],
    ['x/AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/', 'descend'],
    ['AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=eu-west-1/', 'out'],
    [
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/',
      'descend',
    ],
    [
      'AWSLogs/aws-account-id=111122223333/aws-service=vpcflowlogs/aws-region=us-east-1/year=2026/month=11/day=09/',
      'out',
    ],
    ['AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/01/', 'all'],
  ])('%s is %s', (prefix, verdict) => {
    expect(judgePrefix(prefix, filters)).toBe(verdict);
  });

  it('rules nothing out without filters', () => {
    expect(hasFilters(NO_FILTERS)).toBe(false);
    expect(judgePrefix(`${trail}eu-west-1/1999/01/01/`, NO_FILTERS)).toBe('all');
  });
});

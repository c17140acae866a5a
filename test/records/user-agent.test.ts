import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { userAgentFamily } from '../../src/records/user-agent.ts';

describe('userAgentFamily', () => {
  it.each([
    ['', ''],
    ['Boto3/1.34.0 md/Botocore#1.34.0 ua/2.0 os/linux#6.1 lang/python#3.12', 'boto3+linux'],
    ['Boto3/1.7.2 Python/3.6.3 Darwin/17.4.0 Botocore/1.10.2', 'boto3+macos'],
    ['Botocore/1.34.0 ua/2.0 os/windows#10', 'botocore+windows'],
    ['aws-cli/2.15.0 Python/3.11.6 Darwin/23.1.0 exe/x86_64', 'aws-cli+macos'],
    ['[aws-cli/1.16.96 Python/2.7.10 Linux/4.14 botocore/1.12.86]', 'aws-cli+linux'],
    [
      'aws-sdk-java/2.20.0 Linux/5.10 OpenJDK/17 exec-env/AWS_Lambda_java17',
      'aws-sdk-java+exec-env/aws_lambda_java17+linux',
    ],
    [
      'aws-sdk-nodejs/2.1360.0 linux/v18 exec-env/AWS_ECS_FARGATE promise',
      'aws-sdk-js+exec-env/aws_ecs_fargate+linux',
    ],
    ['aws-sdk-js/3.500.0 ua/2.0 os/linux#5.10 lang/js', 'aws-sdk-js+linux'],
    ['aws-sdk-go-v2/1.24.0 os/linux', 'aws-sdk-go-v2+linux'],
    ['aws-sdk-go/1.44.0 (go1.19; linux; amd64)', 'aws-sdk-go+linux'],
    ['APN/1.0 HashiCorp/1.0 Terraform/1.6.0 aws-sdk-go-v2/1.24.0 os/linux', 'terraform+linux'],
    ['signin.amazonaws.com', 'console'],
    ['console.amazonaws.com', 'console'],
    ['Mozilla/5.0 (Windows NT 10.0; Win64; x64)', 'browser+windows'],
    ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)', 'browser+macos'],
    ['Mozilla/5.0 (Linux; Android 14)', 'browser+android'],
    ['curl/8.4.0', 'curl'],
    ['dynamodb.amazonaws.com', 'other'],
    ['my-tool/7.1', 'my-tool'],
  ])('%j is %j', (userAgent, family) => {
    expect(userAgentFamily(userAgent)).toBe(family);
  });

  it('is one family whatever the versions and the run ids are', () => {
    const of = (run: string): string => userAgentFamily(`Boto3/1.${run} os/linux#6.${run} md/run#${run}`);
    fc.assert(
      fc.property(fc.nat().map(String), (run) => {
        expect(of(run)).toBe(of('1'));
      }),
    );
  });

  it('is short and plain, and never shows a key that somebody put into the header', () => {
    const key = `${'AK'}IA${'Q7ZT'.repeat(4)}`;
    const headers = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc
        .array(
          fc.constantFrom(key, '/', ' ', '[', 'exec-env/', 'AWS_', 'key=', 'a', 'os/linux', '\u001b[2J'),
          {
            maxLength: 12,
          },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(headers, (userAgent) => {
        const family = userAgentFamily(userAgent);
        expect(family).toMatch(/^[a-z0-9+/_.-]{0,100}$/);
        expect(userAgent.startsWith(`${key}/`) && family.includes(key.toLowerCase())).toBe(false);
      }),
      { numRuns: 1000 },
    );
    expect(userAgentFamily(`${key}/1.0`)).toBe('other');
    expect(userAgentFamily(`token ${key}`)).toBe('other');
  });

  it('takes time in proportion to the length', () => {
    const startedMs = performance.now();
    for (const unit of ['a', 'exec-env/', '[', 'aws-sdk-', 'm', '-']) userAgentFamily(unit.repeat(100_000));
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});

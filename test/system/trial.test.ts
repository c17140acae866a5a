// The trial (--param="trial=true"): a stack with a bucket of its own, loaded and used, so that what only it has is made too.

import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { TRIAL } from '../deploy/packaged.ts';
import { secretArn } from '../local-aws/arns.ts';
import { type LocalAws, startLocalAws } from '../local-aws/local-aws.ts';
import { allows } from '../local-aws/policies.ts';
import { PASSED_OVER, type Stack } from '../local-aws/stack.ts';
import { plainFlow } from './flow-objects.ts';
import { flowKey, SERVICE } from './monitor.ts';
import { packageOnce } from './package-once.ts';

let aws: LocalAws;
let stack: Stack;

beforeAll(async () => {
  // As the tests of the template have it: packaged once.
  const given = Object.entries(TRIAL).map(([name, value]) => `${name}=${value}`);
  const { templateFile, codeFolder } = await packageOnce(given);
  aws = await startLocalAws();
  stack = await aws.deploy({ templateFile, codeFolder });
}, 60_000);

afterAll(() => aws?.close());

it('judges what its own bucket receives, and makes everything that the template names', async () => {
  const s3 = new S3Client(aws.settings);
  const nowMs = Date.now();
  const Key = flowKey(nowMs);
  await s3.send(
    new PutObjectCommand({ Bucket: stack.ref('TrialBucket'), Key, Body: plainFlow('111122223333', nowMs) }),
  );
  s3.destroy();
  await aws.settle();
  const ran = (name: string) =>
    aws.invocations.filter(({ functionName }) => functionName === `${SERVICE}-${name}`);
  expect(ran('archive-objects').map(({ payload }) => payload)).toEqual(['{"batchItemFailures":[]}']);
  // The bus for other accounts and regions: the object is known by now, and what was alerted is not alerted again.
  aws.emit(
    {
      source: 'aws.s3',
      detailType: 'Object Created',
      resources: [],
      detail: { bucket: { name: stack.ref('TrialBucket') }, object: { key: Key, size: 1, etag: 'e' } },
    },
    SERVICE,
  );
  await aws.settle();
  expect(ran('archive-objects').map(({ payload }) => payload)).toEqual(
    Array.from({ length: 2 }, () => '{"batchItemFailures":[]}'),
  );
  // Nobody has put Slack's secret where it should be: the alert is on the topic all the same, and what was for Slack is set aside.
  expect(aws.calls.filter(({ action }) => action === 'sns:Publish')).toHaveLength(1);
  expect(ran('slack-notifier').map(({ failed }) => failed)).toEqual([true, true, true, true, true]);
  // Its role lets it ask: the one secret that was named, and no other.
  const role = stack.ref('SlackNotifierRole');
  const asked = aws.calls.filter((call) => call.role === role && call.action.startsWith('secretsmanager:'));
  expect([...new Set(asked.map(({ action, resource }) => `${action} ${resource}`))]).toEqual([
    `secretsmanager:GetSecretValue ${secretArn('wiretrail/slack')}`,
  ]);
  for (const call of asked) expect(allows(stack.roles.get(role)!, call)).toBe(true);
  const other = { action: 'secretsmanager:GetSecretValue', resource: secretArn('wiretrail/other') };
  expect(allows(stack.roles.get(role)!, other)).toBe(false);
  const sqs = new SQSClient(aws.settings);
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({ QueueUrl: stack.ref('SlackAlertsDead') }),
  );
  sqs.destroy();
  expect(Messages).toHaveLength(1);
  // What was left out is listed with its reason; a type that is not listed would have failed.
  const reasons = new Set(Object.values(PASSED_OVER));
  expect([...stack.passedOver.keys()]).toContain('TrialTrail');
  for (const [logicalId, reason] of stack.passedOver) expect(reasons, logicalId).toContain(reason);
});

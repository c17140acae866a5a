// Each role lets its function do what the function was seen doing, and nothing else. What a role does not let it do is refused by the local
// services, so that a call too many shows as a failure; a grant too many shows here.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import {
  CloudWatchLogsClient,
  CreateLogStreamCommand,
  PutLogEventsCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Template } from '../deploy/packaged.ts';
import { ACCOUNT, logGroupArn, REGION } from '../local-aws/arns.ts';
import { matches } from '../local-aws/policies.ts';
import { plainFlow } from './flow-objects.ts';
import { emptyTrailObject, flowKey, LOG_GROUP, type Monitor, SERVICE, startMonitor } from './monitor.ts';

const FUNCTIONS = ['archive-objects', 'trail-events', 'log-events', 'window-closer', 'slack-notifier'];

/** Actions that nothing here brings a function to, and when it needs them. By logical id of the role, and action. */
const UNSEEN: Readonly<Record<string, string>> = {
  'LogEventsRole dynamodb:Query':
    'reads which windows are closed when the window closer came by between its claim and its merge; an archive object can be late, a log line not',
};

const DAY_MS = 86_400_000;
/** Windows take records for a day past their end. */
const ADVANCED_MS = 49 * 3_600_000;

/**
 * Statements that the stack of these tests does not have, because a parameter is not given, and who looks at them instead. By logical id
 * of the role, and condition of the template. What any parameter may add stands here or is seen in use.
 */
const NOT_DEPLOYED: Readonly<Record<string, string>> = {
  'ArchiveObjectsRole TrailIsEncrypted':
    'trailKeyArn: the local S3 encrypts nothing and uses no key; test/deploy/roles.test.ts holds the action, the key and the service',
  'ArchiveObjectsRole FlowsAreEncrypted': 'flowKeyArn: as for the trail',
  'SlackNotifierRole SlackSecretInSecretsManager':
    'slackSecret is a parameter here; test/system/trial.test.ts sees the function ask Secrets Manager, and this grant let it',
  'SlackNotifierRole SlackSecretIsEncrypted':
    'slackKeyArn: local parameters and secrets have no key; test/deploy/roles.test.ts holds the action and the service',
};

let monitor: Monitor;

beforeAll(async () => {
  // Everything is told, to everybody.
  monitor = await startMonitor({
    variables: { WIRETRAIL_MINIMUM_SEVERITY: 'LOW', WIRETRAIL_SLACK_MINIMUM_SEVERITY: 'LOW' },
  });
}, 60_000);

afterAll(() => monitor?.close());

/** A trail that is stopped: a finding by itself. */
function trailStopped(nowMs: number): object {
  return {
    eventVersion: '1.11',
    userIdentity: {
      type: 'IAMUser',
      principalId: 'AIDALOCAL',
      arn: `arn:aws:iam::${ACCOUNT}:user/mallory`,
      accountId: ACCOUNT,
      accessKeyId: 'AKIALOCALMALLORY0001',
      userName: 'mallory',
    },
    eventTime: new Date(nowMs).toISOString().replace(/\.\d+Z$/, 'Z'),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    awsRegion: REGION,
    sourceIPAddress: '45.83.122.9',
    userAgent: 'aws-cli/2.31.0',
    requestParameters: { name: 'organization-trail' },
    responseElements: null,
    requestID: 'a1b2c3d4-0000-4000-8000-000000000001',
    eventID: 'a1b2c3d4-0000-4000-8000-000000000002',
    readOnly: false,
    eventType: 'AwsApiCall',
    managementEvent: true,
    recipientAccountId: ACCOUNT,
    eventCategory: 'Management',
    tlsDetails: {
      tlsVersion: 'TLSv1.3',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      clientProvidedHostHeader: 'cloudtrail.us-east-1.amazonaws.com',
    },
  };
}

it('is all used, and all that is used is granted', async () => {
  const { aws, stack } = monitor;
  const logs = new CloudWatchLogsClient(aws.settings);
  const nowMs = Date.now();
  /** Once as it should be, once so that every try fails. */
  const drive = async (start: () => Promise<void>, functionName: string): Promise<void> => {
    await start();
    await aws.settle();
    aws.faults.add({
      effect: 'kill-before',
      action: 'dynamodb:*',
      functionName: `${SERVICE}-${functionName}`,
      times: 3,
    });
    await start();
    await aws.settle();
    expect(aws.faults.unmet(), functionName).toEqual([]);
    aws.faults.clear();
  };

  // The first run begins the first day: the digest of it is due when it is over.
  await monitor.closeWindows();
  await monitor.put(flowKey(nowMs), plainFlow('111122223333', nowMs));
  const { key, body } = emptyTrailObject(nowMs);
  await monitor.put(key, body);
  await aws.settle();
  await drive(async () => {
    aws.emit({
      source: 'aws.cloudtrail',
      detailType: 'AWS API Call via CloudTrail',
      resources: [],
      detail: trailStopped(Date.now()),
    });
  }, 'trail-events');
  await logs.send(new CreateLogStreamCommand({ logGroupName: LOG_GROUP, logStreamName: 's' }));
  let line = 0;
  await drive(async () => {
    const message = `Starting new HTTP connection (${++line}): dynamodb.us-east-1.amazonaws.com:80`;
    await logs.send(
      new PutLogEventsCommand({
        logGroupName: LOG_GROUP,
        logStreamName: 's',
        logEvents: [{ timestamp: Date.now(), message }],
      }),
    );
  }, 'log-events');
  await aws.advance(ADVANCED_MS);
  await drive(async () => aws.runSchedule(`${SERVICE}-window-closer`), 'window-closer');
  // An object that the bucket told of days late: its windows were closed.
  await monitor.put(flowKey(nowMs), plainFlow('444455556666', nowMs));
  await aws.settle();
  logs.destroy();

  const told = await monitor.alerts();
  // The heartbeat: one digest for each day that went by, through the packaged function.
  const digests = told.filter(({ attributes }) => attributes.kind === 'digest');
  const midnights = Math.floor((nowMs + ADVANCED_MS) / DAY_MS) - Math.floor(nowMs / DAY_MS);
  expect(digests).toHaveLength(midnights);
  expect(digests[0]).toMatchObject({
    subject: expect.stringMatching(/^wiretrail digest \d{4}-\d\d-\d\d: \d+ alerted/),
    message: { kind: 'digest', from: `${new Date(nowMs).toISOString().slice(0, 10)}T00:00:00.000Z` },
  });
  const alerted = told.map(({ attributes }) => attributes.rule);
  expect(alerted).toEqual(expect.arrayContaining(['TLS-06', 'POL-10', 'TLS-10']));
  const ran = new Set(
    aws.invocations.filter(({ failed }) => !failed).map(({ functionName }) => functionName),
  );
  expect([...ran].sort()).toEqual(FUNCTIONS.map((name) => `${SERVICE}-${name}`).sort());

  const unused: string[] = [];
  const unseen: string[] = [];
  for (const [logicalId, role] of stack.ofType('AWS::IAM::Role')) {
    const calls = aws.calls.filter((call) => call.role === role);
    for (const statement of stack.roles.get(role)!) {
      for (const action of [statement.Action].flat()) {
        const granted = { ...statement, Action: action, Condition: {} };
        const isUsed = calls.some((call) =>
          matches(granted, { action: call.action, resource: call.resource }),
        );
        const entry = `${logicalId} ${action}`;
        if (!isUsed && entry in UNSEEN) unseen.push(entry);
        else if (!isUsed) unused.push(entry);
      }
    }
  }
  expect(unused).toEqual([]);
  // An entry that is used by now, or granted no more, has no business in the list.
  expect(unseen).toEqual(Object.keys(UNSEEN));
}, 60_000);

it('leaves no statement of the template unseen, but for those that are listed with who looks at them', () => {
  const { stack, packageFolder } = monitor;
  const file = path.join(packageFolder, 'cloudformation-template-update-stack.json');
  const { Resources } = JSON.parse(readFileSync(file, 'utf8')) as Template;
  const notDeployed: string[] = [];
  for (const logicalId of stack.ofType('AWS::IAM::Role').keys()) {
    const deployed = stack.roles.get(stack.ref(logicalId))!;
    for (const { PolicyDocument } of Resources[logicalId]!.Properties.Policies) {
      for (const statement of PolicyDocument.Statement) {
        const [condition, { Sid, Action }] = statement['Fn::If'] ?? ['', statement];
        const isDeployed = deployed.some((one) => one.Sid === Sid && isDeepStrictEqual(one.Action, Action));
        if (!isDeployed) notDeployed.push(`${logicalId} ${condition}`);
      }
    }
  }
  expect(notDeployed).toEqual(Object.keys(NOT_DEPLOYED));
});

it('reads no log of its own', () => {
  const subscribed = [...monitor.stack.ofType('AWS::Logs::SubscriptionFilter').keys()];
  expect(subscribed).toHaveLength(1);
  const events = monitor.aws.invocations.filter(
    ({ functionName }) => functionName === `${SERVICE}-log-events`,
  );
  expect(events.length).toBeGreaterThan(0);
  for (const { event } of events) expect(event).not.toContain(logGroupArn('/aws/lambda'));
});

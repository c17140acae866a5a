// API calls as EventBridge brings them, and the same calls in the archive minutes later.

import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/detectors/default-settings.ts';
import { archiveObjectsHandler } from '../../src/live/archive-objects.ts';
import { trailEventsHandler } from '../../src/live/trail-events.ts';
import { trailRecord } from '../records/trail-records.ts';
import {
  BUCKET,
  type LocalMonitor,
  metric,
  OWN_FUNCTION,
  problems,
  startLocalMonitor,
} from './local-monitor.ts';

const EVENT_TIME = new Date(Math.floor(Date.now() / 1000) * 1000 - 60_000);
const STAMP = new Date(EVENT_TIME.getTime() + 300_000)
  .toISOString()
  .replace(/[-:]|\.\d+/g, '')
  .replace(/\d\dZ$/, 'Z');
const KEY = `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_${STAMP}_a.json.gz`;

let monitor: LocalMonitor;
let events: ReturnType<typeof trailEventsHandler>;
let objects: ReturnType<typeof archiveObjectsHandler>;

beforeEach(async () => {
  monitor = await startLocalMonitor();
  events = trailEventsHandler(monitor.environment);
  objects = archiveObjectsHandler(monitor.environment);
});
afterEach(async () => {
  vi.unstubAllGlobals();
  await monitor.close();
});

const stopLogging = (over: object = {}): Record<string, unknown> =>
  trailRecord({
    eventTime: EVENT_TIME.toISOString().replace('.000', ''),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    eventCategory: 'Management',
    readOnly: false,
    requestParameters: { name: 'main-trail' },
    ...over,
  });

const early = (detail: object, detailType = 'AWS API Call via CloudTrail') =>
  events(
    { version: '0', id: 'e-1', source: 'aws.cloudtrail', 'detail-type': detailType, detail },
    monitor.lambda,
  );

async function deliver(...records: object[]): Promise<void> {
  await monitor.putObject(KEY, gzipSync(JSON.stringify({ Records: records })));
  const detail = { bucket: { name: BUCKET }, object: { key: KEY } };
  const body = JSON.stringify({ source: 'aws.s3', 'detail-type': 'Object Created', detail });
  const event = { Records: [{ eventSource: 'aws:sqs', messageId: 'm', body }] };
  expect(await objects(event, monitor.lambda)).toEqual({ batchItemFailures: [] });
}

describe('trail-events', () => {
  it('alerts minutes before the archive has the call, which then says nothing twice', async () => {
    await early(stopLogging());
    const first = (await monitor.alerts()).findings;
    expect(first).toMatchObject([{ rule: { id: 'POL-10' }, status: 'provisional', count: 1 }]);
    expect(first[0]?.evidence[0]?.locator).toBe('eventbridge/e-1#1');
    await deliver(stopLogging());
    expect((await monitor.alerts()).findings).toEqual([]);
    // Twice the same event, and once more when the archive has it.
    await early(stopLogging());
    expect((await monitor.alerts()).findings).toEqual([]);
  });

  it('says nothing of a call that the archive has brought already', async () => {
    await deliver(stopLogging());
    const [known] = (await monitor.alerts()).findings;
    await early(stopLogging());
    expect((await monitor.alerts()).findings).toEqual([]);
    expect(known?.evidence[0]?.locator).toBe(`s3://${BUCKET}/${KEY}#1`);
  });

  it.each(['AWS Console Sign In via CloudTrail', 'AWS Console Signin via CloudTrail'])(
    'takes %s',
    async (type) => {
      const root = {
        type: 'Root',
        principalId: '111122223333',
        arn: 'arn:aws:iam::111122223333:root',
        accountId: '111122223333',
      };
      await early(
        stopLogging({
          eventSource: 'signin.amazonaws.com',
          eventName: 'ConsoleLogin',
          eventType: 'AwsConsoleSignIn',
          userIdentity: root,
          requestParameters: null,
          responseElements: { ConsoleLogin: 'Success' },
          additionalEventData: { MFAUsed: 'No' },
        }),
        type,
      );
      expect(problems(monitor.log())).toEqual([]);
    },
  );

  it('judges by the settings that were compiled in', async () => {
    const keepForDays = (retentionInDays: number, eventID: string) =>
      stopLogging({
        eventID,
        eventSource: 'logs.amazonaws.com',
        eventName: 'PutRetentionPolicy',
        requestParameters: { logGroupName: '/app/orders', retentionInDays },
      });
    const environment = { ...monitor.environment, WIRETRAIL_MINIMUM_SEVERITY: 'LOW' };
    events = trailEventsHandler(environment);
    await early(keepForDays(120, '00000000-0000-4000-8000-000000000001'));
    expect((await monitor.alerts()).findings).toEqual([]);
    vi.stubGlobal('WIRETRAIL_SETTINGS', { ...DEFAULT_SETTINGS, minimumRetentionDays: 180 });
    events = trailEventsHandler(environment);
    await early(keepForDays(120, '00000000-0000-4000-8000-000000000002'));
    expect((await monitor.alerts()).findings).toMatchObject([
      { rule: { id: 'POL-10' }, target: { resource: '/app/orders' } },
    ]);
  });

  it('judges its own calls too, and counts them', async () => {
    await early(
      stopLogging({
        userIdentity: {
          type: 'AssumedRole',
          principalId: `AROAEXAMPLE:${OWN_FUNCTION}`,
          arn: `arn:aws:sts::111122223333:assumed-role/ArchiveObjectsRole/${OWN_FUNCTION}`,
          accountId: '111122223333',
          accessKeyId: 'ASIAEXAMPLE',
        },
      }),
    );
    expect(metric(monitor.log(), 'OwnCalls')).toBe(1);
    expect((await monitor.alerts()).findings).toMatchObject([{ rule: { id: 'POL-10' } }]);
  });

  it('passes over records that are not judged', async () => {
    await early(stopLogging({ eventCategory: 'Insight', eventType: 'AwsCloudTrailInsight' }));
    expect(problems(monitor.log())).toEqual([]);
  });

  it.each([
    [
      'an event of a customer',
      { id: '1', source: 'my.app', 'detail-type': 'AWS API Call via CloudTrail', detail: {} },
    ],
    [
      'another event of AWS',
      { id: '1', source: 'aws.ec2', 'detail-type': 'EC2 Instance State-change', detail: {} },
    ],
    ['nothing', null],
  ])('counts what it does not know as unknown input, and is no success: %s', async (_name, event) => {
    await expect(events(event, monitor.lambda)).rejects.toThrow('is no API call');
    expect(metric(monitor.log(), 'UnknownInput')).toBe(1);
  });

  it('does not take a record that it cannot read for a quiet one', async () => {
    await expect(early({ eventName: 'StopLogging' })).rejects.toThrow('holds no CloudTrail record');
  });
});

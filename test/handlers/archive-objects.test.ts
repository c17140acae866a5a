// Objects as S3, EventBridge and CloudTrail announce them, read from a real S3, with a real table and topic behind.

import { gzipSync } from 'node:zlib';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { archiveObjectsHandler } from '../../src/live/archive-objects.ts';
import { windowCloserHandler } from '../../src/live/window-closer.ts';
import { createDynamoDbState } from '../../src/state/dynamodb-state.ts';
import { albLine, PLAIN_TAIL, s3Line } from '../records/access-lines.ts';
import { flowParquet } from '../records/flow-parquet.ts';
import { trailRecord } from '../records/trail-records.ts';
import {
  BUCKET,
  type LocalMonitor,
  metric,
  OWN_FUNCTION,
  problems,
  startLocalMonitor,
} from './local-monitor.ts';

const FLOW_FOLDER = 'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01';
const flowKey = (stamp: string): string =>
  `${FLOW_FOLDER}/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d_${stamp}_1a2b3c4d.log.gz`;
const FLOW_KEY = flowKey('20261101T1210Z');
/** A client in the VPC sends five packets with a request in them to port 80 of DynamoDB, and one flow that is none of that. */
const FLOWS = [
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status pkt-dst-aws-service',
  '5 111122223333 eni-0123456789abcdef0 10.0.4.17 52.94.0.10 41022 80 6 9 4210 1793534700 1793534760 ACCEPT OK DYNAMODB',
  '5 111122223333 eni-0123456789abcdef0 10.0.4.17 52.94.0.10 41023 443 6 9 4210 1793534700 1793534760 ACCEPT OK DYNAMODB',
  '',
].join('\n');

let monitor: LocalMonitor;
let handler: ReturnType<typeof archiveObjectsHandler>;

beforeEach(async () => {
  monitor = await startLocalMonitor();
  handler = archiveObjectsHandler(monitor.environment);
  await monitor.putObject(FLOW_KEY, gzipSync(FLOWS));
});
afterEach(() => monitor.close());

const invoke = (event: unknown) => handler(event, monitor.lambda);

function batch(...bodies: readonly unknown[]): object {
  return {
    Records: bodies.map((body, at) => ({
      messageId: `message-${at + 1}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      eventSource: 'aws:sqs',
    })),
  };
}

/** EventBridge: the key as it is. */
function created(key: string): object {
  const detail = {
    bucket: { name: BUCKET },
    object: { key, size: 1, etag: '0f343b0931126a20f133d67c2b018a3b' },
  };
  return { version: '0', id: 'event', source: 'aws.s3', 'detail-type': 'Object Created', detail };
}

/** S3 itself: the key url-encoded as in forms. */
function notified(key: string): object {
  const object = { key: encodeURIComponent(key).replaceAll('%20', '+'), size: 1, eTag: 'e' };
  return {
    Records: [
      { eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { bucket: { name: BUCKET }, object } },
    ],
  };
}

const bySns = (message: object): object => ({
  Type: 'Notification',
  TopicArn: 'arn:aws:sns:us-east-1:111122223333:trail',
  Message: JSON.stringify(message),
});
const byTrail = (...keys: string[]): object => ({ s3Bucket: BUCKET, s3ObjectKey: keys });

describe('archive-objects', () => {
  it('alerts on what an object shows, and answers that every message is done', async () => {
    expect(await invoke(batch(created(FLOW_KEY)))).toEqual({ batchItemFailures: [] });
    const { findings, subjects } = await monitor.alerts();
    expect(findings).toMatchObject([
      { rule: { id: 'TLS-06' }, evidence: [{ locator: `s3://${BUCKET}/${FLOW_KEY}#2` }] },
    ]);
    expect(subjects[0]).toContain('TLS-06');
    const lines = monitor.log();
    expect(metric(lines, 'Records')).toBe(2);
    expect(metric(lines, 'Alerts')).toBe(1);
    expect(metric(lines, 'Lag')).toBeGreaterThan(0);
    expect(metric(lines, 'TrailObjects')).toBe(0);
    expect(problems(lines)).toEqual([]);
  });

  it('reads access logs of buckets and of load balancers', async () => {
    const time = '01/Nov/2026:12:05:00 +0000';
    const bucketKey = 's3-access/2026-11-01-13-04-59-0A1B2C3D4E5F6071';
    const plain = s3Line({ time, key: 'prod/terraform.tfstate', tail: PLAIN_TAIL });
    await monitor.putObject(bucketKey, Buffer.from(`${s3Line({ time })}\n${plain}\n`));
    const folder = 'AWSLogs/111122223333/elasticloadbalancing/us-east-1/2026/11/01';
    const balancerKey = `${folder}/111122223333_elasticloadbalancing_us-east-1_app.orders.50dc6c495c0c9188_20261101T1210Z_198.51.100.9_3axv6k1p.log.gz`;
    const requests = [
      albLine({ time: '2026-11-01T12:05:00.000000Z' }),
      albLine({ time: '2026-11-01T12:06:00.000000Z', type: 'http', tls: '- -' }),
    ];
    await monitor.putObject(balancerKey, gzipSync(`${requests.join('\n')}\n`));
    expect(await invoke(batch(created(bucketKey), created(balancerKey)))).toEqual({ batchItemFailures: [] });
    const { findings } = await monitor.alerts();
    expect(findings).toMatchObject([
      {
        rule: { id: 'TLS-12' },
        severity: 'HIGH',
        evidence: [{ source: 'access-log', locator: `s3://${BUCKET}/${bucketKey}#2` }],
      },
    ]);
    const lines = monitor.log();
    expect(metric(lines, 'Records')).toBe(4);
    expect(problems(lines)).toEqual([]);
  });

  const odd = `${FLOW_FOLDER}/odd name+%41 ü.log.gz`;
  it.each([
    ['S3 in SQS', (key: string) => batch(notified(key))],
    ['S3 in SNS in SQS', (key: string) => batch(bySns(notified(key)))],
    ['EventBridge in SQS', (key: string) => batch(created(key))],
    ['EventBridge in SNS in SQS', (key: string) => batch(bySns(created(key)))],
    ['CloudTrail’s notice in SNS in SQS', (key: string) => batch(bySns(byTrail(FLOW_KEY, key)))],
    ['S3 itself', (key: string) => notified(key)],
    ['EventBridge itself', (key: string) => created(key)],
  ])('reads the very key that is announced by %s', async (_name, event) => {
    await monitor.putObject(odd, gzipSync(FLOWS.replaceAll('10.0.4.17', '10.0.9.9')));
    expect(await invoke(event(odd))).toEqual({ batchItemFailures: [] });
    const { findings } = await monitor.alerts();
    expect(findings.map(({ evidence }) => evidence[0]?.locator)).toContain(`s3://${BUCKET}/${odd}#2`);
  });

  it('passes over what lies outside of the prefixes, of which a topic tells too, and counts it', async () => {
    const within = archiveObjectsHandler({
      ...monitor.environment,
      WIRETRAIL_TRAIL_OBJECTS: 's3://another-bucket/AWSLogs/',
      WIRETRAIL_FLOW_OBJECTS: `s3://${BUCKET}/${FLOW_FOLDER}`,
    });
    // None of these is there: each would fail, and be set aside after five tries.
    const event = batch(
      bySns(notified('uploads/cat.gif')),
      bySns(byTrail('AWSLogs/111122223333/other.log.gz', FLOW_KEY)),
      bySns(notified(FLOW_FOLDER.slice(1))),
    );
    expect(await within(event, monitor.lambda)).toEqual({ batchItemFailures: [] });
    const { findings } = await monitor.alerts();
    expect(findings.map(({ evidence }) => evidence[0]?.locator)).toEqual([`s3://${BUCKET}/${FLOW_KEY}#2`]);
    const lines = monitor.log();
    expect(metric(lines, 'OutsidePrefix')).toBe(3);
    expect(metric(lines, 'Unreadable')).toBe(0);
    expect(problems(lines)).toEqual([]);
    expect(lines.map(({ reason }) => reason).filter((reason) => reason !== undefined)).toEqual(
      Array.from({ length: 3 }, () => 'outside-prefix'),
    );
  });

  it('fails only the messages that failed: the others of the batch are done', async () => {
    const damaged = flowKey('20261101T1215Z');
    const flows = gzipSync(FLOWS);
    await monitor.putObject(damaged, flows.subarray(0, flows.length / 2));
    await monitor.putObject('AWSLogs/readme.pdf', Buffer.from('%PDF-1.7 not a log'));
    const gone = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/gone.json.gz';
    const answer = await invoke(
      batch(
        created(damaged),
        { Service: 'Amazon S3', Event: 's3:TestEvent', Bucket: BUCKET },
        'not a notification',
        byTrail(gone, FLOW_KEY),
        created('AWSLogs/readme.pdf'),
        created(FLOW_KEY),
      ),
    );
    expect(answer).toEqual({
      batchItemFailures: ['message-1', 'message-3', 'message-4'].map((itemIdentifier) => ({
        itemIdentifier,
      })),
    });
    const lines = monitor.log();
    expect(problems(lines)).toEqual(['E_NOTIFICATION', 'truncated', 'not-found']);
    expect(metric(lines, 'UnknownInput')).toBe(1);
    // The damaged object and the missing one.
    expect(metric(lines, 'Unreadable')).toBeGreaterThanOrEqual(2);
    // The object beside the missing one was judged.
    expect((await monitor.alerts()).findings).toHaveLength(1);
  });

  it('says a finding once, however often its object is announced', async () => {
    for (let time = 0; time < 3; time++) {
      expect(await invoke(batch(created(FLOW_KEY), notified(FLOW_KEY)))).toEqual({ batchItemFailures: [] });
    }
    // The same log under another key: every record of it is known.
    const copy = flowKey('20261101T1211Z');
    await monitor.putObject(copy, gzipSync(FLOWS));
    monitor.log();
    await invoke(batch(created(copy)));
    expect(metric(monitor.log(), 'Duplicates')).toBe(2);
    expect((await monitor.alerts()).findings.map(({ count }) => count)).toEqual([1]);
  });

  it('puts together what only several objects show', async () => {
    const call = (second: number, over: object): Buffer => {
      const eventTime = `2026-11-01T12:00:${String(second).padStart(2, '0')}Z`;
      const eventID = `00000000-0000-4000-8000-0000000000${String(second).padStart(2, '0')}`;
      const userIdentity = {
        type: 'IAMUser',
        arn: 'arn:aws:iam::111122223333:user/deploy',
        accountId: '111122223333',
        accessKeyId: 'AKIDDEPLOY',
        userName: 'deploy',
      };
      const record = trailRecord({ eventTime, eventID, userIdentity, eventName: 'GetItem', ...over });
      return gzipSync(JSON.stringify({ Records: [record] }));
    };
    const key = (minute: string): string =>
      `AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T12${minute}Z_a.json.gz`;
    await monitor.putObject(key('05'), call(1, { sourceIPAddress: '192.0.2.1' }));
    await monitor.putObject(key('10'), call(41, { sourceIPAddress: '198.18.4.4', tlsDetails: undefined }));
    await invoke(batch(created(key('05'))));
    expect((await monitor.alerts()).findings).toEqual([]);
    // An hour without one is an alarm.
    expect(metric(monitor.log(), 'TrailObjects')).toBe(1);
    await invoke(batch(created(key('10'))));
    expect((await monitor.alerts()).findings.map(({ rule }) => rule.id)).toContain('REP-03');
  });

  it('counts the calls of its own functions, and judges them like any others', async () => {
    const call = (sessionName: string) =>
      trailRecord({
        eventID: `event of ${sessionName}`,
        eventTime: '2026-11-01T12:00:00Z',
        eventSource: 'cloudtrail.amazonaws.com',
        eventName: 'StopLogging',
        readOnly: false,
        requestParameters: { name: 'main' },
        userIdentity: {
          type: 'AssumedRole',
          principalId: `AROAEXAMPLE:${sessionName}`,
          arn: `arn:aws:sts::111122223333:assumed-role/some-role/${sessionName}`,
          accountId: '111122223333',
          accessKeyId: 'ASIDEXAMPLE',
          sessionContext: {
            sessionIssuer: {
              type: 'Role',
              principalId: 'AROAEXAMPLE',
              arn: 'arn:aws:iam::111122223333:role/some-role',
              accountId: '111122223333',
              userName: 'some-role',
            },
          },
        },
      });
    const key =
      'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T1205Z_a.json.gz';
    const records = [call(OWN_FUNCTION), call('another-function')];
    await monitor.putObject(key, gzipSync(JSON.stringify({ Records: records })));
    await invoke(batch(created(key)));
    expect(metric(monitor.log(), 'OwnCalls')).toBe(1);
    const { findings } = await monitor.alerts();
    expect(findings).toMatchObject([{ rule: { id: 'POL-10' }, count: 2 }]);
  });

  it('reads flow logs in Parquet, and counts a flow once that came as text before', async () => {
    const key = FLOW_KEY.replace('1210Z', '1215Z').replace('.log.gz', '.log.parquet');
    const lines = FLOWS.trim().split('\n');
    await monitor.putObject(key, flowParquet([...lines, lines[1]!.replace(' 41022 ', ' 41029 ')]));
    expect(await invoke(batch(created(FLOW_KEY)))).toEqual({ batchItemFailures: [] });
    monitor.log();
    expect(await invoke(batch(created(key)))).toEqual({ batchItemFailures: [] });
    const log = monitor.log();
    expect(['Records', 'Duplicates', 'Unreadable'].map((name) => metric(log, name))).toEqual([3, 2, 0]);
    expect((await monitor.alerts()).findings.map(({ rule }) => rule.id)).toEqual(['TLS-06']);
  });

  it('gives up an object that is not read in time, and tells what the others showed', async () => {
    const slow = flowKey('20261101T1220Z');
    await monitor.putObject(slow, gzipSync(FLOWS.replaceAll('10.0.4.17', '10.0.9.9')));
    // Time runs out when the second object has been begun.
    const remaining = [100_000, 60_000];
    const lambda = { ...monitor.lambda, getRemainingTimeInMillis: () => remaining.shift() ?? 20_000 };
    expect(await handler(batch(created(FLOW_KEY), created(slow)), lambda)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }],
    });
    expect(problems(monitor.log())).toEqual(['out-of-time']);
    expect((await monitor.alerts()).findings).toHaveLength(1);
  });

  it('begins no further object when its time is nearly over: the others come again', async () => {
    const other = flowKey('20261101T1220Z');
    await monitor.putObject(other, gzipSync(FLOWS.replaceAll('10.0.4.17', '10.0.9.9')));
    const lambda = { ...monitor.lambda, getRemainingTimeInMillis: () => 40_000 };
    expect(await handler(batch(created(FLOW_KEY), created(other)), lambda)).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-2' }],
    });
    expect((await monitor.alerts()).findings).toHaveLength(1);
  });

  it('gives back only the message that meets an item which cannot be taken', async () => {
    await invoke(batch(created(FLOW_KEY)));
    const client = new DynamoDBClient(monitor.aws.settings);
    const state = createDynamoDbState({ client, table: monitor.environment.WIRETRAIL_STATE_TABLE! });
    const window = Math.floor(1_793_534_700_000 / 86_400_000);
    for await (const item of state.list(`summary|plaintext-dynamodb-flows|${window}`)) {
      // As a newer wiretrail would write it.
      await state.write(item, Buffer.from([99, 0]), item.version, null);
    }
    const again = flowKey('20261101T1220Z');
    const good = flowKey('20261101T1225Z');
    await monitor.putObject(again, gzipSync(FLOWS.replaceAll(' 41022 ', ' 41029 ')));
    await monitor.putObject(
      good,
      gzipSync(FLOWS.replaceAll('111122223333', '444455556666').replaceAll('eni-0', 'eni-9')),
    );
    monitor.log();
    expect(await invoke(batch(created(again), created(good)))).toEqual({
      batchItemFailures: [{ itemIdentifier: 'message-1' }],
    });
    const lines = monitor.log();
    expect(problems(lines)).toEqual(['E_STATE_NEWER']);
    expect(metric(lines, 'StateNewer')).toBe(1);
    expect((await monitor.alerts()).findings.map(({ account }) => account)).toContain('444455556666');
  });

  it('reads a large object in a stream, and once more from S3 where some of it is known', async () => {
    const text = Buffer.alloc(17 * 1024 * 1024, '.');
    for (let at = 0; at < text.length; at += 1_000_000) text.write(`\n2026-11-01T12:00:00Z line ${at} `, at);
    const opened = (key: string): number =>
      monitor.aws.calls.filter(({ action, resource }) => action === 's3:GetObject' && resource.endsWith(key))
        .length;
    for (const key of ['logs/large.log', 'logs/copy.log', 'logs/copy-of-small.log']) {
      await monitor.putObject(key, key.includes('small') ? text.subarray(0, 3_000_000) : text);
      expect(await invoke(batch(created(key)))).toEqual({ batchItemFailures: [] });
    }
    await monitor.putObject('logs/small.log', text.subarray(0, 3_000_000));
    await invoke(batch(created('logs/small.log')));
    expect(['logs/large.log', 'logs/copy.log', 'logs/small.log'].map(opened)).toEqual([1, 2, 1]);
    expect(metric(monitor.log(), 'Duplicates')).toBeGreaterThan(17);
  });

  it('keeps an alert that cannot be sent, and the window closer sends it', async () => {
    const elsewhere = `${monitor.environment.WIRETRAIL_ALERT_TOPIC}-gone`;
    const cutOff = archiveObjectsHandler({ ...monitor.environment, WIRETRAIL_ALERT_TOPIC: elsewhere });
    expect(await cutOff(batch(created(FLOW_KEY)), monitor.lambda)).toEqual({ batchItemFailures: [] });
    const lines = monitor.log();
    expect(metric(lines, 'AlertsFailed')).toBe(1);
    expect(problems(lines)).toEqual(['E_SNS']);
    expect((await monitor.alerts()).findings).toEqual([]);
    await windowCloserHandler(monitor.environment)({}, monitor.lambda);
    expect((await monitor.alerts()).findings).toHaveLength(1);
    await windowCloserHandler(monitor.environment)({}, monitor.lambda);
    expect((await monitor.alerts()).findings).toEqual([]);
  });

  it('throws where there is no queue to give the failure back to', async () => {
    await expect(invoke(created('AWSLogs/gone.json.gz'))).rejects.toThrow('could not be judged');
  });

  it.each([
    ['nothing', null],
    ['no event at all', 17],
    ['an event of another service', { Records: [{ eventSource: 'aws:kinesis' }] }],
    ['a batch of something else', { Records: [{ eventSource: 'aws:sqs' }] }],
    ['a batch of nothing', { Records: [] }],
  ])('counts what it does not know as unknown input, and is no success: %s', async (_name, event) => {
    await expect(invoke(event)).rejects.toThrow();
    expect(metric(monitor.log(), 'UnknownInput')).toBe(1);
  });

  it('does not go on with a table that another fingerprint key made', async () => {
    await invoke(batch(created(FLOW_KEY)));
    const client = new SecretsManagerClient(monitor.aws.settings);
    const other = new CreateSecretCommand({ Name: 'other', SecretString: 'o'.repeat(64) });
    const { ARN: secret = '' } = await client.send(other);
    const stranger = archiveObjectsHandler({ ...monitor.environment, WIRETRAIL_FINGERPRINT_SECRET: secret });
    await expect(stranger(batch(created(FLOW_KEY)), monitor.lambda)).rejects.toThrow(
      'another fingerprint key',
    );
  });

  it('asks for the key once a cold start', async () => {
    for (let time = 0; time < 3; time++) await invoke(batch(created(FLOW_KEY)));
    const asked = monitor.aws.calls.filter(({ action }) => action === 'secretsmanager:GetSecretValue');
    expect(asked).toHaveLength(1);
  });
});

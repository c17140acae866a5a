import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import { MAX_NOTIFICATION_BYTES, readS3Notification } from '../../src/sources/s3-notification.ts';

const TRAIL_KEY =
  'AWSLogs/111122223333/CloudTrail/eu-central-1/2026/11/01/111122223333_CloudTrail_eu-central-1_20261101T1205Z_a1b2C3d4E5f6G7h8.json.gz';
const DIGEST_KEY =
  'AWSLogs/111122223333/CloudTrail-Digest/eu-central-1/2026/11/01/111122223333_CloudTrail-Digest_eu-central-1_main_eu-central-1_20261101T120500Z.json.gz';

function s3Record(key: string, eventName = 'ObjectCreated:Put'): object {
  return {
    eventVersion: '2.1',
    eventSource: 'aws:s3',
    awsRegion: 'eu-central-1',
    eventTime: '2026-11-01T12:05:09.000Z',
    eventName,
    s3: {
      s3SchemaVersion: '1.0',
      bucket: { name: 'trail-logs', arn: 'arn:aws:s3:::trail-logs' },
      object: { key, size: 4096, eTag: '0f343b0931126a20f133d67c2b018a3b', sequencer: '0066F00D' },
    },
  };
}
const direct = (...records: object[]): string => JSON.stringify({ Records: records });
const bySns = (message: string): string =>
  JSON.stringify({
    Type: 'Notification',
    MessageId: '5f1c1f1e-0000-4000-8000-000000000001',
    TopicArn: 'arn:aws:sns:eu-central-1:111122223333:trail-logs',
    Subject: 'Amazon S3 Notification',
    Message: message,
    Timestamp: '2026-11-01T12:05:09.100Z',
    SignatureVersion: '1',
  });
const byEventBridge = (key: string, detailType = 'Object Created'): string =>
  JSON.stringify({
    version: '0',
    id: '5f1c1f1e-0000-4000-8000-000000000002',
    'detail-type': detailType,
    source: 'aws.s3',
    account: '111122223333',
    time: '2026-11-01T12:05:09Z',
    region: 'eu-central-1',
    resources: ['arn:aws:s3:::trail-logs'],
    detail: {
      version: '0',
      bucket: { name: 'trail-logs' },
      object: { key, size: 4096, etag: '0f343b0931126a20f133d67c2b018a3b', sequencer: '0066F00D' },
      reason: 'PutObject',
    },
  });
const trailNotice = (...keys: string[]): string =>
  JSON.stringify({ s3Bucket: 'trail-logs', s3ObjectKey: keys });

const known = { sizeBytes: 4096, etag: '0f343b0931126a20f133d67c2b018a3b' };
const unknown = { sizeBytes: null, etag: '' };

describe('readS3Notification', () => {
  const envelopes: readonly (readonly [string, string, object])[] = [
    ['S3 to SQS', direct(s3Record(TRAIL_KEY)), known],
    ['S3 to SNS to SQS', bySns(direct(s3Record(TRAIL_KEY))), known],
    ['EventBridge to SQS', byEventBridge(TRAIL_KEY), known],
    ['EventBridge to SNS to SQS', bySns(byEventBridge(TRAIL_KEY)), known],
    ["CloudTrail's own notice, by SNS", bySns(trailNotice(TRAIL_KEY)), unknown],
    ["CloudTrail's own notice, raw delivery", trailNotice(TRAIL_KEY), unknown],
  ];
  it.each(envelopes)('reads %s', (_name, body, facts) => {
    expect(readS3Notification(body, 'message 1')).toEqual({
      objects: [{ bucket: 'trail-logs', key: TRAIL_KEY, ...facts }],
      skipped: [],
    });
  });

  it('gives every key of a notice with several, in order, each once', () => {
    const { objects } = readS3Notification(
      bySns(trailNotice('a.json.gz', 'b.json.gz', 'a.json.gz')),
      'message 1',
    );
    expect(objects.map(({ key }) => key)).toEqual(['a.json.gz', 'b.json.gz']);
  });

  it('gives every record of a notification', () => {
    const { objects } = readS3Notification(direct(s3Record('a'), s3Record('b')), 'message 1');
    expect(objects.map(({ key }) => key)).toEqual(['a', 'b']);
  });

  it('decodes the keys of S3 as forms are, and leaves those of EventBridge and CloudTrail as they are', () => {
    const encoded = 'year%3D2026/my+flow%2Blogs/caf%C3%A9%25.log.gz';
    expect(readS3Notification(direct(s3Record(encoded)), 'm').objects[0]?.key).toBe(
      'year=2026/my flow+logs/café%.log.gz',
    );
    expect(readS3Notification(byEventBridge(encoded), 'm').objects[0]?.key).toBe(encoded);
    expect(readS3Notification(trailNotice(encoded), 'm').objects[0]?.key).toBe(encoded);
  });

  it('decodes whatever S3 can encode', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), (text) => {
        const key = `logs/${text}.gz`;
        const encoded = encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
        expect(readS3Notification(direct(s3Record(encoded)), 'm').objects[0]?.key).toBe(key);
      }),
    );
  });

  const skipped: readonly (readonly [string, string, string, string])[] = [
    [
      'the test event that S3 sends first',
      JSON.stringify({
        Service: 'Amazon S3',
        Event: 's3:TestEvent',
        Time: '2026-11-01T12:00:00.000Z',
        Bucket: 'trail-logs',
      }),
      's3://trail-logs',
      'test-event',
    ],
    ['digests of CloudTrail', direct(s3Record(DIGEST_KEY)), `s3://trail-logs/${DIGEST_KEY}`, 'digest'],
    ['digests in a notice', bySns(trailNotice(DIGEST_KEY)), `s3://trail-logs/${DIGEST_KEY}`, 'digest'],
    [
      'removed objects',
      direct(s3Record('a.gz', 'ObjectRemoved:Delete')),
      's3://trail-logs/a.gz',
      'not-created',
    ],
    [
      'removed objects by EventBridge',
      byEventBridge('a.gz', 'Object Deleted'),
      's3://trail-logs/a.gz',
      'not-created',
    ],
    [
      'restored objects',
      direct(s3Record('a.gz', 'ObjectRestore:Completed')),
      's3://trail-logs/a.gz',
      'not-created',
    ],
    [
      'changes of a storage class by EventBridge',
      byEventBridge('a.gz', 'Object Storage Class Changed'),
      's3://trail-logs/a.gz',
      'not-created',
    ],
    [
      'folders made in the console',
      byEventBridge('AWSLogs/'),
      's3://trail-logs/AWSLogs/',
      'empty-folder-marker',
    ],
  ];
  it.each(skipped)('skips %s, with a reason', (_name, body, name, reason) => {
    expect(readS3Notification(body, 'message 1')).toEqual({ objects: [], skipped: [{ name, reason }] });
  });

  it('skips the digest of a notice and keeps the log beside it', () => {
    const { objects, skipped: left } = readS3Notification(bySns(trailNotice(DIGEST_KEY, TRAIL_KEY)), 'm');
    expect(objects.map(({ key }) => key)).toEqual([TRAIL_KEY]);
    expect(left).toHaveLength(1);
  });

  const word = 'a-word-of-the-message';
  const refused: readonly (readonly [string, string, RegExp])[] = [
    ['text', word, /is not JSON/],
    ['an SNS envelope around text', bySns(word), /is not JSON/],
    ['JSON of another kind', JSON.stringify({ word }), /announces no S3 object/],
    ['null', 'null', /announces no S3 object/],
    [
      'a record of another service',
      direct({ ...s3Record('a'), eventSource: `aws:${word}` }),
      /announces no S3 object/,
    ],
    [
      'a record without a bucket',
      direct({ eventSource: 'aws:s3', eventName: 'ObjectCreated:Put', s3: { object: { key: word } } }),
      /announces/,
    ],
    ['a notification of nothing', JSON.stringify({ Records: [] }), /announces no S3 object/],
    ['a notice of nothing', trailNotice(), /announces no S3 object/],
    ['a kind of event that S3 has not', direct(s3Record(word, 'ObjectMade:Put')), /kind of event/],
    ['a kind of event that EventBridge has not', byEventBridge(word, 'Object Made'), /kind of event/],
    ['an SNS envelope in an SNS envelope', bySns(bySns(trailNotice(word))), /announces no S3 object/],
    ['a key that is not encoded', direct(s3Record(`${word}%ZZ`)), /not url-encoded/],
    ['a key that is too long', trailNotice(`${word}${'k'.repeat(1024)}`), /more than 1024 bytes/],
    [
      'a message larger than any',
      `"${word}${' '.repeat(MAX_NOTIFICATION_BYTES)}"`,
      /larger than 1048576 bytes/,
    ],
  ];
  it.each(refused)('refuses %s, naming the message and nothing of its content', (_name, body, expected) => {
    const read = (): unknown => readS3Notification(body, 'message 1');
    expect(read).toThrow(WiretrailError);
    expect(read).toThrow(expected);
    try {
      read();
    } catch (error) {
      expect((error as WiretrailError).code).toBe('E_NOTIFICATION');
      expect((error as WiretrailError).message).toMatch(/^message 1: /);
      expect(`${(error as WiretrailError).message}${(error as WiretrailError).cause ?? ''}`).not.toContain(
        word,
      );
    }
  });
});

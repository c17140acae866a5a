import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { detectFormat, type FormatVerdict } from '../../src/records/object-format.ts';
import { objectFacts } from '../../src/records/object-key.ts';

const TRAIL_KEY =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_20261101T1205Z_a.json.gz';
const FLOW_KEY =
  'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/111122223333_vpcflowlogs_us-east-1_fl-1_20261101T1205Z_a.log.gz';
const record = '{"eventVersion":"1.08","eventSource":"sts.amazonaws.com","eventName":"GetCallerIdentity"}';
const deep = (open: string, close: string) => open.repeat(10_000) + close.repeat(10_000);

function detect(
  head: string | Buffer,
  key = 'file',
  named = false,
  flowFields: readonly string[] | null = null,
): FormatVerdict {
  return detectFormat(typeof head === 'string' ? Buffer.from(head, 'utf8') : head, {
    facts: objectFacts(key, key, 0),
    named,
    flowFields,
  });
}
const short = (verdict: FormatVerdict) =>
  verdict.verdict === 'read' ? verdict.format : `${verdict.verdict} ${verdict.reason}`;

describe('detectFormat', () => {
  it.each([
    ['a CloudTrail file', `{"Records":[${record}]}`, 'cloudtrail'],
    ['one that is spread over lines', `{\n  "Records": [\n    ${record}\n  ]\n}`, 'cloudtrail'],
    ['one behind a byte order mark', `\ufeff{"Records":[${record}]}`, 'cloudtrail'],
    [
      'one whose first record is longer than the head',
      `{"Records":[{"eventVersion":"1.08","userIdentity":{"type":"${'x'.repeat(70_000)}`,
      'cloudtrail',
    ],
    ['one without records', '{"Records":[]}', 'cloudtrail'],
    ['an array of records', `[${record}]`, 'cloudtrail'],
    ['an empty array', '[]', 'cloudtrail'],
    ['one record', record, 'cloudtrail'],
    ['a record a line', `${record}\n${record}`, 'cloudtrail'],
    [
      'a record as a shipper left it',
      '{"requestParameters":{"a":{"b":1}},"eventSource":"s3.amazonaws.com","awsRegion":"us-east-1","@timestamp":"x"}',
      'cloudtrail',
    ],
    [
      'an EventBridge envelope',
      `{"version":"0","detail-type":"AWS API Call via CloudTrail","detail":${record}}`,
      'cloudtrail',
    ],
    [
      'an envelope of something else',
      '{"version":"0","detail-type":"Scheduled Event","detail":{}}',
      'skip not-a-log',
    ],
    [
      'an S3 notification',
      '{"Records":[{"eventVersion":"2.1","eventSource":"aws:s3","awsRegion":"us-east-1","eventTime":"x","eventName":"ObjectCreated:Put"}]}',
      'skip not-a-log',
    ],
    ['an SNS event', '{"Records":[{"EventSource":"aws:sns","Sns":{}}]}', 'skip not-a-log'],
    [
      'the test event of S3',
      '{"Service":"Amazon S3","Event":"s3:TestEvent","Bucket":"b"}',
      'skip test-event',
    ],
    [
      'a digest',
      '{"awsAccountId":"111122223333","digestStartTime":"x","digestS3Bucket":"b","digestS3Object":"o"}',
      'skip digest',
    ],
    [
      'a subscription payload',
      '{"messageType":"DATA_MESSAGE","owner":"1","logGroup":"g","logEvents":[]}',
      'awslogs',
    ],
    ['the same for Lambda', '{"awslogs":{"data":"H4sI"}}', 'awslogs'],
    ['JSON lines', '{"level":"info","msg":"a"}\n{"level":"info","msg":"b"}', 'log-lines'],
    ['JSON lines without the usual keys', '{"a":1}\n{"a":2}\n', 'log-lines'],
    ['one JSON line with a message', '{"message":"a"}', 'log-lines'],
    ['a JSON document', '{\n "Version": "2012-10-17",\n "Statement": []\n}', 'skip not-a-log'],
    ['a JSON document that has a message', '{\n "message": "x"\n}', 'skip not-a-log'],
    ['a JSON document in one line', '{"name":"package","version":"1.0.0"}', 'skip not-a-log'],
    ['an array of other things', '[{"a":1}]', 'skip not-a-log'],
    ['flow lines with a header', 'version account-id interface-id srcaddr dstaddr\n', 'vpc-flow'],
    ['flow lines with underscores in it', 'version account_id interface_id srcaddr dstaddr\n', 'vpc-flow'],
    [
      'flow lines without a header',
      '2 111122223333 eni-1 10.0.1.5 52.94.0.10 1 80 6 12 3456 1791201600 1791201660 ACCEPT OK\n',
      'vpc-flow',
    ],
    ['lines with times', '2026-10-05 12:00:00 started\n', 'log-lines'],
    ['lines with a bracket first', '[2026-10-05 12:00:00 +0000] [1] [INFO] started\n', 'log-lines'],
    ['prose', 'Some words about logs.\n\nAnd more.\n', 'skip not-a-log'],
    ['Parquet, whose end tells more', 'PAR1\u0015\u0004', 'vpc-flow'],
    [
      'an image',
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]),
      'skip not-a-log',
    ],
    ['gzip inside gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'skip not-a-log'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x62, 0, 0, 0]), 'skip not-a-log'],
    ['10,000 objects in each other', deep('{"a":', '}'), 'fail too-deep'],
    ['10,000 arrays in each other', deep('[', ']'), 'fail too-deep'],
    [
      'a CloudTrail file with 10,000 levels in a record',
      `{"Records":[{"eventVersion":"1.08","eventName":"a","requestParameters":${deep('{"a":', '}')}}]}`,
      'cloudtrail',
    ],
    ['Records of 10,000 levels', `{"Records":[${deep('{"a":', '}')}]}`, 'cloudtrail'],
  ])('takes %s for what it is', (_name, head, expected) => {
    expect(short(detect(head))).toBe(expected);
  });

  it.each([
    ['text', 'not JSON at all\n', TRAIL_KEY],
    ['text', 'not flows at all\n', FLOW_KEY],
    ['binary data', Buffer.alloc(100, 1), TRAIL_KEY],
    ['text', 'this was never JSON\n', 'folder/records.json.gz'],
    ['text', 'this was never JSON\n', 'folder/records.json'],
    ['binary data', Buffer.alloc(100), 'folder/records.json.gz'],
    ['binary data', Buffer.alloc(100), 'folder/app.log'],
    ['gzip inside gzip', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0]), 'folder/app.log.gz'],
    ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x62, 0, 0, 0]), 'folder/app.jsonl'],
  ])('does not pass over %s where a log is due', (_name, head, key) => {
    const verdict = detect(head, key);
    expect(short(verdict)).toBe('fail unknown-format');
    expect(verdict).toHaveProperty('hint');
  });

  it.each([
    ['app.log', 'log-lines'],
    ['app.log.gz', 'log-lines'],
    ['app.log.1', 'log-lines'],
    ['app.log.2026-10-05', 'log-lines'],
    ['gunicorn.err', 'log-lines'],
    ['README', 'skip not-a-log'],
    ['README.md', 'skip not-a-log'],
    ['notes.txt', 'skip not-a-log'],
    ['LICENSE', 'skip not-a-log'],
    ['table.csv', 'skip not-a-log'],
    ['folder.log/main.py', 'skip not-a-log'],
  ])('decides by the name %s about text that could be anything', (key, expected) => {
    const words = 'a line of words\nanother\n';
    expect(short(detect(words, key))).toBe(expected);
    expect(short(detect(words, key, true))).toBe('log-lines');
  });

  it.each([
    ['messages.txt', 'log-lines'],
    ['syslog', 'log-lines'],
    ['000000.gz', 'log-lines'],
    ['report.md', 'skip not-a-log'],
    ['page.html', 'skip not-a-log'],
  ])('decides by the name %s about text with times', (key, expected) => {
    expect(short(detect('2026-10-05T12:00:00.000Z hello\n', key))).toBe(expected);
  });

  it('passes over the files that AWS writes to test its access, and digests by their key', () => {
    expect(short(detect('Permission Check Successful', 'exports/aws-logs-write-test', true))).toBe(
      'skip test-event',
    );
    const digest =
      'AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/11/01/111122223333_CloudTrail-Digest_us-east-1_t_us-east-1_20261101T120530Z.json.gz';
    expect(short(detect('{}', digest, true))).toBe('skip digest');
  });

  it('fails a named object of no known kind', () => {
    expect(short(detect('{\n "a": 1\n}', 'a.json', true))).toBe('fail unknown-format');
  });

  it('takes lines of a given format without header', () => {
    expect(
      short(detect('10.0.0.1 10.0.0.2 80 ACCEPT', 'x', false, ['srcaddr', 'dstaddr', 'dstport', 'action'])),
    ).toBe('vpc-flow');
  });

  it('judges any bytes without throwing', () => {
    const json = fc
      .tuple(fc.constantFrom('{"Records":[', '[', '{"a":', '', '\ufeff'), fc.string({ unit: 'binary' }))
      .map(([a, b]) => a + b);
    fc.assert(
      fc.property(
        fc.oneof(
          json,
          fc.json(),
          fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
        ),
        fc.boolean(),
        (head, named) => {
          if (head.length === 0) return;
          expect(['read', 'skip', 'fail']).toContain(detect(head, 'x.log', named).verdict);
        },
      ),
      { numRuns: 400 },
    );
  });
});

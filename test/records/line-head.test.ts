import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createJsonLine, readJsonLine } from '../../src/records/json-line.ts';
import { createLineHead, readLineHead } from '../../src/records/line-head.ts';

const NOON = Date.UTC(2026, 9, 5, 12, 0, 0);

function headOf(line: string) {
  const before = 'an earlier line\n';
  const bytes = Buffer.from(`${before}${line}\n2026-01-01T00:00:00Z a later line`, 'utf8');
  const head = createLineHead();
  readLineHead(bytes, before.length, before.length + Buffer.byteLength(line), head);
  return head;
}

describe('readLineHead', () => {
  it.each([
    ['python logging', '2026-10-05 12:00:00,123 INFO app: done', NOON + 123],
    ['ISO with a T and Z', '2026-10-05T12:00:00Z done', NOON],
    ['microseconds', '2026-10-05T12:00:00.123456Z done', NOON + 123],
    ['one digit of fraction', '2026-10-05 12:00:00.5 done', NOON + 500],
    ['a zone with a colon', '2026-10-05T14:00:00+02:00 done', NOON],
    ['a zone without', '2026-10-05 07:30:00 -0430 done', NOON],
    ['a bracketed time (gunicorn)', '[2026-10-05 12:00:00 +0000] [17] [INFO] Booting worker', NOON],
    ['Go, nginx error log', '2026/10/05 12:00:00 [error] 17#17: open failed', NOON],
    ['an access log', '10.0.0.1 - - [05/Oct/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5', NOON],
    [
      'an access log with a user and IPv6',
      '::1 - alice [05/Oct/2026:14:00:00 +0200] "GET / HTTP/1.1" 200 5',
      NOON,
    ],
    ['Django runserver', '[05/Oct/2026 12:00:00] "GET /admin HTTP/1.1" 200 5', NOON],
    ['a level before the time', 'INFO 2026-10-05 12:00:00,123 views done', NOON + 123],
    ['Lambda, Python', '[ERROR]\t2026-10-05T12:00:00.123Z\tid\tfailed', NOON + 123],
    ['a leap second', '2026-10-05T11:59:60Z done', NOON - 1000],
  ])('reads the time of %s', (_name, line, timeMs) => {
    expect(headOf(line)).toMatchObject({ starts: true, timeMs });
  });

  it.each([
    ['uvicorn', 'INFO:     10.0.0.1:5000 - "GET /?at=2026-10-05T12:00:00Z HTTP/1.1" 200 OK'],
    ['python logging without a time', 'DEBUG:botocore.auth:CanonicalRequest:'],
    ['Lambda', 'START RequestId: 8f5e Version: $LATEST'],
    ['an address without a level', '10.0.0.1:5000 - "GET / HTTP/1.1" 200'],
    ['a date that does not exist', 'ERROR 2026-02-30 12:00:00 done'],
  ])('sees that %s starts a record without a time', (_name, line) => {
    const head = headOf(line);
    expect(head.starts).toBe(true);
    expect(head.timeMs).toBeNaN();
  });

  it.each([
    ['an exception', 'ValueError: time data 2026-10-05 12:00:00 does not match'],
    ['a word that begins like a level', 'INFORMATION about 2026-10-05 12:00:00'],
    ['a signature block', 'host:dynamodb.us-east-1.amazonaws.com'],
    ['a number', '20261005 12:00:00'],
    ['a time in a request', '- "GET /[05/Oct/2026:12:00:00 +0000] HTTP/1.1"'],
    ['something short', 'ok'],
  ])('does not take %s for the start of a record', (_name, line) => {
    expect(headOf(line).starts).toBe(false);
  });

  it('finds the message behind the time of a CloudWatch export, and only there', () => {
    expect(headOf('2026-10-05T12:00:00.000Z hello').cloudWatchMessage).toBe('an earlier line\n'.length + 25);
    expect(headOf('2026-10-05T12:00:00.000Z\tid\tINFO\thello').cloudWatchMessage).toBe(-1);
    expect(headOf('2026-10-05T12:00:00Z hello').cloudWatchMessage).toBe(-1);
  });

  it('reads what Date writes', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date(0), max: new Date('2199-12-31'), noInvalidDate: true }), (date) => {
        expect(headOf(`${date.toISOString()} x`).timeMs).toBe(date.getTime());
        expect(
          headOf(`${date.toISOString().replace('T', ' ').replace('.', ',').slice(0, -1)} x`).timeMs,
        ).toBe(date.getTime());
      }),
    );
  });

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        readLineHead(Buffer.from(bytes), 0, bytes.length, createLineHead());
      }),
    );
  });
});

describe('readJsonLine', () => {
  const jsonOf = (line: string) => {
    const bytes = Buffer.from(line);
    const json = createJsonLine();
    readJsonLine(bytes, 0, bytes.length, json);
    return json;
  };

  it.each([
    ['ISO text', '{"level":"info","time":"2026-10-05T12:00:00Z"}'],
    ['a local form', '{"asctime":"2026-10-05 12:00:00,000"}'],
    ['seconds', '{"ts":1791201600}'],
    ['seconds with a fraction', '{"ts":1791201600.0004}'],
    ['milliseconds', '{"timestamp":1791201600000,"message":"m"}'],
    ['microseconds', '{"time":1791201600000000}'],
    ['nanoseconds', '{"time":1791201600000000000}'],
    [
      'the name that is believed first',
      '{"time":"1999-01-01T00:00:00Z","@timestamp":"2026-10-05T12:00:00Z"}',
    ],
  ])('reads a time given as %s', (_name, line) => {
    expect(jsonOf(line)).toMatchObject({ isObject: true, isTrailRecord: false, timeMs: NOON });
  });

  it.each([
    ['no time', '{"message":"m"}', true],
    ['a small number', '{"time":17}', true],
    ['a time inside the message', '{"message":{"time":1791201600}}', true],
    ['a cut object', '{"time":1791201600', false],
    ['two objects', '{"time":1791201600}{"a":1}', false],
  ])('finds no time in %s', (_name, line, isObject) => {
    const json = jsonOf(line);
    expect(json.isObject).toBe(isObject);
    expect(json.timeMs).toBeNaN();
  });

  it('knows a CloudTrail record and an EventBridge envelope by their own keys only', () => {
    const record =
      '{"eventVersion":"1.08","eventSource":"sts.amazonaws.com","eventName":"GetCallerIdentity"}';
    expect(jsonOf(record).isTrailRecord).toBe(true);
    expect(jsonOf(`{"detail-type":"AWS API Call via CloudTrail","detail":${record}}`).isTrailRecord).toBe(
      true,
    );
    expect(jsonOf(`{"message":${record}}`).isTrailRecord).toBe(false);
    expect(jsonOf(JSON.stringify({ message: record })).isTrailRecord).toBe(false);
  });
});

describe('what a container said', () => {
  it.each([
    ['{"log":"a line\\n","stream":"stdout"}', 'a line'],
    ['{"log":"a backslash \\\\n"}', 'a backslash \\\\n'],
    ['{"PRIORITY":"6","MESSAGE":"a \\"line\\""}', 'a \\"line\\"'],
    ['{"log":""}', ''],
    ['{"log":{"log":"x"}}', null],
    ['{"msg":"a line"}', null],
  ])('in %s', (line, said) => {
    const json = createJsonLine();
    readJsonLine(Buffer.from(line), 0, line.length, json);
    const { saidFrom, saidTill } = json;
    expect(saidFrom < 0 ? null : line.slice(saidFrom, saidTill)).toBe(said);
  });
});

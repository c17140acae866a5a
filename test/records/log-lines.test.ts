import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createLogLinesReader,
  MAX_LINE_BYTES,
  MAX_MESSAGE_BYTES,
  MAX_MESSAGE_LINES,
} from '../../src/records/log-lines.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { chunked, collectingSink, MODIFIED_MS, readBytes } from './read-bytes.ts';

const NOON = Date.UTC(2026, 9, 5, 12);
const DASHES = '-----';
const hex = 'a0'.repeat(32);
const trail = JSON.stringify({
  eventVersion: '1.08',
  eventTime: '2026-10-05T12:00:00Z',
  eventSource: 'sts.amazonaws.com',
  eventName: 'GetCallerIdentity',
  awsRegion: 'us-east-1',
  eventID: 'e-1',
});
const flow = '2 111122223333 eni-1 10.0.1.5 52.94.0.10 49152 80 6 12 3456 1791201600 1791201660 ACCEPT OK';

async function messages(lines: readonly string[], given = {}) {
  const told = await readBytes(`${lines.join('\n')}\n`, given);
  expect(told.unreadable).toEqual([]);
  return told.records.map((record) => record.message);
}

/** Each inner list is one record. */
const GROUPS: readonly (readonly [string, readonly (readonly string[])[]])[] = [
  ['plain lines', [['one'], ['two'], ['three']]],
  ['lines with times', [['2026-10-05 12:00:00 a'], ['2026-10-05 12:00:01 b']]],
  ['JSON lines', [['{"msg":"a"}'], ['{"msg":"b"}']]],
  [
    'a Python traceback under a line with a time',
    [
      [
        '2026-10-05 12:00:00,000 ERROR failed',
        'Traceback (most recent call last):',
        '  File "a.py", line 1, in b',
        '    c()',
        'ValueError: d',
      ],
      ['2026-10-05 12:00:01,000 INFO next'],
    ],
  ],
  [
    'a Python traceback by itself',
    [
      ['before'],
      ['Traceback (most recent call last):', '  File "a.py", line 1', 'ValueError: d'],
      ['after'],
      ['more'],
    ],
  ],
  [
    'a Java stack trace',
    [
      [
        'failed with java.lang.IllegalStateException',
        '\tat a.B.c(B.java:1)',
        'Caused by: java.io.IOException',
        '\tat d.E.f(E.java:2)',
      ],
      ['next'],
    ],
  ],
  [
    'a PEM block in plain lines',
    [
      [`KEY=${DASHES}BEGIN TEST BLOCK${DASHES}`, 'MIIB', '', 'AAAA', `${DASHES}END TEST BLOCK${DASHES}`],
      ['after'],
    ].map((group) => group),
  ],
  [
    'what botocore prints of a signature, with times',
    [
      [
        '2026-10-05 12:00:00,000 botocore.auth [DEBUG] CanonicalRequest:',
        'POST',
        '/',
        '',
        'host:dynamodb.us-east-1.amazonaws.com',
        '',
        'host',
        hex,
      ],
      [
        '2026-10-05 12:00:00,001 botocore.auth [DEBUG] StringToSign:',
        'AWS4-HMAC-SHA256',
        '20261005T120000Z',
        hex,
      ],
      ['2026-10-05 12:00:00,002 botocore.auth [DEBUG] Signature:', hex],
    ],
  ],
  [
    'what botocore prints of a signature, with levels',
    [
      ['DEBUG:botocore.auth:CanonicalRequest:', 'POST', '/', '', 'host', hex],
      ['DEBUG:botocore.auth:Signature:', hex],
    ],
  ],
  [
    'what botocore prints of a signature, bare',
    [
      ['CanonicalRequest:', 'POST', '/', '', 'host', hex],
      ['StringToSign:', 'AWS4-HMAC-SHA256', hex],
      ['Signature:', hex],
      ['next'],
    ],
  ],
  [
    'uvicorn lines between lines with times',
    [
      ['2026-10-05 12:00:00,000 INFO a'],
      ['INFO:     10.0.0.1:5 - "GET / HTTP/1.1" 200 OK'],
      ['INFO:     10.0.0.1:6 - "GET / HTTP/1.1" 200 OK'],
    ],
  ],
  ['pretty JSON under a line with a level', [['INFO: payload', '{', '  "a": 1', '}'], ['INFO: next']]],
  ['JSON lines under a line with a time', [['2026-10-05 12:00:00 a'], ['{"msg":"b"}'], ['{"msg":"c"}']]],
  ['a line that is indented from the start', [['   art'], ['next']]],
];

describe('application logs', () => {
  it.each(GROUPS)('keeps %s together', async (_name, groups) => {
    expect(await messages(groups.flat())).toEqual(groups.map((group) => group.join('\n')));
  });

  it.each(GROUPS)(
    'keeps %s together with CRLF, but for the carriage return of a record end',
    async (_name, groups) => {
      const told = await readBytes(`${groups.flat().join('\r\n')}\r\n`);
      expect(told.records.map((record) => record.message)).toEqual(groups.map((group) => group.join('\r\n')));
    },
  );

  it('reads CloudWatch exports: the time of each event, and the message without it', async () => {
    const key = 'exports/0f1e2d3c-aaaa-bbbb-cccc-0123456789ab/app-stream/000000.gz';
    const told = await readBytes('2026-10-05T12:00:00.001Z first\n  more\n2026-10-05T12:00:00.000Z \n', {
      key,
    });
    expect(told.records).toMatchObject([
      {
        message: 'first\n  more',
        timeMs: NOON + 1,
        stream: 'app-stream',
        group: '',
        ordinal: 1,
        locator: `${key}#1`,
      },
      { message: '', timeMs: NOON, ordinal: 3 },
    ]);
  });

  it('hands lines that are CloudTrail records or flow lines to their readers, under their own line number', async () => {
    const lines = [
      'plain',
      trail,
      flow,
      `2026-10-05T12:00:00.000Z ${trail}`,
      `2026-10-05T12:00:00.000Z ${flow}`,
      `2026-10-05T12:00:00.000Z ${flow.replace('OK', 'NODATA')}`,
      'end',
    ];
    const told = await readBytes(lines.join('\n'));
    // A flow line without the time of CloudWatch in front of it is not taken out of a plain file.
    expect(told.records.map((record) => `${record.kind} ${record.locator}`)).toEqual([
      'line app.log#1',
      'call app.log#2',
      'line app.log#3',
      'call app.log#4',
      'flow app.log#5',
      'line app.log#7',
    ]);
    expect(told.skipped).toEqual(['nodata@6']);
  });

  it('gives a line the time it holds, else that of the record before, else that of its object', async () => {
    const lines = ['first', '2026-10-05 12:00:00 second', '{"msg":"third"}', 'INFO: fourth'];
    expect((await readBytes(lines.join('\n'))).records.map((record) => record.timeMs)).toEqual([
      MODIFIED_MS,
      NOON,
      NOON,
      NOON,
    ]);
    const without = await readBytes('no time anywhere', { modifiedMs: Number.NaN });
    expect(without.unreadable).toEqual(['bad-time@1']);
    expect(without.outcome.status).toBe('failed');
  });

  it('gives copies of a file equal identities, whatever they are called, and every line its own', async () => {
    const text = 'a\na\nb\n';
    const one = await readBytes(text, { key: 'one.log' });
    const copy = await readBytes(text, { key: 'deep/two.log' });
    expect(copy.records.map((record) => record.eventId)).toEqual(one.records.map((record) => record.eventId));
    expect(new Set(one.records.map((record) => record.identity)).size).toBe(3);
    const other = await readBytes(`${text}c\n`);
    expect(other.records[0]!.identity).not.toBe(one.records[0]!.identity);
    expect(one.outcome.contentHash).toMatch(/^[0-9a-f]{64}$/);
    expect(copy.outcome.contentHash).toBe(one.outcome.contentHash);
  });

  it('tells lines behind the hashed beginning apart by what they say', async () => {
    const beginning = `${'x'.repeat(99)}\n`.repeat(11_000);
    const a = await readBytes(`${beginning}same\nthis\n`);
    const b = await readBytes(`${beginning}same\nthat\n`);
    expect(a.outcome.contentHash).toBe(b.outcome.contentHash);
    const [lastA, lastB] = [a.records.slice(-2), b.records.slice(-2)];
    expect(lastA[0]!.identity).toBe(lastB[0]!.identity);
    expect(lastA[1]!.identity).not.toBe(lastB[1]!.identity);
  });

  it('splits a message at its bounds and goes on', async () => {
    const trace = [
      'ERROR: deep',
      ...Array.from({ length: MAX_MESSAGE_LINES + 10 }, (_, i) => `\tat frame ${i}`),
      'INFO: next',
    ];
    const told = await readBytes(trace.join('\n'));
    expect(told.records.map((record) => record.ordinal)).toEqual([1, MAX_MESSAGE_LINES + 1, trace.length]);
    const wide = [
      'ERROR: wide',
      ...Array.from({ length: 4 }, () => `  ${'y'.repeat(MAX_MESSAGE_BYTES / 2)}`),
      'INFO: next',
    ];
    const parts = await readBytes(wide.join('\n'));
    expect(parts.unreadable).toEqual([]);
    expect(parts.records.at(-1)).toMatchObject({ message: 'INFO: next' });
    for (const record of parts.records) expect(record.textLength).toBeLessThanOrEqual(MAX_MESSAGE_BYTES);
  });

  it('passes over a line that is too long, and only over that', async () => {
    const text = `before\n${'z'.repeat(MAX_LINE_BYTES + 1)}\nafter\n`;
    for (const chunks of [[text.length], [300_000]]) {
      const told = await readBytes(text, { chunks });
      expect(told.unreadable).toEqual(['too-long@2']);
      expect(told.records.map((record) => record.message)).toEqual(['before', 'after']);
      expect(told.outcome.status).toBe('partly');
    }
  });

  it.each([
    ['invalid UTF-8', Buffer.from([0x61, 0xff, 0xfe, 0x62, 0x0a]), 4],
    ['NUL bytes', Buffer.from('a\u0000b plain words around it\n'), 25],
    ['a byte order mark', Buffer.from('\ufeffabc\n'), 3],
  ])('reads text with %s as the bytes that it is', async (_name, bytes, textLength) => {
    expect((await readBytes(bytes)).records).toMatchObject([{ textLength }]);
  });

  it('is told the same in chunks of any size', async () => {
    const text = Buffer.from(
      `${GROUPS.flatMap(([, groups]) => groups.flat()).join('\n')}\n${trail}\n2026-10-05T12:00:00.000Z ${flow}\nlast`,
    );
    const facts = objectFacts('app.log', 'app.log', MODIFIED_MS);
    const readIn = async (sizes: readonly number[]) => {
      const { sink, told } = collectingSink();
      const reader = createLogLinesReader(facts, 'ab'.repeat(32), sink, { flowFields: null });
      let left = Buffer.alloc(0);
      for await (const chunk of chunked(text, sizes)) {
        const bytes = Buffer.concat([left, chunk]);
        left = bytes.subarray(reader.push(bytes, bytes.length, false));
      }
      expect(reader.push(left, left.length, true)).toBe(left.length);
      return told;
    };
    const whole = await readIn([text.length]);
    expect(whole.records.length).toBeGreaterThan(25);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 120 }), { minLength: 1, maxLength: 6 }),
        async (sizes) => {
          expect(await readIn(sizes)).toEqual(whole);
        },
      ),
      { numRuns: 60 },
    );
  });

  it('loses no line of any text and never throws', async () => {
    const line = fc.oneof(
      fc.constantFrom(...GROUPS.flatMap(([, groups]) => groups.flat()), trail, flow),
      fc.string({ unit: 'binary', maxLength: 40 }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 15 }), async (lines) => {
        const { sink, told } = collectingSink();
        const bytes = Buffer.from(lines.join('\n'));
        const reader = createLogLinesReader(objectFacts('a.log', 'a.log', 0), '', sink, { flowFields: null });
        expect(reader.push(bytes, bytes.length, true)).toBe(bytes.length);
        const kept = told.records
          .filter((record) => record.kind === 'line')
          .map((record) => String(record.message));
        const all = bytes
          .toString('utf8')
          .replace(/^\ufeff/, '')
          .split('\n');
        for (const wanted of all) {
          const trimmed = wanted.replace(/\r$/, '');
          if (trimmed === '' || wanted.includes('eventVersion')) continue;
          expect(
            kept.some((message) =>
              message.includes(trimmed.replace(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z /, '')),
            ),
          ).toBe(true);
        }
      }),
      { numRuns: 150 },
    );
  });
});

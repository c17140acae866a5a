import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseS3Access, S3_TLS, s3AccessTimeMs, s3TlsOf } from '../../src/records/s3-access.ts';
import { HOST_ID, OWNER, PLAIN_TAIL, type S3LineGiven, s3Line, TLS_TAIL } from './access-lines.ts';

const NOON = Date.UTC(2026, 9, 5, 12);

/** In the middle of a buffer, as the reader has them. */
function at(line: string) {
  const before = 'an "earlier" line SigV4 - AuthHeader h -\n';
  const bytes = Buffer.from(`${before}${line}\na "later" line - SigV4 - AuthHeader host - `, 'latin1');
  const start = before.length;
  const end = start + Buffer.byteLength(line, 'latin1');
  return {
    timeMs: s3AccessTimeMs(bytes, start, end),
    fields: parseS3Access(bytes, start, end),
    tls: s3TlsOf(bytes, start, end),
  };
}

describe('S3 access lines', () => {
  it('reads every field that is asked for', () => {
    const { timeMs, fields, tls } = at(s3Line());
    expect(timeMs).toBe(NOON);
    expect(tls).toBe(S3_TLS.fine);
    expect(fields).toEqual({
      bucket: 'exports',
      bucketOwner: OWNER,
      remoteIp: '10.0.1.20',
      requester: 'arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc',
      operation: 'REST.GET.OBJECT',
      key: 'daily/report.csv',
      status: 200,
      errorCode: '',
      signatureVersion: 'SigV4',
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      authenticationType: 'AuthHeader',
      hostHeader: 'exports.s3.eu-west-1.amazonaws.com',
      tlsVersion: 'TLSv1.3',
      accessPointArn: '',
      sourceRegion: 'eu-west-1',
    });
  });

  it('tells plain HTTP by the cipher and the version', () => {
    const { fields, tls } = at(s3Line({ tail: PLAIN_TAIL }));
    expect(tls).toBe(S3_TLS.none);
    expect(fields).toMatchObject({ cipherSuite: '', tlsVersion: '', signatureVersion: 'SigV4' });
  });

  it.each([
    ['18 fields', '-', S3_TLS.notSigned, null, null],
    ['a host id', `- ${HOST_ID}`, S3_TLS.notSigned, null, null],
    ['no version of TLS yet', `- ${HOST_ID} SigV2 - AuthHeader s3.amazonaws.com`, S3_TLS.none, '', null],
    [
      'no version of TLS yet, a cipher',
      `- ${HOST_ID} SigV4 ECDHE-RSA-AES128-GCM-SHA256 AuthHeader s3.amazonaws.com`,
      S3_TLS.fine,
      'ECDHE-RSA-AES128-GCM-SHA256',
      null,
    ],
    ['24 fields', `- ${HOST_ID} SigV4 - QueryString s3.amazonaws.com -`, S3_TLS.none, '', ''],
    [
      '25 fields',
      `- ${HOST_ID} SigV4 - AuthHeader s3.amazonaws.com - arn:aws:s3:eu-west-1:111122223333:accesspoint/a`,
      S3_TLS.none,
      '',
      '',
    ],
    ['fields of tomorrow', `${PLAIN_TAIL} x y z 17 - -`, S3_TLS.none, '', ''],
    [
      'TLS 1.1',
      `- ${HOST_ID} SigV2 ECDHE-RSA-AES128-SHA AuthHeader s3.amazonaws.com TLSV1.1`,
      S3_TLS.old,
      'ECDHE-RSA-AES128-SHA',
      'TLSV1.1',
    ],
    [
      'TLS 1.0',
      `- ${HOST_ID} SigV2 ECDHE-RSA-AES128-SHA AuthHeader s3.amazonaws.com TLSv1 - -`,
      S3_TLS.old,
      'ECDHE-RSA-AES128-SHA',
      'TLSv1',
    ],
    ['nobody’s request', `- ${HOST_ID} - - - exports.s3.amazonaws.com - - -`, S3_TLS.notSigned, null, null],
    [
      'nobody’s request over TLS',
      `- ${HOST_ID} - TLS_AES_128_GCM_SHA256 - exports.s3.amazonaws.com TLSv1.3 - -`,
      S3_TLS.notSigned,
      null,
      null,
    ],
    [
      'a version that is called like a signature',
      `SigV4 ${HOST_ID} SigV4 TLS_AES_128_GCM_SHA256 AuthHeader h TLSv1.3 - -`,
      S3_TLS.fine,
      'TLS_AES_128_GCM_SHA256',
      'TLSv1.3',
    ],
    [
      'a cipher without a version',
      `- ${HOST_ID} SigV4 TLS_AES_128_GCM_SHA256 AuthHeader h - - -`,
      S3_TLS.fine,
      'TLS_AES_128_GCM_SHA256',
      '',
    ],
  ])('reads a line that ends with %s', (_name, tail, tls, cipherSuite, tlsVersion) => {
    const read = at(s3Line({ tail }));
    expect(read.timeMs).toBe(NOON);
    expect(read.tls).toBe(tls);
    expect(read.fields).toMatchObject({ cipherSuite, tlsVersion, status: 200 });
  });

  it.each([
    ['quotes in the user agent', { userAgent: '"curl" x" - h SigV4 - AuthHeader host - - "' }],
    ['a whole tail in the user agent', { userAgent: `"x" ${PLAIN_TAIL}"` }],
    ['a whole tail in the referer', { referer: `"x" ${PLAIN_TAIL}"` }],
    ['a whole tail in the request', { uri: `"GET /?a="b" ${PLAIN_TAIL} HTTP/1.1"` }],
  ])('is not moved by %s', (_name, given) => {
    expect(at(s3Line({ ...given, tail: TLS_TAIL })).tls).toBe(S3_TLS.fine);
    const hidden = at(s3Line({ ...given, tail: PLAIN_TAIL }));
    expect(hidden.tls).toBe(S3_TLS.none);
    expect(hidden.fields).toMatchObject({ status: 200, hostHeader: 'exports.s3.eu-west-1.amazonaws.com' });
  });

  it.each<readonly [string, S3LineGiven, number]>([
    [
      'a lifecycle rule',
      {
        operation: 'S3.EXPIRE.OBJECT',
        requester: 'AmazonS3',
        ip: '-',
        uri: '"-"',
        answer: '- - - 4096 - -',
        userAgent: '"-"',
        tail: '- - - - - - - - -',
      },
      0,
    ],
    [
      'unquoted hyphens',
      {
        operation: 'BATCH.DELETE.OBJECT',
        uri: '-',
        answer: '204 - - 4 - -',
        referer: '-',
        userAgent: '-',
        tail: `- ${HOST_ID} SigV4 - AuthHeader h - - -`,
      },
      0,
    ],
    [
      'the reading half of a copy',
      { operation: 'REST.COPY.OBJECT_GET', uri: '"GET /a?x-id=CopyObject"', tail: PLAIN_TAIL },
      200,
    ],
    [
      'a requester with spaces',
      { requester: 'arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1EXAMPLE' },
      200,
    ],
    ['an IPv6 address', { ip: '2001:db8::7' }, 200],
    ['a key that is encoded twice', { key: 'a%2520b/%25E2%2582%25AC+c%253D.csv' }, 200],
  ])('reads %s', (_name, given, status) => {
    const { timeMs, fields } = at(s3Line(given));
    expect(timeMs).toBe(NOON);
    expect(fields).toMatchObject({
      status,
      operation: given.operation ?? 'REST.GET.OBJECT',
      requester: given.requester ?? 'arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc',
      key: given.key ?? 'daily/report.csv',
    });
  });

  it('takes the zone of a time into account', () => {
    expect(at(s3Line({ time: '05/Oct/2026:14:00:00 +0200' })).timeMs).toBe(NOON);
  });

  it.each([
    ['an access log of a web server', '10.0.0.1 - - [05/Oct/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5'],
    ['one without names', '- frank [05/Oct/2026:12:00:00 +0000] "GET / HTTP/1.1" 200 5 REST.GET.OBJECT'],
    ['no operation', s3Line({ operation: 'nothing' })],
    ['a day that does not exist', s3Line({ time: '31/Feb/2026:12:00:00 +0000' })],
    ['another time', s3Line({ time: '2026-10-05T12:00:00Z' })],
    ['no bucket', s3Line({ bucket: '-' })],
    ['an owner in capitals', s3Line({ owner: OWNER.toUpperCase() })],
    ['a cut line', s3Line().slice(0, 100)],
    ['64 digits', `${'0'.repeat(64)} is the hash of the file`],
  ])('does not take %s for a line of S3', (_name, line) => {
    expect(at(line).timeMs).toBeNaN();
  });

  it('throws for nothing, and a line cut anywhere is fine or nothing', () => {
    const part = fc.oneof(
      fc.constantFrom('"', ' ', '" ', ' - ', 'SigV4', 'AuthHeader', '[', ']', '\\', s3Line(), PLAIN_TAIL),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), fc.nat(900), (parts, cut) => {
        at(parts.join(''));
        at(s3Line({ userAgent: parts.join('') }).slice(0, cut));
        at(`${s3Line().slice(0, cut)}${parts.join('')}`);
      }),
      { numRuns: 300 },
    );
  });

  it('takes linear time', () => {
    for (const noise of ['"', '" 200 ', ' ', 'SigV4 - ', 'a', 'REST', '" 200 a']) {
      const line = s3Line({
        requester: noise.repeat(100),
        userAgent: `"${noise.repeat(200_000)}"`,
        tail: noise.repeat(200_000),
      });
      const started = performance.now();
      at(line);
      expect(performance.now() - started).toBeLessThan(500);
    }
  });
});

import { describe, expect, it } from 'vitest';
import { findSignatures, parseAmzDate, signatureWindowMs } from '../../src/records/sigv4.ts';
import { expandPlaceholders } from '../detectors/golden-inputs.ts';

const e = expandPlaceholders;
const KEY = e('{{aws-session-key-id:a}}');
const SIGNATURE = e('{{signature:a}}');
const TOKEN = e('{{session-token:a}}');
const SIGNED_MS = Date.UTC(2026, 10, 1, 12);
const header = `AWS4-HMAC-SHA256 Credential=${KEY}/20261101/us-east-1/dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=${SIGNATURE}`;
const query =
  `X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${KEY}%2F20261101%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20261101T120000Z` +
  `&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=${encodeURIComponent(TOKEN)}&X-Amz-Signature=${SIGNATURE}`;

describe('findSignatures: Authorization headers', () => {
  it.each([
    ['plain', `X-Amz-Date: 20261101T120000Z\nAuthorization: ${header}`],
    ['JSON map', JSON.stringify({ 'x-amz-date': '20261101T120000Z', authorization: header })],
    ['lists of values', `map[Authorization:[${header}] X-Amz-Date:[20261101T120000Z]]`],
    [
      'JSON in JSON',
      JSON.stringify(JSON.stringify({ 'x-amz-date': '20261101T120000Z', authorization: header })),
    ],
    [
      'escaped slashes',
      `{"x-amz-date":"20261101T120000Z","authorization":"${header.replaceAll('/', '\\/')}"}`,
    ],
    ['AWSPreparedRequest', `headers={'X-Amz-Date': b'20261101T120000Z', 'Authorization': b'${header}'}`],
    ['tuples of bytes', `[(b'x-amz-date', b'20261101T120000Z'), (b'authorization', b'${header}')]`],
    ['no blanks', `x-amz-date=20261101T120000Z ${header.replaceAll(', ', ',')}`],
  ])('%s', (_, text) => {
    const [trace, ...more] = findSignatures(text);
    expect(more).toEqual([]);
    expect(trace).toMatchObject({
      kind: 'header',
      scheme: 'SigV4',
      keyId: KEY,
      scopeDate: '20261101',
      region: 'us-east-1',
      service: 'dynamodb',
      signedMs: SIGNED_MS,
      validUntilMs: SIGNED_MS + 300_000,
      secret: SIGNATURE,
    });
  });

  it("takes the date of the scope's day that stands nearest", () => {
    const text = `x-amz-date: 20261031T120000Z ${header} x-amz-date: 20261101T120000Z ${' '.repeat(400)} x-amz-date: 20261101T130000Z`;
    expect(findSignatures(text)[0]!.signedMs).toBe(SIGNED_MS);
  });

  it('knows no signing time where none stands beside it', () => {
    expect(findSignatures(header)[0]).toMatchObject({ signedMs: Number.NaN, validUntilMs: Number.NaN });
  });

  it('sees a session token beside it', () => {
    expect(findSignatures(`${header} x-amz-security-token: ${TOKEN}`)[0]!.hasSessionToken).toBe(true);
    expect(findSignatures(`${header} x-amz-security-token: ***`)[0]!.hasSessionToken).toBe(false);
  });

  it('reads SigV4A, whose scope names no region, and SigV2', () => {
    const a = e(
      `AWS4-ECDSA-P256-SHA256 Credential=${KEY}/20261101/s3/aws4_request, SignedHeaders=host, Signature={{signature-a:x}}`,
    );
    expect(findSignatures(a)[0]).toMatchObject({ scheme: 'SigV4A', region: '', service: 's3' });
    expect(findSignatures(e(`Authorization: AWS ${KEY}:{{signature-2:x}}`))[0]).toMatchObject({
      scheme: 'SigV2',
      keyId: KEY,
    });
  });

  it('does not lend the signature of the next header to one that has none', () => {
    const cut = `AWS4-HMAC-SHA256 Credential=${e('{{aws-key-id:b}}')}/20261101/us-east-1/sqs/aws4_request, SignedHeaders=host `;
    expect(findSignatures(cut + header).map((trace) => trace.service)).toEqual(['dynamodb']);
  });

  it.each([
    ['masked', header.replace(SIGNATURE, '****')],
    ['too short', header.replace(SIGNATURE, SIGNATURE.slice(0, 40))],
    ['the name alone', 'AWS4-HMAC-SHA256'],
  ])('leaves alone what is no use: %s', (_, text) => {
    expect(findSignatures(text)).toEqual([]);
  });
});

describe('findSignatures: presigned URLs', () => {
  const expected = {
    kind: 'presigned',
    keyId: KEY,
    region: 'us-east-1',
    service: 's3',
    signedMs: SIGNED_MS,
    validUntilMs: SIGNED_MS + 3_600_000,
    secret: SIGNATURE,
    hasSessionToken: true,
  };
  it.each([
    ['URL', `GET https://b.s3.amazonaws.com/k?${query} HTTP/1.1`],
    ['lower case names', `"/k?${query.replaceAll('X-Amz-', 'x-amz-')}"`],
    ['HTML', `<a href="https://b.s3.amazonaws.com/k?${query.replaceAll('&', '&amp;')}">`],
    [
      'signature not last',
      `https://b/k?X-Amz-Signature=${SIGNATURE}&${query.replace(`&X-Amz-Signature=${SIGNATURE}`, '')}`,
    ],
    [
      'parameters in a map',
      JSON.stringify({ queryStringParameters: Object.fromEntries(new URLSearchParams(query)) }),
    ],
  ])('%s', (_, text) => {
    expect(findSignatures(text)).toMatchObject([expected]);
  });

  it('counts an X-Amz-Expires above 7 days as 7 days', () => {
    const [trace] = findSignatures(`/k?${query.replace('Expires=3600', 'Expires=9999999')}`);
    expect(trace!.validUntilMs).toBe(SIGNED_MS + 7 * 86_400_000);
  });

  it('does not mix the parameters of two URLs', () => {
    const other = query.replace('us-east-1', 'eu-west-1').replace(SIGNATURE, e('{{signature:b}}'));
    const traces = findSignatures(`first https://a/k?${query} second https://b/k?${other}`);
    expect(traces.map((trace) => trace.region)).toEqual(['us-east-1', 'eu-west-1']);
  });

  it('reads version 2', () => {
    const text = e(
      `https://b.s3.amazonaws.com/k?AWSAccessKeyId=${KEY}&Expires=1793535000&Signature={{signature-2:x|url}}`,
    );
    expect(findSignatures(text)).toMatchObject([
      {
        kind: 'presigned',
        scheme: 'SigV2',
        keyId: KEY,
        validUntilMs: 1_793_535_000_000,
        secret: e('{{signature-2:x}}'),
      },
    ]);
  });

  it('leaves a masked signature alone', () => {
    expect(findSignatures(`/k?${query.replace(SIGNATURE, 'X'.repeat(32))}`)).toEqual([]);
  });
});

describe('findSignatures: what botocore prints', () => {
  const canonical = e(
    `CanonicalRequest:\nPOST\n/\n\nhost:dynamodb.us-east-1.amazonaws.com\nx-amz-date:20261101T120000Z\nx-amz-security-token:${TOKEN}\n\nhost;x-amz-date\n{{hex:payload}}`,
  );
  const stringToSign = e(
    'StringToSign:\nAWS4-HMAC-SHA256\n20261101T120000Z\n20261101/us-east-1/dynamodb/aws4_request\n{{hex:c}}',
  );
  it.each([
    ['line breaks', (text: string) => text],
    ['escaped line breaks', (text: string) => text.replaceAll('\n', '\\n')],
  ])('blocks with %s', (_, form) => {
    expect(findSignatures(form(canonical))).toMatchObject([
      {
        kind: 'canonical-request',
        service: 'dynamodb',
        region: 'us-east-1',
        signedMs: SIGNED_MS,
        hasSessionToken: true,
      },
    ]);
    expect(findSignatures(form(stringToSign))).toMatchObject([
      { kind: 'string-to-sign', service: 'dynamodb', region: 'us-east-1', signedMs: SIGNED_MS },
    ]);
    expect(findSignatures(form(`Signature:\n${SIGNATURE}`))).toMatchObject([
      { kind: 'signature-block', secret: SIGNATURE },
    ]);
  });

  it('leaves other signatures alone', () => {
    expect(findSignatures(e('Signature: {{hex:webhook}}'))).toEqual([]);
  });
});

describe('dates and windows', () => {
  it.each([
    ['20261101T120000Z', SIGNED_MS],
    ['20240229T000000Z', Date.UTC(2024, 1, 29)],
    ['20260231T000000Z', Number.NaN],
    ['20261101T250000Z', Number.NaN],
    ['2026-11-01T12:00:00Z', Number.NaN],
  ])('%s', (text, expected) => {
    expect(parseAmzDate(text)).toBe(expected);
  });

  it('gives S3 15 minutes and others 5', () => {
    expect([signatureWindowMs('s3'), signatureWindowMs('dynamodb')]).toEqual([900_000, 300_000]);
  });
});

describe('hostile texts', () => {
  it.each([
    ['many algorithms', 'AWS4-HMAC-SHA256 Credential='.repeat(600)],
    ['many parameters', `X-Amz-Signature=${'a'.repeat(64)}&`.repeat(200)],
    ['one long word', `AWS4-HMAC-SHA256 Credential=${'A'.repeat(16_000)}`],
    ['blocks without an end', `CanonicalRequest:\nGET\n${'a:b\n'.repeat(4_000)}`],
    ['many dates', `${header}${'x-amz-date:'.repeat(1_400)}`],
  ])('%s are read in bounded time', (_, text) => {
    const started = performance.now();
    findSignatures(text.slice(0, 16_384));
    expect(performance.now() - started).toBeLessThan(250);
  });
});

describe('findSignatures: what SDKs and error answers print in front of a canonical request', () => {
  const request = `GET\n/\n\nhost:dynamodb.us-east-1.amazonaws.com\nx-amz-date:20261101T120000Z\n\nhost;x-amz-date\n${SIGNATURE}`;
  it.each([
    ['botocore', 'DEBUG - CanonicalRequest:\n'],
    ['SDK for Java', 'DEBUG AWS4Signer - AWS4 Canonical Request: \'"', '"'],
    ['SDK for C++', 'AWSAuthV4Signer [14] Canonical Request String: '],
    ['SDK for Go', '---[ CANONICAL STRING  ]-----------------------------\n'],
    ['SignatureDoesNotMatch', '<CanonicalRequest>', '</CanonicalRequest>'],
    ['a page of documentation', 'the Canonical Request: see the manual. ', '', 0],
  ])('%s', (_, before, behind = '', count = 1) => {
    const traces = findSignatures(`${before}${request}${behind}`);
    expect(traces.map(({ kind, service, signedMs }) => [kind, service, signedMs])).toEqual(
      Array.from({ length: count }, () => ['canonical-request', 'dynamodb', SIGNED_MS]),
    );
  });
});

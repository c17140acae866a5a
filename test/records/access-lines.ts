// Lines of access logs in the form that AWS gives them.

export const OWNER = '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be';

export interface S3LineGiven {
  readonly owner?: string;
  readonly bucket?: string;
  readonly time?: string;
  readonly ip?: string;
  readonly requester?: string;
  readonly operation?: string;
  readonly key?: string;
  /** With its quotes. */
  readonly uri?: string;
  /** Status, error, sizes and times. */
  readonly answer?: string;
  readonly referer?: string;
  readonly userAgent?: string;
  /** What stands behind the user agent. */
  readonly tail?: string;
}

export const HOST_ID = 's9lzHYrFp76ZVxRcpX9+5cjAnEH2ROuNkd2BHfIa6UkFVdtjf5mKR3/eTPFvsiP/XV/VLi31234=';
export const TLS_TAIL = `- ${HOST_ID} SigV4 TLS_AES_128_GCM_SHA256 AuthHeader exports.s3.eu-west-1.amazonaws.com TLSv1.3 - - eu-west-1`;
export const PLAIN_TAIL = `- ${HOST_ID} SigV4 - AuthHeader exports.s3.eu-west-1.amazonaws.com - - - eu-west-1`;

export function s3Line(given: S3LineGiven = {}): string {
  return [
    given.owner ?? OWNER,
    given.bucket ?? 'exports',
    `[${given.time ?? '05/Oct/2026:12:00:00 +0000'}]`,
    given.ip ?? '10.0.1.20',
    given.requester ?? 'arn:aws:sts::111122223333:assumed-role/orders-api/i-0abc',
    '3E57427F3EXAMPLE',
    given.operation ?? 'REST.GET.OBJECT',
    given.key ?? 'daily/report.csv',
    given.uri ?? '"GET /daily/report.csv HTTP/1.1"',
    given.answer ?? '200 - 2662992 2662992 70 10',
    given.referer ?? '"-"',
    given.userAgent ?? '"aws-sdk-java/2.25.61"',
    given.tail ?? TLS_TAIL,
  ].join(' ');
}

export interface AlbLineGiven {
  readonly type?: string;
  readonly time?: string;
  readonly client?: string;
  readonly answer?: string;
  readonly request?: string;
  readonly userAgent?: string;
  readonly tls?: string;
  readonly actions?: string;
  /** What stands behind the actions. */
  readonly tail?: string;
}

export function albLine(given: AlbLineGiven = {}): string {
  return [
    given.type ?? 'https',
    given.time ?? '2026-10-05T12:00:00.186641Z',
    'app/orders/50dc6c495c0c9188',
    given.client ?? '198.18.7.9:2817',
    '10.0.0.1:80 0.000 0.001 0.000',
    given.answer ?? '200 200 34 366',
    `"${given.request ?? 'GET https://shop.example.com:443/a?b=c HTTP/1.1'}"`,
    `"${given.userAgent ?? 'curl/7.46.0'}"`,
    given.tls ?? 'ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2',
    'arn:aws:elasticloadbalancing:us-east-2:123456789012:targetgroup/my-targets/73e2d6bc24d8a067',
    '"Root=1-58337262-36d228ad5d99923122bbe354" "-" "-" 0 2026-10-05T11:59:59.364000Z',
    `"${given.actions ?? 'forward'}"`,
    given.tail ?? '"-" "-" "10.0.0.1:80" "200" "-" "-" TID_1234abcd5678ef90 "-" "-" "-"',
  ].join(' ');
}

// Lines of access logs as AWS writes them.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html

import type { Place, Tls } from './actors.ts';
import { isoMillis, isoSeconds } from './clock.ts';
import { base64Text } from './credentials.ts';
import type { Random } from './prng.ts';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export interface S3Request {
  readonly place: Place;
  readonly bucket: string;
  readonly timeMs: number;
  readonly address: string;
  /** `-` for nobody. */
  readonly requester: string;
  /** `REST.GET.OBJECT` */
  readonly operation: string;
  /** As the log writes it. */
  readonly key: string;
  readonly query?: string;
  readonly status?: number;
  readonly error?: string;
  readonly userAgent: string;
  readonly signed?: 'AuthHeader' | 'QueryString' | '-';
  /** Null for plain HTTP. */
  readonly tls: Tls | null;
  readonly host?: string;
}

/** The canonical id of an account: 64 digits that nobody can tell from any other. */
export function canonicalId(account: string): string {
  return `${account}${'a1b2c3d4e5f60718'.repeat(4)}`.slice(0, 64);
}

export function s3Line(request: S3Request, random: Random): string {
  const { place, bucket, timeMs, key, tls } = request;
  const [, method = 'GET'] = request.operation.split('.');
  const signed = request.signed ?? 'AuthHeader';
  const date = new Date(timeMs);
  const time = `${isoSeconds(timeMs).slice(8, 10)}/${MONTHS[date.getUTCMonth()]!}/${date.getUTCFullYear()}:${isoSeconds(timeMs).slice(11, 19)} +0000`;
  const isRule = request.operation.startsWith('S3.');
  const uri = isRule ? '"-"' : `"${method} /${key === '-' ? '' : key}${request.query ?? ''} HTTP/1.1"`;
  return [
    canonicalId(place.account),
    bucket,
    `[${time}]`,
    request.address,
    request.requester,
    random.text('0123456789ABCDEF', 16),
    request.operation,
    key,
    uri,
    isRule ? '-' : String(request.status ?? 200),
    request.error ?? '-',
    String(random.between(200, 90_000)),
    String(random.between(200, 900_000)),
    String(random.between(4, 90)),
    String(random.between(2, 40)),
    '"-"',
    `"${request.userAgent}"`,
    '-',
    `${base64Text(random, 75)}=`,
    signed === '-' ? '-' : 'SigV4',
    tls?.cipher ?? '-',
    signed,
    request.host ?? `${bucket}.s3.${place.region}.amazonaws.com`,
    tls?.version ?? '-',
    '-',
    '-',
    place.region,
  ].join(' ');
}

export interface AlbRequest {
  readonly place: Place;
  readonly balancer: string;
  readonly timeMs: number;
  readonly type: 'http' | 'https' | 'h2' | 'ws' | 'wss';
  readonly address: string;
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  readonly status?: number;
  readonly action?: 'forward' | 'redirect';
  readonly userAgent: string;
  /** Null for plain HTTP. */
  readonly tls: Tls | null;
}

export function albLine(request: AlbRequest, random: Random): string {
  const { place, timeMs, tls, host } = request;
  const { account, region } = place;
  const status = request.status ?? 200;
  const action = request.action ?? 'forward';
  const port = tls === null ? 80 : 443;
  const url = `${tls === null ? 'http' : 'https'}://${host}:${port}${request.path}`;
  const forwarded = action === 'forward';
  const target = forwarded ? `${place.privatePrefix}.1.${random.between(4, 250)}:8080` : '-';
  const group = forwarded
    ? `arn:aws:elasticloadbalancing:${region}:${account}:targetgroup/web/73e2d6bc24d8a067`
    : '-';
  const times = forwarded ? `0.00${random.below(10)} 0.0${random.between(10, 99)} 0.000` : '-1 -1 -1';
  return [
    `${request.type} ${isoMillis(timeMs).slice(0, -1)}${random.between(100, 999)}Z app/${request.balancer}`,
    `${request.address}:${random.between(1024, 65_000)} ${target} ${times}`,
    `${status} ${forwarded ? status : '-'} ${random.between(80, 3_000)} ${random.between(200, 90_000)}`,
    `"GET ${url} HTTP/1.1" "${request.userAgent}" ${tls?.cipher ?? '-'} ${tls?.version ?? '-'} ${group}`,
    `"Root=1-${random.hex(8)}-${random.hex(24)}" "${tls === null ? '-' : host}" "-" 0 ${isoMillis(timeMs - 20).slice(0, -1)}000Z`,
    `"${action}" "${forwarded ? '-' : url.replace('http:', 'https:').replace(':80/', ':443/')}" "-" "${target}" "${forwarded ? status : '-'}" "-" "-" TID_${random.hex(32)}`,
  ].join(' ');
}

/** One load balancer a place. */
export function balancerOf(place: Place): { readonly id: string; readonly host: string } {
  return { id: `web-${place.region}/${place.account}0a1b`, host: `files.${place.account}.example.com` };
}

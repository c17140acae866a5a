// Access logs of Application Load Balancers: one request a line, some fields in quotes. A quote, a backslash and whatever is not
// printable ASCII stand as \xHH inside of them. Fields are added at the end.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html

import { parseStamp } from './line-head.ts';
import type { EpochMs } from './record.ts';

export interface AlbAccess {
  /** `http`, `https`, `h2`, `grpcs`, `ws`, `wss`: what the client spoke with the load balancer. */
  readonly type: string;
  /** `app/orders/50dc6c495c0c9188` */
  readonly loadBalancer: string;
  readonly clientIp: string;
  /** Of the answer; 0 when there was none. */
  readonly status: number;
  readonly method: string;
  /** Of the request line, lower case; '' when it holds none. */
  readonly host: string;
  /** 0 when unknown. */
  readonly port: number;
  /** Without query; `/` at least. */
  readonly path: string;
  /** As it was sent: it may hold secrets. */
  readonly query: string;
  readonly cipher: string;
  readonly protocol: string;
  readonly targetGroupArn: string;
  /** `forward`, `redirect`, `waf,fixed-response`, ... */
  readonly actions: string;
}

/** Type, time, load balancer, client, target, three durations, two statuses, two sizes stand before the request. */
const F = {
  type: 0,
  loadBalancer: 2,
  client: 3,
  status: 8,
  request: 12,
  cipher: 14,
  protocol: 15,
  targetGroup: 16,
  actions: 22,
} as const;
/** Known are 33, and more are passed over. */
const MAX_FIELDS = 48;
/** Longest value that is given on, characters: the request line is cut by AWS at 16 KB (64 KB of escapes). */
const MAX_VALUE_LENGTH = 64 * 1024;
const LOAD_BALANCER = Buffer.from('app/', 'latin1');
const MAX_TYPE_LENGTH = 8;

/** The time of the line `b[start..end)`; NaN when it is no line of such a log. Looks at no more than its beginning. */
export function albAccessTimeMs(b: Buffer, start: number, end: number): EpochMs {
  let p = start;
  const stop = Math.min(end, start + MAX_TYPE_LENGTH + 1);
  // Types that are not known yet are words like the known ones.
  while (p < stop && ((b[p]! >= 0x61 && b[p]! <= 0x7a) || (p > start && b[p]! >= 0x30 && b[p]! <= 0x39))) p++;
  if (p === start || p >= stop || b[p] !== 0x20) return Number.NaN;
  const stamp = p + 1;
  if (b[stamp + 10] !== 0x54) return Number.NaN;
  // 2026-10-05T12:00:00.123456Z
  let zone = stamp + 19;
  while (zone < end && zone < stamp + 30 && b[zone] !== 0x20) zone++;
  if (b[zone - 1] !== 0x5a || b[zone] !== 0x20) return Number.NaN;
  for (let i = 0; i < LOAD_BALANCER.length; i++) if (b[zone + 1 + i] !== LOAD_BALANCER[i]) return Number.NaN;
  return zone + 5 < end ? parseStamp(b, stamp, zone) : Number.NaN;
}

/** Null when it is no such line, or ends before its request does. */
export function parseAlbAccess(b: Buffer, start: number, end: number): AlbAccess | null {
  if (Number.isNaN(albAccessTimeMs(b, start, end))) return null;
  const fields = fieldsOf(b, start, end);
  const request = fields[F.request];
  if (request === undefined) return null;
  const field = (at: number): string => (fields[at] === '-' ? '' : (fields[at] ?? ''));
  const client = field(F.client);
  const status = Number(field(F.status));
  return {
    type: field(F.type),
    loadBalancer: field(F.loadBalancer),
    clientIp: client.slice(0, Math.max(0, client.lastIndexOf(':'))).replace(/^\[|\]$/g, ''),
    status: status >= 100 && status <= 599 ? status : 0,
    ...requestOf(request),
    cipher: field(F.cipher),
    protocol: field(F.protocol),
    targetGroupArn: field(F.targetGroup),
    actions: field(F.actions),
  };
}

function fieldsOf(b: Buffer, start: number, end: number): string[] {
  const fields: string[] = [];
  let p = start;
  while (p < end && fields.length < MAX_FIELDS) {
    const quoted = b[p] === 0x22;
    const from = quoted ? p + 1 : p;
    const closing = quoted ? 0x22 : 0x20;
    let stop = from;
    while (stop < end && b[stop] !== closing) stop++;
    // A quote without its end: what was cut off is no field.
    if (quoted && stop >= end) return fields;
    fields.push(b.toString('latin1', from, Math.min(stop, from + MAX_VALUE_LENGTH)));
    p = stop + (quoted ? 2 : 1);
  }
  return fields;
}

/** `GET http://host:80/path?query HTTP/1.1`; clients that speak no HTTP leave `- http://host:80- -`. */
function requestOf(line: string): Pick<AlbAccess, 'method' | 'host' | 'port' | 'path' | 'query'> {
  const parts = /^([A-Z]{1,16}|-) [a-z]{2,8}:\/\/(\[[0-9a-fA-F:.]{2,45}\]|[^\s:/?#]{1,255}):(\d{1,5})/.exec(
    line,
  );
  if (parts === null) return { method: '', host: '', port: 0, path: '/', query: '' };
  const rest = line.slice(parts[0].length);
  return {
    method: parts[1] === '-' ? '' : parts[1]!,
    host: parts[2]!.toLowerCase(),
    port: Number(parts[3]),
    path: /^\/[^\s?#]*/.exec(rest)?.[0] ?? '/',
    query: /^[^\s?#]*\?(\S*)/.exec(rest)?.[1] ?? '',
  };
}

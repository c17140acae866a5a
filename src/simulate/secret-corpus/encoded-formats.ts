// Access lines, and texts that were encoded on their way into a log.

import { gzipSync } from 'node:zlib';
import { hostIn, publicNetwork } from '../address-facts.ts';
import { isoMillis } from '../clock.ts';
import type { Random } from '../prng.ts';
import { around, type LogFormat, type LogPiece, type Notation } from './log-format.ts';
import { memberText, pythonText } from './member-notations.ts';
import { accessStamp } from './text-formats.ts';

const HEX = '0123456789abcdef';
const AGENT = 'Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0';

function queryOf({ key, value }: { readonly key: string; readonly value: string }): string {
  return `${encodeURIComponent(key)}=${encodeURIComponent(value)}`;
}

/** The whole piece as a program would put it into an envelope. */
function wholeText(piece: LogPiece, notation: Notation): string {
  if (notation === 'member') {
    return JSON.stringify({ id: 42, [piece.member!.key]: piece.member!.value, region: 'eu-west-1' });
  }
  return notation === 'lines' ? (piece.lines ?? [piece.text]).join('\n') : piece.text;
}

function encoded(
  name: string,
  file: string,
  encode: (text: string) => string,
  before: (random: Random, timeMs: number) => string,
  after = '',
): LogFormat {
  return {
    name,
    file,
    takes: ['text', 'member', 'lines'],
    write: (piece, notation, random, timeMs) =>
      around(before(random, timeMs), encode(wholeText(piece, notation)), after),
    ordinary: (_r, timeMs) => `${isoMillis(timeMs)} INFO forwarded 25 events`,
  };
}

export const ENCODED_FORMATS: readonly LogFormat[] = [
  {
    // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html
    name: 'ALB access lines',
    file: 'alb-access.log',
    takes: ['member'],
    write: (piece, _notation, random, timeMs) => albLine(queryOf(piece.member!), random, timeMs),
    ordinary: (random, timeMs) => albLine('page=2', random, timeMs).text,
  },
  {
    // https://docs.aws.amazon.com/AmazonS3/latest/userguide/LogFormat.html
    name: 'S3 access lines',
    file: 's3-access.log',
    takes: ['member'],
    write: (piece, _notation, random, timeMs) => s3Line(queryOf(piece.member!), random, timeMs),
    ordinary: (random, timeMs) => s3Line('versioning', random, timeMs).text,
  },
  {
    // https://nginx.org/en/docs/http/ngx_http_log_module.html
    name: 'nginx',
    file: 'nginx-access.log',
    takes: ['member'],
    write(piece, _notation, random, timeMs) {
      const query = queryOf(piece.member!);
      const head = `${hostIn(publicNetwork(random), random)} - - [${accessStamp(timeMs)}] `;
      return random.chance(0.5)
        ? around(`${head}"GET /search?q=lamp&`, query, ` HTTP/1.1" 200 ${random.below(9000)} "-" "${AGENT}"`)
        : around(
            `${head}"GET /style.css HTTP/1.1" 200 ${random.below(9000)} "https://shop.internal/start?`,
            query,
            `" "${AGENT}"`,
          );
    },
    ordinary: (random, timeMs) =>
      `${hostIn(publicNetwork(random), random)} - - [${accessStamp(timeMs)}] "GET /orders HTTP/1.1" 200 612 "-" "${AGENT}"`,
  },
  encoded(
    'base64',
    'base64.log',
    (text) => Buffer.from(text).toString('base64'),
    (_r, timeMs) => `${isoMillis(timeMs)} DEBUG kinesis record data=`,
  ),
  encoded(
    'base64 in JSON',
    'base64.jsonl',
    (text) => Buffer.from(text).toString('base64'),
    (random, timeMs) =>
      `{"timestamp":"${isoMillis(timeMs)}","level":"DEBUG","shard":"shardId-${random.text(HEX, 12)}","body":"`,
    '","isBase64Encoded":true}',
  ),
  encoded(
    'gzip in base64',
    'gzip-base64.log',
    (text) => gzipSync(text, { level: 6 }).toString('base64'),
    (_r, timeMs) => `${isoMillis(timeMs)} DEBUG event {"awslogs":{"data":"`,
    '"}}',
  ),
  encoded(
    'URL-encoded',
    'url-encoded.log',
    (text) => encodeURIComponent(text),
    (_r, timeMs) => `${isoMillis(timeMs)} DEBUG POST /callback body=state%3D4%26note%3D`,
  ),
  encoded(
    'python bytes',
    'python-bytes.log',
    (text) => pythonText(text).slice(1, -1),
    (_r, timeMs) => `${isoMillis(timeMs)} DEBUG send: b'`,
    "'",
  ),
  {
    // Everything that a program may print an object as.
    name: 'printed objects',
    file: 'printed-objects.log',
    takes: ['member'],
    write(piece, _notation, random, timeMs) {
      const { text, way } = memberText(piece.member!, random);
      return { ...around(`${isoMillis(timeMs)} DEBUG request was `, text), way };
    },
    ordinary: (_r, timeMs) => `${isoMillis(timeMs)} INFO request done`,
  },
];

function albLine(query: string, random: Random, timeMs: number) {
  const target = `10.0.${random.below(255)}.${random.below(255)}:8080`;
  return around(
    `https ${isoMillis(timeMs)} app/shop/${random.hex(16)} ${hostIn(publicNetwork(random), random)}:${random.between(1024, 65000)} ${target} 0.001 0.004 0.000 200 200 312 1205 "GET https://shop.internal:443/orders?sort=price&`,
    query,
    ` HTTP/1.1" "${AGENT}" ECDHE-RSA-AES128-GCM-SHA256 TLSv1.2 arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/shop/${random.hex(16)} "Root=1-${random.hex(8)}-${random.hex(24)}" "shop.internal" "arn:aws:acm:us-east-1:111122223333:certificate/${random.uuid()}" 0 ${isoMillis(timeMs)} "forward" "-" "-" "${target}" "200" "-" "-"`,
  );
}

function s3Line(query: string, random: Random, timeMs: number) {
  const id = random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 16);
  const hostId = random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', 75);
  return around(
    `${random.hex(64)} shop-media [${accessStamp(timeMs)}] ${hostIn(publicNetwork(random), random)} arn:aws:sts::111122223333:assumed-role/web/i-${random.hex(17)} ${id} REST.GET.OBJECT pictures/lamp.png "GET /pictures/lamp.png?x-id=GetObject&`,
    query,
    ` HTTP/1.1" 200 - 4096 4096 18 17 "-" "aws-sdk-js/3.658.1" - ${hostId}= SigV4 TLS_AES_128_GCM_SHA256 AuthHeader shop-media.s3.us-east-1.amazonaws.com TLSv1.3 - -`,
  );
}

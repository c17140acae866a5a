// What healthy programs write into their logs, with all that looks like a secret or like plain HTTP and is neither.

import { hostIn, publicNetwork } from './address-facts.ts';
import { amzDate, isoDate, isoMillis, isoSeconds } from './clock.ts';
import type { LogKind } from './log-plan.ts';
import { createRandom, type Random, weightedTable } from './prng.ts';

/** Messages that belong together, in order, for one moment. */
export type MessageMaker = (timeMs: number) => readonly string[];

type Template = (timeMs: number, random: Random) => string | readonly string[];

export function createMessageMaker(kind: LogKind, seed: string, stream: string): MessageMaker {
  const random = createRandom(`${seed}/messages/${stream}`);
  const table = TABLES[kind];
  return (timeMs) => {
    const made = table[random.below(table.length)]!(timeMs, random);
    return typeof made === 'string' ? [made] : made;
  };
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const PATHS = [
  '/orders',
  '/orders/42/items',
  '/health',
  '/customers/search?q=lamp&page=2',
  '/cart?sort_key=price',
  '/static/app.3f9c1b.js',
  '/reset-password/done',
] as const;

function client(random: Random): string {
  return hostIn(publicNetwork(random), random);
}

/** Tempting, and clean: each of these is here because a hasty rule takes it for a leak. */
const TEMPTATIONS: readonly Template[] = [
  (_t, random) =>
    `INFO request done trace_id=${random.hex(32)} span_id=${random.hex(16)} commit=${random.hex(40)}`,
  (_t, random) =>
    `INFO upload finished etag="${random.hex(32)}" sha256=${random.hex(64)} size=${random.below(1e7)}`,
  (_t, random) => `DEBUG image digest sha256:${random.hex(64)} pulled in ${random.below(9000)} ms`,
  (_t, random) => `INFO x-amzn-RequestId: ${random.uuid()} x-amz-id-2: ${random.text(BASE64, 64)}=`,
  () => 'INFO connecting to postgres://shop:****@db.internal:5432/shop',
  () => `INFO database url is postgresql://${'$'}{DB_USER}:${'$'}{DB_PASSWORD}@${'$'}{DB_HOST}:5432/orders`,
  () => 'INFO using redis://cache.internal:6379/0',
  () => 'INFO broker amqp://guest@rabbit.internal:5672// ready',
  () => 'WARNING config: aws_secret_access_key=<redacted> aws_access_key_id=<redacted>',
  () =>
    `INFO example from the manual: aws_access_key_id=${['AKIA', 'IOSFODNN7', 'EXAMPLE'].join('')} aws_secret_access_key=${['wJalrXUtnFEMI', 'K7MDENG', 'bPxRfiCYEXAMPLEKEY'].join('/')}`,
  () =>
    `DEBUG headers {'Authorization': 'AWS4-HMAC-SHA256 Credential=****, SignedHeaders=host;x-amz-date, Signature=${'X'.repeat(32)}', 'Host': 'dynamodb.us-east-1.amazonaws.com'}`,
  () => 'DEBUG endpoint_url=http://localhost:8000 (dynamodb-local)',
  () => 'INFO AWS_ENDPOINT_URL_DYNAMODB=http://localhost:8000',
  () => 'INFO AWS_ENDPOINT_URL=http://host.docker.internal:4566',
  () => 'DEBUG Starting new HTTP connection (1): localhost:8000',
  () => 'DEBUG Starting new HTTP connection (1): inventory.internal:8080',
  () => 'DEBUG Starting new HTTPS connection (1): dynamodb.us-east-1.amazonaws.com:443',
  () => 'DEBUG https://dynamodb.us-east-1.amazonaws.com:443 "POST / HTTP/1.1" 200 612',
  () => 'INFO dax endpoint daxs://orders-cache.x1y2z3.dax-clusters.us-east-1.amazonaws.com',
  () => 'INFO tls: verify=True, use_ssl=True, rejectUnauthorized: true',
  () => 'INFO docs: see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Introduction.html',
  (_t, random) =>
    `INFO table arn:aws:dynamodb:us-east-1:${random.text('123456789', 12)}:table/Orders secretArn arn:aws:secretsmanager:us-east-1:${random.text('123456789', 12)}:secret:app/db-${random.text(BASE64.slice(0, 52), 6)}`,
  (_t, random) =>
    `INFO tokenCount=${random.below(4000)} max_tokens=4096 password_reset_at=2026-01-04 primary_key=pk sort_key=sk`,
  (_t, random) => [
    `INFO server certificate:`,
    `-----BEGIN CERTIFICATE-----\n${pemBody(random, 6)}\n-----END CERTIFICATE-----`,
  ],
  (_t, random) =>
    `INFO service key\n-----BEGIN PUBLIC KEY-----\n${pemBody(random, 4)}\n-----END PUBLIC KEY-----`,
  (_t, random) =>
    `INFO jwks {"keys":[{"kty":"EC","crv":"P-256","kid":"${random.hex(16)}","x":"${urlText(random, 43)}","y":"${urlText(random, 43)}","use":"sig"}]}`,
  (_t, random) => `INFO idempotency key ${random.uuid()} cursor=${random.text(BASE64, 44)}`,
  () => 'ERROR SSLError: certificate verify failed for partner.example: retrying once',
  () =>
    'INFO GET /download?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=****&X-Amz-Expires=900&X-Amz-Signature=**** 200',
  (_t, random) => `DEBUG cache key md5=${random.hex(32)} hit=${random.chance(0.5)}`,
];

function pemBody(random: Random, lines: number): string {
  return Array.from({ length: lines }, () => random.text(BASE64, 64)).join('\n');
}
function urlText(random: Random, length: number): string {
  return random.text(`${BASE64.slice(0, 62)}-_`, length);
}
const temptation: Template = (timeMs, random) => random.pick(TEMPTATIONS)(timeMs, random);

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'] as const;

/** `05/Oct/2026`: the common log format. */
function accessDate(timeMs: number): string {
  const [year, month, day] = isoDate(timeMs).split('-');
  return `${day}/${MONTHS[Number(month) - 1]}/${year}`;
}

function jsonLine(timeMs: number, random: Random): string {
  return `{"timestamp":"${isoMillis(timeMs)}","level":"INFO","logger":"app.orders","message":"order stored","order_id":"o-${random.below(1e6)}","trace_id":"${random.hex(32)}","duration_ms":${random.below(300)}}`;
}

const pythonTraceback: Template = (_t, random) =>
  `ERROR Exception in ASGI application\nTraceback (most recent call last):\n  File "/app/orders/api.py", line ${random.between(20, 400)}, in create_order\n    item = await store.get(order_id)\n  File "/app/orders/store.py", line ${random.between(20, 200)}, in get\n    raise KeyError(order_id)\nKeyError: 'o-${random.below(1e6)}'`;

const uvicorn = weightedTable<Template>([
  [
    (_t, random) =>
      `INFO:     ${client(random)}:${random.between(1024, 65000)} - "GET ${random.pick(PATHS)} HTTP/1.1" 200 OK`,
    60,
  ],
  [
    (_t, random) =>
      `INFO:     ${client(random)}:${random.between(1024, 65000)} - "POST /orders HTTP/1.1" 201 Created`,
    14,
  ],
  [
    (_t, random) =>
      `INFO:     ${client(random)}:${random.between(1024, 65000)} - "GET /items/${random.uuid()} HTTP/1.1" 404 Not Found`,
    6,
  ],
  [jsonLine, 14],
  [temptation, 5],
  [pythonTraceback, 1],
]);

const gunicorn = weightedTable<Template>([
  [
    (timeMs, random) =>
      `${client(random)} - - [${accessDate(timeMs)}:${isoSeconds(timeMs).slice(11, 19)} +0000] "GET ${random.pick(PATHS)} HTTP/1.1" 200 ${random.below(90000)} "-" "Mozilla/5.0 (X11; Linux x86_64; rv:126.0) Gecko/20100101 Firefox/126.0"`,
    70,
  ],
  [
    (timeMs, random) =>
      `[${isoSeconds(timeMs).replace('T', ' ').replace('Z', ' +0000')}] [${random.between(7, 40)}] [INFO] Booting worker with pid: ${random.between(7, 400)}`,
    2,
  ],
  [(_t, random) => `WARNING django.request Not Found: /favicon-${random.below(90)}.ico`, 6],
  [
    (_t, random) =>
      `DEBUG django.db.backends (0.00${random.below(9)}) SELECT "shop_order"."id", "shop_order"."status" FROM "shop_order" WHERE "shop_order"."id" = ${random.below(1e6)}; args=(${random.below(1e6)},)`,
    15,
  ],
  [temptation, 6],
  [
    (_t, random) =>
      `ERROR Internal Server Error: /checkout\nTraceback (most recent call last):\n  File "/app/shop/views.py", line ${random.between(10, 300)}, in checkout\n    charge(order)\nshop.errors.CardDeclined: order ${random.below(1e6)}`,
    1,
  ],
]);

const lambda = weightedTable<Template>([
  [
    (timeMs, random) => {
      const id = random.uuid();
      const duration = (random.float() * 400).toFixed(2);
      return [
        `START RequestId: ${id} Version: $LATEST`,
        `${isoMillis(timeMs)}\t${id}\tINFO\tprocessed ${random.between(1, 10)} records from arn:aws:dynamodb:us-east-1:111122223333:table/Orders/stream`,
        `END RequestId: ${id}`,
        `REPORT RequestId: ${id}\tDuration: ${duration} ms\tBilled Duration: ${Math.ceil(Number(duration))} ms\tMemory Size: 256 MB\tMax Memory Used: ${random.between(70, 200)} MB\tXRAY TraceId: 1-${random.hex(8)}-${random.hex(24)}\tSegmentId: ${random.hex(16)}\tSampled: true`,
      ];
    },
    90,
  ],
  [
    (timeMs, random) =>
      `[INFO]\t${isoMillis(timeMs)}\t${random.uuid()}\tFound credentials in environment variables.`,
    4,
  ],
  [
    (_t, random) =>
      `INIT_START Runtime Version: nodejs:20.v${random.between(10, 40)}\tRuntime Version ARN: arn:aws:lambda:us-east-1::runtime:${random.hex(64)}`,
    1,
  ],
  [temptation, 5],
]);

const boto = weightedTable<Template>([
  [
    (timeMs, random) => {
      const stamp = `${isoMillis(timeMs).replace('T', ' ').slice(0, 19)},${random.between(100, 999)}`;
      return [
        `${stamp} botocore.hooks [DEBUG] Event before-parameter-build.dynamodb.GetItem: calling handler <function generate_idempotent_uuid at 0x7f${random.hex(10)}>`,
        `${stamp} botocore.regions [DEBUG] Calling endpoint provider with parameters: {'Region': 'us-east-1', 'UseDualStack': False, 'UseFIPS': False}`,
        `${stamp} botocore.regions [DEBUG] Endpoint provider result: https://dynamodb.us-east-1.amazonaws.com`,
        `${stamp} urllib3.connectionpool [DEBUG] Starting new HTTPS connection (1): dynamodb.us-east-1.amazonaws.com:443`,
        `${stamp} urllib3.connectionpool [DEBUG] https://dynamodb.us-east-1.amazonaws.com:443 "POST / HTTP/1.1" 200 ${random.between(40, 900)}`,
        `${stamp} botocore.parsers [DEBUG] Response headers: {'Server': 'Server', 'Content-Type': 'application/x-amz-json-1.0', 'x-amzn-RequestId': '${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 52)}', 'x-amz-crc32': '${random.uint32()}'}`,
        `${stamp} botocore.retryhandler [DEBUG] No retry needed.`,
      ];
    },
    40,
  ],
  [(_t, random) => `INFO batch ${random.below(9000)} of 9000 written, checksum ${random.hex(64)}`, 40],
  [temptation, 8],
  [
    (timeMs, random) =>
      `DEBUG request context\n{\n  "table": "Orders",\n  "amzDate": "${amzDate(timeMs)}",\n  "attempt": ${random.between(1, 3)},\n  "invocationId": "${random.uuid()}"\n}`,
    6,
  ],
]);

const proxy = weightedTable<Template>([
  [
    (timeMs, random) =>
      `{"time":"${isoMillis(timeMs)}","remote_addr":"${client(random)}","request_id":"${random.hex(32)}","method":"GET","uri":"${random.pick(PATHS)}","status":200,"upstream":"orders.internal:8080","tls_version":"TLSv1.3","bytes":${random.below(90000)}}`,
    90,
  ],
  [temptation, 4],
]);

const node = weightedTable<Template>([
  [
    (timeMs, random) =>
      `{"level":30,"time":${timeMs},"pid":${random.between(1, 60)},"hostname":"ip-10-0-1-${random.below(250)}","reqId":"${random.uuid()}","msg":"session refreshed"}`,
    70,
  ],
  [
    (timeMs, random) => `${isoMillis(timeMs)} info: GET ${random.pick(PATHS)} 200 ${random.below(120)} ms`,
    20,
  ],
  [temptation, 6],
  [
    (_t, random) =>
      `Error: connect ECONNREFUSED 10.0.2.${random.below(250)}:6379\n    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1606:16)\n    at process.processTicksAndRejections (node:internal/process/task_queues:95:5)`,
    2,
  ],
]);

const TABLES: Readonly<Record<LogKind, readonly Template[]>> = {
  uvicorn,
  gunicorn,
  lambda,
  boto,
  proxy,
  node,
};

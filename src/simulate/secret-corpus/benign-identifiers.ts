// Random text that is no secret: ids, digests, public keys, data. Each stands beside the words that programs write beside it.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { principalId } from '../credentials.ts';
import type { Random } from '../prng.ts';
import type { LogPiece } from './log-format.ts';

export interface BenignKind {
  readonly name: string;
  make(random: Random, timeMs: number): LogPiece;
}

const UPPER = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const BASE62 = UPPER + LOWER + DIGITS;
const BASE64 = `${BASE62}+/`;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function ulid(random: Random): string {
  return `01J${random.text(CROCKFORD, 23)}`;
}
/** base64 of random bytes, with its padding. */
function bytes64(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64');
}
function bytes64url(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64url');
}
function account(random: Random): string {
  return random.text('123456789', 12);
}
function pem(label: string, random: Random, lineCount: number): string[] {
  return [
    `-----BEGIN ${label}-----`,
    ...Array.from({ length: lineCount }, () => random.text(BASE64, 64)),
    `${random.text(BASE64, 40)}==`,
    `-----END ${label}-----`,
  ];
}
/** One of several members, as `key=value` too. */
function oneOf(random: Random, members: readonly (readonly [string, string])[]): LogPiece {
  const [key, value] = random.pick(members);
  return { text: random.chance(0.5) ? `${key}=${value}` : `${key}: ${value}`, member: { key, value } };
}

export const BENIGN_IDENTIFIERS: readonly BenignKind[] = [
  {
    name: 'trace ids',
    make: (random) =>
      oneOf(random, [
        ['trace_id', random.hex(32)],
        ['span_id', random.hex(16)],
        ['traceparent', `00-${random.hex(32)}-${random.hex(16)}-01`],
        ['X-Amzn-Trace-Id', `Root=1-${random.hex(8)}-${random.hex(24)};Parent=${random.hex(16)};Sampled=1`],
        ['x-b3-traceid', random.hex(16)],
        ['dd.trace_id', random.text('123456789', 19)],
        ['correlation_id', random.hex(40)],
        ['requestId', random.text(`${UPPER}${DIGITS}`, 52)],
      ]),
  },
  {
    name: 'hashes',
    make: (random) =>
      oneOf(random, [
        ['sha256', random.hex(64)],
        ['commit', random.hex(40)],
        ['md5', random.hex(32)],
        ['checksum', bytes64(random, 32)],
        ['Content-MD5', bytes64(random, 16)],
        ['x-amz-checksum-crc32', bytes64(random, 4)],
        ['x-amz-content-sha256', random.hex(64)],
        ['fingerprint', `SHA256:${bytes64(random, 32).slice(0, 43)}`],
        ['digest', `sha512:${random.hex(128)}`],
        ['body_hash', random.hex(56)],
      ]),
  },
  {
    name: 'ETags',
    make: (random) =>
      oneOf(random, [
        ['ETag', `"${random.hex(32)}"`],
        ['etag', `W/"${random.hex(2)}-${bytes64(random, 20).slice(0, 27)}"`],
        ['If-None-Match', `"${random.hex(32)}-12"`],
        ['etag', random.hex(32)],
      ]),
  },
  {
    name: 'ARNs',
    make: (random) =>
      oneOf(random, [
        [
          'secretArn',
          `arn:aws:secretsmanager:us-east-1:${account(random)}:secret:prod/db/password-${random.text(BASE62, 6)}`,
        ],
        [
          'SecretId',
          `arn:aws:secretsmanager:eu-west-1:${account(random)}:secret:api-token-${random.text(BASE62, 6)}`,
        ],
        ['kmsKeyId', `arn:aws:kms:us-east-1:${account(random)}:key/${random.uuid()}`],
        [
          'roleArn',
          `arn:aws:iam::${account(random)}:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_${random.hex(16)}`,
        ],
        ['principalId', `${principalId('AROA', random)}:session-${random.below(1e6)}`],
        [
          'streamArn',
          `arn:aws:dynamodb:us-east-1:${account(random)}:table/Orders/stream/2026-05-11T21:21:33.291`,
        ],
        ['password_parameter', '/prod/orders/db/password'],
        ['certificateArn', `arn:aws:acm:us-east-1:${account(random)}:certificate/${random.uuid()}`],
      ]),
  },
  {
    name: 'UUIDs',
    make: (random) =>
      oneOf(random, [
        ['request_id', random.uuid()],
        ['idempotency_key', random.uuid()],
        ['clientToken', random.uuid()],
        ['x-amzn-RequestId', random.uuid()],
        ['session', `session ${random.uuid()} closed`],
        ['device', random.uuid().toUpperCase()],
        ['api_key_id', random.uuid()],
        ['user_guid', random.uuid().replaceAll('-', '')],
      ]),
  },
  {
    name: 'ULIDs and object ids',
    make: (random) =>
      oneOf(random, [
        ['id', ulid(random)],
        ['order_id', ulid(random).toLowerCase()],
        ['_id', random.hex(24)],
        ['ksuid', random.text(BASE62, 27)],
        ['nanoid', random.text(`${BASE62}_-`, 21)],
        ['messageId', `0100${random.hex(12)}-${random.uuid()}-000000`],
        ['tweet', random.text('123456789', 19)],
        ['paymentIntent', `pi_3N${random.text(BASE62, 22)}`],
        ['customer', `cus_${random.text(BASE62, 14)}`],
        ['channel', `C0${random.text(`${UPPER}${DIGITS}`, 9)}`],
        ['account_sid', `AC${random.hex(32)}`],
      ]),
  },
  {
    name: 'S3 and CloudFront ids',
    make: (random) =>
      oneOf(random, [
        ['x-amz-id-2', `${random.text(BASE64, 75)}=`],
        ['x-amz-request-id', random.text(`${UPPER}${DIGITS}`, 16)],
        ['x-amz-cf-id', `${random.text(`${BASE62}_-`, 54)}==`],
        ['x-amz-version-id', random.text(`${BASE62}._`, 32)],
        ['uploadId', random.text(`${BASE62}._-`, 128)],
        ['X-Amzn-Remapped-x-amzn-RequestId', random.uuid()],
        ['x-amz-apigw-id', `${random.text(`${BASE62}_-`, 15)}=`],
        ['hostId', `${random.text(BASE64, 75)}=`],
      ]),
  },
  {
    name: 'cursors and page tokens',
    make: (random) =>
      oneOf(random, [
        ['NextToken', bytes64(random, 96)],
        [
          'cursor',
          Buffer.from(JSON.stringify({ pk: `o-${random.below(1e6)}`, sk: random.below(1e6) })).toString(
            'base64',
          ),
        ],
        ['LastEvaluatedKey', `{"pk":{"S":"o-${random.below(1e6)}"}}`],
        ['nextPageToken', bytes64url(random, 60)],
        ['ShardIterator', `AAAAAAAAAA${bytes64(random, 150)}`],
        ['ContinuationToken', `1${bytes64(random, 54)}`],
        ['ReceiptHandle', `AQEB${bytes64(random, 240)}`],
        ['sequenceNumber', `4959${random.text(DIGITS, 52)}`],
      ]),
  },
  {
    name: 'docker digests',
    make: (random) => ({
      text: random.pick([
        `pulled registry.internal/shop/api@sha256:${random.hex(64)} in 3214 ms`,
        `container ${random.hex(12)} started from image ${random.hex(64)}`,
        `Digest: sha256:${random.hex(64)} Status: Image is up to date`,
      ]),
      member: {
        key: 'image',
        value: `111122223333.dkr.ecr.us-east-1.amazonaws.com/api@sha256:${random.hex(64)}`,
      },
    }),
  },
  {
    name: 'npm integrity',
    make: (random) => ({
      text: `lodash@4.17.21 integrity sha512-${bytes64(random, 64)}`,
      member: { key: 'integrity', value: `sha512-${bytes64(random, 64)}` },
      lines: [
        '    "node_modules/tokenizer": {',
        '      "version": "2.1.0",',
        '      "resolved": "https://registry.npmjs.org/tokenizer/-/tokenizer-2.1.0.tgz",',
        `      "integrity": "sha512-${bytes64(random, 64)}",`,
        '    },',
      ],
    }),
  },
  {
    name: 'git',
    make: (random) => ({
      text: `HEAD is now at ${random.hex(7)} auth: rotate the password of the reports database (#412)`,
      member: { key: 'git_tree', value: random.hex(40) },
      lines: [
        `commit ${random.hex(40)}`,
        `Merge: ${random.hex(7)} ${random.hex(7)}`,
        'Author: Ana Example <ana@example.com>',
        '    secrets: read the token from the parameter store',
        `index ${random.hex(7)}..${random.hex(7)} 100644`,
      ],
    }),
  },
  {
    name: 'image data',
    make: (random) => {
      const data = `data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAA${bytes64(random, random.between(120, 2100))}`;
      return {
        text: `avatar ${data}`,
        member: { key: random.pick(['avatar', 'image', 'icon', 'background-image']), value: data },
      };
    },
  },
  {
    name: 'base64 of protobufs',
    make: (random) =>
      oneOf(random, [
        ['payload', `CgQI${bytes64(random, random.between(40, 900))}`],
        ['grpc-status-details-bin', bytes64(random, 66).replaceAll('=', '')],
        ['CiphertextBlob', `AQICAHh${bytes64(random, 130)}`],
        ['data', bytes64(random, random.between(20, 400))],
        ['x-goog-ext', bytes64url(random, 48)],
      ]),
  },
  {
    name: 'certificates and public keys',
    make: (random) => ({
      text: random.pick([
        `ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI${random.text(BASE64, 43)} deploy@host`,
        `host key SHA256:${random.text(BASE64, 43)} accepted`,
        `jwks {"keys":[{"kty":"RSA","kid":"${random.hex(16)}","n":"${bytes64url(random, 256)}","e":"AQAB","use":"sig"}]}`,
        `pin-sha256="${bytes64(random, 32)}"`,
      ]),
      member: {
        key: 'public_key',
        value: `MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA${random.text(BASE64, 340)}`,
      },
      lines: pem(
        random.pick(['CERTIFICATE', 'PUBLIC KEY', 'CERTIFICATE REQUEST', 'PGP SIGNATURE']),
        random,
        8,
      ),
    }),
  },
  {
    name: 'cookies that are no session',
    make: (random) => ({
      text: `Cookie: _ga=GA1.2.${random.text('123456789', 9)}.${random.text('123456789', 10)}; theme=dark; consent=v2.${random.text(BASE62, 20)}; lang=en`,
      member: {
        key: random.pick(['Set-Cookie', 'set-cookie']),
        value: random.pick([
          `AWSALB=${random.text(BASE64, 128)}; Expires=Sun, 08 Nov 2026 12:00:00 GMT; Path=/`,
          `theme=dark; Path=/; Max-Age=31536000; SameSite=Lax`,
          `_gid=GA1.2.${random.text('123456789', 9)}.1764547200; Path=/`,
        ]),
      },
    }),
  },
  {
    name: 'numbers like card numbers',
    make: (random, timeMs) =>
      oneOf(random, [
        ['order_id', random.text('123456789', 16)],
        ['timestamp_ns', `${timeMs}${random.text(DIGITS, 6)}`],
        ['span_id', random.text('123456789', 19)],
        ['shipment', `1Z${random.text(`${UPPER}${DIGITS}`, 16)}`],
        ['iban_hint', 'DE** **** **** 3000'],
        ['offset', random.text('123456789', 15)],
        ['invoice', `2026-${random.text(DIGITS, 4)}-${random.text(DIGITS, 4)}-${random.text(DIGITS, 4)}`],
      ]),
  },
  {
    name: 'public keys of services',
    make: (random) =>
      oneOf(random, [
        ['STRIPE_PUBLISHABLE_KEY', `${['pk', 'live'].join('_')}_${random.text(BASE62, 24)}`],
        [
          'dsn',
          `https://${random.hex(32)}@o${random.text('123456789', 6)}.ingest.sentry.io/${random.text('123456789', 7)}`,
        ],
        ['measurement_id', `G-${random.text(`${UPPER}${DIGITS}`, 10)}`],
        [
          'client_id',
          `${random.text('123456789', 12)}-${random.text(LOWER + DIGITS, 32)}.apps.googleusercontent.com`,
        ],
        ['user_pool_id', `us-east-1_${random.text(BASE62, 9)}`],
        ['app_client_id', random.text(LOWER + DIGITS, 26)],
        ['integration_id', `xoxb-less workspace T0${random.text(`${UPPER}${DIGITS}`, 9)}`],
      ]),
  },
  {
    name: 'addresses',
    make: (random) =>
      oneOf(random, [
        ['remote', `2001:db8:${random.hex(4)}:${random.hex(4)}::${random.hex(4)}`],
        ['mac', (random.hex(12).match(/../g) ?? []).join(':')],
        ['host', `ip-10-0-3-17.ec2.internal`],
        ['X-Forwarded-For', `${hostIn(publicNetwork(random), random)}, 10.0.3.17`],
        [
          'endpoint',
          `https://${random.text(LOWER + DIGITS, 10)}.execute-api.us-east-1.amazonaws.com/prod/tokens`,
        ],
        ['bucket', `s3://shop-media-${account(random)}/keys/${random.uuid()}/${random.hex(32)}.parquet`],
      ]),
  },
];

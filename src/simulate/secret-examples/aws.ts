// Keys, tokens and signatures of AWS, private keys and connection strings.

import { amzDate, isoMillis } from '../clock.ts';
import {
  accessKeyId,
  base64Text,
  password,
  secretAccessKey,
  sessionToken,
  signature,
} from '../credentials.ts';
import type { Random } from '../prng.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

const REGIONS = ['us-east-1', 'eu-central-1', 'ap-southeast-2'] as const;
const LOWER_AND_DIGITS = 'abcdefghijklmnopqrstuvwxyz0123456789';

function account(random: Random): string {
  return String(100_000_000_000 + random.below(900_000_000) * 997).slice(0, 12);
}

function scope(random: Random, keyId: string, service: string, timeMs: number): string {
  return `${keyId}/${amzDate(timeMs).slice(0, 8)}/${random.pick(REGIONS)}/${service}/aws4_request`;
}

function presigned(
  random: Random,
  host: string,
  service: string,
  timeMs: number,
  more = '',
): { url: string; signed: string } {
  const signed = signature(random);
  const credential = encodeURIComponent(
    scope(random, accessKeyId('ASIA', account(random), random), service, timeMs),
  );
  return {
    signed,
    url: `${host}${more}X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=${credential}&X-Amz-Date=${amzDate(timeMs)}&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Signature=${signed}`,
  };
}

function assigned(random: Random, name: string, secret: string): MadeSecret {
  return {
    secrets: [secret],
    text: random.pick([
      `${name}=${secret}`,
      `${name}: ${secret}`,
      `${name} = "${secret}"`,
      `'${name}': '${secret}'`,
    ]),
    member: { key: name, value: secret },
  };
}

/** Base64 of DER that begins as PKCS 8 of RSA does. */
function keyBody(random: Random): readonly string[] {
  return Array.from({ length: 12 }, (_, line) =>
    line === 0 ? `MIIEvQIBADANBgkqhkiG9w0BAQEFAASC${base64Text(random, 32)}` : base64Text(random, 64),
  );
}

const FENCE = '-'.repeat(5);
const LABEL = ['PRIVATE', 'KEY'].join(' ');

/** An answer as a client at level DEBUG prints it: the name of the secret says nothing. */
function answered(body: object, secret: string): MadeSecret {
  return { secrets: [secret], text: JSON.stringify(body) };
}

export const AWS_EXAMPLES: readonly SecretExample[] = [
  {
    kind: 'aws-secret-string',
    make: (random) => {
      const secret = password(random, 24);
      const VersionId = random.uuid();
      return answered({ Name: 'orders/db', VersionId, SecretString: secret }, secret);
    },
  },
  {
    kind: 'aws-secure-string',
    make: (random) => {
      const secret = password(random, 20);
      const Parameter = { Name: '/orders/db', Type: 'SecureString', Value: secret, Version: random.below(9) };
      return answered({ Parameter }, secret);
    },
  },
  {
    kind: 'aws-secret-key',
    make: (random) =>
      assigned(
        random,
        random.pick([
          'aws_secret_access_key',
          'AWS_SECRET_ACCESS_KEY',
          'SecretAccessKey',
          'secretAccessKey',
          'aws-secret-access-key',
          'aws.secret_access_key',
        ]),
        secretAccessKey(random),
      ),
  },
  {
    kind: 'aws-bedrock-long-term-key',
    make(random) {
      const body = btoa(
        `BedrockAPIKey-${random.text(LOWER_AND_DIGITS, 4)}-at-${account(random)}:${random.text(LOWER_AND_DIGITS, 70)}`,
      );
      return assigned(random, 'AWS_BEARER_TOKEN_BEDROCK', ['AB', 'SK', body].join(''));
    },
  },
  {
    kind: 'aws-bedrock-short-term-key',
    make(random, timeMs) {
      const { url } = presigned(
        random,
        'bedrock.amazonaws.com/?',
        'bedrock',
        timeMs,
        'Action=CallWithBearerToken&',
      );
      return assigned(random, 'AWS_BEARER_TOKEN_BEDROCK', `bedrock-api-key-${btoa(`${url}&Version=1`)}`);
    },
  },
  {
    kind: 'aws-eks-token',
    make(random, timeMs) {
      const { url } = presigned(
        random,
        'https://sts.us-east-1.amazonaws.com/?',
        'sts',
        timeMs,
        'Action=GetCallerIdentity&Version=2011-06-15&',
      );
      const token = `k8s-aws-v1.${btoa(url).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')}`;
      return {
        secrets: [token],
        text: `Authorization: Bearer ${token}`,
        member: { key: 'token', value: token },
      };
    },
  },
  {
    kind: 'aws-appsync-key',
    make(random) {
      const key = `da2-${random.text(LOWER_AND_DIGITS, 26)}`;
      return { secrets: [key], text: `x-api-key: ${key}`, member: { key: 'x-api-key', value: key } };
    },
  },
  {
    kind: 'amazon-mws-token',
    make: (random) => assigned(random, 'MWSAuthToken', `amzn.mws.${random.uuid()}`),
  },
  {
    kind: 'aws-session-token',
    make(random) {
      const token = sessionToken(random, random.between(280, 900));
      return random.chance(0.5)
        ? {
            secrets: [token],
            text: `X-Amz-Security-Token: ${token}`,
            member: { key: 'X-Amz-Security-Token', value: token },
          }
        : assigned(random, random.pick(['aws_session_token', 'AWS_SESSION_TOKEN', 'SessionToken']), token);
    },
  },
  {
    kind: 'aws-session-token-by-name',
    make: (random) =>
      assigned(
        random,
        random.pick(['aws_session_token', 'AWS_SESSION_TOKEN']),
        `${['Zx9', 'qLw'].join('')}${base64Text(random, 350)}==`,
      ),
  },
  {
    kind: 'aws-key-id',
    make(random) {
      const keyId = accessKeyId(random.pick(['AKIA', 'ASIA'] as const), account(random), random);
      // An identifier: findings show it.
      return { secrets: [], text: `using access key ${keyId}`, member: { key: 'accessKeyId', value: keyId } };
    },
  },
  {
    kind: 'aws-key-pair',
    make(random) {
      const keyId = accessKeyId('AKIA', account(random), random);
      const secret = secretAccessKey(random);
      return {
        secrets: [secret],
        text: random.pick([
          `AWS_ACCESS_KEY_ID=${keyId} AWS_SECRET_ACCESS_KEY=${secret}`,
          `{'aws_access_key_id': '${keyId}', 'aws_secret_access_key': '${secret}'}`,
          `credentials ${keyId}:${secret}`,
        ]),
        lines: [`aws_access_key_id = ${keyId}`, `aws_secret_access_key = ${secret}`],
      };
    },
  },
  {
    kind: 'sigv4-authorization-header',
    make(random, timeMs) {
      const signed = signature(random);
      const credential = scope(random, accessKeyId('ASIA', account(random), random), 'dynamodb', timeMs);
      const value = `AWS4-HMAC-SHA256 Credential=${credential}, SignedHeaders=host;x-amz-date, Signature=${signed}`;
      return {
        secrets: [signed],
        text: `Authorization: ${value}, X-Amz-Date: ${amzDate(timeMs)}`,
        member: { key: 'authorization', value },
      };
    },
  },
  {
    kind: 'sigv4-canonical-request',
    make(random, timeMs) {
      const signed = signature(random);
      const stamp = isoMillis(timeMs);
      const lines = [
        'StringToSign:',
        'AWS4-HMAC-SHA256',
        amzDate(timeMs),
        `${amzDate(timeMs).slice(0, 8)}/eu-central-1/dynamodb/aws4_request`,
        random.hex(64),
        `${stamp} botocore.auth [DEBUG] Signature:`,
        signed,
      ];
      return {
        secrets: [signed],
        text: `botocore.auth [DEBUG] ${lines.join('\\n')}`,
        lines: [`${stamp} botocore.auth [DEBUG] ${lines[0]}`, ...lines.slice(1)],
      };
    },
  },
  {
    kind: 'presigned-url',
    make(random, timeMs) {
      const bucket = `b-${random.hex(8)}.s3.eu-central-1.amazonaws.com`;
      const { url, signed } = presigned(
        random,
        `https://${bucket}/report-${random.hex(4)}.csv?`,
        's3',
        timeMs,
      );
      return { secrets: [signed], text: `GET ${url}`, member: { key: 'url', value: url } };
    },
  },
  {
    kind: 'private-key',
    make(random) {
      const body = keyBody(random);
      const lines = [`${FENCE}BEGIN ${LABEL}${FENCE}`, ...body, `${FENCE}END ${LABEL}${FENCE}`];
      return {
        secrets: body.slice(1),
        text: `key="${lines.join('\\n')}"`,
        member: { key: 'private_key', value: `${lines.join('\n')}\n` },
        lines,
      };
    },
  },
  {
    kind: 'connection-string',
    make(random) {
      const secret = password(random);
      const [scheme, port] = random.pick([
        ['postgresql', 5432],
        ['mysql+pymysql', 3306],
        ['mongodb', 27017],
        ['redis', 6379],
        ['amqp', 5672],
      ] as const);
      const host = `db-${random.hex(4)}.prod-cluster.net`;
      const url = `${scheme}://app:${secret}@${host}:${port}/main`;
      const ado = `Server=tcp:${host},1433;Database=main;User ID=app;Password=${secret};Encrypt=true`;
      return random.chance(0.7)
        ? { secrets: [secret], text: `DATABASE_URL=${url}`, member: { key: 'url', value: url } }
        : {
            secrets: [secret],
            text: `connecting with ${ado}`,
            member: { key: 'connectionString', value: ado },
          };
    },
  },
];

// SEC-01, 05, 06, 07 and 10: secrets in application logs, each made of random numbers when the archive is written.

import { amzDate, isoMillis, isoSeconds, SECOND_MS } from '../clock.ts';
import { accessKeyId, base64Text, password, secretAccessKey } from '../credentials.ts';
import type { AttackContext } from './context.ts';
import { PRIVATE_KEYS } from './private-keys.ts';
import { ANY, PYTHON, plantSecretVariants, type Scene, type SecretVariant } from './secret-variant.ts';
import {
  authorization,
  preparedRequestMessage,
  presignedUrl,
  signingMessages,
  signRequest,
  textHeaderLine,
} from './signed-requests.ts';

function keyPair(scene: Scene): { readonly id: string; readonly secret: string } {
  return { id: accessKeyId('AKIA', scene.account, scene.random), secret: secretAccessKey(scene.random) };
}

const KEY_PAIRS: readonly SecretVariant[] = [
  {
    rule: 'SEC-01',
    name: 'environment-line',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'both variables in one line',
    messages(scene) {
      const key = keyPair(scene);
      return [
        `INFO starting with AWS_ACCESS_KEY_ID=${key.id} AWS_SECRET_ACCESS_KEY=${key.secret} AWS_REGION=${scene.region}`,
      ];
    },
  },
  {
    rule: 'SEC-01',
    name: 'json-object',
    severity: 'CRITICAL',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'a JSON line with id and secret',
    messages(scene) {
      const key = keyPair(scene);
      return [
        JSON.stringify({
          level: 'debug',
          time: isoMillis(scene.timeMs),
          msg: 'config loaded',
          aws: { region: scene.region, accessKeyId: key.id, secretAccessKey: key.secret },
        }),
      ];
    },
  },
  {
    rule: 'SEC-01',
    name: 'credentials-file',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'a credentials file printed as one message of several lines',
    messages(scene) {
      const key = keyPair(scene);
      return [
        `DEBUG ~/.aws/credentials:\n[default]\naws_access_key_id = ${key.id}\naws_secret_access_key = ${key.secret}`,
      ];
    },
  },
  {
    rule: 'SEC-01',
    name: 'python-dict',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'keyword arguments in a debug line',
    messages(scene) {
      const key = keyPair(scene);
      return [
        `DEBUG creating client {'region_name': '${scene.region}', 'aws_access_key_id': '${key.id}', 'aws_secret_access_key': '${key.secret}'}`,
      ];
    },
  },
  {
    rule: 'SEC-01',
    name: 'two-messages',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'id and secret in two messages, one after the other',
    messages(scene) {
      const key = keyPair(scene);
      return [`INFO aws_access_key_id: ${key.id}`, `INFO aws_secret_access_key: ${key.secret}`];
    },
    alsoExpected: ['SEC-02', 'SEC-04'],
  },
];

const SIGNATURES: readonly SecretVariant[] = [
  {
    rule: 'SEC-05',
    name: 'header-in-text',
    severity: 'HIGH',
    kinds: ['proxy'],
    description: 'a signed header in an access line, logged while it was valid',
    messages: (scene) => [
      textHeaderLine(
        signRequest(scene.random, scene.account, scene.region, scene.timeMs - (scene.timeMs % SECOND_MS)),
        {
          timeMs: scene.timeMs,
          address: '10.0.3.17',
          requestId: scene.random.hex(32),
        },
      ),
    ],
  },
  {
    rule: 'SEC-05',
    name: 'prepared-request',
    severity: 'HIGH',
    kinds: ['boto'],
    description: 'botocore prints the request it sends',
    messages: (scene) => [
      preparedRequestMessage(
        signRequest(scene.random, scene.account, scene.region, scene.timeMs - (scene.timeMs % SECOND_MS)),
        scene.timeMs,
      ),
    ],
    alsoExpected: ['SEC-03'],
  },
  {
    rule: 'SEC-05',
    name: 'signing-blocks',
    severity: 'MEDIUM',
    kinds: ['boto'],
    description: 'botocore prints canonical request, string to sign and signature, each over several lines',
    messages: (scene) =>
      signingMessages(
        signRequest(scene.random, scene.account, scene.region, scene.timeMs - (scene.timeMs % SECOND_MS)),
        scene.timeMs,
        scene.random,
      ),
    alsoExpected: ['SEC-03'],
  },
  {
    rule: 'SEC-05',
    name: 'logged-late',
    severity: 'MEDIUM',
    kinds: ['node', 'lambda'],
    description: 'a header printed an hour after it was signed',
    messages: (scene) => [
      JSON.stringify({
        level: 'error',
        msg: 'upstream failed',
        headers: {
          authorization: authorization(
            signRequest(scene.random, scene.account, scene.region, scene.timeMs - 3_600_000),
          ),
          'x-amz-date': amzDate(scene.timeMs - 3_600_000),
        },
      }),
    ],
  },
  {
    rule: 'SEC-06',
    name: 'long-lived-url',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a presigned URL that is valid for a day',
    messages: (scene) => [
      `INFO download link ${presignedUrl(signRequest(scene.random, scene.account, scene.region, scene.timeMs), 'exports-archive', `report-${scene.random.hex(6)}.csv`, 86_400)}`,
    ],
  },
  {
    rule: 'SEC-06',
    name: 'short-lived-url-in-json',
    severity: 'MEDIUM',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'a presigned URL that is valid for fifteen minutes, in a JSON line',
    messages: (scene) => [
      JSON.stringify({
        level: 'info',
        msg: 'upload',
        url: presignedUrl(
          signRequest(scene.random, scene.account, scene.region, scene.timeMs),
          'uploads-inbox',
          `${scene.random.uuid()}.bin`,
          900,
        ),
      }),
    ],
  },
  {
    rule: 'SEC-06',
    name: 'signature-version-2',
    severity: 'MEDIUM',
    kinds: PYTHON,
    description: 'a presigned URL of signature version 2',
    messages: (scene) => [
      `INFO link https://exports-archive.s3.amazonaws.com/old.csv?AWSAccessKeyId=${accessKeyId('AKIA', scene.account, scene.random)}&Expires=${Math.floor(scene.timeMs / 1000) + 86_400}&Signature=${encodeURIComponent(`${base64Text(scene.random, 27)}=`)}`,
    ],
  },
];

const CONNECTIONS: readonly SecretVariant[] = [
  {
    rule: 'SEC-10',
    name: 'postgres',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a PostgreSQL URL',
    messages: (scene) => [
      `INFO connecting to postgresql://orders_app:${password(scene.random)}@db-1.cluster.internal:5432/orders`,
    ],
  },
  {
    rule: 'SEC-10',
    name: 'mysql-in-traceback',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a MySQL URL in a traceback of several lines',
    messages: (scene) => [
      `ERROR could not connect\nTraceback (most recent call last):\n  File "/app/db.py", line 41, in connect\n    engine = create_engine("mysql+pymysql://shop:${password(scene.random)}@mysql.internal:3306/shop")\nsqlalchemy.exc.OperationalError: (2003, "Can't connect")`,
    ],
  },
  {
    rule: 'SEC-10',
    name: 'mongodb-in-json',
    severity: 'HIGH',
    kinds: ['node', 'lambda'],
    description: 'a MongoDB URL in a JSON line',
    messages: (scene) => [
      JSON.stringify({
        level: 30,
        msg: 'mongo',
        uri: `mongodb+srv://catalog:${password(scene.random)}@cluster0.a1b2c.mongodb.net/catalog?retryWrites=true`,
      }),
    ],
  },
  {
    rule: 'SEC-10',
    name: 'redis',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a Redis URL with a password and no user',
    messages: (scene) => [`WARNING cache redis://:${password(scene.random)}@cache.internal:6379/0 is slow`],
  },
  {
    rule: 'SEC-10',
    name: 'amqp',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a RabbitMQ URL',
    messages: (scene) => [
      `[${isoSeconds(scene.timeMs)}] Connected to amqp://worker:${password(scene.random)}@rabbit.internal:5672//`,
    ],
  },
  {
    rule: 'SEC-10',
    name: 'jdbc',
    severity: 'HIGH',
    kinds: ['lambda', 'gunicorn'],
    description: 'a JDBC URL with a password parameter',
    messages: (scene) => [
      `INFO pool jdbc:sqlserver://sql.internal:1433;databaseName=ledger;user=ledger_app;password=${password(scene.random)};encrypt=true`,
    ],
  },
];

const VARIANTS: Readonly<Record<string, readonly SecretVariant[]>> = {
  'SEC-01': KEY_PAIRS,
  'SEC-05': SIGNATURES.filter((variant) => variant.rule === 'SEC-05'),
  'SEC-06': SIGNATURES.filter((variant) => variant.rule === 'SEC-06'),
  'SEC-07': PRIVATE_KEYS,
  'SEC-10': CONNECTIONS,
};

export function plantSecrets(context: AttackContext, rule: string): void {
  plantSecretVariants(context, VARIANTS[rule] ?? []);
}

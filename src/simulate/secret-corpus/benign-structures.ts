// Structured text that is full of keys, tokens and random letters, and holds no secret.

import { isoMillis } from '../clock.ts';
import type { Random } from '../prng.ts';
import type { BenignKind } from './benign-identifiers.ts';
import { variable } from './benign-masks.ts';

const LETTERS = 'abcdefghijklmnopqrstuvwxyz';
const BASE62 = `${LETTERS.toUpperCase()}${LETTERS}0123456789`;
const BASE64 = `${BASE62}+/`;

function minified(random: Random, statements: number): string {
  const name = (): string => random.text(LETTERS, random.between(1, 2));
  return Array.from({ length: statements }, () =>
    random.pick([
      () =>
        `!function(${name()},${name()}){"use strict";var ${name()}=${name()}(${random.below(999)})}(this)`,
      () => `${name()}.token=${name()}.getToken(),${name()}.key="${name()}"`,
      () => `password:${name()}.password,secret:${name()}.secret||${name()}`,
      () => `const ${name()}=e=>e.apiKey?${name()}(e.apiKey):null`,
      () => `${name()}=${name()}?${name()}.auth:{token:void 0}`,
      () => `${name()}["${random.hex(20)}"]=function(${name()}){return ${name()}(${random.below(9999)})}`,
    ])(),
  ).join(';');
}

export const BENIGN_STRUCTURES: readonly BenignKind[] = [
  {
    name: 'minified code',
    make: (random) => ({
      text: minified(random, random.between(3, 30)),
      member: { key: 'source', value: minified(random, random.between(3, 12)) },
    }),
  },
  {
    name: 'stack traces',
    make: (random) => {
      const lines = random.pick([
        [
          'java.lang.IllegalStateException: Could not resolve token of org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager',
          '\tat org.springframework.security.oauth2.client.web.DefaultOAuth2AuthorizedClientManager.authorize(DefaultOAuth2AuthorizedClientManager.java:157)',
          `\tat com.example.orders.PasswordResetController$$EnhancerBySpringCGLIB$$${random.hex(8)}.reset(<generated>)`,
          'Caused by: javax.crypto.BadPaddingException: Given final block not properly padded',
          '\t... 42 more',
        ],
        [
          'goroutine 1 [running]:',
          `main.(*Server).login(0xc${random.hex(9)}, {0x${random.hex(6)}, 0x2c}, {0xc${random.hex(9)}, 0x10, 0x10})`,
          '\t/src/orders/server.go:118 +0x1d4',
          `created by net/http.(*Server).Serve in goroutine 1 +0x${random.hex(4)}`,
        ],
        [
          `TypeError: Cannot read properties of undefined (reading 'accessToken')`,
          `    at e.getToken (https://cdn.internal/static/app.${random.hex(20)}.js:1:${random.below(999999)})`,
          `    at async t (https://cdn.internal/static/vendor.${random.hex(20)}.js:2:${random.below(999999)})`,
          '    at processTicksAndRejections (node:internal/process/task_queues:105:5)',
        ],
      ]);
      return { text: lines[0]!, lines, member: { key: 'stack', value: lines.join('\n') } };
    },
  },
  {
    name: 'metrics',
    make: (random) => ({
      text: random.pick([
        `token_requests_total{grant="client_credentials",code="200"} ${random.below(1e6)}`,
        `auth.password_checks:${random.below(900)}|c|#env:prod,host:ip-10-0-3-17`,
        `MONITORING|${random.below(1e6)}|count|secret_reads|#version:7`,
        `tokens prompt_tokens=${random.below(9000)} completion_tokens=${random.below(900)} total_tokens=${random.below(9900)}`,
        `password_hash_duration_seconds_bucket{le="0.25"} ${random.below(1e5)}`,
      ]),
      member: { key: 'api_key_lookups', value: String(random.below(1e6)) },
    }),
  },
  {
    // https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
    name: 'EMF',
    make: (random, timeMs) => ({
      text: JSON.stringify({
        _aws: {
          Timestamp: timeMs,
          CloudWatchMetrics: [
            {
              Namespace: 'orders',
              Dimensions: [['operation']],
              Metrics: [{ Name: 'TokenRefresh', Unit: 'Count' }],
            },
          ],
        },
        operation: 'PasswordReset',
        TokenRefresh: random.below(90),
        requestId: random.uuid(),
        traceId: `1-${random.hex(8)}-${random.hex(24)}`,
      }),
    }),
  },
  {
    name: 'SQL',
    make: (random) => {
      const statement = random.pick([
        'SELECT "auth_user"."id", "auth_user"."password", "auth_user"."last_login" FROM "auth_user" WHERE "auth_user"."id" = %s',
        'UPDATE users SET password = ?, password_changed_at = now() WHERE id = ?',
        'INSERT INTO api_tokens (token_type, token_hash, created_at) VALUES ($1, $2, $3) RETURNING id',
        "SELECT token FROM sessions WHERE token = :token AND secret_version = 'AWSCURRENT'",
        "ALTER USER app WITH PASSWORD '********'",
        'CREATE TABLE tokens (id uuid primary key, secret_name text not null, password_salt bytea)',
        "select count(*) from orders where idempotency_key = 'K'",
      ]);
      return {
        text: statement,
        member: { key: random.pick(['sql', 'query', 'db.statement']), value: statement },
      };
    },
  },
  {
    name: 'GraphQL',
    make: (random) => {
      const query = random.pick([
        'mutation Login($email: String!, $password: String!) { login(email: $email, password: $password) { token refreshToken } }',
        'query Keys { viewer { apiKeys(first: 10) { edges { node { id name maskedSecret } } } } }',
        'type Session { token: String! expiresAt: DateTime! user: User }',
        'input ResetInput { token: String!, newPassword: String! }',
      ]);
      return { text: query, member: { key: 'query', value: query } };
    },
  },
  {
    name: 'Kubernetes manifests',
    make: () => ({
      text: '{"env":[{"name":"DB_PASSWORD","valueFrom":{"secretKeyRef":{"name":"orders-db","key":"password"}}},{"name":"API_TOKEN","valueFrom":{"secretKeyRef":{"name":"api","key":"token"}}}]}',
      lines: [
        'apiVersion: apps/v1',
        'kind: Deployment',
        '      env:',
        '        - name: DB_PASSWORD',
        '          valueFrom:',
        '            secretKeyRef:',
        '              name: orders-db-credentials',
        '              key: password',
        '      serviceAccountName: orders',
        '      automountServiceAccountToken: false',
        '      imagePullSecrets:',
        '        - name: registry-credentials',
      ],
    }),
  },
  {
    name: 'CloudFormation templates',
    make: () => ({
      text: `{"MasterUserPassword":{"Ref":"DBPassword"},"SecretString":{"Fn::Sub":"{{resolve:secretsmanager:${variable('SecretArn')}}}"}}`,
      lines: [
        'Parameters:',
        '  DBPassword:',
        '    Type: String',
        '    NoEcho: true',
        '  ApiToken: {Type: "AWS::SSM::Parameter::Value<String>"}',
        'Resources:',
        '  Database:',
        '    Properties:',
        '      MasterUserPassword: !Ref DBPassword',
        '      ManageMasterUserPassword: true',
        '      KmsKeyId: !GetAtt Key.Arn',
      ],
    }),
  },
  {
    name: 'terraform plans',
    make: (random) => ({
      text: 'password = (sensitive value)',
      lines: [
        '  # aws_db_instance.orders will be created',
        '  + resource "aws_db_instance" "orders" {',
        '      + password                = (sensitive value)',
        '      + master_user_secret      = (known after apply)',
        `      + kms_key_id              = "arn:aws:kms:us-east-1:111122223333:key/${random.uuid()}"`,
        `      ~ source_code_hash        = "${random.text(BASE64, 43)}=" -> (known after apply)`,
        '      + token                   = var.api_token',
        '    }',
      ],
    }),
  },
  {
    name: 'configuration templates',
    make: (random) => ({
      text: random.pick([
        `DATABASE_URL=postgresql://${variable('DB_USER')}:${variable('DB_PASSWORD')}@${variable('DB_HOST')}:5432/orders`,
        'redis://:{{ redis_password }}@cache.internal:6379/0',
        'amqp://<user>:<password>@broker.internal:5672/',
        'mongodb+srv://USERNAME:PASSWORD@cluster.example.com/orders',
        'mysql://%s:%s@%s:3306/orders',
      ]),
      lines: [
        '[database]',
        'host = db.internal',
        'user = orders',
        `password = ${variable('DB_PASSWORD')}`,
        '[jwt]',
        'secret = {{ jwt_secret }}',
        'algorithm = RS256',
        'public_key_file = /etc/keys/jwt.pub',
      ],
    }),
  },
  {
    name: 'environment without credentials',
    make: (random) => ({
      text: `AWS_REGION=us-east-1 AWS_LAMBDA_FUNCTION_NAME=orders AWS_LAMBDA_LOG_STREAM_NAME=2026/11/01/[$LATEST]${random.hex(32)}`,
      lines: [
        'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
        'HOSTNAME=ip-10-0-3-17',
        'PWD=/app',
        'PYTHON_VERSION=3.13.1',
        `GPG_KEY=${random.hex(40).toUpperCase()}`,
        `PYTHON_SHA256=${random.hex(64)}`,
        'AWS_REGION=us-east-1',
        'AWS_XRAY_CONTEXT_MISSING=LOG_ERROR',
        `_X_AMZN_TRACE_ID=Root=1-${random.hex(8)}-${random.hex(24)};Parent=${random.hex(16)};Sampled=0`,
        'LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64',
        'TZ=:UTC',
      ],
    }),
  },
  {
    name: 'pages and styles',
    make: (random) => ({
      text: random.pick([
        '<input type="password" name="password" autocomplete="current-password" placeholder="Password">',
        `<link rel="stylesheet" href="/static/app.${random.hex(20)}.css" integrity="sha384-${random.text(BASE64, 64)}" crossorigin="anonymous">`,
        ':root{--token-color:#1a2b3c;--key-size:12px;--auth-width:320px}',
        `<script nonce="${random.text(BASE64, 22)}==" src="/static/auth.js"></script>`,
        '<label for="password">Password: <span class="hint">at least 12 characters</span></label>',
      ]),
    }),
  },
  {
    name: 'source maps and fonts',
    make: (random) => ({
      text: `{"version":3,"sources":["auth/token.ts"],"mappings":"${Array.from({ length: 60 }, () => random.text(`${BASE62}+/`, random.pick([4, 5, 8]))).join(',')}"}`,
      member: { key: 'font', value: `url(data:font/woff2;base64,d09GMgABAAAAA${random.text(BASE64, 900)})` },
    }),
  },
  {
    name: 'results of tests',
    make: (random) => ({
      text: random.pick([
        `tests passed=${random.below(900)} failed=0 skipped=${random.below(9)} pass=${random.below(900)}`,
        'test_password_reset_token_is_rejected PASSED [ 42%]',
        'ok 17 - login with a wrong password gives 401',
        'tests/auth/test_tokens.py::test_refresh_token_rotation[expired-token] PASSED',
        'describe("secret rotation") it("keeps the old key for a day") 31 ms',
      ]),
    }),
  },
  {
    name: 'calls of APIs',
    make: (random, timeMs) => ({
      text: random.pick([
        `secretsmanager:GetSecretValue SecretId=prod/orders/db VersionStage=AWSCURRENT took ${random.below(90)} ms`,
        'PUT /latest/api/token HTTP/1.1 200 (X-aws-ec2-metadata-token-ttl-seconds: 21600)',
        'POST /oauth2/token HTTP/1.1 200 grant_type=client_credentials scope=orders/read',
        `GET /v1/api-keys/${random.uuid()}/usage?from=${isoMillis(timeMs)} 200`,
        'GET /.well-known/jwks.json 200 612',
        'kms:Decrypt EncryptionContext={"table":"Orders"} KeyId=alias/orders',
        'Found credentials from IAM Role: orders-worker',
        'sts:AssumeRole RoleSessionName=botocore-session-1764547200 DurationSeconds=3600',
        `GET /items?sort_key=price&token_type=bearer&page=${random.below(40)} 200`,
      ]),
      member: { key: 'X-Amz-Target', value: 'secretsmanager.GetSecretValue' },
    }),
  },
  {
    name: 'language and tokens',
    make: (random) => ({
      text: random.pick([
        "tokens=['the', 'secret', 'of', 'the', 'lamp'] count=5",
        'token: "lamp" pos=NOUN lemma="lamp" score=0.98',
        `next token id ${random.below(50000)} logit ${random.float().toFixed(6)} text " password"`,
        'stopword filter removed token=because',
        'parser: expected token IDENTIFIER but found token STRING_LITERAL at 12:7',
      ]),
    }),
  },
  {
    name: 'names and words',
    make: (random) => ({
      text: random.pick([
        'checking topic orders.customer-password-events.v2 partition=3 key=order-4711',
        'lock acquired key=orders:rebuild-index-2026-11 owner=worker-7',
        'feature secret-management-service-prod-eu-west-1-deployment-blue ready',
        'table CustomerAuthenticationTokenRepositoryImplementationFactoryBean loaded',
        'queue https://sqs.us-east-1.amazonaws.com/111122223333/password-reset-mails depth=0',
        `stream shardId-${random.text('0123456789', 12)} key=customer-${random.below(1e6)} lag=0`,
      ]),
    }),
  },
];

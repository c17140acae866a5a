// The names of secrets with no secret beside them: masks, placeholders, settings, prose, code.

import type { Random } from '../prng.ts';
import type { BenignKind } from './benign-identifiers.ts';
import type { LogPiece } from './log-format.ts';

const NAMES = [
  'password',
  'DB_PASSWORD',
  'api_key',
  'apiKey',
  'client_secret',
  'access_token',
  'Authorization',
  'SECRET_KEY',
  'aws_secret_access_key',
  'x-api-key',
  'passwd',
  'JWT_SECRET',
  'refresh_token',
] as const;

/** `${name}` */
export function variable(name: string): string {
  return ['$', '{', name, '}'].join('');
}

function assigned(random: Random, values: readonly string[]): LogPiece {
  const key = random.pick(NAMES);
  const value = random.pick(values);
  const text = random.pick([
    `${key}=${value}`,
    `${key}: ${value}`,
    `"${key}": "${value}"`,
    `'${key}': '${value}'`,
  ]);
  return { text, member: { key, value } };
}

/** One of several texts. */
function said(...texts: readonly string[]) {
  return (random: Random): LogPiece => ({ text: random.pick(texts) });
}

export const BENIGN_MASKS: readonly BenignKind[] = [
  {
    name: 'masks',
    make: (random) =>
      assigned(random, [
        '****',
        '***',
        '*'.repeat(random.between(5, 24)),
        'x'.repeat(random.between(4, 20)),
        'X'.repeat(random.between(4, 20)),
        '[REDACTED]',
        '[Redacted]',
        '<redacted>',
        'REDACTED',
        '[FILTERED]',
        '[Filtered]',
        '[MASKED]',
        '<hidden>',
        '(hidden)',
        '(sensitive value)',
        '(sensitive)',
        '***(Redacted)',
        ['HIDDEN_DUE_TO', 'SECURITY_REASONS'].join('_'),
        '--removed--',
        "SecretStr('**********')",
        '######',
        '.....',
        '<secret>',
        '<masked>',
        '[secret omitted]',
        '<non-empty>',
        '[HIDDEN]',
      ]),
  },
  {
    name: 'masked headers and URLs',
    make: said(
      'Authorization: Bearer ****',
      'Authorization: Bearer [REDACTED]',
      'Authorization: Basic ********',
      'authorization: Bearer <token>',
      'Authorization: Bearer {token}',
      "headers={'Authorization': 'Bearer ***', 'Accept': '*/*'}",
      'connecting to postgres://shop:****@db.internal:5432/shop',
      'connecting to postgresql+psycopg2://shop:***@db.internal/shop',
      'broker amqp://guest:**@rabbit.internal:5672//',
      'GET /download?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=****&X-Amz-Expires=900&X-Amz-Signature=****',
      'GET /reset?token=[FILTERED] 200',
      'POST /login email=ana%40example.com&password=%5BFILTERED%5D',
      'jdbc:postgresql://db.internal/shop?user=shop&password=********',
      'Set-Cookie: sessionid=[redacted]; HttpOnly; Path=/',
      'curl -H "Authorization: Bearer $TOKEN" https://api.internal/orders',
      'mysql -u root -p$MYSQL_PWD -h db.internal',
    ),
  },
  {
    name: 'placeholders',
    make: (random) =>
      assigned(random, [
        variable('DB_PASSWORD'),
        '$DB_PASSWORD',
        '{{ db_password }}',
        '{{password}}',
        '<password>',
        '<your-token>',
        'YOUR_API_KEY',
        'your-api-key-here',
        '%s',
        '%(password)s',
        '#{password}',
        '{password}',
        'null',
        'None',
        'undefined',
        '<nil>',
        'nil',
        'true',
        'false',
        'string',
        '$(DB_PASSWORD)',
        '{{resolve:secretsmanager:prod/db:SecretString:password}}',
        variable('ssm:/prod/db/password'),
        'env:DB_PASSWORD',
        'file:///run/secrets/db_password',
        'vault:secret/data/orders#password',
        'sm://project/orders-db-password',
        'op://production/orders/password',
        'NOT_SET',
        'missing',
        'unset',
        'required',
        'from-environment',
        '<set in the console>',
        '[object Object]',
      ]),
  },
  {
    name: 'names that say no',
    make: (random) => {
      const [key, value] = random.pick([
        ['token_type', 'Bearer'],
        ['tokenCount', '3412'],
        ['max_tokens', '4096'],
        ['completion_tokens', '211'],
        ['password_reset_at', '2026-10-31T22:11:05Z'],
        ['password_changed', 'true'],
        ['passwordPolicy', 'StrongPasswordsV2'],
        ['password_min_length', '12'],
        ['password_file', '/run/secrets/db_password'],
        ['primary_key', 'customer_id'],
        ['partition_key', 'pk#customer#4711'],
        ['sort_key', 'created_at'],
        ['cache_key', 'user:42:profile:v7'],
        ['public_key_path', '/etc/keys/jwt.pub'],
        ['key_id', 'prod-signing-2026-11'],
        ['monkey', 'banana42Tree'],
        ['author', 'Ana.Example1984'],
        ['passed', '128'],
        ['passenger', 'Ana-Maria.Smith77'],
        ['compass', 'NorthWest45'],
        ['pwd', '/var/task/orders'],
        ['PWD', '/app/releases/20261101T120000'],
        ['OLDPWD', '/home/deploy'],
        ['auth_method', 'scram-sha-256'],
        ['credentials', 'same-origin'],
        ['secret_version', 'AWSCURRENT'],
        ['secretName', 'orders-db-credentials'],
        ['token_endpoint', 'https://login.internal/oauth2/token'],
        ['token_expires_in', '3600'],
        ['keyspace', 'orders_production_v2'],
        ['Key', 'logs/2026/11/01/part-00000-of-00012.gz'],
        ['keyboard_layout', 'de-DE-neo2'],
        ['tokenizer', 'cl100k_base'],
        ['grant_type', 'client_credentials'],
        ['passthrough', 'Enabled-v2'],
        ['api_key_source', 'HEADER'],
        ['accessKeyAge', 'P41DT3H'],
      ] as const);
      return {
        text: random.pick([`${key}=${value}`, `${key}: ${value}`, `"${key}":"${value}"`]),
        member: { key, value },
      };
    },
  },
  {
    name: 'prose',
    make: said(
      'Invalid password: it must have at least 12 characters, one digit and one symbol',
      'password: incorrect for user 4711',
      'Password reset requested for customer 4711; mail sent',
      'Your password has been changed. If this was not you, write to support.',
      'the secret rotation of orders-db finished in 3.2 s',
      'Login failed: wrong username or password (attempt 3 of 5)',
      'token expired 312 seconds ago, asking for another',
      'Token validation failed: signature has expired',
      'No API key was provided. Set the header x-api-key.',
      'missing required secret: DATABASE_PASSWORD is not set in this environment',
      'Bearer authentication is required for this operation',
      'WWW-Authenticate: Bearer realm="orders", error="invalid_token", error_description="The access token expired"',
      'WWW-Authenticate: Basic realm="Restricted area"',
      'Basic authentication is deprecated and will be removed in version 7',
      'access denied (using password: YES)',
      "Access denied for user 'app'@'10.0.3.17' (using password: NO)",
      'FATAL: password authentication failed for user "orders"',
      'The private key could not be read: permission denied',
      'api key: rejected because it belongs to another workspace',
      'secret: none found in the request, going on without',
      'unlock token: sent by mail',
      'passwords do not match; please try again',
      'authorization: denied by policy orders-read-only',
      'password=expired for 3 accounts, see the report',
      'rotated credentials: 14 keys, 3 tokens, 0 failures',
    ),
  },
  {
    name: 'help texts',
    make: (random) => ({
      text: random.pick([
        'usage: deploy --user NAME --password PASSWORD [--token TOKEN] TARGET',
        '--password string   password of the database (default: asked for)',
        '-p, --password <password>  password or personal access token',
        'error: option --password requires an argument',
        'try: aws configure set aws_secret_access_key <secret>',
        'docker run -e POSTGRES_PASSWORD=<password> postgres:17',
      ]),
      lines: [
        'Options:',
        '  -u, --username string   user name',
        '  -p, --password string   password or token',
        '      --api-key string    key of the service (environment: API_KEY)',
        '      --secret-file path  file with the client secret',
      ],
    }),
  },
  {
    name: 'code and types',
    make: (random) => ({
      text: random.pick([
        'def login(user: str, password: str) -> Token:',
        'password: str = Field(..., min_length=8, max_length=128)',
        'password = os.environ["DB_PASSWORD"]',
        "SECRET_KEY = os.getenv('SECRET_KEY', default=None)",
        'const apiKey = process.env.API_KEY ?? config.get("apiKey");',
        'apiKey: process.env.STRIPE_API_KEY,',
        'token := r.Header.Get("Authorization")',
        'secret := vault.Read("secret/data/orders")',
        'password=getpass.getpass("Password: ")',
        'private String password;',
        'interface Login { user: string; password: string; token?: string }',
        'Password string `json:"password" validate:"required,min=8"`',
        'conn = psycopg2.connect(host=host, user=user, password=password, dbname=name)',
        'self.secret_key = settings.SECRET_KEY',
        'headers["Authorization"] = "Bearer " + token',
        `Authorization: \`Bearer ${variable('accessToken')}\``,
        'client_secret=config.client_secret, scope=scopes',
        'boto3.client("s3", aws_secret_access_key=creds.secret_key, aws_session_token=creds.token)',
        'password: yup.string().min(8).required()',
        'if (password !== confirmPassword) throw new ValidationError("password")',
      ]),
      lines: [
        '  File "/app/orders/auth.py", line 41, in login',
        '    user = authenticate(username=form.username, password=form.password)',
        '  File "/app/orders/tokens.py", line 112, in issue',
        '    token = jwt.encode(claims, settings.JWT_SECRET, algorithm="HS256")',
        'TypeError: Expected a string value for secret_key',
      ],
    }),
  },
  {
    name: 'feature flags',
    make: (random) => {
      const [key, value] = random.pick([
        ['reset_password_v2', 'true'],
        ['enable_token_refresh', 'false'],
        ['secret_santa_campaign', 'variant-B'],
        ['password_login_enabled', 'on'],
        ['api_key_rotation', 'gradual-25'],
        ['passkey_first', 'treatment_3'],
        ['login_with_token', 'Control2026'],
      ] as const);
      return { text: `flag ${key}=${value} for customer 4711`, member: { key, value } };
    },
  },
  {
    name: 'errors of validators',
    make: said(
      '1 validation error for Settings password Field required [type=missing, input_value={}, input_type=dict]',
      'secret_key: field required (type=value_error.missing)',
      '"password" is not allowed to be empty',
      '{"errors":[{"field":"password","code":"too_short","min":8}]}',
      '{"password":["This field may not be blank."],"token":["This field is required."]}',
      'SyntaxError: Unexpected token < in JSON at position 0',
      "Unexpected token 'export' in module /app/node_modules/auth/index.js:3",
      'invalid_grant: the refresh token is malformed',
      'ValidationException: 1 validation error detected: Value at masterUserPassword failed to satisfy constraint: Member must have length greater than or equal to 8',
      'json: cannot unmarshal number into Go struct field Login.password of type string',
      'KeyError: "api_key"',
    ),
  },
];

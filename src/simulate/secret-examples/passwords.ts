// Passwords, secrets, keys and tokens that only their names tell (SEC-11), as programs, commands and people write them.

import type { Random } from '../prng.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const UPPER = LOWER.toUpperCase();
const DIGITS = '0123456789';
const BASE62 = `${UPPER}${LOWER}${DIGITS}`;
/** Signs that no shell, form or quote gives a meaning. */
const SIGNS = ['!', '-', '_', '.', '~', '@', '#', '%', '^', '*'];
const PET_NAMES = ['Luna', 'Bella', 'Rocky', 'Simba', 'Nala', 'Oscar', 'Felix', 'Milou', 'Kira', 'Balou'];
const PLACES = ['Lisbon', 'Oslo', 'Kyoto', 'Quito', 'Porto', 'Bergen', 'Napoli', 'Ghent', 'Malmo', 'Krakow'];

/** What people choose when they are asked for a capital letter, a number and a sign. */
export function chosenPassword(random: Random): string {
  const word = random.pick([...PET_NAMES, ...PLACES]);
  const number = random.pick([
    String(random.between(1950, 2026)),
    String(random.between(10, 99)),
    random.text(DIGITS, 3),
  ]);
  return random.pick([
    `${word}${number}${random.pick(SIGNS.slice(0, 5))}`,
    `${word}${random.pick(['-', '_', '.'])}${random.pick(PLACES)}${number}`,
    `${random.pick(['!', '_', '.'])}${word}${number}x`,
  ]);
}

/** What a password manager makes. */
export function generatedPassword(random: Random): string {
  const letters = [
    ...random.text(BASE62, random.between(12, 24)),
    random.pick([...UPPER]),
    random.pick([...LOWER]),
    random.pick([...DIGITS]),
  ];
  // Not first: behind a flag it would begin another.
  letters.splice(random.between(1, letters.length - 1), 0, random.pick(['-', '_', '.', '!', '~']));
  return letters.join('');
}

const somePassword = (random: Random): string =>
  random.chance(0.5) ? chosenPassword(random) : generatedPassword(random);

/** Random bytes as servers write them: hex, base64, base64url or letters and digits. */
function machineMade(random: Random): string {
  for (;;) {
    const text = random.pick([
      () => random.hex(random.pick([32, 40, 64])),
      () => random.text(BASE62, random.between(24, 48)),
      () => Buffer.from(random.hex(64), 'hex').toString('base64'),
      () => Buffer.from(random.hex(48), 'hex').toString('base64url'),
    ])();
    if (/\d/.test(text) && /[a-z]/i.test(text)) return text;
  }
}

function assigned(random: Random, keys: readonly string[], value: string): MadeSecret {
  const key = random.pick(keys);
  const texts = [
    `${key}=${value}`,
    `${key}: ${value}`,
    `${key} = "${value}"`,
    `"${key}": "${value}"`,
    `{'user': 'jane', '${key}': '${value}'}`,
    `{user=jane, ${key}=${value}, active=true}`,
    `Login(user='jane', ${key}='${value}')`,
    `"${key}" => "${value}"`,
  ];
  return { secrets: [value], text: random.pick(texts), member: { key, value } };
}

/** Only as text: a command, a statement, a sentence. */
function told(
  value: string,
  ...texts: readonly ((value: string) => string)[]
): (random: Random) => MadeSecret {
  return (random) => ({ secrets: [value], text: random.pick(texts)(value) });
}

function example(kind: string, make: (random: Random) => MadeSecret): SecretExample {
  return { kind, make };
}

function inText(
  kind: string,
  value: (random: Random) => string,
  ...texts: readonly ((value: string) => string)[]
): SecretExample {
  return example(kind, (random) => told(value(random), ...texts)(random));
}

export const PASSWORD_EXAMPLES: readonly SecretExample[] = [
  example('assigned-password', (random) =>
    assigned(
      random,
      [
        'password',
        'DB_PASSWORD',
        'dbPassword',
        'passwd',
        'admin_pwd',
        'smtp-password',
        'spring.datasource.password',
        'userPassword',
        'db_pass',
        'key_passphrase',
        'new_password',
      ],
      somePassword(random),
    ),
  ),
  example('assigned-password-other-language', (random) =>
    assigned(
      random,
      ['senha', 'passwort', 'kennwort', 'contrasena', 'mot_de_passe', 'db_senha'],
      somePassword(random),
    ),
  ),
  example('assigned-secret', (random) =>
    assigned(
      random,
      ['client_secret', 'clientSecret', 'shared_secret', 'webhook_secret', 'consumerSecret'],
      machineMade(random),
    ),
  ),
  example('assigned-api-key', (random) =>
    assigned(
      random,
      ['api_key', 'apiKey', 'API_KEY', 'weather_api_key', 'subscription-key', 'mapsApiKey'],
      machineMade(random),
    ),
  ),
  example('assigned-access-token', (random) =>
    assigned(
      random,
      ['access_token', 'accessToken', 'refresh_token', 'AUTH_TOKEN', 'apiToken'],
      machineMade(random),
    ),
  ),
  example('assigned-token', (random) =>
    assigned(random, ['token', 'TOKEN', 'crm_token'], random.text(BASE62, 36) + random.pick([...DIGITS])),
  ),
  example('assigned-encryption-key', (random) =>
    assigned(
      random,
      ['decryption_key', 'masterKey', 'MASTER_KEY', 'signing_key', 'hmac_key', 'hmac_secret'],
      machineMade(random),
    ),
  ),
  inText(
    'secret-flag',
    somePassword,
    (value) => `backup --user app --password ${value} --host db`,
    (value) => `['backup', '--user', 'app', '--password', '${value}']`,
    (value) => `import --db-password '${value}' orders.csv`,
  ),
  inText(
    'password-variable',
    somePassword,
    (value) => `MYSQL_PWD=${value} mysql -u root orders`,
    (value) => `PGPASSWORD='${value}' psql -h db orders`,
    (value) => `REDISCLI_AUTH="${value}" redis-cli ping`,
  ),
  inText(
    'xml-secret',
    generatedPassword,
    (value) => `<user>jane</user><password>${value}</password>`,
    (value) => `<wsse:Password>${value}</wsse:Password>`,
  ),
  inText(
    'named-value',
    generatedPassword,
    (value) => `<add key="SmtpPassword" value="${value}" />`,
    (value) => `{'name': 'DB_PASSWORD', 'value': '${value}'}`,
    (value) => JSON.stringify({ environment: [{ name: 'ADMIN_PASSWORD', value }] }),
  ),
  {
    kind: 'named-value-lines',
    make(random) {
      const value = generatedPassword(random);
      return { secrets: [value], text: `env:\\n- name: POSTGRES_PASSWORD\\n  value: ${value}\\n` };
    },
  },
  inText(
    'mysql-short-flag',
    generatedPassword,
    (value) => `mysql -h db -u root -p${value} orders`,
    (value) => `mysqldump -u root -p'${value}' orders`,
  ),
  inText(
    'sshpass-flag',
    somePassword,
    (value) => `sshpass -p '${value}' ssh app@10.0.3.17`,
    (value) => `sshpass -p ${value} scp a b:`,
  ),
  inText('net-user', generatedPassword, (value) => `net user svc_backup ${value} /add`),
  inText(
    'htpasswd-batch',
    generatedPassword,
    (value) => `htpasswd -bB /etc/nginx/users jane ${value}`,
    (value) => `htpasswd -nbB jane ${value}`,
  ),
  inText(
    'chpasswd-line',
    generatedPassword,
    (value) => `echo 'app:${value}' | chpasswd`,
    (value) => `echo "app:${value}" | sudo chpasswd`,
  ),
  inText(
    'curl-user',
    generatedPassword,
    (value) => `curl -sS -u deploy:${value} https://nexus.internal/repo`,
    (value) => `curl --user 'deploy:${value}' https://x.internal`,
  ),
  inText('redis-cli-flag', generatedPassword, (value) => `redis-cli -h cache -a ${value} ping`),
  inText(
    'redis-setting',
    generatedPassword,
    (value) => `requirepass ${value}`,
    (value) => `masterauth "${value}"`,
  ),
  inText(
    'ldap-client-flag',
    generatedPassword,
    (value) => `ldapsearch -x -D cn=admin -w ${value} -b dc=corp`,
  ),
  inText(
    'docker-login-flag',
    generatedPassword,
    (value) => `docker login -u ci -p ${value} registry.internal`,
  ),
  inText(
    'docker-login-pipe',
    generatedPassword,
    (value) => `echo ${value} | docker login -u ci --password-stdin registry.internal`,
  ),
  inText('php-constant', generatedPassword, (value) => `define( 'DB_PASSWORD', '${value}' );`),
  inText(
    'elastic-setup-password',
    (random) => random.text(BASE62, 20),
    (value) => `PASSWORD elastic = ${value}`,
  ),
  inText('netrc-line', generatedPassword, (value) => `machine git.internal login ci password ${value}`),
  inText(
    'openssl-pass-argument',
    generatedPassword,
    (value) => `openssl rsa -in key.pem -passin pass:${value}`,
  ),
  inText(
    'sql-identified-by',
    somePassword,
    (value) => `CREATE USER 'app'@'%' IDENTIFIED BY '${value}'`,
    (value) => `ALTER USER app IDENTIFIED WITH caching_sha2_password BY '${value}'`,
  ),
  inText(
    'sql-role-password',
    somePassword,
    (value) => `CREATE ROLE app LOGIN PASSWORD '${value}'`,
    (value) => `ALTER USER app WITH ENCRYPTED PASSWORD '${value}'`,
    (value) => `CREATE LOGIN app WITH PASSWORD = '${value}'`,
  ),
  inText('sql-set-password', somePassword, (value) => `SET PASSWORD FOR 'app'@'%' = '${value}'`),
  inText(
    'temporary-password-sentence',
    generatedPassword,
    (value) => `A temporary password is generated for root@localhost: ${value}`,
    (value) => `the new password is ${value}`,
  ),
];

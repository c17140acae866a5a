// Passwords as databases, directories and frameworks store them (SEC-18).

import { createHash, pbkdf2Sync } from 'node:crypto';
import type { Random } from '../prng.ts';
import { chosenPassword } from './passwords.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
/** crypt(5) */
const CRYPT = `./${LETTERS}`;

const digest = (algorithm: string, text: string, form: 'hex' | 'base64' = 'hex'): string =>
  createHash(algorithm).update(text).digest(form);

function example(kind: string, keys: readonly string[], hash: (random: Random) => string): SecretExample {
  return {
    kind,
    make(random): MadeSecret {
      const value = hash(random);
      const key = random.pick(keys);
      const texts = [
        `${key}=${value}`,
        `"${key}": "${value}"`,
        `{'username': 'jane', '${key}': '${value}'}`,
        `${key}: ${value}`,
      ];
      return { secrets: [value], text: random.pick(texts), member: { key, value } };
    },
  };
}

const HASH_NAMES = ['password', 'password_hash', 'passwordHash', 'hash', 'encoded'];

export const STORED_PASSWORD_EXAMPLES: readonly SecretExample[] = [
  example(
    'bcrypt-hash',
    HASH_NAMES,
    (random) =>
      `$2${random.pick(['a', 'b', 'y'])}$${random.pick(['04', '05', '08', '10', '12'])}$${random.text(CRYPT, 53)}`,
  ),
  example('crypt-hash', HASH_NAMES, (random) =>
    random.pick([
      `$1$${random.text(CRYPT, 8)}$${random.text(CRYPT, 22)}`,
      `$apr1$${random.text(CRYPT, 8)}$${random.text(CRYPT, 22)}`,
      `$5$${random.text(CRYPT, 16)}$${random.text(CRYPT, 43)}`,
      `$6$rounds=1000$${random.text(CRYPT, 16)}$${random.text(CRYPT, 86)}`,
    ]),
  ),
  example(
    'argon2-hash',
    HASH_NAMES,
    (random) => `$argon2id$v=19$m=65536,t=3,p=4$${random.text(LETTERS, 22)}$${random.text(LETTERS, 43)}`,
  ),
  example('django-pbkdf2-hash', HASH_NAMES, (random) => {
    const salt = random.text(LETTERS, 12);
    // As many as asked for, but quick: what the hash is of, nobody looks at.
    const hash = pbkdf2Sync(chosenPassword(random), salt, 1, 32, 'sha256').toString('base64');
    return `pbkdf2_sha256$${random.pick([10_000, 36_000, 260_000, 870_000])}$${salt}$${hash}`;
  }),
  example('django-fast-hash', HASH_NAMES, (random) => {
    const salt = random.text(LETTERS, random.pick([5, 12]));
    const password = chosenPassword(random);
    return random.pick([
      `md5$${salt}$${digest('md5', salt + password)}`,
      `sha1$${salt}$${digest('sha1', salt + password)}`,
      `sha1$$${digest('sha1', password)}`,
    ]);
  }),
  example(
    'werkzeug-hash',
    HASH_NAMES,
    (random) =>
      `pbkdf2:sha256:${random.pick([50_000, 260_000])}$${random.text(LETTERS, 16)}$${random.hex(64)}`,
  ),
  example(
    'werkzeug-scrypt-hash',
    HASH_NAMES,
    (random) => `scrypt:32768:8:1$${random.text(LETTERS, 16)}$${random.hex(128)}`,
  ),
  example('ldap-fast-hash', ['userPassword', 'password'], (random) => {
    const password = chosenPassword(random);
    return random.pick([
      () => `{SHA}${digest('sha1', password, 'base64')}`,
      () => `{MD5}${digest('md5', password, 'base64')}`,
      () => `{SSHA}${Buffer.from(digest('sha1', password) + random.hex(16), 'hex').toString('base64')}`,
    ])();
  }),
  example('phpass-hash', ['user_pass', 'password'], (random) => `$P$B${random.text(CRYPT, 30)}`),
  {
    kind: 'mysql-native-hash',
    make(random) {
      const hash = `*${random.hex(40).toUpperCase()}`;
      const texts = [
        `CREATE USER 'app'@'%' IDENTIFIED WITH mysql_native_password AS '${hash}'`,
        `GRANT ALL ON *.* TO 'app'@'%' IDENTIFIED BY PASSWORD '${hash}'`,
      ];
      return { secrets: [hash], text: random.pick(texts) };
    },
  },
  {
    kind: 'postgres-md5-hash',
    make(random) {
      const hash = `md5${digest('md5', chosenPassword(random))}`;
      return { secrets: [hash], text: `ALTER ROLE app WITH LOGIN PASSWORD '${hash}'` };
    },
  },
  {
    kind: 'nt-hash',
    make(random) {
      const hash = random.hex(32);
      return {
        secrets: [hash],
        text: `${random.pick(['Administrator:500', 'jane:1103', 'CORP\\svc_sql:1120'])}:${random.hex(32)}:${hash}:::`,
      };
    },
  },
  example(
    'password-digest',
    ['password', 'password_md5', 'passwd', 'password_hash', 'userPassword'],
    (random) => random.pick([digest('md5', chosenPassword(random)), digest('sha1', chosenPassword(random))]),
  ),
  example('encoded-password', ['password', 'DB_PASSWORD', 'userPassword', 'passwd'], (random) => {
    const password = chosenPassword(random);
    return random.pick([Buffer.from(password).toString('base64'), Buffer.from(password).toString('hex')]);
  }),
];

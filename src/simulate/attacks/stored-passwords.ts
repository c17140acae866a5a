// SEC-18: passwords in the forms in which they are stored.

import { createHash } from 'node:crypto';
import { chosenPassword } from '../secret-examples/passwords.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

const CRYPT = './ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const STORED_PASSWORDS: readonly SecretVariant[] = [
  {
    rule: 'SEC-18',
    name: 'user-row',
    severity: 'MEDIUM',
    kinds: PYTHON,
    description: 'a row of the table of users, with an MD5 digest',
    messages: ({ random }) => [
      `DEBUG fetched {'id': 42, 'username': 'jane', 'password': '${createHash('md5').update(chosenPassword(random)).digest('hex')}', 'active': True}`,
    ],
  },
  {
    rule: 'SEC-18',
    name: 'django-few-iterations',
    severity: 'MEDIUM',
    kinds: PYTHON,
    description: 'a PBKDF2 hash of Django with 20,000 iterations',
    messages: ({ random }) => [
      `INFO upgrading hasher: pbkdf2_sha256$20000$${random.text(CRYPT.slice(2), 12)}$${Buffer.from(random.hex(64), 'hex').toString('base64')}`,
    ],
  },
  {
    rule: 'SEC-18',
    name: 'cheap-bcrypt',
    severity: 'MEDIUM',
    kinds: ['node', 'lambda'],
    description: 'a bcrypt hash of cost 4 in a JSON line',
    messages: ({ random }) => [
      JSON.stringify({
        level: 'debug',
        msg: 'user',
        user: { name: 'jane', passwordHash: `$2b$04$${random.text(CRYPT, 53)}` },
      }),
    ],
  },
  {
    rule: 'SEC-18',
    name: 'base64-password',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'a password in base64',
    messages: ({ random }) => [
      `INFO mail settings: smtp_password=${Buffer.from(`${chosenPassword(random)}ab`).toString('base64')} port=587`,
    ],
  },
];

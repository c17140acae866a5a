// SEC-11: passwords, secrets and tokens under their names, in commands and in statements.

import { isoMillis } from '../clock.ts';
import { chosenPassword, generatedPassword } from '../secret-examples/passwords.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export const LOGGED_PASSWORDS: readonly SecretVariant[] = [
  {
    rule: 'SEC-11',
    name: 'login-body',
    severity: 'MEDIUM',
    kinds: ['node', 'lambda', 'uvicorn'],
    description: 'the body of a login, with the password that a person chose',
    messages: ({ random, timeMs }) => [
      JSON.stringify({
        level: 'debug',
        time: isoMillis(timeMs),
        msg: 'request',
        body: { username: 'jane', password: chosenPassword(random) },
      }),
    ],
  },
  {
    rule: 'SEC-11',
    name: 'form-post',
    severity: 'MEDIUM',
    kinds: PYTHON,
    description: 'a form as it was posted',
    messages: ({ random }) => [
      `DEBUG POST /login body: ${new URLSearchParams({ username: 'jane', password: chosenPassword(random), next: '/' }).toString()}`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'settings-dump',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'settings of a database, printed when the program starts',
    messages: ({ random }) => [
      `INFO database settings {'HOST': 'db.internal', 'USER': 'orders', 'PASSWORD': '${generatedPassword(random)}', 'PORT': 5432}`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'client-secret',
    severity: 'HIGH',
    kinds: ANY,
    description: 'the secret of an OAuth client in a request that failed',
    messages: ({ random }) => [
      `ERROR token request failed: grant_type=client_credentials&client_id=orders&client_secret=${random.text(BASE62, 40)}9 status=401`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'api-key',
    severity: 'HIGH',
    kinds: ANY,
    description: 'an API key in a URL',
    messages: ({ random }) => [
      `INFO GET https://weather.internal/v1/now?city=Oslo&api_key=${random.hex(31)}7`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'command-line',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a command with its password, printed because it failed',
    messages: ({ random }) => [
      `ERROR command failed with status 2: mysqldump -h db.internal -u backup -p${generatedPassword(random)} orders`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'statement',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'the statement that made a database user',
    messages: ({ random }) => [
      `INFO migration 0042: CREATE USER 'report'@'%' IDENTIFIED BY '${chosenPassword(random)}'`,
    ],
  },
  {
    rule: 'SEC-11',
    name: 'java-map',
    severity: 'HIGH',
    kinds: ['lambda', 'gunicorn'],
    description: 'a map as Java prints it',
    messages: ({ random }) => [
      `WARN retry with {host=ldap.internal, bindPassword=${generatedPassword(random)}, timeout=5}`,
    ],
  },
];

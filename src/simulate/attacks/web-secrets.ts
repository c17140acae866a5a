// SEC-08, 09, 12, 13 and 19: tokens, passwords, signing keys and sessions of web applications in their logs.

import { createHmac } from 'node:crypto';
import { isoMillis } from '../clock.ts';
import { password } from '../credentials.ts';
import type { Random } from '../prng.ts';
import { base64Url, djangoKey, FASTAPI_TUTORIAL_PIECES, signedToken } from '../secret-examples/web.ts';
import { ANY, PYTHON, type SecretVariant } from './secret-variant.ts';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const JSON_LINES = ['node', 'lambda', 'uvicorn'] as const;

function claims(random: Random, timeMs: number, lifeSeconds: number): object {
  const now = Math.floor(timeMs / 1000);
  return { sub: random.hex(24), iat: now - 30, exp: now + lifeSeconds };
}
function hs256(payload: object, key: string): string {
  const message = `${base64Url({ alg: 'HS256', typ: 'JWT' })}.${base64Url(payload)}`;
  return `${message}.${createHmac('sha256', key).update(message).digest('base64url')}`;
}

export const JSON_WEB_TOKENS: readonly SecretVariant[] = [
  {
    rule: 'SEC-08',
    name: 'headers-in-json',
    severity: 'HIGH',
    kinds: JSON_LINES,
    description: 'the headers of a request in a JSON line',
    messages: ({ random, timeMs }) => [
      JSON.stringify({
        level: 'debug',
        time: isoMillis(timeMs),
        msg: 'request',
        headers: { host: 'api.shop.internal', authorization: `Bearer ${signedToken(random, timeMs)}` },
      }),
    ],
  },
  {
    rule: 'SEC-08',
    name: 'in-base64',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a token in the base64 of an event',
    messages: ({ random, timeMs }) => [
      `DEBUG event data ${Buffer.from(`{"token":"${signedToken(random, timeMs)}"}`).toString('base64')}`,
    ],
  },
  {
    rule: 'SEC-08',
    name: 'unsigned',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a token that is not signed',
    messages: ({ random, timeMs }) => [
      `DEBUG session token=${base64Url({ alg: 'none', typ: 'JWT' })}.${base64Url(claims(random, timeMs, 3_600))}.`,
    ],
  },
  {
    rule: 'SEC-08',
    name: 'tutorial-key',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'a token that had expired, signed with the key of a tutorial',
    messages: ({ random, timeMs }) => [
      `WARNING token rejected: ${hs256(claims(random, timeMs, -5), FASTAPI_TUTORIAL_PIECES.join(''))}`,
    ],
  },
];

export const AUTHORIZATIONS: readonly SecretVariant[] = [
  {
    rule: 'SEC-09',
    name: 'basic-in-dict',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'the headers of a client with a name and a password',
    messages: ({ random }) => [
      `DEBUG send: headers {'Accept': '*/*', 'Authorization': 'Basic ${Buffer.from(`reports:${password(random)}`).toString('base64')}'}`,
    ],
  },
  {
    rule: 'SEC-09',
    name: 'api-key-in-json',
    severity: 'HIGH',
    kinds: JSON_LINES,
    description: 'the key of a gateway among the headers of an error',
    messages: ({ random }) => [
      JSON.stringify({
        level: 'error',
        msg: 'upstream failed',
        request: { method: 'GET', headers: { 'x-api-key': random.text(BASE62, 40) } },
      }),
    ],
  },
  {
    rule: 'SEC-09',
    name: 'git-remote',
    severity: 'HIGH',
    kinds: ANY,
    description: 'git quotes its remote with a password',
    messages: ({ random }) => [
      `ERROR fatal: unable to access 'https://deploy:${random.text(BASE62, 24)}@gitlab.shop.internal/shop/web.git/'`,
    ],
  },
];

export const SIGNING_KEYS: readonly SecretVariant[] = [
  {
    rule: 'SEC-12',
    name: 'settings-dump',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'the settings of Django, printed at start-up',
    messages: ({ random }) => [
      `DEBUG settings: {'DEBUG': False, 'SECRET_KEY': '${djangoKey(random)}', 'TIME_ZONE': 'UTC'}`,
    ],
  },
  {
    rule: 'SEC-12',
    name: 'startproject-key',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'a key that startproject made, in production',
    messages: ({ random }) => [`INFO SECRET_KEY=django-insecure-${djangoKey(random)}`],
  },
  {
    rule: 'SEC-13',
    name: 'jwt-secret',
    severity: 'HIGH',
    kinds: JSON_LINES,
    description: 'the configuration of a service in a JSON line',
    messages: ({ random }) => [
      JSON.stringify({ level: 'info', msg: 'config', config: { port: 8080, jwtSecret: random.hex(64) } }),
    ],
  },
  {
    rule: 'SEC-13',
    name: 'tutorial-key',
    severity: 'CRITICAL',
    kinds: PYTHON,
    description: 'the key of the FastAPI tutorial',
    messages: () => [`DEBUG SECRET_KEY = "${FASTAPI_TUTORIAL_PIECES.join('')}"`],
  },
];

export const SESSIONS: readonly SecretVariant[] = [
  {
    rule: 'SEC-19',
    name: 'cookie-header',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'the cookies of a request',
    messages: ({ random }) => [
      `DEBUG > Cookie: theme=dark; sessionid=${random.text(BASE62.toLowerCase(), 32)}; lang=en`,
    ],
  },
  {
    rule: 'SEC-19',
    name: 'reset-link',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'a link that resets a password',
    messages: ({ random }) => [
      `INFO mail to customer ${random.between(1, 9_999)}: https://shop.internal/reset-password?token=${random.hex(40)}`,
    ],
  },
  {
    rule: 'SEC-19',
    name: 'login-callback',
    severity: 'MEDIUM',
    kinds: ['proxy', 'uvicorn'],
    description: 'the code of a login in an access line',
    messages: ({ random }) => [
      `10.0.3.17 - "GET /login/callback?code=${random.text(BASE62, 43)}&state=${random.text(BASE62, 24)} HTTP/1.1" 302 0`,
    ],
  },
];

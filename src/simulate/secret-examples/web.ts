// Tokens, cookies, links and signing keys of web applications (SEC-08, 09, 12, 13, 19), as their standards and frameworks write them.

import { createHmac } from 'node:crypto';
import type { Random } from '../prng.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const DIGITS = '0123456789';
const BASE36 = `${LOWER}${DIGITS}`;
const BASE62 = `${LOWER.toUpperCase()}${BASE36}`;
const BASE64_URL = `${BASE62}-_`;
/** django.utils.crypto: get_random_secret_key. https://github.com/django/django/blob/main/django/core/management/utils.py */
const DJANGO = `${BASE36}!@#$%^&*(-_=+)`;
const MINUTE = 60;

export function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
function bytesOf(random: Random, length: number): Buffer {
  return Buffer.from(random.hex(length * 2), 'hex');
}
/** With every sort of character, as passwords are asked for. */
function strongPassword(random: Random): string {
  const letters = [
    ...random.text(BASE62, random.between(10, 18)),
    random.pick([...DIGITS]),
    random.pick([...LOWER]),
  ];
  letters.splice(random.between(1, letters.length - 1), 0, random.pick(['!', '-', '_', '.', '~']));
  return letters.join('');
}
function hostName(random: Random): string {
  return `${random.pick(['api', 'id', 'auth', 'repo', 'files', 'es', 'proxy'])}.${random.text(LOWER, 7)}.${random.pick(['com', 'io', 'net', 'internal'])}`;
}
function made(
  text: string,
  secret: string,
  member?: { readonly key: string; readonly value: string },
): MadeSecret {
  return { secrets: [secret], text, ...(member === undefined ? {} : { member }) };
}

/** The header, as one of the programs writes it that print headers. */
function header(random: Random, key: string, value: string, secret: string): MadeSecret {
  const texts = [
    `${key}: ${value}`,
    `'${key.toLowerCase()}': '${value}'`,
    `> ${key}: ${value}`,
    `curl -sS -H '${key}: ${value}' https://api.shop.internal/v1/orders`,
    `${key.toLowerCase()}=${value}`,
    `(b'${key.toLowerCase()}', b'${value}')`,
    `${key}:[${value}]`,
  ];
  return made(random.pick(texts), secret, { key: key.toLowerCase(), value });
}

export function signedToken(random: Random, timeMs: number): string {
  const now = Math.floor(timeMs / 1000) - random.between(5, 300);
  const claims = {
    iss: `https://${hostName(random)}/`,
    sub: random.uuid(),
    aud: 'orders',
    iat: now,
    exp: now + random.pick([15, 60, 24 * 60]) * MINUTE,
    scope: 'orders:read orders:write',
  };
  const [algorithm, hash, bytes] = random.pick([
    ['HS256', 'sha256', 0],
    ['HS512', 'sha512', 0],
    ['RS256', '', 256],
    ['ES256', '', 64],
    ['EdDSA', '', 64],
  ] as const);
  const head = { alg: algorithm, typ: 'JWT', ...(hash === '' ? { kid: random.hex(16) } : {}) };
  const message = `${base64Url(head)}.${base64Url(claims)}`;
  const signature =
    hash === '' ? bytesOf(random, bytes) : createHmac(hash, bytesOf(random, 32)).update(message).digest();
  return `${message}.${signature.toString('base64url')}`;
}

function bearer(random: Random, token: string): MadeSecret {
  return random.chance(0.7)
    ? header(random, 'Authorization', `Bearer ${token}`, token)
    : made(`token accepted ${token} for /orders`, token, { key: 'token', value: token });
}

function encryptedToken(random: Random): string {
  // RFC 7516 section 3.1: header, encrypted key, initialization vector, ciphertext, tag.
  const parts = [
    Buffer.from('{"alg":"RSA-OAEP","enc":"A256GCM"}').toString('base64url'),
    bytesOf(random, 256).toString('base64url'),
    bytesOf(random, 12).toString('base64url'),
    bytesOf(random, random.between(200, 600)).toString('base64url'),
    bytesOf(random, 16).toString('base64url'),
  ];
  return parts.join('.');
}

/** Message 3 of NTLM: [MS-NLMP] 2.2.1.3. */
function ntlmMessage(random: Random): string {
  const domain = Buffer.from('CORP', 'utf16le');
  const user = Buffer.from(random.text(LOWER, 7), 'utf16le');
  const host = Buffer.from(`WS-${random.text(DIGITS, 4)}`, 'utf16le');
  const fields: [Buffer, number][] = [];
  let offset = 88;
  for (const payload of [
    bytesOf(random, 24),
    bytesOf(random, 200),
    domain,
    user,
    host,
    bytesOf(random, 16),
  ]) {
    fields.push([payload, offset]);
    offset += payload.length;
  }
  const head = Buffer.alloc(88);
  head.write('NTLMSSP\0', 'latin1');
  head.writeUInt32LE(3, 8);
  fields.forEach(([payload, at], index) => {
    head.writeUInt16LE(payload.length, 12 + index * 8);
    head.writeUInt16LE(payload.length, 14 + index * 8);
    head.writeUInt32LE(at, 16 + index * 8);
  });
  return Buffer.concat([head, ...fields.map(([payload]) => payload)]).toString('base64');
}

/** RFC 4178 section 4.1: [APPLICATION 0], the mechanism SPNEGO, then the token. */
function negotiateToken(random: Random): string {
  const body = Buffer.concat([Buffer.from('06062b0601050502a082', 'hex'), bytesOf(random, 700)]);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(body.length);
  return Buffer.concat([Buffer.from('6082', 'hex'), length, body]).toString('base64');
}

export function djangoKey(random: Random): string {
  for (;;) {
    const key = random.text(DJANGO, 50);
    if (/[^a-z0-9]/.test(key)) return key;
  }
}
function assigned(random: Random, key: string, value: string, secret = value): MadeSecret {
  const texts = [
    `${key}=${value}`,
    `${key} = '${value}'`,
    `'${key}': '${value}'`,
    `${key}: ${value}`,
    `export ${key}="${value}"`,
  ];
  return made(random.pick(texts), secret, { key, value });
}

function cookie(random: Random, name: string, value: string): MadeSecret {
  const texts = [
    `Cookie: theme=dark; ${name}=${value}; lang=en`,
    `Set-Cookie: ${name}=${value}; Path=/; HttpOnly; SameSite=Lax`,
    `'cookie': '_ga=GA1.2.1144.1700; ${name}=${value}'`,
  ];
  return made(random.pick(texts), value, { key: 'cookie', value: `${name}=${value}` });
}
const FRAMEWORK_COOKIES = [
  'connect.sid',
  'PHPSESSID',
  'JSESSIONID',
  'ASP.NET_SessionId',
  'laravel_session',
] as const;

function namedSession(random: Random): MadeSecret {
  const name = random.pick([...FRAMEWORK_COOKIES, '__Secure-next-auth.session-token', 'grafana_session']);
  const values: Readonly<Record<string, () => string>> = {
    'connect.sid': () => `s%3A${random.text(BASE64_URL, 32)}.${random.text(BASE62, 43)}`,
    PHPSESSID: () => random.text(BASE36, 26),
    JSESSIONID: () => random.hex(32).toUpperCase(),
    'ASP.NET_SessionId': () => random.text(`${LOWER}012345`, 24),
    laravel_session: () => random.text(BASE62, 40),
    '__Secure-next-auth.session-token': () => random.uuid(),
    grafana_session: () => random.hex(32),
  };
  return cookie(random, name, values[name]!());
}

/** itsdangerous: payload, seconds in base64url, HMAC-SHA1 in base64url. https://itsdangerous.palletsprojects.com/en/stable/timed/ */
function flaskSession(random: Random, timeMs: number): string {
  const seconds = Buffer.alloc(4);
  seconds.writeUInt32BE(Math.floor(timeMs / 1000));
  const payload = base64Url({ _fresh: true, _user_id: String(random.between(1, 99_999)) });
  return `${payload}.${seconds.toString('base64url')}.${bytesOf(random, 20).toString('base64url')}`;
}

function railsSession(random: Random): string {
  const value = `${bytesOf(random, random.between(60, 200)).toString('base64')}--${bytesOf(random, 12).toString('base64')}--${bytesOf(random, 16).toString('base64')}`;
  return encodeURIComponent(value);
}

function mailLink(random: Random): MadeSecret {
  const token = random.pick([random.hex(40), random.text(BASE64_URL, 32), random.uuid()]);
  const path = random
    .pick([
      'reset-password?token=',
      'users/password/edit?reset_password_token=',
      'verify-email?uid=77&token=',
      'auth/magic-link?token=',
      'account/activate?key=',
    ])
    .replace('users/password/edit', 'password/reset');
  return made(`INFO mail queued: https://${hostName(random)}/${path}${token}`, token, {
    key: 'url',
    value: `https://${hostName(random)}/${path}${token}`,
  });
}

/** Made where it is needed, never in one piece: the key of https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/ */
export const FASTAPI_TUTORIAL_PIECES = [
  '09d25e09',
  '4faa6ca2',
  '556c8181',
  '66b7a956',
  '3b93f709',
  '9f6f0f4c',
  'aa6cf63b',
  '88e8d3e7',
];

export const WEB_EXAMPLES: readonly SecretExample[] = [
  { kind: 'json-web-token', make: (random, timeMs) => bearer(random, signedToken(random, timeMs)) },
  {
    kind: 'json-web-encryption',
    make(random) {
      const token = encryptedToken(random);
      return header(random, 'Authorization', `Bearer ${token}`, token);
    },
  },
  {
    kind: 'basic-authorization',
    make(random) {
      const pair = Buffer.from(
        `${random.text(LOWER, random.between(4, 9))}:${strongPassword(random)}`,
      ).toString('base64');
      return header(random, random.pick(['Authorization', 'Proxy-Authorization']), `Basic ${pair}`, pair);
    },
  },
  {
    kind: 'mail-authorization',
    make(random) {
      const pair = Buffer.from(
        `\0${random.text(LOWER, random.between(4, 9))}@${random.text(LOWER, 8)}.io\0${strongPassword(random)}`,
      ).toString('base64');
      return made(`send: 'AUTH PLAIN ${pair}' to relay-2:587`, pair);
    },
  },
  {
    kind: 'docker-registry-auth',
    make(random) {
      const pair = Buffer.from(`robot-ci:${strongPassword(random)}`).toString('base64');
      return made(`config.json {"auths":{"https://${hostName(random)}":{"auth":"${pair}"}}}`, pair);
    },
  },
  {
    kind: 'bearer-token',
    make(random) {
      const token = random.pick([
        random.text(BASE64_URL, random.between(24, 64)),
        random.hex(40),
        random.uuid(),
      ]);
      return header(random, 'Authorization', `Bearer ${token}`, token);
    },
  },
  {
    kind: 'authorization-header',
    make(random) {
      const token = random.hex(40);
      // https://www.django-rest-framework.org/api-guide/authentication/#tokenauthentication
      return header(
        random,
        'Authorization',
        random.pick([`Token ${token}`, token, `ApiKey ${token}`]),
        token,
      );
    },
  },
  {
    kind: 'api-key-header',
    make(random) {
      const key = random.text(BASE62, random.pick([32, 40]));
      return header(
        random,
        random.pick(['X-Api-Key', 'X-Auth-Token', 'X-Vault-Token', 'Ocp-Apim-Subscription-Key']),
        key,
        key,
      );
    },
  },
  {
    kind: 'access-token-parameter',
    make(random) {
      const token = random.text(BASE62, 48);
      const url = `https://${hostName(random)}/me?fields=id&access_token=${token}`;
      return made(`"GET ${url} HTTP/1.1" 200`, token, { key: 'url', value: url });
    },
  },
  {
    kind: 'digest-authorization',
    make(random) {
      const response = random.hex(32);
      return made(
        `Authorization: Digest username="${random.text(LOWER, 6)}", realm="ops", nonce="${random.hex(32)}", uri="/", qop=auth, nc=00000001, cnonce="${random.hex(8)}", response="${response}"`,
        response,
      );
    },
  },
  {
    kind: 'ntlm-authorization',
    make(random) {
      const message = ntlmMessage(random);
      return header(random, 'Authorization', `${random.pick(['NTLM', 'Negotiate'])} ${message}`, message);
    },
  },
  {
    kind: 'negotiate-authorization',
    make(random) {
      const token = negotiateToken(random);
      return header(random, 'Authorization', `Negotiate ${token}`, token);
    },
  },
  {
    kind: 'url-password',
    make(random) {
      const password = strongPassword(random);
      const url = `${random.pick(['http', 'https'])}://svc-${random.text(LOWER, 4)}:${encodeURIComponent(password)}@${hostName(random)}/index.json`;
      return made(`retrying ${url} in 2 s`, password, { key: 'url', value: url });
    },
  },
  {
    kind: 'django-insecure-key',
    make: (random) => assigned(random, 'SECRET_KEY', `django-insecure-${djangoKey(random)}`),
  },
  { kind: 'django-secret-key', make: (random) => assigned(random, 'SECRET_KEY', djangoKey(random)) },
  {
    kind: 'fastapi-tutorial-key',
    make: (random) => assigned(random, 'SECRET_KEY', FASTAPI_TUTORIAL_PIECES.join('')),
  },
  {
    kind: 'laravel-app-key',
    make(random) {
      const key = bytesOf(random, 32).toString('base64');
      return assigned(random, 'APP_KEY', `base64:${key}`, key);
    },
  },
  { kind: 'rails-secret-key-base', make: (random) => assigned(random, 'SECRET_KEY_BASE', random.hex(128)) },
  { kind: 'rails-master-key', make: (random) => assigned(random, 'RAILS_MASTER_KEY', random.hex(32)) },
  {
    kind: 'aspnet-machine-key',
    make(random) {
      const key = random.hex(128).toUpperCase();
      return made(`<machineKey validationKey="${key}" validation="HMACSHA256" decryption="AES" />`, key);
    },
  },
  {
    kind: 'wordpress-key',
    make(random) {
      const key = random.text(`${BASE62}!@#$%^*()-_ []{}~+=,.;:/?|`, 64).replace(/^ | $/g, 'x');
      return made(`define('LOGGED_IN_KEY',    '${key}');`, key);
    },
  },
  {
    kind: 'signing-secret',
    make(random) {
      const key = random.pick([
        'JWT_SECRET',
        'SESSION_SECRET',
        'NEXTAUTH_SECRET',
        'COOKIE_SECRET',
        'FLASK_SECRET_KEY',
        'JWT_SECRET_KEY',
        'AUTH_SECRET',
        'app.jwt.secret',
      ]);
      return assigned(
        random,
        key,
        random.pick([random.hex(64), random.text(BASE62, 40), bytesOf(random, 32).toString('base64')]),
      );
    },
  },
  { kind: 'session-cookie', make: namedSession },
  {
    kind: 'cookie-of-a-session',
    make: (random) =>
      // https://docs.djangoproject.com/en/stable/topics/http/sessions/: 32 letters and digits
      cookie(random, random.pick(['sessionid', 'sid', '__session']), random.text(BASE36, 32)),
  },
  {
    kind: 'flask-session',
    make: (random, timeMs) => cookie(random, 'session', flaskSession(random, timeMs)),
  },
  {
    kind: 'rails-session',
    make: (random) => cookie(random, `_${random.text(LOWER, 6)}_session`, railsSession(random)),
  },
  {
    kind: 'csrf-token',
    make: (random) =>
      random.chance(0.5)
        ? cookie(random, 'csrftoken', random.text(BASE62, 32))
        : assigned(random, 'csrfmiddlewaretoken', random.text(BASE62, 64)),
  },
  { kind: 'mail-link', make: mailLink },
  {
    kind: 'mail-link-path',
    make(random) {
      // Django: user in base64, then time in base 36 and an HMAC cut to half.
      const token = `${random.text(BASE36, 6)}-${random.hex(32)}`;
      const url = `https://${hostName(random)}/accounts/reset/${Buffer.from(random.text(DIGITS, 4)).toString('base64url')}/${token}/`;
      return made(`mail sent with ${url}`, token, { key: 'link', value: url });
    },
  },
  {
    kind: 'oauth-code',
    make(random) {
      const code = random.pick([
        random.text(BASE64_URL, 43),
        `4/0A${random.text(BASE64_URL, 60)}`,
        random.hex(20),
      ]);
      const url = `/login/callback?code=${code}&state=${random.text(BASE62, 24)}`;
      return made(`"GET ${url} HTTP/1.1" 302 0`, code, { key: 'path', value: url });
    },
  },
  {
    kind: 'saml-response',
    make(random) {
      const xml = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" ID="_${random.hex(32)}" Version="2.0"><saml:Assertion>${random.hex(400)}</saml:Assertion></samlp:Response>`;
      const response = Buffer.from(xml).toString('base64');
      return made(`POST /saml/acs SAMLResponse=${encodeURIComponent(response)}&RelayState=x`, response, {
        key: 'SAMLResponse',
        value: response,
      });
    },
  },
  {
    kind: 'otpauth-uri',
    make(random) {
      const seed = random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 32);
      const uri = `otpauth://totp/Shop:${random.text(LOWER, 6)}?secret=${seed}&issuer=Shop`;
      return made(`enrolled second factor ${uri}`, seed, { key: 'uri', value: uri });
    },
  },
];

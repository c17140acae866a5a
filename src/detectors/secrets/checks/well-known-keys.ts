// Signing keys that everybody has read: manuals, tutorials, defaults of products. Whoever signs with one of them lets anybody sign.
// Trying a key needs the key, so no digest can stand here. Words and sentences stand as they are: no scanner takes them for a credential,
// and nobody for a secret. What has the shape of a credential stands in pieces, with a blank between them, and is put together when it is
// first asked for.

import { createHmacKeyFinder, type FindHmacKey, type HmacHash, hmac, sha1 } from '../../../lib/hmac.ts';

/** A word a line, where it is read: documentation of a library or product, or the lists of keys that are found in public code. */
const WORDS: readonly (readonly [source: string, ...keys: string[]])[] = [
  [
    'https://jwt.io/',
    'your-256-bit-secret',
    'your-384-bit-secret',
    'your-512-bit-secret',
    'a-string-secret-at-least-256-bits-long',
    'a-valid-string-secret-that-is-at-least-384-bits-long',
    'a-valid-string-secret-that-is-at-least-512-bits-long-which-is-very-long',
    'secret',
  ],
  [
    'https://github.com/wallarm/jwt-secrets/blob/master/jwt.secrets.list',
    ...[
      'thisisthesecretkey',
      'thisismysecretkey',
      'thisisasecret',
      'myJwtSecret',
      'tobemodified',
      'mysecretstring',
    ],
    ...[
      'reallyreallyreallyreallyverysafe',
      'supersecret',
      'ofcourseistillloveyou',
      'secretkey',
      'token',
      'changeme',
    ],
    ...[
      'foo',
      'some-secret-password',
      'password',
      'jwt-secret',
      'jwtsecret',
      'testing',
      'secret1',
      'secret2',
      'aSecret',
    ],
    ...[
      'JWTs are the best!',
      'CHANGE_THIS_TO_SOMETHING_RANDOM',
      '123',
      '123123',
      '1234',
      '12345',
      '123456',
      '1234567',
    ],
    ...[
      '12345678',
      '123456789',
      '1234567890',
      '1234567890123456',
      '12345678901234567890123456789012',
      '123456abcd',
    ],
    ...[
      '42isTheAnswer',
      'mysecret',
      'my-secret',
      'my_secret',
      'mysecretkey',
      'my-secret-key',
      'my_secret_key',
    ],
    ...[
      'MySecretKey',
      'secretKey',
      'SecretKey',
      'secret_key',
      'secret-key',
      'SECRET_KEY',
      'SECRET',
      'Secret',
      'secret123',
    ],
    ...[
      'jwt_secret',
      'jwt_secret_key',
      'jwtSecret',
      'JWT_SECRET',
      'jwtsecretkey',
      'jwt-secret-key',
      'jwt',
      'key',
      'test',
    ],
    ...[
      'supersecretkey',
      'super-secret-key',
      'super_secret_key',
      'supersecretjwt',
      'verysecret',
      'topsecret',
      'top-secret',
    ],
    ...[
      'change-me',
      'change_me',
      'changeit',
      'default',
      'dev',
      'development',
      'admin',
      'qwerty',
      'abc123',
      'hello',
      'none',
    ],
    ...[
      'your-secret-key',
      'your_secret_key',
      'your-secret',
      'your_jwt_secret',
      'your-jwt-secret',
      'yoursecretkey',
    ],
    ...[
      'somesecret',
      'some-secret',
      'somerandomjwtsecret',
      's3cr3t',
      'private',
      'privatekey',
      'null',
      'undefined',
    ],
    ...['qwertyuiopasdfghjklzxcvbnm123456', '0123456789abcdef', '01234567890123456789012345678901'],
  ],
  // README of jsonwebtoken, of express-jwt, of express-session
  ['https://github.com/auth0/node-jsonwebtoken', 'shhhhh', 'shhhhhhared-secret', 'keyboard cat'],
  ['https://flask-jwt-extended.readthedocs.io/en/stable/basic_usage.html', 'super-secret'],
  ['https://pkg.go.dev/github.com/golang-jwt/jwt/v5#example-NewWithClaims-CustomClaimsType', 'AllYourBase'],
  ['https://github.com/appleboy/gin-jwt', 'secret key'],
  [
    'https://docs.nestjs.com/security/authentication',
    'DO NOT USE THIS VALUE. INSTEAD, CREATE A COMPLEX SECRET AND KEEP IT SAFE OUTSIDE OF THE SOURCE CODE.',
  ],
  ['https://github.com/fastapi/full-stack-fastapi-template', 'changethis'],
  [
    'https://supabase.com/docs/guides/self-hosting/docker',
    'super-secret-jwt-token-with-at-least-32-characters-long',
    'your-super-secret-jwt-token-with-at-least-32-characters-long',
  ],
  ['https://github.com/jhipster/generator-jhipster', 'my-secret-token-to-change-in-production'],
  ['https://doc.ruoyi.vip/ruoyi-vue/', 'abcdefghijklmnopqrstuvwxyz'],
  [
    // CVE-2023-27524
    'https://superset.apache.org/docs/configuration/configuring-superset/',
    'CHANGE_ME_TO_A_COMPLEX_RANDOM_SECRET',
    'thisISaSECRET_1234',
    'YOUR_OWN_RANDOM_GENERATED_SECRET_KEY',
    'TEST_NON_DEV_SECRET',
    'CHANGE_ME_SECRET_KEY',
  ],
  // CVE-2020-17526
  [
    'https://airflow.apache.org/docs/apache-airflow/stable/configurations-ref.html#secret-key',
    'temporary_key',
  ],
  ['https://docs.openwebui.com/getting-started/env-configuration/', 't0p-s3cr3t'],
];

/** Shaped like credentials: never in one piece in a file. */
const IN_PIECES: readonly (readonly [source: string, key: string])[] = [
  [
    'https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/',
    '09d25e09 4faa6ca2 556c8181 66b7a956 3b93f709 9f6f0f4c aa6cf63b 88e8d3e7',
  ],
  // The key of a Spring Boot tutorial, in hundreds of repositories; most decode it as base64.
  [
    'https://github.com/ali-bouali/spring-boot-3-jwt-security',
    '404E6352 66556A58 6E327235 7538782F 413F4428 472B4B62 50645367 566B5970',
  ],
  // CVE-2021-29441 and later advisories
  [
    'https://nacos.io/en/docs/latest/manual/admin/auth/',
    'SecretKey 012345678901234567890123 45678901234567890123 4567890123456789',
  ],
  // CVE-2021-41192
  [
    'https://redash.io/help/open-source/admin-guide/env-vars-settings/',
    'c292a0a3 aa32397c db050e23 3733900f',
  ],
  [
    'https://docs.dify.ai/en/self-host/configuration/environments',
    'sk-9f73s3 ljTXVcMT3B lb3ljTqtsK iGHXVcMT3B lbkFJLK7U',
  ],
  ['https://docs.directus.io/self-hosted/docker-guide.html', '6116487b-cda1 -52c2-b5b5- c8022c45e263'],
];

interface WellKnownKeys {
  readonly texts: ReadonlyMap<string, string>;
  readonly sources: readonly string[];
  readonly find: FindHmacKey;
  /** With what Flask and what Starlette make of each. */
  readonly findSession: readonly FindHmacKey[];
}

let known: WellKnownKeys | null = null;

/** Made when it is first asked for. */
function wellKnownKeys(): WellKnownKeys {
  if (known !== null) return known;
  const texts = new Map<string, string>();
  for (const [source, ...keys] of WORDS) for (const key of keys) texts.set(key, source);
  for (const [source, pieces] of IN_PIECES) texts.set(pieces.replaceAll(' ', ''), source);
  const keys: Buffer[] = [];
  const sources: string[] = [];
  for (const [text, source] of texts) {
    keys.push(Buffer.from(text, 'utf8'));
    sources.push(source);
    // Libraries of Java want base64 and are given such words. https://github.com/jwtk/jjwt#jws-key-create
    const decoded = Buffer.from(text, 'base64');
    if (text.length >= 32 && decoded.toString('base64').replace(/={1,8}$/, '') === text) {
      keys.push(decoded);
      sources.push(source);
    }
  }
  known = {
    texts,
    sources,
    find: createHmacKeyFinder(keys),
    findSession: [
      // https://github.com/pallets/flask/blob/main/src/flask/sessions.py (salt, key_derivation)
      createHmacKeyFinder(keys.map((key) => hmac('sha1', key, 'cookie-session'))),
      // https://github.com/pallets/itsdangerous/blob/main/src/itsdangerous/signer.py (default salt, django-concat)
      createHmacKeyFinder(keys.map((key) => sha1(Buffer.from('itsdangerous.Signersigner'), key))),
    ],
  };
  return known;
}

/** Where the key that made this MAC is published; null when it is none of the well-known keys. */
export function publishedKeyOf(hashName: HmacHash, message: Uint8Array, mac: Uint8Array): string | null {
  const keys = wellKnownKeys();
  const index = keys.find(hashName, message, mac);
  return index < 0 ? null : keys.sources[index]!;
}

/** Where this key is published; null when it is none of the well-known keys. */
export function publishedAt(key: string): string | null {
  return wellKnownKeys().texts.get(key) ?? null;
}

/** Where the key is published with which Flask or Starlette signed this session; null when it is none of the well-known keys. */
export function publishedSessionKeyOf(message: Uint8Array, mac: Uint8Array): string | null {
  const keys = wellKnownKeys();
  for (const find of keys.findSession) {
    const index = find('sha1', message, mac);
    if (index >= 0) return keys.sources[index]!;
  }
  return null;
}

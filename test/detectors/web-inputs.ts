// Tokens, cookies and keys of web applications for golden-inputs.ts, whose beginning says why they are built.

import { createHash, createHmac } from 'node:crypto';

const HEX = '0123456789abcdef';
const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const DJANGO = 'abcdefghijklmnopqrstuvwxyz0123456789!@#$^&*(-_=+)';
const BASE64_URL = `${BASE62}-_`;
/** An hour after the time of the records in goldens, and an hour before. */
const LATER = Date.UTC(2026, 10, 1, 13) / 1000;
const BEFORE = Date.UTC(2026, 10, 1, 11) / 1000;

type Letters = (name: string, alphabet: string, length: number) => string;

const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

export function webValues(letters: Letters): Readonly<Record<string, (name: string) => string>> {
  const claims = (name: string, more: object): object => ({
    iss: 'https://login.shop.internal/',
    sub: letters(`subject ${name}`, HEX, 24),
    iat: BEFORE - 60,
    ...more,
  });
  const signed = (name: string, payload: object, key = letters(`hmac ${name}`, HEX, 64)): string => {
    const message = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`;
    return `${message}.${createHmac('sha256', key).update(message).digest('base64url')}`;
  };
  const assertion = (name: string, head: object, payload: object): string =>
    `${encode({ alg: 'RS256', typ: 'JWT', ...head })}.${encode(payload)}.${letters(`rsa ${name}`, BASE64_URL, 342)}`;
  return {
    /** Good for an hour. */
    jwt: (name) => signed(name, claims(name, { exp: LATER })),
    'jwt-expired': (name) => signed(name, claims(name, { exp: BEFORE })),
    'jwt-forever': (name) => signed(name, claims(name, {})),
    'jwt-unsigned': (name) => `${encode({ alg: 'none' })}.${encode(claims(name, { exp: LATER }))}.`,
    /** Signed with the key that jwt.io shows. */
    'jwt-published-key': (name) =>
      signed(name, claims(name, { exp: BEFORE }), ['your', '256', 'bit', 'secret'].join('-')),
    'jwt-rs256': (name) => assertion(name, {}, claims(name, { exp: LATER })),
    'jwt-identity': (name) => assertion(name, {}, claims(name, { exp: LATER, token_use: 'id' })),
    'jwt-anon': (name) =>
      signed(name, { iss: 'supabase', ref: 'shop', role: 'anon', iat: BEFORE, exp: LATER * 2 }),
    /** The sample of https://jwt.io/, which is printed in a thousand manuals. */
    'jwt-sample': (name) => signed(name, { sub: '1234567890', name: 'John Doe', iat: 1516239022 }),
    jwe: (name) =>
      [
        encode({ alg: 'dir', enc: 'A256GCM' }),
        '',
        letters(`iv ${name}`, BASE64_URL, 16),
        letters(`text ${name}`, BASE64_URL, 300),
        letters(`tag ${name}`, BASE64_URL, 22),
      ].join('.'),
    basic: (name) => Buffer.from(`svc-orders:${letters(`basic ${name}`, BASE62, 16)}`).toString('base64'),
    'basic-default': () => Buffer.from(['admin', 'admin'].join(':')).toString('base64'),
    token: (name) => letters(`opaque ${name}`, BASE62, 40),
    'token-hex': (name) => letters(`opaque ${name}`, HEX, 40),
    'django-key': (name) => letters(`django ${name}`, DJANGO, 50),
    'hex-128': (name) => letters(`hex ${name}`, HEX, 128),
    'fastapi-key': () =>
      ['09d25e094faa', '6ca2556c8181', '66b7a9563b93', 'f7099f6f0f4c', 'aa6cf63b88e8', 'd3e7'].join(''),
    'flask-session': (name) =>
      [encode({ _user_id: '7', _fresh: true }), 'aQX8wA', letters(`flask ${name}`, BASE64_URL, 27)].join('.'),
    'otp-seed': (name) => letters(`seed ${name}`, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 32),
    /** Signed by Flask and by Starlette with a key that everybody knows. */
    'flask-session-known': () => {
      const value = `${encode({ _user_id: '7' })}.aQX8wA`;
      const key = createHmac('sha1', 'temporary_key').update('cookie-session').digest();
      return `${value}.${createHmac('sha1', key).update(value).digest('base64url')}`;
    },
    'starlette-session': () => {
      const value = `${Buffer.from('{"user": 7}').toString('base64')}.aQX8wA`;
      const key = createHash('sha1').update('itsdangerous.Signersignersuper-secret').digest();
      return `${value}.${createHmac('sha1', key).update(value).digest('base64url')}`;
    },
    'django-session': (name) => letters(`session ${name}`, 'abcdefghijklmnopqrstuvwxyz0123456789', 32),
    'django-link': (name) => `${letters(`time ${name}`, HEX, 6)}-${letters(`link ${name}`, HEX, 32)}`,
  };
}

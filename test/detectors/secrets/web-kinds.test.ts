// What the web kinds say of single texts. Goldens hold the rules to whole logs; web-examples.test.ts shows that they find what there is.

import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { publishedAt, publishedKeyOf } from '../../../src/detectors/secrets/checks/well-known-keys.ts';
import { scanText } from '../../../src/detectors/secrets/scan-text.ts';
import { createHmacKeyFinder } from '../../../src/lib/hmac.ts';
import { expandPlaceholders as e } from '../golden-inputs.ts';

const TIME_MS = Date.UTC(2026, 10, 1, 12);
const said = (text: string) =>
  scanText(e(text), TIME_MS).matches.map(
    ({ kind, verdict }) => `${kind.name} ${verdict.severity ?? kind.severity}`,
  );
const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('JSON Web Tokens', () => {
  it.each([
    ['valid', '{{jwt:a}}', 'json-web-token HIGH'],
    ['signed with RSA', '{{jwt-rs256:a}}', 'json-web-token HIGH'],
    ['without expiry', '{{jwt-forever:a}}', 'json-web-token HIGH'],
    ['expired', '{{jwt-expired:a}}', 'json-web-token LOW'],
    ['not signed', '{{jwt-unsigned:a}}', 'json-web-token HIGH'],
    ['signed with a published key, expired', '{{jwt-published-key:a}}', 'json-web-token CRITICAL'],
    ['says who somebody is', '{{jwt-identity:a}}', 'json-web-token MEDIUM'],
    ['made to be public', '{{jwt-anon:a}}', 'json-web-token LOW'],
    ['behind Bearer', 'Authorization: Bearer {{jwt:a}}', 'json-web-token HIGH'],
    ['in base64', '{{jwt:a|base64}}', 'json-web-token HIGH'],
    ['in a form', 'a=1&token=Bearer+{{jwt:a}}&b=2', 'json-web-token HIGH'],
    ['at the end of a sentence', 'got {{jwt:a}}.', 'json-web-token HIGH'],
    ['encrypted', 'state {{jwe:a}}', 'json-web-encryption LOW'],
    ['encrypted, given as a key', 'Bearer {{jwe:a}}', 'json-web-encryption HIGH'],
  ])('%s', (_, text, expected) => {
    expect(said(text)).toEqual([expected]);
  });

  it('counts expiry from the time of the record', () => {
    const token = e('{{jwt:a}}');
    const [match] = scanText(token, TIME_MS + 2 * 3_600_000).matches;
    expect(match!.verdict).toMatchObject({ severity: 'LOW', verified: true });
    // Nobody knows when it was written: it may have been good.
    expect(scanText(e('{{jwt-expired:a}}'), Number.NaN).matches[0]!.verdict.severity).toBe('HIGH');
  });

  it('tells the issuer and sort of subject, and nothing of people', () => {
    const payload = {
      iss: 'https://login.shop.internal/realms/x',
      sub: 'ann@shop.internal',
      email: 'ann@shop.internal',
      exp: TIME_MS / 1000 + 60,
    };
    const token = `${encode({ alg: 'ES256' })}.${encode(payload)}.${'A1b2'.repeat(22).slice(0, 86)}`;
    const [match] = scanText(token, TIME_MS).matches;
    expect(match!.verdict.facts).toEqual({
      algorithm: 'ES256',
      issuer: 'login.shop.internal',
      subject: 'e-mail address',
      expires: '2026-11-01T12:01:00.000Z',
    });
  });

  it.each([
    ['the sample of jwt.io', '{{jwt-sample:a}}'],
    ['three parts that are no token', `${encode({ page: 1 })}.${encode({ sort: 'up' })}.abcdefgh`],
    ['an algorithm that there is not', `${encode({ alg: 'XX' })}.${encode({ sub: 'a' })}.abcdefgh`],
    ['its signature masked', `${encode({ alg: 'HS256' })}.${encode({ sub: 'a' })}.***`],
    ['lists in place of objects', `eyJb.${encode([1])}.abcdefgh`],
  ])('leaves alone: %s', (_, text) => {
    expect(said(text)).toEqual([]);
  });

  it('is LOW where its signature was cut', () => {
    expect(said(e('{{jwt:a}}').slice(0, -9))).toEqual(['json-web-token LOW']);
  });

  it('reads a padded token of a load balancer', () => {
    const pad = (text: string): string => text.padEnd(Math.ceil(text.length / 4) * 4, '=');
    const [header, payload, signature] = [
      encode({
        alg: 'ES256',
        signer: `arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/x/1`,
      }),
      encode({ sub: 'a', exp: TIME_MS / 1000 + 60 }),
      Buffer.alloc(64, 7).toString('base64url'),
    ].map(pad);
    expect(said(`${header}.${payload}.${signature}`)).toEqual(['json-web-token MEDIUM']);
  });
});

describe('keys that everybody knows', () => {
  it.each(['sha256', 'sha384', 'sha512'] as const)('are found by what they sign with %s', (hashName) => {
    const keys = ['a', 'x'.repeat(64), 'y'.repeat(128), 'z'.repeat(300)].map((key) => Buffer.from(key));
    const find = createHmacKeyFinder(keys);
    const message = Buffer.from('header.payload');
    for (const [index, key] of keys.entries())
      expect(find(hashName, message, createHmac(hashName, key).update(message).digest())).toBe(index);
    expect(find(hashName, message, createHmac(hashName, 'other').update(message).digest())).toBe(-1);
    expect(find(hashName, message, Buffer.alloc(0))).toBe(-1);
  });

  it('are put together from their pieces, and tried as base64, too', () => {
    const message = Buffer.from('a.b');
    const sign = (key: string | Buffer) => createHmac('sha256', key).update(message).digest();
    const tutorial = e('{{fastapi-key:x}}');
    expect(publishedAt(tutorial)).toContain('fastapi');
    expect(publishedKeyOf('sha256', message, sign(tutorial))).toContain('fastapi');
    expect(publishedKeyOf('sha256', message, sign('secret'))).toContain('jwt.io');
    const spring = [
      '404E6352',
      '66556A58',
      '6E327235',
      '7538782F',
      '413F4428',
      '472B4B62',
      '50645367',
      '566B5970',
    ];
    expect(publishedKeyOf('sha256', message, sign(Buffer.from(spring.join(''), 'base64')))).toContain(
      'spring',
    );
    expect(publishedKeyOf('sha256', message, sign(e('{{hex:own}}')))).toBeNull();
  });
});

describe('authorization', () => {
  const wellKnown = (pair: string): string => Buffer.from(pair).toString('base64');
  it.each([
    ['Authorization: Basic {{basic:a}}', 'basic-authorization HIGH'],
    ['Proxy-Authorization: Basic {{basic:a}}', 'basic-authorization HIGH'],
    [`authorization=Basic+${wellKnown('guest:guest')}`, 'basic-authorization MEDIUM'],
    ['Authorization: Bearer {{token:a}}', 'bearer-token HIGH'],
    ['Authorization: Bearer {{uuid:a}}', 'bearer-token HIGH'],
    ['authorization=Bearer+{{token:a}}', 'bearer-token HIGH'],
    ["'authorization': 'Bearer {{token:a}}'", 'bearer-token HIGH'],
    ['map[Authorization:[Bearer {{token:a}}] Accept:[*/*]]', 'bearer-token HIGH'],
    ['"HTTP_AUTHORIZATION": "Token {{token-hex:a}}"', 'authorization-header HIGH'],
    ["curl -H 'X-Api-Key: {{token:a}}' https://api.shop.internal/", 'api-key-header HIGH'],
    ["(b'x-auth-token', b'{{token:a}}')", 'api-key-header HIGH'],
    ['HTTP_X_API_KEY={{token:a}}', 'api-key-header HIGH'],
    ['https://ci:{{token:a}}@git.shop.internal/x.git', 'url-password HIGH'],
    ['http://svc:{{token:a}}@localhost:3128/', 'url-password LOW'],
    ['GET /me?access_token={{token:a}}', 'access-token-parameter HIGH'],
    ['{"name":"x-api-key","value":"{{token:a}}"}', 'api-key-header HIGH'],
    ['X-Api-Key:[]string{"{{token:a}}"}', 'api-key-header HIGH'],
    ['"auths":{"r.shop.internal":{"auth":"{{basic:a}}"}}', 'docker-registry-auth HIGH'],
  ])('%s', (text, expected) => {
    expect(said(text)).toContain(expected);
  });

  it.each([
    'Authorization: Bearer <token>',
    'Authorization: Bearer ********************',
    'Authorization: Bearer {{token:a}}'.replace('{{token:a}}', 'aaaaaaaaaaaaaaaaaaaaaaaa'),
    'WWW-Authenticate: Bearer realm="orders-api-of-the-shop"',
    'WWW-Authenticate: Basic realm="orders"',
    'bearer authentication-is-required here',
    'Basic b3JkZXJz',
    `Basic ${wellKnown('ann:')}`,
    `Basic ${wellKnown('ann:<password>')}`,
    `Basic ${wellKnown('Aladdin:open sesame')}`,
    'x-api-key: your-api-key-goes-here',
    'allowed headers: x-api-key, x-auth-token, authorization, content-type',
    'authorization = base64.decodebytes(authorization)',
    'curl -u ann https://api.shop.internal/',
    'curl -H "Accept: a:b" https://api.shop.internal/',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what stands in the log
    'curl -u "$USER:${PASSWORD}" https://api.shop.internal/',
    'https://user:***@proxy.shop.internal/',
    'https://shop.internal:8443/a?to=ann@shop.internal',
    'http://[::1]:8080/ and ann@api.shop.internal',
  ])('leaves alone: %s', (text) => {
    expect(said(text)).toEqual([]);
  });

  it('knows the third message of NTLM from the first two, and from nobody', () => {
    const message = (type: number, answer: number): string => {
      const bytes = Buffer.alloc(88 + answer, 9);
      bytes.write('NTLMSSP\0', 'latin1');
      bytes.writeUInt32LE(type, 8);
      bytes.writeUInt16LE(answer, 20);
      bytes.writeUInt32LE(88, 24);
      return `Authorization: NTLM ${bytes.toString('base64')}`;
    };
    expect(said(message(3, 200))).toEqual(['ntlm-authorization MEDIUM']);
    expect(said(message(3, 0))).toEqual([]);
    expect(said(message(2, 200))).toEqual([]);
  });
});

describe('keys that sign', () => {
  it.each([
    ["SECRET_KEY = '{{django-key:a}}'", 'django-secret-key HIGH'],
    ['SECRET_KEY=django-insecure-{{django-key:a}}', 'django-insecure-key CRITICAL'],
    ['SECRET_KEY = "{{fastapi-key:a}}"', 'fastapi-tutorial-key CRITICAL'],
    ['JWT_SECRET={{token:a}}', 'signing-secret HIGH'],
    ['app.jwt.secret: {{token:a}}', 'signing-secret HIGH'],
    ['oauth_token_secret={{token:a}}', 'assigned-secret HIGH'],
    ['--session-secret {{token:a}}', 'signing-secret HIGH'],
    ["session_secret: 'keyboard cat'", 'signing-secret CRITICAL'],
    ['JWT_SECRET=changeme', 'signing-secret CRITICAL'],
    ['JWT_SECRET=change-this-in-production', 'signing-secret MEDIUM'],
    ['APP_KEY=base64:{{key-32:a}}', 'laravel-app-key CRITICAL'],
    ['SECRET_KEY_BASE={{hex-128:a}}', 'rails-secret-key-base CRITICAL'],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual([expected]);
  });

  it.each([
    // biome-ignore lint/suspicious/noTemplateCurlyInString: it is what stands in the log
    'JWT_SECRET=${JWT_SECRET}',
    'SECRET_KEY: [secret omitted]',
    'secret_key: secret not found',
    'synced secretKey=password remoteRef.key=prod/db',
    'SECRET_KEY = os.getenv("SECRET_KEY", default=None)',
    'jwt_secret_arn=arn:aws:secretsmanager:eu-west-1:111122223333:secret:jwt',
    'JWT_SECRET=/run/secrets/jwt',
    "'SECRET_KEY': '********************'",
    'jwt_secret: process.env.JWT_SECRET',
  ])('leaves alone: %s', (text) => {
    expect(said(text)).toEqual([]);
  });
});

describe('sessions', () => {
  it.each([
    ['Cookie: theme=dark; sessionid={{token-hex:a}}', 'cookie-of-a-session MEDIUM'],
    ['Set-Cookie: sessionid={{token-hex:a}}; Path=/; HttpOnly', 'cookie-of-a-session MEDIUM'],
    ["'HTTP_COOKIE': 'sessionid={{token-hex:a}}'", 'cookie-of-a-session MEDIUM'],
    ['"cookies":["sessionid={{token-hex:a}}"]', 'cookie-of-a-session MEDIUM'],
    ['{"cookies":{"sessionid":"{{django-session:a}}"}}', 'cookie-of-a-session MEDIUM'],
    ['{"name":"Cookie","value":"sid={{token-hex:a}}; lang=en"}', 'cookie-of-a-session MEDIUM'],
    ["cookies {'session': '{{token-hex:a}}'}", 'cookie-of-a-session MEDIUM'],
    ['Set-Cookie: session={{starlette-session:a}}; path=/', 'flask-session CRITICAL'],
    ['Cookie: session={{flask-session-known:a}}', 'flask-session CRITICAL'],
    ['Set-Cookie: a=1; Max-Age=0, PHPSESSID={{token-hex:a}}; path=/', 'session-cookie MEDIUM'],
    ['Cookie: session={{flask-session:a}}', 'flask-session MEDIUM'],
    ['csrfmiddlewaretoken={{token:a}}', 'csrf-token LOW'],
    ['https://shop.internal/reset-password?token={{token:a}}', 'mail-link MEDIUM'],
    ['GET /accounts/reset/NDI/{{django-link:a}}/', 'mail-link-path MEDIUM'],
    ['/callback?state=abcdef12&code={{token:a}}', 'oauth-code MEDIUM'],
    ['otpauth://totp/Shop:ann?issuer=Shop&secret={{otp-seed:a}}', 'otpauth-uri HIGH'],
  ])('%s', (text, expected) => {
    expect(said(text)).toEqual([expected]);
  });

  it.each([
    'sessionid={{token-hex:a}} opened by worker 4',
    '{"sessionId":"{{uuid:a}}","event":"page_view"}',
    'Set-Cookie: PHPSESSID=deleted; Max-Age=0; path=/',
    'Set-Cookie: JSESSIONID={{token-hex:a}}; Max-Age=0; Path=/',
    'Set-Cookie: connect.sid={{token:a}}; Path=/; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'Cookie: AWSALB={{token:a}}; awsccc={{token:a}}; _ga=GA1.2.1144203110.1700000000',
    '/callback?state={{token:a}}',
    'code=200&state=ready',
    '/products?code={{token:a}}',
    '/products?token=1&page=2',
    '/reset-password?token=<token>',
  ])('leaves alone: %s', (text) => {
    expect(said(text)).toEqual([]);
  });
});

describe('hostile texts', () => {
  it.each([
    ['beginnings of tokens', 'eyJhbGciOiJIUzI1NiJ9.'],
    ['beginnings of parts', '.eyJhbGciOi'],
    ['Bearer', 'Bearer '],
    ['names', 'jwt_secret='],
    ['cookies', 'Cookie: sessionid='],
    ['links', '/reset-password?token='],
    ['magic', '/magic/a/'],
    ['URLs', 'https://admin:@api.'],
    ['codes', '?code=a&state='],
    ['seeds', 'otpauth://totp/?a&'],
  ])('%s are read in bounded time', (_, text) => {
    const long = text.repeat(Math.ceil(16_384 / text.length));
    const started = performance.now();
    scanText(long, TIME_MS);
    expect(performance.now() - started).toBeLessThan(600);
  });
});

it('takes a stand-in for none, also in the words of a URL', () => {
  expect(said('sending id=42&SECRET_KEY=%3Cyour-token%3E')).toEqual([]);
});

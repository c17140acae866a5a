// SEC-12 and SEC-13: keys with which web applications sign what they give to browsers.

import {
  checkDjangoInsecureKey,
  checkDjangoKey,
  checkFastapiTutorialKey,
  checkHexKey,
  checkLaravelKey,
  checkSigningSecret,
  checkWordpressKey,
} from '../checks/signing-secret.ts';
import { name, prefix, type SecretKind, word } from '../secret-kind.ts';
import { GIVEN, pattern, WORD_START } from './web-given.ts';

/** Names of settings that hold a key with which sessions or tokens are signed. */
const SIGNING_NAMES = [
  // Flask, Django, FastAPI, Starlette, Superset, Airflow, Grafana; Rails and Phoenix
  'secret[-_.]?key(?:[-_.]?base)?',
  // express-session, cookie-session, Redash, Symfony, NextAuth, iron-session
  '(?:session|cookie|csrf|app|auth|iron)[-_.]?(?:secret|password)',
  // Spring, NestJS, Express
  'jwt[-_.]?(?:access[-_.]?|refresh[-_.]?|token[-_.]?)?(?:secret|key|signing[-_.]?key|private[-_.]?key)(?:[-_.]?key)?',
  '(?:access|refresh)[-_.]?(?:token[-_.]?)?secret',
  '(?:token|signing|signature)[-_.]?secret',
];

export const WEB_SECRET_KINDS: readonly SecretKind[] = [
  {
    name: 'django-insecure-key',
    title: 'SECRET_KEY of Django from startproject',
    rule: 'SEC-12',
    // It was made for a laptop, stands in the history of the code, and serves.
    severity: 'CRITICAL',
    literals: prefix('django-insecure-'),
    pattern: /(?<![A-Za-z0-9_-])(?<secret>django-insecure-(?<random>[a-z0-9!@#$%^&*(\-_=+)]{30,80}))/dg,
    before: 1,
    behind: 120,
    check: checkDjangoInsecureKey,
    publicPrefix: 16,
    rank: 1,
    source: 'https://docs.djangoproject.com/en/stable/ref/checks/#security',
  },
  {
    name: 'django-secret-key',
    title: 'SECRET_KEY of Django',
    rule: 'SEC-12',
    severity: 'HIGH',
    literals: name('secret_key', 'secret-key', 'secret_key_fallbacks'),
    pattern: new RegExp(
      `(?:SECRET_KEY|secret[-_]key)(?:_FALLBACKS)?${GIVEN}(?<secret>[a-z0-9!@#$%^&*(\\-_=+)]{50})(?![A-Za-z0-9!@#$%^&*(_=+-])`,
      'gd',
    ),
    check: checkDjangoKey,
    rank: 1,
    source: 'https://github.com/django/django/blob/main/django/core/management/utils.py',
  },
  {
    name: 'fastapi-tutorial-key',
    title: 'key of the FastAPI tutorial',
    rule: 'SEC-13',
    severity: 'CRITICAL',
    literals: prefix('09d25e09'),
    pattern: /(?<![0-9A-Za-z])(?<secret>09d25e09[0-9a-f]{56})(?![0-9A-Za-z])/dg,
    before: 1,
    behind: 80,
    check: checkFastapiTutorialKey,
    publicPrefix: 8,
    rank: 1,
    source: 'https://fastapi.tiangolo.com/tutorial/security/oauth2-jwt/',
  },
  {
    name: 'laravel-app-key',
    title: 'APP_KEY of Laravel',
    rule: 'SEC-13',
    severity: 'CRITICAL',
    literals: name('app_key', 'app-key', 'app.key', 'app_previous_keys'),
    pattern: pattern(
      WORD_START,
      'app(?:[-_]key|\\.key|_previous_keys)',
      GIVEN,
      'base64:(?<secret>[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])',
    ),
    check: checkLaravelKey,
    rank: 1,
    source: 'https://laravel.com/docs/encryption#configuration',
  },
  {
    name: 'rails-secret-key-base',
    title: 'secret_key_base of Rails',
    rule: 'SEC-13',
    severity: 'CRITICAL',
    literals: name('secret_key_base', 'secret-key-base'),
    pattern: pattern('secret[-_]key[-_]base', GIVEN, '(?<secret>[0-9a-f]{128})(?![0-9A-Za-z])'),
    check: checkHexKey,
    rank: 1,
    source: 'https://guides.rubyonrails.org/security.html#session-storage',
  },
  {
    name: 'rails-master-key',
    title: 'master key of Rails credentials',
    rule: 'SEC-13',
    severity: 'CRITICAL',
    literals: name('rails_master_key', 'rails-master-key'),
    pattern: pattern('rails[-_]master[-_]key', GIVEN, '(?<secret>[0-9a-f]{32})(?![0-9A-Za-z])'),
    check: checkHexKey,
    rank: 1,
    source: 'https://guides.rubyonrails.org/security.html#custom-credentials',
  },
  {
    name: 'aspnet-machine-key',
    title: 'machine key of ASP.NET',
    rule: 'SEC-13',
    severity: 'CRITICAL',
    literals: name('validationkey', 'decryptionkey'),
    pattern: pattern(
      WORD_START,
      '(?:validationkey|decryptionkey)',
      GIVEN,
      '(?<secret>[0-9A-F]{128}|[0-9A-F]{96}|[0-9A-F]{64}|[0-9A-F]{48}|[0-9A-F]{40}|[0-9A-F]{32})(?![0-9A-Za-z])',
    ),
    check: checkHexKey,
    rank: 1,
    source: 'https://learn.microsoft.com/previous-versions/dotnet/netframework-4.0/w8h3skw9(v=vs.100)',
  },
  {
    name: 'wordpress-key',
    title: 'key or salt of WordPress',
    rule: 'SEC-13',
    severity: 'HIGH',
    literals: word(
      'secure_auth_key',
      'logged_in_key',
      'nonce_key',
      'secure_auth_salt',
      'logged_in_salt',
      'auth_salt',
    ),
    pattern:
      /(?<![A-Za-z0-9])(?:SECURE_AUTH|LOGGED_IN|NONCE|AUTH)_(?:KEY|SALT)(?:["'],\s{0,8}|["']?\s?[:=]\s?)["'](?<secret>[!-&(-~ ]{64})["']/dg,
    check: checkWordpressKey,
    rank: 1,
    source: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#security-keys',
  },
  {
    name: 'signing-secret',
    title: 'key that signs sessions or tokens',
    rule: 'SEC-13',
    severity: 'HIGH',
    literals: name(
      ...[
        'secret_key',
        'secretkey',
        'secret.key',
        'secret-key',
        'secret_key_base',
        'jwt_secret',
        'jwtsecret',
      ],
      ...['jwt.secret', 'jwt-secret', 'jwt_key', 'jwtkey', 'jwt.key', 'jwt_signing_key', 'jwt_private_key'],
      ...[
        'jwt_secret_key',
        'jwtsecretkey',
        'access_secret',
        'refresh_secret',
        'jwt_access_key',
        'jwt_refresh_key',
      ],
      ...[
        'token_secret',
        'tokensecret',

        'signing_secret',
      ],
      ...[
        'session_secret',
        'sessionsecret',
        'session.secret',
        'session-secret',
        'session_password',
        'cookie_secret',
      ],
      ...[
        'cookiesecret',
        'cookie.secret',
        'cookie-secret',
        'cookie_password',
        'csrf_secret',
        'nextauth_secret',
      ],
      ...['auth_secret', 'authsecret', 'auth-secret', 'app_secret', 'appsecret', 'iron_password'],
    ),
    pattern: pattern(
      // The name may have an owner before it: DJANGO_SECRET_KEY, app.jwt.secret. A quoted value may be a sentence.
      `(?<![A-Za-z0-9_.-])(?<name>[a-z0-9_.-]{0,60}?(?:${SIGNING_NAMES.join('|')}))`,
      GIVEN,
      '(?<secret>(?<=["\'])[^"\'\\n\\\\]{3,300}(?=["\'])|[^\\s"\'<>,;\\\\]{3,300})',
    ),
    before: 96,
    check: checkSigningSecret,
    rank: 0,
    source: 'https://flask.palletsprojects.com/en/stable/config/#SECRET_KEY',
  },
];

// SEC-19: what stands for somebody who has logged in, or is about to.

import { checkHeaderKey } from '../checks/opaque.ts';
import {
  checkAmbiguousCookie,
  checkFlaskSession,
  checkMailParameter,
  checkMailPath,
  checkOauthCode,
  checkRailsSession,
  checkSamlResponse,
  checkSessionCookie,
} from '../checks/session.ts';
import { name, type SecretKind, word } from '../secret-kind.ts';
import { GIVEN, pattern, WORD_START } from './web-given.ts';

/** RFC 6265 section 4.1.1, without commas, which part cookies in dumps. */
const COOKIE_VALUE = '(?<secret>[A-Za-z0-9%._~:|+/!*-]{16,4000}={0,2})';
const COOKIE_END = '(?![A-Za-z0-9%_~|+/!*-])';

/** Names of session cookies that nothing else has, with where they are documented. As in a pattern. */
const SESSION_NAMES = [
  'connect\\.sid', // https://github.com/expressjs/session#name
  'phpsessid', // https://www.php.net/manual/en/session.configuration.php#ini.session.name
  'jsessionid', // https://jakarta.ee/specifications/servlet/6.0/
  'asp\\.net_sessionid', // https://learn.microsoft.com/previous-versions/aspnet/ms178581(v=vs.100)
  '\\.aspnetcore\\.(?:cookies|session|identity\\.application)(?:c\\d)?', // https://learn.microsoft.com/aspnet/core/security/authentication/cookie
  '\\.aspxauth',
  'laravel_session', // https://laravel.com/docs/session
  'ci_session', // https://codeigniter.com/user_guide/libraries/sessions.html
  '(?:__secure-|__host-)?(?:next-auth|authjs)\\.session-token(?:\\.\\d)?', // https://authjs.dev/reference/core#cookies
  '(?:__secure-)?better-auth\\.session_token', // https://www.better-auth.com/docs/concepts/cookies
  'rack\\.session', // https://github.com/rack/rack-session
  'wordpress_(?:logged_in|sec)_[0-9a-f]{32}', // https://developer.wordpress.org/advanced-administration/wordpress/cookies/
  'awselbauthsessioncookie-\\d', // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/listener-authenticate-users.html
  '_oauth2_proxy(?:_\\d)?', // https://oauth2-proxy.github.io/oauth2-proxy/configuration/overview/
  'keycloak_identity', // https://www.keycloak.org/docs/latest/server_admin/
  'auth_session_id',
  'grafana_session', // https://grafana.com/docs/grafana/latest/setup-grafana/configure-grafana/#login_cookie_name
  'play_session', // https://www.playframework.com/documentation/latest/SettingsSession
  'fedauth',
  'moodlesession', // https://docs.moodle.org/en/Cookies
  'koa[.:]sess', // https://github.com/koajs/session
  'express:sess', // https://github.com/expressjs/cookie-session
  'remember_(?:user_)?token', // https://github.com/heartcombo/devise
  'remember_web_[0-9a-f]{40}', // https://laravel.com/docs/authentication#remembering-users
  'remember-me', // https://docs.spring.io/spring-security/reference/servlet/authentication/rememberme.html
  '_gh_sess',
  'beaker\\.session\\.id', // https://beaker.readthedocs.io/en/latest/configuration.html
];
const SESSION_LITERALS = [
  ...[
    'connect.sid',
    'phpsessid',
    'jsessionid',
    'asp.net_sessionid',
    '.aspnetcore.',
    '.aspxauth',
    'laravel_session',
  ],
  ...[
    'ci_session',
    'session-token',
    'better-auth.session_token',
    'rack.session',
    'wordpress_logged_in_',
    'wordpress_sec_',
  ],
  ...['awselbauthsessioncookie-', '_oauth2_proxy', 'keycloak_identity', 'auth_session_id', 'grafana_session'],
  ...['play_session', 'fedauth', 'moodlesession', 'koa.sess', 'koa:sess', 'express:sess', 'remember_token'],
  ...['remember_user_token', 'remember_web_', 'remember-me', '_gh_sess', 'beaker.session.id'],
];

const MAIL_LITERALS = [
  ...[
    'reset-password',
    'reset_password',
    'resetpassword',
    'password-reset',
    'password_reset',
    'password/reset',
  ],
  ...[
    'passwordreset',
    'set-password',
    'set_password',
    'setpassword',
    'password/change',
    'password/recover',
    'password/forgot',
  ],
  ...[
    'forgot-password',
    'forgot_password',
    'forgotpassword',
    'verify-email',
    'verify_email',
    'verifyemail',
    'email/verif',
  ],
  ...[
    'email-verif',
    'verification-email',
    'confirm-email',
    'confirm_email',
    'confirmemail',
    'email/confirm',
    'email-confirm',
  ],
  ...[
    '/confirm',
    '/activat',
    '/verify',
    '/unlock',
    'magic-link',
    'magic_link',
    'magiclink',
    '/magic',
    'passwordless',
  ],
  ...[
    '/invite',
    '/invitation',
    'account/recovery',
    'password%2f',
    'email%2f',
    '%2fconfirm',
    '%2factivat',
    '%2fverify',
  ],
  ...['%2funlock', '%2fmagic', '%2finvit', 'reset%2f'],
];
/** No token is shorter than what must follow; the pages themselves stand in access logs all the time. */
const mailLiterals = (...texts: readonly string[]) =>
  word(...texts).map((literal) => ({ ...literal, follows: 16 }));
const MAIL_PARAMETERS =
  '(?:token|code|key|hash|ticket|otp|oobcode|t|k|confirmation_token|reset_password_token|password_reset_token|unlock_token|invitation_token|reset[-_]?token|verification[-_]?token|activation[-_]?(?:key|code|token)|verify[-_]?token|signature)';

export const WEB_SESSION_KINDS: readonly SecretKind[] = [
  {
    name: 'session-cookie',
    title: 'Session cookie',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: word(...SESSION_LITERALS),
    pattern: pattern(`(?<![A-Za-z0-9_-])(?:${SESSION_NAMES.join('|')})`, GIVEN, COOKIE_VALUE, COOKIE_END),
    behind: 4_200,
    linesOnly: true,
    check: checkSessionCookie,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6265#section-4',
  },
  {
    name: 'cookie-of-a-session',
    title: 'Session cookie with an everyday name',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    // Django, Flask, Starlette, Clerk, Auth0, and whoever calls it so.
    literals: [
      ...name(
        'sessionid',
        'session',
        'session_id',
        'appsession',
        'auth_token',
        'auth-token',
        'access_token',
        'user_session',
      ),
      ...word('sid=', 'sid%3d'),
    ],
    pattern: pattern(
      '(?<![A-Za-z0-9_.-])(?:(?:__secure-|__host-)?(?:session(?:_?id)?|__session|sid|appsession(?:\\.\\d)?|auth[-_]token|access_token|user_session)|sb-[a-z0-9]{20}-auth-token(?:\\.\\d)?)',
      GIVEN,
      COOKIE_VALUE,
      COOKIE_END,
    ),
    before: 1_100,
    behind: 4_200,
    linesOnly: true,
    check: checkAmbiguousCookie,
    rank: 0,
    source: 'https://docs.djangoproject.com/en/stable/ref/settings/#session-cookie-name',
  },
  {
    name: 'flask-session',
    title: 'Session of Flask or Starlette',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: name('session'),
    pattern: pattern(
      WORD_START,
      '(?:flask_)?session',
      GIVEN,
      '(?<secret>\\.?e[A-Za-z0-9_-]{4,4000}={0,2}\\.[A-Za-z0-9_-]{5,6}\\.[A-Za-z0-9_-]{27,86})(?![A-Za-z0-9_.-])',
    ),
    behind: 4_200,
    linesOnly: true,
    check: checkFlaskSession,
    rank: 1,
    source: 'https://flask.palletsprojects.com/en/stable/quickstart/#sessions',
  },
  {
    name: 'rails-session',
    title: 'Session of Rails',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: name('_session', '_session_id'),
    pattern: pattern(
      '(?<![A-Za-z0-9_-])_[a-z0-9_]{0,60}session(?:_id)?',
      GIVEN,
      '(?<secret>[A-Za-z0-9+/%]{20,4000}={0,2}--(?:[0-9a-f]{40}|[0-9a-f]{64}|[A-Za-z0-9+/%]{16,48}={0,2}--[A-Za-z0-9+/%]{22,60}={0,2})|[0-9a-f]{32})(?![A-Za-z0-9+/%=])',
    ),
    behind: 4_200,
    linesOnly: true,
    check: checkRailsSession,
    rank: 1,
    source: 'https://guides.rubyonrails.org/security.html#session-storage',
  },
  {
    name: 'csrf-token',
    title: 'Token against forged requests',
    rule: 'SEC-19',
    // Of use only together with the session it belongs to.
    severity: 'LOW',
    literals: name(
      ...['csrftoken', 'csrfmiddlewaretoken', 'xsrf-token', 'csrf-token', 'csrf_token', 'authenticity_token'],
      ...['__requestverificationtoken'],
    ),
    pattern: pattern(
      WORD_START,
      '(?:x-)?(?:csrftoken|csrfmiddlewaretoken|xsrf-token|csrf[-_]token|authenticity_token|__requestverificationtoken)',
      GIVEN,
      '(?<secret>[A-Za-z0-9._~+/%|-]{16,1000}={0,2})(?![A-Za-z0-9_*])',
    ),
    behind: 1_100,
    linesOnly: true,
    check: checkHeaderKey,
    rank: 1,
    source: 'https://docs.djangoproject.com/en/stable/howto/csrf/',
  },
  {
    name: 'mail-link',
    title: 'Link that resets a password or confirms an address',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: mailLiterals(...MAIL_LITERALS),
    // Of which page it is of, the check looks up in the URL before it.
    pattern: pattern(
      '[?&;]',
      MAIL_PARAMETERS,
      '=(?<secret>[A-Za-z0-9._~%+/:-]{16,2000}={0,2})(?![A-Za-z0-9_*])',
    ),
    behind: 2_600,
    linesOnly: true,
    check: checkMailParameter,
    rank: 0,
    source: 'https://cheatsheetseries.owasp.org/cheatsheets/Forgot_Password_Cheat_Sheet.html#url-tokens',
  },
  {
    name: 'mail-link-path',
    title: 'Link that resets a password or confirms an address, token in its path',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: mailLiterals(...MAIL_LITERALS, '/reset/'),
    // Which page it belongs to stands in the path before it.
    pattern: /\/(?<secret>[A-Za-z0-9_:~-]{20,128})(?=[/\s"'?&<#)]|$)/dg,
    behind: 280,
    linesOnly: true,
    check: checkMailPath,
    rank: 0,
    source:
      'https://docs.djangoproject.com/en/stable/topics/auth/default/#django.contrib.auth.views.PasswordResetConfirmView',
  },
  {
    name: 'oauth-code',
    title: 'Code of a login (OAuth 2)',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: word('?code=', '&code=', '"code=', "'code=", '%3fcode%3d', '%26code%3d'),
    pattern: /[?&"']code=(?<secret>[A-Za-z0-9._~%+/!*-]{16,2000}={0,2})(?![A-Za-z0-9_*])/dgi,
    before: 1_000,
    behind: 3_000,
    check: checkOauthCode,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2',
  },
  {
    name: 'saml-response',
    title: 'SAML response',
    rule: 'SEC-19',
    severity: 'MEDIUM',
    literals: name('samlresponse'),
    pattern: pattern(
      WORD_START,
      'samlresponse',
      GIVEN,
      '(?<secret>[A-Za-z0-9+/]{100,15000}={0,2})(?![A-Za-z0-9+/=])',
    ),
    behind: 15_100,
    check: checkSamlResponse,
    rank: 1,
    source: 'https://docs.oasis-open.org/security/saml/v2.0/saml-bindings-2.0-os.pdf',
  },
  {
    name: 'otpauth-uri',
    title: 'Seed of a second factor',
    rule: 'SEC-19',
    severity: 'HIGH',
    literals: word('otpauth://'),
    pattern:
      /otpauth:\/\/[th]otp\/[^\s"'<>?/]{0,200}\?(?:[^\s"'<>?/]{0,200}&)?secret=(?<secret>[A-Z2-7]{16,128}={0,6})(?![A-Z2-7])/dgi,
    behind: 900,
    check: checkHeaderKey,
    rank: 1,
    source: 'https://github.com/google/google-authenticator/wiki/Key-Uri-Format',
  },
];

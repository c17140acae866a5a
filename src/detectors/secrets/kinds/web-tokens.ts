// SEC-08 and SEC-09: what a caller shows to say who it is.

import { checkBasic, checkMailPlain, checkNegotiate, checkNtlm, checkUrlPassword } from '../checks/basic.ts';
import { checkJwe, checkJwt } from '../checks/jwt.ts';
import { checkAuthorization, checkBearer, checkHeaderKey } from '../checks/opaque.ts';
import { ADDRESS_WITH_LOGIN, name, prefix, type SecretKind, word } from '../secret-kind.ts';
import { GIVEN, pattern, WORD_START } from './web-given.ts';

/** Servers refuse longer header lines: https://nginx.org/en/docs/http/ngx_http_core_module.html#large_client_header_buffers */
const LONGEST_HEADER = 8192;

/** Headers that carry a key and nothing else, with the words of their issuers. */
const KEY_HEADERS = [
  'x-api-key', // https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-key-source.html
  'x-auth-token', // https://docs.openstack.org/api-ref/identity/v3/
  'x-subject-token',
  'x-access-token',
  'x-auth-key', // https://developers.cloudflare.com/fundamentals/api/get-started/keys/
  'x-vault-token', // https://developer.hashicorp.com/vault/api-docs#authentication
  'x-consul-token', // https://developer.hashicorp.com/consul/api-docs/api-structure#authentication
  'x-nomad-token',
  'x-goog-api-key', // https://cloud.google.com/docs/authentication/api-keys-use
  'x-hasura-admin-secret', // https://hasura.io/docs/2.0/deployment/securing-graphql-endpoint/
  'x-functions-key', // https://learn.microsoft.com/azure/azure-functions/function-keys-how-to
  'ocp-apim-subscription-key', // https://learn.microsoft.com/azure/api-management/api-management-subscriptions
  'x-rapidapi-key', // https://docs.rapidapi.com/docs/keys
  'x-shopify-access-token', // https://shopify.dev/docs/api/usage/authentication
  'x-gitlab-token', // https://docs.gitlab.com/user/project/integrations/webhooks/
  'private-token', // https://docs.gitlab.com/api/rest/authentication/
  'dd-api-key', // https://docs.datadoghq.com/api/latest/authentication/
  'dd-application-key',
  'xi-api-key', // https://elevenlabs.io/docs/api-reference/authentication
  'x-rundeck-auth-token', // https://docs.rundeck.com/docs/api/
  'x-cisco-meraki-api-key', // https://developer.cisco.com/meraki/api-v1/authorization/
  'x-parse-rest-api-key', // https://docs.parseplatform.org/rest/guide/
  'x-figma-token', // https://www.figma.com/developers/api#authentication
  'x-n8n-api-key', // https://docs.n8n.io/api/authentication/
  'x-postmark-server-token', // https://postmarkapp.com/developer/api/overview
  'x-algolia-api-key', // https://www.algolia.com/doc/rest-api/search/
];

export const WEB_TOKEN_KINDS: readonly SecretKind[] = [
  {
    name: 'json-web-token',
    title: 'JSON Web Token',
    rule: 'SEC-08',
    severity: 'HIGH',
    // base64url of `{"`
    literals: prefix('eyJ'),
    // The load balancer of AWS pads its parts. A fourth part makes it an encrypted one.
    pattern:
      /(?<![A-Za-z0-9_-])(?<secret>eyJ[A-Za-z0-9_-]{8,4000}={0,2}\.[A-Za-z0-9_-]{3,7000}={0,2}\.[A-Za-z0-9_-]{0,1400}={0,2})(?![A-Za-z0-9_=-]|\.[A-Za-z0-9_-])/dg,
    before: 1,
    behind: LONGEST_HEADER,
    check: checkJwt,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc7519#section-3',
  },
  {
    name: 'json-web-encryption',
    title: 'Encrypted JSON Web Token',
    rule: 'SEC-08',
    severity: 'LOW',
    literals: prefix('eyJ'),
    pattern:
      /(?<![A-Za-z0-9_-])(?<secret>eyJ[A-Za-z0-9_-]{8,4000}\.[A-Za-z0-9_-]{0,1400}\.[A-Za-z0-9_-]{8,64}\.[A-Za-z0-9_-]{1,7000}\.[A-Za-z0-9_-]{16,64})(?![A-Za-z0-9_-])/dg,
    behind: LONGEST_HEADER,
    check: checkJwe,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc7516#section-3.1',
  },
  {
    name: 'basic-authorization',
    title: 'Basic authorization',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: word('basic ', 'basic+', 'basic%20'),
    pattern: pattern(WORD_START, 'basic[ +]{1,2}(?<secret>[A-Za-z0-9+/]{4,4000}={0,2})(?![A-Za-z0-9+/=_-])'),
    behind: 4_100,
    check: checkBasic,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc7617#section-2',
  },
  {
    name: 'docker-registry-auth',
    title: 'Password of a container registry',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: name('auth'),
    // `auths` of Docker's config.json, `_auth` of .npmrc.
    pattern: pattern(
      '(?<![A-Za-z0-9-])_?auth',
      GIVEN,
      '(?<secret>[A-Za-z0-9+/]{8,8000}={0,2})(?![A-Za-z0-9+/=_-])',
    ),
    behind: LONGEST_HEADER,
    check: checkBasic,
    rank: 1,
    source: 'https://docs.docker.com/reference/cli/docker/login/#credential-stores',
  },
  {
    name: 'mail-authorization',
    title: 'Password of a mail account (AUTH PLAIN)',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: word('auth plain ', 'authenticate plain '),
    pattern: pattern(
      WORD_START,
      'auth(?:enticate)? plain (?<secret>[A-Za-z0-9+/]{8,1000}={0,2})(?![A-Za-z0-9+/=_-])',
    ),
    check: checkMailPlain,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc4616#section-2',
  },
  {
    name: 'bearer-token',
    title: 'Bearer token',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: word('bearer ', 'bearer+', 'bearer%20'),
    pattern: pattern(
      WORD_START,
      'bearer[ +]{1,2}(?<secret>[A-Za-z0-9._~+/|:-]{16,4000}={0,2})(?![A-Za-z0-9_*])',
    ),
    behind: 4_100,
    check: checkBearer,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.1',
  },
  {
    name: 'authorization-header',
    title: 'Token of an Authorization header',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: [...name('authorization'), ...word("authorization',", 'authorization",', 'authorization>')],
    // A scheme of its own (`Token`, `ApiKey`, `SSWS`, `Discogs token=`), or none.
    pattern: pattern(
      '(?<![A-Za-z0-9])authorization',
      GIVEN,
      '(?:(?:token|apikey|api-key|key|ssws|geniekey|bot|apitoken|klaviyo-api-key|splunk|sso-key|secret|auth)(?:[ +]{1,2}|=)(?:token=)?["\']?)?',
      '(?<secret>[A-Za-z0-9._~+/|:-]{16,4000}={0,2})(?![A-Za-z0-9_*(])',
    ),
    behind: 4_100,
    linesOnly: true,
    check: checkAuthorization,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc9110#section-11.6.2',
  },
  {
    name: 'api-key-header',
    title: 'Key of a request header',
    rule: 'SEC-09',
    severity: 'HIGH',
    // Not only where `:` or `=` follows: raw headers are printed as pairs.
    literals: word(...KEY_HEADERS, ...KEY_HEADERS.map((header) => header.replaceAll('-', '_'))),
    pattern: pattern(
      WORD_START,
      // With underscores where programs hand headers on as variables: HTTP_X_API_KEY.
      `(?:${KEY_HEADERS.join('|').replaceAll('-', '[-_]')})`,
      GIVEN,
      '(?<secret>[A-Za-z0-9._~+/|:-]{16,2000}={0,2})(?![A-Za-z0-9_*])',
    ),
    behind: 2_100,
    linesOnly: true,
    check: checkHeaderKey,
    rank: 0,
    source: 'https://swagger.io/docs/specification/v3_0/authentication/api-keys/',
  },
  {
    name: 'access-token-parameter',
    title: 'Access token in a URL',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: word(
      '?access_token=',
      '&access_token=',
      '#access_token=',
      '&amp;access_token=',
      '&refresh_token=',
      '%26access_token%3d',
      '%3faccess_token%3d',
    ),
    pattern:
      /[?&#;](?:access|refresh)_token=(?<secret>[A-Za-z0-9._~+/|:%-]{16,4000}={0,2})(?![A-Za-z0-9_*])/dgi,
    behind: 4_100,
    check: checkHeaderKey,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6750#section-2.3',
  },
  {
    name: 'digest-authorization',
    title: 'Digest authorization',
    rule: 'SEC-09',
    // Guesses at the password can be tried against it, and it is good for one request.
    severity: 'LOW',
    literals: word('digest username='),
    pattern:
      /(?<![A-Za-z0-9_])digest username=[^\n]{1,1000}?[ ,]response=["']?(?<secret>[0-9a-f]{32,64})(?![0-9a-z])/dgi,
    behind: 1_200,
    check: checkHeaderKey,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc7616#section-3.4',
  },
  {
    name: 'ntlm-authorization',
    title: 'NTLM answer',
    rule: 'SEC-09',
    severity: 'MEDIUM',
    // base64 of `NTLMSSP\0` and message 3
    literals: prefix('TlRMTVNTUAAD'),
    pattern: /(?<![A-Za-z0-9/])(?<secret>TlRMTVNTUAAD[A-Za-z0-9+/]{60,6000}={0,2})(?![A-Za-z0-9+/=])/dg,
    before: 1,
    behind: 6_100,
    check: checkNtlm,
    publicPrefix: 12,
    rank: 1,
    source:
      'https://learn.microsoft.com/openspecs/windows_protocols/ms-nlmp/033d32cc-88f9-4483-9bf2-b273055038ce',
  },
  {
    name: 'negotiate-authorization',
    title: 'Kerberos ticket of a Negotiate header',
    rule: 'SEC-09',
    severity: 'MEDIUM',
    literals: word('negotiate y', 'negotiate+y', 'negotiate%20y'),
    pattern: pattern(WORD_START, 'negotiate[ +](?<secret>Y[A-Za-z0-9+/]{60,12000}={0,2})(?![A-Za-z0-9+/=])'),
    behind: 12_100,
    linesOnly: true,
    check: checkNegotiate,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc4559#section-4.2',
  },
  {
    name: 'url-password',
    title: 'Password in a URL',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: ADDRESS_WITH_LOGIN,
    before: 400,
    pattern:
      /(?<![A-Za-z0-9])https?:\/\/(?<user>[^\s:/?#@'"<>\\,;()]{0,128}):(?<secret>[^\s'"<>/?#\\,;()@]{1,256})@(?<host>[A-Za-z0-9._-]{1,255}|\[[0-9a-f:]{2,45}\])/dgi,
    behind: 520,
    linesOnly: true,
    check: checkUrlPassword,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  },
  {
    // Of any scheme but those of SEC-10 and of the web: Cloudinary, Elasticsearch, proxies, cameras.
    name: 'url-password-other-scheme',
    title: 'Password in a URL of another scheme',
    rule: 'SEC-09',
    severity: 'HIGH',
    literals: ADDRESS_WITH_LOGIN,
    before: 400,
    pattern:
      /(?<![A-Za-z0-9+.-])(?!https?:|(?:postgres(?:ql)?|mysqlx?|mariadb|mongodb|rediss?|valkeys?|amqps?|pyamqp|mssql|sqlserver|oracle|cockroachdb|clickhouse|snowflake|redshift|neo4j|bolt|couchdb|couchbases?|influxdb|ldaps?|smtps?|s?ftp|mqtts?|nats)(?:\+[a-z0-9_]{1,24})?:)[a-z][a-z0-9+.-]{1,24}:\/\/(?<user>[^\s:/?#@'"<>\\,;()]{0,128}):(?<secret>[^\s'"<>/?#\\,;()@]{1,256})@(?<host>[A-Za-z0-9._-]{1,255}|\[[0-9a-f:]{2,45}\])/dgi,
    behind: 520,
    linesOnly: true,
    check: checkUrlPassword,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc3986#section-3.2.1',
  },
];

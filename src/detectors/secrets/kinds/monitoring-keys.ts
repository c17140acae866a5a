// SEC-15: keys of services that watch programs and people's use of them.

import { grafanaChecksum } from '../checks/token-checksums.ts';
import { jsonPayload } from '../checks/token-structure.ts';
import { prefix, type SecretKind } from '../secret-kind.ts';
import { GITLEAKS, kingfisher, named, titus, token } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SENTRY = 'https://docs.sentry.io/account/auth-tokens/';
const NEW_RELIC = 'https://docs.newrelic.com/docs/apis/intro-apis/new-relic-api-keys/';
const DATADOG = 'https://docs.datadoghq.com/account_management/api-app-keys/';

export const MONITORING_KEYS: readonly SecretKind[] = [
  {
    name: 'grafana-service-token',
    title: 'Grafana service account token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('glsa_', '[A-Za-z0-9]{32}_[0-9a-fA-F]{8}', { check: grafanaChecksum }),
    source: 'https://github.com/grafana/grafana/blob/main/pkg/components/satokengen/tokengen.go',
  },
  {
    name: 'grafana-cloud-token',
    title: 'Grafana Cloud access policy token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('glc_', '(?<payload>eyJ[A-Za-z0-9+/]{60,400})={0,2}', { tail: '+/=', check: jsonPayload('k') }),
    source:
      'https://grafana.com/docs/grafana-cloud/account-management/authentication-and-permissions/access-policies/',
  },
  {
    name: 'grafana-key',
    title: 'Grafana API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    // {"k":"...","n":"...","id":1}
    ...token('eyJrIjoi', '', {}),
    pattern:
      /(?<![A-Za-z0-9_+/.-])(?<secret>(?<payload>eyJrIjoi[A-Za-z0-9+/]{60,400})={0,2})(?![A-Za-z0-9_+/=.-])/dg,
    check: jsonPayload('k', 'n', 'id'),
    source: 'https://grafana.com/docs/grafana/latest/developers/http_api/authentication/',
  },
  {
    name: 'sentry-organization-token',
    title: 'Sentry organization token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sntrys_', '(?<payload>eyJ[A-Za-z0-9+/]{40,400}={0,2})_[A-Za-z0-9+/]{43}', {
      tail: '+/=',
      check: jsonPayload('iat', 'org'),
    }),
    source: 'https://github.com/getsentry/rfcs/blob/main/text/0091-ci-upload-tokens.md',
  },
  {
    name: 'sentry-user-token',
    title: 'Sentry personal token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sntryu_', '[0-9a-f]{64}'),
    source: SENTRY,
  },
  {
    name: 'sentry-named-token',
    title: 'Sentry auth token (older format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['sentry auth token', 'sentry token'], '[0-9a-f]{64}'),
    source: GITLEAKS,
  },
  {
    name: 'dynatrace-token',
    title: 'Dynatrace token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(['dt0c01.', 'dt0s01.', 'dt0s02.', 'dt0s16.'], '[A-Z0-9]{8,24}\\.[A-Z0-9]{64}'),
    source: 'https://docs.dynatrace.com/docs/dynatrace-api/basics/dynatrace-api-authentication',
  },
  {
    name: 'newrelic-user-key',
    title: 'New Relic user key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('NRAK-', '[A-Z0-9]{27}', { tail: '-' }),
    source: NEW_RELIC,
  },
  {
    name: 'newrelic-insert-key',
    title: 'New Relic Insights insert key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...token('NRII-', '[A-Za-z0-9_-]{32}', { tail: '-' }),
    source: NEW_RELIC,
  },
  {
    name: 'newrelic-license-key',
    title: 'New Relic license key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...named(
      // In newrelic.yml it is `license_key` alone.
      ['new relic license key', 'newrelic license key', 'license key'],
      '(?:(?:eu01xx[0-9a-f]{30}|[0-9a-f]{36})NRAL|[0-9a-f]{40}|eu01xx[0-9a-f]{34})',
    ),
    source: NEW_RELIC,
  },
  {
    name: 'newrelic-browser-key',
    title: 'New Relic browser key',
    rule: 'SEC-15',
    // Is sent to every visitor.
    severity: 'LOW',
    ...token('NRJS-', '[0-9a-f]{19}', { tail: '-' }),
    source: NEW_RELIC,
  },
  {
    name: 'datadog-api-key',
    title: 'Datadog API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['dd api key', 'datadog api key'], '[0-9a-f]{32}'),
    source: DATADOG,
  },
  {
    name: 'datadog-application-key',
    title: 'Datadog application key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['dd app key', 'dd application key', 'datadog app key', 'datadog application key'],
      '[0-9a-f]{40}',
    ),
    source: DATADOG,
  },
  {
    name: 'honeycomb-key',
    title: 'Honeycomb API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['x honeycomb team', 'honeycomb api key', 'honeycomb key'],
      '(?:hca[a-z]{2}_[0-9a-z]{58}|[0-9a-f]{32}|[A-Za-z0-9]{22})',
    ),
    source: 'https://docs.honeycomb.io/configure/environments/manage-api-keys/',
  },
  {
    name: 'sumologic-access-key',
    title: 'Sumo Logic access key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['sumologic access key', 'sumo access key', 'sumo logic access key', 'sumologic accesskey'],
      '[A-Za-z0-9]{64}',
    ),
    source: GITLEAKS,
  },
  {
    name: 'launchdarkly-key',
    title: 'LaunchDarkly SDK key or access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      [
        'launchdarkly sdk key',
        'launchdarkly access token',
        'launchdarkly api key',
        'launchdarkly api token',
        'ld sdk key',
      ],
      `(?:sdk|api)-${UUID}`,
      {
        publicPrefix: 4,
      },
    ),
    source: 'https://launchdarkly.com/docs/sdk/concepts/client-side-server-side',
  },
  {
    name: 'segment-token',
    title: 'Segment public API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sgp_', '[A-Za-z0-9]{64}'),
    source: 'https://segment.com/blog/how-segment-proactively-protects-customer-api-tokens/',
  },
  {
    name: 'postman-key',
    title: 'Postman API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('PMAK-', '[0-9a-f]{24}-[0-9a-f]{34}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'postman-collection-key',
    title: 'Postman collection access key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...token('PMAT-', '[0-9A-Z]{26}', { tail: '-' }),
    source: 'https://github.com/Samsung/CredSweeper/blob/main/credsweeper/rules/config.yaml',
  },
  {
    name: 'mapbox-token',
    title: 'Mapbox secret token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sk.', '(?<payload>eyJ[A-Za-z0-9_-]{40,200})\\.[A-Za-z0-9_-]{22}', {
      tail: '.-',
      check: jsonPayload('u', 'a'),
    }),
    literals: prefix('sk.eyJ'),
    source: 'https://docs.mapbox.com/api/accounts/tokens/#token-format',
  },
  {
    name: 'algolia-key',
    title: 'Algolia admin API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['algolia admin key', 'algolia admin api key', 'algolia api key', 'algolia write key'],
      '[0-9a-f]{32}',
    ),
    source: GITLEAKS,
  },
  {
    name: 'maxmind-key',
    title: 'MaxMind license key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...token('_mmk', ''),
    pattern: /(?<![A-Za-z0-9_])(?<secret>[A-Za-z0-9]{6}_[A-Za-z0-9]{29}_mmk)(?![A-Za-z0-9_])/dg,
    publicPrefix: 0,
    before: 48,
    source: 'https://dev.maxmind.com/license-key/',
  },
  {
    name: 'rollbar-token',
    title: 'Rollbar access token',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...named(['rollbar access token', 'x rollbar access token', 'rollbar server token'], '[0-9a-f]{32}'),
    source: titus('rollbar'),
  },
  {
    name: 'posthog-personal-key',
    title: 'PostHog personal or feature flags key',
    rule: 'SEC-15',
    severity: 'HIGH',
    // `phc_` is public.
    ...token(['phx_', 'phs_'], '[A-Za-z0-9]{43,48}'),
    source: kingfisher('posthog'),
  },
  {
    name: 'splunk-collector-token',
    title: 'Token of a Splunk HTTP event collector',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...named(['splunk hec token', 'splunk token', 'hec token', 'splunk collector token'], UUID),
    source:
      'https://help.splunk.com/en/splunk-enterprise/get-started/get-data-in/10.0/get-data-with-http-event-collector/set-up-and-use-http-event-collector-in-splunk-web',
  },
];

// Keys of services that pay, send, watch and plan, by what their issuers say of them.

import { crc32 } from 'node:zlib';
import type { Random } from '../prng.ts';
import type { SecretExample } from './secret-example.ts';
import {
  BASE36,
  BASE62,
  BASE64,
  bare,
  base64Of,
  base64UrlOf,
  DIGITS,
  LOWER,
  onlyNamed,
  UPPER,
  URL_SAFE,
} from './token-text.ts';

const PAYMENT: readonly SecretExample[] = [
  bare(
    'stripe-secret-key',
    'STRIPE_SECRET_KEY',
    (random) => `sk_live_${random.text(BASE62, random.pick([24, 99]))}`,
  ),
  bare(
    'stripe-restricted-key',
    'STRIPE_KEY',
    (random) => `rk_live_${random.text(BASE62, random.pick([24, 99]))}`,
  ),
  bare(
    'stripe-test-key',
    'STRIPE_SECRET_KEY',
    (random) => `${random.pick(['sk', 'rk'])}_test_${random.text(BASE62, random.pick([24, 99]))}`,
  ),
  bare('stripe-webhook-secret', 'STRIPE_WEBHOOK_SECRET', (random) => `whsec_${random.text(BASE62, 32)}`),
  bare('paystack-key', 'PAYSTACK_SECRET_KEY', (random) => `sk_live_${random.hex(40)}`),
  bare('paystack-test-key', 'PAYSTACK_SECRET_KEY', (random) => `sk_test_${random.hex(40)}`),
  bare('square-access-token', 'SQUARE_ACCESS_TOKEN', (random) => `EAAA${random.text(URL_SAFE, 60)}`),
  bare('square-legacy-token', 'SQUARE_ACCESS_TOKEN', (random) => `sq0atp-${random.text(URL_SAFE, 22)}`),
  bare('square-oauth-secret', 'SQUARE_APPLICATION_SECRET', (random) => `sq0csp-${random.text(URL_SAFE, 43)}`),
  bare(
    'braintree-access-token',
    'BRAINTREE_ACCESS_TOKEN',
    (random) => `access_token$production$${random.text(BASE36, 16)}$${random.hex(32)}`,
  ),
  bare(
    'braintree-sandbox-token',
    'BRAINTREE_ACCESS_TOKEN',
    (random) => `access_token$sandbox$${random.text(BASE36, 16)}$${random.hex(32)}`,
  ),
  onlyNamed(
    'adyen-key',
    'ADYEN_API_KEY',
    (random) => `AQE${random.text(BASE64, 81)}-${random.text(BASE64, 43)}=-${random.text(BASE62, 16)}`,
  ),
  bare('plaid-access-token', 'PLAID_ACCESS_TOKEN', (random) => `access-production-${random.uuid()}`),
  bare(
    'plaid-sandbox-token',
    'PLAID_ACCESS_TOKEN',
    (random) => `access-${random.pick(['sandbox', 'development'])}-${random.uuid()}`,
  ),
  onlyNamed('plaid-secret', 'PLAID_SECRET', (random) => random.hex(30)),
  onlyNamed('razorpay-secret', 'RAZORPAY_KEY_SECRET', (random) => random.text(BASE62, 24)),
  bare('flutterwave-key', 'FLW_SECRET_KEY', (random) => `FLWSECK-${random.hex(32)}-X`),
  bare('flutterwave-test-key', 'FLW_SECRET_KEY', (random) => `FLWSECK_TEST-${random.hex(32)}-X`),
  onlyNamed('gocardless-token', 'GOCARDLESS_ACCESS_TOKEN', (random) => `live_${random.text(URL_SAFE, 40)}`),
  bare('shopify-access-token', 'SHOPIFY_ACCESS_TOKEN', (random) => `shpat_${random.hex(32)}`),
  bare('shopify-custom-token', 'SHOPIFY_ACCESS_TOKEN', (random) => `shpca_${random.hex(32)}`),
  bare('shopify-private-token', 'SHOPIFY_PASSWORD', (random) => `shppa_${random.hex(32)}`),
  bare('shopify-shared-secret', 'SHOPIFY_API_SECRET', (random) => `shpss_${random.hex(32)}`),
  bare('shippo-key', 'SHIPPO_TOKEN', (random) => `shippo_live_${random.hex(40)}`),
  bare('shippo-test-key', 'SHIPPO_TOKEN', (random) => `shippo_test_${random.hex(40)}`),
  bare('easypost-key', 'EASYPOST_API_KEY', (random) => `EZAK${random.text(BASE62, 54)}`),
  bare('easypost-test-key', 'EASYPOST_API_KEY', (random) => `EZTK${random.text(BASE62, 54)}`),
  bare('duffel-token', 'DUFFEL_TOKEN', (random) => `duffel_live_${random.text(URL_SAFE, 43)}`),
  bare('duffel-test-token', 'DUFFEL_TOKEN', (random) => `duffel_test_${random.text(URL_SAFE, 43)}`),
  onlyNamed('lob-key', 'LOB_API_KEY', (random) => `live_${random.hex(35)}`),
];

/** Ids of Slack: a workspace and a user, ten to thirteen digits each. */
const slackId = (random: Random) => `${random.between(1, 9)}${random.text(DIGITS, random.between(10, 12))}`;

function discord(random: Random): string {
  const id = base64UrlOf(`1${random.text(DIGITS, 18)}`);
  return `${id}.G${random.text(URL_SAFE, 5)}.${random.text(URL_SAFE, 38)}`;
}

const MESSAGING: readonly SecretExample[] = [
  bare(
    'slack-bot-token',
    'SLACK_BOT_TOKEN',
    (random) => `xoxb-${slackId(random)}-${slackId(random)}-${random.text(BASE62, 24)}`,
  ),
  bare(
    'slack-user-token',
    'SLACK_USER_TOKEN',
    (random) => `xoxp-${slackId(random)}-${slackId(random)}-${slackId(random)}-${random.hex(32)}`,
  ),
  bare(
    'slack-legacy-token',
    'SLACK_TOKEN',
    (random) =>
      `${random.pick(['xoxa-2', 'xoxr', 'xoxs'])}-${slackId(random)}-${slackId(random)}-${slackId(random)}-${random.hex(32)}`,
  ),
  bare(
    'slack-client-token',
    'SLACK_XOXC',
    (random) => `xoxc-${slackId(random)}-${slackId(random)}-${slackId(random)}-${random.hex(64)}`,
  ),
  {
    kind: 'slack-session-cookie',
    make(random) {
      const value = `xoxd-${random.text(BASE64, 170)}${random.text(BASE62, 1)}`;
      const cookie = encodeURIComponent(value);
      return {
        secrets: [value],
        text: `Cookie: b=.1a2b; d=${cookie}; x=1`,
        member: { key: 'd', value: cookie },
      };
    },
  },
  bare(
    'slack-configuration-token',
    'SLACK_CONFIG_TOKEN',
    (random) => `xoxe.xoxp-1-${random.text(BASE62, 163)}`,
  ),
  bare('slack-refresh-token', 'SLACK_REFRESH_TOKEN', (random) => `xoxe-1-${random.text(BASE62, 146)}`),
  bare(
    'slack-app-token',
    'SLACK_APP_TOKEN',
    (random) => `xapp-1-A${random.text(UPPER + DIGITS, 10)}-${slackId(random)}-${random.hex(64)}`,
  ),
  bare(
    'slack-workflow-token',
    'SLACK_WORKFLOW_TOKEN',
    (random) => `xwfp-${slackId(random)}-${slackId(random)}-${random.text(BASE62, 24)}`,
  ),
  onlyNamed('discord-bot-token', 'DISCORD_BOT_TOKEN', discord),
  {
    kind: 'discord-bot-header',
    make(random) {
      const value = discord(random);
      return {
        secrets: [value],
        text: `Authorization: Bot ${value}`,
        member: { key: 'Authorization', value: `Bot ${value}` },
      };
    },
  },
  bare(
    'telegram-bot-token',
    'TELEGRAM_BOT_TOKEN',
    (random) => `${random.between(100_000_000, 7_999_999_999)}:AA${random.text(URL_SAFE, 33)}`,
  ),
  onlyNamed('twilio-auth-token', 'TWILIO_AUTH_TOKEN', (random) => random.hex(32)),
  onlyNamed('twilio-key-secret', 'TWILIO_API_SECRET', (random) => random.text(BASE62, 32)),
  bare(
    'sendgrid-key',
    'SENDGRID_API_KEY',
    (random) => `SG.${random.text(URL_SAFE, 22)}.${random.text(URL_SAFE, 43)}`,
  ),
  onlyNamed('mailgun-key', 'MAILGUN_API_KEY', (random) =>
    random.chance(0.5) ? `key-${random.hex(32)}` : `${random.hex(32)}-${random.hex(8)}-${random.hex(8)}`,
  ),
  onlyNamed('mailgun-signing-key', 'MAILGUN_WEBHOOK_SIGNING_KEY', (random) => random.hex(32)),
  bare('mailchimp-key', 'MAILCHIMP_API_KEY', (random) => `${random.hex(32)}-us${random.between(1, 21)}`),
  onlyNamed('mandrill-key', 'MANDRILL_API_KEY', (random) => random.text(URL_SAFE, 22)),
  bare(
    'brevo-key',
    'BREVO_API_KEY',
    (random) => `${random.pick(['xkeysib', 'xsmtpsib'])}-${random.hex(64)}-${random.text(BASE62, 16)}`,
  ),
  onlyNamed('postmark-token', 'POSTMARK_SERVER_TOKEN', (random) => random.uuid()),
  onlyNamed(
    'resend-key',
    'RESEND_API_KEY',
    (random) => `re_${random.text(BASE62, 8)}_${random.text(BASE62, 24)}`,
  ),
  bare('intercom-token', 'INTERCOM_ACCESS_TOKEN', (random) =>
    base64Of(`tok:${random.hex(8)}_${random.hex(4)}_${random.hex(4)}_${random.hex(4)}_${random.hex(12)}:1:0`),
  ),
  bare(
    'facebook-page-token',
    'FACEBOOK_PAGE_TOKEN',
    (random) => `EAAC${random.text(BASE62, random.between(150, 220))}`,
  ),
];

function grafanaService(random: Random): string {
  const body = `glsa_${random.text(BASE62, 32)}`;
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(crc32(body));
  return `${body}_${bytes.toString('hex')}`;
}

const MONITORING: readonly SecretExample[] = [
  bare('grafana-service-token', 'GRAFANA_TOKEN', grafanaService),
  bare(
    'grafana-cloud-token',
    'GRAFANA_CLOUD_TOKEN',
    (random) =>
      `glc_${base64Of(JSON.stringify({ o: random.text(DIGITS, 6), n: 'orders-write', k: random.text(BASE62, 24), m: { r: 'prod-eu-west-2' } }))}`,
  ),
  bare('grafana-key', 'GRAFANA_API_KEY', (random) =>
    base64Of(JSON.stringify({ k: random.text(BASE62, 32), n: 'deploy', id: 1 })),
  ),
  bare('sentry-organization-token', 'SENTRY_AUTH_TOKEN', (random) => {
    const payload = {
      iat: 1_760_000_000.123456,
      url: 'https://sentry.io',
      region_url: 'https://us.sentry.io',
      org: 'orders',
    };
    return `sntrys_${base64Of(JSON.stringify(payload))}_${random.text(BASE64, 43)}`;
  }),
  bare('sentry-user-token', 'SENTRY_AUTH_TOKEN', (random) => `sntryu_${random.hex(64)}`),
  onlyNamed('sentry-named-token', 'SENTRY_AUTH_TOKEN', (random) => random.hex(64)),
  bare(
    'dynatrace-token',
    'DT_API_TOKEN',
    (random) => `dt0c01.${random.text(`${UPPER}234567`, 24)}.${random.text(`${UPPER}234567`, 64)}`,
  ),
  bare('newrelic-user-key', 'NEW_RELIC_API_KEY', (random) => `NRAK-${random.text(UPPER + DIGITS, 27)}`),
  bare('newrelic-insert-key', 'NEW_RELIC_INSERT_KEY', (random) => `NRII-${random.text(URL_SAFE, 32)}`),
  onlyNamed('newrelic-license-key', 'NEW_RELIC_LICENSE_KEY', (random) =>
    random.chance(0.5) ? `${random.hex(36)}NRAL` : random.hex(40),
  ),
  bare('newrelic-browser-key', 'NEW_RELIC_BROWSER_KEY', (random) => `NRJS-${random.hex(19)}`),
  onlyNamed('datadog-api-key', 'DD_API_KEY', (random) => random.hex(32)),
  onlyNamed('datadog-application-key', 'DD_APP_KEY', (random) => random.hex(40)),
  onlyNamed('honeycomb-key', 'HONEYCOMB_API_KEY', (random) =>
    random.chance(0.5) ? random.text(BASE62, 22) : `hcaik_${random.text(BASE36, 58)}`,
  ),
  onlyNamed('sumologic-access-key', 'SUMOLOGIC_ACCESS_KEY', (random) => random.text(BASE62, 64)),
  onlyNamed('launchdarkly-key', 'LAUNCHDARKLY_SDK_KEY', (random) => `sdk-${random.uuid()}`),
  bare('segment-token', 'SEGMENT_TOKEN', (random) => `sgp_${random.text(BASE62, 64)}`),
  bare('postman-key', 'POSTMAN_API_KEY', (random) => `PMAK-${random.hex(24)}-${random.hex(34)}`),
  bare(
    'postman-collection-key',
    'POSTMAN_ACCESS_KEY',
    (random) => `PMAT-01${random.text(UPPER + DIGITS, 24)}`,
  ),
  bare(
    'mapbox-token',
    'MAPBOX_SECRET_TOKEN',
    (random) =>
      `sk.${base64UrlOf(JSON.stringify({ u: 'orders', a: `c${random.text(BASE36, 24)}` }))}.${random.text(URL_SAFE, 22)}`,
  ),
  onlyNamed('algolia-key', 'ALGOLIA_ADMIN_KEY', (random) => random.hex(32)),
  bare(
    'maxmind-key',
    'MAXMIND_LICENSE_KEY',
    (random) => `${random.text(BASE62, 6)}_${random.text(BASE62, 29)}_mmk`,
  ),
  onlyNamed('rollbar-token', 'ROLLBAR_ACCESS_TOKEN', (random) => random.hex(32)),
];

const BUSINESS: readonly SecretExample[] = [
  onlyNamed(
    'airtable-token',
    'AIRTABLE_API_KEY',
    (random) => `pat${random.text(BASE62, 14)}.${random.hex(64)}`,
  ),
  onlyNamed(
    'asana-token',
    'ASANA_ACCESS_TOKEN',
    (random) => `2/1${random.text(DIGITS, 15)}/1${random.text(DIGITS, 15)}:${random.hex(32)}`,
  ),
  bare(
    'clickup-token',
    'CLICKUP_API_TOKEN',
    (random) => `pk_${random.between(1_000_000, 99_999_999)}_${random.text(UPPER + DIGITS, 32)}`,
  ),
  bare('contentful-token', 'CONTENTFUL_TOKEN', (random) => `CFPAT-${random.text(URL_SAFE, 43)}`),
  bare('figma-token', 'FIGMA_TOKEN', (random) => `figd_${random.text(URL_SAFE, 40)}`),
  bare('hubspot-token', 'HUBSPOT_TOKEN', (random) => `pat-${random.pick(['na1', 'eu1'])}-${random.uuid()}`),
  bare('linear-key', 'LINEAR_API_KEY', (random) => `lin_api_${random.text(BASE62, 40)}`),
  bare(
    'notion-token',
    'NOTION_TOKEN',
    (random) => `ntn_${random.text(DIGITS, 11)}${random.text(BASE62, 35)}`,
  ),
  onlyNamed('notion-named-token', 'NOTION_TOKEN', (random) => `secret_${random.text(BASE62, 43)}`),
  bare(
    'typeform-token',
    'TYPEFORM_TOKEN',
    (random) => `tfp_${random.text(BASE62, 44)}_${random.text(BASE62, 14)}`,
  ),
  bare('frameio-token', 'FRAMEIO_TOKEN', (random) => `fio-u-${random.text(URL_SAFE, 64)}`),
  bare('readme-key', 'README_API_KEY', (random) => `rdme_${random.text(LOWER + DIGITS, 70)}`),
  onlyNamed('zendesk-token', 'ZENDESK_API_TOKEN', (random) => random.text(BASE62, 40)),
  onlyNamed('okta-token', 'OKTA_API_TOKEN', (random) => `00${random.text(URL_SAFE, 40)}`),
  {
    kind: 'okta-header',
    make(random) {
      const value = `00${random.text(URL_SAFE, 40)}`;
      return {
        secrets: [value],
        text: `Authorization: SSWS ${value}`,
        member: { key: 'Authorization', value: `SSWS ${value}` },
      };
    },
  },
  bare('adobe-client-secret', 'ADOBE_CLIENT_SECRET', (random) => `p8e-${random.text(URL_SAFE, 32)}`),
  onlyNamed(
    'rapidapi-key',
    'X_RAPIDAPI_KEY',
    (random) => `${random.hex(10)}msh${random.hex(15)}p1${random.hex(5)}jsn${random.hex(12)}`,
  ),
  bare('canva-client-secret', 'CANVA_CLIENT_SECRET', (random) => `cnvca${random.text(URL_SAFE, 51)}`),
  bare(
    'defined-networking-token',
    'DN_API_KEY',
    (random) => `dnkey-${random.text(`${UPPER}234567`, 26)}-${random.text(`${UPPER}234567`, 52)}`,
  ),
];

export const SERVICE_KEY_EXAMPLES: readonly SecretExample[] = [
  ...PAYMENT,
  ...MESSAGING,
  ...MONITORING,
  ...BUSINESS,
];

// SEC-15: keys of payment services and shops. Test keys move no money: LOW.

import { whyNotRandom } from '../checks/token-body.ts';
import { type Candidate, prefix, type SecretKind, type Verdict } from '../secret-kind.ts';
import { GITLEAKS, named, titus, token } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const STRIPE = 'https://docs.stripe.com/keys';

const SQUARE = 'https://developer.squareup.com/docs/build-basics/access-tokens';
const PLAID = 'https://plaid.com/docs/api/tokens/';

/** Forty hexadecimal digits are Paystack's: the same prefix. */
function stripe(candidate: Candidate): Verdict {
  const body = candidate.secret.slice(8);
  if (/^[0-9a-f]{40}$/.test(body)) return { refused: 'overlapped' };
  const refused = whyNotRandom(body);
  return refused === null ? { confidence: 0.95, verified: false } : { refused };
}

export const PAYMENT_KEYS: readonly SecretKind[] = [
  {
    name: 'stripe-secret-key',
    title: 'Stripe secret key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('sk_live_', '[A-Za-z0-9]{24,247}', { check: stripe }),
    source: STRIPE,
  },
  {
    name: 'stripe-restricted-key',
    title: 'Stripe restricted key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('rk_live_', '[A-Za-z0-9]{24,247}', { check: stripe }),
    source: STRIPE,
  },
  {
    name: 'stripe-test-key',
    title: 'Stripe test key',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token(['sk_test_', 'rk_test_'], '[A-Za-z0-9]{24,247}', { check: stripe }),
    source: STRIPE,
  },
  {
    name: 'stripe-webhook-secret',
    title: 'Stripe webhook signing secret',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...token('whsec_', '[A-Za-z0-9+/]{32,64}', { tail: '+/-' }),
    source: 'https://docs.stripe.com/webhooks/signature',
  },
  {
    name: 'paystack-key',
    title: 'Paystack secret key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('sk_live_', '[0-9a-f]{40}'),
    source: titus('paystack'),
  },
  {
    name: 'paystack-test-key',
    title: 'Paystack test key',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('sk_test_', '[0-9a-f]{40}'),
    source: titus('paystack'),
  },
  {
    name: 'square-access-token',
    title: 'Square access token',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    // `EAAA` begins much base64: what is no access token has no 60 characters behind it and an end.
    ...token('EAAA', '[A-Za-z0-9_-]{60}', { tail: '+/=-' }),
    source: SQUARE,
  },
  {
    name: 'square-legacy-token',
    title: 'Square access token (older format)',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('sq0atp-', '[A-Za-z0-9_-]{22}', { tail: '-' }),
    source: titus('square'),
  },
  {
    name: 'square-oauth-secret',
    title: 'Square OAuth application secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sq0csp-', '[A-Za-z0-9_-]{43}', { tail: '-' }),
    source: titus('square'),
  },
  {
    name: 'braintree-access-token',
    title: 'PayPal Braintree access token',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('access_token$production$', '[0-9a-z]{16}\\$[0-9a-f]{32}'),
    literals: prefix('access_token$production$', 'access_token%24production'),
    source: 'https://github.com/Samsung/CredSweeper/blob/main/credsweeper/rules/config.yaml',
  },
  {
    name: 'braintree-sandbox-token',
    title: 'PayPal Braintree sandbox token',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('access_token$sandbox$', '[0-9a-z]{16}\\$[0-9a-f]{32}'),
    literals: prefix('access_token$sandbox$', 'access_token%24sandbox'),
    source: 'https://developer.paypal.com/braintree/docs/start/hello-server',
  },
  {
    name: 'adyen-key',
    title: 'Adyen API key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(
      ['adyen api key', 'adyen key', 'x api key'],
      'AQE[A-Za-z0-9+/]{40,200}={0,2}(?:-[A-Za-z0-9+/]{20,100}={0,2}-[^\\s"\'<>]{4,40})?',
      {
        publicPrefix: 3,
      },
    ),
    source: 'https://docs.adyen.com/development-resources/api-credentials/',
  },
  {
    name: 'plaid-access-token',
    title: 'Plaid access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('access-production-', UUID, { tail: '-' }),
    source: PLAID,
  },
  {
    name: 'plaid-sandbox-token',
    title: 'Plaid sandbox token',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token(['access-sandbox-', 'access-development-'], UUID, { tail: '-' }),
    source: PLAID,
  },
  {
    name: 'plaid-secret',
    title: 'Plaid secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['plaid secret', 'plaid secret key'], '[0-9a-f]{30}'),
    source: GITLEAKS,
  },
  {
    name: 'razorpay-secret',
    title: 'Razorpay key secret',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(['razorpay key secret', 'razorpay secret'], '[A-Za-z0-9]{24}'),
    source: 'https://razorpay.com/docs/api/authentication/',
  },
  {
    name: 'flutterwave-key',
    title: 'Flutterwave secret key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('FLWSECK-', '[0-9a-z]{32}-X', { tail: '-' }),
    source: 'https://developer.flutterwave.com/v3.0/docs/authentication',
  },
  {
    name: 'flutterwave-test-key',
    title: 'Flutterwave test key',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('FLWSECK_TEST-', '[0-9a-z]{32}-X', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'gocardless-token',
    title: 'GoCardless access token',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(
      ['gocardless access token', 'gocardless token', 'gocardless api key'],
      'live_[A-Za-z0-9_-]{40}',
      { publicPrefix: 5 },
    ),
    source: GITLEAKS,
  },
  {
    name: 'shopify-access-token',
    title: 'Shopify app access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('shpat_', '[0-9a-fA-F]{32}'),
    source: GITLEAKS,
  },
  {
    name: 'shopify-custom-token',
    title: 'Shopify custom app access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('shpca_', '[0-9a-fA-F]{32}'),
    source: GITLEAKS,
  },
  {
    name: 'shopify-private-token',
    title: 'Shopify private app access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('shppa_', '[0-9a-fA-F]{32}'),
    source: GITLEAKS,
  },
  {
    name: 'shopify-shared-secret',
    title: 'Shopify app secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('shpss_', '[0-9a-fA-F]{32}'),
    source: GITLEAKS,
  },
  {
    name: 'shippo-key',
    title: 'Shippo live token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('shippo_live_', '[0-9a-f]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'shippo-test-key',
    title: 'Shippo test token',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('shippo_test_', '[0-9a-f]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'easypost-key',
    title: 'EasyPost API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('EZAK', '[A-Za-z0-9]{54}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
  {
    name: 'easypost-test-key',
    title: 'EasyPost test API key',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('EZTK', '[A-Za-z0-9]{54}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
  {
    name: 'duffel-token',
    title: 'Duffel access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('duffel_live_', '[A-Za-z0-9_-]{43}', { tail: '=-' }),
    source: GITLEAKS,
  },
  {
    name: 'duffel-test-token',
    title: 'Duffel test token',
    rule: 'SEC-15',
    severity: 'LOW',
    ...token('duffel_test_', '[A-Za-z0-9_-]{43}', { tail: '=-' }),
    source: GITLEAKS,
  },
  {
    name: 'lob-key',
    title: 'Lob API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['lob api key', 'lob key'], 'live_[0-9a-f]{35}', { publicPrefix: 5 }),
    source: GITLEAKS,
  },
];

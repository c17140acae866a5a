// SEC-15: keys of clouds and of places where programs and sites run.

import { checkCloudFrontUrl, checkGoogleUrl } from '../checks/signed-url.ts';
import { randomBehind, whyNotRandom } from '../checks/token-body.ts';
import { base62Checksum, hexChecksum } from '../checks/token-checksums.ts';
import { type Candidate, prefix, type SecretKind, type Verdict, word } from '../secret-kind.ts';
import { CREDSWEEPER, GITLEAKS, kingfisher, named, token, tokenBeside } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const GOOGLE_OAUTH = 'https://developers.google.com/identity/protocols/oauth2';
const CLOUDFLARE = 'https://developers.cloudflare.com/fundamentals/api/get-started/token-formats/';
const VERCEL = 'https://vercel.com/changelog/new-token-formats-and-secret-scanning';
const DIGITALOCEAN = 'https://docs.digitalocean.com/reference/api/create-personal-access-token/';

/** Vercel: 50 characters and their CRC-32. */
const VERCEL_BODY = '[A-Za-z0-9_-]{50}[A-Za-z0-9]{6}';
const vercel = { tail: '-', check: base62Checksum(4) };

/** Cloudflare says that there is a checksum, but not which: CRC-32 of the 40 characters by what others found. A wrong one refuses nothing. */
function cloudflare(publicPrefix: number) {
  const checksum = hexChecksum(publicPrefix);
  return (candidate: Candidate): Verdict => {
    const verdict = checksum(candidate);
    if (!('refused' in verdict)) return verdict;
    const refused = whyNotRandom(candidate.secret.slice(publicPrefix));
    return refused === null ? { confidence: 0.9, verified: false } : { refused };
  };
}

/** The key in the address of a Google Chat webhook is the same for everybody: the token behind it is the secret (SEC-16). */
function googleKey(candidate: Candidate): Verdict {
  if (candidate.text.startsWith('&token=', candidate.end)) return { refused: 'overlapped' };
  const refused = whyNotRandom(candidate.secret.slice(4));
  return refused === null ? { confidence: 0.9, verified: false } : { refused };
}

export const CLOUD_KEYS: readonly SecretKind[] = [
  {
    name: 'google-api-key',
    title: 'Google API key',
    rule: 'SEC-15',
    // Some are made to be public (maps in a browser), others pay for Gemini.
    severity: 'MEDIUM',
    ...token('AIza', '[A-Za-z0-9_-]{35}', { tail: '-', check: googleKey }),
    source: 'https://cloud.google.com/docs/authentication/api-keys',
  },
  {
    name: 'google-signed-url',
    title: 'Signature of a Cloud Storage URL',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    literals: word('x-goog-signature=', 'googleaccessid='),
    pattern:
      /(?:X-Goog-Signature=(?=[0-9a-f]{128})|[?&;]Signature=(?=[A-Za-z0-9%+/]{160}))(?<secret>[A-Za-z0-9%+/]{128,1040}={0,2})(?![A-Za-z0-9%+/])/dgi,
    before: 1_600,
    behind: 1_600,
    linesOnly: true,
    check: checkGoogleUrl,
    rank: 1,
    source: 'https://cloud.google.com/storage/docs/access-control/signed-urls',
  },
  {
    name: 'cloudfront-signed-url',
    title: 'Signature of a CloudFront URL or cookie',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    literals: word('key-pair-id='),
    pattern: /(?:[?&;]|CloudFront-)Signature=(?<secret>[A-Za-z0-9_~-]{90,720})(?![A-Za-z0-9_~-])/dgi,
    before: 1_600,
    behind: 1_600,
    linesOnly: true,
    check: checkCloudFrontUrl,
    rank: 1,
    source:
      'https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/private-content-creating-signed-url-canned-policy.html',
  },
  {
    name: 'google-oauth-secret',
    title: 'Google OAuth client secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('GOCSPX-', '[A-Za-z0-9_-]{28}', { tail: '-' }),
    source: CREDSWEEPER,
  },
  {
    name: 'google-oauth-token',
    title: 'Google OAuth access token',
    rule: 'SEC-15',
    // Lives an hour.
    severity: 'MEDIUM',
    ...token('ya29.', '[A-Za-z0-9_.-]{30,2000}', { tail: '-', behind: 2064 }),
    source: GOOGLE_OAUTH,
  },
  {
    name: 'google-refresh-token',
    title: 'Google OAuth refresh token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('1//0', '[A-Za-z0-9_-]{60,510}', { tail: '-', behind: 576 }),
    literals: prefix('1//0', '1%2F%2F0', '1\\/\\/0'),
    source: GOOGLE_OAUTH,
  },
  {
    name: 'digitalocean-personal-token',
    title: 'DigitalOcean personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('dop_v1_', '[0-9a-f]{64}'),
    source: DIGITALOCEAN,
  },
  {
    name: 'digitalocean-oauth-token',
    title: 'DigitalOcean OAuth token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('doo_v1_', '[0-9a-f]{64}'),
    source: GITLEAKS,
  },
  {
    name: 'digitalocean-refresh-token',
    title: 'DigitalOcean OAuth refresh token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('dor_v1_', '[0-9a-f]{64}'),
    source: GITLEAKS,
  },
  {
    name: 'cloudflare-user-token',
    title: 'Cloudflare user API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('cfut_', '[A-Za-z0-9_-]{40}[0-9a-fA-F]{8}', { tail: '-', check: cloudflare(5) }),
    source: CLOUDFLARE,
  },
  {
    name: 'cloudflare-account-token',
    title: 'Cloudflare account API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('cfat_', '[A-Za-z0-9_-]{40}[0-9a-fA-F]{8}', { tail: '-', check: cloudflare(5) }),
    source: CLOUDFLARE,
  },
  {
    name: 'cloudflare-global-key',
    title: 'Cloudflare global API key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...token('cfk_', '[A-Za-z0-9_-]{40}[0-9a-fA-F]{8}', { tail: '-', check: cloudflare(4) }),
    source: CLOUDFLARE,
  },
  {
    name: 'cloudflare-origin-key',
    title: 'Cloudflare Origin CA key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('v1.0-', '[0-9a-f]{24}-[0-9a-f]{146}', { tail: '-' }),
    source: 'https://developers.cloudflare.com/fundamentals/api/get-started/ca-keys/',
  },
  {
    name: 'cloudflare-named-token',
    title: 'Cloudflare API token (older format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['cloudflare api token', 'cf api token'], '[A-Za-z0-9_-]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'cloudflare-named-global-key',
    title: 'Cloudflare global API key (older format)',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(['cloudflare api key', 'cf api key', 'x auth key'], '[0-9a-f]{37}'),
    source: GITLEAKS,
  },
  {
    name: 'fastly-token',
    title: 'Fastly API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['fastly api token', 'fastly api key', 'fastly key', 'fastly token'], '[A-Za-z0-9_-]{32}'),
    source: GITLEAKS,
  },
  {
    name: 'scaleway-secret-key',
    title: 'Scaleway secret key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['scw secret key', 'scaleway secret key'], UUID),
    source: 'https://www.scaleway.com/en/docs/scaleway-cli/reference-content/scaleway-configuration-file/',
  },
  {
    name: 'heroku-key',
    title: 'Heroku API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('HRKU-AA', '[A-Za-z0-9_-]{58}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'heroku-named-key',
    title: 'Heroku API key (older format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['heroku api key', 'heroku api token'], UUID),
    source: GITLEAKS,
  },
  {
    name: 'fly-token',
    title: 'Fly.io access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(['fm2_', 'fm1r_', 'fm1a_'], '[A-Za-z0-9+/]{100,1500}={0,2}', {
      tail: '+/=-',
      behind: 1600,
      // What all begin with holds a run of zeros.
      check: randomBehind(24),
    }),
    source: GITLEAKS,
  },
  {
    name: 'fly-oauth-token',
    title: 'Fly.io personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('fo1_', '[A-Za-z0-9_-]{43}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'supabase-access-token',
    title: 'Supabase personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sbp_', '[0-9a-f]{40}'),
    source: kingfisher('supabase'),
  },
  {
    name: 'supabase-secret-key',
    title: 'Supabase secret key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('sb_secret_', '[A-Za-z0-9_-]{31,36}', { tail: '-' }),
    source: 'https://supabase.com/docs/guides/api/api-keys',
  },
  {
    name: 'planetscale-token',
    title: 'PlanetScale service token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('pscale_tkn_', '[A-Za-z0-9=_.-]{32,64}', { tail: '=-' }),
    source: GITLEAKS,
  },
  {
    name: 'planetscale-password',
    title: 'PlanetScale database password',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('pscale_pw_', '[A-Za-z0-9=_.-]{32,64}', { tail: '=-' }),
    source: GITLEAKS,
  },
  {
    name: 'planetscale-oauth-token',
    title: 'PlanetScale OAuth token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('pscale_oauth_', '[A-Za-z0-9=_.-]{32,64}', { tail: '=-' }),
    source: GITLEAKS,
  },
  {
    name: 'netlify-token',
    title: 'Netlify personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('nfp_', '[A-Za-z0-9]{36,48}'),
    source: kingfisher('netlify'),
  },
  {
    name: 'netlify-named-token',
    title: 'Netlify access token (older format)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['netlify auth token', 'netlify access token', 'netlify token'], '(?!nfp_)[A-Za-z0-9_-]{43,45}'),
    source: kingfisher('netlify'),
  },
  {
    name: 'vercel-personal-token',
    title: 'Vercel personal access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('vcp_', VERCEL_BODY, vercel),
    source: VERCEL,
  },
  {
    name: 'vercel-integration-token',
    title: 'Vercel integration token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('vci_', VERCEL_BODY, vercel),
    source: VERCEL,
  },
  {
    name: 'vercel-app-token',
    title: 'Vercel app access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('vca_', VERCEL_BODY, vercel),
    source: VERCEL,
  },
  {
    name: 'vercel-refresh-token',
    title: 'Vercel app refresh token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('vcr_', VERCEL_BODY, vercel),
    source: VERCEL,
  },
  {
    name: 'vercel-gateway-key',
    title: 'Vercel AI Gateway key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('vck_', VERCEL_BODY, vercel),
    source: VERCEL,
  },
  {
    name: 'alibaba-secret-key',
    title: 'Alibaba Cloud AccessKey secret',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(
      [
        'alibaba cloud access key secret',
        'alicloud secret key',
        'aliyun access key secret',
        'accesskeysecret',
      ],
      '[A-Za-z0-9]{30}',
    ),
    source: GITLEAKS,
  },
  {
    name: 'tencent-secret-key',
    title: 'Tencent Cloud secret key',
    rule: 'SEC-15',
    severity: 'CRITICAL',
    ...named(
      ['tencentcloud secret key', 'tencent cloud secret key', 'tencent secret key'],
      '[A-Za-z0-9]{32}',
    ),
    source: 'https://www.tencentcloud.com/document/product/598/34228',
  },
  {
    name: 'ibm-cloud-key',
    title: 'IBM Cloud API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['ibm cloud api key', 'ibmcloud api key', 'ibm api key'], '[A-Za-z0-9_-]{44}'),
    source: 'https://github.com/Yelp/detect-secrets/blob/master/detect_secrets/plugins/ibm_cloud_iam.py',
  },
  {
    name: 'yandex-key',
    title: 'Yandex Cloud API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('AQVN', '[A-Za-z0-9_-]{35,38}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
  {
    name: 'clickhouse-cloud-secret',
    title: 'ClickHouse Cloud API key secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('4b1d', '[A-Za-z0-9]{38}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
  {
    name: 'dropbox-token',
    title: 'Dropbox access token',
    rule: 'SEC-15',
    // Lives four hours.
    severity: 'MEDIUM',
    ...tokenBeside(['dropbox access token', 'dropbox token'], 'sl.', '(?:u\\.)?[A-Za-z0-9_-]{130,1400}', {
      tail: '-',
      behind: 1500,
    }),
    source: CREDSWEEPER,
  },
  {
    name: 'nats-seed',
    title: 'NATS user seed',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['nkey seed', 'nats nkey', 'nkey'], 'SU[A-Z2-7]{56}', { publicPrefix: 2 }),
    source: 'https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/nkey_auth',
  },
];

// Keys of clouds and hosts, by what their issuers say of them.

import { crc32 } from 'node:zlib';
import type { Random } from '../prng.ts';
import { withBase62Checksum } from './forge-tokens.ts';
import type { SecretExample } from './secret-example.ts';
import { BASE36, BASE62, BASE64, bare, onlyNamed, UPPER, URL_SAFE } from './token-text.ts';

/** A key of Azure: random base64 with a signature in it. */
const azure = (before: number, signature: string, ending: (random: Random) => string) => (random: Random) =>
  `${random.text(BASE64, before)}${signature}${ending(random)}`;
const of64 = (random: Random) => `${random.text(BASE64, 5)}${random.pick(['A', 'Q', 'g', 'w'])}==`;
const of32 = (random: Random) => `${random.text('ABCDEFGHIJKLMNOP', 1)}${random.text(BASE64, 5)}=`;
const ofSearch = (random: Random) => `${random.text('ABCD', 1)}${random.text(BASE62, 5)}`;
const ofRegistry = (random: Random) => `${random.text('ABCD', 1)}${random.text(BASE64, 5)}`;

const AZURE: readonly SecretExample[] = [
  bare(
    'azure-client-secret',
    'AZURE_CLIENT_SECRET',
    (random) => `${random.text(BASE62, 3)}8Q~${random.text(`${URL_SAFE}.~`, 33)}${random.text(BASE62, 1)}`,
  ),
  bare('azure-storage-key', 'AZURE_STORAGE_KEY', azure(76, '+ASt', of64)),
  onlyNamed(
    'azure-storage-key-named',
    'STORAGE_ACCOUNT_KEY',
    (random) => `${random.text(BASE64, 85)}${random.pick(['A', 'Q', 'g', 'w'])}==`,
  ),
  bare('azure-cosmos-key', 'COSMOS_KEY', azure(76, 'ACDb', of64)),
  bare('azure-batch-key', 'BATCH_KEY', azure(76, '+ABa', of64)),
  bare('azure-management-key', 'GATEWAY_KEY', azure(76, 'APIM', of64)),
  onlyNamed('azure-subscription-key', 'OCP_APIM_SUBSCRIPTION_KEY', (random) => random.hex(32)),
  bare('azure-service-bus-key', 'SERVICE_BUS_KEY', azure(33, '+ASb', of32)),
  bare('azure-event-hub-key', 'EVENT_HUB_KEY', azure(33, '+AEh', of32)),
  bare('azure-relay-key', 'RELAY_KEY', azure(33, '+ARm', of32)),
  bare('azure-event-grid-key', 'EVENT_GRID_KEY', azure(33, 'AZEG', of32)),
  bare('azure-iot-key', 'IOT_HUB_KEY', azure(33, 'AIoT', of32)),
  {
    kind: 'azure-shared-access-key',
    make(random) {
      const key = `${random.text(BASE64, 43)}=`;
      return {
        secrets: [key],
        text: `Endpoint=sb://orders.servicebus.windows.net/;SharedAccessKeyName=send;SharedAccessKey=${key}`,
        member: { key: 'SharedAccessKey', value: key },
      };
    },
  },
  bare('azure-redis-key', 'AZURE_REDIS_KEY', azure(33, 'AzCa', of32)),
  bare('azure-search-key', 'SEARCH_KEY', (random) => `${random.text(BASE62, 42)}AzSe${ofSearch(random)}`),
  bare('azure-registry-key', 'ACR_KEY', azure(42, '+ACR', ofRegistry)),
  bare(
    'azure-function-key',
    'FUNCTION_KEY',
    (random) =>
      `${random.text(URL_SAFE, 44)}AzFu${random.text(URL_SAFE, 5)}${random.pick(['A', 'Q', 'g', 'w'])}==`,
  ),
  bare(
    'azure-service-key',
    'AZURE_OPENAI_API_KEY',
    (random) => `${random.text(BASE62, 52)}JQQJ99BKAC${random.text(BASE62, 14)}AAA${random.text(BASE62, 5)}`,
  ),
  {
    kind: 'azure-sas-signature',
    make(random) {
      const signature = random.text(BASE64, 43);
      const url = `https://orders.blob.core.windows.net/invoices/2026.csv?sv=2024-11-04&st=2026-11-01T00%3A00%3A00Z&se=2026-12-01T00%3A00%3A00Z&sr=b&sp=r&sig=${encodeURIComponent(`${signature}=`)}`;
      return { secrets: [signature], text: `GET ${url} 200`, member: { key: 'url', value: url } };
    },
  },
];

const cloudflare = (start: string) => (random: Random) => {
  const body = random.text(BASE62, 40);
  return `${start}${body}${crc32(body).toString(16).padStart(8, '0')}`;
};
const vercel = (start: string) => (random: Random) => withBase62Checksum(start, random.text(BASE62, 50));
const planetscale = (start: string) => (random: Random) => `${start}${random.text(URL_SAFE, 43)}`;

const CLOUDS: readonly SecretExample[] = [
  bare(
    'google-api-key',
    'GOOGLE_API_KEY',
    (random) => `${['AI', 'za'].join('')}Sy${random.text(URL_SAFE, 33)}`,
  ),
  {
    kind: 'google-signed-url',
    make(random, timeMs) {
      const secret = random.hex(512);
      const signed = `${new Date(timeMs).toISOString().replace(/[-:]|\.\d{3}/g, '')}`;
      return {
        secrets: [secret],
        text:
          'https://storage.googleapis.com/exports/a.csv?X-Goog-Algorithm=GOOG4-RSA-SHA256' +
          `&X-Goog-Credential=ci%40p.iam.gserviceaccount.com%2F${signed.slice(0, 8)}%2Fauto%2Fstorage%2Fgoog4_request` +
          `&X-Goog-Date=${signed}&X-Goog-Expires=86400&X-Goog-SignedHeaders=host&X-Goog-Signature=${secret}`,
      };
    },
  },
  {
    kind: 'cloudfront-signed-url',
    make(random, timeMs) {
      const secret = `${random.text(`${BASE62}-~`, 341)}_`;
      return {
        secrets: [secret],
        text: `https://d${random.text(BASE36, 13)}.cloudfront.net/a.mp4?Expires=${Math.floor(timeMs / 1000) + 7200}&Signature=${secret}&Key-Pair-Id=K${random.text(UPPER, 13)}`,
      };
    },
  },
  bare('google-oauth-secret', 'GOOGLE_CLIENT_SECRET', (random) => `GOCSPX-${random.text(URL_SAFE, 28)}`),
  bare(
    'google-oauth-token',
    'GOOGLE_ACCESS_TOKEN',
    (random) => `ya29.a0A${random.text(URL_SAFE, 160)}${random.text(BASE62, 1)}`,
  ),
  bare(
    'google-refresh-token',
    'GOOGLE_REFRESH_TOKEN',
    (random) => `1//0${random.text(BASE62, 1)}${random.text(URL_SAFE, 98)}`,
  ),
  bare('digitalocean-personal-token', 'DIGITALOCEAN_TOKEN', (random) => `dop_v1_${random.hex(64)}`),
  bare('digitalocean-oauth-token', 'DIGITALOCEAN_TOKEN', (random) => `doo_v1_${random.hex(64)}`),
  bare('digitalocean-refresh-token', 'DO_REFRESH_TOKEN', (random) => `dor_v1_${random.hex(64)}`),
  bare('cloudflare-user-token', 'CLOUDFLARE_API_TOKEN', cloudflare('cfut_')),
  bare('cloudflare-account-token', 'CLOUDFLARE_API_TOKEN', cloudflare('cfat_')),
  bare('cloudflare-global-key', 'CLOUDFLARE_API_KEY', cloudflare('cfk_')),
  bare('cloudflare-origin-key', 'CF_ORIGIN_KEY', (random) => `v1.0-${random.hex(24)}-${random.hex(146)}`),
  onlyNamed('cloudflare-named-token', 'CLOUDFLARE_API_TOKEN', (random) => random.text(URL_SAFE, 40)),
  onlyNamed('cloudflare-named-global-key', 'CLOUDFLARE_API_KEY', (random) => random.hex(37)),
  onlyNamed('fastly-token', 'FASTLY_API_TOKEN', (random) => random.text(URL_SAFE, 32)),
  onlyNamed('scaleway-secret-key', 'SCW_SECRET_KEY', (random) => random.uuid()),
  bare('heroku-key', 'HEROKU_API_KEY', (random) => `HRKU-AA${random.text(URL_SAFE, 58)}`),
  onlyNamed('heroku-named-key', 'HEROKU_API_KEY', (random) => random.uuid()),
  bare(
    'fly-token',
    'FLY_API_TOKEN',
    (random) => `fm2_lJPECAAAAAAAC${random.text(BASE64, random.between(200, 600))}`,
  ),
  bare('fly-oauth-token', 'FLY_ACCESS_TOKEN', (random) => `fo1_${random.text(URL_SAFE, 43)}`),
  bare('supabase-access-token', 'SUPABASE_ACCESS_TOKEN', (random) => `sbp_${random.hex(40)}`),
  bare(
    'supabase-secret-key',
    'SUPABASE_SECRET_KEY',
    (random) => `sb_secret_${random.text(URL_SAFE, 22)}_${random.text(URL_SAFE, 8)}`,
  ),
  bare('planetscale-token', 'PLANETSCALE_SERVICE_TOKEN', planetscale('pscale_tkn_')),
  bare('planetscale-password', 'DATABASE_PASSWORD', planetscale('pscale_pw_')),
  bare('planetscale-oauth-token', 'PSCALE_TOKEN', planetscale('pscale_oauth_')),
  bare('netlify-token', 'NETLIFY_AUTH_TOKEN', (random) => `nfp_${random.text(BASE62, 36)}`),
  onlyNamed('netlify-named-token', 'NETLIFY_AUTH_TOKEN', (random) => random.text(URL_SAFE, 43)),
  bare('vercel-personal-token', 'VERCEL_TOKEN', vercel('vcp_')),
  bare('vercel-integration-token', 'VERCEL_TOKEN', vercel('vci_')),
  bare('vercel-app-token', 'VERCEL_APP_TOKEN', vercel('vca_')),
  bare('vercel-refresh-token', 'VERCEL_REFRESH_TOKEN', vercel('vcr_')),
  bare('vercel-gateway-key', 'AI_GATEWAY_API_KEY', vercel('vck_')),
  onlyNamed('alibaba-secret-key', 'ALIBABA_CLOUD_ACCESS_KEY_SECRET', (random) => random.text(BASE62, 30)),
  onlyNamed('tencent-secret-key', 'TENCENTCLOUD_SECRET_KEY', (random) => random.text(BASE62, 32)),
  onlyNamed('ibm-cloud-key', 'IBMCLOUD_API_KEY', (random) => random.text(URL_SAFE, 44)),
  bare('yandex-key', 'YANDEX_API_KEY', (random) => `AQVN${random.text(URL_SAFE, 36)}`),
  bare('clickhouse-cloud-secret', 'CLICKHOUSE_KEY_SECRET', (random) => `4b1d${random.text(BASE62, 38)}`),
  onlyNamed(
    'dropbox-token',
    'DROPBOX_ACCESS_TOKEN',
    (random) => `sl.${random.pick(['', 'u.'])}${random.text(URL_SAFE, 135)}`,
  ),
  onlyNamed('nats-seed', 'NKEY_SEED', (random) => `SU${random.text(`${UPPER}234567`, 56)}`),
];

const MODELS: readonly SecretExample[] = [
  bare('openai-key', 'OPENAI_API_KEY', (random) => openai(random, 'sk-', BASE62, 20)),
  bare('openai-project-key', 'OPENAI_API_KEY', (random) =>
    openai(random, 'sk-proj-', URL_SAFE, random.pick([58, 74])),
  ),
  bare('openai-service-key', 'OPENAI_API_KEY', (random) =>
    openai(random, 'sk-svcacct-', URL_SAFE, random.pick([58, 74])),
  ),
  bare('openai-admin-key', 'OPENAI_ADMIN_KEY', (random) =>
    openai(random, 'sk-admin-', URL_SAFE, random.pick([58, 74])),
  ),
  bare(
    'gemini-key',
    'GEMINI_API_KEY',
    (random) => `AQ.Ab8RN6${random.text(URL_SAFE, 43)}${random.text(BASE62, 1)}`,
  ),
  bare(
    'anthropic-oauth-token',
    'CLAUDE_CODE_OAUTH_TOKEN',
    (random) => `sk-ant-oat01-${random.text(URL_SAFE, 93)}AA`,
  ),
  bare('anthropic-key', 'ANTHROPIC_API_KEY', (random) => `sk-ant-api03-${random.text(URL_SAFE, 93)}AA`),
  bare(
    'anthropic-admin-key',
    'ANTHROPIC_ADMIN_KEY',
    (random) => `sk-ant-admin01-${random.text(URL_SAFE, 93)}AA`,
  ),
  bare(
    'huggingface-token',
    'HF_TOKEN',
    (random) => `hf_${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 34)}`,
  ),
  bare('huggingface-organization-token', 'HF_API_TOKEN', (random) => `api_org_${random.text(BASE62, 34)}`),
  bare(
    'groq-key',
    'GROQ_API_KEY',
    (random) => `gsk_${random.text(BASE62, 20)}WGdyb3FY${random.text(BASE62, 24)}`,
  ),
  bare('replicate-token', 'REPLICATE_API_TOKEN', (random) => `r8_${random.text(BASE62, 37)}`),
  bare('xai-key', 'XAI_API_KEY', (random) => `xai-${random.text(BASE62, 80)}`),
  bare('perplexity-key', 'PERPLEXITY_API_KEY', (random) => `pplx-${random.text(BASE62, 48)}`),
  bare('openrouter-key', 'OPENROUTER_API_KEY', (random) => `sk-or-v1-${random.hex(64)}`),
  bare(
    'langsmith-personal-token',
    'LANGSMITH_API_KEY',
    (random) => `lsv2_pt_${random.hex(32)}_${random.hex(10)}`,
  ),
  bare(
    'langsmith-service-key',
    'LANGSMITH_API_KEY',
    (random) => `lsv2_sk_${random.hex(32)}_${random.hex(10)}`,
  ),
  bare(
    'pinecone-key',
    'PINECONE_API_KEY',
    (random) => `pcsk_${random.text(BASE62, 6)}_${random.text(BASE62, 63)}`,
  ),
  bare('cerebras-key', 'CEREBRAS_API_KEY', (random) => `csk-${random.text(BASE36, 48)}`),
  bare(
    'tavily-key',
    'TAVILY_API_KEY',
    (random) => `tvly-${random.pick(['', 'dev-'])}${random.text(BASE62, 32)}`,
  ),
  onlyNamed('elevenlabs-key', 'ELEVENLABS_API_KEY', (random) => `sk_${random.hex(48)}`),
  onlyNamed('cohere-key', 'COHERE_API_KEY', (random) => random.text(BASE62, 40)),
  onlyNamed('mistral-key', 'MISTRAL_API_KEY', (random) => random.text(BASE62, 32)),
];

/** `OpenAI` in base64 stands in the middle. */
function openai(random: Random, start: string, alphabet: string, side: number): string {
  return `${start}${random.text(alphabet, side)}${Buffer.from('OpenAI').toString('base64')}${random.text(alphabet, side)}`;
}

export const CLOUD_KEY_EXAMPLES: readonly SecretExample[] = [...AZURE, ...CLOUDS, ...MODELS];

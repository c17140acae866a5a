// SEC-14, 15 and 16: tokens, keys and webhooks that others issue, in the logs of those who use them.

import { isoMillis } from '../clock.ts';
import { CLOUD_KEY_EXAMPLES } from '../secret-examples/cloud-keys.ts';
import { FORGE_TOKEN_EXAMPLES } from '../secret-examples/forge-tokens.ts';
import { SERVICE_KEY_EXAMPLES } from '../secret-examples/service-keys.ts';
import { WEBHOOK_EXAMPLES } from '../secret-examples/webhooks.ts';
import { ANY, cutByDocker, longWords, PYTHON, type Scene, type SecretVariant } from './secret-variant.ts';

const EXAMPLES = new Map(
  [...FORGE_TOKEN_EXAMPLES, ...CLOUD_KEY_EXAMPLES, ...SERVICE_KEY_EXAMPLES, ...WEBHOOK_EXAMPLES].map(
    (example) => [example.kind, example],
  ),
);
const JSON_LINES = ['node', 'lambda', 'uvicorn'] as const;

/** A token of that kind; of a webhook its address. */
function issued(kind: string, { random, timeMs }: Scene): string {
  const made = EXAMPLES.get(kind)!.make(random, timeMs);
  return made.member!.value;
}

export const BUILD_TOKENS: readonly SecretVariant[] = [
  {
    rule: 'SEC-14',
    name: 'clone-url',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a GitHub token in the address of a repository',
    messages: (scene) => [
      `ERROR fatal: unable to access 'https://x-access-token:${issued('github-personal-token', scene)}@github.com/shop/orders.git/': 503`,
    ],
  },
  {
    rule: 'SEC-14',
    name: 'cut-by-docker',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a GitHub token over the cut of a message of 17 KB',
    messages: (scene) =>
      cutByDocker(
        JSON.stringify({
          note: longWords(16_350),
          github: issued('github-personal-token', scene),
          more: longWords(700),
        }),
        isoMillis(scene.timeMs),
      ),
  },
  {
    rule: 'SEC-14',
    name: 'registry-settings',
    severity: 'HIGH',
    kinds: ANY,
    description: 'the settings of npm',
    messages: (scene) => [`npm ERR! //registry.npmjs.org/:_authToken=${issued('npm-token', scene)}`],
  },
  {
    rule: 'SEC-14',
    name: 'json-in-json',
    severity: 'HIGH',
    kinds: JSON_LINES,
    description: 'a token of GitLab in JSON inside of JSON',
    messages: (scene) => [
      JSON.stringify({
        level: 'debug',
        time: isoMillis(scene.timeMs),
        body: JSON.stringify({ project: 42, private_token: issued('gitlab-personal-token', scene) }),
      }),
    ],
  },
  {
    rule: 'SEC-14',
    name: 'vault-header',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'the headers of a request to Vault',
    messages: (scene) => [
      `DEBUG GET /v1/secret/data/orders headers={'X-Vault-Token': '${issued('vault-service-token', scene)}', 'Accept': '*/*'}`,
    ],
  },
  {
    rule: 'SEC-14',
    name: 'in-base64',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'the settings of a build in base64',
    messages: (scene) => [
      `INFO build arguments ${Buffer.from(`TF_TOKEN_app_terraform_io=${issued('terraform-cloud-token', scene)}\nREGION=eu-west-1\n`).toString('base64')}`,
    ],
  },
];

export const SERVICE_KEYS: readonly SecretVariant[] = [
  {
    rule: 'SEC-15',
    name: 'model-request',
    severity: 'HIGH',
    kinds: JSON_LINES,
    description: 'the headers of a request to a language model',
    messages: (scene) => [
      JSON.stringify({
        level: 'error',
        msg: '401 from api.openai.com',
        request: { headers: { authorization: `Bearer ${issued('openai-project-key', scene)}` } },
      }),
    ],
  },
  {
    rule: 'SEC-15',
    name: 'payment-key',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'a live key of Stripe',
    messages: (scene) => [`WARN stripe: Expired API Key provided: ${issued('stripe-secret-key', scene)}`],
  },
  {
    rule: 'SEC-15',
    name: 'test-key',
    severity: 'LOW',
    kinds: ANY,
    description: 'a test key of Stripe',
    messages: (scene) => [`INFO stripe mode=test key=${issued('stripe-test-key', scene)}`],
  },
  {
    rule: 'SEC-15',
    name: 'bot-address',
    severity: 'HIGH',
    kinds: PYTHON,
    description: 'a bot of Telegram, whose token stands in every address',
    messages: (scene) => [
      `DEBUG https://api.telegram.org:443 "POST /bot${issued('telegram-bot-token', scene)}/sendMessage HTTP/1.1" 200 312`,
    ],
  },
  {
    rule: 'SEC-15',
    name: 'named-keys',
    severity: 'HIGH',
    kinds: ANY,
    description: 'a key that is one by its name alone',
    messages: (scene) => [
      `INFO agent started with DD_API_KEY=${issued('datadog-api-key', scene)} DD_SITE=datadoghq.eu`,
    ],
  },
  {
    rule: 'SEC-15',
    name: 'storage-connection',
    severity: 'CRITICAL',
    kinds: ANY,
    description: 'the connection string of a storage account',
    messages: (scene) => [
      `DEBUG storage DefaultEndpointsProtocol=https;AccountName=shop;AccountKey=${issued('azure-storage-key', scene)};EndpointSuffix=core.windows.net`,
    ],
  },
];

export const WEBHOOK_ADDRESSES: readonly SecretVariant[] = [
  {
    rule: 'SEC-16',
    name: 'failed-post',
    severity: 'MEDIUM',
    kinds: PYTHON,
    description: 'the address of a webhook in an exception',
    messages: (scene) => [
      `ERROR requests.exceptions.HTTPError: 404 Client Error: Not Found for url: ${issued('slack-webhook', scene)}`,
    ],
  },
  {
    rule: 'SEC-16',
    name: 'in-json',
    severity: 'MEDIUM',
    kinds: JSON_LINES,
    description: 'the settings of alerts in a JSON line',
    messages: (scene) => [
      JSON.stringify({
        level: 'info',
        msg: 'alerts',
        channels: [{ type: 'teams', url: issued('teams-webhook', scene) }],
      }),
    ],
  },
  {
    rule: 'SEC-16',
    name: 'in-another-address',
    severity: 'MEDIUM',
    kinds: ANY,
    description: 'the address of a webhook in the query of another',
    messages: (scene) => [`INFO GET /relay?to=${encodeURIComponent(issued('discord-webhook', scene))} 204`],
  },
];

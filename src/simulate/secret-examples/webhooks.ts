// Addresses of webhooks, by what their issuers say of them.

import type { Random } from '../prng.ts';
import type { SecretExample } from './secret-example.ts';
import { BASE36, BASE62, DIGITS, UPPER, URL_SAFE } from './token-text.ts';

const ID = UPPER + DIGITS;

function webhook(
  kind: string,
  make: (random: Random) => { readonly url: string; readonly secret: string },
): SecretExample {
  return {
    kind,
    make(random) {
      const { url, secret } = make(random);
      const text = random.pick([
        `WEBHOOK_URL=${url}`,
        `POST ${url} 200 in 84ms`,
        `sending alert to ${url}`,
        `requests.exceptions.ConnectionError: url: ${url}`,
      ]);
      return {
        secrets: [secret],
        text,
        member: { key: random.pick(['url', 'webhookUrl', 'WEBHOOK_URL']), value: url },
      };
    },
  };
}

/** https://philzimmermann.com/docs/human-oriented-base-32-encoding.txt */
const Z_BASE32 = 'ybndrfg8ejkmcpqxot1uwisza345h769';

export const WEBHOOK_EXAMPLES: readonly SecretExample[] = [
  webhook('slack-webhook', (random) => {
    const secret = random.text(BASE62, 24);
    return {
      url: `https://hooks.slack.com/services/T${random.text(ID, 10)}/B${random.text(ID, 10)}/${secret}`,
      secret,
    };
  }),
  webhook('slack-workflow-webhook', (random) => {
    if (random.chance(0.5)) {
      const secret = random.text(BASE62, 24);
      return {
        url: `https://hooks.slack.com/workflows/T${random.text(ID, 10)}/A${random.text(ID, 10)}/${random.text(DIGITS, 18)}/${secret}`,
        secret,
      };
    }
    const secret = random.hex(32);
    return {
      url: `https://hooks.slack.com/triggers/T${random.text(ID, 10)}/${random.text(DIGITS, 13)}/${secret}`,
      secret,
    };
  }),
  webhook('teams-webhook', (random) => {
    const secret = `${random.hex(32)}/${random.uuid()}`;
    const url = `https://orders.webhook.office.com/webhookb2/${random.uuid()}@${random.uuid()}/IncomingWebhook/${secret}`;
    return { url, secret };
  }),
  webhook('logic-app-url', (random) => {
    const secret = random.text(URL_SAFE, 43);
    const url = `https://prod-${random.between(10, 99)}.westeurope.logic.azure.com:443/workflows/${random.hex(32)}/triggers/manual/paths/invoke?api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${secret}`;
    return { url, secret };
  }),
  webhook('discord-webhook', (random) => {
    const secret = random.text(URL_SAFE, 68);
    return { url: `https://discord.com/api/webhooks/1${random.text(DIGITS, 18)}/${secret}`, secret };
  }),
  webhook('google-chat-webhook', (random) => {
    const secret = random.text(URL_SAFE, 43);
    const url = `https://chat.googleapis.com/v1/spaces/AAAA${random.text(BASE62, 7)}/messages?key=${['AI', 'za'].join('')}Sy${random.text(URL_SAFE, 33)}&token=${secret}`;
    return { url, secret };
  }),
  webhook('zapier-webhook', (random) => {
    const secret = `${random.between(1_000_000, 29_999_999)}/3${random.text(BASE36, 6)}`;
    return { url: `https://hooks.zapier.com/hooks/catch/${secret}/`, secret };
  }),
  webhook('ifttt-webhook', (random) => {
    const secret = random.text(URL_SAFE, 22);
    return { url: `https://maker.ifttt.com/trigger/order_failed/with/key/${secret}`, secret };
  }),
  webhook('make-webhook', (random) => {
    const secret = random.text(BASE36, 32);
    return { url: `https://hook.${random.pick(['eu1', 'eu2', 'us1', 'us2'])}.make.com/${secret}`, secret };
  }),
  webhook('pipedream-endpoint', (random) => {
    const secret = `eo${random.text(BASE36, 13)}`;
    return { url: `https://${secret}.m.pipedream.net`, secret };
  }),
  webhook('pagerduty-key', (random) => {
    const secret = random.hex(32);
    return { url: `https://events.pagerduty.com/integration/${secret}/enqueue`, secret };
  }),
  {
    kind: 'pagerduty-routing-key',
    make(random) {
      const secret = random.text(BASE36, 32);
      return {
        secrets: [secret],
        text: `{"routing_key":"${secret}","event_action":"trigger","dedup_key":"a"}`,
      };
    },
  },
  webhook('lark-webhook', (random) => {
    const secret = random.uuid();
    return {
      url: `https://open.${random.pick(['feishu.cn', 'larksuite.com'])}/open-apis/bot/v2/hook/${secret}`,
      secret,
    };
  }),
  webhook('wecom-webhook', (random) => {
    const secret = random.uuid();
    return { url: `https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${secret}`, secret };
  }),
  webhook('dingtalk-webhook', (random) => {
    const secret = random.hex(64);
    return { url: `https://oapi.dingtalk.com/robot/send?access_token=${secret}`, secret };
  }),
  webhook('n8n-webhook', (random) => {
    const secret = random.uuid();
    return { url: `https://orders.app.n8n.cloud/webhook/${secret}`, secret };
  }),
  webhook('mattermost-webhook', (random) => {
    const secret = `${random.text(Z_BASE32, 24)}3y`;
    return { url: `https://chat.shop.internal/hooks/${secret}`, secret };
  }),
];

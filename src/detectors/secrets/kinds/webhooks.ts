// SEC-16: addresses that are secrets: whoever knows one can write into the channel behind it, or start what hangs on it.

import { whyNotRandom } from '../checks/token-body.ts';
import { name, prefix, type SecretKind } from '../secret-kind.ts';
import { titus } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Found by its host: slashes are written otherwise inside of other addresses. The secret is what the path or the query tells. */
function webhook(hosts: readonly string[], path: string, tail = '-') {
  const host = hosts.length === 1 ? escaped(hosts[0]!) : `(?:${hosts.map(escaped).join('|')})`;
  return {
    literals: prefix(...hosts),
    pattern: new RegExp(`${host}(?::443)?/${path}(?![A-Za-z0-9_${tail}])`, 'gd'),
    check: ({ secret }: { readonly secret: string }) => {
      const refused = whyNotRandom(secret);
      return refused === null ? { confidence: 0.95, verified: false } : { refused };
    },
    rank: 1 as const,
    before: 24,
    behind: 512,
  };
}
function escaped(text: string): string {
  return text.replaceAll('.', '\\.');
}

/** The other members of an event stand this near, characters. */
const EVENT_REACH = 400;

/** Hosts of Azure Logic Apps and Power Automate. */
const LOGIC_HOSTS = ['.logic.azure.com', '.api.powerplatform.com'];

export const WEBHOOKS: readonly SecretKind[] = [
  {
    name: 'slack-webhook',
    title: 'Slack incoming webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['hooks.slack.com'], 'services/T[A-Z0-9]{7,14}/B[A-Z0-9]{7,14}/(?<secret>[A-Za-z0-9]{23,25})'),
    source: 'https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks',
  },
  {
    name: 'slack-workflow-webhook',
    title: 'Slack workflow webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['hooks.slack.com'],
      '(?:workflows|triggers)/T[A-Z0-9]{7,14}/[A-Z0-9]{7,20}(?:/[0-9]{12,22})?/(?<secret>[A-Za-z0-9]{20,40})',
    ),
    source:
      'https://slack.com/help/articles/360041352714-Build-a-workflow--Create-a-workflow-that-starts-outside-of-Slack',
  },
  {
    name: 'teams-webhook',
    title: 'Microsoft Teams incoming webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['webhook.office.com', 'outlook.office.com', 'outlook.office365.com'],
      `webhook(?:b2)?/${UUID}@${UUID}/[A-Za-z0-9]{4,30}/(?<secret>[0-9a-f]{32}/${UUID}(?:/[A-Za-z0-9_-]{20,80})?)`,
    ),
    source:
      'https://learn.microsoft.com/en-us/microsoftteams/platform/webhooks-and-connectors/how-to/add-incoming-webhook',
  },
  {
    name: 'logic-app-url',
    title: 'Azure Logic Apps or Power Automate trigger (Teams workflow)',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    literals: name('sig'),
    pattern: /[?&]sig=(?<secret>[A-Za-z0-9_-]{43})(?![A-Za-z0-9_-])/dg,
    check: ({ secret, text, start }) => {
      const host = Math.max(...LOGIC_HOSTS.map((one) => text.lastIndexOf(one, start)));
      if (host < 0 || /[\s"'<>]/.test(text.slice(host, start))) return { refused: 'name-says-no' };
      const refused = whyNotRandom(secret);
      return refused === null ? { confidence: 0.95, verified: false } : { refused };
    },
    rank: 1,
    before: 512,
    behind: 64,
    source: 'https://learn.microsoft.com/en-us/azure/logic-apps/logic-apps-http-endpoint',
  },
  {
    name: 'discord-webhook',
    title: 'Discord webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['discord.com', 'discordapp.com'],
      'api/(?:v[0-9]{1,2}/)?webhooks/[0-9]{17,20}/(?<secret>[A-Za-z0-9_-]{60,72})',
    ),
    source: 'https://discord.com/developers/docs/resources/webhook',
  },
  {
    name: 'google-chat-webhook',
    title: 'Google Chat webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['chat.googleapis.com'],
      'v1/spaces/[A-Za-z0-9_-]{6,24}/messages\\?(?:threadKey=[^\\s"\'<>&]{1,80}&)?key=[A-Za-z0-9_-]{20,60}&token=(?<secret>[A-Za-z0-9_%-]{30,120})',
    ),
    source: 'https://developers.google.com/workspace/chat/quickstart/webhooks',
  },
  {
    name: 'zapier-webhook',
    title: 'Zapier webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['hooks.zapier.com'],
      'hooks/catch/(?<secret>[0-9]{5,10}/(?![a-z]{5,10}(?![a-z0-9]))[a-z0-9]{5,10})',
    ),
    source: titus('zapier'),
  },
  {
    name: 'ifttt-webhook',
    title: 'IFTTT webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      ['maker.ifttt.com'],
      'trigger/[A-Za-z0-9_%-]{1,80}/(?:json/)?with/key/(?<secret>[A-Za-z0-9_-]{20,43})',
    ),
    source: 'https://ifttt.com/maker_webhooks',
  },
  {
    name: 'make-webhook',
    title: 'Make (Integromat) webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(
      [
        'hook.eu1.make.com',
        'hook.eu2.make.com',
        'hook.us1.make.com',
        'hook.us2.make.com',
        'hook.integromat.com',
      ],
      '(?<secret>[a-z0-9]{32})',
    ),
    source: 'https://help.make.com/webhooks',
  },
  {
    name: 'pipedream-endpoint',
    title: 'Pipedream endpoint',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['.m.pipedream.net'], ''),
    pattern: /(?<![A-Za-z0-9_.-])(?<secret>eo[a-z0-9]{12,20})\.m\.pipedream\.net(?![A-Za-z0-9_-])/dg,
    before: 32,
    source: 'https://pipedream.com/docs/workflows/building-workflows/triggers/#http',
  },
  {
    name: 'pagerduty-key',
    title: 'PagerDuty Events integration key',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['events.pagerduty.com'], 'integration/(?<secret>[0-9a-f]{32})/enqueue'),
    source: 'https://developer.pagerduty.com/docs/events-api-v2/overview/',
  },
  {
    name: 'pagerduty-routing-key',
    title: 'PagerDuty Events routing key',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    literals: name('routing_key', 'routingkey'),
    pattern: /routing_?key["']?[ ]?[:=][ ]?["']?(?<secret>[0-9A-Za-z]{32})(?![0-9A-Za-z_-])/dgi,
    // Brokers call otherwise random names so, too.
    check: ({ secret, text, start, end }) => {
      const around = text.slice(Math.max(0, start - EVENT_REACH), end + EVENT_REACH);
      if (!/event_action|dedup_key|pagerduty/i.test(around)) return { refused: 'name-says-no' };
      const refused = whyNotRandom(secret);
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    },
    rank: 1,
    before: EVENT_REACH,
    behind: EVENT_REACH + 64,
    source: 'https://developer.pagerduty.com/docs/events-api-v2/trigger-events/',
  },
  {
    name: 'lark-webhook',
    title: 'Lark or Feishu bot webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['open.feishu.cn', 'open.larksuite.com'], `open-apis/bot/(?:v2/)?hook/(?<secret>${UUID})`),
    source: 'https://open.larksuite.com/document/client-docs/bot-v3/add-custom-bot',
  },
  {
    name: 'wecom-webhook',
    title: 'WeCom group robot webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['qyapi.weixin.qq.com'], `cgi-bin/webhook/send\\?key=(?<secret>${UUID})`),
    source: 'https://developer.work.weixin.qq.com/document/path/91770',
  },
  {
    name: 'dingtalk-webhook',
    title: 'DingTalk robot webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['oapi.dingtalk.com'], 'robot/send\\?access_token=(?<secret>[0-9a-f]{64})'),
    source: 'https://open.dingtalk.com/document/robots/custom-robot-access',
  },
  {
    name: 'n8n-webhook',
    title: 'n8n webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    ...webhook(['.app.n8n.cloud'], `webhook(?:-test)?/(?<secret>${UUID})`),
    source: 'https://docs.n8n.io/integrations/builtin/core-nodes/n8n-nodes-base.webhook/',
  },
  {
    name: 'mattermost-webhook',
    title: 'Mattermost incoming webhook',
    rule: 'SEC-16',
    severity: 'MEDIUM',
    literals: prefix('/hooks/'),
    // 26 characters of z-base-32: of random words with digits one in two hundred has no other.
    pattern:
      /(?<=[A-Za-z0-9])\/hooks\/(?<secret>(?=[a-z]{0,25}[0-9])[13-9a-km-uw-z]{26})(?![A-Za-z0-9_/-])/dg,
    check: ({ secret }) => {
      const refused = whyNotRandom(secret);
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    },
    rank: 1,
    before: 24,
    behind: 64,
    source: 'https://developers.mattermost.com/integrate/webhooks/incoming/',
  },
];

// What is kept as the secret of Slack: a bot token, or the URL of an incoming webhook. Never shown, also where it is neither.

import { WiretrailError } from '../lib/errors.ts';
import type { SlackSecret } from './slack-api.ts';

/** Bot tokens: https://docs.slack.dev/authentication/tokens */
const TOKEN = /^xoxb-[A-Za-z0-9-]{10,250}$/;
/** https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks; the second host is that of GovSlack (https://docs.slack.dev/govslack). */
const WEBHOOK_HOSTS = ['hooks.slack.com', 'hooks.slack-gov.com'];

/**
 * `where` names the secret. `channel`: id or name, for a token; null for a webhook, which has its own. Throws a WiretrailError (E_SLACK_SECRET)
 * that tells nothing of what is kept.
 */
export function parseSlackSecret(kept: string, channel: string | null, where: string): SlackSecret {
  const value = kept.trim();
  if (TOKEN.test(value)) {
    if (channel === null || channel === '')
      throw wrong(
        where,
        'is a bot token, and no channel is named',
        'Set slackChannel to the channel’s id or name.',
      );
    return { kind: 'token', token: value, channel };
  }
  const url = URL.canParse(value) ? new URL(value) : null;
  const isWebhook =
    url !== null &&
    url.protocol === 'https:' &&
    WEBHOOK_HOSTS.includes(url.host) &&
    url.username === '' &&
    url.password === '' &&
    url.pathname.length > 1;
  if (isWebhook) return { kind: 'webhook', url };
  throw wrong(
    where,
    `holds ${value.length} characters that are neither a bot token nor a webhook of Slack`,
    'Store a token that begins with xoxb-, or a URL of https://hooks.slack.com/, and nothing else.',
  );
}

function wrong(where: string, what: string, hint: string): WiretrailError {
  return new WiretrailError('E_SLACK_SECRET', where, what, hint);
}

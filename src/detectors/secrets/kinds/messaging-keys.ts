// SEC-15: tokens of services that send messages: chat, telephone, mail.

import { whyNotRandom } from '../checks/token-body.ts';
import { decodesTo } from '../checks/token-structure.ts';
import { type Candidate, prefix, type SecretKind, type Verdict } from '../secret-kind.ts';
import { GITLEAKS, kingfisher, named, titus, token, tokenBeside } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const SLACK = 'https://docs.slack.dev/authentication/tokens';

/** They begin with zeros, an id and zeros: only what comes last is random. */
function randomAtEnd({ secret }: Candidate): Verdict {
  const refused = whyNotRandom(secret.slice(-44));
  return refused === null ? { confidence: 0.9, verified: false } : { refused };
}

export const MESSAGING_KEYS: readonly SecretKind[] = [
  {
    name: 'slack-bot-token',
    title: 'Slack bot token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xoxb-', '[0-9]{8,14}-(?:[0-9]{8,14}-)?[A-Za-z0-9]{18,34}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'slack-user-token',
    title: 'Slack user token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xoxp-', '[0-9]{8,14}-[0-9]{8,14}-(?:[0-9]{8,14}-)?[A-Za-z0-9]{24,66}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'slack-legacy-token',
    title: 'Slack workspace or legacy token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(
      ['xoxa-', 'xoxr-', 'xoxs-', 'xoxo-'],
      '(?:[0-9]-)?[0-9]{8,14}-[0-9]{8,14}-(?:[0-9]{8,14}-)?[A-Za-z0-9]{10,66}',
      {
        tail: '-',
      },
    ),
    source: kingfisher('slack'),
  },
  {
    name: 'slack-client-token',
    title: 'Slack client session token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xoxc-', '[0-9]{8,15}-[0-9]{8,15}-[0-9]{8,15}-[0-9a-f]{64}', { tail: '-' }),
    source: kingfisher('slack'),
  },
  {
    name: 'slack-session-cookie',
    title: 'Slack session cookie',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xoxd-', '[A-Za-z0-9%+/]{100,300}={0,2}', { tail: '%+/=' }),
    source: 'https://slack.engineering/catching-compromised-cookies/',
  },
  {
    name: 'slack-configuration-token',
    title: 'Slack app configuration token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(['xoxe.xoxp-', 'xoxe.xoxb-'], '[0-9]-[A-Za-z0-9]{140,180}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'slack-refresh-token',
    title: 'Slack refresh token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xoxe-', '[0-9]-[A-Za-z0-9]{140,180}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'slack-app-token',
    title: 'Slack app-level token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('xapp-', '[0-9]{1,3}-[A-Z0-9]{8,15}-[0-9]{8,15}-[0-9a-z]{60,66}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'slack-workflow-token',
    title: 'Slack workflow token',
    rule: 'SEC-15',
    // Lives fifteen minutes.
    severity: 'MEDIUM',
    ...token('xwfp-', '[A-Za-z0-9-]{20,200}', { tail: '-' }),
    source: SLACK,
  },
  {
    name: 'discord-bot-token',
    title: 'Discord bot token',
    rule: 'SEC-15',
    severity: 'HIGH',
    // The id of the bot in base64, when it was made, and a signature.
    ...named(
      ['discord token', 'discord bot token', 'bot token', 'discord api token'],
      '(?<payload>[MNO][A-Za-z0-9_-]{23,25})\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}',
      { check: decodesTo(/^\d{17,20}$/) },
    ),
    source: 'https://discord.com/developers/docs/reference#authentication',
  },
  {
    name: 'discord-bot-header',
    title: 'Discord bot token',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: prefix('Bot M', 'Bot N', 'Bot O'),
    pattern:
      /(?<![A-Za-z0-9])Bot (?<secret>(?<payload>[MNO][A-Za-z0-9_-]{23,25})\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,40})(?![A-Za-z0-9_.-])/dg,
    check: decodesTo(/^\d{17,20}$/),
    rank: 1,
    before: 8,
    behind: 96,
    source: 'https://discord.com/developers/docs/reference#authentication',
  },
  {
    name: 'telegram-bot-token',
    title: 'Telegram bot token',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: prefix(':AA', '%3AAA'),
    pattern: /(?<![0-9])(?<secret>[0-9]{8,10}:AA[A-Za-z0-9_-]{33})(?![A-Za-z0-9_-])/dg,
    check: ({ secret }) => {
      const refused = whyNotRandom(secret.slice(secret.indexOf(':') + 3));
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    },
    rank: 1,
    before: 16,
    behind: 48,
    source: 'https://core.telegram.org/bots/api#authorizing-your-bot',
  },
  {
    name: 'twilio-auth-token',
    title: 'Twilio auth token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['twilio auth token', 'twilio token'], '[0-9a-f]{32}'),
    source: 'https://www.twilio.com/docs/iam/api/authtoken',
  },
  {
    name: 'twilio-key-secret',
    title: 'Twilio API key secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['twilio api secret', 'twilio api key secret'], '[A-Za-z0-9]{32}'),
    source: 'https://www.twilio.com/docs/iam/api-keys',
  },
  {
    name: 'sendgrid-key',
    title: 'SendGrid API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('SG.', '[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}', { tail: '-' }),
    source: 'https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys',
  },
  {
    name: 'mailgun-key',
    title: 'Mailgun private API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['mailgun api key', 'mailgun key', 'mailgun private key'],
      '(?:key-[0-9a-f]{32}|[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8})',
    ),
    source: GITLEAKS,
  },
  {
    name: 'mailgun-signing-key',
    title: 'Mailgun webhook signing key',
    rule: 'SEC-15',
    severity: 'MEDIUM',
    ...named(
      ['mailgun signing key', 'mailgun webhook signing key'],
      '(?:[0-9a-f]{32}-[0-9a-f]{8}-[0-9a-f]{8}|[0-9a-f]{32})',
    ),
    source: GITLEAKS,
  },
  {
    name: 'mailchimp-key',
    title: 'Mailchimp API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: prefix('-us1', '-us2', '-us3', '-us4', '-us5', '-us6', '-us7', '-us8', '-us9'),
    pattern: /(?<![A-Za-z0-9_-])(?<secret>[0-9a-f]{32}-us[0-9]{1,2})(?![A-Za-z0-9_-])/dg,
    check: ({ secret }) => {
      const refused = whyNotRandom(secret.slice(0, 32));
      return refused === null ? { confidence: 0.9, verified: false } : { refused };
    },
    rank: 1,
    before: 40,
    behind: 16,
    source: 'https://mailchimp.com/developer/marketing/guides/quick-start/',
  },
  {
    name: 'mandrill-key',
    title: 'Mailchimp Transactional API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(['mandrill api key', 'mandrill key'], '(?:md-)?[A-Za-z0-9_-]{22}'),
    source: 'https://mailchimp.com/developer/transactional/guides/quick-start/',
  },
  {
    name: 'brevo-key',
    title: 'Brevo API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(['xkeysib-', 'xsmtpsib-'], '[0-9a-f]{64}-[A-Za-z0-9]{16}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'postmark-token',
    title: 'Postmark server token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      [
        'x postmark server token',
        'postmark server token',
        'postmark api token',
        'postmark token',
        'x postmark account token',
      ],
      UUID,
    ),
    source: 'https://postmarkapp.com/developer/api/overview#authentication',
  },
  {
    name: 'resend-key',
    title: 'Resend API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...tokenBeside(['resend api key', 'resend key', 'resend token'], 're_', '[A-Za-z0-9]{8}_[A-Za-z0-9]{24}'),
    source: titus('resend'),
  },
  {
    name: 'intercom-token',
    title: 'Intercom access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('dG9rO', '[A-Za-z0-9+/]{54}=', { tail: '+/=-', check: decodesTo(/^tok:[\w-]/) }),
    source: 'https://github.com/trufflesecurity/trufflehog/blob/main/pkg/detectors/intercom/intercom.go',
  },
  {
    name: 'facebook-page-token',
    title: 'Facebook access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token(['EAAC', 'EAAM'], '[A-Za-z0-9]{100,400}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
  {
    name: 'facebook-user-token',
    title: 'Facebook, Instagram or WhatsApp access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    // Other letters behind EAA stand for other applications; without a name beside it, it may be any text of base64.
    ...tokenBeside(
      [
        'facebook access token',
        'fb access token',
        'facebook token',
        'instagram access token',
        'whatsapp token',
        'whatsapp access token',
        'meta access token',
      ],
      'EAA',
      '[ABD-LN-Z][A-Za-z0-9]{99,400}',
      { tail: '+/=-', behind: 480 },
    ),
    source: 'https://developers.facebook.com/docs/facebook-login/guides/access-tokens/',
  },
  {
    name: 'x-bearer-token',
    title: 'Bearer token of an application of X (Twitter)',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...tokenBeside(
      ['twitter bearer token', 'x bearer token', 'twitter token', 'bearer token'],
      'AAAAAAAAAAAAAAAAAAAA',
      'A{0,4}[A-Za-z0-9%]{60,110}',
      { tail: '%-', check: randomAtEnd },
    ),
    // Seen in public rule sets; X says how it is made.
    source: GITLEAKS,
  },
];

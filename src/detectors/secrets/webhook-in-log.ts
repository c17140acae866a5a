// SEC-16: the address of a webhook stands in a log, with the secret in it.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const webhookInLog: Detector = secretRule({
  meta: {
    id: 'SEC-16',
    name: 'webhook-in-log',
    version: 1,
    title: 'Webhook address in a log',
    what:
      'Addresses of webhooks of Slack, Microsoft Teams, Discord, Google Chat, Zapier, IFTTT, Make, Pipedream, PagerDuty and of Azure Logic Apps, ' +
      'with the part that makes them secret.',
    why: 'The address is all that is needed to write into the channel as a trusted sender, or to start what hangs on it.',
    severities: ['MEDIUM'],
    falsePositives: ['Addresses that were taken back: nothing in a log tells.'],
    blindSpots: [
      'Webhooks on hosts of your own (Mattermost, n8n, GitLab): no name tells them from other addresses.',
      'Addresses without the secret part, or with it masked.',
    ],
    investigate: [
      'Open the record at the locator: most often an HTTP client that logs each address, or an alert that could not be sent.',
      'Make a new webhook in the service and take the old one back; see what came into the channel.',
      'Log the host alone.',
    ],
    thresholds: [],
    compliance: { cwe: ['CWE-532', 'CWE-598'], owasp: ['API2:2023'] },
  },
  per: 'secret',
});

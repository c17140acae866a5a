// SEC-15: a key of a cloud, a model, a payment or another service stands in a log.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const serviceKeyInLog: Detector = secretRule({
  meta: {
    id: 'SEC-15',
    name: 'service-key-in-log',
    version: 1,
    title: 'Key of a cloud, model, payment or other service in a log',
    what:
      'Keys of clouds other than AWS (Azure, Google, Cloudflare and others), language models (OpenAI, Anthropic and others), payments (Stripe, Square, ' +
      'Adyen and others), messages (Slack, Twilio, SendGrid and others), monitoring and office services, by the form that the issuer gives them or by ' +
      'its name beside a value of its form.',
    why: 'Whoever has one acts as its owner: reads data, sends messages, moves money, or runs up a bill.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Google API keys that are meant to be public, as those of maps in a browser (MEDIUM).',
      'Test keys, which move no money (LOW).',
      'Keys that were revoked: nothing in a log tells.',
    ],
    blindSpots: [
      'Keys without a form of their own, when the name of the service does not stand beside them.',
      'Services that the table does not know: SEC-11 sees them where a name says that they are secret.',
    ],
    investigate: [
      'Open the record at the locator: most often a settings dump, a request that failed with its headers, or a debug log of a client.',
      'Make a new key, and see in the service what the old one did and from where; then revoke it.',
      'Then stop the logger, and shrink who can read the log.',
    ],
    thresholds: [
      {
        name: 'different characters',
        value: '6-8',
        unit: 'characters',
        reason: 'placeholders have fewer; of random bodies of their length not one in 1,000 has',
        source: 'worked out for 16 hexadecimal digits, the smallest alphabet',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-522'], owasp: ['API2:2023'] },
  },
  per: 'secret',
});

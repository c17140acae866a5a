// A finding with everything in it, and hostile texts.

import type { RuleLookup } from '../../src/alerts/alert-text.ts';
import type { Notice } from '../../src/alerts/notice.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { remediatePlaintext } from '../../src/findings/remediation.ts';
import { aFinding, HOUR_MS, START_MS } from '../findings/sample-finding.ts';

export const FIRST: Notice = { send: 'alert', why: 'first', detail: '' };

export const rules: RuleLookup = (ruleId) =>
  ruleId === 'TLS-06'
    ? { blindSpots: ['Interface VPC endpoints (PrivateLink).', 'Networks without flow logs.'] }
    : null;

export const TABLE = 'arn:aws:dynamodb:us-east-1:111122223333:table/Orders';

/** Mentions, links, markup, ends of lines, controls and what reorders text. */
export const HOSTILE = [
  '<!channel> <@U024BE7LH> <https://evil.example|click> & *bold* `code`',
  'https://evil.example/x?a=1 www.evil.example mailto:a@evil.example',
  '\r\nBcc: everybody@example.com\n\u001b[31m\u202e\u2028\u200b\ud800',
  '```rm -rf```',
].join(' ');

export function anAlertFinding(changes: Partial<Finding> = {}): Finding {
  return {
    ...aFinding({
      title: 'DynamoDB called over plain HTTP: eni-0123456789abcdef0, 212 requests',
      summary:
        'Interface eni-0123456789abcdef0 sent about 212 requests to DynamoDB in us-east-1 on port 80, and got answers.',
      principal: { type: 'AssumedRole', name: 'orders-api', session: 'i-0abc12345678def01', keyId: '' },
      actor: { ip: '10.0.1.20', class: 'private', vpcEndpoint: '', userAgent: 'boto3' },
      target: { service: 'dynamodb', resource: TABLE },
      count: 212,
      lastMs: START_MS + HOUR_MS,
      evidence: [
        {
          source: 'vpc-flow',
          locator: 's3://org-logs/AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/a.log.gz#88',
          eventId: 'flow-1',
          time: '2026-11-01T12:01:00.000Z',
          fields: { server: '52.94.0.5', serverPort: 80, instance: null, payload: 1796 },
        },
      ],
      why: [
        'destination is DYNAMODB by pkt-dst-aws-service (0.9)',
        'answered: the server sent 48,220 bytes (+0.05)',
      ],
      remediation: remediatePlaintext({ interfaceId: 'eni-0123456789abcdef0', tableArn: TABLE }),
    }),
    ...changes,
  };
}

/** Every text that a log may choose. */
export function hostileFinding(): Finding {
  const finding = anAlertFinding();
  return {
    ...finding,
    title: HOSTILE,
    summary: HOSTILE,
    entity: HOSTILE,
    account: HOSTILE,
    region: HOSTILE,
    principal: { type: HOSTILE, name: HOSTILE, session: HOSTILE, keyId: HOSTILE },
    actor: { ip: HOSTILE, class: HOSTILE, vpcEndpoint: HOSTILE, userAgent: HOSTILE },
    target: { service: HOSTILE, resource: HOSTILE },
    why: [HOSTILE, HOSTILE],
    evidence: [
      { ...finding.evidence[0]!, locator: HOSTILE, eventId: HOSTILE, fields: { [HOSTILE]: HOSTILE } },
    ],
  };
}

/** What no text of an alert may hold, but for the end of a line where that is ours. */
export const DANGEROUS =
  /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])/;

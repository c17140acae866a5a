// SEC-03: a session token of AWS stands in a log.

import { secretRule } from './secret-rule.ts';

export const awsSessionToken = secretRule({
  meta: {
    id: 'SEC-03',
    name: 'aws-session-token',
    version: 1,
    title: 'AWS session token in a log',
    what: 'A session token by its first characters, or under the names AWS_SESSION_TOKEN and X-Amz-Security-Token, in text, headers and URLs. It says of which key, region and service, and until when.',
    why: 'With key id and secret it is the session. With a signed request it lets whoever reads it send that request again until its window ends.',
    severities: ['CRITICAL', 'MEDIUM'],
    falsePositives: ['Tokens of sessions that had ended before they were logged.', 'Emulators.'],
    blindSpots: [
      'When a session ends, where Expiration does not stand beside the token: at most 12 hours after it began for a role, 36 for GetSessionToken and GetFederationToken.',
      'A secret in another record than its token: SEC-02.',
      'CloudTrail’s own token fields, which AWS masks.',
    ],
    investigate: [
      'Open the record: botocore writes the header at level DEBUG, proxies where they log headers.',
      'CRITICAL: revoke the sessions of the role (AWSRevokeOlderSessions) first.',
      'Look for REP-13 and REP-03 of the key id: was it used from elsewhere?',
    ],
    thresholds: [
      {
        name: 'longest session',
        value: 36,
        unit: 'hours',
        reason: 'the token does not say when it ends; a role’s session ends after 12 at most',
        source: 'https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-522'], owasp: ['API2:2023'] },
  },
  per: 'place',
  consequence:
    'With key id and secret it is the session; alone it signs nothing, and a signed request beside it can be sent again.',
});

// SEC-23: a secret in what CloudTrail writes down of a call: its user agent, its error, its parameters.

import { isOfTrail, secretRule } from './secret-rule.ts';

export const secretInTrail = secretRule({
  // Each call may carry another one: one finding an operation and kind.
  per: 'place',
  takes: isOfTrail,
  severity: () => 'MEDIUM',
  meta: {
    id: 'SEC-23',
    name: 'secret-in-trail',
    version: 1,
    title: 'Secret in the text of a CloudTrail record',
    what:
      'Passwords, tokens and keys that stand under their names in user agents, error messages and request parameters: queries of URLs, commands, ' +
      'environments, templates. Tokens of a known form have rules of their own (SEC-08, SEC-14 and others), here as in logs.',
    why:
      'AWS masks the parameters that it knows to be secret, and no others. What a caller puts elsewhere stands in every trail, bucket and event ' +
      'data store of the account, for years, and cannot be deleted singly.',
    severities: ['MEDIUM'],
    falsePositives: [
      'Values that are named as secrets and are names or references of them.',
      'Secrets of tests, and those that were changed before anybody could read them.',
    ],
    blindSpots: [
      'The fields that hold ids, tokens and digests by design: paging and client tokens, request ids, response elements, identities.',
      'Parameters that are named as tokens, unless they are URLs.',
      'Names other than of passwords, where nothing else in the parameters looks like a secret and they are no query of a URL.',
    ],
    investigate: [
      'Open the event at the locator: the field is named in the evidence.',
      'Change the secret; then pass a reference to Secrets Manager or Parameter Store in its place.',
      'Who can read the trail’s bucket, its log group and its copies?',
    ],
    thresholds: [
      {
        name: 'occurrences',
        value: 1,
        unit: 'record',
        reason: 'one is enough to be read',
        source:
          'https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-598'], owasp: ['API8:2023'] },
  },
});

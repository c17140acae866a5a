// SEC-02: a secret of AWS stands in a log without the key id that it belongs to, or needs none.

import { isToldWithKeyId, keyNeighbours } from './aws-key-pair.ts';
import { SECRET_ENTROPY_FLOOR, SECRET_KIND_CHANGES_FLOOR } from './aws-key-text.ts';
import { secretRule } from './secret-rule.ts';

export const awsSecretAlone = secretRule({
  meta: {
    id: 'SEC-02',
    name: 'aws-secret-alone',
    version: 1,
    title: 'AWS secret in a log',
    what: 'A secret access key under a name that says so, without its key id; API keys of Bedrock (long and short term), tokens of EKS, API keys of AppSync, Amazon MWS tokens.',
    why: 'The key id that is missing is no secret: it stands in other lines, in CloudTrail and in every signed request. The others need none.',
    severities: ['HIGH', 'MEDIUM', 'INFO'],
    falsePositives: [
      'Secrets of emulators under the names of real ones.',
      'AppSync keys of public APIs, which every client has (MEDIUM).',
      'A short-term key that had ended when it was logged (MEDIUM).',
    ],
    blindSpots: [
      'A secret under a name of one’s own, or under none.',
      'Whether it still works: it is never tried.',
      'A pair with its key id: SEC-01 says it (INFO here where they stand in neighbouring records).',
    ],
    investigate: [
      'Open the record at the locator: a settings dump or the answer of CreateAccessKey as a rule.',
      'Look in the same log for the key id; disable that key, then see in CloudTrail what it did.',
      'Bedrock: aws iam list-service-specific-credentials, then reset or delete it. EKS and short-term keys die with their session.',
    ],
    thresholds: [
      {
        name: 'entropy floor',
        value: SECRET_ENTROPY_FLOOR,
        unit: 'bits a character',
        reason: '40 random base64 characters have 4.9; text has less than 4.25',
        source: 'https://github.com/trufflesecurity/trufflehog',
      },
      {
        name: 'changes of kind',
        value: SECRET_KIND_CHANGES_FLOOR,
        unit: 'of 39 steps',
        reason: 'random base64 has 25; paths and names fewer than 12',
        source: 'as SEC-01',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-798', 'CWE-522'], owasp: ['API2:2023'] },
  },
  per: 'secret',
  told: {
    reads: keyNeighbours.name,
    isTold: isToldWithKeyId,
    why: 'its key id stands in a neighbouring record: SEC-01 tells of the two',
  },
});

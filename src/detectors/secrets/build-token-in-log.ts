// SEC-14: a token for code, builds or infrastructure stands in a log.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const buildTokenInLog: Detector = secretRule({
  meta: {
    id: 'SEC-14',
    name: 'build-token-in-log',
    version: 1,
    title: 'Token for code, builds or infrastructure in a log',
    what:
      'Tokens of forges (GitHub, GitLab, Bitbucket, Azure DevOps), package and image registries (npm, PyPI, RubyGems, NuGet, Docker, JFrog), ' +
      'CI and infrastructure (Vault, Terraform, Doppler, Databricks, 1Password and others), by the form that the issuer gives them, and its checksum where it has one.',
    why: 'Whoever has one reads and changes what is built and deployed: other secrets come with it, and code that runs elsewhere.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Tokens that were revoked: nothing in a log tells.',
      'Made-up tokens of tests with a right checksum or random characters.',
    ],
    blindSpots: [
      'Tokens without a form of their own (Travis, Drone, older Bitbucket), when no name says whose they are.',
      'Tokens whose checksum is wrong: cut, typed or made up.',
    ],
    investigate: [
      'Open the record at the locator: most often an environment dump, a command line with the token in it, or a clone URL.',
      'Revoke the token where it was issued, and see there what it did and from where.',
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

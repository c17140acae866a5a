// SEC-09: what a request shows to say who sends it stands in a log.

import { secretRule } from './secret-rule.ts';

export const authorizationInLog = secretRule({
  meta: {
    id: 'SEC-09',
    name: 'authorization-in-log',
    version: 1,
    title: 'Authorization of a request in a log',
    what:
      'Basic authorization that decodes to a name and a password, bearer tokens, keys in headers (X-Api-Key and 25 others), access tokens in ' +
      'URLs, http(s) URLs with a password, passwords of container registries, answers of NTLM, Kerberos and Digest.',
    why: 'It is all that the next request needs: whoever reads the log can send it.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Keys that are made to be public, sent in a header like others (maps, search, analytics).',
      'Default passwords of development (MEDIUM), hosts of this machine or of documentation (LOW).',
    ],
    blindSpots: [
      'Values of fewer than 16 characters, words and masks behind `Bearer` and in key headers.',
      'Headers of your own with names that nobody else has.',
      'Passwords in URLs whose user and host both have unusual names, and with an unescaped slash, @, or white space.',
      'Passwords on command lines: SEC-11. Of calls in CloudTrail only tokens and Basic authorization, unless another secret stands beside.',
    ],
    investigate: [
      'Open the record at the locator and see whose header it is: of a caller, or of a service this one calls.',
      'Change the password or revoke the token at its issuer; SEC-14 and SEC-15 name the issuer where the token tells.',
      'Stop the logging of headers, most often a debug level of an HTTP client, or an error that quotes the request.',
    ],
    thresholds: [
      {
        name: 'length',
        value: 16,
        unit: 'characters',
        reason: 'shorter opaque values are mostly words; tokens have 128 bits or more',
        source: 'https://www.rfc-editor.org/rfc/rfc6749#section-10.10',
      },
      {
        name: 'entropy',
        value: 2.4,
        unit: 'bits a character',
        reason: 'one in 3,000 random values of 16 hex digits has less',
        source: 'simulated, 20,000 values',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-522', 'CWE-598'], owasp: ['API2:2023'] },
  },
  per: 'place',
});

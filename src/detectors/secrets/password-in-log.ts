// SEC-11: a password, secret, API key or token stands in a log under its name.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const passwordInLog: Detector = secretRule({
  meta: {
    id: 'SEC-11',
    name: 'password-in-log',
    version: 1,
    title: 'Password, secret or token in a log',
    what:
      'Values of names like db_password, client_secret, api_key, access_token and encryption_key, in every notation that programs write, and ' +
      'passwords in command lines (mysql -p, sshpass, curl -u, net user and others), SQL statements, XML and sentences.',
    why: 'Whoever can read the log can sign in. Passwords that people choose are used in more than one place.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Identifiers that a program calls token or key without saying what they are (MEDIUM at most).',
      'Passwords of tests and of development set-ups.',
    ],
    blindSpots: [
      'Values under names that say nothing, and values of fewer than 6 characters.',
      'Passwords that are one word of a dictionary or digits alone.',
      'Names without a separator: "the password hunter2".',
    ],
    investigate: [
      'Open the record at the locator: most often a request body, a settings dump, a command line or an exception with its arguments.',
      'Ask whose it is by the name in front of the value, and where else the same password is used.',
      'Change it first, then stop the logger, then remove the records.',
    ],
    thresholds: [
      {
        name: 'length of a password',
        value: '6-256',
        unit: 'characters',
        reason: 'shorter values are states, counts and codes',
        source: 'chosen; NIST SP 800-63B asks for 8 and more, older systems allow 6',
      },
      {
        name: 'length of a key or token',
        value: '16-512',
        unit: 'characters',
        reason: 'shorter ones are identifiers; a name that says only token needs 20',
        source: 'RFC 6749 section 10.10: guessing at most 2^-128; 16 characters of base64 hold 96 bits',
      },
      {
        name: 'entropy',
        value: 'what 9,999 of 10,000 random texts of the alphabet and length have',
        unit: 'bits a character',
        reason: 'a fixed floor refuses short keys or accepts long words',
        source: 'scripts/entropy-floors.ts',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-256', 'CWE-312'], owasp: ['API2:2023'] },
  },
  per: 'secret',
});

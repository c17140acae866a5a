// SEC-18: a password stands in a log as a fast hash, or in an encoding that is no encryption.

import type { Detector } from '../detector.ts';
import { secretRule } from './secret-rule.ts';

export const storedPasswordInLog: Detector = secretRule({
  meta: {
    id: 'SEC-18',
    name: 'stored-password-in-log',
    version: 1,
    title: 'Password hash or encoded password in a log',
    what:
      'Hashes of passwords (bcrypt, crypt, Argon2, PBKDF2, Django, Werkzeug, LDAP, PHPass, MySQL, PostgreSQL, NT), MD5 and SHA-1 digests under ' +
      'the name of a password, and passwords in base64, hex or ROT13.',
    why: 'A fast hash gives its password to whoever guesses long enough, an encoding to anybody. It also says that the program stores passwords so.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Passwords of 32 or 40 digits of hex that a machine made: as bad, and told as SEC-11 under names like db_password.',
      'Hashes of test accounts.',
    ],
    blindSpots: [
      'Traditional DES hashes (13 characters), and digests under names that do not say password.',
      'Encodings of one program alone, and encodings of an encoding.',
    ],
    investigate: [
      'Look what printed it: most often a row of the table of users, or an object with all its members.',
      'bcrypt, Argon2 and PBKDF2 with enough rounds are LOW: the account is in danger where its password is weak.',
      'Change the passwords, then the way they are stored, then stop the logger.',
    ],
    thresholds: [
      {
        name: 'bcrypt cost',
        value: 10,
        unit: 'log2 of rounds',
        reason: 'below, guessing is cheap',
        source: 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html',
      },
      {
        name: 'PBKDF2',
        value: 100_000,
        unit: 'iterations',
        reason:
          'below, guessing is cheap; the recommendation of today is six times higher, but what was set years ago is no alarm',
        source: 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html',
      },
      {
        name: 'decoded password',
        value: '6-64',
        unit: 'printable characters',
        reason: 'random bytes of 8 are all printable once in 2,800 times',
        source: 'computed: (95/256)^8',
      },
    ],
    compliance: { cwe: ['CWE-532', 'CWE-261', 'CWE-328', 'CWE-916'], owasp: ['API2:2023'] },
  },
  per: 'secret',
  consequence: 'Whoever can read the log can try to get the password back.',
});

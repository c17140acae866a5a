// SEC-18: passwords as they are stored. Fast hashes and encodings give the password back; slow hashes only the weak ones.

import {
  checkBcrypt,
  checkCrypt,
  checkDigest,
  checkEncoded,
  checkFastDigest,
  checkNtHash,
  checkPbkdf2,
  checkStrong,
} from '../checks/stored-password.ts';
import { name, prefix, type SecretKind, word } from '../secret-kind.ts';

const CRYPT = 'https://manpages.debian.org/bookworm/libcrypt-dev/crypt.5.en.html';
const DJANGO = 'https://docs.djangoproject.com/en/5.2/topics/auth/passwords/';
const STORAGE_GUIDE = 'https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html';

/** `password=`, `"password_hash": "`, `'passwd' => '`, and `userPassword:: ` of LDIF. */
const NAME_GIVEN =
  '(?<![\\w.$-])(?<name>[\\w.$-]{0,64}?(?:password|passwd|pwd|pass)(?:[_-]?(?:hash|md5|sha1|digest|hex))?)["\'`\\]]{0,2}[ \\t]{0,3}(?:=>|:=|=|::?)[ \\t]{0,3}(?:\\[(?=["\']))?b?["\'`]?';
const STORED_NAMES = name(
  ...['password', 'passwd', 'pwd', 'pass'].flatMap((text) => [
    text,
    ...['hash', 'md5', 'sha1'].flatMap((end) => [`${text}_${end}`, `${text}-${end}`, `${text}${end}`]),
  ]),
);

type Row = Pick<SecretKind, 'name' | 'title' | 'literals' | 'check' | 'source'> & {
  readonly pattern: RegExp;
  readonly severity?: 'HIGH';
};

const ROWS: readonly Row[] = [
  {
    name: 'bcrypt-hash',
    title: 'bcrypt hash',
    literals: prefix('$2a$', '$2b$', '$2x$', '$2y$'),
    pattern: /(?<secret>\$2[abxy]\$(?<cost>\d{2})\$[./A-Za-z0-9]{53})(?![./A-Za-z0-9])/dg,
    check: checkBcrypt,
    source: CRYPT,
  },
  {
    name: 'crypt-hash',
    title: 'Unix password hash',
    literals: prefix('$1$', '$5$', '$6$', '$y$', '$apr1$'),
    pattern:
      /(?<secret>\$(?<method>1|apr1|5|6|y)\$(?:rounds=(?<rounds>\d{1,9})\$|j[./A-Za-z0-9]{1,4}\$)?[./A-Za-z0-9]{1,24}\$(?<hash>[./A-Za-z0-9]{22,86}))(?![./A-Za-z0-9])/dg,
    check: checkCrypt,
    source: CRYPT,
  },
  {
    name: 'argon2-hash',
    title: 'Argon2 hash',
    literals: prefix('$argon2'),
    pattern:
      /(?<secret>\$argon2(?:id|i|d)\$(?:v=\d{1,3}\$)?m=\d{1,9},t=\d{1,4},p=\d{1,4}\$[A-Za-z0-9+/]{8,64}\$[A-Za-z0-9+/]{20,128})(?![A-Za-z0-9+/])/dg,
    check: checkStrong,
    source: STORAGE_GUIDE,
  },
  {
    name: 'django-pbkdf2-hash',
    title: 'PBKDF2 hash (Django)',
    literals: prefix('pbkdf2_sha256$', 'pbkdf2_sha1$'),
    pattern:
      /(?<![\w$])(?<secret>pbkdf2_sha(?:256|1)\$(?<iterations>\d{1,9})\$[^\s$"']{1,64}\$[A-Za-z0-9+/]{27,43}=)(?![A-Za-z0-9+/=])/dg,
    check: checkPbkdf2,
    source: DJANGO,
  },
  {
    name: 'django-fast-hash',
    title: 'Fast hash (Django)',
    literals: prefix('md5$', 'sha1$'),
    pattern:
      /(?<![\w$])(?<secret>(?:md5\$[^\s$"']{0,64}\$[0-9a-f]{32}|sha1\$[^\s$"']{0,64}\$[0-9a-f]{40}))(?![0-9a-f])/dg,
    check: checkFastDigest,
    source: DJANGO,
  },
  {
    name: 'werkzeug-hash',
    title: 'PBKDF2 hash (Werkzeug)',
    literals: prefix('pbkdf2:sha'),
    pattern:
      /(?<![\w$])(?<secret>pbkdf2:sha(?:1|224|256|384|512):(?<iterations>\d{1,9})\$[A-Za-z0-9]{4,64}\$[0-9a-f]{40,128})(?![0-9a-f])/dg,
    check: checkPbkdf2,
    source: 'https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash',
  },
  {
    name: 'werkzeug-scrypt-hash',
    title: 'scrypt hash (Werkzeug)',
    literals: prefix('scrypt:'),
    pattern:
      /(?<![\w$])(?<secret>scrypt:\d{2,9}:\d{1,4}:\d{1,4}\$[A-Za-z0-9]{4,64}\$[0-9a-f]{64,128})(?![0-9a-f])/dg,
    check: checkStrong,
    source: 'https://werkzeug.palletsprojects.com/en/stable/utils/#werkzeug.security.generate_password_hash',
  },
  {
    name: 'ldap-fast-hash',
    title: 'Fast hash of a directory (LDAP)',
    literals: prefix('{SHA}', '{SSHA}', '{MD5}', '{SMD5}'),
    pattern: /(?<secret>\{S?(?:SHA|MD5)\}[A-Za-z0-9+/]{22,80}={0,2})(?![A-Za-z0-9+/=])/dg,
    check: checkFastDigest,
    source: 'https://www.rfc-editor.org/rfc/rfc2307#section-5.3',
  },
  {
    name: 'phpass-hash',
    title: 'MD5 hash of PHPass',
    literals: prefix('$P$', '$H$'),
    pattern: /(?<secret>\$[PH]\$[./A-Za-z0-9]{31})(?![./A-Za-z0-9])/dg,
    check: checkFastDigest,
    source: 'https://www.openwall.com/phpass/',
  },
  {
    name: 'mysql-native-hash',
    title: 'SHA-1 hash of a MySQL account',
    literals: word("password '*", "as '*", "password('*", 'authentication_string'),
    pattern: /(?:password|as|authentication_string)["']?[\s:=(]{1,4}["'](?<secret>\*[0-9A-F]{40})["']/dgi,
    check: checkFastDigest,
    source: 'https://dev.mysql.com/doc/refman/8.0/en/native-pluggable-authentication.html',
  },
  {
    name: 'postgres-md5-hash',
    title: 'MD5 hash of a PostgreSQL role',
    literals: word("password 'md5", 'rolpassword', 'passwd":"md5', 'passwd": "md5'),
    pattern: /(?:password|rolpassword|passwd)["']?[\s:=]{1,4}["']?(?<secret>md5[0-9a-f]{32})(?![0-9a-f])/dgi,
    check: checkFastDigest,
    source: 'https://www.postgresql.org/docs/current/catalog-pg-authid.html',
  },
  {
    name: 'nt-hash',
    title: 'NT hash of a Windows account',
    literals: prefix(':::'),
    pattern: /(?<![\w.$\\-])[\w.$\\-]{1,64}:\d{3,10}:[0-9a-fA-F]{32}:(?<secret>[0-9a-fA-F]{32}):::/dg,
    check: checkNtHash,
    severity: 'HIGH',
    // user:number:LM:NT:::
    source: 'https://www.openwall.com/passwords/windows-pwdump',
  },
  {
    name: 'cisco-type-7',
    title: 'Password of a Cisco device, type 7',
    literals: word('password 7 ', 'secret 7 ', 'key 7 '),
    // Two digits say where in a known text the encoding begins.
    pattern:
      /(?:password|secret|key)[ ]7[ ](?<secret>(?:0[0-9]|1[0-5])(?:[0-9A-F]{2}){4,32})(?![0-9A-Fa-f])/dg,
    check: () => ({ confidence: 0.9, verified: false }),
    severity: 'HIGH',
    source:
      'https://www.cisco.com/c/en/us/support/docs/security-vpn/remote-authentication-dial-user-service-radius/107614-64.html',
  },
  {
    name: 'password-digest',
    title: 'MD5 or SHA-1 digest of a password',
    literals: STORED_NAMES,
    pattern: new RegExp(
      `${NAME_GIVEN}(?<secret>[0-9a-f]{40}|[0-9a-f]{32}|[0-9A-F]{40}|[0-9A-F]{32})(?![\\w-])`,
      'gid',
    ),
    check: checkDigest,
    source: STORAGE_GUIDE,
  },
  {
    name: 'encoded-password',
    title: 'Password in base64, hex or ROT13',
    literals: name('password', 'passwd', 'pwd', 'pass'),
    pattern: new RegExp(
      `${NAME_GIVEN}(?<secret>[A-Za-z0-9+/]{8,128}={0,2})(?![\\w+/=@!#$%^*~-]|[.:][\\w])`,
      'gid',
    ),
    check: checkEncoded,
    source: 'https://www.rfc-editor.org/rfc/rfc4648#section-12',
  },
];

export const STORED_PASSWORD_KINDS: readonly SecretKind[] = ROWS.map((row) => ({
  ...row,
  rule: 'SEC-18',
  severity: row.severity ?? 'MEDIUM',
  before: 80,
  rank: 1,
}));

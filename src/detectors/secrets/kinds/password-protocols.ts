// SEC-11: passwords as protocols, settings of servers and functions of programs take them: by their place.

import { checkBesideName } from '../checks/assigned-value.ts';
import { isPlaceholder } from '../not-a-secret.ts';
import { type FoundSecret, prefix, type SecretKind } from '../secret-kind.ts';
import { decodeBase64 } from '../views/decode.ts';
import { ARGUMENT, type PasswordRow, passwordKind } from './password-commands.ts';

/** Another text argument in front: group free. */
const TEXT = `(?:'[^'\\n]{0,200}'|"[^"\\n]{0,200}"|[\\w.#$ ]{1,80})`;
/** An argument that is a text in quotes, and whole: PHP cuts longer ones with dots. */
const TEXT_SECRET = `(?:'(?=[^'\\n]{1,256}'[ \\t]{0,2}[,)])|"(?=[^"\\n]{1,256}"[ \\t]{0,2}[,)]))(?<secret>[^'"\\n]{1,256})`;

/** The nth argument of a function. */
function argument(functions: string, before: number): RegExp {
  return new RegExp(
    `(?<!\\w)(?:${functions})\\(\\s{0,4}(?:${TEXT},\\s{0,4}){${before}}${TEXT_SECRET}`,
    'gid',
  );
}

const ROWS: readonly PasswordRow[] = [
  {
    name: 'docker-environment-instruction',
    title: 'Password in an instruction of a Dockerfile',
    literals: [],
    exact: ['ENV '],
    pattern:
      /(?<![A-Za-z])ENV[ \t]{1,3}(?<name>[A-Z][A-Z0-9_]{0,40}(?:PASSWORD|PASSWD|PASS|PWD|PASSPHRASE|SECRET|TOKEN|[A-Z]_KEY))[ \t]{1,3}(?![=])["']?(?<secret>[^\s"'`=][^\s"'`]{3,255})/dg,
    source: 'https://docs.docker.com/reference/dockerfile/#env',
    check: checkBesideName,
  },
  {
    name: 'php-database-argument',
    title: 'Password among the arguments of a PHP stack trace',
    literals: [
      'pdo->__construct(',
      'mysqli_connect(',
      'mysqli->__construct(',
      'mysqli->real_connect(',
      'mysqli_real_connect(',
    ],
    pattern: argument('PDO->__construct|mysqli_connect|mysqli->__construct|mysqli->real_connect', 2),
    source: 'https://www.php.net/manual/en/class.pdoexception.php',
  },
  {
    name: 'bind-argument',
    title: 'Password of an LDAP bind',
    literals: ['ldap_bind(', 'simple_bind_s(', 'simple_bind(', 'ldap_simple_bind('],
    pattern: new RegExp(
      `(?<!\\w)(?:ldap_bind\\(\\s{0,4}(?:${TEXT}),\\s{0,4}|(?:ldap_)?simple_bind(?:_s)?\\(\\s{0,4})(?:${TEXT}),\\s{0,4}${TEXT_SECRET}`,
      'gid',
    ),
    source: 'https://www.python-ldap.org/en/latest/reference/ldap.html#ldap.LDAPObject.simple_bind_s',
  },
  {
    name: 'login-argument',
    title: 'Password of a pair of user and password',
    literals: ["auth=('", 'auth=("', 'basicauth(', 'digestauth(', 'db.auth(', 'sp_addlogin '],
    pattern:
      /(?:auth=\(|(?:Basic|Digest)Auth\(|db\.auth\(|sp_addlogin[ \t])\s{0,4}(?:'[^'\n]{1,128}'|"[^"\n]{1,128}"),\s{0,4}(?:'(?=[^'\n]{1,256}')|"(?=[^"\n]{1,256}"))(?<secret>[^'"\n]{1,256})/dgi,
    source: 'https://requests.readthedocs.io/en/latest/user/authentication/#basic-authentication',
  },
  {
    name: 'sql-cipher-argument',
    title: 'Key of a cipher in SQL',
    literals: ['aes_encrypt(', 'aes_decrypt(', 'pgp_sym_encrypt(', 'pgp_sym_decrypt('],
    pattern: new RegExp(
      `(?:aes_(?:en|de)crypt|pgp_sym_(?:en|de)crypt)\\(\\s{0,4}(?:'[^'\\n]{0,400}'|[\\w.$"\`:?]{1,128}|from_base64\\([^()\\n]{1,400}\\)|unhex\\([^()\\n]{1,400}\\)),\\s{0,4}${TEXT_SECRET}`,
      'gid',
    ),
    source: 'https://www.postgresql.org/docs/current/pgcrypto.html#PGCRYPTO-PGP-ENC-FUNCS',
  },
  {
    name: 'oracle-identified-by',
    title: 'Password in SQL of Oracle (IDENTIFIED BY)',
    literals: ['identified by '],
    pattern:
      /identified[ \t]{1,3}by[ \t]{1,3}(?!values|password\b)(?<secret>[A-Za-z][\w$#]{5,29})(?=[^\w$#'"(]|$)/dgi,
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/CREATE-USER.html',
    strongOnly: true,
  },
  {
    name: 'redis-command',
    title: 'Password of a Redis command',
    literals: ['> auth ', 'auth" "', '[auth, ', 'auth-pass ', 'auth\r\n$'],
    exact: ['AUTH"', "AUTH'", 'AUTH\\'],
    pattern:
      /(?:"AUTH"(?:[ ]"[^"\n]{1,64}")?[ ]"(?=[^"\n]{1,256}"(?:[\s"'\\]|$))|["']AUTH["'],[ ]?["']|\[AUTH,[ ]|>[ ]AUTH[ ](?:default[ ])?|AUTH\r?\n\$\d{1,4}\r?\n(?:default\r?\n\$\d{1,4}\r?\n)?|sentinel[ ]auth-pass[ ][^\s]{1,64}[ ])(?<secret>[^\s"'`\]\\]{1,256})/dgi,
    source: 'https://redis.io/docs/latest/commands/auth/',
    strongOnly: true,
  },
  {
    name: 'redis-user-rule',
    title: 'Password of a Redis user',
    literals: ['setuser ', '"setuser" "', ' on >'],
    pattern:
      /(?:acl[ ]setuser|"acl"[ ]"setuser"|(?<![\w-])user)[ ]["']?[\w.-]{1,64}["']?(?:[ ]["']?[^\s"']{1,64}["']?){0,8}?[ ]["']?>(?<secret>[^\s"'`<>]{1,256})/dgi,
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/',
    strongOnly: true,
  },
  {
    name: 'mail-login',
    title: 'Password of an IMAP, POP3, FTP or IRC session',
    literals: [
      '> pass ',
      'c: pass ',
      '"pass ',
      "'pass ",
      '-> pass ',
      'command: pass ',
      'nickserv identify ',
      'nickserv :identify ',
    ],
    exact: [' LOGIN '],
    pattern:
      /(?:(?:[>"']|[Cc]:|[Cc]ommand:)[ ]{0,2}PASS[ ]|(?<![^\s>=:"'])(?:[A-Za-z]{1,6}\d{1,6}|\.)[ ]LOGIN[ ](?:"[^"\n]{1,128}"|[^\s"]{1,128})[ ]|[Nn]ick[Ss]erv[ ]:?(?:IDENTIFY|identify)[ ](?:[\w[\]-]{1,32}[ ])?)["']?(?<secret>[^\s"'`<>/\\]{6,128})["']?(?=\s|\\r|\\n|["'\]]|$)/dg,
    source: 'https://www.rfc-editor.org/rfc/rfc959#section-5.3.1',
    strongOnly: true,
  },
  {
    name: 'server-setting',
    title: 'Password in the settings of a server',
    literals: [
      'bindpw ',
      'rootpw ',
      'enable secret ',
      'tacacs-server key ',
      'radius-server key ',
      'isakmp key ',
      ' password 0 ',
      ': psk "',
      'auth_pass ',
    ],
    pattern: new RegExp(
      `(?<![\\w-])(?:bindpw|rootpw|enable (?:secret|password)(?: \\d)?|(?:tacacs|radius)-server key(?: \\d)?|isakmp key(?: \\d)?|username[ ][^\\s]{1,64}[ ](?:privilege[ ]\\d{1,2}[ ])?password[ ]0|PSK(?=[ ]["'])|auth_pass)[ \\t]{1,16}(?!\\$|\\{[A-Z])${ARGUMENT}`,
      'gid',
    ),
    source: 'https://www.openldap.org/doc/admin26/slapdconf2.html',
    before: 96,
    strongOnly: true,
  },
  {
    name: 'terraform-prompt',
    title: 'Value that Terraform was given at its prompt',
    literals: ['enter a value: '],
    pattern:
      /var\.[\w-]{0,64}(?:password|passwd|secret|token|api_key)\r?\n(?:[^\n]{0,200}\n){0,4}?[^\n]{0,64}Enter a value:[ ](?<secret>[^\s"']{1,256})/dg,
    source: 'https://developer.hashicorp.com/terraform/language/values/variables',
    before: 480,
    overLines: true,
  },
];

/** The answer to what base64 says is `Password:`. RFC 4954. */
const SMTP_PROMPT = 'UGFzc3dvcmQ6';
const SMTP_PASSWORD = new RegExp(SMTP_PROMPT, 'g');
const SMTP_ANSWER =
  /(?:[Cc]:|send:|[Cc]lient:|>>>?|->|>|\n)[ \t]{0,3}(?:b?["'])?([A-Za-z0-9+/]{4,256}={0,2})(?=["']|\\r|\\n|\r|\n|[ \t]{0,2}$)/g;
const ANSWER_REACH = 400;
const PRINTABLE = /^[\x20-\x7e]{4,128}$/;

function findSmtpLogins(text: string): FoundSecret[] {
  const found: FoundSecret[] = [];
  const add = (password: string, start: number, end: number): void => {
    if (!PRINTABLE.test(password) || isPlaceholder(password)) return;
    found.push({ secret: password, start, end, verdict: { confidence: 0.95, verified: true } });
  };
  for (const match of text.matchAll(SMTP_PASSWORD)) {
    const from = match.index + match[0].length;
    // smtplib says the prompt twice. Behind the answer another login may follow.
    const answers = text.slice(from, from + ANSWER_REACH).matchAll(SMTP_ANSWER);
    const answer = [...answers].find(([, said]) => said !== SMTP_PROMPT);
    if (answer === undefined) continue;
    const start = from + answer.index + answer[0].length - answer[1]!.length;
    if (found.some((other) => other.start === start) || found.length >= MAX_FOUND) continue;
    add(decodeBase64(answer[1]!), start, start + answer[1]!.length);
  }
  return found;
}
const MAX_FOUND = 32;

export const PASSWORD_PROTOCOL_KINDS: readonly SecretKind[] = [
  ...ROWS.map((row): SecretKind => ({ ...passwordKind(row), linesOnly: true })),
  {
    name: 'smtp-login',
    title: 'Password of a login to a mail server (AUTH LOGIN)',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: prefix('UGFzc3dvcmQ6'),
    behind: 640,
    overLines: true,
    linesOnly: true,
    find: findSmtpLogins,
    rank: 1,
    source: 'https://www.rfc-editor.org/rfc/rfc4954#section-4.1',
  },
];

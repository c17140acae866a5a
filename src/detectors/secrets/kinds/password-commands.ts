// SEC-11: passwords where a command, a statement or a sentence has them: what stands before them is no name that is given a value.

import { checkPasswordValue, checkStrongPassword } from '../checks/assigned-value.ts';
import { type Candidate, prefix, type SecretKind, type Verdict, word } from '../secret-kind.ts';

/** An argument: in quotes, or up to white space and what ends a command. */
export const ARGUMENT = `["']?(?<secret>(?<=")[^"\\n]{1,256}(?=")|(?<=')[^'\\n]{1,256}(?=')|[^\\s"'\`<>|;&]{1,256})`;
/** Words of a command in front of it. */
const WORDS = '(?:[ \\t]{1,3}[^\\s|;&]{1,128}){0,12}?';

export function command(start: string, behind: string): RegExp {
  return new RegExp(`(?<![\\w-])${start}${WORDS}[ \\t]{1,3}${behind}${ARGUMENT}`, 'gd');
}

export interface PasswordRow {
  readonly name: string;
  readonly title: string;
  readonly literals: readonly string[];
  readonly pattern: RegExp;
  readonly source: string;
  readonly before?: number;
  /** Only behind the words of the statement. */
  readonly statement?: true;
  readonly check?: SecretKind['check'];
  /** Literals with these very letters. */
  readonly exact?: readonly string[];
  readonly overLines?: true;
  /** A sentence may hold the same words. */
  readonly strongOnly?: boolean;
}

const ROWS: readonly PasswordRow[] = [
  {
    name: 'mysql-short-flag',
    title: 'Password of a MySQL or MariaDB client',
    literals: [
      'mysql -',
      'mysqldump -',
      'mysqladmin -',
      'mysqlimport -',
      'mysqlshow -',
      'mysqlcheck -',
      'mariadb -',
      'mariadb-dump -',
      'mariadb-admin -',
    ],
    // Without a space: behind one stands the name of a database.
    pattern: command(
      '(?:mysql(?:dump|admin|import|show|check)?|mariadb(?:-dump|-admin)?)(?:\\.exe)?(?=[ \\t]{1,3}-)',
      '-p',
    ),
    source: 'https://dev.mysql.com/doc/refman/8.4/en/connecting.html',
  },
  {
    name: 'sshpass-flag',
    title: 'Password for sshpass',
    literals: ['sshpass -p'],
    pattern: new RegExp(`sshpass[ \\t]-p[ \\t]{0,3}${ARGUMENT}`, 'gd'),
    source: 'https://manpages.debian.org/bookworm/sshpass/sshpass.1.en.html',
  },
  {
    name: 'net-user',
    title: 'Password of a Windows account (net user)',
    literals: ['net user ', 'net.exe user '],
    pattern: new RegExp(
      `\\bnet(?:\\.exe)?[ \\t]user[ \\t]{1,3}(?:"[^"\\n]{1,64}"|[\\w.\\\\$-]{1,64})[ \\t]{1,3}(?![/*])${ARGUMENT}`,
      'gid',
    ),
    source:
      'https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-server-2012-r2-and-2012/cc771865(v=ws.11)',
    strongOnly: true,
  },
  {
    name: 'htpasswd-batch',
    title: 'Password for htpasswd -b',
    literals: ['htpasswd -'],
    pattern: new RegExp(
      `htpasswd(?:(?:[ \\t]-[A-Zabcdefghijklmopqrstuvwxyz]{1,8}){1,4}(?:[ \\t][^\\s-][^\\s]{0,128}){2}|[ \\t]-[A-Za-z]{0,6}n[A-Za-z]{0,6}[ \\t][^\\s-][^\\s]{0,128})[ \\t]${ARGUMENT}`,
      'gd',
    ),
    source: 'https://httpd.apache.org/docs/2.4/programs/htpasswd.html',
  },
  {
    name: 'chpasswd-line',
    title: 'Account and password for chpasswd',
    literals: ['chpasswd'],
    pattern:
      /echo[ \t]{1,3}(?:-[ne][ \t]{1,3})?["']?[a-z_][\w.-]{0,31}:(?<secret>[^\s"'|]{1,256})["']?[ \t]{0,3}\|[ \t]{0,3}(?:sudo[ \t]{1,3})?(?:\/usr\/s?bin\/)?chpasswd/dg,
    source: 'https://manpages.debian.org/bookworm/passwd/chpasswd.8.en.html',
    before: 320,
  },
  {
    name: 'curl-user',
    title: 'User and password for curl',
    literals: ['curl -', 'curl http'],
    pattern: command('curl', '(?:-u|--user|--proxy-user|-U)[ \\t=]{0,3}["\']?[\\w.@+-]{1,64}:'),
    source: 'https://curl.se/docs/manpage.html#-u',
  },
  {
    name: 'redis-cli-flag',
    title: 'Password for redis-cli',
    literals: ['redis-cli', 'valkey-cli'],
    pattern: command('(?:redis|valkey)-cli', '-a[ \\t]{1,3}'),
    source: 'https://redis.io/docs/latest/develop/tools/cli/#host-port-password-and-database',
  },
  {
    name: 'redis-setting',
    title: 'Password of a Redis server',
    literals: ['requirepass', 'masterauth'],
    pattern: new RegExp(`(?<![\\w-])(?:requirepass|masterauth)["']?[ \\t]{1,3}(?!-)${ARGUMENT}`, 'gid'),
    source: 'https://redis.io/docs/latest/operate/oss_and_stack/management/security/#authentication',
    strongOnly: true,
  },
  {
    name: 'ldap-client-flag',
    title: 'Password for an LDAP client',
    literals: ['ldapsearch -', 'ldapadd -', 'ldapmodify -', 'ldapwhoami -', 'ldapdelete -', 'ldappasswd -'],
    pattern: command('ldap(?:search|add|modify|whoami|delete|passwd)', '-w[ \\t]{1,3}'),
    source: 'https://www.openldap.org/software/man.cgi?query=ldapsearch',
  },
  {
    name: 'docker-login-flag',
    title: 'Password for docker login',
    literals: ['docker login', 'podman login', 'helm registry login'],
    pattern: command('(?:docker|podman|helm registry)[ \\t]login', '-p[ \\t]{1,3}'),
    source: 'https://docs.docker.com/reference/cli/docker/login/',
  },
  {
    name: 'docker-login-pipe',
    title: 'Password that is piped into docker login',
    literals: [
      'docker login',
      'podman login',
      'helm registry login',
      'nerdctl login',
      'oras login',
      'skopeo login',
      'crane auth login',
    ],
    pattern:
      /(?:echo|printf)[ \t]{1,3}(?:-[ne]{1,2}[ \t]{1,3}|["']?%s["']?[ \t]{1,3})?["']?(?<secret>[^\s"'|]{1,4000})["']?[ \t]{0,3}\|[ \t]{0,3}(?:sudo[ \t]{1,3})?(?:docker|podman|nerdctl|oras|skopeo|crane auth|helm registry)[ \t]login/dg,
    source: 'https://docs.docker.com/reference/cli/docker/login/#password-stdin',
    before: 4_100,
    check: checkPipedPassword,
  },
  {
    name: 'php-constant',
    title: 'Password in a constant of PHP',
    literals: ["_password',", '_password",', "_passwd',", "_pwd',", "_pass',"],
    pattern:
      /define\(\s{0,2}["']\w{0,40}_(?:PASSWORD|PASSWD|PWD|PASS)["'],\s{0,3}["'](?<secret>[^"'\n]{1,256})["']/dgi,
    source: 'https://developer.wordpress.org/advanced-administration/wordpress/wp-config/#database-password',
  },
  {
    name: 'elastic-setup-password',
    title: 'Password that Elasticsearch made for an account of its own',
    literals: [
      ...['password elastic =', 'password kibana', 'password logstash_system', 'password beats_system'],
      ...['password apm_system', 'password remote_monitoring_user'],
    ],
    pattern:
      /PASSWORD (?:elastic|kibana(?:_system)?|(?:logstash|beats|apm)_system|remote_monitoring_user) = (?<secret>[A-Za-z0-9*+=_-]{8,64})/dg,
    source: 'https://www.elastic.co/guide/en/elasticsearch/reference/8.19/setup-passwords.html',
  },
  {
    name: 'netrc-line',
    title: 'Password of a .netrc file',
    literals: ['machine ', 'default login '],
    pattern:
      /(?<![\w-])(?:machine\s{1,4}[\w.:-]{1,255}|default)\s{1,12}login\s{1,4}[^\s]{1,128}\s{1,12}(?:account\s{1,4}[^\s]{1,128}\s{1,12})?password\s{1,4}(?<secret>[^\s"'<>]{1,256})/dg,
    source: 'https://www.gnu.org/software/inetutils/manual/html_node/The-_002enetrc-file.html',
    overLines: true,
  },
  {
    name: 'openssl-pass-argument',
    title: 'Passphrase for openssl',
    literals: ['passin pass:', 'passout pass:', '-pass pass:', '-k pass:'],
    pattern: new RegExp(`-(?:pass|passin|passout)[ \\t]{1,3}["']?pass:${ARGUMENT}`, 'gd'),
    source: 'https://docs.openssl.org/3.0/man1/openssl-passphrase-options/',
  },
  {
    name: 'sql-identified-by',
    title: 'Password in SQL (IDENTIFIED BY)',
    literals: ['identified by', 'identified with'],
    pattern:
      /identified\s{1,3}(?:by|with\s{1,3}["'`]?\w{1,40}["'`]?\s{1,3}(?:by|as))\s{1,3}(?:password\s{1,3}|values\s{1,3})?["'](?<secret>[^"'\n]{1,256})["']/dgi,
    source: 'https://dev.mysql.com/doc/refman/8.4/en/create-user.html',
  },
  {
    name: 'sql-role-password',
    title: 'Password in SQL (CREATE ROLE, ALTER USER, CREATE LOGIN)',
    literals: [
      "password '",
      "password='",
      "password = '",
      "password= '",
      "password = n'",
      "password=n'",
      "password e'",
    ],
    pattern: /\bpassword\s{0,2}=?\s{0,2}[NE]?'(?<secret>[^'\n]{1,256})'/dgi,
    statement: true,
    before: 220,
    source: 'https://www.postgresql.org/docs/current/sql-createrole.html',
  },
  {
    name: 'sql-set-password',
    title: 'Password in SQL (SET PASSWORD)',
    literals: ['set password'],
    pattern:
      /set\s{1,3}password\s{1,3}(?:for\s{1,3}[^\s=]{1,128}\s{0,3})?(?:=|to)\s{0,3}(?:(?:old_)?password\s?\(\s?)?'(?<secret>[^'\n]{1,256})'/dgi,
    source: 'https://dev.mysql.com/doc/refman/8.4/en/set-password.html',
  },
  {
    name: 'temporary-password-sentence',
    title: 'Password in a sentence',
    literals: [
      'temporary password is generated for',
      'password is ',
      'password was ',
      'password is: ',
      'password set to ',
      'password changed to ',
      'password reset to ',
      'security password: ',
      'with password ',
      'using password ',
    ],
    pattern:
      /password(?: is generated for [^\s:]{1,128})?(?: for [^\s:]{1,128})? ?(?:is|was|set to|changed to|reset to)?:? ["'`]?(?<secret>[^\s"'`<>]{8,64})/dgi,
    source: 'https://dev.mysql.com/doc/refman/8.4/en/data-directory-initialization.html',
    strongOnly: true,
  },
];

/** Registries of AWS and Google take tokens of two thousand characters. */
function checkPipedPassword(candidate: Candidate): Verdict {
  if (candidate.secret.length <= 256) return checkPasswordValue(candidate);
  return /^[A-Za-z0-9+/=._-]+$/.test(candidate.secret)
    ? { confidence: 0.9, verified: false }
    : { refused: 'wrong-length' };
}

const ROLE_STATEMENT =
  /\b(?:create|alter)\s{1,3}(?:role|user|login|application role|certificate|symmetric key|master key)\s/i;
const STATEMENT_CHARACTERS = 200;

function checkRolePassword(candidate: Candidate): Verdict {
  const { text, start } = candidate;
  const before = text
    .slice(Math.max(0, start - STATEMENT_CHARACTERS), start)
    .split(';')
    .at(-1)!;
  return ROLE_STATEMENT.test(before) ? checkPasswordValue(candidate) : { refused: 'code' };
}

/** The kind of a row. */
export function passwordKind(row: PasswordRow): SecretKind {
  return {
    name: row.name,
    title: row.title,
    rule: 'SEC-11',
    severity: 'HIGH',
    // The record's own text may be percent-encoded.
    literals: [
      ...word(
        ...row.literals.flatMap((text) => [
          ...new Set([text, text.replaceAll(' ', '%20'), text.replaceAll(' ', '+')]),
        ]),
      ),
      ...prefix(...(row.exact ?? []).flatMap((text) => [...new Set([text, text.replaceAll(' ', '%20')])])),
    ],
    pattern: row.pattern,
    before: row.before ?? 64,
    ...(row.overLines === undefined ? {} : { overLines: row.overLines, behind: 320 }),
    check:
      row.check ??
      (row.statement === true
        ? checkRolePassword
        : row.strongOnly === true
          ? checkStrongPassword
          : checkPasswordValue),
    rank: 0,
    source: row.source,
  };
}

export const PASSWORD_COMMAND_KINDS: readonly SecretKind[] = ROWS.map(passwordKind);

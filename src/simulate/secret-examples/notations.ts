// Passwords in the notations of programs that name them by their place: commands, protocols, tables, pages.

import type { Random } from '../prng.ts';
import { generatedPassword } from './passwords.ts';
import type { SecretExample } from './secret-example.ts';
import { BASE62 } from './token-text.ts';

type Text = (value: string, random: Random) => string;

/** One line, as one of these. */
function line(kind: string, ...texts: readonly Text[]): SecretExample {
  return {
    kind,
    make(random) {
      const value = generatedPassword(random);
      return { secrets: [value], text: random.pick(texts)(value, random) };
    },
  };
}

/** Several lines of one message, with the sign for a line feed between them: a driver that makes records of them leaves no name beside the value. */
function lines(kind: string, write: (value: string, random: Random) => readonly string[]): SecretExample {
  return {
    kind,
    make(random) {
      const value = generatedPassword(random);
      return { secrets: [value], text: write(value, random).join('\\n') };
    },
  };
}

const base64 = (text: string): string => Buffer.from(text, 'latin1').toString('base64');

export const NOTATION_EXAMPLES: readonly SecretExample[] = [
  line(
    'pre-shared-key',
    (value) => `network={ ssid="office" psk="${value}" }`,
    (value) => `pre_shared_key = "${value}"`,
    (value) => `{"ssid":"office","pre-shared-key":"${value}"}`,
  ),
  line(
    'xml-named-secret',
    (value) => `<entry key="db.password">${value}</entry>`,
    (value) => `<Property name="dbPassword">${value}</Property>`,
    (value) => `<setting name="SmtpPassword" serializeAs="String"><value>${value}</value></setting>`,
  ),
  line(
    'table-secret',
    (value) => `| db_password | ${value} |`,
    (value) => ` smtp_password | ${value}`,
    (value) => `|  12 | admin_password | ${value} |`,
  ),
  lines('column-secret', (value) => [
    ' id | password          | email',
    '----+-------------------+-----------',
    `  7 | ${value} | a@b.io`,
    '(1 row)',
  ]),
  line(
    'inserted-secret',
    (value) => `INSERT INTO accounts (name, password, city) VALUES ('jane', '${value}', 'Oslo')`,
    (value) => `INSERT INTO "settings" ("id", "api_secret", "password") VALUES (7, NULL, '${value}')`,
    (value) => `INSERT INTO t("email", "password") VALUES ($1, $2) -- PARAMETERS: ["a@b.io","${value}"]`,
  ),
  line(
    'page-cell-secret',
    (value) => `<tr><td>EMAIL_HOST_PASSWORD</td><td class="code"><pre>&#x27;${value}&#x27;</pre></td></tr>`,
    (value) => `<tr><td class="e">DB_PASSWORD </td><td class="v">${value} </td></tr>`,
  ),
  lines('dumped-secret', (value) => [
    'array(1) {',
    '  ["password"]=>',
    `  string(${value.length}) "${value}"`,
    '}',
  ]),
  lines('aligned-secret', (value) => [
    '== Data ==',
    'Key         Value',
    `password    ${value}`,
    'user        jane',
  ]),
  line(
    'docker-environment-instruction',
    (value) => `#7 [3/9] ENV DB_PASSWORD ${value}`,
    (value) => `Step 4/9 : ENV SMTP_PASSWORD ${value}`,
  ),
  lines('smtp-login', (value) => ["reply: b'334 UGFzc3dvcmQ6'", `send: '${base64(value)}'`]),
  line(
    'php-database-argument',
    (value) => `#0 /var/www/db.php(70): PDO->__construct('mysql:host=db', 'app', '${value}', Array)`,
    (value) => `#1 /var/www/db.php(12): mysqli_connect('db', 'app', '${value}', 'orders')`,
  ),
  line('bind-argument', (value) => `simple_bind_s('cn=admin,dc=corp', '${value}')`),
  line(
    'login-argument',
    (value) => `requests.get(url, auth=('jane', '${value}'))`,
    (value) => `HTTPBasicAuth('jane', '${value}')`,
  ),
  line('sql-cipher-argument', (value) => `SELECT AES_DECRYPT(card, '${value}')`),
  {
    kind: 'oracle-identified-by',
    make(random) {
      // Without quotes Oracle takes letters, digits and three signs.
      const value = `${random.text(BASE62, 11)}x7_Q`.replace(/^\d/, 'k');
      return { secrets: [value], text: `CREATE USER app IDENTIFIED BY ${value} QUOTA UNLIMITED ON users` };
    },
  },
  line(
    'redis-command',
    (value) => `1789999999.123456 [0 10.0.0.1:50000] "AUTH" "default" "${value}"`,
    (value) => `Command: [AUTH, ${value}]`,
    (value) => `*2\\r\\n$4\\r\\nAUTH\\r\\n$${value.length}\\r\\n${value}\\r\\n`,
  ),
  line('redis-user-rule', (value) => `ACL SETUSER app on >${value} ~* +@all`),
  line(
    'mail-login',
    (value) => `a1 LOGIN jane@shop.internal ${value}`,
    (value) => `FTP command: Client "10.0.3.17", "PASS ${value}"`,
  ),
  line(
    'server-setting',
    (value) => `bindpw ${value}`,
    (value) => `tacacs-server key ${value}`,
    (value) => `10.0.3.17 10.0.4.18 : PSK "${value}"`,
  ),
  lines('terraform-prompt', (value) => ['var.db_password', `  Enter a value: ${value}`]),
  line('sql-server-flag', (value) => `sqlcmd -S db -U sa -P ${value}`),
  line(
    'archive-flag',
    (value) => `unzip -P ${value} backup.zip`,
    (value) => `7z x -p${value} backup.7z`,
  ),
  line('java-keystore-flag', (value) => `keytool -list -keystore k.jks -storepass ${value}`),
  line('ssh-key-passphrase-flag', (value) => `ssh-keygen -t ed25519 -N '${value}' -f key`),
  line('rabbitmq-command', (value) => `rabbitmqctl add_user app ${value}`),
  line(
    'login-command-flag',
    (value) => `oc login -u jane -p ${value}`,
    (value) => `az login --service-principal -u app -p ${value} --tenant corp`,
  ),
  line('database-client-flag', (value) => `cqlsh -u cassandra -p ${value}`),
  line('oracle-login', (value) => `sqlplus app/${value}@//db:1521/orders`),
  line('snmp-flag', (value) => `snmpwalk -v3 -u app -A ${value} 10.0.0.1`),
  line('snmp-setting', (value) => `snmp-server community ${value} RO`),
  line('samba-flag', (value) => `smbclient //files/share -U jane%${value}`),
  line('windows-share', (value) => `net use Z: \\\\files\\share ${value} /user:jane`),
  line('powershell-secure-string', (value) => `ConvertTo-SecureString '${value}' -AsPlainText -Force`),
  line('single-dash-password', (value) => `influx -username app -password ${value}`),
  line(
    'password-on-stdin',
    (value) => `echo ${value} | sudo -S ls`,
    (value) => `echo '${value}' | kinit jane`,
  ),
  line('http-client-login', (value) => `http -a jane:${value} shop.internal/orders`),
  line('openssl-key-argument', (value) => `openssl enc -aes-256-cbc -k ${value} -in a -out b`),
  line(
    'wifi-command',
    (value) => `nmcli dev wifi connect office password ${value}`,
    (value) => `wpa_passphrase office ${value}`,
  ),
  line(
    'parameter-store-command',
    (value) => `aws ssm put-parameter --name /db/password --type SecureString --value ${value}`,
    (value) => `aws secretsmanager create-secret --name db --secret-string ${value}`,
  ),
  line(
    'url-password-other-scheme',
    (value) => `clone ssh://jane:${value}@git.internal/orders`,
    (value) => `camera rtsp://viewer:${value}@10.0.3.17/stream`,
    (value) => `proxy socks5://jane:${value}@proxy.internal:1080`,
  ),
  line(
    'keyword-secret',
    (value) => `started with {:host "db", :db-password "${value}"}`,
    (value) => `{:smtp/password "${value}" :port 25}`,
  ),
  line(
    'arrow-secret',
    (value) => `Settings(Map(host -> db, db_password -> ${value}, port -> 5432))`,
    (value) => `Map(password -> ${value})`,
  ),
  line(
    'term-secret',
    (value) => `[{username,"jane"},{password,"${value}"}]`,
    (value) => `#{<<"user">> => <<"jane">>,<<"password">> => <<"${value}">>}`,
    (value) => `{:password, "${value}"}`,
  ),
  lines('form-part-secret', (value) => [
    '--b7',
    'Content-Disposition: form-data; name="password"',
    '',
    value,
    '--b7--',
  ]),
  line(
    'value-before-name',
    (value) => `"environment": [ { "value": "${value}", "name": "DB_PASSWORD" } ]`,
    (value) => `{"Value":"${value}","Key":"db_password"}`,
  ),
  line(
    'loaded-property',
    (value) => `Loading configuration property: security.ssl.rest.keystore-password, ${value}`,
  ),
  lines('comma-table-secret', (value) => ['login,email,password', `jane,a@b.io,${value}`]),
  {
    kind: 'generated-password-line',
    make(random) {
      const value = `${random.text(BASE62, 19)}7`;
      return {
        secrets: [value],
        text: `Password for the elastic user (reset with elasticsearch-reset-password):\\n  ${value}\\n`,
      };
    },
  },
  lines('ftp-login', (value) => ['331 Password required for jane', `PASS ${value}`, '230 Logged in']),
  line('pgpass-line', (value) => `db.corp.acme-net.io:5432:orders:app:${value}`),
  {
    kind: 'secret-sentence',
    make(random) {
      const value = random.text(BASE62, 40);
      return {
        secrets: [value],
        text: random.pick([
          `the webhook secret is ${value}`,
          `new api key is ${value}`,
          `auth token is: ${value}`,
        ]),
      };
    },
  },
];

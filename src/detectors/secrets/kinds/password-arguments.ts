// SEC-11: passwords that a command takes with a letter, or without a name at all.

import type { SecretKind } from '../secret-kind.ts';
import { ARGUMENT, command, type PasswordRow, passwordKind } from './password-commands.ts';

const ROWS: readonly PasswordRow[] = [
  {
    name: 'sql-server-flag',
    title: 'Password for sqlcmd or bcp',
    literals: ['sqlcmd ', 'bcp '],
    pattern: command('(?:sqlcmd|bcp)', '-P[ \\t]{0,3}'),
    source: 'https://learn.microsoft.com/en-us/sql/tools/sqlcmd/sqlcmd-utility',
    before: 16,
  },
  {
    name: 'archive-flag',
    title: 'Password of an archive',
    literals: ['zip -p', '7z x -p', '7z a -p', '7z e -p', '7za a -p', 'rar a -p'],
    pattern: new RegExp(
      `(?<!\\w)(?:(?:un)?zip(?:[ \\t]-[A-OQ-Za-z]{1,6}){0,4}[ \\t]-P[ \\t]{1,3}|(?:7z|7za|rar)[ \\t][axe][ \\t]-p)${ARGUMENT}`,
      'gd',
    ),
    source: 'https://linux.die.net/man/1/zip',
  },
  {
    name: 'java-keystore-flag',
    title: 'Password of a Java keystore',
    literals: ['-storepass ', '-keypass ', '-srcstorepass ', '-deststorepass '],
    pattern: new RegExp(`-(?:store|key|srcstore|deststore|srckey|destkey)pass[ \\t]{1,3}${ARGUMENT}`, 'gd'),
    source: 'https://docs.oracle.com/en/java/javase/21/docs/specs/man/keytool.html',
  },
  {
    name: 'ssh-key-passphrase-flag',
    title: 'Passphrase for ssh-keygen',
    literals: ['ssh-keygen '],
    pattern: command('ssh-keygen', '-[NP][ \\t]{1,3}'),
    source: 'https://man.openbsd.org/ssh-keygen.1',
  },
  {
    name: 'rabbitmq-command',
    title: 'Password for rabbitmqctl',
    literals: ['rabbitmqctl '],
    pattern: new RegExp(
      `rabbitmqctl(?:[ \\t]-[^\\s]{1,64}(?:[ \\t][^\\s-][^\\s]{0,64})?){0,4}[ \\t]{1,3}(?:add_user|change_password|authenticate_user)[ \\t]{1,3}[^\\s]{1,128}[ \\t]{1,3}${ARGUMENT}`,
      'gd',
    ),
    source: 'https://www.rabbitmq.com/docs/man/rabbitmqctl.8',
  },
  {
    name: 'login-command-flag',
    title: 'Password of a login at a command line',
    literals: [
      'cf login ',
      'oc login ',
      'az login ',
      'twine upload ',
      'az acr login ',
      'tsm login ',
      'evil-winrm ',
    ],
    pattern: command(
      '(?:cf login|oc login|az login|az acr login|twine upload|tsm login|evil-winrm)',
      '-p[ \\t]{1,3}',
    ),
    source: 'https://learn.microsoft.com/en-us/cli/azure/reference-index#az-login',
  },
  {
    name: 'database-client-flag',
    title: 'Password for the client of a database',
    literals: [
      'cqlsh ',
      'mongo -',
      'mongosh -',
      'mongodump -',
      'mongorestore -',
      'psexec ',
      'psexec64 ',
      'psexec.exe ',
      'psexec64.exe ',
      'clickhouse-client -',
    ],
    pattern: command(
      '(?:cqlsh|mongo|mongosh|mongodump|mongorestore|[Pp][Ss][Ee]xec(?:64)?(?:\\.exe)?)',
      '-p[ \\t]{1,3}',
    ),
    source: 'https://www.mongodb.com/docs/mongodb-shell/reference/options/',
  },
  {
    name: 'oracle-login',
    title: 'Password of an Oracle login',
    literals: ['sqlplus ', 'rman target ', 'expdp ', 'impdp ', 'sqlldr '],
    pattern:
      /(?<!\w)(?:sqlplus|rman target|expdp|impdp|sqlldr)[ \t](?:-[A-Za-z]{1,8}[ \t]){0,4}["']?[A-Za-z][\w$#]{0,63}\/(?<secret>[^\s/@"']{1,128})(?=@|\s|["']|$)/dgi,
    source: 'https://docs.oracle.com/en/database/oracle/oracle-database/19/sqpug/starting-SQL-Plus.html',
    strongOnly: true,
  },
  {
    name: 'snmp-flag',
    title: 'Community or passphrase for SNMP',
    literals: ['snmpwalk ', 'snmpget ', 'snmpset ', 'snmpbulkwalk ', 'snmptrap '],
    pattern: command('snmp(?:walk|get|set|bulkwalk|trap)', '-[AXc][ \\t]{0,3}'),
    source: 'http://www.net-snmp.org/docs/man/snmpcmd.html',
  },
  {
    name: 'snmp-setting',
    title: 'Community or passphrase of an SNMP agent',
    literals: ['rocommunity ', 'rwcommunity ', 'snmp-server community ', 'createuser '],
    pattern: new RegExp(
      `(?<![\\w-])(?:r[ow]community6?|snmp-server community|createUser[ \\t](?:-e[ \\t][^\\s]{1,80}[ \\t])?[^\\s]{1,64}[ \\t](?:MD5|SHA(?:-\\d{3})?))[ \\t]{1,3}${ARGUMENT}`,
      'gd',
    ),
    source: 'http://www.net-snmp.org/docs/man/snmpd.conf.html',
    strongOnly: true,
  },
  {
    name: 'samba-flag',
    title: 'Password for smbclient',
    literals: ['smbclient ', 'rpcclient ', 'net ads ', 'net rpc '],
    pattern: command(
      '(?:smbclient|rpcclient|net ads|net rpc)',
      '(?:-U|--user)[ \\t=]{0,3}["\']?[^\\s%"\']{1,128}%',
    ),
    source: 'https://www.samba.org/samba/docs/current/man-html/smbclient.1.html',
  },
  {
    name: 'windows-share',
    title: 'Password of a Windows share or task',
    literals: ['net use ', ' /rp ', 'net.exe use '],
    pattern: new RegExp(
      `(?:\\bnet(?:\\.exe)?[ \\t]use[ \\t](?:[A-Za-z*]:?[ \\t])?\\\\\\\\[^\\s]{1,255}[ \\t]{1,3}|schtasks[^\\n]{1,200}?[ \\t]/rp[ \\t]{1,3})(?![/*])${ARGUMENT}`,
      'gid',
    ),
    source: 'https://learn.microsoft.com/en-us/windows-server/administration/windows-commands/net-use',
    before: 240,
  },
  {
    name: 'powershell-secure-string',
    title: 'Plain text made a SecureString',
    literals: ['convertto-securestring'],
    pattern: new RegExp(
      `ConvertTo-SecureString[ \\t]{1,3}(?:-(?:AsPlainText|Force)[ \\t]{1,3}){0,2}(?:-String[ \\t]{1,3})?(?![$(-])${ARGUMENT}`,
      'gid',
    ),
    source:
      'https://learn.microsoft.com/en-us/powershell/module/microsoft.powershell.security/convertto-securestring',
  },
  {
    name: 'single-dash-password',
    title: 'Password behind an option with one dash',
    literals: [' -password ', ' -passphrase '],
    pattern: new RegExp(`(?<=[ \\t])-pass(?:word|phrase)[ \\t]{1,3}(?![-$(])${ARGUMENT}`, 'gid'),
    source: 'https://learn.microsoft.com/en-us/powershell/module/scheduledtasks/register-scheduledtask',
    strongOnly: true,
  },
  {
    name: 'password-on-stdin',
    title: 'Password that echo hands to a command',
    literals: ['| sudo -s', '| passwd --stdin', '| sudo passwd --stdin', '| kinit'],
    pattern:
      /echo[ \t]{1,3}(?:-[ne]{1,2}[ \t]{1,3})?(?:"(?=[^"\n]{1,256}"[ \t]{0,3}\|)|'(?=[^'\n]{1,256}'[ \t]{0,3}\|))?(?<secret>(?!\$)[^\s"'|]{1,256})["']?[ \t]{0,3}\|[ \t]{0,3}(?:sudo[ \t]{1,3}-S|(?:sudo[ \t]{1,3})?passwd[ \t]{1,3}--stdin|kinit)(?![\w-])/dg,
    source: 'https://www.sudo.ws/docs/man/sudo.man/#S',
    before: 480,
  },
  {
    name: 'http-client-login',
    title: 'User and password for HTTPie',
    literals: ['http -a ', 'https -a ', 'http --auth'],
    pattern: new RegExp(`(?<!\\w)https?[ \\t](?:-a[ \\t]|--auth[ =])["']?[\\w.@+-]{1,64}:${ARGUMENT}`, 'gd'),
    source: 'https://httpie.io/docs/cli/basic-auth',
  },
  {
    name: 'openssl-key-argument',
    title: 'Password for openssl enc',
    literals: ['openssl enc '],
    pattern: command('openssl enc', '-k[ \\t]{1,3}'),
    source: 'https://docs.openssl.org/3.0/man1/openssl-enc/',
  },
  {
    name: 'wifi-command',
    title: 'Password of a wireless network',
    literals: ['wpa_passphrase ', 'wifi-sec.psk ', 'nmcli d'],
    pattern: new RegExp(
      `(?<![\\w-])(?:wpa_passphrase[ \\t]{1,3}(?:"[^"\\n]{1,32}"|[^\\s"=]{1,32})|(?:802-11-wireless-security|wifi-sec)\\.psk|nmcli[ \\t][^\\n]{1,160}?[ \\t]password)[ \\t]{1,3}${ARGUMENT}`,
      'gd',
    ),
    source: 'https://networkmanager.dev/docs/api/latest/nmcli.html',
  },
  {
    name: 'parameter-store-command',
    title: 'Secret handed to the AWS command line',
    literals: ['put-parameter ', '--secret-string '],
    pattern: new RegExp(
      `(?:put-parameter(?=[^\\n]{0,300}SecureString)[^\\n]{0,200}?[ \\t]--value|--secret-string)[ \\t=]{1,3}(?!["']?fileb?:)${ARGUMENT}`,
      'gd',
    ),
    source: 'https://docs.aws.amazon.com/cli/latest/reference/ssm/put-parameter.html',
    before: 16,
  },
];

export const PASSWORD_ARGUMENT_KINDS: readonly SecretKind[] = ROWS.map((row) => ({
  ...passwordKind(row),
  linesOnly: true,
}));

// SEC-11: what a name says is a password, a secret, an API key, a token or a key: `name=value`, `"name": "value"`, `'name' => 'value'`,
// forms, YAML, properties, maps as Java, Python, Ruby and Go print them. The words of names: value-tests/secret-names.ts.

import { checkAssigned, checkPasswordValue } from '../checks/assigned-value.ts';
import { type Candidate, name, type SecretKind, type Verdict, word } from '../secret-kind.ts';

/** Data that should never be recorded: access tokens, authentication passwords, connection strings, encryption keys and other primary secrets. */
const LOGGING_GUIDE =
  'https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html#data-to-exclude';

/** What may end a quoted value: a quote that none of these follow is a part of it. */
const AFTER_QUOTE = '[\\s,;:)\\]}/>&|."\\\'\\\\]|$';
/** Up to white space; brackets, commas and ampersands belong to it where another character follows that begins no next member. */
const BARE =
  '(?:[^\\s"\'`<>,;&(){}\\[\\]|\\\\]|[,;&](?![\\s"\']|[\\w.\\[\\]-]{1,40}[=:]|$)|[(){}\\[\\]|](?![\\s,;)}\\]"\']|$)|\\\\(?![\\s"\'nrtux0\\\\]|$)){1,256}';
/** What begins a quoted text of a page: the view without entities reads it. */
const QUOTE_ENTITY = '&(?:quot|apos|#39|#34|#x2[27]);';
/** A value with or without quotes: the group `secret`. */
export const VALUE = `(?:\\[[ ]?(?=["']))?(?:[bBuUrR](?=["']))?["'\`]?(?<secret>(?<=")(?:[^"\\n]|"(?!${AFTER_QUOTE})){1,256}(?=")|(?<=')(?:[^'\\n]|'(?!${AFTER_QUOTE})){1,256}(?=')|(?<=\`)[^\`\\n]{1,256}(?=\`)|(?!${QUOTE_ENTITY})${BARE})`;
/** What stands between the sign and the value: the length that PHP dumps, what Terraform replaces. */
const WRAPPED = `(?:\\s{0,12}string\\(\\d{1,4}\\)[ \\t](?=")|"[^"\\n]{0,256}" -> (?="))?`;
const GIVEN = `["'\`\\]]{0,2}(?:[ \\t]?:[ \\t]?(?:str|String|string)(?=[ \\t]?=))?(?<given>[ \\t]{0,3}(?:=>|:=|=(?![=~])|:(?!:))[ \\t]{0,3})${WRAPPED}`;

/** `names` end the name. */
function assigned(names: string): RegExp {
  return new RegExp(
    `(?<![\\w.$-])(?<name>[\\w.$-]{0,64}?(?:${names})s?(?:[_-]?\\d{1,2})?)${GIVEN}${VALUE}`,
    'gid',
  );
}

/** `--name value`, also in lists of arguments: `"--name", "value"`. */
function flag(names: string): RegExp {
  return new RegExp(
    `(?<![\\w-])--(?<name>[\\w-]{0,40}?(?:${names}))(?<given>["']?,?\\s{1,3})(?!-)${VALUE}`,
    'gid',
  );
}

const PASSWORD_NAMES = [
  'password',
  'passwd',
  'passwrd',
  'pwd',
  'pass',
  'passphrase',
  'passcode',
  'pswd',
  'password_confirmation',
  'passwordconfirmation',
  'password_confirm',
] as const;
/** Two letters stand in many words: only where they are a name, or end one of these. `rootpw`: https://www.openldap.org/doc/admin26/slapdconfig.html */
const SHORT_NAME_LITERALS = [
  ...['pw=', 'pw":', "pw':", 'pw\\":', ' pw: ', ':pw=>', 'pw" =>', 'pw"=>'],
  ...['bindpw', 'rootpw', 'userpw'],
] as const;
const FOREIGN_PASSWORD_NAMES = [
  'senha',
  'passwort',
  'kennwort',
  'contrasena',
  'mot_de_passe',
  'mot de passe',
  'motdepasse',
  'mdp',
  'wachtwoord',
  'haslo',
] as const;
const API_KEY_NAMES = [
  'api_key',
  'apikey',
  'api-key',
  'api.key',
  'app_key',
  'subscription-key',
  'subscription_key',
  'subscriptionkey',
  'service_key',
  'servicekey',
  'auth_key',
  'authkey',
  'consumer_key',
  'integration_key',
  'admin_key',
  'account_key',
  'write_key',
  'ingest_key',
  'storage_key',
  'storagekey',
  'functions-key',
  'functions_key',
  'private_key',
  'privatekey',
  'private-key',
] as const;
const TOKEN_NAMES = [
  'access_token',
  'accesstoken',
  'access-token',
  'refresh_token',
  'refreshtoken',
  'refresh-token',
  'auth_token',
  'authtoken',
  'auth-token',
  'authentication_token',
  'api_token',
  'apitoken',
  'api-token',
  'bearer_token',
  'bearertoken',
  'oauth_token',
  'oauthtoken',
  'id_token',
  'idtoken',
  'user_token',
  'bot_token',
  'service_token',
  'deploy_token',
  'private_token',
  'private-token',
  'personal_token',
  'secret_token',
  'registry_token',
  'admin_token',
  'root_token',
  'login_token',
] as const;
const ENCRYPTION_KEY_NAMES = [
  'encryption_key',
  'encryptionkey',
  'encryption-key',
  'encrypt_key',
  'decryption_key',
  'cipher_key',
  'aes_key',
  'aeskey',
  'hmac_key',
  'hmackey',
  'hmac_secret',
  'master_key',
  'masterkey',
  'master-key',
  'signing_key',
  'signingkey',
  'signing-key',
  'crypto_key',
] as const;

/** What names of XML elements end with. */
const ELEMENT_NAMES = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'secret',
  'token',
  'apikey',
  'api_key',
  'api-key',
  'encryption_key',
  'encryptionkey',
  'master_key',
  'masterkey',
  'signing_key',
  'signingkey',
  'aes_key',
  'senha',
  'passwort',
  'kennwort',
];

/** A name for a pattern: the separators of one stand for those of all. */
const either = (names: readonly string[]): string =>
  [...new Set(names.map((text) => text.replace(/[_.-]/g, '[_.-]?')))].join('|');

/** A name in quotes or without, as one group. */
const named = (candidate: Candidate): Candidate => ({
  ...candidate,
  groups: { ...candidate.groups, name: candidate.groups.name ?? candidate.groups.bare },
});

/** What an element shows may be a word of any language: `<string name="password">Passwort</string>`. */
const checkShown = (candidate: Candidate): Verdict =>
  /^[^0-9]+$/.test(candidate.secret) ? { refused: 'dictionary-word' } : checkAssigned(candidate);

export const ASSIGNED_SECRET_KINDS: readonly SecretKind[] = [
  {
    name: 'assigned-password',
    title: 'Password',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: [...name(...PASSWORD_NAMES, 'passwords'), ...word(...SHORT_NAME_LITERALS)],
    pattern: assigned(`${either(PASSWORD_NAMES)}|pw`),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  {
    name: 'assigned-password-other-language',
    title: 'Password (name in another language)',
    rule: 'SEC-11',
    severity: 'HIGH',
    // The literal cannot hold the letter of contraseña.
    literals: [...name(...FOREIGN_PASSWORD_NAMES), ...word('contrase')],
    pattern: assigned(`${either(FOREIGN_PASSWORD_NAMES)}|contrase(?:\\u00f1|\\u00c3\\u00b1)a`),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  {
    name: 'assigned-secret',
    title: 'Client, application or shared secret',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name('secret', 'secrets'),
    pattern: assigned('secret'),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1',
  },
  {
    name: 'assigned-api-key',
    title: 'API key',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(...API_KEY_NAMES, 'api_keys', 'apikeys'),
    pattern: assigned(either(API_KEY_NAMES)),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  {
    name: 'assigned-access-token',
    title: 'Access, refresh or API token',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(...TOKEN_NAMES),
    pattern: assigned(either(TOKEN_NAMES)),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: 'https://www.rfc-editor.org/rfc/rfc6749#section-5.1',
  },
  {
    name: 'assigned-token',
    title: 'Token',
    rule: 'SEC-11',
    severity: 'MEDIUM',
    literals: name('token'),
    pattern: assigned('token'),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  {
    name: 'assigned-encryption-key',
    title: 'Encryption, signing or HMAC key',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(...ENCRYPTION_KEY_NAMES),
    pattern: assigned(either(ENCRYPTION_KEY_NAMES)),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: LOGGING_GUIDE,
  },
  {
    name: 'pre-shared-key',
    title: 'Pre-shared key of a network',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(
      'psk',
      'pre-shared-key',
      'pre_shared_key',
      'preshared_key',
      'preshared-key',
      'presharedkey',
    ),
    pattern: assigned('psk|pre[_-]?shared[_-]?key'),
    before: 72,
    check: checkAssigned,
    rank: 0,
    source: 'https://w1.fi/cgit/hostap/plain/wpa_supplicant/wpa_supplicant.conf',
  },
  {
    name: 'secret-flag',
    title: 'Secret as an argument of a command',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(
      'password',
      'passwd',
      'pass',
      'passphrase',
      'pwd',
      'secret',
      'token',
      'api-key',
      'api_key',
      'apikey',
      'master-key',
      'signing-key',
      ...FOREIGN_PASSWORD_NAMES.map((text) => text.replaceAll('_', '-')),
    ),
    pattern: flag(
      `password|passwd|passphrase|pass|pwd|secret|token|api[_-]?key|master-?key|signing-?key|${either(FOREIGN_PASSWORD_NAMES)}`,
    ),
    check: checkAssigned,
    rank: 0,
    // A command line can be read in the list of processes, and in every log that prints it.
    source: 'https://dev.mysql.com/doc/refman/8.4/en/password-security-user.html',
  },
  {
    name: 'password-variable',
    title: 'Password in a variable that a client reads',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: name(
      'pgpassword',
      'mysql_pwd',
      'rediscli_auth',
      'sshpass',
      'rsync_password',
      'restic_password',
      'borg_passphrase',
      'ldappass',
    ),
    pattern: new RegExp(
      `(?<![\\w.$-])(?:PGPASSWORD|MYSQL_PWD|REDISCLI_AUTH|SSHPASS|RSYNC_PASSWORD|RESTIC_PASSWORD|BORG_PASSPHRASE|LDAPPASS)${GIVEN}${VALUE}`,
      'gid',
    ),
    check: checkPasswordValue,
    rank: 0,
    source: 'https://www.postgresql.org/docs/current/libpq-envars.html',
  },
  {
    name: 'xml-secret',
    title: 'Secret in an XML element',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(...ELEMENT_NAMES.flatMap((text) => [`${text}>`, `${text}%3e`, `${text}&gt;`])),
    pattern: new RegExp(
      `(?:<|&lt;)(?:\\w{1,20}:)?(?<name>[\\w.-]{0,40}?(?:${either(ELEMENT_NAMES)}))(?<given>>|&gt;)\\s{0,4}(?:<!\\[CDATA\\[)?(?<secret>[^<>\\s][^<>\\n\\]]{0,255}?)(?:\\]\\]>)?(?:</|&lt;/)`,
      'gid',
    ),
    check: checkAssigned,
    rank: 0,
    source: 'https://www.w3.org/TR/xml/#sec-starttags',
  },
  {
    name: 'named-value-lines',
    title: 'Secret in a name and, on the next line, its value',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      ...['password', 'passwd', 'passphrase', '_secret', '_token', 'api_key', 'secret_key'].flatMap(
        (text) => [`${text}\n`, `${text}\\n`],
      ),
    ).map((literal) => ({ ...literal, near: 160 })),
    // Pods of Kubernetes and tasks of ECS in YAML.
    pattern:
      /name:[ \t]["']?(?<name>[\w.-]{0,64}?(?:password|passwd|passphrase|_secret|_token|api_key|secret_key))["']?(?:\n|\\n)[ \t]{1,24}value:(?<given>[ \t])["']?(?<secret>[^\s"'\\]{1,256})["']?(?=\s|\\n|$)/dgi,
    before: 96,
    behind: 320,
    overLines: true,
    check: checkAssigned,
    rank: 0,
    source: 'https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/',
  },
  {
    name: 'xml-named-secret',
    linesOnly: true,
    title: 'Secret in an XML element that an attribute names',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(...ELEMENT_NAMES.flatMap((text) => [`${text}">`, `${text}" `, `${text}\\">`])),
    pattern: new RegExp(
      `(?:name|key|id)="(?<name>[\\w.$-]{0,64}?(?:${either(ELEMENT_NAMES)}))"(?:[ \\t][^<>\\n]{0,64})?(?<given>>)\\s{0,4}(?:<value>)?(?:<!\\[CDATA\\[)?(?<secret>[^<>\\s][^<>\\n\\]]{0,255})(?:\\]\\]>)?</`,
      'gid',
    ),
    before: 96,
    check: checkShown,
    rank: 0,
    source: 'https://docs.oracle.com/en/java/javase/21/docs/api/java.base/java/util/Properties.html',
  },
  {
    name: 'named-value',
    title: 'Secret in a pair of name and value',
    rule: 'SEC-11',
    severity: 'HIGH',
    literals: word(
      // Where a value follows: of all keys and tokens most are something else.
      ...['token', 'key'].flatMap((text) =>
        [
          '" value=',
          '","value',
          '", "value',
          '","parametervalue',
          '", "parametervalue',
          '\\",\\"value',
          '", "slotsetting',
          '"\n\n',
        ].map((behind) => `${text}${behind}`),
      ),
      ...['authtoken', 'accesstoken', 'secretkey', 'secret_key', '_pass', 'ftppass'].flatMap((text) => [
        `${text}"`,
        `${text}'`,
        `${text}\\`,
      ]),
      ...['password', 'passwd', 'pwd', 'passphrase', 'secret', 'api_key', 'apikey', '_token'].flatMap(
        (text) => [
          `${text}"`,
          `${text}'`,
          `${text}\\`,
          `${text}%22`,
          `${text}, value=`,
          `${text},parametervalue=`,
        ],
      ),
    ),
    pattern:
      /(?:name|key|id)["']?[ \t]?[=:][ \t]?(?:["'](?<name>[\w.$/-]{0,64}?(?:password|passwd|pwd|pass|passphrase|secret|api_?key|token|(?:secret|private|master|storage|account|signing|encryption|service|auth|access|app)_?key))["'],?\s{0,4}(?:["'](?:type|slotSetting)["'][ \t]?[=:][ \t]?["']?\w{1,16}["']?,?\s{0,4})?["']?[\w.]{0,40}value["']?(?<given>[ \t]?[=:][ \t]?)["'](?=[^"'\n]{1,256}["'])|(?<bare>[\w.$/-]{0,64}?(?:password|passwd|pwd|passphrase|secret|api_?key|_token)),[ ]?(?:parameter)?value=(?=[^"'\s]))(?<secret>[^"'\n,;}\]]{1,256})/dgi,
    before: 96,
    behind: 400,
    check: (candidate) => checkAssigned(named(candidate)),
    rank: 0,
    source: 'https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_KeyValuePair.html',
  },
];

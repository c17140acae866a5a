// What looks like a secret and is none: published examples, placeholders, masks, default passwords. Tables first, so that they can be
// read. The stages that ask for them: value-refusals.ts.

/** Values printed in AWS's own documentation. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html */
const EXAMPLE_ENDING = /EXAMPLE(?:KEY)?\d{0,2}$/;

/** What is written over a secret. */
const MASKS: readonly RegExp[] = [
  /^(.)\1*$/su, // ****, xxxxxx, ......
  // Partly masked: what is left is no longer the secret. Bullets and ellipses also as UTF-8 that is read as latin1.
  /\*{3}|\u2022{3}|\u2026|x{4}|X{4}|\.{3}$|\u00e2\u0080[\u00a2\u00a6]|#{4}/,
  /^[[<({*]{0,3}\s?(?:redacted|masked|hidden|removed|filtered|omitted|obfuscated|sensitive|confidential|scrubbed|suppressed|truncated|censored|encrypted)\b/i,
  /^hidden_due_to_security_reasons$/i, // CloudTrail's own mask
  /^hmac-sha\d{3}:[0-9a-f]{64,128}$/, // Vault's audit log: https://developer.hashicorp.com/vault/docs/audit#sensitive-information
  /^\*+\(redacted\)$/i, // CodeBuild and CloudFormation
];

/** Stand-ins that programs and templates write where a value was or will be. */
const STAND_INS: readonly RegExp[] = [
  // `<password>` as XML writes it.
  /^&(?:lt|#x3[Cc]|#60);[^&]{0,80}(?:&(?:gt|#x3[Ee]|#62);|$)/,
  /^<.*>$/s, // <password>
  /^\$\{.*\}?$|^\$\(.*\)?$|^\$[A-Za-z_]\w*$|^\$\$?[A-Z_]{2,}|^\$\d$/s, // ${DB_PASSWORD}, $(secret), $DB_PASSWORD, $1
  /^\{.*\}$|^\[.*\]$/s, // {{ password }}, {password}, [REDACTED]
  /^\{\{|^<%|^#\{|^@\{|^%\{|^!(?:Ref|Sub|GetAtt|secret|vault)\b/, // cut at a space
  /^%[sdvrq]$|^%\(\w+\)s$|^%\w+%$|^@@?[A-Za-z_]{1,40}@?$/, // %s, %(password)s, %PASSWORD%, @password
  /^:\w+$|^\?$/, // bound parameters
  /^(?:null|none|nil|undefined|true|false|empty|n\/a|na|tbd|todo|unset|nan|void|not[-_ ]?set)[.,;!)\]}]?$/i,
  /^(?:os\.environ|process\.env|env\[|getenv|config\[|settings\.|secrets?\.|vault:|ssm:|arn:aws|ref\+|\(?sensitive)/i,
  /^(?:your|insert|enter|replace|put|some|actual|dummy|fake|placeholder)[-_ ]?\w*[-_ ]?(?:password|passwd|pwd|pass|secret|key|token|here|value)/i,
  /^[A-Z]{3,}(?:_[A-Z]{2,})+$/, // DB_PASSWORD as the argument of a help text or as the name of a variable
];

/** Passwords that documentation and default installations use: real where they are used, and known to everybody. */
const WELL_KNOWN_PASSWORDS: ReadonlySet<string> = new Set(
  `password passwd pass pwd secret changeme changeit change-me admin root toor test testing guest user username example sample demo default
   postgres postgresql mysql mariadb mongo mongodb redis rabbitmq oracle mssql sa amqp docker local localhost dev development
   123456 12345678 password1 password123 secret123 admin123 qwerty letmein foobar foo bar baz hunter2 mypassword mysecretpassword supersecret s3cr3t p4ssw0rd passw0rd`.split(
    /\s+/,
  ),
);
/**
 * Of these and the commonest of the lists of what people choose, those that stand for nothing else in a log.
 * https://en.wikipedia.org/wiki/List_of_the_most_common_passwords
 */
const WEAK_PASSWORDS: ReadonlySet<string> = new Set(
  `changeme changeit change-me change_me changeme1 changeme123 toor 123456 1234567 12345678 123456789 1234567890 password1 password12 password123
   password1234 secret123 admin123 admin1234 administrator1 root123 test123 test1234 guest123 user123 qwerty qwerty123 qwertyuiop 1q2w3e4r
   1qaz2wsx letmein letmein1 iloveyou welcome1 welcome123 hunter2 mypassword mysecretpassword supersecret s3cr3t p4ssw0rd passw0rd p@ssw0rd p@ssword
   pa55word password1! password123! welcome1! welcome123! admin123! abc123 abcd1234 123123 654321 trustno1 dragon123 monkey123 sunshine football baseball superman
   minioadmin postgres123 mysql123 redis123 rootroot adminadmin foobar foobar123`.split(/\s+/),
);

export function isPlaceholder(value: string): boolean {
  return value === '' || isMasked(value) || STAND_INS.some((pattern) => pattern.test(value));
}

export function isMasked(value: string): boolean {
  return MASKS.some((pattern) => pattern.test(value));
}

export function isWellKnownPassword(value: string): boolean {
  return WELL_KNOWN_PASSWORDS.has(value.toLowerCase()) || isWeakPassword(value);
}

/** In one of the lists that are tried first, and not a word that a log would say for another reason. */
export function isWeakPassword(value: string): boolean {
  return WEAK_PASSWORDS.has(value.toLowerCase());
}

export function isPublishedExample(value: string): boolean {
  return EXAMPLE_ENDING.test(value) || /EXAMPLE/.test(value);
}

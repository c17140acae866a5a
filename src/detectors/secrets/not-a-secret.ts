// What looks like a secret and is none: published examples, placeholders, masks, ids, words. Tables first, so that they can be read.

/** Values printed in AWS's own documentation. https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html */
const EXAMPLE_ENDING = /EXAMPLE(?:KEY)?\d{0,2}$/;

/** Stand-ins that programs and templates write where a value was or will be. */
const PLACEHOLDERS: readonly RegExp[] = [
  /^<.*>$/s, // <password>
  /^\$\{.*\}$|^\$\(.*\)$|^\$[A-Za-z_]\w*$/s, // ${DB_PASSWORD}, $(secret), $DB_PASSWORD
  /^\{.*\}$|^\[.*\]$/s, // {{ password }}, {password}, [REDACTED]
  /^%[sdvrq]$|^%\(\w+\)s$|^%\w+%$/, // %s, %(password)s, %PASSWORD%
  /^:\w+$|^\?$/, // bound parameters
  /^(.)\1*$/su, // ****, xxxxxx, ......
  /\*{3}|•{3}|…|x{4}|X{4}|\.{3}$/, // partly masked: what is left is no longer the secret
  /^(?:redacted|masked|hidden|removed|filtered|omitted|obfuscated|sensitive|confidential|scrubbed)\b/i,
  /^hidden_due_to_security_reasons$/i, // CloudTrail's own mask
  /^(?:null|none|nil|undefined|true|false|empty|n\/a|na|tbd|todo)$/i,
  /^(?:os\.environ|process\.env|env\[|getenv|config\[|settings\.|secrets?\.|vault:|ssm:|arn:aws|ref\+|\(?sensitive)/i,
  /^(?:your|insert|enter|replace|put)[-_ ]?\w*[-_ ]?(?:password|passwd|pwd|pass|secret|key|token)/i,
];

/** Passwords that documentation and default installations use: real where they are used, and known to everybody. */
const WELL_KNOWN_PASSWORDS: ReadonlySet<string> = new Set(
  `password passwd pass pwd secret changeme changeit change-me admin root toor test testing guest user username example sample demo default
   postgres postgresql mysql mariadb mongo mongodb redis rabbitmq oracle mssql sa amqp docker local localhost dev development
   123456 12345678 password1 password123 secret123 admin123 qwerty letmein foobar foo bar baz hunter2 mypassword mysecretpassword supersecret s3cr3t p4ssw0rd passw0rd`.split(
    /\s+/,
  ),
);

export function isPlaceholder(value: string): boolean {
  return value === '' || PLACEHOLDERS.some((pattern) => pattern.test(value));
}

export function isWellKnownPassword(value: string): boolean {
  return WELL_KNOWN_PASSWORDS.has(value.toLowerCase());
}

export function isPublishedExample(value: string): boolean {
  return EXAMPLE_ENDING.test(value) || /EXAMPLE/.test(value);
}

/** Shannon entropy of the characters, bits a character. */
export function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

/** How often the kind of character (lower, upper, digit, other) changes from one to the next. */
export function kindChanges(text: string): number {
  let changes = 0;
  let before = '';
  for (const character of text) {
    const kind = /[a-z]/.test(character)
      ? 'a'
      : /[A-Z]/.test(character)
        ? 'A'
        : /[0-9]/.test(character)
          ? '0'
          : '/';
    if (before !== '' && kind !== before) changes++;
    before = kind;
  }
  return changes;
}

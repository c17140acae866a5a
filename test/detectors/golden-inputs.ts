// Inputs of goldens hold no secret, not even a false one: a placeholder stands where one goes, and is built from parts when the test runs,
// so that no scanner takes a fixture for a leak. The same placeholder gives the same value in every run.
//
//   {{aws-key-id:deploy}}   {{aws-secret:deploy}}   {{session-token:web|url}}   {{private-key:rsa|json}}   {{password:db|url}}

import { createHash } from 'node:crypto';
import { createRandom } from '../../src/simulate/prng.ts';
import { SECRET_EXAMPLES } from '../../src/simulate/secret-examples/index.ts';
import { bedrockKeyOf, exampleOf, keyIdOfAccount } from './aws-inputs.ts';
import { cardNumber, groupedCard } from './card-inputs.ts';
import { PASSWORD_VALUES } from './golden-passwords.ts';
import { webValues } from './web-inputs.ts';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const BASE62 = BASE64.slice(0, 62);
const PASSWORD = 'abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789@:/%#';
const HEX = '0123456789abcdef';

/** Deterministic text of `length` characters of `alphabet`, another one for each name. */
export function lettersOf(name: string, alphabet: string, length: number): string {
  let text = '';
  for (let block = 0; text.length < length; block++) {
    for (const byte of createHash('sha256').update(`${name}#${block}`).digest())
      text += alphabet[byte % alphabet.length];
  }
  return text.slice(0, length);
}

const KEY_LABELS: Readonly<Record<string, string>> = {
  rsa: 'RSA PRIVATE KEY',
  ec: 'EC PRIVATE KEY',
  dsa: 'DSA PRIVATE KEY',
  pkcs8: 'PRIVATE KEY',
  encrypted: 'ENCRYPTED PRIVATE KEY',
  openssh: 'OPENSSH PRIVATE KEY',
  pgp: 'PGP PRIVATE KEY BLOCK',
  public: 'PUBLIC KEY',
  certificate: 'CERTIFICATE',
};

function privateKey(kind: string): string {
  const body = lettersOf(`body of ${kind}`, BASE64, 64 * 6);
  const lines = Array.from({ length: 6 }, (_, line) => body.slice(line * 64, line * 64 + 64));
  if (kind === 'putty') {
    return [`${'PuTTY-User-Key'}-File-3: ssh-ed25519`, 'Encryption: none', 'Private-Lines: 6', ...lines].join(
      '\n',
    );
  }
  const dashes = '-'.repeat(5);
  const label = KEY_LABELS[kind];
  if (label === undefined) throw new Error(`no private key of kind ${kind}`);
  return [`${dashes}BEGIN ${label}${dashes}`, ...lines, `${dashes}END ${label}${dashes}`].join('\n');
}

function keyBytes(name: string): Buffer {
  return createHash('sha256').update(`key ${name}`).digest();
}

/** Kind of placeholder to the value for a name. */
const VALUES: Readonly<Record<string, (name: string) => string>> = {
  /** Key id of a user. */
  'aws-key-id': (name) => `${'AK'}IA${lettersOf(`key id ${name}`, BASE32, 16)}`,
  /** Key id of a role session. */
  'aws-session-key-id': (name) => `${'AS'}IA${lettersOf(`session key id ${name}`, BASE32, 16)}`,
  'aws-key-id-of': keyIdOfAccount,
  'bedrock-key': (name) => exampleOf('aws-bedrock-long-term-key', name),
  'bedrock-short-key': (name) =>
    bedrockKeyOf(
      `${'AS'}IA${lettersOf(`session key id ${name}`, BASE32, 16)}`,
      lettersOf(`signature ${name}`, HEX, 64),
    ),
  'appsync-key': (name) => exampleOf('aws-appsync-key', name),
  'aws-secret': (name) => {
    for (let attempt = 0; ; attempt++) {
      const secret = lettersOf(`secret ${name} ${attempt}`, BASE64, 40);
      if (/[A-Z]/.test(secret) && /[a-z]/.test(secret) && /[0-9]/.test(secret) && new Set(secret).size >= 26)
        return secret;
    }
  },
  'session-token': (name) => `${'IQoJ'}b3JpZ2luX2VjE${lettersOf(`token ${name}`, BASE64, 343)}==`,
  signature: (name) => lettersOf(`signature ${name}`, HEX, 64),
  /** ECDSA signature of SigV4A: DER in hex. */
  'signature-a': (name) =>
    `3045022100${lettersOf(`r ${name}`, HEX, 64)}0220${lettersOf(`s ${name}`, HEX, 64)}`,
  /** Signature of SigV2: HMAC-SHA1 in base64. */
  'signature-2': (name) => `${lettersOf(`v2 ${name}`, BASE64, 27)}=`,
  hex: (name) => lettersOf(`hex ${name}`, HEX, 64),
  uuid: (name) => lettersOf(`uuid ${name}`, HEX, 32).replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-'),
  base64: (name) => lettersOf(`base64 ${name}`, BASE64, 43),
  password: (name) => lettersOf(`password ${name}`, PASSWORD, 18),
  /** Number of a payment card, `{{card:visa.NAME}}`, as one run of digits; in groups with blanks or dashes. */
  card: (name) => cardNumber(name, (length) => lettersOf(`card ${name}`, '0123456789', length)),
  /** The number that most manuals print. */
  'test-card': () => '4111'.padEnd(16, '1'),
  /** A key of 32 bytes: base64, url-safe base64, as Python and as Node print it. */
  'key-32': (name) => keyBytes(name).toString('base64'),
  'url-key-32': (name) => `${keyBytes(name).toString('base64url')}=`,
  'python-key-32': (name) =>
    [...keyBytes(name)].map((byte) => `\\x${byte.toString(16).padStart(2, '0')}`).join(''),
  'buffer-key-32': (name) =>
    keyBytes(name)
      .toString('hex')
      .replace(/..(?!$)/g, '$& '),
  'listed-key-32': (name) => [...keyBytes(name)].join(', '),
  'three-part-token': (name) =>
    [
      `{"alg":"HS256","typ":"JWT"}`,
      `{"sub":"${name}","iat":1793534400}`,
      lettersOf(`mac ${name}`, BASE62, 32),
    ]
      .map((part) => Buffer.from(part).toString('base64url'))
      .join('.'),
  ...PASSWORD_VALUES,
  /** The token of a kind of the table: `{{issued:github-personal-token}}`, another one with `{{issued:github-personal-token.b}}`. */
  issued: (name) => {
    const example = SECRET_EXAMPLES.find(({ kind }) => kind === name.split('.')[0]);
    if (example === undefined) throw new Error(`no example of kind ${name}`);
    return example.make(createRandom(`token ${name}`), Date.UTC(2026, 10, 1)).secrets[0]!;
  },
  'private-key': privateKey,
  /** One line of a key, from 0: `{{private-key-line:rsa.0}}` is its header. */
  'private-key-line': (name) => privateKey(name.split('.')[0]!).split('\n')[Number(name.split('.')[1])]!,
  'pem-header': (kind) => privateKey(kind).split('\n')[0]!,
  'pem-footer': (kind) => privateKey(kind).split('\n').at(-1)!,
  ...webValues(lettersOf),
  /** The key id and secret that AWS's documentation prints. */
  'example-key-id': () => `${'AK'}IAIOSFODNN7${'EXAMPLE'}`,
  'example-secret': () => `wJalrXUtnFEMI/K7MDENG/${'bPxRfiCY'}EXAMPLEKEY`,
};

const FILTERS: Readonly<Record<string, (text: string) => string>> = {
  url: encodeURIComponent,
  json: (text) => JSON.stringify(text).slice(1, -1),
  base64: (text) => Buffer.from(text).toString('base64'),
  grouped: (digits) => groupedCard(digits, ' '),
  dashed: (digits) => groupedCard(digits, '-'),
};

const PLACEHOLDER = /\{\{([a-z0-9-]+):([A-Za-z0-9 _.-]+)((?:\|[a-z0-9]+)*)\}\}/g;

/** Text with every placeholder replaced; throws on one that is not known. */
export function expandPlaceholders(text: string): string {
  return text.replace(PLACEHOLDER, (whole, kind: string, name: string, filters: string) => {
    const make = VALUES[kind];
    if (make === undefined) throw new Error(`unknown placeholder ${whole}`);
    return filters
      .split('|')
      .filter((filter) => filter !== '')
      .reduce((value, filter) => {
        const apply = FILTERS[filter];
        if (apply === undefined) throw new Error(`unknown filter in ${whole}`);
        return apply(value);
      }, make(name));
  });
}

/** What may be said about a record: identifiers, published examples, and texts that are secret only in some places. */
const PUBLIC_KINDS: ReadonlySet<string> = new Set([
  'aws-key-id',
  'aws-session-key-id',
  'aws-key-id-of',
  'uuid',
  'hex',
  'pem-header',
  'pem-footer',
  'example-key-id',
  'example-secret',
  'test-card',
]);

/** Every secret that the placeholders of a text stand for: none of them may be found in what is said about it. */
export function secretsIn(text: string): string[] {
  const secrets: string[] = [];
  for (const [, kind, name] of text.matchAll(/\{\{([a-z0-9-]+):([A-Za-z0-9 _.-]+)/g)) {
    if (!PUBLIC_KINDS.has(kind!)) secrets.push(VALUES[kind!]!(name!));
  }
  return secrets;
}

/**
 * A golden shows key ids and other public values that look like leaks to a scanner: in the file the placeholder of the input stands for
 * them. `expandPlaceholders` brings them back.
 */
export function hideValues(golden: string, input: string): string {
  let hidden = golden;
  for (const placeholder of new Set(input.match(PLACEHOLDER))) {
    hidden = hidden.replaceAll(expandPlaceholders(placeholder), placeholder);
  }
  return hidden;
}

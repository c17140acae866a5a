// One pass over the raw bytes of a record that says which rules could find something in it. 81 % of ordinary log lines hold a word like
// "key" or "token", so the literals are rare prefixes and whole assignments; only a record with a hit is decoded and shown to patterns.

import { latin1Bytes } from '../../lib/latin1.ts';
import { assignsAt, loginAt } from './assignment.ts';
import { addRunAround, Base64Runs, findBase64Runs } from './base64-runs.ts';
import { KINDS } from './kinds/index.ts';
import { buildAutomaton, ENDS_HERE, standsAt } from './literal-automaton.ts';
import { literalsOf } from './literal-forms.ts';
import { createKernelScan } from './literal-kernel/kernel-literals.ts';
import type { Literal as SecretLiteral } from './secret-kind.ts';
import { hiddenTexts } from './views/decode.ts';

/** What a literal hints at: a bit each, so that a record's hints are one number. */
export const HINT = {
  awsKeyId: 1 << 0,
  awsSecret: 1 << 1,
  signature: 1 << 2,
  signatureBlock: 1 << 3,
  presigned: 1 << 4,
  privateKey: 1 << 5,
  connectionUrl: 1 << 6,
  connectionString: 1 << 7,
  plainEndpoint: 1 << 8,
  verificationOff: 1 << 9,
  certificateFailure: 1 << 10,
  /** A literal of a kind of secret (kinds/). */
  secret: 1 << 11,
  /** Base64 that can be read; what it says is hinted at beside it. */
  encoded: 1 << 12,
} as const;

interface Literal {
  readonly text: string;
  readonly hint: number;
  /** Only with these very letters; otherwise ASCII letters match in either case. */
  readonly exact: boolean;
  /** Only where an assignment stands behind it. */
  readonly assigned?: boolean;
  /** Only where a user and a password stand behind it. */
  readonly login?: true;
}

const anyCase = (hint: number, ...texts: readonly string[]): Literal[] =>
  texts.map((text) => ({ text: text.toLowerCase(), hint, exact: false }));
const exactly = (hint: number, ...texts: readonly string[]): Literal[] =>
  texts.map((text) => ({ text, hint, exact: true }));

/** In lower case, as `anyCase` compares; `exactly` keeps its letters. */
export const LITERALS: readonly Literal[] = [
  // Access key ids of users, sessions, bearer and context tokens:
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
  ...exactly(HINT.awsKeyId, `${'AK'}IA`, `${'AS'}IA`, `${'AB'}IA`, `${'AC'}CA`),
  ...anyCase(
    HINT.awsSecret,
    'aws_secret',
    'aws-secret',
    'awssecret',
    'secret_access_key',
    'secret-access-key',
    'secretaccesskey',
    'secret access key',
    'secret_key',
    'secret-key',
    'secretkey',
  ),
  // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-signing-elements.html
  ...exactly(HINT.signature, 'AWS4-HMAC-SHA256', 'AWS4-ECDSA-P256-SHA256'),
  // Blocks that botocore writes at level DEBUG: https://github.com/boto/botocore/blob/develop/botocore/auth.py (SigV4Auth.add_auth)
  ...exactly(
    HINT.signatureBlock,
    'CanonicalRequest',
    'Canonical Request',
    'CANONICAL STRING',
    'StringToSign:',
    'Signature:\n',
    'Signature:\r\n',
    'Signature:\\n',
    'Signature:\\\\n',
  ),
  ...anyCase(HINT.presigned, 'x-amz-signature', 'awsaccesskeyid='),
  // RFC 7468 labels; LS0tLS1CRUdJTi is base64 of five dashes and BEGIN; RFC 7517 (kty, quoted, in JSON in JSON, and in a URL)
  ...exactly(HINT.privateKey, '-----BEGIN', 'LS0tLS1CRUdJTi', 'PuTTY-User-Key-File'),
  ...exactly(HINT.privateKey, 'kty"', "kty'", 'kty\\', 'kty%'),
  ...anyCase(
    HINT.connectionUrl,
    ...[
      'postgres:',
      'postgresql:',
      'postgresql+',
      'postgres+',
      'mysql:',
      'mysql+',
      'mysqlx:',
      'mariadb:',
      'mariadb+',
      'mongodb:',
      'mongodb+srv:',
      'redis:',
      'rediss:',
      'valkey:',
      'valkeys:',
      'amqp:',
      'amqps:',
      'pyamqp:',
      'mssql:',
      'mssql+',
      'sqlserver:',
      'oracle:',
      'oracle+',
      'cockroachdb:',
      'clickhouse:',
      'clickhouse+',
      'snowflake:',
      'redshift:',
      'redshift+',
      'neo4j:',
      'neo4j+s:',
      'bolt:',
      'couchdb:',
      'couchbases:',
      'influxdb:',
      'ldap:',
      'ldaps:',
      'smtp:',
      'smtps:',
      'ftp:',
      'sftp:',
      'mqtt:',
      'mqtts:',
      'nats:',
    ].flatMap((scheme) =>
      scheme.endsWith(':') ? [`${scheme}//`, `${scheme.slice(0, -1)}%3a%2f%2f`, `${scheme}\\/\\/`] : [scheme],
    ),
    '@tcp(',
    '@unix(',
    'jdbc:oracle:',
  ),
  ...anyCase(HINT.connectionString, 'password=', 'pwd=', 'password =', 'pwd =', 'password%3d', 'pwd%3d'),
  // What the patterns of tls/plain-endpoint-patterns.ts begin with, or hold.
  ...anyCase(
    HINT.plainEndpoint,
    'http://dynamodb',
    'http://streams.dynamodb',
    'http://streams-dynamodb',
    'http://search-d',
    'http://vpce-',
    '@dynamodb',
    '@streams.dynamodb',
    '@streams-dynamodb',
    '@search-d',
    '@vpce-',
    '.ddb.',
    '.dax-clusters.',
    'dax://',
    'new http connection',
    '.amazonaws.com:80',
    '.amazonaws.com.cn:80',
    '.api.aws:80',
    'api.amazonwebservices.com.cn:80',
    'r:dynamodb',
    'connecting to dynamodb',
    'connected to dynamodb',
    'protocol=http,',
    ...["protocol: 'http", 'protocol: "http', 'protocol":"http', 'protocol": "http', 'protocol\\":\\"http'],
    ...['_', '-', ''].flatMap((between) => [
      `endpoint${between}url`,
      `endpoint${between}override`,
      `base${between}endpoint`,
      `service${between}url`,
    ]),
    ...['setendpoint(', 'withendpoint(', 'endpointconfiguration(', 'aws.endpoint('],
    ...['dynamodb', 'dynamo', 'ddb', 'dax'].flatMap((name) =>
      ['_', '.', '-', ''].flatMap((between) => [
        `${name}${between}endpoint`,
        `${name}${between}url`,
        `${name}${between}uri`,
        `${name}${between}host`,
      ]),
    ),
    ...['endpoint', 'dynamodb'].flatMap((name) =>
      [
        ': "',
        ": '",
        ': ',
        ':',
        '="',
        "='",
        '=',
        ' = "',
        " = '",
        ' = ',
        '": "',
        '":"',
        "' => '",
        '\\":\\"',
      ].map((given) => `${name}${given}http:`),
    ),
  ),
  ...anyCase(
    HINT.verificationOff,
    ...['use_ssl', 'verify', 'tls', 'sslenabled'].flatMap((name) =>
      ['=', ' = ', ': ', ':', "': ", '": ', '":', "' => ", '\\":'].map((given) => `${name}${given}false`),
    ),
    ...['verify_ssl', 'verify-ssl', 'ssl_verify', 'ssl-verify', 'ssl::verify_none'],
    ...['disablessl', 'disablehttps', 'usehttp', 'protocol.http)', "scheme' => 'http'"],
    'unverified https request',
    'node_tls_reject_unauthorized',
    'pythonhttpsverify',
    'disablecertchecking',
    'rejectunauthorized',
    'insecureskipverify',
    'trust_all_certificates',
    'noophostnameverifier',
    'allow_all_hostname_verifier',
    'dangerousacceptanyservercertificate',
    'curlopt_ssl_verifypeer',
    'danger_accept_invalid_certs',
  ),
  ...anyCase(
    HINT.certificateFailure,
    'certificate_verify_failed',
    'certificate verify failed',
    'ssl certificate problem',
    'unable_to_verify_leaf_signature',
    'unable to verify the first certificate',
    'unable_to_get_issuer_cert',
    'unable to get local issuer certificate',
    'self_signed_cert',
    'error: self signed certificate',
    'error: self-signed certificate',
    'signed certificate in certificate chain',
    'err_tls_cert_altname_invalid',
    'x509: ',
    'tls: failed to verify certificate',
    'pkix path building failed',
    'unable to find valid certification path',
    'sslhandshakeexception',
    'sslpeerunverifiedexception',
    'remote certificate is invalid',
    'remote certificate was rejected',
    'invalid peer certificate',
    'invalidcertificate(',
  ),
];

/** The hints of `bytes[start..end)`: bits of HINT. Fills `runs`, where they are given, with the runs of base64 that hide something. */
export type Prefilter = (bytes: Uint8Array, start: number, end: number, runs?: Base64Runs) => number;

/** In the kernel, or by the automaton where there is none. Both say the same. */
export function createPrefilter(literals: readonly Literal[]): Prefilter {
  const kernel = createKernelScan(literals);
  if (kernel === null) return createPlainPrefilter(literals);
  let found = 0;
  let bytes: Uint8Array;
  let start: number;
  let end: number;
  let runs: Base64Runs;
  let nextRun: number;
  const onLiteral = (index: number, begin: number): void => {
    const { text, hint, assigned, login } = literals[index]!;
    if ((found & hint) === hint) return;
    if (login === true && !loginAt(bytes, begin + text.length, end)) return;
    if (assigned !== true || assignsAt(bytes, start, begin, begin + text.length, end)) found |= hint;
  };
  const onRun = (at: number): void => {
    if (at >= nextRun) nextRun = addRunAround(bytes, start, at, end, runs);
  };
  return (ofBytes, from, till, into) => {
    found = 0;
    bytes = ofBytes;
    start = from;
    end = till;
    if (into === undefined) kernel(ofBytes, from, till, onLiteral);
    else {
      runs = into;
      runs.count = 0;
      nextRun = from;
      kernel(ofBytes, from, till, onLiteral, onRun);
    }
    return found;
  };
}

/** `literals` in one automaton. Costs one table look-up a byte, whatever their number. */
export function createPlainPrefilter(literals: readonly Literal[]): Prefilter {
  const { classOf, next, shift, endsAt } = buildAutomaton(literals);
  const hints = new Uint32Array(endsAt.length);
  const toCompare: (readonly Literal[])[] = [];
  endsAt.forEach((indexes, state) => {
    const ended = indexes.map((index) => literals[index]!);
    const isPlain = ({ exact, assigned, login }: Literal): boolean =>
      !exact && assigned !== true && login !== true;
    for (const literal of ended) if (isPlain(literal)) hints[state]! |= literal.hint;
    toCompare.push(ended.filter((literal) => !isPlain(literal)));
  });

  return (bytes, start, end, runs) => {
    if (runs !== undefined) findBase64Runs(bytes, start, end, runs);
    let state = 0;
    let found = 0;
    for (let at = start; at < end; at++) {
      state = next[(state << shift) | classOf[bytes[at]!]!]!;
      if (state < ENDS_HERE) continue;
      state ^= ENDS_HERE;
      found |= hints[state]!;
      for (const { text, hint, exact, assigned, login } of toCompare[state]!) {
        if ((found & hint) !== 0) continue;
        const begin = at + 1 - text.length;
        if (exact && !standsAt(bytes, begin, text)) continue;
        if (login === true && !loginAt(bytes, at + 1, end)) continue;
        if (assigned !== true || assignsAt(bytes, start, begin, at + 1, end)) found |= hint;
      }
    }
    return found;
  };
}

const ofKind = (literal: SecretLiteral): Literal => ({ ...literal, hint: HINT.secret });
/** Queries of URLs in the parameters of calls: names that are given a value are not looked for there (isForCalls). */
const OF_URLS: readonly Literal[] = anyCase(
  HINT.secret,
  ...['token', 'access_token', 'api_key', 'apikey', 'sig', 'secret', 'client_secret', 'code'].flatMap(
    (parameter) => [`?${parameter}=`, `&${parameter}=`],
  ),
);

let ofAll: Prefilter | null = null;

/** The hints of all text detectors together. Made when it is first asked for: a function starts without text, too. */
export function prefilter(bytes: Uint8Array, start: number, end: number, into?: Base64Runs): number {
  ofAll ??= createPrefilter([...LITERALS, ...KINDS.flatMap((kind) => literalsOf(kind).map(ofKind))]);
  return ofAll(bytes, start, end, into);
}

let ofCalls: Prefilter | null = null;

/** The hints of a call's free text, which is asked for fewer literals. */
export function callPrefilter(bytes: Uint8Array, start: number, end: number): number {
  ofCalls ??= createPrefilter(callLiterals());
  return ofCalls(bytes, start, end);
}

const runs = new Base64Runs();

/** The hints of a line, those of what base64 hides in it included. */
export function lineHints(bytes: Buffer, start: number, end: number): number {
  let hints = prefilter(bytes, start, end, runs);
  if (runs.count === 0) return hints;
  for (const text of hiddenTexts(bytes.toString('latin1', start, end))) {
    const hidden = latin1Bytes(text);
    hints |= HINT.encoded | prefilter(hidden, 0, hidden.length);
  }
  return hints;
}

/** Letters that are rare in JSON and in names weigh little: counted in the parameters of simulated and public CloudTrail records. By character. */
const COMMONNESS: Readonly<Record<string, number>> = {
  ...commonness('abcdefghijklmnopqrstuvwxyz0123456789', 4),
  ...commonness('etaoinsr"', 8),
  ...commonness(':/,{}._-', 3),
};

function commonness(characters: string, weight: number): Record<string, number> {
  return Object.fromEntries([...characters].map((character) => [character, weight]));
}

/**
 * Quads that stand in parameters, errors and user agents of ordinary calls: in one of 500 of a simulated archive, or one of 100 of public
 * records (4,000 and 1,700 counted). A literal is looked for by another of its quads.
 */
const COMMON_QUADS: ReadonlySet<string> = new Set(
  (
    'key\\|\\",\\|",\\"|y\\",| aws| for| htt| is | res| to | was| wit|":"0|":"a|+htt|-128|-api|-aws|-cli|-dev|-pro|.com|aaaa|acce|ager|amzn|ange|' +
    'api-|arch|ard |ard"|ated|auth|aws |aws-|aws_|awss|base|begi|cacc|cces|cess|chan|chec|cont|cret|cryp|ctio|cust|d to|' +
    'dent|earc|ecre|ed b|ed t|egin|egis|encr|ener|enti|ents|eque|er s|erat|eric|erve|eset|est-|esti|estr|et p|evel|even|' +
    'expr|eyid|fied|gene|gist|gnin|hang|heck|http|iden|ied |ifie|igni|inte|ion-|istr|ken"|key"|keyi|keys|mber|ment|mode|' +
    'n ex|ncry|ners|ning|numb|odb:|oken|omer|padd|pipe|pmen|port|pres|prod|ps:/|ptio|ques|rate|rd":|ream|regi|requ|ress|' +
    'reta|ring|rs c|rver|rypt|s-cl|s-pr|s-se|s.co|s://|scal|sear|secr|serv|set |ship|sign|ster|stic|stom|stry|sync|temp|' +
    'tera|test|tifi|tion|toke|tome|tps:|uest|umbe|user|usto|vent|was |with|ws-s|wsse|xpre|ypti|-us-|valu|alue|lue |.app|secu|ecur|ing |","p|,"pa|'
  ).split('|'),
);
const COMMON_WEIGHT = 1e6;

/** Only lines of applications are asked for these. */
export const LINES_ONLY = HINT.plainEndpoint | HINT.verificationOff | HINT.certificateFailure;

let literalsOfCalls: readonly Literal[] | null = null;

/** What a call's free text is asked for. */
export function callLiterals(): readonly Literal[] {
  literalsOfCalls ??= [
    ...LITERALS.filter(({ hint }) => (hint & LINES_ONLY) === 0),
    ...KINDS.filter(({ linesOnly }) => linesOnly !== true)
      .flatMap(({ literals }) => literals.map(ofKind))
      .filter(isForCalls),
    ...OF_URLS,
  ];
  return literalsOfCalls;
}

/**
 * Of each literal that a call's free text is asked for the four bytes that are likely to be the rarest: a text without any of these holds no literal. In either case; the
 * scan kernel looks for them (records/scan-kernel).
 */
export function rareQuads(): readonly string[] {
  return [...new Set(callLiterals().map(({ text }) => rarestQuad(text)))];
}

/** Names that are given a value stand in nearly every request (`clientToken`): of these only those of passwords are looked for. */
function isForCalls({ text, assigned }: Literal): boolean {
  return text.length >= 4 && (assigned !== true || text.includes('passw'));
}

function rarestQuad(text: string): string {
  const lower = text.toLowerCase();
  let rarest = '';
  let least = Infinity;
  for (let at = 0; at + 4 <= lower.length; at++) {
    let weight = 1;
    for (let letter = at; letter < at + 4; letter++) weight *= COMMONNESS[lower[letter]!] ?? 1;
    if (weight >= least) continue;
    const quad = lower.slice(at, at + 4);
    if (COMMON_QUADS.has(quad)) weight *= COMMON_WEIGHT;
    if (weight >= least) continue;
    rarest = quad;
    least = weight;
  }
  if (rarest === '') throw new RangeError(`the literal ${text} has fewer than four letters`);
  return rarest;
}

// Keys of ciphers in clear, and ciphers that are used so that they hide little.

import { decodesToText, isKeyLength, keyBytesOf, listedBytes, pythonBytes } from '../checks/key-material.ts';
import {
  type Candidate,
  type FoundSecret,
  name,
  prefix,
  type SecretKind,
  type Verdict,
  word,
} from '../secret-kind.ts';

const PLAINTEXT = /(?<![A-Za-z])plaintext["']{0,2}\s{0,4}(?:=>|[:=])\s{0,4}/gi;
const ANSWER_OF_KMS =
  /ciphertext_?blob|"keyid"|'keyid'|\bkey_?id\b|keymaterialid|generate_?data_?key|data_?key|encryptionalgorithm|\bkms\b/i;
const BASE64_VALUE = /^["']?([A-Za-z0-9+/]{22,86}={0,2})(?![A-Za-z0-9+/=_-])/;
const PYTHON_VALUE = /^b(?:'((?:\\[^\n]|[^'\\\n]){8,320})'|"((?:\\[^\n]|[^"\\\n]){8,320})")/;
/** `Uint8Array(32) [ 85, 220 ]`, `[85 220]`, `{"type":"Buffer","data":[85,220]}`, `{"0":85,"1":220}`, `<Buffer 55 dc>` */
const LIST_VALUE =
  /^(?:(?:Uint8Array|Buffer)\(\d{1,3}\) ?|\{"type":"Buffer","data":)?(?:\[([\d,\s]{32,512})\]|\{("0":[\d,":]{64,768})\})/;
const BUFFER_VALUE = /^<Buffer ((?:[0-9a-f]{2} ?){16,64})>/;

function findDataKeys(text: string): readonly FoundSecret[] {
  const found: FoundSecret[] = [];
  if (!ANSWER_OF_KMS.test(text)) return found;
  const besideCiphertext = /ciphertext_?blob/i.test(text);
  for (const match of text.matchAll(PLAINTEXT)) {
    const from = match.index + match[0].length;
    const key = keyAt(text.slice(from, from + 800));
    if (key === null) continue;
    const start = from + key.at;
    found.push({
      secret: key.secret,
      start,
      end: start + key.secret.length,
      verdict: {
        confidence: besideCiphertext ? 0.97 : 0.8,
        verified: besideCiphertext,
        facts: { bytes: String(key.bytes) },
      },
    });
    if (found.length === 16) break;
  }
  return found;
}

function keyAt(
  value: string,
): { readonly secret: string; readonly at: number; readonly bytes: number } | null {
  const base64 = BASE64_VALUE.exec(value);
  if (base64 !== null) {
    const secret = base64[1]!;
    const bytes = keyBytesOf(secret);
    return bytes === 0 || decodesToText(secret) ? null : { secret, at: base64[0].indexOf(secret), bytes };
  }
  const python = PYTHON_VALUE.exec(value);
  if (python !== null) {
    const secret = (python[1] ?? python[2])!;
    const bytes = pythonBytes(secret);
    // A key of random bytes has hardly ever no byte that must be escaped.
    return isKeyLength(bytes) && secret.includes('\\x') ? { secret, at: 2, bytes } : null;
  }
  const list = LIST_VALUE.exec(value);
  if (list !== null) {
    const secret = (list[1] ?? list[2])!;
    const bytes = listedBytes(secret);
    return isKeyLength(bytes) ? { secret, at: list[0].indexOf(secret), bytes } : null;
  }
  const buffer = BUFFER_VALUE.exec(value);
  if (buffer === null) return null;
  const secret = buffer[1]!;
  const bytes = secret.trim().split(' ').length;
  return isKeyLength(bytes) ? { secret, at: buffer[0].indexOf(secret), bytes } : null;
}

/** Keys that are encrypted themselves, public, or only named. */
const NO_KEY_NAME =
  /encrypted|wrapped|ciphertext|public|fingerprint|hash|digest|checksum|md5|alias|(?:id|arn|name)$/;

function checkKey({ secret, key }: Candidate): Verdict {
  if (NO_KEY_NAME.test(key)) return { refused: 'name-says-no' };
  const bytes = keyBytesOf(secret);
  if (bytes === 0) return { refused: 'wrong-length' };
  return { confidence: 0.9, verified: false, facts: { bytes: String(bytes) } };
}

function checkCustomerKey({ secret }: Candidate): Verdict {
  return keyBytesOf(secret) === 32
    ? { confidence: 0.97, verified: true, facts: { bytes: '32' } }
    : { refused: 'wrong-length' };
}

/** A list of what a library can do names every mode. */
function checkMode({ text, start, end }: Candidate): Verdict {
  const around = text.slice(Math.max(0, start - 64), start) + text.slice(end, end + 64);
  if (/[-_/.](?:cbc|gcm|ctr|ccm|cfb8?|ofb|xts|siv)/i.test(around)) return { refused: 'not-a-value' };
  return { confidence: 0.7, verified: false };
}

const ZERO_VECTOR =
  /(?<![A-Za-z0-9])(?:iv|init(?:ialization)?_?vector)(?:["']{0,2}\s{0,3}(?:=>|[:=])\s{0,3}\[?|>|\s)(?:b?["'])?((?:0x)?0{24,32}|A{16}(?:A{6}==)?)(?![A-Za-z0-9+/=])/gi;

/** Not by a pattern of the table: what is all zeros is otherwise taken for a mask. */
function findZeroVectors(text: string): readonly FoundSecret[] {
  return [...text.matchAll(ZERO_VECTOR)].slice(0, 16).map((match) => {
    const secret = match[1]!;
    const end = match.index + match[0].length;
    return { secret, start: end - secret.length, end, verdict: { confidence: 0.7, verified: false } };
  });
}

export const KMS_KINDS: readonly SecretKind[] = [
  {
    name: 'kms-plaintext-data-key',
    title: 'Plaintext data key of KMS',
    rule: 'SEC-25',
    severity: 'HIGH',
    literals: name('plaintext'),
    before: 640,
    behind: 900,
    // The command line of AWS prints each member on a line of its own.
    overLines: true,
    find: findDataKeys,
    rank: 1,
    source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html',
  },
  {
    name: 'sse-customer-key',
    title: 'Key of S3 encryption with customer keys',
    rule: 'SEC-25',
    severity: 'HIGH',
    literals: [...word('encryption-customer-key'), ...name('ssecustomerkey', 'sse_customer_key')],
    pattern:
      /(?:server-side-encryption-customer-key|sse_?customer_?key)["']{0,2}\s{0,3}(?:=>|[:=,])\s{0,3}\[?(?:b?["'])?(?<secret>[A-Za-z0-9+/]{43}=)(?![A-Za-z0-9+/=])/dgi,
    check: checkCustomerKey,
    rank: 1,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/ServerSideEncryptionCustomerKeys.html',
  },
  {
    name: 'fernet-key',
    title: 'Fernet key',
    rule: 'SEC-25',
    severity: 'HIGH',
    literals: name('fernet_key', 'fernetkey', 'fernet-key', 'fernet key', 'fernet'),
    pattern:
      /fernet(?:[_ -]?keys?)?["'\]]{0,2}\s{0,3}(?:=>|[:=])\s{0,3}\[?(?:b?["'])?(?<secret>[A-Za-z0-9_-]{43}=)(?![A-Za-z0-9_=-])/dgi,
    check: checkKey,
    rank: 1,
    source: 'https://github.com/fernet/spec/blob/master/Spec.md',
  },
  {
    name: 'encryption-key',
    title: 'Key of a cipher',
    rule: 'SEC-25',
    severity: 'HIGH',
    literals: [
      ...name('data_key', 'datakey', 'data-key', 'data_encryption_key', 'dataencryptionkey'),
      ...name(
        'encryption_key',
        'encryptionkey',
        'encryption-key',
        'encryption.key',
        'aes_key',
        'aeskey',
        'aes-key',
      ),
      ...name('aes256_key', 'aes_256_key', 'cipher_key', 'cipherkey', 'crypto_key', 'cryptokey'),
    ],
    pattern:
      /(?:data|encryption|aes(?:_?(?:128|192|256))?|cipher|crypto)[_.-]?key["'\]]{0,2}(?:\s{0,3}(?:=>|[:=])\s{0,3}| )\[?(?:b?["'])?(?<secret>[A-Za-z0-9+/_-]{22,128}={0,2})(?![A-Za-z0-9+/_=-])/dgi,
    check: checkKey,
    rank: 0,
    source: 'https://csrc.nist.gov/pubs/fips/197/final',
  },
  {
    name: 'zero-initialization-vector',
    title: 'Initialization vector of zeros',
    rule: 'SEC-25',
    severity: 'MEDIUM',
    literals: [
      ...['iv=', 'iv="', "iv='", 'iv: ', "iv: '", 'iv":"', 'iv": "', "iv': '", "iv': b'", 'iv"=>"'].flatMap(
        (given) => word(`${given}000000`, `${given}aaaaaaaa`),
      ),
      ...['iv = ', "iv = '", 'iv = "', "iv': ['", 'iv"=>["', '-iv ', '<iv>'].flatMap((given) =>
        word(`${given}000000`, `${given}aaaaaaaa`),
      ),
      // Names in colour; JSON in JSON.
      ...word('iv\x1b[0m=\x1b['),
      ...word('iv\\"', 'iv\\\\'),
      ...name('initialization_vector', 'initializationvector', 'init_vector', 'initvector'),
    ],
    find: findZeroVectors,
    rank: 1,
    source: 'https://cwe.mitre.org/data/definitions/327.html',
  },
  {
    name: 'ecb-mode',
    title: 'Block cipher in ECB mode',
    rule: 'SEC-25',
    severity: 'LOW',
    literals: [
      ...prefix('AES/ECB', 'DES/ECB', 'DESede/ECB', 'Blowfish/ECB', 'MODE_ECB'),
      ...word('aes-128-ecb', 'aes-192-ecb', 'aes-256-ecb', 'des-ede3-ecb'),
    ],
    pattern:
      /(?<![A-Za-z])(?<secret>(?:AES|DES|DESede|Blowfish)\/ECB(?:\/[A-Za-z0-9]{1,24})?|MODE_ECB|aes-(?:128|192|256)-ecb|des-ede3-ecb)(?![A-Za-z0-9-])/dgi,
    check: checkMode,
    rank: 1,
    source: 'https://csrc.nist.gov/pubs/sp/800/38/a/final',
  },
];

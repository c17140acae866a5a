// Keys of ciphers as the AWS CLI, the SDKs and applications print them.

import type { Random } from '../prng.ts';
import type { MadeSecret, SecretExample } from './secret-example.ts';

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.below(256)));
}

/** As Python prints bytes: what can be printed as itself, the rest escaped. */
function pythonLiteral(value: Buffer): string {
  return [...value]
    .map((byte) =>
      byte === 0x5c || byte === 0x27
        ? `\\${String.fromCharCode(byte)}`
        : byte >= 0x20 && byte < 0x7f
          ? String.fromCharCode(byte)
          : `\\x${byte.toString(16).padStart(2, '0')}`,
    )
    .join('');
}

function dataKey(random: Random): MadeSecret {
  const key = bytes(random, random.pick([16, 32, 32, 64]));
  const encrypted = Buffer.concat([Buffer.from('0102030078', 'hex'), bytes(random, 179)]).toString('base64');
  const keyId = `arn:aws:kms:us-east-1:111122223333:key/${random.uuid()}`;
  const base64 = key.toString('base64');
  const numbers = [...key].join(', ');
  const python = pythonLiteral(key);
  const pairs = key.toString('hex').replace(/..(?!$)/g, '$& ');
  return random.pick<MadeSecret>([
    {
      secrets: [base64],
      text: `generated data key {"CiphertextBlob":"${encrypted}","Plaintext":"${base64}","KeyId":"${keyId}"}`,
      lines: [
        '{',
        `    "Plaintext": "${base64}",`,
        `    "KeyId": "${keyId}",`,
        `    "CiphertextBlob": "${encrypted}"`,
        '}',
      ],
    },
    { secrets: [base64], text: `CiphertextBlob=${encrypted} Plaintext=${base64} KeyId=${keyId}` },
    ...(python.includes('\\x')
      ? [{ secrets: [python], text: `kms response {'KeyId': '${keyId}', 'Plaintext': b'${python}'}` }]
      : []),
    {
      secrets: [numbers],
      text: `{ KeyId: '${keyId}', Plaintext: Uint8Array(${key.length}) [ ${numbers} ] }`,
    },
    ...(key.length < 50
      ? [{ secrets: [pairs], text: `dataKey { KeyId: '${keyId}', Plaintext: <Buffer ${pairs}> }` }]
      : []),
  ]);
}

function cipherKey(random: Random): MadeSecret {
  const key = bytes(random, random.pick([16, 32]));
  const value = random.chance(0.5) ? key.toString('hex') : key.toString('base64');
  const name = random.pick([
    'ENCRYPTION_KEY',
    'aes_key',
    'DATA_KEY',
    'encryption-key',
    'encryptionKey',
    'cipher_key',
  ]);
  return { secrets: [value], text: `${name}=${value}`, member: { key: name, value } };
}

function fernetKey(random: Random): MadeSecret {
  const value = bytes(random, 32).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
  const name = random.pick(['AIRFLOW__CORE__FERNET_KEY', 'FERNET_KEY', 'fernet_key', 'fernetKey']);
  return { secrets: [value], text: `${name}=${value}`, member: { key: name, value } };
}

function customerKey(random: Random): MadeSecret {
  const value = bytes(random, 32).toString('base64');
  return {
    secrets: [value],
    text: `PUT /b/k x-amz-server-side-encryption-customer-algorithm: AES256, x-amz-server-side-encryption-customer-key: ${value}`,
    member: { key: 'x-amz-server-side-encryption-customer-key', value },
  };
}

function zeroVector(random: Random): MadeSecret {
  const value = random.pick(['0'.repeat(32), `${'A'.repeat(22)}==`]);
  return { secrets: [value], text: `encrypting with iv=${value}`, member: { key: 'iv', value } };
}

function ecbMode(random: Random): MadeSecret {
  const value = random.pick(['AES/ECB/PKCS5Padding', 'DESede/ECB/NoPadding', 'MODE_ECB', 'aes-256-ecb']);
  return { secrets: [value], text: `cipher ready: ${value}`, member: { key: 'transformation', value } };
}

export const KMS_EXAMPLES: readonly SecretExample[] = [
  { kind: 'kms-plaintext-data-key', make: dataKey },
  { kind: 'encryption-key', make: cipherKey },
  { kind: 'fernet-key', make: fernetKey },
  { kind: 'sse-customer-key', make: customerKey },
  { kind: 'zero-initialization-vector', make: zeroVector },
  { kind: 'ecb-mode', make: ecbMode },
];

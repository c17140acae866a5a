// SEC-25: keys of ciphers in clear, and signs of ciphers that hide little.

import { secretRule } from './secret-rule.ts';

export const cipherKeyInLog = secretRule({
  // Every call makes another data key: one finding a log.
  per: 'place',
  meta: {
    id: 'SEC-25',
    name: 'cipher-key-in-log',
    version: 1,
    title: 'Key of a cipher in a log',
    what:
      'Plaintext data keys as KMS gives them out (the CLI, JSON, Python, Node), keys of 16 to 64 bytes that are named as keys of a cipher, Fernet ' +
      'keys, customer keys of S3 (HIGH); initialization vectors of zeros (MEDIUM); block ciphers in ECB mode (LOW).',
    why:
      'A data key in clear opens all that was encrypted with it, without KMS, its policies and its log. A fixed vector or ECB shows which texts are ' +
      'equal, and with GCM or CTR gives them away.',
    severities: ['HIGH', 'MEDIUM', 'LOW'],
    falsePositives: [
      'Random values that are named data_key or encryption_key and are names of entries.',
      'Test vectors of a library; ECB that encrypts single random blocks, as key wrapping does. A mode is only a word: LOW.',
    ],
    blindSpots: [
      'Keys that nothing names, and those of other lengths.',
      'Bytes that JSON.stringify made of a Buffer or a Uint8Array.',
      'A vector that is fixed and is not zero.',
    ],
    investigate: [
      'Open the record at the locator: most often a response of KMS that was printed whole.',
      'What was encrypted with the key? It must be encrypted again with a new one.',
      'CloudTrail: who called kms:GenerateDataKey or kms:Decrypt at that time?',
    ],
    thresholds: [
      {
        name: 'length',
        value: '16, 24, 32, 64',
        unit: 'bytes',
        reason: 'keys of AES, and of two ciphers together',
        source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_GenerateDataKey.html',
      },
    ],
    compliance: { cwe: ['CWE-321', 'CWE-327', 'CWE-532'], gdpr: ['32(1)(a)'] },
  },
});

// SEC-15: keys of stores, brokers and networks.

import { keyBytesOf } from '../checks/key-material.ts';
import { whyNotRandom } from '../checks/token-body.ts';
import { type Candidate, name, prefix, type SecretKind, type Verdict } from '../secret-kind.ts';
import { decodeBase64 } from '../views/decode.ts';
import { GITLEAKS, kingfisher, named, token } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';

/** Of Curve25519: three bits of a private key are clear and the two highest are 01. https://www.rfc-editor.org/rfc/rfc7748#section-5 */
function checkTunnelKey({ secret }: Candidate): Verdict {
  const refused = whyNotRandom(secret);
  if (refused !== null) return { refused };
  const bytes = decodeBase64(secret);
  const clamped = (bytes.charCodeAt(0) & 7) === 0 && bytes.charCodeAt(31) >> 6 === 1;
  return { confidence: clamped ? 0.95 : 0.8, verified: clamped };
}

/** 32 bytes, or as hexadecimal digits, as wallets and libraries for Ethereum print them. */
function checkPrivateNumber({ secret }: Candidate): Verdict {
  const digits = secret.replace(/^0x/i, '');
  const refused = whyNotRandom(digits);
  if (refused !== null) return { refused };
  return keyBytesOf(digits) === 0 ? { refused: 'low-entropy' } : { confidence: 0.85, verified: false };
}

export const DATA_KEYS: readonly SecretKind[] = [
  {
    name: 'confluent-secret',
    title: 'Confluent Cloud API secret',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('cflt', '[A-Za-z0-9+/]{60}', { tail: '+/=' }),
    source: 'https://docs.confluent.io/cloud/current/access-management/authenticate/api-keys/index.html',
  },
  {
    name: 'mongodb-atlas-private-key',
    title: 'MongoDB Atlas private API key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['atlas private key', 'atlas private api key', 'atlas api private key', 'mcli private api key'],
      UUID,
    ),
    source: kingfisher('mongodb'),
  },
  {
    name: 'backblaze-application-key',
    title: 'Backblaze B2 application key',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...named(
      ['b2 application key', 'b2 app key', 'b2 key', 'backblaze application key', 'b2 account key'],
      'K0[0-9]{2}[A-Za-z0-9+/]{27}',
      { publicPrefix: 2 },
    ),
    // Seen in public examples of its environment variables.
    source: 'https://www.backblaze.com/docs/cloud-storage-application-keys',
  },
  {
    name: 'wireguard-private-key',
    title: 'WireGuard private key',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: name('privatekey', 'private key', 'private_key', 'private-key'),
    // 32 bytes: the last character before the equals sign has two bits to spare.
    pattern:
      /(?<![A-Za-z0-9])private[ _-]?key["']?[ \t]{0,3}(?:=>|[=: ])[ \t]{0,3}\[?["']?(?<secret>[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)(?![A-Za-z0-9+/=])/dgi,
    before: 16,
    behind: 80,
    check: checkTunnelKey,
    rank: 1,
    source: 'https://www.wireguard.com/quickstart/#key-generation',
  },
  {
    name: 'ethereum-private-key',
    title: 'Private key of an Ethereum account',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: name('private_key', 'privatekey', 'private-key'),
    pattern:
      /private[_-]?key["']?[ \t]{0,3}(?:=>|[=: ])[ \t]{0,3}\[?["']?(?<secret>(?:0x)?[0-9a-f]{64})(?![0-9A-Za-z])/dgi,
    before: 16,
    behind: 96,
    check: checkPrivateNumber,
    rank: 1,
    source: 'https://ethereum.org/en/developers/docs/accounts/#account-creation',
  },
  {
    name: 'salesforce-session',
    title: 'Salesforce session id or access token',
    rule: 'SEC-15',
    severity: 'HIGH',
    literals: prefix('!AQ', '!AR'),
    // The id of an organization, an exclamation mark, and what is random.
    pattern: /(?<![A-Za-z0-9_])(?<secret>00D[A-Za-z0-9]{9,15}!A[QR][A-Za-z0-9._]{58,258})(?![A-Za-z0-9._])/dg,
    check: ({ secret }) => {
      const refused = whyNotRandom(secret.slice(secret.indexOf('!') + 1));
      return refused === null ? { confidence: 0.95, verified: false } : { refused };
    },
    publicPrefix: 3,
    rank: 1,
    before: 24,
    behind: 280,
    source: kingfisher('salesforce'),
  },
  {
    name: 'vercel-blob-token',
    title: 'Vercel Blob read and write token',
    rule: 'SEC-15',
    severity: 'HIGH',
    // The id of a store stands in its fourth part.
    ...token('vercel_blob_rw_', '[A-Za-z0-9]{16}_[A-Za-z0-9]{24,64}'),
    source: 'https://github.com/vercel/storage/tree/main/packages/blob',
  },
  {
    name: 'scalingo-token',
    title: 'Scalingo API token',
    rule: 'SEC-15',
    severity: 'HIGH',
    ...token('tk-us-', '[A-Za-z0-9_-]{48}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'yandex-iam-token',
    title: 'Yandex Cloud IAM token',
    rule: 'SEC-15',
    // Lives twelve hours.
    severity: 'MEDIUM',
    ...token('t1.9eu', '[A-Za-z0-9_-]{40,1200}={0,2}\\.[A-Za-z0-9_-]{86}={0,2}', { tail: '-', behind: 1400 }),
    source: 'https://yandex.cloud/en/docs/iam/concepts/authorization/iam-token',
  },
];

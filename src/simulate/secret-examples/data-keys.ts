// Keys of stores, brokers, networks and of services that came later, by what their issuers and public examples say of them.

import type { Random } from '../prng.ts';
import type { SecretExample } from './secret-example.ts';
import { BASE36, BASE62, BASE64, bare, onlyNamed, URL_SAFE } from './token-text.ts';

const bytesOf = (random: Random, count: number): Buffer => Buffer.from(random.hex(2 * count), 'hex');

/** As `wg genkey` makes them: some bits of Curve25519's keys are given. */
function tunnelKey(random: Random): string {
  const bytes = bytesOf(random, 32);
  bytes[0]! &= 248;
  bytes[31] = (bytes[31]! & 63) | 64;
  return bytes.toString('base64');
}

export const DATA_KEY_EXAMPLES: readonly SecretExample[] = [
  bare('confluent-secret', 'CONFLUENT_API_SECRET', (random) => `cflt${random.text(BASE64, 59)}7`),
  onlyNamed('mongodb-atlas-private-key', 'MONGODB_ATLAS_PRIVATE_KEY', (random) => random.uuid()),
  onlyNamed(
    'backblaze-application-key',
    'B2_APPLICATION_KEY',
    (random) => `K00${random.between(1, 5)}${random.text(BASE64, 26)}x`,
  ),
  {
    kind: 'wireguard-private-key',
    make(random) {
      const key = tunnelKey(random);
      return {
        secrets: [key],
        text: random.pick([`PrivateKey = ${key}`, `private key: ${key}`, `WG_PRIVATE_KEY=${key}`]),
        member: { key: 'privateKey', value: key },
      };
    },
  },
  onlyNamed(
    'ethereum-private-key',
    'DEPLOYER_PRIVATE_KEY',
    (random) => `${random.pick(['0x', ''])}${random.hex(64)}`,
  ),
  onlyNamed('deepseek-key', 'DEEPSEEK_API_KEY', (random) => `sk-${random.hex(32)}`),
  bare('nvidia-key', 'NVIDIA_API_KEY', (random) => `nvapi-${random.text(URL_SAFE, 63)}a`),
  bare('jina-key', 'JINA_API_KEY', (random) => `jina_${random.hex(32)}${random.text(BASE62, 28)}`),
  bare('together-key', 'TOGETHER_API_KEY', (random) => `tgp_v1_${random.text(URL_SAFE, 42)}a`),
  bare('langfuse-secret-key', 'LANGFUSE_SECRET_KEY', (random) => `sk-lf-${random.uuid()}`),
  onlyNamed('firecrawl-key', 'FIRECRAWL_API_KEY', (random) => `fc-${random.hex(32)}`),
  onlyNamed('cursor-key', 'CURSOR_API_KEY', (random) => `key_${random.hex(64)}`),
  bare('amazon-login-token', 'LWA_REFRESH_TOKEN', (random) => `Atzr|IwEB${random.text(URL_SAFE, 340)}a`),
  bare('amazon-login-client-secret', 'LWA_CLIENT_SECRET', (random) => `amzn1.oa2-cs.v1.${random.hex(64)}`),
  bare(
    'linkedin-client-secret',
    'LINKEDIN_CLIENT_SECRET',
    (random) => `WPL_AP1.${random.text(BASE62, 16)}.${random.text(BASE62, 6)}==`,
  ),
  onlyNamed('klaviyo-key', 'KLAVIYO_API_KEY', (random) => `pk_${random.hex(34)}`),
  bare('posthog-personal-key', 'POSTHOG_PERSONAL_KEY', (random) => `phx_${random.text(BASE62, 47)}`),
  onlyNamed('splunk-collector-token', 'SPLUNK_HEC_TOKEN', (random) => random.uuid()),
  onlyNamed(
    'x-bearer-token',
    'TWITTER_BEARER_TOKEN',
    (random) =>
      `${'A'.repeat(21)}${random.text(BASE62, 6)}${'A'.repeat(6)}${random.text(BASE62, 28)}%3D${random.text(BASE62, 50)}`,
  ),
  bare(
    'salesforce-session',
    'SF_ACCESS_TOKEN',
    (random) => `00D${random.text(BASE62, 12)}!AQ${random.text(`${BASE62}._`, 93)}a`,
  ),
  bare(
    'vercel-blob-token',
    'BLOB_READ_WRITE_TOKEN',
    (random) => `vercel_blob_rw_${random.text(BASE62, 16)}_${random.text(BASE62, 30)}`,
  ),
  bare('scalingo-token', 'SCALINGO_API_TOKEN', (random) => `tk-us-${random.text(URL_SAFE, 47)}a`),
  bare(
    'yandex-iam-token',
    'YC_TOKEN',
    (random) => `t1.9euelZq${random.text(URL_SAFE, 190)}.${random.text(URL_SAFE, 85)}a`,
  ),
  onlyNamed('facebook-user-token', 'FACEBOOK_ACCESS_TOKEN', (random) => `EAAG${random.text(BASE62, 180)}`),
  {
    kind: 'signing-argument',
    make(random) {
      const key = random.text(BASE62, 40);
      return {
        secrets: [key],
        text: random.pick([
          `token = jwt.encode({'sub': 7}, '${key}', algorithm='HS256')`,
          `const token = jwt.sign(payload, "${key}", { expiresIn: '1h' })`,
        ]),
      };
    },
  },
  {
    kind: 'signing-bytes',
    make(random) {
      const key = `\\xe9\\x1b${random.text(BASE36, 9)}\\xf0${random.text(BASE62, 9)}\\x8c`;
      return { secrets: [key], text: `<Config {'DEBUG': False, 'SECRET_KEY': b'${key}'}>` };
    },
  },
  {
    kind: 'cisco-type-7',
    make(random) {
      const secret = `0${random.between(0, 9)}${random.hex(16).toUpperCase()}`;
      return { secrets: [secret], text: `username jane privilege 15 password 7 ${secret}` };
    },
  },
];

// What programs write that deal with secrets and keep them: servers of secrets, brokers, sign-in, pipelines, signed messages.

import { hostIn, publicNetwork } from '../address-facts.ts';
import type { Random } from '../prng.ts';
import type { BenignKind } from './benign-identifiers.ts';
import type { LogPiece } from './log-format.ts';

function bytes64(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64');
}
function bytes64url(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64url');
}
function member(random: Random, members: readonly (readonly [string, string])[]): LogPiece {
  const [key, value] = random.pick(members);
  return { text: random.pick([`${key}=${value}`, `${key}: ${value}`]), member: { key, value } };
}

export const BENIGN_PROGRAMS: readonly BenignKind[] = [
  {
    // https://kafka.apache.org/documentation/#producerconfigs: every client prints its settings when it starts.
    name: 'settings of Kafka clients',
    make: () => ({
      text: 'sasl.jaas.config = [hidden] sasl.kerberos.service.name = null ssl.key.password = null',
      lines: [
        '\tkey.serializer = class org.apache.kafka.common.serialization.StringSerializer',
        '\tsasl.jaas.config = [hidden]',
        '\tsasl.login.callback.handler.class = null',
        '\tsasl.mechanism = SCRAM-SHA-512',
        '\tsecurity.protocol = SASL_SSL',
        '\tssl.key.password = null',
        '\tssl.keystore.location = /etc/kafka/keystore.jks',
        '\tssl.keystore.password = [hidden]',
        '\tssl.truststore.password = [hidden]',
        '\ttransactional.id = null',
      ],
    }),
  },
  {
    name: 'sign-in of hosts',
    make: (random) => {
      const address = hostIn(publicNetwork(random), random);
      return {
        text: random.pick([
          `Accepted publickey for deploy from ${address} port 51234 ssh2: ED25519 SHA256:${bytes64(random, 32).slice(0, 43)}`,
          `Failed password for invalid user admin from ${address} port 40022 ssh2`,
          `pam_unix(sshd:auth): authentication failure; logname= uid=0 euid=0 tty=ssh ruser= rhost=${address} user=root`,
          'deploy : TTY=pts/0 ; PWD=/home/deploy ; USER=root ; COMMAND=/usr/bin/passwd orders',
          'chage: changed password expiry for orders',
          'WARNING! Your password will be stored unencrypted in /root/.docker/config.json.',
          'password for user orders: changed by administrator',
        ]),
      };
    },
  },
  {
    // Vault writes keyed digests of what is secret: https://developer.hashicorp.com/vault/docs/audit#sensitive-information
    name: 'audit of a vault',
    make: (random) => ({
      text: `{"type":"response","auth":{"client_token":"hmac-sha256:${random.hex(64)}","accessor":"hmac-sha256:${random.hex(64)}","token_type":"service"},"request":{"path":"secret/data/orders/db"}}`,
      member: { key: 'client_token', value: `hmac-sha256:${random.hex(64)}` },
      lines: [
        'Key                  Value',
        '---                  -----',
        'token_duration       768h',
        'token_renewable      true',
        'token_policies       ["default" "orders"]',
        'secret_id_num_uses   0',
        'lease_id             database/creds/orders/8d6f',
      ],
    }),
  },
  {
    name: 'signatures of messages',
    make: (random, timeMs) =>
      member(random, [
        ['X-Hub-Signature-256', `sha256=${random.hex(64)}`],
        ['Stripe-Signature', `t=${Math.floor(timeMs / 1000)},v1=${random.hex(64)}`],
        ['X-Slack-Signature', `v0=${random.hex(64)}`],
        ['Digest', `SHA-256=${bytes64(random, 32)}`],
        [
          'DKIM-Signature',
          `v=1; a=rsa-sha256; d=example.com; s=mail; bh=${bytes64(random, 32)}; b=${bytes64(random, 128)}`,
        ],
        [
          'Content-Signature',
          `keyid="prod-1",algorithm="rsa-v1_5-sha256",signature="${bytes64(random, 64)}"`,
        ],
        ['x-goog-hash', `crc32c=${bytes64(random, 4)}`],
      ]),
  },
  {
    name: 'handshakes',
    make: (random) =>
      member(random, [
        ['Sec-WebSocket-Key', bytes64(random, 16)],
        ['Sec-WebSocket-Accept', bytes64(random, 20)],
        ['code_challenge', bytes64url(random, 32)],
        ['Content-Security-Policy', `script-src 'nonce-${bytes64(random, 16)}' 'strict-dynamic'`],
        ['cf-ray', `${random.hex(16)}-FRA`],
        ['HTTP2-Settings', 'AAMAAABkAARAAAAAAAIAAAAA'],
        ['x-amzn-oidc-identity', random.uuid()],
      ]),
  },
  {
    name: 'pipelines',
    make: (random) => ({
      text: random.pick([
        'env: GITHUB_TOKEN: *** NPM_TOKEN: *** AWS_REGION: eu-west-1',
        'Run actions/checkout@v4 with: token: *** ssh-strict: true persist-credentials: true',
        '::add-mask::***',
        'random_password.db: Creation complete after 0s [id=none]',
        'docker login --username AWS --password-stdin 111122223333.dkr.ecr.us-east-1.amazonaws.com',
        'echo "$NPM_TOKEN" | npm login --registry=https://npm.internal',
        'git -c credential.helper= -c http.extraheader="AUTHORIZATION: basic ***" fetch --depth=1',
        `Secret "orders-db" updated, checksum/secret: ${random.hex(64)}`,
      ]),
      lines: [
        '      Name                    Value             Type    Location',
        '      ----                    -----             ----    --------',
        '   profile                <not set>             None    None',
        `access_key     ****************${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ234567', 4)} shared-credentials-file`,
        `secret_key     ****************${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789', 4)} shared-credentials-file`,
        '    region                us-east-1      config-file    ~/.aws/config',
      ],
    }),
  },
  {
    name: 'schemas',
    make: (random) => ({
      text: random.pick([
        '{"password":{"type":"string","format":"password","minLength":8},"token":{"type":"string","nullable":true}}',
        '{"securitySchemes":{"ApiKeyAuth":{"type":"apiKey","in":"header","name":"X-API-Key"},"bearerAuth":{"type":"http","scheme":"bearer","bearerFormat":"JWT"}}}',
        'message Login { string user = 1; string password = 2; optional string token = 3; }',
        'api_key: Annotated[str, Header(alias="X-API-Key")]',
        'password: str | None = None, token: Optional[str] = None',
        'CREATE USER orders IDENTIFIED BY PASSWORD <secret>',
        '"secret": {"Type": "AWS::SecretsManager::Secret", "GenerateSecretString": {"PasswordLength": 32}}',
      ]),
    }),
  },
  {
    name: 'keys that are none',
    make: (random) =>
      member(random, [
        ['routing_key', 'orders.created.v1'],
        ['key_name', 'deploy-2024-frankfurt'],
        ['KeyPairName', 'prod-bastion-eu'],
        ['hotkey', 'ctrl+shift+p'],
        ['s3_key', `exports/2026/11/${random.uuid()}.csv.gz`],
        ['foreign_key', 'fk_orders_customer_id'],
        ['keystore', '/etc/ssl/private/keystore.p12'],
        ['key', `order-${random.below(1e6)}`],
        ['dedupe_key', `orders:${random.hex(16)}`],
        ['encryption_key_arn', `arn:aws:kms:us-east-1:111122223333:key/${random.uuid()}`],
        ['InstrumentationKey', random.uuid()],
        ['i18n_key', 'account.password.reset.title'],
        ['error_key', 'errors.token.expired'],
        ['SigningKeyId', `KTESTKEY${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ', 6)}`],
        ['idempotency-key', `refund-${random.below(1e6)}-2026-11-01`],
        ['lock_token', `${random.below(1e6)}`],
        ['session_token_ttl', '3600'],
        ['csrf_cookie_name', 'csrftoken'],
        ['auth_url', 'https://login.internal/realms/orders/protocol/openid-connect/auth'],
        ['secret_backend', 'projects/123456/secrets/orders-db/versions/latest'],
        ['clientId', 'web-frontend-v2'],
      ]),
  },
  {
    name: 'orchestration',
    make: (random) => ({
      text: random.pick([
        `MountVolume.SetUp failed for volume "kube-api-access-${random.text('bcdfghjklmnpqrstvwxz2456789', 5)}" : failed to fetch token: serviceaccounts "orders" not found`,
        'Error: secret "orders-db-credentials" not found',
        `Successfully assigned prod/orders-${random.hex(9)}-${random.text('bcdfghjklmnpqrstvwxz2456789', 5)} to ip-10-0-3-17`,
        'projected token rotated audience=sts.amazonaws.com expirationSeconds=86400',
        'AWS_WEB_IDENTITY_TOKEN_FILE=/var/run/secrets/eks.amazonaws.com/serviceaccount/token',
        'reconciled ExternalSecret orders-db: synced secretKey=password remoteRef.key=prod/orders/db',
      ]),
    }),
  },
  {
    name: 'language models',
    make: (random) => ({
      text: random.pick([
        `{"usage":{"prompt_tokens":${random.below(9000)},"completion_tokens":${random.below(900)},"cache_read_input_tokens":0}}`,
        '{"logprobs":{"tokens":[" the"," secret"," password"," is"],"token_logprobs":[-0.1,-2.3,-0.4,-1.1]}}',
        `stop_reason=max_tokens model=claude-large output_tokens=4096 request=req_${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij0123456789', 24)}`,
        'prompt: "Write a story about a key, a password and a token." max_tokens: 512',
      ]),
      member: { key: 'tokens_per_second', value: String(random.below(300)) },
    }),
  },
];

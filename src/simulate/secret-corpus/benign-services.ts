// What other programs write that tempts: caches, shops, certificates, meshes, databases, frameworks, clients of services. Found by reading
// hundreds of such lines; each sort that was taken for a secret once stands here.

import type { Random } from '../prng.ts';
import type { BenignKind } from './benign-identifiers.ts';
import type { LogPiece } from './log-format.ts';

const BASE62 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

function url64(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64url');
}
function base64(random: Random, count: number): string {
  return Buffer.from(random.hex(count * 2), 'hex').toString('base64');
}
function text(random: Random, texts: readonly string[]): LogPiece {
  return { text: random.pick(texts) };
}
function member(random: Random, members: readonly (readonly [string, string])[]): LogPiece {
  const [key, value] = random.pick(members);
  return { text: random.pick([`${key}=${value}`, `${key}: ${value}`]), member: { key, value } };
}

export const BENIGN_SERVICES: readonly BenignKind[] = [
  {
    // https://developer.hashicorp.com/vault/docs/audit#sensitive-information: also the answers, by the names of their members
    name: 'keyed digests of secrets',
    make: (random) =>
      member(random, [
        ['password', `hmac-sha256:${random.hex(64)}`],
        ['secret_id', `hmac-sha256:${random.hex(64)}`],
        ['token', `hmac-sha256:${random.hex(64)}`],
      ]),
  },
  {
    // https://getsops.io/docs/#encryption-protocol
    name: 'encrypted settings',
    make: (random) =>
      member(random, [
        [
          'db_password',
          `ENC[AES256_GCM,data:${base64(random, 18)},iv:${base64(random, 32)},tag:${base64(random, 16)},type:str]`,
        ],
        ['password', `ENC(${base64(random, 24)})`],
        ['api_token', `vault:v1:${base64(random, 40)}`],
      ]),
  },
  {
    name: 'keys of caches',
    make: (random) =>
      text(random, [
        `cache get key=token:${random.hex(40)} hit=true ttl=1200`,
        `cache miss session:token:${random.hex(64)} in 2 ms`,
        `DEL user/token:${random.text(BASE62, 32)}`,
        `cache key=user-token-${random.hex(64)} evicted`,
      ]),
  },
  {
    name: 'tokens of carts and uploads',
    make: (random) =>
      member(random, [
        ['cart_token', random.text(BASE62, 32)],
        ['checkout_token', random.hex(32)],
        ['ec_token', `EC-${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 17)}`],
        ['upload token', url64(random, 45)],
        ['page token', url64(random, 30)],
        ['form_token', random.hex(40)],
        ['progress token', random.hex(32)],
        ['lease token', random.text('0123456789', 12)],
        ['clientToken', random.hex(32)],
      ]),
  },
  {
    // https://www.rfc-editor.org/rfc/rfc8555#section-8.3: shown to everybody on port 80
    name: 'challenges of certificates',
    make: (random) =>
      text(random, [
        `acme: token="${url64(random, 32)}" key="${url64(random, 32)}.${url64(random, 32)}" type="HTTP-01"`,
        `authz https://ca.example.org/acme/authz-v3/${random.text('0123456789', 12)} token: ${url64(random, 32)}`,
        `GET /.well-known/acme-challenge/${url64(random, 32)} 200`,
        `TXT _acme-challenge.example.org "${url64(random, 32)}"`,
      ]),
  },
  {
    name: 'addresses of contracts',
    make: (random) =>
      text(random, [
        `transfer token=0x${random.hex(40)} tokenSymbol=USDC`,
        `tx 0x${random.hex(64)} token: 0x${random.hex(40)}`,
        `{"token":"0x${random.hex(40)}","amount":"1000000"}`,
      ]),
  },
  {
    name: 'service mesh',
    make: (random) =>
      text(random, [
        `xfcc By=spiffe://cluster.local/ns/a/sa/b;Hash=${random.hex(64)};Subject="";URI=spiffe://cluster.local/ns/a/sa/c`,
        `SDS: pushed key/cert pair to proxy, resource default, token from /var/run/secrets/tokens/istio-token`,
        `jwt_authn: Parse Jwt failed: token={"status":"JwtMissing"}`,
        `a=ice-ufrag:${random.text(BASE62, 4)} a=ice-pwd:${random.text(BASE62, 22)}`,
        `generated new workload certificate latency=80ms ttl=24h serial=${random.hex(32)}`,
      ]),
  },
  {
    name: 'databases about passwords',
    make: (random) =>
      text(random, [
        `DETAIL: Key (token_hash)=(${random.hex(64)}) already exists.`,
        'AUDIT: SESSION,1,1,ROLE,ALTER ROLE,,,"ALTER ROLE app WITH PASSWORD <REDACTED>",<none>',
        'SET PASSWORD FOR `app`@`%`=<secret>',
        'CREATE USER app IDENTIFIED BY <secret>',
        `SELECT token, count(*) FROM logs GROUP BY token; query_id: ${random.uuid()}`,
        `Key (session_key)=(${random.text('abcdefghijklmnopqrstuvwxyz0123456789', 32)}) already exists.`,
        'connection authenticated: identity="app" method=scram-sha-256',
      ]),
  },
  {
    name: 'pools and frameworks',
    make: (random) =>
      text(random, [
        'HikariConfig: password........................<masked>',
        `Authorized client [registrationId=web, accessToken=org.example.OAuth2AccessToken@${random.hex(8)}]`,
        'UsernamePasswordAuthenticationToken [Principal=app, Credentials=[PROTECTED], Authenticated=true]',
        `secret: <Buffer ${random.hex(2)} ${random.hex(2)}> token: Symbol(token)`,
        `config dump: Password:(string) (len=24) <redacted> Token:(*string)(0xc000${random.hex(6)})`,
        '{ password: [Getter/Setter], token: [Function: token], secret: [AsyncFunction: secret] }',
        "AIRFLOW: connection app_db; password: ***, extra: {'aws_secret_access_key': '***'}",
        'spark.ssl.keyPassword=*********(redacted)',
      ]),
  },
  {
    name: 'code that handles passwords',
    make: (random) =>
      text(random, [
        'password: typing.Optional[bytes] = None,',
        'self.passwd = password_mgr',
        'passwd = HTTPPasswordMgr()',
        'my $pwd = CPAN::anycwd();',
        'if user or passwd: self.auth_cache[key] = (user, passwd)',
        'secret = keypair[:32]',
        'export function hasPass(pass: StringRef): boolean;',
        'this.parentPass=e}visitReturn(e){check(this.size);',
        `password=@/run/secrets/db-${random.text('0123456789', 1)}`,
      ]),
  },
  {
    name: 'ids of services',
    make: (random) =>
      member(random, [
        ['dedup_key', random.hex(32)],
        ['zone_id', random.hex(32)],
        ['sentry_key', random.hex(32)],
        ['vendor_key', random.text(BASE62, 4)],
        ['bot_id', `B${random.text('ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789', 10)}`],
        ['payment_method', `pm_${random.text(BASE62, 24)}`],
        ['x-sendgrid-message-id', url64(random, 16)],
        ['dyno', random.uuid()],
        ['fcm_topic', 'orders'],
        ['entity.guid', base64(random, 30)],
        ['public_key', random.hex(32)],
      ]),
  },
  {
    name: 'proofs of domains',
    make: (random) =>
      text(random, [
        `TXT google-site-verification=${url64(random, 32)}`,
        `TXT stripe-verification=${random.hex(64)}`,
        `DKIM tokens: ${random.text('abcdefghijklmnopqrstuvwxyz234567', 32)} for example.org`,
        `DNSKEY 257 3 13 ${base64(random, 64)} ; KSK; key id = ${random.text('0123456789', 5)}`,
        `sshfp 4 2 ${random.hex(64)}`,
      ]),
  },
];

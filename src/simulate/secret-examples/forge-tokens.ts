// Tokens of forges, registries and infrastructure, by what their issuers say of them.

import { crc32 } from 'node:zlib';
import type { Random } from '../prng.ts';
import type { SecretExample } from './secret-example.ts';
import {
  BASE36,
  BASE62,
  BASE64,
  bare,
  base64Of,
  base64UrlOf,
  DIGITS,
  LOWER,
  onlyNamed,
  UPPER,
  URL_SAFE,
} from './token-text.ts';

/** A number in the digits of an alphabet. */
function inBase(value: number, digits: string, width: number): string {
  const text: string[] = [];
  let rest = BigInt(value);
  const base = BigInt(digits.length);
  while (text.length < width) {
    text.unshift(digits[Number(rest % base)]!);
    rest /= base;
  }
  return text.join('');
}
/** Body and its CRC-32 in base 62. */
export function withBase62Checksum(start: string, body: string): string {
  return `${start}${body}${inBase(crc32(body), BASE62, 6)}`;
}
const hexDigest = (text: string): string => inBase(crc32(text), '0123456789abcdef', 8);

const github = (start: string, length: number) => (random: Random) =>
  withBase62Checksum(start, random.text(BASE62, length));

function gitlab(start: string, random: Random): string {
  if (random.chance(0.5)) return `${start}${random.text(URL_SAFE, 20)}`;
  const payload = base64UrlOf(
    `o:${random.text(DIGITS, 4)}\nu:${random.text(DIGITS, 5)}\n${random.text(BASE62, 16)}`,
  );
  const size = inBase(payload.length, BASE36, 2);
  const crcOf = `${start}${payload}.01.${size}`;
  return `${crcOf}${inBase(crc32(crcOf), BASE36, 7)}`;
}
const ofForge = (start: string, length: number) => (random: Random) =>
  `${start}${random.text(URL_SAFE, length)}`;

function atlassian(start: string) {
  return (random: Random): string => {
    const body = `${start}${random.text(URL_SAFE, random.between(160, 180))}=`;
    return `${body}${hexDigest(body).toUpperCase()}`;
  };
}

const FORGES: readonly SecretExample[] = [
  bare('github-personal-token', 'GITHUB_TOKEN', github('ghp_', 30)),
  bare('github-oauth-token', 'GH_TOKEN', github('gho_', 30)),
  bare('github-user-token', 'GITHUB_USER_TOKEN', github('ghu_', 30)),
  bare('github-installation-token', 'GITHUB_TOKEN', github('ghs_', 30)),
  bare('github-refresh-token', 'GITHUB_REFRESH_TOKEN', github('ghr_', 70)),
  bare(
    'github-fine-grained-token',
    'GITHUB_TOKEN',
    (random) =>
      `github_pat_11${random.text(UPPER + DIGITS, 9)}0${random.text(BASE62, 10)}_${random.text(BASE62, 59)}`,
  ),
  bare('github-stateless-token', 'GITHUB_TOKEN', (random) => {
    const header = base64UrlOf(JSON.stringify({ alg: 'RS256', typ: 'JWT', kid: random.hex(16) }));
    const payload = base64UrlOf(
      JSON.stringify({ iss: 'github', sub: random.text(DIGITS, 8), jti: random.uuid() }),
    );
    return `ghs_${random.text(DIGITS, 7)}_${header}.${payload}.${random.text(URL_SAFE, 342)}`;
  }),
  bare('gitlab-personal-token', 'GITLAB_TOKEN', (random) => gitlab('glpat-', random)),
  bare('gitlab-runner-token', 'RUNNER_TOKEN', (random) => gitlab('glrt-', random)),
  bare('gitlab-runner-registration-token', 'REGISTRATION_TOKEN', ofForge('GR1348941', 20)),
  bare('gitlab-deploy-token', 'CI_DEPLOY_PASSWORD', ofForge('gldt-', 20)),
  bare('gitlab-trigger-token', 'TRIGGER_TOKEN', (random) => `glptt-${random.hex(40)}`),
  bare('gitlab-job-token', 'CI_JOB_TOKEN', (random) => `glcbt-${random.hex(2)}_${random.text(URL_SAFE, 20)}`),
  bare('gitlab-agent-token', 'AGENT_TOKEN', ofForge('glagent-', 50)),
  bare('gitlab-scim-token', 'SCIM_TOKEN', ofForge('glsoat-', 20)),
  bare('gitlab-oauth-secret', 'OAUTH_SECRET', (random) => `gloas-${random.hex(64)}`),
  bare('gitlab-feed-token', 'FEED_TOKEN', ofForge('glft-', 20)),
  bare('gitlab-mail-token', 'MAIL_TOKEN', (random) => `glimt-${random.text(BASE36, 25)}`),
  bare('gitlab-workspace-token', 'GITLAB_WORKSPACE_TOKEN', ofForge('glwt-', 20)),
  bare('databricks-oauth-secret', 'DATABRICKS_CLIENT_SECRET', (random) => `dose${random.hex(32)}`),
  bare(
    'mongodb-atlas-service-secret',
    'ATLAS_CLIENT_SECRET',
    (random) => `mdb_sa_sk_${random.text(BASE62, 40)}`,
  ),
  bare('gitlab-feature-flag-token', 'UNLEASH_TOKEN', ofForge('glffct-', 20)),
  bare('bitbucket-app-password', 'BITBUCKET_PASSWORD', (random) => {
    const body = `ATBB${random.text(BASE62, 24)}`;
    return `${body}${hexDigest(body).toUpperCase()}`;
  }),
  bare('bitbucket-access-token', 'BITBUCKET_TOKEN', atlassian('ATCTT3xFfGN0')),
  bare('bitbucket-server-token', 'BITBUCKET_TOKEN', (random) => {
    const bytes = Array.from({ length: 20 }, () => String.fromCharCode(random.below(256))).join('');
    return `BBDC-${base64Of(`${random.between(1, 9)}${random.text(DIGITS, 11)}:${bytes}`)}`;
  }),
  bare('atlassian-api-token', 'JIRA_API_TOKEN', atlassian('ATATT3xFfGF0')),
  bare(
    'azure-devops-token',
    'AZURE_DEVOPS_EXT_PAT',
    (random) => `${random.text(BASE62, 52)}JQQJ99BKAC${'A'.repeat(12)}ASAZDO${random.text(BASE62, 4)}`,
  ),
  bare(
    'sourcegraph-token',
    'SRC_ACCESS_TOKEN',
    (random) => `sgp_${random.pick(['', 'local_', `${random.hex(16)}_`])}${random.hex(40)}`,
  ),
  bare(
    'sonarqube-token',
    'SONAR_TOKEN',
    (random) => `${random.pick(['squ_', 'sqp_', 'sqa_'])}${random.hex(40)}`,
  ),
  onlyNamed('snyk-token', 'SNYK_TOKEN', (random) => random.uuid()),
  onlyNamed('codecov-token', 'CODECOV_TOKEN', (random) => random.uuid()),
];

const REGISTRIES: readonly SecretExample[] = [
  bare('npm-token', 'NPM_TOKEN', (random) => withBase62Checksum('npm_', random.text(BASE62, 30))),
  onlyNamed('npm-legacy-token', 'NPM_AUTH_TOKEN', (random) => random.uuid()),
  bare('pypi-token', 'TWINE_PASSWORD', (random) => pypi('pypi.org', random)),
  bare('test-pypi-token', 'TWINE_PASSWORD', (random) => pypi('test.pypi.org', random)),
  bare('rubygems-key', 'GEM_HOST_API_KEY', (random) => `rubygems_${random.hex(48)}`),
  bare('nuget-key', 'NUGET_API_KEY', (random) => `oy2${random.text(`${LOWER}234567`, 43)}`),
  onlyNamed('crates-token', 'CARGO_REGISTRY_TOKEN', (random) => `cio${random.text(BASE62, 32)}`),
  bare('clojars-token', 'CLOJARS_PASSWORD', (random) => `CLOJARS_${random.hex(60)}`),
  bare('docker-personal-token', 'DOCKER_TOKEN', ofForge('dckr_pat_', 27)),
  bare('docker-organization-token', 'DOCKER_TOKEN', ofForge('dckr_oat_', 32)),
  bare(
    'docker-swarm-join-token',
    'JOIN_TOKEN',
    (random) => `SWMTKN-1-${random.text(BASE36, 50)}-${random.text(BASE36, 25)}`,
  ),
  bare('docker-swarm-unlock-key', 'UNLOCK_KEY', (random) => `SWMKEY-1-${random.text(BASE64, 43)}`),
  bare('artifactory-reference-token', 'JFROG_ACCESS_TOKEN', (random) =>
    base64Of(`reftkn:01:${random.between(1_760_000_000, 1_790_000_000)}:${random.text(BASE62, 27)}`),
  ),
  bare('artifactory-key', 'ARTIFACTORY_API_KEY', (random) => `AKCp${random.text(BASE62, 69)}`),
];

/** A macaroon, version 2: the location, and an id and a signature that nobody reads. https://github.com/rescrv/libmacaroons/blob/master/doc/format.txt */
function pypi(location: string, random: Random): string {
  const head = `\x02\x01${String.fromCharCode(location.length)}${location}\x02\x24${random.uuid()}`;
  const rest = Array.from({ length: 71 }, () => String.fromCharCode(random.below(256))).join('');
  return `pypi-${base64UrlOf(head + rest)}`;
}

const ofDoppler = (start: string) => (random: Random) => `${start}${random.text(BASE62, 43)}`;

const INFRASTRUCTURE: readonly SecretExample[] = [
  bare('vault-service-token', 'VAULT_TOKEN', (random) => `hvs.CAESI${random.text(URL_SAFE, 87)}`),
  bare('vault-batch-token', 'VAULT_TOKEN', (random) => `hvb.AAAAAQ${random.text(URL_SAFE, 170)}`),
  bare('vault-recovery-token', 'VAULT_TOKEN', (random) => `hvr.${random.text(BASE62, 24)}`),
  onlyNamed('azure-devops-older-token', 'AZURE_DEVOPS_EXT_PAT', (random) =>
    random.text('abcdefghijklmnopqrstuvwxyz234567', 52),
  ),
  onlyNamed('vault-legacy-token', 'VAULT_TOKEN', (random) => `s.${random.text(BASE62, 24)}`),
  {
    kind: 'vault-unseal-key',
    make(random) {
      const part = Buffer.from(random.hex(66), 'hex').toString('base64');
      return { secrets: [part], text: `Unseal Key ${random.between(1, 5)}: ${part}` };
    },
  },
  {
    kind: 'consul-nomad-secret-id',
    make(random) {
      const uuid = () => [8, 4, 4, 4, 12].map((length) => random.hex(length)).join('-');
      const secret = uuid();
      return {
        secrets: [secret],
        text: `AccessorID: ${uuid()} SecretID: ${secret} Description: Bootstrap Token`,
      };
    },
  },
  bare(
    'terraform-cloud-token',
    'TF_API_TOKEN',
    (random) => `${random.text(BASE62, 14)}.atlasv1.${random.text(BASE62, 67)}`,
  ),
  bare('doppler-personal-token', 'DOPPLER_TOKEN', ofDoppler('dp.pt.')),
  bare(
    'doppler-service-token',
    'DOPPLER_TOKEN',
    (random) => `dp.st.${random.pick(['', 'prd.', 'dev_backend.'])}${random.text(BASE62, 43)}`,
  ),
  bare('doppler-cli-token', 'DOPPLER_TOKEN', ofDoppler('dp.ct.')),
  bare('doppler-service-account-token', 'DOPPLER_TOKEN', ofDoppler('dp.sa.')),
  bare('doppler-scim-token', 'DOPPLER_TOKEN', ofDoppler('dp.scim.')),
  bare('doppler-audit-token', 'DOPPLER_TOKEN', ofDoppler('dp.audit.')),
  bare('pulumi-token', 'PULUMI_ACCESS_TOKEN', (random) => `pul-${random.hex(40)}`),
  bare(
    'databricks-token',
    'DATABRICKS_TOKEN',
    (random) => `dapi${random.hex(32)}${random.pick(['', '-2', '-3'])}`,
  ),
  bare('buildkite-token', 'BUILDKITE_API_TOKEN', (random) => `bkua_${random.hex(40)}`),
  bare(
    'circleci-personal-token',
    'CIRCLE_TOKEN',
    (random) => `CCIPAT_${random.text(BASE62, 22)}_${random.hex(40)}`,
  ),
  bare(
    'circleci-project-token',
    'CIRCLE_TOKEN',
    (random) => `CCIPRJ_${random.text(BASE62, 22)}_${random.hex(40)}`,
  ),
  bare('prefect-key', 'PREFECT_API_KEY', (random) => `pnu_${random.text(BASE62, 36)}`),
  bare(
    'tailscale-key',
    'TS_AUTHKEY',
    (random) =>
      `tskey-${random.pick(['auth', 'api', 'client'])}-${random.text(BASE62, 12)}CNTRL-${random.text(BASE62, 32)}`,
  ),
  bare('openshift-token', 'OPENSHIFT_TOKEN', (random) => `sha256~${random.text(URL_SAFE, 43)}`),
  bare('onepassword-service-token', 'OP_SERVICE_ACCOUNT_TOKEN', (random) => {
    const account = {
      signInAddress: 'orders.1password.com',
      userAuth: {
        method: 'SRPg-4096',
        alg: 'PBES2g-HS256',
        iterations: 650000,
        salt: random.text(URL_SAFE, 22),
      },
      email: `${random.text(BASE36, 12)}@1passwordserviceaccounts.com`,
      srpX: random.hex(64),
      muk: {
        alg: 'A256GCM',
        ext: true,
        k: random.text(URL_SAFE, 43),
        key_ops: ['encrypt', 'decrypt'],
        kty: 'oct',
        kid: 'mp',
      },
      secretKey: secretKeyOf1Password(random),
      throttleSecret: { seed: random.hex(64), uuid: random.text(UPPER + DIGITS, 26) },
      deviceUuid: random.text(BASE36, 26),
    };
    return `ops_${base64Of(JSON.stringify(account))}`;
  }),
  bare('onepassword-secret-key', 'OP_SECRET_KEY', secretKeyOf1Password),
  bare('age-secret-key', 'SOPS_AGE_KEY', (random) => bech32('age-secret-key-', random).toUpperCase()),
  onlyNamed('jenkins-token', 'JENKINS_API_TOKEN', (random) => `11${random.hex(32)}`),
  onlyNamed('infracost-key', 'INFRACOST_API_KEY', (random) => `ico-${random.text(BASE62, 32)}`),
  onlyNamed(
    'harness-token',
    'HARNESS_API_KEY',
    (random) => `pat.${random.text(URL_SAFE, 22)}.${random.hex(24)}.${random.text(BASE62, 20)}`,
  ),
  onlyNamed('octopus-key', 'OCTOPUS_API_KEY', (random) => `API-${random.text(UPPER + DIGITS, 26)}`),
];

function secretKeyOf1Password(random: Random): string {
  const groups = [6, 6, 5, 5, 5, 5].map((length) => random.text(UPPER + DIGITS, length));
  return `A3-${groups.join('-')}`;
}

/** BIP 173, of 32 random bytes. https://github.com/bitcoin/bips/blob/master/bip-0173.mediawiki */
function bech32(prefix: string, random: Random): string {
  const digits = 'qpzry9x8gf2tvdw0s3jn54khce6mua7l';
  // 256 bits in groups of five: the last has one, and four of padding.
  const data = Array.from({ length: 52 }, (_, at) => (at === 51 ? random.below(2) << 4 : random.below(32)));
  const codes = [...prefix].map((character) => character.charCodeAt(0));
  const values = [...codes.map((code) => code >> 5), 0, ...codes.map((code) => code & 31), ...data];
  const sum = polymod([...values, 0, 0, 0, 0, 0, 0]) ^ 1n;
  const checksum = [25n, 20n, 15n, 10n, 5n, 0n].map((shift) => Number((sum >> shift) & 31n));
  return `${prefix}1${[...data, ...checksum].map((value) => digits[value]!).join('')}`;
}
function polymod(values: readonly number[]): bigint {
  const generators = [0x3b6a57b2n, 0x26508e6dn, 0x1ea119fan, 0x3d4233ddn, 0x2a1462b3n];
  return values.reduce((sum, value) => {
    const top = sum >> 25n;
    const next = ((sum & 0x1ffffffn) << 5n) ^ BigInt(value);
    return generators.reduce(
      (xored, generator, bit) => ((top >> BigInt(bit)) & 1n ? xored ^ generator : xored),
      next,
    );
  }, 1n);
}

export const FORGE_TOKEN_EXAMPLES: readonly SecretExample[] = [...FORGES, ...REGISTRIES, ...INFRASTRUCTURE];

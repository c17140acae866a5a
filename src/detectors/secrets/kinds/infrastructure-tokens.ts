// SEC-14: tokens of what builds, deploys and keeps secrets: CI, Terraform, Vault, secret stores, networks.

import { bech32Checksum } from '../checks/token-checksums.ts';
import { jsonPayload } from '../checks/token-structure.ts';
import { type Candidate, name, prefix, type SecretKind, type Verdict, within } from '../secret-kind.ts';
import { GITLEAKS, kingfisher, named, titus, token } from './token-row.ts';

const VAULT = 'https://developer.hashicorp.com/vault/docs/concepts/tokens';
const DOPPLER = 'https://docs.doppler.com/reference/auth-token-formats';

/** `SecretID` alone may be the id of a secret; beside the accessor it is the token. */
function besideAccessor({ text, start, end }: Candidate): Verdict {
  return /Accessor ?ID/.test(text.slice(Math.max(0, start - 160), end + 300))
    ? { confidence: 0.95, verified: false }
    : { refused: 'identifier' };
}

export const INFRASTRUCTURE_TOKENS: readonly SecretKind[] = [
  {
    name: 'vault-service-token',
    title: 'HashiCorp Vault service token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('hvs.', '[A-Za-z0-9_-]{24,160}', { tail: '-' }),
    source: VAULT,
  },
  {
    name: 'vault-batch-token',
    title: 'HashiCorp Vault batch token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('hvb.', '[A-Za-z0-9_-]{100,300}', { tail: '-' }),
    source: VAULT,
  },
  {
    name: 'vault-recovery-token',
    title: 'HashiCorp Vault recovery token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('hvr.', '[A-Za-z0-9_-]{24,160}', { tail: '-' }),
    source: VAULT,
  },
  {
    name: 'vault-legacy-token',
    title: 'HashiCorp Vault token (before 1.10)',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(['vault token', 'vault root token'], 's\\.[A-Za-z0-9]{24}', { publicPrefix: 2 }),
    source: VAULT,
  },
  {
    name: 'vault-unseal-key',
    title: 'Unseal or recovery key of HashiCorp Vault',
    rule: 'SEC-14',
    severity: 'CRITICAL',
    literals: prefix('Unseal Key', 'Recovery Key'),
    // A part of Shamir's: one byte more than the key. In base64 or hex.
    pattern:
      /(?:Unseal|Recovery) Key(?: \d{1,2})?(?: \((?:hex|base64)\))?\s?:\s{0,4}(?<secret>[A-Za-z0-9+/]{43}[A-Za-z0-9+/=]|[0-9a-f]{66})(?![A-Za-z0-9+/=])/dg,
    rank: 1,
    source: 'https://developer.hashicorp.com/vault/docs/commands/operator/init',
  },
  {
    name: 'consul-nomad-secret-id',
    title: 'ACL token of Consul or Nomad',
    rule: 'SEC-14',
    severity: 'HIGH',
    literals: within(200, name('secretid', 'secret id')),
    before: 200,
    overLines: true,
    pattern:
      /(?<![A-Za-z0-9_])Secret ?ID["']?\s{0,12}[:=]\s{0,12}["']?(?<secret>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(?![A-Za-z0-9-])/dg,
    check: besideAccessor,
    rank: 1,
    source: 'https://developer.hashicorp.com/consul/docs/security/acl/tokens',
  },
  {
    name: 'terraform-cloud-token',
    title: 'HCP Terraform API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('.atlasv1.', ''),
    pattern: /(?<![A-Za-z0-9_])(?<secret>[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9_-]{60,70})(?![A-Za-z0-9_-])/dg,
    publicPrefix: 0,
    before: 24,
    source: GITLEAKS,
  },
  {
    name: 'doppler-personal-token',
    title: 'Doppler personal token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.pt.', '[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'doppler-service-token',
    title: 'Doppler service token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.st.', '(?:[a-z0-9_-]{2,35}\\.)?[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'doppler-cli-token',
    title: 'Doppler CLI token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.ct.', '[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'doppler-service-account-token',
    title: 'Doppler service account token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.sa.', '[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'doppler-scim-token',
    title: 'Doppler SCIM token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.scim.', '[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'doppler-audit-token',
    title: 'Doppler audit token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dp.audit.', '[A-Za-z0-9]{40,44}'),
    source: DOPPLER,
  },
  {
    name: 'pulumi-token',
    title: 'Pulumi access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('pul-', '[0-9a-f]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'databricks-token',
    title: 'Databricks personal access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dapi', '[0-9a-f]{32}(?:-[0-9]{1,2})?', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'databricks-oauth-secret',
    title: 'Databricks OAuth secret of a service principal',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dose', '[0-9a-f]{32}', { tail: '-' }),
    source: kingfisher('databricks'),
  },
  {
    name: 'mongodb-atlas-service-secret',
    title: 'MongoDB Atlas service account secret',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('mdb_sa_sk_', '[A-Za-z0-9_-]{40}', { tail: '-' }),
    source: kingfisher('mongodb'),
  },
  {
    name: 'buildkite-token',
    title: 'Buildkite user access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('bkua_', '[0-9a-f]{40}'),
    source: kingfisher('buildkite'),
  },
  {
    name: 'circleci-personal-token',
    title: 'CircleCI personal API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('CCIPAT_', '[A-Za-z0-9]{22}_[0-9a-f]{40}'),
    source: kingfisher('circleci'),
  },
  {
    name: 'circleci-project-token',
    title: 'CircleCI project API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('CCIPRJ_', '[A-Za-z0-9]{22}_[0-9a-f]{40}'),
    source: kingfisher('circleci'),
  },
  {
    name: 'prefect-key',
    title: 'Prefect Cloud API key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('pnu_', '[A-Za-z0-9]{36}'),
    source: GITLEAKS,
  },
  {
    name: 'tailscale-key',
    title: 'Tailscale key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('tskey-', '(?:api|auth|client|scim|webhook|secret)-[A-Za-z0-9]{6,20}-[A-Za-z0-9]{16,48}', {
      tail: '-',
    }),
    source: titus('tailscale'),
  },
  {
    name: 'openshift-token',
    title: 'OpenShift user token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('sha256~', '[A-Za-z0-9_-]{43}', { tail: '-' }),
    source: GITLEAKS,
  },
  {
    name: 'onepassword-service-token',
    title: '1Password service account token',
    rule: 'SEC-14',
    severity: 'CRITICAL',
    ...token('ops_eyJ', ''),
    pattern:
      /(?<![A-Za-z0-9_])(?<secret>ops_(?<payload>eyJ[A-Za-z0-9+/_-]{250,3000})={0,2})(?![A-Za-z0-9_+/=-])/dg,
    check: jsonPayload('secretKey'),
    publicPrefix: 4,
    behind: 3072,
    source: 'https://developer.1password.com/docs/service-accounts/security/',
  },
  {
    name: 'onepassword-secret-key',
    title: '1Password Secret Key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token(
      'A3-',
      '[A-Z0-9]{6}-(?:[A-Z0-9]{6}-[A-Z0-9]{5}|[A-Z0-9]{11})-[A-Z0-9]{5}-[A-Z0-9]{5}-[A-Z0-9]{5}',
      {
        tail: '-',
      },
    ),
    source: 'https://support.1password.com/secret-key-security/',
  },
  {
    name: 'age-secret-key',
    title: 'age identity',
    rule: 'SEC-14',
    severity: 'CRITICAL',
    ...token('AGE-SECRET-KEY-1', '[QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L]{58}', { check: bech32Checksum }),
    source: 'https://github.com/C2SP/C2SP/blob/main/age.md',
  },
  {
    name: 'jenkins-token',
    title: 'Jenkins API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    // A version of two digits and sixteen random bytes.
    ...named(['jenkins token', 'jenkins api token', 'jenkins user token'], '11[0-9a-f]{32}', {
      publicPrefix: 2,
    }),
    source:
      'https://github.com/jenkinsci/jenkins/blob/master/core/src/main/java/jenkins/security/apitoken/ApiTokenStore.java',
  },
  {
    name: 'infracost-key',
    title: 'Infracost API key',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...named(['infracost api key'], 'ico-[A-Za-z0-9]{32}', { publicPrefix: 4 }),
    source: GITLEAKS,
  },
  {
    name: 'harness-token',
    title: 'Harness access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(
      ['harness api key', 'harness platform api key', 'harness token', 'x api key'],
      '(?:pat|sat)\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9]{24}\\.[A-Za-z0-9]{20}',
      { publicPrefix: 4 },
    ),
    source: GITLEAKS,
  },
  {
    name: 'octopus-key',
    title: 'Octopus Deploy API key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(
      ['octopus api key', 'octopus cli api key', 'octopus deploy api key', 'x octopus apikey'],
      'API-[A-Z0-9]{26}',
      {
        publicPrefix: 4,
      },
    ),
    source: GITLEAKS,
  },
];

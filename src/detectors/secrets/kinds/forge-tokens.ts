// SEC-14: tokens of the places where code is kept and reviewed: GitHub, GitLab, Bitbucket, Azure DevOps and what reads code there.

import { randomStart } from '../checks/token-body.ts';
import {
  base62Checksum,
  gitlabToken,
  hexChecksum,
  perhapsBase62Checksum,
} from '../checks/token-checksums.ts';
import { decodesTo, jsonPayload } from '../checks/token-structure.ts';
import type { SecretKind } from '../secret-kind.ts';
import { GITLEAKS, kingfisher, named, token } from './token-row.ts';

const GITHUB =
  'https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/';
const GITLAB = 'https://docs.gitlab.com/security/tokens/';
const CREDSWEEPER_CHECK =
  'https://github.com/Samsung/CredSweeper/blob/main/credsweeper/filters/value_atlassian_token_check.py';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
/** Twenty characters, or a routable token: payload, version, length of the payload and checksum; older ones have no version. */
const GITLAB_BODY = '[A-Za-z0-9_-]{20,300}(?:\\.[0-9a-z]{2}\\.[0-9a-z]{9}|\\.[0-9a-z]{9})?';
/** Instances may have a prefix of their own: https://docs.gitlab.com/administration/settings/account_and_limit_settings/ */
const INSTANCE = '(?:[A-Za-z0-9_]{1,20}-)?';

export const FORGE_TOKENS: readonly SecretKind[] = [
  {
    name: 'github-personal-token',
    title: 'GitHub personal access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ghp_', '[A-Za-z0-9]{36}', { check: base62Checksum(4) }),
    source: GITHUB,
  },
  {
    name: 'github-oauth-token',
    title: 'GitHub OAuth access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('gho_', '[A-Za-z0-9]{36}', { check: base62Checksum(4) }),
    source: GITHUB,
  },
  {
    name: 'github-user-token',
    title: 'GitHub App token of a user',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ghu_', '[A-Za-z0-9]{36}', { check: base62Checksum(4) }),
    source: GITHUB,
  },
  {
    name: 'github-installation-token',
    title: 'GitHub App token of an installation',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ghs_', '[A-Za-z0-9]{36}', { check: perhapsBase62Checksum(4) }),
    source: GITHUB,
  },
  {
    name: 'github-refresh-token',
    title: 'GitHub App refresh token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ghr_', '(?:[A-Za-z0-9]{76}|[A-Za-z0-9]{36})', { check: base62Checksum(4) }),
    source: GITHUB,
  },
  {
    name: 'github-fine-grained-token',
    title: 'GitHub fine-grained personal access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('github_pat_', '[A-Za-z0-9]{22}_[A-Za-z0-9]{59}'),
    source: GITLEAKS,
  },
  {
    name: 'github-stateless-token',
    title: 'GitHub App token of an installation (signed)',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token(
      'ghs_',
      '[0-9]{1,20}_(?<payload>eyJ[A-Za-z0-9_-]{10,1000})\\.[A-Za-z0-9_-]{10,2000}\\.[A-Za-z0-9_-]{20,1000}',
      {
        tail: '-',
        behind: 4096,
        check: jsonPayload('alg'),
      },
    ),
    source: kingfisher('github'),
  },
  {
    name: 'gitlab-personal-token',
    title: 'GitLab personal, project or group access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glpat-', GITLAB_BODY, { tail: '-', ahead: INSTANCE, check: gitlabToken(6) }),
    source: GITLAB,
  },
  {
    name: 'gitlab-runner-token',
    title: 'GitLab runner authentication token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glrt-', `(?:t[0-9]_)?${GITLAB_BODY}`, { tail: '-', ahead: INSTANCE, check: gitlabToken(5) }),
    source: GITLAB,
  },
  {
    name: 'gitlab-runner-registration-token',
    title: 'GitLab runner registration token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token(['GR1348941', 'glrtr-'], '[A-Za-z0-9_-]{20}', { tail: '-' }),
    source: GITLAB,
  },
  {
    name: 'gitlab-deploy-token',
    title: 'GitLab deploy token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('gldt-', '[A-Za-z0-9_-]{20}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-trigger-token',
    title: 'GitLab pipeline trigger token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glptt-', '[0-9a-f]{40}', { ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-job-token',
    title: 'GitLab CI/CD job token',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...token('glcbt-', '[0-9a-zA-Z]{1,5}_[A-Za-z0-9_-]{20}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-agent-token',
    title: 'GitLab agent for Kubernetes token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glagent-', '[A-Za-z0-9_-]{50}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-scim-token',
    title: 'GitLab SCIM token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glsoat-', '[A-Za-z0-9_-]{20}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-oauth-secret',
    title: 'GitLab OAuth application secret',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('gloas-', '[A-Za-z0-9_-]{64}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-feed-token',
    title: 'GitLab feed token',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...token('glft-', '[A-Za-z0-9_-]{20}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-mail-token',
    title: 'GitLab incoming mail token',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...token('glimt-', '[A-Za-z0-9_-]{25}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-feature-flag-token',
    title: 'GitLab feature flags client token',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...token('glffct-', '[A-Za-z0-9_-]{20}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'gitlab-workspace-token',
    title: 'GitLab workspace token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('glwt-', '[A-Za-z0-9_-]{20,64}', { tail: '-', ahead: INSTANCE }),
    source: GITLAB,
  },
  {
    name: 'bitbucket-app-password',
    title: 'Bitbucket app password',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ATBB', '[A-Za-z0-9]{24}[0-9A-Fa-f]{8}', { check: hexChecksum(0) }),
    source: CREDSWEEPER_CHECK,
  },
  {
    name: 'bitbucket-access-token',
    title: 'Bitbucket repository, project or workspace access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ATCTT3xFfGN0', '[A-Za-z0-9_-]{80,800}=[0-9A-Fa-f]{8}', { behind: 1024, check: hexChecksum(0) }),
    source: CREDSWEEPER_CHECK,
  },
  {
    name: 'bitbucket-server-token',
    title: 'Bitbucket Data Center access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('BBDC-', '(?<payload>[MNO][A-Za-z0-9+/]{43})', {
      tail: '+/=',
      // A number of twelve digits, a colon and twenty random bytes.
      check: decodesTo(/^[0-9]{12}:/),
    }),
    source: kingfisher('bitbucket'),
  },
  {
    name: 'atlassian-api-token',
    title: 'Atlassian API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('ATATT3xFfGF0', '[A-Za-z0-9_-]{80,800}=[0-9A-Fa-f]{8}', { behind: 1024, check: hexChecksum(0) }),
    source: CREDSWEEPER_CHECK,
  },
  {
    name: 'azure-devops-token',
    title: 'Azure DevOps personal access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('AZDO', '[A-Za-z0-9]{4}'),
    pattern:
      /(?<![A-Za-z0-9_+/-])(?<secret>[A-Za-z0-9]{52}JQQJ99[A-Za-z0-9]{18}AZDO[A-Za-z0-9]{4})(?![A-Za-z0-9_+/=-])/dg,
    publicPrefix: 0,
    before: 80,
    // Behind JQQJ99 they hold runs of A.
    check: randomStart(52),
    source: 'https://learn.microsoft.com/en-us/azure/devops/release-notes/2024/general/sprint-241-update',
  },
  {
    name: 'azure-devops-older-token',
    title: 'Azure DevOps personal access token (before 2024)',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(
      ['azure devops ext pat', 'azure devops pat', 'azure devops token', 'vsts pat', 'ado pat'],
      '[a-z2-7]{52}',
    ),
    source: 'https://learn.microsoft.com/en-us/azure/devops/release-notes/2024/general/sprint-241-update',
  },
  {
    name: 'sourcegraph-token',
    title: 'Sourcegraph access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('sgp_', '(?:(?:[0-9a-f]{16}|local)_)?[0-9a-f]{40}'),
    source: GITLEAKS,
  },
  {
    name: 'sonarqube-token',
    title: 'SonarQube token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token(['sqp_', 'squ_', 'sqa_'], '[0-9a-f]{40}'),
    source: 'https://docs.sonarsource.com/sonarqube-server/latest/user-guide/managing-tokens/',
  },
  {
    name: 'snyk-token',
    title: 'Snyk API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(['snyk token', 'snyk api token', 'snyk api key'], UUID),
    source: GITLEAKS,
  },
  {
    name: 'codecov-token',
    title: 'Codecov upload token',
    rule: 'SEC-14',
    severity: 'MEDIUM',
    ...named(['codecov token'], UUID),
    source: 'https://docs.codecov.com/docs/codecov-tokens',
  },
];

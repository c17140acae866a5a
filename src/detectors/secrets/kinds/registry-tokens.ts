// SEC-14: tokens with which packages and images are published: whoever has one can put code into other people's machines.

import { base62Checksum } from '../checks/token-checksums.ts';
import { decodesTo } from '../checks/token-structure.ts';
import type { SecretKind } from '../secret-kind.ts';
import { CREDSWEEPER, GITLEAKS, kingfisher, named, titus, token } from './token-row.ts';

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}';
const DOCKER = 'https://docs.docker.com/security/access-tokens/';
const SWARM = 'https://docs.docker.com/engine/swarm/join-nodes/';

export const REGISTRY_TOKENS: readonly SecretKind[] = [
  {
    name: 'npm-token',
    title: 'npm access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('npm_', '[A-Za-z0-9]{36}', { check: base62Checksum(4) }),
    source: 'https://github.blog/changelog/2021-09-23-npm-has-a-new-access-token-format/',
  },
  {
    name: 'npm-legacy-token',
    title: 'npm access token (legacy)',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(['authtoken', 'npm token', 'npm auth token'], UUID),
    source: kingfisher('npm'),
  },
  {
    name: 'pypi-token',
    title: 'PyPI API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    // A macaroon of pypi.org.
    ...token('pypi-AgEIcHlwaS5vcmc', '[A-Za-z0-9_-]{50,1000}', { tail: '-', behind: 1200 }),
    source: 'https://pypi.org/help/#apitoken',
  },
  {
    name: 'test-pypi-token',
    title: 'TestPyPI API token',
    rule: 'SEC-14',
    severity: 'LOW',
    ...token('pypi-AgENdGVzdC5weXBpLm9yZw', '[A-Za-z0-9_-]{50,1000}', { tail: '-', behind: 1200 }),
    source: 'https://test.pypi.org/help/#apitoken',
  },
  {
    name: 'rubygems-key',
    title: 'RubyGems API key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('rubygems_', '[0-9a-f]{48}'),
    source: GITLEAKS,
  },
  {
    name: 'nuget-key',
    title: 'NuGet API key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('oy2', '[a-z2-7]{43}', { tail: '+/=-' }),
    source:
      'https://github.com/microsoft/security-utilities/blob/main/GeneratedRegexPatterns/HighConfidenceSecurityModels.json',
  },
  {
    name: 'crates-token',
    title: 'crates.io API token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...named(['cargo registry token', 'crates io token'], 'cio[A-Za-z0-9]{32}', { publicPrefix: 3 }),
    source: titus('crates.io'),
  },
  {
    name: 'clojars-token',
    title: 'Clojars deploy token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('CLOJARS_', '[0-9a-f]{60}'),
    source: 'https://github.com/clojars/clojars-web/wiki/Deploy-Tokens',
  },
  {
    name: 'docker-personal-token',
    title: 'Docker Hub personal access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dckr_pat_', '[A-Za-z0-9_-]{27}', { tail: '-' }),
    source: DOCKER,
  },
  {
    name: 'docker-organization-token',
    title: 'Docker Hub organization access token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('dckr_oat_', '[A-Za-z0-9_-]{27,32}', { tail: '-' }),
    source: CREDSWEEPER,
  },
  {
    name: 'docker-swarm-join-token',
    title: 'Docker Swarm join token',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('SWMTKN-1-', '[0-9a-z]{50}-[0-9a-z]{25}', { tail: '-' }),
    source: SWARM,
  },
  {
    name: 'docker-swarm-unlock-key',
    title: 'Docker Swarm unlock key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('SWMKEY-1-', '[A-Za-z0-9+/]{43}', { tail: '+/=-' }),
    source: 'https://docs.docker.com/engine/swarm/swarm_manager_locking/',
  },
  {
    name: 'artifactory-reference-token',
    title: 'JFrog reference token',
    rule: 'SEC-14',
    severity: 'HIGH',
    // `reftkn:`, a version, when it expires, and the token.
    ...token('cmVmdGtu', '[A-Za-z0-9]{56}', { tail: '+/=-', check: decodesTo(/^reftkn:\d\d:\d{10}:/) }),
    source: GITLEAKS,
  },
  {
    name: 'artifactory-key',
    title: 'JFrog Artifactory API key',
    rule: 'SEC-14',
    severity: 'HIGH',
    ...token('AKCp', '[A-Za-z0-9]{68,70}', { tail: '+/=-' }),
    source: GITLEAKS,
  },
];

// All attacks that can be planted, by the rule that must see them.

import type { Kind, RuleId } from '../truth.ts';
import { plantAwsSecrets } from './aws-secrets.ts';
import { CARDS, CIPHER_KEYS } from './cards-and-keys.ts';
import { plantConfiguredEndpoints } from './configured-endpoints.ts';
import type { AttackContext } from './context.ts';
import { plantDataPaths } from './data-paths.ts';
import { plantDowngradedClients } from './downgraded-clients.ts';
import { plantWeakerEndpoints } from './endpoints.ts';
import { ENVIRONMENTS } from './environment-dumps.ts';
import { FAILED_MASKS } from './failed-masks.ts';
import { BUILD_TOKENS, SERVICE_KEYS, WEBHOOK_ADDRESSES } from './issued-tokens.ts';
import { plantKeyRotationOff } from './key-rotation.ts';
import { plantKeyLosses } from './keys.ts';
import { plantLeakedKeys } from './leaked-keys.ts';
import { LOGGED_PASSWORDS } from './logged-passwords.ts';
import { plantLowerVpcEncryption, plantOpenedPorts } from './network-doors.ts';
import { plantOpenedKeys } from './opened-keys.ts';
import { plantPersonalKeys } from './personal-keys.ts';
import { plantPlaintextCallers } from './plaintext-callers.ts';
import { plantPlaintextCalls } from './plaintext-calls.ts';
import { plantPlaintextAttempts, plantPlaintextDaxFlows, plantPlaintextFlows } from './plaintext-flows.ts';
import { plantPlaintextLogs } from './plaintext-logs.ts';
import { plantEventsWithoutCipher, plantPlaintextBuckets } from './plaintext-storage.ts';
import { plantDroppedTransportGuards } from './policies.ts';
import { plantClosedEyes, plantPlainDaxClusters } from './policy.ts';
import { plantDeniedSweeps, plantRootUse } from './principals.ts';
import { plantProtectionsOff, plantWeakerTableEncryption } from './protections.ts';
import { plantRepeatedRequests } from './repeated-requests.ts';
import { plantReplayedSignatures } from './replayed-signatures.ts';
import { plantSecretVariants } from './secret-variant.ts';
import { plantSecrets } from './secrets.ts';
import { plantSecretsInTrail } from './secrets-in-trail.ts';
import { SPLIT_SECRETS } from './split-secrets.ts';
import { STORED_PASSWORDS } from './stored-passwords.ts';
import {
  plantPlaintextPastControls,
  plantTransitAttempts,
  plantTransitDax,
  plantTransitRequests,
} from './transit-flows.ts';
import { plantOddHostCalls, plantOldTlsCalls, plantWeakCipherCalls } from './weak-tls-calls.ts';
import { AUTHORIZATIONS, JSON_WEB_TOKENS, SESSIONS, SIGNING_KEYS } from './web-secrets.ts';

interface Scenario {
  readonly rule: RuleId;
  readonly kind: Kind;
  plant(context: AttackContext): void;
}

export const SCENARIOS: readonly Scenario[] = [
  { rule: 'TLS-01', kind: 'cloudtrail', plant: plantPlaintextCalls },
  { rule: 'TLS-02', kind: 'cloudtrail', plant: plantOldTlsCalls },
  { rule: 'TLS-03', kind: 'cloudtrail', plant: plantWeakCipherCalls },
  { rule: 'TLS-04', kind: 'cloudtrail', plant: plantDowngradedClients },
  { rule: 'TLS-05', kind: 'cloudtrail', plant: plantOddHostCalls },
  { rule: 'TLS-06', kind: 'flow', plant: plantPlaintextFlows },
  { rule: 'TLS-06', kind: 'flow', plant: plantPlaintextCallers },
  { rule: 'TLS-06', kind: 'flow', plant: plantTransitRequests },
  { rule: 'TLS-07', kind: 'flow', plant: plantPlaintextDaxFlows },
  { rule: 'TLS-07', kind: 'flow', plant: plantTransitDax },
  { rule: 'TLS-08', kind: 'flow', plant: plantPlaintextAttempts },
  { rule: 'TLS-08', kind: 'flow', plant: plantTransitAttempts },
  { rule: 'TLS-09', kind: 'flow', plant: plantPlaintextPastControls },
  { rule: 'TLS-10', kind: 'logs', plant: plantPlaintextLogs },
  { rule: 'TLS-12', kind: 'logs', plant: plantPlaintextBuckets },
  { rule: 'TLS-12', kind: 'cloudtrail', plant: plantEventsWithoutCipher },
  { rule: 'POL-01', kind: 'cloudtrail', plant: plantDroppedTransportGuards },
  { rule: 'POL-02', kind: 'cloudtrail', plant: plantWeakerEndpoints },
  { rule: 'POL-03', kind: 'cloudtrail', plant: plantKeyRotationOff },
  { rule: 'POL-04', kind: 'cloudtrail', plant: plantKeyLosses },
  { rule: 'POL-05', kind: 'cloudtrail', plant: plantOpenedKeys },
  { rule: 'POL-06', kind: 'cloudtrail', plant: plantWeakerTableEncryption },
  { rule: 'POL-07', kind: 'cloudtrail', plant: plantPlainDaxClusters },
  { rule: 'POL-08', kind: 'cloudtrail', plant: plantLowerVpcEncryption },
  { rule: 'POL-09', kind: 'cloudtrail', plant: plantOpenedPorts },
  { rule: 'POL-10', kind: 'cloudtrail', plant: plantClosedEyes },
  { rule: 'POL-11', kind: 'cloudtrail', plant: plantConfiguredEndpoints },
  { rule: 'POL-12', kind: 'cloudtrail', plant: plantDataPaths },
  { rule: 'POL-13', kind: 'cloudtrail', plant: plantProtectionsOff },
  { rule: 'REP-01', kind: 'logs', plant: plantReplayedSignatures },
  { rule: 'REP-03', kind: 'cloudtrail', plant: plantRepeatedRequests },
  { rule: 'REP-13', kind: 'logs', plant: plantLeakedKeys },
  { rule: 'ANO-05', kind: 'cloudtrail', plant: plantDeniedSweeps },
  { rule: 'ANO-08', kind: 'cloudtrail', plant: plantRootUse },
  ...(['SEC-02', 'SEC-03', 'SEC-04'] as const).map((rule) => ({
    rule,
    kind: 'logs' as const,
    plant: (context: AttackContext) => plantAwsSecrets(context, rule),
  })),
  ...(['SEC-01', 'SEC-05', 'SEC-06', 'SEC-07', 'SEC-10'] as const).map((rule) => ({
    rule,
    kind: 'logs' as const,
    plant: (context: AttackContext) => plantSecrets(context, rule),
  })),
  { rule: 'SEC-11', kind: 'logs', plant: (context) => plantSecretVariants(context, LOGGED_PASSWORDS) },
  { rule: 'SEC-08', kind: 'logs', plant: (context) => plantSecretVariants(context, JSON_WEB_TOKENS) },
  { rule: 'SEC-09', kind: 'logs', plant: (context) => plantSecretVariants(context, AUTHORIZATIONS) },
  ...(['SEC-12', 'SEC-13'] as const).map((rule) => ({
    rule,
    kind: 'logs' as const,
    plant: (context: AttackContext) =>
      plantSecretVariants(
        context,
        SIGNING_KEYS.filter((variant) => variant.rule === rule),
      ),
  })),
  { rule: 'SEC-14', kind: 'logs', plant: (context) => plantSecretVariants(context, BUILD_TOKENS) },
  { rule: 'SEC-15', kind: 'logs', plant: (context) => plantSecretVariants(context, SERVICE_KEYS) },
  { rule: 'SEC-16', kind: 'logs', plant: (context) => plantSecretVariants(context, WEBHOOK_ADDRESSES) },
  { rule: 'SEC-17', kind: 'logs', plant: (context) => plantSecretVariants(context, CARDS) },
  { rule: 'SEC-20', kind: 'logs', plant: (context) => plantSecretVariants(context, SPLIT_SECRETS) },
  { rule: 'SEC-21', kind: 'logs', plant: (context) => plantSecretVariants(context, ENVIRONMENTS) },
  { rule: 'SEC-19', kind: 'logs', plant: (context) => plantSecretVariants(context, SESSIONS) },
  { rule: 'SEC-18', kind: 'logs', plant: (context) => plantSecretVariants(context, STORED_PASSWORDS) },
  { rule: 'SEC-22', kind: 'cloudtrail', plant: plantPersonalKeys },
  { rule: 'SEC-23', kind: 'cloudtrail', plant: plantSecretsInTrail },
  { rule: 'SEC-24', kind: 'logs', plant: (context) => plantSecretVariants(context, FAILED_MASKS) },
  { rule: 'SEC-25', kind: 'logs', plant: (context) => plantSecretVariants(context, CIPHER_KEYS) },
];

/** Rule ids and families that `scenarios` may name. */
export const SCENARIO_NAMES: readonly string[] = [
  ...new Set(SCENARIOS.flatMap((scenario) => [scenario.rule, scenario.rule.slice(0, 3)])),
];

// The list of all detectors, by family. A detector that is not here does not exist.

import { deniedSweep } from './anomaly/denied-sweep.ts';
import { rootUsed } from './anomaly/root-used.ts';
import type { Detector } from './detector.ts';
import { dataLeaves } from './policy/data-leaves.ts';
import { endpointWeakened } from './policy/endpoint-weakened.ts';
import { keyLoss } from './policy/key-loss.ts';
import { keyOpened } from './policy/key-opened.ts';
import { keyRotationOff } from './policy/key-rotation-off.ts';
import { monitoringWeakened } from './policy/monitoring-weakened.ts';
import { plainEndpointConfigured } from './policy/plain-endpoint-configured.ts';
import { plainPortOpened } from './policy/plain-port-opened.ts';
import { plaintextDaxCluster } from './policy/plaintext-dax-cluster.ts';
import { protectionOff } from './policy/protection-off.ts';
import { tableEncryptionWeakened } from './policy/table-encryption-weakened.ts';
import { transportGuardDropped } from './policy/transport-guard-dropped.ts';
import { vpcEncryptionLowered } from './policy/vpc-encryption-lowered.ts';
import { leakedThenUsed } from './replay/leaked-then-used.ts';
import { repeatFromSecondNetwork } from './replay/repeat-from-second-network.ts';
import { signatureReuse } from './replay/signature-reuse.ts';
import { authorizationInLog } from './secrets/authorization-in-log.ts';
import { awsKeyIdAlone } from './secrets/aws-key-id-alone.ts';
import { awsKeyPair } from './secrets/aws-key-pair.ts';
import { awsSecretAlone } from './secrets/aws-secret-alone.ts';
import { awsSessionToken } from './secrets/aws-session-token.ts';
import { buildTokenInLog } from './secrets/build-token-in-log.ts';
import { cipherKeyInLog } from './secrets/cipher-key-in-log.ts';
import { connectionStringPassword } from './secrets/connection-string-password.ts';
import { djangoSecretKeyInLog } from './secrets/django-secret-key-in-log.ts';
import { environmentDump } from './secrets/environment-dump.ts';
import { jsonWebTokenInLog } from './secrets/json-web-token-in-log.ts';
import { maskingFailed } from './secrets/masking-failed.ts';
import { passwordInLog } from './secrets/password-in-log.ts';
import { paymentCardInLog } from './secrets/payment-card-in-log.ts';
import { personalDataInKey } from './secrets/personal-data-in-key.ts';
import { presignedUrlInLog } from './secrets/presigned-url-in-log.ts';
import { privateKeyInLog } from './secrets/private-key-in-log.ts';
import { secretInTrail } from './secrets/secret-in-trail.ts';
import { serviceKeyInLog } from './secrets/service-key-in-log.ts';
import { sessionInLog } from './secrets/session-in-log.ts';
import { signatureInLog } from './secrets/signature-in-log.ts';
import { signingSecretInLog } from './secrets/signing-secret-in-log.ts';
import { splitSecret } from './secrets/split-secret.ts';
import { storedPasswordInLog } from './secrets/stored-password-in-log.ts';
import { webhookInLog } from './secrets/webhook-in-log.ts';
import { callWithoutTls } from './tls/call-without-tls.ts';
import { callerBehindFlow } from './tls/caller-behind-flow.ts';
import { downgradedClient } from './tls/downgraded-client.ts';
import { oldTlsVersion } from './tls/old-tls-version.ts';
import { plainEndpointInLog } from './tls/plain-endpoint-in-log.ts';
import { plaintextAttempt } from './tls/plaintext-attempt.ts';
import { plaintextDaxFlow } from './tls/plaintext-dax-flow.ts';
import { plaintextDynamodbFlow } from './tls/plaintext-dynamodb-flow.ts';
import { plaintextPastControls } from './tls/plaintext-past-controls.ts';
import { plaintextS3 } from './tls/plaintext-s3.ts';
import { unexpectedHost } from './tls/unexpected-host.ts';
import { weakCipher } from './tls/weak-cipher.ts';

export const detectors: readonly Detector[] = [
  callWithoutTls,
  oldTlsVersion,
  weakCipher,
  downgradedClient,
  unexpectedHost,
  plaintextDynamodbFlow,
  plaintextDaxFlow,
  plaintextAttempt,
  plaintextPastControls,
  plainEndpointInLog,
  callerBehindFlow,
  plaintextS3,
  transportGuardDropped,
  endpointWeakened,
  keyRotationOff,
  keyLoss,
  keyOpened,
  tableEncryptionWeakened,
  plaintextDaxCluster,
  vpcEncryptionLowered,
  plainPortOpened,
  monitoringWeakened,
  plainEndpointConfigured,
  dataLeaves,
  protectionOff,
  signatureReuse,
  repeatFromSecondNetwork,
  leakedThenUsed,
  deniedSweep,
  rootUsed,
  awsKeyPair,
  awsSecretAlone,
  awsSessionToken,
  awsKeyIdAlone,
  signatureInLog,
  presignedUrlInLog,
  privateKeyInLog,
  jsonWebTokenInLog,
  authorizationInLog,
  connectionStringPassword,
  passwordInLog,
  djangoSecretKeyInLog,
  signingSecretInLog,
  buildTokenInLog,
  serviceKeyInLog,
  webhookInLog,
  paymentCardInLog,
  storedPasswordInLog,
  sessionInLog,
  splitSecret,
  environmentDump,
  personalDataInKey,
  secretInTrail,
  maskingFailed,
  cipherKeyInLog,
];

// The list of all detectors, by family. A detector that is not here does not exist.

import type { Detector } from './detector.ts';
import { repeatFromSecondNetwork } from './replay/repeat-from-second-network.ts';
import { signatureReuse } from './replay/signature-reuse.ts';
import { awsKeyPair } from './secrets/aws-key-pair.ts';
import { connectionStringPassword } from './secrets/connection-string-password.ts';
import { presignedUrlInLog } from './secrets/presigned-url-in-log.ts';
import { privateKeyInLog } from './secrets/private-key-in-log.ts';
import { signatureInLog } from './secrets/signature-in-log.ts';
import { callWithoutTls } from './tls/call-without-tls.ts';
import { plainEndpointInLog } from './tls/plain-endpoint-in-log.ts';

export const detectors: readonly Detector[] = [
  callWithoutTls,
  plainEndpointInLog,
  repeatFromSecondNetwork,
  signatureReuse,
  awsKeyPair,
  signatureInLog,
  presignedUrlInLog,
  privateKeyInLog,
  connectionStringPassword,
];

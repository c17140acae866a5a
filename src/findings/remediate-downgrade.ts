// A client whose TLS became weaker: whose it is, what its way to AWS lets through, and what to do when it is not the client of before.

import { word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS, remediateKey } from './remediation.ts';

export function remediateDowngrade(values: {
  readonly host?: string;
  readonly keyId?: string;
  readonly userName?: string;
  readonly roleName?: string;
}): readonly RemediationStep[] {
  const { host, ...key } = values;
  return [
    {
      step: 'On the client’s machine: what does the way to AWS let through? Less than TLS 1.3 there means that a proxy or a firewall stands in it',
      command: `openssl s_client -connect ${word('awsHost', host)}:443 -tls1_3 </dev/null`,
      risk: 'None: it opens one connection and sends no request.',
      undo: 'Nothing to undo.',
    },
    {
      step: 'Compare with the last deployment of this client: runtime, base image, OpenSSL configuration and JVM options',
      command: null,
      ...ONLY_READS,
    },
    ...remediateKey(key),
  ];
}

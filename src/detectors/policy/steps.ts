// Changes that an AWS service makes on somebody's behalf (a stack, a pipeline) count one step less, and are never silent.

import { SEVERITIES, type Severity } from '../../findings/finding.ts';

/** One step down, not below LOW; what is INFO stays INFO. */
export function oneStepLower(severity: Severity): Severity {
  const lowest = SEVERITIES.indexOf('LOW');
  const at = SEVERITIES.indexOf(severity);
  return at >= lowest ? severity : SEVERITIES[at + 1]!;
}

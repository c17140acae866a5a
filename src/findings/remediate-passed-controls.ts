// Steps where plain text passes the encryption controls of a VPC.

import { word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { CONTROL_ID, VPC_ID } from './remediate-vpc-encryption.ts';
import { ONLY_READS } from './remediation.ts';

/** `exclusions`: of the control, by the names of its options, that may have let the packets pass. `unencrypted`: not even the hosts encrypted. */
export function remediatePassedControls(values: {
  readonly region: string;
  readonly vpcId: string;
  readonly exclusions: readonly string[];
  readonly unencrypted: boolean;
  readonly service: 'dynamodb' | 'dax';
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const vpc = wordOf(VPC_ID, values.vpcId);
  const mend: RemediationStep = {
    step:
      values.service === 'dax'
        ? 'Mend the clients that TLS-07 names: only a cluster with encryption in transit, and daxs:// in its clients, speaks TLS'
        : 'Mend the clients that TLS-06 names: only HTTPS makes the requests unreadable at the endpoint, and behind the hosts',
    command: null,
    risk: 'See the steps of that finding.',
    undo: 'Deploy the version before.',
  };
  const see: RemediationStep = {
    step: 'See the mode and the exclusions of the VPC',
    command: `aws ec2 describe-vpc-encryption-controls --region ${region}`,
    ...ONLY_READS,
  };
  if (!values.unencrypted) return [mend, see];
  const options = values.exclusions.map((name) => ` --${name}-exclusion disable`).join('');
  return [
    mend,
    see,
    {
      step: 'See what would be cut off by enforcement',
      command: `aws ec2 get-vpc-resources-blocking-encryption-enforcement --vpc-id ${vpc} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Enforce encryption, and take back exclusions that the packets may have passed through',
      command: `aws ec2 modify-vpc-encryption-control --vpc-encryption-control-id ${wordOf(CONTROL_ID, undefined)} --mode enforce${options} --region ${region}`,
      risk: 'What the step before lists is cut off; change it first.',
      undo: 'The same command with --mode monitor.',
    },
  ];
}

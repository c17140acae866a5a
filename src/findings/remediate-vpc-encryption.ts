// Commands for a VPC, or an account, whose encryption in transit is not enforced any more.

import { type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS, seeWho } from './remediation.ts';

// The API reference gives no form; other EC2 ids are a prefix and 8 or 17 hex digits.
export const CONTROL_ID: ValueForm = {
  form: /^vpcec-[0-9a-f]{8,17}$/,
  placeholder: 'VPC-ENCRYPTION-CONTROL-ID',
};
export const VPC_ID: ValueForm = { form: /^vpc-[0-9a-f]{8,17}$/, placeholder: 'VPC-ID' };

/** https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html */
export function remediateVpcEncryption(values: {
  readonly region?: string;
  readonly of: 'vpc' | 'account';
  readonly controlId?: string;
  readonly vpcId?: string;
  readonly deleted?: boolean;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  if (values.of === 'account') {
    // Newer than aws-cli 1.45, with which the other commands were parsed:
    // https://docs.aws.amazon.com/cli/latest/reference/ec2/modify-account-vpc-encryption-control.html
    const modify = `aws ec2 modify-account-vpc-encryption-control --region ${region} --mode`;
    return [
      {
        step: 'Ask for enforcement in the whole account again; exclusions are taken back one by one, e.g. --nat-gateway disable',
        command: `${modify} attempt-enforce`,
        risk: 'What still sends without encryption is cut off in VPCs that can enforce it.',
        undo: `${modify} attempt-monitor`,
      },
      seeWho(null, 'ec2', region),
    ];
  }
  const control = wordOf(CONTROL_ID, values.controlId);
  const vpc = wordOf(VPC_ID, values.vpcId);
  const steps: RemediationStep[] = [
    {
      step: 'See the mode and the exclusions of the VPC',
      command: `aws ec2 describe-vpc-encryption-controls --region ${region}`,
      ...ONLY_READS,
    },
  ];
  if (values.deleted === true) {
    steps.push({
      step: 'Create the control again; it begins in monitor mode',
      command: `aws ec2 create-vpc-encryption-control --vpc-id ${vpc} --region ${region}`,
      risk: 'None: it only watches.',
      undo: "aws ec2 delete-vpc-encryption-control --vpc-encryption-control-id '<NEW-ID>'",
    });
  }
  steps.push(
    {
      step: 'See what would be cut off by enforcement',
      command: `aws ec2 get-vpc-resources-blocking-encryption-enforcement --vpc-id ${vpc} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Enforce encryption again; exclusions are taken back one by one, e.g. --nat-gateway-exclusion disable',
      command: `aws ec2 modify-vpc-encryption-control --vpc-encryption-control-id ${values.deleted === true ? "'<NEW-ID>'" : control} --mode enforce --region ${region}`,
      risk: 'Resources that the step before lists must be changed first.',
      undo: 'The same command with --mode monitor.',
    },
    seeWho(null, 'ec2', region),
  );
  return steps;
}

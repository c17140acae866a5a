// Commands for rules of a network that let plain DynamoDB or DAX traffic through.

import { known, type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { ONLY_READS, seeWho } from './remediation.ts';

const NETWORK_ACL_ID: ValueForm = { form: /^acl-[0-9a-f]{8,17}$/, placeholder: 'NETWORK-ACL-ID' };
const PREFIX_LIST_ID: ValueForm = { form: /^pl-[0-9a-f]{8,17}$/, placeholder: 'PREFIX-LIST-ID' };

/** A rule that opens port 80 to DynamoDB or port 8111 of DAX: see it, close it. */
export function remediateOpenPort(values: {
  readonly region?: string;
  readonly port: 80 | 8111;
  readonly direction: 'egress' | 'ingress';
  readonly groupId?: string;
  readonly networkAclId?: string;
  readonly prefixListId?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const steps: RemediationStep[] = [];
  if (values.prefixListId !== undefined) {
    steps.push({
      step: 'See whose prefix list it is: com.amazonaws.REGION.dynamodb is DynamoDB’s',
      command: `aws ec2 describe-managed-prefix-lists --prefix-list-ids ${wordOf(PREFIX_LIST_ID, values.prefixListId)} --region ${region}`,
      ...ONLY_READS,
    });
  }
  const instead = values.port === 80 ? '443' : '9111, and give the DAX cluster encryption in transit';
  if (values.networkAclId !== undefined) {
    const acl = wordOf(NETWORK_ACL_ID, values.networkAclId);
    steps.push(
      {
        step: 'See the entries of the network ACL and their numbers',
        command: `aws ec2 describe-network-acls --network-acl-ids ${acl} --region ${region}`,
        ...ONLY_READS,
      },
      {
        step: `Delete the entry that opens port ${values.port}; clients are to use ${instead}`,
        command: `aws ec2 delete-network-acl-entry --network-acl-id ${acl} --rule-number '<RULE-NUMBER>' --${values.direction} --region ${region}`,
        risk: `Clients that still use port ${values.port} stop working: look for their flows first (TLS-06, TLS-07).`,
        undo: 'aws ec2 create-network-acl-entry with the values that the step before shows.',
      },
    );
  } else {
    steps.push(
      {
        step: 'See the rules of the security group and their ids',
        command: `aws ec2 describe-security-group-rules --filters ${shellQuote(`Name=group-id,Values=${known('groupId', values.groupId) ?? '<SECURITY-GROUP-ID>'}`)} --region ${region}`,
        ...ONLY_READS,
      },
      {
        step: `Revoke the rule that opens port ${values.port}; clients are to use ${instead}`,
        command: `aws ec2 revoke-security-group-${values.direction} --group-id ${word('groupId', values.groupId)} --security-group-rule-ids '<SECURITY-GROUP-RULE-ID>' --region ${region}`,
        risk: `Clients that still use port ${values.port} stop working: look for their flows first (TLS-06, TLS-07).`,
        undo: `aws ec2 authorize-security-group-${values.direction} with the values that the step before shows.`,
      },
    );
  }
  const changed = known('groupId', values.groupId) ?? null;
  steps.push(seeWho(changed, 'ec2', region));
  return steps;
}

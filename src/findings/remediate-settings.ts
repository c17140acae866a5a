// Commands that take back what weakened logging, keys, protection or encryption.

import { known, word } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { shellQuote } from './printable.ts';
import { FLOW_LOG_FORMAT, ONLY_READS, seeWho } from './remediation.ts';

/** Logging that was weakened: switch it on again, and see who did it. */
export function remediateLogging(values: {
  readonly trailName?: string;
  readonly flowLogId?: string;
  readonly logGroup?: string;
}): readonly RemediationStep[] {
  const steps: RemediationStep[] = [];
  const nothingKnown =
    values.trailName === undefined && values.flowLogId === undefined && values.logGroup === undefined;
  if (values.trailName !== undefined || nothingKnown) {
    const trail = word('trailName', values.trailName);
    steps.push({
      step: 'Start the trail again; a deleted trail must be created again, a changed one compared with its template',
      command: `aws cloudtrail start-logging --name ${trail}`,
      risk: 'None beyond the cost of the trail.',
      undo: `aws cloudtrail stop-logging --name ${trail}`,
    });
  }
  if (values.flowLogId !== undefined) {
    steps.push({
      step: `Create the flow log again (its id was ${known('flowLogId', values.flowLogId) ?? 'not told'}) with the fields that wiretrail uses`,
      command:
        "aws ec2 create-flow-logs --resource-type VPC --resource-ids '<VPC-ID>' --traffic-type ALL --max-aggregation-interval 60 " +
        `--log-destination-type s3 --log-destination '<BUCKET-ARN>' --log-format ${shellQuote(FLOW_LOG_FORMAT)}`,
      risk: 'Delivery and storage cost money.',
      undo: "aws ec2 delete-flow-logs --flow-log-ids '<NEW-FLOW-LOG-ID>'",
    });
  }
  if (values.logGroup !== undefined) {
    const group = word('logGroup', values.logGroup);
    steps.push({
      step: 'Keep the log group’s events for a year; a deleted group must be created first (aws logs create-log-group), its events are lost',
      command: `aws logs put-retention-policy --log-group-name ${group} --retention-in-days 365`,
      risk: 'Storage costs money.',
      undo: 'Put the earlier retention back with the same command.',
    });
  }
  const changed =
    known('trailName', values.trailName) ??
    known('flowLogId', values.flowLogId) ??
    known('logGroup', values.logGroup);
  steps.push({
    step: 'See who changed it, and what else they did',
    command: `aws cloudtrail lookup-events --lookup-attributes AttributeKey=ResourceName,AttributeValue=${changed === null ? "'<RESOURCE-NAME>'" : shellQuote(changed)}`,
    ...ONLY_READS,
  });
  return steps;
}

/** A KMS key that was switched off or set to be deleted: undo it first, ask afterwards. */
export function remediateKmsKey(values: {
  readonly kmsKeyId?: string;
  readonly region?: string;
  readonly lost: 'scheduled' | 'disabled' | 'material' | 'store' | 'nothing';
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const key = `--key-id ${word('kmsKeyId', values.kmsKeyId)} --region ${region}`;
  const steps: RemediationStep[] = [];
  if (values.lost === 'scheduled') {
    steps.push({
      step: 'Cancel the deletion before its waiting period ends; the key is then disabled',
      command: `aws kms cancel-key-deletion ${key}`,
      risk: 'None: the key stays, and costs what a key costs.',
      undo: `aws kms schedule-key-deletion ${key} --pending-window-in-days 30`,
    });
  }
  if (values.lost === 'scheduled' || values.lost === 'disabled') {
    steps.push({
      step: 'Enable the key again',
      command: `aws kms enable-key ${key}`,
      risk: 'Everybody whom its policy allows can use it again: read the policy first (aws kms get-key-policy).',
      undo: `aws kms disable-key ${key}`,
    });
  }
  if (values.lost === 'material') {
    steps.push({
      step: 'Import the same key material again, from where its copy is kept; only the same bytes work',
      command: `aws kms get-parameters-for-import ${key} --wrapping-algorithm RSAES_OAEP_SHA_256 --wrapping-key-spec RSA_4096`,
      risk: 'None by itself: it gives the key to wrap the material with, then aws kms import-key-material takes it.',
      undo: `aws kms delete-imported-key-material ${key}`,
    });
  }
  if (values.lost === 'store') {
    steps.push({
      step: 'See which key stores are left; a deleted one is connected anew from its CloudHSM cluster or external key manager',
      command: `aws kms describe-custom-key-stores --region ${region}`,
      ...ONLY_READS,
    });
  }
  if (values.lost === 'nothing' && values.kmsKeyId !== undefined) {
    steps.push({
      step: 'See that the key is as it should be',
      command: `aws kms describe-key ${key}`,
      ...ONLY_READS,
    });
  }
  const changed = known('kmsKeyId', values.kmsKeyId);
  steps.push(seeWho(changed, 'kms', region));
  return steps;
}

/** A protection that was switched off: on again. Without a table or instance it is the account's password policy. */
export function remediateProtection(values: {
  readonly region?: string;
  readonly protectTable?: string;
  readonly recoverTable?: string;
  readonly instanceId?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const { protectTable, recoverTable, instanceId } = values;
  const changed = known('tableName', protectTable ?? recoverTable) ?? known('instanceId', instanceId) ?? null;
  const steps: RemediationStep[] = [];
  if (protectTable !== undefined) {
    const table = `--table-name ${word('tableName', protectTable)}`;
    steps.push({
      step: 'Protect the table from deletion again',
      command: `aws dynamodb update-table ${table} --region ${region} --deletion-protection-enabled`,
      risk: 'Whoever is to delete the table must switch it off first.',
      undo: `aws dynamodb update-table ${table} --region ${region} --no-deletion-protection-enabled`,
    });
  } else if (recoverTable !== undefined) {
    const recovery = `aws dynamodb update-continuous-backups --table-name ${word('tableName', recoverTable)} --region ${region} --point-in-time-recovery-specification PointInTimeRecoveryEnabled`;
    steps.push({
      step: 'Switch point-in-time recovery on again; what it kept before is lost, so make a backup as well',
      command: `${recovery}=true`,
      risk: 'It costs by the size of the table.',
      undo: `${recovery}=false`,
    });
  } else if (instanceId !== undefined) {
    const options = `aws ec2 modify-instance-metadata-options --instance-id ${word('instanceId', instanceId)} --region ${region} --http-tokens`;
    steps.push({
      step: 'Ask for session tokens again',
      command: `${options} required`,
      risk: 'Software that fetches metadata without a token gets none: update it first.',
      undo: `${options} optional`,
    });
  } else {
    steps.push({
      step: 'Put the password policy back; these values are only an example, the call replaces all of it',
      command:
        'aws iam update-account-password-policy --minimum-password-length 14 --require-symbols --require-numbers ' +
        '--require-uppercase-characters --require-lowercase-characters --password-reuse-prevention 24 --allow-users-to-change-password',
      risk: 'Counts at the next change of a password; what is not named falls back to its default.',
      undo: 'The same command with the values of before (aws iam get-account-password-policy).',
    });
  }
  steps.push(seeWho(changed, 'iam', region));
  return steps;
}

/** A table that left its KMS key: back to one of one's own. */
export function remediateTableEncryption(values: {
  readonly region?: string;
  readonly tableName?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const table = `--table-name ${word('tableName', values.tableName)} --region ${region}`;
  const changed = known('tableName', values.tableName);
  return [
    {
      step: 'See what key the table has now: SSEDescription is absent for the AWS owned key',
      command: `aws dynamodb describe-table ${table}`,
      ...ONLY_READS,
    },
    {
      step: 'Give the table a customer managed key again',
      command: `aws dynamodb update-table ${table} --sse-specification Enabled=true,SSEType=KMS,KMSMasterKeyId=${word('kmsKeyId', undefined)}`,
      risk: 'Readers without the right to use the key are shut out; a table takes four such changes a day.',
      undo: `aws dynamodb update-table ${table} --sse-specification Enabled=false`,
    },
    seeWho(changed, 'dynamodb', region),
  ];
}

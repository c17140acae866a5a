// Commands for a way that a table's data took, or takes from now on, to somewhere else.

import { known, type ValueForm, word, wordOf } from './command-values.ts';
import type { RemediationStep } from './finding.ts';
import { ONLY_READS, seeWho } from './remediation.ts';

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
const BUCKET: ValueForm = { form: /^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, placeholder: 'BUCKET' };
const STREAM_ARN: ValueForm = {
  form: /^arn:aws[a-z-]{0,12}:kinesis:[a-z0-9-]{1,32}:\d{12}:stream\/[A-Za-z0-9_.-]{1,128}$/,
  placeholder: 'STREAM-ARN',
};
const VAULT_ARN: ValueForm = {
  form: /^arn:aws[a-z-]{0,12}:backup:[a-z0-9-]{1,32}:\d{12}:backup-vault:[A-Za-z0-9_-]{2,50}$/,
  placeholder: 'BACKUP-VAULT-ARN',
};

export type DataPathKind =
  | 'export'
  | 'weaker export'
  | 'kinesis stream'
  | 'table stream'
  | 'backup copy'
  | 'restore';

export function remediateDataPath(values: {
  readonly kind: DataPathKind;
  readonly region?: string;
  readonly tableName?: string;
  readonly bucket?: string;
  readonly streamArn?: string;
  readonly vaultArn?: string;
}): readonly RemediationStep[] {
  const region = word('region', values.region);
  const steps = STEPS[values.kind]({
    ...values,
    region,
    table: `--table-name ${word('tableName', values.tableName)}`,
  });
  return [...steps, seeWho(known('tableName', values.tableName), 'dynamodb', region)];
}

interface Words {
  /** Quoted. */
  readonly region: string;
  readonly table: string;
  readonly bucket?: string;
  readonly streamArn?: string;
  readonly vaultArn?: string;
}

const STEPS: Readonly<Record<DataPathKind, (words: Words) => RemediationStep[]>> = {
  export: ({ region, bucket }) => [
    {
      step: 'See the exports and whether they are done',
      command: `aws dynamodb list-exports --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'See what lies in the bucket; an export cannot be stopped, so delete what should not be there, or have the other account delete it',
      command: `aws s3api list-objects --bucket ${wordOf(BUCKET, bucket)} --max-items 50`,
      ...ONLY_READS,
    },
    {
      step: 'Take dynamodb:ExportTableToPointInTime from whoever does not need it',
      command: null,
      risk: 'Jobs of this principal that export by plan fail.',
      undo: 'Allow it again.',
    },
  ],
  'weaker export': ({ region, bucket }) => [
    {
      step: 'Export again under a key of your own, then delete the earlier objects',
      command: `aws dynamodb export-table-to-point-in-time --table-arn '<TABLE-ARN>' --s3-bucket ${wordOf(BUCKET, bucket)} --s3-sse-algorithm KMS --s3-sse-kms-key-id '<KEY-ID>' --region ${region}`,
      risk: 'It costs by the size of the table; readers of the export need the right to use the key.',
      undo: 'Delete the objects of the export.',
    },
  ],
  'kinesis stream': ({ region, table, streamArn }) => {
    const stream = `--stream-arn ${wordOf(STREAM_ARN, streamArn)} --region ${region}`;
    return [
      {
        step: 'See where the changes of the table go',
        command: `aws dynamodb describe-kinesis-streaming-destination ${table} --region ${region}`,
        ...ONLY_READS,
      },
      {
        step: 'Stop sending them there',
        command: `aws dynamodb disable-kinesis-streaming-destination ${table} ${stream}`,
        risk: 'Consumers of the stream see no more changes.',
        undo: `aws dynamodb enable-kinesis-streaming-destination ${table} ${stream}`,
      },
    ];
  },
  'table stream': ({ region, table }) => [
    {
      step: 'See who reads streams with Lambda; other readers show in data events (GetRecords)',
      command: `aws lambda list-event-source-mappings --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Switch the stream off again',
      command: `aws dynamodb update-table ${table} --stream-specification StreamEnabled=false --region ${region}`,
      risk: 'Its readers see no more changes; what they had not read yet stays readable for 24 hours.',
      undo: `aws dynamodb update-table ${table} --stream-specification StreamEnabled=true,StreamViewType=NEW_AND_OLD_IMAGES --region ${region}`,
    },
  ],
  'backup copy': ({ region, vaultArn }) => [
    {
      step: 'See the copies to that vault',
      command: `aws backup list-copy-jobs --by-destination-vault-arn ${wordOf(VAULT_ARN, vaultArn)} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Take the copy out of the backup plan, and have the other account delete what it got',
      command: null,
      risk: 'Where the other account is your own for backups, a loss of this one is not covered any more.',
      undo: 'Put the copy action back.',
    },
  ],
  restore: ({ region, table }) => [
    {
      step: 'See the restored table',
      command: `aws dynamodb describe-table ${table} --region ${region}`,
      ...ONLY_READS,
    },
    {
      step: 'Delete it where it should not be',
      command: `aws dynamodb delete-table ${table} --region ${region}`,
      risk: 'What was written to it since is lost: look for its readers and writers first.',
      undo: 'Restore it again.',
    },
  ],
};

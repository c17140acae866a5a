// Calls that give a table's data, or its changes from now on, another place: where it goes, and whose that is.

import type { DataPathKind } from '../../findings/remediate-data-path.ts';
import type { CallRecord } from '../../records/record.ts';
import { nameOf } from './own-resources.ts';
import { asObject, booleanField, listField, objectField, type Parameters, textField } from './parameters.ts';
import { accountOf } from './weakening.ts';

/** Destinations of one backup plan; AWS Backup allows 100 copy actions in all. */
const MAX_DESTINATIONS = 16;
const MAX_NAME = 128;

export interface DataPath {
  readonly kind: Exclude<DataPathKind, 'weaker export'>;
  /** Bucket, stream, vault or table, by name. */
  readonly destination: string;
  /** As commands name it. */
  readonly resource: string;
  /** The account it belongs to where that is not the table's; ''. */
  readonly foreignAccount: string;
  /** The table, '' where the call names none. */
  readonly table: string;
  /** Whether the data is a table's at all. */
  readonly isSurelyTable: boolean;
  /** Keys of items only. */
  readonly keysOnly?: boolean;
}

/** By operation, each with its service. */
export const DATA_PATH_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: [
    'ExportTableToPointInTime',
    'EnableKinesisStreamingDestination',
    'UpdateTable',
    'RestoreTableFromBackup',
    'RestoreTableToPointInTime',
  ],
  backup: ['StartCopyJob', 'CreateBackupPlan', 'UpdateBackupPlan'],
};

export function dataPathsOf(call: CallRecord, action: string): DataPath[] {
  const asked = call.requestParameters;
  if (asked === null) return [];
  if (action === 'ExportTableToPointInTime') return exportIn(asked, call);
  if (action === 'EnableKinesisStreamingDestination') return kinesisIn(asked, call);
  if (action === 'UpdateTable') return tableStreamIn(asked);
  if (action.startsWith('RestoreTable')) return restoreIn(asked, call);
  return backupCopiesIn(asked, call, action);
}

/**
 * S3BucketOwner must be given when the bucket is another account's, so that without it the data stays in the account.
 * https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_ExportTableToPointInTime.html
 */
function exportIn(asked: Parameters, call: CallRecord): DataPath[] {
  const bucket = textField(asked, 's3Bucket').slice(0, MAX_NAME);
  if (bucket === '') return [];
  const table = tableNameIn(textField(asked, 'tableArn'));
  const foreignAccount = foreign(textField(asked, 's3BucketOwner'), call);
  return [
    {
      kind: 'export',
      destination: `bucket ${bucket}`,
      resource: bucket,
      foreignAccount,
      table,
      isSurelyTable: true,
    },
  ];
}

/** The table of an export that asks for keys of S3 (SSE-S3) in so many words; ''. */
export function exportBelowKmsOf(call: CallRecord): string {
  const asked = call.requestParameters;
  if (textField(asked, 's3SseAlgorithm').toUpperCase() !== 'AES256') return '';
  return tableNameIn(textField(asked, 'tableArn'));
}

function kinesisIn(asked: Parameters, call: CallRecord): DataPath[] {
  const arn = textField(asked, 'streamArn').slice(0, 256);
  if (arn === '') return [];
  const { account, name } = partsOf(arn);
  return [
    {
      kind: 'kinesis stream',
      destination: `stream ${name}`,
      resource: arn,
      foreignAccount: foreign(account, call),
      table: tableNameIn(textField(asked, 'tableName')),
      isSurelyTable: true,
    },
  ];
}

/** DynamoDB refuses to switch on what is on: a call that succeeded began something. */
function tableStreamIn(asked: Parameters): DataPath[] {
  const stream = objectField(asked, 'streamSpecification');
  const table = tableNameIn(textField(asked, 'tableName'));
  if (booleanField(stream, 'streamEnabled') !== true || table === '') return [];
  return [
    {
      kind: 'table stream',
      destination: `stream of table ${table}`,
      resource: table,
      foreignAccount: '',
      table,
      isSurelyTable: true,
      keysOnly: textField(stream, 'streamViewType').toUpperCase() === 'KEYS_ONLY',
    },
  ];
}

/** A restore stays in the account; into another region it goes from a table or backup that is named by its ARN. */
function restoreIn(asked: Parameters, call: CallRecord): DataPath[] {
  const source = partsOf(textField(asked, 'sourceTableArn') || textField(asked, 'backupArn'));
  const table = tableNameIn(textField(asked, 'targetTableName'));
  if (source.region === '' || source.region === call.region || table === '') return [];
  return [
    {
      kind: 'restore',
      destination: `table ${table}`,
      resource: table,
      foreignAccount: '',
      table,
      isSurelyTable: true,
    },
  ];
}

/** https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html and API_CreateBackupPlan.html; copies within the account are no way out. */
function backupCopiesIn(asked: Parameters, call: CallRecord, action: string): DataPath[] {
  const ofJob = action === 'StartCopyJob';
  const point = textField(asked, 'recoveryPointArn');
  // Recovery points of other services have the ARN of their kind (a snapshot, an image).
  if (ofJob && !/^arn:[^:]{1,20}:(?:dynamodb|backup):/.test(point)) return [];
  const vaults = ofJob ? [textField(asked, 'destinationBackupVaultArn')] : vaultsOfPlan(asked);
  return [...new Set(vaults)].slice(0, MAX_DESTINATIONS).flatMap((arn): DataPath[] => {
    const { account, name } = partsOf(arn);
    const foreignAccount = foreign(account, call);
    if (foreignAccount === '') return [];
    return [
      {
        kind: 'backup copy',
        destination: `backup vault ${name}`,
        resource: arn.slice(0, 256),
        foreignAccount,
        table: /:table\/([^/]{1,255})\/backup\//.exec(point)?.[1] ?? '',
        isSurelyTable: point.includes(':dynamodb:'),
      },
    ];
  });
}

function vaultsOfPlan(asked: Parameters): string[] {
  const found: string[] = [];
  for (const rule of listField(objectField(asked, 'backupPlan'), 'rules')?.slice(0, 128) ?? []) {
    for (const copy of listField(asObject(rule), 'copyActions')?.slice(0, 128) ?? []) {
      const arn = textField(asObject(copy), 'destinationBackupVaultArn');
      if (arn !== '') found.push(arn);
    }
  }
  return found.sort();
}

export function tableNameIn(table: string): string {
  return nameOf(table).slice(0, MAX_NAME);
}

/** The account where it is not the one that the call is about; ''. */
function foreign(account: string, call: CallRecord): string {
  const own = accountOf(call);
  return own !== '' && /^\d{12}$/.test(account) && account !== own ? account : '';
}

/** `arn:partition:service:region:account:type/name` or `type:name`. */
function partsOf(arn: string): { readonly region: string; readonly account: string; readonly name: string } {
  const parts = arn.split(':', 8);
  const rest = parts.slice(5).join(':');
  return {
    region: parts[3] ?? '',
    account: parts[4] ?? '',
    name: (/[/:]([^/]{1,128})$/.exec(rest)?.[1] ?? rest).slice(0, MAX_NAME) || '(not recorded)',
  };
}

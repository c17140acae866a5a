// POL-12: tables that are sent to another account, and jobs that send the same to the same place every night.

import { hostIn, publicNetwork } from '../address-facts.ts';
import type { ApiCall } from '../api-calls.ts';
import { HOUR_MS } from '../clock.ts';
import { type AttackContext, apiCall, newUser, pickPlace, pickTime, plantCall } from './context.ts';
import { plantChanges } from './protections.ts';

const FOREIGN = '999988887777';

function exportTo(bucket: string, owner: string, more = ''): ApiCall {
  const whose = owner === '' ? '' : `,"s3BucketOwner":"${owner}"`;
  return apiCall(
    'dynamodb',
    'ExportTableToPointInTime',
    `{"tableArn":"arn:aws:dynamodb:us-east-1:111122223333:table/ledger","s3Bucket":"${bucket}"${whose}${more},"exportFormat":"DYNAMODB_JSON"}`,
  );
}

export function plantDataPaths(context: AttackContext): void {
  const { random } = context;
  const name = (): string => `x${random.hex(6)}`;
  const [table, fresh] = [name(), name()];
  const kinesis = (account: string): ApiCall =>
    apiCall(
      'dynamodb',
      'EnableKinesisStreamingDestination',
      `{"tableName":"ledger","streamArn":"arn:aws:kinesis:us-east-1:${account}:stream/${name()}"}`,
    );
  const copy = (vaultAccount: string, recoveryPoint: string): ApiCall =>
    apiCall(
      'backup',
      'StartCopyJob',
      `{"recoveryPointArn":"${recoveryPoint}","sourceBackupVaultName":"Default","destinationBackupVaultArn":"arn:aws:backup:us-east-1:${vaultAccount}:backup-vault:${name()}"}`,
    );
  const backup = 'arn:aws:dynamodb:us-east-1:111122223333:table/ledger/backup/01547087347000-c8b6kdk3';
  plantChanges(
    context,
    'POL-12',
    [
      {
        variant: 'export-to-another-account',
        description: 'a table is exported to a bucket of another account',
        severity: 'MEDIUM',
        before: exportTo(`nightly-${name()}`, ''),
        attack: exportTo(`drop-${name()}`, FOREIGN),
      },
      {
        variant: 'changes-to-another-account',
        description: 'changes of a table are sent to a stream of another account',
        severity: 'MEDIUM',
        attack: kinesis(FOREIGN),
      },
      {
        variant: 'backup-to-another-account',
        description: 'a backup of a table is copied to a vault of another account',
        severity: 'MEDIUM',
        attack: copy(FOREIGN, backup),
      },
      {
        variant: 'table-stream',
        description: 'the stream of a table is switched on',
        severity: 'LOW',
        attack: apiCall(
          'dynamodb',
          'UpdateTable',
          `{"tableName":"${name()}","streamSpecification":{"streamEnabled":true,"streamViewType":"NEW_AND_OLD_IMAGES"}}`,
        ),
      },
      {
        variant: 'export-below-the-key',
        description: 'a table with a customer managed key is exported with keys of S3',
        severity: 'MEDIUM',
        before: apiCall(
          'dynamodb',
          'UpdateTable',
          `{"tableName":"${table}","sSESpecification":{"enabled":true,"sSEType":"KMS","kMSMasterKeyId":"${random.uuid()}"}}`,
        ),
        attack: apiCall(
          'dynamodb',
          'ExportTableToPointInTime',
          `{"tableArn":"arn:aws:dynamodb:us-east-1:111122223333:table/${table}","s3Bucket":"lake-${name()}","s3SseAlgorithm":"AES256"}`,
        ),
      },
    ],
    [
      ['an export to a bucket of its own', 'the data stays: LOW at most', exportTo(`own-${fresh}`, '')],
      [
        'an export with a key',
        'it is encrypted as its table',
        exportTo(`own-${fresh}`, '', ',"s3SseAlgorithm":"KMS"'),
      ],
      [
        'a snapshot that is copied',
        'it is no table',
        copy(FOREIGN, 'arn:aws:ec2:us-east-1::snapshot/snap-0123456789abcdef0'),
      ],
      ['a refused export', 'nothing left: LOW', exportTo(`drop-${name()}`, FOREIGN), 'AccessDeniedException'],
      [
        'a stream of keys',
        'items stay: INFO',
        apiCall(
          'dynamodb',
          'UpdateTable',
          `{"tableName":"${fresh}","streamSpecification":{"streamEnabled":true,"streamViewType":"KEYS_ONLY"}}`,
        ),
      ],
    ],
  );
  plantNightlyJob(context);
}

/** Exports of an hour each, by one job, to one bucket: nothing worth more than a remark. */
function plantNightlyJob(context: AttackContext): void {
  const { random, plants } = context;
  const place = pickPlace(context);
  const caller = newUser(context, place.account, 'exporter');
  const address = hostIn(publicNetwork(random), random);
  const proof = plants.benign(
    'a job that exports every hour',
    'always to the same bucket of its own account',
  );
  const call = exportTo(`nightly-${random.hex(6)}`, '');
  const startMs = pickTime(context);
  for (let run = 0; run < 3; run++) {
    plantCall(context, proof, { place, caller, address, call, timeMs: startMs + (run * HOUR_MS) / 2 });
  }
}

// What a KMS key is used for, as far as settings name keys: tables, trails and log groups that are encrypted with it. Decrypt and
// GenerateDataKey would say it too, but they are among the most frequent calls there are.

import type { Evidence } from '../../findings/finding.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, type JudgeContext, joinKey, type Output } from '../detector.ts';
import { evidenceOf, keepEarliest } from '../hits.ts';
import { kmsKeyId, kmsKeyOf } from './kms-key.ts';
import { nameOf } from './own-resources.ts';
import { objectField, textField } from './parameters.ts';
import { encryptionAskedIn } from './table-encryption.ts';
import { accountOf } from './weakening.ts';

export const KEY_USE_MEMORY_DAYS = 30;
const MAX_USES = 8;
const MAX_USE_EVIDENCE = 2;

/** What settings of a day said of a key. */
interface KeyUses {
  /** `table Orders`; the smallest 8. */
  uses: string[];
  evidence: Evidence[];
}
interface KeyUse {
  readonly use: string;
  readonly evidence: Evidence;
}

interface NamedKey {
  /** Id or ARN. */
  readonly key: string;
  readonly use: string;
}

const READS: Readonly<Record<string, (call: CallRecord) => NamedKey>> = {
  CreateTable: ofTable,
  UpdateTable: ofTable,
  RestoreTableFromBackup: ofTable,
  RestoreTableToPointInTime: ofTable,
  CreateTrail: ofTrail,
  UpdateTrail: ofTrail,
  AssociateKmsKey: ofLogGroup,
  CreateLogGroup: ofLogGroup,
  CreateGrant: ofGrant,
};

/** Operations whose calls name keys, by service. */
export const KEY_USE_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  dynamodb: ['CreateTable', 'UpdateTable', 'RestoreTableFromBackup', 'RestoreTableToPointInTime'],
  cloudtrail: ['CreateTrail', 'UpdateTrail'],
  logs: ['AssociateKmsKey', 'CreateLogGroup'],
  kms: ['CreateGrant'],
};

export const keyUses: Fold<KeyUse, KeyUses> = {
  name: 'key-uses',
  version: 1,
  windowMs: DAY_MS,
  keepMs: (KEY_USE_MEMORY_DAYS + 1) * DAY_MS,
  empty: () => ({ uses: [], evidence: [] }),
  add: (summary, { use, evidence }) => keepUse(summary, [use], [evidence]),
  merge: (a, b) => keepUse(a, b.uses, b.evidence),
};

export function observeKeyUse(call: CallRecord, action: string, out: Output): void {
  if (call.errorCode !== '' || KEY_USE_OPERATIONS[call.service]?.includes(action) !== true) return;
  const { key, use } = READS[action]!(call);
  const id = kmsKeyId(key);
  if (id === '' || use === '' || id.startsWith('alias/') || id.length > 128) return;
  const evidence = evidenceOf(call, { action: call.action, use, kmsKeyId: id });
  out.add(keyUses, joinKey(accountOfKey(key) || accountOf(call), id), call, { use, evidence });
}

/** What the key served on this day and the days before. */
export function recentKeyUses(account: string, id: string, window: number, context: JudgeContext): KeyUses {
  const found = keyUses.empty();
  for (let day = window - KEY_USE_MEMORY_DAYS; day <= window; day++) {
    const uses = context.read(keyUses, joinKey(account, id), day);
    if (uses !== null) keepUse(found, uses.uses, uses.evidence);
  }
  return found;
}

function keepUse(summary: KeyUses, uses: readonly string[], evidence: readonly Evidence[]): KeyUses {
  summary.uses = [...new Set([...summary.uses, ...uses])].sort().slice(0, MAX_USES);
  for (const piece of evidence) keepEarliest(summary.evidence, piece, MAX_USE_EVIDENCE);
  return summary;
}

/** The answer names the key by its ARN, also where the request names an alias. */
function ofTable(call: CallRecord): NamedKey {
  const table =
    textField(call.requestParameters, 'targetTableName') || textField(call.requestParameters, 'tableName');
  const answered = textField(
    objectField(objectField(call.responseElements, 'tableDescription'), 'sSEDescription'),
    'kMSMasterKeyArn',
  );
  return { key: answered || (encryptionAskedIn(call)?.key ?? ''), use: named('table', nameOf(table)) };
}

/** https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_CreateTrail.html */
function ofTrail(call: CallRecord): NamedKey {
  const key = textField(call.responseElements, 'kmsKeyId') || textField(call.requestParameters, 'kmsKeyId');
  return { key, use: named('trail', nameOf(textField(call.requestParameters, 'name'))) };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_AssociateKmsKey.html */
function ofLogGroup(call: CallRecord): NamedKey {
  const group =
    textField(call.requestParameters, 'logGroupName') ||
    textField(call.requestParameters, 'resourceIdentifier');
  return { key: textField(call.requestParameters, 'kmsKeyId'), use: named('log group', nameOf(group)) };
}

/** DynamoDB asks KMS for a grant for each table that it encrypts. https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html */
function ofGrant(call: CallRecord): NamedKey {
  const asked = call.requestParameters;
  if (!/^dynamodb\./.test(textField(asked, 'granteePrincipal'))) return { key: '', use: '' };
  const subset = objectField(objectField(asked, 'constraints'), 'encryptionContextSubset');
  const arn = call.resources.find((resource) => resource.arn.includes(':kms:'))?.arn ?? '';
  return { key: arn || kmsKeyOf(call), use: named('table', textField(subset, 'aws:dynamodb:tableName')) };
}

function named(kind: string, name: string): string {
  return name === '' ? '' : `${kind} ${name.slice(0, 128)}`;
}

/** '' where a key is named by its id alone. */
function accountOfKey(key: string): string {
  return /^arn:[^:]*:kms:[^:]*:(\d{12}):/.exec(key)?.[1] ?? '';
}

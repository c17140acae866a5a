// POL-04: a KMS key, or what holds its material, was switched off or set to die. Without the key nobody reads what it encrypted.

import type { Severity } from '../../findings/finding.ts';
import { remediateKmsKey } from '../../findings/remediate-settings.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import { type HitSummary, hitFold } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { kmsKeyOf } from './kms-key.ts';
import { numberField, textField } from './parameters.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfWeakening, isAttempt } from './weakening.ts';

/** The shortest window that KMS allows is 7 days: whoever asks for it is in haste. */
const SHORT_WINDOW_DAYS = 7;
const DEFAULT_WINDOW_DAYS = 30;
const CONFIDENCE = 0.95;

const meta: DetectorMeta = {
  id: 'POL-04',
  name: 'key-loss',
  family: 'POL',
  version: 1,
  title: 'KMS key lost or about to be',
  what: 'ScheduleKeyDeletion, DisableKey, DeleteImportedKeyMaterial and DeleteCustomKeyStore of KMS.',
  why: 'What a deleted key encrypted, tables and their backups among it, can never be read again. A deletion can be cancelled until its waiting period ends; a disabled key stops every reader at once. Both are ways to extort.',
  severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW'],
  falsePositives: [
    'Keys of a retired application: the ticket says so, and nothing has used the key for long. Suppress them by the key.',
    'Teardown of test environments, often with the shortest window: suppress it by its principal.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    'Whether the key is used by anything is not looked up, and a deletion that was cancelled since is still told.',
    'The waiting period of a multi-Region primary key begins only when its last replica is deleted: the cancel-by date is then too early.',
    'Imported key material that expires by itself, keys of external key stores that are switched off outside of AWS, and custom key stores that are only disconnected.',
    'A key policy that shuts everybody out.',
  ],
  investigate: [
    'aws kms describe-key --key-id KEY: KeyState and DeletionDate.',
    'Which tables, trails, buckets and backups are encrypted with it? Calls of Decrypt and GenerateDataKey in CloudTrail name the service that asks.',
    'Who asked for it, from where, and what else did the same principal do in that hour?',
  ],
  thresholds: [
    {
      name: 'short window',
      value: SHORT_WINDOW_DAYS,
      unit: 'days',
      reason: 'the shortest that KMS allows: CRITICAL, for it leaves a week at most to notice',
      source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html',
    },
    {
      name: 'window that is not named',
      value: DEFAULT_WINDOW_DAYS,
      unit: 'days',
      reason: 'the default of PendingWindowInDays',
      source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_ScheduleKeyDeletion.html',
    },
  ],
  identity: { entity: 'key or custom key store', evidenceKey: 'action', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-693'], owasp: ['API8:2023'], gdpr: ['32(1)(b)'] },
};

const WHAT: Readonly<Record<string, string>> = {
  DisableKey: 'disabled',
  DeleteImportedKeyMaterial: 'its imported key material deleted',
  DeleteCustomKeyStore: 'deleted',
  ScheduleKeyDeletion: 'scheduled for deletion',
};

const LOST: Readonly<Record<string, 'scheduled' | 'disabled' | 'material' | 'store'>> = {
  DisableKey: 'disabled',
  DeleteImportedKeyMaterial: 'material',
  DeleteCustomKeyStore: 'store',
  ScheduleKeyDeletion: 'scheduled',
};

const fold = hitFold('key-losses', DAY_MS, judge);

export const keyLoss: Detector = {
  meta,
  needs: { operations: { kms: Object.keys(WHAT) } },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    if (call.service !== 'kms') return;
    const action = plainActionName(call.action);
    if (!Object.hasOwn(WHAT, action)) return;
    const store = action === 'DeleteCustomKeyStore';
    const resource = store ? textField(call.requestParameters, 'customKeyStoreId') : kmsKeyOf(call);
    const days = action === 'ScheduleKeyDeletion' ? windowDaysOf(call) : null;
    const severity: Severity = days !== null && days <= SHORT_WINDOW_DAYS ? 'CRITICAL' : 'HIGH';
    const hit = hitOfWeakening(call, {
      resource,
      what: WHAT[action]!,
      severity,
      confidence: CONFIDENCE,
      why: `${action} says it by itself`,
      ...(days === null
        ? {}
        : { facts: { cancelBy: new Date(call.timeMs + days * DAY_MS).toISOString(), days: `${days}` } }),
    });
    const entity = `${store ? 'key store' : 'key'} ${boundedName(resource)}`;
    out.add(fold, joinKey(accountOf(call), call.region, entity, action), call, hit);
  },
};

/** Days from the call to the deletion. The date in the answer is not used: services have written it in several forms. */
function windowDaysOf(call: CallRecord): number {
  const asked = numberField(call.requestParameters, 'pendingWindowInDays');
  const days = Number.isNaN(asked) ? numberField(call.responseElements, 'pendingWindowInDays') : asked;
  return days >= 0 && days <= 365 ? days : DEFAULT_WINDOW_DAYS;
}

function judge(key: string, hits: HitSummary): Draft[] {
  const parts = splitKey(key);
  const [, region = '', entity = '', action = ''] = parts;
  const base = draftOfWeakening(parts, hits, 'kms');
  const kmsKey = entity.startsWith('key store ') ? undefined : hits.facts.resource?.[0];
  const scheduled = action === 'ScheduleKeyDeletion' && !isAttempt(hits);
  // The earliest: of several windows of one day it is the one to keep to.
  const cancelBy = `${hits.facts.cancelBy?.[0]?.slice(0, 16).replace('T', ' ') ?? ''} UTC`;
  const days = hits.facts.days ?? [];
  return [
    {
      ...base,
      ...(scheduled
        ? {
            title: `${entity}: scheduled for deletion, cancel by ${cancelBy} in ${region}`,
            summary: `${base.summary} It can be cancelled until ${cancelBy} with aws kms cancel-key-deletion; what it encrypted cannot be read by anybody now, and never again after that.`,
            why: [
              ...base.why,
              `waiting period of ${days.join(' or ')} days: ${days.some((each) => Number(each) <= SHORT_WINDOW_DAYS) ? 'as short as KMS allows' : 'the shortest would be 7'}`,
            ],
          }
        : {}),
      remediation: remediateKmsKey({
        region,
        ...(kmsKey === undefined ? {} : { kmsKeyId: kmsKey }),
        lost: isAttempt(hits) ? 'nothing' : (LOST[action] ?? 'nothing'),
      }),
    },
  ];
}

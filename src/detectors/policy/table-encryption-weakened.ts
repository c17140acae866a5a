// POL-06: a DynamoDB table left the key that its owner ruled over. It stays encrypted, but nobody can shut its readers out by the key.

import type { Severity } from '../../findings/finding.ts';
import { remediateTableEncryption } from '../../findings/remediate-settings.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import type { HitSummary } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { nameOf } from './own-resources.ts';
import { textField } from './parameters.ts';
import { SETTING_MEMORY_DAYS, type Setting, settingFold } from './setting-history.ts';
import { encryptionAskedIn, KEY_OWNERS } from './table-encryption.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfChange, type Weakening } from './weakening.ts';

const KNOWN_CONFIDENCE = 0.95;
/** DynamoDB refuses to switch off what is off: a call that succeeded changed something, from one KMS key or the other. */
const UNKNOWN_CONFIDENCE = 0.8;
/** A restored table may leave a key that its source had; the source's key is not in the call. */
const RESTORED_CONFIDENCE = 0.6;

const meta: DetectorMeta = {
  id: 'POL-06',
  name: 'table-encryption-weakened',
  family: 'POL',
  version: 1,
  title: 'DynamoDB encryption at rest weakened',
  what: 'UpdateTable that takes a table from a KMS key to the AWS owned key (SSESpecification enabled false), from a customer managed key to another one, and restores that ask for the AWS owned key.',
  why: 'With a customer managed key its policy says who reads the table, each use is logged, and disabling it shuts everybody out. The AWS owned key does none of this: whoever may read the table reads it. A key of somebody else gives the table to them.',
  severities: ['MEDIUM', 'LOW'],
  falsePositives: [
    'Saving the cost of KMS for tables without sensitive items: suppress them by the table.',
    'A new customer managed key in the place of an old one, by plan: LOW.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `What key a table had before is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold.`,
    'Tables that are created with the AWS owned key, which is the default: nothing is weakened.',
    'A restore that names no key; replicas of a global table, whose keys are set by region; imports from S3.',
    'The tags of a table: whether it falls under rules that ask for a key of one’s own is not known.',
    'Whether a named key is one that AWS manages: only its alias says so.',
  ],
  investigate: [
    'aws dynamodb describe-table --table-name TABLE: SSEDescription, absent for the AWS owned key.',
    'Does the account still hold the key that the table had before, and was it disabled or set to be deleted (POL-04)?',
    'Who read or exported the table after the change?',
  ],
  thresholds: [
    {
      name: 'confidence without a known key',
      value: UNKNOWN_CONFIDENCE,
      unit: 'probability',
      reason:
        'DynamoDB answers ValidationException (Table is already encrypted by default) where the AWS owned key was set already; which KMS key it was is not known',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SSESpecification.html',
    },
    {
      name: 'memory of settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'the key that a table had before it was changed',
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'table', evidenceKey: 'changed or restored', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-311'], owasp: ['API8:2023'], gdpr: ['32(1)(a)'] },
};

const fold = settingFold('table-encryption', lossOf, draftOf);

const ACTIONS: Readonly<Record<string, 'created' | 'changed' | 'restored'>> = {
  CreateTable: 'created',
  UpdateTable: 'changed',
  RestoreTableFromBackup: 'restored',
  RestoreTableToPointInTime: 'restored',
};

export const tableEncryptionWeakened: Detector = {
  meta,
  needs: { operations: { dynamodb: Object.keys(ACTIONS) } },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    const action = plainActionName(call.action);
    if (!Object.hasOwn(ACTIONS, action) || call.service !== 'dynamodb') return;
    const how = ACTIONS[action]!;
    const failed = call.errorCode !== '';
    const isNew = how === 'created';
    const asked = encryptionAskedIn(call) ?? (isNew ? { owner: 0, key: '' } : null);
    const table = nameOf(
      textField(call.requestParameters, how === 'restored' ? 'targetTableName' : 'tableName'),
    );
    if (asked === null || table === '' || (isNew && failed)) return;
    const add = (kind: string, isChange: boolean): void => {
      out.add(fold, joinKey(accountOf(call), call.region, boundedName(`table ${table}`), kind), call, {
        state: { owner: asked.owner, key: asked.key.slice(0, 256), how },
        isChange,
        hit: hitOfChange(call, table),
      });
    };
    if (how === 'restored') add('restored', true);
    // A restored table begins with what was asked for.
    if (how !== 'restored' || !failed) add('changed', how === 'changed');
  },
};

function lossOf(now: Setting, before: Setting | null): Omit<Weakening, 'resource'> | null {
  const owner = Number(now.state.owner);
  const whose = KEY_OWNERS[owner] ?? '';
  if (now.state.how === 'restored') {
    if (owner !== 0) return null;
    return loss(
      'MEDIUM',
      'restored with the AWS owned key',
      RESTORED_CONFIDENCE,
      'the restore asks for another key than its source has by itself',
    );
  }
  if (before === null) {
    if (owner !== 0) return null;
    return loss(
      'MEDIUM',
      'encrypted with the AWS owned key now',
      UNKNOWN_CONFIDENCE,
      'it had a KMS key before, or the call would have failed; which one is not in the logs',
    );
  }
  const ownerBefore = Number(before.state.owner);
  const since = before.hit.evidence.time.slice(0, 16).replace('T', ' ');
  if (owner < ownerBefore) {
    return loss(
      // Keys that AWS manages have a policy that their owner cannot change: little is lost with them.
      ownerBefore === 2 ? 'MEDIUM' : 'LOW',
      `${KEY_OWNERS[ownerBefore]} before, ${whose} now`,
      KNOWN_CONFIDENCE,
      `${KEY_OWNERS[ownerBefore]} since ${since}`,
    );
  }
  if (owner === 2 && ownerBefore === 2 && now.state.key !== before.state.key) {
    return loss('LOW', 'another customer managed key', KNOWN_CONFIDENCE, `the key of ${since} was another`);
  }
  return null;
}

function loss(
  severity: Severity,
  what: string,
  confidence: number,
  why: string,
): Omit<Weakening, 'resource'> {
  return { severity, what, confidence, why };
}

function draftOf(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  const tableName = hits.facts.resource?.[0] ?? '';
  return {
    ...draftOfWeakening(parts, hits, 'dynamodb'),
    remediation: remediateTableEncryption({ region: parts[1] ?? '', tableName }),
  };
}

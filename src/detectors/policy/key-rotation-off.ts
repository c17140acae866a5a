// POL-03: a KMS key is not rotated any more, or seldom. What one key encrypts grows, and so does what its loss or leak would cost.

import { remediateKeyRotation } from '../../findings/remediate-rotation.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type JudgeContext,
  joinKey,
  splitKey,
} from '../detector.ts';
import { type HitSummary, keepEarliest } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import {
  KEY_USE_MEMORY_DAYS,
  KEY_USE_OPERATIONS,
  keyUses,
  observeKeyUse,
  recentKeyUses,
} from './key-uses.ts';
import { kmsKeyOf } from './kms-key.ts';
import { numberField, objectField, textField } from './parameters.ts';
import { SETTING_MEMORY_DAYS, type Setting, settingFold } from './setting-history.ts';
import {
  accountOf,
  boundedName,
  draftOfWeakening,
  hitOfChange,
  isAttempt,
  type Weakening,
} from './weakening.ts';

const KNOWN_CONFIDENCE = 0.95;
/** KMS accepts the call for a key that was not rotated before. */
const UNKNOWN_CONFIDENCE = 0.8;
/** KMS rotates once a year where nothing else is asked. */
const USUAL_PERIOD_DAYS = 365;

const meta: DetectorMeta = {
  id: 'POL-03',
  name: 'key-rotation-off',
  family: 'POL',
  version: 1,
  title: 'KMS key rotation switched off',
  what: `DisableKeyRotation of KMS: MEDIUM where a DynamoDB table, a trail or a log group is known to be encrypted with the key, else LOW. EnableKeyRotation with a period of more than ${USUAL_PERIOD_DAYS} days is told at INFO.`,
  why: 'Rotation bounds how much is encrypted with one key material, and for how long a leaked one is of use for what is written next. Standards for card data and many contracts ask for it.',
  severities: ['MEDIUM', 'LOW', 'INFO'],
  falsePositives: [
    'Keys that are replaced by new ones by hand, and keys about to be retired: suppress them by the key.',
    'A template that says the same again of a key that was never rotated: silent where its creation is in the logs, confidence 0.8 where it is not.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `What a key serves is known for ${KEY_USE_MEMORY_DAYS} days, from settings that name it (tables, trails, log groups, grants to DynamoDB). Decrypt and GenerateDataKey are not looked at: they are too many.`,
    'Keys that settings name by an alias alone, where the answer does not name the key.',
    'Keys that never were rotated: nothing is switched off.',
    'Imported, asymmetric and HMAC keys and those of custom key stores: KMS does not rotate them.',
  ],
  investigate: [
    'aws kms get-key-rotation-status --key-id KEY: what holds now?',
    'What is encrypted with the key? aws kms list-grants names the services.',
    'Did the same principal change the key’s policy, disable it, or set it to be deleted (POL-04)?',
  ],
  thresholds: [
    {
      name: 'usual period',
      value: USUAL_PERIOD_DAYS,
      unit: 'days',
      reason: 'the default of RotationPeriodInDays, which may be 90 to 2560; a longer one is a remark',
      source: 'https://docs.aws.amazon.com/kms/latest/APIReference/API_EnableKeyRotation.html',
    },
    {
      name: 'memory of uses and settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'what a key serves, and whether it was rotated before',
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'key', evidenceKey: 'rotation', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-693'], owasp: ['API8:2023'], gdpr: ['32(1)(a)'] },
};

const fold = settingFold('key-rotation', lossOf, draftOf, [keyUses.name]);

export const keyRotationOff: Detector = {
  meta,
  needs: {
    operations: {
      ...KEY_USE_OPERATIONS,
      kms: [...(KEY_USE_OPERATIONS.kms ?? []), 'CreateKey', 'DisableKeyRotation', 'EnableKeyRotation'],
    },
  },
  sights: { needs: [['management-events']] },
  folds: [fold, keyUses],
  observeCall(call, out) {
    const action = plainActionName(call.action);
    observeKeyUse(call, action, out);
    if (call.service !== 'kms') return;
    const state = rotationAfter(call, action);
    if (state === null) return;
    const isNew = action === 'CreateKey';
    const id = isNew ? textField(objectField(call.responseElements, 'keyMetadata'), 'keyId') : kmsKeyOf(call);
    if (id === '' && isNew) return;
    out.add(fold, joinKey(accountOf(call), call.region, `key ${boundedName(id)}`, 'rotation'), call, {
      state,
      isChange: !isNew,
      hit: hitOfChange(call, id),
    });
  },
};

/** Days between rotations, 0 without; null when the call is about something else. */
function rotationAfter(call: CallRecord, action: string): Setting['state'] | null {
  if (action === 'DisableKeyRotation') return { days: 0 };
  if (action === 'CreateKey') return call.errorCode === '' ? { days: 0 } : null;
  if (action !== 'EnableKeyRotation') return null;
  const days = numberField(call.requestParameters, 'rotationPeriodInDays');
  return { days: days > 0 && days <= 100_000 ? days : USUAL_PERIOD_DAYS };
}

function lossOf(now: Setting, before: Setting | null): Omit<Weakening, 'resource'> | null {
  const days = Number(now.state.days);
  const daysBefore = before === null ? null : Number(before.state.days);
  if (days === 0) {
    if (daysBefore === 0) return null;
    return {
      severity: 'MEDIUM',
      what: 'rotation switched off',
      confidence: daysBefore === null ? UNKNOWN_CONFIDENCE : KNOWN_CONFIDENCE,
      why:
        daysBefore === null
          ? 'whether it was rotated before is not in the logs'
          : `rotated every ${daysBefore} days before`,
    };
  }
  // A remark: not of a call that failed, and not again.
  const isRare = days > USUAL_PERIOD_DAYS && now.hit.facts?.error === undefined;
  if (!isRare || (daysBefore !== null && daysBefore >= days)) return null;
  return {
    severity: 'INFO',
    what: `rotated every ${days} days only`,
    confidence: KNOWN_CONFIDENCE,
    why: `the usual period is ${USUAL_PERIOD_DAYS} days`,
  };
}

function draftOf(key: string, hits: HitSummary, context: JudgeContext, window: number): Draft {
  const parts = splitKey(key);
  const base = draftOfWeakening(parts, hits, 'kms');
  const kmsKeyId = hits.facts.resource?.[0] ?? '';
  const draft = { ...base, remediation: remediateKeyRotation({ region: base.region, kmsKeyId }) };
  if (isAttempt(hits)) return draft;
  return withUses(draft, recentKeyUses(base.account, kmsKeyId, window, context));
}

/** What the key serves makes it worth more. */
function withUses(draft: Draft, { uses, evidence }: ReturnType<typeof keyUses.empty>): Draft {
  if (draft.severity !== 'MEDIUM' && draft.severity !== 'LOW') return draft;
  if (uses.length === 0) {
    return {
      ...draft,
      severity: 'LOW',
      why: [...draft.why, 'no table, trail or log group is known to be encrypted with it: LOW'],
    };
  }
  const served = uses.join(', ');
  const pieces = [...draft.evidence];
  for (const piece of evidence) keepEarliest(pieces, piece);
  return {
    ...draft,
    summary: `${draft.summary} With it are encrypted: ${served}.`,
    evidence: pieces,
    why: [...draft.why, `the key encrypts ${served}`],
  };
}

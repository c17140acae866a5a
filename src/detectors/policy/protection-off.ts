// POL-13: a protection that costs nothing while nothing happens was switched off: of a table, of passwords, of an instance's credentials.

import { remediateProtection } from '../../findings/remediate-settings.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import type { HitSummary } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { nameOf } from './own-resources.ts';
import { booleanField, numberField, objectField, textField } from './parameters.ts';
import { SETTING_MEMORY_DAYS, type Setting, settingFold } from './setting-history.ts';
import {
  accountOf,
  boundedName,
  draftOfWeakening,
  hitOfChange,
  isAttempt,
  type Weakening,
} from './weakening.ts';

/** What held before stands in the logs. */
const KNOWN_CONFIDENCE = 0.95;
/** The setting itself is weak, but it may have been so before. */
const UNKNOWN_CONFIDENCE = 0.6;

const DELETION_PROTECTION = 'deletion protection';
const RECOVERY = 'point-in-time recovery';
const PASSWORDS = 'password policy';
const TOKENS = 'instance metadata tokens';

const meta: DetectorMeta = {
  id: 'POL-13',
  name: 'protection-off',
  family: 'POL',
  version: 1,
  title: 'Protection switched off',
  what: 'Deletion protection or point-in-time recovery of a DynamoDB table switched off, the account’s password policy made weaker or deleted, instance metadata that answers without a session token again.',
  why: 'These are the last doors: whoever means to delete a table opens the first two beforehand, short passwords are guessed, and metadata without tokens gives an instance’s credentials to any request that its software can be made to send.',
  severities: ['MEDIUM', 'LOW'],
  falsePositives: [
    'Tables that are taken down: their deletion protection is switched off just before DeleteTable.',
    'A script that writes the same weak setting again: where the logs do not show what held before, confidence is 0.6.',
    'Old software on an instance that cannot fetch tokens: HttpTokens is set to optional on purpose. Suppress it by the instance until it is updated.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `What held before is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold; a password policy of which nothing is known is not judged.`,
    'Tables that are created without these protections, and instances that are launched without tokens: nothing is taken away.',
    'The age after which passwords expire is not compared.',
    'Defaults of an account or an image for metadata options.',
  ],
  investigate: [
    'Was the table, or its backups, deleted afterwards? Look for DeleteTable and DeleteBackup.',
    'aws dynamodb describe-table, describe-continuous-backups, aws iam get-account-password-policy, aws ec2 describe-instances: what holds now?',
    'Of an instance: which role does it have, and were its credentials used from elsewhere?',
  ],
  thresholds: [
    {
      name: 'memory of settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'what held before a setting was replaced',
      source: 'chosen, not measured',
    },
    {
      name: 'password length that is not named',
      value: 6,
      unit: 'characters',
      reason: 'UpdateAccountPasswordPolicy sets what it does not name to its default',
      source: 'https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html',
    },
    {
      name: 'password length without a policy',
      value: 8,
      unit: 'characters',
      reason: 'the default policy of IAM',
      source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html',
    },
  ],
  identity: {
    entity: 'table, instance or password policy',
    evidenceKey: 'protection',
    windowMs: DAY_MS,
  },
  compliance: { cwe: ['CWE-693'], owasp: ['API8:2023'], gdpr: ['32(1)(b)'] },
};

interface Seen {
  readonly entity: string;
  readonly resource: string;
  readonly protection: string;
  readonly state: Setting['state'];
  readonly isChange: boolean;
}

const READS: ReadonlyMap<string, (call: CallRecord) => readonly Seen[]> = new Map([
  ['dynamodb CreateTable', readNewTable],
  [
    'dynamodb UpdateTable',
    (call) =>
      ofTable(call, DELETION_PROTECTION, booleanField(call.requestParameters, 'deletionProtectionEnabled')),
  ],
  [
    'dynamodb UpdateContinuousBackups',
    (call) =>
      ofTable(
        call,
        RECOVERY,
        booleanField(
          objectField(call.requestParameters, 'pointInTimeRecoverySpecification'),
          'pointInTimeRecoveryEnabled',
        ),
      ),
  ],
  ['iam UpdateAccountPasswordPolicy', readPasswordPolicy],
  ['iam DeleteAccountPasswordPolicy', readDeletedPasswordPolicy],
  ['ec2 ModifyInstanceMetadataOptions', readMetadataOptions],
] as const);
const OPERATIONS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['dynamodb', 'ec2', 'iam'].map((service) => [
    service,
    [...READS.keys()].filter((name) => name.startsWith(`${service} `)).map((name) => name.split(' ')[1]!),
  ]),
);

const fold = settingFold('protections', lossOf, draftOf);

export const protectionOff: Detector = {
  meta,
  needs: { operations: OPERATIONS },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    const action = plainActionName(call.action);
    for (const seen of READS.get(`${call.service} ${action}`)?.(call) ?? []) {
      const entity = boundedName(seen.entity);
      out.add(fold, joinKey(accountOf(call), call.region, entity, seen.protection), call, {
        state: seen.state,
        isChange: seen.isChange,
        hit: hitOfChange(call, seen.resource),
      });
    }
  },
};

function readNewTable(call: CallRecord): Seen[] {
  if (call.errorCode !== '') return [];
  const isProtected = booleanField(call.requestParameters, 'deletionProtectionEnabled') === true;
  return [
    ...ofTable(call, DELETION_PROTECTION, isProtected, false),
    ...ofTable(call, RECOVERY, false, false),
  ];
}

function ofTable(call: CallRecord, protection: string, on: boolean | null, isChange = true): Seen[] {
  const table = textField(call.requestParameters, 'tableName');
  if (on === null || table === '') return [];
  const entity = `table ${nameOf(table)}`;
  return [
    { entity, resource: nameOf(table), protection, state: { on: on ? 1 : 0, of: protection }, isChange },
  ];
}

const KINDS = ['symbols', 'numbers', 'uppercaseCharacters', 'lowercaseCharacters'] as const;
const KIND_NAMES: Readonly<Record<string, string>> = {
  symbols: 'symbols',
  numbers: 'numbers',
  uppercaseCharacters: 'upper case',
  lowercaseCharacters: 'lower case',
};

/** The whole policy is replaced: what is not named gets its default. */
function readPasswordPolicy(call: CallRecord): Seen[] {
  const asked = call.requestParameters;
  const state: Record<string, number> = {
    length: orElse(numberField(asked, 'minimumPasswordLength'), 6),
    reuse: orElse(numberField(asked, 'passwordReusePrevention'), 0),
  };
  for (const kind of KINDS) {
    const name = `require${kind[0]!.toUpperCase()}${kind.slice(1)}`;
    state[kind] = booleanField(asked, name) === true ? 1 : 0;
  }
  return [{ ...passwords(call), state, isChange: true }];
}

function readDeletedPasswordPolicy(call: CallRecord): Seen[] {
  return [{ ...passwords(call), state: { deleted: 1, length: 8 }, isChange: true }];
}

function passwords(call: CallRecord): Pick<Seen, 'entity' | 'resource' | 'protection'> {
  return { entity: 'account password policy', resource: accountOf(call), protection: PASSWORDS };
}

function orElse(value: number, otherwise: number): number {
  return Number.isFinite(value) ? value : otherwise;
}

function readMetadataOptions(call: CallRecord): Seen[] {
  const asked =
    objectField(call.requestParameters, 'ModifyInstanceMetadataOptionsRequest') ?? call.requestParameters;
  const instance = textField(asked, 'instanceId');
  const tokens = textField(asked, 'httpTokens').toLowerCase();
  if (instance === '' || (tokens !== 'optional' && tokens !== 'required')) return [];
  // Metadata that answers nobody needs no tokens.
  const closed = textField(asked, 'httpEndpoint').toLowerCase() === 'disabled';
  return [
    {
      entity: `instance ${instance}`,
      resource: instance,
      protection: TOKENS,
      state: { on: tokens === 'required' || closed ? 1 : 0, of: TOKENS },
      isChange: true,
    },
  ];
}

function lossOf(now: Setting, before: Setting | null): Omit<Weakening, 'resource'> | null {
  if (now.state.on !== undefined) {
    if (now.state.on !== 0 || before?.state.on === 0) return null;
    return before === null
      ? lossWith(
          `${now.state.of} switched off`,
          UNKNOWN_CONFIDENCE,
          'the call sets it so; what held before is not in the logs',
        )
      : lossWith(`${now.state.of} switched off`, KNOWN_CONFIDENCE, `it was on since ${timeOf(before)}`);
  }
  if (now.state.deleted === 1) {
    if (before?.state.deleted === 1) return null;
    return before === null
      ? lossWith('deleted', UNKNOWN_CONFIDENCE, 'there was a policy; what it asked for is not in the logs')
      : lossWith('deleted', KNOWN_CONFIDENCE, `a policy stood since ${timeOf(before)}`);
  }
  const lost = before === null ? [] : weakerParts(now.state, before.state);
  if (before === null || lost.length === 0) return null;
  return lossWith(
    `weaker (${lost.join(', ')})`,
    KNOWN_CONFIDENCE,
    `compared with the policy of ${timeOf(before)}`,
  );
}

function lossWith(what: string, confidence: number, why: string): Omit<Weakening, 'resource'> {
  return { what, severity: 'MEDIUM', confidence, why };
}

function timeOf(setting: Setting): string {
  return setting.hit.evidence.time.slice(0, 16).replace('T', ' ');
}

function weakerParts(now: Setting['state'], before: Setting['state']): string[] {
  const number = (state: Setting['state'], part: string): number => Number(state[part] ?? 0);
  const less = (part: string): boolean => number(now, part) < number(before, part);
  return [
    less('length') ? `length ${number(before, 'length')} before, ${number(now, 'length')} now` : '',
    less('reuse') ? `remembers ${number(now, 'reuse')} passwords, ${number(before, 'reuse')} before` : '',
    ...KINDS.map((kind) => (less(kind) ? `no ${KIND_NAMES[kind]} needed` : '')),
  ].filter((part) => part !== '');
}

function draftOf(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  const [, region = '', entity = '', protection = ''] = parts;
  const service = entity.startsWith('table ') ? 'dynamodb' : entity.startsWith('instance ') ? 'ec2' : 'iam';
  const base = draftOfWeakening(parts, hits, service);
  const name = hits.facts.resource?.[0] ?? '';
  return {
    ...base,
    summary: isAttempt(hits) ? `${base.summary} It was about: ${protection}.` : base.summary,
    remediation: remediateProtection({
      region,
      ...(protection === DELETION_PROTECTION ? { protectTable: name } : {}),
      ...(protection === RECOVERY ? { recoverTable: name } : {}),
      ...(protection === TOKENS ? { instanceId: name } : {}),
    }),
  };
}

// POL-08: a VPC enforced that what travels in it is encrypted, and somebody ended that, or left a way out of it open.

import { remediateVpcEncryption } from '../../findings/remediate-vpc-encryption.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import type { HitSummary } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { SETTING_MEMORY_DAYS, type Setting, settingFold } from './setting-history.ts';
import { ENFORCED, encryptionControlOf, UNKNOWN_MODE } from './vpc-encryption.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfChange, type Weakening } from './weakening.ts';

/** What held before, or holds now, stands in the logs. */
const KNOWN_CONFIDENCE = 0.95;
/** A control begins in monitor mode: one that is set to it was likely in the other. */
const UNKNOWN_CONFIDENCE = 0.7;
/** A first step up and a step down look alike. */
const EITHER_CONFIDENCE = 0.5;

const OPERATIONS: readonly string[] = [
  'CreateVpcEncryptionControl',
  'ModifyVpcEncryptionControl',
  'DeleteVpcEncryptionControl',
  'ModifyAccountVpcEncryptionControl',
];

const meta: DetectorMeta = {
  id: 'POL-08',
  name: 'vpc-encryption-lowered',
  family: 'POL',
  version: 1,
  title: 'VPC encryption control lowered',
  what: 'ModifyVpcEncryptionControl from enforce to monitor or with an exclusion (of a NAT, internet or virtual private gateway, a peering, Lambda, ...), DeleteVpcEncryptionControl, and the same for a whole account.',
  why: 'While a VPC enforces encryption in transit nothing in it can send plain text, DynamoDB and DAX clients included. In monitor mode, and through an excluded gateway, everything can again.',
  severities: ['MEDIUM', 'LOW'],
  falsePositives: [
    'A resource that does not fit is to be added: enforcement is ended for the change and switched on after it.',
    'Exclusions that are named together with the step from monitor to enforce take nothing away: silent where the mode before is known, LOW with confidence 0.5 where it is not.',
    'A VPC that is taken down, with its control.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `What held before is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold; of exclusions only those that the last call named.`,
    'Controls that were never more than monitored, and VPCs without one: nothing is taken away.',
    'Controls that CreateVpc or CreateDefaultVpc makes along with a VPC, as what held before.',
    'The mode of a control that another account’s share or an organisation’s policy sets.',
  ],
  investigate: [
    'aws ec2 describe-vpc-encryption-controls: what holds now, in which VPC?',
    'Do flows with encryption-status 0, on port 80 (TLS-06) or 8111 (TLS-07) follow?',
    'Was it set back after the change that it was ended for?',
  ],
  thresholds: [
    {
      name: 'confidence without a known mode',
      value: UNKNOWN_CONFIDENCE,
      unit: 'probability',
      reason:
        'controls of existing VPCs begin in monitor mode, so that monitor is hardly asked for but after enforce',
      source: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html',
    },
    {
      name: 'memory of settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'the mode before it was changed',
      source: 'chosen, not measured',
    },
  ],
  identity: {
    entity: 'encryption control, or the account’s',
    evidenceKey: 'encryption control',
    windowMs: DAY_MS,
  },
  compliance: {
    cwe: ['CWE-319', 'CWE-693'],
    owasp: ['API8:2023'],
    pci: ['4.2.1'],
    nist: ['SC-8', 'SC-8(1)'],
    gdpr: ['32(1)(a)'],
  },
};

const fold = settingFold('vpc-encryption-controls', lossOf, draftOf);

export const vpcEncryptionLowered: Detector = {
  meta,
  needs: { operations: { ec2: OPERATIONS } },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    const action = plainActionName(call.action);
    if (call.service !== 'ec2' || !OPERATIONS.includes(action)) return;
    const control = encryptionControlOf(call, action);
    const isNew = action === 'CreateVpcEncryptionControl';
    if (isNew && (call.errorCode !== '' || control.id === '')) return;
    const entity =
      control.of === 'account'
        ? 'account VPC encryption control'
        : `VPC encryption control ${boundedName(control.id)}`;
    const hit = hitOfChange(call, control.of === 'account' ? accountOf(call) : control.id);
    out.add(fold, joinKey(accountOf(call), call.region, entity, 'encryption control'), call, {
      state: {
        mode: isNew && control.mode === UNKNOWN_MODE ? 1 : control.mode,
        asked: control.asked,
        deleted: control.deleted ? 1 : 0,
        excluded: control.excluded.join(', '),
      },
      isChange: !isNew,
      hit: {
        ...hit,
        facts: {
          ...hit.facts,
          vpc: control.vpcId.slice(0, 64),
          ...(control.deleted ? { deleted: 'yes' } : {}),
        },
      },
    });
  },
};

function lossOf(now: Setting, before: Setting | null): Omit<Weakening, 'resource'> | null {
  const modeBefore = before === null ? UNKNOWN_MODE : Number(before.state.mode);
  if (now.state.deleted === 1) {
    if (before?.state.deleted === 1) return null;
    // The answer still says what mode it had.
    const mode = Number(now.state.mode) === UNKNOWN_MODE ? modeBefore : Number(now.state.mode);
    if (mode === UNKNOWN_MODE)
      return loss('MEDIUM', 'deleted', UNKNOWN_CONFIDENCE, 'its mode is not in the logs');
    return mode === ENFORCED
      ? loss('MEDIUM', 'deleted', KNOWN_CONFIDENCE, 'it was enforced')
      : loss('LOW', 'deleted', KNOWN_CONFIDENCE, 'it only watched');
  }
  return lossOfMode(now, modeBefore) ?? lossByExclusion(now, before, modeBefore);
}

function lossOfMode(now: Setting, modeBefore: number): Omit<Weakening, 'resource'> | null {
  const asked = String(now.state.asked);
  const mode = Number(now.state.mode);
  if (asked === '' || mode === ENFORCED) return null;
  const what = `${asked} mode, not enforced any more`;
  if (modeBefore === UNKNOWN_MODE) {
    return asked === 'attempt-monitor'
      ? loss(
          'LOW',
          `${asked} mode`,
          EITHER_CONFIDENCE,
          'it may have been more or less before: that is not in the logs',
        )
      : loss(
          'MEDIUM',
          `${asked} mode`,
          UNKNOWN_CONFIDENCE,
          'it is as low as it can be; what held before is not in the logs',
        );
  }
  if (mode >= modeBefore) return null;
  return modeBefore === ENFORCED
    ? loss('MEDIUM', what, KNOWN_CONFIDENCE, 'it was enforced before')
    : loss('LOW', `${asked} mode, not even watched`, KNOWN_CONFIDENCE, 'it was watched before');
}

/** An exclusion counts while encryption is enforced. */
function lossByExclusion(
  now: Setting,
  before: Setting | null,
  modeBefore: number,
): Omit<Weakening, 'resource'> | null {
  const known = String(before?.state.excluded ?? '').split(', ');
  const added = String(now.state.excluded)
    .split(', ')
    .filter((kind) => kind !== '' && !known.includes(kind));
  const mode = Number(now.state.mode);
  if (added.length === 0 || (mode !== ENFORCED && mode !== UNKNOWN_MODE)) return null;
  const what = `traffic of ${added.join(', ')} excluded`;
  if (modeBefore === ENFORCED) return loss('MEDIUM', what, KNOWN_CONFIDENCE, 'it was enforced before');
  // On the way up nothing is taken away.
  if (now.state.asked !== '') {
    return modeBefore === UNKNOWN_MODE
      ? loss(
          'LOW',
          what,
          EITHER_CONFIDENCE,
          'enforcement may begin with this call: what held before is not in the logs',
        )
      : null;
  }
  if (mode === ENFORCED) return loss('MEDIUM', what, KNOWN_CONFIDENCE, 'the answer says that it is enforced');
  return modeBefore === UNKNOWN_MODE
    ? loss('MEDIUM', what, UNKNOWN_CONFIDENCE, 'its mode is not in the logs')
    : null;
}

function loss(
  severity: Weakening['severity'],
  what: string,
  confidence: number,
  why: string,
): Omit<Weakening, 'resource'> {
  return { severity, what, confidence, why };
}

function draftOf(key: string, hits: HitSummary): Draft {
  const base = draftOfWeakening(splitKey(key), hits, 'ec2');
  const ofAccount = base.entity.startsWith('account ');
  const vpcId = hits.facts.vpc?.[0];
  return {
    ...base,
    remediation: remediateVpcEncryption({
      region: base.region,
      of: ofAccount ? 'account' : 'vpc',
      ...(ofAccount ? {} : { controlId: hits.facts.resource?.[0] ?? '' }),
      ...(vpcId === undefined ? {} : { vpcId }),
      deleted: hits.facts.deleted !== undefined,
    }),
  };
}

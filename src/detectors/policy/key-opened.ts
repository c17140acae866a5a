// POL-05: a KMS key is opened to anybody, to another account, or by a grant. What it encrypts is then as safe as they are.

import type { Severity } from '../../findings/finding.ts';
import { remediateOpenKey } from '../../findings/remediate-policies.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  joinKey,
  type ObserveContext,
  splitKey,
} from '../detector.ts';
import { type HitSummary, hitFold } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { keyAccountOf, kmsKeyOf } from './kms-key.ts';
import { field, listField, objectField, textField } from './parameters.ts';
import { canonicalText, readPolicy } from './policy-document.ts';
import { accountOfPrincipal, opennessOf } from './policy-openness.ts';
import { SETTING_MEMORY_DAYS, type Setting, settingFold } from './setting-history.ts';
import {
  accountOf,
  boundedName,
  draftOfWeakening,
  hitOfChange,
  hitOfWeakening,
  isAttempt,
  type Weakening,
} from './weakening.ts';

const KNOWN_CONFIDENCE = 0.95;
/** Open to anybody says it by itself; whether it was so before is not known. */
const OPEN_CONFIDENCE = 0.8;
const OF_OWNER = 'an account of your own, by the setting ownAccounts';
/** Keys are shared between accounts of one owner every day, and it may have been so before. */
const SHARED_CONFIDENCE = 0.6;

const meta: DetectorMeta = {
  id: 'POL-05',
  name: 'key-opened',
  family: 'POL',
  version: 1,
  title: 'KMS key opened',
  what: 'A policy of a KMS key that lets anybody use or rule the key, or accounts that it did not let in before; grants to principals of another account, or to the whole account.',
  why: 'Who may use the key reads what it encrypts: tables, their backups and exports. A grant does the same, and stands in no policy. A key that is open to anybody is as good as none.',
  severities: ['HIGH', 'MEDIUM', 'LOW'],
  falsePositives: [
    'Keys that accounts of one owner share, for backups, images or central logs: once told, an account is not told again while the logs remember it. Close them with aws:PrincipalOrgID, name the accounts in the setting ownAccounts (LOW then), or suppress them by the key.',
    'A condition on the own network or VPC that is named for the first time: MEDIUM, once. The first organization that a key names: LOW.',
    'Grants to the service-linked role of another account, as Auto Scaling needs them for images that are shared: MEDIUM.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `Whom the key let in before is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold.`,
    'Grants that AWS services make on somebody’s behalf (invokedBy), and grants to services: they are made by design, for every encrypted table, volume and database.',
    'Which accounts belong to the owner is known from the setting ownAccounts only: any other account is another one unless a condition names the organization.',
    'What a condition on an encryption context, a grant’s constraints or kms:ViaService leaves open is not weighed.',
    'Policies of identities in the own account, which may use any key whose policy leaves it to IAM.',
  ],
  investigate: [
    'aws kms get-key-policy and aws kms list-grants of the key: who is let in now?',
    'Whose is the other account? Ask before you ask them.',
    'Was anything decrypted from there since? Look for Decrypt and GenerateDataKey of that account in the trail of the key’s account.',
  ],
  thresholds: [
    {
      name: 'memory of settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'the policy that held before it was replaced',
      source: 'chosen, not measured',
    },
    {
      name: 'broad network',
      value: '/8 of IPv4, /32 of IPv6',
      unit: 'prefix length',
      reason: 'a condition on aws:SourceIp with a broader network closes nothing',
      source:
        'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html#access-control-block-public-access-policy-status',
    },
    {
      name: 'confidence where nothing is known from before',
      value: SHARED_CONFIDENCE,
      unit: 'probability',
      reason: 'a policy with another account in it may be an old one that was written again',
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'key', evidenceKey: 'policy, or the grantee', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-284', 'CWE-285'], owasp: ['API8:2023'], gdpr: ['32(1)(a)'] },
};

/**
 * Operations that read, write or hand on what the key protects; to describe it or to check a signature with it gives nothing away.
 * https://docs.aws.amazon.com/kms/latest/developerguide/grants.html#terms-grant-operations
 */
const USES: readonly string[] = [
  'Decrypt',
  'Encrypt',
  'GenerateDataKey',
  'GenerateDataKeyWithoutPlaintext',
  'GenerateDataKeyPair',
  'GenerateDataKeyPairWithoutPlaintext',
  'ReEncryptFrom',
  'ReEncryptTo',
  'CreateGrant',
  'Sign',
  'GenerateMac',
  'DeriveSharedSecret',
];
/** In a policy also what rules the key. */
const USES_IN_POLICY: readonly string[] = [...USES, 'PutKeyPolicy', 'ScheduleKeyDeletion', 'DisableKey'].map(
  (name) => `kms:${name.toLowerCase()}`,
);

const policies = settingFold('key-policies', lossOf, draftOfPolicy);
const grants = hitFold('key-grants', DAY_MS, (key, hits) => [draftOfGrant(key, hits)]);

export const keyOpened: Detector = {
  meta,
  needs: { operations: { kms: ['CreateKey', 'PutKeyPolicy', 'CreateGrant'] } },
  sights: { needs: [['management-events']] },
  folds: [policies, grants],
  observeCall(call, out, context) {
    if (call.service !== 'kms') return;
    const action = plainActionName(call.action);
    const key = kmsKeyOf(call) || textField(objectField(call.responseElements, 'keyMetadata'), 'keyId');
    if (key === '') return;
    const entity = boundedName(`key ${key}`);
    if (action === 'CreateGrant') {
      const grant = grantIn(call, key, context.settings.ownAccounts);
      if (grant === null) return;
      const parts = joinKey(accountOf(call), call.region, entity, `grant to ${grant.grantee}`);
      out.add(grants, parts, call, hitOfWeakening(call, grant.change));
    } else if (action === 'PutKeyPolicy' || (action === 'CreateKey' && call.errorCode === '')) {
      const setting = settingOf(call, key, action === 'CreateKey', context);
      if (setting !== null)
        out.add(policies, joinKey(accountOf(call), call.region, entity, 'policy'), call, setting);
    }
  },
};

/** Null where the policy cannot be read. */
function settingOf(call: CallRecord, key: string, isNew: boolean, context: ObserveContext): Setting | null {
  const document = field(call.requestParameters, 'policy');
  // A key that is created without a policy gets one that lets only its own account in:
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
  const isDefault = isNew && document === undefined;
  const policy = isDefault ? { statements: [] } : readPolicy(document);
  if (policy === null) return null;
  const account = keyAccountOf(call) || accountOf(call);
  const isOwn = (other: string): boolean => context.settings.ownAccounts.includes(other);
  // A policy speaks of its own key only.
  const { anyone, accounts, bounds, sid } = opennessOf(policy, account, USES_IN_POLICY, {
    service: 'kms',
    resources: [],
  });
  return {
    state: {
      anyone: anyone ? 1 : 0,
      accounts: accounts.filter((other) => !isOwn(other)).join(' '),
      ownAccounts: accounts.filter(isOwn).join(' '),
      bounds: JSON.stringify(bounds),
      sid,
      isNew: isNew ? 1 : 0,
      hash: isDefault ? '' : context.fingerprint(canonicalText(policy)).slice(0, 16),
    },
    isChange: !isDefault,
    hit: hitOfChange(call, key),
  };
}

function lossOf(now: Setting, before: Setting | null): Omit<Weakening, 'resource'> | null {
  // Which are the owner's is a setting, and may have been another one then.
  const had = [...accountsIn(before), ...accountsIn(before, 'ownAccounts')];
  const foreign = accountsIn(now).filter((account) => !had.includes(account));
  const isOwn = foreign.length === 0;
  const others = isOwn ? accountsIn(now, 'ownAccounts').filter((account) => !had.includes(account)) : foreign;
  const isNew = now.state.isNew === 1;
  const fields = {
    openToAnyone: now.state.anyone === 1,
    otherAccounts: String(now.state.accounts),
    statement: String(now.state.sid),
    policyNow: String(now.state.hash),
    ...(before === null
      ? {}
      : {
          openToAnyoneBefore: before.state.anyone === 1,
          otherAccountsBefore: String(before.state.accounts),
          policyBefore: String(before.state.hash),
          setBy: before.hit.evidence.eventId,
        }),
  };
  const known = before !== null && !isNew;
  const since = known ? before.hit.evidence.time.slice(0, 16).replace('T', ' ') : '';
  const past = known
    ? `closed since ${since}`
    : isNew
      ? 'the key was created so'
      : 'what held before is not in the logs';
  if (now.state.anyone === 1 && (!known || before.state.anyone !== 1)) {
    return {
      severity: 'HIGH',
      what: 'open to anybody',
      confidence: known ? KNOWN_CONFIDENCE : OPEN_CONFIDENCE,
      why: `its policy allows every principal, and no condition says who or from where; ${past}`,
      fields,
    };
  }
  const added = known && before.state.anyone !== 1 ? newBound(now, before) : '';
  if (isOwn && added !== '') {
    return {
      severity: isFirstOrganization(added, before) ? 'LOW' : 'MEDIUM',
      what: `open to whoever fulfils ${added}`,
      confidence: SHARED_CONFIDENCE,
      why: `whose that is stands in no log, and the policy of ${since} did not name it`,
      fields: { ...fields, condition: added },
    };
  }
  if (others.length === 0) return null;
  const named = listed(others);
  return {
    severity: isOwn ? 'LOW' : known ? 'HIGH' : isNew ? 'LOW' : 'MEDIUM',
    what: `open to ${others.length === 1 ? 'another account' : 'other accounts'} (${named})`,
    confidence: known ? KNOWN_CONFIDENCE : SHARED_CONFIDENCE,
    why: `its policy lets ${named} in${isOwn ? ` (${OF_OWNER})` : ''}; ${known ? `not among those of ${since}` : past}`,
    fields,
  };
}

/** A condition of an Allow that lets more in than those of the policy before; ''. */
function newBound(now: Setting, before: Setting): string {
  if (before.state.bounds === undefined) return '';
  const had = boundsIn(before);
  const alone = had.filter(({ length }) => length === 1).flat(2);
  const added = boundsIn(now).find(
    (conditions) =>
      !had.some((each) => isWithin(conditions, each)) &&
      !conditions.some((values) => values.every((value) => alone.includes(value))),
  );
  const known = had.flat(2);
  return added?.flat().find((value) => !known.includes(value)) ?? added?.[0]?.[0] ?? '';
}

/** To close a key by the own organization is what is advised: the first one that it names is most often that. */
function isFirstOrganization(added: string, before: Setting | null): boolean {
  const ofOne = /^aws:principalorg(?:id|paths) /;
  return (
    ofOne.test(added) && !(before === null ? [] : boundsIn(before).flat(2)).some((each) => ofOne.test(each))
  );
}

/** Each condition of the wider ones is there, with no other values. */
function isWithin(conditions: readonly string[][], wider: readonly string[][]): boolean {
  return wider.every((values) => conditions.some((some) => some.every((value) => values.includes(value))));
}

function boundsIn({ state }: Setting): string[][][] {
  return JSON.parse(String(state.bounds ?? '[]')) as string[][][];
}

function accountsIn(setting: Setting | null, part: 'accounts' | 'ownAccounts' = 'accounts'): string[] {
  return String(setting?.state[part] ?? '')
    .split(' ')
    .filter((account) => account !== '');
}

function listed(accounts: readonly string[]): string {
  return accounts.length <= 3
    ? accounts.join(', ')
    : `${accounts.slice(0, 3).join(', ')} and ${accounts.length - 3} more`;
}

interface Grant {
  readonly grantee: string;
  readonly change: Weakening;
}

/** Null where the grantee is a service, or a principal of the key's own account. */
function grantIn(call: CallRecord, key: string, ownAccounts: readonly string[]): Grant | null {
  const grantee = boundedName(textField(call.requestParameters, 'granteePrincipal'));
  const account = accountOfPrincipal(grantee);
  // A service chose the grantee; ec2-infrastructure sessions of other accounts are how they use a key that is shared with them.
  if (account === '' || call.invokedBy !== '' || call.principalType === 'AWSService') return null;
  if (/:assumed-role\/aws:/.test(grantee)) return null;
  const owner = keyAccountOf(call) || accountOf(call);
  const isForeign = account !== owner;
  const isOwners = isForeign && ownAccounts.includes(account);
  if (!isForeign && grantee !== account && !grantee.endsWith(':root')) return null;
  const operations = (listField(call.requestParameters, 'operations') ?? []).filter(
    (name): name is string => typeof name === 'string',
  );
  const uses = USES.filter((name) => operations.includes(name));
  const grantId = textField(call.responseElements, 'grantId');
  return {
    grantee,
    change: {
      resource: key,
      severity: isOwners
        ? 'LOW'
        : severityOfGrant(call, { isForeign, grantee, account, owner, isUse: uses.length > 0 }),
      what: isForeign ? `granted to a principal of account ${account}` : 'granted to the whole account',
      confidence: isForeign ? KNOWN_CONFIDENCE : OPEN_CONFIDENCE,
      why: `the grant allows ${uses.length === 0 ? 'only to describe the key or to check with it' : uses.join(', ')}, to ${grantee}${isOwners ? ` (${OF_OWNER})` : ''}`,
      facts: { grantee, ...(grantId === '' ? {} : { grantId: grantId.slice(0, 128) }) },
      fields: { grantee, operations: uses.join(' '), grantId: grantId.slice(0, 128) },
    },
  };
}

function severityOfGrant(
  call: CallRecord,
  grant: { isForeign: boolean; grantee: string; account: string; owner: string; isUse: boolean },
): Severity {
  if (!grant.isUse) return 'LOW';
  if (!grant.isForeign || grant.grantee.includes(':role/aws-service-role/')) return 'MEDIUM';
  // Seen from the account that gets the right, not from the one that gives it.
  return accountOf(call) !== grant.owner && accountOf(call) === grant.account ? 'LOW' : 'HIGH';
}

function draftOfPolicy(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  return {
    ...draftOfWeakening(parts, hits, 'kms'),
    remediation: remediateOpenKey({ region: parts[1] ?? '', kmsKeyId: hits.facts.resource?.[0] ?? '' }),
  };
}

function draftOfGrant(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  return {
    ...draftOfWeakening(parts, hits, 'kms'),
    remediation: remediateOpenKey({
      region: parts[1] ?? '',
      kmsKeyId: hits.facts.resource?.[0] ?? '',
      grantId: isAttempt(hits) ? '' : (hits.facts.grantId?.[0] ?? ''),
    }),
  };
}

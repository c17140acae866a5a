// POL-01: a policy refused plain HTTP and does so no more. Nothing breaks when the guard goes, which is why nobody notices.

import type { Severity } from '../../findings/finding.ts';
import { remediateTransportGuard } from '../../findings/remediate-policies.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  joinKey,
  MINUTE_MS,
  type ObserveContext,
  splitKey,
} from '../detector.ts';
import type { HitSummary } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { serviceBehind } from './endpoint-calls.ts';
import { POLICY_OPERATIONS, type PolicyChange, type PolicyKind, policyChangesOf } from './policy-changes.ts';
import { canonicalText, readPolicy } from './policy-document.ts';
import { serviceNamedIn } from './policy-reach.ts';
import { OWNER_REMOVALS, observeRemoval, REMOVAL_MINUTES, removals, removedSoonAfter } from './removals.ts';
import { SETTING_MEMORY_DAYS, type Setting, type SettingsOfDay, settingFold } from './setting-history.ts';
import { oneStepLower } from './steps.ts';
import { NO_GUARD, type TransportGuard, transportGuardOf } from './transport-guard.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfChange, type Weakening } from './weakening.ts';

/** Both policies stand in the logs. */
const KNOWN_CONFIDENCE = 0.95;
/** An endpoint of which the logs do not say where it leads. */
const UNKNOWN_ENDPOINT_CONFIDENCE = 0.7;
/** A policy without a guard is what most tables have. */
const NEVER_GUARDED_CONFIDENCE = 0.9;
/** Tools replace a policy by deleting it and writing it again. */
const PUT_BACK_MINUTES = 15;

const meta: DetectorMeta = {
  id: 'POL-01',
  name: 'transport-guard-dropped',
  family: 'POL',
  version: 1,
  title: 'Policy no longer refuses plain HTTP',
  what: 'A policy that denied requests without TLS (aws:SecureTransport) is replaced by one that does so no more, or only in part; or it is deleted, detached, or set back to a version without that guard. Policies of DynamoDB tables and streams, VPC endpoints, IAM identities, organizations, S3 buckets, KMS keys, SNS topics and SQS queues are parsed, not searched for words.',
  why: 'DynamoDB answers plain HTTP. The guard is what makes a wrong endpoint in somebody’s code fail at once, instead of working for years with everything readable on the way. Nothing breaks when it goes.',
  severities: ['HIGH', 'MEDIUM', 'LOW', 'INFO'],
  falsePositives: [
    'A table, bucket, identity, topic or queue that is taken down, its policy just before it: INFO.',
    'A policy of IAM or of the organization that is taken down by itself.',
    'A tool that deletes the policy and writes it again: one step less where the guard stands again soon.',
    'The guard moved to a place that covers more, for example from the tables to a policy of the organization: each place is judged by itself.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
    'A policy that is detached from one of its users because another one with the same guard is attached.',
  ],
  blindSpots: [
    `What a policy said before is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold: where it is not known, a policy without guard is silent, but for a new policy of a table (INFO).`,
    'What a policy of AWS says, and versions that were made before the logs begin.',
    'A policy that cannot be read, for example because CloudTrail left it out beyond 100 KB, says nothing: neither that a guard stands nor that it fell.',
    'aws:SecureTransport under another operator than Bool or Null is documented nowhere: such a statement counts as unknown.',
    'Statements taken out by RemovePermission of SNS and SQS, policies of access points, aliases and other services, and permissions boundaries.',
    'A policy that is shut, or allows nothing, and of which nothing older is known, counts as if there were none.',
    'A guard on the table alone leaves its indexes out; that is not told.',
    'Policies of identities and organizations are judged for DynamoDB only: a guard for other services in them is not looked at.',
  ],
  investigate: [
    'The evidence names the call that set the guard and the one that dropped it: compare both documents in the trail’s bucket.',
    'Does another policy still refuse plain HTTP: the table’s, the endpoint’s, the organization’s?',
    'Did calls without TLS begin after it? Look for TLS-01, TLS-06 and TLS-08 of the same account.',
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
      name: 'full guard',
      value: 'Deny of every action for everybody on the resource itself',
      unit: 'statement',
      reason:
        'anything narrower guards a part. As good is a policy whose every Allow asks for TLS, where nothing goes without an Allow: endpoints, keys, policies of identities',
      source:
        'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-securetransport',
    },
    {
      name: 'guard put back',
      value: PUT_BACK_MINUTES,
      unit: 'minutes',
      reason:
        'tools replace a policy by deleting it and writing it again: a guard that stands again so soon counts one step less. Only on the same day of UTC',
      source: 'chosen, not measured',
    },
    {
      name: 'taken down',
      value: REMOVAL_MINUTES,
      unit: 'minutes',
      reason: 'tools delete the policy of what they are about to delete: INFO. Only on the same day of UTC',
      source: 'chosen, not measured',
    },
    {
      name: 'oldest TLS version',
      value: 's3:TlsVersion',
      unit: 'condition key',
      reason: 'the only key of its kind that is documented: a lower NumericLessThan is told as well',
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/amazon-s3-policy-keys.html',
    },
  ],
  identity: {
    entity: 'table, endpoint, policy, bucket, key, topic or queue',
    evidenceKey: 'guard',
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

/** Of what a full guard is worth, where all of it goes. */
const SEVERITY: Readonly<Record<PolicyKind, Severity>> = {
  table: 'HIGH',
  endpoint: 'HIGH',
  organization: 'HIGH',
  // These reach no further than whom they are attached to, or guard another service than DynamoDB.
  identity: 'MEDIUM',
  bucket: 'MEDIUM',
  key: 'MEDIUM',
  topic: 'MEDIUM',
  queue: 'MEDIUM',
};
const NARROWED: Readonly<Partial<Record<Severity, Severity>>> = { HIGH: 'MEDIUM', MEDIUM: 'LOW' };

/** Nothing passes an endpoint, is done with a key or granted by an identity's policy unless it is allowed there. */
const ALLOWS_RULE: readonly PolicyKind[] = ['endpoint', 'identity', 'key'];

const SERVICE: Readonly<Record<PolicyKind, string>> = {
  table: 'dynamodb',
  endpoint: 'ec2',
  organization: 'organizations',
  identity: 'iam',
  bucket: 's3',
  key: 'kms',
  topic: 'sns',
  queue: 'sqs',
};

/** What a policy says of the transport; one that only shuts, or allows nothing, says nothing of it: what was said before is compared on. */
const SAID = ['deny', 'allow', 'minimumTls', 'sid', 'since', 'setBy'] as const;

const fold = settingFold('transport-guards', lossOf, draftOf, [removals.name], [...SAID, 'leadsTo', 'named']);

const OPERATIONS = Object.fromEntries(
  Object.entries(POLICY_OPERATIONS).map(([service, names]) => [
    service,
    [...names, ...(OWNER_REMOVALS[service] ?? [])],
  ]),
);

export const transportGuardDropped: Detector = {
  meta,
  needs: { operations: OPERATIONS },
  sights: { needs: [['management-events']] },
  folds: [fold, removals],
  observeCall(call, out, context) {
    const action = plainActionName(call.action);
    observeRemoval(call, action, out);
    for (const change of policyChangesOf(call, action)) {
      const setting = settingOf(call, change, context);
      if (setting === null) continue;
      const key = joinKey(accountOf(call), call.region, boundedName(change.entity), 'guard');
      out.add(fold, key, call, setting);
    }
  },
};

/** Null where the policy cannot be read: what was known of it before is not touched by that. */
function settingOf(call: CallRecord, change: PolicyChange, context: ObserveContext): Setting | null {
  const { kind, document, isChange, version, recalls, role } = change;
  const policy = document === null ? { statements: [] } : readPolicy(document);
  const guard = policy === null ? null : transportGuardOf(policy, change.target);
  if (guard === null || policy === null) return null;
  const gone = document === null;
  const named = serviceNamedIn(policy);
  return {
    state: {
      kind,
      ...(change.owner === undefined ? {} : { owner: boundedName(change.owner) }),
      isShut: !gone && guard.isShut ? 1 : 0,
      ...saidOf(call, kind, gone, gone ? NO_GUARD : guard),
      hash: document === null ? '' : context.fingerprint(canonicalText(policy)).slice(0, 16),
      // Only endpoints lead somewhere; for the others nothing older need be read.
      ...(kind === 'endpoint' && change.service === undefined ? {} : { leadsTo: change.service ?? '' }),
      ...(kind === 'endpoint' && named === '' ? {} : { named: kind === 'endpoint' ? named : '' }),
    },
    isChange,
    ...(version === undefined ? {} : { name: version }),
    ...(recalls === undefined ? {} : { recalls }),
    ...(role === undefined ? {} : { role }),
    hit: hitOfChange(call, change.resource),
  };
}

/**
 * Two steps must not hide a loss (guarded, shut, open), nor must a pause be told as one (open, shut, open): what shuts everything, or
 * allows nothing where nothing goes without an Allow, leaves out what it does not say.
 */
function saidOf(
  call: CallRecord,
  kind: PolicyKind,
  gone: boolean,
  guard: TransportGuard,
): Partial<Record<(typeof SAID)[number], number | string>> {
  const allowsNothing = ALLOWS_RULE.includes(kind) && guard.allow === 'none';
  if (!gone && guard.deny !== 'all' && (guard.isShut || (allowsNothing && guard.deny === 'none'))) return {};
  return {
    deny: GUARDED[guard.deny],
    ...(gone && allowsNothing ? {} : { allow: guard.allow }),
    minimumTls: guard.minimumTls,
    sid: guard.sid,
    since: new Date(call.timeMs).toISOString().slice(0, 16).replace('T', ' '),
    setBy: call.eventId,
  };
}

const GUARDED: Readonly<Record<TransportGuard['deny'], number>> = { none: 0, part: 1, all: 2 };
const IN_WORDS = ['none', 'in part', 'full'] as const;

/** 0 to 2: how much of plain HTTP the policy refuses, or the last one that said something of it. */
function guardIn({ state }: Setting): number {
  const demanded = state.allow === 'demanded' ? (ALLOWS_RULE.includes(kindOf(state)) ? 2 : 1) : 0;
  return Math.max(Number(state.deny ?? 0), demanded);
}

function kindOf(state: Setting['state']): PolicyKind {
  return state.kind as PolicyKind;
}

function lossOf(
  now: Setting,
  before: Setting | null,
  { key, after, context }: SettingsOfDay,
): Omit<Weakening, 'resource'> | null {
  const kind = kindOf(now.state);
  const guard = guardIn(now);
  if (now.state.deny === undefined) return null;
  const isFirst = before?.state.deny === undefined;
  if (isFirst || (before.state.hash === '' && before.state.allow !== 'demanded'))
    return kind === 'table' ? newPolicyWithoutGuard(now, guard) : null;
  const guardBefore = guardIn(before);
  const lessTls = now.state.hash !== '' && Number(now.state.minimumTls) < Number(before.state.minimumTls);
  if (now.state.isShut === 1 || (guard >= guardBefore && !lessTls)) return null;
  // Where only Allows asked for TLS, nothing is lost with them.
  if (before.state.deny === 0 && (now.state.allow ?? 'none') === 'none') return null;
  const leadsTo = serviceBehind(now.state, before.state);
  if (kind === 'endpoint' && leadsTo !== '' && leadsTo !== 'dynamodb' && leadsTo !== 'dax') return null;
  const isUnknownEndpoint = kind === 'endpoint' && leadsTo === '';
  const whole = isUnknownEndpoint ? 'MEDIUM' : SEVERITY[kind];
  const isWhole = guard === 0 && guardBefore === 2;
  const gone = now.state.hash === '';
  const since = String(before.state.since ?? before.hit.evidence.time.slice(0, 16).replace('T', ' '));
  const back = putBackAt(now, guardBefore, after);
  const severity = isWhole ? whole : (NARROWED[whole] ?? 'LOW');
  const down = removedSoonAfter(key, String(now.state.owner ?? ''), now.hit.timeMs, context);
  return {
    severity: down !== '' ? 'INFO' : back === '' ? severity : oneStepLower(severity),
    what:
      guard >= guardBefore
        ? `allows TLS ${versionText(now)}, ${versionText(before)} was the oldest before`
        : gone
          ? goneText(kind, now)
          : guard === 0
            ? 'refuses plain HTTP no more'
            : 'refuses plain HTTP only in part now',
    confidence: isUnknownEndpoint ? UNKNOWN_ENDPOINT_CONFIDENCE : KNOWN_CONFIDENCE,
    why:
      guard >= guardBefore
        ? `the oldest TLS version was ${versionText(before)} since ${since}`
        : `guard against plain HTTP: ${IN_WORDS[guardBefore]} since ${since}${before.state.sid === '' ? '' : ` (statement ${before.state.sid})`}, ${gone ? 'gone' : IN_WORDS[guard]} now${back === '' ? '' : `; put back at ${back}`}${down === '' ? '' : `; ${now.state.owner} was taken down at ${down}`}`,
    fields: {
      guardBefore: IN_WORDS[guardBefore] ?? '',
      guardNow: gone ? 'no policy' : (IN_WORDS[guard] ?? ''),
      statementBefore: before.state.sid ?? '',
      policyBefore: before.state.hash ?? '',
      policyNow: now.state.hash ?? '',
      ...(back === '' ? {} : { putBackAt: back }),
      ...(down === '' ? {} : { takenDownAt: down }),
      setBy: String(before.state.setBy ?? before.hit.evidence.eventId),
      ...(isUnknownEndpoint ? { leadsTo: 'not in the logs' } : {}),
    },
  };
}

/** When the guard stood again, where that was soon; ''. An hour without it is a loss, a minute is how some tools write. */
function putBackAt({ hit }: Setting, guardBefore: number, after: readonly Setting[]): string {
  const latestMs = hit.timeMs + PUT_BACK_MINUTES * MINUTE_MS;
  const back = after.find((setting) => guardIn(setting) >= guardBefore && setting.hit.timeMs <= latestMs);
  return back?.hit.evidence.time.slice(0, 16).replace('T', ' ') ?? '';
}

function goneText(kind: PolicyKind, now: Setting): string {
  if (kind !== 'identity' && kind !== 'organization')
    return 'its policy is deleted, and with it the guard against plain HTTP';
  return `${now.role === 'passing' ? 'detached' : 'deleted'}, and with it the guard against plain HTTP`;
}

function versionText({ state }: Setting): string {
  const version = Number(state.minimumTls);
  return version === 0 ? 'of any version' : (version / 10).toFixed(1);
}

/** A table's first policy, as far as the logs reach: a good time to put the guard in. */
function newPolicyWithoutGuard(now: Setting, guard: number): Omit<Weakening, 'resource'> | null {
  if (now.state.hash === '' || guard === 2 || now.state.isShut === 1 || now.hit.facts?.error !== undefined)
    return null;
  return {
    severity: 'INFO',
    what:
      guard === 0 ? 'its policy does not refuse plain HTTP' : 'its policy refuses plain HTTP only in part',
    confidence: NEVER_GUARDED_CONFIDENCE,
    why: 'no earlier policy of the table is in the logs, and this one lets plain HTTP in',
    fields: { guardNow: IN_WORDS[guard] ?? '', policyNow: now.state.hash ?? '' },
  };
}

function draftOf(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  const [, region = '', entity = ''] = parts;
  const kind = kindOfEntity(entity);
  return {
    ...draftOfWeakening(parts, hits, SERVICE[kind]),
    remediation: remediateTransportGuard({ kind, entity, resource: hits.facts.resource?.[0] ?? '', region }),
  };
}

function kindOfEntity(entity: string): PolicyKind {
  if (entity.startsWith('organization policy ')) return 'organization';
  const kind = entity.split(' ', 1)[0];
  return kind === 'policy' ? 'identity' : (kind as PolicyKind);
}

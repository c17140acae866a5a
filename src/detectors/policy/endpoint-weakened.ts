// POL-02: the way of DynamoDB traffic through a VPC endpoint is opened wider, or taken away: then it goes by another way, or not at all.

import type { Severity } from '../../findings/finding.ts';
import { remediateEndpoint } from '../../findings/remediate-policies.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  joinKey,
  MINUTE_MS,
  splitKey,
} from '../detector.ts';
import type { HitSummary } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { type EndpointCall, endpointCallsOf, serviceBehind } from './endpoint-calls.ts';
import { DEFAULT_ENDPOINT_POLICY } from './policy-changes.ts';
import { readPolicy } from './policy-document.ts';
import { isOpenEndpoint } from './policy-openness.ts';
import { serviceNamedIn } from './policy-reach.ts';
import {
  madeAround,
  noteEndpoint,
  observeRemoval,
  placeOf,
  REMOVAL_MINUTES,
  removals,
  removedSoonAfter,
  VPC_REMOVALS,
} from './removals.ts';
import { SETTING_MEMORY_DAYS, type Setting, type SettingsOfDay, settingFold } from './setting-history.ts';
import { accountOf, draftOfWeakening, hitOfChange, type Weakening } from './weakening.ts';

/** Where it leads, and what held before, stand in the logs. */
const KNOWN_CONFIDENCE = 0.95;
/** The policy closed the endpoint before; where it leads is not known. */
const CLOSED_BEFORE_CONFIDENCE = 0.7;
/** Gateway endpoints, which alone have route tables, lead to DynamoDB or S3. */
const GATEWAY_CONFIDENCE = 0.5;
/** Endpoints lead to more than a hundred services. */
const ANY_SERVICE_CONFIDENCE = 0.3;

const meta: DetectorMeta = {
  id: 'POL-02',
  name: 'endpoint-weakened',
  family: 'POL',
  version: 1,
  title: 'VPC endpoint weakened',
  what: 'The policy of a VPC endpoint for DynamoDB or DAX opened to everybody and every table, its route tables taken away, or the endpoint deleted. Where an endpoint leads is known from its creation, or from a policy that names the actions of one service.',
  why: 'A closed endpoint keeps whoever is inside the VPC from carrying items to a table of their own, and traffic from leaving it. Without route tables the same requests go through a NAT gateway and the internet, if they may, where plain HTTP can be read.',
  severities: ['MEDIUM', 'LOW', 'INFO'],
  falsePositives: [
    'An endpoint that is deleted with its VPC, or replaced by another one of the same VPC and service: INFO, where the logs tell its VPC.',
    'Route tables that are exchanged, in one call or in calls that follow each other: LOW.',
    'An endpoint of which the logs do not say where it leads: LOW at most, and its deletion INFO.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less and says so.',
  ],
  blindSpots: [
    `Where an endpoint leads, and what its policy said, is known for ${SETTING_MEMORY_DAYS} days, and only from calls that the logs hold.`,
    'Endpoints that are created open, which is the default.',
    'Route tables, subnets and security groups that are changed by other calls, and private names that are switched off.',
    'A policy that cannot be read says nothing.',
    'Conditions on values that many share: a condition counts as closing by its key and form.',
  ],
  investigate: [
    'aws ec2 describe-vpc-endpoints: where does it lead, and what does it allow now?',
    'Did flow logs show traffic from the VPC to DynamoDB by another way afterwards (traffic-path, NAT), or on port 80 (TLS-06)?',
    'Who asked for it, from where, and what else did the same principal do in that hour?',
  ],
  thresholds: [
    {
      name: 'memory of settings',
      value: SETTING_MEMORY_DAYS,
      unit: 'days',
      reason: 'where an endpoint leads and what its policy said',
      source: 'chosen, not measured',
    },
    {
      name: 'taken down, or replaced',
      value: REMOVAL_MINUTES,
      unit: 'minutes',
      reason:
        'between the deletion and that of the VPC, or the creation of another one. Only on the same day of UTC',
      source: 'chosen, not measured',
    },
    {
      name: 'confidence of an unknown gateway endpoint',
      value: GATEWAY_CONFIDENCE,
      unit: 'probability',
      reason: 'only gateway endpoints have route tables, and they lead to DynamoDB or S3',
      source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html',
    },
    {
      name: 'confidence of an unknown endpoint that is deleted',
      value: ANY_SERVICE_CONFIDENCE,
      unit: 'probability',
      reason: 'it may lead to any service: INFO',
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'endpoint', evidenceKey: 'weakened', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-284'], owasp: ['API8:2023'], gdpr: ['32(1)(b)'] },
};

const OUR_SERVICES: readonly string[] = ['dynamodb', 'dax'];

const fold = settingFold(
  'vpc-endpoints',
  lossOf,
  draftOf,
  [removals.name],
  ['leadsTo', 'vpc', 'named', 'open'],
);

export const endpointWeakened: Detector = {
  meta,
  needs: {
    operations: {
      ec2: ['CreateVpcEndpoint', 'ModifyVpcEndpoint', 'DeleteVpcEndpoints', ...VPC_REMOVALS.ec2!],
    },
  },
  sights: { needs: [['management-events']] },
  folds: [fold, removals],
  observeCall(call, out) {
    if (call.service !== 'ec2') return;
    const action = plainActionName(call.action);
    observeRemoval(call, action, out);
    if (!action.includes('Endpoint')) return;
    for (const change of endpointCallsOf(call)) {
      const state = stateOf(call, change);
      if (state === null) continue;
      if (change.vpc !== '' && change.service !== '') {
        const place = placeOf(change.vpc, change.service);
        noteEndpoint(call, place, { made: change.endpoint, isOpen: state.open === 1 }, out);
      }
      const key = joinKey(accountOf(call), call.region, `endpoint ${change.endpoint}`, 'weakened');
      out.add(fold, key, call, { state, isChange: !change.isNew, hit: hitOfChange(call, change.endpoint) });
    }
  },
};

/** Only what the call says; the rest lasts. Null where it says nothing that counts. */
function stateOf(call: CallRecord, change: EndpointCall): Setting['state'] | null {
  const { policy: document, isDeleted, routeTablesRemoved, routeTablesAdded } = change;
  if (isDeleted) return { isDeleted: 1 };
  const policy =
    document === undefined ? null : readPolicy(document === 'default' ? DEFAULT_ENDPOINT_POLICY : document);
  const leadsTo = change.service;
  const named = policy === null ? '' : serviceNamedIn(policy);
  const service = leadsTo === 'dax' || named === 'dax' ? 'dax' : 'dynamodb';
  const target = { service, resources: [`arn:aws:${service}:${call.region}:000000000000:table/any-table`] };
  const state = {
    ...(leadsTo === '' ? {} : { leadsTo }),
    ...(change.vpc === '' ? {} : { vpc: change.vpc }),
    ...(routeTablesAdded ? { isAdding: 1 } : {}),
    ...(named === '' ? {} : { named }),
    ...(policy === null ? {} : { open: isOpenEndpoint(policy, target) ? 1 : 0 }),
    ...(document === 'default' && !change.isNew ? { isReset: 1 } : {}),
    ...(routeTablesRemoved.length === 0
      ? {}
      : { routeTables: routeTablesRemoved.slice(0, 8).join(' '), isExchange: routeTablesAdded ? 1 : 0 }),
  };
  return Object.keys(state).length === 0 ? null : state;
}

function lossOf(
  now: Setting,
  before: Setting | null,
  day: SettingsOfDay,
): Omit<Weakening, 'resource'> | null {
  const leadsTo = serviceBehind(now.state, before?.state ?? {});
  const isKnown = leadsTo !== '';
  if (isKnown && !OUR_SERVICES.includes(leadsTo)) return null;
  const around: Around = {
    explained: now.state.isDeleted === 1 ? explanationOf(now, before?.state ?? {}, leadsTo, day) : '',
    isExchange: now.state.isExchange === 1 || day.all.some((other) => addsRoutesNear(other, now)),
  };
  const losses = [deletion, routesGone, opened]
    .map((look) => look(now.state, before?.state ?? {}, isKnown, around))
    .filter((loss) => loss !== null);
  const [first] = losses;
  if (first === undefined) return null;
  // An attempt of which it is not known where it leads is nobody's business here.
  if (first.severity === 'INFO' && now.hit.facts?.error !== undefined) return null;
  return {
    ...first,
    what: losses.map(({ what }) => what).join(', '),
    why: `${losses.map(({ why }) => why).join('; ')}; ${isKnown ? `it leads to ${leadsTo}` : 'where it leads is not in the logs'}`,
    fields: {
      leadsTo: isKnown ? leadsTo : 'not in the logs',
      ...(before === null ? {} : { knownFrom: before.hit.evidence.eventId }),
      ...(now.state.routeTables === undefined ? {} : { routeTables: now.state.routeTables }),
    },
  };
}

interface Loss {
  readonly severity: Severity;
  readonly confidence: number;
  readonly what: string;
  readonly why: string;
}
/** What happened shortly before or after. */
interface Around {
  /** Why a deletion takes nothing away; ''. */
  readonly explained: string;
  readonly isExchange: boolean;
}
type Look = (
  now: Setting['state'],
  before: Setting['state'],
  isKnown: boolean,
  around: Around,
) => Loss | null;

/** Its VPC is taken down as well, or another endpoint stands in its place. */
function explanationOf(
  now: Setting,
  { vpc = '', open }: Setting['state'],
  leadsTo: string,
  { key, context }: SettingsOfDay,
): string {
  if (vpc === '') return '';
  const { timeMs } = now.hit;
  const down = removedSoonAfter(key, `vpc ${vpc}`, timeMs, context);
  if (down !== '') return `its VPC ${vpc} was deleted at ${down}`;
  const like = { itself: now.hit.facts?.resource ?? '', wasClosed: open === 0 };
  const other = madeAround(key, placeOf(String(vpc), leadsTo), like, timeMs, context);
  return other === '' ? '' : `${other} was created in its place`;
}

function addsRoutesNear({ state, hit }: Setting, now: Setting): boolean {
  return state.isAdding === 1 && Math.abs(hit.timeMs - now.hit.timeMs) <= REMOVAL_MINUTES * MINUTE_MS;
}

const deletion: Look = (now, _before, isKnown, { explained }) =>
  now.isDeleted !== 1
    ? null
    : {
        severity: isKnown && explained === '' ? 'MEDIUM' : 'INFO',
        confidence: isKnown ? KNOWN_CONFIDENCE : ANY_SERVICE_CONFIDENCE,
        what: 'deleted',
        why: explained === '' ? 'what went through it takes another way, or none' : explained,
      };

const routesGone: Look = (now, _before, isKnown, { isExchange: exchanged }) => {
  if (now.routeTables === undefined) return null;
  return {
    severity: isKnown && !exchanged ? 'MEDIUM' : 'LOW',
    confidence: isKnown ? KNOWN_CONFIDENCE : GATEWAY_CONFIDENCE,
    what: exchanged ? 'route tables exchanged' : 'route tables removed',
    why: `subnets of ${now.routeTables} do not reach it any more${exchanged ? ', others do' : ''}`,
  };
};

const opened: Look = (now, before, isKnown) => {
  if (now.open !== 1 || before.open === 1) return null;
  const wasClosed = before.open === 0;
  if (!wasClosed && now.isReset !== 1) return null;
  return {
    severity: isKnown && wasClosed ? 'MEDIUM' : 'LOW',
    confidence: wasClosed ? (isKnown ? KNOWN_CONFIDENCE : CLOSED_BEFORE_CONFIDENCE) : GATEWAY_CONFIDENCE,
    what:
      now.isReset === 1
        ? 'policy reset to the default, which allows everything'
        : 'policy opened to everybody and every table',
    why: wasClosed ? 'the policy before was closed' : 'what the policy said before is not in the logs',
  };
};

function draftOf(key: string, hits: HitSummary): Draft {
  const parts = splitKey(key);
  const [account = '', region = '', entity = ''] = parts;
  const what = hits.facts.what?.join(' ') ?? '';
  return {
    ...draftOfWeakening(parts, hits, 'ec2'),
    remediation: remediateEndpoint({
      account,
      region,
      vpcEndpointId: entity.slice('endpoint '.length),
      routeTables: hits.evidence
        .flatMap(({ fields }) => String(fields.routeTables ?? '').split(' '))
        .filter((id) => id !== ''),
      isDeleted: /(?:^| )deleted/.test(what),
      isOpen: what.includes('policy'),
    }),
  };
}

// What flow logs and application logs show: whose networks, which fields, both actions; whose lines.

import { joinKey } from '../detectors/detector.ts';
import type { Sight } from '../detectors/sights.ts';
import {
  createFlowLogs,
  logBalancerAccess,
  logBucketAccess,
  subscribeLogGroup,
} from '../findings/remediate-coverage.ts';
import { namesOf, unread } from './judge-calls.ts';
import { couldHold, type LogFacts, MANY, MANY_FLOWS, rowsOfTable } from './log-facts.ts';
import { inPart, missing, reason, type SightReason, type SightVerdict, THERE } from './sight-verdict.ts';
import { FLOW_FIELDS, networkOf } from './watch-logs.ts';

export type FlowSight = Extract<
  Sight,
  | 'flows'
  | 'accepted-flows'
  | 'rejected-flows'
  | 'flow-service'
  | 'flow-packet-addresses'
  | 'flow-tcp-flags'
  | 'flow-direction'
  | 'flow-path'
  | 'flow-encryption'
  | 'flow-client'
  | 'flow-ports'
  | 'flow-size'
  | 'flow-action'
>;
/** In the order of FLOW_FIELDS. */
const FIELD_SIGHTS = [
  'flow-service',
  'flow-packet-addresses',
  'flow-tcp-flags',
  'flow-direction',
  'flow-path',
  'flow-encryption',
  'flow-client',
  'flow-ports',
  'flow-size',
  'flow-action',
] as const satisfies readonly FlowSight[];

const FLOW_SIGHTS: readonly FlowSight[] = ['flows', 'accepted-flows', 'rejected-flows', ...FIELD_SIGHTS];

interface PlaceFlows {
  readonly account: string;
  readonly region: string;
  readonly bits: string;
  readonly accepted: number;
  readonly rejected: number;
}

/** A network from which DynamoDB is called. */
interface Caller {
  readonly account: string;
  readonly region: string;
  readonly address: string;
  readonly vpcEndpoint: string;
}

export function judgeFlows(facts: LogFacts): Readonly<Record<FlowSight, SightVerdict>> {
  const places = rowsOfTable(facts, 'flows').map(
    ({ parts: [account = '', region = '', bits = ''], of }): PlaceFlows => ({
      account,
      region,
      bits,
      accepted: of('accepted'),
      rejected: of('rejected'),
    }),
  );
  const callers = rowsOfTable(facts, 'callers').map(
    ({ parts: [account = '', region = '', address = '', vpcEndpoint = ''] }): Caller => ({
      account,
      region,
      address,
      vpcEndpoint,
    }),
  );
  if (places.length === 0) {
    const calls = rowsOfTable(facts, 'calls').filter(({ of }) => of('dynamodbUse') + of('dynamodbData') > 0);
    const where = calls.map(({ parts: [account = '', region = ''] }) => ({ account, region }));
    const wanted = callers.length > 0 ? callers : where;
    const first = callers[0] === undefined ? placeOf(where[0] ?? anyPlace(facts)) : flowPlace(callers[0]);
    const steps = createFlowLogs(first, false);
    const verdictOfAll = (verdict: SightVerdict) =>
      Object.fromEntries(FLOW_SIGHTS.map((sight) => [sight, verdict])) as Record<FlowSight, SightVerdict>;
    if (facts.transit.rows.size === 0)
      return verdictOfAll(missing(reason('no-flows', 'no VPC flow log', namesOf(wanted), steps)));
    const text = 'flow logs of transit gateways only: what leaves a VPC on other ways is not seen';
    return {
      ...verdictOfAll(THERE),
      flows: inPart([reason('only-transit-flows', text, namesOf(wanted), steps)]),
    };
  }
  const fields = FIELD_SIGHTS.map((sight, at) => [sight, judgeField(places, at)] as const);
  return {
    flows: inPart([
      placesWithoutFlows(places, callers),
      networksWithoutFlows(facts, places, callers),
      skipdata(facts),
      unread(facts, 'unread-flows', 'flow logs'),
    ]),
    ...judgeActions(places),
    ...(Object.fromEntries(fields) as Record<(typeof FIELD_SIGHTS)[number], SightVerdict>),
  };
}

/** Where something was called, for commands that need a region. */
function anyPlace(facts: LogFacts): { readonly region: string } | undefined {
  const [first] = rowsOfTable(facts, 'calls');
  return first === undefined ? undefined : { region: first.parts[1]! };
}

function placeOf(place: { readonly region: string } | undefined) {
  return place === undefined ? {} : { region: place.region };
}

function flowPlace({ region, address, vpcEndpoint }: Caller) {
  return { region, vpcEndpointId: vpcEndpoint, address };
}

/** A log that does not say its account or region may be of any. */
function isOf(place: PlaceFlows, caller: Caller): boolean {
  return (
    (place.account === '' || place.account === caller.account) &&
    (place.region === '' || place.region === caller.region)
  );
}

function placesWithoutFlows(places: readonly PlaceFlows[], callers: readonly Caller[]): SightReason | null {
  const unseen = callers.filter((caller) => !places.some((place) => isOf(place, caller)));
  const [first] = unseen;
  if (first === undefined) return null;
  const text = 'DynamoDB is called from VPCs of accounts and regions without flow logs';
  return reason('no-flows-where-called', text, namesOf(unseen), createFlowLogs(flowPlace(first), false));
}

function networksWithoutFlows(
  facts: LogFacts,
  places: readonly PlaceFlows[],
  callers: readonly Caller[],
): SightReason | null {
  const unseen = callers.filter((caller) => {
    const own = places.filter((place) => isOf(place, caller));
    if (caller.address === '' || own.length === 0) return false;
    const network = networkOf(caller.address);
    return own.every(({ account, region }) => {
      const key = joinKey(account, region, network);
      return !facts.networks.rows.has(key) && couldHold(facts, 'networks', key);
    });
  });
  const named = unseen
    .map((caller) => ({ caller, name: nameOfNetwork(caller) }))
    .sort((x, y) => (x.name < y.name ? -1 : 1));
  const [first] = named;
  if (first === undefined) return null;
  return reason(
    'no-flows-of-network',
    'DynamoDB is called from networks that no flow record knows',
    [...new Set(named.map(({ name }) => name))],
    createFlowLogs(flowPlace(first.caller), false),
  );
}

function nameOfNetwork({ account, region, address, vpcEndpoint }: Caller): string {
  return [networkOf(address), vpcEndpoint, account, region].filter((part) => part !== '').join(' ');
}

/** Such records have no identity, and count again when they come again: only their mass says something. */
function skipdata(facts: LogFacts): SightReason | null {
  const count = facts.totals.rows.get('skipdata')?.[0] ?? 0;
  if (count === 0) return null;
  const text = 'records of SKIPDATA: AWS could not capture some flows of these intervals';
  return { ...reason('skipdata', text, [], []), isNote: count < MANY };
}

function judgeActions(
  places: readonly PlaceFlows[],
): Readonly<Record<'accepted-flows' | 'rejected-flows', SightVerdict>> {
  const sum = (of: readonly PlaceFlows[], action: 'accepted' | 'rejected'): number =>
    of.reduce((total, place) => total + place[action], 0);
  const accounts = [...Map.groupBy(places, ({ account, region }) => joinKey(account, region)).values()];
  const onlyRejected = accounts.filter((of) => sum(of, 'accepted') === 0 && sum(of, 'rejected') > 0);
  // Neither: the format has no action, or no line a value of it. What nobody says to be let through is looked at by no rule.
  const neither = accounts.filter((of) => sum(of, 'accepted') === 0 && sum(of, 'rejected') === 0);
  const onlyAccepted = accounts.filter(
    (of) => sum(of, 'rejected') === 0 && sum(of, 'accepted') >= MANY_FLOWS,
  );
  const judge = (
    of: readonly (readonly PlaceFlows[])[],
    why: (names: string[]) => SightReason,
  ): SightVerdict => {
    const blind = of.length + neither.length;
    if (blind === 0) return THERE;
    const verdict = inPart([
      of.length === 0 ? null : why(namesOf(of.map(([first]) => first!))),
      neither.length === 0 ? null : withoutFields(neither.flat(), ['action']),
    ]);
    return blind === accounts.length ? { ...verdict, state: 'missing' } : verdict;
  };
  const steps = (of: readonly (readonly PlaceFlows[])[]) => createFlowLogs(placeOf(of[0]?.[0]), true);
  return {
    'accepted-flows': judge(onlyRejected, (names) =>
      reason('only-rejected-flows', 'flow logs hold rejected traffic only', names, steps(onlyRejected)),
    ),
    'rejected-flows': judge(onlyAccepted, (names) =>
      reason(
        'only-accepted-flows',
        `no rejected flow among ${MANY_FLOWS} or more: the flow logs seem to be of accepted traffic only`,
        names,
        steps(onlyAccepted),
      ),
    ),
  };
}

function judgeField(places: readonly PlaceFlows[], at: number): SightVerdict {
  // Bits that were stored before there was such a field say nothing of it.
  const lacking = places.filter(({ bits }) => bits[at] === '0');
  if (lacking.length === 0) return THERE;
  const verdict = inPart([withoutFields(lacking, FLOW_FIELDS[at]!)]);
  return lacking.length === places.length ? { ...verdict, state: 'missing' } : verdict;
}

/** One reason for all fields: one flow log in the place of the present one has them all. */
function withoutFields(lacking: readonly PlaceFlows[], fields: readonly string[]): SightReason {
  const why = reason(
    'flow-fields',
    'flow logs without fields that rules use',
    namesOf(lacking),
    createFlowLogs(placeOf(lacking.find(({ region }) => region !== '') ?? lacking[0]), true),
  );
  return { ...why, missing: fields };
}

export type LineSight = Extract<Sight, 'log-lines' | 's3-access-logs' | 'alb-access-logs'>;

export function judgeLines(facts: LogFacts): Readonly<Record<LineSight, SightVerdict>> {
  const bucket = reason('no-s3-access-logs', 'no server access log of an S3 bucket', [], logBucketAccess());
  const place = anyPlace(facts) ?? {};
  const balancer = reason(
    'no-alb-access-logs',
    'no access log of a load balancer: nothing is missing where there is none',
    [],
    logBalancerAccess(place),
  );
  const unreadable = unread(facts, 'unread-access-logs', 'access logs');
  const has = (format: string): boolean => facts.totals.rows.has(format);
  return {
    'log-lines': judgeLogLines(facts),
    's3-access-logs': has('s3-access') ? inPart([unreadable]) : missing(bucket),
    'alb-access-logs': has('alb-access') ? inPart([unreadable]) : missing({ ...balancer, isNote: true }),
  };
}

function judgeLogLines(facts: LogFacts): SightVerdict {
  const functions = rowsOfTable(facts, 'functions').map(
    ({ parts: [account = '', region = '', name = ''] }) => ({
      account,
      region,
      group: `/aws/lambda/${name}`,
    }),
  );
  const nameOf = ({ account, region, group }: (typeof functions)[number]): string =>
    [group, account, region].filter((part) => part !== '').join(' ');
  const remedy = (of: typeof functions) =>
    subscribeLogGroup(
      of[0] === undefined ? placeOf(anyPlace(facts)) : { region: of[0].region, logGroup: of[0].group },
    );
  if ((facts.totals.rows.get('lines')?.[0] ?? 0) === 0) {
    const text = 'no line of an application log';
    return missing(reason('no-log-lines', text, functions.map(nameOf), remedy(functions)));
  }
  const { rows } = facts.groups;
  // Files do not say which group they are of: only where groups are named the names that do not come say something.
  const named = [...rows.keys()].some((group) => group.startsWith('/aws/'));
  const silent = functions.filter(
    ({ group }) => named && !rows.has(group) && couldHold(facts, 'groups', group),
  );
  const text = 'functions call DynamoDB, and no line of their log groups came';
  return inPart([
    silent.length > 0 ? reason('functions-without-lines', text, silent.map(nameOf), remedy(silent)) : null,
    unread(facts, 'unread-lines', 'application logs'),
  ]);
}

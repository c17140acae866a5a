// Which principal is behind requests that flow logs saw go to DynamoDB in plain HTTP. Flow records name no principal and CloudTrail names
// no connection: what they share is an instance or task, an address, the minutes, and that TLS is missing.

import { type JudgeContext, joinKey, splitKey, type Threshold } from '../detector.ts';
import { type Caller, dynamodbCallers, plainPlaces, tokenOf } from './dynamodb-callers.ts';
import { elasticAddresses, type PublicAddresses, publicAddressesOf } from './elastic-addresses.ts';
import { listMinutes } from './minutes.ts';
import { placeKey } from './places.ts';
import { firstMinuteOfDay, type PlainSpans, plainSpans } from './plain-spans.ts';
import { SMALLEST_REQUEST_BYTES } from './plaintext-flows.ts';
import { calibrate, tlsOfPrincipals } from './tls-calibration.ts';
import { tlsByService } from './tls-details-lost.ts';

/** Hundredths, so that sums are exact. */
const SAME_TOKEN = 50;
const SAME_ADDRESS = 35;
/** Its elastic address, which may have changed hands. */
const ELASTIC_ADDRESS = 28;
/** That of a NAT gateway, behind which there are many. */
const NAT_ADDRESS = 11;
const WITHOUT_TLS = 40;
const ALL_MINUTES = 15;
const VOLUME = 10;
/** From this score on, and so far before the next one, a principal is named. */
const NAMED_FROM = 60;
const MARGIN = 20;
const MAX_CANDIDATES = 3;
/** traffic-path 7: a gateway endpoint, which CloudTrail knows by the private address. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const GATEWAY_ENDPOINT_PATH = '7';
const INTERNET_GATEWAY_PATH = '8';

/** Folds that `whoIsBehind` reads. */
export const JOIN_READS: readonly string[] = [
  plainSpans.name,
  plainPlaces.name,
  dynamodbCallers.name,
  elasticAddresses.name,
  tlsOfPrincipals.name,
  tlsByService.name,
];

export const JOIN_THRESHOLDS: readonly Threshold[] = [
  {
    name: 'score from which a principal is named',
    value: NAMED_FROM / 100,
    unit: 'sum of the parts below',
    reason:
      'address, minutes and volume together, or missing TLS, minutes and volume; nobody is named whose calls of these minutes all have TLS details',
    source: 'chosen; npm run evaluate counts how often the name is right',
  },
  {
    name: 'margin',
    value: MARGIN / 100,
    unit: 'score before the second best',
    reason: 'a wrong name costs more than none: without it the best three are listed',
    source: 'chosen; npm run evaluate',
  },
  {
    name: 'parts of the score',
    value: `instance or task ${SAME_TOKEN / 100}, private address ${SAME_ADDRESS / 100}, elastic address ${ELASTIC_ADDRESS / 100}, address of a NAT gateway ${NAT_ADDRESS / 100}, missing TLS ${WITHOUT_TLS / 100}, minutes up to ${ALL_MINUTES / 100}, volume ±${VOLUME / 100}`,
    unit: 'score',
    reason:
      'session name equal to the id of the instance or task; same address; calls without TLS details where others have them, or with a host only; share of its minutes in those of the flows; no more requests than fit',
    source: 'chosen',
  },
];

/** Sessions of one principal with one name, from any address. */
export interface Candidate {
  readonly name: string;
  readonly caller: Caller;
  /** Hundredths. */
  readonly score: number;
  readonly why: readonly string[];
  /** Records of its calls have a host and nothing more. */
  readonly partial: boolean;
  /** It shares the instance, the task or an address with the flows. */
  readonly placed: boolean;
}

export type Join =
  | { readonly outcome: 'named'; readonly best: Candidate; readonly why: string }
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly Candidate[]; readonly why: string }
  /** `dataEvents`: CloudTrail has such of DynamoDB in this account on this day. */
  | { readonly outcome: 'nobody'; readonly dataEvents: boolean; readonly why: string };

/** `client`: key of the flows in TLS-06; `payload`: bytes that its requests hold, at most. */
export function whoIsBehind(client: string, day: number, payload: number, context: JudgeContext): Join {
  const [account = '', region = '', entity = ''] = splitKey(client);
  const spans = context.read(plainSpans, client, day);
  if (spans === null)
    return { outcome: 'nobody', dataEvents: true, why: 'the requests are known by their answers only' };
  const minutes = new Set(listMinutes(spans.minutes).map((minute) => minute + firstMinuteOfDay(day)));
  const hours = [...new Set([...minutes].map((minute) => Math.floor(minute / 60)))];
  const sightings = new Map<string, Sighting>();
  // What lies under '' holds all the others, as long as it is not full.
  for (const place of ['', ...spans.addresses, ...spans.tokens]) {
    for (const hour of hours) {
      const callers = context.read(dynamodbCallers, placeKey(account, region, place), hour) ?? {};
      for (const [id, caller] of Object.entries(callers)) sightings.set(`${hour} ${id}`, { hour, caller });
    }
  }
  const owners = [entity, ...spans.tokens];
  const publicAddresses = publicAddressesOf(owners, account, region, day, context);
  const flows: Flows = { minutes, spans, publicAddresses, payload, account, day };
  const candidates = [...Map.groupBy(sightings.values(), ({ caller }) => nameOf(caller))]
    .flatMap(([name, seen]) => scored(name, seen, flows, context) ?? [])
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1));
  const alone = clientsBeside(client, flows, context) === 0;
  return decide(candidates, { alone, dataEvents: hasDataEvents(account, region, day, context) });
}

interface Sighting {
  readonly hour: number;
  readonly caller: Caller;
}

interface Flows {
  /** Since 1970. */
  readonly minutes: ReadonlySet<number>;
  readonly spans: PlainSpans;
  readonly publicAddresses: PublicAddresses;
  readonly payload: number;
  readonly account: string;
  readonly day: number;
}

/** Other addresses that sent requests in plain HTTP in minutes of these flows. */
function clientsBeside(client: string, flows: Flows, context: JudgeContext): number {
  const [account = '', region = ''] = splitKey(client);
  const others = new Set<string>();
  const relays = relaysOf(client, flows, context);
  for (const hour of new Set([...flows.minutes].map((minute) => Math.floor(minute / 60)))) {
    const place = context.read(plainPlaces, placeKey(account, region, ''), hour);
    for (const [address, minutes] of Object.entries(place?.byAddress ?? {})) {
      if (flows.spans.addresses.includes(address) || relays.has(address)) continue;
      if (listMinutes(minutes).some((minute) => flows.minutes.has(hour * 60 + minute))) others.add(address);
    }
  }
  return others.size;
}

/** Addresses of gateways on the way: the same requests, once more. Their interfaces saw this client's packets come in. */
function relaysOf(client: string, flows: Flows, context: JudgeContext): ReadonlySet<string> {
  const [account = '', region = ''] = splitKey(client);
  const keys = new Set<string>();
  for (const hour of new Set([...flows.minutes].map((minute) => Math.floor(minute / 60)))) {
    for (const address of flows.spans.addresses) {
      const place = context.read(plainPlaces, placeKey(account, region, address), hour);
      for (const key of place?.clients ?? []) if (key !== client) keys.add(key);
    }
  }
  return new Set([...keys].flatMap((key) => context.read(plainSpans, key, flows.day)?.egress ?? []));
}

function hasDataEvents(account: string, region: string, day: number, context: JudgeContext): boolean {
  const principals = context.read(tlsOfPrincipals, joinKey(account, 'dynamodb', 'Data'), day);
  // Counts of before regions were kept are under ''.
  return [...(principals?.values() ?? [])].some((regions) => regions.has(region) || regions.has(''));
}

function decide(
  candidates: readonly Candidate[],
  { alone, dataEvents }: { readonly alone: boolean; readonly dataEvents: boolean },
): Join {
  const [best] = candidates;
  if (best === undefined) {
    const why = dataEvents
      ? 'nobody is named: the calls that CloudTrail has of these minutes have TLS details, or came from elsewhere'
      : 'nobody is named: CloudTrail has no data event of DynamoDB in this account and region on this day';
    return { outcome: 'nobody', dataEvents, why };
  }
  const second = candidates.find(({ caller }) => caller.principal !== best.caller.principal);
  const tooClose = second !== undefined && second.score > best.score - MARGIN;
  // Minutes and missing TLS alone are anybody's who called in clear just then.
  const byMinutesAlone = !best.placed && !alone;
  if (best.score < NAMED_FROM || tooClose || byMinutesAlone) {
    const some = candidates.slice(0, MAX_CANDIDATES);
    const list = some.map(({ name, score }) => `${name} (${(score / 100).toFixed(2)})`).join(', ');
    const besides = byMinutesAlone ? '; other clients sent requests in plain HTTP in the same minutes' : '';
    return { outcome: 'ambiguous', candidates: some, why: `nobody is named; it may be ${list}${besides}` };
  }
  const next =
    second === undefined ? 'nobody else fits' : `the next one has ${(second.score / 100).toFixed(2)}`;
  const why = `${best.name} is behind it (${(best.score / 100).toFixed(2)}; ${next}): ${best.why.join(', ')}`;
  // Several sessions of one principal fit: it is named, and none of its sessions.
  const sessions = candidates.filter(
    ({ caller, score }) => caller.principal === best.caller.principal && score > best.score - MARGIN,
  );
  if (sessions.length < 2) return { outcome: 'named', best, why };
  return { outcome: 'named', best: { ...best, caller: { ...best.caller, session: '', keyIds: [] } }, why };
}

/** Null where it called in none of the minutes, or cannot have sent these flows. */
function scored(
  name: string,
  seen: readonly Sighting[],
  flows: Flows,
  context: JudgeContext,
): Candidate | null {
  const fitting = seen.filter(({ caller }) => !contradicts(caller, flows.spans));
  if (fitting.length === 0) return null;
  const without = callsWithin(fitting, flows.minutes);
  if (without.calls === 0) return null;

  const why: string[] = [];
  let score = 0;
  const add = (points: number, text: string): void => {
    score += points;
    why.push(`${text} ${points < 0 ? '-' : '+'}${(Math.abs(points) / 100).toFixed(2)}`);
  };
  const token = tokenOf(fitting[0]!.caller.session);
  const sameToken = token !== '' && flows.spans.tokens.includes(token);
  if (sameToken) add(SAME_TOKEN, `its session is called ${token}`);
  const { own, nat } = flows.publicAddresses;
  const addresses = fitting.map(({ caller }) => caller.ip);
  const same = addresses.find((ip) => flows.spans.addresses.includes(ip));
  const elastic = addresses.find((ip) => own.has(ip));
  const behindNat = addresses.find((ip) => nat.has(ip));
  if (same !== undefined) add(SAME_ADDRESS, `it called from ${same}`);
  else if (elastic !== undefined)
    add(ELASTIC_ADDRESS, `it called from ${elastic}, the elastic address of the client`);
  else if (behindNat !== undefined)
    add(NAT_ADDRESS, `it called from ${behindNat}, the address of a NAT gateway`);
  const calls = `${without.calls} ${without.calls === 1 ? 'call' : 'calls'}`;
  const { partial, reporting } = without;
  if (partial > 0 || (reporting > 0 && isCalibrated(fitting[0]!.caller.principal, flows, context)))
    add(WITHOUT_TLS, `${calls} without TLS details in these minutes`);
  else why.push(`${calls} without TLS details, which says nothing here`);
  const share = without.inside / without.minutes;
  add(Math.round(ALL_MINUTES * share), `${Math.round(share * 100)} % of its minutes are theirs`);
  if (without.calls * SMALLEST_REQUEST_BYTES <= flows.payload)
    add(VOLUME, 'the bytes are enough for its calls');
  else add(-VOLUME, 'the bytes are too few for its calls');
  const caller = fitting.map((one) => one.caller).reduce(moreTelling);
  const placed = sameToken || [same, elastic, behindNat].some((one) => one !== undefined);
  return { name, caller, score, why, partial: partial > 0, placed };
}

/** It called from another private address, by another way, over another protocol, or is a session of another instance. */
function contradicts(caller: Caller, { addresses, tokens, paths }: PlainSpans): boolean {
  const elsewhere = !addresses.includes(caller.ip);
  if (elsewhere && caller.ipClass === 'private') return true;
  // No gateway makes IPv6 of IPv4, and IPv6 keeps its address on the way.
  const isIpv6 = caller.ip.includes(':');
  if (elsewhere && addresses.every((address) => isIpv6 || address.includes(':'))) return true;
  if (caller.vpcEndpoint !== '' && isEvery(paths, INTERNET_GATEWAY_PATH)) return true;
  const token = tokenOf(caller.session);
  if (token !== '' && tokens.includes(token)) return false;
  const sameKind = tokens.some((other) => other.startsWith('i-') === token.startsWith('i-'));
  if (token !== '' && sameKind) return true;
  return elsewhere && isEvery(paths, GATEWAY_ENDPOINT_PATH);
}

function isEvery(paths: readonly string[], path: string): boolean {
  return paths.length > 0 && paths.every((one) => one === path);
}

interface Without {
  calls: number;
  partial: number;
  reporting: number;
  inside: number;
  minutes: number;
}

function callsWithin(seen: readonly Sighting[], flows: ReadonlySet<number>): Without {
  const sum: Without = { calls: 0, partial: 0, reporting: 0, inside: 0, minutes: 0 };
  for (const { hour, caller } of seen) {
    for (const [minute, calls] of Object.entries(caller.minutes)) {
      sum.minutes += 1;
      if (!flows.has(hour * 60 + Number(minute))) continue;
      sum.inside += 1;
      sum.calls += calls;
    }
    sum.partial += caller.partial;
    sum.reporting += caller.reporting;
  }
  if (sum.calls === 0) sum.partial = 0;
  return sum;
}

/** By the days before: later ones are not closed when the day of the flows is judged. Of that day itself, whether the field is lost. */
function isCalibrated(principal: string, { account, day }: Flows, context: JudgeContext): boolean {
  const verdictOn = (category: string, d: number): string =>
    calibrate(account, 'dynamodb', category, principal, d, context).verdict;
  return ['Data', 'Management'].some(
    (category) =>
      verdictOn(category, day - 1) === 'calibrated' && verdictOn(category, day) !== 'pipeline-drops-it',
  );
}

function nameOf({ principal, session }: Caller): string {
  return session === '' ? principal : `${principal} (${session})`;
}

/** The one with more calls without TLS; ties by address. */
function moreTelling(a: Caller, b: Caller): Caller {
  const calls = (caller: Caller): number => Object.values(caller.minutes).reduce((sum, n) => sum + n, 0);
  const difference = calls(a) - calls(b);
  return difference > 0 || (difference === 0 && a.ip <= b.ip) ? a : b;
}

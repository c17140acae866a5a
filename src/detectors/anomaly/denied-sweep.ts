// ANO-05: a principal tried many things that it may not do, in minutes: the look of somebody who holds a key and does not know what
// it opens. Every direct call is counted, so nothing here may allocate for a call that was allowed.

import type { Evidence } from '../../findings/finding.ts';
import { remediateKey } from '../../findings/remediation.ts';
import type { CallRecord, EpochMs } from '../../records/record.ts';
import {
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  MINUTE_MS,
} from '../detector.ts';
import { evidenceOf, keepEarliest } from '../hits.ts';

const SPAN_MINUTES = 10;
const LEAST_DENIED = 20;
const LEAST_ACTIONS = 8;
const LEAST_RATIO = 0.5;
const MINUTES = 60;
/** Spans that end in the next hour reach back to this minute. */
const FIRST_SHARED_MINUTE = MINUTES - SPAN_MINUTES + 1;
/** Distinct denied actions kept of one minute, the smallest in code unit order: eight make a sweep. */
const MAX_ACTIONS = 64;
const MAX_NETWORKS = 32;
/** Pieces of evidence kept of one minute. */
const MAX_MINUTE_EVIDENCE = 3;
const CONFIDENCE = 0.75;
const NEW_NETWORK_CONFIDENCE = 0.9;

/**
 * Error codes by which services say that a caller is known and may not. Credentials that are wrong or expired are another matter.
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (errorCode is the service's own)
 * https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation)
 */
const DENIED: ReadonlySet<string> = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'AccessDeniedFault',
  'Client.AccessDenied',
  'UnauthorizedOperation',
  'Client.UnauthorizedOperation',
  'UnauthorizedException',
  'UnauthorizedAccess',
  'AuthorizationError',
  'AuthorizationErrorException',
  'NotAuthorized',
  'NotAuthorizedException',
  'KMSAccessDeniedException',
]);

const meta: DetectorMeta = {
  id: 'ANO-05',
  name: 'denied-sweep',
  family: 'ANO',
  version: 1,
  title: 'Sweep of denied calls',
  what: `At least ${LEAST_DENIED} denied calls of at least ${LEAST_ACTIONS} different actions by one principal within ${SPAN_MINUTES} minutes, and at least half of what it did.`,
  why: 'Software asks for what it was written to ask for, and is denied one thing again and again. Many different denials in minutes mean that somebody tries out what stolen credentials can do.',
  severities: ['HIGH', 'MEDIUM'],
  falsePositives: [
    'Inventory and posture scanners that lack their permissions: give them the permissions or suppress the principal.',
    'A new role whose policy is not attached yet, in a deployment that goes on nevertheless.',
    'Consoles in records of the years before sessionCredentialFromConsole: a page asks for dozens of things.',
  ],
  blindSpots: [
    'Sweeps that are slow (fewer than 20 in 10 minutes), or hidden among at least as many allowed calls.',
    'Services whose denials are not logged, and denied data events that the trail does not keep.',
    'Spans are whole minutes: a sweep that just fills 10 minutes may fall on 11.',
    'Whether the network is new is judged by this hour and the hour before only.',
  ],
  investigate: [
    'Is the principal a scanner, or was its policy changed in that hour?',
    'From which network and client did the denied calls come, and does the principal usually come from there?',
    'What did the same key do that was allowed, before and after?',
  ],
  thresholds: [
    {
      name: 'denied calls',
      value: LEAST_DENIED,
      unit: `calls in ${SPAN_MINUTES} minutes`,
      reason: 'a misconfigured job is denied a few times; an enumeration asks for dozens of things',
      source: 'chosen; checked on public logs of attacked accounts',
    },
    {
      name: 'distinct actions',
      value: LEAST_ACTIONS,
      unit: `service and action, denied in ${SPAN_MINUTES} minutes`,
      reason: 'retries of one call, however many, are no sweep',
      source: 'chosen; checked on public logs of attacked accounts',
    },
    {
      name: 'denied ratio',
      value: LEAST_RATIO,
      unit: 'of the principal’s direct calls in the same minutes',
      reason: 'a busy service that lacks one permission is mostly allowed',
      source: 'chosen, not measured',
    },
  ],
  identity: { entity: 'principal', evidenceKey: 'denied sweep', windowMs: 12 * HOUR_MS },
  compliance: { cwe: ['CWE-285'], owasp: ['API5:2023'], gdpr: ['32(1)(b)'] },
};

interface Minute {
  /** Direct calls, denied ones among them. */
  calls: number;
  denied: DeniedMinute | null;
}
interface DeniedMinute {
  calls: number;
  firstMs: EpochMs;
  lastMs: EpochMs;
  /** `service:action` to denied calls. */
  actions: Record<string, number>;
  /** Networks of denied calls. */
  networks: string[];
  evidence: Evidence[];
  truncated: boolean;
}
interface Hour {
  /** Direct calls of each minute of the hour, denied ones among them. */
  readonly calls: number[];
  /** Minute of the hour to its denied calls. */
  readonly denied: Map<number, DeniedMinute>;
  /** Network to the earliest direct call from it. */
  readonly networks: Map<string, EpochMs>;
  /** The network of the last call, and its entry in `networks`: a principal stays where it is. */
  lastNetwork: string | null;
  lastSinceMs: EpochMs;
}
interface StoredHour {
  readonly minutes: Readonly<Record<string, Minute>>;
  readonly networks: Readonly<Record<string, EpochMs>>;
}

/** One call; written over for the next one, for a fold takes what it needs at once. */
interface Seen {
  timeMs: EpochMs;
  network: string;
  /** Null where the call was not denied. */
  denied: { readonly action: string; readonly evidence: Evidence } | null;
}
const seen: Seen = { timeMs: 0, network: '', denied: null };

const fold: Fold<Seen, Hour> = {
  name: 'denied-sweeps',
  version: 1,
  windowMs: HOUR_MS,
  keepMs: 2 * HOUR_MS,
  bytesOfAddition: 4,
  empty: () => ({
    calls: new Array<number>(MINUTES).fill(0),
    denied: new Map(),
    networks: new Map(),
    lastNetwork: null,
    lastSinceMs: 0,
  }),
  add: addCall,
  merge: mergeHours,
  toJson: hourToJson,
  fromJson: hourFromJson,
  judge,
};

export const deniedSweep: Detector = {
  meta,
  needs: { calls: ['*'] },
  sights: { needs: [['management-events', 'dynamodb-data-events']], parts: ['read-events'] },
  folds: [fold],
  observeCall(call, out) {
    if (!call.direct) return;
    const principal = call.principal;
    if (principal === '') return;
    seen.timeMs = call.timeMs;
    seen.network = call.network;
    const errorCode = call.errorCode;
    seen.denied = errorCode !== '' && DENIED.has(errorCode) ? deniedOf(call) : null;
    out.add(fold, principal, call, seen);
  },
};

function deniedOf(call: CallRecord): Seen['denied'] {
  const action = `${call.service}:${call.action}`;
  return {
    action,
    evidence: evidenceOf(call, {
      action,
      errorCode: call.errorCode,
      region: call.region,
      account: call.account,
      principalType: call.principalType,
      principalName: call.principalName,
      session: call.sessionName,
      keyId: call.keyId,
      sourceIp: call.ip,
      sourceClass: call.networkClass,
      vpcEndpoint: call.vpcEndpoint,
      network: call.network,
      client: call.userAgentFamily,
    }),
  };
}

function addCall(hour: Hour, call: Seen): Hour {
  // Not by a remainder: that of such large numbers is found bit by bit.
  const minute = Math.floor(call.timeMs / MINUTE_MS) - Math.floor(call.timeMs / HOUR_MS) * MINUTES;
  hour.calls[minute]! += 1;
  if (call.network !== hour.lastNetwork || call.timeMs < hour.lastSinceMs) {
    keepNetwork(hour, call.network, call.timeMs);
  }
  if (call.denied === null) return hour;
  const { action, evidence } = call.denied;
  const denied = {
    calls: 1,
    firstMs: call.timeMs,
    lastMs: call.timeMs,
    actions: { [action]: 1 },
    networks: [call.network],
    evidence: [evidence],
    truncated: false,
  };
  hour.denied.set(minute, mergeDenied(hour.denied.get(minute) ?? null, denied));
  return hour;
}

function mergeHours(a: Hour, b: Hour): Hour {
  for (let minute = 0; minute < MINUTES; minute++) a.calls[minute]! += b.calls[minute]!;
  for (const [minute, denied] of b.denied)
    a.denied.set(minute, mergeDenied(a.denied.get(minute) ?? null, denied));
  for (const [network, sinceMs] of b.networks) keepNetwork(a, network, sinceMs);
  return a;
}

function hourToJson({ calls, denied, networks }: Hour): StoredHour {
  const minutes: Record<string, Minute> = {};
  for (const [minute, count] of calls.entries()) {
    if (count > 0) minutes[minute] = { calls: count, denied: denied.get(minute) ?? null };
  }
  return { minutes, networks: Object.fromEntries(networks) };
}

function hourFromJson(value: unknown): Hour {
  const { minutes, networks } = value as StoredHour;
  const hour = fold.empty();
  for (const [name, { calls, denied }] of Object.entries(minutes)) {
    hour.calls[Number(name)] = calls;
    if (denied !== null) hour.denied.set(Number(name), denied);
  }
  for (const [network, sinceMs] of Object.entries(networks)) hour.networks.set(network, sinceMs);
  return hour;
}

function mergeDenied(into: DeniedMinute | null, from: DeniedMinute): DeniedMinute {
  if (into === null) return from;
  into.calls += from.calls;
  into.firstMs = Math.min(into.firstMs, from.firstMs);
  into.lastMs = Math.max(into.lastMs, from.lastMs);
  into.truncated ||= from.truncated;
  for (const [action, calls] of Object.entries(from.actions)) {
    into.actions[action] = (into.actions[action] ?? 0) + calls;
  }
  if (keepSmallest(into.actions, MAX_ACTIONS)) into.truncated = true;
  for (const network of from.networks) if (!into.networks.includes(network)) into.networks.push(network);
  into.networks.sort();
  into.networks.length = Math.min(into.networks.length, MAX_NETWORKS);
  for (const piece of from.evidence) keepEarliest(into.evidence, piece, MAX_MINUTE_EVIDENCE);
  return into;
}

function keepNetwork(hour: Hour, network: string, sinceMs: EpochMs): void {
  const known = hour.networks.get(network);
  const since = known === undefined ? sinceMs : Math.min(known, sinceMs);
  hour.networks.set(network, since);
  if (known === undefined && hour.networks.size > MAX_NETWORKS) {
    for (const name of [...hour.networks.keys()].sort().slice(MAX_NETWORKS)) hour.networks.delete(name);
  }
  // Also one that was not kept: the names that are only become smaller, so that it never will be.
  hour.lastNetwork = network;
  hour.lastSinceMs = since;
}

/** docs/decisions/0002, contract 5: what is kept does not depend on the order in which it came. True when something was left out. */
function keepSmallest(record: Record<string, unknown>, most: number): boolean {
  const names = Object.keys(record);
  if (names.length <= most) return false;
  for (const name of names.sort().slice(most)) delete record[name];
  return true;
}

/**
 * A sweep belongs to the hour in which it ends: spans reach back into the hour before. One that the hour before found by itself, and
 * whose minutes of this hour are no sweep by themselves, is not found again.
 */
function judge(principal: string, window: number, hour: Hour, context: JudgeContext): Draft[] {
  if (hour.denied.size === 0) return [];
  const before = context.read(fold, principal, window - 1);
  const here = minutesOf(hour, 0);
  const reachesBack = before !== null && !endsInSweep(before);
  const across = reachesBack
    ? sweepIn([...minutesOf(before, FIRST_SHARED_MINUTE), ...here], SPAN_MINUTES - 1)
    : null;
  const sweep = across ?? sweepIn(here);
  return sweep === null ? [] : [draftOf(principal, sweep, hour, before)];
}

function minutesOf(hour: Hour, fromMinute: number): Minute[] {
  const minutes: Minute[] = [];
  for (let minute = fromMinute; minute < MINUTES; minute++) {
    minutes.push({ calls: hour.calls[minute]!, denied: hour.denied.get(minute) ?? null });
  }
  return minutes;
}

/** True when a span of the hour that shares a minute with the next hour's spans is a sweep. */
function endsInSweep(hour: Hour): boolean {
  const from = FIRST_SHARED_MINUTE - SPAN_MINUTES + 1;
  return sweepIn(minutesOf(hour, from), SPAN_MINUTES - 1) !== null;
}

/** Minutes that belong to any span that is a sweep; null when there is none. */
function sweepIn(minutes: readonly Minute[], firstEnd = 0): DeniedMinute | null {
  const denials = minutes.reduce((sum, minute) => sum + (minute.denied?.calls ?? 0), 0);
  if (denials < LEAST_DENIED) return null;
  const inSweep = new Set<DeniedMinute>();
  for (let end = firstEnd; end < minutes.length; end++) {
    const span = minutes.slice(Math.max(0, end - SPAN_MINUTES + 1), end + 1);
    const denied = span.map((minute) => minute.denied).filter((minute) => minute !== null);
    const deniedCalls = denied.reduce((sum, minute) => sum + minute.calls, 0);
    if (deniedCalls < LEAST_DENIED) continue;
    const calls = span.reduce((sum, minute) => sum + minute.calls, 0);
    if (deniedCalls < calls * LEAST_RATIO) continue;
    if (new Set(denied.flatMap((minute) => Object.keys(minute.actions))).size < LEAST_ACTIONS) continue;
    for (const minute of denied) inSweep.add(minute);
  }
  if (inSweep.size === 0) return null;
  const copies = [...inSweep].map((minute) => structuredClone(minute));
  const evidence: Evidence[] = [];
  for (const minute of copies) for (const piece of minute.evidence) keepEarliest(evidence, piece);
  return { ...copies.reduce((sum, minute) => mergeDenied(sum, minute)), evidence };
}

function draftOf(principal: string, sweep: DeniedMinute, hour: Hour, before: Hour | null): Draft {
  const first = sweep.evidence[0]!.fields;
  const text = (name: string): string => String(first[name] ?? '');
  const newNetworks = newNetworksOf(sweep, hour, before);
  const isNew = newNetworks.length > 0;
  const actions = Object.entries(sweep.actions).sort(([a, n], [b, m]) => m - n || (a < b ? -1 : 1));
  const minutes = Math.max(1, Math.ceil((sweep.lastMs - sweep.firstMs) / MINUTE_MS));
  const confidence = isNew ? NEW_NETWORK_CONFIDENCE : CONFIDENCE;
  return {
    account: text('account'),
    // A sweep goes through regions, and the region of its first call is chance.
    region: '',
    entity: principal,
    evidenceKey: 'denied sweep',
    timeMs: sweep.firstMs,
    severity: isNew ? 'HIGH' : 'MEDIUM',
    confidence,
    grade: 'probable',
    title: `Sweep of denied calls: ${principal}, ${sweep.calls} denied, ${actions.length} actions in ${minutes} min`,
    summary:
      `${principal} was denied ${sweep.calls} times in ${minutes} minutes, on ${actions.length} different actions, from ` +
      `${sweep.networks.join(', ')}. Most often: ${actions
        .slice(0, 5)
        .map(([action, calls]) => `${action} (${calls})`)
        .join(', ')}.`,
    firstMs: sweep.firstMs,
    lastMs: sweep.lastMs,
    count: sweep.calls,
    truncated: sweep.truncated,
    principal: {
      type: text('principalType'),
      name: text('principalName'),
      session: text('session'),
      keyId: text('keyId'),
    },
    actor: {
      ip: text('sourceIp'),
      class: text('sourceClass'),
      vpcEndpoint: text('vpcEndpoint'),
      userAgent: text('client'),
    },
    target: null,
    evidence: sweep.evidence,
    why: [
      `${sweep.calls} denied calls of ${actions.length} actions, at least half of what the principal did then: ${CONFIDENCE}`,
      ...(isNew
        ? [
            `from ${newNetworks.join(', ')}, where the principal had not been in the hours before while it worked from elsewhere: ${NEW_NETWORK_CONFIDENCE}`,
          ]
        : []),
    ],
    remediation: remediateKey(credentialOf(text)),
  };
}

/** Networks of the sweep from which no call came before it, where calls had come from others: without any, nothing is known to be usual. */
function newNetworksOf(sweep: DeniedMinute, hour: Hour, before: Hour | null): string[] {
  const firstSeen = (network: string): EpochMs =>
    Math.min(hour.networks.get(network) ?? Infinity, before?.networks.get(network) ?? Infinity);
  const known = new Set([...hour.networks.keys(), ...(before?.networks.keys() ?? [])]);
  const wasElsewhere = [...known].some((network) => firstSeen(network) < sweep.firstMs);
  // The smallest names only are kept of a principal that roams through more networks: then none is called new.
  if (!wasElsewhere || hour.networks.size >= MAX_NETWORKS) return [];
  return sweep.networks.filter((network) => network !== '' && firstSeen(network) >= sweep.firstMs);
}

function credentialOf(text: (name: string) => string): {
  keyId?: string;
  userName?: string;
  roleName?: string;
} {
  const keyId = text('keyId');
  const name = text('principalName');
  const isRole = text('principalType') === 'AssumedRole';
  const isUser = text('principalType') === 'IAMUser';
  return {
    ...(keyId === '' ? {} : { keyId }),
    ...(isRole && name !== '' ? { roleName: name } : {}),
    ...(isUser && name !== '' ? { userName: name } : {}),
  };
}

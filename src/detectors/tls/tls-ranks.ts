// How good the TLS of a principal's clients is, day by day: calls by rank, of each client (family of the user agent) and host.
// Ranks are coarse. Suites of one kind are equal: which of them is agreed on changes with the processor and the library's mood.

import type { Evidence } from '../../findings/finding.ts';
import type { CallRecord, EpochMs } from '../../records/record.ts';
import { DAY_MS, type Fold, joinKey } from '../detector.ts';
import { createSenderMemo, oneString } from '../sender-memo.ts';
import { CALL_CLASS, readCallClass, weaknessOf } from './call-verdict.ts';

export const RANK = {
  /** No TLS details, or a host header alone: what that means says the calibration. */
  none: 0,
  /** TLS 1.1 and older, or a broken cipher. */
  broken: 1,
  /** TLS 1.2 without forward secrecy. */
  noForwardSecrecy: 2,
  tls12: 3,
  tls13: 4,
} as const;
export const RANKS = Object.keys(RANK).length;

/** Days of history that a day is held against. */
export const HISTORY_DAYS = 30;
/** Clients of a principal in a day, each with its host: beyond it those whose names come first. */
const MAX_CLIENTS = 8;
/** Networks of one rank of a client in a day. Full, it says nothing of further ones. */
export const MAX_NETWORKS = 8;

/** What of a call is kept, or looked at. */
export type RankedCall = Pick<
  CallRecord,
  | 'timeMs'
  | 'eventId'
  | 'locator'
  | 'service'
  | 'category'
  | 'action'
  | 'ip'
  | 'networkClass'
  | 'network'
  | 'vpcEndpoint'
  | 'keyId'
  | 'principalType'
  | 'principalName'
  | 'sessionName'
  | 'userAgentFamily'
  | 'tlsVersion'
  | 'tlsCipher'
  | 'tlsHost'
>;

export interface FirstCall {
  readonly timeMs: EpochMs;
  readonly service: string;
  readonly category: string;
  readonly ip: string;
  readonly networkClass: string;
  readonly vpcEndpoint: string;
  readonly keyId: string;
  readonly principalType: string;
  readonly principalName: string;
  readonly session: string;
  /** `TLSv1.2 AES128-SHA`, '' for none. */
  readonly suite: string;
  readonly evidence: Evidence;
}

/** Calls of one client at one rank on one day. */
export interface RankDay {
  calls: number;
  lastMs: EpochMs;
  /** Sorted. */
  networks: string[];
  /** The earliest. */
  first: FirstCall;
}
export type ClientDay = (RankDay | null)[];
/** Client (joinKey of family and host) to its ranks. */
export type ClientsOfDay = Map<string, ClientDay>;

export interface Ranked {
  readonly rank: number;
  readonly client: string;
  readonly call: RankedCall;
}

/** Key: account, region, principal. */
export const tlsRanks: Fold<Ranked, ClientsOfDay> = {
  name: 'tls-ranks',
  version: 1,
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  keepMs: (HISTORY_DAYS + 2) * DAY_MS,
  empty: () => new Map(),
  add(summary, { rank, client, call }) {
    const ranks = ranksOf(summary, client);
    if (ranks === null) return summary;
    const known = ranks[rank] ?? null;
    if (known === null) {
      ranks[rank] = { calls: 1, lastMs: call.timeMs, networks: [call.network], first: firstCall(call) };
      return summary;
    }
    known.calls += 1;
    if (call.timeMs > known.lastMs) known.lastMs = call.timeMs;
    if (!known.networks.includes(call.network)) keepNetwork(known.networks, call.network);
    const { timeMs, evidence } = known.first;
    if (call.timeMs < timeMs || (call.timeMs === timeMs && call.eventId < evidence.eventId)) {
      known.first = firstCall(call);
    }
    return summary;
  },
  merge(a, b) {
    for (const [client, from] of b) {
      const into = ranksOf(a, client);
      if (into !== null) for (let rank = 0; rank < RANKS; rank++) mergeRank(into, rank, from[rank] ?? null);
    }
    return a;
  },
  toJson: (summary) => Object.fromEntries(summary),
  fromJson: (value) => new Map(Object.entries(value as Record<string, ClientDay>)),
};

/** Null where there is no place for this client. */
function ranksOf(summary: ClientsOfDay, client: string): ClientDay | null {
  const known = summary.get(client);
  if (known !== undefined) return known;
  if (summary.size >= MAX_CLIENTS) {
    let last = '';
    for (const other of summary.keys()) if (other > last) last = other;
    if (client > last) return null;
    summary.delete(last);
  }
  const ranks: ClientDay = [null, null, null, null, null];
  summary.set(client, ranks);
  return ranks;
}

function mergeRank(into: ClientDay, rank: number, from: RankDay | null): void {
  const known = into[rank] ?? null;
  if (known === null || from === null) {
    into[rank] = known ?? from;
    return;
  }
  known.calls += from.calls;
  known.lastMs = Math.max(known.lastMs, from.lastMs);
  for (const network of from.networks) {
    if (!known.networks.includes(network)) keepNetwork(known.networks, network);
  }
  const [a, b] = [known.first, from.first];
  const earlier = a.timeMs - b.timeMs || (a.evidence.eventId <= b.evidence.eventId ? -1 : 1);
  if (earlier > 0) known.first = b;
}

function keepNetwork(networks: string[], network: string): void {
  if (networks.length >= MAX_NETWORKS && network > networks.at(-1)!) return;
  networks.push(network);
  networks.sort();
  if (networks.length > MAX_NETWORKS) networks.pop();
}

function firstCall(call: RankedCall): FirstCall {
  const suite = [call.tlsVersion, call.tlsCipher].filter((name) => name !== '').join(' ');
  return {
    timeMs: call.timeMs,
    service: call.service,
    category: call.category,
    ip: call.ip,
    networkClass: call.networkClass,
    vpcEndpoint: call.vpcEndpoint,
    keyId: call.keyId,
    principalType: call.principalType,
    principalName: call.principalName,
    session: call.sessionName,
    suite,
    evidence: {
      source: 'cloudtrail',
      locator: call.locator,
      eventId: call.eventId,
      time: new Date(call.timeMs).toISOString(),
      fields: {
        action: `${call.service}:${call.action}`,
        tlsVersion: call.tlsVersion,
        cipherSuite: call.tlsCipher,
        host: call.tlsHost,
        sourceIp: call.ip,
        client: call.userAgentFamily,
      },
    },
  };
}

const TLS_VERSION = /^TLSv1\.([2-9])$/;

/** Null: no call of a customer's client, or TLS that says nothing of itself. */
export function rankOf(call: CallRecord): number | null {
  const callClass = readCallClass(call);
  if (callClass === CALL_CLASS.absent || callClass === CALL_CLASS.hostOnly) return RANK.none;
  if (callClass === CALL_CLASS.weak) {
    const { oldVersion, cipher } = weaknessOf(call);
    if (oldVersion || cipher?.severity === 'HIGH') return RANK.broken;
    if (cipher?.severity === 'MEDIUM') return RANK.noForwardSecrecy;
  } else if (callClass !== CALL_CLASS.strong) return null;
  const minor = minorVersion(call);
  if (minor === '') return null;
  return minor === '2' ? RANK.tls12 : RANK.tls13;
}

/** '' for a version before 1.2 or of another form. */
const minorVersion = createSenderMemo(({ tlsVersion }) => TLS_VERSION.exec(tlsVersion)?.[1] ?? '', 'tls');

/** A host header can be as long as the client likes. */
const MAX_HOST = 120;

/** Ports and case do not make another host. */
const hostOf = createSenderMemo(
  (call) => call.tlsHost.toLowerCase().replace(/:443$/, '').slice(0, MAX_HOST),
  'tls',
);

/** What a sender's calls have in common; the key is that of the region it was last seen in. */
export const rankedSender = createSenderMemo((call) => ({
  rank: rankOf(call),
  client: clientOf(call),
  region: call.region,
  key: rankKey(call, call.region),
}));

/** The last of a client and of an identity: nearly all their senders have the same. */
const lastClient = createSenderMemo(({ userAgentFamily }) => nameOf(userAgentFamily, ''), 'client');
const lastKey = createSenderMemo((call) => keyOf(call, call.region), 'identity');

function nameOf(family: string, host: string) {
  return { host, name: oneString(joinKey(family, host)) };
}

function keyOf({ account, principal }: CallRecord, region: string) {
  return { region, key: oneString(joinKey(account, region, principal)) };
}

function clientOf(call: CallRecord): string {
  const host = hostOf(call);
  const last = lastClient(call);
  if (last.host !== host) Object.assign(last, nameOf(call.userAgentFamily, host));
  return last.name;
}

export function rankKey(call: CallRecord, region: string): string {
  const last = lastKey(call);
  if (last.region !== region) Object.assign(last, keyOf(call, region));
  return last.key;
}

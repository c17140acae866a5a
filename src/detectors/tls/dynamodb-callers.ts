// Who called DynamoDB from a place in an hour without TLS that CloudTrail saw, and whether requests in plain HTTP went from there.
// Nearly every call has TLS details, and those are not looked at: whose calls have them does not speak plain HTTP.

import type { Evidence } from '../../findings/finding.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, HOUR_MS, joinKey, MINUTE_MS, type Output, splitKey } from '../detector.ts';
import { evidenceOf, keepEarliest } from '../hits.ts';
import { canReportTls } from './call-verdict.ts';
import { addMinute, type Minutes, mergeMinutes } from './minutes.ts';
import { missingKeyOf } from './missing-key.ts';
import { JOIN_KEPT_MS, keepSmallest, oneSpelling, placeKey } from './places.ts';
import { hashText } from './plaintext-flows.ts';

/** Callers kept of one place and hour; beyond it those with the smallest keyed hashes. */
export const MAX_CALLERS = 64;
const MAX_KEYS = 4;
const MAX_EVIDENCE_OF_CALLER = 2;

/** What is the same for all calls of a caller. */
interface CallerFacts {
  readonly principal: string;
  readonly type: string;
  readonly name: string;
  readonly session: string;
  readonly ip: string;
  readonly ipClass: string;
  readonly vpcEndpoint: string;
  readonly userAgent: string;
  /** Keyed, so that nobody can choose who is kept. */
  readonly hash: number;
}

export interface Caller extends CallerFacts {
  keyIds: string[];
  /** Minute of the hour to its calls. */
  minutes: Record<string, number>;
  /** Of these, the calls whose record holds a host and nothing more. */
  partial: number;
  /** Calls whose record could have TLS details: those of eventVersion 1.08 and later. */
  reporting: number;
  /** Keys of these calls in TLS-01. */
  missing: string[];
  evidence: Evidence[];
}

/** Those without TLS details, by principal, session and address. */
export type Callers = Record<string, Caller>;

interface CallSeen {
  readonly id: string;
  readonly facts: CallerFacts;
  readonly keyId: string;
  readonly minute: number;
  readonly partial: boolean;
  readonly reporting: boolean;
  readonly missing: string;
  readonly evidence: Evidence;
}

/**
 * Key: `placeKey` of the caller's address; of its session's name where that is the id of an instance or task; and of '' for those from anywhere.
 */
export const dynamodbCallers: Fold<CallSeen, Callers> = {
  name: 'dynamodb-callers',
  version: 1,
  windowMs: HOUR_MS,
  keepMs: JOIN_KEPT_MS,
  empty: () => ({}),
  add(callers, { id, facts, keyId, minute, partial, reporting, missing, evidence }) {
    const caller = keepCaller(callers, id, facts);
    if (caller === null) return callers;
    keepSmallest(caller.keyIds, keyId, MAX_KEYS);
    caller.minutes[minute] = (caller.minutes[minute] ?? 0) + 1;
    if (partial) caller.partial += 1;
    if (reporting) caller.reporting += 1;
    keepSmallest(caller.missing, missing, MAX_KEYS);
    keepEarliest(caller.evidence, evidence, MAX_EVIDENCE_OF_CALLER);
    return callers;
  },
  merge(a, b) {
    for (const [id, from] of Object.entries(b)) {
      const caller = keepCaller(a, id, from);
      if (caller === null) continue;
      for (const keyId of from.keyIds) keepSmallest(caller.keyIds, keyId, MAX_KEYS);
      for (const [minute, count] of Object.entries(from.minutes))
        caller.minutes[minute] = (caller.minutes[minute] ?? 0) + count;
      caller.partial += from.partial;
      caller.reporting += from.reporting;
      for (const key of from.missing) keepSmallest(caller.missing, key, MAX_KEYS);
      for (const piece of from.evidence) keepEarliest(caller.evidence, piece, MAX_EVIDENCE_OF_CALLER);
    }
    return a;
  },
  wakes(key, window, context) {
    // A flow of before midnight may reach into this hour.
    const startMs = window * HOUR_MS;
    const days = new Set([startMs, startMs - HOUR_MS].map((timeMs) => Math.floor(timeMs / DAY_MS)));
    const clients = context.read(plainPlaces, key, window)?.clients ?? [];
    return clients.flatMap((client) => {
      const [account = '', region = ''] = splitKey(client);
      return [...days].flatMap((day) => [
        { fold: 'plaintext-dynamodb-flows', key: client, window: day },
        { fold: 'plain-dynamodb-clients', key: joinKey(account, region), window: day },
      ]);
    });
  },
};

const MAX_CLIENTS = 32;

/** Requests in plain HTTP from one place within an hour. */
export interface PlainPlace {
  /** Address to the minutes of the hour. */
  byAddress: Record<string, Minutes>;
  /** Keys of their flows in TLS-06. */
  clients: string[];
}

interface PlaceSeen {
  readonly address: string;
  readonly minutes: readonly number[];
  readonly client: string;
}

/** Key: account, region, and an address, an id of an instance or task, or '' for all of them (`placeKey`). */
export const plainPlaces: Fold<PlaceSeen, PlainPlace> = {
  name: 'plain-dynamodb-places',
  version: 1,
  windowMs: HOUR_MS,
  keepMs: JOIN_KEPT_MS,
  empty: () => ({ byAddress: {}, clients: [] }),
  add(summary, { address, minutes, client }) {
    keepMinutes(summary, address, (set) => {
      for (const minute of minutes) addMinute(set, minute);
    });
    keepSmallest(summary.clients, client, MAX_CLIENTS);
    return summary;
  },
  merge(a, b) {
    for (const [address, minutes] of Object.entries(b.byAddress))
      keepMinutes(a, address, (set) => mergeMinutes(set, minutes));
    for (const client of b.clients) keepSmallest(a.clients, client, MAX_CLIENTS);
    return a;
  },
  // TLS-01 is certain of a call that has its flow.
  wakes(key, window, context) {
    const callers = Object.values(context.read(dynamodbCallers, key, window) ?? {});
    return callers.flatMap(({ missing }) =>
      missing.map((one) => ({ fold: 'tls-missing', key: one, window })),
    );
  },
};

/** A full list keeps the smallest addresses in code unit order (docs/decisions/0002, contract 5): an evicted one never comes back. */
function keepMinutes({ byAddress }: PlainPlace, address: string, change: (minutes: Minutes) => void): void {
  const known = Object.hasOwn(byAddress, address) ? byAddress[address]! : [];
  change(known);
  byAddress[address] = known;
  const addresses = Object.keys(byAddress);
  if (addresses.length <= MAX_CLIENTS) return;
  delete byAddress[addresses.reduce((last, one) => (one > last ? one : last))];
}

/** The caller in the list; null where the list is full of others. An evicted one never comes back: those that stay have smaller hashes. */
function keepCaller(callers: Callers, id: string, facts: CallerFacts): Caller | null {
  const known = callers[id];
  if (known !== undefined) return known;
  const ids = Object.keys(callers);
  if (ids.length >= MAX_CALLERS) {
    const last = ids.reduce((worst, one) => (isAfter(callers, one, worst) ? one : worst));
    const { hash } = callers[last]!;
    if (facts.hash > hash || (facts.hash === hash && id > last)) return null;
    delete callers[last];
  }
  const { principal, type, name, session, ip, ipClass, vpcEndpoint, userAgent, hash } = facts;
  const who = { principal, type, name, session, ip, ipClass, vpcEndpoint, userAgent, hash };
  const caller: Caller = {
    ...who,
    keyIds: [],
    minutes: {},
    partial: 0,
    reporting: 0,
    missing: [],
    evidence: [],
  };
  callers[id] = caller;
  return caller;
}

function isAfter(callers: Callers, a: string, b: string): boolean {
  const difference = callers[a]!.hash - callers[b]!.hash;
  return difference === 0 ? a > b : difference > 0;
}

/** Ids of instances and of ECS tasks: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html (ec2:SourceInstanceARN), https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html */
const TOKEN = /^(?:i-[0-9a-f]{8,17}|[0-9a-f]{32})$/;

/** The session's name where it is the id of an instance or task: flow records have it too. */
export function tokenOf(session: string): string {
  return TOKEN.test(session) ? session : '';
}

/** Notes a direct call of DynamoDB for which CloudTrail recorded no TLS. */
export function observeCaller(call: CallRecord, hashSeed: number, out: Output): void {
  const ip = oneSpelling(call.ip);
  const id = joinKey(call.principal, call.sessionName, ip);
  const seen: CallSeen = {
    id,
    facts: {
      principal: call.principal,
      type: call.principalType,
      name: call.principalName,
      session: call.sessionName,
      ip,
      ipClass: call.networkClass,
      vpcEndpoint: call.vpcEndpoint,
      userAgent: call.userAgentFamily,
      hash: hashText(id, hashSeed),
    },
    keyId: call.keyId,
    minute: Math.floor(call.timeMs / MINUTE_MS) % 60,
    partial: call.tlsState === 'partial',
    reporting: canReportTls(call),
    missing: missingKeyOf(call),
    evidence: evidenceOf(call, {
      action: call.action,
      tlsDetails: call.tlsState,
      clientProvidedHostHeader: call.tlsHost,
      sourceIPAddress: call.ip,
      keyId: call.keyId,
      errorCode: call.errorCode,
    }),
  };
  for (const place of new Set([ip, tokenOf(call.sessionName), '']))
    out.add(dynamodbCallers, placeKey(call.account, call.region, place), call, seen);
}

// Which sightings are the same request from another network, and how sure it is that somebody sent it again.

import { compareText } from '../../lib/text-order.ts';
import { MINUTE_MS } from '../detector.ts';
import type { Sighting } from './request-sightings.ts';

/** AWS accepts a signature for five minutes in most cases, S3 for fifteen. */
const NEAR_MS = 5 * MINUTE_MS;
export const FAR_MS = 15 * MINUTE_MS;
const NEAR_CONFIDENCE = 0.7;
const FAR_CONFIDENCE = 0.5;
const OTHER_TLS_CLIENT = 0.2;
const WRITE = 0.1;
const ROAMING_KEY = -0.3;
/** Put and Update show keys and attribute names only: two different items may look the same. */
const VALUES_HIDDEN = -0.1;
/** `ListTables` without parameters equals every other one. */
const NOTHING_TO_COMPARE = -0.2;
/** One client with an IPv4 and an IPv6 address. */
const DUAL_STACK = -0.2;

export interface Repeat {
  readonly first: Sighting;
  readonly second: Sighting;
  readonly confidence: number;
  readonly why: readonly string[];
}

/** Groups of two and more equal requests, each in order of (time, event id). */
export function sameRequests(all: readonly Sighting[]): Sighting[][] {
  const groups = new Map<number, Sighting[]>();
  const several = new Set<Sighting[]>();
  for (const sighting of all) {
    // Equal requests have equal hashes; unequal ones hardly ever do, and are told apart below.
    const group = groups.get(sighting.hash1);
    if (group === undefined) groups.set(sighting.hash1, [sighting]);
    else if (group.push(sighting) === 2) several.add(group);
  }
  return [...several].flatMap(splitByRequest).map((group) => group.sort(bySightingTime));
}

function splitByRequest(group: readonly Sighting[]): Sighting[][] {
  const requests = new Map<string, Sighting[]>();
  for (const sighting of group) {
    const { service, action, region } = sighting.operation;
    const name = `${sighting.hash2} ${service}:${action} ${region}`;
    const request = requests.get(name);
    if (request === undefined) requests.set(name, [sighting]);
    else request.push(sighting);
  }
  return [...requests.values()].filter((request) => request.length > 1);
}

export function bySightingTime(a: Sighting, b: Sighting): number {
  return a.timeMs - b.timeMs || compareText(a.eventId(), b.eventId());
}

/** The nearest earlier sighting from another network, inside the wide window. */
export function lastFromElsewhere(group: readonly Sighting[], at: number): Sighting | null {
  const second = group[at]!;
  for (let i = at - 1; i >= 0; i--) {
    const first = group[i]!;
    if (second.timeMs - first.timeMs > FAR_MS) return null;
    if (first.profile.network !== second.profile.network && !isSameInterface(first, second)) return first;
  }
  return null;
}

/** One private address, seen with and without its VPC endpoint. */
function isSameInterface(a: Sighting, b: Sighting): boolean {
  return a.profile.ip === b.profile.ip && a.profile.networkClass === 'private';
}

/** `knownNetworks`: that the key was in during the week before. */
export function score(first: Sighting, second: Sighting, knownNetworks: number): Repeat {
  const seconds = Math.round((second.timeMs - first.timeMs) / 1000);
  const near = second.timeMs - first.timeMs <= NEAR_MS;
  let confidence = near ? NEAR_CONFIDENCE : FAR_CONFIDENCE;
  const why = [
    `the same request ${seconds} s later from ${second.profile.network} after ${first.profile.network} (${confidence.toFixed(2)})`,
  ];
  const add = (value: number, reason: string): void => {
    confidence += value;
    why.push(`${reason} (${value > 0 ? '+' : ''}${value.toFixed(2)})`);
  };
  if (
    first.profile.family === second.profile.family &&
    (first.profile.tls !== second.profile.tls || first.profile.tls === '' || second.profile.tls === '')
  ) {
    const said = (tls: string): string => (tls === '' ? 'none' : tls);
    add(
      OTHER_TLS_CLIENT,
      `same user agent, other TLS: ${said(first.profile.tls)} then ${said(second.profile.tls)}`,
    );
  }
  if (second.operation.write) add(WRITE, 'it is a write');
  if (knownNetworks >= 2) add(ROAMING_KEY, `the key was in ${knownNetworks} networks in the week before`);
  const { service, action } = second.operation;
  if (service === 'dynamodb' && (action === 'PutItem' || action === 'UpdateItem')) {
    add(VALUES_HIDDEN, 'item values are not in the record');
  }
  if (second.operation.empty) add(NOTHING_TO_COMPARE, 'the request has no parameters to compare');
  if (first.profile.ip.includes(':') !== second.profile.ip.includes(':'))
    add(DUAL_STACK, 'one address is IPv4, the other IPv6');
  return { first, second, confidence: Math.min(1, Math.round(confidence * 100) / 100), why };
}

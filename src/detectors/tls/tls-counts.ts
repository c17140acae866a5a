// Calls with and without tlsDetails as they are counted: by day, and those of the services that are judged by principal and region.

import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, joinKey } from '../detector.ts';
import { createSenderMemo } from '../sender-memo.ts';
import { CALL_CLASS, CALL_CLASSES } from './call-verdict.ts';

/** The days before and after a day that say what its calls without TLS mean. */
export const DAYS_BEFORE = 28;
export const DAYS_AFTER = 1;

/** What folds of a day have in common. */
export const daily = {
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  // What reads a day looks DAYS_BEFORE back, and waits for DAYS_AFTER and a day of lateness.
  keepMs: (DAYS_BEFORE + DAYS_AFTER + 3) * DAY_MS,
} as const;

/** Accounts and categories whose keys are remembered before they start anew. */
const MAX_KEYED = 1000;
const keyed = new Map<string, Map<string, string>>();

/** Keys by service: all senders of an account and category share them. */
const keysOfSender = createSenderMemo(({ account, category }) => {
  const name = joinKey(account, category);
  let keys = keyed.get(name);
  if (keys === undefined) {
    if (keyed.size >= MAX_KEYED) keyed.clear();
    keys = new Map();
    keyed.set(name, keys);
  }
  return keys;
});

/** Fold key of a call: account, service, category. */
export function keyOf(call: CallRecord): string {
  const { service } = call;
  const keys = keysOfSender(call);
  let key = keys.get(service);
  if (key === undefined) {
    if (keys.size >= MAX_KEYED) keys.clear();
    key = joinKey(call.account, service, call.category);
    keys.set(service, key);
  }
  return key;
}

export interface TlsCount {
  /** Direct calls. */
  n: number;
  /** Of these, with version or cipher. */
  k: number;
}

/** Calls by what their records show (CALL_CLASS). */
type ClassCounts = number[];
/** By principal, by region. */
export type PrincipalCounts = Map<string, Map<string, ClassCounts>>;

/** Principals counted one by one in a day; beyond it those whose names come first are: an account has some hundred. */
const MAX_PRINCIPALS = 500;
/** Regions of one principal in a day: AWS has some forty. */
const MAX_REGIONS = 50;
/** All principals or regions beyond that, in one. No name is like it: control characters are taken out of names. */
export const THE_REST = '\u0000';

/** The entry to add to: that of all others, once the map is full and this name is not among the smallest. */
export function countsOf(summary: PrincipalCounts, principal: string, region: string): ClassCounts {
  const regions = entryOf(summary, principal, MAX_PRINCIPALS, noRegions, mergeRegions);
  return entryOf(regions, region, MAX_REGIONS, noCounts, addCounts);
}

const noRegions = (): Map<string, ClassCounts> => new Map();
const noCounts = (): ClassCounts => withAllClasses([]);

/**
 * Those of the smallest names have entries of their own, whatever the order was they came in; what was counted for another one is
 * put to THE_REST when its entry must go.
 */
function entryOf<V>(
  map: Map<string, V>,
  name: string,
  max: number,
  empty: () => V,
  put: (into: V, value: V) => void,
): V {
  const known = map.get(name);
  if (known !== undefined) return known;
  const value = empty();
  map.set(name, value);
  if (map.size <= max + (map.has(THE_REST) ? 1 : 0)) return value;
  let last = '';
  for (const other of map.keys()) if (other !== THE_REST && other > last) last = other;
  const gone = map.get(last)!;
  map.delete(last);
  const rest = map.get(THE_REST);
  if (rest === undefined) map.set(THE_REST, gone);
  else put(rest, gone);
  return map.get(name) ?? map.get(THE_REST)!;
}

function mergeRegions(into: Map<string, ClassCounts>, regions: ReadonlyMap<string, ClassCounts>): void {
  for (const [region, counts] of regions) {
    addCounts(entryOf(into, region, MAX_REGIONS, noCounts, addCounts), counts);
  }
}

export function addCounts(into: ClassCounts, counts: ClassCounts): void {
  for (let at = 0; at < CALL_CLASSES; at++) into[at]! += counts[at]!;
}

export function withAllClasses(counts: readonly number[]): ClassCounts {
  return Array.from({ length: CALL_CLASSES }, (_, at) => counts[at] ?? 0);
}

export function withoutLastZeros(counts: ClassCounts): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
}

/** Direct calls in records that can hold TLS details, and those of them with full ones. */
export function directOf(regions: ReadonlyMap<string, ClassCounts> | undefined): TlsCount {
  const sum = { n: 0, k: 0 };
  for (const counts of regions?.values() ?? []) {
    const k = counts[CALL_CLASS.strong]! + counts[CALL_CLASS.weak]!;
    sum.k += k;
    sum.n += k + counts[CALL_CLASS.hostOnly]! + counts[CALL_CLASS.absent]!;
  }
  return sum;
}

/** Direct calls of one principal with full TLS details on a day. */
export function callsWithTls(counts: PrincipalCounts | null, principal: string): number {
  return directOf(counts?.get(principal)).k;
}

export function sumOf(counts: PrincipalCounts | null): TlsCount {
  const sum = { n: 0, k: 0 };
  for (const regions of counts?.values() ?? []) {
    const { n, k } = directOf(regions);
    sum.n += n;
    sum.k += k;
  }
  return sum;
}

// Does this account's log say anything about TLS? Calls with and without tlsDetails, per service, category and day: of DynamoDB and DAX
// all of them, by principal and region; of other services the direct ones. Absence is evidence only where nearly all others have it: whole services never report TLS, and archives of 2021 hardly do.

import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  type Output,
  splitKey,
} from '../detector.ts';
import { createSenderMemo } from '../sender-memo.ts';
import {
  type CalibrationVerdict,
  type CallClass,
  type CallVerdict,
  readCallClass,
  verdictOf,
} from './call-verdict.ts';
import {
  addCounts,
  countsOf,
  DAYS_AFTER,
  DAYS_BEFORE,
  daily,
  directOf,
  keyOf,
  type PrincipalCounts,
  sumOf,
  THE_REST,
  type TlsCount,
  withAllClasses,
  withoutLastZeros,
} from './tls-counts.ts';
import {
  countOthers,
  isBeingLost,
  isKeptHere,
  isLost,
  MIN_CALLS_OF_VOICE,
  type Voice,
} from './tls-details-lost.ts';
import { LIST_COUNTS_FROM_MS, SERVICES_KNOWN_TO_REPORT_TLS } from './tls-services.ts';

/** Days until an older count weighs half. */
const HALF_LIFE_DAYS = 7;
/** Direct calls of others that make a calibration. */
export const MIN_CALLS = 200;
/** Share of them that carries full TLS details: 99.86 % were measured on direct calls of 2023, 0.3 % on those of 2021. */
export const MIN_SHARE = 0.98;

/** Direct calls after which a service of the list ought to be calibrated. */
const UNUSABLE_AFTER_CALLS = 1000;

/** One call to DynamoDB, its streams or DAX. */
export interface SeenCall {
  readonly principal: string;
  readonly region: string;
  readonly callClass: CallClass;
}

/** Calls to DynamoDB, its streams and DAX by principal and region, direct or not. Key: account, service, category. */
export const tlsOfPrincipals: Fold<SeenCall, PrincipalCounts> = {
  ...daily,
  name: 'tls-of-principals',
  // 1: only direct calls, as { principal: { n, k } }.
  version: 2,
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  reads: ['tls-by-service'],
  empty: () => new Map(),
  add(summary, { principal, region, callClass }) {
    countsOf(summary, principal, region)[callClass]! += 1;
    return summary;
  },
  merge(a, b) {
    for (const [principal, regions] of b) {
      for (const [region, counts] of regions) addCounts(countsOf(a, principal, region), counts);
    }
    return a;
  },
  toJson: (summary) =>
    Object.fromEntries(
      Array.from(summary, ([principal, regions]) => [
        principal,
        Object.fromEntries(Array.from(regions, ([region, counts]) => [region, withoutLastZeros(counts)])),
      ]),
    ),
  fromJson: (value) =>
    new Map(
      Object.entries(value as Record<string, Record<string, number[]>>).map(([principal, regions]) => [
        principal,
        new Map(Object.entries(regions).map(([region, counts]) => [region, withAllClasses(counts)])),
      ]),
    ),
  migrate: (value) =>
    Object.fromEntries(
      Object.entries(value as Record<string, TlsCount>).map(([principal, { n, k }]) => [
        principal,
        // No region was kept, and nothing told strong from weak, or a host header from nothing.
        { '': [k, 0, 0, n - k] },
      ]),
    ),
  judge: judgeUsability,
};

/** What a sender was last seen to do: nearly all its calls are in one region. */
const lastSeen = createSenderMemo((call): { seen: SeenCall } => ({ seen: readSeenCall(call) }));

function readSeenCall(call: CallRecord): SeenCall {
  return { principal: call.principal, region: call.region, callClass: readCallClass(call) };
}

/** Any call to DynamoDB, its streams or DAX. Returns what its record shows. */
export function countCall(call: CallRecord, out: Output): CallClass {
  const last = lastSeen(call);
  if (last.seen.region !== call.region) last.seen = { ...last.seen, region: call.region };
  out.add(tlsOfPrincipals, keyOf(call), call, last.seen);
  return last.seen.callClass;
}

export type Calibration =
  | {
      readonly verdict: 'calibrated';
      readonly grade: 'probable' | 'weak';
      readonly n: number;
      readonly k: number;
    }
  | { readonly verdict: 'uncalibrated' | 'pipeline-drops-it'; readonly n: number; readonly k: number };

/**
 * Calibration of a day from D-28 to D+1, by the calls of principals for whom TLS is recorded as a rule, leaving out the one that is
 * judged. Principals who speak plain HTTP themselves are no witnesses: two of them would hide each other.
 */
export function calibrate(
  account: string,
  service: string,
  category: string,
  principal: string,
  day: number,
  context: JudgeContext,
): Calibration {
  const everyone = callsAround(joinKey(account, service, category), day, context);
  return calibrateWithout(principal, everyone, account, service, day, context);
}

interface WeighedCount extends Voice {
  weighedN: number;
  weighedK: number;
}

function callsAround(key: string, day: number, context: JudgeContext): Map<string, WeighedCount> {
  const sums = new Map<string, WeighedCount>();
  for (let d = day - DAYS_BEFORE; d <= day + DAYS_AFTER; d++) {
    const weight = 0.5 ** (Math.abs(day - d) / HALF_LIFE_DAYS);
    for (const [name, regions] of context.read<PrincipalCounts>(tlsOfPrincipals, key, d) ?? []) {
      const { n, k } = directOf(regions);
      // Many in one say nothing of any of them.
      if (n === 0 || name === THE_REST) continue;
      const sum = sums.get(name) ?? {
        n: 0,
        k: 0,
        weighedN: 0,
        weighedK: 0,
        speaks: false,
        loses: false,
        keepsMost: false,
        losesMost: false,
      };
      if (d === day && k > 0) {
        sum.speaks = true;
        sum.loses = k < n;
      }
      if (d === day && n >= MIN_CALLS_OF_VOICE) {
        sum.keepsMost = k > n / 2;
        sum.losesMost = k < n / 2;
      }
      sum.n += n;
      sum.k += k;
      sum.weighedN += weight * n;
      sum.weighedK += weight * k;
      sums.set(name, sum);
    }
  }
  return sums;
}

function calibrateWithout(
  principal: string,
  everyone: ReadonlyMap<string, WeighedCount>,
  account: string,
  service: string,
  day: number,
  context: JudgeContext,
): Calibration {
  const others = [...everyone].filter(([name]) => name !== principal).map(([, sum]) => sum);
  const witnesses = others.filter((sum) => sum.k > 0 && sum.k >= sum.n / 2);
  // Some TLS, mostly none: neither a plain client nor a witness. Where AWS's list would have to stand in, they are a reason to doubt it.
  const doubtful = others.some((sum) => sum.k > 0 && sum.k < sum.n / 2);
  const silent = others.filter((sum) => sum.k === 0).reduce((calls, sum) => calls + sum.n, 0);
  const total = (field: 'n' | 'k' | 'weighedN' | 'weighedK'): number =>
    witnesses.reduce((sum, witness) => sum + witness[field], 0);
  const n = total('n');
  const k = total('k');
  const elsewhere = countOthers(account, day, context);
  const isDropped = isLost(elsewhere) && !isKeptHere(others);
  // DAX's control plane has few callers: what the log does to the field shows in DynamoDB's, too.
  const speakers =
    service === 'dax' ? [...others, ...dynamodbCallersBut(principal, account, day, context)] : others;
  if (isDropped || isBeingLost(elsewhere, speakers)) return { verdict: 'pipeline-drops-it', n, k };
  if (n >= MIN_CALLS) {
    // Age weighs the share, not how much is known: two hundred calls of three weeks ago are still two hundred.
    const enough = ((total('weighedK') / total('weighedN')) * n + 0.5) / (n + 1) >= MIN_SHARE;
    return enough ? { verdict: 'calibrated', grade: 'probable', n, k } : { verdict: 'uncalibrated', n, k };
  }
  const listed = (SERVICES_KNOWN_TO_REPORT_TLS as readonly string[]).includes(service);
  // Many calls and nobody with TLS: rather a log without the field than an account without TLS.
  const unheard = witnesses.length === 0 && silent >= UNUSABLE_AFTER_CALLS;
  if (listed && day * DAY_MS >= LIST_COUNTS_FROM_MS && k >= n * MIN_SHARE && !doubtful && !unheard) {
    return { verdict: 'calibrated', grade: 'weak', n, k };
  }
  return { verdict: 'uncalibrated', n, k };
}

function dynamodbCallersBut(
  principal: string,
  account: string,
  day: number,
  context: JudgeContext,
): WeighedCount[] {
  return ['Data', 'Management'].flatMap((category) =>
    [...callsAround(joinKey(account, 'dynamodb', category), day, context)]
      .filter(([name]) => name !== principal)
      .map(([, sum]) => sum),
  );
}

/** Calls of one verdict. */
export interface VerdictCount {
  readonly account: string;
  /** '' where the count was made before regions were kept; THE_REST beyond fifty. */
  readonly region: string;
  readonly service: string;
  readonly category: string;
  /** Days since 1970. */
  readonly day: number;
  readonly verdict: CallVerdict['verdict'];
  readonly why: CallVerdict['why'];
  readonly calls: number;
}

/**
 * Verdicts of a day of one key of `tlsOfPrincipals`, by region, verdict and why: what TLS-01 to TLS-03 say of each call, counted. As with a finding, the
 * last word is spoken DAYS_AFTER and a day of lateness later.
 */
export function verdictsOfDay(key: string, day: number, context: JudgeContext): readonly VerdictCount[] {
  const [account = '', service = '', category = ''] = splitKey(key);
  const counted = new Map<string, VerdictCount>();
  let everyone: ReadonlyMap<string, WeighedCount> | null = null;
  for (const [principal, regions] of context.read<PrincipalCounts>(tlsOfPrincipals, key, day) ?? []) {
    const { n, k } = directOf(regions);
    let calibration: CalibrationVerdict = 'uncalibrated';
    // Only those without TLS need it.
    if (n > k) {
      everyone ??= callsAround(key, day, context);
      calibration = calibrateWithout(principal, everyone, account, service, day, context).verdict;
    }
    for (const [region, counts] of regions) {
      for (const [callClass, calls] of counts.entries()) {
        if (calls === 0) continue;
        const said = verdictOf(callClass as CallClass, calibration);
        const name = joinKey(region, said.verdict, said.why);
        const known = counted.get(name)?.calls ?? 0;
        counted.set(name, { account, region, service, category, day, ...said, calls: known + calls });
      }
    }
  }
  return [...counted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, count]) => count);
}

/** Says once per service and account that the field is of no use there. */
function judgeUsability(
  key: string,
  day: number,
  counts: PrincipalCounts,
  context: JudgeContext,
): readonly Draft[] {
  const [account = '', service = '', category = ''] = splitKey(key);
  let n = 0;
  let k = 0;
  for (let d = day - DAYS_BEFORE; d < day; d++) {
    const count = sumOf(context.read<PrincipalCounts>(tlsOfPrincipals, key, d));
    n += count.n;
    k += count.k;
  }
  const today = sumOf(counts);
  // Only on the day that crosses the mark: the days before and after say nothing new.
  if (n >= UNUSABLE_AFTER_CALLS || n + today.n < UNUSABLE_AFTER_CALLS) return [];
  n += today.n;
  k += today.k;
  const { verdict } = calibrate(account, service, category, '', day, context);
  // A pipeline that drops it is told by tls-details-lost.ts, but for old archives.
  const isToldElsewhere = verdict === 'pipeline-drops-it' && day * DAY_MS >= LIST_COUNTS_FROM_MS;
  if (verdict === 'calibrated' || isToldElsewhere) return [];
  const timeMs = day * DAY_MS;
  return [
    {
      account,
      region: '',
      entity: service,
      evidenceKey: joinKey('not-usable', category),
      timeMs,
      severity: 'INFO',
      confidence: 1,
      grade: 'certain',
      title: `tlsDetails is of no use here: ${k} of ${n} direct ${service} calls carry it`,
      summary: `In account ${account} only ${k} of ${n} direct ${service} calls (${category} events) carry full TLS details. Calls without them get no verdict.`,
      firstMs: timeMs,
      lastMs: timeMs + DAY_MS - 1,
      count: n,
      target: { service, resource: '' },
      evidence: [],
      why: ['an old archive, or something between CloudTrail and here drops nested fields'],
      remediation: [],
    },
  ];
}

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
  CALL_CLASS,
  CALL_CLASSES,
  type CalibrationVerdict,
  type CallClass,
  type CallVerdict,
  readCallClass,
  verdictOf,
} from './call-verdict.ts';

/** Services that record TLS details, by the list that AWS published in February 2023 (docs/detections/TLS-01.md names it); the ones people call most. */
export const SERVICES_KNOWN_TO_REPORT_TLS = [
  'dynamodb',
  'dax',
  'kms',
  's3',
  'sts',
  'iam',
  'lambda',
  'secretsmanager',
  'logs',
  'sns',
  'sqs',
  'ec2',
  'ssm',
] as const;

/** From here on the list alone counts, for grade `weak`: the field was being rolled out through 2021 and 2022. */
export const LIST_COUNTS_FROM_MS = Date.UTC(2024, 0, 1);

export const DAYS_BEFORE = 28;
export const DAYS_AFTER = 1;
/** Days until an older count weighs half. */
const HALF_LIFE_DAYS = 7;
/** Direct calls of others that make a calibration. */
export const MIN_CALLS = 200;
/** Share of them that carries full TLS details: 99.86 % were measured on direct calls of 2023, 0.3 % on those of 2021. */
export const MIN_SHARE = 0.98;

export interface TlsCount {
  /** Direct calls. */
  n: number;
  /** Of these, with version or cipher. */
  k: number;
}

/** Direct calls after which a service of the list ought to be calibrated. */
const UNUSABLE_AFTER_CALLS = 1000;

/** Principals counted one by one in a day; beyond it those whose names come first are: an account has some hundred. */
const MAX_PRINCIPALS = 500;
/** Regions of one principal in a day: AWS has some forty. */
const MAX_REGIONS = 50;
/** All principals or regions beyond that, in one. No name is like it: control characters are taken out of names. */
export const THE_REST = '\u0000';

const daily = {
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  // What reads a day looks DAYS_BEFORE back, and waits for DAYS_AFTER and a day of lateness.
  keepMs: (DAYS_BEFORE + DAYS_AFTER + 3) * DAY_MS,
} as const;

/** Direct calls of other services than DynamoDB and DAX. Key: account, service, category. */
export const tlsByService: Fold<boolean, TlsCount> = {
  ...daily,
  name: 'tls-by-service',
  version: 1,
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  empty: () => ({ n: 0, k: 0 }),
  add(summary, full) {
    summary.n += 1;
    if (full) summary.k += 1;
    return summary;
  },
  merge(a, b) {
    a.n += b.n;
    a.k += b.k;
    return a;
  },
  judge: judgePipeline,
};

/** One call to DynamoDB, its streams or DAX. */
export interface SeenCall {
  readonly principal: string;
  readonly region: string;
  readonly callClass: CallClass;
}

/** Calls by what their records show (CALL_CLASS). */
type ClassCounts = number[];
/** By principal, by region. */
export type PrincipalCounts = Map<string, Map<string, ClassCounts>>;

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

/** The entry to add to: that of all others, once the map is full and this name is not among the smallest. */
function countsOf(summary: PrincipalCounts, principal: string, region: string): ClassCounts {
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

function addCounts(into: ClassCounts, counts: ClassCounts): void {
  for (let at = 0; at < CALL_CLASSES; at++) into[at]! += counts[at]!;
}

function withAllClasses(counts: readonly number[]): ClassCounts {
  return Array.from({ length: CALL_CLASSES }, (_, at) => counts[at] ?? 0);
}

function withoutLastZeros(counts: ClassCounts): number[] {
  return counts.slice(0, counts.findLastIndex((count) => count !== 0) + 1);
}

/** Direct calls in records that can hold TLS details, and those of them with full ones. */
function directOf(regions: ReadonlyMap<string, ClassCounts> | undefined): TlsCount {
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

function keyOf(call: CallRecord): string {
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

/** What a sender was last seen to do: nearly all its calls are in one region. */
const lastSeen = createSenderMemo((call): { seen: SeenCall } => ({ seen: readSeenCall(call) }));

function readSeenCall(call: CallRecord): SeenCall {
  return { principal: call.principal, region: call.region, callClass: readCallClass(call) };
}

/** A direct call to another service, in a record that can hold TLS details. */
export function countOtherCall(call: CallRecord, out: Output): void {
  out.add(tlsByService, keyOf(call), call, call.tlsState === 'full');
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

interface WeighedCount {
  n: number;
  k: number;
  weighedN: number;
  weighedK: number;
  /** What the judged day itself has of it: calls with TLS details, and calls without beside them. */
  speaks: boolean;
  loses: boolean;
  /** Most of its calls of the judged day, where there are enough of them, have it, or have it not. */
  keepsMost: boolean;
  losesMost: boolean;
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

/** Direct calls to other listed services on that day that say what the pipeline does to the field. */
const MIN_CALLS_OF_OTHERS = 20;
/**
 * Direct calls of a day with which one service, or one principal, has a voice in whether the field is lost. Chosen: fewer are one program's
 * start. What single services lack of it is put together, for one voice.
 */
export const MIN_CALLS_OF_VOICE = 5;
/** Services that lose it for each that keeps it. Chosen: who calls seven services that nobody else calls does not outvote four. */
export const LOST_FOR_ONE_KEPT = 3;
/** DynamoDB and DAX are what is judged: a plain client of one of them must not vouch for another. */
const OTHER_SERVICES = SERVICES_KNOWN_TO_REPORT_TLS.filter((service) => !isTarget(service));

export function isTarget(service: string): boolean {
  return service === 'dynamodb' || service === 'dax';
}

interface OthersOfDay extends TlsCount {
  /** The first key of those that lose it. */
  readonly teller: string;
  readonly services: number;
  /** Services in most of whose calls it is there, and those in most of whose calls it is not. */
  readonly keeping: number;
  readonly losing: number;
}

function countOthers(account: string, day: number, context: JudgeContext): OthersOfDay {
  let n = 0;
  let k = 0;
  let teller = '';
  let services = 0;
  const voices: TlsCount[] = [];
  const rest = { n: 0, k: 0 };
  for (const service of OTHER_SERVICES) {
    const own = { n: 0, k: 0 };
    for (const category of ['Management', 'Data']) {
      const key = joinKey(account, service, category);
      const count = context.read<TlsCount>(tlsByService, key, day);
      if (count === null) continue;
      own.n += count.n;
      own.k += count.k;
      if (teller === '' && count.k < count.n / 2) teller = key;
    }
    n += own.n;
    k += own.k;
    if (own.n > 0) services++;
    if (own.n >= MIN_CALLS_OF_VOICE) voices.push(own);
    else {
      rest.n += own.n;
      rest.k += own.k;
    }
  }
  if (rest.n >= MIN_CALLS_OF_VOICE) voices.push(rest);
  const keeping = voices.filter((voice) => voice.k > voice.n / 2).length;
  const losing = voices.filter((voice) => voice.k < voice.n / 2).length;
  return { n, k, teller, services, keeping, losing };
}

/**
 * All services lose the field at once: a shipper or a rewriting job drops it, which is no attack. The calls of all together do not say so: one
 * plain client can make more of them than everybody else, but not in every service.
 */
function isLost({ n, k, keeping, losing }: OthersOfDay): boolean {
  return n >= MIN_CALLS_OF_OTHERS && k < n / 2 && losing > 0 && losing >= keeping * LOST_FOR_ONE_KEPT;
}

/** The other principals of the very service mostly have the field that day, whatever other services say. */
function isKeptHere(others: readonly WeighedCount[]): boolean {
  const keeping = others.filter((sum) => sum.keepsMost).length;
  // Who never has it is a plain client, and has nothing to lose.
  return keeping > others.filter((sum) => sum.losesMost && sum.k > 0).length;
}

/** Less than this share of the calls of other services without the field is nothing: 0.14 % were measured where nothing is dropped. */
const MIN_LOST_SHARE = 0.005;
const MIN_LOST_CALLS = 3;
const MIN_LOSING_PRINCIPALS = 2;
const MIN_LOSING_SHARE = 1 / 3;

/**
 * The day in the middle of which it begins, or ends: too few calls for `isLost`, but other services lack the field, too, and so do several
 * principals who have it on other calls of that day. One plain client, of however many services, is one principal.
 */
function isBeingLost({ n, k }: TlsCount, others: readonly WeighedCount[]): boolean {
  if (n < MIN_CALLS_OF_OTHERS || n - k < Math.max(MIN_LOST_CALLS, n * MIN_LOST_SHARE)) return false;
  const speaking = others.filter((sum) => sum.speaks).length;
  const losing = others.filter((sum) => sum.loses).length;
  return losing >= MIN_LOSING_PRINCIPALS && losing >= speaking * MIN_LOSING_SHARE;
}

/** Days without enough calls, a weekend say, that do not end a run of days on which the field is lost. */
const MAX_GAP_DAYS = 7;

/** Says once per account and run of days that the field is lost on its way: by the first service of the list that lost it. */
function judgePipeline(key: string, day: number, today: TlsCount, context: JudgeContext): readonly Draft[] {
  const [account = '', service = ''] = splitKey(key);
  if (today.k >= today.n / 2 || !(OTHER_SERVICES as readonly string[]).includes(service)) return [];
  const all = countOthers(account, day, context);
  if (!isLost(all) || all.teller !== key) return [];
  let before: OthersOfDay | null = null;
  for (let d = day - 1; d >= day - 1 - MAX_GAP_DAYS && before === null; d--) {
    const count = countOthers(account, d, context);
    if (count.n >= MIN_CALLS_OF_OTHERS) before = count;
  }
  // Told on an earlier day of the run. Before the services of the list all wrote it, a log without it has lost nothing.
  if (before === null ? day * DAY_MS < LIST_COUNTS_FROM_MS : isLost(before)) return [];
  const timeMs = day * DAY_MS;
  return [
    {
      account,
      region: '',
      entity: 'cloudtrail',
      evidenceKey: 'pipeline-drops-it',
      timeMs,
      severity: 'INFO',
      confidence: 1,
      grade: 'certain',
      title: `tlsDetails is missing from most records: ${all.k} of ${all.n} direct calls to ${all.services} other services carry it`,
      summary: `In account ${account} only ${all.k} of ${all.n} direct calls of this day to services that record TLS, DynamoDB left out, carry full TLS details${before === null ? '' : `; on the last day with as many calls it was ${before.k} of ${before.n}`}. While this lasts, DynamoDB calls without TLS get no verdict, unless most other principals’ DynamoDB calls of the day carry it.`,
      firstMs: timeMs,
      lastMs: timeMs + DAY_MS - 1,
      count: all.n - all.k,
      target: { service: 'cloudtrail', resource: '' },
      evidence: [],
      why: [
        'rather something between CloudTrail and here that drops nested fields than many clients who gave up TLS on one day',
        'where nearly all these calls are of one application, look whether it calls everything over plain HTTP',
      ],
      remediation: [],
    },
  ];
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
  // A pipeline that drops it is told by judgePipeline, but for old archives.
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

function sumOf(counts: PrincipalCounts | null): TlsCount {
  const sum = { n: 0, k: 0 };
  for (const regions of counts?.values() ?? []) {
    const { n, k } = directOf(regions);
    sum.n += n;
    sum.k += k;
  }
  return sum;
}

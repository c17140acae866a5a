// Does this account's log say anything about TLS? Direct calls with and without tlsDetails, per service, category and day.
// Absence is evidence only where nearly all others have it: whole services never report TLS, and archives of 2021 hardly do.

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

/** Principals counted one by one in a day; beyond it those whose names come first are kept: an account has some hundred. */
const MAX_PRINCIPALS = 500;

const daily = {
  version: 1,
  windowMs: DAY_MS,
  bytesOfAddition: 0,
  // What reads a day looks DAYS_BEFORE back, and waits for DAYS_AFTER and a day of lateness.
  keepMs: (DAYS_BEFORE + DAYS_AFTER + 3) * DAY_MS,
} as const;

/** Key: account, service, category. */
export const tlsByService: Fold<boolean, TlsCount> = {
  ...daily,
  name: 'tls-by-service',
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  reads: ['tls-of-principals'],
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
  judge: judgeUsability,
};

/** Counts by principal. Key: account, service, category; DynamoDB family only. */
export type PrincipalCounts = Map<string, TlsCount>;
export const tlsOfPrincipals: Fold<{ readonly principal: string; readonly full: boolean }, PrincipalCounts> =
  {
    ...daily,
    name: 'tls-of-principals',
    empty: () => new Map(),
    add: (summary, { principal, full }) => count(summary, principal, 1, full ? 1 : 0),
    merge(a, b) {
      for (const [principal, { n, k }] of b) count(a, principal, n, k);
      return a;
    },
    toJson: (summary) => Object.fromEntries(summary),
    fromJson: (value) => new Map(Object.entries(value as Record<string, TlsCount>)),
  };

function count(summary: PrincipalCounts, principal: string, n: number, k: number): PrincipalCounts {
  const known = summary.get(principal);
  if (known !== undefined) {
    known.n += n;
    known.k += k;
    return summary;
  }
  summary.set(principal, { n, k });
  if (summary.size > MAX_PRINCIPALS) {
    summary.delete([...summary.keys()].reduce((last, name) => (name > last ? name : last)));
  }
  return summary;
}

/** tlsDetails came with eventVersion 1.08. */
export function canReportTls(call: CallRecord): boolean {
  return call.versionMajor === 1 && call.versionMinor >= 8;
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

export function countTls(call: CallRecord, full: boolean, isTarget: boolean, out: Output): void {
  const key = keyOf(call);
  out.add(tlsByService, key, call, full);
  if (isTarget) out.add(tlsOfPrincipals, key, call, { principal: call.principal, full });
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
  const key = joinKey(account, service, category);
  const others = new Map<string, { n: number; k: number; weighedN: number; weighedK: number }>();
  for (let d = day - DAYS_BEFORE; d <= day + DAYS_AFTER; d++) {
    const weight = 0.5 ** (Math.abs(day - d) / HALF_LIFE_DAYS);
    for (const [name, { n, k }] of context.read<PrincipalCounts>(tlsOfPrincipals, key, d) ?? []) {
      if (name === principal) continue;
      const sum = others.get(name) ?? { n: 0, k: 0, weighedN: 0, weighedK: 0 };
      sum.n += n;
      sum.k += k;
      sum.weighedN += weight * n;
      sum.weighedK += weight * k;
      others.set(name, sum);
    }
  }
  const witnesses = [...others.values()].filter((sum) => sum.k > 0 && sum.k >= sum.n / 2);
  // Some TLS, mostly none: neither a plain client nor a witness. Where AWS's list would have to stand in, they are a reason to doubt it.
  const doubtful = [...others.values()].some((sum) => sum.k > 0 && sum.k < sum.n / 2);
  const silent = [...others.values()].filter((sum) => sum.k === 0).reduce((calls, sum) => calls + sum.n, 0);
  const total = (field: 'n' | 'k' | 'weighedN' | 'weighedK'): number =>
    witnesses.reduce((sum, witness) => sum + witness[field], 0);
  const n = total('n');
  const k = total('k');
  if (othersLoseIt(account, service, day, context)) return { verdict: 'pipeline-drops-it', n, k };
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

/** Direct calls to other listed services on that day that say what the pipeline does to the field. */
const MIN_CALLS_OF_OTHERS = 20;

/** All services lose the field at once: a shipper or a rewriting job drops it, which is no attack. */
function othersLoseIt(account: string, service: string, day: number, context: JudgeContext): boolean {
  let n = 0;
  let k = 0;
  for (const other of SERVICES_KNOWN_TO_REPORT_TLS) {
    if (other === service) continue;
    for (const category of ['Management', 'Data']) {
      const count = context.read<TlsCount>(tlsByService, joinKey(account, other, category), day);
      n += count?.n ?? 0;
      k += count?.k ?? 0;
    }
  }
  return n >= MIN_CALLS_OF_OTHERS && k < n / 2;
}

/** Says once per service and account that the field is of no use there. */
function judgeUsability(key: string, day: number, today: TlsCount, context: JudgeContext): readonly Draft[] {
  const [account = '', service = '', category = ''] = splitKey(key);
  if (service !== 'dynamodb' && service !== 'dax') return [];
  let n = 0;
  let k = 0;
  for (let d = day - DAYS_BEFORE; d < day; d++) {
    const count = context.read<TlsCount>(tlsByService, key, d);
    n += count?.n ?? 0;
    k += count?.k ?? 0;
  }
  // Only on the day that crosses the mark: the days before and after say nothing new.
  if (n >= UNUSABLE_AFTER_CALLS || n + today.n < UNUSABLE_AFTER_CALLS) return [];
  n += today.n;
  k += today.k;
  if (calibrate(account, service, category, '', day, context).verdict !== 'uncalibrated') return [];
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

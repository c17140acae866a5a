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
import { createKeyCache } from '../key-cache.ts';

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

function countFold(name: string): Fold<boolean, TlsCount> {
  return {
    name,
    version: 1,
    windowMs: DAY_MS,
    bytesOfAddition: 0,
    keepMs: (DAYS_BEFORE + DAYS_AFTER + 3) * DAY_MS,
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
  };
}

/** Key: account, service, category. */
export const tlsByService: Fold<boolean, TlsCount> = {
  ...countFold('tls-by-service'),
  judge: judgeUsability,
};
/** Key: account, service, category, principal; DynamoDB family only. */
export const tlsByPrincipal = countFold('tls-by-principal');

/** tlsDetails came with eventVersion 1.08. */
export function canReportTls(call: CallRecord): boolean {
  return call.versionMajor === 1 && call.versionMinor >= 8;
}

const accountService = createKeyCache();
const withCategory = createKeyCache();
const withPrincipal = createKeyCache();

export function countTls(call: CallRecord, full: boolean, isTarget: boolean, out: Output): void {
  const key = withCategory(accountService(call.account, call.service), call.category);
  out.add(tlsByService, key, call, full);
  if (isTarget) out.add(tlsByPrincipal, withPrincipal(key, call.principal), call, full);
}

export type Calibration =
  | {
      readonly verdict: 'calibrated';
      readonly grade: 'probable' | 'weak';
      readonly n: number;
      readonly k: number;
    }
  | { readonly verdict: 'uncalibrated' | 'pipeline-drops-it'; readonly n: number; readonly k: number };

/** Calibration of a day from D-28 to D+1, leaving out the principal that is judged. */
export function calibrate(
  account: string,
  service: string,
  category: string,
  principal: string,
  day: number,
  context: JudgeContext,
): Calibration {
  const key = joinKey(account, service, category);
  let n = 0;
  let k = 0;
  let weighedN = 0;
  let weighedK = 0;
  for (let d = day - DAYS_BEFORE; d <= day + DAYS_AFTER; d++) {
    const all = context.read<TlsCount>(tlsByService, key, d);
    if (all === null) continue;
    const own = context.read<TlsCount>(tlsByPrincipal, joinKey(key, principal), d) ?? { n: 0, k: 0 };
    const weight = 0.5 ** (Math.abs(day - d) / HALF_LIFE_DAYS);
    n += all.n - own.n;
    k += all.k - own.k;
    weighedN += weight * (all.n - own.n);
    weighedK += weight * (all.k - own.k);
  }
  if (othersLoseIt(account, service, day, context)) return { verdict: 'pipeline-drops-it', n, k };
  if (n >= MIN_CALLS) {
    // Age weighs the share, not how much is known: two hundred calls of three weeks ago are still two hundred.
    const enough = ((weighedK / weighedN) * n + 0.5) / (n + 1) >= MIN_SHARE;
    return enough ? { verdict: 'calibrated', grade: 'probable', n, k } : { verdict: 'uncalibrated', n, k };
  }
  const listed = (SERVICES_KNOWN_TO_REPORT_TLS as readonly string[]).includes(service);
  if (listed && day * DAY_MS >= LIST_COUNTS_FROM_MS && k >= n * MIN_SHARE) {
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
  if ((k + 0.5) / (n + 1) >= MIN_SHARE) return [];
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

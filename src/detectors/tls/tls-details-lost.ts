// Do other services than those that are judged lack tlsDetails on the same day? Then something between CloudTrail and here drops it.

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
import { DAYS_AFTER, daily, keyOf, type TlsCount } from './tls-counts.ts';
import { LIST_COUNTS_FROM_MS, OTHER_SERVICES } from './tls-services.ts';

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

/** A direct call to another service, in a record that can hold TLS details. */
export function countOtherCall(call: CallRecord, out: Output): void {
  out.add(tlsByService, keyOf(call), call, call.tlsState === 'full');
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

interface OthersOfDay extends TlsCount {
  /** The first key of those that lose it. */
  readonly teller: string;
  readonly services: number;
  /** Services in most of whose calls it is there, and those in most of whose calls it is not. */
  readonly keeping: number;
  readonly losing: number;
}

export function countOthers(account: string, day: number, context: JudgeContext): OthersOfDay {
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
export function isLost({ n, k, keeping, losing }: OthersOfDay): boolean {
  return n >= MIN_CALLS_OF_OTHERS && k < n / 2 && losing > 0 && losing >= keeping * LOST_FOR_ONE_KEPT;
}

/** One principal of the service that is judged. */
export interface Voice {
  n: number;
  k: number;
  /** What the judged day itself has of it: calls with TLS details, and calls without beside them. */
  speaks: boolean;
  loses: boolean;
  /** Most of its calls of the judged day, where there are enough of them, have it, or have it not. */
  keepsMost: boolean;
  losesMost: boolean;
}

/** The other principals of the very service mostly have the field that day, whatever other services say. */
export function isKeptHere(others: readonly Voice[]): boolean {
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
export function isBeingLost({ n, k }: TlsCount, others: readonly Voice[]): boolean {
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

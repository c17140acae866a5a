// When, and from where, requests went to DynamoDB in plain HTTP: the flows' side of the join with CloudTrail.

import type { FlowRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, HOUR_MS, MINUTE_MS, type Output, splitKey } from '../detector.ts';
import { plainPlaces } from './dynamodb-callers.ts';
import { addMinute, type Minutes, mergeMinutes } from './minutes.ts';
import { JOIN_KEPT_MS, keepSmallest, oneSpelling, placeKey } from './places.ts';
import { holdsRequest, type Leg } from './plaintext-flows.ts';

/**
 * Start and end of a flow record may lie up to a minute from its packets:
 * https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (start, end)
 */
const SLACK_MS = MINUTE_MS;
/** A record covers 10 minutes at most (https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-basics.html); one that says more is cut. */
const MAX_SPAN_MS = 15 * MINUTE_MS;
const MAX_PLACES = 16;

/** What a client's flows of a day say to those who look for its principal. */
export interface PlainSpans {
  /** Minutes of the flow records that hold a request, with slack; minute 0 is the last one before the day. */
  minutes: Minutes;
  /** Addresses that requests came from. */
  addresses: string[];
  /** Those of them that left the interface: a NAT gateway's own among those that came to it. */
  egress: string[];
  /** Ids of EC2 instances and of ECS tasks: role sessions are called like them. */
  tokens: string[];
  /** `traffic-path` of the requests, '' where the format has none. */
  paths: string[];
}

interface SpanSeen extends Omit<PlainSpans, 'minutes'> {
  readonly minutes: readonly number[];
}

/** Key: as that of the flows of TLS-06. */
export const plainSpans: Fold<SpanSeen, PlainSpans> = {
  name: 'plain-dynamodb-spans',
  version: 1,
  windowMs: DAY_MS,
  keepMs: JOIN_KEPT_MS,
  empty: () => ({ minutes: [], addresses: [], egress: [], tokens: [], paths: [] }),
  add(summary, seen) {
    for (const minute of seen.minutes) addMinute(summary.minutes, minute);
    keepNames(summary, seen);
    return summary;
  },
  merge(a, b) {
    mergeMinutes(a.minutes, b.minutes);
    keepNames(a, b);
    return a;
  },
};

/** Notes an accepted leg at DynamoDB's port 80 if it holds a request. `client`: key of its flows in TLS-06. */
export function observeSpan(flow: FlowRecord, leg: Leg, client: string, out: Output): void {
  if (leg.from !== 'client' || !holdsRequest(leg)) return;
  const fromMs = leg.firstMs - SLACK_MS;
  const toMs = Math.min(leg.lastMs, leg.firstMs + MAX_SPAN_MS) + SLACK_MS;
  const minutes: number[] = [];
  for (let minute = Math.floor(fromMs / MINUTE_MS); minute * MINUTE_MS <= toMs; minute++)
    minutes.push(minute);
  const address = oneSpelling(leg.client);
  const tokens = [flow.instanceId, flow.ecsTaskId].filter((token) => token !== null && token !== '');
  out.add(plainSpans, client, flow, {
    minutes: minutes.map((minute) => minute - firstMinuteOfDay(Math.floor(flow.timeMs / DAY_MS))),
    addresses: [address],
    egress: flow.direction === 'egress' ? [address] : [],
    tokens: tokens as string[],
    paths: [leg.path === null ? '' : String(leg.path)],
  });
  const [account = '', region = ''] = splitKey(client);
  const byHour = Map.groupBy(minutes, (minute) => Math.floor(minute / 60));
  for (const place of ['', address, ...(tokens as string[])]) {
    for (const [hour, some] of byHour) {
      const seen = { address, minutes: some.map((minute) => minute % 60), client };
      out.add(plainPlaces, placeKey(account, region, place), flow, seen, hour * HOUR_MS);
    }
  }
}

/** The minute, since 1970, that is minute 0 of a day's PlainSpans. */
export function firstMinuteOfDay(day: number): number {
  return (day * DAY_MS) / MINUTE_MS - 1;
}

function keepNames(into: PlainSpans, from: Omit<SpanSeen, 'minutes'>): void {
  for (const address of from.addresses) keepSmallest(into.addresses, address, MAX_PLACES);
  for (const address of from.egress) keepSmallest(into.egress, address, MAX_PLACES);
  for (const token of from.tokens) keepSmallest(into.tokens, token, MAX_PLACES);
  for (const path of from.paths) keepSmallest(into.paths, path, MAX_PLACES);
}

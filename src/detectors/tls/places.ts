// Where flows and calls meet: an address, the id of an instance or task, or anywhere in a region.

import { formatIpv6, parseIpv6 } from '../../lib/ip-address.ts';
import { DAY_MS, HOUR_MS, joinKey } from '../detector.ts';

/** Those who read an hour of these, and of the callers, are judged two days after it (TLS-01 waits for the calibration). */
export const JOIN_KEPT_MS = 2 * DAY_MS + 2 * HOUR_MS;

/** One spelling for one address: logs write the zeros of IPv6 as they like. */
export function oneSpelling(address: string): string {
  if (!address.includes(':')) return address;
  const groups = parseIpv6(address);
  return groups === null ? address : formatIpv6(groups);
}

export function placeKey(account: string, region: string, place: string): string {
  return joinKey(account, region, place);
}

/** Sorted insert; a full list keeps the smallest in code unit order (docs/decisions/0002, contract 5). */
export function keepSmallest(list: string[], value: string, most: number): void {
  let at = list.length;
  while (at > 0 && value < list[at - 1]!) at--;
  if (at >= most || (at > 0 && list[at - 1] === value)) return;
  list.splice(at, 0, value);
  if (list.length > most) list.pop();
}

// Elastic IP addresses and whose they are, learned from the calls that give them away: CloudTrail has them where flow records have the
// private address only.

import { isPrivateAddress, parseIpv4 } from '../../lib/ip-address.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, type JudgeContext, joinKey, type Output } from '../detector.ts';
import { textsIn } from '../policy/parameters.ts';
import { keepSmallest } from './places.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AllocateAddress.html and the actions that take an allocation */
export const ADDRESS_OPERATIONS: Readonly<Record<string, readonly string[]>> = {
  ec2: ['AllocateAddress', 'AssociateAddress', 'CreateNatGateway', 'AssociateNatGatewayAddress'],
};
/** Addresses that were given this many days before a flow are known. */
export const ADDRESS_MEMORY_DAYS = 90;
const ALLOCATION = /^eipalloc-[0-9a-f]{8,17}$/;
const OWNER = /^(?:eni|i)-[0-9a-f]{8,17}$/;
const ADDRESS = /^\d{1,3}(?:\.\d{1,3}){3}$/;
/** Of one call: more are no answer to who has which. */
const MAX_OF_CALL = 4;
/** Pairs of a day, account and region. */
const MAX_PAIRS = 256;
/** Any NAT gateway: calls do not say which interface it has. */
const NAT = 'nat';

/** `owner allocation`, `owner address` and `allocation address`, sorted. Key: account, region. */
export const elasticAddresses: Fold<readonly string[], string[]> = {
  name: 'elastic-addresses',
  version: 1,
  windowMs: DAY_MS,
  keepMs: (ADDRESS_MEMORY_DAYS + 3) * DAY_MS,
  empty: () => [],
  add: keepPairs,
  merge: keepPairs,
};

function keepPairs(into: string[], pairs: readonly string[]): string[] {
  for (const pair of pairs) keepSmallest(into, pair, MAX_PAIRS);
  return into;
}

/** Notes what a call of ADDRESS_OPERATIONS gives to whom. */
export function observeAddresses(call: CallRecord, out: Output): void {
  if (call.errorCode !== '') return;
  const said = [call.requestParameters, call.responseElements];
  const allocations = textsIn(said, ALLOCATION, MAX_OF_CALL);
  const addresses = textsIn(said, ADDRESS, MAX_OF_CALL).filter(
    (address) => parseIpv4(address) >= 0 && !isPrivateAddress(address),
  );
  const isNat = call.action.includes('NatGateway');
  const owners = isNat ? [NAT] : textsIn(said, OWNER, MAX_OF_CALL);
  const given = [...allocations, ...addresses];
  const pairs = owners.flatMap((owner) => given.map((one) => `${owner} ${one}`));
  if (owners.length === 0 && allocations.length === 1 && addresses.length === 1)
    pairs.push(`${allocations[0]} ${addresses[0]}`);
  const account = call.recipientAccount || call.account;
  if (pairs.length > 0) out.add(elasticAddresses, joinKey(account, call.region), call, pairs);
}

export interface PublicAddresses {
  /** Of the interface or instance itself. */
  readonly own: ReadonlySet<string>;
  /** Of the account's NAT gateways in the region. */
  readonly nat: ReadonlySet<string>;
}

/** What was known of an interface, or instances, on a day. */
export function publicAddressesOf(
  owners: readonly string[],
  account: string,
  region: string,
  day: number,
  context: JudgeContext,
): PublicAddresses {
  const given = new Map<string, Set<string>>();
  for (let d = day - ADDRESS_MEMORY_DAYS; d <= day; d++) {
    for (const pair of context.read(elasticAddresses, joinKey(account, region), d) ?? []) {
      const [owner = '', what = ''] = pair.split(' ');
      given.set(owner, (given.get(owner) ?? new Set()).add(what));
    }
  }
  const addressesOf = (owner: string): string[] =>
    [...(given.get(owner) ?? [])].flatMap((what) =>
      what.startsWith('eipalloc-') ? [...(given.get(what) ?? [])] : [what],
    );
  return { own: new Set(owners.flatMap(addressesOf)), nat: new Set(addressesOf(NAT)) };
}

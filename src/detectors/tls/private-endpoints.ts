// Interface endpoints (PrivateLink) of DynamoDB: addresses of one's own VPC, which no flow log and no range table calls DynamoDB's.
// Only those that the user names count: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/privatelink-interface-endpoints.html

import { type Cidr, parseCidr, parseIpv4, parseIpv6 } from '../../lib/ip-address.ts';
import type { DetectorSettings, DynamodbEndpoint } from '../detector.ts';

/** A wider network holds more than endpoints, and all HTTP in it would pass for DynamoDB's. */
const LEAST_BITS = { 4: 24, 6: 64 } as const;

/** An address or a network of endpoints as a setting names it; null when it is neither, or too wide. */
export function endpointNetwork(text: string): Cidr | null {
  const isSingle = !text.includes('/');
  const network = parseCidr(isSingle ? `${text}/${text.includes(':') ? 128 : 32}` : text);
  if (network === null || isSingle) return network;
  return Number(text.slice(text.indexOf('/') + 1)) >= LEAST_BITS[network.family] ? network : null;
}

export const ENDPOINT_NETWORK_HINT = `is no address and no network of at least ${LEAST_BITS[4]} bits (IPv6: ${LEAST_BITS[6]})`;

const LOOKUPS = new WeakMap<readonly DynamodbEndpoint[], (address: string) => DynamodbEndpoint | null>();

/** The endpoint that a setting says an address belongs to. */
export function dynamodbEndpointAt(
  address: string,
  { dynamodbEndpoints }: DetectorSettings,
): DynamodbEndpoint | null {
  if (dynamodbEndpoints.length === 0) return null;
  let lookup = LOOKUPS.get(dynamodbEndpoints);
  if (lookup === undefined) {
    lookup = makeLookup(dynamodbEndpoints);
    LOOKUPS.set(dynamodbEndpoints, lookup);
  }
  return lookup(address);
}

/** The first of the endpoints that these addresses belong to. */
export function dynamodbEndpointAmong(
  addresses: readonly string[],
  settings: DetectorSettings,
): DynamodbEndpoint | null {
  for (const address of addresses) {
    const endpoint = dynamodbEndpointAt(address, settings);
    if (endpoint !== null) return endpoint;
  }
  return null;
}

function makeLookup(endpoints: readonly DynamodbEndpoint[]): (address: string) => DynamodbEndpoint | null {
  const single = new Map<number, DynamodbEndpoint>();
  const networks: { readonly network: Cidr; readonly endpoint: DynamodbEndpoint }[] = [];
  for (const endpoint of endpoints) {
    for (const text of endpoint.addresses) {
      const network = endpointNetwork(text);
      if (network === null) continue;
      if (network.family === 4 && network.first === network.last) single.set(network.first, endpoint);
      else networks.push({ network, endpoint });
    }
  }
  return (address) => {
    const ipv4 = parseIpv4(address);
    if (ipv4 >= 0) {
      const found = single.get(ipv4);
      if (found !== undefined) return found;
    }
    const ipv6 = ipv4 >= 0 ? null : parseIpv6(address);
    if (ipv4 < 0 && ipv6 === null) return null;
    const holds = (network: Cidr): boolean =>
      network.family === 4
        ? ipv4 >= network.first && ipv4 <= network.last
        : ipv6 !== null && compare(ipv6, network.first) >= 0 && compare(ipv6, network.last) <= 0;
    return networks.find(({ network }) => holds(network))?.endpoint ?? null;
  };
}

function compare(a: Uint16Array, b: Uint16Array): number {
  for (let at = 0; at < 8; at++) {
    const difference = a[at]! - b[at]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

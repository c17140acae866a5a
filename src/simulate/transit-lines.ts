// Flow logs of transit gateways, in their default format: each packet is seen coming in from one attachment and going out to the other.
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-flow-logs.html#flow-log-records

import type { Place } from './actors.ts';
import { SECOND_MS } from './clock.ts';

export const TRANSIT_FIELDS =
  'version resource-type account-id tgw-id tgw-attachment-id tgw-src-vpc-account-id tgw-dst-vpc-account-id tgw-src-vpc-id ' +
  'tgw-dst-vpc-id tgw-src-subnet-id tgw-dst-subnet-id tgw-src-eni tgw-dst-eni tgw-src-az-id tgw-dst-az-id ' +
  'tgw-pair-attachment-id srcaddr dstaddr srcport dstport protocol packets bytes start end log-status type ' +
  'packets-lost-no-route packets-lost-blackhole packets-lost-mtu-exceeded packets-lost-ttl-expired tcp-flags region ' +
  'flow-direction pkt-src-aws-service pkt-dst-aws-service';

interface TransitFlow {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly packets: number;
  readonly bytes: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly flags: number;
  readonly sourceService?: string;
  readonly destinationService?: string;
}

export interface TransitEnd {
  readonly attachment: string;
  readonly account: string;
  readonly vpcId: string;
  readonly subnetId: string;
  readonly interfaceId: string;
}

export interface TransitGateway {
  readonly id: string;
  readonly source: TransitEnd;
  readonly destination: TransitEnd;
}

/** The two records of a flow from source to destination; `lost`: of its packets, for want of a route, and then it never goes out. */
export function transitLines(place: Place, gateway: TransitGateway, flow: TransitFlow, lost = 0): string[] {
  const { source, destination } = gateway;
  const line = (direction: 'ingress' | 'egress'): string => {
    const [here, there] = direction === 'ingress' ? [source, destination] : [destination, source];
    const ends =
      `${source.account} ${destination.account} ${source.vpcId} ${destination.vpcId} ${source.subnetId} ${destination.subnetId} ` +
      `${source.interfaceId} ${destination.interfaceId} use1-az1 use1-az2 ${there.attachment}`;
    const packets = `${flow.source} ${flow.destination} ${flow.sourcePort} ${flow.destinationPort} ${flow.protocol} ${flow.packets} ${flow.bytes}`;
    const times = `${Math.floor(flow.startMs / SECOND_MS)} ${Math.floor(flow.endMs / SECOND_MS)}`;
    return (
      `6 TransitGateway ${place.account} ${gateway.id} ${here.attachment} ${ends} ${packets} ${times} OK IPv4 ` +
      `${lost} 0 0 0 ${flow.flags} ${place.region} ${direction} ${flow.sourceService ?? '-'} ${flow.destinationService ?? '-'}`
    );
  };
  return lost > 0 ? [line('ingress')] : [line('ingress'), line('egress')];
}

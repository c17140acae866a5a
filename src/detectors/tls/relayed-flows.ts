// Plain flows that were seen on the way: by a NAT gateway or an appliance, whose interface says both what address a packet came to and
// where it was bound, or by a transit gateway. Where the interface of the client itself has a flow log, that one tells.

import type { FlowRecord } from '../../records/record.ts';
import { DAY_MS, type Fold, type JudgeContext, joinKey, type Output } from '../detector.ts';

/** Who sent the packets of a flow record. */
type Sender = 'client' | 'server';

/** Interfaces kept for one address: a second one is all that is asked for. */
const MAX_INTERFACES = 4;

const HTTP_PORT = 80;

/** What a version counts beside its number: descriptions of one version at two places are as different as those of two versions. */
const ON_THE_WAY = 0.25;
const BEHIND_THE_GATEWAY = -0.5;

/** Whether the flow was seen on the way rather than at its client or server. */
export function isRelayed(flow: FlowRecord, from: Sender): boolean {
  if (flow.transit !== null) return true;
  // What came to the interface of an endpoint in one's own VPC was sent by another.
  if (serverPort(flow, from) === HTTP_PORT && flow.direction === (from === 'client' ? 'ingress' : 'egress'))
    return true;
  // A packet's address that is not the flow's, at the server's end: the interface hands on what comes to it.
  return from === 'client'
    ? flow.packetDestination !== null && flow.packetDestination !== flow.destination
    : flow.packetSource !== null && flow.packetSource !== flow.source;
}

function serverPort(flow: FlowRecord, from: Sender): number {
  return from === 'client' ? flow.destinationPort : flow.sourcePort;
}

/**
 * The version that a record counts under. What an interface hands on it tells twice, with the client's address and with its own; a
 * transit gateway tells of what comes in, and of the same again going out. Only one of such descriptions is judged, the highest that
 * shows a request: that with the clients' own addresses, and of a transit gateway what comes in.
 */
export function describedVersion(flow: FlowRecord, from: Sender): number {
  if (flow.transit !== null && flow.direction === 'egress') return flow.version + BEHIND_THE_GATEWAY;
  return isRelayed(flow, from) ? flow.version + ON_THE_WAY : flow.version;
}

/** Whether a version is one of `describedVersion` for what was seen on the way. */
export function isRelayedVersion(version: string): boolean {
  return version.includes('.');
}

/** Account and VPC of the client, as far as the flow tells them. */
export function clientSide(flow: FlowRecord, from: Sender): Side {
  return sideOf(flow, from === 'client' ? 'source' : 'destination');
}

export function serverSide(flow: FlowRecord, from: Sender): Side {
  return sideOf(flow, from === 'client' ? 'destination' : 'source');
}

interface Side {
  readonly account: string;
  readonly vpcId: string;
}

function sideOf({ transit, account, vpcId }: FlowRecord, end: 'source' | 'destination'): Side {
  if (transit === null) return { account, vpcId: vpcId ?? '' };
  return end === 'source'
    ? { account: transit.sourceAccount || account, vpcId: transit.sourceVpc }
    : { account: transit.destinationAccount || account, vpcId: transit.destinationVpc };
}

/** Interfaces whose own flow logs show a client at work, by the client's address. */
interface OwnClient {
  interfaces: string[];
}

/** A fold belongs to one rule: each that asks has one of its own name. */
export function ownClientsFold(name: string): Fold<string, OwnClient> {
  return {
    name,
    version: 1,
    windowMs: DAY_MS,
    empty: () => ({ interfaces: [] }),
    add: keepInterface,
    merge: (a, b) => b.interfaces.reduce(keepInterface, a),
  };
}

/** What a client talks to, and the account it does so from ('' where any may be meant). */
export interface Talk {
  readonly service: string;
  readonly account: string;
}

export function observeOwnClient(
  fold: Fold<string, OwnClient>,
  flow: FlowRecord,
  leg: { readonly from: Sender; readonly client: string },
  { service, account }: Talk,
  out: Output,
): void {
  if (leg.from !== 'client' || flow.interfaceId === '' || isRelayed(flow, 'client')) return;
  out.add(fold, joinKey(service, account, leg.client), flow, flow.interfaceId);
}

/** Whether each of these clients has a flow log of another interface than `entity` that tells of it on the same day. */
export function tellThemselves(
  fold: Fold<string, OwnClient>,
  { service, account, entity }: Talk & { readonly entity: string },
  clients: readonly string[],
  window: number,
  context: JudgeContext,
): boolean {
  return (
    clients.length > 0 &&
    clients.every((client) => {
      const own = context.read(fold, joinKey(service, account, client), window);
      return own?.interfaces.some((name) => name !== entity) ?? false;
    })
  );
}

function keepInterface(own: OwnClient, name: string): OwnClient {
  if (!own.interfaces.includes(name)) {
    own.interfaces.push(name);
    own.interfaces.sort();
    if (own.interfaces.length > MAX_INTERFACES) own.interfaces.pop();
  }
  return own;
}

// Connections as flow records: the request and its answer, at one interface.

import type { Place } from '../actors.ts';
import { SECOND_MS } from '../clock.ts';
import {
  CLIENT_FLAGS,
  type FlowFacts,
  flowLine,
  type Interface,
  SERVER_FLAGS,
  TCP,
} from '../flow-traffic.ts';
import type { FlowVersion, Proof } from '../plants.ts';
import type { AttackContext } from './context.ts';

/** Bytes of TCP/IP headers in a packet with time stamps. */
const HEADER_BYTES = 52;
const HEADER_BYTES_6 = 72;
export interface Leg {
  readonly place: Place;
  readonly network: Interface;
  readonly version: FlowVersion;
  readonly proof: Proof | null;
}

export function plantFlow(context: AttackContext, leg: Leg, flow: FlowFacts): void {
  context.plants.flows.push({
    endMs: flow.endMs,
    account: leg.place.account,
    region: leg.place.region,
    version: leg.version,
    proof: leg.proof,
    text: flowLine(leg.version, leg.place, leg.network, flow),
  });
}

export interface Talk {
  readonly port: number;
  readonly server: string;
  readonly service?: string;
  readonly path: number;
  readonly encryption?: number;
  readonly requestBytes: number;
  /** 0: no answer was seen. */
  readonly answerBytes: number;
  readonly packetSource?: string;
  /** What the packets are really for, where the interface only passes them on (a NAT gateway's). */
  readonly packetDestination?: string;
  readonly client?: string;
  readonly clientPort?: number;
  readonly legs: 'both' | 'request' | 'answer';
  readonly seconds?: number;
  /** The request comes in here: the interface is neither the client's nor the server's. */
  readonly passing?: boolean;
}

export function plantTalk(context: AttackContext, leg: Leg, startMs: number, talk: Talk): void {
  const { random } = context;
  const client = talk.client ?? leg.network.address;
  const clientPort = talk.clientPort ?? random.between(32768, 60999);
  const header = client.includes(':') ? HEADER_BYTES_6 : HEADER_BYTES;
  const times = { startMs, endMs: startMs + (talk.seconds ?? random.between(20, 58)) * SECOND_MS };
  const packets = Math.max(3, Math.ceil(talk.requestBytes / 1400) * 2);
  if (talk.legs !== 'answer') {
    plantFlow(context, leg, {
      ...times,
      source: client,
      destination: talk.server,
      sourcePort: clientPort,
      destinationPort: talk.port,
      protocol: TCP,
      packets,
      bytes: packets * header + talk.requestBytes,
      action: 'ACCEPT',
      flags: CLIENT_FLAGS,
      ...(talk.passing === true ? { direction: 'ingress' } : { direction: 'egress', path: talk.path }),
      ...(talk.packetSource === undefined ? {} : { packetSource: talk.packetSource }),
      ...(talk.packetDestination === undefined ? {} : { packetDestination: talk.packetDestination }),
      ...(talk.encryption === undefined ? {} : { encryption: talk.encryption }),
      ...(talk.service === undefined ? {} : { destinationService: talk.service }),
    });
  }
  if (talk.legs !== 'request' && talk.answerBytes > 0) {
    plantFlow(context, leg, {
      ...times,
      source: talk.server,
      destination: client,
      sourcePort: talk.port,
      destinationPort: clientPort,
      protocol: TCP,
      packets,
      bytes: packets * header + talk.answerBytes,
      action: 'ACCEPT',
      flags: SERVER_FLAGS,
      ...(talk.passing === true ? { direction: 'egress', path: talk.path } : { direction: 'ingress' }),
      ...(talk.packetSource === undefined ? {} : { packetDestination: talk.packetSource }),
      ...(talk.packetDestination === undefined ? {} : { packetSource: talk.packetDestination }),
      ...(talk.encryption === undefined ? {} : { encryption: talk.encryption }),
      ...(talk.service === undefined ? {} : { sourceService: talk.service }),
    });
  }
}

// TLS-06, TLS-07 and TLS-08 as a transit gateway sees them, whose log is the only one: central egress, DAX in another VPC, a route that
// is missing. And TLS-09: what AWS itself says of plain text in a VPC with encryption controls.

import { hostIn, REGION_PREFIXES } from '../address-facts.ts';
import { SECOND_MS } from '../clock.ts';
import { type FlowFacts, newInterface, SYN, TCP } from '../flow-traffic.ts';
import type { Proof } from '../plants.ts';
import { type TransitEnd, transitLines } from '../transit-lines.ts';
import { type AttackContext, pickPlace, pickTime } from './context.ts';
import { plantTalk } from './planted-flows.ts';

/** SYN, ACK, PSH and FIN: gateways record all of them. */
const TRANSIT_FLAGS = 27;
const HEADER_BYTES = 52;

type Place = ReturnType<typeof pickPlace>;

function transitEnd({ random }: AttackContext, account: string, vpcId: string): TransitEnd {
  return {
    attachment: `tgw-attach-0${random.hex(16)}`,
    account,
    vpcId,
    subnetId: `subnet-0${random.hex(16)}`,
    interfaceId: `eni-0${random.hex(16)}`,
  };
}

function plantTransit(
  context: AttackContext,
  place: Place,
  proof: Proof | null,
  talk: {
    server: string;
    port: number;
    service?: string;
    requestBytes: number;
    lost?: true;
    client?: string;
  },
): void {
  const { random, plants } = context;
  const id = `tgw-0${random.hex(16)}`;
  const client = transitEnd(context, place.account, place.vpcId);
  const server = transitEnd(context, place.account, `vpc-0${random.hex(16)}`);
  const address = talk.client ?? `${place.privatePrefix}.${random.between(41, 49)}.${random.between(4, 250)}`;
  const startMs = pickTime(context);
  const packets = talk.requestBytes === 0 ? 4 : Math.max(3, Math.ceil(talk.requestBytes / 1400) * 2);
  const request: FlowFacts = {
    startMs,
    endMs: startMs + random.between(20, 58) * SECOND_MS,
    source: address,
    destination: talk.server,
    sourcePort: random.between(32768, 60999),
    destinationPort: talk.port,
    protocol: TCP,
    packets,
    bytes: packets * (talk.requestBytes === 0 ? 60 : HEADER_BYTES) + talk.requestBytes,
    action: 'ACCEPT',
    flags: talk.requestBytes === 0 ? SYN : TRANSIT_FLAGS,
    direction: 'ingress',
    ...(talk.service === undefined ? {} : { destinationService: talk.service }),
  };
  const lines = transitLines(
    place,
    { id, source: client, destination: server },
    request,
    talk.lost ? packets : 0,
  );
  if (talk.requestBytes > 0) {
    const answer: FlowFacts = {
      ...request,
      source: request.destination,
      destination: request.source,
      sourcePort: request.destinationPort,
      destinationPort: request.sourcePort,
      bytes: packets * HEADER_BYTES + 900,
    };
    lines.push(...transitLines(place, { id, source: server, destination: client }, answer));
  }
  const { account, region } = place;
  for (const text of lines)
    plants.flows.push({ endMs: request.endMs, account, region, version: 6, proof, text });
}

export function plantTransitRequests(context: AttackContext): void {
  const { random, plants } = context;
  const place = pickPlace(context);
  const server = hostIn(random.pick(REGION_PREFIXES[place.region]!.dynamodb), random);
  const proof = plants.attack({
    rule: 'TLS-06',
    minimumSeverity: 'HIGH',
    variant: 'transit-gateway',
    trafficClass: 'transit gateway',
    description: 'plain HTTP to DynamoDB through a central egress VPC, seen at the transit gateway alone',
    account: place.account,
    region: place.region,
  });
  plantTransit(context, place, proof, { server, port: 80, service: 'DYNAMODB', requestBytes: 1650 });
  const near = `${place.privatePrefix}.251.${random.between(4, 250)}`;
  // HTTPS on the same way, HTTP to a server of the other VPC, and an encrypted cluster of DAX there.
  plantTransit(context, place, null, { server, port: 443, service: 'DYNAMODB', requestBytes: 4000 });
  plantTransit(context, place, null, { server: near, port: 80, requestBytes: 1650 });
  plantTransit(context, place, null, { server: near, port: 9111, requestBytes: 1650 });
}

export function plantTransitDax(context: AttackContext): void {
  const { random, plants } = context;
  const place = pickPlace(context);
  const server = `${place.privatePrefix}.${random.between(252, 254)}.${random.between(4, 250)}`;
  const proof = plants.attack({
    rule: 'TLS-07',
    minimumSeverity: 'HIGH',
    variant: 'transit-gateway',
    description: `a client of another VPC talks to a DAX node on port 8111 (${server})`,
    account: place.account,
    region: place.region,
  });
  plantTransit(context, place, proof, { server, port: 8111, requestBytes: 2600 });
}

export function plantTransitAttempts(context: AttackContext): void {
  const { random, plants } = context;
  const place = pickPlace(context);
  const server = hostIn(random.pick(REGION_PREFIXES[place.region]!.dynamodb), random);
  const proof = plants.attack({
    rule: 'TLS-08',
    minimumSeverity: 'LOW',
    variant: 'transit-gateway',
    description: 'port 80 of DynamoDB, lost by a transit gateway without a route',
    account: place.account,
    region: place.region,
  });
  plantTransit(context, place, proof, { server, port: 80, service: 'DYNAMODB', requestBytes: 0, lost: true });
}

export function plantPlaintextPastControls(context: AttackContext): void {
  const { random, plants } = context;
  const variants = [
    ['no-encryption', 'plain HTTP to DynamoDB through an internet gateway, status 0', 8, 0],
    ['hardware-only', 'plain HTTP to DynamoDB through the gateway endpoint, status 1', 7, 1],
  ] as const;
  for (const [variant, description, path, encryption] of variants) {
    const place = { ...pickPlace(context), vpcId: `vpc-0${random.hex(16)}` };
    const network = newInterface(place, random);
    const server = hostIn(random.pick(REGION_PREFIXES[place.region]!.dynamodb), random);
    const proof = plants.attack({
      rule: 'TLS-09',
      minimumSeverity: 'LOW',
      variant,
      description: `${description} (${place.vpcId})`,
      account: place.account,
      region: place.region,
      alsoExpected: ['TLS-06'],
    });
    const leg = { place, network, version: 10, proof } as const;
    const talk = {
      server,
      service: 'DYNAMODB',
      path,
      legs: 'both',
      requestBytes: 1650,
      answerBytes: 900,
    } as const;
    plantTalk(context, leg, pickTime(context), { ...talk, port: 80, encryption });
    // What the controls are for, in the same VPC.
    plantTalk(context, { ...leg, proof: null }, pickTime(context), { ...talk, port: 443, encryption: 2 });
    plantTalk(context, { ...leg, proof: null }, pickTime(context), {
      ...talk,
      server: `${place.privatePrefix}.251.${random.between(4, 250)}`,
      port: 9111,
      encryption: 0,
    });
  }
}

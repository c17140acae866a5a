// VPC flow logs: three per place, one with every field up to v5, one with the fourteen default fields of v2, one with those of ECS (v7);
// where attacks need them, one of a VPC with encryption controls (v10) and one of a transit gateway (v6);
// a file every five minutes.
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html

import type { Place } from './actors.ts';
import { hostIn, publicNetwork, publicNetwork6, REGION_PREFIXES } from './address-facts.ts';
import { DAY_MS, keyDate, keyStamp, MINUTE_MS, SECOND_MS } from './clock.ts';
import type { FlowVersion, PlantedFlow } from './plants.ts';
import { createRandom, type Random, weightedTable } from './prng.ts';
import type { TrafficOptions } from './traffic.ts';
import { TRANSIT_FIELDS } from './transit-lines.ts';

const FILE_MS = 5 * MINUTE_MS;
/** Too little traffic for a file every five minutes comes in bursts. */
const LEAST_FLOWS_PER_FILE = 50;
const DEFAULT_FIELDS =
  'version account-id interface-id srcaddr dstaddr srcport dstport protocol packets bytes start end action log-status';
const V5_FIELDS = `${DEFAULT_FIELDS} vpc-id subnet-id instance-id tcp-flags type pkt-srcaddr pkt-dstaddr region az-id sublocation-type sublocation-id pkt-src-aws-service pkt-dst-aws-service flow-direction traffic-path`;
const V7_FIELDS = `${V5_FIELDS} ecs-cluster-name ecs-service-name ecs-task-id`;
/** More of a place's interfaces are in the flow log with all fields. */
const FLOW_LOGS = [
  { version: 5, fields: V5_FIELDS, share: 0.55 },
  { version: 2, fields: DEFAULT_FIELDS, share: 0.35 },
  { version: 7, fields: V7_FIELDS, share: 0.1 },
  { version: 10, fields: `${V5_FIELDS} encryption-status`, share: 0 },
  { version: 6, fields: TRANSIT_FIELDS, share: 0 },
] as const satisfies readonly { version: FlowVersion; fields: string; share: number }[];

export const TCP = 6;
const UDP = 17;
export const SYN = 2;
/** SYN and FIN of the client, SYN-ACK and FIN of the server, OR-ed over the window. */
export const CLIENT_FLAGS = 3;
export const SERVER_FLAGS = 19;

export interface Interface {
  readonly id: string;
  readonly address: string;
  /** '-' for what AWS manages: a NAT gateway's, a function's, a Fargate task's. */
  readonly instanceId: string;
  /** Of an ECS task; '' for others. */
  readonly taskId: string;
  readonly subnetId: string;
}

export interface FlowFacts {
  readonly source: string;
  readonly destination: string;
  readonly sourcePort: number;
  readonly destinationPort: number;
  readonly protocol: number;
  readonly packets: number;
  readonly bytes: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly action: 'ACCEPT' | 'REJECT';
  readonly flags: number;
  readonly direction: 'ingress' | 'egress';
  /** traffic-path, egress only: 1 same VPC, 7 gateway endpoint, 8 internet gateway. */
  readonly path?: number;
  /** encryption-status, where the VPC has encryption controls. */
  readonly encryption?: number;
  readonly packetSource?: string;
  readonly packetDestination?: string;
  readonly sourceService?: string;
  readonly destinationService?: string;
}

export function flowLine(version: FlowVersion, place: Place, network: Interface, flow: FlowFacts): string {
  const base = `${version} ${place.account} ${network.id} ${flow.source} ${flow.destination} ${flow.sourcePort} ${flow.destinationPort} ${flow.protocol} ${flow.packets} ${flow.bytes} ${Math.floor(flow.startMs / SECOND_MS)} ${Math.floor(flow.endMs / SECOND_MS)} ${flow.action} OK`;
  if (version === 2) return base;
  const type = flow.source.includes(':') ? 'IPv6' : 'IPv4';
  const facts = `${base} ${place.vpcId} ${network.subnetId} ${network.instanceId} ${flow.flags} ${type} ${flow.packetSource ?? flow.source} ${flow.packetDestination ?? flow.destination} ${place.region} use1-az${1 + (network.id.length % 2)} - - ${flow.sourceService ?? '-'} ${flow.destinationService ?? '-'} ${flow.direction} ${flow.path ?? '-'}`;
  if (version === 10) return `${facts} ${flow.encryption ?? '-'}`;
  return version === 7 ? `${facts} ${taskFields(network)}` : facts;
}

function taskFields({ taskId }: Interface): string {
  return taskId === '' ? '- - -' : `production service-${taskId.slice(0, 4)} ${taskId}`;
}

export function newInterface(
  place: Place,
  random: Random,
  kind: 'instance' | 'managed' | 'task' = 'instance',
): Interface {
  return {
    id: `eni-0${random.hex(16)}`,
    address: `${place.privatePrefix}.${random.between(1, 40)}.${random.between(4, 250)}`,
    instanceId: kind === 'instance' ? `i-0${random.hex(16)}` : '-',
    subnetId: random.pick(place.subnetIds),
    taskId: kind === 'task' ? random.hex(32) : '',
  };
}

export async function writeFlows(options: TrafficOptions): Promise<void> {
  for (const place of options.places) {
    for (const log of FLOW_LOGS) await writeFlowLog(options, place, log);
  }
}

interface FlowText {
  readonly text: string;
  readonly planted: PlantedFlow | null;
}

async function writeFlowLog(
  options: TrafficOptions,
  place: Place,
  { version, fields, share: part }: (typeof FLOW_LOGS)[number],
): Promise<void> {
  const { seed, startMs, days, plants, writer, counts } = options;
  const random = createRandom(`${seed}/flows/${place.account}/${place.region}/v${version}`);
  const logId = `fl-0${random.hex(16)}`;
  const interfaces = Array.from({ length: 6 + place.workloads.length }, (_, i) =>
    newInterface(place, random, version === 7 && i % 3 !== 0 ? 'task' : i % 5 === 4 ? 'managed' : 'instance'),
  );
  const share = place.share * part;
  const files = (days * DAY_MS) / FILE_MS;
  const mean = (options.records * share) / files;
  const planted = new Map<number, PlantedFlow[]>();
  for (const flow of plants.flows) {
    if (flow.account !== place.account || flow.region !== place.region || flow.version !== version) continue;
    const slot = Math.floor((flow.endMs - startMs) / FILE_MS);
    planted.set(slot, [...(planted.get(slot) ?? []), flow]);
  }
  for (let file = 0; file < files; file++) {
    const fileStartMs = startMs + file * FILE_MS;
    const active = mean >= LEAST_FLOWS_PER_FILE || random.chance(mean / LEAST_FLOWS_PER_FILE);
    const count = active ? random.poisson(Math.max(mean, LEAST_FLOWS_PER_FILE)) : 0;
    const lines: FlowText[] = [];
    while (lines.length < count) {
      if (random.chance(0.015)) {
        lines.push({
          text: emptyLine(version, place, random.pick(interfaces), fileStartMs, random),
          planted: null,
        });
        counts.emptyFlows += 1;
        continue;
      }
      for (const text of connection(version, place, interfaces, fileStartMs, random)) {
        lines.push({ text, planted: null });
        counts.flows += 1;
      }
    }
    for (const flow of planted.get(file) ?? []) {
      lines.push({ text: flow.text, planted: flow });
      counts.flows += 1;
    }
    if (lines.length === 0) continue;
    random.shuffle(lines);
    const stampMs = fileStartMs + FILE_MS;
    const key = `AWSLogs/${place.account}/vpcflowlogs/${place.region}/${keyDate(stampMs)}/${place.account}_vpcflowlogs_${place.region}_${logId}_${keyStamp(stampMs)}_${random.hex(8)}.log.gz`;
    for (let i = 0; i < lines.length; i++) lines[i]!.planted?.proof?.locators.push(`${key}#${i + 2}`); // line 1 is the header
    await writer.write(key, `${fields}\n${lines.map((line) => line.text).join('\n')}\n`);
  }
}

/** NODATA: nothing happened in the window; SKIPDATA: AWS could not keep up. */
function emptyLine(
  version: FlowVersion,
  place: Place,
  network: Interface,
  fileStartMs: number,
  random: Random,
): string {
  const start = Math.floor((fileStartMs + random.below(FILE_MS - MINUTE_MS)) / SECOND_MS);
  const status = random.chance(0.93) ? 'NODATA' : 'SKIPDATA';
  const base = `${version} ${place.account} ${network.id} - - - - - - - ${start} ${start + 59} - ${status}`;
  if (version === 2) return base;
  const facts = `${base} ${place.vpcId} ${network.subnetId} ${network.instanceId} - - - - ${place.region} - - - - - - -`;
  return version === 7 ? `${facts} ${taskFields(network)}` : facts;
}

interface ConnectionKind {
  readonly port: number;
  readonly protocol?: number;
  peer(place: Place, random: Random): string;
  readonly service?: string;
  readonly path?: number;
  /** What comes of it: a conversation, a refusal, or packets that nobody answers. */
  readonly outcome?: 'rejected' | 'unanswered' | 'scanned';
}

const publicPeer = (_place: Place, random: Random) => hostIn(publicNetwork(random), random);
const publicPeer6 = (_place: Place, random: Random) => `${publicNetwork6(random)}::${random.hex(4)}`;
const awsPeer6 = (place: Place, random: Random) =>
  `${REGION_PREFIXES[place.region]!.amazon6}:${random.hex(4)}::${random.hex(4)}`;
const privatePeer = (place: Place, random: Random) =>
  `${place.privatePrefix}.${random.between(50, 90)}.${random.between(4, 250)}`;
const servicePeer = (service: 'dynamodb' | 's3' | 'ec2') => (place: Place, random: Random) =>
  hostIn(random.pick(REGION_PREFIXES[place.region]![service]), random);

const CONNECTIONS = weightedTable<ConnectionKind>(
  [
    [{ port: 443, peer: servicePeer('dynamodb'), service: 'DYNAMODB', path: 7 }, 300],
    [{ port: 443, peer: servicePeer('dynamodb'), service: 'DYNAMODB', path: 8 }, 60],
    [{ port: 443, peer: servicePeer('s3'), service: 'S3', path: 7 }, 140],
    [{ port: 443, peer: publicPeer, path: 8 }, 160],
    // DynamoDB's interface endpoint: an address of the VPC
    [{ port: 443, peer: (place, random) => random.pick(place.interfaceEndpoint.addresses), path: 1 }, 40],
    [{ port: 5432, peer: privatePeer, path: 1 }, 80],
    [{ port: 6379, peer: privatePeer, path: 1 }, 50],
    [{ port: 8080, peer: privatePeer, path: 1 }, 40],
    // DAX with TLS
    [{ port: 9111, peer: privatePeer, path: 1 }, 30],
    // plain HTTP that is none of DynamoDB's: package mirrors, S3 websites, other people's servers
    [{ port: 80, peer: publicPeer, path: 8 }, 25],
    [{ port: 80, peer: servicePeer('s3'), service: 'S3', path: 7 }, 10],
    [{ port: 80, peer: servicePeer('ec2'), service: 'EC2', path: 8 }, 15],
    [{ port: 80, peer: privatePeer, path: 1 }, 10],
    // knocking at DynamoDB's port 80 without a word, and being refused by a security group
    [{ port: 80, peer: servicePeer('dynamodb'), service: 'DYNAMODB', path: 8, outcome: 'unanswered' }, 4],
    [{ port: 80, peer: servicePeer('dynamodb'), service: 'DYNAMODB', path: 8, outcome: 'rejected' }, 4],
    [{ port: 8111, peer: privatePeer, path: 1, outcome: 'rejected' }, 3],
    [{ port: 8111, peer: privatePeer, path: 1, outcome: 'unanswered' }, 2],
    [{ port: 8111, peer: privatePeer, path: 1, protocol: UDP }, 2],
    [{ port: 8111, peer: publicPeer, path: 8 }, 3],
    [{ port: 123, peer: publicPeer, path: 8, protocol: UDP }, 20],
    [{ port: 22, peer: publicPeer, outcome: 'scanned' }, 12],
    [{ port: 80, peer: publicPeer, outcome: 'scanned' }, 8],
    [{ port: 8111, peer: publicPeer, outcome: 'scanned' }, 2],
    [{ port: 443, peer: publicPeer6, path: 8 }, 20],
    // AWS over IPv6: the dual-stack names among it, and somebody's web server
    [{ port: 443, peer: awsPeer6, service: 'AMAZON', path: 8 }, 15],
    [{ port: 80, peer: awsPeer6, service: 'EC2', path: 8 }, 4],
  ],
  2048,
);

function connection(
  version: FlowVersion,
  place: Place,
  interfaces: readonly Interface[],
  fileStartMs: number,
  random: Random,
): string[] {
  const picked = random.pick(interfaces);
  const kind = CONNECTIONS[random.below(CONNECTIONS.length)]!;
  // One old host of a place knocks in vain; that all of them do would be the finding of the day.
  const inVain = kind.outcome === 'rejected' || kind.outcome === 'unanswered';
  const network = inVain ? interfaces[0]! : picked;
  const peer = kind.peer(place, random);
  const port = random.between(32768, 60999);
  const endMs = fileStartMs + MINUTE_MS + random.below(FILE_MS - MINUTE_MS - SECOND_MS);
  const times = { startMs: endMs - random.between(2, 59) * SECOND_MS, endMs };
  const own = peer.includes(':') ? `${place.prefix6}aa::${network.id.slice(-4)}` : network.address;
  const protocol = kind.protocol ?? TCP;
  const tcp = protocol === TCP;
  if (kind.outcome === 'scanned') {
    return [
      flowLine(version, place, network, {
        ...times,
        source: peer,
        destination: own,
        sourcePort: port,
        destinationPort: kind.port,
        protocol,
        packets: 1,
        bytes: 40,
        action: 'REJECT',
        flags: SYN,
        direction: 'ingress',
      }),
    ];
  }
  const service = kind.service;
  const request = {
    ...times,
    source: own,
    destination: peer,
    sourcePort: port,
    destinationPort: kind.port,
    protocol,
    direction: 'egress' as const,
    ...(kind.path === undefined ? {} : { path: kind.path }),
    ...(service === undefined ? {} : { destinationService: service }),
  };
  if (kind.outcome !== undefined) {
    const packets = random.between(1, 4);
    return [
      flowLine(version, place, network, {
        ...request,
        packets,
        bytes: packets * 60,
        flags: SYN,
        action: kind.outcome === 'rejected' ? 'REJECT' : 'ACCEPT',
      }),
    ];
  }
  const packets = random.between(4, 60);
  const lines = [
    flowLine(version, place, network, {
      ...request,
      packets,
      bytes: packets * 52 + random.between(300, 20_000),
      flags: tcp ? CLIENT_FLAGS : 0,
      action: 'ACCEPT',
    }),
  ];
  if (random.chance(0.85)) {
    const answers = random.between(3, 60);
    lines.push(
      flowLine(version, place, network, {
        ...times,
        source: peer,
        destination: own,
        sourcePort: kind.port,
        destinationPort: port,
        protocol,
        packets: answers,
        bytes: answers * 52 + random.between(100, 60_000),
        flags: tcp ? SERVER_FLAGS : 0,
        action: 'ACCEPT',
        direction: 'ingress',
        ...(service === undefined ? {} : { sourceService: service }),
      }),
    );
  }
  return lines;
}

// What flow records of a plain-text port add up to: was a request sent, was it answered, over which path.
// Flow records hold no content, only bytes and packets: what is left after the headers tells a request from a knock on the door.

import type { Evidence } from '../../findings/finding.ts';
import type { EpochMs, FlowRecord } from '../../records/record.ts';
import type { Threshold } from '../detector.ts';
import { evidenceOf, keepEarliest } from '../hits.ts';
import { clientSide, describedVersion, isRelayedVersion, serverSide } from './relayed-flows.ts';

/** Bytes of IP and TCP header with the timestamp option: 20 + 32 (https://www.rfc-editor.org/rfc/rfc7323#section-3.2). */
const IPV4_HEADER_BYTES = 52;
/** The same without timestamps, as Windows sends by default: what a payload may be at most. */
const IPV4_LEAST_HEADER_BYTES = 40;
const IPV6_HEADER_BYTES = 72;
const IPV6_LEAST_HEADER_BYTES = 60;
/** Options of the longest usual SYN beyond that (MSS, SACK permitted, timestamps, window scale): 8 bytes. */
const SYN_EXTRA_BYTES = 8;

/** Client payload in one flow record from which a signed request was sent. The smallest is 435 bytes (ListTables without SDK headers, constructed). */
const REQUEST_PAYLOAD_BYTES = 300;
export const SMALLEST_REQUEST_BYTES = 435;
/** Server payload from which the server answered with data. */
const ANSWER_PAYLOAD_BYTES = 100;
/** Connections whose two directions are put together, those with the smallest keyed hashes. About 500 bytes each. */
export const MAX_CONNECTIONS = 32;
const MAX_NAMES = 16;

export const PAYLOAD_THRESHOLDS: readonly Threshold[] = [
  {
    name: 'request payload',
    value: REQUEST_PAYLOAD_BYTES,
    unit: 'bytes from the client in one flow record, headers taken off',
    reason:
      'the smallest signed DynamoDB request has 435 bytes; a handshake, a retry or a health check has less than 300',
    source: 'measured on a constructed ListTables request without SDK headers',
  },
  {
    name: 'header size',
    value: `${IPV4_HEADER_BYTES} (IPv4), ${IPV6_HEADER_BYTES} (IPv6)`,
    unit: 'bytes a packet',
    reason:
      'IP and TCP header with timestamps; without timestamps it is 12 less, which counts only where the server answered',
    source: 'https://www.rfc-editor.org/rfc/rfc7323#section-3.2',
  },
  {
    name: 'answer payload',
    value: ANSWER_PAYLOAD_BYTES,
    unit: 'bytes from the server in one flow record, headers taken off',
    reason: 'an HTTP answer has at least a status line and a few headers',
    source: 'https://www.rfc-editor.org/rfc/rfc9112#section-2.1',
  },
];

/** One flow record, seen as a direction of a connection between a client and a server port. */
export interface Leg {
  readonly from: 'client' | 'server';
  readonly version: number;
  readonly client: string;
  readonly clientPort: number;
  readonly server: string;
  /** Keyed hash of the connection. */
  readonly hash: number;
  /** Payload by the usual header size, and by the smallest. */
  readonly payload: number;
  readonly mostPayload: number;
  /** False where the record does not say how many packets and bytes there were: nobody knows what was in them. */
  readonly isSized: boolean;
  /** No packet need have held anything: all could be SYN or ACK. */
  readonly bare: boolean;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly path: number | null;
  readonly encryption: number | null;
  readonly interfaceId: string;
  readonly instanceId: string;
  readonly vpcId: string;
  readonly serverVpcId: string;
  readonly serverOwner: string;
  readonly evidence: Evidence;
}

interface Connection {
  readonly hash: number;
  /** Largest in one record. */
  mostPayload: number;
  answer: number;
  firstMs: EpochMs;
  lastMs: EpochMs;
  evidence: Evidence[];
}

/** What one version of the log format says; other versions describe the same packets again. */
interface VersionTraffic {
  requests: number;
  payload: number;
  mostRequests: number;
  /** 0 while there is no request. */
  firstMs: EpochMs;
  lastMs: EpochMs;
  answers: number;
  paths: string[];
  encryption: string[];
  clients: string[];
  servers: string[];
  interfaces: string[];
  instances: string[];
  vpcs: string[];
  serverOwners: string[];
  evidence: Evidence[];
  connections: Record<string, Connection>;
  truncated: boolean;
}

export interface PlainFlows {
  /** Format version to what it says. */
  versions: Record<string, VersionTraffic>;
}

/** What the records of a fold add up to when a request was sent. */
export interface PlainTraffic {
  /** Flow records of the client that hold a request. */
  readonly records: number;
  readonly payload: number;
  /** Upper bound: payload by the size of the smallest request. */
  readonly mostRequests: number;
  readonly firstMs: EpochMs;
  readonly lastMs: EpochMs;
  readonly answered: boolean;
  /** True where only answers, not the size of what was sent, show the request. */
  readonly byAnswerOnly: boolean;
  readonly paths: readonly string[];
  readonly encryption: readonly string[];
  readonly clients: readonly string[];
  readonly servers: readonly string[];
  readonly interfaces: readonly string[];
  readonly instances: readonly string[];
  readonly vpcs: readonly string[];
  readonly evidence: readonly Evidence[];
  readonly truncated: boolean;
  /** Seen on the way only: relayed-flows.ts. */
  readonly relayed: boolean;
}

/** A record as a leg; `serverOwner` is the instance or task that the record's own interface says it belongs to, where that is the server's. */
export function legOf(flow: FlowRecord, from: Leg['from'], hashSeed: number): Leg {
  const source = flow.packetSource ?? flow.source;
  const destination = flow.packetDestination ?? flow.destination;
  const client = from === 'client' ? source : destination;
  const server = from === 'client' ? destination : source;
  const clientPort = from === 'client' ? flow.sourcePort : flow.destinationPort;
  const isIpv6 = server.includes(':');
  // No record is of no packet: what the format lacks, or has as `-`, is 0.
  const isSized = flow.packets > 0 && flow.bytes > 0;
  const headers = flow.packets * (isIpv6 ? IPV6_HEADER_BYTES : IPV4_HEADER_BYTES);
  const leastHeaders = flow.packets * (isIpv6 ? IPV6_LEAST_HEADER_BYTES : IPV4_LEAST_HEADER_BYTES);
  const payload = isSized ? Math.max(0, flow.bytes - headers) : 0;
  const onServersInterface = flow.direction === (from === 'client' ? 'ingress' : 'egress');
  return {
    from,
    version: describedVersion(flow, from),
    client,
    clientPort,
    server,
    hash: hashText(`${client} ${clientPort} ${server}`, hashSeed),
    payload,
    mostPayload: isSized ? Math.max(0, flow.bytes - leastHeaders) : 0,
    isSized,
    bare: flow.bytes <= headers + flow.packets * SYN_EXTRA_BYTES,
    firstMs: flow.startMs,
    lastMs: Math.max(flow.startMs, flow.endMs),
    path: flow.trafficPath,
    encryption: flow.encryptionStatus,
    interfaceId: flow.interfaceId,
    instanceId: flow.instanceId ?? '',
    vpcId: clientSide(flow, from).vpcId,
    serverVpcId: serverSide(flow, from).vpcId,
    serverOwner: onServersInterface ? (flow.instanceId ?? flow.ecsTaskId ?? '') : '',
    evidence: evidenceOf(flow, {
      from,
      client,
      clientPort,
      server,
      serverPort: from === 'client' ? flow.destinationPort : flow.sourcePort,
      interface: flow.interfaceId,
      instance: flow.instanceId,
      vpc: flow.vpcId,
      packets: flow.packets || null,
      bytes: flow.bytes || null,
      payload: isSized ? payload : null,
      tcpFlags: flow.tcpFlags,
      trafficPath: flow.trafficPath,
      encryptionStatus: flow.encryptionStatus,
      end: new Date(flow.endMs).toISOString(),
      ...(flow.transit === null
        ? {}
        : { gateway: flow.transit.gatewayId, attachment: flow.transit.attachmentId }),
    }),
  };
}

/** Whether this record of the client holds a request by itself; else an answer may still show one (judgeFlows). */
export function holdsRequest(leg: Leg): boolean {
  return leg.payload >= REQUEST_PAYLOAD_BYTES && !leg.bare;
}

export function emptyFlows(): PlainFlows {
  return { versions: {} };
}

export function addLeg(flows: PlainFlows, leg: Leg): PlainFlows {
  const traffic = versionOf(flows, String(leg.version));
  keepName(traffic, 'serverOwners', leg.serverOwner);
  const name = `${leg.client} ${leg.clientPort} ${leg.server}`;
  const connection: Connection = {
    hash: leg.hash,
    mostPayload: 0,
    answer: 0,
    firstMs: leg.firstMs,
    lastMs: leg.lastMs,
    evidence: [leg.evidence],
  };
  if (leg.from === 'server') {
    if (leg.payload >= ANSWER_PAYLOAD_BYTES) traffic.answers += 1;
    connection.answer = leg.payload;
  } else {
    connection.mostPayload = leg.mostPayload;
    keepName(traffic, 'paths', leg.path === null ? '' : String(leg.path));
    keepName(traffic, 'encryption', leg.encryption === null ? '' : String(leg.encryption));
    keepName(traffic, 'clients', leg.client);
    keepName(traffic, 'servers', leg.server);
    keepName(traffic, 'interfaces', leg.interfaceId);
    keepName(traffic, 'instances', leg.instanceId);
    keepName(traffic, 'vpcs', leg.vpcId);
    if (holdsRequest(leg)) {
      addSpan(traffic, leg.firstMs, leg.lastMs);
      traffic.requests += 1;
      traffic.payload += leg.payload;
      traffic.mostRequests += Math.max(1, Math.floor(leg.payload / SMALLEST_REQUEST_BYTES));
      keepEarliest(traffic.evidence, leg.evidence);
    }
  }
  keepConnection(traffic, name, connection);
  return flows;
}

export function mergeFlows(a: PlainFlows, b: PlainFlows): PlainFlows {
  for (const [version, from] of Object.entries(b.versions)) {
    const into = versionOf(a, version);
    if (from.requests > 0) addSpan(into, from.firstMs, from.lastMs);
    into.requests += from.requests;
    into.payload += from.payload;
    into.mostRequests += from.mostRequests;
    into.answers += from.answers;
    into.truncated ||= from.truncated;
    for (const list of NAME_LISTS) for (const name of from[list]) keepName(into, list, name);
    for (const piece of from.evidence) keepEarliest(into.evidence, piece);
    for (const [name, connection] of Object.entries(from.connections)) keepConnection(into, name, connection);
  }
  return a;
}

/** Instances or tasks that own the server's interface: the server is no interface that AWS runs. */
export function serverOwnersOf(flows: PlainFlows): readonly string[] {
  return Object.values(flows.versions).flatMap((traffic) => traffic.serverOwners);
}

/** Null while there are only attempts. Where formats of several versions tell of the same packets the highest that shows a request is used. */
export function judgeFlows(flows: PlainFlows): PlainTraffic | null {
  const versions = Object.keys(flows.versions).sort((a, b) => Number(b) - Number(a));
  for (const version of versions) {
    const traffic = trafficOf(flows.versions[version]!, isRelayedVersion(version));
    if (traffic === null) continue;
    // Over which path an interface hands on stands in the records of what it sends itself.
    return traffic.relayed ? { ...traffic, paths: pathsOf(flows) } : traffic;
  }
  return null;
}

function pathsOf(flows: PlainFlows): readonly string[] {
  return [...new Set(Object.values(flows.versions).flatMap(({ paths }) => paths))].sort();
}

/** Clients of which traffic was seen on the way, be there a request in it or not; null where there is none, or not all are known. */
export function relayedClientsOf(flows: PlainFlows): readonly string[] | null {
  const relayed = Object.keys(flows.versions).filter(isRelayedVersion);
  if (relayed.some((version) => flows.versions[version]!.truncated)) return null;
  const clients = new Set(relayed.flatMap((version) => flows.versions[version]!.clients));
  return clients.size === 0 ? null : [...clients];
}

function trafficOf(traffic: VersionTraffic, relayed: boolean): PlainTraffic | null {
  const {
    requests,
    payload,
    mostRequests,
    paths,
    encryption,
    clients,
    servers,
    interfaces,
    instances,
    vpcs,
  } = traffic;
  const shared = {
    paths,
    encryption,
    clients,
    servers,
    interfaces,
    instances,
    vpcs,
    truncated: traffic.truncated,
    relayed,
  };
  if (requests > 0) {
    const { firstMs, lastMs, evidence } = traffic;
    const answered = traffic.answers > 0;
    return {
      records: requests,
      payload,
      mostRequests,
      firstMs,
      lastMs,
      answered,
      byAnswerOnly: false,
      evidence,
      ...shared,
    };
  }
  // The server of HTTP never speaks first: data from it means that a request went there, even where many bare packets hide its size.
  const asked = Object.values(traffic.connections).filter(
    (connection) =>
      connection.answer >= ANSWER_PAYLOAD_BYTES && connection.mostPayload >= REQUEST_PAYLOAD_BYTES,
  );
  if (asked.length === 0) return null;
  const evidence: Evidence[] = [];
  for (const connection of asked) for (const piece of connection.evidence) keepEarliest(evidence, piece);
  const sent = asked.reduce((sum, connection) => sum + connection.mostPayload, 0);
  return {
    records: asked.length,
    payload: sent,
    mostRequests: Math.max(1, Math.floor(sent / SMALLEST_REQUEST_BYTES)),
    firstMs: Math.min(...asked.map((connection) => connection.firstMs)),
    lastMs: Math.max(...asked.map((connection) => connection.lastMs)),
    answered: true,
    byAnswerOnly: true,
    evidence,
    ...shared,
  };
}

const NAME_LISTS = [
  'paths',
  'encryption',
  'clients',
  'servers',
  'interfaces',
  'instances',
  'vpcs',
  'serverOwners',
] as const;

function versionOf(flows: PlainFlows, version: string): VersionTraffic {
  let traffic = flows.versions[version];
  if (traffic === undefined) {
    traffic = {
      requests: 0,
      payload: 0,
      mostRequests: 0,
      firstMs: 0,
      lastMs: 0,
      answers: 0,
      paths: [],
      encryption: [],
      clients: [],
      servers: [],
      interfaces: [],
      instances: [],
      vpcs: [],
      serverOwners: [],
      evidence: [],
      connections: {},
      truncated: false,
    };
    flows.versions[version] = traffic;
  }
  return traffic;
}

function addSpan(traffic: VersionTraffic, firstMs: EpochMs, lastMs: EpochMs): void {
  const isFirst = traffic.requests === 0;
  traffic.firstMs = isFirst ? firstMs : Math.min(traffic.firstMs, firstMs);
  traffic.lastMs = isFirst ? lastMs : Math.max(traffic.lastMs, lastMs);
}

/** The smallest names in code unit order are kept (docs/decisions/0002, contract 5). */
function keepName(traffic: VersionTraffic, list: (typeof NAME_LISTS)[number], name: string): void {
  const names = traffic[list];
  if (name === '' || names.includes(name)) return;
  let at = names.length;
  while (at > 0 && name < names[at - 1]!) at--;
  names.splice(at, 0, name);
  if (names.length > MAX_NAMES) {
    names.pop();
    traffic.truncated = true;
  }
}

function keepConnection(traffic: VersionTraffic, name: string, from: Connection): void {
  const known = traffic.connections[name];
  if (known !== undefined) {
    known.mostPayload = Math.max(known.mostPayload, from.mostPayload);
    known.answer = Math.max(known.answer, from.answer);
    known.firstMs = Math.min(known.firstMs, from.firstMs);
    known.lastMs = Math.max(known.lastMs, from.lastMs);
    for (const piece of from.evidence) keepEarliest(known.evidence, piece, 2);
    return;
  }
  traffic.connections[name] = { ...from, evidence: [...from.evidence] };
  const names = Object.keys(traffic.connections);
  if (names.length <= MAX_CONNECTIONS) return;
  const hashOf = (candidate: string): number => traffic.connections[candidate]!.hash;
  const largest = names.reduce((worst, candidate) =>
    hashOf(candidate) > hashOf(worst) || (hashOf(candidate) === hashOf(worst) && candidate > worst)
      ? candidate
      : worst,
  );
  delete traffic.connections[largest];
  traffic.truncated = true;
}

/** FNV-1a, begun at a secret seed so that nobody can choose which connections are kept. http://www.isthe.com/chongo/tech/comp/fnv/ */
export function hashText(text: string, seed: number): number {
  let hash = (seed ^ 0x811c9dc5) >>> 0;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}

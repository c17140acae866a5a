// TLS-06: packets with a request in them went to DynamoDB's port 80. Flow logs see this whatever CloudTrail was told.

import type { Evidence } from '../../findings/finding.ts';
import { keyOwner, remediatePlaintext } from '../../findings/remediation.ts';
import { isPrivateAddress } from '../../lib/ip-address.ts';
import type { FlowRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  MINUTE_MS,
  type ObserveContext,
  splitKey,
} from '../detector.ts';
import { compareEvidence, MAX_EVIDENCE } from '../hits.ts';
import { JOIN_READS, type Join, whoIsBehind } from './caller-scores.ts';
import { ADDRESS_OPERATIONS, elasticAddresses, observeAddresses } from './elastic-addresses.ts';
import { encryptionWords, STATUS_CONFIDENCE, STATUS_THRESHOLD, saysPlain } from './encryption-status.ts';
import {
  addLeg,
  emptyFlows,
  holdsRequest,
  judgeFlows,
  type Leg,
  legOf,
  mergeFlows,
  PAYLOAD_THRESHOLDS,
  type PlainFlows,
  type PlainTraffic,
} from './plaintext-flows.ts';
import { dynamodbEndpointAmong, dynamodbEndpointAt } from './private-endpoints.ts';
import { clientSide, observeOwnClient, ownClientsFold, tellThemselves } from './relayed-flows.ts';

export const HTTP_PORT = 80;
const TCP = 6;
const BASE_CONFIDENCE = 0.9;
const ANSWERED_CONFIDENCE = 0.05;
/** Nothing that is only counted is certain to the last. */
const MOST_CONFIDENCE = 0.99;
/** traffic-path 8: through an internet gateway. https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html */
const INTERNET_GATEWAY_PATH = '8';
const PATHS: Readonly<Record<string, string>> = {
  '2': 'an internet gateway or a gateway endpoint',
  '3': 'a virtual private gateway',
  '4': 'a peering connection inside the region',
  '5': 'a peering connection to another region',
  '6': 'a local gateway',
  '7': 'a gateway VPC endpoint',
  '8': 'an internet gateway',
};

const meta: DetectorMeta = {
  id: 'TLS-06',
  name: 'plaintext-dynamodb-flow',
  family: 'TLS',
  version: 1,
  title: 'DynamoDB called over plain HTTP (flow log)',
  what: 'An accepted TCP flow between a client and port 80 of a DynamoDB endpoint that holds at least one request.',
  why: 'DynamoDB answers on HTTP as well as on HTTPS. Over HTTP everybody on the way reads the items and the signed headers; the signature can be sent again for minutes, and a session token in it for hours. A redirect to HTTPS comes too late: the headers have travelled.',
  severities: ['CRITICAL', 'HIGH'],
  falsePositives: [
    'None is known for DynamoDB, port 80 and a payload of this size.',
    'An old range table may call an address DynamoDB’s that is not any more: the summary says when the table is older than 30 days.',
  ],
  blindSpots: [
    'Interface VPC endpoints (PrivateLink) that the setting dynamodbEndpoints does not name: the address is a private one of your own VPC, and no service is named. In formats without flow-direction the flows of the endpoint’s own interface are told beside the client’s.',
    'DynamoDB addresses that are newer than the range table, in formats without pkt-dst-aws-service.',
    'Networks without flow logs, and flow logs of rejected traffic only.',
    'Attempts that were refused or never answered: no request was sent. TLS-08 tells of them.',
    'A NAT gateway or an appliance writes flows of its own. Where the clients’ interfaces have flow logs, too, only those are told; in formats without pkt-srcaddr and pkt-dstaddr the connection is told for both. Calls of an appliance itself hide behind those that it hands on.',
    'A transit gateway sees the traffic only where DynamoDB is reached through another VPC (central egress, inspection).',
  ],
  investigate: [
    'Whose interface is it? aws ec2 describe-network-interfaces names the instance, task or function.',
    'Look for http:// endpoints, use_ssl=False or AWS_ENDPOINT_URL in the client’s code, environment and ~/.aws/config.',
    'In CloudTrail, look for DynamoDB data events of the same minutes from this address: partial or absent tlsDetails name the principal.',
    'Was the path an internet gateway (8)? Then rotate the credentials first.',
  ],
  thresholds: [...PAYLOAD_THRESHOLDS, STATUS_THRESHOLD],
  identity: {
    entity:
      'network interface (else instance, else client address; behind a transit gateway the client address)',
    evidenceKey: 'region of the DynamoDB endpoint',
    windowMs: DAY_MS,
  },
  compliance: { cwe: ['CWE-319'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const ownClients = ownClientsFold('plaintext-dynamodb-clients');

/** Key: `dynamodbClientKey`. */
export const plainDynamodbFlows: Fold<Leg, PlainFlows> = {
  name: 'plaintext-dynamodb-flows',
  version: 1,
  windowMs: DAY_MS,
  // The callers of the last minutes are in the next hour.
  judgeDelayMs: 2 * HOUR_MS,
  reads: [...JOIN_READS, ownClients.name],
  empty: emptyFlows,
  add: addLeg,
  merge: mergeFlows,
  judge: (key, day, flows, context) => {
    const traffic = judgeFlows(flows);
    if (traffic === null || toldByClients(key, day, traffic, context)) return [];
    const endpoint = dynamodbEndpointAmong(traffic.servers, context.settings);
    return [
      draftOf(key, traffic, whoIsBehind(key, day, traffic.payload, context), endpoint?.vpcEndpoint ?? ''),
    ];
  },
};

export const plaintextDynamodbFlow: Detector = {
  meta,
  needs: { flows: true, operations: ADDRESS_OPERATIONS },
  sights: {
    needs: [['flows'], ['accepted-flows'], ['flow-action'], ['flow-ports'], ['flow-size']],
    parts: ['flow-service'],
    helps: [
      'dynamodb-data-events',
      'management-events',
      'flow-packet-addresses',
      'flow-path',
      'flow-encryption',
      'flow-client',
    ],
  },
  folds: [plainDynamodbFlows, ownClients, elasticAddresses],
  observeCall: observeAddresses,
  observeFlow(flow, out, context) {
    const seen = dynamodbLegOf(flow, context);
    if (seen === null) return;
    out.add(plainDynamodbFlows, seen.key, flow, seen.leg);
    if (holdsRequest(seen.leg))
      observeOwnClient(ownClients, flow, seen.leg, { service: seen.region, account: flow.account }, out);
  },
};

/** One connection is one finding: what was seen on the way is left to the clients' own interfaces where all of them tell. */
function toldByClients(key: string, window: number, traffic: PlainTraffic, context: JudgeContext): boolean {
  if (!traffic.relayed || traffic.truncated) return false;
  const [account = '', region = '', entity = ''] = splitKey(key);
  return tellThemselves(ownClients, { service: region, account, entity }, traffic.clients, window, context);
}

/** An accepted flow at DynamoDB's port 80 as a leg, with the key of its client and region; null for every other flow. */
export function dynamodbLegOf(
  flow: FlowRecord,
  context: ObserveContext,
): { readonly leg: Leg; readonly key: string; readonly region: string } | null {
  // Millions of flows pass here: two ports are looked at before anything else is decoded.
  const toServer = flow.destinationPort === HTTP_PORT;
  if (!toServer && flow.sourcePort !== HTTP_PORT) return null;
  if (flow.protocol !== TCP || flow.action !== 'ACCEPT') return null;
  let region = toServer ? endpointRegion(flow, true, context) : null;
  const from = region === null ? 'server' : 'client';
  region ??= endpointRegion(flow, false, context);
  if (region === null) return null;
  const leg = legOf(flow, from, context.hashSeed);
  const { account } = clientSide(flow, from);
  const key = dynamodbClientKey(account, region || flow.region, clientEntity(flow, leg));
  return { leg, key, region: region || flow.region };
}

export function dynamodbClientKey(account: string, region: string, entity: string): string {
  return joinKey(account, region, entity);
}

/** Interface ids are in every format from version 2 on; VPC and instance only in later ones, and two formats must meet in one key. */
export function clientEntity(flow: FlowRecord, leg: Leg): string {
  return flow.interfaceId || flow.instanceId || leg.client;
}

/** Region of the DynamoDB endpoint at one end ('' when only the service is known); null when that end is not DynamoDB. */
export function endpointRegion(
  flow: FlowRecord,
  atDestination: boolean,
  context: ObserveContext,
): string | null {
  if ((atDestination ? flow.destinationPort : flow.sourcePort) !== HTTP_PORT) return null;
  const service = atDestination ? flow.packetDestinationService : flow.packetSourceService;
  // In overlaps AWS writes one code only: AMAZON may hide DynamoDB, while S3 or EC2 is AWS's own word that it is another service.
  if (service !== null && service !== 'DYNAMODB' && service !== 'AMAZON') return null;
  const address = atDestination
    ? (flow.packetDestination ?? flow.destination)
    : (flow.packetSource ?? flow.source);
  const endpoint = dynamodbEndpointAt(address, context.settings);
  if (endpoint !== null) return endpoint.region;
  const range = context.awsRange(address);
  if (range?.service === 'DYNAMODB') return range.region;
  return service === 'DYNAMODB' ? '' : null;
}

/** `namedEndpoint`: the interface endpoint that a setting says the server is; '' where none does. */
function draftOf(key: string, traffic: PlainTraffic, join: Join, namedEndpoint: string): Draft {
  const [account = '', region = '', entity = ''] = splitKey(key);
  const viaInternet = traffic.paths.includes(INTERNET_GATEWAY_PATH);
  const caller = join.outcome === 'named' ? join.best.caller : null;
  const ofFlows = Math.max(
    BASE_CONFIDENCE + (traffic.answered ? ANSWERED_CONFIDENCE : 0),
    saysPlain(traffic.encryption) ? STATUS_CONFIDENCE : 0,
  );
  const confidence = Math.min(MOST_CONFIDENCE, 1 - (1 - ofFlows) * (1 - confidenceOfCalls(join)));
  const instance = traffic.instances[0] ?? '';
  const client = traffic.clients[0] ?? '';
  const where = instance === '' || instance === entity ? entity : `${entity} (${instance})`;
  const name = caller === null ? '' : caller.name || caller.principal;
  const who = caller === null ? where : `${name} on ${instance || entity}`;
  const minutes = Math.max(1, Math.ceil((traffic.lastMs - traffic.firstMs) / MINUTE_MS));
  const bound = traffic.mostRequests === 1 ? '1 request' : `up to ${traffic.mostRequests} requests`;
  const servers = traffic.servers.join(', ');
  const vpcEndpointId = caller?.vpcEndpoint || namedEndpoint;
  return {
    account,
    region,
    entity,
    evidenceKey: region,
    timeMs: traffic.firstMs,
    severity: viaInternet ? 'CRITICAL' : 'HIGH',
    confidence,
    grade: 'certain',
    title: `DynamoDB called over plain HTTP: ${who} → ${region || 'DynamoDB'}, ${bound} in ${minutes} min`,
    summary:
      `${who} in account ${account || 'unknown'}${traffic.vpcs.length > 0 ? `, ${traffic.vpcs.join(', ')},` : ''} sent ` +
      `${traffic.payload} bytes of payload to port 80 of DynamoDB in ${region || 'an unknown region'} (${servers}). ` +
      'Items, signatures and session tokens in these requests could be read on the way.',
    firstMs: traffic.firstMs,
    lastMs: traffic.lastMs,
    count: traffic.records,
    truncated: traffic.truncated,
    principal:
      caller === null
        ? null
        : { type: caller.type, name: caller.name, session: caller.session, keyId: caller.keyIds[0] ?? '' },
    actor: {
      ip: client,
      class: isPrivateAddress(client) ? 'private' : 'public',
      vpcEndpoint: vpcEndpointId,
      userAgent: caller?.userAgent ?? '',
    },
    target: { service: 'dynamodb', resource: `${traffic.servers[0] ?? ''}:${HTTP_PORT}` },
    evidence: evidenceWith(traffic.evidence, caller?.evidence ?? []),
    why: [...whyOf(traffic, viaInternet, namedEndpoint), join.why, ...doubtsOf(join)],
    remediation: remediatePlaintext({
      ...(traffic.interfaces[0] === undefined ? {} : { interfaceId: traffic.interfaces[0] }),
      ...(caller === null ? {} : { keyId: caller.keyIds[0] ?? '', ...keyOwner(caller.type, caller.name) }),
      ...(vpcEndpointId === '' ? {} : { vpcEndpointId }),
    }),
  };
}

/** What the calls add: as sure as TLS-01 is of calls with a host only, and of calls without anything. */
function confidenceOfCalls(join: Join): number {
  if (join.outcome !== 'named') return 0;
  return join.best.partial ? 0.7 : 0.6;
}

function doubtsOf(join: Join): string[] {
  if (join.outcome !== 'ambiguous') return [];
  return join.candidates.map(({ name, why }) => `${name}: ${why.join(', ')}`);
}

/** Records of flows, and the calls that name their sender: both are to be seen among ten. */
function evidenceWith(flows: readonly Evidence[], calls: readonly Evidence[]): Evidence[] {
  return [...flows.slice(0, MAX_EVIDENCE - calls.length), ...calls].sort(compareEvidence);
}

function whyOf(traffic: PlainTraffic, viaInternet: boolean, namedEndpoint: string): string[] {
  const why = [
    `accepted TCP flows to port 80 of addresses that are DynamoDB’s: ${BASE_CONFIDENCE}`,
    traffic.byAnswerOnly
      ? 'the request is known by the data that came back; many packets without data hide its size'
      : `${traffic.records === 1 ? 'one flow record holds' : `${traffic.records} flow records hold`} ${traffic.payload} bytes of payload; the smallest signed request has 435`,
  ];
  if (traffic.answered) why.push(`the server answered with data: +${ANSWERED_CONFIDENCE}`);
  if (namedEndpoint !== '')
    why.push(`the setting dynamodbEndpoints says that the address is that of ${namedEndpoint}`);
  why.push(...encryptionWords(traffic.encryption, HTTP_PORT));
  for (const path of traffic.paths) {
    if (PATHS[path] !== undefined) why.push(`the path went through ${PATHS[path]} (traffic-path ${path})`);
  }
  if (traffic.relayed) {
    why.push(
      `seen on the way (NAT gateway, appliance or transit gateway); not all of its clients tell of it themselves: ${traffic.clients.join(', ')}`,
    );
  }
  if (viaInternet) why.push('over the internet: one step more severe');
  return why;
}

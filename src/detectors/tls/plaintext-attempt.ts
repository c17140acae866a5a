// TLS-08: a client knocked at DynamoDB's port 80 or DAX's port 8111, and no request got through. It will try again.

import { remediateDax, remediatePlaintext } from '../../findings/remediation.ts';
import { isPrivateAddress } from '../../lib/ip-address.ts';
import type { FlowRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { addHit, emptyHits, type Hit, type HitSummary, mergeHits } from '../hits.ts';
import { PLAIN_DAX_PORT } from '../policy/dax-cluster.ts';
import { daxUseFold, observeDaxUse, recentDaxUse } from './dax-use.ts';
import { daxLeg, daxLegOf, daxServerKey } from './plaintext-dax-flow.ts';
import {
  clientEntity,
  dynamodbClientKey,
  dynamodbLegOf,
  endpointRegion,
  HTTP_PORT,
} from './plaintext-dynamodb-flow.ts';
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
  relayedClientsOf,
  serverOwnersOf,
} from './plaintext-flows.ts';
import { dynamodbEndpointAmong } from './private-endpoints.ts';
import {
  clientSide,
  isRelayedVersion,
  observeOwnClient,
  ownClientsFold,
  serverSide,
  tellThemselves,
} from './relayed-flows.ts';

const TCP = 6;
/** https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html (tcp-flags) */
const SYN = 2;
const DYNAMODB_CONFIDENCE = 0.9;
const DAX_PORT_CONFIDENCE = 0.4;
const DAX_IN_USE_CONFIDENCE = 0.7;
const PLAIN_CLUSTER_CONFIDENCE = 0.8;

type Service = 'dynamodb' | 'dax';

const meta: DetectorMeta = {
  id: 'TLS-08',
  name: 'plaintext-attempt',
  family: 'TLS',
  version: 1,
  title: 'Plain-text attempt at DynamoDB or DAX that sent no request (flow log)',
  what: 'TCP flows of a client to port 80 of DynamoDB or to port 8111 of a private address that were rejected, or that hold less than a signed request: a handshake, retries, a few bytes.',
  why: 'Nothing was read on the way, but the application is still configured for plain text: the day the security group, the network ACL or the route lets it through, items and signatures travel readable. Until then it waits for time-outs.',
  severities: ['LOW'],
  falsePositives: [
    'Other software on port 8111 (build servers use it, too). Without calls to the DAX service in the account the confidence is 0.4; a server whose own interface is seen to belong to an instance or a task is left out.',
    'A health check or a port test that sends no signature.',
    'A kept-alive connection that idles past midnight, in formats without tcp-flags: TLS-06 or TLS-07 told of its request the day before.',
  ],
  blindSpots: [
    'DAX in formats without flow-direction: which of two private addresses tried cannot be told from a scanner that came in.',
    'Accepted flows to a server that got a request on the same day (TLS-06 for the interface, TLS-07 for the server): they are taken for a part of that traffic. Rejected ones are told all the same.',
    'Interface VPC endpoints (PrivateLink) that the setting dynamodbEndpoints does not name, and DynamoDB addresses that are newer than the range table in formats without pkt-dst-aws-service.',
    'Networks without flow logs; flow logs of accepted traffic only show no rejected attempt.',
    'Accepted attempts in formats without packets and bytes: whether a request was in them cannot be told, so nothing is said.',
    'A NAT gateway writes flows of its own: in formats without pkt-srcaddr and pkt-dstaddr the same attempt is then told for its interface, too.',
  ],
  investigate: [
    'Whose interface is it? aws ec2 describe-network-interfaces names the instance, task or function.',
    'Look for http:// endpoints, use_ssl=False, AWS_ENDPOINT_URL or dax:// in the client’s code, environment and ~/.aws/config.',
    'Did it get through on other days? Look for TLS-06 and TLS-07 of the same interface.',
  ],
  thresholds: [
    ...PAYLOAD_THRESHOLDS,
    {
      name: 'confidence for DynamoDB',
      value: DYNAMODB_CONFIDENCE,
      unit: 'probability',
      reason: 'the address is DynamoDB’s, and what needs no signature is rarely sent there',
      source: 'chosen, not measured',
    },
    {
      name: 'confidence for DAX',
      value: `${DAX_PORT_CONFIDENCE} by the port alone, ${DAX_IN_USE_CONFIDENCE} where the account uses DAX, ${PLAIN_CLUSTER_CONFIDENCE} where a call shows a cluster without TLS`,
      unit: 'probability',
      reason:
        'port 8111 is not reserved for DAX, and a flow without a request shows less than one with it (TLS-07)',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html',
    },
  ],
  identity: {
    entity: 'network interface (else instance, else client address)',
    evidenceKey: 'service and port',
    windowMs: DAY_MS,
  },
  compliance: { cwe: ['CWE-319'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

interface Attempt {
  readonly version: number;
  readonly rejected: boolean;
  readonly hit: Hit;
}

/** Attempts by version of the log format and outcome (`5 rejected`, `5 silent`): other versions describe the same packets again. */
interface Attempts {
  readonly hits: Record<string, HitSummary>;
}

const daxUse = daxUseFold('plaintext-attempt-dax-use');
const ownClients = ownClientsFold('plaintext-attempt-clients');

/** The accepted flows as TLS-06 and TLS-07 see them, under their keys: what they call a request sent is no attempt. */
const beside: Fold<Leg, PlainFlows> = {
  name: 'plaintext-attempt-flows',
  version: 1,
  windowMs: DAY_MS,
  empty: emptyFlows,
  add: addLeg,
  merge: mergeFlows,
};

/** Keyed by client and, for DAX, by server; a finding may come of several keys. */
const attempts: Fold<Attempt, Attempts> = {
  name: 'plaintext-attempts',
  version: 1,
  windowMs: DAY_MS,
  reads: [beside.name, daxUse.name, ownClients.name],
  empty: () => ({ hits: {} }),
  add: (summary, { version, rejected, hit }) => {
    const name = `${version} ${rejected ? 'rejected' : 'silent'}`;
    summary.hits[name] = addHit(summary.hits[name] ?? emptyHits(), hit);
    return summary;
  },
  merge: (a, b) => {
    for (const [name, hits] of Object.entries(b.hits)) {
      const known = a.hits[name];
      a.hits[name] = known === undefined ? hits : mergeHits(known, hits);
    }
    return a;
  },
  judge: (key, window, { hits }, context) => {
    const traffic = requestsBeside(key, window, context);
    if (traffic === 'no-cluster' || toldByClients(key, window, hits, context)) return [];
    const versions = Object.keys(hits).map((name) => Number.parseFloat(name));
    for (const version of versions.sort((a, b) => b - a)) {
      const rejected = hits[`${version} rejected`] ?? null;
      const silent = traffic === 'requests' ? null : (hits[`${version} silent`] ?? null);
      if (rejected !== null || silent !== null)
        return [draftOf(key, window, { rejected, silent }, traffic, context)];
    }
    return [];
  },
};

export const plaintextAttempt: Detector = {
  meta,
  needs: { calls: ['dax'], flows: true },
  sights: {
    needs: [['flows'], ['rejected-flows', 'accepted-flows'], ['flow-action'], ['flow-ports']],
    // What was rejected is told whatever was in it; of what was accepted only the size tells a knock from a request.
    parts: ['flow-size', 'flow-service', 'flow-direction'],
    helps: ['management-events', 'flow-tcp-flags', 'flow-packet-addresses', 'flow-client'],
  },
  folds: [attempts, beside, daxUse, ownClients],
  observeCall: (call, out) => observeDaxUse(daxUse, call, out),
  observeFlow(flow, out, context) {
    // Millions of flows pass here: the ports are looked at before anything else is decoded.
    if (flow.action === 'REJECT') observeRejected(flow, out, context);
    else observeAccepted(flow, out, context);
  },
};

function observeRejected(flow: FlowRecord, out: Output, context: ObserveContext): void {
  const port = flow.destinationPort;
  if ((port !== HTTP_PORT && port !== PLAIN_DAX_PORT) || flow.protocol !== TCP) return;
  if (port === HTTP_PORT) {
    const region = endpointRegion(flow, true, context);
    if (region !== null)
      addAttempt(flow, legOf(flow, 'client', context.hashSeed), region || flow.region, out);
  } else {
    const leg = daxLeg(flow, true, context);
    if (leg !== null) addAttempt(flow, leg, null, out);
  }
}

function observeAccepted(flow: FlowRecord, out: Output, context: ObserveContext): void {
  const dynamodb = dynamodbLegOf(flow, context);
  const seen = dynamodb ?? daxLegOf(flow, context);
  if (seen === null) return;
  const { leg, key } = seen;
  out.add(beside, key, flow, leg);
  // Without its size nobody knows whether a request was in it.
  if (leg.from === 'server' || !leg.isSized || holdsRequest(leg)) return;
  // Without a SYN it is a later window of a connection that began before.
  if (flow.tcpFlags !== null && (flow.tcpFlags & SYN) === 0) return;
  addAttempt(flow, leg, dynamodb?.region ?? null, out);
}

/** `region` of the DynamoDB endpoint; null for DAX. Only the client's side tells who tried. */
function addAttempt(flow: FlowRecord, leg: Leg, region: string | null, out: Output): void {
  // DynamoDB's addresses are public: without a direction in the format, too, the flow went out. Of two private ones nobody can say.
  // What comes to a transit gateway goes out of a VPC.
  const isTransit = flow.transit !== null;
  if (!isTransit && (flow.direction === 'ingress' || (region === null && flow.direction === null))) return;
  const entity = clientEntity(flow, leg);
  const server = serverSide(flow, 'client');
  const key =
    region === null
      ? joinKey('dax', server.account, flow.region, entity, leg.serverVpcId, leg.server)
      : joinKey('dynamodb', clientSide(flow, 'client').account, region, entity);
  const { service, account } = talkOf(region, flow.account, leg.server);
  observeOwnClient(ownClients, flow, leg, { service, account }, out);
  out.add(attempts, key, flow, {
    version: leg.version,
    rejected: flow.action === 'REJECT',
    hit: {
      evidence: { ...leg.evidence, fields: { ...leg.evidence.fields, action: flow.action } },
      timeMs: leg.firstMs,
      severity: 'LOW',
      facts: {
        client: leg.client,
        server: leg.server,
        interface: leg.interfaceId,
        instance: leg.instanceId,
        vpc: leg.vpcId,
        gateway: flow.transit?.gatewayId ?? '',
      },
    },
  });
}

/** Under which name a client's own interface tells. Clients of DAX may lie in other accounts than its nodes. */
function talkOf(
  region: string | null,
  account: string,
  server: string,
): { service: string; account: string } {
  return region === null ? { service: `dax ${server}`, account: '' } : { service: region, account };
}

/** Whether the same attempts are told of the clients' own interfaces, these having been seen on the way only. */
function toldByClients(
  key: string,
  window: number,
  hits: Readonly<Record<string, HitSummary>>,
  context: JudgeContext,
): boolean {
  const [keyService, account = '', region = '', entity = '', , server = ''] = splitKey(key);
  const { service, account: owner } = talkOf(keyService === 'dax' ? null : region, account, server);
  let clients: readonly string[] | null;
  if (Object.keys(hits).every(isRelayedVersion)) {
    const told = Object.values(hits);
    clients = told.some(({ truncated }) => truncated)
      ? null
      : told.flatMap(({ facts }) => facts.client ?? []);
  } else {
    const flows =
      keyService === 'dax' ? null : context.read(beside, dynamodbClientKey(account, region, entity), window);
    clients = flows === null ? null : relayedClientsOf(flows);
  }
  if (clients === null) return false;
  return tellThemselves(ownClients, { service, account: owner, entity }, clients, window, context);
}

/** What TLS-06 and TLS-07 make of the accepted flows to the same place on the same day. */
function requestsBeside(
  key: string,
  window: number,
  context: JudgeContext,
): 'requests' | 'none' | 'no-cluster' {
  const [service, account = '', region = '', entity = '', vpc = '', server = ''] = splitKey(key);
  const flows =
    service === 'dax'
      ? context.read(beside, daxServerKey(account, region, vpc, server), window)
      : context.read(beside, dynamodbClientKey(account, region, entity), window);
  if (flows === null) return 'none';
  if (service === 'dax' && serverOwnersOf(flows).length > 0) return 'no-cluster';
  return judgeFlows(flows) === null ? 'none' : 'requests';
}

function draftOf(
  key: string,
  window: number,
  { rejected, silent }: { readonly rejected: HitSummary | null; readonly silent: HitSummary | null },
  traffic: 'requests' | 'none',
  context: JudgeContext,
): Draft {
  const [keyService, account = '', region = '', entity = ''] = splitKey(key);
  const service: Service = keyService === 'dax' ? 'dax' : 'dynamodb';
  const all = emptyHits();
  if (rejected !== null) mergeHits(all, rejected);
  if (silent !== null) mergeHits(all, silent);
  const port = service === 'dax' ? PLAIN_DAX_PORT : HTTP_PORT;
  const place = service === 'dax' ? 'DAX' : 'DynamoDB';
  const doubt = service === 'dax' ? daxDoubt(account, window, context) : null;
  const client = all.facts.client?.[0] ?? '';
  const instance = all.facts.instance?.[0] ?? '';
  const interfaceId = all.facts.interface?.[0];
  const vpcs = all.facts.vpc ?? [];
  const servers = all.facts.server ?? [];
  const who = instance === '' || instance === entity ? entity : `${entity} (${instance})`;
  const counts = [
    ...(rejected === null ? [] : [`${rejected.count} rejected`]),
    ...(silent === null ? [] : [`${silent.count} without a request`]),
  ].join(', ');
  const endpoint = service === 'dynamodb' ? dynamodbEndpointAmong(servers, context.settings) : null;
  const values = {
    ...(interfaceId === undefined ? {} : { interfaceId }),
    ...(endpoint === null ? {} : { vpcEndpointId: endpoint.vpcEndpoint }),
  };
  return {
    account,
    region,
    entity,
    evidenceKey: `${service}:${port}`,
    timeMs: all.firstMs,
    severity: 'LOW',
    confidence: doubt?.confidence ?? DYNAMODB_CONFIDENCE,
    grade: doubt?.grade ?? 'probable',
    title: `Plain-text attempt at ${place}’s port ${port}: ${who} → ${service === 'dax' ? (servers[0] ?? '') : region || 'DynamoDB'}, ${counts}`,
    summary:
      `${who} in account ${account || 'unknown'}${vpcs.length > 0 ? `, ${vpcs.join(', ')},` : ''} tried port ${port} of ` +
      `${servers.join(', ')} (flow records: ${counts}). No request got through in them; the application is still configured for plain text.`,
    firstMs: all.firstMs,
    lastMs: all.lastMs,
    count: all.count,
    truncated: all.truncated,
    principal: null,
    actor: {
      ip: client,
      class: isPrivateAddress(client) ? 'private' : 'public',
      vpcEndpoint: endpoint?.vpcEndpoint ?? '',
      userAgent: '',
    },
    target: { service, resource: `${servers[0] ?? ''}:${port}` },
    evidence: all.evidence,
    why: [
      ...(doubt?.why ?? [
        `TCP flows to port ${HTTP_PORT} of addresses that are DynamoDB’s: ${DYNAMODB_CONFIDENCE}`,
      ]),
      ...(rejected === null
        ? []
        : [
            all.facts.gateway === undefined
              ? `flow records that a security group or network ACL rejected: ${rejected.count}`
              : `flow records whose packets a transit gateway lost: ${rejected.count}`,
          ]),
      ...(silent === null
        ? []
        : [`accepted flow records with less payload than a signed request: ${silent.count}`]),
      ...(endpoint === null
        ? []
        : [`the setting dynamodbEndpoints says that the address is that of ${endpoint.vpcEndpoint}`]),
      ...(traffic === 'requests' ? ['on the same day requests were sent there, too'] : []),
    ],
    remediation:
      service === 'dynamodb'
        ? remediatePlaintext(values)
        : remediateDax({ ...values, ...(doubt?.cluster ? { clusterName: doubt.cluster } : {}) }),
  };
}

/** How sure it is that port 8111 is DAX's. */
function daxDoubt(
  account: string,
  window: number,
  context: JudgeContext,
): Pick<Draft, 'confidence' | 'grade' | 'why'> & { readonly cluster: string } {
  const use = recentDaxUse(daxUse, account, window, context);
  const byPort = `TCP flows to port ${PLAIN_DAX_PORT} of a private address: ${DAX_PORT_CONFIDENCE}`;
  if (use === null) {
    const why = [byPort, 'no call to the DAX service was seen in the account'];
    return { confidence: DAX_PORT_CONFIDENCE, grade: 'weak', why, cluster: '' };
  }
  const cluster = use.plainClusters[0] ?? '';
  const confidence = cluster === '' ? DAX_IN_USE_CONFIDENCE : PLAIN_CLUSTER_CONFIDENCE;
  const shown =
    cluster === ''
      ? `the account uses DAX (calls: ${use.calls}): ${confidence}`
      : `a call shows a cluster without TLS (${cluster}): ${confidence}`;
  return { confidence, grade: 'probable', why: [byPort, shown], cluster };
}

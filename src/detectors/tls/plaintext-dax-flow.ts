// TLS-07: packets with data in them went to port 8111, where DAX speaks without encryption. DAX calls are in no other log.

import { remediateDax } from '../../findings/remediation.ts';
import { ipv4Prefix24, ipv6Prefix48, isPrivateAddress } from '../../lib/ip-address.ts';
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
  splitKey,
} from '../detector.ts';
import { keepEarliest } from '../hits.ts';
import { PLAIN_DAX_PORT } from '../policy/dax-cluster.ts';
import { DAX_MEMORY_DAYS, daxUseFold, observeDaxUse, recentDaxUse } from './dax-use.ts';
import { encryptionWords, STATUS_CONFIDENCE, STATUS_THRESHOLD, saysPlain } from './encryption-status.ts';
import {
  addLeg,
  emptyFlows,
  judgeFlows,
  type Leg,
  legOf,
  mergeFlows,
  PAYLOAD_THRESHOLDS,
  type PlainFlows,
  type PlainTraffic,
  serverOwnersOf,
} from './plaintext-flows.ts';
import { serverSide } from './relayed-flows.ts';

const FIRST_CLIENT_PORT = 1024;
const TCP = 6;
const PORT_CONFIDENCE = 0.6;
const SEVERAL_CLIENTS_CONFIDENCE = 0.1;
const DAX_IN_USE_CONFIDENCE = 0.9;
const PLAIN_CLUSTER_CONFIDENCE = 0.95;

const meta: DetectorMeta = {
  id: 'TLS-07',
  name: 'plaintext-dax-flow',
  family: 'TLS',
  version: 1,
  title: 'DAX used without encryption (flow log)',
  what: 'An accepted TCP flow with data in it between a client and port 8111 of a private address.',
  why: 'A DAX cluster without encryption in transit listens on port 8111: items and signed requests cross the VPC readable. Encryption cannot be added to an existing cluster, and item calls to DAX stand in no CloudTrail log: flows are the only trace.',
  severities: ['HIGH'],
  falsePositives: [
    'Other software on port 8111 (build servers use it, too). Without calls to the DAX service in the account the confidence is 0.6 or 0.7.',
    'A server whose own interface belongs to an instance or a task is no DAX node and is left out; that needs flow-direction and instance-id in the format.',
  ],
  blindSpots: [
    'Clusters with IPv6 addresses that are not in fc00::/7.',
    'Connections in which the client never sent 300 bytes within one flow record: TLS-08 tells of them as attempts.',
    'Networks without flow logs.',
  ],
  investigate: [
    'aws dax describe-clusters: is one of these addresses a node, and is ClusterEndpointEncryptionType NONE?',
    'aws ec2 describe-network-interfaces --filters Name=private-ip-address,Values=ADDRESS: nodes of DAX are interfaces that AWS manages.',
    'Which clients still use dax:// instead of daxs://?',
  ],
  thresholds: [
    ...PAYLOAD_THRESHOLDS,
    {
      name: 'confidence by port alone',
      value: PORT_CONFIDENCE,
      unit: 'probability',
      reason: 'port 8111 is not reserved for DAX; two or more clients of one server add 0.1',
      source: 'https://www.iana.org/assignments/service-names-port-numbers',
    },
    {
      name: 'confidence where DAX is in use',
      value: DAX_IN_USE_CONFIDENCE,
      unit: 'probability',
      reason: 'calls to the DAX service in the account; 0.95 when one of them shows a cluster without TLS',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html',
    },
    {
      name: 'DAX calls remembered',
      value: DAX_MEMORY_DAYS,
      unit: 'days before the flow',
      reason: 'clusters are described and changed seldom',
      source: 'chosen, not measured',
    },
    STATUS_THRESHOLD,
  ],
  identity: { entity: 'VPC and network (/24) of the server', evidenceKey: 'port 8111', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-319'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const daxUse = daxUseFold('dax-use');

/** Keyed by server, so that a build server beside DAX nodes is told apart; the findings of one network have one identity. */
const fold: Fold<Leg, PlainFlows> = {
  name: 'plaintext-dax-flows',
  version: 1,
  windowMs: DAY_MS,
  reads: [daxUse.name],
  empty: emptyFlows,
  add: addLeg,
  merge: mergeFlows,
  judge: (key, window, flows, context) => {
    if (serverOwnersOf(flows).length > 0) return [];
    const traffic = judgeFlows(flows);
    return traffic === null ? [] : [draftOf(key, window, traffic, context)];
  },
};

export const plaintextDaxFlow: Detector = {
  meta,
  needs: { calls: ['dax'], flows: true },
  sights: {
    needs: [['flows'], ['accepted-flows'], ['flow-action'], ['flow-ports'], ['flow-size']],
    helps: ['management-events', 'flow-packet-addresses', 'flow-path', 'flow-encryption', 'flow-client'],
  },
  folds: [fold, daxUse],
  observeCall: (call, out) => observeDaxUse(daxUse, call, out),
  observeFlow(flow, out, context) {
    const seen = daxLegOf(flow, context);
    if (seen !== null) out.add(fold, seen.key, flow, seen.leg);
  },
};

/** An accepted flow at DAX's plain port as a leg, with the key of its server; null for every other flow. */
export function daxLegOf(
  flow: FlowRecord,
  context: ObserveContext,
): { readonly leg: Leg; readonly key: string } | null {
  const toServer = flow.destinationPort === PLAIN_DAX_PORT;
  if (!toServer && flow.sourcePort !== PLAIN_DAX_PORT) return null;
  if (flow.action !== 'ACCEPT') return null;
  const leg = daxLeg(flow, toServer, context);
  if (leg === null) return null;
  const { account } = serverSide(flow, leg.from);
  return { leg, key: daxServerKey(account, flow.region, leg.serverVpcId, leg.server) };
}

/** The same without asking whether the flow was accepted, for a flow that is known to have the port. */
export function daxLeg(flow: FlowRecord, toServer: boolean, context: ObserveContext): Leg | null {
  const clientPort = toServer ? flow.sourcePort : flow.destinationPort;
  if (clientPort < FIRST_CLIENT_PORT || clientPort === PLAIN_DAX_PORT) return null;
  if (flow.protocol !== TCP) return null;
  const leg = legOf(flow, toServer ? 'client' : 'server', context.hashSeed);
  return isPrivateAddress(leg.server) && isPrivateAddress(leg.client) ? leg : null;
}

export function daxServerKey(account: string, region: string, vpc: string, server: string): string {
  return joinKey(account, region, vpc, server);
}

function draftOf(key: string, window: number, traffic: PlainTraffic, context: JudgeContext): Draft {
  const [account = '', region = '', vpc = '', server = ''] = splitKey(key);
  const network = ipv4Prefix24(server) || ipv6Prefix48(server);
  const use = recentDaxUse(daxUse, account, window, context);
  const severalClients = traffic.clients.length > 1;
  const cluster = use?.plainClusters[0] ?? '';
  // Without DAX in the account the status says only that some software on this port does not encrypt.
  const seenPlain = use !== null && saysPlain(traffic.encryption);
  const byPort =
    use === null
      ? PORT_CONFIDENCE + (severalClients ? SEVERAL_CLIENTS_CONFIDENCE : 0)
      : cluster === ''
        ? DAX_IN_USE_CONFIDENCE
        : PLAIN_CLUSTER_CONFIDENCE;
  const confidence = seenPlain ? Math.max(byPort, STATUS_CONFIDENCE) : byPort;
  const evidence = [...traffic.evidence];
  for (const piece of use?.evidence ?? []) keepEarliest(evidence, piece);
  const client = traffic.clients[0] ?? '';
  return {
    account,
    region,
    entity: `${vpc || 'unknown VPC'} ${network}`,
    evidenceKey: String(PLAIN_DAX_PORT),
    timeMs: traffic.firstMs,
    severity: 'HIGH',
    confidence,
    grade: use === null ? 'weak' : cluster === '' ? 'probable' : 'certain',
    title: `DAX port 8111 used without encryption: ${traffic.clients.length === 1 ? traffic.clients[0] : `${traffic.clients.length} clients`} → ${server}${vpc === '' ? '' : ` in ${vpc}`}`,
    summary:
      `${traffic.clients.join(', ')} sent ${traffic.payload} bytes of payload to ${server}:${PLAIN_DAX_PORT} in account ` +
      `${account || 'unknown'}. ` +
      (use === null
        ? 'No call to the DAX service was seen in the account: other software on this port is possible.'
        : cluster === ''
          ? 'The account uses DAX, which speaks without encryption on this port.'
          : `The account has a DAX cluster without encryption in transit: ${use.plainClusters.join(', ')}.`),
    firstMs: traffic.firstMs,
    lastMs: traffic.lastMs,
    count: traffic.records,
    truncated: traffic.truncated,
    principal: null,
    actor: { ip: client, class: 'private', vpcEndpoint: '', userAgent: '' },
    target: { service: 'dax', resource: cluster || `${server}:${PLAIN_DAX_PORT}` },
    evidence,
    why: [
      `accepted TCP flows with data to port ${PLAIN_DAX_PORT} of a private address: ${PORT_CONFIDENCE}`,
      ...(severalClients
        ? [
            `several clients talk to this server, as they do with a cluster node: +${SEVERAL_CLIENTS_CONFIDENCE}`,
          ]
        : []),
      ...(use === null
        ? [`no call to the DAX service in the account in ${DAX_MEMORY_DAYS} days`]
        : [
            `the account uses DAX (calls: ${use.calls} in ${DAX_MEMORY_DAYS} days): ${DAX_IN_USE_CONFIDENCE}`,
          ]),
      ...(cluster === ''
        ? []
        : [`a call shows a cluster without TLS (${cluster}): ${PLAIN_CLUSTER_CONFIDENCE}`]),
      ...(traffic.answered ? ['the server answered with data'] : []),
      ...(use === null ? [] : encryptionWords(traffic.encryption, PLAIN_DAX_PORT)),
    ],
    remediation: remediateDax(cluster === '' ? {} : { clusterName: cluster }),
  };
}

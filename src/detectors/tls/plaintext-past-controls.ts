// TLS-09: a VPC has encryption controls, and plain text goes to DynamoDB or DAX all the same. AWS says so itself, flow by flow.

import { remediatePassedControls } from '../../findings/remediate-passed-controls.ts';
import { isPrivateAddress } from '../../lib/ip-address.ts';
import type { FlowRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  joinKey,
  type ObserveContext,
  splitKey,
} from '../detector.ts';
import { addHit, emptyHits, type Hit, type HitSummary, mergeHits } from '../hits.ts';
import { daxUseFold, observeDaxUse, recentDaxUse } from './dax-use.ts';
import { HARDWARE_ENCRYPTION, NO_ENCRYPTION } from './encryption-status.ts';
import { daxLegOf } from './plaintext-dax-flow.ts';
import { dynamodbLegOf } from './plaintext-dynamodb-flow.ts';
import { holdsRequest } from './plaintext-flows.ts';
import { isRelayed } from './relayed-flows.ts';

type Service = 'dynamodb' | 'dax';

const DYNAMODB_CONFIDENCE = 0.95;
const DAX_CONFIDENCE = 0.9;
const MAX_OWNERS = 4;
/** Through what an exclusion lets pass, by traffic-path. https://docs.aws.amazon.com/cli/latest/reference/ec2/modify-vpc-encryption-control.html */
const EXCLUSION_OF_PATH: Readonly<Record<string, string>> = {
  '2': 'internet-gateway',
  '3': 'virtual-private-gateway',
  '4': 'vpc-peering',
  '5': 'vpc-peering',
  '8': 'internet-gateway',
};

const meta: DetectorMeta = {
  id: 'TLS-09',
  name: 'plaintext-past-controls',
  family: 'TLS',
  version: 1,
  title: 'Plain text to DynamoDB or DAX passes a VPC’s encryption controls (flow log)',
  what: 'Accepted flows with a request to port 80 of DynamoDB, or to port 8111 in an account that uses DAX, in a VPC with encryption controls (encryption-status is filled only there): the status is 0 (no encryption) or 1 (by the hosts’ hardware only). One finding a day for each VPC; the clients are told by TLS-06 and TLS-07.',
  why: 'Whoever turned encryption controls on takes the VPC for safe. Status 0 shows that the control only watches, or excludes the way that the packets took. Status 1 shows that enforcing it would change nothing: encryption between the hosts is enough for the control, the endpoint still gets plain HTTP, and whoever reads there, or behind the hosts, reads it all.',
  severities: ['LOW'],
  falsePositives: [
    'Other software on port 8111 in an account that uses DAX; a server whose own interface is seen to belong to an instance or a task is left out.',
    'A VPC that is being moved to enforcement and is watched on purpose until then.',
  ],
  blindSpots: [
    'Flow logs without encryption-status (version 10); existing flow logs never gain fields. VPCs without encryption controls, where the field is `-`.',
    'Encrypted DAX clusters (port 9111): status 0 or 1 says nothing there, for AWS judges TLS by the ports that it knows.',
    'Flows of transit gateways, which have no such field.',
  ],
  investigate: [
    'aws ec2 describe-vpc-encryption-controls: which mode, which exclusions?',
    'TLS-06 and TLS-07 of the same day name the clients: mend these first, for TLS is theirs to speak.',
    'Did somebody change the control? POL-08 tells.',
  ],
  thresholds: [
    {
      name: 'confidence',
      value: `${DYNAMODB_CONFIDENCE} (DynamoDB), ${DAX_CONFIDENCE} (DAX in use)`,
      unit: 'probability',
      reason: 'the status is AWS’s own; port 8111 is not reserved for DAX',
      source: 'https://docs.aws.amazon.com/vpc/latest/userguide/vpc-encryption-controls.html',
    },
  ],
  identity: { entity: 'VPC (else network interface)', evidenceKey: 'service', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-319'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

interface Passing {
  /** Null: the record only tells whose server it is. */
  readonly hit: Hit | null;
  readonly serverOwner: string;
}

interface Passed {
  hits: HitSummary;
  /** Instances or tasks that own the server's interface: it is no node of DAX. The smallest few. */
  serverOwners: string[];
}

const daxUse = daxUseFold('plaintext-past-controls-dax-use');

/** Keyed by VPC, service and, for DAX, server; the findings of a VPC have one identity. */
const passed: Fold<Passing, Passed> = {
  name: 'plaintext-past-controls',
  version: 1,
  windowMs: DAY_MS,
  reads: [daxUse.name],
  empty: () => ({ hits: emptyHits(), serverOwners: [] }),
  add(summary, { hit, serverOwner }) {
    if (hit !== null) addHit(summary.hits, hit);
    keepOwner(summary, serverOwner);
    return summary;
  },
  merge(a, b) {
    mergeHits(a.hits, b.hits);
    for (const owner of b.serverOwners) keepOwner(a, owner);
    return a;
  },
  // JSON has no Infinity, which a summary without a hit begins with.
  fromJson(value) {
    const { hits, serverOwners } = value as Passed;
    return { hits: hits.count === 0 ? emptyHits() : hits, serverOwners };
  },
  judge(key, window, { hits, serverOwners }, context) {
    if (hits.count === 0 || serverOwners.length > 0) return [];
    const [account = '', , , service] = splitKey(key);
    if (service === 'dax' && recentDaxUse(daxUse, account, window, context) === null) return [];
    return [draftOf(key, hits)];
  },
};

export const plaintextPastControls: Detector = {
  meta,
  needs: { calls: ['dax'], flows: true },
  sights: {
    needs: [
      ['flows'],
      ['accepted-flows'],
      ['flow-action'],
      ['flow-ports'],
      ['flow-size'],
      ['flow-encryption'],
    ],
    parts: ['flow-service'],
    helps: ['management-events', 'flow-packet-addresses', 'flow-path'],
  },
  folds: [passed, daxUse],
  observeCall: (call, out) => observeDaxUse(daxUse, call, out),
  observeFlow(flow, out, context) {
    // Most formats have no such field: nothing else is looked at then.
    if (flow.encryptionStatus === null) return;
    const seen = plainLegOf(flow, context);
    if (seen === null) return;
    const { service, leg } = seen;
    const status = String(flow.encryptionStatus);
    const passes = leg.from === 'client' && holdsRequest(leg) && !isRelayed(flow, 'client');
    const isPlain = status === NO_ENCRYPTION || status === HARDWARE_ENCRYPTION;
    // Of a DAX connection in one VPC both ends have records: the client's counts.
    const counts = passes && isPlain && !(service === 'dax' && flow.direction === 'ingress');
    if (!counts && (service !== 'dax' || leg.serverOwner === '')) return;
    const place = leg.vpcId || leg.interfaceId;
    const server = service === 'dax' ? leg.server : '';
    out.add(passed, joinKey(flow.account, flow.region, place, service, server), flow, {
      serverOwner: leg.serverOwner,
      hit: counts
        ? {
            evidence: leg.evidence,
            timeMs: leg.firstMs,
            severity: 'LOW',
            facts: {
              status,
              client: leg.client,
              server: leg.server,
              interface: leg.interfaceId,
              path: leg.path === null ? '' : String(leg.path),
            },
          }
        : null,
    });
  },
};

function plainLegOf(flow: FlowRecord, context: ObserveContext) {
  const dynamodb = dynamodbLegOf(flow, context);
  if (dynamodb !== null) return { service: 'dynamodb' as const, leg: dynamodb.leg };
  const dax = daxLegOf(flow, context);
  return dax === null ? null : { service: 'dax' as const, leg: dax.leg };
}

function keepOwner(summary: Passed, owner: string): void {
  if (owner === '' || summary.serverOwners.includes(owner)) return;
  summary.serverOwners.push(owner);
  summary.serverOwners.sort();
  if (summary.serverOwners.length > MAX_OWNERS) summary.serverOwners.pop();
}

function draftOf(key: string, hits: HitSummary): Draft {
  const [account = '', region = '', place = '', serviceName] = splitKey(key);
  const service: Service = serviceName === 'dax' ? 'dax' : 'dynamodb';
  const name = service === 'dax' ? 'DAX' : 'DynamoDB';
  const statuses = hits.facts.status ?? [];
  const clients = hits.facts.client ?? [];
  const servers = hits.facts.server ?? [];
  const unencrypted = statuses.includes(NO_ENCRYPTION);
  const exclusions = [
    ...new Set((hits.facts.path ?? []).flatMap((path) => EXCLUSION_OF_PATH[path] ?? [])),
  ].sort();
  const confidence = service === 'dax' ? DAX_CONFIDENCE : DYNAMODB_CONFIDENCE;
  const client = clients[0] ?? '';
  return {
    account,
    region,
    entity: place,
    evidenceKey: service,
    timeMs: hits.firstMs,
    severity: 'LOW',
    confidence,
    grade: service === 'dax' ? 'probable' : 'certain',
    title: `Plain text to ${name} passes the encryption controls of ${place}: ${clients.length === 1 ? client : `${clients.length} clients`}`,
    summary:
      `${clients.join(', ')} sent requests in plain text to ${servers.join(', ')} (${name}) in ${place} of account ${account || 'unknown'}, whose encryption controls are on. ` +
      (unencrypted
        ? 'AWS saw no encryption and let it pass: the control only watches, or excludes this way.'
        : 'The hosts encrypted the link between them, which is enough for the control: enforcing it would not stop this.'),
    firstMs: hits.firstMs,
    lastMs: hits.lastMs,
    count: hits.count,
    truncated: hits.truncated,
    principal: null,
    actor: {
      ip: client,
      class: isPrivateAddress(client) ? 'private' : 'public',
      vpcEndpoint: '',
      userAgent: '',
    },
    target: { service, resource: servers[0] ?? '' },
    evidence: hits.evidence,
    why: [
      `encryption-status is filled: the VPC has encryption controls (flow records: ${hits.count}): ${confidence}`,
      ...(unencrypted
        ? [
            exclusions.length === 0
              ? 'status 0, no encryption: the control is in monitor mode, or excludes something on the way'
              : `status 0, no encryption: the control is in monitor mode, or excludes ${exclusions.join(', ')}, which the packets went through`,
          ]
        : []),
      ...(statuses.includes(HARDWARE_ENCRYPTION)
        ? ['status 1, encrypted by the hosts’ hardware: enforcement lets it pass, and it is not TLS']
        : []),
    ],
    remediation: remediatePassedControls({ region, vpcId: place, exclusions, unencrypted, service }),
  };
}

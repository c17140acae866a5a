// POL-09: somebody opened a door that only plain DynamoDB or DAX traffic needs. It is the step before TLS-06 and TLS-07.

import type { Severity } from '../../findings/finding.ts';
import { remediateOpenPort } from '../../findings/remediate-network.ts';
import {
  DAY_MS,
  type Detector,
  type DetectorMeta,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  splitKey,
} from '../detector.ts';
import { type Hit, type HitSummary, hitFold } from '../hits.ts';
import { plainActionName } from '../plain-action.ts';
import { DAX_MEMORY_DAYS, daxUseFold, observeDaxUse, recentDaxUse } from '../tls/dax-use.ts';
import { PLAIN_DAX_PORT } from './dax-cluster.ts';
import { type Direction, NARROW_PORTS, type Opening, type OpenProof, openingsOf } from './opened-ports.ts';
import { accountOf, boundedName, draftOfWeakening, hitOfWeakening } from './weakening.ts';

/** How sure it is that the rule serves DynamoDB or DAX, by what says so. */
const PROOFS: Readonly<Record<OpenProof, { readonly confidence: number; readonly words: string }>> = {
  addresses: { confidence: 0.95, words: 'its addresses are DynamoDB’s' },
  description: { confidence: 0.8, words: 'its description names the service' },
  'prefix list': { confidence: 0.3, words: 'whose prefix list it is stands in no log' },
  port: { confidence: 0.5, words: 'other software listens on 8111 too' },
};
const DAX_IN_USE_CONFIDENCE = 0.8;

const meta: DetectorMeta = {
  id: 'POL-09',
  name: 'plain-port-opened',
  family: 'POL',
  version: 1,
  title: 'Port of plain DynamoDB or DAX traffic opened',
  what: 'Rules of security groups and network ACLs that open TCP port 80 to DynamoDB (its addresses, or a description that names it) or DAX’s plain port 8111. Port 80 to a prefix list that may be any service’s is told at INFO.',
  why: 'DynamoDB answers on port 443 and DAX with TLS on 9111: nothing that encrypts needs these ports. The rule is often the first sign that a client is about to be set to plain HTTP.',
  severities: ['LOW', 'INFO'],
  falsePositives: [
    'Port 8111 belongs to other software too (TeamCity, for one): 0.5, and 0.8 where the account uses DAX or the description names it.',
    'Prefix lists of the customer or of S3 that are allowed on port 80: INFO, for their owner is not in the call.',
    'Infrastructure as code: a call that an AWS service made for somebody (invokedBy) counts one step less, not below LOW, and says so.',
  ],
  blindSpots: [
    `Ranges that merely hold the port, such as all traffic or 0-65535, are no evidence: every default group has them. A range counts when it begins or ends with the port or is at most ${NARROW_PORTS} ports wide.`,
    'Port 80 to everywhere (0.0.0.0/0), which package managers need, and port 80 to the network of an interface endpoint.',
    'The direction and the other fields of a rule that ModifySecurityGroupRules does not name.',
    'Groups and ACLs that already had such a rule; firewalls other than these.',
  ],
  investigate: [
    'aws ec2 describe-managed-prefix-lists: is the list com.amazonaws.REGION.dynamodb?',
    'Do flows on port 80 (TLS-06) or 8111 (TLS-07) follow, and from which instance?',
    'aws dax describe-clusters: does a cluster without TLS stand behind port 8111?',
  ],
  thresholds: [
    {
      name: 'narrow range',
      value: NARROW_PORTS,
      unit: 'ports',
      reason: 'a rule for so few ports is about the one that is looked for',
      source: 'chosen, not measured',
    },
    {
      name: 'confidence of port 8111',
      value: PROOFS.port.confidence,
      unit: 'probability',
      reason: `the port of DAX without TLS, and of other software; ${DAX_IN_USE_CONFIDENCE} where the account called DAX in the ${DAX_MEMORY_DAYS} days before`,
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html',
    },
    {
      name: 'confidence of an unknown prefix list',
      value: PROOFS['prefix list'].confidence,
      unit: 'probability',
      reason: 'the id of DynamoDB’s list differs by region and is not named in the call',
      source: 'https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-ddb.html',
    },
  ],
  identity: {
    entity: 'security group or network ACL',
    evidenceKey: 'port, direction and proof',
    windowMs: DAY_MS,
  },
  compliance: { cwe: ['CWE-284', 'CWE-319'], owasp: ['API8:2023'], nist: ['SC-8'] },
};

const OPERATIONS: readonly string[] = [
  'AuthorizeSecurityGroupEgress',
  'AuthorizeSecurityGroupIngress',
  'ModifySecurityGroupRules',
  'CreateNetworkAclEntry',
  'ReplaceNetworkAclEntry',
];

const daxUse = daxUseFold('plain-port-dax-use');
const fold: Fold<Hit, HitSummary> = {
  ...hitFold('plain-ports-opened', DAY_MS, judge),
  reads: [daxUse.name],
};

export const plainPortOpened: Detector = {
  meta,
  needs: {
    calls: ['dax'],
    operations: { ec2: OPERATIONS },
  },
  sights: { needs: [['management-events']] },
  folds: [fold, daxUse],
  observeCall(call, out, context) {
    if (call.service === 'dax') observeDaxUse(daxUse, call, out);
    if (call.service !== 'ec2') return;
    const action = plainActionName(call.action);
    if (!OPERATIONS.includes(action)) return;
    const opened = openingsOf(call, action, (address) => context.awsRange(address)?.service === 'DYNAMODB');
    for (const opening of opened?.openings ?? []) {
      const severity = severityOf(opening);
      // What is worth a remark when it succeeds is worth nothing when it fails.
      if (severity === 'INFO' && call.errorCode !== '') continue;
      const { confidence, words } = PROOFS[opening.proof];
      const hit = hitOfWeakening(call, {
        resource: opened!.id,
        what: `TCP ${opening.port} opened ${opening.direction === 'egress' ? 'to' : 'from'} ${boundedPeer(opening.peer)}`,
        severity,
        confidence,
        why: words,
        facts: opening.proof === 'prefix list' ? { prefixList: opening.peer } : {},
      });
      const entity = `${opened!.kind} ${boundedName(opened!.id)}`;
      const evidenceKey = `port ${opening.port} ${opening.direction}, ${opening.proof}`;
      out.add(fold, joinKey(accountOf(call), call.region, entity, evidenceKey), call, hit);
    }
  },
};

function severityOf({ proof }: Opening): Severity {
  return proof === 'prefix list' ? 'INFO' : 'LOW';
}

/** Networks, groups and lists have short names; what is longer was never accepted by EC2. */
function boundedPeer(peer: string): string {
  return peer === '' ? 'an unnamed network' : peer.slice(0, 64);
}

function judge(key: string, hits: HitSummary, context: JudgeContext, window: number): Draft[] {
  const parts = splitKey(key);
  const [account = '', region = '', entity = '', evidenceKey = ''] = parts;
  const base = draftOfWeakening(parts, hits, 'ec2');
  const ofAcl = entity.startsWith('network ACL ');
  const resource = hits.facts.resource?.[0] ?? '';
  const ofDax = evidenceKey.startsWith(`port ${PLAIN_DAX_PORT} `);
  const direction: Direction = evidenceKey.includes(' egress') ? 'egress' : 'ingress';
  const useOfDax = ofDax ? recentDaxUse(daxUse, account, window, context) : null;
  const prefixListId = hits.facts.prefixList?.[0];
  return [
    {
      ...base,
      confidence: useOfDax === null ? base.confidence : Math.max(base.confidence, DAX_IN_USE_CONFIDENCE),
      why:
        useOfDax === null
          ? base.why
          : [
              ...base.why,
              `the account called DAX in the last ${DAX_MEMORY_DAYS} days: ${DAX_IN_USE_CONFIDENCE}`,
            ],
      remediation: remediateOpenPort({
        region,
        port: ofDax ? PLAIN_DAX_PORT : 80,
        direction,
        ...(ofAcl ? { networkAclId: resource } : { groupId: resource }),
        ...(prefixListId === undefined ? {} : { prefixListId }),
      }),
    },
  ];
}

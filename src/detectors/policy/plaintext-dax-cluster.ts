// POL-07: a DAX cluster was made, or is kept, without encryption. It cannot be switched on later, so this is worth an early word.

import { remediateDax } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { callerFacts, principalOfHits, throughOf } from './caller.ts';
import { clusterNameOf, isUnencryptedAtRest, type PlainProof, transitEncryptionOf } from './dax-cluster.ts';

const IN_TRANSIT = 'in transit';
const AT_REST = 'at rest';

/** What each proof is worth, and in words. The service's own answer is the best; a missing parameter is the default, NONE. */
const PROOFS: Readonly<Record<PlainProof, { readonly confidence: number; readonly words: string }>> = {
  port: { confidence: 0.98, words: 'the answer names port 8111, on which DAX speaks without encryption' },
  answer: { confidence: 0.98, words: 'the answer says clusterEndpointEncryptionType NONE' },
  request: { confidence: 0.97, words: 'the request asks for an encryption type that is not TLS' },
  default: {
    confidence: 0.9,
    words: 'the request names no clusterEndpointEncryptionType, and the default is NONE',
  },
};
const AT_REST_CONFIDENCE = 0.9;

const meta: DetectorMeta = {
  id: 'POL-07',
  name: 'plaintext-dax-cluster',
  family: 'POL',
  version: 1,
  title: 'DAX cluster without encryption',
  what: 'CreateCluster of DAX without encryption in transit or at rest, and changes of a cluster whose answer names port 8111.',
  why: 'Clients of such a cluster send items and signed requests readable through the VPC. Encryption in transit is chosen when a cluster is made and cannot be added later; the calls of clients to DAX stand in no CloudTrail log.',
  severities: ['HIGH', 'LOW'],
  falsePositives: [
    'A test cluster without real data: suppress it by its name.',
    'A pipeline that drops responseElements and parts of requestParameters would make an encrypted cluster look like one with the default.',
  ],
  blindSpots: [
    'Clusters that were made before the logs begin and are not changed since.',
    'Denied attempts: their parameters are often not logged.',
  ],
  investigate: [
    'aws dax describe-clusters --cluster-names NAME: ClusterEndpointEncryptionType and SSEDescription.',
    'Which clients use dax:// with this cluster? TLS-07 shows their flows.',
  ],
  thresholds: [
    {
      name: 'confidence of a missing parameter',
      value: PROOFS.default.confidence,
      unit: 'probability',
      reason:
        'ClusterEndpointEncryptionType is optional and NONE by default; the answer is better proof where it is logged',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_dax_CreateCluster.html',
    },
    {
      name: 'plain port',
      value: 8111,
      unit: 'TCP port',
      reason: 'DAX listens on 8111 without and on 9111 with TLS',
      source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/DAXEncryptionInTransit.html',
    },
  ],
  identity: { entity: 'cluster name', evidenceKey: 'in transit or at rest', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-319', 'CWE-311'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const fold = hitFold('plaintext-dax-clusters', DAY_MS, judge);

export const plaintextDaxCluster: Detector = {
  meta,
  needs: { calls: ['dax'] },
  sights: { needs: [['management-events']] },
  folds: [fold],
  observeCall(call, out) {
    // Deleting a plain cluster is the remedy.
    if (call.service !== 'dax' || call.action === 'DeleteCluster') return;
    const cluster = clusterNameOf(call);
    if (cluster === '') return;
    const account = call.recipientAccount || call.account;
    const failed = call.errorCode !== '';
    const outcome: Record<string, string> = failed ? { error: call.errorCode } : { done: 'yes' };
    const transit = transitEncryptionOf(call);
    if (transit !== null && transit !== 'encrypted') {
      out.add(fold, joinKey(account, call.region, cluster, IN_TRANSIT), call, {
        evidence: evidenceOf(call, evidenceFields(call, cluster)),
        timeMs: call.timeMs,
        severity: failed ? 'LOW' : 'HIGH',
        facts: { ...callerFacts(call), proof: transit, ...outcome },
      });
    }
    if (isUnencryptedAtRest(call) === true) {
      out.add(fold, joinKey(account, call.region, cluster, AT_REST), call, {
        evidence: evidenceOf(call, evidenceFields(call, cluster)),
        timeMs: call.timeMs,
        severity: 'LOW',
        facts: { ...callerFacts(call), ...outcome },
      });
    }
  },
};

function evidenceFields(call: CallRecord, cluster: string): Record<string, string> {
  return {
    action: call.action,
    cluster,
    principal: call.principal,
    errorCode: call.errorCode,
    sourceIp: call.ip,
  };
}

function judge(key: string, hits: HitSummary): Draft[] {
  const [account = '', region = '', cluster = '', aspect = ''] = splitKey(key);
  const inTransit = aspect === IN_TRANSIT;
  const proofs = (hits.facts.proof ?? []) as PlainProof[];
  const best = proofs.reduce<PlainProof | null>(
    (found, proof) => (found === null || PROOFS[proof].confidence > PROOFS[found].confidence ? proof : found),
    null,
  );
  const failed = hits.facts.done === undefined;
  const created = hits.evidence.some((piece) => piece.fields.action === 'CreateCluster');
  const errors = hits.facts.error ?? [];
  const what = inTransit ? 'encryption in transit' : 'encryption at rest';
  const who = hits.facts.principal?.join(', ') || 'somebody';
  return [
    {
      account,
      region,
      entity: cluster,
      evidenceKey: aspect,
      timeMs: hits.firstMs,
      severity: hits.worst,
      confidence: inTransit && best !== null ? PROOFS[best].confidence : AT_REST_CONFIDENCE,
      grade: best === 'default' || !inTransit ? 'probable' : 'certain',
      title: `DAX cluster ${cluster} ${failed ? 'was to be made' : created ? 'made' : 'runs'} without ${what} in ${region}`,
      summary:
        `${who} ${failed ? 'tried to create' : created ? 'created' : 'changed'} the DAX cluster ${cluster} in account ${account}, ${region}, without ${what}. ` +
        (inTransit
          ? 'Its clients send items and signed requests readable through the VPC, and this cannot be changed on an existing cluster.'
          : 'What it caches lies unencrypted on its nodes.'),
      firstMs: hits.firstMs,
      lastMs: hits.lastMs,
      count: hits.count,
      truncated: hits.truncated,
      ...principalOfHits(hits),
      target: { service: 'dax', resource: cluster },
      evidence: hits.evidence,
      why: [
        ...(inTransit && best !== null ? [`${PROOFS[best].words}: ${PROOFS[best].confidence}`] : []),
        ...(inTransit ? [] : [`sSESpecification is absent or not enabled: ${AT_REST_CONFIDENCE}`]),
        ...(failed ? [`the call failed (${errors.join(', ')}): an attempt`] : []),
        ...throughOf(hits),
      ],
      remediation: remediateDax({ clusterName: cluster }),
    },
  ];
}

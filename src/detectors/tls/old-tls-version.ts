// TLS-02: a call to DynamoDB or DAX that CloudTrail says was made over TLS 1.1 or older.

import { type Detector, type DetectorMeta, type Draft, HOUR_MS, joinKey, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { callFacts, draftOfCalls, firstFact } from './call-hits.ts';
import { weaknessOf } from './call-verdict.ts';

/** From this day on AWS endpoints were to refuse TLS below 1.2: https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/ */
const REFUSED_SINCE = '2023-06-28';
const REFUSED_SINCE_MS = Date.parse(REFUSED_SINCE);
const CONFIDENCE = 0.95;

const meta: DetectorMeta = {
  id: 'TLS-02',
  name: 'old-tls-version',
  family: 'TLS',
  version: 1,
  title: 'DynamoDB called over TLS below 1.2',
  what: 'Direct calls to DynamoDB, its streams or DAX whose tlsDetails name TLS 1.1, TLS 1.0 or SSL.',
  why: 'TLS 1.0 and 1.1 are retired: they allow weak hashes and ciphers, and who sits on the way can push a client down to them.',
  severities: ['HIGH', 'MEDIUM'],
  falsePositives: [
    `Archives of the time before ${REFUSED_SINCE}, when AWS still accepted these versions, are MEDIUM and called historical.`,
  ],
  blindSpots: [
    'Calls without tlsDetails: TLS-01 looks at those.',
    'Calls that the console or a service made: the client there is AWS’s own.',
    'A client that was refused in the handshake: no call, no record.',
  ],
  investigate: [
    'Which runtime is it? Java 7, .NET below 4.6 and Python with OpenSSL below 1.0.1 know nothing newer.',
    'Is there a proxy between client and AWS that ends TLS and begins it anew?',
  ],
  thresholds: [
    {
      name: 'oldest version that is no finding',
      value: 'TLSv1.2',
      unit: 'protocol version',
      reason: 'TLS 1.0 and 1.1 must not be used',
      source: 'https://www.rfc-editor.org/rfc/rfc8996',
    },
    {
      name: 'historical before',
      value: REFUSED_SINCE,
      unit: 'event date, UTC',
      reason: 'AWS endpoints refuse TLS below 1.2 from then on; a later record is out of the ordinary',
      source: 'https://aws.amazon.com/blogs/security/tls-1-2-required-for-aws-endpoints/',
    },
  ],
  identity: {
    entity: 'principal',
    evidenceKey: 'TLS version and family of the user agent',
    windowMs: HOUR_MS,
  },
  compliance: { cwe: ['CWE-326', 'CWE-327'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const fold = hitFold('old-tls-versions', HOUR_MS, judge);

export const oldTlsVersion: Detector = {
  meta,
  needs: { calls: ['dynamodb', 'dax'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['tls-details']],
    parts: ['stream-data-events'],
  },
  folds: [fold],
  mayConcern: (sender) => weaknessOf(sender).oldVersion,
  observeCall(call, out) {
    const version = call.tlsVersion;
    // The usual two first: nearly every call has one of them.
    if (version === 'TLSv1.3' || version === 'TLSv1.2' || version === '') return;
    if (!call.direct || !weaknessOf(call).oldVersion) return;
    if (call.service !== 'dynamodb' && call.service !== 'dax') return;
    const entity = call.principal || call.keyId || 'unknown principal';
    const historical = call.timeMs < REFUSED_SINCE_MS;
    const resource = call.resources[0]?.arn ?? '';
    const key = joinKey(call.account, call.region, entity, `${version} ${call.userAgentFamily}`, version);
    out.add(fold, key, call, {
      evidence: evidenceOf(call, {
        action: `${call.service}:${call.action}`,
        principal: call.principal,
        tlsVersion: version,
        cipherSuite: call.tlsCipher,
        host: call.tlsHost,
        sourceIp: call.ip,
        resource,
      }),
      timeMs: call.timeMs,
      severity: historical ? 'MEDIUM' : 'HIGH',
      facts: callFacts(call, { cipher: call.tlsCipher }),
    });
  },
};

function judge(key: string, hits: HitSummary): Draft[] {
  const [account = '', region = '', entity = '', evidenceKey = '', version = ''] = splitKey(key);
  const fact = (name: string): string => firstFact(hits, name);
  const historical = hits.worst === 'MEDIUM';
  const service = fact('service') === 'dax' ? 'DAX' : 'DynamoDB';
  const actions = hits.facts.action ?? [];
  return [
    {
      ...draftOfCalls(hits),
      account,
      region,
      entity,
      evidenceKey,
      confidence: CONFIDENCE,
      grade: 'certain',
      title: `${service} called over ${version}: ${entity}, ${hits.count === 1 ? '1 call' : `${hits.count} calls`}, ${region}${historical ? ' (historical)' : ''}`,
      summary:
        `${entity} made ${hits.count === 1 ? 'one call' : `${hits.count} calls`} (${actions.join(', ')}) to ${service} in ${region} over ${version}` +
        `${fact('cipher') === '' ? '' : ` with ${hits.facts.cipher!.join(', ')}`}. ` +
        (historical
          ? `This was before ${REFUSED_SINCE}, when AWS still accepted it.`
          : `AWS announced to refuse it from ${REFUSED_SINCE} on.`),
      why: [
        `CloudTrail's tlsDetails name ${version}: ${CONFIDENCE}`,
        ...(historical ? [`historical: before ${REFUSED_SINCE} AWS endpoints accepted TLS below 1.2`] : []),
      ],
      remediation: [
        {
          step: 'Raise the client’s TLS: update its runtime and OpenSSL, and take settings such as TLSv1 out of its code and JVM options',
          command: null,
          risk: 'Other servers of the same client may still need the old version: test them.',
          undo: 'Deploy the version before.',
        },
      ],
    },
  ];
}

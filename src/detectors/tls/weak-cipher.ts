// TLS-03: a call to DynamoDB or DAX over TLS with a cipher suite that is broken, or no longer recommended.

import { remediateCipher } from '../../findings/remediation.ts';
import { DAY_MS, type Detector, type DetectorMeta, type Draft, joinKey, splitKey } from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { callFacts, draftOfCalls, firstFact } from './call-hits.ts';
import { type Weakness, weaknessOf } from './call-verdict.ts';
import { type CipherFlaw, flawOfCipher } from './cipher-flaw.ts';

const CONFIDENCE = 0.95;

const meta: DetectorMeta = {
  id: 'TLS-03',
  name: 'weak-cipher',
  family: 'TLS',
  version: 1,
  title: 'DynamoDB called with a weak cipher',
  what: 'Direct calls to DynamoDB, its streams or DAX whose tlsDetails name a weak cipher suite. HIGH: NULL, anonymous, export, RC4, DES and 3DES. MEDIUM: no forward secrecy. LOW: CBC with SHA-1.',
  why: 'With a broken cipher TLS hides nothing from who sits on the way. Without forward secrecy, what is recorded today can be read once the long-lived key is known.',
  severities: ['HIGH', 'MEDIUM', 'LOW'],
  falsePositives: [
    'CBC with SHA-1 after an ephemeral key exchange is what some Go programs, Terraform among them, agree on with AWS. It is LOW: an inventory for the digest, no alert.',
    'A proxy that ends TLS and begins it anew: the weak cipher is the proxy’s, not the client’s.',
  ],
  blindSpots: [
    'Calls without tlsDetails: TLS-01 looks at those.',
    'Calls over TLS 1.1 and older: TLS-02 tells of them, with their ciphers; here they count only when the cipher is HIGH.',
    'Calls that the console or a service made: the client there is AWS’s own.',
    'What else the client would agree on: the record holds only what was agreed.',
    'A suite whose name is in neither spelling.',
  ],
  investigate: [
    'Which runtime is it? A list of ciphers set by hand (Java security properties, an OpenSSL configuration) is the usual cause.',
    'Is there a proxy or an inspecting firewall between client and AWS?',
    'A good cipher yesterday and a weak one today, from the same client: somebody on the way may have chosen it.',
  ],
  thresholds: [
    {
      name: 'HIGH',
      value: 'NULL, anon, EXPORT, RC4, DES, 3DES',
      unit: 'word in the name of the suite',
      reason: 'must not be negotiated; 3DES has blocks of 64 bits',
      source: 'https://www.rfc-editor.org/rfc/rfc9325 section 4.1; https://www.rfc-editor.org/rfc/rfc7465',
    },
    {
      name: 'MEDIUM',
      value: 'RSA, DH, ECDH, PSK',
      unit: 'key exchange by a long-lived key',
      reason: 'no forward secrecy; suites with ephemeral keys are to be preferred',
      source: 'https://www.rfc-editor.org/rfc/rfc9325 section 4.1',
    },
    {
      name: 'LOW',
      value: 'CBC with SHA-1',
      unit: 'suite with an ephemeral key exchange',
      reason: 'too common for an alert, and no practical attack on TLS 1.2',
      source: 'measured: 9 of 2,295 TLS calls in public logs, none of the kinds above',
    },
  ],
  identity: { entity: 'principal', evidenceKey: 'cipher suite', windowMs: DAY_MS },
  compliance: { cwe: ['CWE-326', 'CWE-327'], owasp: ['API8:2023'], pci: ['4.2.1'], gdpr: ['32(1)(a)'] },
};

const fold = hitFold('weak-ciphers', DAY_MS, judge);

/** Of a call over an old version TLS-02 tells: only what is worse is told here. */
function flawToTell({ oldVersion, cipher }: Weakness): CipherFlaw | null {
  return oldVersion && cipher?.severity !== 'HIGH' ? null : cipher;
}

export const weakCipher: Detector = {
  meta,
  needs: { calls: ['dynamodb', 'dax'] },
  sights: {
    needs: [['management-events', 'dynamodb-data-events'], ['tls-details']],
    parts: ['stream-data-events'],
  },
  folds: [fold],
  mayConcern: (sender) => flawToTell(weaknessOf(sender)) !== null,
  observeCall(call, out) {
    if (call.tlsCipher === '' || !call.direct) return;
    const flaw = flawToTell(weaknessOf(call));
    if (flaw === null || (call.service !== 'dynamodb' && call.service !== 'dax')) return;
    const cipher = call.tlsCipher;
    const entity = call.principal || call.keyId || 'unknown principal';
    const resource = call.resources[0]?.arn ?? '';
    out.add(fold, joinKey(call.account, entity, cipher), call, {
      evidence: () =>
        evidenceOf(call, {
          action: `${call.service}:${call.action}`,
          principal: call.principal,
          tlsVersion: call.tlsVersion,
          cipherSuite: cipher,
          host: call.tlsHost,
          region: call.region,
          sourceIp: call.ip,
          resource,
        }),
      timeMs: call.timeMs,
      severity: flaw.severity,
      facts: callFacts(call, { region: call.region, version: call.tlsVersion, host: call.tlsHost }),
    });
  },
};

function judge(key: string, hits: HitSummary): Draft[] {
  const [account = '', entity = '', cipher = ''] = splitKey(key);
  const flaw = flawOfCipher(cipher);
  if (flaw === null) return [];
  const fact = (name: string): string => firstFact(hits, name);
  const list = (name: string): string => (hits.facts[name] ?? []).join(', ');
  const services = (hits.facts.service ?? []).map((name) => (name === 'dax' ? 'DAX' : 'DynamoDB'));
  const service = services.length === 2 ? 'DynamoDB and DAX' : (services[0] ?? 'DynamoDB');
  const calls = hits.count === 1 ? '1 call' : `${hits.count} calls`;
  return [
    {
      ...draftOfCalls(hits),
      account,
      region: '',
      entity,
      evidenceKey: cipher,
      confidence: CONFIDENCE,
      grade: 'certain',
      title: `${service} called ${flaw.how}: ${entity}, ${calls} in a day`,
      summary:
        `${entity} made ${calls} (${list('action')}) to ${service} in ${list('region') || 'an unknown region'} ` +
        `with the cipher suite ${cipher}${fact('version') === '' ? '' : ` over ${list('version')}`}. Client: ${list('client') || 'unknown'}.`,
      why: [`CloudTrail's tlsDetails name ${cipher}: ${CONFIDENCE}`, flaw.why],
      remediation: remediateCipher({ host: fact('host'), keyId: fact('keyId') }),
    },
  ];
}

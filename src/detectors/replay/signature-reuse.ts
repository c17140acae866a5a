// REP-01: the same AWS signature was seen twice. SDKs sign every attempt anew, so a second sighting is a copy of one request in a chain of
// logs, a client that resends, or somebody who read the request and sent it again.
//
// Headers: one sighting and the next lie within an hour (HEADER_MEMORY_MS), in windows of an hour. A window judges its own sightings
// against those of itself and of the window before, so a pair over the border is said once, by the window of its later half.
// Presigned URLs live up to 7 days and may be used again by design: windows of a day, judged with the seven days before them.

import type { Evidence } from '../../findings/finding.ts';
import { remediateKey, remediatePlaintext } from '../../findings/remediation.ts';
import { compareText } from '../../lib/text-order.ts';
import { placeOf } from '../../records/network.ts';
import type { EpochMs, LineRecord } from '../../records/record.ts';
import type { SignatureTrace } from '../../records/sigv4.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  HOUR_MS,
  type JudgeContext,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { MAX_EVIDENCE } from '../hits.ts';
import { logPlace } from '../secrets/log-place.ts';
import { recordText } from '../secrets/record-text.ts';
import { SIGNATURE_HINTS, signaturesIn } from '../secrets/signature-traces.ts';
import { requestFacts } from './request-line.ts';
import { type Seen, sightingFold } from './signature-sightings.ts';
import {
  HEADER_MEMORY_MS,
  isWorse,
  judgeHeader,
  judgePresigned,
  type Sighting,
  type Verdict,
} from './signature-verdict.ts';

/** Presigned URLs end after 7 days: https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html */
const PRESIGNED_DAYS = 7;

const headers = sightingFold('signature-headers', HOUR_MS, 1, judgeWith(judgeHeader));
const presigned = sightingFold('signature-presigned', DAY_MS, PRESIGNED_DAYS, judgeWith(judgePresigned));

function observeLine(line: LineRecord, out: Output, context: ObserveContext): void {
  const text = recordText(line, context);
  if ((text.hints & SIGNATURE_HINTS) === 0) return;
  const traces = signaturesIn(text);
  if (traces.length === 0) return;
  const facts = requestFacts(
    text
      .windows()
      .map((window) => window.views.at(-1)!)
      .join('\n'),
  );
  const getsCallerIdentity = text.windows().some((window) => window.text.includes('GetCallerIdentity'));
  const seen = new Set<string>();
  for (const trace of traces) {
    const fingerprint = context.fingerprint(trace.secret);
    // One line may hold a signature in two forms (the header, and the block it was printed from): one sighting.
    if (trace.kind === 'string-to-sign' || seen.has(fingerprint)) continue;
    seen.add(fingerprint);
    const place = facts.address === '' ? null : placeOf(facts.address);
    const sighting: Sighting = {
      timeMs: line.timeMs,
      signedMs: orNull(trace.signedMs),
      validUntilMs: orNull(trace.validUntilMs),
      kind: trace.kind,
      keyId: trace.keyId,
      service: trace.service,
      region: trace.region,
      account: line.account,
      logRegion: line.region,
      group: logPlace(line),
      stream: line.stream,
      address: facts.address,
      network: place?.network ?? '',
      public: place?.class === 'public',
      ids: facts.ids.map(({ value }) => context.fingerprint(value)),
      status: facts.status,
      method: facts.method,
      callerIdentity: trace.service === 'sts' && getsCallerIdentity,
      locator: line.locator,
      eventId: line.eventId,
    };
    const fold = trace.kind === 'presigned' ? presigned : headers;
    out.add(fold, joinKey(fingerprint, groupOfKind(trace)), line, sighting);
  }
}

/** A canonical request and a signature never are the same text; a header and a printed signature are. */
function groupOfKind(trace: SignatureTrace): string {
  return trace.kind === 'canonical-request' ? 'request' : trace.kind === 'presigned' ? 'url' : 'signature';
}

function orNull(time: EpochMs): EpochMs | null {
  return Number.isNaN(time) ? null : time;
}

function judgeWith(
  verdictOf: (earlier: readonly Sighting[], later: Sighting, context: JudgeContext) => Verdict | null,
) {
  return (key: string, windowStartMs: EpochMs, seen: Seen, context: JudgeContext): readonly Draft[] => {
    let worst: { verdict: Verdict; sighting: Sighting } | null = null;
    for (const [index, sighting] of seen.all.entries()) {
      if (!seen.own.has(sighting) || index === 0) continue;
      const verdict = verdictOf(seen.all.slice(0, index), sighting, context);
      if (verdict !== null && (worst === null || isWorse(verdict.severity, worst.verdict.severity))) {
        worst = { verdict, sighting };
      }
    }
    return worst === null ? [] : [draftOf(key, windowStartMs, seen, worst.sighting, worst.verdict)];
  };
}

function draftOf(key: string, windowStartMs: EpochMs, seen: Seen, judged: Sighting, verdict: Verdict): Draft {
  const [fingerprint = '', kind = ''] = splitKey(key);
  const { all } = seen;
  const first = all[0]!;
  const keyId = all.find((sighting) => sighting.keyId !== '')?.keyId ?? '';
  const service = all.find((sighting) => sighting.service !== '')?.service ?? '';
  const networks = [...new Set(all.map((sighting) => sighting.network).filter((network) => network !== ''))];
  const groups = [...new Set(all.map((sighting) => sighting.group))];
  const what = kind === 'url' ? 'presigned URL' : 'signed request';
  const subject = `${service === '' ? '' : `${service} `}${what}`;
  return {
    account: smallest(all.map((sighting) => sighting.account)),
    region:
      smallest(all.map((sighting) => sighting.region)) || smallest(all.map((sighting) => sighting.logRegion)),
    entity: keyId === '' ? 'key id not in the log' : keyId,
    evidenceKey: fingerprint,
    timeMs: windowStartMs,
    severity: verdict.severity,
    confidence: verdict.confidence,
    grade:
      verdict.severity === 'HIGH' || verdict.severity === 'CRITICAL'
        ? 'certain'
        : verdict.severity === 'MEDIUM'
          ? 'probable'
          : 'weak',
    title: `${verdict.title}: ${subject}${keyId === '' ? '' : ` of ${keyId}`}`,
    summary:
      `One signature was seen ${all.length} times in ${groups.slice(0, 3).join(', ')}` +
      `${networks.length === 0 ? '' : `, from ${networks.slice(0, 4).join(', ')}`}. ${verdict.what}`,
    firstMs: first.timeMs,
    lastMs: all.at(-1)!.timeMs,
    count: Math.max(all.length, seen.count),
    truncated: seen.truncated,
    principal: keyId === '' ? null : { type: '', name: '', session: '', keyId },
    actor:
      judged.address === ''
        ? null
        : { ip: judged.address, class: judged.public ? 'public' : 'private', vpcEndpoint: '', userAgent: '' },
    target: { service, resource: '' },
    evidence: all.slice(0, MAX_EVIDENCE).map((sighting) => evidenceOfSighting(sighting, fingerprint)),
    why: verdict.why,
    remediation: [...remediateKey(keyId === '' ? {} : { keyId }), ...remediatePlaintext({})],
  };
}

/** The smallest that is not empty: the same whatever the order; '' when all are. */
function smallest(values: readonly string[]): string {
  return values.filter((value) => value !== '').sort(compareText)[0] ?? '';
}

function evidenceOfSighting(sighting: Sighting, fingerprint: string): Evidence {
  return {
    source: 'application-log',
    locator: sighting.locator,
    eventId: sighting.eventId,
    time: new Date(sighting.timeMs).toISOString(),
    fields: {
      kind: sighting.kind,
      keyId: sighting.keyId,
      service: sighting.service,
      region: sighting.region,
      signedAt: sighting.signedMs === null ? null : new Date(sighting.signedMs).toISOString(),
      secondsAfterSigning:
        sighting.signedMs === null ? null : Math.round((sighting.timeMs - sighting.signedMs) / 1000),
      source: sighting.address === '' ? `log group ${sighting.group}` : sighting.address,
      network: sighting.network,
      status: sighting.status === 0 ? null : sighting.status,
      fingerprint,
    },
  };
}

export const signatureReuse: Detector = {
  meta: {
    id: 'REP-01',
    name: 'signature-reuse',
    family: 'REP',
    version: 1,
    title: 'The same AWS signature seen twice',
    what:
      'One AWS signature (header of version 4, 4A or 2, a signature or canonical request that botocore printed, or a presigned URL) in two log records: ' +
      'from another network, from the same one after more than a second, or after its validity had passed.',
    why:
      'AWS has no nonce: a copied request is accepted again until its window ends. SDKs sign every retry anew, so they never produce a second sighting. ' +
      'CloudTrail shows no signatures: logs of proxies and applications are the only place where exact reuse can be seen.',
    severities: ['CRITICAL', 'HIGH', 'MEDIUM', 'LOW', 'INFO'],
    falsePositives: [
      'One request logged at several hops: told by equal request ids within 5 s, or by log groups that the configuration names as one chain.',
      'Clients and proxies that resend without signing again (MEDIUM: what they do is reuse, and it shows that the path allows it).',
      'Services that take a signed sts:GetCallerIdentity as a login and forward it: name their networks in identityForwarders.',
      'Presigned URLs that are shared on purpose: reading from two networks is quiet, from three it is MEDIUM.',
      'Load tests that replay recorded requests.',
    ],
    blindSpots: [
      "A replay within 5 s that carries the original's trace id, since such pairs are hop copies as a rule.",
      'A replay that no log shows with its signature: TLS ends before it, or the signature is masked (S3 access logs).',
      'A signature that botocore printed, where its label and its hex digits are two records.',
      'Headers seen again more than an hour later; presigned URLs beyond 7 days.',
      'Sources behind one address (NAT, proxy) look like one source; so does a replay with a forged X-Forwarded-For, where the log writes no better address.',
    ],
    investigate: [
      'Compare the two records at their locators: who sent the second, and could it have read the first?',
      'Look in CloudTrail for two calls of the key id with the same parameters within the window (REP-03).',
      'Ask where the request travelled in plain text: TLS-06, TLS-10 and SEC-05 of the same key id or log group.',
    ],
    thresholds: [
      {
        name: 'hop copies',
        value: 5,
        unit: 's',
        reason: 'one request passes its chain of proxies in less; with an equal request id only',
        source: 'chosen, not measured',
      },
      {
        name: 'deterministic double',
        value: 1,
        unit: 's',
        reason:
          'X-Amz-Date has a resolution of one second and HMAC is deterministic: signing the same request twice in it gives one signature',
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html',
      },
      {
        name: 'same source',
        value: 900,
        unit: 's',
        reason: 'the longest window in which any service takes the signature',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html',
      },
      {
        name: 'clock tolerance',
        value: 300,
        unit: 's',
        reason: 'most services refuse a request that is signed further in the future',
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html',
      },
      {
        name: 'memory for headers',
        value: HEADER_MEMORY_MS / 1000,
        unit: 's',
        reason: 'later sightings are old logs rather than requests',
        source: 'chosen: four times 15 minutes',
      },
      {
        name: 'networks of a presigned read',
        value: 3,
        unit: 'networks',
        reason: 'two are a person on the move; reuse is what these URLs are for',
        source: 'chosen, not measured',
      },
    ],
    identity: { entity: 'access key id', evidenceKey: 'fingerprint of the signature', windowMs: HOUR_MS },
    compliance: { cwe: ['CWE-294', 'CWE-347', 'CWE-319'], owasp: ['API2:2023'] },
  },
  needs: { lines: true },
  sights: { needs: [['log-lines']] },
  folds: [headers, presigned],
  observeLine,
};

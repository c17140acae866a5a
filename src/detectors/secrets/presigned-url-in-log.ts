// SEC-06: a presigned URL stands in a log: whoever reads it may do what it was made for, as often as they like, until it expires.

import { remediateSecret } from '../../findings/remediation.ts';
import type { CallRecord, LineRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  HOUR_MS,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { addUrlLeak, PRESIGNED } from '../replay/leaked-keys.ts';
import { listed, logGroupOf, logPlace, spanOf, validityWords } from './log-place.ts';
import { recordText, TEXT_HINTS } from './record-text.ts';
import { SIGNATURE_HINTS, signaturesIn } from './signature-traces.ts';

/** A URL with more than this left is good long after the log was shipped, which takes minutes. Chosen. */
const LONG_VALIDITY_MS = HOUR_MS;

const fold = hitFold('secret-presigned-url', DAY_MS, judge);

function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
  const text = recordText(record, context);
  if ((text.hints & SIGNATURE_HINTS) === 0) return;
  const place = logPlace(record);
  for (const trace of signaturesIn(text)) {
    if (trace.kind !== 'presigned') continue;
    const leftMs = trace.validUntilMs - record.timeMs;
    const validUntil = Number.isNaN(trace.validUntilMs) ? null : new Date(trace.validUntilMs).toISOString();
    const evidence = evidenceOf(record, {
      kind: 'presigned',
      scheme: trace.scheme,
      keyId: trace.keyId,
      service: trace.service,
      region: trace.region,
      signedAt: Number.isNaN(trace.signedMs) ? null : new Date(trace.signedMs).toISOString(),
      validUntil,
      secondsLeft: Number.isNaN(leftMs) ? null : Math.round(leftMs / 1000),
      sessionToken: trace.hasSessionToken,
      fingerprint: context.fingerprint(trace.secret),
      length: trace.secret.length,
    });
    if (trace.url !== undefined && leftMs > 0) {
      const { object, signed, expires } = trace.url;
      addUrlLeak(
        out,
        record,
        { keyId: trace.keyId, signed, expires, path: context.fingerprint(object) },
        { kind: 'presigned URL', untilMs: trace.validUntilMs, service: 's3', region: '', place, evidence },
      );
    }
    out.add(fold, joinKey(record.account, record.region, place, trace.scheme, trace.service), record, {
      timeMs: record.timeMs,
      severity: leftMs > LONG_VALIDITY_MS ? 'HIGH' : 'MEDIUM',
      evidence,
      facts: {
        region: trace.region,
        keyId: trace.keyId,
        validity: leftMs > 0 ? 'valid' : leftMs <= 0 ? 'expired' : 'unknown',
        ...(trace.hasSessionToken ? { sessionToken: 'yes' } : {}),
      },
    });
  }
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', place = '', scheme = '', service = ''] = splitKey(key);
  const keyIds = hits.facts.keyId ?? [];
  const regions = hits.facts.region ?? [];
  const validity = hits.facts.validity ?? [];
  const anyValid = validity.includes('valid');
  const group = logGroupOf(place);
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: place,
      evidenceKey: `presigned/${scheme}/${service}`,
      confidence: anyValid ? 0.95 : validity.includes('unknown') ? 0.7 : 0.5,
      grade: anyValid ? 'certain' : 'weak',
      title: `Presigned ${service} URL in a log${anyValid ? ' while still valid' : ''}: ${place}`,
      summary:
        `${hits.count} ${hits.count === 1 ? 'record holds' : 'records hold'} a presigned URL for ${service}${regions.length > 0 ? ` in ${listed(regions)}` : ''}, signed with ${listed(keyIds)}.${validityWords(hits)} ` +
        (anyValid
          ? 'It was good when it was written: a reader of the log could use it, any number of times, until it expired.'
          : validity.includes('unknown')
            ? 'It does not say when it expires.'
            : 'It had expired when it was written; what it shows is that this log writes such URLs in full.'),
      target: { service, resource: '' },
      principal: keyIds.length === 1 ? { type: '', name: '', session: '', keyId: keyIds[0]! } : null,
      why: [
        hits.worst === 'HIGH'
          ? "more than an hour of validity was left at the record's own time"
          : anyValid
            ? "valid at the record's own time, for less than an hour more"
            : "not known to be valid at the record's own time",
        ...(hits.facts.sessionToken ? ['the URL carries a session token'] : []),
      ],
      remediation: remediateSecret({
        ...(keyIds.length > 0 ? { keyId: keyIds[0]! } : {}),
        ...(group === '' ? {} : { logGroup: group }),
      }),
    },
  ];
}

export const presignedUrlInLog: Detector = {
  meta: {
    id: 'SEC-06',
    name: 'presigned-url-in-log',
    family: 'SEC',
    version: 1,
    title: 'Presigned URL in a log',
    what:
      'A URL, or its parameters in a map, with X-Amz-Signature (or Signature and AWSAccessKeyId of version 2) in the text of a log, with the time ' +
      'that was left when it was written.',
    why:
      'A presigned URL is a bearer credential: it works for everybody, any number of times, until it expires or its key is disabled. ' +
      'Access logs and debug lines keep it in full.',
    severities: ['HIGH', 'MEDIUM'],
    falsePositives: ['Links that are public on purpose.', 'Emulators called with real-looking key ids.'],
    blindSpots: [
      'S3 server access logs and masked logs, which write X in place of the signature.',
      'Signed URLs of CloudFront and Cloud Storage: SEC-15.',
      'Whether the key was still active, or the object still there.',
      'Records above 768 KB are looked at only in their beginning.',
    ],
    investigate: [
      'Open the record at the locator; see which component writes the query string.',
      'Look for S3 data events with AuthenticationMethod QueryString of the same key id from other networks.',
      'If the object matters, disable the key or the role session that signed: the URL dies with it.',
    ],
    thresholds: [
      {
        name: 'long validity',
        value: 3600,
        unit: 's',
        reason: 'log delivery and reading take minutes: a URL with an hour left reaches its readers alive',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-presigned-url.html',
      },
      {
        name: 'longest validity',
        value: 604_800,
        unit: 's',
        reason: 'X-Amz-Expires is at most 7 days; what says more counts as that',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-query-string-auth.html',
      },
    ],
    identity: {
      entity: 'log group, file or API call',
      evidenceKey: 'signature version and service',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-598', 'CWE-532'], owasp: ['API2:2023'] },
  },
  needs: { calls: ['*'], callText: SIGNATURE_HINTS, lines: true, textHints: TEXT_HINTS },
  sights: { needs: [['log-lines', 'management-events']] },
  folds: [fold, PRESIGNED.leaks],
  observeCall: observe,
  observeLine: observe,
};

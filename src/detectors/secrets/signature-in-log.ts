// SEC-05: a signed request stands in a log. Whoever reads the log can send it again as long as the signature is good.

import { remediateSecret } from '../../findings/remediation.ts';
import type { CallRecord, EpochMs, LineRecord } from '../../records/record.ts';
import { type SignatureTrace, signatureWindowMs } from '../../records/sigv4.ts';
import {
  DAY_MS,
  type Detector,
  type Draft,
  joinKey,
  type ObserveContext,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type HitSummary, hitFold } from '../hits.ts';
import { addKeyLeak, SESSION_KEYS, USER_KEYS } from '../replay/leaked-keys.ts';
import { listed, logGroupOf, logPlace, spanOf, validityWords } from './log-place.ts';
import { recordText, TEXT_HINTS } from './record-text.ts';
import { SIGNATURE_HINTS, signaturesIn } from './signature-traces.ts';

const KIND_WORDS: Readonly<Record<string, string>> = {
  header: 'Authorization header',
  'string-to-sign': 'string to sign',
  'canonical-request': 'canonical request',
};

const fold = hitFold('secret-signature', DAY_MS, judge);

function observe(record: LineRecord | CallRecord, out: Output, context: ObserveContext): void {
  const text = recordText(record, context);
  if ((text.hints & SIGNATURE_HINTS) === 0) return;
  const place = logPlace(record);
  for (const trace of signaturesIn(text)) {
    if (KIND_WORDS[trace.kind] === undefined) continue;
    const valid = validity(trace, record.timeMs);
    const service = trace.service === '' ? 'unknown service' : trace.service;
    const evidence = evidenceOf(record, {
      kind: trace.kind,
      scheme: trace.scheme,
      keyId: trace.keyId,
      service: trace.service,
      region: trace.region,
      signedAt: Number.isNaN(trace.signedMs) ? null : new Date(trace.signedMs).toISOString(),
      validUntil: valid.exact ? new Date(record.timeMs + valid.left).toISOString() : null,
      secondsLeft: valid.exact ? Math.round(valid.left / 1000) : null,
      sessionToken: trace.hasSessionToken,
      fingerprint: context.fingerprint(trace.secret),
      length: trace.secret.length,
    });
    if (trace.kind === 'header' && valid.left >= 0 && trace.keyId !== '') {
      addKeyLeak(out, record, trace.keyId, {
        kind: 'signed request',
        // Where only its day is known: it was logged as it was used.
        untilMs: record.timeMs + (valid.exact ? valid.left : signatureWindowMs(trace.service)),
        service: trace.service,
        region: trace.region,
        place,
        evidence,
      });
    }
    out.add(fold, joinKey(record.account, record.region, place, trace.kind, service), record, {
      timeMs: record.timeMs,
      severity: valid.left >= 0 ? 'HIGH' : 'MEDIUM',
      evidence,
      facts: {
        keyId: trace.keyId,
        region: trace.region,
        timing: valid.exact ? 'exact' : 'by day',
        ...(trace.hasSessionToken ? { sessionToken: 'yes' } : {}),
      },
    });
  }
}

/**
 * What was left of the signature when the record was written, by the record's own time. Without X-Amz-Date only the scope's day is known:
 * a header logged on that day (or within the window past its midnight) counts as good, since headers are logged as they are used.
 */
function validity(trace: SignatureTrace, loggedMs: EpochMs): { left: number; exact: boolean } {
  if (!Number.isNaN(trace.validUntilMs)) return { left: trace.validUntilMs - loggedMs, exact: true };
  const scope = /^(\d{4})(\d\d)(\d\d)$/.exec(trace.scopeDate);
  // Version 2 headers name no day: S3 takes them for 15 minutes, and they are logged as they are used.
  if (scope === null) return { left: trace.scheme === 'SigV2' ? 0 : -1, exact: false };
  const day = Date.UTC(Number(scope[1]), Number(scope[2]) - 1, Number(scope[3]));
  return { left: day + DAY_MS + signatureWindowMs(trace.service) - loggedMs, exact: false };
}

function judge(key: string, hits: HitSummary): readonly Draft[] {
  const [account = '', region = '', place = '', kind = '', service = ''] = splitKey(key);
  const exact = hits.facts.timing?.includes('exact') ?? false;
  const words = KIND_WORDS[kind] ?? kind;
  const keyIds = hits.facts.keyId ?? [];
  const regions = hits.facts.region ?? [];
  const group = logGroupOf(place);
  const live = hits.worst === 'HIGH';
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: place,
      evidenceKey: `${kind}/${service}`,
      confidence: kind === 'header' ? (exact ? 0.95 : 0.75) : 0.6,
      grade: kind === 'header' && exact ? 'certain' : 'probable',
      title: `Signed AWS request (${words}) in a log${live ? ' while still valid' : ''}: ${service}, ${place}`,
      summary:
        `${hits.count} ${hits.count === 1 ? 'record holds' : 'records hold'} ${kind === 'header' ? 'an' : 'a'} ${words} for ${service}` +
        `${regions.length > 0 ? ` in ${listed(regions)}` : ''}${keyIds.length > 0 ? `, signed with ${listed(keyIds)}` : ''}.${validityWords(hits)} ` +
        (live
          ? 'Written while the signature was good: a reader of the log could send the same request again.'
          : 'The signatures had run out when they were written; what they show is that this log writes them.'),
      target: { service, resource: '' },
      principal: keyIds.length === 1 ? { type: '', name: '', session: '', keyId: keyIds[0]! } : null,
      why: [
        live
          ? "validity counted at the record's own time: signing time plus the service's window had not passed"
          : "validity counted at the record's own time: signing time plus the service's window had passed",
        ...(exact ? [] : ['no signing time beside it: judged by the day in its credential scope']),
        ...(kind === 'header' ? [] : [`a ${words} holds all of a signed request but the signature`]),
        ...(hits.facts.sessionToken ? ['a session token stands beside it'] : []),
      ],
      remediation: remediateSecret({
        ...(keyIds.length > 0 ? { keyId: keyIds[0]! } : {}),
        ...(group === '' ? {} : { logGroup: group }),
      }),
    },
  ];
}

export const signatureInLog: Detector = {
  meta: {
    id: 'SEC-05',
    name: 'signature-in-log',
    family: 'SEC',
    version: 1,
    title: 'Signed AWS request in a log',
    what:
      'An Authorization header with an AWS signature (version 4, 4A or 2), a canonical request or a string to sign in the text of a log, in plain, ' +
      'JSON, escaped, percent-encoded or botocore debug notation.',
    why:
      'AWS has no nonce: the same signed request is accepted again until its window ends, 5 minutes for most services and 15 for S3. ' +
      'A log is read by more people and machines than the request was meant for.',
    severities: ['HIGH', 'MEDIUM'],
    falsePositives: [
      'Test suites that print signatures made with real-looking key ids.',
      'A gateway that checks signatures itself and logs what it refused: the request may never have been good.',
    ],
    blindSpots: [
      'Masked or cut signatures: what is left cannot be used, and is not reported.',
      'Requests signed with key ids that AWS does not hand out (emulators).',
      'Records above 768 KB are looked at only in their beginning; compressed or encrypted log messages not at all.',
      'A header that a log driver splits over several records.',
    ],
    investigate: [
      'Open the record at the locator and see which component wrote it; botocore writes these blocks at level DEBUG.',
      "Look in CloudTrail for calls of the key id from networks that are not the writer's (REP-03 does it for repeated requests).",
      'List who can read the log group: logs:GetLogEvents, logs:FilterLogEvents, subscriptions, exports.',
    ],
    thresholds: [
      {
        name: 'signature window',
        value: 300,
        unit: 's',
        reason: 'most services refuse a request this long after its signing time',
        source: 'https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html',
      },
      {
        name: 'signature window of S3',
        value: 900,
        unit: 's',
        reason: 'S3 accepts signatures for 15 minutes',
        source: 'https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html',
      },
    ],
    identity: {
      entity: 'log group, file or API call',
      evidenceKey: 'kind of trace and service',
      windowMs: DAY_MS,
    },
    compliance: { cwe: ['CWE-532', 'CWE-294'], owasp: ['API2:2023'] },
  },
  needs: { calls: ['*'], callText: SIGNATURE_HINTS, lines: true, textHints: TEXT_HINTS },
  sights: { needs: [['log-lines', 'management-events']] },
  folds: [fold, SESSION_KEYS.leaks, USER_KEYS.leaks],
  observeCall: observe,
  observeLine: observe,
};

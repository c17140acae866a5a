// TLS-12 in CloudTrail: S3 data events that say how the request was signed and name no cipher, where those of others do.

import type { Severity } from '../../findings/finding.ts';
import { remediatePlainBucket } from '../../findings/remediate-plain-storage.ts';
import { keyOwner } from '../../findings/remediation.ts';
import type { CallRecord } from '../../records/record.ts';
import {
  DAY_MS,
  type Draft,
  type Fold,
  type JudgeContext,
  joinKey,
  type Output,
  splitKey,
} from '../detector.ts';
import { evidenceOf, type Hit, type HitSummary, hitFold } from '../hits.ts';
import { listed, spanOf } from '../secrets/log-place.ts';
import { ciphersOfOthers, countCipher, s3Ciphers } from './s3-cipher-calibration.ts';
import { sensitiveThing, shown } from './s3-request.ts';
import { DAYS_AFTER } from './tls-counts.ts';

/** Requests of one principal to one bucket in a day: a single record without the field may be a fault of the record. */
export const MIN_CALLS_WITHOUT_CIPHER = 3;
const CONFIDENCE = 0.7;

export const s3Calls: Fold<Hit, HitSummary> = {
  ...hitFold('tls-s3-without-cipher', DAY_MS, judge),
  judgeDelayMs: (DAYS_AFTER + 1) * DAY_MS,
  reads: [s3Ciphers.name],
};

const CIPHER = Buffer.from('ipherSuite"', 'latin1');

export function observeS3Call(call: CallRecord, out: Output): void {
  if (!call.direct || call.category !== 'Data') return;
  if (call.tlsState === 'full' || namesCipher(call)) return countCipher(call, true, out);
  const { additionalEventData: more, requestParameters } = call;
  // Without these the record holds nothing of the kind, and says nothing by what it leaves out.
  if (typeof more?.SignatureVersion !== 'string' || typeof more.AuthenticationMethod !== 'string') return;
  countCipher(call, false, out);
  const bucket = named(requestParameters?.bucketName);
  const key = named(requestParameters?.key);
  const stake = sensitiveThing(bucket, key);
  const denied = call.errorCode === 'AccessDenied';
  out.add(s3Calls, joinKey(call.account, call.region, bucket, call.principal), call, {
    timeMs: call.timeMs,
    severity: severityOf(denied, stake),
    evidence: evidenceOf(call, {
      action: call.action,
      bucket,
      key,
      tlsDetails: call.tlsState,
      signatureVersion: shown(more.SignatureVersion),
      authenticationMethod: shown(more.AuthenticationMethod),
      sourceIPAddress: call.ip,
      errorCode: call.errorCode,
    }),
    facts: {
      action: call.action,
      ip: call.ip,
      class: call.networkClass,
      vpcEndpoint: call.vpcEndpoint,
      keyId: call.keyId,
      session: call.sessionName,
      type: call.principalType,
      name: call.principalName,
      stake,
      outcome: denied ? 'denied' : 'answered',
    },
  });
}

function named(value: unknown): string {
  return typeof value === 'string' ? shown(value) : '';
}

/** Looks through the bytes: nearly all events do, and nothing is made for them. */
function namesCipher(call: CallRecord): boolean {
  const field = call.rawField('additionalEventData');
  if (field === null) return false;
  const { bytes } = field;
  const last = field.end - CIPHER.length;
  for (let p = field.start; p <= last; p++) {
    if (bytes[p] !== 0x69 || bytes[p + 1] !== 0x70) continue;
    let i = 2;
    while (i < CIPHER.length && bytes[p + i] === CIPHER[i]) i++;
    if (i === CIPHER.length) return true;
  }
  return false;
}

function severityOf(denied: boolean, stake: string): Severity {
  if (denied) return 'LOW';
  return stake === '' ? 'MEDIUM' : 'HIGH';
}

function judge(key: string, hits: HitSummary, context: JudgeContext, day: number): readonly Draft[] {
  const [account = '', region = '', bucket = '', principal = ''] = splitKey(key);
  if (hits.count < MIN_CALLS_WITHOUT_CIPHER) return [];
  const others = ciphersOfOthers(account, principal, day, context);
  if (others === null) return [];
  const { facts } = hits;
  const one = (name: string): string => facts[name]?.[0] ?? '';
  const only = (name: string): string => (facts[name]?.length === 1 ? one(name) : '');
  const name = one('name') || principal;
  const keyId = only('keyId');
  return [
    {
      ...spanOf(hits),
      account,
      region,
      entity: bucket,
      evidenceKey: joinKey('data-event', principal),
      confidence: CONFIDENCE,
      grade: 'probable',
      title: `S3 called without a cipher: ${name.slice(0, 40)} → bucket ${bucket.slice(0, 40)}, ${hits.count} requests`,
      summary:
        `${name} made ${hits.count} signed requests to bucket ${bucket} from ${listed(facts.ip)} for which CloudTrail names no cipher, as for a request over plain HTTP. ` +
        `Actions: ${listed(facts.action, 5)}.`,
      principal: { type: one('type'), name, session: only('session'), keyId },
      actor: { ip: one('ip'), class: one('class'), vpcEndpoint: only('vpcEndpoint'), userAgent: '' },
      target: { service: 's3', resource: bucket },
      why: [
        `${others.k} of ${others.n} direct S3 data events of others around that day name their cipher`,
        'the records say how the requests were signed, so that the field beside it was not lost with all of them',
        ...(facts.stake ?? []).map((stake) => `bucket or key is named like ${stake}`),
        ...(facts.outcome?.includes('answered')
          ? []
          : ['every one of these requests was denied: the door held']),
        'only the access log of the bucket makes it certain',
      ],
      remediation: remediatePlainBucket({
        bucket,
        ...(keyId === '' ? {} : { keyId, ...keyOwner(one('type'), one('name')) }),
      }),
    },
  ];
}

// What CloudTrail's record says of the TLS of one call to DynamoDB, its streams or DAX: exactly one verdict, the same for the rules and
// for the counts. What the record alone shows is a matter of its sender, and a number; what it means is known with the calibration.

import type { CallRecord } from '../../records/record.ts';
import { createSenderMemo } from '../sender-memo.ts';
import { type CipherFlaw, flawOfCipher } from './cipher-flaw.ts';

/** Whether the calls of others carry the field (tls-calibration.ts). */
export type CalibrationVerdict = 'calibrated' | 'uncalibrated' | 'pipeline-drops-it';

/** What a record shows. The numbers stand in the state (tls-counts.ts): new ones are added at the end. */
export const CALL_CLASS = {
  /** Direct, in a record that can hold TLS details: these four are what the calibration counts. */
  strong: 0,
  weak: 1,
  hostOnly: 2,
  absent: 3,
  /** With full TLS details, but a call of AWS itself, of the console, or in a record of the time before. */
  strongElsewhere: 4,
  weakElsewhere: 5,
  /** Without full TLS details, and no wonder. */
  eventType: 6,
  serviceCaller: 7,
  consoleProxy: 8,
  awsInternal: 9,
  oldEventVersion: 10,
  /** Without full TLS details, and with a source that is no address: it may be anybody's. */
  noAddress: 11,
} as const;
export type CallClass = (typeof CALL_CLASS)[keyof typeof CALL_CLASS];
export const CALL_CLASSES = Object.keys(CALL_CLASS).length;

/** Retired by RFC 8996; as CloudTrail writes them, without case. */
const OLD_VERSIONS: ReadonlySet<string> = new Set(['sslv2', 'sslv3', 'tlsv1', 'tlsv1.0', 'tlsv1.1']);

export function isOldTlsVersion(version: string): boolean {
  return OLD_VERSIONS.has(version.toLowerCase());
}

export interface Weakness {
  /** TLS 1.1 or older (TLS-02). */
  readonly oldVersion: boolean;
  /** Of the cipher suite (TLS-03). */
  readonly cipher: CipherFlaw | null;
}

const NOT_WEAK: Weakness = { oldVersion: false, cipher: null };

function readWeakness(call: CallRecord): Weakness {
  const oldVersion = isOldTlsVersion(call.tlsVersion);
  const cipher = flawOfCipher(call.tlsCipher);
  return oldVersion || cipher !== null ? { oldVersion, cipher } : NOT_WEAK;
}

/** Names are taken apart once for all calls that have them. */
export const weaknessOf = createSenderMemo(readWeakness, 'tls');

/** tlsDetails came with eventVersion 1.08. */
export function canReportTls(call: CallRecord): boolean {
  return call.versionMajor === 1 && call.versionMinor >= 8;
}

/** What the record of a call shows, worked out anew. */
export function readCallClass(call: CallRecord): CallClass {
  const reports = call.direct && canReportTls(call);
  if (call.tlsState === 'full') {
    if (weaknessOf(call) !== NOT_WEAK) return reports ? CALL_CLASS.weak : CALL_CLASS.weakElsewhere;
    return reports ? CALL_CLASS.strong : CALL_CLASS.strongElsewhere;
  }
  if (reports) return call.tlsState === 'partial' ? CALL_CLASS.hostOnly : CALL_CLASS.absent;
  if (call.direct) return CALL_CLASS.oldEventVersion;
  if (call.eventType !== 'AwsApiCall' && call.eventType !== '') return CALL_CLASS.eventType;
  if (call.invokedBy !== '' || call.principalType === 'AWSService' || call.networkClass === 'aws-service')
    return CALL_CLASS.serviceCaller;
  if (call.viaConsole) return CALL_CLASS.consoleProxy;
  if (call.networkClass === 'aws-internal') return CALL_CLASS.awsInternal;
  // What is left of those that are not direct is the role of a service.
  return call.networkClass === 'invalid' ? CALL_CLASS.noAddress : CALL_CLASS.serviceCaller;
}

export type CallVerdict =
  | { readonly verdict: 'ok'; readonly why: 'tls' | 'tls-not-direct' }
  | { readonly verdict: 'weak'; readonly why: 'old-version-or-cipher' | 'old-version-or-cipher-not-direct' }
  | {
      readonly verdict: 'absent-explained';
      readonly why:
        | 'service-caller'
        | 'aws-internal'
        | 'console-proxy'
        | 'event-type'
        | 'event-version-below-1.08';
    }
  | {
      readonly verdict: 'unknown';
      readonly why: 'uncalibrated' | 'host-only-uncalibrated' | 'pipeline-drops-it' | 'no-address';
    }
  | { readonly verdict: 'absent-suspicious'; readonly why: 'absent' | 'host-only' };

/** `calibration`: of the call's account, service, category and day, without its own principal. */
export function verdictOf(callClass: CallClass, calibration: CalibrationVerdict): CallVerdict {
  switch (callClass) {
    case CALL_CLASS.strong:
      return { verdict: 'ok', why: 'tls' };
    case CALL_CLASS.strongElsewhere:
      return { verdict: 'ok', why: 'tls-not-direct' };
    case CALL_CLASS.weak:
      return { verdict: 'weak', why: 'old-version-or-cipher' };
    case CALL_CLASS.weakElsewhere:
      return { verdict: 'weak', why: 'old-version-or-cipher-not-direct' };
    case CALL_CLASS.eventType:
      return { verdict: 'absent-explained', why: 'event-type' };
    case CALL_CLASS.serviceCaller:
      return { verdict: 'absent-explained', why: 'service-caller' };
    case CALL_CLASS.consoleProxy:
      return { verdict: 'absent-explained', why: 'console-proxy' };
    case CALL_CLASS.awsInternal:
      return { verdict: 'absent-explained', why: 'aws-internal' };
    case CALL_CLASS.oldEventVersion:
      return { verdict: 'absent-explained', why: 'event-version-below-1.08' };
    case CALL_CLASS.noAddress:
      return { verdict: 'unknown', why: 'no-address' };
    default:
      return withoutTls(callClass === CALL_CLASS.hostOnly, calibration);
  }
}

function withoutTls(hostOnly: boolean, calibration: CalibrationVerdict): CallVerdict {
  if (calibration === 'calibrated')
    return { verdict: 'absent-suspicious', why: hostOnly ? 'host-only' : 'absent' };
  if (calibration === 'pipeline-drops-it') return { verdict: 'unknown', why: 'pipeline-drops-it' };
  return { verdict: 'unknown', why: hostOnly ? 'host-only-uncalibrated' : 'uncalibrated' };
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CALL_CLASSES,
  type CalibrationVerdict,
  type CallClass,
  readCallClass,
  verdictOf,
} from '../../../src/detectors/tls/call-verdict.ts';
import { oldTlsVersion } from '../../../src/detectors/tls/old-tls-version.ts';
import { weakCipher } from '../../../src/detectors/tls/weak-cipher.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { trailRecord } from '../../records/trail-records.ts';
import { callRecord } from '../plain-records.ts';
import { plainReplay } from '../plain-replay.ts';

type Fields = Readonly<Record<string, unknown>>;

const TLS_13 = {
  tlsVersion: 'TLSv1.3',
  cipherSuite: 'TLS_AES_128_GCM_SHA256',
  clientProvidedHostHeader: 'h',
};
const NONE = { tlsDetails: undefined };
const HOST_ONLY = { tlsDetails: { clientProvidedHostHeader: 'h' } };
const full = (tlsVersion: string, cipherSuite: string): Fields => ({
  tlsDetails: { ...TLS_13, tlsVersion, cipherSuite },
});
const BY_SERVICE = { userIdentity: { type: 'AWSService', invokedBy: 'dax.amazonaws.com' } };

function said(fields: Fields, calibration: CalibrationVerdict = 'calibrated'): string {
  const { verdict, why } = verdictOf(readCallClass(callRecord(trailRecord(fields))), calibration);
  return `${verdict}: ${why}`;
}

describe('the verdict of a call', () => {
  it.each<[string, Fields, string]>([
    ['TLS 1.3', { tlsDetails: TLS_13 }, 'ok: tls'],
    ['TLS 1.2', full('TLSv1.2', 'ECDHE-RSA-AES128-GCM-SHA256'), 'ok: tls'],
    ['TLS 1.1', full('TLSv1.1', 'ECDHE-RSA-AES128-SHA'), 'weak: old-version-or-cipher'],
    ['no forward secrecy', full('TLSv1.2', 'AES128-GCM-SHA256'), 'weak: old-version-or-cipher'],
    ['CBC with SHA-1', full('TLSv1.2', 'ECDHE-RSA-AES128-SHA'), 'weak: old-version-or-cipher'],
    ['nothing', NONE, 'absent-suspicious: absent'],
    ['a host header alone', HOST_ONLY, 'absent-suspicious: host-only'],
    ['dashes', full('-', '-'), 'absent-suspicious: host-only'],
    ['nothing, by a service', { ...NONE, ...BY_SERVICE }, 'absent-explained: service-caller'],
    [
      'nothing, from a service',
      { ...NONE, sourceIPAddress: 'dax.amazonaws.com' },
      'absent-explained: service-caller',
    ],
    [
      'nothing, from AWS itself',
      { ...NONE, sourceIPAddress: 'AWS Internal' },
      'absent-explained: aws-internal',
    ],
    [
      'nothing, by the console',
      { ...NONE, sessionCredentialFromConsole: 'true' },
      'absent-explained: console-proxy',
    ],
    [
      'nothing, an event of a service',
      { ...NONE, eventType: 'AwsServiceEvent' },
      'absent-explained: event-type',
    ],
    [
      'nothing, an old record',
      { ...NONE, eventVersion: '1.07' },
      'absent-explained: event-version-below-1.08',
    ],
    ['nothing, from no address', { ...NONE, sourceIPAddress: '035.249.1.1' }, 'unknown: no-address'],
    ['TLS 1.3 of a service', { tlsDetails: TLS_13, ...BY_SERVICE }, 'ok: tls-not-direct'],
    [
      'TLS 1.0 through the console',
      { ...full('TLSv1', 'AES128-SHA'), sessionCredentialFromConsole: 'true' },
      'weak: old-version-or-cipher-not-direct',
    ],
    ['a browser’s name', { ...NONE, userAgent: 'Mozilla/5.0' }, 'absent-suspicious: absent'],
  ])('%s', (_name, fields, expected) => {
    expect(said(fields)).toBe(expected);
  });

  it('of a call without TLS hangs on the calibration, of any other it does not', () => {
    expect(said(NONE, 'uncalibrated')).toBe('unknown: uncalibrated');
    expect(said(HOST_ONLY, 'uncalibrated')).toBe('unknown: host-only-uncalibrated');
    expect(said(NONE, 'pipeline-drops-it')).toBe('unknown: pipeline-drops-it');
    expect(said(HOST_ONLY, 'pipeline-drops-it')).toBe('unknown: pipeline-drops-it');
    for (let callClass = 0; callClass < CALL_CLASSES; callClass++) {
      const each = (['calibrated', 'uncalibrated', 'pipeline-drops-it'] as const).map((calibration) =>
        JSON.stringify(verdictOf(callClass as CallClass, calibration)),
      );
      expect(new Set(each).size).toBe(callClass === 2 || callClass === 3 ? 3 : 1);
    }
  });

  it('is weak where TLS-02 or TLS-03 has something to say of a direct call, and nowhere else', () => {
    const fields = fc.record({
      tlsVersion: fc.constantFrom('TLSv1.3', 'TLSv1.2', 'TLSv1.1', 'tlsv1', 'SSLv3', '-', 'QUIC'),
      cipherSuite: fc.constantFrom(
        'TLS_AES_128_GCM_SHA256',
        'ECDHE-RSA-AES128-SHA',
        'AES128-GCM-SHA256',
        'DES-CBC3-SHA',
        'TLS_RSA_WITH_RC4_128_SHA',
        '-',
        'what is this',
      ),
      identity: fc.constantFrom({}, BY_SERVICE),
      eventVersion: fc.constantFrom('1.05', '1.11'),
    });
    fc.assert(
      fc.property(fields, ({ tlsVersion, cipherSuite, identity, eventVersion }) => {
        const call: CallRecord = callRecord(
          trailRecord({ ...full(tlsVersion, cipherSuite), ...identity, eventVersion }),
        );
        const { verdict } = verdictOf(readCallClass(call), 'uncalibrated');
        const { findings } = plainReplay([oldTlsVersion, weakCipher], [call]);
        expect(findings.length > 0).toBe(verdict === 'weak' && call.direct);
      }),
    );
  });
});

// Calls of control-plane operations, and the laws that every rule about them keeps.

import fc from 'fast-check';
import { expect } from 'vitest';
import type { Detector } from '../../../src/detectors/detector.ts';
import type { CallRecord } from '../../../src/records/record.ts';
import { callRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

let events = 0;

export function trailCall(
  service: string,
  eventName: string,
  requestParameters: unknown,
  changes: object = {},
): CallRecord {
  return callRecord(
    {
      eventID: `event-${String(++events).padStart(6, '0')}`,
      eventTime: '2026-11-03T02:00:00Z',
      eventSource: `${service}.amazonaws.com`,
      eventName,
      eventType: 'AwsApiCall',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      userIdentity: { type: 'IAMUser', accountId: '111122223333', userName: 'dana' },
      sourceIPAddress: '198.51.100.23',
      requestParameters,
      ...changes,
    },
    { locator: `trail.json#${events}` },
  );
}

/** Severity and confidence of what is found. */
export function toldOf(detector: Detector, calls: readonly CallRecord[]): (readonly [string, number])[] {
  return plainReplay([detector], calls).findings.map(({ severity, confidence }) => [
    severity,
    Math.round(confidence * 100) / 100,
  ]);
}

/** The same findings in any order, any split and through JSON; and all that they say stays short. */
export function expectFoldLaws(detector: Detector, one: fc.Arbitrary<CallRecord>): void {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 12 }), fc.nat(12), (calls, turn) => {
      const turned = [...calls.slice(turn), ...calls.slice(0, turn)].reverse();
      const whole = plainReplay([detector], calls).findings;
      const parts = batchReplay([detector], [turned.slice(0, 5), turned.slice(5)]).findings;
      const sorted = (findings: typeof whole): string[] =>
        findings.map((each) => JSON.stringify(each)).sort();
      expect(sorted(parts)).toEqual(sorted(whole));
      for (const { evidence, why } of whole) {
        expect(evidence.length).toBeLessThanOrEqual(10);
        expect(why.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 40 },
  );
}

/** Times on four days that follow each other. */
export const someTime: fc.Arbitrary<string> = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 0, max: 9 }))
  .map(([day, minute]) => `2026-11-0${day}T02:0${minute}:00Z`);
export const someError: fc.Arbitrary<string> = fc.constantFrom('', '', '', 'AccessDenied');

// Coverage of a few records: what tests ask of it.

import { judgeCoverage } from '../../src/coverage/coverage.ts';
import type { LogFacts } from '../../src/coverage/log-facts.ts';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import type { Sight } from '../../src/detectors/sights.ts';
import { reasonText } from '../../src/findings/coverage.ts';
import type { AnyRecord } from '../../src/records/record.ts';
import { lineRecord } from '../detectors/plain-records.ts';
import { ALL_FIELDS, dataCall, factsOf, flow, managementCall } from './sample-logs.ts';

export const kms = () => managementCall({ eventSource: 'kms.amazonaws.com', eventName: 'ListKeys' });
/** Logs in which everybody sees. */
export const good: readonly AnyRecord[] = [
  managementCall(),
  dataCall({ sourceIPAddress: '10.0.3.17' }),
  dataCall({ eventName: 'GetRecords' }),
  dataCall({ eventSource: 's3.amazonaws.com', eventName: 'GetObject' }),
  flow(ALL_FIELDS),
  flow(ALL_FIELDS, { action: 'REJECT' }),
  lineRecord('started'),
  lineRecord('an access', { format: 's3-access' }),
  lineRecord('an access', { format: 'alb-access' }),
];

export function coverageOf(facts: LogFacts | readonly AnyRecord[]) {
  return judgeCoverage(detectors, Array.isArray(facts) ? factsOf(facts) : (facts as LogFacts));
}

/** A detector with one sight, judged: its state and the reasons in words. */
export function judge(facts: LogFacts | readonly AnyRecord[], ...sights: Sight[]): string[] {
  const detector = { ...detectors[0]!, sights: { needs: sights.map((sight) => [sight]) } } satisfies Detector;
  const { detectors: judged, reasons } = judgeCoverage(
    [detector],
    Array.isArray(facts) ? factsOf(facts) : (facts as LogFacts),
  );
  return [judged[0]!.state, ...reasons.map((reason) => `${reason.code}: ${reasonText(reason, 9)}`)];
}

export const commandsOf = (facts: LogFacts | readonly AnyRecord[], code: string) =>
  coverageOf(facts)
    .reasons.find((reason) => reason.code === code)!
    .steps.map(({ command }) => command);

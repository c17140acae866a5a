import { describe, expect, it } from 'vitest';
import { repeatFromSecondNetwork } from '../../../src/detectors/replay/repeat-from-second-network.ts';
import { MAX_SIGHTINGS } from '../../../src/detectors/replay/request-sightings.ts';
import { readSmall, testPipeline } from '../../pipeline/small-archive.ts';
import { trailRecord } from '../../records/trail-records.ts';

const hour = Date.parse('2026-10-05T12:00:00Z');

function busyKey(requests: number, networks: number): string[] {
  const records = Array.from({ length: requests }, (_, index) =>
    trailRecord({
      eventID: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      eventTime: new Date(hour + (index % 3600) * 1000).toISOString().replace('.000Z', 'Z'),
      sourceIPAddress: `198.51.${index % networks}.7`,
      requestParameters: { tableName: 'Orders', key: { id: String(index) } },
    }),
  );
  const pipeline = testPipeline({ detectors: [repeatFromSecondNetwork] });
  readSmall(pipeline, { name: 'busy.json', deliveredMs: Number.NaN, records });
  pipeline.finish();
  return pipeline.book.standing().map((finding) => `${finding.severity} ${finding.title}`);
}

describe('a key with more requests in an hour than are kept', () => {
  it('is told of where it was in several networks: silence would be taken for an answer', () => {
    expect(busyKey(2 * MAX_SIGHTINGS + 10, 2)).toEqual([
      'INFO Only a part of the requests of ASIAEXAMPLE was compared: more than 20000 in an hour',
    ]);
  });

  it('is not where it stayed in one, or where all were kept', () => {
    expect(busyKey(2 * MAX_SIGHTINGS + 10, 1)).toEqual([]);
    expect(busyKey(200, 2)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import type { Detector } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { HINT } from '../../src/detectors/secrets/prefilter.ts';
import { TEXT_HINTS } from '../../src/detectors/secrets/record-text.ts';
import { expandPlaceholders as e } from '../detectors/golden-inputs.ts';
import { trailRecord } from '../records/trail-records.ts';
import { comparable, readSmall, testPipeline } from './small-archive.ts';

const HEADER = `-----${'BEGIN'}`;
const call = (n: number, over: Record<string, unknown>) =>
  trailRecord({ eventID: `11111111-2222-3333-4444-${String(n).padStart(12, '0')}`, ...over });

/** Enough of them that the kernel reads the object. */
const ordinary = Array.from({ length: 5 }, (_, n) => call(n, { errorMessage: 'x'.repeat(900) }));
const records = [
  ...ordinary,
  call(10, { requestParameters: { note: e('{{private-key:rsa}}') } }),
  call(11, { errorMessage: `bad key ${HEADER}` }),
  call(12, { userAgent: `agent ${HEADER}`, eventSource: 'kms.amazonaws.com' }),
  ...ordinary.map((record, n) => ({
    ...record,
    eventID: `22222222-2222-3333-4444-${String(n).padStart(12, '0')}`,
  })),
];

function shownTo(needs: Detector['needs']): string[] {
  const shown: string[] = [];
  const spy = {
    ...detectors[0]!,
    needs,
    folds: [],
    observeCall: (record: { eventId: string }) => void shown.push(record.eventId.slice(-2)),
  } as Detector;
  const pipeline = testPipeline({ detectors: [spy] });
  readSmall(pipeline, { name: 'a.json', deliveredMs: Number.NaN, records });
  return shown;
}

describe('detectors that look at the text of calls', () => {
  it('are shown only calls whose text hints at what they look for', () => {
    expect(shownTo({ calls: ['*'] })).toHaveLength(records.length);
    expect(shownTo({ calls: ['*'], callText: HINT.privateKey, textHints: TEXT_HINTS })).toEqual([
      '10',
      '11',
      '12',
    ]);
    expect(shownTo({ calls: ['kms'], callText: HINT.privateKey, textHints: TEXT_HINTS })).toEqual(['12']);
    expect(shownTo({ calls: ['*'], callText: HINT.connectionUrl, textHints: TEXT_HINTS })).toEqual([]);
  });

  it('find what they find when they are shown every call', () => {
    const found = (all: readonly Detector[]): unknown[] => {
      const pipeline = testPipeline({ detectors: all });
      readSmall(pipeline, { name: 'a.json', deliveredMs: Number.NaN, records });
      pipeline.finish();
      return comparable(pipeline.book.standing());
    };
    const ungated = detectors.map(({ needs: { callText: _, ...needs }, ...rest }) => ({ ...rest, needs }));
    expect(found(detectors)).toEqual(found(ungated));
    expect(JSON.stringify(found(detectors))).toContain('SEC-07');
  });
});

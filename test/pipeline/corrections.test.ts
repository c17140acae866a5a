// A correction (addendum UPDATED_DATA) adds nothing to a fold, and is named in the evidence of what it corrects, whichever worker,
// run or delivery brings it.

import { describe, expect, it } from 'vitest';
import { createEventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openTemporaryState } from '../../src/state/sqlite-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import { readSmall, type SmallObject, testPipeline } from './small-archive.ts';

const ROOT_CALL = 'aaaaaaaa-0000-4000-8000-000000000001';
const userIdentity = {
  type: 'Root',
  principalId: '111122223333',
  arn: 'arn:aws:iam::111122223333:root',
  accountId: '111122223333',
};
const object = (name: string, record: Record<string, unknown>): SmallObject => ({
  name,
  deliveredMs: Number.NaN,
  records: [trailRecord({ userIdentity, eventName: 'DeleteTable', ...record })],
});
const call = object('call.json', { eventID: ROOT_CALL });
const correction = object('correction.json', {
  eventID: 'aaaaaaaa-0000-4000-8000-000000000002',
  addendum: { reason: 'UPDATED_DATA', originalEventID: ROOT_CALL },
});

function correctedBy(pipeline: ReturnType<typeof testPipeline>): unknown {
  const finding = pipeline.book.standing().find((one) => one.rule.id === 'ANO-08');
  return finding?.evidence.map((piece) => piece.fields.correctedBy);
}

describe('a correction', () => {
  it.each([
    ['after the call', [call, correction]],
    ['before the call', [correction, call]],
    ['delivered twice', [correction, call, correction]],
  ])('is named: %s', (_name, objects) => {
    const pipeline = testPipeline();
    for (const one of objects) readSmall(pipeline, one);
    pipeline.finish();
    expect(correctedBy(pipeline)).toEqual(['correction.json#1']);
    expect(pipeline.counts.skipped.correction).toBe(objects.length - 1);
  });

  it('is named when another worker read it', () => {
    const claims = createEventClaims(createMemoryState());
    const [one, two, merged] = [testPipeline({ claims }), testPipeline({ claims }), testPipeline({ claims })];
    readSmall(one, call);
    readSmall(two, correction);
    merged.mergeFrom(one);
    merged.mergeFrom(two);
    merged.finish();
    expect(correctedBy(merged)).toEqual(['correction.json#1']);
  });

  it('is named when an earlier run over the same state read it', () => {
    const state = { ...openTemporaryState(), durable: true };
    for (const one of [correction, call]) {
      const pipeline = testPipeline({ state });
      readSmall(pipeline, one);
      pipeline.finish();
      pipeline.checkpoint();
      if (one === call) expect(correctedBy(pipeline)).toEqual(['correction.json#1']);
    }
    state.close();
  });
});

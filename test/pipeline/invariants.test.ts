// Invariant 1: order does not matter. Any permutation, any split, any duplication gives equal runs.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventClaims } from '../../src/state/event-claims.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openTemporaryState } from '../../src/state/sqlite-state.ts';
import { comparable, readSmall, type SmallObject, smallArchive, testPipeline } from './small-archive.ts';

const archive = smallArchive();
const recordCount = archive.reduce((sum, object) => sum + object.records.length, 0);

function run(objects: readonly SmallObject[], closing = false): ReturnType<typeof testPipeline> {
  const pipeline = testPipeline();
  for (const object of objects) {
    readSmall(pipeline, object);
    if (closing) pipeline.advance(object.deliveredMs);
  }
  pipeline.finish();
  return pipeline;
}

const expected = comparable(run(archive).book.standing());

const shuffled = (seed: number): fc.Arbitrary<SmallObject[]> =>
  fc.shuffledSubarray(archive, { minLength: archive.length }).map((objects) =>
    objects.map((object) => ({
      ...object,
      records: [...object.records].reverse().sort(() => (seed % 2) - 0.5),
    })),
  );

describe('the small archive', () => {
  it('holds what it was made for', () => {
    const rules = run(archive)
      .book.standing()
      .map((finding) => `${finding.rule.id} ${finding.severity} ${finding.count}`);
    expect(rules.filter((rule) => rule.startsWith('TLS-01')).length).toBeGreaterThan(3);
    expect(rules.filter((rule) => rule.startsWith('REP-03'))).toHaveLength(2);
  });

  it('counts the other account’s copy of a call as a duplicate, whichever comes first', () => {
    for (const objects of [archive, [...archive].reverse()]) {
      const { counts } = run(objects);
      expect(counts.duplicates).toBe(1);
      expect(counts.judged).toBe(recordCount - 1);
    }
  });
});

describe('equal runs', () => {
  it('whether windows close on the way or at the end', () => {
    expect(comparable(run(archive, true).book.standing())).toEqual(expected);
  });

  it('in any order of objects and records', () => {
    fc.assert(
      fc.property(fc.nat(3).chain(shuffled), (objects) => {
        expect(comparable(run(objects).book.standing())).toEqual(expected);
      }),
      { numRuns: 8 },
    );
  });

  it('with every object twice', () => {
    const pipeline = run([
      ...archive,
      ...archive.map((object) => ({ ...object, name: `again-${object.name}` })),
    ]);
    expect(comparable(pipeline.book.standing())).toEqual(expected);
    expect(pipeline.counts.duplicates).toBe(recordCount + 1);
  });

  it('split in 7 and merged', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(6), { minLength: archive.length, maxLength: archive.length }), (parts) => {
        const claims = createEventClaims(createMemoryState());
        const workers = Array.from({ length: 7 }, () => testPipeline({ claims }));
        archive.forEach((object, index) => {
          readSmall(workers[parts[index]!]!, object);
          // A second delivery to another worker.
          readSmall(workers[(parts[index]! + 1) % 7]!, object);
        });
        const merged = testPipeline({ claims });
        for (const worker of workers) {
          worker.settle();
          merged.mergeFrom(worker);
        }
        merged.finish();
        expect(comparable(merged.book.standing())).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });

  it('read in two runs over one durable state', () => {
    for (const half of [1, archive.length >> 1, archive.length - 1]) {
      const state = { ...openTemporaryState(), durable: true };
      const told: string[] = [];
      const onFinding = (finding: { status: string; revision: number }): number =>
        told.push(`${finding.status} ${finding.revision}`);
      for (const objects of [archive.slice(0, half), archive.slice(half)]) {
        const pipeline = testPipeline({ state, onFinding });
        for (const object of objects) {
          readSmall(pipeline, object);
          pipeline.advance(object.deliveredMs);
        }
        pipeline.finish();
        pipeline.checkpoint();
      }
      // Judged once more when everything is closed: a month later nothing is open.
      const last = testPipeline({ state });
      last.advance(archive.at(-1)!.deliveredMs + 40 * 86_400_000);
      expect(comparable(last.book.standing())).toEqual(expected);
      expect(told.length).toBeGreaterThan(0);
      state.close();
    }
  });
});

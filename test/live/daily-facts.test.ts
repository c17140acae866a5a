import { beforeEach, describe, expect, it } from 'vitest';
import { addFact, logFactsJson, newLogFacts, TABLES } from '../../src/coverage/log-facts.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { addDailyFacts, dailyFacts } from '../../src/live/daily-facts.ts';
import { readBatch } from '../../src/live/read-batch.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { ACCOUNT, dataCall, factsOf, flow, PLAIN_FIELDS } from '../coverage/sample-logs.ts';
import { trailRecord } from '../records/trail-records.ts';
import { sourceOfRecords, testClock, testContext } from './live-run.ts';

const DAY_MS = Date.parse('2026-10-05T00:00:00Z');
let writes: number;
let clock: ReturnType<typeof testClock>;
let context: LiveContext;
beforeEach(() => {
  writes = 0;
  clock = testClock(DAY_MS + 3_600_000);
  const state = createLiveMemoryState();
  const counting: typeof state = {
    ...state,
    write: (...given) => {
      writes++;
      return state.write(...given);
    },
  };
  context = testContext({ clock, state: counting });
});

describe('the facts of a day', () => {
  it('are those of all its batches, whichever item they went into', async () => {
    const some = [
      factsOf([dataCall()]),
      factsOf([flow(PLAIN_FIELDS)]),
      factsOf([dataCall({ awsRegion: 'eu-west-1' })]),
    ];
    for (let round = 0; round < 6; round++) for (const facts of some) await addDailyFacts(context, [facts]);
    const day = logFactsJson(await dailyFacts(context.items, DAY_MS));
    expect(Object.keys(day.calls.rows)).toHaveLength(2);
    expect(Object.keys(day.flows.rows)).toHaveLength(1);
    expect(logFactsJson(await dailyFacts(context.items, DAY_MS + 86_400_000))).toEqual(
      logFactsJson(newLogFacts()),
    );
  });

  it('are not written again once they are full', async () => {
    const full = newLogFacts();
    for (let n = 0; n < TABLES.hours.most; n++) addFact(full, 'hours', [ACCOUNT, '1'], 'calls');
    for (let round = 0; round < 40; round++) await addDailyFacts(context, [full]);
    // Once for each item of the day.
    expect(writes).toBeLessThanOrEqual(4);
    await addDailyFacts(context, []);
    expect(writes).toBeLessThanOrEqual(4);
  });

  it('of a batch are those of the records that are its own: what another one brought counts there', async () => {
    const source = (name: string) =>
      sourceOfRecords({
        name,
        deliveredMs: DAY_MS + 3_600_000,
        records: [trailRecord({ eventTime: '2026-10-05T00:30:00Z' })],
      });
    const first = await readBatch(context, source('a.json'));
    const second = await readBatch(context, source('b.json'));
    if (first.outcome !== 'read' || second.outcome !== 'read') throw new Error('not read');
    expect(first.batch.facts.calls.rows.size).toBe(1);
    expect(second.batch.facts.calls.rows.size).toBe(0);
  });
});

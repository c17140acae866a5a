// A state that an older wiretrail wrote goes on as if this one had. The fixtures were written by the first version of each format.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FORMAT_VERSION } from '../../src/live/item-formats.ts';
import { lastTrailObjectMs } from '../../src/live/windows.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import type { LiveState } from '../../src/state/live-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import { closeAll, invoke, sourceOfRecords, standingFindings, testClock, testContext } from './live-run.ts';

const START_MS = Date.parse('2026-10-05T10:00:00Z');
const OLDER = Array.from({ length: FORMAT_VERSION - 1 }, (_, at) => at + 1);

interface FixtureItem {
  readonly partition: string;
  readonly sort: string;
  readonly version: number;
  /** base64 */
  readonly body: string;
}

async function stateOf(format: number): Promise<LiveState> {
  const file = new URL(`./formats/format-${format}.json`, import.meta.url);
  const state = createLiveMemoryState();
  for (const { partition, sort, version, body } of JSON.parse(readFileSync(file, 'utf8')) as FixtureItem[]) {
    expect(Buffer.from(body, 'base64')[0]).toBe(format);
    for (let before = 0; before < version; before++) {
      await state.write({ partition, sort }, Buffer.from(body, 'base64'), before, null);
    }
  }
  return state;
}

/** The trail is stopped; each state has the first of these. */
function stopped(number: number) {
  const record = trailRecord({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: new Date(START_MS + number * 1_000).toISOString().replace('.000', ''),
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    requestParameters: { name: 'main' },
  });
  return sourceOfRecords({
    name: `object-${number}.json`,
    deliveredMs: START_MS + 300_000,
    records: [record],
  });
}

describe.each(OLDER)('a state of format %i', (format) => {
  it('goes on: batches and events are known, findings are revised, windows close', async () => {
    const clock = testClock(Date.parse('2026-10-05T12:00:00Z'));
    const context = testContext({ state: await stateOf(format), clock });
    expect(await lastTrailObjectMs(context.items)).toBeNull();
    const [before] = await standingFindings(context);
    expect(before).toMatchObject({ rule: { id: 'POL-10' }, count: 1, revision: 0 });
    // The same batch, the same event in another object, and a new one.
    await invoke(context, [stopped(1)]);
    await invoke(context, [{ ...stopped(1), id: 'ffffffffffffffff' }, stopped(2)]);
    expect(await standingFindings(context)).toMatchObject([{ id: before?.id, count: 2, revision: 1 }]);
    clock.advance(40 * 86_400_000);
    expect(await closeAll(context)).toBeGreaterThan(0);
    expect(await standingFindings(context)).toMatchObject([{ count: 2, status: 'final' }]);
    expect(await lastTrailObjectMs(context.items)).not.toBeNull();
  });
});

describe('a state of a newer format', () => {
  it('is refused, and not changed', async () => {
    const state = await stateOf(1);
    const key = { partition: 'value', sort: 'stamps' };
    const [stamps] = await state.read([key]);
    const newer = Buffer.from(stamps!.body);
    newer[0] = FORMAT_VERSION + 1;
    await state.write(key, newer, stamps!.version, null);
    await expect(invoke(testContext({ state }), [stopped(2)])).rejects.toMatchObject({
      code: 'E_STATE_NEWER',
    });
    expect(Buffer.from((await state.read([key]))[0]!.body).equals(newer)).toBe(true);
  });
});

// What the live state comes to: small items, and far fewer of them than records. A request is no item of its own: it lies in the summary of
// its key and hour.

import { readFileSync, rmSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { MAX_ITEM_BYTES } from '../../src/state/live-state.ts';
import { archiveSources, recordsOf } from '../live/live-run.ts';
import { feed, type Recording, recordingContext } from './live-state.ts';
import { shuffler, simulatedArchive, temporaryFolder } from './simulated-archive.ts';

const TYPICAL_BYTES = 4_096;
const HOUR_MS = 3_600_000;
/** The busiest hour of the simulated day has 2,500 records. */
const HOUR_START_MS = Date.parse('2026-10-05T10:00:00Z');
/**
 * Items for 1,000 further records of an hour that has had 1,000. Measured: 69 and 160 on two archives, of keys and principals that were not
 * seen in it before and of claims that were split. Two thirds of these records are calls: an item a request would make 700, one a flow 300.
 */
const MAX_ITEMS_OF_FULL_HOUR = 250;
/** For all 2,000. Measured: 901, of 60 principals with 130 access keys and 200 pairs of key and address, of which five folds have an item an hour or day. */
const MAX_ITEMS = 1_100;

let home: string;
let recording: Recording;
/** After so many records, so many items. */
const growth: { records: number; items: number }[] = [];

beforeAll(async () => {
  home = temporaryFolder();
  const { dir, settings } = await simulatedArchive(home, {
    seed: 'sizes',
    records: 60_000,
    days: 1,
    accounts: 1,
  });
  const { context, recording: recorded } = recordingContext({ settings });
  recording = recorded;
  const ofHour = (await archiveSources(dir)).filter(({ planned: { facts } }) => {
    const intoMs = facts.deliveredMs - HOUR_START_MS;
    return intoMs >= 0 && intoMs < HOUR_MS;
  });
  let records = 0;
  // In no order: the first thousand has something of every minute.
  for (const source of shuffler(1)(ofHour)) {
    if (records >= 2_000) break;
    await feed(context, [source], []);
    records += recordCount(source);
    growth.push({ records, items: recording.kept.size });
  }
}, 60_000);
afterAll(() => rmSync(home, { recursive: true, force: true }));

function recordCount({ planned: { object, facts } }: BatchSource): number {
  const text = gunzipSync(readFileSync(object.name));
  // The first line of a flow log names its fields.
  return facts.kind === 'cloudtrail'
    ? recordsOf(text).length
    : text.toString().trimEnd().split('\n').length - 1;
}

const quantile = (sorted: readonly number[], part: number): number =>
  sorted[Math.floor(sorted.length * part)]!;

it('items have under 4 KB as a rule, and never over 64 KB', () => {
  const sizes = [...recording.kept.values()].map(({ length }) => length).sort((a, b) => a - b);
  expect(sizes.length).toBeGreaterThan(300);
  // Measured: 422 and 2,674.
  expect(quantile(sizes, 0.5)).toBeLessThan(TYPICAL_BYTES);
  expect(quantile(sizes, 0.99)).toBeLessThan(TYPICAL_BYTES);
  for (const { length } of recording.bodies) expect(length).toBeLessThanOrEqual(MAX_ITEM_BYTES);
});

it('there are far fewer of them than records, and hardly more once an hour is full', () => {
  const end = growth.at(-1)!;
  const middle = growth.find(({ records }) => records >= 1_000)!;
  expect(end.records).toBeGreaterThanOrEqual(2_000);
  expect(end.items).toBeLessThan(MAX_ITEMS);
  const perThousand = ((end.items - middle.items) / (end.records - middle.records)) * 1_000;
  expect(perThousand).toBeLessThan(MAX_ITEMS_OF_FULL_HOUR);
});

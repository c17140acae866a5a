// Invariant 2: live equals replay. An archive that is fed object by object, in any order and grouping, with objects that come twice, while windows
// close on the way, leaves the findings of its replay; and so it does when everything that can fail does.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { closeWindows } from '../../src/live/closing.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { ARCHIVE_NAMES, testArchives } from './archives.ts';
import { type Faults, MANY_FAULTS, NO_FAULTS, runSchedule, seededRandom } from './fault-schedules.ts';
import {
  closeAll,
  comparable,
  invoke,
  rethrow,
  standingFindings,
  type TestArchive,
  testClock,
  testContext,
} from './live-run.ts';

let archives: ReadonlyMap<string, TestArchive>;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'wiretrail-live-'));
  archives = await testArchives(folder);
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const archiveOf = (name: string): TestArchive => archives.get(name)!;

describe.each(ARCHIVE_NAMES)('an archive with %s', (name) => {
  const odd = ARCHIVE_NAMES.indexOf(name) % 2;
  it('holds what it was made for', () => {
    expect(archiveOf(name).expected.length).toBeGreaterThan(5);
    expect(archiveOf(name).sources.length).toBeGreaterThan(8);
  });

  it('gives the findings of its replay, object by object', async () => {
    const { sources, settings, expected } = archiveOf(name);
    const clock = testClock();
    const context = testContext({ settings, clock });
    for (const source of sources) expect((await invoke(context, [source])).again).toEqual([]);
    clock.advance(100 * 86_400_000);
    expect(await closeAll(context)).toBeGreaterThan(0);
    const found = await standingFindings(context);
    expect(comparable(found)).toEqual(comparable(expected));
    expect(found.every(({ status }) => status === 'final')).toBe(true);
  });

  it('gives them in any order and grouping, closing on the way', async () => {
    const seed = 1 + odd;
    const { sources, settings, expected, closesOnTheWay } = archiveOf(name);
    const random = seededRandom(seed * 1000 + name.length);
    const clock = testClock(Date.parse('2026-10-05T00:00:00Z'));
    const context = testContext({ settings, clock: { ...clock, random } });
    let queue = shuffled([...sources, ...sources.filter(() => random() < 0.3)], random);
    while (queue.length > 0) {
      const group = new Map(queue.splice(0, 1 + Math.floor(random() * 10)).map((one) => [one.id, one]));
      queue = [...queue, ...(await invoke(context, [...group.values()])).again];
      clock.advance(random() * 10 * 3_600_000);
      const onTouched = async (): Promise<void> => {};
      if (closesOnTheWay && random() < 0.5)
        await closeWindows(context, { hasTime: () => random() < 0.8, onTouched, onProblem: rethrow });
    }
    clock.advance(100 * 86_400_000);
    await closeAll(context);
    expect(comparable(await standingFindings(context))).toEqual(comparable(expected));
  });

  // `npm run test:faults` runs a thousand of these. With odd seeds all windows close far behind the records, with even ones near them, while
  // items expire: of either kind of faults, half of the archives meet the one and half the other.
  const faults: readonly (readonly [string, number, Faults])[] = [
    ['conflicts alone', 1 + odd, NO_FAULTS],
    ['kills, lost answers and lost alerts', 2 - odd, MANY_FAULTS],
  ];
  it.each(faults)('gives them, and every alert, through %s, seed %i', async (_kind, seed, chances) => {
    const archive = archiveOf(name);
    const { findings, alertProblems } = await runSchedule(archive, seed, chances);
    expect(comparable(findings)).toEqual(comparable(archive.expected));
    expect(alertProblems).toEqual([]);
  });
});

function shuffled(list: readonly BatchSource[], random: () => number): BatchSource[] {
  return list
    .map((source) => ({ source, at: random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ source }) => source);
}

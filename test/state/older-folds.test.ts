// Summaries that an older version of a fold wrote go on in the form of today: a run, or a deployment, that was begun by an older wiretrail
// finds what this one would have found alone. The fixtures were written by the older version.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AnyFold } from '../../src/detectors/detector.ts';
import { detectors } from '../../src/detectors/index.ts';
import { callWithoutTls } from '../../src/detectors/tls/call-without-tls.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { createMemoryState } from '../../src/state/memory-state.ts';
import { openSqliteState } from '../../src/state/sqlite-state.ts';
import type { State } from '../../src/state/state.ts';
import {
  closeAll,
  invoke,
  sourceOfRecords,
  standingFindings,
  testClock,
  testContext,
} from '../live/live-run.ts';
import { comparable, readSmall, type SmallObject, testPipeline } from '../pipeline/small-archive.ts';
import { READ_BEFORE, READ_NOW } from './older-folds/tls-of-principals.ts';

/** Each fold of a later version than the first, with the versions that a fixture was written by. */
const FIXTURES: Readonly<Record<string, readonly number[]>> = { 'tls-of-principals': [1] };

interface Fixture {
  readonly tables: Readonly<Record<string, readonly Record<string, string | number | { base64: string }>[]>>;
  readonly items: readonly { partition: string; sort: string; version: number; body: string }[];
}

const fixture = JSON.parse(
  readFileSync(new URL('./older-folds/tls-of-principals-1.json', import.meta.url), 'utf8'),
) as Fixture;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wiretrail-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function olderState(): State {
  const path = join(folder, 'state.sqlite');
  openSqliteState(path).close();
  const database = new DatabaseSync(path);
  for (const [table, rows] of Object.entries(fixture.tables)) {
    for (const row of rows) {
      const columns = Object.keys(row);
      const values = Object.values(row).map((value) =>
        typeof value === 'object' ? Buffer.from(value.base64, 'base64') : value,
      );
      const marks = columns.map(() => '?').join(', ');
      database
        .prepare(`INSERT OR REPLACE INTO ${table} (${columns.join(', ')}) VALUES (${marks})`)
        .run(...values);
    }
  }
  database.close();
  return openSqliteState(path);
}

/** Reads, and judges for good. */
function judged(state: State, objects: readonly SmallObject[]): readonly Finding[] {
  const pipeline = testPipeline({ state, detectors: [callWithoutTls] });
  for (const object of objects) readSmall(pipeline, object);
  pipeline.advance(Date.parse('2026-11-20T00:00:00Z'));
  pipeline.finish();
  pipeline.checkpoint();
  return pipeline.book.standing();
}

const alone = (): readonly Finding[] => judged(createMemoryState(), [READ_BEFORE, READ_NOW]);

describe('a fold of a later version', () => {
  it('migrates from every earlier one, with a fixture of each', () => {
    const folds = [...new Set<AnyFold>(detectors.flatMap((detector) => detector.folds))];
    for (const fold of folds.filter(({ version }) => version > 1)) {
      const earlier = Array.from({ length: fold.version - 1 }, (_, at) => at + 1);
      expect([fold.name, FIXTURES[fold.name]]).toEqual([fold.name, earlier]);
      expect(fold.migrate).toBeTypeOf('function');
    }
  });
});

describe('a state with version 1 of tls-of-principals', () => {
  it('finds with --state what one run finds, and not without the older part', () => {
    const [expected] = alone();
    expect(expected).toMatchObject({ rule: { id: 'TLS-01' }, count: 3, severity: 'MEDIUM' });
    expect(expected!.why.join()).toMatch(/202 of 202 direct.*made 55 calls/);
    expect(judged(createMemoryState(), [READ_NOW])).toEqual([]);
    const state = olderState();
    expect(comparable(judged(state, [READ_NOW]))).toEqual(comparable(alone()));
    expect(state.readValue('fold tls-of-principals')).toBe('2');
    state.close();
  });

  it('is as it was when the run that migrates it comes to nothing', () => {
    const first = olderState();
    testPipeline({ state: first, detectors: [callWithoutTls] });
    first.close();
    const again = openSqliteState(join(folder, 'state.sqlite'));
    expect(again.readValue('fold tls-of-principals')).toBe('1');
    expect(comparable(judged(again, [READ_NOW]))).toEqual(comparable(alone()));
    again.close();
  });

  it('goes on live', async () => {
    const state = createLiveMemoryState();
    for (const { partition, sort, version, body } of fixture.items) {
      for (let before = 0; before < version; before++) {
        await state.write({ partition, sort }, Buffer.from(body, 'base64'), before, null);
      }
    }
    const clock = testClock(Date.parse('2026-11-01T11:30:00Z'));
    const context = testContext({ state, detectors: [callWithoutTls], clock });
    // The older object comes once more: its batch is known.
    await invoke(context, [sourceOfRecords(READ_BEFORE), sourceOfRecords(READ_NOW)]);
    clock.advance(40 * 86_400_000);
    await closeAll(context);
    expect(comparable(await standingFindings(context))).toEqual(comparable(alone()));
  });
});

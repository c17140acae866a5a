import { gzipSync } from 'node:zlib';
import { beforeEach, describe, expect, it } from 'vitest';
import { WiretrailError } from '../../src/lib/errors.ts';
import { batchOfObject } from '../../src/live/batch.ts';
import { claimEvents } from '../../src/live/claims.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { type BatchSource, readBatch } from '../../src/live/read-batch.ts';
import { CLAIM_PAGE_MS } from '../../src/records/record.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { trailRecord } from '../records/trail-records.ts';
import { invoke, sourceOfRecords, standingFindings, testContext } from './live-run.ts';

const TIME = '2026-10-05T11:00:00Z';
const STAMP_MS = Date.parse('2026-10-05T11:05:00Z');

function stopped(number: number, over: object = {}): Record<string, unknown> {
  return trailRecord({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: TIME,
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    requestParameters: { name: `trail-${number}` },
    ...over,
  });
}
const source = (name: string, ...records: Record<string, unknown>[]): BatchSource =>
  sourceOfRecords({ name, deliveredMs: STAMP_MS, records });

/** Counts how often the object is opened. */
function counted(one: BatchSource): { source: BatchSource; opened: () => number } {
  let opened = 0;
  const { object } = one.planned;
  const open = () => {
    opened++;
    return object.open();
  };
  return {
    source: { ...one, planned: { ...one.planned, object: { ...object, open } } },
    opened: () => opened,
  };
}

let context: LiveContext;
beforeEach(() => {
  context = testContext();
});

async function read(one: BatchSource) {
  const reading = await readBatch(context, one);
  if (reading.outcome !== 'read') throw new Error('to be read again');
  return reading.batch;
}

describe('reading a batch', () => {
  it('opens an object once where all its events are new, and again where some are not', async () => {
    const first = counted(source('a.json', stopped(1), stopped(2), stopped(2)));
    const { counts } = await read(first.source);
    expect([first.opened(), counts.judged, counts.duplicates]).toEqual([1, 2, 1]);
    const second = counted(source('b.json', stopped(2), stopped(3)));
    const batch = await read(second.source);
    expect([second.opened(), batch.counts.judged, batch.counts.duplicates]).toEqual([2, 1, 1]);
    expect(batch.rows.some(({ key }) => key.includes('trail-2'))).toBe(false);
    // The first one again: its events are its own.
    expect((await read(first.source)).counts.judged).toBe(2);
    expect(first.opened()).toBe(2);
  });

  it('gives the same rows when it comes again', async () => {
    const one = source('a.json', stopped(1), stopped(2));
    const rowsOf = async () => (await read(one)).rows.map(({ fold, key, json }) => [fold.name, key, json]);
    expect(await rowsOf()).toEqual(await rowsOf());
  });

  it('keeps a shared event for the batch that has its call, even if that one died before it claimed it', async () => {
    const shared = { sharedEventID: '00000000-1111-4000-8000-000000000001' };
    const call = stopped(1, shared);
    const owner = source('a.json', call);
    // What was left of the first reading: the call is claimed, the shared event is not yet.
    const page = Math.floor(Date.parse(TIME) / CLAIM_PAGE_MS);
    const identity = String(call.eventID).replaceAll('-', '');
    await claimEvents(context, owner.id, [{ kind: 'call', page, identities: [identity] }], 2e12);
    await invoke(context, [source('b.json', call, stopped(2))]);
    await invoke(context, [owner]);
    expect((await standingFindings(context)).map(({ entity, count }) => [entity, count]).sort()).toEqual([
      ['trail trail-1', 1],
      ['trail trail-2', 1],
    ]);
  });

  it('takes nothing of an object whose source fails in the middle, and all of it the next time', async () => {
    const whole = gzipSync(JSON.stringify({ Records: [stopped(1), stopped(2)] }));
    let fails = true;
    async function* chunks(): AsyncGenerator<Buffer> {
      yield whole.subarray(0, whole.length - 20);
      if (fails) throw new WiretrailError('unreachable', 'a.json', 'S3 cannot be reached', 'run again');
      yield whole.subarray(whole.length - 20);
    }
    const plain = source('a.json');
    const object = { ...plain.planned.object, open: async () => chunks() };
    const cut: BatchSource = { ...plain, planned: { ...plain.planned, object } };
    expect((await invoke(context, [cut])).again).toEqual([cut]);
    expect(await standingFindings(context)).toEqual([]);
    fails = false;
    expect((await invoke(context, [cut])).again).toEqual([]);
    expect(await standingFindings(context)).toHaveLength(2);
  });

  it('takes what stands before the damage of an object, once', async () => {
    const whole = Buffer.from(JSON.stringify({ Records: [stopped(1), stopped(2)] }));
    const plain = source('a.json');
    const open = async () =>
      (async function* () {
        yield whole.subarray(0, whole.length - 100);
      })();
    const damaged: BatchSource = {
      ...plain,
      planned: { ...plain.planned, object: { ...plain.planned.object, open } },
    };
    for (let time = 0; time < 2; time++) await invoke(context, [damaged]);
    expect((await standingFindings(context)).map(({ entity, count }) => [entity, count])).toEqual([
      ['trail trail-1', 1],
    ]);
  });

  it('must come again where claims cannot be written', async () => {
    const store = createLiveMemoryState();
    context = testContext({ state: { ...store, write: async () => false } });
    expect((await readBatch(context, source('a.json', stopped(1)))).outcome).toBe('again');
  });
});

describe('the id of a batch', () => {
  it('is that of the object and its version', () => {
    expect(batchOfObject('s3://b/k', 'v1')).toMatch(/^[0-9a-f]{16}$/);
    const ids = [
      batchOfObject('s3://b/k', 'v1'),
      batchOfObject('s3://b/k', 'v2'),
      batchOfObject('s3://b/kv', '1'),
    ];
    expect(new Set(ids).size).toBe(3);
  });
});

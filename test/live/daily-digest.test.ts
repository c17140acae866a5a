import { beforeEach, describe, expect, it } from 'vitest';
import type { Digest } from '../../src/alerts/digest.ts';
import { NO_SUPPRESSIONS } from '../../src/findings/suppressions.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { addDailyCounts } from '../../src/live/daily-counts.ts';
import { writeDigest } from '../../src/live/daily-digest.ts';
import { capFindings } from '../../src/live/finding-cap.ts';
import { readBatch } from '../../src/live/read-batch.ts';
import { takeBatches } from '../../src/live/take-batches.ts';
import { tellFindings } from '../../src/live/tell-findings.ts';
import { trailRecord } from '../records/trail-records.ts';
import { sourceOfRecords, testClock, testContext } from './live-run.ts';

const DAY_MS = 86_400_000;

let clock: ReturnType<typeof testClock>;
let context: LiveContext;
let digests: Digest[];
beforeEach(() => {
  clock = testClock(Date.parse('2026-10-05T12:00:00Z'));
  context = testContext({ clock });
  digests = [];
});

const write = () =>
  writeDigest(context, { sendDigest: async (digest) => void digests.push(digest) }, NO_SUPPRESSIONS);
const jsonOf = (digest: Digest) => JSON.parse(digest.json) as Record<string, never>;

async function feedLowFinding(): Promise<void> {
  const record = trailRecord({
    eventTime: '2026-10-05T11:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    errorCode: 'AccessDenied',
    requestParameters: { name: 'main' },
  });
  const source = sourceOfRecords({
    name: 'object.json',
    deliveredMs: Date.parse('2026-10-05T11:05:00Z'),
    records: [record, record],
  });
  const reading = await readBatch(context, source);
  if (reading.outcome !== 'read') throw new Error('not read');
  const { touched } = await takeBatches(context, [reading.batch]);
  await addDailyCounts(context, [{ ledger: reading.batch.line.ledger, counts: reading.batch.counts }]);
  await tellFindings(
    context,
    {
      settings: { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null },
      send: async () => {},
      remainingMs: () => 60_000,
      onFailure: () => {},
    },
    touched,
  );
}

describe('the digest', () => {
  it('is written once a day, for the day that is over, and not before the first one is', async () => {
    expect(await write()).toBe(false);
    clock.advance(11 * 3_600_000);
    expect(await write()).toBe(false);
    clock.advance(2 * 3_600_000);
    expect(await write()).toBe(true);
    for (let hour = 0; hour < 20; hour++) {
      clock.advance(3_600_000);
      await write();
    }
    expect(digests).toHaveLength(1);
    expect(jsonOf(digests[0]!)).toMatchObject({
      from: '2026-10-05T00:00:00.000Z',
      to: '2026-10-06T00:00:00.000Z',
    });
  });

  it('says that the monitor lives when there is nothing to say', async () => {
    await write();
    clock.advance(DAY_MS);
    await write();
    expect(digests[0]?.text).toContain('The monitor runs, but judged no record');
    expect(jsonOf(digests[0]!)).toMatchObject({ findings: { total: 0 }, lastTrailObject: null });
  });

  it('adds up, and lists what was too small for an alert', async () => {
    await write();
    await feedLowFinding();
    clock.advance(DAY_MS);
    await write();
    const digest = jsonOf(digests[0]!);
    expect(digest).toMatchObject({
      findings: { total: 1, alerted: 0, digested: 1, belowMinimum: 0, suppressed: 0, failed: 0 },
      objects: { listed: 1, read: 1, partlyRead: 0 },
      records: { total: 2, judged: 1, duplicates: 1 },
      digested: [{ rule: 'POL-10' }],
      lastTrailObject: '2026-10-05T12:00:00.000Z',
    });
    expect(digests[0]?.text).not.toContain('WRONG');
    // Rules for flows and lines saw none.
    expect(JSON.stringify(digest)).toContain('TLS-06');
  });

  it('names a log that raised more findings than are told', async () => {
    await write();
    const found = Array.from({ length: context.findingsOfLogAnHour + 2 }, (_, n) => `finding ${n}`);
    await capFindings(
      context,
      found.map((id) => ({ log: '/app/orders', id, severity: 'HIGH' as const })),
    );
    clock.advance(DAY_MS);
    await write();
    expect(jsonOf(digests[0]!).capped).toEqual([{ log: '/app/orders', severity: 'HIGH', capped: 2 }]);
  });

  it('that could not be sent is sent by the next run', async () => {
    await write();
    clock.advance(DAY_MS);
    const failing = { sendDigest: async () => Promise.reject(new Error('no topic')) };
    await expect(writeDigest(context, failing, NO_SUPPRESSIONS)).rejects.toThrow('no topic');
    expect(await write()).toBe(true);
  });
});

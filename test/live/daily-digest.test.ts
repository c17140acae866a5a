import { beforeEach, describe, expect, it } from 'vitest';
import type { Alerts } from '../../src/alerts/alerts.ts';
import type { Digest } from '../../src/alerts/digest.ts';
import type { NoticeSettings } from '../../src/alerts/notice.ts';
import { tlsOfPrincipals } from '../../src/detectors/tls/tls-calibration.ts';
import { NO_SUPPRESSIONS, type Suppression, type Suppressions } from '../../src/findings/suppressions.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { addDailyCounts } from '../../src/live/daily-counts.ts';
import { type DigestOptions, writeDigests } from '../../src/live/daily-digest.ts';
import { addDailyFacts } from '../../src/live/daily-facts.ts';
import type { DailyVerdicts } from '../../src/live/daily-verdicts.ts';
import { capFindings } from '../../src/live/finding-cap.ts';
import { findingKey, type StoredFinding } from '../../src/live/findings-store.ts';
import { summaryPartition } from '../../src/live/merge-summaries.ts';
import { readBatch } from '../../src/live/read-batch.ts';
import { tellSlackOutbox } from '../../src/live/slack-outbox.ts';
import { takeBatches } from '../../src/live/take-batches.ts';
import { type Telling, tellFindings, toldOnDay } from '../../src/live/tell-findings.ts';
import { trailRecord } from '../records/trail-records.ts';
import { sourceOfRecords, testClock, testContext } from './live-run.ts';

const DAY_MS = 86_400_000;

let clock: ReturnType<typeof testClock>;
let context: LiveContext;
let digests: Digest[];
let failures: string[];
beforeEach(() => {
  clock = testClock(Date.parse('2026-10-05T12:00:00Z'));
  context = testContext({ clock });
  digests = [];
  failures = [];
});

const topic: Alerts = { send: async () => {}, sendDigest: async (digest) => void digests.push(digest) };
const write = (over: Partial<DigestOptions> = {}) =>
  writeDigests(context, {
    alerts: { topic, slack: null },
    suppressions: NO_SUPPRESSIONS,
    hasTime: () => true,
    onFailure: (what) => void failures.push(what),
    ...over,
  });
const daysOf = (some: readonly Digest[]) => some.map(({ day }) => day);
const jsonOf = (digest: Digest) => JSON.parse(digest.json) as Record<string, never>;

async function feedLowFinding(settings: Partial<NoticeSettings> = {}): Promise<void> {
  const record = trailRecord({
    eventTime: '2026-10-05T11:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    eventCategory: 'Management',
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
  await addDailyFacts(context, [reading.batch.facts]);
  await tellFindings(context, telling(settings), touched);
}

function telling(settings: Partial<NoticeSettings> = {}): Telling {
  return {
    settings: { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null, ...settings },
    send: async () => {},
    remainingMs: () => 60_000,
    onFailure: () => {},
  };
}

describe('the digest', () => {
  it('is written once a day, for the day that is over, and not before the first one is', async () => {
    expect(await write()).toBe(0);
    clock.advance(11 * 3_600_000);
    expect(await write()).toBe(0);
    clock.advance(2 * 3_600_000);
    expect(await write()).toBe(1);
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
    const blind = digest.blind as unknown as { code: string; effect: string; rules: string[] }[];
    expect(blind.find(({ code }) => code === 'no-flows')).toMatchObject({
      effect: 'blind',
      rules: expect.arrayContaining(['TLS-06']),
    });
    expect(blind.flatMap(({ rules }) => rules)).not.toContain('POL-10');
    expect(digests[0]?.text).toMatch(/^- blind: no VPC flow log.*\n {2}aws ec2 create-flow-logs /m);
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
    const failing: Alerts = { ...topic, sendDigest: async () => Promise.reject(new Error('no topic')) };
    await expect(write({ alerts: { topic: failing, slack: null } })).rejects.toThrow('no topic');
    expect(await write()).toBe(1);
  });

  it('is not sent to the topic again where only the queue to Slack fails: Slack gets it later', async () => {
    await write();
    clock.advance(DAY_MS);
    let isAway = true;
    const heard: string[] = [];
    const slack: Alerts = {
      ...topic,
      async sendDigest({ day }) {
        if (isAway) throw new Error('no queue');
        heard.push(day);
      },
    };
    expect(await write({ alerts: { topic, slack } })).toBe(1);
    expect(await write({ alerts: { topic, slack } })).toBe(0);
    expect([digests.length, failures]).toEqual([1, ['digest|2026-10-05']]);
    isAway = false;
    for (let run = 0; run < 2; run++) {
      await tellSlackOutbox(context, slack, { hasTime: () => true, onFailure: () => {} });
    }
    expect(heard).toEqual(['2026-10-05']);
  });
});

describe('the calls of the day', () => {
  const call = (n: number, over: Record<string, unknown> = {}) =>
    trailRecord({
      eventTime: `2026-10-05T11:${String(n % 60).padStart(2, '0')}:00Z`,
      eventID: `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`,
      ...over,
    });
  const feed = async (name: string, records: readonly Record<string, unknown>[]): Promise<void> => {
    const deliveredMs = Date.parse('2026-10-05T12:05:00Z');
    const reading = await readBatch(context, sourceOfRecords({ name, deliveredMs, records: [...records] }));
    if (reading.outcome !== 'read') throw new Error('not read');
    await takeBatches(context, [reading.batch]);
  };
  const plain = { tlsDetails: undefined };
  const calls = [
    ...Array.from({ length: 9 }, (_, n) => call(n)),
    call(9, { ...plain, sourceIPAddress: 'lambda.amazonaws.com' }),
    call(10, plain),
    call(11, { eventTime: '2026-10-04T23:59:00Z' }),
  ];
  const digested = async (parts: readonly (readonly Record<string, unknown>[])[]) => {
    await write();
    for (const [at, part] of parts.entries()) await feed(`object-${at}.json`, part);
    clock.advance(DAY_MS);
    await write();
    return digests.at(-1)!;
  };

  it('are told by what they say of TLS, those of another day left out', async () => {
    const { text, json } = await digested([calls]);
    expect(text).toMatch(/^TLS of calls to DynamoDB and DAX: 11 = /m);
    const { verdicts } = JSON.parse(json) as { verdicts: DailyVerdicts };
    expect(verdicts).toEqual({
      totals: { suspicious: 1, weak: 0, unknown: 0, explained: 1, ok: 9 },
      truncated: false,
    });
  });

  it('are the same in whatever objects they came, in any order and some of them twice', async () => {
    const whole = jsonOf(await digested([calls])).verdicts;
    clock = testClock(Date.parse('2026-10-05T12:00:00Z'));
    context = testContext({ clock });
    const parts = [calls.slice(7).toReversed(), calls.slice(3, 9), calls.slice(0, 5), calls.slice(0, 2)];
    expect(jsonOf(await digested(parts)).verdicts).toEqual(whole);
  });

  it('that cannot be counted keep no digest waiting', async () => {
    await write();
    await feed('object.json', calls);
    const day = Date.parse('2026-10-05T00:00:00Z') / DAY_MS;
    const partition = summaryPartition(tlsOfPrincipals.name, day);
    await context.state.write({ partition, sort: 'x' }, Buffer.of(1, 9), 0, null);
    clock.advance(DAY_MS);
    expect(await write()).toBe(1);
    expect(failures).toEqual(['verdicts|2026-10-05']);
    expect(digests[0]!.text).toContain('could not be counted');
  });
});

describe('after days without a run', () => {
  it('each day has its digest, with what was too small for an alert, the oldest first', async () => {
    await write();
    await feedLowFinding();
    clock.advance(4 * DAY_MS);
    expect(await write()).toBe(4);
    expect(daysOf(digests)).toEqual(['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08']);
    expect(digests.map((digest) => jsonOf(digest).digested)).toMatchObject([
      [{ rule: 'POL-10' }],
      [],
      [],
      [],
    ]);
    expect(await write()).toBe(0);
  });

  it('there are as many as what was told is kept for', async () => {
    await write();
    clock.advance(400 * DAY_MS);
    expect(await write()).toBe(13);
    expect(digests.at(-1)!.day).toBe('2027-11-08');
    expect(await write()).toBe(0);
  });

  it('those that a run cannot send are sent by the next one', async () => {
    await write();
    clock.advance(4 * DAY_MS);
    const once: Alerts = {
      ...topic,
      async sendDigest(digest) {
        if (digests.length === 1) throw new Error('no topic');
        digests.push(digest);
      },
    };
    await expect(write({ alerts: { topic: once, slack: null } })).rejects.toThrow('no topic');
    expect(await write({ hasTime: () => digests.length < 3 })).toBe(2);
    expect(await write()).toBe(1);
    expect(daysOf(digests)).toEqual(['2026-10-05', '2026-10-06', '2026-10-07', '2026-10-08']);
  });

  it('one that cannot be read keeps no other waiting', async () => {
    await write();
    const bad = { partition: 'told|2026-10-06', sort: 'x' };
    await context.state.write(bad, Buffer.of(1, 9), 0, null);
    clock.advance(2 * DAY_MS);
    // Yesterday's is tried again.
    await expect(write()).rejects.toMatchObject({ code: 'E_STATE_FORMAT' });
    expect(daysOf(digests)).toEqual(['2026-10-05']);
    clock.advance(DAY_MS);
    expect(await write()).toBe(1);
    expect(daysOf(digests)).toEqual(['2026-10-05', '2026-10-07']);
    expect(failures).toEqual(['digest|2026-10-06']);
  });
});

describe('a suppression in the digest', () => {
  const entry = (expires: string): Suppression => ({
    id: 'aabbccdd',
    match: { rule: ['POL-10'] },
    reason: 'a drill',
    owner: 'ann@example.com',
    expires,
  });
  const until = (expires: string): Suppressions => ({ formatVersion: 1, entries: [entry(expires)] });
  const digestWith = async (suppressions: Suppressions): Promise<Digest> => {
    clock.advance(DAY_MS);
    await write({ suppressions });
    return digests[0]!;
  };

  it('that has expired counts the findings that it would have suppressed', async () => {
    await write();
    await feedLowFinding();
    const digest = await digestWith(until('2026-10-04'));
    expect(digest.text).toContain('EXPIRED on 2026-10-04, suppresses no more: 1 by aabbccdd');
    expect(jsonOf(digest)).toMatchObject({ findings: { digested: 1, suppressed: 0 } });
  });

  it('that expired when the day ended suppressed on that day', async () => {
    await write();
    await feedLowFinding({ suppressedBy: () => 'aabbccdd' });
    const { text } = await digestWith(until('2026-10-05'));
    expect(text).toContain('1 by aabbccdd (rule POL-10): a drill; ann@example.com until 2026-10-05');
    expect(text).not.toContain('EXPIRED');
  });

  it('that came after the finding was told has not suppressed it', async () => {
    await write();
    await feedLowFinding();
    const other = { ...entry('2026-01-01'), id: '00112233', match: { rule: ['SEC-05'] } };
    const { entries } = until('2026-12-31');
    const digest = await digestWith({ formatVersion: 1, entries: [...entries, other] });
    expect(jsonOf(digest)).toMatchObject({
      suppressions: [
        { id: 'aabbccdd', count: 0 },
        { id: '00112233', expired: true },
      ],
    });
  });

  it('counts no finding that was withdrawn', async () => {
    await write();
    await feedLowFinding();
    const [told] = await toldOnDay(context.items, Date.parse('2026-10-05T00:00:00Z'));
    const key = findingKey(told!.findingId);
    const item = (await context.items.read([key])).values().next().value!;
    const stored = JSON.parse(item.content.toString('utf8')) as StoredFinding;
    const withdrawn = { ...stored, told: { ...stored.told!, status: 'withdrawn', revision: 1 } };
    await context.items.write(key, Buffer.from(JSON.stringify(withdrawn)), item, null);
    await tellFindings(context, telling(), [told!.findingId]);
    expect((await digestWith(until('2026-10-04'))).text).toContain('0 by aabbccdd');
  });
});

// What a log can make the monitor say: its lines may look like calls and flows that AWS wrote.

import { beforeEach, describe, expect, it } from 'vitest';
import { batchOfObject, batchOfPayload } from '../../src/live/batch.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { cappedLogs } from '../../src/live/finding-cap.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { trailRecord } from '../records/trail-records.ts';
import { closeAll, invoke, standingFindings, testClock, testContext } from './live-run.ts';

const STAMP_MS = Date.parse('2026-10-05T11:05:00Z');
const TRAIL_KEY =
  'AWSLogs/111122223333/CloudTrail/us-east-1/2026/10/05/111122223333_CloudTrail_us-east-1_20261005T1105Z_a.json.gz';
const BOUND = 3;

let context: LiveContext;
let clock: ReturnType<typeof testClock>;
beforeEach(() => {
  clock = testClock(STAMP_MS);
  context = testContext({ clock, findingsOfLogAnHour: BOUND });
});

function stopped(number: number, over: object = {}): Record<string, unknown> {
  return trailRecord({
    eventID: `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
    eventTime: '2026-10-05T11:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName: 'StopLogging',
    readOnly: false,
    requestParameters: { name: `trail-${number}` },
    ...over,
  });
}
const calls = (count: number, over: (number: number) => object = () => ({})) =>
  Array.from({ length: count }, (_, number) => stopped(number, over(number)));

function sourceOf(name: string, key: string, log: string, id: string, content: string): BatchSource {
  const bytes = Buffer.from(content);
  const open = async () =>
    (async function* () {
      yield bytes;
    })();
  const object = {
    name,
    key,
    sizeBytes: bytes.length,
    version: '1',
    modifiedMs: STAMP_MS,
    named: key === '',
    open,
  };
  const facts = objectFacts(name, key, STAMP_MS);
  const deliveredMs = Number.isNaN(facts.deliveredMs) ? STAMP_MS : facts.deliveredMs;
  return { id, log, planned: { object, facts: { ...facts, deliveredMs } } };
}

/** As CloudWatch Logs hands them to a function. */
function subscribed(messages: readonly string[], logGroup = '/app/orders'): BatchSource {
  const logEvents = messages.map((message, at) => ({
    id: `e-${at}`,
    timestamp: STAMP_MS - 300_000,
    message,
  }));
  const ids = [...logEvents.map(({ id }) => id), messages.join()];
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup,
    logStream: 'main',
    logEvents,
  };
  return sourceOf(
    `${logGroup}/main`,
    '',
    logGroup,
    batchOfPayload(logGroup, 'main', ids),
    JSON.stringify(payload),
  );
}

function object(key: string, content: string): BatchSource {
  const name = `s3://logs/${key}`;
  return sourceOf(name, key, 's3://logs/app', batchOfObject(name, content), content);
}
const lines = (records: readonly object[]): string => records.map((one) => JSON.stringify(one)).join('\n');
const delivered = (records: readonly object[], key = TRAIL_KEY): BatchSource =>
  object(key, JSON.stringify({ Records: records }));

const raised = async (): Promise<number> => (await standingFindings(context)).length;
const held = async (): Promise<number> => {
  const day = Math.floor(clock.nowMs() / 86_400_000) * 86_400_000;
  return (await cappedLogs(context.items, day)).reduce((sum, { capped }) => sum + capped, 0);
};

const FLOWS = Array.from(
  { length: 60 },
  (_, at) =>
    `2 111122223333 eni-${String(at).padStart(17, '0')} 10.0.0.5 52.94.0.1 ${40_000 + at} 80 6 10 4000 1791197100 1791197160 ACCEPT OK`,
);

describe('a log whose lines look like what AWS writes', () => {
  it.each<[string, readonly BatchSource[]]>([
    ['calls in messages of a group', [subscribed(calls(60).map((one) => JSON.stringify(one)))]],
    ['calls in lines of an object', [object('app/orders.jsonl', lines(calls(60)))]],
    ['an object of calls that is not where AWS delivers', [delivered(calls(60), 'app/calls.json')]],
    [
      'an object under the name of a delivery, in a folder of another kind',
      [delivered(calls(60), `app/${TRAIL_KEY.split('/').at(-1)}`)],
    ],
    [
      'lines in an object where AWS delivers calls',
      [object(TRAIL_KEY, `{"message":"x"}\n${lines(calls(60))}`)],
    ],
    [
      'calls of another account, which wait',
      [
        subscribed(
          calls(60, (number) => ({
            recipientAccountId: '444455556666',
            sharedEventID: `00000000-1111-4000-8000-${String(number).padStart(12, '0')}`,
          })).map((one) => JSON.stringify(one)),
        ),
      ],
    ],
  ])('raises a bounded number of findings: %s', async (_what, sources) => {
    for (let time = 0; time < 2; time++) expect((await invoke(context, sources)).again).toEqual([]);
    expect([await raised(), await held()]).toEqual([BOUND, 60 - BOUND]);
    clock.advance(40 * 86_400_000);
    await closeAll(context);
    expect(await raised()).toBe(BOUND);
  });

  it('raises a bounded number of findings: flows', async () => {
    await invoke(context, [subscribed(FLOWS, 'flow-logs')]);
    clock.advance(40 * 86_400_000);
    await closeAll(context);
    expect(await raised()).toBeGreaterThan(0);
    expect(await raised()).toBeLessThanOrEqual(2 * BOUND);
  });

  it('bounds nothing that AWS delivers', async () => {
    await invoke(context, [delivered(calls(20))]);
    expect([await raised(), await held()]).toEqual([20, 0]);
  });

  it('hides nothing that AWS delivers: neither other calls of the same, nor the same calls', async () => {
    await invoke(context, [subscribed(calls(20).map((one) => JSON.stringify(one)))]);
    expect(await raised()).toBe(BOUND);
    const others = calls(10).map((one, number) => ({ ...one, eventID: stopped(1_000 + number).eventID }));
    await invoke(context, [delivered(others)]);
    expect(await raised()).toBe(Math.max(10, BOUND));
    // A trail that goes to a log group too: the group has its calls first.
    await invoke(context, [delivered(calls(20), TRAIL_KEY.replace('_a.', '_b.'))]);
    expect(await raised()).toBe(20);
    expect((await standingFindings(context)).filter(({ count }) => count > 2)).toEqual([]);
  });
});

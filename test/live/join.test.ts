// Flows and calls come in different objects, minutes apart: whichever is first, one alert goes out at once, and one more when the principal is known.

import { beforeEach, expect, it } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { LiveContext } from '../../src/live/context.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { type Telling, tellFindings } from '../../src/live/tell-findings.ts';
import { callList, HOST_ONLY, ordinaryWeeks, role } from '../detectors/generated-calls.ts';
import { flowLog, ORDERS, plainRequests } from '../detectors/generated-flows.ts';
import {
  closeAll,
  comparable,
  invoke,
  sourceOfRecords,
  sourceOfText,
  standingFindings,
  testClock,
  testContext,
} from './live-run.ts';

const TRAIL = 'AWSLogs/111122223333/CloudTrail/us-east-1/2026/11/01/111122223333_CloudTrail_us-east-1_';
const DELIVERED_MS = Date.parse('2026-11-01T12:20:00Z');

const history = callList();
ordinaryWeeks(history, 300);
const plain = callList();
plain.spread(10, '2026-11-01T12:00:00Z', '2026-11-01T12:10:00Z', role('batch'), HOST_ONLY, {
  vpcEndpointId: 'vpce-0abc1234def567890',
});

const trail = (name: string, records: readonly unknown[]): BatchSource =>
  sourceOfRecords({
    name: `${TRAIL}20261101T1220Z_${name}.json`,
    deliveredMs: DELIVERED_MS,
    records: records.map((record, at) => ({ ...(record as object), eventID: `${name}-${at}` })) as never,
  });

function flowSource(): BatchSource {
  const name =
    'AWSLogs/111122223333/vpcflowlogs/us-east-1/2026/11/01/111122223333_vpcflowlogs_us-east-1_fl-0abc1234_20261101T1220Z_1a2b3c4d.log';
  return sourceOfText(name, flowLog(plainRequests(ORDERS, '2026-11-01T12:00:00Z', 10)));
}

let context: LiveContext;
let sent: string[];
let ids: Set<string>;
beforeEach(() => {
  context = testContext({ clock: testClock(DELIVERED_MS), detectors });
  sent = [];
  ids = new Set();
});

/** Alerts of TLS-06: why they were sent, and whom they name. */
async function take(...sources: readonly BatchSource[]): Promise<void> {
  const { again, touched } = await invoke(context, sources);
  expect(again).toEqual([]);
  const telling: Telling = {
    settings: { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null },
    remainingMs: () => 60_000,
    onFailure: (error) => {
      throw error;
    },
    send: async (finding, { why }) => {
      if (finding.rule.id !== 'TLS-06') return;
      ids.add(finding.id);
      sent.push(`${finding.severity} ${why} ${finding.principal?.name ?? 'nobody'}`);
    },
  };
  await tellFindings(context, telling, [...touched]);
}

it('the flows come first: an alert without a name, then its update under the same id', async () => {
  await take(trail('history', history.records));
  await take(flowSource());
  expect(sent).toEqual(['HIGH first nobody']);
  await take(trail('plain', plain.records));
  expect(sent).toEqual(['HIGH first nobody', 'HIGH named batch']);
  await take(trail('plain', plain.records), flowSource());
  expect(sent).toHaveLength(2);
  expect(ids.size).toBe(1);
});

it('the calls come first: one alert with the name', async () => {
  await take(trail('history', history.records));
  await take(trail('plain', plain.records));
  await take(flowSource());
  expect(sent).toEqual(['HIGH first batch']);
});

it('whichever comes first, the end is the same, and TLS-01 is certain of its call', async () => {
  const ends: unknown[] = [];
  for (const order of ['calls', 'flows']) {
    const clock = testClock(DELIVERED_MS);
    context = testContext({ clock, detectors });
    const sources = [trail('history', history.records), trail('plain', plain.records), flowSource()];
    for (const source of order === 'calls' ? sources : sources.reverse()) await take(source);
    const found = await standingFindings(context);
    expect(found.map(({ rule, grade }) => `${rule.id} ${grade}`).sort()).toEqual([
      'TLS-01 certain',
      'TLS-06 certain',
    ]);
    clock.advance(100 * 86_400_000);
    await closeAll(context);
    ends.push(comparable(await standingFindings(context)));
  }
  expect(ends[0]).toEqual(ends[1]);
});

// A key that leaked, and its use: log and trail come in different objects, in any order. One alert either way, and the same as in a replay.

import { expect, it } from 'vitest';
import { detectors } from '../../src/detectors/index.ts';
import type { LiveContext } from '../../src/live/context.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { type Telling, tellFindings } from '../../src/live/tell-findings.ts';
import { callList, role, user } from '../detectors/generated-calls.ts';
import { expandPlaceholders } from '../detectors/golden-inputs.ts';
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
const DELIVERED_MS = Date.parse('2026-11-01T13:20:00Z');

function trail(name: string, fill: (calls: ReturnType<typeof callList>) => void): BatchSource {
  const calls = callList();
  fill(calls);
  const text = expandPlaceholders(JSON.stringify(calls.records));
  const records = (JSON.parse(text) as object[]).map((record, at) => ({
    ...record,
    eventID: `${name}-${at}`,
  }));
  return sourceOfRecords({
    name: `${TRAIL}20261101T1320Z_${name}.json`,
    deliveredMs: DELIVERED_MS,
    records: records as never,
  });
}

const log = (name: string, text: string): BatchSource =>
  sourceOfText(`application/${name}.txt`, expandPlaceholders(text), DELIVERED_MS);

const sources = {
  home: trail('home', (calls) => {
    calls.at('2026-11-01T11:00:00Z', user('deploy'));
    calls.at('2026-11-01T11:00:00Z', role('batch', '198.51.100.7'));
  }),
  leak: log(
    'deployer',
    '2026-11-01T12:00:00.000Z INFO AWS_ACCESS_KEY_ID={{aws-key-id:deploy}} AWS_SECRET_ACCESS_KEY={{aws-secret:deploy}}\n' +
      '2026-11-01T12:01:00.000Z INFO AWS_ACCESS_KEY_ID={{aws-session-key-id:batch}} AWS_SECRET_ACCESS_KEY={{aws-secret:batch}}\n',
  ),
  use: trail('use', (calls) => {
    calls.at('2026-11-01T12:34:00Z', user('deploy', '203.0.113.66'));
    calls.at('2026-11-01T13:00:00Z', role('batch', '203.0.113.66'));
    calls.at('2026-11-01T13:01:00Z', user('deploy'));
  }),
};
type Part = keyof typeof sources;

async function take(context: LiveContext, sent: string[], part: Part): Promise<void> {
  const { again, touched } = await invoke(context, [sources[part]]);
  expect(again).toEqual([]);
  const telling: Telling = {
    settings: { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null },
    remainingMs: () => 60_000,
    onFailure: (error) => {
      throw error;
    },
    send: async (finding, { why }) => {
      if (finding.rule.id === 'REP-13')
        sent.push(`${part}: ${finding.severity} ${why} ${finding.principal?.name}`);
    },
  };
  await tellFindings(context, telling, [...touched]);
}

it.each<[string, readonly Part[]]>([
  ['the leak is first', ['home', 'leak', 'use']],
  ['the use is first', ['home', 'use', 'leak']],
  ['the leak is before all', ['leak', 'home', 'use']],
])('%s: one alert at once, and the end is that of a replay', async (_, order) => {
  const clock = testClock(DELIVERED_MS);
  const context = testContext({ clock, detectors });
  const sent: string[] = [];
  for (const part of order) await take(context, sent, part);
  const last = order.at(-1)!;
  expect(sent.sort()).toEqual([`${last}: CRITICAL first batch`, `${last}: CRITICAL first deploy`]);
  // Again, as queues do.
  for (const part of order) await take(context, sent, part);
  expect(sent).toHaveLength(2);
  clock.advance(200 * 86_400_000);
  await closeAll(context);
  const all = await standingFindings(context);
  const found = all.filter(({ rule }) => rule.id === 'REP-13');
  expect(found.map(({ severity, status, firstSeen }) => `${severity} ${status} ${firstSeen}`)).toEqual(
    expect.arrayContaining([
      'CRITICAL final 2026-11-01T12:00:00.000Z',
      'CRITICAL final 2026-11-01T12:01:00.000Z',
    ]),
  );
  // One story with the finding of the leak.
  for (const { related, entity } of found) {
    const leaks = all.filter(({ rule, entity: key }) => rule.id === 'SEC-01' && key === entity);
    expect(related).toEqual(expect.arrayContaining(leaks.map(({ id }) => id)));
    expect(leaks).toHaveLength(1);
  }
  ends.push(comparable(found));
  expect(ends[0]).toEqual(ends.at(-1));
});

const ends: unknown[] = [];

// A log that turns noisy while findings of its first secrets stand already: those are judged anew.

import { expect, it } from 'vitest';
import { batchOfPayload } from '../../src/live/batch.ts';
import type { BatchSource } from '../../src/live/read-batch.ts';
import { objectFacts } from '../../src/records/object-key.ts';
import { createRandom } from '../../src/simulate/prng.ts';
import { closeAll, invoke, standingFindings, testClock, testContext } from './live-run.ts';

const STAMP_MS = Date.parse('2026-10-05T11:05:00Z');

/** As CloudWatch Logs hands them to a function. */
function subscribed(name: string, messages: readonly string[]): BatchSource {
  const logEvents = messages.map((message, at) => ({
    id: `${name}-${at}`,
    timestamp: STAMP_MS - 300_000 + at,
    message,
  }));
  const payload = {
    messageType: 'DATA_MESSAGE',
    owner: '111122223333',
    logGroup: '/app/orders',
    logStream: 'main',
    logEvents,
  };
  const bytes = Buffer.from(JSON.stringify(payload));
  const ids = logEvents.map(({ id }) => id);
  const object = {
    name: '/app/orders/main',
    key: '',
    sizeBytes: bytes.length,
    version: '1',
    modifiedMs: STAMP_MS,
    named: true,
    open: async () =>
      (async function* () {
        yield bytes;
      })(),
  };
  const facts = { ...objectFacts(object.name, '', STAMP_MS), deliveredMs: STAMP_MS };
  return {
    id: batchOfPayload('/app/orders', 'main', ids),
    log: '/app/orders',
    planned: { object, facts },
  };
}

it('demotes findings that stand when the log turns noisy', async () => {
  const clock = testClock(STAMP_MS);
  const context = testContext({ clock });
  const random = createRandom('noise');
  const lines = (count: number) =>
    Array.from({ length: count }, () => `DEBUG item auth_token=${random.hex(40)}a7 stored`);
  const severities = async () =>
    (await standingFindings(context))
      .filter(({ rule }) => rule.id === 'SEC-11')
      .map(({ severity }) => severity)
      .sort();
  await invoke(context, [subscribed('a', lines(3))]);
  expect(await severities()).toEqual(['HIGH', 'HIGH', 'HIGH']);
  await invoke(context, [subscribed('b', lines(19))]);
  expect(await severities()).toEqual(Array(22).fill('LOW'));
  // What is no noise itself keeps its severity in the same log: another name, and what looks chosen by people.
  const others = [
    `bot_token=${random.hex(38)}b5`,
    `retry with password=${['Nala', 'Kyoto1987', '!'].join('-')}`,
  ];
  await invoke(context, [subscribed('c', others)]);
  expect(await severities()).toEqual(['HIGH', 'HIGH', ...Array(22).fill('LOW')]);
  clock.advance(40 * 86_400_000);
  await closeAll(context);
  expect(await severities()).toEqual(['HIGH', 'HIGH', ...Array(22).fill('LOW')]);
});

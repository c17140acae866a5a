// What happens to the process, the table, the topic and the queue while an object is judged. However it ends, the finding is in the table
// once, and people are told of it: once, unless the fault struck between telling them and noting that they were told.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../local-aws/faults.ts';
import { plainFlow } from './flow-objects.ts';
import { type Alert, flowKey, type Monitor, SERVICE, startMonitor } from './monitor.ts';

/** In this order: a process that is gone is replaced by a cold one. */
const FAULTS: readonly (Pick<Fault, 'effect' | 'action' | 'nth' | 'times'> & {
  readonly left?: true;
  readonly twice?: true;
})[] = [
  { effect: 'kill-before', action: 'secretsmanager:GetSecretValue' },
  { effect: 'kill-after', action: 's3:GetObject' },
  // Between the claim of the events and the end: each write of the state is one that may be the last.
  { effect: 'kill-after', action: 'dynamodb:PutItem', nth: 1 },
  { effect: 'kill-after', action: 'dynamodb:PutItem', nth: 4 },
  { effect: 'kill-before', action: 'dynamodb:PutItem', nth: 6 },
  { effect: 'time-out-after', action: 'dynamodb:PutItem', nth: 3 },
  { effect: 'lose-answer', action: 'dynamodb:PutItem', nth: 1, times: 2 },
  { effect: 'throttle', action: 'dynamodb:*', nth: 2, times: 3 },
  { effect: 'fail', action: 'sns:Publish', times: 2 },
  // Who claimed to tell people is gone: another takes it over when its time has passed.
  { effect: 'kill-before', action: 'sns:Publish', left: true },
  { effect: 'kill-after', action: 'sns:Publish', left: true, twice: true },
  { effect: 'lose-answer', action: 'sns:Publish', twice: true },
  // The acknowledgement: what was done comes again.
  { effect: 'lose-answer', action: 'sqs:DeleteMessage' },
];

const HOUR_MS = 3_600_000;

let monitor: Monitor;

beforeAll(async () => {
  monitor = await startMonitor();
}, 60_000);

afterAll(() => monitor?.close());

/** One account a fault, so that what it leaves behind touches nothing else. */
function account(at: number): string {
  return String(100_000_000_000 + at);
}

describe('a monitor to which things happen', () => {
  const alerts = new Map<string, Alert[]>();

  it.each(
    FAULTS.map(
      (fault, at) => [`${fault.effect} ${fault.action} ${fault.nth ?? ''}`, fault, account(at)] as const,
    ),
  )('%s', async (_, { left, twice, ...fault }, owner) => {
    monitor.aws.faults.clear();
    if (fault.action.startsWith('secretsmanager')) await monitor.aws.cool();
    monitor.aws.faults.add({ ...fault, functionName: `${SERVICE}-archive-objects` });
    const nowMs = Date.now();
    await monitor.put(flowKey(nowMs, owner), plainFlow(owner, nowMs));
    await monitor.aws.settle();
    expect(monitor.aws.faults.unmet()).toEqual([]);
    if (left === true) {
      await monitor.aws.advance(HOUR_MS);
      await monitor.closeWindows();
    }
    for (const alert of await monitor.alerts()) {
      const key = String(alert.attributes.account);
      alerts.set(key, [...(alerts.get(key) ?? []), alert]);
    }
    const told = alerts.get(owner) ?? [];
    expect(told.map(({ attributes }) => attributes.rule)).toEqual(
      twice === true ? ['TLS-06', 'TLS-06'] : ['TLS-06'],
    );
    // TLS-11 says in the digest that nobody can be named: there are no calls.
    const found = (await monitor.findings()).filter(
      ({ account, rule }) => account === owner && rule.id !== 'TLS-11',
    );
    expect(found.map(({ rule, count }) => [rule.id, count])).toEqual([['TLS-06', 1]]);
    // One story, however often it is told.
    expect(new Set(told.map(({ message }) => (message as { id: string }).id))).toEqual(
      new Set(found.map(({ id }) => id)),
    );
  });

  it('loses no message and sets none aside', async () => {
    expect(await monitor.deadLetters()).toEqual([]);
  });
});

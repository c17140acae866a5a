import { beforeEach, describe, expect, it } from 'vitest';
import type { NoticeSettings } from '../../src/alerts/notice.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { completeFinding } from '../../src/findings/score.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { findingKey, readFindings, type StoredFinding } from '../../src/live/findings-store.ts';
import { type Telling, tellFindings, tellOutbox, toldOnDay } from '../../src/live/tell-findings.ts';
import { aDraft, aRule } from '../findings/sample-finding.ts';
import { testClock, testContext } from './live-run.ts';

const SETTINGS: NoticeSettings = { alertFrom: 'MEDIUM', digestFrom: 'INFO', suppressedBy: () => null };
const ID = 'a'.repeat(16);
const LIFE_MS = 60_000;

let clock: ReturnType<typeof testClock>;
let context: LiveContext;
let sent: string[];
beforeEach(() => {
  clock = testClock();
  context = testContext({ clock });
  sent = [];
});

function telling(over: Partial<Telling> = {}): Telling {
  return {
    settings: SETTINGS,
    remainingMs: () => LIFE_MS,
    onFailure: () => {},
    send: async (finding, { why }) => {
      sent.push(`${finding.id.slice(0, 1)} ${finding.revision} ${why}`);
    },
    ...over,
  };
}

async function store(over: Partial<Finding> = {}, beside: readonly string[] = []): Promise<void> {
  const run = { status: 'provisional', revision: 0, fingerprintKeyId: 'key' } as const;
  const finding: Finding = { ...completeFinding(aRule, aDraft, run), id: ID, severity: 'HIGH', ...over };
  const key = findingKey(finding.id);
  const before = (await context.items.read([key])).values().next().value ?? null;
  const known = (await readFindings(context.items, [finding.id])).get(finding.id);
  const value: StoredFinding = {
    parts: {},
    early: [],
    sent: null,
    sending: null,
    ...known,
    told: finding,
    beside,
  };
  await context.items.write(key, Buffer.from(JSON.stringify(value)), before, null);
}

const tell = (over: Partial<Telling> = {}) => tellFindings(context, telling(over), [ID]);
const due = async (): Promise<string[]> => {
  const ids: string[] = [];
  for await (const { key } of context.items.list('outbox')) ids.push(key.sort);
  return ids;
};
const today = async () => {
  const dayMs = Math.floor(clock.nowMs() / 86_400_000) * 86_400_000;
  return (await toldOnDay(context.items, dayMs)).map(({ outcome, digested }) => [outcome, digested]);
};

describe('an alert', () => {
  it('is sent once, and again when it is worse', async () => {
    await store();
    for (let time = 0; time < 3; time++) await tell();
    await store({ revision: 1, severity: 'CRITICAL' });
    for (let time = 0; time < 3; time++) await tell();
    expect(sent).toEqual(['a 0 first', 'a 1 more-severe']);
    expect(await due()).toEqual([]);
    expect(await today()).toEqual([['alerted', false]]);
  });

  it('is sent by one of many that want to at the same time', async () => {
    await store();
    await Promise.all(Array.from({ length: 10 }, () => tell()));
    expect(sent).toEqual(['a 0 first']);
    await tellOutbox(context, telling());
    expect(sent).toEqual(['a 0 first']);
    expect(await due()).toEqual([]);
  });

  it('that could not be sent stays due, and is sent by whoever comes next', async () => {
    const failures: string[] = [];
    await store();
    await tell({
      send: async () => Promise.reject(new Error('no topic')),
      onFailure: (id) => failures.push(id),
    });
    expect(failures).toEqual([ID]);
    expect(await due()).toEqual([ID]);
    expect(await today()).toEqual([['failed', false]]);
    await tellOutbox(context, telling());
    expect(sent).toEqual(['a 0 first']);
    expect(await due()).toEqual([]);
    expect(await today()).toEqual([['alerted', false]]);
  });

  it('of a sender that died is sent when nobody can be sending it any more, and not before', async () => {
    await store();
    // The process ends within the sending: neither an answer nor an error.
    void tell({ send: () => new Promise(() => {}) });
    while ((await readFindings(context.items, [ID])).get(ID)?.sending === null) await Promise.resolve();
    clock.advance(LIFE_MS);
    await tellOutbox(context, telling());
    expect(sent).toEqual([]);
    clock.advance(6_000);
    await tellOutbox(context, telling());
    expect(sent).toEqual(['a 0 first']);
  });

  it('tells the news that came while it was being sent', async () => {
    await store();
    await tell({
      send: async (finding, notice) => {
        await telling().send(finding, notice);
        if (finding.revision === 0) {
          await store({ revision: 1, severity: 'CRITICAL' });
          // Another invocation finds it, and that somebody is sending.
          await tell();
        }
      },
    });
    expect(sent).toEqual(['a 0 first', 'a 1 more-severe']);
    expect(await due()).toEqual([]);
  });

  it('is not begun when there is no time to end it', async () => {
    await store();
    await tell({ remainingMs: () => 1_000 });
    expect(sent).toEqual([]);
    expect(await due()).toEqual([ID]);
  });

  it('of the window beside it is not said again', async () => {
    const other = 'b'.repeat(16);
    await store({}, [other]);
    await store({ id: other }, [ID]);
    await tellFindings(context, telling(), [ID, other]);
    expect(sent).toEqual(['a 0 first']);
    expect(await today()).toEqual([
      ['alerted', false],
      ['alerted', false],
    ]);
  });

  it('is taken back once, and what stood beside it is said then', async () => {
    const other = 'b'.repeat(16);
    await store({}, [other]);
    await store({ id: other }, [ID]);
    await tellFindings(context, telling(), [ID, other]);
    await store({ status: 'withdrawn', revision: 1 }, [other]);
    await tell();
    await tell();
    expect(sent).toEqual(['a 0 first', 'a 1 withdrawn', 'b 0 first']);
  });
});

describe('what is no alert', () => {
  it('is in the digest where it is too small, for the rest of the day', async () => {
    await store({ severity: 'LOW' });
    for (let time = 0; time < 3; time++) await tell();
    expect(sent).toEqual([]);
    expect(await today()).toEqual([['digested', true]]);
  });

  it('is counted where it is suppressed', async () => {
    await store();
    await tell({ settings: { ...SETTINGS, suppressedBy: () => 'abcd1234' } });
    expect(sent).toEqual([]);
    expect(await today()).toEqual([['suppressed', false]]);
    // The suppression is over.
    await tell();
    expect(sent).toEqual(['a 0 first']);
  });

  it('is nothing where there is no finding', async () => {
    await tell();
    expect(sent).toEqual([]);
    expect(await today()).toEqual([]);
  });
});

import { beforeEach, describe, expect, it } from 'vitest';
import type { Alerts } from '../../src/alerts/alerts.ts';
import type { NoticeSettings } from '../../src/alerts/notice.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { completeFinding } from '../../src/findings/score.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import type { LiveContext } from '../../src/live/context.ts';
import { findingKey, readFindings, type StoredFinding } from '../../src/live/findings-store.ts';
import { tellSlackOutbox } from '../../src/live/slack-outbox.ts';
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

describe('where only the queue to Slack fails', () => {
  let isAway: boolean;
  let heard: string[];
  let failures: string[];
  const slack: Alerts = {
    async send(finding, { why }) {
      if (isAway) throw new WiretrailError('E_SLACK_QUEUE', 'queue', 'is away', 'Wait.');
      heard.push(`${finding.id.slice(0, 1)} ${finding.revision} ${why}`);
    },
    sendDigest: async () => {},
  };
  const run = async (over: Partial<Telling> = {}): Promise<void> => {
    await tellOutbox(context, telling({ slack, ...over }));
    const options = { hasTime: () => true, onFailure: (id: string) => void failures.push(id) };
    await tellSlackOutbox(context, slack, options);
  };
  beforeEach(() => {
    isAway = true;
    heard = [];
    failures = [];
  });

  it('the topic is told once, and Slack when the queue is there again', async () => {
    await store();
    await tell({ slack, onFailure: (id) => void failures.push(id) });
    for (let quarter = 0; quarter < 4; quarter++) await run();
    expect(sent).toEqual(['a 0 first']);
    expect(failures).toEqual([ID, ID, ID, ID, ID]);
    expect(await due()).toEqual([]);
    expect(await today()).toEqual([['alerted', false]]);
    isAway = false;
    for (let quarter = 0; quarter < 2; quarter++) await run();
    expect(sent).toEqual(['a 0 first']);
    expect(heard).toEqual(['a 0 first']);
  });

  it('Slack is told how it stands by then, with the last news', async () => {
    await store();
    await tell({ slack });
    await store({ revision: 1, severity: 'CRITICAL' });
    await tell({ slack });
    isAway = false;
    await run();
    expect(sent).toEqual(['a 0 first', 'a 1 more-severe']);
    expect(heard).toEqual(['a 1 more-severe']);
  });

  it('each try ends with the first that the queue does not take, or with its time', async () => {
    const ids = ['a', 'b', 'c'].map((letter) => letter.repeat(16));
    for (const id of ids) await store({ id });
    await tellFindings(context, telling({ slack }), ids);
    expect(sent).toHaveLength(3);
    await run();
    expect(failures).toEqual([ids[0]]);
    isAway = false;
    await tellSlackOutbox(context, slack, { hasTime: () => heard.length < 2, onFailure: () => {} });
    expect(heard).toEqual(['a 0 first', 'b 0 first']);
    await run();
    expect(heard).toHaveLength(3);
  });

  it('news that come while Slack is told stay due', async () => {
    await store();
    await tell({ slack });
    const busy: Alerts = {
      ...slack,
      async send(finding) {
        heard.push(`${finding.revision}`);
        if (finding.revision > 0) return;
        await store({ revision: 1, severity: 'CRITICAL' });
        await tell({ slack });
      },
    };
    for (let time = 0; time < 2; time++) {
      await tellSlackOutbox(context, busy, { hasTime: () => true, onFailure: () => {} });
    }
    expect(heard).toEqual(['0', '1']);
  });
});

describe('where time is short', () => {
  const many = Array.from({ length: 40 }, (_, n) => n.toString(16).padStart(16, '0'));
  const storeMany = async (): Promise<void> => {
    for (const id of many) await store({ id });
  };

  it('what nobody has decided about is put into the outbox, and told by the next run', async () => {
    await storeMany();
    const send: Telling['send'] = async (finding, notice) => {
      await telling().send(finding, notice);
      clock.advance(10_000);
    };
    const endMs = clock.nowMs() + LIFE_MS;
    await tellFindings(context, telling({ send, remainingMs: () => endMs - clock.nowMs() }), many);
    // The last of them is begun with 10 seconds to go, so that nobody looks whether there is more news of it.
    expect(sent).toHaveLength(6);
    expect(await due()).toEqual(many.slice(5));
    await tellOutbox(context, telling());
    expect(sent).toHaveLength(40);
    expect(await due()).toEqual([]);
  });

  it('is an error where not even that can be written: what brought them comes again', async () => {
    await storeMany();
    const { state } = context;
    const away = async (): Promise<never> => {
      throw new WiretrailError('E_STATE_UNAVAILABLE', 'table', 'is throttled', 'Try later.');
    };
    context = testContext({ clock, state: { ...state, write: away } });
    const left = tellFindings(context, telling({ remainingMs: () => 9_000 }), many);
    await expect(left).rejects.toMatchObject({ code: 'E_STATE_BUSY' });
  });

  it('the outbox takes no more than its share', async () => {
    await storeMany();
    const send = async (): Promise<never> => {
      clock.advance(1_000);
      throw new Error('no topic');
    };
    await tellFindings(context, telling({ send }), many);
    const startMs = clock.nowMs();
    await tellOutbox(context, telling({ send }), () => clock.nowMs() - startMs < 5_000);
    expect(clock.nowMs() - startMs).toBe(5_000);
    expect(await due()).toEqual(many);
  });
});

describe('a finding whose item is damaged', () => {
  it('keeps no other one waiting, and stays due', async () => {
    const other = 'b'.repeat(16);
    await store({ id: other });
    await context.state.write(findingKey(ID), Buffer.of(1, 9), 0, null);
    const failures: string[] = [];
    const onFailure = (id: string) => void failures.push(id);
    await tellFindings(context, telling({ onFailure }), [ID, other]);
    await tellOutbox(context, telling({ onFailure }));
    expect(sent).toEqual(['b 0 first']);
    expect(failures).toEqual([ID, ID]);
    expect(await due()).toEqual([ID]);
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

// The notifier against a real server that plays Slack, a memory, and a clock that nobody has to wait for.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tellAlert } from '../../src/alerts/alert-text.ts';
import { createSlackApi, createSlackPace, type SlackSecret } from '../../src/alerts/slack-api.ts';
import {
  MAX_STORIES_A_STORM,
  type NotifierResult,
  notifySlack,
  type ReceivedMessage,
  STORM_WINDOW_MS,
} from '../../src/alerts/slack-notifier.ts';
import type { QueuedFinding } from '../../src/alerts/slack-queue.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { createLiveMemoryState } from '../../src/state/live-memory-state.ts';
import { type LiveState, MAX_ITEM_BYTES } from '../../src/state/live-state.ts';
import { anAlertFinding, FIRST, rules } from './sample-alert.ts';
import { type SlackServer, shown, startSlack, TOKEN, WEBHOOK_PATH } from './slack-server.ts';

const token: SlackSecret = { kind: 'token', token: TOKEN, channel: '#alerts' };
const webhook: SlackSecret = { kind: 'webhook', url: new URL(WEBHOOK_PATH, 'https://hooks.slack.com') };

let slack: SlackServer;
let memory: LiveState;
let nowMs: number;
let problems: WiretrailError[];
const pace = createSlackPace();
beforeEach(async () => {
  nowMs = Date.UTC(2026, 10, 1, 12);
  pace.nextMs = 0;
  memory = createLiveMemoryState();
  problems = [];
  slack = await startSlack(() => nowMs);
});
afterEach(() => slack.close());

let number = 0;
function received(changes: Partial<QueuedFinding> & { readonly title?: string } = {}): ReceivedMessage {
  const { title, ...rest } = changes;
  const finding = anAlertFinding();
  const alert = tellAlert(
    { ...finding, title: title ?? finding.title, revision: rest.revision ?? 0 },
    FIRST,
    rules,
  );
  return {
    id: `m${++number}`,
    body: {
      formatVersion: 1,
      kind: 'finding',
      findingId: 'f1',
      revision: 0,
      storyKey: 's1',
      ruleId: 'TLS-06',
      severity: 'HIGH',
      count: 10,
      firstSeen: '2026-11-01T11:00:00.000Z',
      lastSeen: '2026-11-01T11:30:00.000Z',
      onlyIfTold: false,
      alert: { ...alert, severity: rest.severity ?? 'HIGH' },
      ...rest,
    },
  };
}

function notify(
  messages: readonly ReceivedMessage[],
  secret: SlackSecret = token,
  { remainingMs = 110_000, state = memory }: { remainingMs?: number; state?: LiveState } = {},
): Promise<NotifierResult> {
  const deadlineMs = nowMs + remainingMs;
  const api = createSlackApi({
    secret,
    baseUrl: slack.baseUrl,
    now: () => nowMs,
    wait: async (milliseconds) => {
      nowMs += milliseconds;
    },
    deadlineMs: () => deadlineMs,
    pace,
  });
  return notifySlack(messages, {
    api,
    memory: state,
    now: () => nowMs,
    report: (error) => problems.push(error),
  });
}

const texts = () => [...slack.messages.values()].map(({ text }) => text);
const only = () => {
  expect(slack.messages.size).toBe(1);
  return shown([...slack.messages.values()][0]!);
};

describe('with a bot token', () => {
  it('a story is one message, changed with a count and with what came later', async () => {
    expect(await notify([received({ title: 'First' })])).toEqual({
      failed: [],
      posted: 1,
      updated: 0,
      duplicates: 0,
    });
    nowMs += 3_600_000;
    const second = await notify([
      received({ findingId: 'f2', title: 'Second', count: 5 }),
      received({ findingId: 'f3', title: 'Third', count: 7 }),
    ]);
    expect(second).toEqual({ failed: [], posted: 0, updated: 1, duplicates: 0 });
    const text = only();
    expect(text).toContain('HIGH: First');
    expect(text).toContain('*3 findings* in this story, 22 occurrences');
    expect(text).toMatch(
      /• 11-01 13:00 {2}\*HIGH\* {2}Second \(TLS-06 f2\): Seen for the first time\n• .*Third/,
    );
    expect(slack.requests.map(({ method }) => method)).toEqual(['chat.postMessage', 'chat.update']);
  });

  it('the same id and revision is told once, however often the queue brings it', async () => {
    const message = received();
    expect((await notify([message, received()])).duplicates).toBe(1);
    expect(await notify([message])).toEqual({ failed: [], posted: 0, updated: 0, duplicates: 1 });
    // An older revision that was late is no news, either.
    await notify([received({ revision: 3 })]);
    expect((await notify([received({ revision: 2 })])).duplicates).toBe(1);
    expect(slack.requests).toHaveLength(2);
  });

  it('what gets worse is shown in the place of what was, and said aloud', async () => {
    await notify([received({ title: 'Mild', severity: 'MEDIUM' })]);
    await notify([received({ findingId: 'f2', title: 'Bad', severity: 'CRITICAL' })]);
    expect(slack.requests.map(({ method }) => method)).toEqual([
      'chat.postMessage',
      'chat.update',
      'chat.postMessage',
    ]);
    const [story, reply] = [...slack.messages.values()];
    expect(shown(story!)).toContain('CRITICAL: Bad');
    expect(reply).toMatchObject({ text: 'CRITICAL: Bad', reply_broadcast: true });
    // What is milder changes it silently, and leaves the worst to be seen.
    await notify([received({ findingId: 'f3', title: 'Small', severity: 'MEDIUM' })]);
    expect(slack.messages.size).toBe(2);
    expect(shown([...slack.messages.values()][0]!)).toMatch(/CRITICAL: Bad[\s\S]*Small/);
  });

  it('what is withdrawn says so, and the story with its last finding', async () => {
    await notify([received({ title: 'A' }), received({ findingId: 'f2', title: 'B' })]);
    const gone = (findingId: string) => {
      const { id, body } = received({ findingId, revision: 1 });
      const alert = tellAlert(
        { ...anAlertFinding(), status: 'withdrawn' },
        { ...FIRST, why: 'withdrawn' },
        rules,
      );
      return { id, body: { ...(body as QueuedFinding), alert } };
    };
    await notify([gone('f2')]);
    expect(only()).toContain('HIGH: A');
    expect(only()).toContain('WITHDRAWN: later records took it back');
    await notify([gone('f1')]);
    expect(only()).toMatch(/^WITHDRAWN HIGH: /);
    expect(only()).not.toContain('```');
  });

  it('what is withdrawn and too small for Slack is told only where Slack had heard of it', async () => {
    const gone = (findingId: string) => {
      const { id, body } = received({ findingId, revision: 1, onlyIfTold: true });
      const alert = { ...(body as QueuedFinding).alert, withdrawn: true };
      return { id, body: { ...(body as QueuedFinding), alert } };
    };
    expect(await notify([gone('f9')])).toEqual({ failed: [], posted: 0, updated: 0, duplicates: 1 });
    await notify([received({ title: 'A' })]);
    expect(await notify([gone('f9')])).toMatchObject({ failed: [], updated: 0 });
    expect(await notify([gone('f1')])).toMatchObject({ failed: [], updated: 1 });
    expect(only()).toMatch(/^WITHDRAWN HIGH: /);
  });

  it('a message that somebody deleted is told anew', async () => {
    await notify([received({ title: 'A' })]);
    slack.forget();
    expect(await notify([received({ findingId: 'f2', title: 'B' })])).toMatchObject({
      posted: 1,
      updated: 0,
    });
    expect(only()).toMatch(/HIGH: A[\s\S]*B \(TLS-06 f2\)/);
    await notify([received({ findingId: 'f3', title: 'C' })]);
    expect(only()).toContain('*3 findings*');
  });

  it('a day later it is another story', async () => {
    await notify([received({ title: 'A' })]);
    const later = { firstSeen: '2026-11-02T11:30:00.000Z', lastSeen: '2026-11-02T12:00:00.000Z' };
    await notify([received({ findingId: 'f2', title: 'B', ...later })]);
    expect(texts()).toEqual(['HIGH: A', 'HIGH: B']);
    // One that the story knows stays in it.
    await notify([received({ findingId: 'f2', title: 'B', revision: 1, ...later })]);
    expect(slack.messages.size).toBe(2);
  });
});

describe('with a webhook', () => {
  it('what comes together stands in one message, what comes later in another', async () => {
    const result = await notify(
      [
        received({ title: 'A' }),
        received({ storyKey: 's2', findingId: 'g1', title: 'Other' }),
        received({ findingId: 'f2', title: 'B' }),
      ],
      webhook,
    );
    expect(result).toEqual({ failed: [], posted: 2, updated: 0, duplicates: 0 });
    expect(texts()).toEqual(['HIGH: A', 'HIGH: Other']);
    expect(shown([...slack.messages.values()][0]!)).toMatch(/\*2 findings\*[\s\S]*B \(TLS-06 f2\)/);
    await notify([received({ findingId: 'f3', title: 'C' })], webhook);
    expect(shown([...slack.messages.values()][2]!)).toContain('*3 findings*');
    expect((await notify([received({ findingId: 'f3' })], webhook)).duplicates).toBe(1);
  });
});

describe('a storm', () => {
  const stories = (from: number, count: number): ReceivedMessage[] =>
    Array.from({ length: count }, (_, n) =>
      received({
        storyKey: `story ${from + n}`,
        findingId: `id ${from + n}`,
        title: `Title ${from + n}`,
        severity: (from + n) % 7 === 0 ? 'CRITICAL' : 'HIGH',
      }),
    );
  async function batches(count: number, secret: SlackSecret) {
    for (let at = 0; at < count; at += 10) {
      const result = await notify(stories(at, Math.min(10, count - at)), secret);
      expect(result.failed).toEqual([]);
    }
  }

  it('is told in a roll-up that is changed, and never faster than one a second', async () => {
    await batches(200, token);
    expect(slack.messages.size).toBe(MAX_STORIES_A_STORM + 1);
    const rollUp = [...slack.messages.values()].at(-1)!;
    expect(rollUp.text).toMatch(/^190 more stories at once: 27 CRITICAL, 163 HIGH$/);
    expect(shown(rollUp).match(/\*CRITICAL\*/g)).toHaveLength(20);
    expect(shown(rollUp)).toContain('and 170 more');
    const times = slack.requests.map(({ atMs }) => atMs);
    for (const [at, timeMs] of times.entries()) {
      if (at > 0) expect(timeMs - times[at - 1]!).toBeGreaterThanOrEqual(1_000);
    }
  });

  it('by a webhook takes one message a batch', async () => {
    await batches(60, webhook);
    expect(texts().slice(MAX_STORIES_A_STORM)).toEqual(
      Array(5).fill(expect.stringMatching(/^10 more stories at once/)),
    );
  });

  it('ends with its window', async () => {
    await batches(30, token);
    nowMs += STORM_WINDOW_MS;
    await batches(40, token);
    // The first thirty were told: of the ten new ones each has its message again.
    expect(texts().slice(MAX_STORIES_A_STORM + 1)).toEqual(
      stories(30, 10).map(
        ({ body }) => `${(body as QueuedFinding).severity}: ${(body as QueuedFinding).alert.title}`,
      ),
    );
  });

  it('does not swallow what comes twice, or again', async () => {
    await batches(20, token);
    expect((await notify(stories(10, 10))).duplicates).toBe(10);
    nowMs += STORM_WINDOW_MS;
    await notify([received({ storyKey: 'story 15', findingId: 'id 15', title: 'Title 15', revision: 1 })]);
    expect(texts().at(-1)).toBe('HIGH: Title 15');
  });
});

describe('when Slack', () => {
  it('throttles, everything arrives, later', async () => {
    slack.misbehave.push({ status: 429, retryAfter: '3' }, { status: 429, retryAfter: '2' });
    const result = await notify([received(), received({ storyKey: 's2', findingId: 'g1' })]);
    expect(result).toMatchObject({ failed: [], posted: 2 });
    expect(slack.requests.map(({ atMs }) => atMs - slack.requests[0]!.atMs)).toEqual([
      0, 3_000, 5_000, 6_000,
    ]);
  });

  it('wants more silence than there is time, what was not told comes again', async () => {
    const messages = [
      received(),
      received({ storyKey: 's2', findingId: 'g1' }),
      received({ storyKey: 's3', findingId: 'h1' }),
    ];
    slack.misbehave.push(
      { status: 200, body: JSON.stringify({ ok: true, ts: '1.1', channel: 'C0123456789' }) },
      { status: 429, retryAfter: '600' },
    );
    const result = await notify(messages);
    expect(result.failed).toEqual([messages[1]!.id, messages[2]!.id]);
    expect(problems.map(({ code }) => code)).toEqual(['E_SLACK_AWAY']);
    nowMs += 720_000;
    expect(await notify(messages.slice(1))).toMatchObject({ failed: [], posted: 2 });
  });

  it('stays away, the message fails each time, and is told when it is back', async () => {
    const message = received();
    for (let delivery = 0; delivery < 4; delivery++) {
      slack.misbehave.push('hang-up', { status: 503 }, { status: 500 });
      expect((await notify([message])).failed).toEqual([message.id]);
      nowMs += 720_000;
    }
    expect(problems.map(({ code }) => code)).toEqual(Array(4).fill('E_SLACK_AWAY'));
    expect((await notify([message])).failed).toEqual([]);
    expect(slack.messages.size).toBe(1);
  });

  it('refuses the token, everything comes again, and nothing tells the token', async () => {
    const wrong = { ...token, token: `${TOKEN}x` };
    const messages = [received(), received({ storyKey: 's2', findingId: 'g1' })];
    expect((await notify(messages, wrong)).failed).toEqual(messages.map(({ id }) => id));
    expect(slack.requests).toHaveLength(1);
    expect(problems.map(({ code }) => code)).toEqual(['E_SLACK_SECRET']);
    expect(JSON.stringify(problems.map((error) => [error.message, error.hint, error.stack]))).not.toContain(
      TOKEN,
    );
  });

  it('does not take the layout of a change, it is changed to text', async () => {
    await notify([received({ title: 'A' })]);
    slack.misbehave.push({ status: 200, body: '{"ok":false,"error":"msg_blocks_too_long"}' });
    expect(await notify([received({ findingId: 'f2', title: 'B' })])).toMatchObject({
      failed: [],
      updated: 1,
    });
    expect(texts()[0]).toMatch(/^HIGH: A\nSlack did not take/);
  });

  it('does not take the layout, the alert arrives as text', async () => {
    slack.misbehave.push({ status: 200, body: '{"ok":false,"error":"invalid_blocks"}' });
    expect(await notify([received({ title: 'A' })])).toMatchObject({ failed: [], posted: 1 });
    expect(texts()[0]).toMatch(/^HIGH: A\nSlack did not take this message as it was laid out/);
    expect(problems.map(({ code, where }) => [code, where])).toEqual([['E_SLACK', 'invalid_blocks']]);
  });
});

describe('when the state', () => {
  const failing = (changes: Partial<LiveState>): LiveState => ({ ...memory, ...changes });

  it('cannot be read, nothing is told twice: the messages come again', async () => {
    const state = failing({
      read: () =>
        Promise.reject(new WiretrailError('E_STATE_UNAVAILABLE', 'table', 'is throttled', 'Later.')),
    });
    const message = received();
    expect((await notify([message], token, { state })).failed).toEqual([message.id]);
    expect(slack.requests).toEqual([]);
  });

  it('cannot be written, what was told is done', async () => {
    const state = failing({
      write: () =>
        Promise.reject(new WiretrailError('E_STATE_UNAVAILABLE', 'table', 'is throttled', 'Later.')),
    });
    expect((await notify([received()], token, { state })).failed).toEqual([]);
    expect(slack.messages.size).toBe(1);
    expect(problems.map(({ code }) => code)).toContain('E_STATE_UNAVAILABLE');
  });

  it('was written by another sender meanwhile, both are remembered', async () => {
    let first = true;
    const state = failing({
      async write(key, body, version, expiresAtMs) {
        if (first && key.partition.startsWith('slack|story|')) {
          first = false;
          const other = JSON.parse(Buffer.from(body).toString());
          other.findings = { other: { revision: 0, count: 1, severity: 'LOW', withdrawn: false } };
          await memory.write(key, Buffer.from(JSON.stringify(other)), version, expiresAtMs);
        }
        return memory.write(key, body, version, expiresAtMs);
      },
    });
    await notify([received()], token, { state });
    expect((await notify([received({ findingId: 'other' })])).duplicates).toBe(1);
    expect((await notify([received()])).duplicates).toBe(1);
  });

  it('is of a newer version, nothing is told by this one', async () => {
    await notify([received()]);
    const [item] = await memory.read([{ partition: 'slack|story|s1', sort: 'x' }]);
    const newer = { ...JSON.parse(Buffer.from(item!.body).toString()), formatVersion: 2 };
    await memory.write(item!, Buffer.from(JSON.stringify(newer)), item!.version, null);
    const message = received({ revision: 1 });
    expect((await notify([message])).failed).toEqual([message.id]);
    expect(problems.map(({ code }) => code)).toEqual(['E_STATE_NEWER']);
  });

  it('never holds more than an item may', async () => {
    const long = 'x'.repeat(2_900);
    const { alert: small } = received().body as QueuedFinding;
    const alert = {
      ...small,
      why: Array(16).fill(long),
      unknown: Array(16).fill(long),
      steps: Array(5).fill({ step: long, command: long, risk: long, undo: long }),
      evidence: Array(10).fill({ locator: long, time: 't', fields: '' }),
    };
    for (let n = 0; n < 230; n++) {
      const { id, body } = received({ findingId: `f${n}`, revision: 1 });
      expect((await notify([{ id, body: { ...(body as QueuedFinding), alert } }])).failed).toEqual([]);
    }
    expect(problems).toEqual([]);
    const [item] = await memory.read([{ partition: 'slack|story|s1', sort: 'x' }]);
    expect(item!.body.byteLength).toBeLessThan(MAX_ITEM_BYTES);
    expect((await notify([received({ findingId: 'f229', revision: 1 })])).duplicates).toBe(1);
  });
});

describe('a digest', () => {
  it('is a message of its own', async () => {
    const digest: ReceivedMessage = {
      id: 'd',
      body: {
        formatVersion: 1,
        kind: 'digest',
        subject: 'wiretrail digest 2026-11-01',
        text: 'all\nquiet\n',
      },
    };
    expect(await notify([digest, received()])).toMatchObject({ failed: [], posted: 2 });
    expect(texts()[0]).toBe('wiretrail digest 2026-11-01');
  });

  it('of one day is told once, however often the queue brings it', async () => {
    const digest = (day: string, text: string): ReceivedMessage => ({
      id: `${day} ${text}`,
      body: { formatVersion: 1, kind: 'digest', day, subject: `wiretrail digest ${day}`, text },
    });
    expect(await notify([digest('2026-11-01', 'one')])).toMatchObject({ posted: 1, duplicates: 0 });
    nowMs += 86_400_000;
    // Sent again after a crash, when more was counted.
    const again = await notify([digest('2026-11-01', 'two'), digest('2026-11-02', 'three')]);
    expect(again).toMatchObject({ failed: [], posted: 1, duplicates: 1 });
    expect(texts()).toEqual(['wiretrail digest 2026-11-01', 'wiretrail digest 2026-11-02']);
  });

  it('that was told is told, where that cannot be remembered', async () => {
    const body = { formatVersion: 1, kind: 'digest', day: '2026-11-01', subject: 's', text: 't' } as const;
    const state: LiveState = {
      ...memory,
      write: async () => {
        throw new WiretrailError('E_STATE_UNAVAILABLE', 'table', 'is throttled', 'Try later.');
      },
    };
    expect((await notify([{ id: 'd', body }], token, { state })).failed).toEqual([]);
    expect(problems.map(({ code }) => code)).toEqual(['E_STATE_UNAVAILABLE']);
  });
});

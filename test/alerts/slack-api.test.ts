// Against a real server that plays Slack, with a clock that nobody has to wait for.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createSlackApi,
  createSlackPace,
  type SlackApiOptions,
  type SlackSecret,
} from '../../src/alerts/slack-api.ts';
import type { SlackMessage } from '../../src/alerts/slack-blocks.ts';
import { parseSlackSecret } from '../../src/alerts/slack-secret.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { CHANNEL_ID, type SlackServer, startSlack, TOKEN, WEBHOOK_PATH } from './slack-server.ts';

const token: SlackSecret = { kind: 'token', token: TOKEN, channel: '#alerts' };
const webhook: SlackSecret = { kind: 'webhook', url: new URL(WEBHOOK_PATH, 'https://hooks.slack.com') };
const message = (text: string): SlackMessage => ({ text, blocks: [] });

let slack: SlackServer;
let nowMs: number;
let waits: number[];
beforeEach(async () => {
  nowMs = 1_000_000;
  waits = [];
  slack = await startSlack(() => nowMs);
});
afterEach(() => slack.close());

function api(secret: SlackSecret, options: Partial<SlackApiOptions> = {}) {
  return createSlackApi({
    secret,
    baseUrl: slack.baseUrl,
    now: () => nowMs,
    wait: async (milliseconds) => {
      waits.push(milliseconds);
      nowMs += milliseconds;
    },
    deadlineMs: () => 1_000_000 + 100_000,
    ...options,
  });
}

async function errorOf(promise: Promise<unknown>): Promise<WiretrailError> {
  const error: unknown = await promise.then(
    () => new Error('was done'),
    (thrown: unknown) => thrown,
  );
  if (error instanceof WiretrailError) return error;
  throw error;
}

describe('a bot token', () => {
  it('posts, changes what it posted by the channel’s id, and replies aloud', async () => {
    const { post, update, reply, canUpdate } = api(token);
    expect(canUpdate).toBe(true);
    const place = await post(message('one'));
    expect(place).toEqual({ channel: CHANNEL_ID, ts: '1700000001.000100' });
    expect(await update(place!, message('two'))).toBe(true);
    await reply(place!, message('three'));
    expect(slack.requests.map(({ method, body }) => [method, body.text, body.thread_ts ?? body.ts])).toEqual([
      ['chat.postMessage', 'one', undefined],
      ['chat.update', 'two', place!.ts],
      ['chat.postMessage', 'three', place!.ts],
    ]);
    expect(slack.requests[2]!.body.reply_broadcast).toBe(true);
    expect(slack.requests[0]!.body).toMatchObject({
      unfurl_links: false,
      unfurl_media: false,
      link_names: false,
    });
  });

  it('says that a message is gone', async () => {
    const { post, update } = api(token);
    const place = await post(message('one'));
    slack.forget();
    expect(await update(place!, message('two'))).toBe(false);
  });

  it.each([
    ['invalid_auth', 'E_SLACK_SECRET'],
    ['token_revoked', 'E_SLACK_SECRET'],
    ['channel_not_found', 'E_SLACK'],
    ['invalid_blocks', 'E_SLACK'],
    ['ratelimited', 'E_SLACK_AWAY'],
  ])('that Slack refuses with %s is an error at once', async (code, expected) => {
    slack.misbehave.push({ status: 200, body: JSON.stringify({ ok: false, error: code }) });
    const error = await errorOf(api(token).post(message('one')));
    expect(error.code).toBe(expected);
    expect(slack.requests).toHaveLength(1);
  });

  it('does not repeat what it does not know', async () => {
    slack.misbehave.push({ status: 200, body: JSON.stringify({ ok: false, error: '<b>evil\n</b>' }) });
    expect((await errorOf(api(token).post(message('one')))).where).toBe('unknown_error');
    slack.misbehave.push({ status: 200, body: 'not JSON' });
    expect((await errorOf(api(token).post(message('one')))).where).toBe('http_200');
  });
});

describe('a webhook', () => {
  it('posts, and can do no more', async () => {
    const { post, update, canUpdate } = api(webhook);
    expect(canUpdate).toBe(false);
    expect(await post(message('one'))).toBeNull();
    expect(await update({ channel: 'C', ts: '1' }, message('two'))).toBe(false);
    expect(slack.requests.map(({ method }) => method)).toEqual(['webhook']);
  });

  it.each([
    [404, 'no_service', 'E_SLACK_SECRET'],
    [403, 'invalid_token', 'E_SLACK_SECRET'],
    [410, 'channel_is_archived', 'E_SLACK'],
    [400, 'invalid_blocks', 'E_SLACK'],
  ])('that answers %i %s is an error at once', async (status, body, code) => {
    slack.misbehave.push({ status, body });
    const error = await errorOf(api(webhook).post(message('one')));
    expect([error.code, error.where]).toEqual([code, body]);
    expect(slack.requests).toHaveLength(1);
  });
});

describe('the pace', () => {
  it('is at most one message a second', async () => {
    const { post } = api(token);
    for (let n = 0; n < 5; n++) await post(message(`${n}`));
    expect(slack.requests.map(({ atMs }) => atMs - 1_000_000)).toEqual([0, 1_000, 2_000, 3_000, 4_000]);
  });

  it('goes on from one invocation to the next', async () => {
    const pace = createSlackPace();
    await api(token, { pace }).post(message('one'));
    await api(token, { pace }).post(message('two'));
    expect(slack.requests.map(({ atMs }) => atMs - 1_000_000)).toEqual([0, 1_000]);
  });

  it('begins with a second of silence where somebody may just have sent', async () => {
    await api(token, { pace: createSlackPace(nowMs) }).post(message('one'));
    expect(slack.requests.map(({ atMs }) => atMs - 1_000_000)).toEqual([1_000]);
  });

  it.each([
    ['7', 7_000],
    ['60', 60_000],
    ['soon', 30_000],
    ['', 30_000],
  ])('waits as long as Retry-After says: %s', async (retryAfter, expected) => {
    slack.misbehave.push({ status: 429, retryAfter });
    for (const secret of [token, webhook]) {
      slack.requests.length = 0;
      await api(secret).post(message('one'));
      if (secret === token) expect(slack.requests.map(({ atMs }) => atMs - 1_000_000)).toEqual([0, expected]);
    }
    expect(slack.messages.size).toBe(2);
  });

  it('gives the message back when Slack wants more silence than there is time', async () => {
    slack.misbehave.push({ status: 429, retryAfter: '3600' });
    const pace = createSlackPace();
    const error = await errorOf(api(token, { pace }).post(message('one')));
    expect(error).toMatchObject({ code: 'E_SLACK_AWAY', where: 'Slack' });
    expect(error.message).toContain('3600 seconds of silence');
    expect([slack.requests.length, waits]).toEqual([1, []]);
    // And what comes next does not ask again before that.
    await errorOf(api(token, { pace }).post(message('two')));
    expect(slack.requests).toHaveLength(1);
  });

  it('gives up on a Slack that throttles for ever', async () => {
    for (let n = 0; n < 50; n++) slack.misbehave.push({ status: 429, retryAfter: '1' });
    const error = await errorOf(api(token).post(message('one')));
    expect(error.message).toBe('Slack: answered 429 too often');
    expect(slack.requests).toHaveLength(11);
  });
});

describe('a Slack that does not answer', () => {
  it.each([
    ['500', { status: 500 }],
    ['503', { status: 503 }],
    ['hangs up', 'hang-up'],
  ] as const)('%s: is asked again, a little later each time', async (_name, odd) => {
    slack.misbehave.push(odd, odd);
    await api(token).post(message('one'));
    expect(slack.requests.map(({ atMs }) => atMs - 1_000_000)).toEqual([0, 2_000, 6_000]);
    expect(slack.messages.size).toBe(1);
  });

  it('three times is away', async () => {
    slack.misbehave.push('hang-up', { status: 502 }, 'hang-up');
    const error = await errorOf(api(webhook).post(message('one')));
    expect(error.code).toBe('E_SLACK_AWAY');
    expect(error.message).toMatch(/^Slack: did not answer \((UND_ERR_SOCKET|ECONNRESET)\)$/);
  });

  it('that is not there at all is away', async () => {
    const { baseUrl } = slack;
    await slack.close();
    const error = await errorOf(api(webhook, { baseUrl }).post(message('one')));
    expect(error.message).toBe('Slack: did not answer (ECONNREFUSED)');
    slack = await startSlack(() => nowMs);
  });

  it('or sends us elsewhere gets nothing: the secret goes to no other place', async () => {
    const other = await startSlack(() => nowMs);
    const location = `${other.baseUrl}/api/chat.postMessage`;
    slack.misbehave.push(...Array(3).fill({ status: 307, location }));
    expect((await errorOf(api(token).post(message('one')))).code).toBe('E_SLACK_AWAY');
    expect([slack.requests.length, other.requests.length]).toEqual([3, 0]);
    await other.close();
  });
});

describe('the secret', () => {
  const kept = [TOKEN, WEBHOOK_PATH, ...WEBHOOK_PATH.split('/').filter((part) => part.length > 6)];

  it('stands in no error', async () => {
    const odd = [
      { status: 404, body: 'no_service' },
      { status: 401, body: '{"ok":false,"error":"invalid_auth"}' },
      { status: 429, retryAfter: '9999' },
      'hang-up',
    ] as const;
    for (const one of odd) {
      for (const secret of [token, webhook]) {
        slack.misbehave.push(one, one, one);
        const error = await errorOf(api(secret).post(message('one')));
        slack.misbehave.length = 0;
        const told = [error.message, error.where, error.hint, error.stack, String(error.cause)].join(' ');
        for (const text of kept) expect(told).not.toContain(text);
      }
    }
  });

  const url = (host: string) => `https://${host}${WEBHOOK_PATH}`;
  it('is a token with a channel, or a webhook', () => {
    expect(parseSlackSecret(`${TOKEN}\n`, '#alerts', 'ssm:slack')).toEqual(token);
    expect(parseSlackSecret(url('hooks.slack.com'), null, 'ssm:slack')).toEqual(webhook);
    expect(parseSlackSecret(url('hooks.slack-gov.com'), '#x', 'ssm:slack')).toMatchObject({
      kind: 'webhook',
    });
  });

  it.each([
    ['nothing', '', '#alerts'],
    ['a token without a channel', TOKEN, null],
    ['a user’s token', TOKEN.replace('xoxb', 'xoxp'), '#alerts'],
    ['a webhook without TLS', url('hooks.slack.com').replace('https', 'http'), '#alerts'],
    ['another host', url('hooks.slack.com.evil.example'), '#alerts'],
    ['another port', url('hooks.slack.com:8443'), '#alerts'],
    ['a name and password', url('a:b@hooks.slack.com'), '#alerts'],
    ['no path', 'https://hooks.slack.com/', '#alerts'],
    ['JSON', JSON.stringify({ token: TOKEN }), '#alerts'],
  ])('is not %s, which is not shown', (_name, value, channel) => {
    const wrong = () => parseSlackSecret(value, channel, 'ssm:slack');
    expect(wrong).toThrow(WiretrailError);
    try {
      wrong();
    } catch (error) {
      const { message: told, hint, code } = error as WiretrailError;
      expect(code).toBe('E_SLACK_SECRET');
      for (const text of kept) expect(`${told} ${hint}`).not.toContain(text);
      expect(told).toMatch(/^ssm:slack: /);
    }
  });
});

// Messages to Slack, by a bot token (which can change what it posted) or by an incoming webhook (which can only post). One at a time, one a
// second, and never sooner than Slack says. The secret stands in no error and no log.

import { setTimeout as sleep } from 'node:timers/promises';
import { WiretrailError } from '../lib/errors.ts';
import type { SlackMessage } from './slack-blocks.ts';

/** What may be posted: 1 a second a channel. https://docs.slack.dev/apis/web-api/rate-limits (Posting messages, Incoming webhooks) */
const MIN_INTERVAL_MS = 1_000;
/** Where a 429 comes without Retry-After, or with one that is no number of seconds. */
const DEFAULT_RETRY_AFTER_MS = 30_000;
/** Tries of one request that Slack answers with 5xx, or not at all: behind them the message is given back to the queue. */
const MAX_TRIES = 3;
/** Answers of 429 to one request. Each is waited for, as long as there is time. */
const MAX_THROTTLED = 10;
/** Milliseconds that one request may take. */
const REQUEST_TIMEOUT_MS = 10_000;
/** Slack's answers hold the message that was sent, a few times a section's 3,000 characters. */
const MAX_ANSWER_BYTES = 1_048_576;

/** How Slack is reached. Never shown: both kinds give away the channel. */
export type SlackSecret =
  | { readonly kind: 'token'; readonly token: string; readonly channel: string }
  | { readonly kind: 'webhook'; readonly url: URL };

/** Where a message is that can be changed. */
export interface SlackPlace {
  readonly channel: string;
  readonly ts: string;
}

export interface SlackApi {
  /** False for a webhook: what was posted stays as it is. */
  readonly canUpdate: boolean;
  /** Null where it cannot be changed later. */
  post(message: SlackMessage): Promise<SlackPlace | null>;
  /** False when the message is not there any more, or may not be changed any more. */
  update(place: SlackPlace, message: SlackMessage): Promise<boolean>;
  /** A reply to it that the channel sees too: a changed message makes no sound. */
  reply(place: SlackPlace, message: SlackMessage): Promise<void>;
}

export interface SlackApiOptions {
  readonly secret: SlackSecret;
  /** In place of https://slack.com and of the webhook's own host; for tests. */
  readonly baseUrl?: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly now?: () => number;
  readonly wait?: (milliseconds: number) => Promise<unknown>;
  /** Milliseconds since the epoch after which nothing is waited for any more. */
  readonly deadlineMs: () => number;
  /** Shared by all that send with one secret. */
  readonly pace?: SlackPace;
}

/** When the next request may be sent; outlives an invocation. */
export interface SlackPace {
  nextMs: number;
}

/** `nowMs`: a process that begins does not know when the one before it sent its last message, and waits once. Left out: nobody did. */
export function createSlackPace(nowMs?: number): SlackPace {
  return { nextMs: nowMs === undefined ? 0 : nowMs + MIN_INTERVAL_MS };
}

/** Slack's own words for a failure are codes such as `invalid_auth`; anything else is not repeated. */
const ERROR_CODE = /^[a-z][a-z0-9_.]{0,63}$/;
/** The secret is not (any more) what Slack wants: https://docs.slack.dev/reference/methods/chat.postMessage (errors), and for webhooks https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
const SECRET_ERRORS = new Set([
  'invalid_auth',
  'not_authed',
  'account_inactive',
  'token_revoked',
  'token_expired',
  'no_service',
  'no_active_hooks',
  'invalid_token',
  'no_team',
]);
/** The message that was to be changed: https://docs.slack.dev/reference/methods/chat.update (errors). */
const GONE_ERRORS = new Set(['message_not_found', 'cant_update_message', 'edit_window_closed']);

/**
 * Every call throws a WiretrailError: E_SLACK_AWAY where it may be better later (429 for too long, 5xx, no answer), E_SLACK_SECRET where
 * the secret is refused, E_SLACK where Slack does not take the message.
 */
export function createSlackApi(options: SlackApiOptions): SlackApi {
  const { secret, baseUrl, deadlineMs } = options;
  const { fetch = globalThis.fetch, now = Date.now, wait = sleep, pace = createSlackPace() } = options;

  async function request(url: URL, headers: Record<string, string>, body: object): Promise<Answer> {
    for (let failures = 0, throttled = 0; ; ) {
      await waitUntil(pace.nextMs);
      pace.nextMs = now() + MIN_INTERVAL_MS;
      const answer = await ask(fetch, url, headers, body);
      if (answer.status === 429) {
        pace.nextMs = Math.max(pace.nextMs, now() + retryAfterMs(answer.retryAfter));
        if (++throttled > MAX_THROTTLED) throw away('answered 429 too often');
      } else if (answer.status === 0 || answer.status >= 500) {
        if (++failures >= MAX_TRIES)
          throw away(answer.status === 0 ? `did not answer (${answer.error})` : `answered ${answer.status}`);
        pace.nextMs = Math.max(pace.nextMs, now() + MIN_INTERVAL_MS * 2 ** failures);
      } else return answer;
    }
  }

  async function waitUntil(timeMs: number): Promise<void> {
    const milliseconds = timeMs - now();
    if (milliseconds <= 0) return;
    if (timeMs > deadlineMs()) throw away(`wants ${Math.ceil(milliseconds / 1_000)} seconds of silence`);
    await wait(milliseconds);
  }

  /** https://docs.slack.dev/apis/web-api/: JSON with the token in a header; `ok` tells whether it was done. */
  async function call(token: string, method: string, args: object): Promise<Record<string, unknown>> {
    const url = new URL(`/api/${method}`, baseUrl ?? 'https://slack.com');
    const answer = await request(url, { authorization: `Bearer ${token}` }, args);
    const value = jsonOf(answer.text);
    if (answer.status === 200 && value.ok === true) return value;
    if (value.error === 'ratelimited' || value.error === 'rate_limited') throw away('answered ratelimited');
    throw refused(typeof value.error === 'string' ? value.error : `http_${answer.status}`);
  }

  if (secret.kind === 'webhook') {
    return {
      canUpdate: false,
      async post(message) {
        const url = new URL(secret.url.pathname, baseUrl ?? secret.url);
        const answer = await request(url, {}, { ...message, ...QUIET });
        if (answer.status !== 200) throw refused(answer.text.trim() || `http_${answer.status}`);
        return null;
      },
      update: async () => false,
      reply: async () => undefined,
    };
  }
  const { token, channel } = secret;
  return {
    canUpdate: true,
    async post(message) {
      const { ts, channel: posted } = await call(token, 'chat.postMessage', {
        channel,
        ...message,
        ...QUIET,
      });
      // chat.update wants the channel's id, also where the token was given its name.
      return typeof ts === 'string' && typeof posted === 'string' ? { ts, channel: posted } : null;
    },
    async update(place, message) {
      try {
        await call(token, 'chat.update', { ...place, ...message });
        return true;
      } catch (error) {
        if (error instanceof WiretrailError && GONE_ERRORS.has(error.where)) return false;
        throw error;
      }
    },
    async reply(place, message) {
      const thread = { channel: place.channel, thread_ts: place.ts, reply_broadcast: true };
      await call(token, 'chat.postMessage', { ...thread, ...message, ...QUIET });
    },
  };
}

/** No preview of anything, and no names made into mentions. https://docs.slack.dev/reference/methods/chat.postMessage */
const QUIET = { unfurl_links: false, unfurl_media: false, link_names: false } as const;

interface Answer {
  /** 0: nobody answered. */
  readonly status: number;
  readonly retryAfter: string | null;
  readonly text: string;
  /** Code of the socket's error. */
  readonly error: string;
}

async function ask(
  fetch: typeof globalThis.fetch,
  url: URL,
  headers: Record<string, string>,
  body: object,
): Promise<Answer> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(body),
      // The secret goes to no other place.
      redirect: 'error',
      signal: AbortSignal.timeout(REQUEST_TIMEOUT_MS),
    });
    const text = await readBounded(response);
    return { status: response.status, retryAfter: response.headers.get('retry-after'), text, error: '' };
  } catch (error) {
    // The message of the error may name the URL, which is the secret of a webhook.
    return { status: 0, retryAfter: null, text: '', error: socketCode(error) };
  }
}

async function readBounded(response: Response): Promise<string> {
  if (response.body === null) return '';
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.byteLength;
    if (bytes > MAX_ANSWER_BYTES) return '';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function socketCode(error: unknown): string {
  for (let at = error, depth = 0; at instanceof Error && depth < 4; at = at.cause, depth++) {
    if ('code' in at && typeof at.code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(at.code)) return at.code;
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
  }
  return 'unknown';
}

/** Whole seconds: https://docs.slack.dev/apis/web-api/rate-limits (Responding to rate limiting conditions). */
function retryAfterMs(header: string | null): number {
  return header !== null && /^\d{1,6}$/.test(header.trim()) ? Number(header) * 1_000 : DEFAULT_RETRY_AFTER_MS;
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function away(what: string): WiretrailError {
  return new WiretrailError(
    'E_SLACK_AWAY',
    'Slack',
    what,
    'The message goes back to its queue and is tried again; the alert is on the topic already.',
  );
}

/** `where` is Slack's own code: `invalid_blocks`. */
function refused(code: string): WiretrailError {
  const known = ERROR_CODE.test(code) ? code : 'unknown_error';
  const ofSecret = SECRET_ERRORS.has(known);
  return new WiretrailError(
    ofSecret ? 'E_SLACK_SECRET' : 'E_SLACK',
    known,
    ofSecret ? 'Slack refuses the token or webhook' : 'Slack does not take the message',
    ofSecret
      ? 'Make a new token or webhook in Slack and store it in the place of the old one.'
      : 'Check that the channel exists and that the app is in it; the alert is on the topic.',
  );
}

// Plays Slack: the Web API as a bot token uses it. Refuses what Slack refuses, and answers 429 when it is told to.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { bodyOf, closed, listen } from '../local-aws/front.ts';

export interface SlackPost {
  /** What identifies a message that can be changed. */
  readonly ts: string;
  /** As it stands now. */
  readonly message: SlackBody;
  /** How often it was changed. */
  readonly changes: number;
}

export interface SlackBody {
  readonly text?: string;
  readonly blocks?: readonly { readonly type: string; readonly text?: { readonly text: string } }[];
  readonly thread_ts?: string;
}

export interface SlackServer {
  readonly url: string;
  /** The channel as people see it, in order. */
  readonly posts: readonly SlackPost[];
  /** Every request that came, with the answer's status. Its pace is held by test/alerts, with a clock that nobody has to wait for. */
  readonly requests: readonly { readonly path: string; readonly status: number }[];
  /** The next requests are answered 429, with Retry-After in seconds. */
  throttle(times: number, retryAfterSeconds: number): void;
  /** The next requests are answered 503. */
  fail(times: number): void;
  close(): Promise<void>;
}

/** https://docs.slack.dev/reference/block-kit/blocks */
const MOST_BLOCKS = 50;
const MOST_SECTION_CHARACTERS = 3_000;
const MOST_HEADER_CHARACTERS = 150;

/** Whoever has another token is refused. */
export async function startSlack(token: string): Promise<SlackServer> {
  const posts: SlackPost[] = [];
  const requests: { path: string; status: number }[] = [];
  let throttled = { times: 0, retryAfterSeconds: 0 };
  let failing = 0;

  const server = createServer((message, response) => void serve(message, response));
  const url = `http://127.0.0.1:${await listen(server)}`;

  async function serve(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = (await bodyOf(message)).toString('utf8');
    const path = message.url ?? '';
    const answer = (status: number, text: string): void => {
      requests.push({ path, status });
      response.statusCode = status;
      response.end(text);
    };
    if (throttled.times > 0) {
      throttled.times--;
      response.setHeader('retry-after', String(throttled.retryAfterSeconds));
      return answer(429, JSON.stringify({ ok: false, error: 'ratelimited' }));
    }
    if (failing > 0) {
      failing--;
      return answer(503, '');
    }
    const sent = JSON.parse(body) as SlackBody & { readonly channel?: string; readonly ts?: string };
    const wrong = refusal(sent);
    if (!path.startsWith('/api/')) return answer(404, '');
    const reply = (value: object): void => answer(200, JSON.stringify(value));
    if (message.headers.authorization !== `Bearer ${token}`) {
      return reply({ ok: false, error: 'invalid_auth' });
    }
    if (wrong !== null) return reply({ ok: false, error: wrong });
    if (path === '/api/chat.postMessage') {
      const ts = `1793534400.${String(posts.length + 1).padStart(6, '0')}`;
      posts.push({ ts, message: sent, changes: 0 });
      return reply({ ok: true, channel: 'C0LOCAL', ts });
    }
    if (path !== '/api/chat.update') return reply({ ok: false, error: 'unknown_method' });
    const at = posts.findIndex(({ ts }) => ts === sent.ts);
    if (at < 0 || sent.channel !== 'C0LOCAL') return reply({ ok: false, error: 'message_not_found' });
    posts[at] = { ts: sent.ts!, message: sent, changes: posts[at]!.changes + 1 };
    return reply({ ok: true, channel: 'C0LOCAL', ts: sent.ts });
  }

  return {
    url,
    posts,
    requests,
    throttle(times, retryAfterSeconds) {
      throttled = { times, retryAfterSeconds };
    },
    fail(times) {
      failing = times;
    },
    close: () => closed(server),
  };
}

/** Slack's word for what is wrong with a message; null where nothing is. */
function refusal({ text, blocks }: SlackBody): string | null {
  if ((text ?? '') === '' && blocks === undefined) return 'no_text';
  if (blocks === undefined) return null;
  if (blocks.length > MOST_BLOCKS) return 'invalid_blocks';
  for (const { type, text: inner } of blocks) {
    const length = inner?.text.length ?? 0;
    if (type === 'section' && length > MOST_SECTION_CHARACTERS) return 'invalid_blocks';
    if (type === 'header' && length > MOST_HEADER_CHARACTERS) return 'invalid_blocks';
  }
  return null;
}

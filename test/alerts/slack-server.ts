// Plays Slack on this machine: the three requests that are made of it, its refusals, its throttling. What it would refuse for its form it refuses.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface HeardRequest {
  /** `chat.postMessage`, `chat.update`, or `webhook`. */
  readonly method: string;
  readonly body: SlackBody;
  /** By the clock that was handed in. */
  readonly atMs: number;
}

export interface SlackBody {
  readonly channel?: string;
  readonly ts?: string;
  readonly thread_ts?: string;
  readonly reply_broadcast?: boolean;
  readonly text: string;
  readonly blocks: readonly SlackServerBlock[];
}

interface SlackServerBlock {
  readonly type: string;
  readonly text?: {
    readonly type: string;
    readonly text: string;
    readonly verbatim?: boolean;
    readonly emoji?: boolean;
  };
  readonly elements?: readonly {
    readonly type: string;
    readonly text: string;
    readonly verbatim?: boolean;
  }[];
}

/** One answer other than the usual one. */
export type Misbehaviour =
  | {
      readonly status: number;
      readonly retryAfter?: string;
      readonly location?: string;
      readonly body?: string;
    }
  /** The connection ends without an answer. */
  | 'hang-up';

export interface SlackServer {
  readonly baseUrl: string;
  /** Every request, also those that were refused. */
  readonly requests: HeardRequest[];
  /** What the channel shows: messages by ts, in order; replies among them. */
  readonly messages: Map<string, SlackBody>;
  /** Answers to the next requests, in order. */
  readonly misbehave: Misbehaviour[];
  /** Messages that were deleted by somebody. */
  forget(): void;
  close(): Promise<void>;
}

export const TOKEN = ['xoxb', '1234567890', 'abcdefghijklmnop'].join('-');
export const WEBHOOK_PATH = ['/services', 'T0000', 'B0000', 'abcdefghijklmnop'].join('/');
export const CHANNEL_ID = 'C0123456789';

export async function startSlack(now: () => number): Promise<SlackServer> {
  const requests: HeardRequest[] = [];
  const messages = new Map<string, SlackBody>();
  const misbehave: Misbehaviour[] = [];
  let number = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = JSON.parse(await textOf(request)) as SlackBody;
    const method = request.url === WEBHOOK_PATH ? 'webhook' : (request.url ?? '').replace(/^\/api\//, '');
    requests.push({ method, body, atMs: now() });
    const odd = misbehave.shift();
    if (odd === 'hang-up') return void request.socket.destroy();
    if (odd !== undefined) {
      response.statusCode = odd.status;
      if (odd.retryAfter !== undefined) response.setHeader('retry-after', odd.retryAfter);
      if (odd.location !== undefined) response.setHeader('location', odd.location);
      return void response.end(odd.body ?? '');
    }
    const wrong = formErrors(body);
    if (method === 'webhook') {
      if (wrong.length > 0) response.statusCode = 400;
      else messages.set(String(++number), body);
      return void response.end(wrong.length > 0 ? 'invalid_blocks' : 'ok');
    }
    response.setHeader('content-type', 'application/json; charset=utf-8');
    const say = (value: object) => void response.end(JSON.stringify(value));
    if (request.headers.authorization !== `Bearer ${TOKEN}`) return say({ ok: false, error: 'invalid_auth' });
    if (wrong.length > 0) return say({ ok: false, error: 'invalid_blocks', errors: wrong });
    if (method === 'chat.postMessage') {
      if (body.channel !== '#alerts' && body.channel !== CHANNEL_ID)
        return say({ ok: false, error: 'channel_not_found' });
      const ts = `${1_700_000_000 + ++number}.000100`;
      messages.set(ts, body);
      return say({ ok: true, channel: CHANNEL_ID, ts, message: body });
    }
    if (method !== 'chat.update') return say({ ok: false, error: 'unknown_method' });
    if (body.channel !== CHANNEL_ID) return say({ ok: false, error: 'channel_not_found' });
    if (!messages.has(body.ts ?? '')) return say({ ok: false, error: 'message_not_found' });
    messages.set(body.ts!, body);
    return say({ ok: true, channel: CHANNEL_ID, ts: body.ts, text: body.text });
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Slack has no port');
  return {
    baseUrl: `http://127.0.0.1:${address.port}`,
    requests,
    messages,
    misbehave,
    forget: () => messages.clear(),
    close: () =>
      new Promise((resolve, reject) => {
        server.closeAllConnections();
        server.close((error) => (error === undefined ? resolve() : reject(error)));
      }),
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** What Slack says of blocks (https://docs.slack.dev/reference/block-kit/blocks/), and what nobody wants in an alert: mentions and links. */
export function formErrors({ text, blocks }: SlackBody): string[] {
  const wrong: string[] = [];
  if (typeof text !== 'string' || text === '') wrong.push('no text');
  if (blocks.length > 50) wrong.push(`${blocks.length} blocks`);
  const texts = [text];
  for (const [at, block] of blocks.entries()) {
    if (block.type === 'header') {
      const said = block.text?.text ?? '';
      if (block.text?.type !== 'plain_text' || said.length < 1 || said.length > 150)
        wrong.push(`header ${at}`);
      texts.push(said);
    } else if (block.type === 'section') {
      const said = block.text?.text ?? '';
      if (said.length < 1 || said.length > 3_000) wrong.push(`section ${at} of ${said.length} characters`);
      if (block.text?.type === 'mrkdwn' && block.text.verbatim !== true)
        wrong.push(`section ${at} makes links`);
      texts.push(said);
    } else if (block.type === 'context') {
      const elements = block.elements ?? [];
      if (elements.length < 1 || elements.length > 10) wrong.push(`context ${at}`);
      for (const element of elements) {
        if (element.text.length < 1 || element.text.length > 3_000) wrong.push(`context ${at}`);
        if (element.verbatim !== true) wrong.push(`context ${at} makes links`);
        texts.push(element.text);
      }
    } else wrong.push(`block of type ${block.type}`);
  }
  for (const said of texts) if (/[<>]|&(?!amp;|lt;|gt;)/.test(said)) wrong.push('unescaped markup');
  return wrong;
}

/** All that a message shows, as text. */
export function shown({ blocks }: SlackBody): string {
  return blocks
    .flatMap(({ text, elements }) => [text?.text ?? '', ...(elements ?? []).map((element) => element.text)])
    .filter((text) => text !== '')
    .join('\n');
}

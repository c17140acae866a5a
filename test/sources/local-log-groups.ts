// CloudWatch Logs as a reader sees it, over real HTTP on loopback: groups, and their events page by page, with pages as awkward as wanted.
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface LocalEvent {
  readonly stream: string;
  readonly timestamp: number;
  readonly message: string;
}

export interface LocalLogGroups {
  readonly endpointUrl: string;
  /** Operation and input of every request, refused ones too. */
  readonly requests: readonly {
    readonly operation: string;
    readonly input: Readonly<Record<string, unknown>>;
  }[];
  /** The next requests are answered so, one each, before any is served. */
  refuse(...answers: readonly Refusal[]): void;
  close(): Promise<void>;
}

export interface Refusal {
  readonly status: number;
  /** The service's error code. */
  readonly type: string;
}

export interface LocalLogOptions {
  /** Events of each page, over and over: 0 is an empty page with more behind it. */
  readonly pages?: readonly number[];
  /** Offers the same token for ever. */
  readonly stuck?: boolean;
}

export async function startLocalLogGroups(
  groups: Readonly<Record<string, readonly LocalEvent[]>>,
  { pages = [10_000], stuck = false }: LocalLogOptions = {},
): Promise<LocalLogGroups> {
  const requests: { operation: string; input: Record<string, unknown> }[] = [];
  const refusals: Refusal[] = [];

  function answer(operation: string, input: Record<string, unknown>): { status: number; body: object } {
    const refusal = refusals.shift();
    if (refusal !== undefined)
      return { status: refusal.status, body: { __type: refusal.type, message: 'no' } };
    if (operation === 'DescribeLogGroups') return { status: 200, body: described(input) };
    if (operation === 'FilterLogEvents') return filtered(input);
    return { status: 400, body: { __type: 'UnknownOperationException' } };
  }

  function described({ logGroupNamePrefix = '', limit = 50 }: Record<string, unknown>): object {
    const names = Object.keys(groups)
      .sort()
      .filter((name) => name.startsWith(String(logGroupNamePrefix)));
    return {
      logGroups: names.slice(0, Number(limit)).map((logGroupName) => ({
        logGroupName,
        arn: `arn:aws:logs:us-east-1:111122223333:log-group:${logGroupName}:*`,
        storedBytes: 4_711,
      })),
    };
  }

  function filtered(input: Record<string, unknown>): { status: number; body: object } {
    const events = groups[String(input.logGroupName)];
    if (events === undefined) return { status: 400, body: { __type: 'ResourceNotFoundException' } };
    const from = Number(input.startTime);
    const to = Number(input.endTime);
    const wanted = events
      .map((event, at) => ({ ...event, eventId: String(at).padStart(56, '0') }))
      .filter(({ timestamp }) => timestamp >= from && timestamp <= to)
      .sort((a, b) => a.timestamp - b.timestamp);
    // page.start
    const [page, start] = String(input.nextToken ?? '0.0')
      .split('.')
      .map(Number) as [number, number];
    const end = start + pages[page % pages.length]!;
    const more = end < wanted.length || stuck;
    return {
      status: 200,
      body: {
        events: wanted.slice(start, end).map(({ stream, ...event }) => ({ ...event, logStreamName: stream })),
        ...(more ? { nextToken: stuck ? '0.0' : `${page + 1}.${end}` } : {}),
      },
    };
  }

  const server = createServer((request, response) => {
    void bodyOf(request).then((text) => {
      const operation = String(request.headers['x-amz-target']).replace(/^Logs_20140328\./, '');
      const input = JSON.parse(text) as Record<string, unknown>;
      requests.push({ operation, input });
      const { status, body } = answer(operation, input);
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpointUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refuse: (...answers) => void refusals.push(...answers),
    async close() {
      const done = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await done;
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

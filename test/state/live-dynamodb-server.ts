// A DynamoDB that listens on this machine only, behind a front that can throttle, lose answers and leave keys unprocessed.

import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { CreateTableCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LIVE_TABLE } from '../../src/state/dynamodb-state.ts';

export interface Call {
  /** PutItem, BatchGetItem, ... */
  readonly operation: string;
  readonly body: unknown;
}

/** What happens to a call instead of plain forwarding. */
export type Fault =
  /** Answered with this error; nothing is done. */
  | { readonly error: string; readonly status?: number }
  /** Done, and the connection is closed before the answer. */
  | 'answer-lost'
  /** Of BatchGetItem: only the first key is looked up, the others are given back. */
  | 'one-key-only';

export interface LocalDynamoDb {
  readonly endpointUrl: string;
  readonly calls: readonly Call[];
  /** Asked for each call; null: forwarded. */
  onCall: (call: Call) => Fault | null;
  close(): Promise<void>;
}

type Dynalite = (options: { readonly createTableMs: number }) => Server;

export async function startLocalDynamoDb(): Promise<LocalDynamoDb> {
  // The package has no types.
  const { default: dynalite } = (await import('dynalite' as string)) as { default: Dynalite };
  const backend = dynalite({ createTableMs: 0 });
  const port = await listen(backend);
  const calls: Call[] = [];
  const front = createServer((incoming, outgoing) => {
    answer(incoming, outgoing).catch((error: unknown) => outgoing.destroy(error as Error));
  });
  const local: LocalDynamoDb = {
    endpointUrl: `http://127.0.0.1:${await listen(front)}`,
    calls,
    onCall: () => null,
    async close() {
      for (const server of [front, backend]) {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    },
  };

  async function answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const text = (await bytesOf(incoming)).toString();
    const operation = String(incoming.headers['x-amz-target'] ?? '').replace(/^.*\./, '');
    const call = { operation, body: JSON.parse(text) as unknown };
    calls.push(call);
    const fault = local.onCall(call);
    if (fault !== null && typeof fault === 'object') {
      outgoing.writeHead(fault.status ?? 400, { 'content-type': 'application/x-amz-json-1.0' });
      outgoing.end(JSON.stringify({ __type: `com.amazonaws.dynamodb.v20120810#${fault.error}` }));
      return;
    }
    const { asked, unprocessed } =
      fault === 'one-key-only' ? firstKeyOf(text) : { asked: text, unprocessed: null };
    const { status, headers, body } = await forward(port, incoming, asked);
    if (fault === 'answer-lost') {
      outgoing.destroy();
      return;
    }
    if (unprocessed === null) {
      outgoing.writeHead(status, headers);
      outgoing.end(body);
      return;
    }
    outgoing.writeHead(status, { 'content-type': 'application/x-amz-json-1.0' });
    outgoing.end(JSON.stringify({ ...JSON.parse(body.toString()), UnprocessedKeys: unprocessed }));
  }
  return local;
}

/** An empty table of its own for each test. */
export async function createLiveTable(client: DynamoDBClient, table: string): Promise<void> {
  const { partition, sort } = LIVE_TABLE;
  await client.send(
    new CreateTableCommand({
      TableName: table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [
        { AttributeName: partition, AttributeType: 'S' },
        { AttributeName: sort, AttributeType: 'S' },
      ],
      KeySchema: [
        { AttributeName: partition, KeyType: 'HASH' },
        { AttributeName: sort, KeyType: 'RANGE' },
      ],
    }),
  );
}

function firstKeyOf(text: string): { readonly asked: string; readonly unprocessed: unknown } {
  const { RequestItems } = JSON.parse(text) as {
    RequestItems: Record<string, { Keys: readonly unknown[] }>;
  };
  const [[table, wanted]] = Object.entries(RequestItems) as [[string, { Keys: readonly unknown[] }]];
  const [first, ...others] = wanted.Keys;
  return {
    asked: JSON.stringify({ RequestItems: { [table]: { ...wanted, Keys: [first] } } }),
    unprocessed: others.length === 0 ? {} : { [table]: { ...wanted, Keys: others } },
  };
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return (server.address() as AddressInfo).port;
}

function forward(
  port: number,
  incoming: IncomingMessage,
  text: string,
): Promise<{ readonly status: number; readonly headers: IncomingMessage['headers']; readonly body: Buffer }> {
  return new Promise((resolve, reject) => {
    const headers = { ...incoming.headers, 'content-length': String(Buffer.byteLength(text)) };
    const outgoing = request({ host: '127.0.0.1', port, method: 'POST', path: '/', headers }, (response) => {
      bytesOf(response).then(
        (body) => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }),
        reject,
      );
    });
    outgoing.once('error', reject).end(text);
  });
}

async function bytesOf(stream: AsyncIterable<Buffer>): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks);
}

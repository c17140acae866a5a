import { type DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { createDynamoDbState, LIVE_TABLE, makeDynamoDbClient } from '../../src/state/dynamodb-state.ts';
import { type ItemKey, type LiveState, MAX_ITEM_BYTES } from '../../src/state/live-state.ts';
import {
  type Call,
  createLiveTable,
  type Fault,
  type LocalDynamoDb,
  startLocalDynamoDb,
} from './live-dynamodb-server.ts';
import { liveStateContract } from './live-state-contract.ts';

let server: LocalDynamoDb;
let client: DynamoDBClient;
/** Gives up after two tries, so that a test of giving up takes half a second. */
let impatient: DynamoDBClient;
let tables = 0;

beforeAll(async () => {
  for (const name of ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) process.env[name] ??= 'local';
  server = await startLocalDynamoDb();
  client = makeDynamoDbClient(server.endpointUrl);
  impatient = makeDynamoDbClient(server.endpointUrl, 2);
});
afterAll(async () => {
  client.destroy();
  impatient.destroy();
  await server.close();
});
afterEach(() => {
  server.onCall = () => null;
});

async function newTable(): Promise<string> {
  const table = `live-${++tables}`;
  await createLiveTable(client, table);
  return table;
}

liveStateContract('DynamoDB', async () => createDynamoDbState({ client, table: await newTable() }));

describe('the state in DynamoDB', () => {
  const KEY: ItemKey = { partition: 'p', sort: 's' };
  const body = Uint8Array.of(1, 2, 3);
  let table: string;
  let state: LiveState;
  let waits: number[];
  let firstCall: number;

  beforeEach(async () => {
    table = await newTable();
    waits = [];
    const wait = async (ms: number): Promise<void> => void waits.push(ms);
    state = createDynamoDbState({ client, table, wait, random: () => 1 });
    firstCall = server.calls.length;
  });

  const callsNow = (): readonly Call[] => server.calls.slice(firstCall);
  const operations = (): string[] => callsNow().map(({ operation }) => operation);
  function faultOnce(operation: string, fault: Fault): void {
    let done = false;
    server.onCall = (call) => {
      if (done || call.operation !== operation) return null;
      done = true;
      return fault;
    };
  }
  const stored = async (key: ItemKey): Promise<Record<string, unknown> | undefined> =>
    (
      await client.send(
        new GetItemCommand({
          TableName: table,
          Key: { [LIVE_TABLE.partition]: { S: key.partition }, [LIVE_TABLE.sort]: { S: key.sort } },
        }),
      )
    ).Item;

  it('reads consistently, a hundred keys a request, each once', async () => {
    const keys = Array.from({ length: 250 }, (_, at) => ({ partition: 'p', sort: `k${at}` }));
    await state.read([...keys, ...keys]);
    expect(operations()).toEqual(['BatchGetItem', 'BatchGetItem', 'BatchGetItem']);
    const asked = callsNow().map(
      ({ body }) => (body as { RequestItems: Record<string, { Keys: unknown[] }> }).RequestItems[table]!,
    );
    expect(asked.map(({ Keys }) => Keys.length).sort()).toEqual([100, 100, 50]);
    for (const page of asked) expect(page).toMatchObject({ ConsistentRead: true });
  });

  it('reads nothing without a request', async () => {
    await state.read([]);
    expect(operations()).toEqual([]);
  });

  it('lists consistently, and no more pages than there are', async () => {
    for (let at = 0; at < 40; at++)
      await state.write({ partition: 'p', sort: `${at + 10}` }, new Uint8Array(MAX_ITEM_BYTES), 0, null);
    firstCall = server.calls.length;
    let count = 0;
    for await (const item of state.list('p')) count += item.version;
    expect(count).toBe(40);
    // 2.5 MB in pages of 1 MB.
    expect(operations()).toEqual(['Query', 'Query', 'Query']);
    for (const { body } of callsNow()) expect(body).toMatchObject({ ConsistentRead: true });
  });

  it('stores the body as binary and the expiry in seconds, under the names that the table is made with', async () => {
    await state.write(KEY, body, 0, 1_790_000_000_500);
    expect(await stored(KEY)).toEqual({
      pk: { S: 'p' },
      sk: { S: 's' },
      version: { N: '1' },
      layout: { N: '1' },
      writer: { B: expect.any(Uint8Array) },
      body: { B: body },
      expiry: { N: '1790000001' },
    });
    expect(LIVE_TABLE).toEqual({ partition: 'pk', sort: 'sk', expiry: 'expiry' });
    await state.write(KEY, body, 1, null);
    expect(await stored(KEY)).not.toHaveProperty('expiry');
  });

  it('asks again for keys that were left unprocessed, later each time', async () => {
    const keys = ['a', 'b', 'c', 'd'].map((sort) => ({ partition: 'p', sort }));
    for (const key of keys) await state.write(key, body, 0, null);
    firstCall = server.calls.length;
    server.onCall = () => 'one-key-only';
    expect((await state.read(keys)).map(({ sort }) => sort).sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(operations()).toHaveLength(4);
    expect(waits).toEqual([50, 100, 200]);
    // The table's consistency is asked for again, too.
    const last = callsNow().at(-1)!.body as { RequestItems: Record<string, object> };
    expect(last.RequestItems[table]).toMatchObject({ ConsistentRead: true });
  });

  it('gives up keys that stay unprocessed, and says so', async () => {
    server.onCall = () => 'one-key-only';
    const keys = Array.from({ length: 50 }, (_, at) => ({ partition: 'p', sort: `${at}` }));
    await expect(state.read(keys)).rejects.toMatchObject({
      code: 'E_STATE_UNAVAILABLE',
      message: `table ${table}: is throttled: left 38 keys unread`,
    });
    expect(operations()).toHaveLength(12);
    expect(Math.max(...waits)).toBe(2_000);
  });

  it.each(['ProvisionedThroughputExceededException', 'ThrottlingException'])(
    'tries again after %s, and gives up in the end',
    async (error) => {
      faultOnce('PutItem', { error });
      expect(await state.write(KEY, body, 0, null)).toBe(true);
      expect(operations()).toEqual(['PutItem', 'PutItem']);
      const hasty = createDynamoDbState({ client: impatient, table });
      server.onCall = () => ({ error });
      const failure = {
        code: 'E_STATE_UNAVAILABLE',
        message: `table ${table}: is throttled: answered ${error} 2 times`,
      };
      await expect(hasty.read([KEY])).rejects.toMatchObject(failure);
      await expect(hasty.write(KEY, body, 1, null)).rejects.toMatchObject(failure);
      server.onCall = () => null;
      expect(await state.read([KEY])).toMatchObject([{ version: 1 }]);
    },
  );

  it('knows its own write when the answer was lost', async () => {
    faultOnce('PutItem', 'answer-lost');
    expect(await state.write(KEY, body, 0, null)).toBe(true);
    faultOnce('PutItem', 'answer-lost');
    expect(await state.write(KEY, body, 1, null)).toBe(true);
    expect(await state.read([KEY])).toMatchObject([{ version: 2 }]);
    expect(operations().filter((operation) => operation === 'PutItem')).toHaveLength(4);
  });

  it("does not take another's equal write for its own, answer lost or not", async () => {
    await state.write(KEY, body, 0, null);
    // This one fails before it is done, and the other is quicker than its second try.
    faultOnce('PutItem', { error: 'InternalServerError', status: 500 });
    expect(await state.write(KEY, body, 0, null)).toBe(false);
    expect(operations()).toEqual(['PutItem', 'PutItem', 'PutItem', 'BatchGetItem']);
  });

  it('is asked no second time where the first answer was a conflict', async () => {
    await state.write(KEY, body, 0, null);
    firstCall = server.calls.length;
    expect(await state.write(KEY, body, 0, null)).toBe(false);
    expect(operations()).toEqual(['PutItem']);
  });

  it('says what cannot be reached', async () => {
    const gone = createDynamoDbState({ client: makeDynamoDbClient('http://127.0.0.1:9', 1), table });
    await expect(gone.read([KEY])).rejects.toMatchObject({
      code: 'E_STATE_UNAVAILABLE',
      message: `table ${table}: cannot be read or written (ECONNREFUSED)`,
    });
  });

  it('says that there is no such table', async () => {
    const missing = createDynamoDbState({ client, table: 'not-there' });
    await expect(missing.write(KEY, body, 0, null)).rejects.toMatchObject({
      code: 'E_STATE_DENIED',
      message: 'table not-there: does not exist',
      hint: expect.stringContaining('WIRETRAIL_STATE_TABLE'),
    });
  });

  it('says what is missing where access is denied, and repeats no message', async () => {
    server.onCall = () => ({ error: 'AccessDeniedException' });
    const error = await state.remove(KEY, 1).catch((caught: unknown) => caught);
    expect(error).toMatchObject({
      code: 'E_STATE_DENIED',
      message: `table ${table}: refused (AccessDeniedException)`,
      hint: expect.stringContaining('dynamodb:BatchGetItem'),
    });
    expect(operations()).toEqual(['DeleteItem']);
  });

  const put = (item: Record<string, unknown>): Promise<unknown> =>
    client.send(
      new PutItemCommand({
        TableName: table,
        Item: { pk: { S: 'p' }, sk: { S: 's' }, ...item } as never,
      }),
    );

  it('refuses an item of a newer layout', async () => {
    await put({ layout: { N: '2' }, version: { N: '1' } });
    const newer = { code: 'E_STATE_NEWER', message: expect.stringContaining('layout 2, this one knows 1') };
    await expect(state.read([KEY])).rejects.toMatchObject(newer);
    await expect(state.list('p')[Symbol.asyncIterator]().next()).rejects.toMatchObject(newer);
  });

  it.each([
    ['without anything', {}],
    ['without a version', { layout: { N: '1' } }],
    ['whose version is a text', { layout: { N: '1' }, version: { S: '1' } }],
    ['whose version is no whole number', { layout: { N: '1' }, version: { N: '1.5' } }],
    ['whose body is a text', { layout: { N: '1' }, version: { N: '1' }, body: { S: 'x' } }],
    ['whose expiry is a text', { layout: { N: '1' }, version: { N: '1' }, expiry: { S: 'x' } }],
  ])('refuses an item %s: it is of somebody else', async (_name, item) => {
    await put(item);
    await expect(state.read([KEY])).rejects.toMatchObject({ code: 'E_STATE_FORMAT' });
  });

  it('takes its credentials and region from the environment, and waits for no dead connection', async () => {
    vi.stubEnv('AWS_REGION', 'eu-central-1');
    const made = makeDynamoDbClient(null);
    expect(await made.config.region()).toBe('eu-central-1');
    expect(await made.config.maxAttempts()).toBe(6);
    // Without these a dead connection would hold the function until its own time is over.
    await state.read([KEY]);
    const handler = client.config.requestHandler as unknown as { httpHandlerConfigs(): unknown };
    expect(handler.httpHandlerConfigs()).toMatchObject({
      connectionTimeout: 10_000,
      requestTimeout: 15_000,
      throwOnRequestTimeout: true,
    });
    made.destroy();
  });
});

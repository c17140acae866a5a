// Live state in one DynamoDB table. Every write is conditional on the version that was read, so that no writer loses what another wrote.

import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  BatchGetItemCommand,
  type BatchGetItemCommandOutput,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { WiretrailError } from '../lib/errors.ts';
import { attempts, errorName, httpStatus } from '../lib/service-error.ts';
import {
  checkBody,
  checkKey,
  checkPartition,
  describeKey,
  expirySeconds,
  type ItemKey,
  type LiveState,
  type StoredItem,
} from './live-state.ts';

/** Names of the attributes: `deploy/state.yml` makes the table's keys and its expiry of them. Short, since each item is billed with them. */
export const LIVE_TABLE = { partition: 'pk', sort: 'sk', expiry: 'expiry' } as const;
/** Raised when the attributes change; items of a newer layout are refused (docs/decisions/0002, contract 10). What is in `body` has a version of its own. */
const LAYOUT_VERSION = 1;
/** https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html: 100 items and 16 MB a request; 100 of ours have 6.4 MB. */
const KEYS_A_REQUEST = 100;
/** Pages that are read at the same time. */
const PARALLEL_PAGES = 4;
/**
 * Tries of one request, the first included. The SDK waits up to 0.5, 1, 2, ... seconds between tries of a throttled one:
 * about 8 seconds in all, well inside a function's time.
 */
const MAX_ATTEMPTS = 6;
/** Requests for one page of keys while DynamoDB leaves some of them unprocessed. Each answers at least one key, or is throttled. */
const MAX_BATCH_REQUESTS = 12;
/** Milliseconds before unprocessed keys are asked for again: a random part of 50, 100, 200, ... (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/) */
const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 2_000;
/**
 * DynamoDB answers within tens of milliseconds; a connection that says nothing for this long is dead, and the SDK takes another. Not
 * shorter: while a large object is folded nobody hears the answers, and the timers run out first.
 */
const CONNECTION_TIMEOUT_MS = 10_000;
const REQUEST_TIMEOUT_MS = 15_000;
/** Tells a write that DynamoDB did and whose answer was lost from a write of somebody else. 64 bits. */
const WRITER_BYTES = 8;

/** `endpointUrl`: another DynamoDB; null for AWS. Credentials and region come from the environment. */
export function makeDynamoDbClient(
  endpointUrl: string | null,
  maxAttempts: number = MAX_ATTEMPTS,
): DynamoDBClient {
  const region = process.env.AWS_REGION ?? process.env.AWS_DEFAULT_REGION ?? 'us-east-1';
  return new DynamoDBClient({
    region,
    maxAttempts,
    requestHandler: {
      connectionTimeout: CONNECTION_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(endpointUrl === null ? {} : { endpoint: endpointUrl }),
  });
}

export interface DynamoDbStateOptions {
  readonly client: DynamoDBClient;
  readonly table: string;
  /** Waits the given milliseconds before unprocessed keys are asked for again. */
  readonly wait?: (ms: number) => Promise<unknown>;
  /** 0 up to 1. */
  readonly random?: () => number;
}

type Attributes = Record<string, AttributeValue>;

export function createDynamoDbState(options: DynamoDbStateOptions): LiveState {
  const { client, table, wait = sleep, random = Math.random } = options;

  async function send<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throw stateError(error, table);
    }
  }

  /** At most KEYS_A_REQUEST different keys. */
  async function readPage(keys: readonly ItemKey[]): Promise<Attributes[]> {
    const found: Attributes[] = [];
    let left: Attributes[] = keys.map(keyAttributes);
    for (let request = 0; left.length > 0; request++) {
      if (request === MAX_BATCH_REQUESTS) throw throttled(table, `left ${left.length} keys unread`);
      if (request > 0) await wait(random() * Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (request - 1)));
      const command = new BatchGetItemCommand({
        RequestItems: { [table]: { Keys: left, ConsistentRead: true } },
      });
      const answer: BatchGetItemCommandOutput = await send(() => client.send(command));
      found.push(...(answer.Responses?.[table] ?? []));
      left = answer.UnprocessedKeys?.[table]?.Keys ?? [];
    }
    return found;
  }

  /** Whether the item is what this very write made: DynamoDB did it, the answer was lost, and the SDK asked again. */
  async function isOurs(key: ItemKey, writer: Uint8Array): Promise<boolean> {
    const [stored] = await readPage([key]);
    return stored?.writer?.B !== undefined && Buffer.compare(stored.writer.B, writer) === 0;
  }

  return {
    async read(keys) {
      const wanted = new Map<string, ItemKey>();
      for (const key of keys) {
        checkKey(key);
        wanted.set(JSON.stringify([key.partition, key.sort]), key);
      }
      const all = [...wanted.values()];
      const items: StoredItem[] = [];
      for (let from = 0; from < all.length; from += KEYS_A_REQUEST * PARALLEL_PAGES) {
        const pages: Promise<Attributes[]>[] = [];
        for (let page = 0; page < PARALLEL_PAGES; page++) {
          const start = from + page * KEYS_A_REQUEST;
          pages.push(readPage(all.slice(start, start + KEYS_A_REQUEST)));
        }
        for (const page of await Promise.all(pages))
          for (const attributes of page) items.push(itemOf(attributes, table));
      }
      return items;
    },

    async write(key, body, expectedVersion, expiresAtMs) {
      checkKey(key);
      checkBody(key, body);
      const writer = randomBytes(WRITER_BYTES);
      const expiry = expirySeconds(expiresAtMs);
      const command = new PutItemCommand({
        TableName: table,
        Item: {
          ...keyAttributes(key),
          version: { N: String(expectedVersion + 1) },
          layout: { N: String(LAYOUT_VERSION) },
          writer: { B: writer },
          ...(body.byteLength === 0 ? {} : { body: { B: body } }),
          ...(expiry === null ? {} : { [LIVE_TABLE.expiry]: { N: String(expiry) } }),
        },
        ...(expectedVersion === 0
          ? {
              ConditionExpression: 'attribute_not_exists(#pk)',
              ExpressionAttributeNames: { '#pk': LIVE_TABLE.partition },
            }
          : sameVersion(expectedVersion)),
      });
      return send(async () => {
        try {
          await client.send(command);
          return true;
        } catch (error) {
          if (!isConflict(error)) throw error;
          return attempts(error) > 1 && (await isOurs(key, writer));
        }
      });
    },

    async *list(partition, after) {
      checkPartition(partition);
      const behind = after === undefined || after === '' ? null : after;
      let from: Attributes | undefined;
      do {
        const command = new QueryCommand({
          TableName: table,
          ConsistentRead: true,
          KeyConditionExpression: `#pk = :pk${behind === null ? '' : ' AND #sk > :sk'}`,
          ExpressionAttributeNames: {
            '#pk': LIVE_TABLE.partition,
            ...(behind === null ? {} : { '#sk': LIVE_TABLE.sort }),
          },
          ExpressionAttributeValues: {
            ':pk': { S: partition },
            ...(behind === null ? {} : { ':sk': { S: behind } }),
          },
          ...(from === undefined ? {} : { ExclusiveStartKey: from }),
        });
        const page: QueryCommandOutput = await send(() => client.send(command));
        for (const attributes of page.Items ?? []) yield itemOf(attributes, table);
        from = page.LastEvaluatedKey;
      } while (from !== undefined);
    },

    async remove(key, expectedVersion) {
      checkKey(key);
      const command = new DeleteItemCommand({
        TableName: table,
        Key: keyAttributes(key),
        ...sameVersion(expectedVersion),
      });
      return send(async () => {
        try {
          await client.send(command);
          return true;
        } catch (error) {
          if (!isConflict(error)) throw error;
          return false;
        }
      });
    },
  };
}

function keyAttributes({ partition, sort }: ItemKey): Attributes {
  return { [LIVE_TABLE.partition]: { S: partition }, [LIVE_TABLE.sort]: { S: sort } };
}

function sameVersion(version: number): {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Record<string, string>;
  readonly ExpressionAttributeValues: Attributes;
} {
  return {
    ConditionExpression: '#version = :version',
    ExpressionAttributeNames: { '#version': 'version' },
    ExpressionAttributeValues: { ':version': { N: String(version) } },
  };
}

function itemOf(attributes: Attributes, table: string): StoredItem {
  const partition = attributes[LIVE_TABLE.partition]?.S ?? '';
  const sort = attributes[LIVE_TABLE.sort]?.S ?? '';
  const key = { partition, sort };
  const layout = numberOf(attributes.layout);
  const version = numberOf(attributes.version);
  const expiry = attributes[LIVE_TABLE.expiry] === undefined ? null : numberOf(attributes[LIVE_TABLE.expiry]);
  if (layout > LAYOUT_VERSION) {
    throw new WiretrailError(
      'E_STATE_NEWER',
      `table ${table}, ${describeKey(key)}`,
      `was written by a newer wiretrail (layout ${layout}, this one knows ${LAYOUT_VERSION})`,
      'Deploy that wiretrail again, or give this one a table of its own.',
    );
  }
  if (layout < 1 || version < 1 || expiry === Number.NEGATIVE_INFINITY || isOtherType(attributes.body)) {
    throw new WiretrailError(
      'E_STATE_FORMAT',
      `table ${table}, ${describeKey(key)}`,
      'is no item of wiretrail',
      'Remove it, and let nothing else write to this table.',
    );
  }
  return {
    partition,
    sort,
    version,
    body: attributes.body?.B ?? new Uint8Array(0),
    expiresAtMs: expiry === null ? null : expiry * 1_000,
  };
}

/** A whole number; negative infinity for anything else. */
function numberOf(value: AttributeValue | undefined): number {
  const number = Number(value?.N ?? Number.NaN);
  return Number.isSafeInteger(number) ? number : Number.NEGATIVE_INFINITY;
}

function isOtherType(value: AttributeValue | undefined): boolean {
  return value !== undefined && value.B === undefined;
}

function isConflict(error: unknown): boolean {
  return errorName(error) === 'ConditionalCheckFailedException';
}

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'ThrottlingException',
  'RequestLimitExceeded',
  'LimitExceededException',
]);
const DENIED =
  /AccessDenied|UnrecognizedClient|InvalidSignature|ExpiredToken|CredentialsProvider|MissingAuthentication|^KMS|InvalidKms/;

/** Names what DynamoDB answered, never its message: that may quote an item. */
function stateError(error: unknown, table: string): WiretrailError {
  if (error instanceof WiretrailError) return error;
  const name = errorName(error);
  const where = `table ${table}`;
  if (THROTTLED.has(name)) return throttled(table, `answered ${name} ${attempts(error)} times`, error);
  if (name === 'ResourceNotFoundException') {
    const hint = 'Check WIRETRAIL_STATE_TABLE, the region and the account; deploying makes the table.';
    return new WiretrailError('E_STATE_DENIED', where, 'does not exist', hint, error);
  }
  if (DENIED.test(name)) {
    const hint = `The function's role needs dynamodb:BatchGetItem, PutItem, Query and DeleteItem on it, and its key.`;
    return new WiretrailError('E_STATE_DENIED', where, `refused (${name})`, hint, error);
  }
  const status = httpStatus(error);
  const said = `${name || 'no answer'}${status === 0 ? '' : `, ${status}`}`;
  const hint = 'The message is delivered again. If it stays, see the health of DynamoDB in this region.';
  return new WiretrailError('E_STATE_UNAVAILABLE', where, `cannot be read or written (${said})`, hint, error);
}

function throttled(table: string, what: string, cause?: unknown): WiretrailError {
  const hint = 'The message is delivered again. If it stays, lower the maximum concurrency of the functions.';
  return new WiretrailError('E_STATE_UNAVAILABLE', `table ${table}`, `is throttled: ${what}`, hint, cause);
}

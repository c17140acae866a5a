import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateQueueCommand, ReceiveMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DAY_MS } from '../../src/live/context.ts';
import { findingKey } from '../../src/live/findings-store.ts';
import { createItems } from '../../src/live/items.ts';
import { windowCloserHandler } from '../../src/live/window-closer.ts';
import { createDynamoDbState } from '../../src/state/dynamodb-state.ts';
import type { LiveState } from '../../src/state/live-state.ts';
import { anAlertFinding } from '../alerts/sample-alert.ts';
import { type LocalMonitor, metric, problems, startLocalMonitor } from './local-monitor.ts';

let monitor: LocalMonitor;
let handler: ReturnType<typeof windowCloserHandler>;

beforeEach(async () => {
  monitor = await startLocalMonitor();
  handler = windowCloserHandler(monitor.environment);
});
afterEach(() => monitor.close());

const table = () => monitor.environment.WIRETRAIL_STATE_TABLE!;
const run = () => handler({ source: 'aws.events' }, monitor.lambda);

/** As if the last digest were that of the day before yesterday: format 1, as it is packed there. */
async function digestIsDue(state: LiveState): Promise<void> {
  const key = { partition: 'value', sort: 'digest' };
  const yesterdayMs = (Math.floor(Date.now() / DAY_MS) - 1) * DAY_MS;
  const body = Buffer.concat([Buffer.of(1, 0), Buffer.from(String(yesterdayMs))]);
  expect(await state.write(key, body, 0, null)).toBe(true);
}

describe('window-closer', () => {
  it('runs over an empty table, and says so', async () => {
    expect(await run()).toEqual({ ran: true, closedWindows: 0, left: 0 });
    const lines = monitor.log();
    expect(lines.map((line) => line.message)).toContain('windows closed');
    expect(problems(lines)).toEqual([]);
  });

  it('is one at a time', async () => {
    const state = createDynamoDbState({ client: new DynamoDBClient(monitor.aws.settings), table: table() });
    const key = { partition: 'lease', sort: 'window-closer' };
    const held = (untilMs: number) =>
      Buffer.concat([Buffer.of(1, 0), Buffer.from(JSON.stringify({ by: 'another', untilMs }))]);
    expect(await state.write(key, held(Date.now() + 3_600_000), 0, null)).toBe(true);
    expect((await run()).ran).toBe(false);
    expect(monitor.log().map((line) => line.message)).toContain('another run is closing windows');
    // A holder that died keeps others away for no longer than it could have lived.
    expect(await state.write(key, held(Date.now() - 1), 1, null)).toBe(true);
    expect((await run()).ran).toBe(true);
  });

  it('sends a digest when a day is over, and closes windows where that fails', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const state = createDynamoDbState({ client, table: table() });
    await digestIsDue(state);
    const cutOff = windowCloserHandler({
      ...monitor.environment,
      WIRETRAIL_ALERT_TOPIC: `${monitor.environment.WIRETRAIL_ALERT_TOPIC}-gone`,
    });
    expect((await cutOff({}, monitor.lambda)).ran).toBe(true);
    expect(metric(monitor.log(), 'AlertsFailed')).toBe(1);
    await run();
    expect((await monitor.alerts()).subjects).toEqual([expect.stringMatching(/^wiretrail digest /)]);
    await run();
    expect((await monitor.alerts()).subjects).toEqual([]);
  });

  it('sends a digest to the topic once where the queue to Slack fails, and there when it is back', async () => {
    await digestIsDue(
      createDynamoDbState({ client: new DynamoDBClient(monitor.aws.settings), table: table() }),
    );
    const sqs = new SQSClient(monitor.aws.settings);
    const create = (QueueName: string) =>
      sqs.send(new CreateQueueCommand({ QueueName, Attributes: { FifoQueue: 'true' } }));
    const { QueueUrl: other = '' } = await create('other.fifo');
    const queue = other.replace('other', 'slack');
    const both = windowCloserHandler({ ...monitor.environment, WIRETRAIL_SLACK_QUEUE: queue });
    for (let quarter = 0; quarter < 3; quarter++) await both({}, monitor.lambda);
    expect((await monitor.alerts()).subjects).toHaveLength(1);
    expect(metric(monitor.log(), 'AlertsFailed')).toBe(3);
    await create('slack.fifo');
    for (let quarter = 0; quarter < 2; quarter++) await both({}, monitor.lambda);
    expect((await monitor.alerts()).subjects).toEqual([]);
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({ QueueUrl: queue, MaxNumberOfMessages: 10 }),
    );
    expect(Messages.map(({ Body }) => (JSON.parse(Body!) as { kind: string }).kind)).toEqual(['digest']);
  });

  it('closes windows though the outbox takes all of its time', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const items = createItems(createDynamoDbState({ client, table: table() }));
    for (let n = 0; n < 20; n++) {
      const id = n.toString(16).padStart(16, '0');
      const finding = { ...anAlertFinding({ id }), revision: 0 };
      const stored = { parts: {}, early: [], told: finding, beside: [], sent: null, sending: null };
      await items.write(findingKey(id), Buffer.from(JSON.stringify(stored)), null, null);
      await items.write({ partition: 'outbox', sort: id }, Buffer.from('{}'), null, null);
    }
    // Each question takes a second of its life.
    let remainingMs = 100_000;
    const getRemainingTimeInMillis = () => (remainingMs -= 1_000);
    const answer = await handler({}, { ...monitor.lambda, getRemainingTimeInMillis });
    expect(answer.ran).toBe(true);
    const { findings } = await monitor.alerts();
    expect(findings.length).toBeGreaterThan(0);
    expect(findings.length).toBeLessThan(20);
    expect(remainingMs).toBeGreaterThan(60_000);
  });

  it('refuses a table of a newer wiretrail, with a metric that alarms', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const state = createDynamoDbState({ client, table: table() });
    await state.write({ partition: 'value', sort: 'stamps' }, Buffer.from([99, 0, 1]), 0, null);
    await expect(run()).rejects.toThrow('has format 99');
    const lines = monitor.log();
    expect(metric(lines, 'StateNewer')).toBe(1);
    expect(problems(lines)).toEqual(['E_STATE_NEWER']);
  });

  it('closes the other windows where one cannot be judged, tells of it, and fails', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const state = createDynamoDbState({ client, table: table() });
    const packed = (content: unknown) =>
      Buffer.concat([Buffer.of(1, 0), Buffer.from(JSON.stringify(content))]);
    const nowMs = Date.now();
    const stamps = { stampMs: nowMs, atMs: nowMs, trailAtMs: null };
    await state.write({ partition: 'value', sort: 'stamps' }, packed(stamps), 0, null);
    for (const window of [1, 2, 3]) {
      const sort = `monitoring-changes|${String(window).padStart(12, '0')}`;
      const open = { fold: 'monitoring-changes', window };
      await state.write({ partition: 'window|open', sort }, packed(open), 0, null);
    }
    // Packed in a way that nobody knows.
    const spoilt = { partition: 'summary|monitoring-changes|1', sort: 'x' };
    await state.write(spoilt, Buffer.of(1, 77), 0, null);
    await expect(run()).rejects.toThrow('could not be closed');
    const lines = monitor.log();
    expect(problems(lines)).toEqual(['E_STATE_FORMAT', 'E_WINDOWS_OPEN']);
    expect(metric(lines, 'Problems')).toBe(2);
    expect(metric(lines, 'WindowsClosed')).toBe(2);
    const left: string[] = [];
    for await (const { sort } of state.list('window|open')) left.push(sort);
    expect(left).toEqual(['monitoring-changes|000000000001']);
  });

  it('tells what the table holds that nobody of ours wrote', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const Item = { pk: { S: 'value' }, sk: { S: 'stamps' }, other: { S: 'x' } };
    await client.send(new PutItemCommand({ TableName: table(), Item }));
    await expect(run()).rejects.toThrow();
    expect(problems(monitor.log())).toEqual(['E_STATE_FORMAT']);
  });
});

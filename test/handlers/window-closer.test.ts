import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { windowCloserHandler } from '../../src/live/window-closer.ts';
import { createDynamoDbState } from '../../src/state/dynamodb-state.ts';
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
    // As if the last one were of long ago: format 1, as it is packed there.
    const key = { partition: 'value', sort: 'digest' };
    expect(await state.write(key, Buffer.concat([Buffer.of(1, 0), Buffer.from('0')]), 0, null)).toBe(true);
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

  it('refuses a table of a newer wiretrail, with a metric that alarms', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const state = createDynamoDbState({ client, table: table() });
    await state.write({ partition: 'value', sort: 'stamps' }, Buffer.from([99, 0, 1]), 0, null);
    await expect(run()).rejects.toThrow('has format 99');
    const lines = monitor.log();
    expect(metric(lines, 'StateNewer')).toBe(1);
    expect(problems(lines)).toEqual(['E_STATE_NEWER']);
  });

  it('tells what the table holds that nobody of ours wrote', async () => {
    const client = new DynamoDBClient(monitor.aws.settings);
    const Item = { pk: { S: 'value' }, sk: { S: 'stamps' }, other: { S: 'x' } };
    await client.send(new PutItemCommand({ TableName: table(), Item }));
    await expect(run()).rejects.toThrow();
    expect(problems(monitor.log())).toEqual(['E_STATE_FORMAT']);
  });
});

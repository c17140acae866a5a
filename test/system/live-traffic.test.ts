// Real calls over plain HTTP and over TLS, old and new; a request that somebody on the way kept and sent again. The records of it, which nobody
// typed, go to the bucket, and the monitor alerts.

import { gzipSync } from 'node:zlib';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  agentTo,
  type LiveTraffic,
  secureAgentTo,
  sendAgain,
  startLiveTraffic,
} from '../local-aws/live-traffic.ts';
import { startTables, type Tables } from '../local-aws/tables.ts';
import { flowKey, type Monitor, startMonitor, trailObject } from './monitor.ts';

const VICTIM = 'ASIALOCALVICTIM00001';
const OLD = 'ASIALOCALOLDCLIENT01';
const OTHERS = 'ASIALOCALOTHERS00001';
/** TLS-01 compares with at least so many calls of others. */
const CALLS_OF_OTHERS = 260;
const ROLES: Readonly<Record<string, string>> = { [VICTIM]: 'orders', [OLD]: 'reports', [OTHERS]: 'shop' };

let monitor: Monitor;
let tables: Tables;
let traffic: LiveTraffic;

beforeAll(async () => {
  monitor = await startMonitor();
  tables = await startTables();
  traffic = await startLiveTraffic({
    tables,
    account: '111122223333',
    region: 'us-east-1',
    // Whoever sends from the second address of this machine sits elsewhere in the world.
    addressOf: (local) => (local === '127.0.0.2' ? '45.83.122.9' : '10.0.4.17'),
    roleOf: (accessKeyId) => ROLES[accessKeyId] ?? 'deployer',
    serviceAddress: '52.94.0.10',
  });
}, 60_000);

afterAll(async () => {
  await traffic?.close();
  await tables?.close();
  await monitor?.close();
});

function client(accessKeyId: string, way: 'http' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): DynamoDBClient {
  return new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `${way === 'http' ? 'http' : 'https'}://${traffic.host}`,
    credentials: { accessKeyId, secretAccessKey: 'local', sessionToken: 'local' },
    requestHandler:
      way === 'http'
        ? { httpAgent: agentTo(traffic.httpPort) }
        : { httpsAgent: secureAgentTo(traffic.httpsPort, way) },
  });
}

it('alerts on calls without TLS, on old TLS, on the flow beside them, and on the request that came twice', async () => {
  const table = { TableName: 'orders' };
  const others = client(OTHERS, 'TLSv1.3');
  await others.send(
    new CreateTableCommand({
      ...table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  for (let i = 0; i < CALLS_OF_OTHERS; i++) {
    const way = i % 10 === 0 ? client(OTHERS, 'TLSv1.2') : others;
    await way.send(new GetItemCommand({ ...table, Key: { id: { S: String(i) } } }));
  }
  for (let i = 0; i < 3; i++) await client(OLD, 'TLSv1.1').send(new ListTablesCommand({}));
  const victim = client(VICTIM, 'http');
  for (let i = 0; i < 5; i++)
    await victim.send(
      new PutItemCommand({ ...table, Item: { id: { S: `order-${i}` }, secret: { S: 'unseen' } } }),
    );
  await victim.send(new GetItemCommand({ ...table, Key: { id: { S: 'order-7' } } }));
  expect(await sendAgain(traffic.captured('GetItem'), traffic.httpPort)).toBe(200);

  const nowMs = Date.now();
  const { key, body } = trailObject(nowMs, traffic.calls);
  await monitor.put(key, body);
  await monitor.aws.settle();
  // A set: an hour may end in the middle of the calls.
  const told = async () => {
    const findings = await monitor.findings();
    return new Set(findings.map(({ rule, grade, principal }) => `${rule.id} ${grade} ${principal?.name}`));
  };
  const replayOfRequest = expect.stringMatching(/^REP-03 /) as string;
  expect([...(await told())].sort()).toEqual([
    replayOfRequest,
    'TLS-01 probable orders',
    'TLS-02 certain reports',
  ]);
  await monitor.put(flowKey(nowMs), gzipSync(await traffic.flows()));
  await monitor.aws.settle();

  expect(monitor.aws.invocations.filter(({ failed }) => failed)).toEqual([]);
  expect([...(await told())].sort()).toEqual([
    replayOfRequest,
    'TLS-01 certain orders',
    'TLS-02 certain reports',
    'TLS-06 certain orders',
  ]);
  const alerts = await monitor.alerts();
  const alerted = new Set(alerts.map(({ attributes }) => attributes.rule));
  for (const rule of ['TLS-01', 'TLS-02', 'TLS-06', 'REP-03']) expect(alerted, rule).toContain(rule);
  const replayed = alerts.find(({ attributes }) => attributes.rule === 'REP-03')!.message as {
    evidence: { fields: object }[];
  };
  expect(JSON.stringify(replayed)).toContain('45.83.122.9');
  // Values of items, signatures and tokens are in no alert and in no log.
  const { headers } = traffic.captured('GetItem');
  const signature = /Signature=([0-9a-f]{64})/.exec(headers.join('\n'))![1]!;
  for (const secret of ['unseen', signature]) {
    expect(JSON.stringify([alerts, monitor.logLines()])).not.toContain(secret);
  }
}, 60_000);

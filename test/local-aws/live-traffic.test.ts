// Whether the records say what was on the wire.

import { CreateTableCommand, DynamoDBClient, GetItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { agentTo, type LiveTraffic, secureAgentTo, sendAgain, startLiveTraffic } from './live-traffic.ts';
import { startTables, type Tables } from './tables.ts';

let tables: Tables;
let traffic: LiveTraffic;

beforeAll(async () => {
  tables = await startTables();
  traffic = await startLiveTraffic({
    tables,
    account: '111122223333',
    region: 'us-east-1',
    addressOf: (local) => (local === '127.0.0.2' ? '198.51.100.23' : '10.0.4.17'),
    roleOf: () => 'orders',
    serviceAddress: '52.94.0.10',
  });
  const client = clientOver('http');
  await client.send(
    new CreateTableCommand({
      TableName: 'orders',
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
});

afterAll(async () => {
  await traffic.close();
  await tables.close();
});

function clientOver(way: 'http' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3'): DynamoDBClient {
  return new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `${way === 'http' ? 'http' : 'https'}://${traffic.host}`,
    credentials: { accessKeyId: 'ASIALOCAL', secretAccessKey: 'local' },
    maxAttempts: 1,
    requestHandler:
      way === 'http'
        ? { httpAgent: agentTo(traffic.httpPort) }
        : { httpsAgent: secureAgentTo(traffic.httpsPort, way) },
  });
}

const get = new GetItemCommand({ TableName: 'orders', Key: { id: { S: '7' } } });

it.each(['TLSv1.1', 'TLSv1.2', 'TLSv1.3'] as const)('a call over %s is recorded as one', async (version) => {
  await clientOver(version).send(get);
  expect(traffic.calls.at(-1)).toMatchObject({
    eventName: 'GetItem',
    eventCategory: 'Data',
    readOnly: true,
    sourceIPAddress: '10.0.4.17',
    requestParameters: { tableName: 'orders', key: { id: { S: '7' } } },
    userIdentity: { accessKeyId: 'ASIALOCAL', sessionContext: { sessionIssuer: { userName: 'orders' } } },
    tlsDetails: {
      tlsVersion: version,
      cipherSuite: expect.stringMatching(/^TLS_/),
      clientProvidedHostHeader: 'dynamodb.us-east-1.amazonaws.com',
    },
  });
  expect(traffic.calls.at(-1)!.userAgent).toContain('aws-sdk-js/3.');
});

it('a call over plain HTTP has no TLS, and whoever kept it can send it again from elsewhere', async () => {
  await clientOver('http').send(get);
  expect(await sendAgain(traffic.captured('GetItem'), traffic.httpPort)).toBe(200);
  const [first, second] = traffic.calls.slice(-2);
  expect(first).not.toHaveProperty('tlsDetails');
  expect(second).toMatchObject({
    sourceIPAddress: '198.51.100.23',
    requestParameters: first!.requestParameters,
  });
  expect(second!.userIdentity).toMatchObject({ accessKeyId: 'ASIALOCAL' });
});

it('flows count what went over each connection', async () => {
  const flows = (await traffic.flows())
    .trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(' '));
  const to = (port: string) => flows.filter((fields) => fields[6] === port);
  // One connection for the table, one for the call, one for the other sender.
  expect(
    to('80')
      .map((fields) => fields[3])
      .sort(),
  ).toEqual(['10.0.4.17', '10.0.4.17', '198.51.100.23']);
  expect(to('443')).toHaveLength(3);
  for (const fields of to('80')) {
    expect(fields.slice(4, 5).concat(fields.slice(12))).toEqual(['52.94.0.10', 'ACCEPT', 'OK']);
    // A signed request with the SDK's headers.
    expect(Number(fields[9])).toBeGreaterThan(435 + 4 * 52);
  }
});

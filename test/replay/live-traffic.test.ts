// Real calls over plain HTTP and over TLS, old and new, on sockets of this machine. The records of them, which nobody typed, are replayed as
// the objects that AWS would deliver: what is found, how sure it is, and of whom nothing is said.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CreateTableCommand,
  DynamoDBClient,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_SETTINGS } from '../../src/config.ts';
import type { Finding } from '../../src/findings/finding.ts';
import { createAwsRanges } from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { replay } from '../../src/replay/run.ts';
import { agentTo, type LiveTraffic, secureAgentTo, startLiveTraffic } from '../local-aws/live-traffic.ts';
import { startTables, type Tables } from '../local-aws/tables.ts';

/** The story begins here and takes as long as the calls do: no minute, hour or day ends in it, whenever the test runs. */
const STORY_MS = Date.parse('2026-11-10T12:00:02Z');
const DELIVERED = '20261110T1210Z';
const CLIENT = '10.0.4.17';
/** In a range of DynamoDB in us-east-1. */
const SERVICE = '52.94.0.10';
const VICTIM = 'ASIALOCALVICTIM00001';
const OLD = 'ASIALOCALOLDCLIENT01';
const OTHERS = 'ASIALOCALOTHERS00001';
const ROLES: Readonly<Record<string, string>> = { [VICTIM]: 'orders', [OLD]: 'reports', [OTHERS]: 'shop' };
/** Below 200 calls of others AWS's own list of services that record TLS must do. */
const FEW_CALLS_OF_OTHERS = 5;
const MANY_CALLS_OF_OTHERS = 220;

type Way = 'http' | 'TLSv1.1' | 'TLSv1.3';
type Call = Readonly<Record<string, unknown>>;

let home: string;
let tables: Tables;
let traffic: LiveTraffic;
/** What CloudTrail has when few others have called, and when many have. */
let few: readonly Call[];
let many: readonly Call[];
let flows: string;
const clients: DynamoDBClient[] = [];

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'wiretrail-live-traffic-'));
  tables = await startTables();
  const startedMs = performance.now();
  traffic = await startLiveTraffic({
    tables,
    account: '111122223333',
    region: 'us-east-1',
    addressOf: () => CLIENT,
    roleOf: (accessKeyId) => ROLES[accessKeyId] ?? '',
    serviceAddress: SERVICE,
    now: () => STORY_MS + performance.now() - startedMs,
  });
  const table = { TableName: 'orders' };
  const others = clientOf(OTHERS, 'TLSv1.3');
  const readOften = async (times: number): Promise<void> => {
    for (let i = 0; i < times; i++)
      await others.send(new GetItemCommand({ ...table, Key: { id: { S: String(i) } } }));
  };
  await others.send(
    new CreateTableCommand({
      ...table,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  const victim = clientOf(VICTIM, 'http');
  await victim.send(new PutItemCommand({ ...table, Item: { id: { S: '7' }, note: { S: 'unseen' } } }));
  for (const id of ['7', '8']) await victim.send(new GetItemCommand({ ...table, Key: { id: { S: id } } }));
  await clientOf(OLD, 'TLSv1.1').send(new ListTablesCommand({}));
  await readOften(FEW_CALLS_OF_OTHERS);
  few = [...traffic.calls];
  await readOften(MANY_CALLS_OF_OTHERS - FEW_CALLS_OF_OTHERS);
  many = [...traffic.calls];
  flows = await traffic.flows();
});

afterAll(async () => {
  for (const client of clients) client.destroy();
  await traffic?.close();
  await tables?.close();
  rmSync(home, { recursive: true, force: true });
});

function clientOf(accessKeyId: string, way: Way): DynamoDBClient {
  const client = new DynamoDBClient({
    region: 'us-east-1',
    endpoint: `${way === 'http' ? 'http' : 'https'}://${traffic.host}`,
    credentials: { accessKeyId, secretAccessKey: 'local', sessionToken: 'local' },
    maxAttempts: 1,
    requestHandler:
      way === 'http'
        ? { httpAgent: agentTo(traffic.httpPort) }
        : { httpsAgent: secureAgentTo(traffic.httpsPort, way) },
  });
  clients.push(client);
  return client;
}

let archives = 0;

/** Writes the objects below one folder, under the names that AWS gives them, and replays it. */
async function foundIn(calls: readonly Call[], flowLines: string | null): Promise<readonly Finding[]> {
  const folder = join(home, String(archives++));
  const objects: [string, string][] = [
    [
      `CloudTrail/us-east-1/2026/11/10/111122223333_CloudTrail_us-east-1_${DELIVERED}_LiveTraffic00000.json.gz`,
      JSON.stringify({ Records: calls }),
    ],
  ];
  if (flowLines !== null)
    objects.push([
      `vpcflowlogs/us-east-1/2026/11/10/111122223333_vpcflowlogs_us-east-1_fl-0a1b2c3d_${DELIVERED}_00000000.log.gz`,
      flowLines,
    ]);
  for (const [key, text] of objects) {
    const file = join(folder, 'AWSLogs/111122223333', key);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, gzipSync(text));
  }
  const { findings, summary } = await replay({
    inputs: [folder],
    fingerprintKey: Buffer.from('a key for tests, not a secret'),
    awsRanges: createAwsRanges(AWS_RANGES_TABLE),
    settings: DEFAULT_SETTINGS,
  });
  expect(summary).toMatchObject({
    objects: { listed: objects.length, read: objects.length },
    identities: { objects: true, records: true, findings: true },
    problemCount: 0,
  });
  expect(summary.records.calls).toBe(calls.length);
  return findings;
}

/** `RULE grade who`, sorted. */
const told = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ rule, grade, principal }) => `${rule.id} ${grade} ${principal?.name ?? 'nobody'}`).sort();

const WITH_FLOWS = ['TLS-01 certain orders', 'TLS-02 certain reports', 'TLS-06 certain orders'];

describe('the records', () => {
  it('say of TLS what was on the sockets', () => {
    const seen = (role: string) => {
      const calls = many.filter(({ userIdentity }) => JSON.stringify(userIdentity).includes(`"${role}"`));
      const details = calls.map(({ tlsDetails }) => (tlsDetails as { tlsVersion: string })?.tlsVersion);
      return [calls.length, ...new Set(details)];
    };
    expect(seen('orders')).toEqual([3, undefined]);
    expect(seen('reports')).toEqual([1, 'TLSv1.1']);
    expect(seen('shop')).toEqual([1 + MANY_CALLS_OF_OTHERS, 'TLSv1.3']);
  });

  it('hold the id of a key, and nothing that signs', () => {
    const { headers } = traffic.captured('GetItem');
    const [, signature] = /Signature=([0-9a-f]{64})/.exec(headers.join('\n'))!;
    const text = JSON.stringify(many) + flows;
    const secrets = [signature!, 'Signature', 'AWS4-HMAC', 'unseen'];
    expect([VICTIM, ...secrets].filter((part) => text.includes(part))).toEqual([VICTIM]);
  });
});

describe('a replay', () => {
  it('is certain with the flow, names who called over it, and says nothing of TLS 1.3', async () => {
    const findings = await foundIn(many, flows);
    expect(told(findings)).toEqual(WITH_FLOWS);
    const of = (rule: string) => findings.find((finding) => finding.rule.id === rule)!;
    expect(of('TLS-06')).toMatchObject({
      region: 'us-east-1',
      principal: { type: 'AssumedRole', name: 'orders', session: 'session', keyId: VICTIM },
      actor: { ip: CLIENT, class: 'private' },
      target: { service: 'dynamodb', resource: `${SERVICE}:80` },
    });
    expect(of('TLS-01')).toMatchObject({
      count: 3,
      principal: { name: 'orders', keyId: VICTIM },
      actor: { ip: CLIENT },
      target: { resource: 'arn:aws:dynamodb:us-east-1:111122223333:table/orders' },
    });
    expect(of('TLS-02')).toMatchObject({ count: 1, principal: { name: 'reports', keyId: OLD } });
  });

  it('is as certain where hardly anybody else calls, and of a single call', async () => {
    expect(told(await foundIn(few, flows))).toEqual(WITH_FLOWS);
    const single = few.filter(
      ({ tlsDetails, eventName }) => tlsDetails !== undefined || eventName === 'PutItem',
    );
    expect(single).toHaveLength(few.length - 2);
    expect(told(await foundIn(single, flows))).toEqual(WITH_FLOWS);
  });

  it('has only the records of calls without flows: probable beside the calls of others, weak without them', async () => {
    expect(told(await foundIn(many, null))).toEqual(['TLS-01 probable orders', 'TLS-02 certain reports']);
    expect(told(await foundIn(few, null))).toEqual(['TLS-01 weak orders', 'TLS-02 certain reports']);
  });

  it('finds nothing in the calls and flows of TLS 1.3 alone', async () => {
    const fine = many.filter(({ tlsDetails }) => JSON.stringify(tlsDetails)?.includes('TLSv1.3'));
    const [header, ...lines] = flows.trimEnd().split('\n');
    const secure = lines.filter((line) => line.split(' ').slice(5, 7).includes('443'));
    expect(secure.length).toBeGreaterThan(0);
    expect(secure.length).toBeLessThan(lines.length);
    expect(await foundIn(fine, [header, ...secure, ''].join('\n'))).toEqual([]);
  });
});

import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plaintextDaxFlow } from '../../../src/detectors/tls/plaintext-dax-flow.ts';
import { plaintextDynamodbFlow } from '../../../src/detectors/tls/plaintext-dynamodb-flow.ts';
import {
  addLeg,
  emptyFlows,
  judgeFlows,
  type Leg,
  legOf,
  MAX_CONNECTIONS,
  type PlainFlows,
} from '../../../src/detectors/tls/plaintext-flows.ts';
import type { FlowRecord } from '../../../src/records/record.ts';
import { foldAll, foldInParts, judgeAlone, splits } from '../fold-laws.ts';
import { flowRecord } from '../plain-records.ts';
import { plainReplay } from '../plain-replay.ts';

const START = 1793700000;
const DYNAMODB = '52.94.0.5';

let locators = 0;
function flow(fields: Record<string, string | number>, given: Partial<FlowRecord> = {}): FlowRecord {
  const all = {
    version: 5,
    'account-id': '111122223333',
    'interface-id': 'eni-0abc1234def567890',
    srcaddr: '10.0.1.20',
    dstaddr: DYNAMODB,
    srcport: 49152,
    dstport: 80,
    protocol: 6,
    packets: 9,
    bytes: 2264,
    start: START,
    end: START + 58,
    action: 'ACCEPT',
    'log-status': 'OK',
    ...fields,
  };
  const texts = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
  return flowRecord(texts, { locator: `flows.txt#${++locators}`, eventId: `event-${locators}`, ...given });
}

function judged(...legs: Leg[]) {
  return judgeFlows(legs.reduce(addLeg, emptyFlows()));
}
const client = (fields: Record<string, string | number>): Leg => legOf(flow(fields), 'client', 1);
const server = (fields: Record<string, string | number>): Leg =>
  legOf(
    flow({ srcaddr: DYNAMODB, dstaddr: '10.0.1.20', srcport: 80, dstport: 49152, ...fields }),
    'server',
    1,
  );

describe('a request was sent', () => {
  test.each([
    ['the smallest signed request after a handshake', 5, 60 + 4 * 52 + 435, true],
    ['one byte of payload below 300', 6, 6 * 52 + 299, false],
    ['300 bytes of payload', 6, 6 * 52 + 300, true],
    ['a handshake and its retries', 7, 7 * 60, false],
    ['one port that knocks for ten minutes', 120, 120 * 60, false],
    ['many acknowledgements and a request, no answer seen', 400, 400 * 52 + 435, false],
  ])('%s', (_, packets, bytes, expected) => {
    expect(judged(client({ packets, bytes })) !== null).toBe(expected);
  });

  test('IPv6 headers are twenty bytes longer', () => {
    const ipv6 = { srcaddr: '2001:db8::1', dstaddr: '2001:db8::2' };
    expect(judged(client({ ...ipv6, packets: 6, bytes: 6 * 72 + 299 }))).toBeNull();
    expect(judged(client({ ...ipv6, packets: 6, bytes: 6 * 72 + 300 }))?.payload).toBe(300);
  });

  test('headers without timestamps: the answer shows the request that the usual size hides', () => {
    const small = client({ packets: 30, bytes: 30 * 40 + 500 });
    expect(judged(small)).toBeNull();
    expect(judged(small, server({ packets: 40, bytes: 48_000 }))).toMatchObject({
      byAnswerOnly: true,
      answered: true,
    });
  });

  test('an answered health check is none', () => {
    expect(judged(client({ packets: 5, bytes: 5 * 52 + 90 }), server({ packets: 4, bytes: 700 }))).toBeNull();
  });

  test('the answer of another connection proves nothing', () => {
    const hidden = client({ packets: 30, bytes: 30 * 40 + 500 });
    expect(judged(hidden, server({ dstport: 50_000, packets: 40, bytes: 48_000 }))).toBeNull();
  });
});

test('of two formats the higher one is used, and the lower one where the higher has no request', () => {
  const v2 = client({ version: 2, bytes: 2264 });
  const v5 = client({ version: 5, bytes: 2264 });
  expect(judged(v2, v5)).toMatchObject({ records: 1, payload: 2264 - 9 * 52 });
  expect(judged(v2, client({ version: 5, packets: 3, bytes: 180 }))).toMatchObject({ records: 1 });
});

test('beyond its bound the connections with the smallest hashes are kept, and the loss is told', () => {
  const legs = Array.from({ length: MAX_CONNECTIONS + 20 }, (_, port) => client({ srcport: 40_000 + port }));
  const flows = legs.reduce(addLeg, emptyFlows());
  const kept = Object.values(flows.versions['5']!.connections).map((connection) => connection.hash);
  const smallest = legs
    .map((leg) => leg.hash)
    .sort((a, b) => a - b)
    .slice(0, MAX_CONNECTIONS);
  expect(kept.sort((a, b) => a - b)).toEqual(smallest);
  expect(judgeFlows(flows)).toMatchObject({ records: legs.length, truncated: true });
});

test('order and split of flow records change no judgement', () => {
  const fold = plaintextDynamodbFlow.folds[0]!;
  const leg = fc
    .record({
      version: fc.constantFrom(2, 5),
      from: fc.constantFrom('client' as const, 'server' as const),
      port: fc.integer({ min: 40_000, max: 40_060 }),
      packets: fc.integer({ min: 1, max: 40 }),
      bytes: fc.integer({ min: 40, max: 4_000 }),
      minute: fc.nat(1439),
      path: fc.constantFrom('-', '7', '8'),
      'encryption-status': fc.constantFrom('-', '0', '1'),
    })
    .map(({ from, port, minute, path, ...fields }) => {
      const start = START + minute * 60;
      const ends =
        from === 'client'
          ? { srcport: port }
          : { srcaddr: DYNAMODB, dstaddr: '10.0.1.20', srcport: 80, dstport: port };
      return legOf(flow({ ...fields, ...ends, start, end: start + 58, 'traffic-path': path }), from, 7);
    });
  fc.assert(
    fc.property(splits(leg, 90), ({ whole, parts }) => {
      const key = '111122223333\u001fus-east-1\u001feni-0abc1234def567890';
      const judge = (flows: PlainFlows): unknown => fold.judge!(key, 0, flows, judgeAlone);
      expect(judge(foldInParts(fold, parts))).toEqual(judge(foldAll(fold, whole)));
    }),
    { numRuns: 60 },
  );
});

describe('TLS-06', () => {
  const find = (...records: FlowRecord[]) => plainReplay([plaintextDynamodbFlow], records).findings;

  test('the client is found by its side of the connection, also when both ports are 80', () => {
    const findings = find(flow({ srcport: 80, dstport: 80 }));
    expect(findings.map((finding) => finding.actor?.ip)).toEqual(['10.0.1.20']);
  });

  test('a reverse leg alone is no request', () => {
    expect(find(flow({ srcaddr: DYNAMODB, dstaddr: '10.0.1.20', srcport: 80, dstport: 49152 }))).toEqual([]);
  });

  test('the service field names DynamoDB where no table does', () => {
    const ipv6 = { srcaddr: '2001:db8::1', dstaddr: '2001:db8::53', region: 'eu-west-1' };
    expect(find(flow(ipv6))).toEqual([]);
    expect(find(flow({ ...ipv6, 'pkt-dst-aws-service': 'DYNAMODB' }))[0]).toMatchObject({
      region: 'eu-west-1',
    });
  });

  test.each(['S3', 'EC2', 'CLOUDFRONT'])('an address that AWS itself calls %s is not DynamoDB', (service) => {
    expect(find(flow({ 'pkt-dst-aws-service': service }))).toEqual([]);
    expect(find(flow({ 'pkt-dst-aws-service': 'AMAZON' }))).toHaveLength(1);
  });

  test('encryption by Nitro is told, and is not TLS', () => {
    const [finding] = find(flow({ 'encryption-status': 1 }));
    expect(finding).toMatchObject({ severity: 'HIGH', confidence: 0.97 });
    expect(finding!.why.join()).toContain('not TLS');
  });

  test('one finding a day and interface, another for another interface', () => {
    const day = 86_400;
    const found = find(
      flow({}),
      flow({ start: START + 3600, end: START + 3660 }),
      flow({ start: START + day, end: START + day + 60 }),
      flow({ 'interface-id': 'eni-0bbb1234def567890' }),
    );
    expect(found.map((finding) => [finding.entity, finding.count]).sort()).toEqual([
      ['eni-0abc1234def567890', 1],
      ['eni-0abc1234def567890', 2],
      ['eni-0bbb1234def567890', 1],
    ]);
  });
});

describe('TLS-07', () => {
  const dax = { dstaddr: '10.0.7.30', dstport: 8111 };
  const find = (...records: FlowRecord[]) => plainReplay([plaintextDaxFlow], records).findings;

  test('by the port alone it is said with doubt, with several clients a little less', () => {
    expect(find(flow(dax))[0]).toMatchObject({ severity: 'HIGH', confidence: 0.6, grade: 'weak' });
    expect(find(flow(dax), flow({ ...dax, srcaddr: '10.0.2.2' }))[0]).toMatchObject({ confidence: 0.7 });
  });

  test.each([
    ['public server', { dstaddr: '198.51.100.7', dstport: 8111 }],
    ['well-known client port', { ...dax, srcport: 443 }],
    ['both ports', { ...dax, srcport: 8111 }],
    ['UDP', { ...dax, protocol: 17 }],
    ['rejected', { ...dax, action: 'REJECT' }],
    ['encrypted port', { dstaddr: '10.0.7.30', dstport: 9111 }],
  ])('quiet: %s', (_, fields) => {
    expect(find(flow(fields))).toEqual([]);
  });

  test('a server on an instance or a task of its own is no node, its neighbour still is', () => {
    const ingress = { ...dax, 'flow-direction': 'ingress', 'interface-id': 'eni-0ccc1234def567890' };
    expect(find(flow(dax), flow({ ...ingress, 'instance-id': 'i-0ccc1234def567890' }))).toEqual([]);
    expect(find(flow(dax), flow({ ...ingress, 'ecs-task-id': 'a1b2' }))).toEqual([]);
    expect(find(flow(dax), flow(ingress))).toHaveLength(1);
    const neighbour = flow({ ...dax, dstaddr: '10.0.7.31' });
    expect(
      find(flow(dax), flow({ ...ingress, 'instance-id': 'i-0ccc1234def567890' }), neighbour),
    ).toHaveLength(1);
  });
});

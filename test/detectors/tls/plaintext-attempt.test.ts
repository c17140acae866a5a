import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { plaintextAttempt } from '../../../src/detectors/tls/plaintext-attempt.ts';
import { plaintextDaxFlow } from '../../../src/detectors/tls/plaintext-dax-flow.ts';
import { plaintextDynamodbFlow } from '../../../src/detectors/tls/plaintext-dynamodb-flow.ts';
import type { FlowRecord } from '../../../src/records/record.ts';
import { callRecord, flowRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const START = 1793700000;
const DYNAMODB = '52.94.0.5';
const CLIENT = '10.0.1.20';
const DAX = { dstaddr: '10.0.7.30', dstport: 8111, 'flow-direction': 'egress' };

let locators = 0;
/** A handshake that nobody answered, at DynamoDB's port 80. */
function flow(fields: Record<string, string | number> = {}): FlowRecord {
  const all = {
    version: 5,
    'account-id': '111122223333',
    region: 'us-east-1',
    'interface-id': 'eni-0abc1234def567890',
    srcaddr: CLIENT,
    dstaddr: DYNAMODB,
    srcport: 49152,
    dstport: 80,
    protocol: 6,
    packets: 3,
    bytes: 180,
    start: START,
    end: START + 58,
    action: 'ACCEPT',
    ...fields,
  };
  const texts = Object.fromEntries(Object.entries(all).map(([name, value]) => [name, String(value)]));
  return flowRecord(texts, { locator: `flows.txt#${++locators}`, eventId: `event-${locators}` });
}

const find = (...records: FlowRecord[]) => plainReplay([plaintextAttempt], records).findings;

describe('an attempt', () => {
  test.each([
    ['a handshake that nobody answered', {}],
    ['a rejected one', { action: 'REJECT', packets: 1, bytes: 60 }],
    ['rejected, whatever was in it', { action: 'REJECT', packets: 9, bytes: 2264 }],
    ['one byte less than a request', { packets: 6, bytes: 6 * 52 + 299 }],
    ['one that knocks for ten minutes', { packets: 120, bytes: 120 * 60 }],
    ['SYN in the flags', { 'tcp-flags': 2 }],
    ['SYN and RST', { 'tcp-flags': 6 }],
    [
      'IPv6, named by the service',
      { srcaddr: '2001:db8::1', dstaddr: '2001:db8::2', 'pkt-dst-aws-service': 'DYNAMODB' },
    ],
    ['DAX', DAX],
    ['DAX, rejected', { ...DAX, action: 'REJECT' }],
  ])('%s', (_, fields) => {
    expect(find(flow(fields))).toMatchObject([{ severity: 'LOW', count: 1 }]);
  });

  test.each([
    ['a request', { packets: 6, bytes: 6 * 52 + 300 }],
    ['a later window of a connection', { 'tcp-flags': 0 }],
    ['the end of a connection', { 'tcp-flags': 1 }],
    ['port 443', { dstport: 443, action: 'REJECT' }],
    ['UDP', { protocol: 17, action: 'REJECT' }],
    ['another server', { dstaddr: '198.51.100.7', action: 'REJECT' }],
    ['an address that AWS calls S3', { 'pkt-dst-aws-service': 'S3', action: 'REJECT' }],
    ['on the way in', { 'flow-direction': 'ingress', action: 'REJECT' }],
    ['an answer', { srcaddr: DYNAMODB, dstaddr: CLIENT, srcport: 80, dstport: 49152, action: 'REJECT' }],
    ['DAX on the way in', { ...DAX, 'flow-direction': 'ingress', action: 'REJECT' }],
    ['DAX without a direction', { ...DAX, 'flow-direction': '-', action: 'REJECT' }],
    ['DAX with TLS', { ...DAX, dstport: 9111, action: 'REJECT' }],
    ['a public server on 8111', { ...DAX, dstaddr: '198.51.100.7', action: 'REJECT' }],
    ['a well-known client port', { ...DAX, srcport: 443, action: 'REJECT' }],
    ['no action', { action: '-' }],
    ['no size', { packets: '-', bytes: '-' }],
    ['bytes alone', { packets: '-', bytes: 60 }],
    ['packets alone', { bytes: '-' }],
  ])('quiet: %s', (_, fields) => {
    expect(find(flow(fields))).toEqual([]);
  });
});

test('one finding for an interface, a service and a day', () => {
  const day = 86_400;
  const found = find(
    flow(),
    flow({ action: 'REJECT', srcport: 49153, dstaddr: '52.94.0.6' }),
    flow({ start: START + day, end: START + day + 58 }),
    flow({ 'interface-id': 'eni-0bbb1234def567890' }),
    flow(DAX),
    flow({ ...DAX, dstport: 8111 }),
  );
  expect(found.map(({ entity, evidenceKey, count }) => [entity, evidenceKey, count]).sort()).toEqual([
    ['eni-0abc1234def567890', 'dax:8111', 2],
    ['eni-0abc1234def567890', 'dynamodb:80', 1],
    ['eni-0abc1234def567890', 'dynamodb:80', 2],
    ['eni-0bbb1234def567890', 'dynamodb:80', 1],
  ]);
});

test('the same packets in two formats are counted once', () => {
  const [finding] = find(flow({ version: 2, action: 'REJECT' }), flow({ action: 'REJECT' }));
  expect(finding).toMatchObject({ count: 1 });
});

describe('beside requests', () => {
  const request = { packets: 9, bytes: 2264 };

  test('accepted flows belong to them, rejected ones are told', () => {
    expect(find(flow(), flow(request))).toEqual([]);
    const [finding] = find(flow(), flow(request), flow({ action: 'REJECT' }));
    expect(finding).toMatchObject({ count: 1 });
    expect(finding!.why.join()).toContain('requests were sent there, too');
  });

  test('of another client’s, day’s or DAX server’s they say nothing', () => {
    expect(find(flow(), flow({ ...request, 'interface-id': 'eni-0bbb1234def567890' }))).toHaveLength(1);
    expect(find(flow(), flow({ ...request, start: START - 86_400, end: START - 86_342 }))).toHaveLength(1);
    expect(find(flow(DAX), flow({ ...DAX, ...request, dstaddr: '10.0.7.31' }))).toHaveLength(1);
    expect(find(flow(DAX), flow({ ...DAX, ...request, srcaddr: '10.0.1.21' }))).toEqual([]);
  });
});

describe('how sure it is that port 8111 is DAX’s', () => {
  const create = (request: object) =>
    callRecord({
      eventVersion: '1.08',
      eventTime: '2026-11-02T08:00:00Z',
      eventSource: 'dax.amazonaws.com',
      eventName: 'CreateCluster',
      awsRegion: 'us-east-1',
      recipientAccountId: '111122223333',
      eventID: '11111111-2222-4333-8444-555555555555',
      userIdentity: { type: 'IAMUser', accountId: '111122223333' },
      requestParameters: { clusterName: 'orders-cache', ...request },
    });
  const judge = (...records: Parameters<typeof plainReplay>[1][]) =>
    plainReplay(
      [plaintextAttempt],
      records.flatMap((list) => [...list]),
    ).findings;

  test.each([
    ['by the port alone', [], 0.4, 'weak'],
    ['DAX in use', [create({ clusterEndpointEncryptionType: 'TLS' })], 0.7, 'probable'],
    ['a cluster without TLS', [create({})], 0.8, 'probable'],
  ])('%s', (_, calls, confidence, grade) => {
    expect(judge(calls, [flow(DAX)])).toMatchObject([{ severity: 'LOW', confidence, grade }]);
  });

  test('a server on an instance or a task of its own is no node', () => {
    const ingress = { ...DAX, 'flow-direction': 'ingress', 'interface-id': 'eni-0ccc1234def567890' };
    expect(find(flow(DAX), flow({ ...ingress, 'instance-id': 'i-0ccc1234def567890' }))).toEqual([]);
    expect(find(flow(DAX), flow(ingress))).toHaveLength(1);
  });
});

/** Flows of two clients at DynamoDB and a DAX node, on two days, in two formats: requests, answers, handshakes, refusals. */
const anyFlow = fc
  .record({
    version: fc.constantFrom(2, 5),
    answer: fc.boolean(),
    dax: fc.boolean(),
    client: fc.constantFrom('20', '21'),
    port: fc.integer({ min: 40_000, max: 40_004 }),
    packets: fc.integer({ min: 1, max: 40 }),
    bytes: fc.oneof(fc.integer({ min: 40, max: 700 }), fc.integer({ min: 40, max: 4000 })),
    hour: fc.nat(40),
    action: fc.constantFrom('ACCEPT', 'ACCEPT', 'REJECT'),
    'tcp-flags': fc.constantFrom('-', '0', '2', '3'),
  })
  .map(({ answer, dax, client, port, hour, ...fields }) => {
    const own = { address: `10.0.1.${client}`, port };
    const peer = dax ? { address: '10.0.7.30', port: 8111 } : { address: DYNAMODB, port: 80 };
    const [from, to] = answer ? [peer, own] : [own, peer];
    return flow({
      ...fields,
      'interface-id': `eni-0${client}00000000000000`,
      srcaddr: from.address,
      srcport: from.port,
      dstaddr: to.address,
      dstport: to.port,
      'flow-direction': answer ? 'ingress' : 'egress',
      start: START + hour * 3600,
      end: START + hour * 3600 + 58,
    });
  });

test('no flow is both a request of TLS-06 or TLS-07 and an attempt, and every rejected one is an attempt', () => {
  let requests = 0;
  let tried = 0;
  fc.assert(
    // As many as evidence is kept of, so that all of it can be compared.
    fc.property(fc.array(anyFlow, { minLength: 1, maxLength: 10 }), (records) => {
      const sent = plainReplay([plaintextDynamodbFlow, plaintextDaxFlow], records).findings;
      const attempted = plainReplay([plaintextAttempt], records).findings;
      const idsOf = (findings: typeof sent) =>
        findings.flatMap((found) => found.evidence.map((one) => one.eventId));
      const requested = new Set(idsOf(sent));
      const attempts = new Set(idsOf(attempted));
      expect([...requested].filter((id) => attempts.has(id))).toEqual([]);
      for (const record of records) {
        const isClients = record.direction === 'egress';
        if (attempts.has(record.eventId)) expect(isClients).toBe(true);
        if (!isClients || requested.has(record.eventId)) continue;
        // Another format of the same day and place may have been preferred.
        const alone = records.every((one) => one.version === record.version);
        if (record.action === 'REJECT' && alone) expect(attempts.has(record.eventId)).toBe(true);
        if (record.action !== 'REJECT' && sent.length === 0 && alone) {
          const goesOn = record.tcpFlags === 0;
          expect(attempts.has(record.eventId)).toBe(!goesOn);
        }
      }
      requests += sent.length;
      tried += attempted.length;
    }),
    { numRuns: 300 },
  );
  expect(requests).toBeGreaterThan(50);
  expect(tried).toBeGreaterThan(50);
});

test('order and split of flow records change no judgement', () => {
  const placed = fc.array(fc.tuple(anyFlow, fc.nat(), fc.nat(2)), { maxLength: 60 });
  fc.assert(
    fc.property(placed, (entries) => {
      const shuffled = [...entries].sort((a, b) => a[1] - b[1]);
      const parts = [0, 1, 2].map((part) => shuffled.filter((one) => one[2] === part).map((one) => one[0]));
      const whole = plainReplay(
        [plaintextAttempt],
        entries.map((one) => one[0]),
      );
      expect(batchReplay([plaintextAttempt], parts).findings).toEqual(whole.findings);
    }),
    { numRuns: 60 },
  );
});

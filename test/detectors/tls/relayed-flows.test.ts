import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plaintextAttempt } from '../../../src/detectors/tls/plaintext-attempt.ts';
import { plaintextDynamodbFlow } from '../../../src/detectors/tls/plaintext-dynamodb-flow.ts';
import { legOf } from '../../../src/detectors/tls/plaintext-flows.ts';
import { describedVersion, isRelayed, ownClientsFold } from '../../../src/detectors/tls/relayed-flows.ts';
import type { FlowRecord } from '../../../src/records/record.ts';
import { foldAll, foldInParts, splits } from '../fold-laws.ts';
import { flowRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

const DYNAMODB = '52.94.0.5';
const NAT = '10.0.0.220';

let count = 0;
function flow(fields: Readonly<Record<string, string>>): FlowRecord {
  const all = {
    version: '5',
    'account-id': '111122223333',
    region: 'us-east-1',
    srcport: '49152',
    dstport: '80',
    protocol: '6',
    packets: '9',
    bytes: '2264',
    start: '1793700000',
    end: '1793700058',
    action: 'ACCEPT',
    'pkt-srcaddr': fields.srcaddr ?? '-',
    'pkt-dstaddr': fields.dstaddr ?? '-',
    ...fields,
  };
  return flowRecord(all, { eventId: `event-${++count}`, locator: `flows.txt#${count}` });
}
const own = (client: string, over = {}): FlowRecord =>
  flow({ 'interface-id': `eni-of-${client}`, srcaddr: client, dstaddr: DYNAMODB, ...over });
const atNat = (client: string, over = {}): FlowRecord[] => [
  flow({ 'interface-id': 'eni-nat', srcaddr: client, dstaddr: NAT, 'pkt-dstaddr': DYNAMODB, ...over }),
  flow({ 'interface-id': 'eni-nat', srcaddr: NAT, dstaddr: DYNAMODB, 'traffic-path': '8', ...over }),
];
const atGateway = (client: string, over = {}): FlowRecord[] =>
  ['ingress', 'egress'].map((direction) =>
    flow({
      version: '6',
      action: 'ACCEPT',
      'account-id': '999988887777',
      'tgw-attachment-id': `tgw-attach-${direction}`,
      'tgw-src-vpc-account-id': '111122223333',
      'flow-direction': direction,
      srcaddr: client,
      dstaddr: DYNAMODB,
      'pkt-srcaddr': '-',
      'pkt-dstaddr': '-',
      ...over,
    }),
  );
/** An appliance hands on what comes without changing addresses. */
const atAppliance = (client: string): FlowRecord[] => [
  flow({ 'interface-id': 'eni-wall', srcaddr: client, dstaddr: '10.0.9.9', 'pkt-dstaddr': DYNAMODB }),
  flow({ 'interface-id': 'eni-wall', srcaddr: '10.0.9.9', 'pkt-srcaddr': client, dstaddr: DYNAMODB }),
];
const entities = (...records: FlowRecord[]) =>
  plainReplay([plaintextDynamodbFlow], records)
    .findings.map(({ entity, count: flows }) => `${entity} ${flows}`)
    .sort();

describe('what was seen on the way', () => {
  const a = '10.0.1.20';
  const b = '10.0.2.7';
  it.each([
    ['the client alone', [own(a)], ['eni-of-10.0.1.20 1']],
    ['a NAT gateway alone', atNat(a), ['eni-nat 1']],
    ['the client and a NAT gateway', [own(a), ...atNat(a)], ['eni-of-10.0.1.20 1']],
    ['one of two clients', [own(a), ...atNat(a), ...atNat(b)], ['eni-nat 2', 'eni-of-10.0.1.20 1']],
    ['both clients', [own(a), own(b), ...atNat(a), ...atNat(b)], ['eni-of-10.0.1.20 1', 'eni-of-10.0.2.7 1']],
    ['a transit gateway alone', atGateway(a), ['10.0.1.20 1']],
    ['one half of a transit gateway', atGateway(a).slice(1), ['10.0.1.20 1']],
    ['the client and a transit gateway', [own(a), ...atGateway(a)], ['eni-of-10.0.1.20 1']],
    ['an appliance alone', atAppliance(a), ['eni-wall 1']],
    ['an appliance before a NAT gateway', [...atAppliance(a), ...atNat(a)], ['eni-wall 1']],
    [
      'the client, all the way',
      [own(a), ...atAppliance(a), ...atNat(a), ...atGateway(a)],
      ['eni-of-10.0.1.20 1'],
    ],
    [
      'a client of another account',
      [own(a, { 'account-id': '444455556666' }), ...atNat(a)],
      ['eni-nat 1', 'eni-of-10.0.1.20 1'],
    ],
    [
      'a client that sent no request itself',
      [own(a, { packets: '3', bytes: '180' }), ...atNat(a)],
      ['eni-nat 1'],
    ],
    [
      'a NAT gateway in a format without the packets’ addresses',
      [
        own(a),
        flow({
          'interface-id': 'eni-nat',
          srcaddr: NAT,
          dstaddr: DYNAMODB,
          'pkt-srcaddr': '-',
          'pkt-dstaddr': '-',
        }),
      ],
      ['eni-nat 1', 'eni-of-10.0.1.20 1'],
    ],
  ])('of %s', (_name, records, expected) => {
    expect(entities(...records)).toEqual(expected);
  });

  it('keeps the path that stands in the records of what a NAT gateway sends on', () => {
    const [finding] = plainReplay([plaintextDynamodbFlow], atNat(a)).findings;
    expect(finding).toMatchObject({ severity: 'CRITICAL', actor: { ip: a } });
  });

  it('is no pod with an address of its own beside that of the interface', () => {
    const pod = flow({
      'interface-id': 'eni-1',
      srcaddr: '10.0.1.1',
      'pkt-srcaddr': '10.0.1.77',
      dstaddr: DYNAMODB,
    });
    expect([isRelayed(pod, 'client'), describedVersion(pod, 'client')]).toEqual([false, 5]);
    expect(legOf(pod, 'client', 1).client).toBe('10.0.1.77');
  });

  it('gives the same findings in any order and any split', () => {
    const address = fc.integer({ min: 1, max: 5 }).map((n) => `10.0.1.${n}`);
    const size = fc.constantFrom(
      {},
      { packets: '3', bytes: '180' },
      { packets: '3', bytes: '180', action: 'REJECT' },
    );
    const seen = fc
      .tuple(
        address,
        size,
        fc.constantFrom(atNat, atGateway, (client: string, over = {}) => [own(client, over)]),
      )
      .map(([client, over, where]) => where(client, over));
    fc.assert(
      fc.property(splits(seen, 12), ({ whole, parts }) => {
        const detectors = [plaintextDynamodbFlow, plaintextAttempt];
        const told = (findings: readonly { id: string; count: number }[]) =>
          findings.map(({ id, count: records }) => `${id} ${records}`).sort();
        expect(
          told(
            batchReplay(
              detectors,
              parts.map((part) => part.flat()),
            ).findings,
          ),
        ).toEqual(told(plainReplay(detectors, whole.flat()).findings));
      }),
      { numRuns: 60 },
    );
  });
});

it('the interfaces of a client are kept in any order and any split', () => {
  const fold = ownClientsFold('test');
  const name = fc.integer({ min: 0, max: 9 }).map((n) => `eni-${n}`);
  fc.assert(
    fc.property(splits(name, 12), ({ whole, parts }) => {
      expect(foldInParts(fold, parts)).toEqual(foldAll(fold, whole));
    }),
  );
});

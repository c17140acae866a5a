import fc from 'fast-check';
import { expect, it } from 'vitest';
import { plaintextPastControls } from '../../../src/detectors/tls/plaintext-past-controls.ts';
import type { FlowRecord } from '../../../src/records/record.ts';
import { splits } from '../fold-laws.ts';
import { callRecord, flowRecord } from '../plain-records.ts';
import { batchReplay, plainReplay } from '../plain-replay.ts';

let count = 0;
function flow(fields: Readonly<Record<string, string>>): FlowRecord {
  const all = {
    version: '10',
    'account-id': '111122223333',
    region: 'us-east-1',
    'interface-id': 'eni-1',
    'vpc-id': 'vpc-0123456789abcdef0',
    srcaddr: '10.0.1.20',
    dstaddr: '52.94.0.5',
    srcport: '49152',
    dstport: '80',
    protocol: '6',
    packets: '9',
    bytes: '2264',
    start: '1793700000',
    end: '1793700058',
    action: 'ACCEPT',
    'flow-direction': 'egress',
    ...fields,
  };
  return flowRecord(all, { eventId: `event-${++count}`, locator: `flows.txt#${count}` });
}

const daxCall = callRecord({
  eventVersion: '1.11',
  eventTime: '2026-11-01T00:00:00Z',
  eventSource: 'dax.amazonaws.com',
  eventName: 'DescribeClusters',
  awsRegion: 'us-east-1',
  eventID: 'a000000a-0000-4000-8000-00000000000a',
  recipientAccountId: '111122223333',
  userIdentity: { accountId: '111122223333' },
});

it('gives the same findings in any order and any split', () => {
  const one = fc
    .record({
      status: fc.constantFrom('0', '1', '2', '-'),
      client: fc.integer({ min: 1, max: 30 }),
      vpc: fc.constantFrom('vpc-0a', 'vpc-0b', '-'),
      dax: fc.boolean(),
      direction: fc.constantFrom('egress', 'ingress'),
      owner: fc.constantFrom('-', '-', 'i-1', 'i-2'),
    })
    .map(({ status, client, vpc, dax, direction, owner }) =>
      flow({
        'encryption-status': status,
        srcaddr: `10.0.1.${client}`,
        'vpc-id': vpc,
        'flow-direction': direction,
        'instance-id': owner,
        ...(dax ? { dstaddr: `10.0.7.${client % 3}`, dstport: '8111' } : {}),
      }),
    );
  fc.assert(
    fc.property(splits(one, 20), ({ whole, parts }) => {
      const told = (findings: readonly object[]) => findings.map((finding) => JSON.stringify(finding)).sort();
      expect(told(batchReplay([plaintextPastControls], [...parts, [daxCall]]).findings)).toEqual(
        told(plainReplay([plaintextPastControls], [...whole, daxCall]).findings),
      );
    }),
    { numRuns: 60 },
  );
});

it('is one finding of a VPC and a service, whatever number of clients and servers', () => {
  const records = ['10.0.1.1', '10.0.1.2'].flatMap((srcaddr) =>
    ['10.0.7.1', '10.0.7.2'].map((dstaddr) =>
      flow({ srcaddr, dstaddr, dstport: '8111', 'encryption-status': '0' }),
    ),
  );
  const { findings } = plainReplay([plaintextPastControls], [...records, daxCall]);
  expect(new Set(findings.map(({ id }) => id)).size).toBe(1);
  expect(plainReplay([plaintextPastControls], records).findings).toEqual([]);
});

it('names no exclusion where the path tells none', () => {
  const path = (value: string) =>
    plainReplay([plaintextPastControls], [flow({ 'encryption-status': '0', 'traffic-path': value })])
      .findings[0]!.remediation.map(({ command }) => command)
      .join();
  expect(path('7')).not.toContain('-exclusion');
  expect(path('4')).toContain('--vpc-peering-exclusion disable');
});

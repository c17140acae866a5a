import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JudgeContext, Output } from '../../../src/detectors/detector.ts';
import {
  ADDRESS_MEMORY_DAYS,
  elasticAddresses,
  observeAddresses,
  publicAddressesOf,
} from '../../../src/detectors/tls/elastic-addresses.ts';
import { foldAll, foldInParts, judgeAlone, splits } from '../fold-laws.ts';
import { callRecord } from '../plain-records.ts';

const ALLOCATION = 'eipalloc-0abc1234def567890';
const ENI = 'eni-0abc1234def567890';

function pairsOf(
  eventName: string,
  requestParameters: unknown,
  responseElements: unknown,
  more = {},
): unknown {
  let pairs: unknown = null;
  const out: Output = {
    add(_fold, _key, _record, observation) {
      pairs = observation;
      return true;
    },
  };
  const event = { eventTime: '2026-11-01T12:00:00Z', eventSource: 'ec2.amazonaws.com', eventName };
  observeAddresses(callRecord({ ...event, requestParameters, responseElements, ...more }), out);
  return pairs;
}

describe('what a call gives to whom', () => {
  it.each<[string, unknown, unknown, unknown]>([
    [
      'AllocateAddress',
      { domain: 'vpc' },
      { publicIp: '203.0.113.9', allocationId: ALLOCATION },
      [`${ALLOCATION} 203.0.113.9`],
    ],
    [
      'AssociateAddress',
      { allocationId: ALLOCATION, networkInterfaceId: ENI, privateIpAddress: '10.0.1.20' },
      { _return: true },
      [`${ENI} ${ALLOCATION}`],
    ],
    [
      'AssociateAddress',
      { publicIp: '203.0.113.9', instanceId: 'i-0abc1234' },
      null,
      ['i-0abc1234 203.0.113.9'],
    ],
    [
      'CreateNatGateway',
      { CreateNatGatewayRequest: { AllocationId: ALLOCATION, SubnetId: 'subnet-0aaa1111bbb22222c' } },
      {
        CreateNatGatewayResponse: {
          natGateway: { natGatewayAddressSet: { item: { allocationId: ALLOCATION } } },
        },
      },
      [`nat ${ALLOCATION}`],
    ],
    ['AllocateAddress', null, null, null],
    [
      'AssociateAddress',
      { allocationId: 'eipalloc-x', instanceId: '__proto__' },
      { publicIp: '999.1.1.1' },
      null,
    ],
  ])('%s %j %j', (name, request, response, expected) => {
    expect(pairsOf(name, request, response)).toEqual(expected);
  });

  it('is nothing where it failed', () => {
    const response = { publicIp: '203.0.113.9', allocationId: ALLOCATION };
    expect(pairsOf('AllocateAddress', {}, response, { errorCode: 'AddressLimitExceeded' })).toBeNull();
  });
});

const known = (byDay: Record<number, readonly string[]>): JudgeContext => ({
  ...judgeAlone,
  read: (_fold, _key, day) => (byDay[day] ?? null) as never,
});

describe('what was known on a day', () => {
  const day = 1000;
  const pairs = [`${ENI} ${ALLOCATION}`, 'nat eipalloc-0fff1234', 'eipalloc-0fff1234 203.0.113.77'];

  it('goes from the owner by its allocation to the address', () => {
    const context = known({ [day - 5]: [`${ALLOCATION} 203.0.113.9`], [day]: pairs });
    const { own, nat } = publicAddressesOf([ENI, 'i-0abc1234'], '1', 'us-east-1', day, context);
    expect([[...own], [...nat]]).toEqual([['203.0.113.9'], ['203.0.113.77']]);
  });

  it('is not what came later, or too long before', () => {
    const context = known({ [day + 1]: pairs, [day - ADDRESS_MEMORY_DAYS - 1]: pairs });
    const { own, nat } = publicAddressesOf([ENI], '1', 'us-east-1', day, context);
    expect(own.size + nat.size).toBe(0);
  });
});

it('order and split change no pairs', () => {
  const pairs = fc.array(
    fc.integer({ min: 0, max: 400 }).map((n) => `eni-${n} 203.0.113.9`),
    { maxLength: 4 },
  );
  fc.assert(
    fc.property(splits(pairs, 200), ({ whole, parts }) => {
      expect(foldInParts(elasticAddresses, parts)).toEqual(foldAll(elasticAddresses, whole));
    }),
  );
});

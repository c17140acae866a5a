import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPlaceOf, placeOf } from '../../src/records/network.ts';

describe('placeOf', () => {
  it.each([
    ['lambda.amazonaws.com', 'aws-service', ''],
    ['dynamodb.cn-north-1.amazonaws.com.cn', 'aws-service', ''],
    ['AWS Internal', 'aws-internal', ''],
    ['AWS Internal/3', 'aws-internal', ''],
    ['AWS Internal/', 'invalid', 'AWS Internal/'],
    ['aws internal', 'invalid', 'aws internal'],
    ['AWS Internal/3 ', 'invalid', 'AWS Internal/3 '],
    ['amazonaws.com', 'invalid', 'amazonaws.com'],
    ['lambda.amazonaws.com.example.org', 'invalid', 'lambda.amazonaws.com.example.org'],
    ['198.51.100.7', 'public', '198.51.100.0/24'],
    ['10.1.2.3', 'private', '10.1.2.0/24'],
    ['172.16.0.1', 'private', '172.16.0.0/24'],
    ['172.32.0.1', 'public', '172.32.0.0/24'],
    ['192.168.1.1', 'private', '192.168.1.0/24'],
    ['100.64.0.1', 'private', '100.64.0.0/24'],
    ['2001:db8:1:2::3', 'public', '2001:db8:1::/48'],
    ['2001:0DB8:0001:ffff::3', 'public', '2001:db8:1::/48'],
    ['fd00:1:2:3::4', 'private', 'fd00:1:2::/48'],
    ['035.249.1.1', 'invalid', '035.249.1.1'],
    ['198.51.100.7:443', 'invalid', '198.51.100.7:443'],
    ['', 'invalid', ''],
  ])('%j is %s, %j', (source, expected, network) => {
    expect(placeOf(source)).toEqual({ class: expected, network });
  });

  it('puts every address of a /24 or a /48 into one network', () => {
    fc.assert(
      fc.property(fc.ipV4(), fc.nat(255), (address, last) => {
        const neighbour = `${address.slice(0, address.lastIndexOf('.'))}.${last}`;
        expect(placeOf(neighbour)).toEqual(placeOf(address));
      }),
    );
    fc.assert(
      fc.property(fc.array(fc.nat(0xffff), { minLength: 8, maxLength: 8 }), (groups) => {
        const text = (parts: readonly number[]) => parts.map((part) => part.toString(16)).join(':');
        expect(placeOf(text(groups)).network).toBe(
          placeOf(text([...groups.slice(0, 3), 0, 0, 0, 0, 1])).network,
        );
      }),
    );
  });
});

describe('the cache of places', () => {
  it('changes no answer, also when more addresses come by than it keeps', () => {
    const cached = createPlaceOf();
    const sources = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
    for (const source of [...sources, ...sources.slice(0, 100), 'AWS Internal', '2001:db8::1', 'x']) {
      expect(cached(source)).toEqual(placeOf(source));
    }
  });

  it('gives the very same place for the same address', () => {
    const cached = createPlaceOf();
    expect(cached('198.51.100.7')).toBe(cached('198.51.100.7'));
  });
});

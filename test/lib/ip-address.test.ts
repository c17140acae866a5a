import { isIPv4, isIPv6 } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatIpv4,
  formatIpv6,
  ipv4Prefix24,
  ipv6Prefix48,
  isPrivateAddress,
  mappedIpv4,
  parseCidr,
  parseIpv4,
  parseIpv6,
} from '../../src/lib/ip-address.ts';

/** Texts near the border between address and not: what a parser by hand gets wrong. */
const almostAddresses = fc.oneof(
  fc.ipV4(),
  fc.ipV6(),
  fc.string({ unit: fc.constantFrom(...'0123456789abcfF:.%/ -'), maxLength: 46 }),
  fc
    .array(fc.constantFrom('0', '1', '255', '256', '01', 'ffff', 'fffff', '', ':', '1.2.3.4'), {
      maxLength: 9,
    })
    .map((parts) => parts.join(':')),
  fc
    .array(fc.constantFrom('0', '1', '00', '255', '256', '999', '', '-1'), { maxLength: 5 })
    .map((parts) => parts.join('.')),
);

describe('parseIpv4', () => {
  test.each([
    ['0.0.0.0', 0],
    ['10.1.2.3', 0x0a010203],
    ['255.255.255.255', 0xffffffff],
    ['035.249.1.1', -1],
    ['1.2.3', -1],
    ['1.2.3.4.5', -1],
    ['1.2.3.256', -1],
    ['1..2.3', -1],
    ['.1.2.3', -1],
    ['1.2.3.', -1],
    [' 1.2.3.4', -1],
    ['1.2.3.4\n', -1],
    ['', -1],
    ['AWS Internal', -1],
  ])('%j is %d', (text, address) => {
    expect(parseIpv4(text)).toBe(address);
  });

  test('agrees with node:net about what an address is, and comes back as it was', () => {
    fc.assert(
      fc.property(almostAddresses, (text) => {
        const address = parseIpv4(text);
        expect(address >= 0).toBe(isIPv4(text));
        if (address >= 0) expect(formatIpv4(address)).toBe(text);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('parseIpv6', () => {
  test.each([
    ['::', '::'],
    ['::1', '::1'],
    ['1::', '1::'],
    ['2001:DB8::00a1', '2001:db8::a1'],
    ['0:0:1:0:0:0:2:0', '0:0:1::2:0'],
    ['::ffff:192.0.2.1', '::ffff:c000:201'],
    ['1:2:3:4:5:6:1.2.3.4', '1:2:3:4:5:6:102:304'],
    ['1:2:3:4:5:6:7::', '1:2:3:4:5:6:7:0'],
  ])('%s is %s', (text, canonical) => {
    const groups = parseIpv6(text);
    expect(groups === null ? null : formatIpv6(groups)).toBe(canonical);
  });

  test.each([
    '',
    ':',
    ':::',
    '1:2:3:4:5:6:7',
    '1:2:3:4:5:6:7:8:9',
    '1::2::3',
    '12345::',
    '::1.2.3',
    '::1.2.3.4:5',
    'fe80::1%eth0',
    '[::1]',
    '1:2:3:4:5:6:7:1.2.3.4',
    '10.0.0.1',
    '::g',
  ])('%j is none', (text) => {
    expect(parseIpv6(text)).toBeNull();
  });

  test('agrees with node:net about what an address is, and its canonical form is the same address', () => {
    fc.assert(
      fc.property(almostAddresses, (text) => {
        const groups = parseIpv6(text);
        expect(groups !== null).toBe(isIPv6(text) && !text.includes('%'));
        if (groups !== null) expect(parseIpv6(formatIpv6(groups))).toEqual(groups);
      }),
      { numRuns: 2000 },
    );
  });

  test('the canonical form is the one that URL gives', () => {
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        expect(`[${formatIpv6(parseIpv6(text)!)}]`).toBe(new URL(`http://[${text}]/`).hostname);
      }),
    );
  });
});

test('networks are the /24 and the /48, whatever the spelling', () => {
  expect(ipv4Prefix24('198.51.100.77')).toBe('198.51.100.0/24');
  expect(ipv4Prefix24('198.51.100')).toBe('');
  expect(ipv6Prefix48('2001:0DB8:0001:ffff::1')).toBe('2001:db8:1::/48');
  expect(ipv6Prefix48('2001:db8:1:2:3:4:5:6')).toBe('2001:db8:1::/48');
  expect(ipv6Prefix48('198.51.100.77')).toBe('');
});

test.each([
  ['10.0.0.0', true],
  ['11.0.0.0', false],
  ['172.15.255.255', false],
  ['172.16.0.0', true],
  ['172.31.255.255', true],
  ['172.32.0.0', false],
  ['192.168.255.255', true],
  ['192.169.0.0', false],
  ['100.63.255.255', false],
  ['100.64.0.0', true],
  ['100.127.255.255', true],
  ['100.128.0.0', false],
  ['fc00::', true],
  ['fdff::1', true],
  ['fe00::', false],
  ['2001:db8::1', false],
  ['::ffff:10.1.2.3', true],
  ['::ffff:8.8.8.8', false],
  ['10.0.0', false],
  ['lambda.amazonaws.com', false],
  ['', false],
])('private address: %s %s', (text, expected) => {
  expect(isPrivateAddress(text)).toBe(expected);
});

test('an IPv4 address mapped into IPv6 is found, others are not', () => {
  expect(mappedIpv4(parseIpv6('::ffff:1.2.3.4')!)).toBe(0x01020304);
  expect(mappedIpv4(parseIpv6('::1.2.3.4')!)).toBe(-1);
});

describe('parseCidr', () => {
  test.each([
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0',
    '10.0.0.0/',
    '10.0.0.0/08',
    '10.0.0.0/+8',
    '2001:db8::/129',
    '2001:db8::1/32',
    '/8',
    '',
    'x/8',
  ])('%j is none', (text) => {
    expect(parseCidr(text)).toBeNull();
  });

  test('its first and last address share exactly the prefix', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, 2n ** 128n - 1n), fc.integer({ min: 0, max: 128 }), (address, bits) => {
        const hostMask = (1n << BigInt(128 - bits)) - 1n;
        const cidr = parseCidr(`${formatIpv6(toGroups(address & ~hostMask))}/${bits}`);
        expect(cidr).toEqual({
          family: 6,
          first: toGroups(address & ~hostMask),
          last: toGroups(address | hostMask),
        });
      }),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 0xffffffff }),
        fc.integer({ min: 0, max: 32 }),
        (address, bits) => {
          const size = 2 ** (32 - bits);
          const first = address - (address % size);
          expect(parseCidr(`${formatIpv4(first)}/${bits}`)).toEqual({
            family: 4,
            first,
            last: first + size - 1,
          });
        },
      ),
    );
  });
});

function toGroups(address: bigint): Uint16Array {
  return Uint16Array.from({ length: 8 }, (_, at) => Number((address >> BigInt(112 - at * 16)) & 0xffffn));
}

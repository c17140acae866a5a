import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  AWS_SERVICES,
  type AwsRange,
  ageOfAwsRanges,
  buildAwsRanges,
  createAwsRanges,
  type IpRanges,
  parseIpRanges,
} from '../../src/lib/aws-ranges.ts';
import { AWS_RANGES_TABLE } from '../../src/lib/aws-ranges-table.ts';
import { WiretrailError } from '../../src/lib/errors.ts';
import { formatIpv4, formatIpv6, parseCidr, parseIpv4, parseIpv6 } from '../../src/lib/ip-address.ts';

const region = fc.constantFrom('us-east-1', 'eu-west-1', 'GLOBAL');
const service = fc.constantFrom(...AWS_SERVICES);
/** Prefixes crowded into 4,096 addresses of each family, so that they nest, touch and repeat. */
const prefix = fc.oneof(
  fc.record({ service, region, address: fc.nat(4095), bits: fc.integer({ min: 18, max: 32 }) }).map((p) => {
    const first = p.address - (p.address % 2 ** (32 - p.bits));
    return {
      service: p.service,
      region: p.region,
      cidr: parseCidr(`${formatIpv4(parseIpv4('52.94.0.0') + first)}/${p.bits}`)!,
    };
  }),
  fc.record({ service, region, address: fc.nat(4095), bits: fc.integer({ min: 114, max: 128 }) }).map((p) => {
    const first = p.address - (p.address % 2 ** (128 - p.bits));
    return { service: p.service, region: p.region, cidr: parseCidr(`${ipv6(first)}/${p.bits}`)! };
  }),
);

function ipv6(offset: number): string {
  const groups = parseIpv6('2600:1f00:7fff::')!;
  groups[7] = offset;
  return formatIpv6(groups);
}

function oracle(ranges: IpRanges, address: string): AwsRange | null {
  const value = toBigInt(address);
  const holding = ranges.prefixes.filter(({ cidr }) => {
    if ((cidr.family === 4) !== !address.includes(':')) return false;
    const [first, last] =
      cidr.family === 4
        ? [BigInt(cidr.first), BigInt(cidr.last)]
        : [groupsToBigInt(cidr.first), groupsToBigInt(cidr.last)];
    return first <= value && value <= last;
  });
  const size = ({ cidr }: IpRanges['prefixes'][number]) =>
    cidr.family === 4
      ? BigInt(cidr.last - cidr.first)
      : groupsToBigInt(cidr.last) - groupsToBigInt(cidr.first);
  holding.sort(
    (a, b) =>
      AWS_SERVICES.indexOf(a.service) - AWS_SERVICES.indexOf(b.service) ||
      Number(size(a) - size(b)) ||
      (a.region < b.region ? -1 : 1),
  );
  const best = holding[0];
  return best === undefined ? null : { service: best.service, region: best.region };
}

function toBigInt(address: string): bigint {
  return address.includes(':') ? groupsToBigInt(parseIpv6(address)!) : BigInt(parseIpv4(address));
}

function groupsToBigInt(groups: Uint16Array): bigint {
  return groups.reduce((value, group) => value * 65_536n + BigInt(group), 0n);
}

describe('lookup', () => {
  test('equals a linear search over what AWS published', () => {
    fc.assert(
      fc.property(
        fc.array(prefix, { maxLength: 25 }),
        fc.array(fc.nat(4200), { maxLength: 40 }),
        (prefixes, offsets) => {
          const ranges = { date: '2026-08-22', prefixes };
          const built = createAwsRanges(buildAwsRanges(ranges));
          for (const offset of offsets) {
            for (const address of [formatIpv4(parseIpv4('52.93.255.200') + offset), ipv6(offset)]) {
              expect(built.lookup(address)).toEqual(oracle(ranges, address));
            }
          }
        },
      ),
    );
  });

  test('the edges of the address space are addresses like others', () => {
    const all = createAwsRanges(
      buildAwsRanges({
        date: '2026-08-22',
        prefixes: ['0.0.0.0/0', '::/0'].map((text) => ({
          service: 'AMAZON',
          region: 'GLOBAL',
          cidr: parseCidr(text)!,
        })),
      }),
    );
    const amazon = { service: 'AMAZON', region: 'GLOBAL' };
    for (const address of ['0.0.0.0', '255.255.255.255', '::', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff']) {
      expect(all.lookup(address)).toEqual(amazon);
    }
  });

  test('what is no address is in no range, and an IPv4 address mapped into IPv6 is in its own', () => {
    const ranges = createAwsRanges(AWS_RANGES_TABLE);
    for (const text of ['', '-', 'dynamodb.amazonaws.com', 'AWS Internal', '052.94.24.1', '52.94.24', ':']) {
      expect(ranges.lookup(text)).toBeNull();
    }
    expect(ranges.lookup('::ffff:52.94.24.1')).toEqual({ service: 'DYNAMODB', region: 'eu-west-1' });
  });

  test('ranges that touch in one service and region become one', () => {
    const table = buildAwsRanges({
      date: '2026-08-22',
      prefixes: ['52.94.24.0/24', '52.94.25.0/24', '52.94.24.128/25'].map((text) => ({
        service: 'DYNAMODB',
        region: 'eu-west-1',
        cidr: parseCidr(text)!,
      })),
    });
    expect(table.rows.map((row) => row[2].split(' ').length)).toEqual([1]);
  });
});

describe('the committed table', () => {
  const ranges = createAwsRanges(AWS_RANGES_TABLE);

  // Well-known addresses of AWS's list of 2026-08-22.
  test.each([
    ['52.94.24.7', 'DYNAMODB', 'eu-west-1'],
    ['52.119.247.255', 'DYNAMODB', 'eu-west-1'],
    ['13.248.70.1', 'DYNAMODB', 'ap-northeast-1'],
    ['35.71.115.9', 'DYNAMODB', 'us-gov-east-1'],
    ['54.222.64.1', 'DYNAMODB', 'cn-north-1'],
    ['52.216.1.1', 'S3', 'us-east-1'],
    ['3.80.0.1', 'EC2', 'us-east-1'],
    ['2600:1f18::1', 'EC2', 'us-east-1'],
  ])('%s is %s in %s', (address, service, region) => {
    expect(ranges.lookup(address)).toEqual({ service, region });
  });

  test.each(['8.8.8.8', '10.0.0.1', '198.51.100.1', '2001:db8::1', '169.254.169.254'])(
    '%s is nobody of these',
    (address) => {
      expect(ranges.lookup(address)).toBeNull();
    },
  );

  test('names DynamoDB in every region that has it', () => {
    const regions = AWS_RANGES_TABLE.rows
      .filter(([service]) => service === 'DYNAMODB')
      .map(([, region]) => region);
    expect(regions).toContain('us-east-1');
    expect(regions.length).toBeGreaterThan(30);
    expect(new Set(regions).size).toBe(regions.length);
  });
});

describe('parseIpRanges', () => {
  const dynamodb = {
    ip_prefix: '52.94.24.0/23',
    region: 'eu-west-1',
    service: 'DYNAMODB',
    network_border_group: 'eu-west-1',
  };
  const document = (changes: object): string =>
    JSON.stringify({
      createDate: '2026-08-22-15-17-05',
      prefixes: [dynamodb],
      ipv6_prefixes: [],
      ...changes,
    });

  test('keeps the four services and the date', () => {
    const cloud9 = { ...dynamodb, service: 'CLOUD9' };
    const ipv6 = { ipv6_prefix: '2600:1f00:1::/48', region: 'us-west-2', service: 'AMAZON' };
    const ranges = parseIpRanges(
      document({ prefixes: [dynamodb, cloud9], ipv6_prefixes: [ipv6] }),
      'ip-ranges.json',
    );
    expect(ranges).toEqual({
      date: '2026-08-22',
      prefixes: [
        { service: 'DYNAMODB', region: 'eu-west-1', cidr: parseCidr('52.94.24.0/23') },
        { service: 'AMAZON', region: 'us-west-2', cidr: parseCidr('2600:1f00:1::/48') },
      ],
    });
  });

  test.each([
    ['not JSON', '{', /is not JSON/],
    ['another document', '[]', /is not a JSON object/],
    ['no date', document({ createDate: 'yesterday' }), /createDate/],
    ['an impossible date', document({ createDate: '2026-13-45-00-00-00' }), /createDate/],
    ['no list', document({ ipv6_prefixes: null }), /ipv6_prefixes/],
    ['an odd entry', document({ prefixes: [dynamodb, 7] }), /prefixes\[1\] is not an object/],
    ['no region', document({ prefixes: [{ ...dynamodb, region: undefined }] }), /prefixes\[0\] lacks/],
    [
      'a region that is markup',
      document({ prefixes: [{ ...dynamodb, region: "x', '" }] }),
      /prefixes\[0\] has an odd region/,
    ],
    ['a bad prefix', document({ prefixes: [{ ...dynamodb, ip_prefix: '52.94.24.1/23' }] }), /no IPv4 prefix/],
    [
      'the wrong family',
      document({ ipv6_prefixes: [{ ...dynamodb, ipv6_prefix: '52.94.24.0/23' }] }),
      /no IPv6 prefix/,
    ],
    ['nothing of DynamoDB', document({ prefixes: [{ ...dynamodb, service: 'S3' }] }), /no DYNAMODB prefix/],
  ])('says what is wrong with %s', (_, text, message) => {
    const parse = (): unknown => parseIpRanges(text, 'ip-ranges.json');
    expect(parse).toThrow(WiretrailError);
    expect(parse).toThrow(message);
    expect(parse).toThrow(/^ip-ranges\.json: /);
  });
});

test('a table is old after 30 days', () => {
  expect(ageOfAwsRanges('2026-08-22', Date.parse('2026-09-21T23:59:59Z'))).toEqual({
    ageDays: 30,
    stale: false,
  });
  expect(ageOfAwsRanges('2026-08-22', Date.parse('2026-09-22T00:00:00Z'))).toEqual({
    ageDays: 31,
    stale: true,
  });
  expect(ageOfAwsRanges('2026-08-22', Date.parse('2021-01-01T00:00:00Z'))).toEqual({
    ageDays: 0,
    stale: false,
  });
});

// Published addresses of AWS services, and addresses nobody owns for everything else.
// From https://ip-ranges.amazonaws.com/ip-ranges.json, createDate 2026-08-22-15-17-05. DYNAMODB has no IPv6 prefix there.

import type { Random } from './prng.ts';

interface RegionPrefixes {
  /** Service DYNAMODB: first three octets of /24s inside the published prefixes. */
  readonly dynamodb: readonly string[];
  /** Service S3 and not DYNAMODB. */
  readonly s3: readonly string[];
  /** Service EC2 and neither S3 nor DYNAMODB: other people's web servers. */
  readonly ec2: readonly string[];
  /** Service AMAZON over IPv6: the first two groups. */
  readonly amazon6: string;
}

/** Regions that an archive can be simulated for. */
export const REGION_PREFIXES: Readonly<Record<string, RegionPrefixes>> = {
  'us-east-1': {
    dynamodb: ['52.94.0', '52.94.2', '52.119.232'],
    s3: ['52.216.10', '54.231.3'],
    ec2: ['52.4.17', '50.16.9'],
    amazon6: '2600:1f18',
  },
  'eu-west-1': {
    dynamodb: ['52.94.24', '52.94.26', '52.119.240'],
    s3: ['52.218.7', '52.92.33'],
    ec2: ['54.247.8', '54.74.21'],
    amazon6: '2a05:d018',
  },
  'us-west-2': {
    dynamodb: ['52.94.10', '52.94.28'],
    s3: ['52.218.180', '52.92.140'],
    ec2: ['54.68.11', '52.32.40'],
    amazon6: '2600:1f14',
  },
  'eu-central-1': {
    dynamodb: ['52.94.17'],
    s3: ['52.219.72', '3.5.136'],
    ec2: ['52.28.6', '18.184.9'],
    amazon6: '2a05:d014',
  },
};

/** 198.18.0.0/15 is set aside for benchmarks (RFC 2544): public by form, and nobody's. 512 networks of /24. */
export function publicNetwork(random: Random): string {
  return `198.${18 + random.below(2)}.${random.below(256)}`;
}

/** 2001:db8::/32 is set aside for documentation (RFC 3849). */
export function publicNetwork6(random: Random): string {
  return `2001:db8:${random.hex(4)}`;
}

export function hostIn(network: string, random: Random): string {
  return `${network}.${1 + random.below(254)}`;
}

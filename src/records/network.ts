// Addresses as logs write them: what class of place a call came from, and which network.

import { ipv4Prefix24, ipv6Prefix48, isPrivateAddress, parseIpv4, parseIpv6 } from '../lib/ip-address.ts';

/**
 * aws-service: a host name such as `lambda.amazonaws.com`; aws-internal: `AWS Internal` or `AWS Internal/3`;
 * private: RFC 1918, RFC 6598, fc00::/7; public; invalid: anything else (samples hold `035.249.1.1`).
 * https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html (sourceIPAddress)
 */
export type NetworkClass = 'aws-service' | 'aws-internal' | 'private' | 'public' | 'invalid';

export interface Place {
  readonly class: NetworkClass;
  /** /24 of an IPv4, /48 of an IPv6 address (a household or a VPC subnet, not a device); '' for AWS's own sources; the text itself where it is no address. */
  readonly network: string;
}

/** Places are kept for this many addresses, then forgotten together: a run sees the same few again and again. */
const MAX_KNOWN_PLACES = 8192;

export function createPlaceOf(): (source: string) => Place {
  const known = new Map<string, Place>();
  return (source) => {
    const found = known.get(source);
    if (found !== undefined) return found;
    if (known.size >= MAX_KNOWN_PLACES) known.clear();
    const place = placeOf(source);
    known.set(source, place);
    return place;
  };
}

export function placeOf(source: string): Place {
  if (source.endsWith('.amazonaws.com') || source.endsWith('.amazonaws.com.cn')) {
    return { class: 'aws-service', network: '' };
  }
  if (/^AWS Internal(\/\d{1,6})?$/.test(source)) return { class: 'aws-internal', network: '' };
  if (parseIpv4(source) >= 0) {
    return { class: isPrivateAddress(source) ? 'private' : 'public', network: ipv4Prefix24(source) };
  }
  if (parseIpv6(source) !== null) {
    return { class: isPrivateAddress(source) ? 'private' : 'public', network: ipv6Prefix48(source) };
  }
  return { class: 'invalid', network: source };
}

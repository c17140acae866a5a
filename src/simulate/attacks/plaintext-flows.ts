// TLS-06, TLS-07 and TLS-08: plain HTTP to DynamoDB's addresses, DAX's unencrypted port, and both of them without success.

import { hostIn, REGION_PREFIXES } from '../address-facts.ts';
import { MINUTE_MS, SECOND_MS } from '../clock.ts';
import { newInterface, SYN, TCP } from '../flow-traffic.ts';
import type { TrafficClass } from '../truth.ts';
import { type AttackContext, pickPlace, pickTime } from './context.ts';
import { plantFlow, plantTalk } from './planted-flows.ts';

/** A SYN with the usual options. */
const SYN_BYTES = 60;

export function plantPlaintextFlows(context: AttackContext): void {
  const { random, plants } = context;
  const variants = [
    [
      'v5-service-field',
      'plain HTTP to DynamoDB through the gateway endpoint, the log names the service',
      5,
      7,
      'both',
      1650,
      'gateway endpoint',
    ],
    ['v5-internet', 'plain HTTP to DynamoDB through the internet gateway', 5, 8, 'both', 2400, 'direct'],
    ['v5-behind-nat', 'plain HTTP to DynamoDB, seen at the NAT gateway', 5, 8, 'both', 1650, 'NAT'],
    [
      'v2-address-range',
      'plain HTTP to a published DynamoDB address, default fields only',
      2,
      7,
      'both',
      1650,
      'gateway endpoint',
    ],
    [
      'v2-small-request',
      'one small plain HTTP request to DynamoDB, only the request was captured',
      2,
      7,
      'request',
      435,
      'gateway endpoint',
    ],
    [
      'v5-keep-alive',
      'a keep-alive connection in plain HTTP over several windows',
      5,
      7,
      'both',
      30_000,
      'gateway endpoint',
    ],
  ] as const satisfies readonly (readonly [
    string,
    string,
    2 | 5,
    number,
    'both' | 'request',
    number,
    TrafficClass,
  ])[];
  for (const [variant, description, version, path, legs, requestBytes, trafficClass] of variants) {
    const place = pickPlace(context);
    const behindNat = variant === 'v5-behind-nat';
    const network = newInterface(place, random, behindNat ? 'managed' : 'instance');
    const proof = plants.attack({
      rule: 'TLS-06',
      minimumSeverity: 'HIGH',
      variant,
      trafficClass,
      description: `${description} (${network.id})`,
      account: place.account,
      region: place.region,
    });
    const server = hostIn(random.pick(REGION_PREFIXES[place.region]!.dynamodb), random);
    const startMs = pickTime(context);
    const windows = variant === 'v5-keep-alive' ? 4 : 1;
    for (let i = 0; i < windows; i++) {
      plantTalk(context, { place, network, version, proof }, startMs + i * MINUTE_MS, {
        port: 80,
        server,
        path,
        legs,
        requestBytes,
        answerBytes: 900,
        ...(version === 5 ? { service: 'DYNAMODB' } : {}),
        ...(behindNat ? { packetSource: `${place.privatePrefix}.9.${random.between(4, 250)}` } : {}),
      });
    }
  }
}

export function plantPlaintextDaxFlows(context: AttackContext): void {
  const { random, plants } = context;
  const variants = [
    ['v5-two-clients', 'two instances talk to a DAX node on port 8111', 5, 2],
    ['v2-one-client', 'an instance talks to a DAX node on port 8111, default fields only', 2, 1],
  ] as const;
  for (const [variant, description, version, clients] of variants) {
    const place = pickPlace(context);
    // A subnet of its own, so that nothing else of this archive shares the finding's identity.
    const server = `${place.privatePrefix}.${random.between(100, 250)}.${random.between(4, 250)}`;
    const proof = plants.attack({
      rule: 'TLS-07',
      minimumSeverity: 'HIGH',
      variant,
      description: `${description} (${server})`,
      account: place.account,
      region: place.region,
    });
    const startMs = pickTime(context);
    for (let i = 0; i < clients; i++) {
      const network = newInterface(place, random);
      for (let window = 0; window < 3; window++) {
        plantTalk(context, { place, network, version, proof }, startMs + window * MINUTE_MS, {
          port: 8111,
          server,
          path: 1,
          legs: 'both',
          requestBytes: 2600,
          answerBytes: 5200,
        });
      }
    }
  }
}

/** A client that is configured for plain text and sends no request: a security group rejects it, or nobody answers. */
export function plantPlaintextAttempts(context: AttackContext): void {
  const { random, plants } = context;
  const variants = [
    ['v5-rejected', 'port 80 of DynamoDB, rejected', 5, 'dynamodb', 'REJECT'],
    ['v5-unanswered', 'port 80 of DynamoDB, handshakes that nobody answers', 5, 'dynamodb', 'ACCEPT'],
    ['v2-rejected', 'port 80 of DynamoDB, rejected, default fields only', 2, 'dynamodb', 'REJECT'],
    ['v5-dax-rejected', 'a DAX node’s port 8111, rejected', 5, 'dax', 'REJECT'],
  ] as const;
  for (const [variant, description, version, service, action] of variants) {
    const place = pickPlace(context);
    const network = newInterface(place, random);
    const proof = plants.attack({
      rule: 'TLS-08',
      minimumSeverity: 'LOW',
      variant,
      description: `${description} (${network.id})`,
      account: place.account,
      region: place.region,
    });
    const server =
      service === 'dax'
        ? `${place.privatePrefix}.${random.between(100, 250)}.${random.between(4, 250)}`
        : hostIn(random.pick(REGION_PREFIXES[place.region]!.dynamodb), random);
    const startMs = pickTime(context);
    for (let attempt = 0; attempt < 3; attempt++) {
      const packets = random.between(1, 7);
      plantFlow(
        context,
        { place, network, version, proof },
        {
          startMs: startMs + attempt * MINUTE_MS,
          endMs: startMs + attempt * MINUTE_MS + random.between(20, 58) * SECOND_MS,
          source: network.address,
          destination: server,
          sourcePort: random.between(32768, 60999),
          destinationPort: service === 'dax' ? 8111 : 80,
          protocol: TCP,
          packets,
          bytes: packets * SYN_BYTES,
          action,
          flags: SYN,
          direction: 'egress',
          path: service === 'dax' ? 1 : 7,
          ...(service === 'dynamodb' && version === 5 ? { destinationService: 'DYNAMODB' } : {}),
        },
      );
    }
  }
}

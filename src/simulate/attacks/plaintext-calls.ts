// TLS-01, TLS-02, TLS-03 and TLS-05: DynamoDB calls whose tlsDetails are missing, half missing, or tell of an old protocol, a weak cipher or
// an odd host.

import type { Place } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import {
  type ApiCall,
  DELETE_ITEM,
  GET_ITEM,
  GET_RECORDS,
  PUT_ITEM,
  QUERY,
  SCAN,
  UPDATE_ITEM,
} from '../api-calls.ts';
import { fullTls, partialTls, serviceHost } from '../call-record.ts';
import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import {
  type AttackContext,
  newRoleSession,
  newUser,
  type Principal,
  pickPlace,
  pickTime,
  pickTimeInWindow,
  plantCall,
} from './context.ts';

/** Calls without TLS are evidence only where at least 98 % of an account's calls have it: planted ones stay well below 2 %. */
const LARGEST_PLAIN_SHARE = 0.012;
/** Of all CloudTrail records of an account: direct item-level DynamoDB calls. */
const DYNAMODB_SHARE = 0.5;
/** Below this many a day an account says nothing about itself. */
const LEAST_DYNAMODB_CALLS_PER_DAY = 300;
/** TLS-01 counts in windows of 15 minutes; three calls are needed when only the absence of TLS speaks. */
const WINDOW_MS = 15 * MINUTE_MS;
const SPAN_MS = 9 * MINUTE_MS;

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly calls: number;
  readonly operations: readonly ApiCall[];
  plan(
    context: AttackContext,
    place: Place,
    timeMs: number,
  ): {
    readonly caller: Principal;
    readonly address: string;
    readonly tls: string;
    readonly vpcEndpoint?: string;
  };
}

function natAddress(place: Place, context: AttackContext): string {
  return context.random.pick(place.natAddresses);
}
function host(place: Place): string {
  return serviceHost('dynamodb', place.region);
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'role-absent',
    description: 'an instance of a known role calls DynamoDB through NAT, tlsDetails absent',
    calls: 5,
    operations: [GET_ITEM, QUERY, PUT_ITEM],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: place.workloads[0]!.roleName, roleId: place.workloads[0]!.roleId },
        timeMs,
      ),
      address: natAddress(place, context),
      tls: '',
    }),
  },
  {
    name: 'user-key-partial',
    description: 'a user with a long-term key calls DynamoDB from outside, only the host header is logged',
    calls: 4,
    operations: [GET_ITEM, SCAN],
    plan: (context, place) => ({
      caller: newUser(context, place.account, 'importer'),
      address: hostIn(publicNetwork(context.random), context.random),
      tls: partialTls(host(place)),
    }),
  },
  {
    name: 'gateway-endpoint',
    description: 'a task calls DynamoDB through the gateway endpoint, only the host header is logged',
    calls: 5,
    operations: [GET_ITEM, UPDATE_ITEM, DELETE_ITEM],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: `legacy-batch-${context.random.hex(4)}`, sessionName: context.random.hex(32) },
        timeMs,
      ),
      address: `${place.privatePrefix}.44.${context.random.between(4, 250)}`,
      tls: partialTls(host(place)),
      vpcEndpoint: place.dynamodbEndpoint,
    }),
  },
  {
    name: 'port-80-host',
    description: 'one call whose host header ends in :80, without TLS version and cipher',
    calls: 1,
    operations: [QUERY],
    plan: (context, place) => ({
      caller: newUser(context, place.account, 'reporting'),
      address: hostIn(publicNetwork(context.random), context.random),
      tls: partialTls(`${host(place)}:80`),
    }),
  },
  {
    name: 'streams-absent',
    description: 'a consumer reads a DynamoDB stream, tlsDetails absent',
    calls: 4,
    operations: [GET_RECORDS],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: `stream-copier-${context.random.hex(4)}` },
        timeMs,
      ),
      address: natAddress(place, context),
      tls: '',
    }),
  },
];

export function plantPlaintextCalls(context: AttackContext): void {
  const { random, plants } = context;
  const planted = new Map<string, number>();
  for (let round = 0; round < 2; round++) {
    for (const variant of VARIANTS) {
      const place = context.places[round === 0 ? 0 : context.places.indexOf(pickPlace(context))]!;
      const used = (planted.get(place.account) ?? 0) + variant.calls;
      const expected = context.callsOf(place.account) * DYNAMODB_SHARE;
      if (used > expected * LARGEST_PLAIN_SHARE || expected / context.days < LEAST_DYNAMODB_CALLS_PER_DAY)
        continue;
      planted.set(place.account, used);
      const startMs = pickTimeInWindow(context, WINDOW_MS, SPAN_MS);
      const { caller, address, tls, vpcEndpoint } = variant.plan(context, place, startMs);
      const proof = plants.attack({
        rule: 'TLS-01',
        minimumSeverity: 'MEDIUM',
        variant: variant.name,
        description: variant.description,
        principal: caller.principal,
        account: place.account,
        region: place.region,
      });
      for (let i = 0; i < variant.calls; i++) {
        plantCall(context, proof, {
          place,
          caller,
          address,
          tls,
          timeMs: startMs + random.below(SPAN_MS),
          call: variant.operations[i % variant.operations.length]!,
          ...(vpcEndpoint === undefined ? {} : { vpcEndpoint }),
        });
      }
    }
  }
  plantBlockedAttempts(context);
  plantPlainMajority(context);
}

/**
 * In an account of three principals one makes 60 % of all DynamoDB calls, in plain HTTP: whether the account reports TLS must be
 * learned from the other two.
 */
function plantPlainMajority(context: AttackContext): void {
  const { random, plants } = context;
  const place = context.places.find((each) => each.share === 0);
  if (place === undefined) return;
  const startMs = context.startMs + 8 * HOUR_MS;
  const spanMs = 8 * HOUR_MS;
  const others = ['web', 'worker'].map((name) => newUser(context, place.account, name));
  const plain = newUser(context, place.account, 'legacy-sync');
  const proof = plants.attack({
    rule: 'TLS-01',
    minimumSeverity: 'MEDIUM',
    variant: 'plain-majority',
    description: 'one of three principals makes 60 % of all DynamoDB calls of an account, all without TLS',
    principal: plain.principal,
    account: place.account,
    region: place.region,
  });
  for (const [caller, calls] of [...others.map((other) => [other, 180] as const), [plain, 540] as const]) {
    const address = hostIn(publicNetwork(random), random);
    for (let i = 0; i < calls; i++) {
      plantCall(context, caller === plain ? proof : null, {
        place,
        caller,
        address,
        timeMs: startMs + random.below(spanMs),
        call: random.pick([GET_ITEM, QUERY, PUT_ITEM]),
        ...(caller === plain ? { tls: '' } : { byVictim: true }),
      });
    }
  }
}

/** The guard works: calls without TLS that a policy refused. Worth a note (LOW), not an alarm. */
function plantBlockedAttempts(context: AttackContext): void {
  const place = context.places[0]!;
  if (context.callsOf(place.account) * DYNAMODB_SHARE * LARGEST_PLAIN_SHARE < 40) return;
  const caller = newUser(context, place.account, 'blocked');
  const proof = context.plants.benign(
    'DynamoDB calls without TLS that an explicit deny refused',
    'the aws:SecureTransport guard did its work; a blocked attempt is LOW',
  );
  const startMs = pickTimeInWindow(context, WINDOW_MS, SPAN_MS);
  const address = hostIn(publicNetwork(context.random), context.random);
  for (let i = 0; i < 4; i++) {
    plantCall(context, proof, {
      place,
      caller,
      address,
      tls: '',
      timeMs: startMs + context.random.below(SPAN_MS),
      call: GET_ITEM,
      errorCode: 'AccessDenied',
      errorMessage: `User: ${/"arn":"([^"]+)"/.exec(caller.identity)![1]!} is not authorized to perform: dynamodb:GetItem with an explicit deny in a resource-based policy`,
    });
  }
}

const OLD_PROTOCOLS = [
  ['TLSv1', 'ECDHE-RSA-AES128-SHA'],
  ['TLSv1.1', 'ECDHE-RSA-AES256-SHA'],
  ['TLSv1.0', 'AES128-SHA'],
] as const;

export function plantOldTlsCalls(context: AttackContext): void {
  for (const [version, cipher] of OLD_PROTOCOLS) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const byUser = version === 'TLSv1.1';
    const caller = byUser
      ? newUser(context, place.account, 'kiosk')
      : newRoleSession(context, place.account, { roleName: `terminal-${context.random.hex(4)}` }, timeMs);
    const proof = context.plants.attack({
      rule: 'TLS-02',
      minimumSeverity: 'HIGH',
      variant: version,
      description: `DynamoDB called over ${version}`,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const address = byUser
      ? hostIn(publicNetwork(context.random), context.random)
      : natAddress(place, context);
    for (let i = 0; i < context.random.between(1, 3); i++) {
      plantCall(context, proof, {
        place,
        caller,
        address,
        tls: fullTls({ version, cipher }, host(place)),
        timeMs: timeMs + i * MINUTE_MS,
        call: i === 0 ? QUERY : GET_ITEM,
      });
    }
  }
}

/** OpenSSL's spelling and IANA's. */
const WEAK_CIPHERS = [
  ['HIGH', 'DES-CBC3-SHA'],
  ['HIGH', 'TLS_RSA_WITH_RC4_128_SHA'],
  ['HIGH', 'ADH-AES128-GCM-SHA256'],
  ['HIGH', 'TLS_ECDHE_RSA_WITH_NULL_SHA'],
  ['MEDIUM', 'AES128-GCM-SHA256'],
  ['MEDIUM', 'TLS_RSA_WITH_AES_256_CBC_SHA'],
] as const;
const CALLS_WITH_CBC = 40;

export function plantWeakCipherCalls(context: AttackContext): void {
  const { random, plants } = context;
  for (const [minimumSeverity, cipher] of WEAK_CIPHERS) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const byUser = random.chance(0.5);
    const caller = byUser
      ? newUser(context, place.account, 'till')
      : newRoleSession(context, place.account, { roleName: `gateway-${random.hex(4)}` }, timeMs);
    const proof = plants.attack({
      rule: 'TLS-03',
      minimumSeverity,
      variant: cipher,
      description: `DynamoDB called over TLS 1.2 with ${cipher}`,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const address = byUser ? hostIn(publicNetwork(random), random) : natAddress(place, context);
    const calls = random.between(1, 3);
    for (let i = 0; i < calls; i++) {
      plantCall(context, proof, {
        place,
        caller,
        address,
        tls: fullTls({ version: 'TLSv1.2', cipher }, host(place)),
        timeMs: timeMs + i * MINUTE_MS,
        call: i === 0 ? QUERY : GET_ITEM,
      });
    }
  }
  plantCbcCalls(context);
}

/** What some Go programs agree on by themselves: an inventory (LOW), no alarm. */
function plantCbcCalls(context: AttackContext): void {
  const { random } = context;
  const place = context.places[0]!;
  const caller = newUser(context, place.account, 'provisioner');
  const proof = context.plants.benign(
    'DynamoDB calls with CBC and SHA-1 after an ephemeral key exchange',
    'old but not broken, and too common: one LOW a day, however many calls',
  );
  const startMs = pickTime(context);
  const address = hostIn(publicNetwork(random), random);
  for (let i = 0; i < CALLS_WITH_CBC; i++) {
    plantCall(context, proof, {
      place,
      caller,
      address,
      tls: fullTls({ version: 'TLSv1.2', cipher: 'ECDHE-RSA-AES256-SHA' }, host(place)),
      timeMs: startMs + random.below(HOUR_MS),
      call: GET_ITEM,
    });
  }
}

interface OddHost {
  readonly variant: string;
  readonly host: (place: Place) => string;
}
const ODD_HOSTS: readonly OddHost[] = [
  { variant: 'tunnel', host: () => 'localhost:8443' },
  { variant: 'address', host: (place) => `${place.privatePrefix}.9.17` },
  { variant: 'other-name', host: (place) => `dynamodb.${place.region}.amazonaws.com.cdn.example.net` },
  { variant: 'other-port', host: (place) => `${host(place)}:8443` },
  {
    variant: 'other-region',
    host: (place) => serviceHost('dynamodb', place.region === 'eu-north-1' ? 'us-west-2' : 'eu-north-1'),
  },
  { variant: 'other-account', host: (place) => `000011112222.ddb.${place.region}.amazonaws.com` },
];

export function plantOddHostCalls(context: AttackContext): void {
  const { random, plants } = context;
  for (const { variant, host: oddHost } of ODD_HOSTS) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const caller = newUser(context, place.account, 'proxied');
    const proof = plants.attack({
      rule: 'TLS-05',
      minimumSeverity: 'MEDIUM',
      variant,
      description: `DynamoDB called as ${oddHost(place)}`,
      principal: caller.principal,
      account: place.account,
      region: place.region,
    });
    const address = hostIn(publicNetwork(random), random);
    for (const call of [QUERY, GET_ITEM]) {
      const tls = fullTls({ version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' }, oddHost(place));
      plantCall(context, proof, { place, caller, address, tls, timeMs, call });
    }
  }
  plantOtherEndpoints(context);
}

/** All the other names that AWS gives its endpoints. */
function plantOtherEndpoints(context: AttackContext): void {
  const place = context.places[0]!;
  const caller = newUser(context, place.account, 'private-link');
  const proof = context.plants.benign(
    'DynamoDB called by its interface, account, FIPS and dual-stack endpoints',
    'unusual names, all of them of AWS, for this region and account',
  );
  const timeMs = pickTime(context);
  const address = hostIn(publicNetwork(context.random), context.random);
  for (const name of [
    `vpce-0${context.random.hex(16)}-${context.random.hex(8)}.dynamodb.${place.region}.vpce.amazonaws.com`,
    `${place.account}.ddb.${place.region}.amazonaws.com`,
    `dynamodb-fips.${place.region}.amazonaws.com`,
    `dynamodb.${place.region}.api.aws`,
    `${host(place)}:443`,
  ]) {
    const tls = fullTls({ version: 'TLSv1.3', cipher: 'TLS_AES_128_GCM_SHA256' }, name);
    plantCall(context, proof, { place, caller, address, tls, timeMs, call: GET_ITEM });
  }
}

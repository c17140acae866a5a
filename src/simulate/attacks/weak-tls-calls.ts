// TLS-02, TLS-03 and TLS-05: DynamoDB calls whose tlsDetails tell of an old protocol, a weak cipher or an odd host.

import type { Place } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import { GET_ITEM, QUERY } from '../api-calls.ts';
import { fullTls, serviceHost } from '../call-record.ts';
import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import { type AttackContext, newRoleSession, newUser, pickPlace, pickTime, plantCall } from './context.ts';

function natAddress(place: Place, context: AttackContext): string {
  return context.random.pick(place.natAddresses);
}
function host(place: Place): string {
  return serviceHost('dynamodb', place.region);
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

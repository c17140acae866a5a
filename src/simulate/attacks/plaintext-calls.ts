// TLS-01: DynamoDB calls whose tlsDetails are missing or half missing.

import type { Place } from '../actors.ts';
import { hostIn, publicNetwork, REGION_PREFIXES } from '../address-facts.ts';
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
import { type CallShape, dualStackHost, partialTls, serviceHost } from '../call-record.ts';
import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Delivery } from '../plants.ts';
import type { TrafficClass } from '../truth.ts';
import {
  type AttackContext,
  newRoleSession,
  newUser,
  type Principal,
  pickPlace,
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
const THROTTLED = { errorCode: 'ThrottlingException', errorMessage: 'Rate exceeded' } as const;

interface Variant {
  readonly name: string;
  readonly trafficClass: TrafficClass;
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
  /** Times that each request is sent. */
  readonly attempts?: number;
  readonly delivery?: Delivery;
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
    trafficClass: 'NAT',
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
    trafficClass: 'direct',
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
    trafficClass: 'gateway endpoint',
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
    trafficClass: 'direct',
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
    trafficClass: 'NAT',
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
  {
    name: 'behind-proxy',
    trafficClass: 'proxied',
    description: 'one of many behind the company’s proxy, only the host header is logged',
    calls: 4,
    operations: [GET_ITEM, QUERY],
    plan: (context, place) => ({
      caller: newUser(context, place.account, 'back-office'),
      address: place.proxyAddress,
      tls: partialTls(host(place)),
    }),
  },
  {
    name: 'dual-stack',
    trafficClass: 'dual stack',
    description: 'an instance calls the dual-stack name over IPv6, only the host header is logged',
    calls: 4,
    operations: [GET_ITEM, PUT_ITEM],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: `edge-sync-${context.random.hex(4)}` },
        timeMs,
      ),
      address: `${place.prefix6}33::${context.random.hex(4)}`,
      tls: partialTls(dualStackHost(place.region)),
    }),
  },
  {
    name: 'interface-endpoint',
    trafficClass: 'interface endpoint',
    description: 'an instance calls DynamoDB’s interface endpoint, only the host header is logged',
    calls: 4,
    operations: [GET_ITEM, UPDATE_ITEM],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: `ledger-copy-${context.random.hex(4)}` },
        timeMs,
      ),
      address: `${place.privatePrefix}.46.${context.random.between(4, 250)}`,
      tls: partialTls(place.interfaceEndpoint.host),
      vpcEndpoint: place.interfaceEndpoint.id,
    }),
  },
  {
    name: 'function-outside',
    trafficClass: 'Lambda',
    description: 'a function that is in no VPC calls DynamoDB, tlsDetails absent',
    calls: 4,
    operations: [QUERY, PUT_ITEM],
    plan: (context, place, timeMs) => {
      const name = `thumbnails-${context.random.hex(4)}`;
      return {
        caller: newRoleSession(
          context,
          place.account,
          { roleName: `${name}-role`, sessionName: name },
          timeMs,
        ),
        address: hostIn(context.random.pick(REGION_PREFIXES[place.region]!.ec2), context.random),
        tls: '',
      };
    },
  },
  {
    name: 'retry-storm',
    trafficClass: 'retry storm',
    description: 'a throttled task tries each request again and again, tlsDetails absent',
    calls: 2,
    attempts: 5,
    operations: [PUT_ITEM],
    plan: (context, place, timeMs) => ({
      caller: newRoleSession(
        context,
        place.account,
        { roleName: `bulk-load-${context.random.hex(4)}`, sessionName: context.random.hex(32) },
        timeMs,
      ),
      address: natAddress(place, context),
      tls: '',
    }),
  },
  ...(['late', 'twice'] as const).map(
    (delivery): Variant => ({
      name: `delivered-${delivery}`,
      trafficClass: `delivered ${delivery}`,
      description: `a user’s calls without TLS, all of them delivered ${delivery === 'late' ? 'hours late' : 'twice'}`,
      calls: 4,
      delivery,
      operations: [GET_ITEM, QUERY],
      plan: (context, place) => ({
        caller: newUser(context, place.account, 'nightly'),
        address: hostIn(publicNetwork(context.random), context.random),
        tls: partialTls(host(place)),
      }),
    }),
  ),
];

export function plantPlaintextCalls(context: AttackContext): void {
  const { random, plants } = context;
  const planted = new Map<string, number>();
  for (let round = 0; round < 2; round++) {
    for (const variant of VARIANTS) {
      const place = context.places[round === 0 ? 0 : context.places.indexOf(pickPlace(context))]!;
      const attempts = variant.attempts ?? 1;
      const used = (planted.get(place.account) ?? 0) + variant.calls * attempts;
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
        trafficClass: variant.trafficClass,
        description: variant.description,
        principal: caller.principal,
        account: place.account,
        region: place.region,
        // Some are roles whose other calls have TLS.
        alsoExpected: ['TLS-04'],
      });
      for (let i = 0; i < variant.calls; i++) {
        const timeMs = startMs + random.below(SPAN_MS);
        let shape: CallShape | undefined;
        for (let attempt = 1; attempt <= attempts; attempt++) {
          shape = plantCall(context, proof, {
            place,
            caller,
            address,
            tls,
            timeMs: timeMs + 100 * 2 ** attempt,
            call: variant.operations[i % variant.operations.length]!,
            ...(shape === undefined ? {} : { shape }),
            ...(vpcEndpoint === undefined ? {} : { vpcEndpoint }),
            ...(variant.delivery === undefined ? {} : { delivery: variant.delivery }),
            ...(attempt < attempts ? THROTTLED : {}),
          });
        }
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

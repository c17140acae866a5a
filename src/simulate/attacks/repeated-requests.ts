// REP-03: the very same request by the same key, minutes later, from a network where that key has never been.

import { TLS_12, TLS_13 } from '../actors.ts';
import { hostIn, publicNetwork } from '../address-facts.ts';
import { type ApiCall, GET_ITEM, PUT_ITEM, QUERY } from '../api-calls.ts';
import { fullTls, serviceHost } from '../call-record.ts';
import { DAY_MS, HOUR_MS, SECOND_MS } from '../clock.ts';
import {
  type AttackContext,
  apiCall,
  newRoleSession,
  newUser,
  type PlantedCallFacts,
  pickPlace,
  pickTime,
  plantCall,
} from './context.ts';

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly call: ApiCall;
  /** endpoint: a role behind the gateway endpoint. */
  readonly by: 'user' | 'role' | 'endpoint';
  /** TLS of the copy: another tuple than the original's, the same, or none at all. */
  readonly copy: 'other-tls' | 'same-tls' | 'no-tls';
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'other-tls',
    description: 'a captured read is sent again by another TLS client',
    call: GET_ITEM,
    by: 'user',
    copy: 'other-tls',
  },
  {
    name: 'same-tls',
    description: 'a captured query of a role is sent again from elsewhere',
    call: QUERY,
    by: 'role',
    copy: 'same-tls',
  },
  {
    name: 'gateway-endpoint',
    description: 'a read through the gateway endpoint is sent again from outside',
    call: GET_ITEM,
    by: 'endpoint',
    copy: 'other-tls',
  },
  {
    name: 'write',
    description: 'a captured write is sent again',
    call: PUT_ITEM,
    by: 'role',
    copy: 'other-tls',
  },
  {
    name: 'no-tls',
    description: 'a captured read is sent again in plain HTTP',
    call: GET_ITEM,
    by: 'user',
    copy: 'no-tls',
  },
  {
    name: 'secret-read',
    description: 'a captured GetSecretValue is sent again from elsewhere',
    by: 'role',
    copy: 'other-tls',
    call: apiCall('secretsmanager', 'GetSecretValue', '{"secretId":"app/ledger-signing"}', {
      readOnly: true,
    }),
  },
];

export function plantRepeatedRequests(context: AttackContext): void {
  const { random, plants } = context;
  for (const variant of VARIANTS) {
    const place = pickPlace(context);
    const timeMs = pickTime(context);
    const caller =
      variant.by === 'user'
        ? newUser(context, place.account, 'analyst')
        : newRoleSession(context, place.account, { roleName: `exporter-${random.hex(4)}` }, timeMs);
    const home =
      variant.by === 'user'
        ? hostIn(publicNetwork(random), random)
        : variant.by === 'endpoint'
          ? `${place.privatePrefix}.45.${random.between(4, 250)}`
          : random.pick(place.natAddresses);
    const endpoint = variant.by === 'endpoint' ? { vpcEndpoint: place.dynamodbEndpoint } : {};
    const homeNetwork = home.slice(0, home.lastIndexOf('.'));
    let away = publicNetwork(random);
    while (away === homeNetwork) away = publicNetwork(random);
    plantHistory(context, { place, caller, address: home, ...endpoint }, timeMs);
    const proof = plants.attack({
      rule: 'REP-03',
      minimumSeverity: 'MEDIUM',
      variant: variant.name,
      description: variant.description,
      principal: caller.principal,
      account: place.account,
      region: place.region,
      alsoExpected: variant.copy === 'no-tls' ? ['TLS-01'] : [],
    });
    const shape = plantCall(context, proof, {
      place,
      caller,
      call: variant.call,
      timeMs,
      address: home,
      byVictim: true,
      ...endpoint,
    });
    const other = caller.tls === TLS_13 ? TLS_12 : TLS_13;
    plantCall(context, proof, {
      place,
      caller,
      call: variant.call,
      shape,
      timeMs: timeMs + random.between(4, 240) * SECOND_MS,
      address: hostIn(away, random),
      ...(variant.copy === 'no-tls'
        ? { tls: '' }
        : variant.copy === 'other-tls'
          ? { tls: fullTls(other, serviceHost(variant.call.operation.service, place.region)) }
          : {}),
    });
  }
}

/** What the key did before and after, all from its one network, nothing twice. */
const HISTORY_CALLS = 20;

function plantHistory(
  context: AttackContext,
  from: Pick<PlantedCallFacts, 'place' | 'caller' | 'address' | 'vpcEndpoint'>,
  timeMs: number,
): void {
  const endMs = context.startMs + context.days * DAY_MS;
  for (let i = 0; i < HISTORY_CALLS; i++) {
    const when = Math.floor(timeMs + (context.random.float() - 0.5) * 3 * HOUR_MS);
    if (when < context.startMs || when >= endMs) continue;
    plantCall(context, null, {
      ...from,
      byVictim: true,
      timeMs: when,
      call: apiCall(
        'dynamodb',
        'GetItem',
        `{"tableName":"${from.place.tables[0]!}","key":{"pk":"history#${context.random.uuid()}"}}`,
        { data: true, readOnly: true },
      ),
    });
  }
}

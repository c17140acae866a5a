// What the attack files share: where and when to plant, and how a planted call is written.

import { type Caller, type Place, TLS_12, TLS_13 } from '../actors.ts';
import type { ApiCall } from '../api-calls.ts';
import { type CallShape, fullTls, loggedRecord, requestIdOf, serviceHost } from '../call-record.ts';
import { DAY_MS, HOUR_MS } from '../clock.ts';
import { accessKeyId, principalId } from '../credentials.ts';
import type { LogPlan } from '../log-plan.ts';
import type { Delivery, Plants, Proof } from '../plants.ts';
import type { Random } from '../prng.ts';
import { roleIdentity, userIdentity } from '../sessions.ts';

export interface AttackContext {
  /** Where the records are complete: what is planted there can be found. */
  readonly places: readonly Place[];
  readonly poorlyLogged: readonly Place[];
  readonly startMs: number;
  readonly days: number;
  readonly random: Random;
  readonly plants: Plants;
  readonly logPlan: LogPlan;
  /** Every planted call carries it, where given. */
  readonly attackUserAgent: string | null;
  /** About how many CloudTrail records an account has. */
  callsOf(account: string): number;
}

/** Half the places get an attack more often than the rest: attacks follow traffic. */
export function pickPlace(context: AttackContext): Place {
  const { places, random } = context;
  let luck = random.float() * places.reduce((sum, place) => sum + place.share, 0);
  for (const place of places) {
    luck -= place.share;
    if (luck < 0) return place;
  }
  return places[0]!;
}

/** Some time that leaves room before and after. */
export function pickTime(context: AttackContext): number {
  return context.startMs + 2 * HOUR_MS + context.random.below(context.days * DAY_MS - 4 * HOUR_MS);
}

/** Some time such that `spanMs` from it lies inside one window of `windowMs` counted from 1970: rules count in such windows. */
export function pickTimeInWindow(context: AttackContext, windowMs: number, spanMs: number): number {
  const windowStart = Math.floor(pickTime(context) / windowMs) * windowMs;
  return windowStart + context.random.below(windowMs - spanMs);
}

export interface Principal extends Caller {
  /** As CallRecord.principal writes it. */
  readonly principal: string;
  readonly account: string;
}

const CLI_AGENT =
  'aws-cli/2.15.57 md/awscrt#0.19.19 ua/2.0 os/linux#6.5.0-35-generic md/arch#x86_64 lang/python#3.11.8 md/pyimpl#CPython cfg/retry-mode#standard md/prompt#off md/command#dynamodb.query';
const SDK_AGENT =
  'aws-sdk-java/2.25.61 Linux/5.10.217-205.860.amzn2.x86_64 OpenJDK_64-Bit_Server_VM/17.0.11+9-LTS Java/17.0.11 vendor/Amazon.com_Inc. io/sync http/Apache cfg/retry-mode/legacy';

/** A user of its own for one attack: nothing else is done with this name or key. */
export function newUser(context: AttackContext, account: string, name: string): Principal {
  const { random } = context;
  const userName = `${name}-${random.hex(4)}`;
  const keyId = accessKeyId('AKIA', account, random);
  return {
    principal: `user:${account}:${userName}`,
    account,
    keyId,
    identity: userIdentity(userName, account, keyId, principalId('AIDA', random)),
    userAgent: CLI_AGENT,
    tls: TLS_13,
  };
}

/** A session of a role; of a role of its own unless one is named. */
export function newRoleSession(
  context: AttackContext,
  account: string,
  role: { readonly roleName: string; readonly roleId?: string; readonly sessionName?: string },
  timeMs: number,
): Principal {
  const { random } = context;
  const keyId = accessKeyId('ASIA', account, random);
  return {
    principal: `role:${account}:${role.roleName}`,
    account,
    keyId,
    identity: roleIdentity({
      account,
      roleName: role.roleName,
      roleId: role.roleId ?? principalId('AROA', random),
      sessionName: role.sessionName ?? `i-0${random.hex(16)}`,
      keyId,
      createdMs: timeMs - HOUR_MS / 2,
      ...(role.sessionName === undefined ? { delivery: '2.0' } : {}),
    }),
    userAgent: SDK_AGENT,
    tls: TLS_12,
  };
}

export interface PlantedCallFacts {
  readonly place: Place;
  readonly timeMs: number;
  readonly caller: Caller;
  readonly call: ApiCall;
  /** Asked for already, where two calls must ask for the same. */
  readonly shape?: CallShape;
  readonly address: string;
  /** Instead of the caller's own: tlsDetails as JSON, '' for none. */
  readonly tls?: string;
  readonly vpcEndpoint?: string;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  readonly viaConsole?: boolean;
  /** The call is not the attacker's (the victim's own request, a session's history): it keeps its user agent. */
  readonly byVictim?: boolean;
  readonly delivery?: Delivery;
}

/** Plants one call; with a proof it is part of that attack (or of that temptation). Returns what was asked for. */
export function plantCall(context: AttackContext, proof: Proof | null, facts: PlantedCallFacts): CallShape {
  const { random, plants } = context;
  const { place, caller, call } = facts;
  const shape =
    facts.shape ??
    call.shape(
      {
        place,
        tables: place.tables,
        bucket: place.buckets[0]!,
        kmsKeyId: place.kmsKeyIds[0]!,
        timeMs: facts.timeMs,
      },
      random,
    );
  const eventId = random.uuid();
  const { service } = call.operation;
  const text = loggedRecord(place.logging, {
    ...shape,
    operation: call.operation,
    version: service === 'dynamodb' ? '1.10' : '1.11',
    identity: caller.identity,
    timeMs: facts.timeMs,
    account: place.account,
    region: place.region,
    address: facts.address,
    userAgent: facts.byVictim === true ? caller.userAgent : (context.attackUserAgent ?? caller.userAgent),
    requestId: requestIdOf(service, random),
    eventId,
    tls: facts.tls ?? fullTls(caller.tls, serviceHost(service, place.region)),
    ...(facts.vpcEndpoint === undefined ? {} : { vpcEndpoint: facts.vpcEndpoint }),
    ...(facts.viaConsole === true ? { viaConsole: true } : {}),
    ...(facts.errorCode === undefined
      ? {}
      : { errorCode: facts.errorCode, errorMessage: facts.errorMessage ?? '' }),
  });
  if (text === null) return shape;
  proof?.eventIds.push(eventId);
  plants.calls.push({
    timeMs: facts.timeMs,
    account: place.account,
    region: place.region,
    proof,
    text,
    ...(facts.delivery === undefined ? {} : { delivery: facts.delivery }),
  });
  return shape;
}

/** A call with given parameters and answer. */
export function apiCall(
  service: string,
  name: string,
  parameters: string,
  options: { readonly readOnly?: boolean; readonly response?: string; readonly data?: boolean } = {},
): ApiCall {
  return {
    operation: { service, name, readOnly: options.readOnly ?? false, data: options.data ?? false },
    shape: () => ({ parameters, response: options.response ?? 'null', resources: '', additional: '' }),
  };
}

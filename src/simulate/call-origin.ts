// From where, with which session and on what a call is made.

import type { Caller, Place, Session, User, Workload } from './actors.ts';
import type { ApiCall, CallScope } from './api-calls.ts';
import { dualStackHost } from './call-record.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from './clock.ts';
import type { Random } from './prng.ts';
import { rotateKey, startSession } from './sessions.ts';

/** People change places with this much quiet around it: nobody works while travelling. */
const TRAVEL_MS = 20 * MINUTE_MS;

export interface Origin {
  readonly address: string;
  readonly vpcEndpoint?: string;
  /** Name that the client asked for, where it is not the usual one. */
  readonly host?: string;
  /** Instead of the caller's own TLS; '' is none. */
  readonly tls?: string;
  readonly viaConsole?: boolean;
  readonly errorCode?: string;
  readonly errorMessage?: string;
}

export function scopeOf(place: Place, workload: Workload, timeMs: number): CallScope {
  return { place, tables: workload.tables, bucket: workload.bucket, kmsKeyId: workload.kmsKeyId, timeMs };
}
export function userScope(place: Place, timeMs: number, random: Random): CallScope {
  return {
    place,
    tables: place.tables,
    bucket: random.pick(place.buckets),
    kmsKeyId: place.kmsKeyIds[0]!,
    timeMs,
  };
}

/** A deploy ends a session, a rotation ends its key; both happen between slots. */
export function currentSession(
  workload: Workload,
  index: number,
  place: Place,
  nowMs: number,
  random: Random,
): Session {
  let session = workload.sessions[index]!;
  if (session.untilMs <= nowMs) session = startSession(workload, place, nowMs, random);
  else if (session.keyUntilMs <= nowMs) session = rotateKey(workload, session, nowMs, random);
  workload.sessions[index] = session;
  return session;
}

export function originOf(place: Place, workload: Workload, session: Session, service: string): Origin {
  const { route } = workload;
  const inside = session.privateAddress;
  if (service === 'dynamodb') {
    if (route === 'gateway') return { address: inside, vpcEndpoint: place.dynamodbEndpoint };
    if (route === 'interface')
      return { address: inside, vpcEndpoint: place.interfaceEndpoint.id, host: place.interfaceEndpoint.host };
    if (route === 'dual-stack') return { address: session.publicAddress, host: dualStackHost(place.region) };
  }
  if (route === 'gateway' && service === 's3') return { address: inside, vpcEndpoint: place.s3Endpoint };
  return { address: session.publicAddress };
}

export function denied(
  caller: Caller,
  call: ApiCall,
): { readonly errorCode: string; readonly errorMessage: string } {
  const arn = /"arn":"([^"]+)"/.exec(caller.identity)?.[1] ?? '';
  return {
    errorCode: call.operation.service === 'ec2' ? 'Client.UnauthorizedOperation' : 'AccessDenied',
    errorMessage: `User: ${arn} is not authorized to perform: ${call.operation.service}:${call.operation.name} because no identity-based policy allows the action`,
  };
}

/** At the office from eight to five, at home otherwise, on the way in between (null). */
export function whereabouts(user: User, timeMs: number): string | null {
  const ofDay = ((timeMs % DAY_MS) + DAY_MS) % DAY_MS;
  for (const leaves of [8 * HOUR_MS, 17 * HOUR_MS]) if (Math.abs(ofDay - leaves) < TRAVEL_MS) return null;
  return ofDay > 8 * HOUR_MS && ofDay < 17 * HOUR_MS ? user.office : user.home;
}

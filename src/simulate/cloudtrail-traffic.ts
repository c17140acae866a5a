// The ordinary API calls of one account and region, five minutes at a time, with everything in them that looks like an attack and is none.

import { type Caller, type FederatedRole, type Place, TLS_13 } from './actors.ts';
import { publicNetwork6 } from './address-facts.ts';
import {
  type ApiCall,
  AUDIT_CALLS,
  CALLS_WITHOUT_TLS,
  CONSOLE_CALLS,
  GET_ITEM,
  KMS_DECRYPT,
  PIPELINE_CALLS,
  PUT_ITEM,
  PUT_OBJECT,
  UNREPEATED_CALLS,
  USER_CALLS,
  WORKLOAD_CALLS,
} from './api-calls.ts';
import {
  currentSession,
  denied,
  type Origin,
  originOf,
  scopeOf,
  userScope,
  whereabouts,
} from './call-origin.ts';
import {
  type CallShape,
  fullTls,
  loggedRecord,
  partialTls,
  requestIdOf,
  serviceHost,
} from './call-record.ts';
import { BROWSER_AGENT } from './cast.ts';
import { HOUR_MS, MINUTE_MS, SECOND_MS } from './clock.ts';
import { accessKeyId } from './credentials.ts';
import { createRandom, weightedTable } from './prng.ts';
import { SERVICE_CALLS } from './service-calls.ts';
import { roleIdentity } from './sessions.ts';

export const SLOT_MS = 5 * MINUTE_MS;

/** Share of direct calls to services that report no TLS: 3 of 2,217 in real logs of 2023. */
const NO_TLS_SHARE = 0.0014;
/** tlsDetails on calls through a console session: 5 of 231 in real logs of 2023. */
const CONSOLE_TLS_SHARE = 0.02;
interface TimedCall {
  readonly timeMs: number;
  readonly text: string;
}

interface BenignCall {
  readonly what: string;
  readonly why: string;
  readonly eventIds: string[];
}

export interface PlaceTraffic {
  /** About `count` records with times in [slotStart, slotStart + SLOT_MS). */
  slot(slotStartMs: number, count: number): TimedCall[];
  readonly benign: readonly BenignCall[];
}

const workloadTable = weightedTable(WORKLOAD_CALLS);
const userTable = weightedTable(USER_CALLS);
const consoleTable = weightedTable(CONSOLE_CALLS);
const pipelineTable = weightedTable(PIPELINE_CALLS);
const auditTable = weightedTable(AUDIT_CALLS);
const serviceTable = weightedTable(SERVICE_CALLS);

type Actor = 'workload' | 'user' | 'console' | 'pipeline' | 'auditor' | 'service';
const actorTable = weightedTable<Actor>([
  ['workload', 76],
  ['user', 7],
  ['console', 5],
  ['pipeline', 2],
  ['auditor', 2],
  ['service', 8],
]);

export function createPlaceTraffic(place: Place, seed: string): PlaceTraffic {
  const random = createRandom(`${seed}/calls/${place.account}/${place.region}`);
  const benign = {
    console: benignCalls(
      'DynamoDB calls of console sessions without tlsDetails',
      'the console proxy drops TLS facts (sessionCredentialFromConsole)',
    ),
    retry: benignCalls(
      'SDK retries',
      'the same request by the same key again within seconds, from the same network',
    ),
    retryStorm: benignCalls(
      'SDK retry storm',
      'a throttled table: dozens of requests, each sent up to nine times within half a minute',
    ),
    loadTest: benignCalls(
      'load test',
      'hundreds of identical requests by one key in a minute, from one network',
    ),
    denied: benignCalls('misconfigured program', 'dozens of AccessDenied in ten minutes, all for one action'),
    deniedAudit: benignCalls(
      'posture audit',
      'twenty-five AccessDenied over ten actions, among far more calls that succeed',
    ),
    noTls: benignCalls(
      'services that report no TLS',
      'direct calls without tlsDetails, outside the DynamoDB family',
    ),
    roaming: benignCalls(
      'split VPN',
      'one key from many networks within minutes, never the same request twice',
    ),
  };
  const federatedSessions = new Map<
    string,
    { readonly session: FederatedSession; readonly untilMs: number }
  >();
  const auditor = place.federated.find((role) => role.kind === 'auditor')!;
  const pipeline = place.federated.find((role) => role.kind === 'pipeline')!;
  const console = place.federated.find((role) => role.kind === 'console')!;
  let calls: TimedCall[] = [];
  /** Calls that were made, logged or not. */
  let attempts = 0;
  let slotStart = 0;

  function emit(
    timeMs: number,
    caller: Caller,
    call: ApiCall,
    shape: CallShape,
    from: Origin,
  ): string | null {
    const { service } = call.operation;
    const eventId = random.uuid();
    const text = loggedRecord(place.logging, {
      ...shape,
      operation: call.operation,
      version: eventVersion(service),
      identity: caller.identity,
      timeMs,
      account: place.account,
      region: place.region,
      address: from.address,
      userAgent: caller.userAgent,
      requestId: requestIdOf(service, random),
      eventId,
      tls: from.tls ?? fullTls(caller.tls, from.host ?? serviceHost(service, place.region)),
      ...(from.vpcEndpoint === undefined ? {} : { vpcEndpoint: from.vpcEndpoint }),
      ...(from.viaConsole === true ? { viaConsole: true } : {}),
      ...(from.errorCode === undefined
        ? {}
        : { errorCode: from.errorCode, errorMessage: from.errorMessage ?? '' }),
    });
    attempts += 1;
    if (text !== null) calls.push({ timeMs, text });
    return text === null ? null : eventId;
  }

  function anyTime(): number {
    return slotStart + random.below(SLOT_MS);
  }

  function workloadCall(): void {
    const workload = random.pick(place.workloads);
    const session = currentSession(
      workload,
      random.below(workload.sessions.length),
      place,
      slotStart,
      random,
    );
    const timeMs = anyTime();
    if (random.chance(NO_TLS_SHARE * 1.1)) {
      const [call, state] = random.pick(CALLS_WITHOUT_TLS);
      const tls = state === 'absent' ? '' : partialTls(serviceHost(call.operation.service, place.region));
      keep(
        benign.noTls,
        emit(timeMs, session, call, call.shape(scopeOf(place, workload, timeMs), random), {
          address: session.publicAddress,
          tls,
        }),
      );
      return;
    }
    const call = workloadTable[random.below(workloadTable.length)]!;
    const shape = call.shape(scopeOf(place, workload, timeMs), random);
    const from = originOf(place, workload, session, call.operation.service);
    const luck = random.float();
    if (luck < 0.004 && call.operation.service === 'dynamodb') {
      const first = emit(timeMs, session, call, shape, { ...from, ...THROTTLED });
      const again = emit(timeMs + 50 + random.below(3 * SECOND_MS), session, call, shape, from);
      keep(benign.retry, first, again);
    } else if (luck < 0.014 && !call.operation.readOnly && call.operation.service === 'dynamodb') {
      emit(timeMs, session, call, shape, {
        ...from,
        errorCode: 'ConditionalCheckFailedException',
        errorMessage: 'The conditional request failed',
      });
    } else if (luck < 0.0155) {
      emit(timeMs, session, call, shape, { ...from, ...denied(session, call) });
    } else {
      emit(timeMs, session, call, shape, from);
    }
  }

  function userCall(): void {
    const user = random.pick(place.users);
    const timeMs = anyTime();
    if (user.roaming) {
      const call = random.pick(UNREPEATED_CALLS);
      const address = random.chance(0.3)
        ? `${publicNetwork6(random)}::${random.hex(4)}`
        : random.pick([user.office, user.home]);
      keep(
        benign.roaming,
        emit(timeMs, user, call, call.shape(userScope(place, timeMs, random), random), { address }),
      );
      return;
    }
    const address = whereabouts(user, timeMs);
    if (address === null) return;
    const call = userTable[random.below(userTable.length)]!;
    emit(timeMs, user, call, call.shape(userScope(place, timeMs, random), random), { address });
  }

  function consoleCall(): void {
    const person = random.pick(console.people);
    const timeMs = anyTime();
    const session = federatedSession(console, person, timeMs);
    const call = consoleTable[random.below(consoleTable.length)]!;
    const shape = call.shape(userScope(place, timeMs, random), random);
    const proxied = random.chance(0.5);
    const external = random.chance(CONSOLE_TLS_SHARE);
    const caller = { ...session, userAgent: proxied ? 'AWS Internal' : BROWSER_AGENT, tls: TLS_13 };
    const eventId = emit(timeMs, caller, call, shape, {
      address: person.address,
      viaConsole: true,
      tls: external ? fullTls(TLS_13, serviceHost(call.operation.service, place.region)) : '',
    });
    if (!external && call.operation.service === 'dynamodb') keep(benign.console, eventId);
  }

  function roleCall(role: FederatedRole, table: readonly ApiCall[]): void {
    const person = role.people[0]!;
    const timeMs = anyTime();
    const call = table[random.below(table.length)]!;
    emit(
      timeMs,
      federatedSession(role, person, timeMs),
      call,
      call.shape(userScope(place, timeMs, random), random),
      { address: person.address },
    );
  }

  function federatedSession(
    role: FederatedRole,
    person: FederatedRole['people'][number],
    timeMs: number,
  ): FederatedSession {
    const known = federatedSessions.get(`${role.roleName}/${person.sessionName}`);
    if (known !== undefined && known.untilMs > timeMs) return known.session;
    const keyId = accessKeyId('ASIA', place.account, random);
    const session: FederatedSession = {
      keyId,
      userAgent: role.userAgent,
      tls: role.tls,
      identity: roleIdentity({
        account: place.account,
        roleName: role.roleName,
        roleId: role.roleId,
        sessionName: person.sessionName,
        keyId,
        createdMs: slotStart,
        ...(role.kind === 'console' ? { rolePath: 'aws-reserved/sso.amazonaws.com/' } : {}),
      }),
    };
    federatedSessions.set(`${role.roleName}/${person.sessionName}`, {
      session,
      untilMs: slotStart + HOUR_MS,
    });
    return session;
  }

  /** Bursts that happen now and then, whatever the traffic is. */
  function incidents(count: number): void {
    if (random.chance(1 / 120)) {
      const workload = random.pick(place.workloads);
      const session = currentSession(workload, 0, place, slotStart, random);
      const startMs = anyTime();
      const shape = GET_ITEM.shape(scopeOf(place, workload, startMs), random);
      const from = originOf(place, workload, session, 'dynamodb');
      for (let i = 0; i < Math.min(300, 20 + count); i++) {
        const timeMs = Math.min(startMs + random.below(MINUTE_MS), slotStart + SLOT_MS - 1);
        keep(benign.loadTest, emit(timeMs, session, GET_ITEM, shape, from));
      }
    }
    if (random.chance(1 / 200)) {
      const workload = random.pick(place.workloads);
      const session = currentSession(workload, 0, place, slotStart, random);
      for (let i = 0; i < 40; i++) {
        const timeMs = anyTime();
        const shape = KMS_DECRYPT.shape(scopeOf(place, workload, timeMs), random);
        keep(
          benign.denied,
          emit(timeMs, session, KMS_DECRYPT, shape, {
            address: session.publicAddress,
            ...denied(session, KMS_DECRYPT),
          }),
        );
      }
    }
    if (random.chance(1 / 250)) {
      const person = auditor.people[0]!;
      for (let i = 0; i < 90; i++) {
        const timeMs = anyTime();
        const session = federatedSession(auditor, person, timeMs);
        const call =
          i < 25 ? AUDIT_PROBES[i % AUDIT_PROBES.length]! : auditTable[random.below(auditTable.length)]!;
        const shape = call.shape(userScope(place, timeMs, random), random);
        const from = { address: person.address, ...(i < 25 ? denied(session, call) : {}) };
        const eventId = emit(timeMs, session, call, shape, from);
        if (i < 25) keep(benign.deniedAudit, eventId);
      }
    }
    if (random.chance(1 / 150)) retryStorm();
    if (random.chance(1 / 100)) signIn();
  }

  /** A table without capacity: everybody tries again, waiting twice as long each time. */
  function retryStorm(): void {
    const workload = random.pick(place.workloads);
    const session = currentSession(workload, 0, place, slotStart, random);
    const from = originOf(place, workload, session, 'dynamodb');
    for (let request = 0; request < 20; request++) {
      const firstMs = slotStart + random.below(SLOT_MS - MINUTE_MS);
      const shape = PUT_ITEM.shape(scopeOf(place, workload, firstMs), random);
      const attempts = random.between(2, 9);
      for (let attempt = 1; attempt <= attempts; attempt++) {
        const timeMs = firstMs + 50 * 2 ** attempt + random.below(40);
        const eventId = emit(timeMs, session, PUT_ITEM, shape, {
          ...from,
          ...(attempt < attempts ? THROTTLED : {}),
        });
        keep(benign.retryStorm, eventId);
      }
    }
  }

  function signIn(): void {
    const person = random.pick(console.people);
    const timeMs = anyTime();
    const session = federatedSession(console, person, timeMs);
    const call: ApiCall = {
      operation: { service: 'signin', name: 'ConsoleLogin', readOnly: false, data: false },
      shape: () => ({
        parameters: 'null',
        response: '{"ConsoleLogin":"Success"}',
        resources: '',
        additional: '{"MobileVersion":"No","MFAUsed":"No"}',
      }),
    };
    emit(
      timeMs,
      { ...session, userAgent: BROWSER_AGENT },
      call,
      call.shape(userScope(place, timeMs, random), random),
      {
        address: person.address,
        tls: fullTls(TLS_13, 'signin.aws.amazon.com'),
      },
    );
  }

  return {
    benign: Object.values(benign),
    slot(slotStartMs, count) {
      calls = [];
      attempts = 0;
      slotStart = slotStartMs;
      incidents(count);
      while (attempts < count) {
        const actor = actorTable[random.below(actorTable.length)]!;
        if (actor === 'workload') workloadCall();
        else if (actor === 'user') userCall();
        else if (actor === 'console') consoleCall();
        else if (actor === 'pipeline') roleCall(pipeline, pipelineTable);
        else if (actor === 'auditor') roleCall(auditor, auditTable);
        else {
          const timeMs = anyTime();
          const make = serviceTable[random.below(serviceTable.length)]!;
          for (const text of make(place, timeMs, random)) {
            attempts += 1;
            if (text !== null) calls.push({ timeMs, text });
          }
        }
      }
      return calls;
    },
  };
}

type FederatedSession = Caller;

const THROTTLED = {
  errorCode: 'ProvisionedThroughputExceededException',
  errorMessage:
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
} as const;

/** Twenty-five of these are refused to an auditor's role, ten actions in all. */
const AUDIT_PROBES: readonly ApiCall[] = [...AUDIT_CALLS.map(([call]) => call), KMS_DECRYPT, PUT_OBJECT];

/** Services write different versions at the same time; 1.10 and 1.11 are above 1.9 only as numbers. */
function eventVersion(service: string): string {
  if (service === 'dynamodb') return '1.10';
  if (service === 'dax' || service === 'sqs') return '1.09';
  if (service === 'sts' || service === 'signin') return '1.08';
  return '1.11';
}

function benignCalls(what: string, why: string): BenignCall {
  return { what, why, eventIds: [] };
}

/** truth.json names a few of each. */
const BENIGN_SAMPLE = 12;
function keep(benign: BenignCall, ...eventIds: readonly (string | null)[]): void {
  for (const eventId of eventIds) {
    if (eventId !== null && benign.eventIds.length < BENIGN_SAMPLE) benign.eventIds.push(eventId);
  }
}

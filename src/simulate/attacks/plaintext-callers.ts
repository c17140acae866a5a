// TLS-06 with the calls that made the flows (TLS-01 sees those): who was it?

import type { Place } from '../actors.ts';
import { CALLER_IDENTITY, GET_ITEM, KMS_DECRYPT, PUT_ITEM, QUERY, UPDATE_ITEM } from '../api-calls.ts';
import { type CallShape, fullTls, partialTls, serviceHost } from '../call-record.ts';
import { HOUR_MS, MINUTE_MS } from '../clock.ts';
import type { Proof } from '../plants.ts';
import type { Attack } from '../truth.ts';
import { type Play, SCENES, type Scene, type Speaker, type Stage } from './caller-scenes.ts';
import { type AttackContext, apiCall, pickPlace, pickTimeInWindow, plantCall } from './context.ts';
import { plantTalk } from './planted-flows.ts';

/** TLS-01 counts in windows; what it counts must lie in one. */
const WINDOW_MS = 15 * MINUTE_MS;
const SPAN_MS = 9 * MINUTE_MS;
/** Of all direct DynamoDB calls of an account, at most this share is planted here without TLS. */
const LARGEST_PLAIN_SHARE = 0.006;
const DYNAMODB_SHARE = 0.5;
const LEAST_DYNAMODB_CALLS_PER_DAY = 300;
const PLAIN_CALLS = 4;
const CALLS_OF_OTHERS = 5;
/** All scenes once more for every so many CloudTrail records, so that large archives try them often. */
const RECORDS_PER_ROUND = 150_000;
const MOST_ROUNDS = 4;
const THROTTLED = { errorCode: 'ThrottlingException', errorMessage: 'Rate exceeded' } as const;

export function plantPlaintextCallers(context: AttackContext): void {
  const records = context.places.reduce((sum, place) => sum + callsAt(context, place), 0);
  const rounds = Math.min(MOST_ROUNDS, 1 + Math.floor(records / RECORDS_PER_ROUND));
  const budget = createBudget(context);
  for (let round = 0; round < rounds; round++) {
    for (const scene of SCENES) plantScene(context, scene, budget);
  }
}

function callsAt(context: AttackContext, place: Place): number {
  const sharing = context.places.filter(({ account }) => account === place.account).length;
  return context.callsOf(place.account) / Math.max(1, sharing);
}

/** Says whether an account has room for so many more calls without TLS, and takes it. */
function createBudget(context: AttackContext): (place: Place, calls: number) => boolean {
  const planted = new Map<string, number>();
  return ({ account }, calls) => {
    const expected = context.callsOf(account) * DYNAMODB_SHARE;
    const used = (planted.get(account) ?? 0) + calls;
    if (used > expected * LARGEST_PLAIN_SHARE || expected / context.days < LEAST_DYNAMODB_CALLS_PER_DAY)
      return false;
    planted.set(account, used);
    return true;
  };
}

function plantScene(
  context: AttackContext,
  scene: Scene,
  hasRoom: (place: Place, calls: number) => boolean,
): void {
  const { logging } = scene;
  const place =
    logging === undefined
      ? pickPlace(context)
      : context.poorlyLogged.find((each) => each.logging.kind === logging);
  if (place === undefined) return;
  const stage: Stage = { context, place, startMs: startOf(context, place) };
  const play = scene.play(stage);
  const attempts = scene.attempts ?? 1;
  const logged =
    context.callsOf(place.account) > 0 &&
    (logging !== undefined ||
      hasRoom(place, PLAIN_CALLS * (attempts + (play.elsewhere === undefined ? 0 : 1))));
  const { who, session } = play.plain;
  const described = `${scene.description} (${play.network.id})`;
  const common = {
    variant: scene.name,
    trafficClass: scene.trafficClass,
    description: described,
    account: place.account,
    region: place.region,
  };
  const flows = context.plants.attack({
    ...common,
    rule: 'TLS-06',
    minimumSeverity: 'HIGH',
    principal: logged && logging !== 'no-data-events' ? who.principal : '',
    // The calls are there, too, and whoever tells of them is right; but such records need not tell.
    alsoExpected: ['TLS-01'],
    ...(scene.needsSetting === undefined ? {} : { needsSetting: scene.needsSetting }),
    ...(logged
      ? { caller: { name: nameOf(play.plain), session, dataEvents: logging !== 'no-data-events' } }
      : {}),
  });
  const judged = logged && logging === undefined && play.viaConsole !== true;
  const calls = judged
    ? context.plants.attack({
        ...common,
        rule: 'TLS-01',
        minimumSeverity: 'MEDIUM',
        principal: who.principal,
      })
    : flows;
  const times = plantCalls(stage, scene, play, attempts, logged, calls);
  if (logged) plantBystanders(stage, play);
  if (judged && play.elsewhere !== undefined) plantElsewhere(stage, play.elsewhere, common, times);
  plantConnections(stage, scene, play, times, flows);
}

function nameOf({ who }: Speaker): string {
  return who.principal.slice(who.principal.indexOf(':', 5) + 1);
}

function startOf(context: AttackContext, place: Place): number {
  const { logging } = place;
  let startMs = pickTimeInWindow(context, WINDOW_MS, SPAN_MS);
  // Some hours are left after the field was lost; the tries are bounded all the same.
  for (let tries = 0; tries < 100 && logging.kind === 'dropped' && startMs <= logging.fromMs; tries++) {
    startMs = pickTimeInWindow(context, WINDOW_MS, SPAN_MS);
  }
  return startMs;
}

/** The calls without TLS; when each request was sent. */
function plantCalls(
  { context, place, startMs }: Stage,
  scene: Scene,
  play: Play,
  attempts: number,
  logged: boolean,
  proof: Proof,
): number[] {
  const { random } = context;
  const tls = random.chance(0.5) ? '' : partialTls(play.host ?? serviceHost('dynamodb', place.region));
  const sent: number[] = [];
  for (let i = 0; i < PLAIN_CALLS; i++) {
    const firstMs = startMs + random.below(SPAN_MS - MINUTE_MS);
    const call = [GET_ITEM, QUERY, PUT_ITEM, UPDATE_ITEM][i]!;
    let shape: CallShape | undefined;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      const timeMs = firstMs + 100 * 2 ** attempt;
      sent.push(timeMs);
      if (!logged) continue;
      shape = plantCall(context, proof, {
        place,
        call,
        tls,
        timeMs,
        caller: play.plain.who,
        address: play.address,
        ...(shape === undefined ? {} : { shape }),
        ...(play.vpcEndpoint === undefined ? {} : { vpcEndpoint: play.vpcEndpoint }),
        ...(play.viaConsole === true ? { viaConsole: true } : {}),
        ...(scene.delivery === undefined ? {} : { delivery: scene.delivery }),
        ...(attempt < attempts ? THROTTLED : {}),
      });
    }
  }
  return sent;
}

/** A second one without TLS in the very minutes: TLS-01's, and none of the flow's. */
function plantElsewhere(
  { context, place }: Stage,
  { speaker, address }: NonNullable<Play['elsewhere']>,
  common: Pick<Attack, 'variant' | 'description' | 'account' | 'region'>,
  times: readonly number[],
): void {
  const proof = context.plants.attack({
    ...common,
    trafficClass: 'Lambda',
    rule: 'TLS-01',
    minimumSeverity: 'MEDIUM',
    principal: speaker.who.principal,
  });
  for (const timeMs of times) {
    plantCall(context, proof, { place, address, caller: speaker.who, tls: '', call: QUERY, timeMs });
  }
}

/** What is in the trail around it and must not be taken for the caller. */
function plantBystanders(stage: Stage, play: Play): void {
  const { context, place, startMs } = stage;
  const { random } = context;
  const anyTime = () => startMs + random.below(SPAN_MS);
  const from = {
    place,
    address: play.address,
    byVictim: true,
    ...(play.vpcEndpoint === undefined ? {} : { vpcEndpoint: play.vpcEndpoint }),
  };
  for (const { who } of play.others) {
    const tls = fullTls(who.tls, play.host ?? serviceHost('dynamodb', place.region));
    const describe = apiCall('dynamodb', 'DescribeTable', `{"tableName":"${place.tables[0]!}"}`, {
      readOnly: true,
    });
    for (let i = 0; i < CALLS_OF_OTHERS; i++) {
      // Management events are in every trail.
      const call = i === 0 ? describe : random.pick([GET_ITEM, QUERY, PUT_ITEM]);
      plantCall(context, null, { ...from, tls, call, caller: who, timeMs: anyTime() });
    }
  }
  const { who } = play.plain;
  plantCall(context, null, {
    place,
    address: play.address,
    caller: who,
    call: CALLER_IDENTITY,
    timeMs: startMs,
  });
  if (play.servedByAws === true) {
    const identity = who.identity.replace(/\}$/, ',"invokedBy":"AWS Internal"}');
    for (let i = 0; i < CALLS_OF_OTHERS; i++) {
      plantCall(context, null, {
        place,
        caller: { ...who, identity, userAgent: 'AWS Internal' },
        byVictim: true,
        address: 'AWS Internal',
        vpcEndpoint: 'AWS Internal',
        tls: '',
        call: KMS_DECRYPT,
        timeMs: anyTime(),
      });
    }
  }
  if (play.elastic === true) plantElasticAddress(stage, play);
}

function plantElasticAddress({ context, place, startMs }: Stage, play: Play): void {
  const { random } = context;
  const allocation = `eipalloc-0${random.hex(16)}`;
  const admin = place.users[0]!;
  const timeMs = Math.max(context.startMs, startMs - HOUR_MS - random.below(HOUR_MS));
  const common = { place, caller: admin, address: admin.home, byVictim: true };
  plantCall(context, null, {
    ...common,
    timeMs,
    call: apiCall('ec2', 'AllocateAddress', '{"domain":"vpc"}', {
      response: `{"requestId":"${random.uuid()}","publicIp":"${play.address}","domain":"vpc","allocationId":"${allocation}"}`,
    }),
  });
  plantCall(context, null, {
    ...common,
    timeMs: timeMs + MINUTE_MS,
    call: apiCall(
      'ec2',
      'AssociateAddress',
      `{"allocationId":"${allocation}","networkInterfaceId":"${play.network.id}","privateIpAddress":"${play.network.address}"}`,
      {
        response: `{"requestId":"${random.uuid()}","_return":true,"associationId":"eipassoc-0${random.hex(16)}"}`,
      },
    ),
  });
}

/** A connection for every minute with calls, and TLS beside it. */
function plantConnections(
  { context, place, startMs }: Stage,
  scene: Scene,
  play: Play,
  times: readonly number[],
  proof: Proof,
): void {
  const { random } = context;
  const { version } = scene;
  const { network, gateway, server } = play;
  const named = version === 2 || play.unnamedService === true ? {} : { service: 'DYNAMODB' };
  const leg = { place, network, version, proof };
  const perMinute = new Map<number, number>();
  for (const timeMs of times) {
    const minute = Math.floor(timeMs / MINUTE_MS) * MINUTE_MS;
    perMinute.set(minute, (perMinute.get(minute) ?? 0) + 1);
  }
  for (const [minute, requests] of perMinute) {
    const talk = {
      port: 80,
      server,
      path: play.path,
      legs: 'both' as const,
      requestBytes: requests * random.between(1400, 1900),
      answerBytes: requests * random.between(500, 1200),
      seconds: 58,
      clientPort: random.between(32768, 60999),
      ...named,
    };
    plantTalk(context, leg, minute, talk);
    if (gateway === undefined) continue;
    // As the gateway's interface sees it: once from the instance, meant for the server; once on, in its own name.
    // https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-records-examples.html
    const passing = { ...leg, network: gateway };
    plantTalk(context, passing, minute, {
      ...talk,
      client: network.address,
      server: gateway.address,
      packetDestination: server,
      passing: true,
    });
    plantTalk(context, passing, minute, { ...talk, path: 8, clientPort: random.between(1024, 65_535) });
  }
  if (play.others.length > 0) {
    plantTalk(context, { ...leg, proof: null }, Math.floor(startMs / MINUTE_MS) * MINUTE_MS, {
      port: 443,
      server,
      path: play.path,
      legs: 'both',
      requestBytes: 9000,
      answerBytes: 14_000,
      ...named,
    });
  }
}

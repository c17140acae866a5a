// REP-13: a key stands in an application log, and is used from a network where it has never been.

import { hostIn, publicNetwork } from '../address-facts.ts';
import { type ApiCall, GET_ITEM, QUERY } from '../api-calls.ts';
import { amzDate, isoMillis, MINUTE_MS, SECOND_MS } from '../clock.ts';
import { secretAccessKey, sessionToken, signature } from '../credentials.ts';
import type { RuleId } from '../truth.ts';
import {
  type AttackContext,
  apiCall,
  newRoleSession,
  newUser,
  type Principal,
  pickPlace,
  pickTime,
  plantCall,
} from './context.ts';
import { ANY } from './secret-variant.ts';

interface Leaked {
  readonly caller: Principal;
  readonly region: string;
  readonly timeMs: number;
}

interface Variant {
  readonly name: string;
  readonly description: string;
  readonly by: 'user' | 'role';
  /** The message with the key in it; or several in a row. */
  message(leaked: Leaked, context: AttackContext): string | readonly string[];
  /** What comes from elsewhere, so many minutes later. */
  readonly call: ApiCall;
  readonly afterMinutes: number;
  readonly denied?: true;
  /** The log is written after the use, whose record comes first. */
  readonly alsoExpected: readonly RuleId[];
  readonly severity: 'CRITICAL' | 'HIGH';
}

const LIST_TABLES = apiCall('dynamodb', 'ListTables', 'null', { readOnly: true });

function pairLine({ caller }: Leaked, { random }: AttackContext): string {
  return `INFO env AWS_ACCESS_KEY_ID=${caller.keyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey(random)}`;
}

const VARIANTS: readonly Variant[] = [
  {
    name: 'user-key',
    description: 'a user’s key in an environment dump, used from elsewhere an hour later',
    by: 'user',
    message: pairLine,
    call: LIST_TABLES,
    afterMinutes: 61,
    alsoExpected: ['SEC-01'],
    severity: 'CRITICAL',
  },
  {
    name: 'two-messages',
    description: 'key id and secret in two messages, one after the other, and a use from elsewhere',
    by: 'user',
    message: ({ caller }, { random }) => [
      `INFO aws_access_key_id: ${caller.keyId}`,
      `INFO aws_secret_access_key: ${secretAccessKey(random)}`,
    ],
    call: LIST_TABLES,
    afterMinutes: 33,
    alsoExpected: ['SEC-01', 'SEC-02', 'SEC-04'],
    severity: 'CRITICAL',
  },
  {
    name: 'denied',
    description: 'a user’s key, tried from elsewhere and denied',
    by: 'user',
    message: pairLine,
    call: LIST_TABLES,
    afterMinutes: 9,
    denied: true,
    alsoExpected: ['SEC-01'],
    severity: 'CRITICAL',
  },
  {
    name: 'whole-session',
    description: 'the answer of AssumeRole in a JSON line, used from elsewhere',
    by: 'role',
    message: ({ caller, timeMs }, { random }) =>
      JSON.stringify({
        level: 'debug',
        msg: 'assumed',
        credentials: {
          AccessKeyId: caller.keyId,
          SecretAccessKey: secretAccessKey(random),
          SessionToken: sessionToken(random),
          Expiration: isoMillis(timeMs + 50 * MINUTE_MS),
        },
      }),
    call: QUERY,
    afterMinutes: 25,
    alsoExpected: ['SEC-01', 'SEC-03'],
    severity: 'CRITICAL',
  },
  {
    name: 'token-and-masked-secret',
    description: 'a session key with its token, the secret masked',
    by: 'role',
    message: ({ caller }, { random }) =>
      `DEBUG AWS_ACCESS_KEY_ID=${caller.keyId} AWS_SECRET_ACCESS_KEY=**** AWS_SESSION_TOKEN=${sessionToken(random)}`,
    call: GET_ITEM,
    afterMinutes: 40,
    alsoExpected: ['SEC-03', 'SEC-04', 'SEC-24'],
    severity: 'CRITICAL',
  },
  {
    name: 'signed-request',
    description: 'a signed request in a proxy’s line, a call of its service from elsewhere while it is good',
    by: 'role',
    message({ caller, region, timeMs }, { random }) {
      const scope = `${caller.keyId}/${amzDate(timeMs).slice(0, 8)}/${region}/dynamodb/aws4_request`;
      return `INFO upstream x-amz-date="${amzDate(timeMs)}" authorization="AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host;x-amz-date, Signature=${signature(random)}"`;
    },
    call: GET_ITEM,
    afterMinutes: 3,
    alsoExpected: ['SEC-05'],
    severity: 'HIGH',
  },
];

/** The key at home: before the leak, and after it. */
const HOME_MINUTES = [-70, -35, -5, 2, 20, 50];

export function plantLeakedKeys(context: AttackContext): void {
  for (const variant of VARIANTS) plantLeak(context, variant, true);
  // The same, and nobody comes from elsewhere.
  for (const variant of VARIANTS) plantLeak(context, variant, false);
}

function plantLeak(context: AttackContext, variant: Variant, used: boolean): void {
  const { random, plants, logPlan } = context;
  const place = pickPlace(context);
  const timeMs = Math.floor(pickTime(context) / SECOND_MS) * SECOND_MS;
  const caller =
    variant.by === 'user'
      ? newUser(context, place.account, 'deployer')
      : newRoleSession(
          context,
          place.account,
          { roleName: `worker-${random.hex(4)}` },
          timeMs - 70 * MINUTE_MS,
        );
  const home =
    variant.by === 'user' ? hostIn(publicNetwork(random), random) : random.pick(place.natAddresses);
  for (const minutes of HOME_MINUTES) {
    plantCall(context, null, {
      place,
      caller,
      call: GET_ITEM,
      timeMs: timeMs + minutes * MINUTE_MS,
      address: home,
      byVictim: true,
    });
  }
  const stream = logPlan.streamAt(timeMs, ANY, random);
  const where = { timeMs, group: stream.group.name, stream: stream.stream };
  const messages = [variant.message({ caller, region: place.region, timeMs }, context)].flat();
  if (!used) {
    // Its finding is the leak's, which is no temptation: said by the rule that finds leaks.
    const proof = plants.attack({
      rule: variant.alsoExpected[0]!,
      minimumSeverity: 'MEDIUM',
      variant: `unused-${variant.name}`,
      description: `${variant.description}: but only at home`,
      account: place.account,
      region: place.region,
      alsoExpected: variant.alsoExpected.slice(1),
    });
    for (const message of messages) plants.lines.push({ ...where, message, proof });
    return;
  }
  const proof = plants.attack({
    rule: 'REP-13',
    minimumSeverity: variant.severity,
    variant: variant.name,
    description: `${variant.description} (${stream.group.name})`,
    principal: caller.principal,
    account: place.account,
    region: place.region,
    alsoExpected: variant.alsoExpected,
  });
  for (const message of messages) plants.lines.push({ ...where, message, proof });
  plantCall(context, proof, {
    place,
    caller,
    call: variant.call,
    timeMs: timeMs + variant.afterMinutes * MINUTE_MS,
    address: hostIn(awayFrom(home, context), random),
    ...(variant.denied === true
      ? {
          errorCode: 'AccessDenied',
          errorMessage: `User: ${caller.principal} is not authorized to perform: dynamodb:ListTables`,
        }
      : {}),
  });
}

function awayFrom(home: string, { random }: AttackContext): string {
  for (;;) {
    const network = publicNetwork(random);
    if (!home.startsWith(`${network}.`)) return network;
  }
}
